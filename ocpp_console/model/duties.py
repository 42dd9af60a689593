"""What the console does by itself for chargers: which duties there are, and how each is set at present.

A duty that only answers is on or off without a sound; one that sends commands is off until somebody asks for it.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from ocpp_console.model.transactions import Transaction
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.settings import SETTINGS, Settings
from ocpp_console.tariff import Tariff, TariffProblem, read_tariff

if TYPE_CHECKING:
    from ocpp_console.model.fleet import Fleet

LONGEST_TARIFF = 80
"""Characters, where one comes from outside."""


class Duty(NamedTuple):
    """One duty; screens, help, documentation and the API follow from it."""

    name: str
    """Its setting."""
    title: str
    choices: tuple[str, ...]
    """What it can be set to; empty for a text or number of one's own."""
    sends: str
    """The commands it sends by itself and when; empty when it only answers."""
    help: str
    """A sentence about what comes of it."""


_SWITCH = ("off", "on")

DUTIES: tuple[Duty, ...] = (
    Duty(
        "tariff",
        "Cost of sessions",
        (),
        "",
        "A price such as 0.39/kWh 0.02/min 1/session EUR: sessions show their cost, 2.x stations hear it at the end.",
    ),
    Duty(
        "running_cost",
        "Cost while charging",
        ("off", "answer", "command"),
        "CostUpdated, when set to command",
        "2.x stations hear the cost so far: in answers to their events, or by CostUpdated commands when it changed.",
    ),
    Duty(
        "list_sync",
        "Local list in step",
        _SWITCH,
        "GetLocalListVersion and SendLocalList, to idle stations one after another",
        "When idTags change or a station booted, its list is brought in step; one from elsewhere is replaced.",
    ),
    Duty(
        "charging_needs",
        "Charging needs of cars",
        ("Rejected", "Accepted", "Processing"),
        "",
        "The answer to NotifyEVChargingNeeds of 2.x; Rejected says that no profile will follow.",
    ),
    Duty(
        "needs_profile",
        "Profile from needs",
        _SWITCH,
        "SetChargingProfile (TxProfile) after a NotifyEVChargingNeeds",
        "The session gets the limit its car asked for, at most what it can take, until it has its energy or leaves.",
    ),
)
"""In the order in which they are shown."""
BY_NAME = {duty.name: duty for duty in DUTIES}


_TAKEN = frozenset({*BY_NAME, "cost_interval", "station_tariffs"})
"""The settings that say how duties are done."""


class DutyProblem(ValueError):
    """A duty cannot be set so; the text is a sentence."""


