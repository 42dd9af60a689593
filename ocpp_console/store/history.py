"""Reading the log back: pages anywhere in it, replay from a number on, and text search."""

from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from ocpp_console.events import Fact, FrameSent
from ocpp_console.store.database import Database
from ocpp_console.store.found_rows import FoundRows
from ocpp_console.store.patterns import containing, needles_of
from ocpp_console.store.rows import RECEIVED_BINARY, RECEIVED_KINDS, SELECTED, Row, facts_of
from ocpp_console.store.words import Words

PAGE_ROWS = 200
CHUNK_ROWS = 1_000
SEARCH_RANGE = 100_000
"""Numbers looked through at a time: some 20 ms, after which hits can be shown and the search called off."""

_MAPPED = 1 << 30
_EVERYWHERE = f"""SELECT {SELECTED} FROM facts AS f
    WHERE f.id < :before ORDER BY f.id DESC LIMIT :limit"""

_IN_THE_TAIL = f"""SELECT {SELECTED} FROM facts AS f
    WHERE f.id > (SELECT ifnull(max(last), 0) FROM spans) AND f.id < :before
      AND (:station IS NULL OR f.station = :station) AND (:action IS NULL OR f.action = :action)
    ORDER BY f.id DESC LIMIT :limit"""

_IN_THE_SPANS = f"""SELECT {SELECTED} FROM spans AS s
    CROSS JOIN mentions AS m ON m.span = s.last AND m.word = :word
    CROSS JOIN facts AS f ON f.id = m.fact
    WHERE s.first < :before AND m.fact < :before AND (:other IS NULL OR m.other = :other)
    ORDER BY s.last DESC, m.fact DESC LIMIT :limit"""


_MOST_WORDS = 200

_TEXTS = ", ".join(str(kind) for kind in RECEIVED_KINDS if not kind & RECEIVED_BINARY)
_NO_CALL_OF_A_STATION = f"(f.kind NOT IN ({_TEXTS}) OR substr(f.frame, 1, 2) IN ('[3', '[4'))"

_OURS = f"""SELECT {SELECTED} FROM facts AS f
    WHERE f.id > (SELECT ifnull(max(last), 0) FROM spans) AND f.action IN (?words) AND {_NO_CALL_OF_A_STATION}
    ORDER BY f.id DESC LIMIT :limit"""

_OURS_IN_THE_SPANS = f"""SELECT {SELECTED} FROM spans AS s
    CROSS JOIN mentions AS m ON m.span = s.last AND m.word IN (?words)
    CROSS JOIN facts AS f ON f.id = m.fact
    WHERE {_NO_CALL_OF_A_STATION} ORDER BY s.last DESC, m.fact DESC LIMIT :limit"""


