"""The rows of the configuration table: settings, as a tree by component or flat, what is filtered, how cells look."""

from collections.abc import Sequence
from dataclasses import dataclass

from ocpp_console.clock import hms
from ocpp_console.glyphs import ATTENTION, GOOD, PLAIN, QUIET, STRONG, WRONG
from ocpp_console.model.configurations import Setting
from ocpp_console.model.secrets import masked
from ocpp_console.model.station import Station
from ocpp_console.model.variables import ACTUAL, Attribute, State, Variable
from ocpp_console.widgets.columns import Cell, Column
from ocpp_console.widgets.pane import FilterTrouble

LOOKS: dict[State, tuple[str, str]] = {
    State.PLAIN: ("", QUIET),
    State.CHANGED: ("←", ATTENTION),
    State.ACCEPTED: ("◐", ATTENTION),
    State.CONFIRMED: ("✓", GOOD),
    State.DIFFERS: ("▲", WRONG),
    State.REBOOT: ("◐", ATTENTION),
    State.REBOOTED: ("◐", ATTENTION),
    State.REFUSED: ("✗", WRONG),
}
"""Glyph and tone of what became of a value lately."""

RIGHTS = {"ReadOnly": "ro", "ReadWrite": "rw", "WriteOnly": "wo"}

FILTER_WORDS = {"~w": "writable", "~r": "read-only", "~c": "changed or written lately", "~s": "secrets"}
"""What a filter may ask for besides text."""


@dataclass(frozen=True, slots=True)
class Row:
    """A setting, or the head of a component in the tree."""

    setting: Setting
    """Of a head: a setting without variable."""
    variable: Variable | None
    """None for a head."""
    attribute: Attribute
    state: State
    name: str
    """How it is called where it stands: alone in the tree, with its component in the flat list."""
    count: int = 0
    """Settings below a head."""
    folded: bool = False
    """Of a head: those are not shown."""


def rows_of(station: Station, *, tree: bool, wanted: str, folded: set[str]) -> list[Row]:
    """The rows of a station; `wanted` is the filter in small letters, `folded` the places whose settings are hidden."""
    shown = [row for row in _settings(station, tree) if matches(row, wanted)]
    if not tree:
        return shown
    rows: list[Row] = []
    places: dict[str, list[Row]] = {}
    for row in shown:
        places.setdefault(row.setting.name.place, []).append(row)
    for place, below in places.items():
        head = Setting(below[0].setting.name._replace(variable="", instance=""))
        hidden = place in folded and not wanted
        rows.append(Row(head, None, Attribute(), State.PLAIN, place, len(below), hidden))
        rows += [] if hidden else below
    return rows


def _settings(station: Station, tree: bool) -> list[Row]:
    """One row for each attribute of each variable."""
    rows = []
    for variable in station.variables.ordered():
        name = variable.name.leaf if tree else str(variable.name)
        for kind, attribute in (variable.attributes or {ACTUAL: Attribute()}).items():
            state = attribute.state(variable.data_type, station.booted_at)
            called = name if kind == ACTUAL else f"{name} {kind}"
            rows.append(Row(Setting(variable.name, kind), variable, attribute, state, called))
    return rows


def matches(row: Row, wanted: str) -> bool:
    """All words of a filter hold for a row."""
    return all(_holds(row, word) for word in wanted.split())


def _holds(row: Row, word: str) -> bool:
    name = row.setting.name.variable
    if word == "~w":
        return row.attribute.writable
    if word == "~r":
        return not row.attribute.writable
    if word == "~c":
        return row.state is not State.PLAIN
    if word == "~s":
        return masked(name, "x") != "x"
    # not in the values of secrets: a filter must not find them out letter by letter
    return word in f"{row.setting} {masked(name, row.attribute.value or '')}".casefold()


def trouble_with(text: str) -> FilterTrouble | None:
    """Why a filter cannot be used."""
    for word in text.casefold().split():
        if word.startswith("~") and word not in FILTER_WORDS:
            known = ", ".join(f"{each} {what}" for each, what in FILTER_WORDS.items())
            return FilterTrouble(f"{word} is none of {known}.", word)
    return None


def shown_value(row: Row, *, revealed: bool) -> str:
    """A value as it may be seen; without its unit."""
    value = row.attribute.value
    return "" if value is None else value if revealed else masked(row.setting.name.variable, value)


def told_state(row: Row, *, revealed: bool) -> str:
    """What became of a value, in a few words."""
    attribute, name = row.attribute, row.setting.name.variable

    def shown(value: str | None) -> str:
        return (value if revealed else masked(name, value)) if value else "empty"

    if row.state is State.CHANGED:
        return f"was {shown(attribute.before)}"
    if row.state is State.CONFIRMED:
        return f"set {hms(attribute.written_at)}"
    if row.state is State.DIFFERS:
        return f"not {shown(attribute.wanted)}"
    if row.state in (State.REBOOT, State.REBOOTED):
        return f"{shown(attribute.wanted)} {row.state.value}"
    if row.state is State.REFUSED:
        return f"{attribute.verdict or 'refused'} {shown(attribute.wanted)}"
    return row.state.value