class Duties:
    """How the duties are set in this run. Begins with the settings; the operator may change it while it runs.

    What was chosen so is kept for later starts, in which a setting that was given goes before it.
    """

    def __init__(self, settings: Settings) -> None:
        """As the settings say."""
        self.tariff = settings.tariff
        """The tariff of stations and tags that have none of their own; empty for none."""
        self.running_cost = settings.running_cost
        self.cost_interval = settings.cost_interval
        """Seconds between two CostUpdated of one session."""
        self.list_sync = settings.list_sync
        self.charging_needs = settings.charging_needs
        self.needs_profile = settings.needs_profile
        self.station_tariffs: dict[str, str] = dict(settings.station_tariffs)
        """Tariffs of single stations, by identity or pattern; the first that fits counts."""
        self.told: dict[str, tuple[bool, str]] = {}
        """What came last of a duty at a station (`list_sync AC-04`): it went well, and a sentence."""
        self.given = {name for name in BY_NAME if getattr(settings, name) != SETTINGS[name].default}
        """Duties that a flag, a variable or the settings file sets."""
        self.chosen: dict[str, str] = {}
        """What was chosen while a console ran, in this run or an earlier one: name → word."""
        self.keep: Callable[[], None] = lambda: None
        """Called after each choice, so that it is saved."""
        self.revision = 0

    def take_over(self, settings: Settings, names: Iterable[str]) -> None:
        """Settings of these names were changed while it runs; those that are no duty's are left aside."""
        for name in names:
            if name in _TAKEN:
                value = getattr(settings, name)
                setattr(self, name, dict(value) if isinstance(value, dict) else value)
                self.given.add(name)
                self.revision += 1

    def recall(self, chosen: JsonValue) -> list[str]:
        """Take up what was chosen in earlier runs, where no setting was given; a sentence for each that sends."""
        for name, word in (chosen if isinstance(chosen, dict) else {}).items():
            if name in BY_NAME and isinstance(word, str):
                self.chosen[name] = word
                with suppress(DutyProblem):  # an older or newer console knew other words
                    if name not in self.given:
                        self._put(name, word)
        recalled = [duty for duty in self.sending if duty.name not in self.given]
        return [f"{duty.title} is {self.shown(duty.name)}, as last chosen: {duty.sends}." for duty in recalled]

    def shown(self, name: str) -> str:
        """How a duty is set, as a word."""
        value = getattr(self, name)
        if isinstance(value, bool):
            return "on" if value else "off"
        return value or "off"

    def set(self, name: str, word: str) -> None:
        """Set a duty, and keep that for later starts.

        Raises:
            DutyProblem: there is no such duty, or it cannot be set so.
        """
        self._put(name, word)
        self.chosen[name] = self.shown(name)
        self.keep()

    def _put(self, name: str, word: str) -> None:
        duty = BY_NAME.get(name)
        if duty is None:
            raise DutyProblem(f"There is no duty {name}; there are {', '.join(BY_NAME)}.")
        if duty.choices and word not in duty.choices:
            raise DutyProblem(f"{duty.title} must be {' or '.join(duty.choices)}.")
        if duty.choices == _SWITCH:
            setattr(self, name, word == "on")
        elif name == "tariff":
            self.tariff = normal_tariff(word)
        else:
            setattr(self, name, word)
        self.revision += 1

    @property
    def sending(self) -> list[Duty]:
        """The duties that may send commands by themselves at present."""
        on = {"running_cost": self.running_cost == "command"}
        return [duty for duty in DUTIES if duty.sends and on.get(duty.name, bool(getattr(self, duty.name)))]

    def tariff_of(self, own: str, station: str) -> str:
        """`own`, that of the tag or of the station, else what the settings say for the station, else for all."""
        return own or (self.station_tariffs and self._tariff_at(station)) or self.tariff

    def tariff_for(self, fleet: "Fleet", session: Transaction) -> str:
        """The tariff in force for a session that begins now; empty for none."""
        tag = fleet.id_tags.get(session.id_tag)
        own = (tag.tariff if tag is not None else "") or fleet.station_settings.of(session.station).tariff
        return self.tariff_of(own, session.station)

    def tariff_due(self, fleet: "Fleet", session: Transaction) -> str:
        """The tariff of a session whose start or tag just came: its tag's own, even where the station gave it one."""
        tag = fleet.id_tags.get(session.id_tag)
        return (tag.tariff if tag is not None else "") or session.tariff or self.tariff_for(fleet, session)

    def _tariff_at(self, station: str) -> str:
        """The tariff of a station; empty when it has none of its own."""
        exact = self.station_tariffs.get(station)
        folded = station.casefold()
        fitting = (tariff for name, tariff in self.station_tariffs.items() if fnmatchcase(folded, name.casefold()))
        return exact or next(fitting, "")

    def tell(self, name: str, station: str, done: bool, text: str) -> None:
        """Keep what came of a duty at a station, for the screens."""
        self.told[f"{name} {station}"] = done, text
        self.revision += 1


def normal_tariff(text: str) -> str:
    """A tariff as it is written; `off` and nothing are none.

    Raises:
        DutyProblem: it is no tariff.
    """
    try:
        tariff: Tariff | None = read_tariff("" if text.strip().casefold() == "off" else text)
    except TariffProblem as problem:
        raise DutyProblem(f"A tariff {problem}.") from None
    return "" if tariff is None else str(tariff)
