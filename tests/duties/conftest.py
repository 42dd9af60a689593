"""Stations made of the `ocpp` package."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from websockets.asyncio.client import connect

from ocpp_console.engine import Engine

Join = Callable[..., Awaitable[Any]]


@pytest.fixture
async def join() -> AsyncIterator[Join]:
    """Connects a station of a class of the `ocpp` package's kind to an engine."""
    lives: list[asyncio.Task[None]] = []

    async def joined(engine: Engine, kind: type, identity: str, version: str) -> Any:
        socket = await connect(f"ws://127.0.0.1:{engine.port}/{identity}", subprotocols=[f"ocpp{version}"])  # type: ignore[list-item]
        station = kind(identity, socket)
        lives.append(asyncio.create_task(station.start()))
        return station

    yield joined
    for life in lives:
        life.cancel()
    await asyncio.gather(*lives, return_exceptions=True)
