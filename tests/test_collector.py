"""The collector of cycles looks seldom while the console runs, and as always afterwards."""

import asyncio
import contextlib
import gc
import weakref
from collections.abc import Callable

from ocpp_console.collector import collect_seldom


class Knot:
    """Holds itself: only the collector frees it."""

    def __init__(self) -> None:
        self.me = self


async def test_cycles_are_freed_by_its_own_looks_only(until: Callable[..., object]) -> None:
    task = asyncio.create_task(collect_seldom(start=0.0, pause=0.01))
    await until(lambda: not gc.isenabled() and gc.get_freeze_count())  # type: ignore[misc]
    knot = weakref.ref(Knot())
    await until(lambda: knot() is None)  # type: ignore[misc]
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
