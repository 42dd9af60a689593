"""Reading on where the memory ends: older rows of the log come from the database when somebody scrolls up to them."""

from typing import TYPE_CHECKING

from ocpp_console.clock import iso
from ocpp_console.screens.log_rows import LogRows
from ocpp_console.widgets.record_table import RecordTable

if TYPE_CHECKING:
    from ocpp_console.engine import Engine
    from ocpp_console.model.messages import Message

PAGE_ROWS = 200
"""Rows read at a time: folding them takes the loop some milliseconds."""


class LookBack:
    """What one log pane knows about the rows before its first one."""

    def __init__(self, engine: "Engine", rows: LogRows) -> None:
        """Puts what `engine` finds before `rows`."""
        self._engine = engine
        self._rows = rows
        self._reading = False
        self._ended = False
        self._reached = ""
        """How far back it has come, as a time."""

    @property
    def words(self) -> str:
        """For the title: how far back it is; empty while nobody looks back."""
        if not self._rows.looks_back:
            return ""
        return "from the beginning" if self._ended else f"back to {self._reached}" if self._reached else ""

    def forget(self) -> None:
        """Other rows are shown from now on, or the newest again."""
        self._ended, self._reached = False, ""
        self._rows.release()

    def wanted(self, table: "RecordTable[Message]") -> bool:
        """The first row is in view, nobody follows, and more may be there. Whoever follows again wants none of it."""
        if table.following:
            if self._rows.looks_back:
                self.forget()
            return False
        return not self._reading and not self._ended and table.view.top == 0 and self._rows.first > 0

    async def read(self, table: "RecordTable[Message]") -> None:
        """Read one page and put it before the first row; the row under the eyes stays where it is."""
        self._reading = True
        try:
            chosen = self._rows.chosen
            older = await self._engine.older(self._rows.first, self._rows.station or None, PAGE_ROWS)
            if chosen is not self._rows.chosen or table.following:
                return
            self._ended = not older
            if older:
                self._reached = iso(older[0].at)
            self._rows.put_before(older)
        finally:
            self._reading = False
        table.poke()