class History:
    """What has been stored, as facts. Every method raises `StoreProblem` when the file cannot be read."""

    def __init__(self, database: Database) -> None:
        """Read `database`; `load` must run before anything else."""
        self.database = database
        self.words = Words()
        self.found = FoundRows(database)
        """What was found out about messages."""

    async def load(self) -> None:
        """Fetch the names, and how far back findings were kept."""
        self.words = Words(await self.database.rows("SELECT id, role, text FROM words"))
        await self.found.load()

    async def last_seq(self) -> int:
        """The highest number any fact has; 0 in a new database."""
        return int((await self.database.rows("SELECT ifnull(max(id), 0) FROM facts"))[0][0])

    async def page(
        self, before: int | None = None, limit: int = PAGE_ROWS, station: str | None = None, action: str | None = None
    ) -> list[Fact]:
        """The newest `limit` rows below number `before` (None: from the end), as facts from the oldest to the newest.

        A row with its reply gives two facts. The number of the first fact is the `before` of the next page.
        """
        parameters: dict[str, Any] = {"before": (1 << 62) if before is None else before, "limit": limit}
        if station is None and action is None:
            rows = await self.database.rows(_EVERYWHERE, parameters)
        else:
            rows = await self._mentioning(parameters, station, action)
        return list(facts_of(reversed(rows), self.words))

    async def commands(self, is_ours: Callable[[str], bool], limit: int) -> list[Fact]:
        """The newest `limit` rows of calls of ours and their answers, oldest first.

        `is_ours` says of the name of an action whether we call it; stations may call some of them as well.
        """
        words = [number for name, number in self.words.actions.items() if is_ours(name)][:_MOST_WORDS]
        marks = ",".join(map(str, words))
        rows: list[Row] = []
        for statement in (_OURS, _OURS_IN_THE_SPANS):
            parameters = {"limit": limit - len(rows)}
            rows += await self.database.rows(statement.replace("?words", marks), parameters)
        return list(facts_of(reversed(rows), self.words))

    async def _mentioning(self, parameters: dict[str, Any], station: str | None, action: str | None) -> list[Row]:
        """Rows of a station, an action or both: what is not in a span yet, then by the spans."""
        station_word = None if station is None else self.words.stations.get(station)
        action_word = None if action is None else self.words.actions.get(action)
        if (station is not None and station_word is None) or (action is not None and action_word is None):
            return []
        words = {"station": station_word, "action": action_word}
        rows = await self.database.rows(_IN_THE_TAIL, parameters | words)
        if (wanted := parameters["limit"] - len(rows)) > 0:
            by_station = station_word is not None
            words = {"word": station_word if by_station else action_word, "other": action_word if by_station else None}
            older = {"limit": wanted, "before": rows[-1][0] if rows else parameters["before"]}
            rows += await self.database.rows(_IN_THE_SPANS, older | words)
        return rows

    async def after(self, seq: int) -> AsyncIterator[Fact]:
        """Every fact with a higher number than `seq`, oldest first, read in pieces."""
        statement = f"SELECT {SELECTED} FROM facts AS f WHERE f.id > ? ORDER BY f.id LIMIT {CHUNK_ROWS}"
        later: deque[FrameSent] = deque()
        while rows := await self.database.rows(statement, (seq,)):
            for fact in facts_of(rows, self.words, later):
                yield fact
            seq = rows[-1][0]
            await self.found.relieve()  # they may be folded, which finds things faster than they are written
        for fact in later:
            yield fact

    async def search(
        self,
        text: str,
        before: int | None = None,
        limit: int = PAGE_ROWS,
        cancelled: Callable[[], bool] = lambda: False,
        found: Callable[[list[Fact]], None] = lambda facts: None,
    ) -> list[Fact]:
        """Facts whose bytes contain `text`, newest first, at most `limit` rows; ASCII letters match in either case.

        `found` gets the hits of each range as soon as they are known; `cancelled` is asked between two ranges. Text
        outside ASCII is found as UTF-8 and as JSON escapes. Binary and garbled frames match in their own case.
        """
        needles = needles_of(text)
        if not needles:
            return []
        condition, parameters = containing(needles)
        statement = f"""SELECT {SELECTED} FROM facts AS f
            WHERE f.id >= :low AND f.id < :high AND ({condition}) ORDER BY f.id DESC LIMIT :limit"""
        lowest = (await self.database.rows("SELECT ifnull(min(id), 0) FROM facts"))[0][0]
        high = min(await self.last_seq() + 1, before if before is not None else 1 << 62)
        hits: list[Fact] = []
        left = limit
        async with self.mapped():
            while high > lowest and left > 0 and not cancelled():
                bounds = {"low": high - SEARCH_RANGE, "high": high, "limit": left}
                rows = await self.database.rows(statement, parameters | bounds)
                high = rows[-1][0] if len(rows) == left else high - SEARCH_RANGE
                facts = list(facts_of(reversed(rows), self.words))[::-1]
                left -= len(rows)
                hits += facts
                if facts:
                    found(facts)
        return hits

    @asynccontextmanager
    async def mapped(self) -> AsyncIterator[None]:
        """Map the file into memory for a search, which saves a quarter of its time.

        Not longer than that: when somebody cuts off a file that is mapped, the process dies.
        """
        await self._map(_MAPPED)
        try:
            yield
        finally:
            await self._map(0)

    async def _map(self, size: int) -> None:
        """Map so many bytes; a database in memory has nothing to map."""
        if self.database.path is not None:
            await self.database.rows(f"PRAGMA mmap_size = {size}")
