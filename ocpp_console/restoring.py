"""How far a start is with reading back what its last snapshot does not hold.

Mostly that is nothing, or the last two seconds of a console that was killed. It is the whole log when the snapshot is
missing or cannot be used: some minutes for a million facts, which somebody waits for and may want to call off.
"""

import asyncio
from collections.abc import AsyncIterator
from time import perf_counter

from ocpp_console.csms.waiting_room import WaitingRoom
from ocpp_console.events import Fact
from ocpp_console.model.fleet import Fleet
from ocpp_console.settings import Settings

LONG = 20_000
"""Facts from which on it takes seconds, so that those who wait outside are told."""

_SLICE_SECONDS = 0.012
"""For which facts are folded before keys and drawing have their turn."""


class Restoring:
    """One per engine. Front ends look at it while `Engine.start` runs."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is being read."""
        self.done = 0
        """Facts that were folded so far."""
        self.total = 0
        """Facts there are to fold, roughly; 0 while nothing is read back, or it takes no time to speak of."""
        self.unfinished = False
        """Stations and sessions are not yet what the log says: they must not be saved."""
        self._waiting_room = WaitingRoom(settings)
        self._called_off = False
        self._over = asyncio.Event()
        self._over.set()

    async def call_off(self) -> None:
        """End `fold`, which then is cancelled, and wait for that; nothing when it is not under way."""
        self._called_off = True
        await self._over.wait()

    async def fold(self, fleet: Fleet, facts: AsyncIterator[Fact], total: int) -> None:
        """Fold what came after the snapshot, in slices, so that it can be seen and cancelled at any time.

        Raises:
            ListenError: it takes long, and the port for chargers cannot be had anyway.
            CancelledError: it was called off.
        """
        self.unfinished = True
        self._over.clear()
        try:
            if total < LONG:
                await self._fold(fleet, facts)
            else:
                self.total = total
                async with self._waiting_room:
                    await self._fold(fleet, facts)
        finally:
            self.total = 0
            self._over.set()
        self.unfinished = False

    async def _fold(self, fleet: Fleet, facts: AsyncIterator[Fact]) -> None:
        """For a few milliseconds at a time."""
        slice_end = perf_counter() + _SLICE_SECONDS
        async for fact in facts:
            fleet.apply(fact)
            self.done += 1
            if perf_counter() >= slice_end:
                await asyncio.sleep(0)
                if self._called_off:
                    raise asyncio.CancelledError
                slice_end = perf_counter() + _SLICE_SECONDS

    @property
    def note(self) -> str:
        """What the log has to say about it; empty when nobody was sent away."""
        many = self._waiting_room.knocked
        if not many:
            return ""
        return f"Chargers were told {many:,} times to come again (503) while the log was read back at the start."

    @property
    def part(self) -> float:
        """How much of it is done, 0 to 1."""
        return min(self.done / max(1, self.total), 1.0)

    @property
    def standing(self) -> str:
        """In a sentence what is done and how far it is; empty while there is nothing to wait for."""
        if not self.total:
            return ""
        return f"Reading stations and sessions back from the log: {self.part:.0%} of {self.total:,} facts."
