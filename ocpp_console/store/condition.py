"""What state a database file is in before anything writes to it: SQLite writes into damaged ones without complaint."""

import os
import sqlite3
import time
from pathlib import Path
from typing import NamedTuple

import aiosqlite

from ocpp_console.store.migration import APPLICATION_ID, FORMAT, value_of
from ocpp_console.store.problems import trouble_of, why

SOUND = "sound"
ABSENT = "absent"
DAMAGED = "damaged"
REFUSED = "refused"
_MAGIC = b"SQLite format 3\0"
_WAIT_SECONDS = 2.0


class Condition(NamedTuple):
    """The verdict on a file."""

    word: str
    """SOUND, ABSENT (missing or empty), DAMAGED (to be kept aside) or REFUSED (not to be touched)."""
    text: str = ""
    """What was found, as a sentence; empty when all is well."""

    @property
    def refusal(self) -> str:
        """The sentence with which the start ends; empty when it may go on."""
        return self.text if self.word == REFUSED else ""


async def condition_of(path: Path, seconds: float, *, ours: bool) -> Condition:
    """Look at the file without changing it, for at most `seconds`; `ours` says that it once was one of ours."""
    try:
        size, header = _beginning(path)
    except FileNotFoundError:
        return Condition(ABSENT)
    except OSError as error:
        return Condition(REFUSED, f"The database {path} cannot be read: {why(error)}. Use another file with --db PATH.")
    if not size:
        return Condition(ABSENT, f"The database {path} was empty; a new one was begun." if ours else "")
    if not header.startswith(_MAGIC):
        if ours or header[68:72] == APPLICATION_ID.to_bytes(4, "big"):
            return Condition(DAMAGED, f"The database {path} is damaged: its header is destroyed.")
        return Condition(REFUSED, f"{path} is not a database. Use another file with --db PATH.")
    return await _look_inside(path, seconds, _is_cut_off(path, header, size))


def _beginning(path: Path) -> tuple[int, bytes]:
    """The file's size and its first 100 bytes, SQLite's header."""
    with path.open("rb") as file:
        return os.fstat(file.fileno()).st_size, file.read(100)


def _is_cut_off(path: Path, header: bytes, size: int) -> bool:
    """The file is shorter than its header says, and no write-ahead log holds the rest."""
    page = int.from_bytes(header[16:18], "big")
    expected = (65536 if page == 1 else page) * int.from_bytes(header[28:32], "big")
    log = path.with_name(path.name + "-wal")
    return size < expected and (not log.exists() or not log.stat().st_size)


async def _look_inside(path: Path, seconds: float, cut_off: bool) -> Condition:
    """Whose database it is, which format it has, and whether its pages hold together."""
    try:
        connection = await aiosqlite.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=_WAIT_SECONDS)
    except sqlite3.Error as error:
        return _unreadable(path, error)
    try:
        whose = await value_of(connection, "PRAGMA application_id")
        form = await value_of(connection, "PRAGMA user_version")
        tables = await value_of(connection, "SELECT count(*) FROM sqlite_schema")
        if tables and whose != APPLICATION_ID:
            return Condition(REFUSED, f"{path} is the database of another program. Use another file with --db PATH.")
        if form > FORMAT:
            return Condition(REFUSED, _newer(path, form))
        if cut_off:
            return Condition(DAMAGED, f"The database {path} is damaged: its end is missing.")
        found = await _quick_check(connection, seconds)
        return Condition(DAMAGED, f"The database {path} is damaged.") if found != "ok" else Condition(SOUND)
    except sqlite3.Error as error:
        return _unreadable(path, error)
    finally:
        await connection.close()


def _newer(path: Path, form: int) -> str:
    """The sentence for a database from the future."""
    return (
        f"The database {path} was written by a newer ocpp-console (format {form}; this one knows up to {FORMAT}). "
        "Update ocpp-console, or use another file with --db PATH."
    )


def _unreadable(path: Path, error: sqlite3.Error) -> Condition:
    """What an error while looking means: damage is kept aside, anything else refuses the start."""
    trouble = trouble_of(error, path)
    if trouble.word == "corrupt":
        return Condition(DAMAGED, f"The database {path} is damaged.")
    if trouble.word == "locked":
        text = f"The database {path} is locked by another program. Close it there, or use another file with --db PATH."
        return Condition(REFUSED, text)
    return Condition(REFUSED, f"The database {path} cannot be opened: {why(error)}. Use another file with --db PATH.")


async def _quick_check(connection: aiosqlite.Connection, seconds: float) -> str:
    """Check all pages for at most `seconds`: "ok", or the first thing that is wrong. What it did not reach is ok."""
    deadline = time.monotonic() + seconds
    await connection.set_progress_handler(lambda: time.monotonic() > deadline, 20_000)
    try:
        return str(await value_of(connection, "PRAGMA quick_check(1)"))
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            return "ok"
        raise
    finally:
        await connection.set_progress_handler(None, 0)  # type: ignore[arg-type]


def set_aside(path: Path, at: int) -> Path:
    """Rename a damaged file (and what belongs to it) to `*.corrupt-<UTC>`; returns the new name. `at` is µs UTC."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at // 1_000_000))
    kept = path.with_name(f"{path.name}.corrupt-{stamp}")
    number = 1
    while kept.exists():
        number += 1
        kept = path.with_name(f"{path.name}.corrupt-{stamp}-{number}")
    for tail in ("", "-wal", "-shm"):
        part = path.with_name(path.name + tail)
        if part.exists():
            part.rename(kept.with_name(kept.name + tail))
    return kept


__all__ = ["ABSENT", "DAMAGED", "REFUSED", "SOUND", "Condition", "condition_of", "set_aside"]
