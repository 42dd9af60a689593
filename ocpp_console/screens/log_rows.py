"""The rows of the message log that a view shows: all, one station's, or what a filter lets through.

Without a filter the model's own ring is handed out. With one, the matching rows are kept and only what is new since
the last look is examined: new rows, and rows that were still waiting for their answer. So it is, too, once older rows
than the ring's were put before them: what the ring forgets then has to stay, or a gap would open in the middle.

Whoever looks far back sees a piece of the log that has an end of its own, above the ring's first row; what comes there
is put after it once it is scrolled to. So a log of any length takes the memory of `MOST_KEPT` rows.
"""

from bisect import bisect_left, insort
from collections.abc import Sequence

from ocpp_console.model.messages import Message, MessageFilter, MessageLog, State

MOST_KEPT = 10_000
"""Rows kept while somebody looks at older ones; beyond it those at the other end give way."""


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
        self._last: int | None = None
        """Above which number nothing is shown although the log goes on; None while the newest rows are there."""
        self.chosen = object()
        """Another one after every choice."""

    def watch(self, log: MessageLog) -> bool:
        """Show this one from now on; False when it is the same."""
        if log is self._log:
            return False
        self._log = log
        self.choose(self._station, self._filter)
        return True

    @property
    def station(self) -> str:
        """The only station shown; empty for all."""
        return self._station

    @property
    def words(self) -> MessageFilter | None:
        """The filter that is in force; None shows everything."""
        return self._filter

    def choose(self, station: str, words: MessageFilter | None) -> None:
        """Show something else from now on."""
        self._station, self._filter = station, words
        self._matches, self._waiting, self._examined, self._revision = [], {}, 0, -1
        self._first = self._last = None
        self.chosen = object()

    @property
    def wanted(self) -> MessageFilter | None:
        """Station and filter as one, to ask the database with."""
        return MessageFilter.of_station(self._station, self._filter) if self._station else self._filter

    @property
    def looks_back(self) -> bool:
        """Rows older than the ring's are among them."""
        return self._first is not None

    @property
    def detached(self) -> bool:
        """It is a piece of the log that does not reach up to the newest row."""
        return self._last is not None

    @property
    def first(self) -> int:
        """The number below which nothing was looked at yet; 0 when there is not a single row."""
        if self._first is not None:
            return self._first
        return self._log[0].seq if len(self._log) else 0

    @property
    def last(self) -> int:
        """The number from which on nothing was looked at yet, of a piece that does not reach the newest row."""
        return self._last or 0

    def release(self) -> None:
        """Nobody looks at older rows any more."""
        if self.looks_back:
            self.choose(self._station, self._filter)

    def begin_at(self, seq: int) -> None:
        """Show the log around the number `seq`: nothing yet, what is read is put before and after."""
        self.choose(self._station, self._filter)
        self._first = self._last = seq

    def put_before(self, older: Sequence[Message], reached: int) -> None:
        """Put rows in front that are older than all others; down to `reached` everything was looked at."""
        if self._first is None:
            self._first, self._revision = self.first, -1
            self()  # from now on rows are kept here, whatever the ring forgets
        self._matches[:0] = [message for message in older if message.seq < self._first]
        self._first = min(self._first, reached)
        if len(self._matches) > MOST_KEPT:
            self._last = self._matches[MOST_KEPT].seq
            del self._matches[MOST_KEPT:]
            self._waiting.clear()

    def put_after(self, newer: Sequence[Message], reached: int) -> None:
        """Put rows behind a piece of the log; up to `reached` everything was looked at."""
        if self._last is None:
            return
        self._matches += [message for message in newer if message.seq >= self.last]
        self._last = max(self._last, reached)
        surplus = len(self._matches) - MOST_KEPT
        if surplus > 0:
            del self._matches[:surplus]
            self._first = self._matches[0].seq
        if not len(self._log) or self._last >= self._log[0].seq:
            self._examined, self._revision = self._log.evicted + self._log.position(self._last), -1
            self._last = None

    def __call__(self) -> Sequence[Message]:
        """The rows as they are, oldest first."""
        if self._filter is None and not self.looks_back:
            return self._log.for_station(self._station) if self._station else self._log
        if self._last is not None:
            return self._matches
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
            surplus = len(self._matches) - MOST_KEPT
            if surplus > 0:
                del self._matches[:surplus]
                self._first = self._matches[0].seq
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
