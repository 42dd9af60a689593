"""Writes groups: the statements, and what a commit brings with it. Knows nothing of replies or of who waits."""

import sqlite3
from collections import Counter

from ocpp_console.store.database import Database
from ocpp_console.store.group import Group, Held
from ocpp_console.store.problems import UNSTORABLE
from ocpp_console.store.rows import COLUMNS
from ocpp_console.store.words import Words

SPAN_ROWS = 2_048
"""Rows indexed together; what is newer is looked through row by row."""

CHECKPOINT_BYTES = 8 << 20
_ROW_OVERHEAD = 100
_UPDATED_AT_ONCE = 200

_NEW_WORD = "INSERT OR IGNORE INTO words (id, role, text) VALUES (?, ?, ?)"
_SAME_ROW = "SELECT count(*) FROM facts WHERE id = ? AND at = ? AND frame IS ?"
_SPAN = "INSERT INTO spans (last, first) VALUES (?, ?)"
_LOSS = """INSERT INTO counters (name, value) VALUES (?, ?)
    ON CONFLICT (name) DO UPDATE SET value = value + excluded.value"""


class Committer:
    """The writing side of the tables."""

    def __init__(self, database: Database, words: Words) -> None:
        """Write to `database`; new names of `words` are stored before the rows that use them."""
        self._database = database
        self._words = words
        self._span_first = 1
        self._span_rows = 0
        self._log_bytes = 0

    async def start(self) -> None:
        """Find out where the index of stations and actions ends."""
        rows = await self._database.rows("SELECT ifnull(max(last), 0) + 1 FROM spans")
        self._span_first = rows[0][0]
        rows = await self._database.rows("SELECT count(*) FROM facts WHERE id >= ?", (self._span_first,))
        self._span_rows = rows[0][0]

    async def commit(self, group: Group) -> int:
        """Store a group: one statement, one commit. Returns how many of its rows can never be stored.

        Raises:
            sqlite3.Error, OSError, ValueError: nothing, or not all, is stored; the same group may be tried again.
        """
        async with self._database.writing:
            if self._words.fresh:
                await self._store_words()
            if not group.rows:
                return 0
            try:
                await self._database.writer.execute(*group.statement())
            except UNSTORABLE:
                return await self._commit_each(group)
        self._span_rows += group.rows
        self._log_bytes += group.size + group.rows * _ROW_OVERHEAD
        return 0

    async def _store_words(self) -> None:
        """Store new names; they stay in `fresh` until that has worked."""
        fresh = list(self._words.fresh)
        await self._database.writer.executemany(_NEW_WORD, fresh)
        del self._words.fresh[: len(fresh)]

    async def _commit_each(self, group: Group) -> int:
        """Row by row, because one of them cannot be stored. One that an earlier try has stored is no loss."""
        writer = self._database.writer
        unstorable = 0
        for statement, values in group.each():
            try:
                await writer.execute(statement, values)
            except UNSTORABLE as error:
                stored = False
                if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
                    found = await writer.execute_fetchall(_SAME_ROW, (values[0], values[1], values[7]))
                    stored = bool(next(iter(found))[0])
                unstorable += not stored
        self._span_rows += group.rows
        return unstorable

    async def correct(self, late: list[Held], at: int) -> None:
        """Put right the times of replies that left at `at` (µs UTC) while their group was being written."""
        numbers = [seq for seq, place, _ in late if place >= 0]
        for start in range(0, len(numbers), _UPDATED_AT_ONCE):
            some = numbers[start : start + _UPDATED_AT_ONCE]
            marks = ",".join("?" * len(some))
            statement = f"UPDATE facts SET reply_after = max(? - at, 0) WHERE id IN ({marks})"
            async with self._database.writing:
                await self._database.writer.execute(statement, [at, *some])

    async def index(self, group: Group) -> None:
        """When enough rows came since the last span, index them up to the end of `group`, in one statement."""
        if self._span_rows < SPAN_ROWS or not group.rows:
            return
        last = int(group.values[-COLUMNS])  # type: ignore[call-overload]
        async with self._database.writing:
            await self._database.writer.execute(_SPAN, (last, self._span_first))
        self._span_first, self._span_rows = last + 1, 0

    async def save_losses(self, losses: Counter[str]) -> None:
        """Add losses, by word, to the totals that the database keeps as counters `lost.<word>`; empties `losses`."""
        for word in list(losses):
            async with self._database.writing:
                await self._database.writer.execute(_LOSS, (f"lost.{word}", losses[word]))
            del losses[word]

    def checkpoint_due(self) -> bool:
        """The write-ahead log has grown enough to be copied; says so once."""
        if self._log_bytes < CHECKPOINT_BYTES:
            return False
        self._log_bytes = 0
        return True