class VariableColumns:
    """The cells of a row; whether secrets are shown is the page's to say."""

    def __init__(self) -> None:
        """Secrets are hidden."""
        self.revealed = False

    def all(self) -> tuple[Column[Row], ...]:
        """Dropped when narrow: limits, type, rights."""
        return (
            Column("name", "variable", self._name, 44, least=28, grow=1, middle=True),
            Column("value", "value", self._value, 30, least=20, grow=2),
            Column("state", "state", self._state, 26, least=18),
            Column("rights", "", lambda row: (RIGHTS.get(row.attribute.mutability, ""), QUIET), 2, drop=1),
            Column("type", "type", self._type, 12, least=8, drop=2),
            Column("limits", "allowed", self._limits, 24, least=10, drop=3, grow=1),
        )

    def stamp(self, row: Row) -> object:
        """All that a row's cells depend on."""
        variable, attribute = row.variable, row.attribute
        form = (variable.unit, variable.data_type) if variable else (row.count, row.folded)
        said = (attribute.value, attribute.mutability, attribute.trouble, attribute.before, attribute.wanted)
        return row.name, said, form, row.state, attribute.written_at, self.revealed

    def _name(self, row: Row) -> Cell:
        if row.variable is None:
            return f"{'▸' if row.folded else '▾'} {row.name}", STRONG
        return (f"  {row.name}", PLAIN) if row.name == row.variable.name.leaf and row.variable.name.place else row.name

    def _value(self, row: Row) -> Cell:
        if row.variable is None:
            return f"{row.count} {'setting' if row.count == 1 else 'settings'}" if row.folded else "", QUIET
        attribute = row.attribute
        if attribute.value is None:
            return attribute.trouble or ("write only" if attribute.mutability == "WriteOnly" else "no value"), QUIET
        value = shown_value(row, revealed=self.revealed)
        tone = QUIET if not attribute.at else LOOKS[row.state][1] if row.state is State.CHANGED else STRONG
        if not value:
            return "empty", QUIET
        return [(value, tone), (f" {row.variable.unit}" if row.variable.unit else "", QUIET)]

    def _state(self, row: Row) -> Cell:
        glyph, tone = LOOKS[row.state]
        return f"{glyph} {told_state(row, revealed=self.revealed)}" if glyph else "", tone

    @staticmethod
    def _type(row: Row) -> Cell:
        return row.variable.data_type if row.variable else "", QUIET

    @staticmethod
    def _limits(row: Row) -> Cell:
        return (allowed(row.variable) if row.variable else ""), QUIET


def allowed(variable: Variable) -> str:
    """What a variable takes, in a few words; empty when nobody said."""
    if variable.values:
        return ", ".join(variable.values)
    least = f"from {variable.minimum:g} " if variable.minimum is not None else ""
    most = f"to {variable.maximum:g}" if variable.maximum is not None else ""
    return f"{least}{most}".strip()


def described(row: Row, *, revealed: bool) -> Sequence[tuple[str, str, str]]:
    """Everything about a setting as (label, text, tone), for the pane beside the table."""
    variable, attribute = row.variable, row.attribute
    if variable is None:
        return [("component", row.name, STRONG), ("settings", str(row.count), PLAIN)]
    unit = f" {variable.unit}" if variable.unit else ""
    name = variable.name
    value = attribute.value
    shown = "not told" if value is None else f"{shown_value(row, revealed=revealed)}{unit}" if value else "empty"
    lines = [
        ("", f"{name}" + ("" if row.setting.kind == ACTUAL else f"  {row.setting.kind}"), STRONG),
        ("", variable.about, QUIET),
        ("value", shown, PLAIN),
        ("", attribute.trouble, ATTENTION),
        ("was", _past(row, revealed), QUIET),
        ("state", told_state(row, revealed=revealed), LOOKS[row.state][1]),
        ("", attribute.words, ATTENTION),
        ("access", attribute.mutability or "not told", PLAIN),
        ("type", variable.data_type, PLAIN),
        ("allowed", allowed(variable), PLAIN),
        ("heard", f"{hms(attribute.at)}Z" if attribute.at else "from what was kept", QUIET),
    ]
    others = [(kind, other) for kind, other in variable.attributes.items() if kind != row.setting.kind]
    lines += [(kind, other.value or "not told", PLAIN) for kind, other in others]
    return [line for line in lines if line[1]]


def _past(row: Row, revealed: bool) -> str:
    """The value before, and until when."""
    attribute = row.attribute
    if attribute.before is None:
        return ""
    before = attribute.before if revealed else masked(row.setting.name.variable, attribute.before)
    return f"{before or 'empty'} until {hms(attribute.changed_at)}Z"
