"""The table of the message log: its marks are kept in the database, and its first row is that of the whole log."""

from collections.abc import Callable
from typing import Any

from textual import events, on

from ocpp_console.model.annotations import Annotations
from ocpp_console.model.messages import Message
from ocpp_console.widgets.record_table import RecordTable


class LogTable(RecordTable[Message]):
    """A log whose rows are on disk beyond those it shows."""

    def __init__(
        self, notes: Annotations, go: Callable[[int], None], go_on: Callable[[bool], object], *args: Any, **options: Any
    ) -> None:
        """`notes` has the marks; `go` shows the log from a number on, 0 for its beginning; the rest is the table's.

        `go_on` hears that the user moved on at the upper (True) or lower end of the rows.
        """
        super().__init__(*args, **options)
        self._notes = notes
        self._to = go
        self._on = go_on
        self.marked = notes.marks  # type: ignore[assignment]

    @property
    def chosen(self) -> list[Message]:
        """The row under the cursor: marks of a log are for finding rows again, not for sending something."""
        record = self.record
        return [record] if record is not None else []

    def action_move(self, rows: int) -> None:
        """Move the cursor by rows, and beyond the end into rows that are still to be found."""
        self._at_end(rows)
        super().action_move(rows)

    def action_move_page(self, pages: int) -> None:
        """The same by pages."""
        self._at_end(pages)
        super().action_move_page(pages)

    @on(events.MouseScrollUp)
    @on(events.MouseScrollDown)
    def _wheel_at_end(self, event: events.MouseScrollUp | events.MouseScrollDown) -> None:
        """The same with the wheel."""
        self._at_end(1 if isinstance(event, events.MouseScrollDown) else -1)

    def _at_end(self, step: int) -> None:
        """Say so when a step from here leads beyond the rows there are."""
        if self.view.top == 0 if step < 0 else self.view.at_end:
            self._on(step < 0)

    def action_first(self) -> None:
        """To the first row of the whole log; to the first shown when that is in memory."""
        self._to(0)

    def action_mark(self) -> None:
        """Mark or unmark the row and go to the next."""
        record = self.record
        if record is not None:
            super().action_mark()
            self._notes.changed(record.seq)

    def action_next_mark(self) -> None:
        """To the next marked row, around the end; it may be far away."""
        record = self.record
        marks = sorted(self._notes.marks)
        if not marks:
            return
        here = record.seq if record is not None else 0
        wanted = next((seq for seq in marks if seq > here), marks[0])
        if not self.seek(wanted):
            self._to(wanted)
