"""The table of the message log: its marks are kept in the database, and its first row is that of the whole log."""

from collections.abc import Callable
from typing import Any

from ocpp_console.model.annotations import Annotations
from ocpp_console.model.messages import Message
from ocpp_console.widgets.record_table import RecordTable


class LogTable(RecordTable[Message]):
    """A log whose rows are on disk beyond those it shows."""

    def __init__(self, notes: Annotations, go: Callable[[int], None], *args: Any, **options: Any) -> None:
        """`notes` has the marks; `go` shows the log from a number on, 0 for its beginning; the rest is the table's."""
        super().__init__(*args, **options)
        self._notes = notes
        self._to = go
        self.marked = notes.marks  # type: ignore[assignment]

    @property
    def chosen(self) -> list[Message]:
        """The row under the cursor: marks of a log are for finding rows again, not for sending something."""
        record = self.record
        return [record] if record is not None else []

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
