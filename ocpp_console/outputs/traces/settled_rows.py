"""Rows of a stream: facts folded like live ones, each row given out with its facts when nothing more comes to it."""

from collections import OrderedDict, deque
from collections.abc import Iterator
from heapq import heappop, heappush

from ocpp_console.events import Fact
from ocpp_console.model.fleet import Fleet
from ocpp_console.model.messages import Message, State

WINDOW = 5_000
"""Rows that are held back for an answer; beyond that the oldest is given out as it is."""

WINDOW_BYTES = 8 * 1024 * 1024
"""Bytes of frames in the rows that are held back, or kept for an answer that comes late: beyond that likewise."""


class SettledRows:
    """Folds facts and gives rows back in their order. Bounded, however long the stream is."""

    def __init__(self, fleet: Fleet | None = None) -> None:
        """Fold into `fleet`, whose log must keep at least `WINDOW` rows, or into an own one."""
        self.fleet = fleet or Fleet(log_rows=WINDOW + 1)
        self._facts: dict[int, list[Fact]] = {}
        self._waiting: deque[Message] = deque()
        self._sizes: OrderedDict[int, int] = OrderedDict()
        """Bytes of the rows in the log of `fleet`, by their number."""
        self._bytes = 0

    def take(self, fact: Fact) -> Iterator[tuple[Message, list[Fact]]]:
        """Fold one fact; yields the rows that are complete now, with the facts they are made of.

        A row given out before comes again with a fact that came late, and with that alone.
        """
        row = self.fleet.apply(fact)
        if row is not None:
            self._weigh(row.seq, fact)
            self._drop_sizes()
            facts = self._facts.get(row.seq)
            if facts is not None:
                facts.append(fact)
            elif row.seq == fact.seq:
                self._facts[row.seq] = [fact]
                self._waiting.append(row)
            else:
                yield row, [fact]  # something that came when nobody waited for it any more
        self._forget()
        while self._waiting and (self._waiting[0].state is not State.OPEN or self._over):
            yield self._give()
            self._forget()

    @property
    def _over(self) -> bool:
        """Too much is held."""
        return len(self._waiting) > WINDOW or self._bytes > WINDOW_BYTES

    def _weigh(self, seq: int, fact: Fact) -> None:
        """Count the bytes of a fact with its row."""
        size = len(getattr(fact, "raw", b""))
        self._bytes += size
        self._sizes[seq] = self._sizes.get(seq, 0) + size

    def _forget(self) -> None:
        """Let go of the oldest rows that were given out, when all of them are too large."""
        log = self.fleet.messages
        while self._bytes > WINDOW_BYTES and len(log) > 1 and log[0].seq not in self._facts:
            log.evict()
            self._drop_sizes()

    def _drop_sizes(self) -> None:
        """Count no longer what the log no longer has."""
        log = self.fleet.messages
        first = log[0].seq if log else 0
        while self._sizes and next(iter(self._sizes)) < first:
            self._bytes -= self._sizes.popitem(last=False)[1]

    def rest(self) -> Iterator[tuple[Message, list[Fact]]]:
        """At the end of the stream: the rows that still wait."""
        while self._waiting:
            yield self._give()

    def _give(self) -> tuple[Message, list[Fact]]:
        """The oldest row."""
        row = self._waiting.popleft()
        return row, self._facts.pop(row.seq)

    @property
    def waiting_since(self) -> int | None:
        """When the oldest row that is held back began (µs); None when none is."""
        return self._waiting[0].at if self._waiting else None


class InOrder:
    """Facts of rows back in the order in which they happened: an answer may come after later calls."""

    def __init__(self) -> None:
        """Nothing is held."""
        self._held: list[tuple[int, int, int, Fact]] = []
        self._count = 0

    def put(self, facts: list[Fact]) -> None:
        """Hold the facts of one row."""
        for fact in facts:
            self._count += 1
            heappush(self._held, (fact.at, fact.seq, self._count, fact))

    def until(self, at: int | None) -> Iterator[Fact]:
        """The facts that happened before the time `at`; all of them when it is None."""
        while self._held and (at is None or self._held[0][0] < at):
            yield heappop(self._held)[3]
