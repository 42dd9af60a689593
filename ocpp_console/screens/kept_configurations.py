"""Kept configurations: the list to choose from, and two of them compared."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from ocpp_console.clock import iso
from ocpp_console.glyphs import ATTENTION, QUIET, STRONG
from ocpp_console.model.configurations import Configuration, Difference, Held, differences
from ocpp_console.model.secrets import MASK, secret
from ocpp_console.screens.question import Question
from ocpp_console.visible import visible
from ocpp_console.widgets.columns import Cell, Column
from ocpp_console.widgets.record_table import RecordTable
from ocpp_console.widgets.toned import toned

if TYPE_CHECKING:
    from ocpp_console.engine import Engine
    from ocpp_console.store.configurations import Entry

EMPTY = """Nothing is kept yet. A configuration is kept by itself when it was read and before something is written;
s on the page keeps one under a name."""


_CSS = """
{0} {{ align: center middle; }}
{0} > Vertical {{ width: 96%; height: 84%; background: $surface; border: round $primary;
                  border-title-color: $foreground; }}
{0} Static {{ height: auto; padding: 0 1; color: $text-muted; }}
"""


class Choice(NamedTuple):
    """One configuration to choose: kept, or as a station is set now."""

    station: str
    at: int
    """0 for now."""
    label: str
    entry: "Entry | None"

    @property
    def title(self) -> str:
        """Which one it is, in a few words."""
        return f"{self.station} {iso(self.at)[5:16].replace('T', ' ') if self.at else 'now'}"


class Picked(NamedTuple):
    """What was asked for."""

    what: str
    """compare, restore."""
    choices: tuple[Choice, ...]


class KeptConfigurations(ModalScreen[Picked | None]):
    """The list; gives what shall be done with which."""

    BINDINGS = [
        ("escape", "close", "Close"),
        ("r", "restore", "Restore"),
        ("delete", "remove", "Delete"),
    ]
    DEFAULT_CSS = _CSS.format("KeptConfigurations")

    def __init__(self, engine: "Engine", station: str) -> None:
        """`station` is the one the page shows; its own come first."""
        super().__init__()
        self.engine, self.station = engine, station
        self._choices: list[Choice] = []

    def compose(self) -> ComposeResult:
        """The list and its keys."""
        columns: tuple[Column[Choice], ...] = (
            Column("station", "station", lambda choice: (choice.station, STRONG), 16, least=10, middle=True, grow=1),
            Column("at", "taken (UTC)", self._at, 19),
            Column("label", "what for", lambda choice: choice.label, 36, least=16, grow=2),
            Column("auto", "", self._origin, 9, drop=1),
        )
        with Vertical() as box:
            box.border_title = toned((" Kept configurations ", STRONG))
            yield RecordTable(
                columns, lambda: self._choices, lambda choice: choice, stamp=lambda _: 0, empty=EMPTY, id="kept"
            )
            keys = "enter compares with now   space marks two to compare   r restores   delete   esc closes"
            yield Static(keys, markup=False)

    async def on_mount(self) -> None:
        """Read what there is."""
        self.query_one(RecordTable).focus()
        await self._read()

    async def _read(self) -> None:
        stations = self.engine.fleet.stations.values()
        now = [Choice(each.identity, 0, "as it is set now", None) for each in stations if len(each.variables)]
        entries = await self.engine.configurations.listing()
        kept = [Choice(entry.station, entry.at, entry.label, entry) for entry in entries]
        ours = [choice for choice in kept if choice.station == self.station]
        others = [choice for choice in now + kept if choice.station != self.station]
        self._choices = ours + others
        self.query_one(RecordTable).poke()

    @staticmethod
    def _at(choice: Choice) -> Cell:
        return iso(choice.at)[:19].replace("T", " ") if choice.at else ("now", STRONG)

    @staticmethod
    def _origin(choice: Choice) -> Cell:
        return ("by itself" if choice.entry is not None and choice.entry.automatic else ""), QUIET

    def on_record_table_opened(self, event: RecordTable.Opened) -> None:
        """Compare: the two marked ones, or this one with what is set now."""
        event.stop()
        table = self.query_one(RecordTable)
        marked = tuple(choice for choice in self._choices if choice in table.marked)
        chosen = marked if len(marked) == 2 else (event.record, Choice(self.station, 0, "", None))
        self.dismiss(Picked("compare", chosen))

    def action_restore(self) -> None:
        """Go back to the one under the cursor."""
        choice = self.query_one(RecordTable).record
        if choice is not None:
            self.dismiss(Picked("restore", (choice,)))

    @work
    async def action_remove(self) -> None:
        """Delete the marked ones, or the one under the cursor, after a question."""
        table = self.query_one(RecordTable)
        doomed = [choice for choice in table.chosen if choice.entry is not None]
        if not doomed:
            return
        names = ", ".join(f"{choice.title} {choice.label}".rstrip() for choice in doomed[:3])
        more = f" and {len(doomed) - 3} more" if len(doomed) > 3 else ""
        if await self.app.push_screen_wait(Question(f"Delete {names}{more}?", "Delete", "Keep")):
            for choice in doomed:
                await self.engine.configurations.drop(choice.entry)
            table.marked.clear()
            await self._read()

    def action_close(self) -> None:
        """Nothing."""
        self.dismiss(None)


async def load(engine: "Engine", choice: Choice) -> Configuration | None:
    """The configuration that was chosen; None when it is gone."""
    if choice.entry is not None:
        return await engine.configurations.load(choice.entry)
    station = engine.fleet.stations.get(choice.station)
    return Configuration.of(station, engine.clock()) if station is not None else None


class Differences(ModalScreen[None]):
    """Where two configurations do not agree."""

    BINDINGS = [("escape,q", "app.pop_screen", "Close")]
    DEFAULT_CSS = _CSS.format("Differences")

    def __init__(self, left: tuple[str, Configuration], right: tuple[str, Configuration]) -> None:
        """Each with its title."""
        super().__init__()
        self._titles = visible(left[0], 40), visible(right[0], 40)
        self.found: Sequence[Difference] = differences(left[1], right[1])
        self._same = len(left[1].settings) - sum(difference.left is not None for difference in self.found)

    def compose(self) -> ComposeResult:
        """One row for each difference."""
        columns: tuple[Column[Difference], ...] = (
            Column("setting", "setting", lambda each: (str(each.setting), STRONG), 36, least=24, grow=1, middle=True),
            Column("left", self._titles[0], lambda each: _side(each, each.left), 24, least=16, grow=1),
            Column("right", self._titles[1], lambda each: _side(each, each.right), 24, least=16, grow=1),
        )
        with Vertical() as box:
            box.border_title = toned((f" {self._titles[0]} ", STRONG), "and", (f" {self._titles[1]} ", STRONG))
            yield Static(f"{len(self.found)} different, {self._same} the same. Secrets are not compared.", markup=False)
            yield RecordTable(
                columns,
                lambda: self.found,
                lambda each: each.setting,
                stamp=lambda _: 0,
                empty="They agree in everything.",
                id="differences",
            )

    def on_mount(self) -> None:
        """The list scrolls at once."""
        self.query_one(RecordTable).focus()


def _side(difference: Difference, held: Held | None) -> Cell:
    """What one side holds."""
    if held is None:
        return "does not have it", QUIET
    if held.value is None:
        return (MASK, QUIET) if secret(difference.setting.name.variable) else ("not told", QUIET)
    return (held.value, ATTENTION) if held.value else ("empty", ATTENTION)
