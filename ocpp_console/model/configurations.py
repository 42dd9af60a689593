"""A configuration as it was at one time: kept beside the log, compared with another time or another station."""

from dataclasses import dataclass, field
from typing import NamedTuple, Self

from ocpp_console.model.documents import Document
from ocpp_console.model.secrets import secret
from ocpp_console.model.station import Station
from ocpp_console.model.variable_values import same_value
from ocpp_console.model.variables import ACTUAL, VariableName


class Setting(NamedTuple):
    """One value of one variable: what a row of a table is about."""

    name: VariableName
    kind: str = ACTUAL

    def __str__(self) -> str:
        return str(self.name) if self.kind == ACTUAL else f"{self.name}:{self.kind}"

    @property
    def folded(self) -> "Setting":
        """The same in small letters: what it is found by."""
        return Setting(self.name.folded, self.kind)


class Held(NamedTuple):
    """What a setting held."""

    value: str | None
    """None when it could not be read, or is a secret: those are never kept."""
    writable: bool = True


@dataclass(slots=True)
class Configuration:
    """All settings of one station at one time, by their names in small letters."""

    station: str
    version: str
    at: int
    """When it was taken (µs UTC)."""
    label: str = ""
    """What for: the operator's own words, or what the console did next."""
    automatic: bool = False
    """The console took it by itself, before it wrote or after it read."""
    settings: dict[Setting, tuple[Setting, Held]] = field(default_factory=dict)
    """By folded setting: the setting as the station spells it, and what it held."""

    @classmethod
    def of(cls, station: Station, at: int, label: str = "", *, automatic: bool = False) -> Self:
        """What is known of a station now, without its secrets."""
        taken = cls(station.identity, station.version, at, label, automatic)
        for variable in station.variables.ordered():
            for kind, attribute in variable.attributes.items():
                setting = Setting(variable.name, kind)
                value = None if secret(variable.name.variable) else attribute.value
                taken.settings[setting.folded] = setting, Held(value, attribute.writable)
        return taken

    def held(self, setting: Setting) -> Held | None:
        """What a setting held; None when the station did not have it."""
        found = self.settings.get(setting.folded)
        return found[1] if found else None

    def to_document(self) -> Document:
        """Plain JSON for the store."""
        rows = [[*setting.name, setting.kind, held.value, held.writable] for setting, held in self.settings.values()]
        return {
            "station": self.station,
            "version": self.version,
            "at": self.at,
            "label": self.label,
            "automatic": self.automatic,
            "settings": rows,
        }

    @classmethod
    def from_document(cls, document: Document) -> Self:
        """The configuration a document describes; what is odd in it is left out."""
        station, version, label = (str(document.get(name, "")) for name in ("station", "version", "label"))
        at = document.get("at")
        taken = cls(station, version, at if isinstance(at, int) else 0, label)
        taken.automatic = document.get("automatic") is True
        rows = document.get("settings")
        for row in rows if isinstance(rows, list) else []:
            if not isinstance(row, list) or [type(part) for part in row[:7]] != [str, str, int, int, str, str, str]:
                continue
            value = row[7] if len(row) > 7 and isinstance(row[7], str) else None
            setting = Setting(VariableName(*row[:6]), row[6])
            taken.settings[setting.folded] = setting, Held(value, len(row) < 9 or row[8] is not False)
        return taken


class Difference(NamedTuple):
    """A setting that two configurations do not agree about."""

    setting: Setting
    left: Held | None
    """None when the left one does not have it."""
    right: Held | None


def differences(left: Configuration, right: Configuration) -> list[Difference]:
    """Where two configurations differ, by component and name."""
    names = {**right.settings, **left.settings}
    found = []
    for folded, (setting, _) in names.items():
        one, other = (side.settings.get(folded, (setting, None))[1] for side in (left, right))
        if one is None or other is None or not same_value(one.value, other.value):
            found.append(Difference(setting, one, other))
    return sorted(found, key=lambda difference: (difference.setting.name.order, difference.setting.kind))


def recall(configuration: Configuration, station: Station) -> None:
    """Let a station begin with what was kept of it; what it tells itself takes the place of that."""
    for setting, held in configuration.settings.values():
        attribute = station.variables.attribute(setting.name, setting.kind)
        if attribute is not None and not attribute.at:
            attribute.value = held.value
            attribute.mutability = attribute.mutability or ("" if held.writable else "ReadOnly")
