"""The words for systemd, over a real socket of the kind that it opens."""

import asyncio
import io
import os
import signal
import socket

import pytest
from test_headless import STARTED, Console

from ocpp_console.headless import Headless
from ocpp_console.readiness import Readiness


@pytest.fixture
def manager(tmp_path):
    """A service manager's socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.setblocking(False)
        yield listening


def heard(manager):
    """Everything that was said so far."""
    said = []
    while True:
        try:
            said.append(manager.recv(4096).decode())
        except BlockingIOError:
            return said


async def test_it_says_when_it_is_ready_reloads_and_stops(manager, until):
    async def reload():
        return []

    environ = {"NOTIFY_SOCKET": manager.getsockname()}
    out, said = io.StringIO(), []
    running = asyncio.create_task(Headless(Console(STARTED), out, reload=reload, environ=environ).run())
    await until(lambda: said.extend(heard(manager)) or len(said) == 1)
    assert said[0].splitlines()[0] == "READY=1"
    os.kill(os.getpid(), signal.SIGHUP)
    await until(lambda: said.extend(heard(manager)) or len(said) == 3)
    assert said[1].splitlines()[0] == "RELOADING=1"
    assert int(said[1].splitlines()[1].removeprefix("MONOTONIC_USEC=")) > 0
    assert said[2].startswith("READY=1")
    os.kill(os.getpid(), signal.SIGTERM)
    await running
    assert heard(manager) == ["STOPPING=1"]


async def test_the_watchdog_hears_it_in_half_of_its_time(manager, until):
    watched = Readiness({"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": "20000"})
    alive, said = asyncio.create_task(watched.keep_alive()), []
    await until(lambda: said.extend(heard(manager)) or len(said) >= 3)
    assert set(said) == {"WATCHDOG=1"}
    alive.cancel()


async def test_without_a_manager_nothing_is_said_and_nobody_waits():
    for environ in ({}, {"NOTIFY_SOCKET": "nonsense"}, {"WATCHDOG_USEC": "1000"}):
        silent = Readiness(environ)
        silent.ready()
        silent.stopping()
        await silent.keep_alive()
        silent.close()


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        ({"WATCHDOG_USEC": "3000000"}, 3.0),
        ({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "7"}, 3.0),
        ({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "8"}, 0.0),
        ({"WATCHDOG_USEC": "soon"}, 0.0),
    ],
)
def test_only_the_process_that_is_meant_is_watched(environ, seconds):
    assert Readiness(environ, process=7).watch_seconds == seconds


def test_a_manager_that_went_away_is_no_trouble(tmp_path):
    Readiness({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready()


def test_an_abstract_socket_is_found():
    name = f"ocpp-console-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0" + name)
        Readiness({"NOTIFY_SOCKET": "@" + name}).stopping()
        assert listening.recv(100) == b"STOPPING=1"
