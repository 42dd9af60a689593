"""A group: rows that are written by one statement, and the replies that wait for it."""

from collections.abc import Callable

from ocpp_console.events import FrameSent
from ocpp_console.store.rows import COLUMNS, RECEIVED_KINDS, shorten

MOST_ROWS = 200
MOST_BYTES = 1 << 20

Held = tuple[int, int, Callable[[int], None]]
"""(number of the call, where in `values` its reply_after belongs or -1, who sends the reply)"""

_ONE = "(" + ",".join("?" * COLUMNS) + ")"
INSERTS = [
    "INSERT INTO facts (id, at, kind, station, connection, action, answers, frame, reply, reply_after) VALUES "
    + ",".join([_ONE] * rows)
    for rows in range(MOST_ROWS + 1)
]
"""The statement for so many rows."""


_CALLS = frozenset(RECEIVED_KINDS)
"""Kinds of rows in which an answer of ours has room."""


class Group:
    """Rows that gathered, flat in one list: what SQLite is given is built while the rows come."""

    __slots__ = ("held", "late", "rows", "since", "size", "stamp", "values")

    def __init__(self) -> None:
        """An empty group."""
        self.values: list[object] = []
        self.rows = 0
        self.size = 0
        """Bytes of its frames."""
        self.held: list[Held] = []
        self.since = 0.0
        """Loop time at which the first reply was held."""
        self.stamp = 0
        """µs UTC at which it was taken for writing: the time its replies are given."""
        self.late: list[Held] = []
        """Replies that left while the statement was under way; their time in the row is wrong."""

    @property
    def full(self) -> bool:
        """Another row belongs to the next group."""
        return self.rows >= MOST_ROWS or self.size >= MOST_BYTES

    def place_of(self, seq: int) -> int:
        """Where the row of fact `seq` begins in `values`; -1 when it is not here. The newest is looked at first."""
        values = self.values
        for start in range(len(values) - COLUMNS, -1, -COLUMNS):
            if values[start] == seq:
                return start
        return -1

    def join(self, fact: FrameSent) -> bool:
        """Put a recorded answer into the row of its call, as a live one is put there; False when that is not here.

        Rows with both are searched by SQL; of calls without, a filter has to fold every one.
        """
        start = self.place_of(fact.answers)
        if start < 0:
            return False
        values = self.values
        at, kind, reply_after = values[start + 1], values[start + 2], values[start + 9]
        if kind not in _CALLS or reply_after is not None or not isinstance(at, int) or fact.at < at:
            return False
        values[start + 8], values[start + 9] = shorten(values[start + 7], fact.raw), fact.at - at  # type: ignore[arg-type]
        self.size += len(fact.raw)
        return True

    def take(self, at: int) -> None:
        """Write the time at which the replies will leave into their rows."""
        self.stamp = at
        self.stamp_replies(self.held, at)

    def stamp_replies(self, held: list[Held], at: int) -> None:
        """Set reply_after of the rows of `held` to `at`."""
        values = self.values
        for _, place, _ in held:
            if place >= 0:
                values[place] = max(at - values[place - COLUMNS + 2], 0)  # type: ignore[operator]

    def statement(self) -> tuple[str, list[object]]:
        """The one INSERT that stores it all."""
        return INSERTS[self.rows], self.values

    def each(self) -> list[tuple[str, list[object]]]:
        """An INSERT per row, for the case that one of them cannot be stored."""
        step = range(0, len(self.values), COLUMNS)
        return [(INSERTS[1], self.values[start : start + COLUMNS]) for start in step]
