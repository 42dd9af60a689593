"""A small window with a list of lines, each with a value behind it: arrows and enter choose, delete may remove one."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from ocpp_console.glyphs import QUIET
from ocpp_console.visible import visible
from ocpp_console.widgets.columns import Column
from ocpp_console.widgets.record_table import RecordTable


class Line(NamedTuple):
    """One thing to choose."""

    title: str
    told: str
    """What it is, behind the title."""
    value: str
    """What the choice gives."""
    removable: bool = False


COLUMNS: tuple[Column[Line], ...] = (
    Column("title", "", lambda line: line.title, 26, least=12),
    Column("told", "", lambda line: (line.told, QUIET), 40, least=10, grow=1),
)


class PickList(ModalScreen[str | None]):
    """Gives the value of the line that was chosen; None when cancelled."""

    BINDINGS = [
        Binding("escape,q", "cancel", "Cancel", show=False),
        Binding("delete,d", "remove", "Remove", show=False),
    ]
    DEFAULT_CSS = """
    PickList { align: center middle; }
    PickList > Vertical { width: 84; max-width: 96%; height: auto; max-height: 80%;
                          border: round $primary; background: $surface; }
    PickList RecordTable { height: auto; min-height: 3; }
    PickList Static { height: 1; padding: 0 1; color: $text-muted; }
    """

    def __init__(
        self, title: str, lines: Sequence[Line], remove: Callable[[str], None] | None = None, keys: str = ""
    ) -> None:
        """`remove` is called with the value of a line that is to go; without it none goes.

        `keys` tells other keys than those of every list.
        """
        super().__init__()
        self._heading, self._lines, self._remove, self._keys = title, list(lines), remove, keys
        self.table: RecordTable[Line] = RecordTable(
            COLUMNS, lambda: self._lines, lambda line: line, stamp=lambda line: line, header=False, empty="Nothing."
        )

    def compose(self) -> ComposeResult:
        """The list and its keys."""
        with Vertical() as box:
            box.border_title = Content(visible(self._heading, 60))
            self.table.styles.height = min(len(self._lines) + 1, 16)
            yield self.table
            keys = "enter chooses   esc closes" + ("   d removes" if self._remove is not None else "")
            yield Static(self._keys or keys, markup=False)

    def on_mount(self) -> None:
        """The first line is under the cursor."""
        self.table.focus()

    def on_record_table_opened(self, event: RecordTable.Opened) -> None:
        """Chosen."""
        event.stop()
        self.choose(event.record)

    def choose(self, line: Line) -> None:
        """Close with this line."""
        self.dismiss(line.value)

    def action_remove(self) -> None:
        """Remove the line under the cursor, if it is one that can go."""
        line = self.table.record
        if line is not None and line.removable and self._remove is not None:
            self._remove(line.value)
            self._lines.remove(line)
            self.table.poke()

    def action_cancel(self) -> None:
        """Close without a choice."""
        self.dismiss(None)
