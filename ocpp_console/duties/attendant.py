"""Runs the duties beside the engine: looks once a second, and does what there is to do without waiting for it."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Protocol

from ocpp_console.duties.cost import CostDuty, Work
from ocpp_console.duties.list_sync import ListDuty
from ocpp_console.duties.needs import NeedsDuty
from ocpp_console.duties.site import Site

TICK_SECONDS = 1.0
MOST_AT_ONCE = 100
"""Commands of duties under way: what is beyond waits for the next look."""


class Look(Protocol):
    """One duty."""

    def look(self, now: int) -> Iterable[Work]:
        """What there is to do now (µs)."""


class Attendant:
    """A service of the engine."""

    def __init__(self, site: Site, complain: Callable[[str], None], tick: float = TICK_SECONDS) -> None:
        """`complain` takes what breaks, as a sentence for the operator; `tick` is in seconds."""
        self._site = site
        self._complain = complain
        self._tick = tick
        self._duties: tuple[Look, ...] = ()
        self._task: asyncio.Task[None] | None = None
        self._working: set[asyncio.Future[None]] = set()

    async def start(self) -> None:
        """Begin to look; what is remembered from before is there by now."""
        self._duties = (CostDuty(self._site), ListDuty(self._site, self._tick), NeedsDuty(self._site))
        self._task = asyncio.get_running_loop().create_task(self._look_now_and_then())

    async def stop(self) -> None:
        """Look no more; what was sent stays sent."""
        tasks = [*self._working, *([self._task] if self._task is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _look_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(self._tick)
            for duty in self._duties:
                try:
                    self._look(duty)
                except Exception as problem:  # one duty that breaks must not end the others
                    self._broke(problem)

    def _look(self, duty: Look) -> None:
        """Begin what a duty has to do."""
        work_to_do = iter(duty.look(self._site.clock()))
        while len(self._working) < MOST_AT_ONCE and (work := next(work_to_do, None)) is not None:
            task = asyncio.ensure_future(work())
            self._working.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Future[None]") -> None:
        self._working.discard(task)
        if not task.cancelled() and (problem := task.exception()) is not None:
            self._broke(problem)

    def _broke(self, problem: BaseException) -> None:
        self._complain(f"A duty broke inside the console: {type(problem).__name__}: {problem}")
