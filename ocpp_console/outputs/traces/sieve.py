"""The rows that leave with an export: chosen by what they really say, given as they may be shown.

A filter is about the originals ("of station CP1"), also when what is written has other names.
"""

from collections import deque
from collections.abc import Callable, Iterator

from ocpp_console.events import Fact
from ocpp_console.model.messages import Message
from ocpp_console.outputs.traces.redaction import Nothing, Veil
from ocpp_console.outputs.traces.settled_rows import SettledRows

Settled = Iterator[tuple[Message, list[Fact]]]


class Sieve:
    """Takes facts and gives rows with the covered facts they are made of."""

    def __init__(self, veil: Veil, keep: Callable[[Message], bool] | None, *, of_rows: bool) -> None:
        """`keep` None wants all; `of_rows` when rows are written, which then have to be covered as well."""
        self._veil, self._keep = veil, keep
        self._shown = SettledRows()
        """Rows as they may leave; the only ones, when the originals need not be looked at or rows are not written."""
        apart = keep is not None and of_rows and not isinstance(veil, Nothing)
        self._real = SettledRows() if apart else None
        """The same rows as they were, for `keep` to judge."""
        self._early = keep is None or apart
        self._wanted: dict[int, bool] = {}
        self._undecided: deque[tuple[Message, list[Fact]]] = deque()

    def take(self, fact: Fact) -> Settled:
        """The rows that are complete with this fact. Rows are covered when rows are written, facts always."""
        if self._real is not None:
            self._judge(self._real.take(fact))
        yield from self._sifted(self._shown.take(self._veil.cover(fact) if self._early else fact))

    def rest(self) -> Settled:
        """At the end: the rows that still wait."""
        if self._real is not None:
            self._judge(self._real.rest())
        yield from self._sifted(self._shown.rest())
        while self._undecided:
            row, facts = self._undecided.popleft()
            if self._wanted.pop(row.seq, False):
                yield row, facts

    @property
    def waiting_since(self) -> int | None:
        """When the oldest row that is held back began (µs); None when none is."""
        return self._shown.waiting_since

    def _judge(self, rows: Settled) -> None:
        """Remember which of the originals are wanted, until the same row comes covered."""
        for row, facts in rows:
            if facts[0].seq == row.seq:
                self._wanted[row.seq] = self._keep is None or self._keep(row)

    def _sifted(self, rows: Settled) -> Settled:
        """What is wanted of these rows."""
        if self._real is not None:
            self._undecided.extend(pair for pair in rows if pair[1][0].seq == pair[0].seq)
            while self._undecided and self._undecided[0][0].seq in self._wanted:
                row, facts = self._undecided.popleft()
                if self._wanted.pop(row.seq):
                    yield row, facts
            return
        for row, facts in rows:
            if self._keep is None or self._keep(row):
                yield row, facts if self._early else [self._veil.cover(fact) for fact in facts]
