"""The SQLite file: opened with every doubt settled first, one connection that writes, one that only reads.

WAL throughout: readers never hold up the writer. With `synchronous=NORMAL` what was committed survives the death of the
program; with FULL it survives a power cut as well.
"""

import asyncio
import contextlib
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, NamedTuple

import aiosqlite

from ocpp_console.store.condition import DAMAGED, Condition, condition_of, set_aside
from ocpp_console.store.lock import InstanceLock
from ocpp_console.store.migration import migrate, value_of
from ocpp_console.store.problems import StoreProblem, trouble_of, why
from ocpp_console.store.rows import lengthen

MEMORY = ":memory:"
PAGE_SIZE = 8192
"""Bytes; eight small exchanges share a page, and a commit of one exchange still writes little."""

BUSY_SECONDS = 2.0
"""How long a statement waits for another program's lock before it fails (and is tried again)."""

TWO_MAY_CHECKPOINT = sqlite3.sqlite_version_info >= (3, 51, 3)
"""Older SQLite can corrupt a file when one connection checkpoints at the very moment another begins the log anew."""

CHECK_SECONDS = 0.15
CHECK_SECONDS_AFTER_CRASH = 2.0
_JUDGED_SECONDS = 0.0008
_REST_SECONDS = 0.0001
"""How long rows are judged by Python functions without a rest, and how long that is at least."""
SYNCHRONOUS = {"normal": "NORMAL", "full": "FULL"}


class Checkpoint(NamedTuple):
    """What a checkpoint found: pages in the write-ahead log, and how many of them the database file has."""

    pages: int
    copied: int


