"""A trace played in time: the model as it was at any moment of it, by folding the facts up to there.

Going on folds what comes next. Going back folds anew from the first fact, into a fleet of its own, while the screens
keep showing the old one; only a whole one takes its place. All of it is done in slices of a few milliseconds.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from time import perf_counter
from typing import Any

from ocpp_console.events import Fact
from ocpp_console.model.fleet import Fleet
from ocpp_console.model.rules.ending import end_of_trace

SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1000.0, 3600.0)
"""How many seconds of the trace pass in one of ours."""

_SLICE_SECONDS = 0.012
_TICK_SECONDS = 0.1
_SECOND = 1_000_000


class Reel:
    """Facts that are folded one after the other into one fleet."""

    def __init__(self, fleet: Fleet, facts: AsyncGenerator[Fact], at: int) -> None:
        """`facts` come from the first on; `at` (µs) is the time before them."""
        self.fleet = fleet
        self.at = at
        """The time of the newest fact so far."""
        self.seq = 0
        """The number of the last fact that was folded."""
        self._facts = facts
        self._next: Fact | None = None

    async def next_at(self) -> int | None:
        """When the next fact happened, never before `at`; None at the end."""
        if self._next is None:
            self._next = await anext(self._facts, None)
        return None if self._next is None else max(self.at, self._next.at)

    def fold(self) -> bool:
        """Fold the fact that `next_at` looked at; whether a row of the log came of it or was changed by it."""
        fact, self._next = self._next, None
        if fact is None:
            return False
        self.at, self.seq = max(self.at, fact.at), fact.seq
        return self.fleet.apply(fact) is not None

    async def close(self) -> None:
        """Read no further."""
        await self._facts.aclose()


class Playback:
    """Where in a trace the screens are. `begin` once it is loaded; until then there is nothing to play."""

    def __init__(
        self,
        facts: Callable[[], AsyncGenerator[Fact]],
        empty: Callable[[], Fleet],
        show: Callable[[Fleet, int | None], None],
        complain: Callable[[str], None],
    ) -> None:
        """`facts` reads the trace from the beginning, `empty` gives a fleet to fold it into.

        `show` is called with the fleet that the screens are to show and the number of the last fact in it (None for
        the whole trace), whenever that has changed; `complain` takes a sentence when the trace cannot be read.
        """
        self._facts, self._empty, self._show, self._complain = facts, empty, show, complain
        self.start = self.end = self.at = 0
        """The first and the last moment of the trace, and the one that is shown; µs."""
        self.ready = False
        self.whole = True
        """All of the trace is shown, what is only known at its end included."""
        self.playing = False
        self.speed = 1.0
        self.progress: float | None = None
        """Which part of a long way is done, 0 to 1; None while nothing is on its way."""
        self._in_part = False
        self._reel: Reel | None = None
        self._turn = object()
        self._work: asyncio.Task[None] | None = None

    def begin(self, start: int, end: int, *, in_part: bool) -> None:
        """The trace is loaded and shown; one that is loaded `in_part` goes on after its `end`, nobody knows how."""
        self.start, self.end, self.at, self._in_part = start, end, end, in_part
        self.ready = bool(end)

    async def stop(self) -> None:
        """End whatever is under way, for good."""
        self.pause()
        if self._work is not None:
            await asyncio.wait({self._work})
        if self._reel is not None:
            await self._reel.close()

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        while self._work is not None and not self._work.done():
            await asyncio.wait({self._work})

    # ------------------------------------------------------------- what can be asked for

    def pause(self) -> bool:
        """Stay here; a way back that is not done yet is not gone. False when nothing was under way."""
        was = self.playing or self.progress is not None
        self._turn, self.playing, self.progress = object(), False, None
        return was

    def play(self) -> None:
        """Let time pass from here on; from the end, from the beginning."""
        self._begin(self._play)
        self.playing = True

    def faster(self, steps: int) -> None:
        """Another of `SPEEDS`, so many places up or down."""
        place = SPEEDS.index(self.speed) + steps
        self.speed = SPEEDS[min(max(place, 0), len(SPEEDS) - 1)]

    def step(self) -> None:
        """Go on by one frame or event."""
        self._begin(self._step)

    def seek(self, at: int) -> None:
        """Show the trace as it was at a time; before its start nothing has happened yet, from its end on all."""
        self._begin(lambda turn: self._seek(turn, at))

    # ------------------------------------------------------------- how it is done

    def _begin(self, work: Callable[[object], Coroutine[Any, Any, None]]) -> None:
        """Do this in place of what is under way, which sees that another turn has begun and ends by itself."""
        self.pause()
        before, turn = self._work, self._turn

        async def run() -> None:
            if before is not None:
                await asyncio.wait({before})
            try:
                await work(turn)
            except Exception as problem:
                self._complain(f"The trace cannot be played: {getattr(problem, 'text', '') or problem}")
            finally:
                if self._turn is turn:
                    self.playing, self.progress = False, None

        self._work = asyncio.get_running_loop().create_task(run())

    async def _seek(self, turn: object, at: int) -> None:
        """Go there. One that was called off on the way back leaves everything as it was."""
        at = min(max(at, self.start - 1), self.end)
        if self.whole and at >= self.end:
            return
        reel, fresh = self._reel, self._reel is None or self.whole or at < self.at
        if reel is None or fresh:
            reel = Reel(self._empty(), self._facts(), self.start)
        arrived = await self._roll(turn, reel, at, shown=not fresh)
        if fresh and not arrived:
            await reel.close()
        elif fresh:
            if self._reel is not None:
                await self._reel.close()
            self._reel, self.whole = reel, False
        if arrived:
            self._arrive(reel, max(at, self.start), whole=at >= self.end)
        elif not fresh:
            self._arrive(reel, max(self.at, reel.at))

    async def _roll(self, turn: object, reel: Reel, until: int, *, shown: bool) -> bool:
        """Fold everything up to a time; with `shown` the screens go along. False when it was called off."""
        begun, slice_end = reel.at, perf_counter() + _SLICE_SECONDS
        while self._turn is turn and (at := await reel.next_at()) is not None and at <= until:
            reel.fold()
            if perf_counter() >= slice_end:
                self.progress = (reel.at - begun) / max(1, until - begun) if not self.playing else None
                if shown:
                    self._arrive(reel, reel.at)
                await asyncio.sleep(0)
                slice_end = perf_counter() + _SLICE_SECONDS
        return self._turn is turn

    def _arrive(self, reel: Reel, at: int, *, whole: bool = False) -> None:
        """The screens are to show this; with `whole` nothing comes any more."""
        self.at = at
        if whole and not self.whole:
            self.whole = True
            if not self._in_part:
                end_of_trace(reel.fleet, self.end)
        self._show(reel.fleet, None if self.whole else reel.seq)

    async def _step(self, turn: object) -> None:
        """Fold until something is to be seen."""
        if self.whole or self._reel is None:
            return
        reel = self._reel
        while self._turn is turn and (at := await reel.next_at()) is not None:
            if reel.fold():
                self._arrive(reel, max(self.at, at), whole=await reel.next_at() is None)
                return
        if self._turn is turn:
            self._arrive(reel, self.end, whole=True)

    async def _play(self, turn: object) -> None:
        """Let time pass until the end is reached."""
        if self.whole:
            self.playing = False
            await self._seek(turn, self.start - 1)
            self.playing = self._turn is turn
        loop = asyncio.get_running_loop()
        last = loop.time()
        while self._turn is turn and not self.whole:
            await asyncio.sleep(_TICK_SECONDS)
            now = loop.time()
            passed, last = (now - last) * self.speed, now
            if self._turn is turn:
                await self._seek(turn, self.at + max(1, round(passed * _SECOND)))
