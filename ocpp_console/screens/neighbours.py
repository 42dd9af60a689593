"""The list a message was opened from: the next and the previous message of it, whatever kind of list it is."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from ocpp_console.engine import StoreProblem
from ocpp_console.model.messages import Message
from ocpp_console.widgets.record_table import RecordTable

if TYPE_CHECKING:
    from ocpp_console.engine import Engine


class Neighbours(NamedTuple):
    """A table whose records lead to messages: a log, a diagram, a history of commands, places of a finding."""

    table: RecordTable[Any]
    message: Callable[[Any], Message | int | None] = lambda record: record
    """What a record leads to: a row of the log, or its number, or nothing."""

    def move(self, seq: int, step: int) -> Message | int | None:
        """Put the cursor on the next (1) or previous (-1) record with another message than `seq`; what it leads to.

        None when there is none. Several records may lead to one message, as a call and its answer in a diagram do.
        """
        at = self._at(seq)
        rows = self.table.view.rows
        while 0 <= (at := at + step) < len(rows):
            found = self.message(rows[at])
            if _number(found) not in (0, seq):
                self.table.action_move(at - self.table.view.cursor)  # as the operator would: the page hears of it
                return found
        return None

    def _at(self, seq: int) -> int:
        """Where a record with this message is: under the cursor, or the first of all; else where the cursor is."""
        here = self.table.record  # looks at the rows as they are now
        view = self.table.view
        if here is None or _number(self.message(here)) == seq:
            return view.cursor
        return next((at for at, each in enumerate(view.rows) if _number(self.message(each)) == seq), view.cursor)


def _number(found: Message | int | None) -> int:
    """The number of a message; 0 of none."""
    return found.seq if isinstance(found, Message) else found or 0


async def row_of(engine: "Engine", seq: int) -> tuple[Message | None, str]:
    """The row of the log with this number, from memory or from the database; else a sentence that says why not."""
    row = engine.fleet.messages.by_seq(seq)
    if row is not None:
        return row, ""
    try:
        older = await engine.log.messages(before=seq + 1, limit=1)
    except StoreProblem as problem:
        return None, problem.text
    row = next((row for row in older.rows if row.seq == seq), None)
    return row, "" if row is not None else "The message is neither in memory nor in the database any more."
