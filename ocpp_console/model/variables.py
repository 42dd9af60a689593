"""What can be configured at a station, one model for both worlds: 1.6 keys and the device model of 2.x.

A key of 1.6 is a variable without component whose Actual attribute is its value. Names are found whatever their letter
case and keep the spelling of the station.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from ocpp_console.model.standard_variables import STANDARD_KEYS
from ocpp_console.model.variable_values import same_value

MOST_VARIABLES = 5_000
"""Per station; a station that reports more is making variables up."""
MOST_UNKNOWN = 500
MOST_REPORTS = 8

ACTUAL = "Actual"
ATTRIBUTE_TYPES = (ACTUAL, "Target", "MinSet", "MaxSet")
"""2.x AttributeEnumType."""


class VariableName(NamedTuple):
    """Which variable; everything but `variable` is empty in 1.6."""

    component: str
    variable: str
    evse: int = 0
    """0 for the station."""
    connector: int = 0
    component_instance: str = ""
    instance: str = ""

    @property
    def place(self) -> str:
        """The component with its instance and where it is: `Connector#1.2`; empty in 1.6."""
        instance = f"[{self.component_instance}]" if self.component_instance else ""
        evse = f"#{self.evse}" + (f".{self.connector}" if self.connector else "") if self.evse else ""
        return f"{self.component}{instance}{evse}"

    @property
    def leaf(self) -> str:
        """The variable with its instance: `ItemsPerMessage[GetReport]`."""
        return f"{self.variable}[{self.instance}]" if self.instance else self.variable

    def __str__(self) -> str:
        return f"{self.place}.{self.leaf}" if self.component else self.leaf

    @property
    def folded(self) -> "VariableName":
        """The same in small letters: what it is found by."""
        component, variable, evse, connector, component_instance, instance = self
        return VariableName(
            component.casefold(),
            variable.casefold(),
            evse,
            connector,
            component_instance.casefold(),
            instance.casefold(),
        )

    @property
    def order(self) -> tuple[object, ...]:
        """Sorts by component, place and name."""
        folded = self.folded
        return folded.component, folded.evse, folded.connector, folded.component_instance, folded.variable, folded[5]


class State(StrEnum):
    """What became of a value lately."""

    PLAIN = ""
    CHANGED = "changed"
    """It differs from what was read before."""
    ACCEPTED = "accepted, not read back"
    CONFIRMED = "set and read back"
    DIFFERS = "reads back otherwise"
    REBOOT = "after a reboot"
    REBOOTED = "rebooted, not read back"
    REFUSED = "refused"


@dataclass(slots=True)
class Attribute:
    """One value of a variable; in 1.6 there is only Actual."""

    value: str | None = None
    """As the station spells it; None when it never told: write only, or not read yet."""
    mutability: str = ""
    """ReadOnly, ReadWrite, WriteOnly; empty while nobody said."""
    at: int = 0
    """When the value was heard (µs UTC); 0 when never."""
    before: str | None = None
    """The value it had until `changed_at`."""
    changed_at: int = 0
    trouble: str = ""
    """Why it could not be read: the status word of 2.x, with what the station says about it."""
    wanted: str | None = None
    """What was written last; None when nothing was."""
    written_at: int = 0
    verdict: str = ""
    """The station's status for that: Accepted, RebootRequired, Rejected…"""
    words: str = ""
    """What the station says about its verdict."""

    @property
    def assumed(self) -> bool:
        """`value` is what was written and accepted; the station has not told it itself."""
        return self.wanted is not None and self.value == self.wanted and self.at <= self.written_at

    @property
    def writable(self) -> bool:
        """Nobody said that it cannot be written."""
        return self.mutability != "ReadOnly"

    def state(self, data_type: str, booted_at: int = 0) -> State:
        """What became of it; `booted_at` is when the station booted last."""
        if self.wanted is None:
            return State.CHANGED if self.changed_at else State.PLAIN
        if self.verdict not in ("Accepted", "RebootRequired"):
            return State.REFUSED
        reboot = self.verdict == "RebootRequired"
        if reboot and booted_at <= self.written_at:
            return State.REBOOT
        if self.at <= max(self.written_at, booted_at if reboot else 0):
            return State.REBOOTED if reboot else State.ACCEPTED
        return State.CONFIRMED if same_value(self.value, self.wanted, data_type) else State.DIFFERS


@dataclass(slots=True)
class Variable:
    """One variable with its attributes and what is known of their form."""

    name: VariableName
    attributes: dict[str, Attribute] = field(default_factory=dict)
    """By type: Actual, Target, MinSet, MaxSet."""
    data_type: str = ""
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    values: tuple[str, ...] = ()
    """The values allowed; empty when any."""
    about: str = ""

    @property
    def actual(self) -> Attribute:
        """The Actual attribute; an empty one when nobody mentioned it."""
        return self.attributes.get(ACTUAL) or Attribute()


@dataclass(slots=True)
class Report:
    """A report that comes in parts (NotifyReport), put together as far as it came."""

    request: int | None
    parts: set[int] = field(default_factory=set)
    messages: int = 0
    last_at: int = 0
    final: int | None = None
    """The number of the part that said it is the last."""
    said_so: bool = False
    """The last part carried `tbc: false`; without the property more may come all the same."""

    @property
    def missing(self) -> list[int]:
        """Numbers of parts that never came. Some stations count from 1: a missing 0 alone is no gap."""
        return sorted(set(range(1, max(self.parts, default=0))) - self.parts)

    @property
    def complete(self) -> bool:
        """The last part came and none is missing."""
        return self.final is not None and not self.missing


