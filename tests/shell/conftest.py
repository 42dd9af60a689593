"""A console with its API on loopback, real chargers, and the commands of the shell run against it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, NamedTuple

import pytest
from stage import Charger
from websockets.asyncio.client import connect

from ocpp_console import cli
from ocpp_console.engine import Engine
from ocpp_console.services import console
from ocpp_console.settings import Settings

TOKEN = "a-token-of-the-tests"
ORDINARY = {"host": ("127.0.0.1",), "port": 0, "db": ":memory:", "grace": 0.0, "api": "0", "api_token": TOKEN}


class Ran(NamedTuple):
    """What one command came to."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The JSON that was printed."""
        return json.loads(self.out)


class Shell:
    """A shell beside a running console."""

    def __init__(self, engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
        self.engine = engine
        self.url = next(each.url for each in engine.services if hasattr(each, "url"))
        self.chargers: list[Charger] = []
        self._capsys = capsys

    async def run(self, *words: str) -> Ran:
        """Run one command in a thread, as its process would run beside the console's."""
        try:
            code = await asyncio.to_thread(cli.main, words)
        except SystemExit as ended:
            code = ended.code
        return Ran(code, *self._capsys.readouterr())

    async def charger(self, identity: str, version: str = "1.6", *, boot: bool = True) -> Charger:
        """A charger that is connected, and booted unless told otherwise."""
        url = f"ws://127.0.0.1:{self.engine.port}/{identity}"
        joined = Charger(await connect(url, subprotocols=[f"ocpp{version}"]))
        self.chargers.append(joined)
        if boot:
            await joined.boot()
        return joined


@pytest.fixture
async def house(capsys, monkeypatch) -> AsyncIterator[Callable[..., Awaitable[Shell]]]:
    """Start consoles with settings of the test's choice; the last one is the one the shell asks."""
    running: list[Shell] = []

    async def begin(**wishes: Any) -> Shell:
        engine = console(Settings(**{**ORDINARY, **wishes}))
        await engine.start()
        running.append(Shell(engine, capsys))
        monkeypatch.setenv("OCPP_CONSOLE_API", running[-1].url.removeprefix("http://"))
        monkeypatch.setenv("OCPP_CONSOLE_API_TOKEN", engine.settings.api_token)
        return running[-1]

    yield begin
    for each in running:
        for charger in each.chargers:
            await charger.leave()
        await each.engine.stop()


@pytest.fixture
async def shell(house: Callable[..., Awaitable[Shell]]) -> Shell:
    """A console with ordinary settings, and a shell beside it."""
    return await house()
