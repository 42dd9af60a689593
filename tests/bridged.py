"""A console with a bridge, and chargers of it, for tests with a broker."""

import asyncio
import itertools
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from ocpp_console.engine import Engine
from ocpp_console.events import NoteWritten
from ocpp_console.outputs.mqtt_bridge import Bridge

BOOT = [2, "b", "BootNotification", {"chargePointVendor": "v", "chargePointModel": "m"}]


def bridge_of(engine: Engine) -> Bridge:
    """The bridge that runs beside an engine."""
    return next(service for service in engine.services if isinstance(service, Bridge))


def notes_of(engine: Engine) -> list[NoteWritten]:
    """Everything the console says in its log from now on."""
    notes: list[NoteWritten] = []
    engine.bus.attach(lambda fact: notes.append(fact) if isinstance(fact, NoteWritten) else None)
    return notes


async def charger(
    engine: Engine, identity: str = "CP1", version: str = "1.6", *, boots: bool = True
) -> ClientConnection:
    """A charger of the console, booted."""
    url = f"ws://127.0.0.1:{engine.port}/{identity}"
    line = await connect(url, subprotocols=[f"ocpp{version}"], proxy=None)  # type: ignore[list-item]
    if boots:
        await ask(line, BOOT)
    return line


async def ask(line: ClientConnection, frame: list[Any]) -> Any:
    """Send a call; the next frame that comes is its answer."""
    await line.send(json.dumps(frame))
    return json.loads(await asyncio.wait_for(line.recv(), 20))


class Traffic:
    """Chargers that send one heartbeat after the other and look at each answer."""

    def __init__(self, lines: list[ClientConnection]) -> None:
        self.lines = lines
        self.answered: Counter[int] = Counter()
        self._stopping = False
        self._tasks = [asyncio.create_task(self._beat(number, line)) for number, line in enumerate(lines)]

    async def _beat(self, number: int, line: ClientConnection) -> None:
        for beat in itertools.count():
            if self._stopping:
                return
            answer = await ask(line, [2, f"{number}-{beat}", "Heartbeat", {}])
            assert answer[:2] == [
                3,
                f"{number}-{beat}",
            ]  # a second answer to one call would be the next here
            self.answered[number] += 1
            await asyncio.sleep(0.005)

    async def goes_on(self, until: Callable[..., Awaitable[Any]], more: int = 5) -> None:
        """Wait until each charger got `more` answers."""
        before = Counter(self.answered)
        await until(lambda: all(self.answered[n] >= before[n] + more for n in range(len(self.lines))))

    async def end(self) -> int:
        """Stop, look whether anything more came, and give how many calls were answered."""
        self._stopping = True
        await asyncio.gather(*self._tasks)
        for line in self.lines:
            await line.close()
            assert [said async for said in line] == []
        return self.answered.total()
