"""Messages that wait for the broker, and those it has not confirmed: bounded, and nothing leaves it unnoticed."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from ocpp_console.mqtt.reasons import DROPPED, UNKNOWN

MOST_TIMES = 5
"""A message is sent so often at most."""


class Letter(NamedTuple):
    """One message to publish."""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    expires: float | None
    """Loop time after which it is of no use any more."""
    repeat: bool
    """It is sent again when the connection broke before it was confirmed."""
    done: Callable[[int], None] | None = None
    """Told once what became of it: the broker's reason code, or one of ours."""
    sent: int = 0
    """How often it was sent. A broker that ends the connection over a message would do so for ever."""


class Outbox:
    """The way out. The oldest goes when there is no room, and is counted."""

    def __init__(self, most: int, most_bytes: int) -> None:
        """`most` messages of together `most_bytes` may wait."""
        self.dropped = 0
        """Messages that never left."""
        self.unconfirmed = 0
        """Messages whose fate is unknown."""
        self._most, self._most_bytes = most, most_bytes
        self._waiting: deque[Letter] = deque()
        self._bytes = 0
        self._on_the_way: dict[int, Letter] = {}
        self._empty: asyncio.Event | None = None

    @property
    def waiting(self) -> int:
        """Messages that have not been sent."""
        return len(self._waiting)

    @property
    def on_the_way(self) -> int:
        """Messages that the broker has not confirmed."""
        return len(self._on_the_way)

    def put(self, letter: Letter) -> None:
        """Take a message; the oldest ones make room for it."""
        self._waiting.append(letter)
        self._bytes += len(letter.payload)
        while len(self._waiting) > self._most or (self._bytes > self._most_bytes and len(self._waiting) > 1):
            self._drop(self._pop())

    def next(self, window: int, now: float) -> Letter | None:
        """The message that may go now; None when nothing waits, or the window is full."""
        while self._waiting and len(self._on_the_way) < window:
            letter = self._pop()
            if letter.expires is None or letter.expires > now:
                return letter
            self._drop(letter)
        return None

    def put_back(self, letter: Letter) -> None:
        """It could not be sent after all."""
        self._waiting.appendleft(letter)
        self._bytes += len(letter.payload)

    def sent(self, mid: int, letter: Letter) -> None:
        """It is on its way under this id."""
        self._on_the_way[mid] = letter._replace(sent=letter.sent + 1)

    def confirmed(self, mid: int, code: int) -> None:
        """The broker has it, or refused it."""
        letter = self._on_the_way.pop(mid, None)
        if letter is not None and letter.done is not None:
            letter.done(code)
        self._look_whether_empty()

    def broken(self) -> None:
        """The connection is over: what was not confirmed waits again, or its fate is unknown."""
        left, self._on_the_way = list(self._on_the_way.values()), {}
        for letter in reversed(left):
            if letter.repeat and letter.sent < MOST_TIMES:
                self.put_back(letter)
            else:
                self.unconfirmed += 1
                if letter.done is not None:
                    letter.done(UNKNOWN)
        self._look_whether_empty()

    def expire(self, now: float) -> None:
        """Drop what has waited for too long."""
        kept: deque[Letter] = deque()
        late: list[Letter] = []
        for letter in self._waiting:
            (kept if letter.expires is None or letter.expires > now else late).append(letter)
        self._waiting = kept
        for letter in late:
            self._bytes -= len(letter.payload)
            self._drop(letter)

    def give_up(self) -> None:
        """Nothing will be sent any more."""
        while self._waiting:
            self._drop(self._pop())

    async def drained(self) -> None:
        """Wait until nothing waits and everything is confirmed."""
        self._empty = asyncio.Event()
        self._look_whether_empty()
        await self._empty.wait()

    def _look_whether_empty(self) -> None:
        if self._empty is not None and not self._waiting and not self._on_the_way:
            self._empty.set()

    def _pop(self) -> Letter:
        letter = self._waiting.popleft()
        self._bytes -= len(letter.payload)
        return letter

    def _drop(self, letter: Letter) -> None:
        self.dropped += 1
        if letter.done is not None:
            letter.done(DROPPED)