class Database:
    """An open database. `writing` must be held around anything that is written, so that commits stay whole."""

    def __init__(self, path: Path | None, durability: str = "normal") -> None:
        """Use `open`; `path` is None for a database in memory."""
        self.path = path
        self.notes: list[str] = []
        """What opening had to do about the file, as sentences for the operator."""
        self.writing = asyncio.Lock()
        self.judges: dict[int, Callable[[bytes, bytes | None], bool]] = {}
        """What the SQL function `judged(number, frame, reply)` asks about a call and its answer; called in the
        reader's thread, row by row, so that the loop gets the interpreter in between."""
        self._judged_until = 0.0
        self.writer: aiosqlite.Connection
        self.reader: aiosqlite.Connection
        """The same as `writer` for a database in memory."""
        self._durability = SYNCHRONOUS[durability]
        self._lock: InstanceLock | None = None
        self._identity: tuple[int, int] | None = None

    @classmethod
    async def open(
        cls, path: str | Path, *, at: int, port: int = 0, durability: str = "normal", check_seconds: float | None = None
    ) -> "Database":
        """Open or create the database at `path` (`:memory:` for none on disk).

        `at` is the time (µs UTC) for the lock and the name of a file kept aside; `port` tells a second instance which
        console holds the lock; `durability` is "normal" or "full"; `check_seconds` bounds the search for damage.

        Raises:
            StoreProblem: it cannot be used; the text says why and what to do.
        """
        if str(path) == MEMORY:
            database = cls(None, durability)
            await database._connect()
            return database
        database = cls(_absolute(path), durability)
        try:
            await database._open_file(at, port, check_seconds)
        except BaseException:
            database._unlock(ended_well=database.ended_well)  # nothing has changed
            raise
        return database

    @property
    def ended_well(self) -> bool:
        """Whoever had the file before closed it in order, with everything in it. True for a new one."""
        return self._lock is None or self._lock.ended_well

    async def _open_file(self, at: int, port: int, check_seconds: float | None) -> None:
        """Lock, look, keep a damaged file aside, connect."""
        assert self.path is not None
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreProblem(
                f"The folder {self.path.parent} for the database cannot be made: {why(error)}. Use --db PATH."
            ) from error
        lock = InstanceLock(self.path)
        lock.take(self.path, at=at, port=port)
        self._lock = lock
        if check_seconds is None:
            check_seconds = CHECK_SECONDS if lock.ended_well else CHECK_SECONDS_AFTER_CRASH
        condition = await condition_of(self.path, check_seconds, ours=lock.is_ours(_inode_of(self.path)))
        self._judge(condition, at)
        try:
            await self._connect()
        except (sqlite3.Error, OSError) as error:
            raise StoreProblem(_cannot_open(self.path, error)) from error

    def _judge(self, condition: Condition, at: int) -> None:
        """Refuse a file that is not to be touched, move a damaged one out of the way."""
        assert self.path is not None
        if condition.refusal:
            raise StoreProblem(condition.refusal)
        if condition.word == DAMAGED:
            try:
                kept = set_aside(self.path, at)
            except OSError as error:
                raise StoreProblem(
                    f"The database {self.path} is damaged and cannot be moved aside: {why(error)}. Use --db PATH."
                ) from error
            self.notes.append(f"{condition.text} It is kept as {kept}; a new database was begun.")
        elif condition.text:
            self.notes.append(condition.text)

    async def _connect(self) -> None:
        """Open both connections and bring the tables up to date."""
        self.writer = await self._connection("rwc")
        try:
            if self.path is None:
                await migrate(self.writer)
                self.writer.text_factory = bytes
                self.reader = self.writer
                await self.reader.create_function("judged", 3, self._judged)
                return
            await _prepare(self.writer, self._durability)
            await migrate(self.writer)
            self.reader = await self._connection("rw")
            await self.reader.create_function("judged", 3, self._judged)
            await self.reader.execute("PRAGMA query_only = 1")
        except BaseException:
            await self.writer.close()
            raise
        self.reader.text_factory = bytes
        found = os.stat(self.path)
        self._identity = (found.st_dev, found.st_ino)
        if self._lock is not None:
            self._lock.opened(found.st_ino)

    async def _connection(self, mode: str) -> aiosqlite.Connection:
        """One connection; the file is made with nobody else's permissions."""
        if self.path is None:
            return await aiosqlite.connect(MEMORY, isolation_level=None)
        if mode == "rwc":
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = await aiosqlite.connect(
            f"{self.path.as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=BUSY_SECONDS
        )
        return connection

    def _judged(self, number: int, frame: bytes | str, reply: bytes | str | None) -> bool:
        """The SQL function: whether the frames of a row may fit. What cannot be judged may.

        Python lets a thread that asks for the interpreter wait for 5 ms; the loop would, in each of its turns.
        """
        if time.monotonic() > self._judged_until:
            time.sleep(_REST_SECONDS)
            self._judged_until = time.monotonic() + _JUDGED_SECONDS
        try:
            raw = frame.encode() if isinstance(frame, str) else frame
            answer = reply.encode() if isinstance(reply, str) else reply
            return self.judges[number](raw, lengthen(raw, answer) if answer is not None else None)
        except Exception:
            return True

    async def rows(self, statement: str, parameters: Any = ()) -> list[Any]:
        """All rows of a query on the reading connection, in one hop to its thread. Text comes as bytes.

        Raises:
            StoreProblem: the file cannot be read (any more).
        """
        try:
            return list(await self.reader.execute_fetchall(statement, parameters))
        except sqlite3.Error as error:
            raise StoreProblem(trouble_of(error, self.path).text) from error

    async def write(self, statement: str, parameters: Any = ()) -> None:
        """One statement that is a transaction of its own.

        Raises:
            StoreProblem: it could not be done; nothing has changed.
        """
        async with self.writing:
            try:
                await self.writer.execute(statement, parameters)
            except sqlite3.Error as error:
                raise StoreProblem(trouble_of(error, self.path).text) from error

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[aiosqlite.Connection]:
        """Several statements as one: all of them or none.

        Raises:
            StoreProblem: it could not be done; nothing has changed.
        """
        async with self.writing:
            try:
                await self.writer.execute("BEGIN IMMEDIATE")
                yield self.writer
                await self.writer.execute("COMMIT")
            except BaseException as error:
                with contextlib.suppress(sqlite3.Error):
                    await self.writer.execute("ROLLBACK")
                if isinstance(error, sqlite3.Error):
                    raise StoreProblem(trouble_of(error, self.path).text) from error
                raise

    async def checkpoint(self) -> Checkpoint | None:
        """Copy the write-ahead log into the file, the bulk on the reader's thread where that is safe.

        Only a log that was copied to its end is used again from its start; one that is written to without a pause
        would grow for ever if nobody stopped the writer for the last few pages.
        """
        if self.path is None:
            return None
        if TWO_MAY_CHECKPOINT:
            await self.rows("PRAGMA wal_checkpoint(PASSIVE)")
        async with self.writing:
            rows = list(await self.writer.execute_fetchall("PRAGMA wal_checkpoint(PASSIVE)"))
        return Checkpoint(rows[0][1], rows[0][2])

    def is_in_place(self) -> bool:
        """The file we write is still the one at its path; inserts into a deleted file succeed without a trace."""
        if self.path is None:
            return True
        try:
            found = os.stat(self.path)
        except OSError:
            return False
        return (found.st_dev, found.st_ino) == self._identity

    async def restore(self) -> str:
        """Put a deleted file back from the handle we still have. Returns what was done, as a sentence.

        A different file that stands in its place is left alone.

        Raises:
            sqlite3.Error, OSError: it could not be written; the old handle goes on being used.
        """
        assert self.path is not None
        if self.path.exists():
            return (
                f"The database {self.path} was replaced by another file, which gets nothing of this. Restart to use it."
            )
        fresh = self.path.with_name(self.path.name + ".restored")
        async with self.writing:
            fresh.unlink(missing_ok=True)
            await self.writer.execute("VACUUM INTO ?", (str(fresh),))
            fresh.chmod(0o600)
            await self._close_connections()
            for tail in ("-wal", "-shm"):  # of the deleted file; SQLite would take them for the new one's
                self.path.with_name(self.path.name + tail).unlink(missing_ok=True)
            fresh.replace(self.path)
            await self._connect()
        return f"The database {self.path} was deleted while in use; it was written anew, complete."

    async def close(self, *, complete: bool = True) -> None:
        """Close both connections, write the log into the file, give the lock back.

        Without `complete` the next start is told that something is missing, as if the program had been killed.
        """
        async with self.writing:
            await self._close_connections()
        self._unlock(ended_well=complete)

    async def _close_connections(self) -> None:
        """Close the reader first: the last connection to close tidies up the write-ahead log."""
        if self.reader is not self.writer:
            await self.reader.close()
        await self.writer.close()

    def _unlock(self, *, ended_well: bool) -> None:
        """Give the lock back, if it was taken."""
        if self._lock is not None:
            self._lock.release(ended_well=ended_well)
            self._lock = None


