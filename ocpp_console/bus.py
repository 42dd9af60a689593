"""One ordered stream of facts. Publishing never awaits: a reader that falls behind loses its own backlog only."""

from collections import deque
from collections.abc import Callable
from typing import Any

from ocpp_console.events import Fact


class Reader:
    """One reader's own backlog. When it is full the oldest facts are dropped and counted, never anyone else's time."""

    def __init__(self, limit: int = 10_000) -> None:
        """Keep at most `limit` facts between two calls of `take`."""
        self._facts: deque[Fact] = deque(maxlen=limit)
        self.dropped = 0
        """Facts this reader lost because it was too slow."""

    def offer(self, fact: Fact) -> None:
        """Append one fact; called by the bus."""
        if len(self._facts) == self._facts.maxlen:
            self.dropped += 1
        self._facts.append(fact)

    def take(self) -> list[Fact]:
        """Everything since the last call, oldest first."""
        facts = list(self._facts)
        self._facts.clear()
        return facts


class Bus:
    """Numbers facts, folds each into the model, then offers it to every reader, in that order.

    Order matters: a reader that sees fact *n* sees a model that includes it.
    """

    def __init__(self, fold: Callable[[Fact], Any], last_seq: int = 0) -> None:
        """`fold` takes each fact first; `last_seq` is the highest number used before (0 in a new database)."""
        self._fold = fold
        self._offers: list[Callable[[Fact], None]] = []
        self.last_seq = last_seq

    def number(self) -> int:
        """The number for the next fact. Facts are published in the order of their numbers."""
        self.last_seq += 1
        return self.last_seq

    def attach(self, offer: Callable[[Fact], None]) -> None:
        """Let `offer` be called with every fact from now on; it must neither block nor raise."""
        self._offers.append(offer)

    def detach(self, offer: Callable[[Fact], None]) -> None:
        """Call `offer` no more; it need not be attached."""
        if offer in self._offers:
            self._offers.remove(offer)

    def subscribe(self, limit: int = 10_000) -> Reader:
        """A reader with a backlog of its own."""
        reader = Reader(limit)
        self.attach(reader.offer)
        return reader

    def publish(self, fact: Fact) -> Any:
        """Fold, then offer. Returns what the fold returned: the `Message` a frame became part of, or None."""
        folded = self._fold(fact)
        for offer in self._offers:
            offer(fact)
        return folded
