"""A whole engine with an attendant that looks often."""

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from ocpp_console.duties.attendant import Attendant
from ocpp_console.engine import Engine
from ocpp_console.settings import Settings

OWN = Settings(host=("127.0.0.1",), port=0, db=":memory:", grace=0.0, cost_interval=0.05)


@asynccontextmanager
async def attended(**wishes: Any) -> AsyncIterator[Engine]:
    """An engine whose duties are looked at every twentieth of a second; `wishes` are settings."""
    engine = Engine(dataclasses.replace(OWN, **wishes))
    engine.services.append(Attendant(engine, engine.report, tick=0.05))
    await engine.start()
    try:
        yield engine
    finally:
        await engine.stop()
