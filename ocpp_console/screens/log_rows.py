"""The rows of the message log that a view shows: all, one station's, or what a filter lets through.

Without a filter the model's own ring is handed out. With one, the matching rows are kept and only what is new since
the last look is examined: new rows, and rows that were still waiting for their answer. So it is, too, once older rows
than the ring's were put before them: what the ring forgets then has to stay, or a gap would open in the middle.
"""

from bisect import bisect_left, insort
from collections.abc import Sequence

from ocpp_console.model.messages import Message, MessageFilter, MessageLog, State

MOST_KEPT = 50_000
"""Rows kept while somebody looks at older ones; beyond it the oldest give way."""


class LogRows:
    """A callable for `RecordTable(rows=...)`."""

    def __init__(self, log: MessageLog) -> None:
        """Everything in `log` at first."""
        self._log = log
        self._station = ""
        self._filter: MessageFilter | None = None
        self._matches: list[Message] = []
        self._waiting: dict[int, tuple[Message, int]] = {}
        self._examined = 0
        self._revision = -1
        self._first: int | None = None
        """The lowest number looked at that the ring does not have; None while nothing older was asked for."""
        self.chosen = object()
        """Another one after every choice."""

    @property
    def station(self) -> str:
        """The only station shown; empty for all."""
        return self._station

    def choose(self, station: str, words: MessageFilter | None) -> None:
        """Show something else from now on."""
        self._station, self._filter = station, words
        self._matches, self._waiting, self._examined, self._revision = [], {}, 0, -1
        self._first = None
        self.chosen = object()

    @property
    def looks_back(self) -> bool:
        """Rows older than the ring's are among them."""
        return self._first is not None

    @property
    def first(self) -> int:
        """The number below which nothing was looked at yet; 0 when there is not a single row."""
        if self._first is not None:
            return self._first
        return self._log[0].seq if len(self._log) else 0

    def release(self) -> None:
        """Nobody looks at older rows any more."""
        if self.looks_back:
            self.choose(self._station, self._filter)

    def put_before(self, older: Sequence[Message]) -> int:
        """Put rows in front that are older than all others; returns how many of them are shown."""
        if self._first is None:
            self._first, self._revision = self.first, -1
            self()  # from now on rows are kept here, whatever the ring forgets
        fitting = [message for message in older if message.seq < self._first and self._fits(message)]
        self._matches[:0] = fitting
        self._first = min([self._first, *(message.seq for message in older)])
        return len(fitting)

    def __call__(self) -> Sequence[Message]:
        """The rows as they are, oldest first."""
        if self._filter is None and not self.looks_back:
            return self._log.for_station(self._station) if self._station else self._log
        if self._log.revision != self._revision:
            self._revision = self._log.revision
            self._answered()
            self._arrived()
            self._evicted()
        return self._matches

    def _fits(self, message: Message) -> bool:
        """It is shown."""
        if self._station and message.station != self._station:
            return False
        return self._filter is None or self._filter.matches(message)

    def _arrived(self) -> None:
        """Look at the rows that came since the last look; their places in the ring count from the first ever."""
        log = self._log
        for index in range(max(0, self._examined - log.evicted), len(log)):
            message = log[index]
            if self._fits(message):
                self._matches.append(message)
            if message.state is State.OPEN:
                self._waiting[message.seq] = (message, message.revision)
        self._examined = log.evicted + len(log)

    def _answered(self) -> None:
        """An answer can make a row match, or no longer match."""
        for seq, (message, revision) in list(self._waiting.items()):
            if message.revision == revision:
                continue
            place = bisect_left(self._matches, seq, key=_seq)
            shown = place < len(self._matches) and self._matches[place].seq == seq
            fits = self._fits(message)
            if fits and not shown:
                insort(self._matches, message, key=_seq)
            elif shown and not fits:
                del self._matches[place]
            if message.state is State.OPEN:
                self._waiting[seq] = (message, message.revision)
            else:
                del self._waiting[seq]

    def _evicted(self) -> None:
        """Forget what the ring forgot, or what is too much."""
        if self.looks_back:
            del self._matches[: max(0, len(self._matches) - MOST_KEPT)]
            return
        if not len(self._log):
            self._matches.clear()
            return
        first = self._log[0].seq
        del self._matches[: bisect_left(self._matches, first, key=_seq)]
        for seq in [seq for seq in self._waiting if seq < first]:
            del self._waiting[seq]


def _seq(message: Message) -> int:
    return message.seq
