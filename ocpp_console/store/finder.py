"""Looking through the log for rows that a filter may let through: newest first, a range of numbers at a time.

Ranges grow while nothing is found, so that a common thing is found at once and a rare one soon. What is found comes
with the rows it needs to be understood: the beginning of its connection, the answer to a call of ours, the call of an
answer.
"""

import contextlib
import json
from collections.abc import Sequence
from typing import NamedTuple

from ocpp_console.model.filter_conditions import Node
from ocpp_console.store.candidates import TAIL
from ocpp_console.store.history import History
from ocpp_console.store.narrowing import Narrowing, narrowing
from ocpp_console.store.rows import BLOB, RECEIVED_KINDS, SELECTED, SENT, Row

FIRST_RANGE = 2_000
MOST_RANGE = 200_000
"""Numbers looked through at a time: some 50 ms, after which hits can be shown and the search called off."""

MOST_JUDGED = 10_000
"""The same where frames have to be read for it, one by one."""

NEIGHBOURS = 40
"""Rows of the same station in which the other part of an exchange of ours is looked for, either way."""

_SPANS_AROUND = 3

_SCAN = f"""SELECT {SELECTED} FROM facts AS f
    WHERE f.id >= :low AND f.id < :high AND (?where) ORDER BY f.id ?order LIMIT :limit"""

_LOOK_UP = f"""SELECT {SELECTED} FROM facts AS f
    WHERE f.id IN (?numbers) AND (?where) ORDER BY f.id ?order LIMIT :limit"""

_BY_ID = f"SELECT {SELECTED} FROM facts AS f WHERE f.id IN (SELECT value FROM json_each(?))"
_ANSWERS = f"SELECT {SELECTED} FROM facts AS f WHERE f.answers IN (SELECT value FROM json_each(?))"

_AFTER = f"""SELECT {SELECTED} FROM facts AS f WHERE f.reply IS NULL AND f.answers IS NULL AND f.id IN (
    SELECT fact FROM (SELECT m.fact FROM (SELECT last FROM spans WHERE last > :id ORDER BY last LIMIT {_SPANS_AROUND})
        AS s CROSS JOIN mentions AS m ON m.span = s.last AND m.word = :station AND m.fact > :id
        ORDER BY s.last, m.fact LIMIT {NEIGHBOURS})
    UNION ALL SELECT id FROM (SELECT t.id FROM facts AS t
        WHERE t.id > max(:id, {TAIL}) AND t.station = :station ORDER BY t.id LIMIT {NEIGHBOURS}))"""

_BEFORE = f"""SELECT {SELECTED} FROM facts AS f WHERE f.reply IS NULL AND f.answers IS NULL AND f.id IN (
    SELECT fact FROM (SELECT m.fact FROM (SELECT last FROM spans WHERE first < :id ORDER BY last DESC
        LIMIT {_SPANS_AROUND}) AS s CROSS JOIN mentions AS m ON m.span = s.last AND m.word = :station AND m.fact < :id
        ORDER BY s.last DESC, m.fact DESC LIMIT {NEIGHBOURS})
    UNION ALL SELECT id FROM (SELECT t.id FROM facts AS t
        WHERE t.id > {TAIL} AND t.id < :id AND t.station = :station ORDER BY t.id DESC LIMIT {NEIGHBOURS}))"""

_FIRST_SINCE = """WITH RECURSIVE halves (low, high) AS (
    SELECT (SELECT ifnull(min(id), 1) FROM facts), (SELECT ifnull(max(id), 0) + 1 FROM facts)
    UNION ALL SELECT
        CASE WHEN (SELECT at FROM facts WHERE id >= (low + high) / 2 ORDER BY id LIMIT 1) < :at
            THEN (low + high) / 2 + 1 ELSE low END,
        CASE WHEN (SELECT at FROM facts WHERE id >= (low + high) / 2 ORDER BY id LIMIT 1) < :at
            THEN high ELSE (low + high) / 2 END
    FROM halves WHERE low < high)
    SELECT low FROM halves WHERE low >= high LIMIT 1"""

_ENDS = "SELECT (SELECT ifnull(min(id), 0) FROM facts), (SELECT ifnull(max(id), 0) FROM facts)"

_ANSWER_SIGNS = (b"[3", b"[4")


class Step(NamedTuple):
    """One range, looked through."""

    rows: Sequence[Row]
    """What may fit, the nearest to where the search began first."""
    reached: int
    """Up to this number everything was looked at, itself included when the search goes to older rows."""
    ended: bool
    """There is nothing beyond it."""


