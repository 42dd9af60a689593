"""A live table over records of the model that formats only the rows in view.

    table = RecordTable(columns, rows=lambda: list(stations.values()), identify=lambda s: s.identity, kind="stations")

- `rows` is asked whenever the table may have to draw; it returns any sequence (a ring with O(1) index is fine) and
  must be cheap: nothing is copied and only the rows in view are looked at (all of them when ordered by a column).
- `identify` names a record for ever; the cursor and the marks stay with the name.
- `stamp` tells when a record must be drawn anew; the default is its `revision`. Give your own when there is none,
  or when a cell depends on something else (`stamp=lambda tag: (tag.status, tag.note)`).
- Columns (`Column`) return texts and tones; text of a station may be handed over raw, the table draws it through
  `visible()`.
- Call `poke()` as often as you like: it draws only if a row in view changed. The app's pump does so ten times a second.
- With `follow=True` it behaves as a log: the view stays at the end until the user scrolls up; `f`, `G` and `end`
  take it up again. `following` and `waiting` (rows that came since) are there for the pane's title.
- It says what the user did with messages: `RecordTable.Picked` (cursor moved), `RecordTable.Opened` (enter or double
  click), `RecordTable.Changed` (follow, order or marks changed: look at the title again).
- `kind` chooses the footer (`keys.FOOTERS`) and tells pages which table speaks.
"""

from collections.abc import Callable, Generator, Hashable, Iterator, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from textual import events, on
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ocpp_console.glyphs import TONES
from ocpp_console.widgets.bindings import bindings
from ocpp_console.widgets.columns import Column
from ocpp_console.widgets.palettes import Palettes
from ocpp_console.widgets.row_painter import RowPainter
from ocpp_console.widgets.table_lines import TableLines, changed_runs
from ocpp_console.widgets.window import Window

R = TypeVar("R")

MOST_RUNS = 12
"""Places of a table that are sent to the terminal one by one; with more of them all of it is sent."""


