"""Templates: settings for many stations as TOML, and the plan of what one would change at a station.

[template]
name = "Depot"
version = "1.6"

[keys]                                 # 1.6
HeartbeatInterval = "300"

[variables.OCPPCommCtrlr]              # 2.x: component, variable; `[instance]`, `#evse.connector`, `:MaxSet`
HeartbeatInterval = "300"
"MessageAttempts[TransactionEvent]" = "3"
"""

import json
import re
import tomllib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Self

from ocpp_console.model.configurations import Configuration, Setting
from ocpp_console.model.secrets import secret
from ocpp_console.model.variable_values import problem_of, same_value, value_text
from ocpp_console.model.variables import ACTUAL, ATTRIBUTE_TYPES, VariableName, Variables

MOST_SETTINGS = 5_000

_TABLES = ("template", "keys", "variables")
"""What a template may hold."""

_PLACE = re.compile(r"([^\[\]#]+)(?:\[([^\]]*)\])?(?:#(\d{1,6})(?:\.(\d{1,6}))?)?")
_LEAF = re.compile(r"([^\[\]:]+)(?:\[([^\]]*)\])?(?::(\w+))?")
_BARE = re.compile(r"[A-Za-z0-9_-]+")


class TemplateProblem(Exception):
    """A text that is no template; `text` says why, with the line where there is one."""

    def __init__(self, text: str) -> None:
        """`text` is a sentence for the operator."""
        super().__init__(text)
        self.text = text


