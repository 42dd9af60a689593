"""Ending tasks that talk to a broker."""

import asyncio

_TRIES = 5
_SECONDS = 1.0


async def cancelled(*tasks: "asyncio.Task[None]") -> None:
    """Cancel tasks and wait until they are over; again, when one goes on.

    Up to Python 3.11 `asyncio.wait_for` can lose a cancellation that comes while it ends, and libraries use it.
    """
    left = set(tasks)
    for _ in range(_TRIES):
        for task in left:
            task.cancel()
        if left:
            _, left = await asyncio.wait(left, timeout=_SECONDS)