class Finder:
    """One search. Every method raises `StoreProblem` when the file cannot be read."""

    def __init__(self, history: History, node: Node | None, *, final: bool = True) -> None:
        """Look through `history` for what the tree of a filter, or None for everything, may let through.

        `final` says that whoever folds the rows puts back what was found about them, and has no other findings.
        """
        self._history = history
        self._young: Narrowing = narrowing(node, history.words, kept=True, final=final)
        self._old = narrowing(node, history.words) if self._young.waiting else self._young
        """For rows from before findings were kept."""
        self._most = MOST_JUDGED if self._young.judges else MOST_RANGE
        self._range = FIRST_RANGE if self._young.narrow else self._most
        self._ends: tuple[int, int] | None = None

    async def step(self, high: int, limit: int) -> Step:
        """At most `limit` rows of the next range below the number `high`, newest first."""
        lowest, _ = await self.ends()
        low = max(high - self._range, lowest)
        since = self._history.found.since
        if low < since < high:
            low = since
        found = await self._range_of(low, high, limit, "DESC")
        reached = found[-1][0] if len(found) == limit else low
        return Step(found, reached, reached <= lowest)

    async def step_up(self, low: int, limit: int) -> Step:
        """At most `limit` rows of the next range from the number `low` on, oldest first."""
        end = await self._history.last_seq() + 1
        high = min(low + self._range, end)
        since = self._history.found.since
        if low < since < high:
            high = since
        found = await self._range_of(low, high, limit, "ASC")
        reached = found[-1][0] + 1 if len(found) == limit else high
        return Step(found, reached, reached >= end)

    async def _range_of(self, low: int, high: int, limit: int, order: str) -> list[Row]:
        """What may fit from `low` up to below `high`; ranges grow as long as they hold little."""
        kept, database = self._history.found, self._history.database
        asked = self._young if low >= kept.since else self._old
        statement = _SCAN if asked.numbers is None else _LOOK_UP.replace("?numbers", asked.numbers)
        statement = statement.replace("?where", asked.where).replace("?order", order)
        bounds = {"low": low, "high": high, "limit": limit}
        waiting = {name: json.dumps(kept.waiting_for(wanted)) for name, wanted in asked.waiting.items()}
        database.judges |= asked.judges
        try:
            thorough = asked.narrow and asked.numbers is None and self._range >= MOST_RANGE
            async with self._history.mapped() if thorough else contextlib.nullcontext():
                found = await database.rows(statement, asked.parameters | bounds | waiting)
        finally:
            for number in asked.judges:
                del database.judges[number]
        if len(found) < limit:
            self._range = min(self._range * 10, self._most)
        return found

    async def ends(self) -> tuple[int, int]:
        """The lowest number in the file, 0 in an empty one, and the highest when the search began."""
        if self._ends is None:
            self._ends = (await self._history.database.rows(_ENDS))[0]
        return self._ends

    async def understood(self, rows: Sequence[Row]) -> list[Row]:
        """`rows` and what belongs to them, in the order of their numbers."""
        known = {row[0]: row for row in rows}
        wanted = {number for row in rows for number in (row[4], row[5]) if number is not None}
        calls = [row[0] for row in rows if row[2] in RECEIVED_KINDS]
        query = self._history.database.rows
        more = list(await query(_BY_ID, (json.dumps(sorted(wanted - known.keys())),)))
        if calls:
            more += await query(_ANSWERS, (json.dumps(calls),))
        for row in rows:
            for statement in _around(row):
                more += await query(statement, {"id": row[0], "station": row[3]})
        known = {row[0]: row for row in more} | known
        return [known[number] for number in sorted(known)]


def _around(row: Row) -> Sequence[str]:
    """Where the other part of an exchange may be that we began: after our call, before the station's answer."""
    _, _, kind, station, _, answers, frame, reply, _ = row
    if station is None or reply is not None:
        return ()
    if kind & ~BLOB == SENT and answers is None and not frame.startswith(_ANSWER_SIGNS):
        return (_AFTER,)
    return (_BEFORE,) if kind in RECEIVED_KINDS and not frame.startswith(b"[2") else ()


async def first_since(history: History, at: int) -> int:
    """The number of the first fact not before `at` (µs); one above the last when all are before.

    Takes time to run forward: where a clock was set back, it is one of several.
    """
    return int((await history.database.rows(_FIRST_SINCE, {"at": at}))[0][0])
