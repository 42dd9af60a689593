"""The message log over the whole database: pages of rows that a filter lets through, anywhere in it.

The store names the rows that may fit; here they are folded into messages and judged. Folding is done a few rows at a
time, between which stations are answered.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from ocpp_console.model.exchanges import Exchanges
from ocpp_console.model.filters import MessageFilter
from ocpp_console.model.messages import Message, MessageLog
from ocpp_console.model.recollection import Recollection
from ocpp_console.store.finder import Finder, first_since
from ocpp_console.store.history import History
from ocpp_console.store.rows import Row, facts_of

PAGE_ROWS = 200
FOLDED_AT_ONCE = 64
"""Rows: some three milliseconds of the loop."""
FEWEST_FOLDED = 16

Progress = Callable[[float], bool]
"""Told which part (0 to 1) has been looked through; its answer is whether to go on."""


def go_on(part: float) -> bool:
    """The progress nobody looks at."""
    return True


class Found(NamedTuple):
    """A page of the log."""

    rows: Sequence[Message]
    """Oldest first."""
    reached: int
    """Everything between this number and where the search began was looked at: the next page begins here."""
    ended: bool
    """Nothing is there beyond it."""


class LogSearch:
    """Reads messages out of the stored log. Every method raises `StoreProblem` when the file cannot be read."""

    def __init__(
        self,
        history: History,
        version_of: Callable[[str], str],
        attach: Callable[[Iterable[Message]], None] = lambda rows: None,
        upto: int | None = None,
    ) -> None:
        """`version_of` a station is asked for connections whose beginning is not in the file.

        `attach` is given rows, to add what was found about them beyond their own bytes. What has a higher number than
        `upto` is left out, answers included.
        """
        self._history = history
        self._version_of = version_of
        self._attach = attach
        self._upto = upto

    async def page(
        self,
        words: MessageFilter | None,
        before: int | None = None,
        limit: int = PAGE_ROWS,
        progress: Progress = go_on,
        *,
        after: int = 0,
    ) -> Found:
        """The newest rows below the number `before` (None: of all) that fit, `limit` of them or a few more.

        With `after` only rows above that number, and the search ends there.
        `progress` is called after each piece, at the latest every few thousand rows; when it says no, what was found
        so far is returned.
        """
        finder = self._finder(words)
        lowest, end = await self._ends(finder)
        start = high = min(before, end) if before is not None else end
        lowest = max(lowest, after + 1)
        fitting: list[Message] = []
        while high > lowest:
            step = await finder.step(high, max(limit, FOLDED_AT_ONCE))
            for some, last in _pieces([row for row in step.rows if row[0] > after] if after else step.rows, limit):
                fitting[:0] = await self._judged(finder, some, words)
                high = step.reached if last else some[-1][0]
                if len(fitting) >= limit or not progress((start - high) / max(1, start - lowest)):
                    return Found(fitting, high, high <= lowest)
        return Found(fitting, min(high, start), True)

    async def page_after(
        self, words: MessageFilter | None, after: int, limit: int = PAGE_ROWS, progress: Progress = go_on
    ) -> Found:
        """The oldest rows from the number `after` on that fit; `reached` of it is the `after` of the next page."""
        finder = self._finder(words)
        lowest, end = await self._ends(finder)
        start = low = max(after, lowest)
        fitting: list[Message] = []
        while low < end:
            step = await finder.step_up(low, max(limit, FOLDED_AT_ONCE))
            for some, last in _pieces(step.rows, limit):
                fitting += await self._judged(finder, some[::-1], words)
                low = step.reached if last else some[-1][0] + 1
                if len(fitting) >= limit or not progress((low - start) / max(1, end - start)):
                    return Found(fitting, low, low >= end)
        return Found(fitting, low, True)

    def _finder(self, words: MessageFilter | None) -> Finder:
        """Looks for the rows that may fit. At a moment of a trace some of what was found had not been found yet."""
        return Finder(self._history, words.node if words is not None else None, final=self._upto is None)

    async def _ends(self, finder: Finder) -> tuple[int, int]:
        """The lowest number, and the number after the last one that is looked at."""
        lowest, last = await finder.ends()
        return lowest, (last if self._upto is None else min(last, self._upto)) + 1

    async def _judged(self, finder: Finder, rows: Sequence[Row], words: MessageFilter | None) -> list[Message]:
        """The messages that begin in `rows` and fit, oldest first."""
        if not rows:
            return []
        begun = {row[0] for row in rows}
        known = await finder.understood(rows)
        if self._upto is not None:
            known = [row for row in known if row[0] <= self._upto]
        log = MessageLog(2 * len(known) + 1)
        Recollection(Exchanges(log), self._version_of, lambda refused: None).fold(facts_of(known, self._history.words))
        if self._upto is None:
            await self._history.found.attach(log)
            self._attach(row for row in log if row.seq < self._history.found.since)
        else:
            await asyncio.sleep(0)
            self._attach(log)
        return [row for row in log if row.seq in begun and (words is None or words.matches(row))]

    async def first_since(self, at: int) -> int:
        """The number of the first fact not before `at` (µs UTC)."""
        return await first_since(self._history, at)


def _pieces(rows: Sequence[Row], wanted: int) -> Iterator[tuple[Sequence[Row], bool]]:
    """A few rows at a time, and whether they are the last; nothing is one piece. No more at first than are `wanted`."""
    first, size = 0, min(FOLDED_AT_ONCE, max(wanted, FEWEST_FOLDED))
    while True:
        yield rows[first : first + size], first + size >= len(rows)
        first, size = first + size, FOLDED_AT_ONCE
        if first >= len(rows):
            return
