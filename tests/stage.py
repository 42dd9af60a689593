"""The console on a stage: a real engine behind the real app, and chargers of the test's own on real sockets."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, NamedTuple

from textual.pilot import Pilot
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from ocpp_console.app import ConsoleApp
from ocpp_console.engine import Engine
from ocpp_console.services import console
from ocpp_console.settings import Settings

NOW = "2026-11-20T14:03:21Z"


class Charger:
    """A charger: sends calls and waits for their answers; answers the console's calls from `answers`."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.asked: list[tuple[str, Any]] = []
        """(action, payload) of every call of the console."""
        self.answers: dict[str, Any] = {}
        """By action: the payload to answer with; without an entry the call stays unanswered."""
        self._ids = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            async for raw in self.socket:
                frame = json.loads(raw)
                if frame[0] == 2:
                    self.asked.append((frame[2], frame[3]))
                    if frame[2] in self.answers:
                        await self.socket.send(json.dumps([3, frame[1], self.answers[frame[2]]]))
                elif frame[1] in self._waiting:
                    self._waiting.pop(frame[1]).set_result(frame[2:])

    async def call(self, action: str, payload: Any) -> Any:
        """Send a call and give the payload of its answer."""
        call_id = f"c{next(self._ids)}"
        answer = self._waiting[call_id] = asyncio.get_running_loop().create_future()
        await self.socket.send(json.dumps([2, call_id, action, payload]))
        return (await asyncio.wait_for(answer, 10))[0]

    async def boot(self, vendor: str = "ACME", model: str = "One") -> None:
        """BootNotification in the words of the version."""
        if self.socket.subprotocol == "ocpp1.6":
            await self.call("BootNotification", {"chargePointVendor": vendor, "chargePointModel": model})
        else:
            station = {"vendorName": vendor, "model": model}
            await self.call("BootNotification", {"reason": "PowerUp", "chargingStation": station})

    async def status(self, connector: int, status: str) -> None:
        """StatusNotification of 1.6, or of the only connector of an EVSE of 2.x."""
        if self.socket.subprotocol == "ocpp1.6":
            payload: dict[str, Any] = {"connectorId": connector, "status": status, "errorCode": "NoError"}
        else:
            payload = {"evseId": connector, "connectorId": 1, "connectorStatus": status, "timestamp": NOW}
        await self.call("StatusNotification", payload)

    async def start(self, connector: int, tag: str, meter: int = 0) -> int:
        """StartTransaction of 1.6; gives the transactionId."""
        payload = {"connectorId": connector, "idTag": tag, "meterStart": meter, "timestamp": NOW}
        return int((await self.call("StartTransaction", payload))["transactionId"])

    async def leave(self) -> None:
        """Close the connection."""
        await self.socket.close()
        await self._reader


class Stage(NamedTuple):
    """What a screen test works with."""

    app: ConsoleApp
    pilot: Pilot[Any]
    engine: Engine
    charger: Callable[..., Awaitable[Charger]]

    async def press(self, *keys: str) -> None:
        """Press keys one after another, each once the one before had its effect; then let the screen draw."""
        for key in keys:
            await self.pilot.press(key)
        await self.shown()

    async def shown(self) -> str:
        """What the terminal shows, after the screen looked at the model."""
        await self.pilot.pause()
        self.app.poke()
        await self.pilot.pause()
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)

    async def sees(self, text: str, seconds: float = 10.0) -> str:
        """Wait until the terminal shows `text`; gives everything it shows."""
        deadline = asyncio.get_running_loop().time() + seconds
        while text not in (screen := await self.shown()):
            assert asyncio.get_running_loop().time() < deadline, f"never saw {text!r} in:\n{screen}"
        return screen

    async def said(self, text: str, seconds: float = 10.0) -> None:
        """Wait until a short notice says `text`."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not any(text in notice.message for notice in self.app._notifications):
            assert asyncio.get_running_loop().time() < deadline, f"never said {text!r}"
            await self.shown()


@asynccontextmanager
async def stage(size: tuple[int, int] = (120, 40), **wishes: Any) -> AsyncIterator[Stage]:
    """The whole console on a free port with a database in memory; `wishes` are settings."""
    settings = Settings(**{"host": ("127.0.0.1",), "port": 0, "db": ":memory:", "grace": 0.0, **wishes})
    engine = console(settings)
    app = ConsoleApp(engine, settings)
    chargers: list[Charger] = []

    async def charger(identity: str, version: str = "1.6", *, boot: bool = True) -> Charger:
        url = f"ws://127.0.0.1:{engine.port}/{identity}"
        joined = Charger(await connect(url, subprotocols=[f"ocpp{version}"]))  # type: ignore[list-item]
        chargers.append(joined)
        if boot:
            await joined.boot()
        return joined

    try:
        async with app.run_test(size=size) as pilot:
            while not app.started:
                assert app.is_running, "the engine did not start"
                await pilot.pause()
            yield Stage(app, pilot, engine, charger)
    finally:
        for each in chargers:
            await each.leave()
        await engine.stop()
