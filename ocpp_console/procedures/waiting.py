"""Waiting for facts: for a command to be over, or for something to become true of a station."""

import asyncio
from collections.abc import Callable

from ocpp_console.events import CallAbandoned, Fact, FrameReceived
from ocpp_console.model.commands import Command, Commands


class Waiting:
    """Who waits for what. `offer` is a reader of the bus: it sees every fact after the model took it in."""

    def __init__(self, commands: Commands) -> None:
        """Nobody waits."""
        self._commands = commands
        self._calls: dict[tuple[str, str], asyncio.Event] = {}
        """By station and message id: no station can answer for another."""
        self._conditions: list[tuple[str, asyncio.Event]] = []

    def expect(self, station: str, call_id: str) -> None:
        """A call of this message id is about to be queued, and somebody may wait for its outcome."""
        self._calls[station, call_id] = asyncio.Event()

    def forget(self, station: str, call_id: str) -> None:
        """The call was not queued after all."""
        self._calls.pop((station, call_id), None)

    async def outcome(self, command: Command) -> Command:
        """Wait until a command was answered, refused, given up or lost; returns the same record."""
        event = self._calls.get((command.station, command.id))
        if event is not None and not command.final:
            await event.wait()
        return command

    async def until(self, station: str, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait until `condition` holds, looked at after each fact of a station; False when it never did in time."""
        entry = station, asyncio.Event()
        self._conditions.append(entry)
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    entry[1].clear()
                    await entry[1].wait()
        except TimeoutError:
            return False
        finally:
            self._conditions.remove(entry)
        return True

    def offer(self, fact: Fact) -> None:
        """Wake whoever waits for this."""
        for station, event in self._conditions:
            if station == getattr(fact, "station", ""):
                event.set()
        if not self._calls or not isinstance(fact, FrameReceived | CallAbandoned):
            return
        call_id = fact.id if isinstance(fact, CallAbandoned) else getattr(fact.frame, "id", None)
        if not isinstance(call_id, str) or (fact.station, call_id) not in self._calls:
            return
        command = self._commands.get(fact.station, call_id)
        if command is None or command.final:
            self._calls.pop((fact.station, call_id)).set()
