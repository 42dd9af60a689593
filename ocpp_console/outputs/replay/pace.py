"""When each step of a replay is due: in real time, faster, slower, at once, or one by one."""

import asyncio
from collections.abc import Awaitable, Callable

Permission = Callable[[], Awaitable[None]]
"""Waits until the next step may be taken."""


class Pace:
    """Turns times of the trace into waiting. One for all stations, so that they keep in step with each other."""

    def __init__(self, speed: float = 1.0, longest_pause: float | None = None, ask: Permission | None = None) -> None:
        """`speed` 2 is twice as fast, 0 without waiting; no gap takes longer than `longest_pause` seconds.

        With `ask` every step waits for it instead of for the time.
        """
        self._speed = speed
        self._longest = longest_pause
        self._ask = ask
        self._last: int | None = None
        self._due = 0.0

    async def wait(self, at: int) -> None:
        """Wait until the step that happened `at` (µs UTC in the trace) is due."""
        if self._ask is not None:
            await self._ask()
            return
        loop = asyncio.get_running_loop()
        gap = max(at - self._last, 0) / 1_000_000 if self._last is not None else 0.0
        self._last = at if self._last is None else max(self._last, at)
        if not self._speed:
            return
        pause = gap / self._speed
        # after a hold-up of more than a second the rest is not hurried through
        self._due = max(self._due, loop.time() - 1.0) if self._due else loop.time()
        self._due += pause if self._longest is None else min(pause, self._longest)
        if (left := self._due - loop.time()) > 0:
            await asyncio.sleep(left)