class RecordTable(Widget, Generic[R], can_focus=True):
    """The table widget; see the module for how to use it."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = bindings("list")
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"record-table--{part}" for part in ("header", "cursor", "cursor-blurred", *TONES)
    }
    DEFAULT_CSS = """
    RecordTable {
        height: 1fr;
        background: $surface;
        color: $foreground;
        & > .record-table--header { color: $text-muted; text-style: bold; background: $surface; }
        & > .record-table--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
        & > .record-table--cursor-blurred { background: $block-cursor-blurred-background; color: $foreground; }
        & > .record-table--good { color: $success; }
        & > .record-table--attention { color: $warning; }
        & > .record-table--wrong { color: $error; }
        & > .record-table--busy { color: $accent; }
        & > .record-table--quiet { color: $foreground-muted; }
        & > .record-table--strong { text-style: bold; }
    }
    """

    class _Said(Message):
        """Common part of what a table tells its page."""

        def __init__(self, table: "RecordTable[Any]", record: Any) -> None:
            """`record` is what the cursor is on; None in an empty table."""
            super().__init__()
            self.table = table
            self.record = record

        @property
        def control(self) -> "RecordTable[Any]":
            """For `@on(RecordTable.Opened, "#stations")`."""
            return self.table

    class Picked(_Said):
        """The user moved the cursor."""

    class Opened(_Said):
        """Enter or a double click."""

    class Changed(_Said):
        """Following, order or marks changed."""

    def __init__(
        self,
        columns: Sequence[Column[R]],
        rows: Callable[[], Sequence[R]],
        identify: Callable[[R], Hashable],
        *,
        stamp: Callable[[R], Hashable] | None = None,
        kind: str = "",
        follow: bool = False,
        header: bool = True,
        empty: str | Callable[[], str] = "",
        order: str = "",
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """`empty` is what an empty table teaches; `order` the key of the column it is ordered by at first."""
        super().__init__(id=id, classes=classes)
        self.columns = tuple(columns)
        self.kind = kind
        self.marked: set[Hashable] = set()
        self.ordered_by: str = order
        self.reverse = False
        self.follows = follow
        """It is a log: rows come at the end and order cannot be changed."""
        self._rows = rows
        self.identify = identify
        self._header = header
        self._empty = empty
        self.view: Window[R] = Window(identify, following=follow, anchored=follow)
        self._seen_end: Hashable = None
        self.covered = 0  # lines at the end that a window lies over: rows end above it
        self._painter = RowPainter(self.columns)
        self._stamp = stamp or _revision
        self._strips = TableLines(self._painter, identify, self._stamp)
        self._lines: list[Strip] = []
        """What is drawn: as of the last poke, not of the moment of drawing, so that no change is missed."""
        self._lines_for: Size | None = None
        self._turn = 0
        """Counts drawings that were begun: of two at a time the older one gives up."""
        self._palettes = Palettes(self, "record-table")

    @property
    def record(self) -> R | None:
        """The record under the cursor; None in an empty table."""
        self._settle()
        return self.view.record

    @property
    def following(self) -> bool:
        """The view is pinned to the newest row."""
        return self.view.following

    @property
    def chosen(self) -> list[R]:
        """The marked records, or the one under the cursor when none is marked."""
        self._settle()
        marked = [record for record in self.view.rows if self.identify(record) in self.marked] if self.marked else []
        return marked or ([self.view.record] if self.view.record is not None else [])

    @property
    def waiting(self) -> int:
        """Rows that came below the view since following was paused; 0 while following."""
        return 0 if self.following else max(0, len(self.view.rows) - self.view.top - self.view.height)

    def seek(self, key: Hashable) -> bool:
        """Put the cursor on the record with this key; False when it is not in the table."""
        self._settle()
        found = self.view.seek(key)
        self.poke()
        return found

    def poke(self) -> bool:
        """Draw if anything in view changed since the last drawing; says whether it did."""
        *_, changed = (False, *self.drawing())
        return changed

    def drawing(self) -> Iterator[bool]:
        """`poke` in steps of a few rows; the last one says whether anything changed.

        The steps are of no use, and end, once somebody has drawn everything between two of them.
        """
        if not self.is_mounted or not self.size.width:
            return
        before = self._lines if self._lines_for == self.size else ()
        self._turn += 1
        turn = self._turn
        for _ in self._making():
            yield False
            if self._turn != turn:
                return
        runs = changed_runs(before, self._lines)
        if not before or len(runs) > MOST_RUNS:
            self.refresh()
        elif runs:
            self.refresh(*(Region(0, first, self.size.width, count) for first, count in runs))
        yield bool(runs)

    def show_columns(self, columns: Sequence[Column[R]]) -> None:
        """Other columns from now on."""
        if tuple(columns) != self.columns:
            self.columns = tuple(columns)
            self._painter = RowPainter(self.columns)
            self._strips = TableLines(self._painter, self.identify, self._stamp)
            self._start_anew()

    def restart(self) -> None:
        """The rows are of another kind from now on (a filter changed): back to the end of a log, to the cursor else."""
        if self.follows:
            self.view.following = True
        self.poke()

    def action_move(self, rows: int) -> None:
        """Move the cursor by rows."""
        self._go(self.view.cursor + rows)

    def action_move_page(self, pages: int) -> None:
        """Move the cursor by pages."""
        self._go(self.view.cursor + pages * max(1, self.view.height - 1))

    def action_first(self) -> None:
        """To the first row."""
        self._go(0)

    def action_last(self) -> None:
        """To the last row; a log follows again."""
        self.view.following = self.follows
        self._go(len(self._rows()) - 1)
        self.post_message(self.Changed(self, self.view.record))

    def action_follow(self) -> None:
        """Follow, or pause."""
        if self.follows:
            self.view.following = not self.view.following
            self.poke()
            self.post_message(self.Changed(self, self.view.record))

    def action_open(self) -> None:
        """Open what the cursor is on."""
        record = self.record
        if record is not None:
            self.post_message(self.Opened(self, record))

    def action_mark(self) -> None:
        """Mark or unmark the row and go to the next."""
        record = self.record
        if record is not None:
            self.marked ^= {self.identify(record)}
            self._go(self.view.cursor + 1)
            self.post_message(self.Changed(self, record))

    def action_next_mark(self) -> None:
        """To the next marked row, around the end."""
        self._settle()
        count = len(self.view.rows)
        for step in range(1, count + 1):
            index = (self.view.cursor + step) % count
            if self.identify(self.view.rows[index]) in self.marked:
                return self._go(index)

    def action_order(self) -> None:
        """Order by the next column that can order, each first one way, then the other; at the end as it came."""
        keys = [column.key for column in self.columns if column.order]
        if self.follows or not keys:
            return
        if self.ordered_by and not self.reverse:
            self.order_by(self.ordered_by, True)
            return
        position = keys.index(self.ordered_by) + 1 if self.ordered_by in keys else 0
        self.order_by(keys[position] if position < len(keys) else "", False)

    def order_by(self, key: str, reverse: bool) -> None:
        """Order by a column; an empty key is the order in which the records come."""
        self.ordered_by, self.reverse = key, reverse
        self.poke()
        self.post_message(self.Changed(self, self.view.record))

    def on_click(self, event: events.Click) -> None:
        """Select; open on the second click; order on the header."""
        event.stop()
        if self._header and event.y == 0:
            self._header_clicked(event.x)
            return
        self._settle()
        index = self.view.top + event.y - self._header_height
        if 0 <= index < len(self.view.rows):
            self.view.following = False
            self._go(index)
            if event.chain == 2:
                self.action_open()

    @on(events.MouseScrollUp)
    @on(events.MouseScrollDown)
    def _wheel(self, event: events.MouseScrollUp | events.MouseScrollDown) -> None:
        """The wheel moves the view; a log pauses, and follows again when it reaches its end."""
        event.stop()
        rows = 3 if isinstance(event, events.MouseScrollDown) else -3
        self._settle()
        self.view.scroll(rows)
        if rows > 0 and self.follows and self.view.at_end:
            self.view.following = True
        self.poke()
        self.post_message(self.Changed(self, self.view.record))

    def _header_clicked(self, x: int) -> None:
        """Order by the column at cell `x`; a second click turns it round."""
        column = self._painter.at(x, self.size.width)
        if column is not None and column.order and not self.follows:
            self.order_by(column.key, self.ordered_by == column.key and not self.reverse)

    @property
    def _header_height(self) -> int:
        return 1 if self._header else 0

    def _go(self, index: int) -> None:
        """Put the cursor somewhere as the user asked."""
        self._settle()
        before = self.view.following
        self.view.move_to(index)
        self.poke()
        if self.view.record is not None:
            self.post_message(self.Picked(self, self.view.record))
        if before != self.view.following:
            self.post_message(self.Changed(self, self.view.record))

    def _settle(self) -> None:
        """Look at the rows as they are now."""
        rows = self._rows()
        column = next((column for column in self.columns if column.key == self.ordered_by), None)
        if column is not None and column.order is not None:
            rows = sorted(rows, key=column.order, reverse=self.reverse)
        self.view.settle(rows, self.size.height - self._header_height - self.covered)

    def notify_style_update(self) -> None:
        """Colours changed: nothing drawn so far is of use."""
        super().notify_style_update()
        self._start_anew()

    @on(events.Focus)
    @on(events.Blur)
    def _focus_moved(self) -> None:
        """The cursor is drawn differently."""
        self._start_anew()

    def _start_anew(self) -> None:
        """Draw everything again, as the rows are then."""
        self._turn += 1
        self._palettes.clear()
        self._strips.clear()
        self._lines_for = None
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of `crop`, as the last poke finished them."""
        # Not `render_line`: Textual's styles cache costs three times as much per frame as all of this.
        if self._lines_for != self.size:
            self._turn += 1
            for _ in self._making():
                pass
        lines = self._lines[crop.y : crop.bottom]
        if crop.x or crop.width != self.size.width:
            lines = [line.crop(crop.x, crop.right) for line in lines]
        return lines

    def _making(self) -> Generator[None, None, None]:
        """Make the lines in steps, of the records that are in view at the first."""
        self._settle()
        width, height = size = self.size
        if self._lines_for != size:
            self._strips.clear()
        view, filters = self.view, self.get_line_filters()
        lines: list[Strip] = []
        if self._header:
            titles = self._palettes.of("")["header"]
            lines.append(self._strips.header(width, self.ordered_by, self.reverse, titles, filters))
        window = view.window()
        cursor, palettes = view.cursor - view.top, self._palettes.of
        lines += yield from self._strips.rows(window, cursor, self.marked, width, palettes, filters)
        if not window:
            text = self._empty() if callable(self._empty) else self._empty
            lines += self._strips.sentence(text, width, self._palettes.of("")["quiet"], filters)
        lines += [Strip.blank(width, self._palettes.of("")[""])] * (height - len(lines))
        self._lines, self._lines_for = lines[:height], size


def _revision(record: Any) -> Hashable:
    """The default stamp."""
    return getattr(record, "revision", None)
