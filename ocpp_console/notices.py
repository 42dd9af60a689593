"""What a console without a screen says about itself: lines on stderr, written where a full pipe holds up nobody."""

import asyncio
import contextlib
import sys
from collections import deque

from ocpp_console.visible import visible

LONGEST = 1_000
"""Characters of one notice."""
_WAITING = 1_000
"""Notices that wait for a reader; the oldest go first, and are counted."""


class Notices:
    """Sentences for whoever runs the console, in the order in which they were put."""

    def __init__(self) -> None:
        """Nothing is written before `run`."""
        self._waiting: deque[str] = deque(maxlen=_WAITING)
        self._lost = 0
        self._came = asyncio.Event()
        self._ending = False

    def put(self, text: str) -> None:
        """Have one sentence written soon; never waits."""
        self._lost += len(self._waiting) == _WAITING
        self._waiting.append(text)
        self._came.set()

    def finish(self) -> None:
        """Let `run` return when everything is written."""
        self._ending = True
        self._came.set()

    async def run(self) -> None:
        """Write until `finish`."""
        ended = False
        while not ended:
            await self._came.wait()
            self._came.clear()
            ended = self._ending
            texts, lost = list(self._waiting), self._lost
            self._waiting.clear()
            self._lost = 0
            if lost:
                texts.append(f"{lost} notices left out: stderr is read too slowly.")
            if texts:
                await asyncio.to_thread(_write, texts)


def _write(texts: list[str]) -> None:
    """When nobody can read stderr any more, that is no reason to end."""
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write("".join(f"ocpp-console: {visible(text, LONGEST)}\n" for text in texts))
        sys.stderr.flush()