def _inode_of(path: Path) -> int:
    """The number of the file at a path, which a copy or another file does not have; 0 when there is none."""
    try:
        return path.stat().st_ino
    except OSError:
        return 0


def _absolute(path: str | Path) -> Path:
    """The path with `~` and the working directory resolved once."""
    return Path(path).expanduser().absolute()


async def _prepare(connection: aiosqlite.Connection, synchronous: str) -> None:
    """Set what must be set before the first table is made, then what holds for this connection."""
    await connection.execute(f"PRAGMA page_size = {PAGE_SIZE}")
    mode = await value_of(connection, "PRAGMA journal_mode = WAL")
    if mode != "wal":  # some network file systems
        await connection.execute("PRAGMA journal_mode = TRUNCATE")
    await connection.execute(f"PRAGMA synchronous = {synchronous}")
    await connection.execute("PRAGMA wal_autocheckpoint = 0")
    await connection.execute(f"PRAGMA journal_size_limit = {64 << 20}")


def _cannot_open(path: Path, error: BaseException) -> str:
    """The sentence for a database that is sound and yet cannot be opened."""
    trouble = trouble_of(error, path)
    if trouble.word == "locked":
        return f"The database {path} is locked by another program. Close it there, or use another file with --db PATH."
    return f"The database {path} cannot be opened: {why(error)}. Use another file with --db PATH."
