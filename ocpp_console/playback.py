"""A trace played in time: the model as it was at any moment of it, by folding the facts up to there.

Going on folds what comes next. Going back, or far, folds from a moment that was kept, into a fleet of its own, while
the screens keep showing the old one; only a whole one takes its place. All of it is done in slices of milliseconds.
"""

import asyncio
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from time import perf_counter
from typing import Any, Protocol

from ocpp_console.checkpoints import Moment, Place
from ocpp_console.events import Fact
from ocpp_console.model.fleet import Fleet
from ocpp_console.model.messages import Message
from ocpp_console.model.rules.ending import end_of_trace

SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1000.0, 3600.0)
"""How many seconds of the trace pass in one of ours."""

FAR = 5_000
"""Facts; a moment that is kept so much nearer is worth being read."""
NEAR = 100
"""Facts before a step back at which a moment is kept for the next one."""
REMEMBERED_STOPS = 10_000

_SLICE_SECONDS = 0.012
_TICK_SECONDS = 0.1
_SECOND = 1_000_000


class Reel(Moment):
    """Facts that are folded one after the other into one fleet."""

    __slots__ = ("_facts", "_next", "fleet", "stops")

    def __init__(self, fleet: Fleet, facts: AsyncGenerator[Fact], begins: Moment) -> None:
        """`facts` are those after the moment where it `begins`, which `fleet` holds."""
        super().__init__(begins.at, begins.seq, begins.count)
        self.fleet = fleet
        self.stops: deque[int] = deque(maxlen=REMEMBERED_STOPS)
        """After how many facts a row of the log was new or changed, newest last."""
        self._facts = facts
        self._next: Fact | None = None

    async def next_at(self) -> int | None:
        """When the next fact happened, never before `at`; None at the end."""
        if self._next is None:
            self._next = await anext(self._facts, None)
        return None if self._next is None else max(self.at, self._next.at)

    def fold(self) -> Message | None:
        """Fold the fact that `next_at` looked at; the row of the log that came of it or was changed by it."""
        fact, self._next = self._next, None
        if fact is None:
            return None
        self.at, self.seq = max(self.at, fact.at), max(self.seq, fact.seq)  # an answer may have the number of its call
        self.count += 1
        row = self.fleet.apply(fact)
        if row is not None:
            self.stops.append(self.count)
        return row

    async def close(self) -> None:
        """Read no further."""
        await self._facts.aclose()


class Archive(Protocol):
    """Where a trace is read from."""

    def wind(self, place: Place) -> Reel:
        """A reel that stands before a place, as near as may be."""

    def reach(self, place: Place) -> int:
        """After how many facts it would stand."""

    def keep_near(self, reel: Reel) -> None:
        """Keep this moment, for somebody who steps back."""


