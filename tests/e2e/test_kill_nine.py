"""Replied means logged: whatever moment the console is killed at, no answered CALL is missing from its file."""

import asyncio
import json
import random
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

from console_process import free_port, headless
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

Until = Callable[..., Awaitable[object]]
ROUNDS = 30
STATIONS = 10


async def talk(port: int, name: str, answered: set[str]) -> None:
    """One station that sends as fast as it gets answers, until the line breaks; notes every id that was answered."""
    try:
        async with connect(f"ws://127.0.0.1:{port}/{name}", subprotocols=["ocpp1.6"]) as line:  # type: ignore[list-item]
            for number in range(100_000):
                message_id = f"{name}-{number}"
                payload = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}
                await line.send(json.dumps([2, message_id, "StatusNotification", payload]))
                reply = json.loads(await line.recv())
                assert reply[:2] == [3, message_id]
                answered.add(message_id)
    except (ConnectionClosed, OSError):
        return


def logged_ids(database: Path) -> set[str]:
    """The message ids of all CALLs in the file."""
    with sqlite3.connect(database) as connection:
        assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
        frames = connection.execute("SELECT frame FROM facts WHERE CAST(frame AS TEXT) LIKE '[2,%'")
        return {json.loads(frame)[1] for (frame,) in frames}


async def one_round(database: Path, number: int, chance: random.Random, until: Until) -> set[str]:
    """Start, load, kill; returns the ids that stations saw answered."""
    port, answered = free_port(), set[str]()
    with headless(port, database) as console:
        talkers = [asyncio.create_task(talk(port, f"r{number}-s{station}", answered)) for station in range(STATIONS)]
        enough = chance.randint(20, 400)
        await until(lambda: len(answered) >= enough)
        console.kill()
        await asyncio.gather(*talkers)
    return answered


async def test_thirty_kills_under_load_lose_no_answered_call(tmp_path: Path, until: Until) -> None:
    database, answered, chance = tmp_path / "killed.db", set[str](), random.Random(9)
    for number in range(ROUNDS):
        answered |= await one_round(database, number, chance, until)
    assert len(answered) > ROUNDS * 20
    assert answered <= logged_ids(database)
