"""Reading on where the memory ends: other rows of the log come from the database when somebody goes where they are.

Scrolling to the first row reads older ones, scrolling to the last one of a piece reads newer ones; a filter of which
little is in memory looks for older rows at once. A place anywhere in the log can be gone to by its number or its time.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from ocpp_console.clock import iso
from ocpp_console.engine import StoreProblem
from ocpp_console.log_search import PAGE_ROWS, Found
from ocpp_console.model.messages import Message
from ocpp_console.screens.log_rows import LogRows
from ocpp_console.widgets.record_table import RecordTable

if TYPE_CHECKING:
    from ocpp_console.engine import Engine
    from ocpp_console.log_search import LogSearch

Table = RecordTable[Message]
Search = Callable[[Callable[[float], bool]], Awaitable[Found]]
"""A search that tells how far it is, and is told whether to go on."""

Reading = Callable[[], Awaitable[None]]
"""Called when it begins: one that is ended before that leaves nothing that nobody awaits."""

FIRST_PLACE = 0
"""The beginning of the log, as a number to go to."""

FORESEEN_AFTER = 3.0
"""Seconds after which a search says how long it will take."""


class LookBack:
    """What one log pane knows about the rows outside what it shows."""

    def __init__(self, engine: "Engine", rows: LogRows, begin: Callable[[Reading], object]) -> None:
        """Puts what `engine` finds around `rows`; `begin` runs a reading and ends the one before."""
        self._engine = engine
        self._rows = rows
        self._begin = begin
        self._reading: object = None
        self._part = 0.0
        self._since = 0.0
        self._beginning = -1
        """The number below which nothing is; -1 while that is not known."""
        self._given_up = False
        """The user stopped the search, or the file cannot be read."""
        self._onward = "up"
        """The key that goes on with the search that was stopped: it went `up` or `down` the log."""
        self._stopped_at = ""
        """How far a search had looked when it was stopped, as a time; empty while that is not known."""
        self._trouble = ""
        self._reached = ""
        """How far back it has come, as a time."""

    @property
    def reading(self) -> bool:
        """A search is under way."""
        return self._reading is not None

    @property
    def _ended(self) -> bool:
        """Nothing is before the first row."""
        return self._rows.first <= self._beginning

    @property
    def words(self) -> str:
        """For the title: how far back it is, and how the search goes; empty while nobody looks back."""
        if self._trouble:
            return self._trouble
        if self.reading and self._part > 0:
            return f"searching {self._part * 100:.0f} %{self._left()}, esc stops"
        if self._given_up:
            return f"stopped{self._stopped_at and ' at '}{self._stopped_at}, {self._onward} goes on"
        if not self._rows.looks_back:
            return ""
        return "from the beginning" if self._ended else f"back to {self._reached}" if self._reached else ""

    def _left(self) -> str:
        """How long the search still takes, when that is worth telling."""
        gone = monotonic() - self._since
        left = gone / self._part - gone
        if gone < FORESEEN_AFTER or left < FORESEEN_AFTER:
            return ""
        return f", {left:.0f} s left" if left < 90 else f", {left / 60:.0f} min left"

    @property
    def all_read(self) -> bool:
        """The whole log was looked through, and this is all there is."""
        return self._ended and not self._rows.detached

    @property
    def stopped(self) -> bool:
        """The user stopped a search, and it has not gone on since."""
        return self._given_up and not self._trouble

    def go_on(self, up: bool) -> bool:
        """The user moved on at the end that a stopped search had come to: take it up; False when there is none."""
        if not self.stopped or up != (self._onward == "up"):
            return False
        self._given_up, self._stopped_at = False, ""
        return True

    def forget(self) -> None:
        """Other rows are shown from now on, or the newest again."""
        self._beginning, self._given_up, self._reached, self._trouble = -1, False, "", ""
        self._stopped_at = ""
        self._reading = None
        self._rows.release()

    def stop(self) -> bool:
        """End the search that is under way; what it found stays. False when there is none."""
        if not self.reading:
            return False
        self._reading, self._given_up, self._stopped_at = None, True, ""
        return True

    def look(self, table: Table) -> None:
        """Read on if the end of what is known is in view. Whoever follows again wants the newest rows only."""
        rows = self._rows
        if table.following and (rows.detached or (rows.looks_back and rows.words is None)):
            self.forget()
        if self.reading or self._given_up:
            return
        few = len(table.view.rows) < table.view.height
        wanted = few and rows.words is not None if table.following else table.view.top == 0
        if wanted and not self._ended and rows.first > 0:
            # what fills the screen comes first: most of a page's time goes into its rows, not into finding them
            self._begin(partial(self._older, table, table.view.height if table.following else PAGE_ROWS))
        elif rows.detached and table.view.at_end:
            self._begin(partial(self._newer, table))

    def go(self, table: Table, seq: int, *, at: int | None = None) -> None:
        """Show the log from the number `seq` on, or from the time `at` (µs) on, with the cursor there."""
        self.forget()
        self._reading = object()  # or a look before it begins would read on where the log was, and end it
        self._begin(partial(self._go, table, seq, at))

    async def first_hit(self, search: Search) -> Found | None:
        """Look for something on disk; None when it cannot be read, or other rows were chosen meanwhile.

        It is told and stopped like every search; reading on afterwards is as free as before.
        """
        given_up = self._given_up
        found = await self._read(search)
        self._given_up = given_up
        return found

    async def _older(self, table: Table, limit: int = PAGE_ROWS) -> None:
        rows = self._rows
        found = await self._read(lambda progress: self._search.page(rows.wanted, rows.first, limit, progress))
        if found is not None:
            if found.ended:
                self._beginning = found.reached
            if found.rows:
                self._reached = iso(found.rows[0].at)
            rows.put_before(found.rows, found.reached)
            table.poke()
            await self._tell_where("up", found.reached)

    async def _tell_where(self, onward: str, reached: int) -> None:
        """Of a search that was stopped: which key goes on with it, and the time of the last row it looked at."""
        if not self.stopped:
            return
        self._onward = onward
        chosen = self._rows.chosen
        try:
            there = await self._search.page_after(None, reached, 1)
        except StoreProblem:
            return
        if there.rows and self.stopped and chosen is self._rows.chosen:
            self._stopped_at = iso(there.rows[0].at)[:16] + "Z"

    async def _newer(self, table: Table) -> None:
        rows = self._rows
        found = await self._read(lambda progress: self._search.page_after(rows.wanted, rows.last, PAGE_ROWS, progress))
        if found is not None:
            rows.put_after(found.rows, found.reached)
            table.poke()
            await self._tell_where("down", found.reached)

    async def _go(self, table: Table, seq: int, at: int | None) -> None:
        """Begin anew at a place: the page after it, and the cursor on its first row."""
        rows = self._rows
        if at is not None:
            try:
                seq = await self._search.first_since(at)
            except StoreProblem as problem:
                self._trouble, self._reading = problem.text, None
                return
        table.view.following = False
        rows.begin_at(seq)
        if seq <= FIRST_PLACE:
            self._beginning = seq
        found = await self._read(lambda progress: self._search.page_after(rows.wanted, seq, PAGE_ROWS, progress))
        if found is None:
            return
        rows.put_after(found.rows, found.reached)
        if found.rows:
            self._reached = iso(found.rows[0].at)
        if self.stopped:
            await self._tell_where("down", found.reached)
        elif not self._ended:
            await self._older(table)
        if found.rows:
            table.seek(found.rows[0].seq)
        table.poke()

    @property
    def _search(self) -> "LogSearch":
        return self._engine.log.search

    async def _read(self, search: Search) -> Found | None:
        """Run one search; None when other rows were chosen meanwhile, or the file cannot be read."""
        turn = self._reading = object()
        chosen, self._part, self._since = self._rows.chosen, 0.0, monotonic()

        def progress(part: float) -> bool:
            self._part = part
            return self._reading is turn

        try:
            found = await search(progress)
        except StoreProblem as problem:
            self._trouble, self._given_up = problem.text, True
            return None
        finally:
            stopped = self._reading is not turn
            if not stopped:
                self._reading = None
        return found if chosen is self._rows.chosen else None
