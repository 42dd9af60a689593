"""What can go wrong with the database, in sentences: one table from SQLite's error codes to words."""

import errno
import os
import shutil
import sqlite3
from pathlib import Path
from typing import NamedTuple

EXIT = 3
"""The exit code of a start that the machine, not the command line, prevents."""


class StoreProblem(Exception):
    """The database cannot be used; `text` says why and what to do, `exit` is the program's exit code."""

    def __init__(self, text: str, exit: int = EXIT) -> None:
        """Keep the sentence and the exit code."""
        super().__init__(text)
        self.text = text
        self.exit = exit


class Trouble(NamedTuple):
    """Why a write failed."""

    word: str
    """Stable: `locked`, `disk_full`, `read_only`, `corrupt`, `missing`, `write_error`. Losses are counted by it."""
    text: str
    """A sentence with what to do."""


TROUBLES = {
    trouble.word: trouble
    for trouble in (
        Trouble("locked", "The database is locked by another program. Close it there; writing resumes by itself."),
        Trouble("disk_full", "The disk is full. Free some space; writing resumes by itself."),
        Trouble("read_only", "The database has become read-only. Give write permission to its file and folder."),
        Trouble("corrupt", "The database is damaged and takes nothing more. Restart: the file is kept aside."),
        Trouble("missing", "The database cannot be opened any more. Check that its folder exists and is writable."),
        Trouble("overload", "Facts come faster than the disk takes them."),
        Trouble("write_error", "The database cannot be written: the disk or the file system reports an error."),
    )
}

_WORDS = {
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_FULL: "disk_full",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_PERM: "read_only",
    sqlite3.SQLITE_CORRUPT: "corrupt",
    sqlite3.SQLITE_NOTADB: "corrupt",
    sqlite3.SQLITE_CANTOPEN: "missing",
}

UNSTORABLE = (
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    sqlite3.DataError,
    OverflowError,
    TypeError,
)
"""Errors that are the fault of what is to be stored: trying again would never end."""

_LITTLE_SPACE = 1 << 20
"""Below this many free bytes an I/O error is taken for a full disk."""


def trouble_of(error: BaseException, path: Path | None = None) -> Trouble:
    """What an error of SQLite or the system means. `path` is the database, to look at the space left."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None and isinstance(error, OSError):
        return TROUBLES[_word_of_errno(error.errno)]
    word = _WORDS.get((code or 0) & 0xFF, "write_error")
    if word == "write_error" and path is not None and _free_space(path) < _LITTLE_SPACE:
        word = "disk_full"
    return TROUBLES[word]


def _word_of_errno(number: int | None) -> str:
    """The word for an error number of the operating system."""
    if number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "disk_full"
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "read_only"
    return "missing" if number == errno.ENOENT else "write_error"


def _free_space(path: Path) -> int:
    """Bytes left where `path` lies; plenty when nobody can tell."""
    try:
        return shutil.disk_usage(path.parent).free
    except OSError:
        return 1 << 62


def why(error: BaseException) -> str:
    """The system's own words for an error, for the end of a sentence."""
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno).lower()
    return str(error) or type(error).__name__
