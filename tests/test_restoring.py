"""A start that has much to read back: its progress is told, chargers are told to come again, and it can be ended."""

import asyncio
import os
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from console_process import Screen, command, free_port, run
from traffic import heartbeat

from ocpp_console import headless, restoring
from ocpp_console.csms.sockets import PortInUse
from ocpp_console.engine import Engine
from ocpp_console.events import Fact, FrameReceived
from ocpp_console.headless import Headless
from ocpp_console.model.fleet import Fleet
from ocpp_console.restoring import LONG, Restoring
from ocpp_console.settings import Settings

FACTS = 3_000
Until = Callable[..., Any]


def settings(path: Path) -> Settings:
    """A console on loopback with its database there."""
    return Settings(host=("127.0.0.1",), port=free_port(), db=str(path))


@pytest.fixture(scope="module")
def unsaved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with facts of nine stations and no snapshot of them."""
    path = tmp_path_factory.mktemp("unsaved") / "console.db"

    async def fill() -> None:
        engine = Engine(settings(path))
        await engine.start()
        for number in range(FACTS):
            raw = heartbeat(id=str(number))
            station = f"CP{number % 9}"
            engine.bus.publish(FrameReceived(engine.bus.number(), 1_700_000_000_000_000, station, 1, raw, False))
        await engine.stop()

    asyncio.run(fill())
    with sqlite3.connect(path) as database:
        database.execute("DELETE FROM documents")
        database.execute("DELETE FROM counters")
    return path


@pytest.fixture
def copied(unsaved: Path, tmp_path: Path) -> Path:
    """One of its own for each test."""
    path = tmp_path / "console.db"
    with sqlite3.connect(unsaved) as source, sqlite3.connect(path) as copy:
        source.backup(copy)
    return path


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few thousand facts are much, and every one is followed by a look around."""
    monkeypatch.setattr(restoring, "LONG", 100)
    monkeypatch.setattr(restoring, "_SLICE_SECONDS", 0)


async def test_who_knocks_meanwhile_is_told_to_come_again(tmp_path: Path, until: Until) -> None:
    given, go_on = settings(tmp_path / "none.db"), asyncio.Event()

    async def facts() -> AsyncIterator[Fact]:
        yield FrameReceived(1, 0, "CP1", 1, heartbeat(), False)
        await go_on.wait()

    reading = Restoring(given)
    assert reading.standing == ""
    folding = asyncio.create_task(reading.fold(Fleet(), facts(), LONG))
    await until(lambda: reading.done)
    assert reading.standing == "Reading stations and sessions back from the log: 0% of 20,000 facts."
    _, idle = await asyncio.open_connection("127.0.0.1", given.port)
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{given.port}/CP1")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    go_on.set()
    await folding
    idle.close()
    assert (reading.standing, reading.unfinished) == ("", False)
    assert "told 1 times to come again" in reading.note
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", given.port)


async def test_a_port_that_is_taken_is_told_before_everything_is_read(copied: Path, slow: None) -> None:
    given = settings(copied)
    taken = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", given.port)
    engine = Engine(given)
    with pytest.raises(PortInUse):
        await engine.start()
    assert engine.restoring.done == 0
    await engine.stop()
    taken.close()


async def test_a_start_that_is_ended_saves_nothing_and_the_next_one_knows_everything(
    copied: Path, slow: None, until: Until
) -> None:
    engine = Engine(settings(copied))
    starting = asyncio.create_task(engine.start())
    await until(lambda: engine.restoring.done > 20)
    await engine.stop()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert engine.restoring.done < FACTS

    engine = Engine(settings(copied))
    await engine.start()
    assert sum(station.messages for station in engine.fleet.stations.values()) == FACTS
    assert engine.restoring.done >= FACTS
    await engine.stop()

    engine = Engine(settings(copied))
    await engine.start()
    assert engine.restoring.done == 0
    await engine.stop()


async def test_without_a_screen_lines_tell_of_it(
    copied: Path, slow: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(headless, "_START_SECONDS", 0.02)
    with (tmp_path / "lines").open("w") as out:
        engine = Engine(replace(settings(copied), give_up=0.01))
        assert await Headless(engine, out).run() == headless.LATE
    told = capsys.readouterr().err
    assert "Reading stations and sessions back from the log: " in told
    assert "Chargers are told to come again meanwhile." in told


def grown(path: Path) -> list[str]:
    """The words that start a console on a database which takes it some seconds to read."""
    with sqlite3.connect(path) as database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(facts)") if row[1] != "id"]
        for _ in range(4):
            chosen = ", ".join(columns)
            database.execute(
                f"INSERT INTO facts (id, {chosen}) SELECT id + (SELECT max(id) FROM facts), {chosen} FROM facts"
            )
    return command(free_port(), "--db", str(path))


ENDINGS = {"q": (None, 0), "hangup": (signal.SIGHUP, 129), "term": (signal.SIGTERM, 143)}


@pytest.mark.parametrize("way", ENDINGS)
def test_on_the_screen_it_is_shown_and_ends_when_it_is_to_end(copied: Path, way: str) -> None:
    by, code = ENDINGS[way]
    with Screen(grown(copied)) as screen:
        screen.sees("Reading stations and sessions back", "q quits at once")
        if by is None:
            screen.press(b"q")
        else:
            os.kill(screen.pid, by)
        assert screen.wait() == code
    assert b"Waiting for a charger" not in screen.written


def test_a_port_that_is_taken_is_a_sentence_at_once(copied: Path) -> None:
    words = grown(copied)
    with Screen(words) as screen:
        screen.sees("Reading stations and sessions back")
        code, _, told = run(int(words[words.index("--port") + 1]), "--headless", "--db", f"{copied}.other")
        assert (code, "is in use" in told) == (3, True)
