"""A console with a bridge, and chargers of it, for tests with a broker."""

import asyncio
import json
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
