"""The table of a station's settings, and the pane that says everything about the one under the cursor."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from ocpp_console.clock import hms
from ocpp_console.glyphs import QUIET
from ocpp_console.keys import WRITING_ACTIONS
from ocpp_console.model.configurations import Setting
from ocpp_console.model.station import Station
from ocpp_console.model.variables import State
from ocpp_console.screens.variable_jobs import Job
from ocpp_console.screens.variable_rows import (
    FILTER_WORDS,
    Row,
    VariableColumns,
    described,
    rows_of,
    trouble_with,
)
from ocpp_console.widgets.bindings import bindings
from ocpp_console.widgets.pane import FilterTrouble, Pane
from ocpp_console.widgets.record_table import RecordTable
from ocpp_console.widgets.toned import toned, toned_lines

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

NO_STATION = """No station to configure yet: the first that connects is shown here.
9 shows what to type into a charger."""
NOT_READ = """No configuration read yet: C reads it.
[ and ] go to another station; I applies a template; d shows what is kept."""
NOT_READ_QUIETLY = """No configuration read yet, and with --read-only none is asked for.
What the station tells by itself appears here. [ and ] go to another station."""


class VariableTable(Pane):
    """What one station is set to, with what became of the last reading or writing below it."""

    kind = "variables"
    filter_hint = "text, " + ", ".join(f"{word} {what}" for word, what in FILTER_WORDS.items())
    BINDINGS: ClassVar[list[BindingType]] = bindings("variables")
    DEFAULT_CSS = """
    VariableTable #work { height: auto; max-height: 5; padding: 0 1; }
    """

    def __init__(self, engine: "Engine", *, id: str | None = None) -> None:
        """Shows no station until `identity` is set."""
        super().__init__(id=id)
        self.engine = engine
        self.identity = ""
        self.by_component = True
        """As a tree; 1.6 has no components and is always flat."""
        self.job: Job | None = None
        """What runs at the station, or ran last."""
        self.cells = VariableColumns()
        self._hidden: set[str] = set()
        self._listed: list[Row] = []
        self._listed_for: object = None
        self._told: object = None
        self.table: RecordTable[Row] = RecordTable(
            self.cells.all(),
            self._rows,
            lambda row: row.setting,
            stamp=self.cells.stamp,
            kind="variables",
            empty=self._empty,
            id="variables",
        )

    def compose(self) -> ComposeResult:
        """The table, and the line for what runs."""
        yield self.table
        yield Static(id="work", markup=False)

    @property
    def station(self) -> Station | None:
        """The station shown."""
        return self.engine.fleet.stations.get(self.identity)

    def _rows(self) -> Sequence[Row]:
        station = self.station
        if station is None:
            return []
        tree = self.by_component and station.version != "1.6"
        stage = (
            self.identity,
            station.variables.revision,
            station.booted_at,
            self.filter_text,
            tree,
            frozenset(self._hidden),
        )
        if stage != self._listed_for:
            self._listed_for = stage
            self._listed = rows_of(station, tree=tree, wanted=self.filter_text, folded=self._hidden)
        return self._listed

    def _empty(self) -> str:
        if self.station is None:
            return NO_STATION
        if self.filter_text and len(self.station.variables):
            return "No setting matches the filter.\nesc clears it."
        if self.job is not None and self.job.running:
            return "Reading…"
        return NOT_READ_QUIETLY if self.engine.settings.read_only else NOT_READ

    def title_parts(self) -> Sequence[str]:
        """Whose settings, how many, and how old they are."""
        station = self.station
        if station is None:
            return ("Configuration",)
        variables = station.variables
        settings = "key" if station.version == "1.6" else "variable"
        count = f"{len(variables)} {settings}{'s' if len(variables) > 1 else ''}" if len(variables) else "not read"
        read = f"read {hms(variables.read_at)}Z" if variables.read_at else "as kept" if len(variables) else ""
        waiting = sum(
            each.state("", station.booted_at) is State.REBOOT
            for variable in variables
            for each in variable.attributes.values()
            if each.wanted is not None
        )
        reboot = f"◐ {waiting} after a reboot" if waiting else ""
        state = "" if station.online else "offline"
        return ("Configuration", station.identity, station.version, state, count, read, reboot)

    def filter(self, text: str) -> FilterTrouble | None:
        """Show what matches all words."""
        trouble = trouble_with(text)
        return trouble if trouble is not None else super().filter(text)

    def poke(self) -> None:
        """Look at the table and at what runs."""
        super().poke()
        self.renew_title()
        job = self.job
        stage = (id(job), job.revision if job is not None else 0)
        if stage != self._told and self.is_mounted:
            self._told = stage
            line = self.query_one("#work", Static)
            told = job.told() if job is not None else []
            line.update(toned_lines([piece] for piece in told))
            line.display = bool(told)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """With `--read-only` nothing is asked of a station."""
        if action in WRITING_ACTIONS and self.engine.settings.read_only:
            return False
        return super().check_action(action, parameters)

    def chosen(self) -> list[Row]:
        """The marked settings, or the one under the cursor; of a head those below it."""
        rows: list[Row] = []
        for row in self.table.chosen:
            if row.variable is not None:
                rows.append(row)
            else:
                rows += [each for each in self._all() if each.setting.name.place == row.setting.name.place]
        return rows

    def _all(self) -> list[Row]:
        station = self.station
        return rows_of(station, tree=False, wanted=self.filter_text, folded=set()) if station is not None else []

    def action_layout(self) -> None:
        """Tree or flat."""
        self.by_component = not self.by_component
        self.poke()

    def action_secrets(self) -> None:
        """Show secrets, or hide them."""
        self.cells.revealed = not self.cells.revealed
        self.poke()

    def fold(self, place: str) -> None:
        """Hide the settings of a component, or show them again."""
        self._hidden ^= {place}
        self.poke()

    @on(RecordTable.Opened)
    def _opened(self, event: RecordTable.Opened) -> None:
        """Enter folds a component and edits a setting."""
        event.stop()
        row: Row = event.record
        if row.variable is None:
            self.fold(row.name)
        else:
            self.edit(self.chosen())

    def edit(self, rows: Sequence[Row]) -> None:
        """Change values; the pane of the page does it."""


class SettingPane(Pane):
    """Everything about the setting under the cursor."""

    filterable = False
    DEFAULT_CSS = """
    SettingPane Static { height: auto; padding: 0 1; }
    """

    def __init__(self, table: VariableTable, *, id: str | None = None) -> None:
        """Follows the cursor of `table`."""
        super().__init__(id=id)
        self._source = table
        self._drawn: object = None

    def compose(self) -> ComposeResult:
        """A text that scrolls."""
        with VerticalScroll(can_focus=False):
            yield Static(id="setting", markup=False)

    def title_parts(self) -> Sequence[str]:
        """Its name is in the text."""
        return ("Setting",)

    def poke(self) -> None:
        """Draw when the row under the cursor changed."""
        super().poke()
        row, cells = self._source.table.record, self._source.cells
        lines = described(row, revealed=cells.revealed) if row is not None else [("", "Nothing chosen.", QUIET)]
        if not self.is_mounted or lines == self._drawn:
            return
        self._drawn = lines
        content = toned_lines([(f"{label}  " if label else "", QUIET), (text, tone)] for label, text, tone in lines)
        self.query_one("#setting", Static).update(content if row is not None else toned(("Nothing chosen.", QUIET)))


def settings_of(rows: Sequence[Row]) -> list[Setting]:
    """The settings of rows."""
    return [row.setting for row in rows]
