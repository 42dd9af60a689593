"""A console on a screen that is not there: a real app and engine, stations whose facts the test publishes."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from ocpp_console.app import ConsoleApp
from ocpp_console.clock import now_us
from ocpp_console.engine import Engine
from ocpp_console.events import FrameReceived, FrameSent, StationConnected, StationGone
from ocpp_console.model.messages import Message
from ocpp_console.settings import Settings


class Console:
    """What a test does with a running console."""

    def __init__(self, app: ConsoleApp, engine: Engine, pilot: Pilot[None]) -> None:
        self.app, self.engine, self.pilot = app, engine, pilot
        self._connections: dict[str, int] = {}
        self._calls = 0

    # the world outside

    def connect(self, station: str, version: str = "1.6") -> int:
        """A station finishes its handshake."""
        seq = self.engine.bus.number()
        offered = (f"ocpp{version}",)
        fact = StationConnected(
            seq, now_us(), station, version, offered[0], offered, f"/{station}", "10.0.0.7:5555", False
        )
        self.engine.bus.publish(fact)
        self._connections[station] = seq
        return seq

    def leave(self, station: str) -> None:
        """Its connection ends."""
        connection = self._connections.pop(station)
        bus = self.engine.bus
        bus.publish(StationGone(bus.number(), now_us(), station, connection, 1001, "", "station"))

    def frame(self, station: str, raw: bytes) -> Message | None:
        """A station sends a frame."""
        bus = self.engine.bus
        row: Message | None = bus.publish(
            FrameReceived(bus.number(), now_us(), station, self._connections[station], raw)
        )
        return row

    def says(self, station: str, action: str, payload: Any = None, answer: Any = None) -> Message:
        """A station calls; with `answer` it is answered at once."""
        self._calls += 1
        row = self.frame(station, json.dumps([2, str(self._calls), action, payload or {}]).encode())
        assert row is not None
        if answer is not None:
            self.answer(row, answer)
        return row

    def answer(self, row: Message, payload: Any) -> None:
        """The console answers a call."""
        bus = self.engine.bus
        raw = json.dumps([3, row.id, payload]).encode()
        bus.publish(FrameSent(bus.number(), now_us(), row.station, row.connection, raw, answers=row.seq))

    # the operator

    async def press(self, *keys: str) -> None:
        """Press keys and let the console draw."""
        await self.pilot.press(*keys)
        await self.look()

    async def look(self) -> "Console":
        """Let the pump run once and everything be drawn."""
        await self.pilot.pause()
        self.app.poke()
        await self.pilot.pause()
        return self

    @property
    def text(self) -> str:
        """What is on the screen."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)

    @property
    def notices(self) -> str:
        """What short notices say at the moment."""
        return "\n".join(notice.message for notice in self.app._notifications)

    @property
    def lines(self) -> list[str]:
        """What is on the screen, line by line."""
        return self.text.splitlines()

    def line(self, part: str) -> str:
        """The first line with `part` in it; empty when there is none."""
        return next((line for line in self.lines if part in line), "")


Opened = Callable[..., AbstractAsyncContextManager[Console]]


@pytest.fixture
def open_console(until: Callable[..., Any]) -> Opened:
    """`async with open_console(size=(80, 24), read_only=True) as console`: it runs and listens on a free port."""

    @asynccontextmanager
    async def opened(size: tuple[int, int] = (140, 40), **settings: Any) -> AsyncIterator[Console]:
        engine = Engine(Settings(host=("127.0.0.1",), port=0, db=":memory:", **settings))
        app = ConsoleApp(engine, engine.settings)
        try:
            async with app.run_test(size=size) as pilot:
                await until(lambda: app.started)
                console = Console(app, engine, pilot)
                await console.look()
                yield console
        finally:
            await engine.stop()

    return opened