class Playback:
    """Where in a trace the screens are. `begin` once it is loaded; until then there is nothing to play."""

    def __init__(
        self,
        archive: Archive,
        show: Callable[[Fleet, int | None], None],
        complain: Callable[[str], None],
    ) -> None:
        """`archive` has the facts, and moments to begin from.

        `show` is called with the fleet that the screens are to show and the number of the last fact in it (None for
        the whole trace), whenever that has changed; `complain` takes a sentence when the trace cannot be read.
        """
        self._archive, self._show, self._complain = archive, show, complain
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
        self._total = 0
        self._found: Sequence[int] = ()
        self._reel: Reel | None = None
        self._turn = object()
        self._work: asyncio.Task[None] | None = None

    def begin(self, start: int, end: int, total: int, found: Sequence[int] = (), *, in_part: bool = False) -> None:
        """The trace of `total` facts is loaded and shown; `found` says after how many of them something was found.

        One that is loaded `in_part` goes on after its `end`, nobody knows how.
        """
        self.start, self.end, self.at, self._in_part = start, end, end, in_part
        self._total, self._found = total, found
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

    def step(self, fits: Callable[[Message], bool] = lambda row: True) -> None:
        """Go on to the next frame or event whose row `fits`."""
        self._begin(lambda turn: self._step(turn, fits))

    def step_back(self) -> None:
        """Go back by one frame or event."""
        self._begin(self._step_back)

    def seek(self, at: int) -> None:
        """Show the trace as it was at a time; before its start nothing has happened yet, from its end on all."""
        self._begin(lambda turn: self._seek(turn, at))

    def to_row(self, seq: int) -> None:
        """Show the trace as it was when the row with this number had just come."""
        self._begin(lambda turn: self._go(turn, Place("seq", seq)))

    def to_finding(self, direction: int) -> bool:
        """Go to where something was found next (1) or before (-1); False when there is no such place."""
        here = self.here
        place = bisect_right(self._found, here) if direction > 0 else bisect_left(self._found, here) - 1
        if not 0 <= place < len(self._found):
            return False
        self._begin(lambda turn: self._go(turn, Place("count", self._found[place])))
        return True

    @property
    def here(self) -> int:
        """How many facts of the trace have happened."""
        return self._total if self.whole or self._reel is None else self._reel.count

    @property
    def newest(self) -> int | None:
        """The number of the newest fact; None while the whole trace is shown."""
        return None if self.whole or self._reel is None else self._reel.seq

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
        """Go to a time."""
        at = min(max(at, self.start - 1), self.end)
        if not (self.whole and at >= self.end):
            await self._go(turn, Place("at", at))

    async def _go(self, turn: object, place: Place, *, near: bool = False) -> None:
        """Go there. One that was called off on the way back leaves everything as it was."""
        reel, fresh = self._reel, False
        if reel is None or self.whole or not place.holds(reel) or self._is_far(reel, place):
            reel, fresh = self._archive.wind(place), True
        arrived = await self._roll(turn, reel, place, shown=not fresh, near=near)
        if fresh and not arrived:
            await reel.close()
        elif fresh:
            if self._reel is not None:
                await self._reel.close()
            self._reel, self.whole = reel, False
        if arrived:
            at = max(place.value, self.start) if place.axis == "at" else reel.at
            self._arrive(reel, at, whole=at >= self.end and await reel.next_at() is None)
        elif not fresh:
            self._arrive(reel, max(self.at, reel.at))

    async def _roll(self, turn: object, reel: Reel, place: Place, *, shown: bool, near: bool) -> bool:
        """Fold everything up to a place; with `shown` the screens go along. False when it was called off."""
        axis, until = place
        begun, last = getattr(reel, axis), reel.count
        slice_end = perf_counter() + _SLICE_SECONDS
        while self._turn is turn and (at := await reel.next_at()) is not None:
            if at > until if axis == "at" else getattr(reel, axis) >= until:
                break
            if near and until - reel.count == NEAR and reel.count - last >= NEAR:
                self._archive.keep_near(reel)
            reel.fold()
            if perf_counter() >= slice_end:
                part = (getattr(reel, axis) - begun) / max(1, until - begun)
                self.progress = min(part, 1.0) if not self.playing else None
                if shown:
                    self._arrive(reel, reel.at)
                await asyncio.sleep(0)
                slice_end = perf_counter() + _SLICE_SECONDS
        return self._turn is turn

    def _is_far(self, reel: Reel, place: Place) -> bool:
        """A moment that is kept is much nearer to a place than where we are."""
        return not self.playing and self._archive.reach(place) - reel.count > FAR

    def _arrive(self, reel: Reel, at: int, *, whole: bool = False) -> None:
        """The screens are to show this; with `whole` nothing comes any more."""
        self.at = at
        if whole and not self.whole:
            self.whole, self._total = True, reel.count
            if not self._in_part:
                end_of_trace(reel.fleet, self.end)
        self._show(reel.fleet, None if self.whole else reel.seq)

    async def _step(self, turn: object, fits: Callable[[Message], bool]) -> None:
        """Fold until something is to be seen that fits."""
        if self.whole or self._reel is None:
            return
        reel, slice_end = self._reel, perf_counter() + _SLICE_SECONDS
        while self._turn is turn and (at := await reel.next_at()) is not None:
            row = reel.fold()
            if row is not None and fits(row):
                self._arrive(reel, max(self.at, at), whole=await reel.next_at() is None)
                return
            if perf_counter() >= slice_end:
                self.progress = reel.count / max(1, self._total)
                self._arrive(reel, max(self.at, at))
                await asyncio.sleep(0)
                slice_end = perf_counter() + _SLICE_SECONDS
        self._arrive(reel, self.end if self._turn is turn else max(self.at, reel.at), whole=self._turn is turn)

    async def _step_back(self, turn: object) -> None:
        """Leave the newest thing that is to be seen out."""
        here, reel = self.here, self._reel
        stops = reel.stops if reel is not None and not self.whole else ()
        target = next((stop for stop in reversed(stops) if stop < here), here - 1)
        if target >= 0:
            await self._go(turn, Place("count", target), near=True)

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
