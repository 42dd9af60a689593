"""The message log: the newest rows in memory, of everybody and of each station, with views that cost nothing."""

from collections.abc import Iterator, Sequence
from typing import overload

from ocpp_console.model.filters import FILTER_WORDS, FilterError, MessageFilter
from ocpp_console.model.rows import Message, Origin, State, outcome
from ocpp_console.model.summaries import summary

__all__ = [
    "FILTER_WORDS",
    "FilterError",
    "Message",
    "MessageFilter",
    "MessageLog",
    "Origin",
    "Rows",
    "State",
    "outcome",
    "summary",
]


class Rows(Sequence[Message]):
    """Rows from oldest to newest with O(1) access by position; grows at the end, shrinks at the front.

    A live view: positions shift when old rows are dropped, so hold on to a row by its `seq`.
    """

    __slots__ = ("_rows", "_start")

    def __init__(self) -> None:
        """No rows."""
        self._rows: list[Message] = []
        self._start = 0

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self._rows) - self._start

    @overload
    def __getitem__(self, index: int) -> Message: ...

    @overload
    def __getitem__(self, index: slice) -> list[Message]: ...

    def __getitem__(self, index: int | slice) -> Message | list[Message]:
        """One row, or a list of some; 0 is the oldest, -1 the newest."""
        if isinstance(index, slice):
            return [self._rows[self._start + at] for at in range(*index.indices(len(self)))]
        at = index + (self._start if index >= 0 else len(self._rows))
        if at < self._start:
            raise IndexError(index)
        return self._rows[at]

    def __iter__(self) -> Iterator[Message]:
        """Oldest to newest."""
        return iter(self._rows[self._start :])

    def __reversed__(self) -> Iterator[Message]:
        """Newest to oldest."""
        for at in range(len(self._rows) - 1, self._start - 1, -1):
            yield self._rows[at]

    def append(self, message: Message) -> None:
        """One more at the end."""
        self._rows.append(message)

    def drop_oldest(self) -> Message:
        """Take the oldest away. The list is compacted now and then, so that this is O(1) on average."""
        rows, start = self._rows, self._start
        oldest = rows[start]
        start += 1
        if start >= 64 and start * 2 >= len(rows):
            del rows[:start]
            start = 0
        self._start = start
        return oldest

    def position(self, seq: int) -> int:
        """The position of the first row whose `seq` is not below `seq`; `len` when there is none. O(log n)."""
        low, high = self._start, len(self._rows)
        while low < high:
            middle = (low + high) // 2
            if self._rows[middle].seq < seq:
                low = middle + 1
            else:
                high = middle
        return low - self._start


class MessageLog(Rows):
    """The newest rows of all stations, at most `limit`, and the same rows by station."""

    __slots__ = ("_by_station", "_nobody", "evicted", "limit", "revision", "total")

    def __init__(self, limit: int = 10_000) -> None:
        """Keep at most `limit` rows (at least one)."""
        super().__init__()
        self.limit = max(1, limit)
        self.total = 0
        """Rows ever added, those dropped since included."""
        self.evicted = 0
        """Rows dropped because newer ones came; they stay in the store."""
        self.revision = 0
        """Goes up with every new row and every change of one."""
        self._by_station: dict[str, Rows] = {}
        self._nobody = Rows()

    def add(self, message: Message) -> None:
        """Append a row; the oldest gives way when the log is full."""
        self._rows.append(message)
        rows = self._by_station.get(message.station)
        if rows is None:
            rows = self._by_station[message.station] = Rows()
        rows._rows.append(message)
        self.total += 1
        self.revision += 1
        if self.total - self.evicted > self.limit:
            self.evict()

    def touch(self, message: Message) -> None:
        """A row has changed: views must draw it anew."""
        message.revision += 1
        message.summary_cache = None
        self.revision += 1

    def by_seq(self, seq: int) -> Message | None:
        """The row that the fact `seq` began, if it is still in memory. O(log n)."""
        position = self.position(seq)
        if position < len(self):
            message = self[position]
            if message.seq == seq:
                return message
        return None

    def for_station(self, identity: str) -> Sequence[Message]:
        """The rows of one station, oldest first: a live view, nothing is copied. "" gives the listener's events."""
        return self._by_station.get(identity, self._nobody)

    def evict(self) -> None:
        """Drop the oldest row here and from its station's rows, where it is the oldest as well."""
        oldest = self.drop_oldest()
        self.evicted += 1
        rows = self._by_station[oldest.station]
        rows.drop_oldest()
        if rows._start == len(rows._rows):
            del self._by_station[oldest.station]
