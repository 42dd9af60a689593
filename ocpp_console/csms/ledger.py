"""Who keeps the books: a reply leaves only after the call it answers is written down."""

from collections.abc import Callable
from typing import Protocol

Release = Callable[[int], None]
"""Called with the time (µs UTC) at which the reply may leave; must not raise."""


class Ledger(Protocol):
    """Holds a reply back until the fact it answers is safe."""

    def hold(self, seq: int, reply: bytes, release: Release) -> None:
        """Keep `reply` (the answer to fact `seq`) and call `release` once both are safe."""


class NoLedger:
    """Keeps nothing: every reply may leave at once."""

    def __init__(self, clock: Callable[[], int]) -> None:
        """`clock` gives µs UTC."""
        self._clock = clock

    def hold(self, seq: int, reply: bytes, release: Release) -> None:
        """Release at once."""
        release(self._clock())