class Variables:
    """The variables of one station as far as they were heard of, whoever asked."""

    __slots__ = ("_by_name", "read_at", "reports", "revision", "unknown")

    def __init__(self) -> None:
        """Nothing was read."""
        self._by_name: dict[VariableName, Variable] = {}
        self.unknown: dict[str, str] = {}
        """Keys that the station said it does not know, by their small letters."""
        self.reports: list[Report] = []
        """The newest last."""
        self.read_at = 0
        """When everything was read last (µs UTC); 0 when never in this run."""
        self.revision = 0
        """Goes up with every change."""

    def __len__(self) -> int:
        return len(self._by_name)

    def __iter__(self) -> Iterator[Variable]:
        return iter(self._by_name.values())

    def ordered(self) -> list[Variable]:
        """All of them, by component, place and name."""
        return sorted(self, key=lambda variable: variable.name.order)

    def find(self, name: VariableName) -> Variable | None:
        """The variable of this name, in whatever letter case."""
        return self._by_name.get(name.folded)

    def key(self, name: str) -> Variable | None:
        """The 1.6 key of this name, in whatever letter case."""
        return self._by_name.get(VariableName("", name.casefold()))

    def number_of(self, name: VariableName) -> int | None:
        """The value of a variable as a whole number above 0: limits of messages are read so."""
        variable = self.find(name)
        value = (variable.actual.value or "").strip() if variable else ""
        return int(value) if value.isascii() and value.isdigit() and 0 < len(value) < 10 and int(value) else None

    def put(self, name: VariableName) -> Variable | None:
        """The variable of this name, made when it is mentioned first; None when there are too many already."""
        variable = self._by_name.get(name.folded)
        if variable is None:
            if len(self._by_name) >= MOST_VARIABLES or not name.variable:
                return None
            variable = self._by_name[name.folded] = Variable(name)
            if not name.component and (standard := STANDARD_KEYS.get(name.variable.casefold())) is not None:
                variable.data_type, variable.unit, variable.about = standard[1:]
        self.revision += 1
        return variable

    def attribute(self, name: VariableName, kind: str = ACTUAL) -> Attribute | None:
        """An attribute of a variable, both made when they are mentioned first."""
        variable = self.put(name)
        if variable is None or (kind not in variable.attributes and len(variable.attributes) >= len(ATTRIBUTE_TYPES)):
            return None
        return variable.attributes.setdefault(kind or ACTUAL, Attribute())

    def heard(self, name: VariableName, value: str | None, at: int, kind: str = ACTUAL) -> Attribute | None:
        """The station told a value; None when it told of the variable only."""
        attribute = self.attribute(name, kind)
        if attribute is None:
            return None
        variable = self.put(name)
        if name.variable and variable is not None:
            variable.name = name  # the station's spelling, not that of whoever wrote first
        ticks = variable is not None and variable.data_type == "dateTime" and attribute.mutability == "ReadOnly"
        told_before = value is not None and attribute.value is not None and not ticks
        form = variable.data_type if variable else ""
        if told_before and not same_value(value, attribute.value, form):
            if not attribute.assumed:
                attribute.before, attribute.changed_at = attribute.value, at
            elif same_value(value, attribute.before, form):  # it took the value back, or never had it
                attribute.before, attribute.changed_at = None, 0
        if value is not None or attribute.value is None:
            attribute.value = value
        attribute.at, attribute.trouble = at, ""
        if not name.component:
            self.unknown.pop(name.variable.casefold(), None)
        return attribute

    def written(
        self, name: VariableName, value: str, verdict: str, at: int, kind: str = ACTUAL, words: str = ""
    ) -> None:
        """The station answered to our writing. What it accepted counts as its value until it is read back."""
        attribute = self.attribute(name, kind)
        if attribute is None:
            return
        attribute.wanted, attribute.written_at, attribute.verdict, attribute.words = value, at, verdict, words
        if verdict == "Accepted" and attribute.mutability != "WriteOnly":
            if attribute.value is not None and attribute.value != value:
                attribute.before, attribute.changed_at = attribute.value, at
            attribute.value = value

    def not_known(self, key: str) -> None:
        """The station said that it does not know a key."""
        if len(self.unknown) < MOST_UNKNOWN:
            self.unknown[key.casefold()] = key
        self.revision += 1

    def report(self, request: int | None) -> Report:
        """The report with this request id that is being put together."""
        for report in reversed(self.reports):
            if report.request == request:
                return report
        report = Report(request)
        self.reports.append(report)
        del self.reports[:-MOST_REPORTS]
        return report

    def finish_read(self, since: int, at: int, *, whole: bool, booted_at: int = 0) -> None:
        """A reading of everything that began at `since` is over.

        Marks of older changes go, unless they wait for a reboot (`booted_at` is when the station booted last); with
        `whole` so does what was not told again, unless it was written by us.
        """
        for key, variable in list(self._by_name.items()):
            kept = False
            for attribute in variable.attributes.values():
                if attribute.written_at < since and attribute.state("", booted_at) is not State.REBOOT:
                    attribute.wanted = None
                if attribute.changed_at < since and attribute.wanted is None:
                    attribute.changed_at, attribute.before = 0, None
                kept = kept or attribute.at >= since or bool(attribute.trouble) or attribute.wanted is not None
            if whole and not kept:
                del self._by_name[key]
        self.read_at = at
        self.revision += 1
