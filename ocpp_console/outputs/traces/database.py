"""The facts of a database of the console, read only: also while a console writes it."""

import sqlite3
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from ocpp_console.events import Fact, FrameSent
from ocpp_console.store.rows import SELECTED, Row, facts_of
from ocpp_console.store.words import Words

MAGIC = b"SQLite format 3\0"
_CHUNK = 1_000
_CHUNK_BYTES = 4 * 1024 * 1024
"""Of frames that are read at once; frames may be large."""


class DatabaseUnreadableError(Exception):
    """The database cannot be read; `text` says why."""

    def __init__(self, text: str) -> None:
        """Keep the sentence."""
        super().__init__(text)
        self.text = text


def is_database(path: Path) -> bool:
    """Whether a file begins as SQLite's do."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def facts_in(path: Path) -> Iterator[Fact]:
    """All facts, oldest first, in pieces.

    Raises:
        DatabaseUnreadableError: it is no database of the console, or damaged.
    """
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        connection.text_factory = bytes
        words = Words(connection.execute("SELECT id, role, text FROM words"))
        later: deque[FrameSent] = deque()
        seq = 0
        statement = f"SELECT {SELECTED} FROM facts AS f WHERE f.id > ? ORDER BY f.id LIMIT {_CHUNK}"
        while rows := _some(connection.execute(statement, (seq,))):
            if any(type(row[3]) is int and row[3] not in words.texts for row in rows):  # named since we began to read
                words = Words(connection.execute("SELECT id, role, text FROM words"))
            yield from facts_of(rows, words, later)
            seq = rows[-1][0]
        yield from later
    except sqlite3.Error as error:
        raise DatabaseUnreadableError(f"{path.name} cannot be read as a database of the console: {error}.") from None
    finally:
        connection.close()


def _some(cursor: sqlite3.Cursor) -> list[Row]:
    """The next rows, not too many bytes of them; the rest is asked for again."""
    rows: list[Row] = []
    size = 0
    for row in cursor:
        rows.append(row)
        size += len(row[6] or b"") + len(row[7] or b"")
        if size > _CHUNK_BYTES:
            break
    cursor.close()
    return rows
