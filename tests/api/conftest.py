"""A console with its API on loopback: a real engine, real chargers, and an HTTP client that knows the token."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from stage import Charger
from websockets.asyncio.client import connect

from ocpp_console.engine import Engine
from ocpp_console.services import console
from ocpp_console.settings import Settings

TOKEN = "a-token-of-the-tests"
ORDINARY = {"host": ("127.0.0.1",), "port": 0, "db": ":memory:", "grace": 0.0, "api": "0", "api_token": TOKEN}


class House:
    """A running console with an API."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.url = engine.services[0].url
        self.http = httpx.AsyncClient(
            base_url=self.url, headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False, timeout=20
        )
        self.chargers: list[Charger] = []

    async def charger(self, identity: str, version: str = "1.6", *, boot: bool = True, **options: Any) -> Charger:
        """A charger that is connected, and booted unless told otherwise."""
        url = f"ws://127.0.0.1:{self.engine.port}/{identity}"
        joined = Charger(await connect(url, subprotocols=[f"ocpp{version}"], **options))
        self.chargers.append(joined)
        if boot:
            await joined.boot()
        return joined

    async def asked(self, method: str, path: str, status: int = 200, **options: Any) -> Any:
        """What the API answers, which has to have this status: the JSON, or None."""
        answer = await self.http.request(method, path, **options)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    async def refused(self, method: str, path: str, status: int, **options: Any) -> str:
        """The sentence of an error, which has to be a problem document."""
        answer = await self.http.request(method, path, **options)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["status"] == status
        return problem["detail"]

    async def close(self) -> None:
        """End everything."""
        await self.http.aclose()
        for each in self.chargers:
            await each.leave()
        await self.engine.stop()


@pytest.fixture
async def house() -> AsyncIterator[Callable[..., Awaitable[House]]]:
    """Start consoles with settings of the test's choice; they are stopped afterwards."""
    running: list[House] = []

    async def begin(**wishes: Any) -> House:
        settings = Settings(**{**ORDINARY, **wishes})
        engine = console(settings, load=lambda: settings)
        await engine.start()
        running.append(House(engine))
        return running[-1]

    yield begin
    await asyncio.gather(*(each.close() for each in running))


@pytest.fixture
async def api(house: Callable[..., Awaitable[House]]) -> House:
    """A console with ordinary settings."""
    return await house()