@dataclass(slots=True)
class Template:
    """Values that stations should have."""

    name: str
    version: str
    """The version it was made for: "1.6", "2.0.1" or "2.1"."""
    values: dict[Setting, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    """Tables and keys of the file that no template has, such as `[variable.X]`."""

    @classmethod
    def of(cls, configuration: Configuration, name: str = "") -> Self:
        """What may be written of a configuration, without secrets and without what could not be read."""
        made = cls(name or f"{configuration.station} {configuration.label}".rstrip(), configuration.version)
        for setting, held in configuration.settings.values():
            if held.writable and held.value is not None and not secret(setting.name.variable):
                made.values[setting] = held.value
        return made

    @property
    def keyed(self) -> bool:
        """It holds 1.6 keys rather than 2.x variables."""
        return self.version == "1.6"

    def to_toml(self) -> str:
        """The text of its file."""
        lines = ["[template]", f"name = {_quoted(self.name)}", f"version = {_quoted(self.version)}"]
        place: str | None = None
        for setting, value in sorted(self.values.items(), key=lambda item: (item[0].name.order, item[0].kind)):
            name = setting.name
            if name.place != place:
                place = name.place
                lines += ["", f"[variables.{_key(place)}]" if place else "[keys]"]
            kind = "" if setting.kind == ACTUAL else f":{setting.kind}"
            lines.append(f"{_key(name.leaf + kind)} = {_quoted(value)}")
        return "\n".join(lines) + "\n"

    @classmethod
    def from_toml(cls, text: str) -> Self:
        """Read a template.

        Raises:
            TemplateProblem: it is no TOML, or names no settings.
        """
        try:
            data = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as problem:
            raise TemplateProblem(f"This is no TOML: {problem}.") from None
        head, keys, components = (_table(data.get(name)) for name in ("template", "keys", "variables"))
        version = str(head.get("version", "")) or ("1.6" if keys or not components else "2.0.1")
        made = cls(str(head.get("name", "")), version)
        for name, value in keys.items():
            made._take(Setting(VariableName("", name)), value)
        for place, variables in components.items():
            for leaf, value in _table(variables).items():
                made._take(setting_of(place, leaf), value)
        made.ignored = [
            f"[{name}.{inner}]" if isinstance(value, dict) and isinstance(value.get(inner), dict) else f"[{name}]"
            for name, value in data.items()
            if name not in _TABLES
            for inner in (value if isinstance(value, dict) and value else [""])
        ]
        made.ignored += [f"variables.{place}" for place, held in components.items() if not isinstance(held, dict)]
        made.ignored = list(dict.fromkeys(made.ignored))
        if not made.values:
            raise TemplateProblem("It names no settings: a table [keys] or [variables.COMPONENT] is missing.")
        return made

    def _take(self, setting: Setting, value: object) -> None:
        """One setting of the file; a list is written with commas."""
        items = value if isinstance(value, list) else [value]
        texts = [value_text(item) for item in items]
        if len(self.values) >= MOST_SETTINGS:
            raise TemplateProblem(f"It has more than {MOST_SETTINGS} settings.")
        if any(text is None for text in texts):
            raise TemplateProblem(f"The value of {setting} must be a text, a number, true or false.")
        self.values[setting] = ",".join(text for text in texts if text is not None)


class Verdict(StrEnum):
    """What would happen to one setting of a template."""

    CHANGE = "change"
    SAME = "same"
    SKIP = "skip"


class Step(NamedTuple):
    """One setting of a template held against a station."""

    setting: Setting
    """As the station spells it, where it has it."""
    old: str | None
    new: str
    verdict: Verdict
    reason: str
    """Why it is skipped, as a sentence; empty when it is not."""
    forcible: bool = False
    """It could be sent all the same: only what is known speaks against it."""


def plan(template: Template, variables: Variables, version: str) -> list[Step]:
    """What a template would do to a station of this version, in the template's order; nothing is sent by it."""
    steps = [_step(setting, value, template.keyed, variables, version) for setting, value in template.values.items()]
    return steps + [
        Step(Setting(VariableName("", name)), None, "", Verdict.SKIP, "No template has this table: it is not read.")
        for name in template.ignored
    ]


def _step(setting: Setting, new: str, keyed: bool, variables: Variables, version: str) -> Step:
    """One setting."""
    if keyed != (version == "1.6"):
        made_for = "1.6 keys" if keyed else "2.x variables"
        return Step(
            setting, None, new, Verdict.SKIP, f"The template is made of {made_for}, the station speaks {version}."
        )
    variable = variables.find(setting.name)
    attribute = variable.attributes.get(setting.kind) if variable is not None else None
    if variable is None or attribute is None:
        why = "The station did not report it." if len(variables) else "Nothing was read of this station yet."
        return Step(setting, None, new, Verdict.SKIP, why, forcible=True)
    setting = Setting(variable.name, setting.kind)
    old = attribute.value
    if old is not None and same_value(old, new, variable.data_type):
        return Step(setting, old, new, Verdict.SAME, "")
    if not attribute.writable:
        return Step(setting, old, new, Verdict.SKIP, "It is read-only at this station.", forcible=True)
    problem = problem_of(new, variable.data_type, variable.values, variable.minimum, variable.maximum)
    if problem:
        return Step(setting, old, new, Verdict.SKIP, problem, forcible=True)
    return Step(setting, old, new, Verdict.CHANGE, "")


def setting_of(place: str, leaf: str) -> Setting:
    """The setting that `Connector#1.2` and `Power:MaxSet` name; what does not read so is taken for a plain name."""
    where, what = _PLACE.fullmatch(place), _LEAF.fullmatch(leaf)
    component, component_instance, evse, connector = where.groups() if where else (place, None, None, None)
    variable, instance, kind = what.groups() if what else (leaf, None, None)
    if kind is not None and kind not in ATTRIBUTE_TYPES:
        variable, instance, kind = leaf, None, None
    name = VariableName(
        component, variable, int(evse or 0), int(connector or 0), component_instance or "", instance or ""
    )
    return Setting(name, kind or ACTUAL)


def _table(value: object) -> dict[str, object]:
    """A table, or an empty one."""
    return value if isinstance(value, dict) else {}


def _key(name: str) -> str:
    """A TOML key, quoted where it must be."""
    return name if _BARE.fullmatch(name) else _quoted(name)


def _quoted(text: str) -> str:
    """A basic string of TOML: JSON's escapes are a part of its, but for what is no Unicode scalar value."""
    sound = text.encode("utf-8", "replace").decode("utf-8")
    return json.dumps(sound, ensure_ascii=False).replace("\x7f", "\\u007f")
