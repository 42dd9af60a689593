"""Logs on real files, closed after each test whatever happens."""

import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from store.desk import Desk, Opened

from ocpp_console.store.database import Database
from ocpp_console.store.event_log import EventLog


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "console.db"


@pytest.fixture
async def opened(path: Path, clock: Callable[[], int]) -> AsyncIterator[Opened]:
    """`await opened()` gives a desk on the database of this test; on another path if asked."""
    desks: list[Desk] = []

    async def open_desk(at: Path | str = path, durability: str = "normal") -> Desk:
        database = await Database.open(at, at=clock(), durability=durability)
        log = EventLog(database, clock)
        await log.start()
        desk = Desk(log, clock)
        desk.seq = await log.last_seq()
        desks.append(desk)
        return desk

    yield open_desk
    for desk in desks:
        await desk.log.close()
        with contextlib.suppress(ValueError):  # closed by the test
            await desk.log.database.close()
