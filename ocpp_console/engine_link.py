"""One station as procedures see it: asked through the engine, its answers waited for."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from ocpp_console.model.commands import Command, Progress
from ocpp_console.model.station import Station
from ocpp_console.procedures.link import CallRefused
from ocpp_console.protocol.frames import JsonValue

if TYPE_CHECKING:
    from ocpp_console.engine import Engine


class Link:
    """One station for a procedure: asks through the engine and waits for the answer."""

    def __init__(self, engine: "Engine", identity: str, purpose: str = "") -> None:
        """The station need not be online yet."""
        self._engine = engine
        self._identity = identity
        self._purpose = purpose

    @property
    def station(self) -> Station:
        """What is known about it.

        Raises:
            CallRefused: nothing is known about a station of that name.
        """
        station = self._engine.fleet.stations.get(self._identity)
        if station is None:
            raise CallRefused(f"The station {self._identity} never connected.")
        return station

    async def call(self, action: str, payload: JsonValue, *, check: bool = True) -> Command:
        """Ask, and wait until the command is final. Whoever stops waiting takes back a call that is still queued."""
        command = self._engine.request(self._identity, action, payload, check=check, purpose=self._purpose)
        try:
            return await self._engine.outcome(command)
        except asyncio.CancelledError:
            if command.progress is Progress.QUEUED:
                self._engine.cancel(command)
            raise

    def next_number(self) -> int:
        """A number no command used yet, for a requestId."""
        return self._engine.fleet.commands.next_number()

    async def until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait until `condition` holds, looked at after each fact of this station; False when it never did in time."""
        return await self._engine.until(self._identity, condition, seconds)
