"""Without a screen: lines on stdout, notices on stderr, an end by signal, by a broken pipe, or by time in the demo."""

import asyncio
import io
import os
import signal
from collections import deque

import pytest

from ocpp_console import headless
from ocpp_console.bus import Bus
from ocpp_console.engine import Notice
from ocpp_console.events import FrameReceived, ListenerStarted, NoteWritten
from ocpp_console.headless import Headless
from ocpp_console.protocol.findings import Severity
from ocpp_console.settings import Settings


class Console:
    """A bus with some facts on it, and whether it was closed."""

    def __init__(self, *facts, **settings):
        self.settings = Settings(**settings)
        self.bus = Bus(lambda fact: None)
        self.problems = deque()
        self.facts = facts
        self.stopped = False

    async def start(self):
        for fact in self.facts:
            self.bus.publish(fact)

    async def stop(self):
        self.bus.publish(NoteWritten(99, 0, "", "end", "closed in order"))
        self.stopped = True


STARTED = ListenerStarted(1, 0, "127.0.0.1", 9000, "", False)
HEARTBEAT = FrameReceived(2, 0, "CP001", 1, b'[2,"1","Heartbeat",{}]')


async def run(console, out=None, **more):
    """One run; its exit code."""
    return await Headless(console, out or io.StringIO(), environ={}, **more).run()


@pytest.fixture(autouse=True)
def _short_demo(monkeypatch):
    monkeypatch.setattr(headless, "DEMO_SECONDS", 0.02)


async def test_the_demo_ends_by_itself_and_every_fact_is_a_line():
    out, console = io.StringIO(), Console(STARTED, HEARTBEAT, demo=True)
    assert await run(console, out) == 0
    lines = out.getvalue().splitlines()
    assert len(lines) == 3
    assert "listening on 127.0.0.1 port 9000" in lines[0]
    assert "Heartbeat" in lines[1]
    assert "closed in order" in lines[2]
    assert console.stopped


async def test_when_no_charger_came_in_time_it_ends_with_4_and_says_so(capsys):
    assert await run(Console(STARTED, demo=True)) == 4
    assert "No station was heard" in capsys.readouterr().err
    assert await run(Console(STARTED, give_up=0.01)) == 4


async def test_a_charger_that_came_in_time_lets_it_run_on(until):
    console, out = Console(STARTED, HEARTBEAT, give_up=0.01), io.StringIO()
    running = asyncio.create_task(run(console, out))
    await until(lambda: "Heartbeat" in out.getvalue())
    done, _ = await asyncio.wait({running}, timeout=0.1)
    assert not done
    os.kill(os.getpid(), signal.SIGTERM)
    assert await running == 143


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_a_signal_ends_in_order_with_128_and_its_number(number, until):
    out, console = io.StringIO(), Console(STARTED)
    running = asyncio.create_task(run(console, out))
    await until(out.getvalue)
    os.kill(os.getpid(), number)
    assert await running == 128 + number
    assert console.stopped
    assert "closed in order" in out.getvalue()


async def test_sighup_reads_the_files_again_as_often_as_it_comes(until, capsys):
    out, times = io.StringIO(), []

    async def reload():
        times.append(1)
        return [f"read for the {len(times)}th time"]

    running = asyncio.create_task(run(Console(STARTED), out, reload=reload))
    await until(out.getvalue)
    for number in (1, 2):
        os.kill(os.getpid(), signal.SIGHUP)
        await until(lambda number=number: len(times) == number)
    os.kill(os.getpid(), signal.SIGTERM)
    assert await running == 143
    assert capsys.readouterr().err.splitlines() == [f"ocpp-console: read for the {number}th time" for number in (1, 2)]


async def test_troubles_of_the_console_are_told_once_on_stderr(until, capsys):
    console, out, said = Console(STARTED), io.StringIO(), []
    running = asyncio.create_task(run(console, out))
    await until(out.getvalue)
    console.problems.append(Notice(0, Severity.CRITICAL, "the disk is \x1b[2Jfull"))
    await until(lambda: said.append(capsys.readouterr().err) or "disk" in "".join(said))
    os.kill(os.getpid(), signal.SIGTERM)
    await running
    assert "".join(said) + capsys.readouterr().err == "ocpp-console: the disk is ␛[2Jfull\n"
    assert "disk" not in out.getvalue()


async def test_quiet_tells_of_the_console_and_nothing_of_the_chargers(capsys):
    out = io.StringIO()
    note = NoteWritten(3, 0, "CP001", "n", "of a charger")
    assert await run(Console(STARTED, HEARTBEAT, note, demo=True, quiet=True), out) == 0
    assert out.getvalue() == ""
    err = capsys.readouterr().err.splitlines()
    assert err == ["ocpp-console: listening on 127.0.0.1 port 9000", "ocpp-console: note: closed in order"]


class BrokenPipe(io.StringIO):
    """A reader that went away."""

    def write(self, text):
        raise BrokenPipeError(32, "Broken pipe")


async def test_when_the_reader_goes_away_the_console_ends_in_order():
    console = Console(STARTED)
    assert await run(console, BrokenPipe()) == 141
    assert console.stopped


async def test_lines_that_nobody_reads_in_time_are_counted(capsys):
    facts = [HEARTBEAT, *(NoteWritten(number, 0, "", "n", "x") for number in range(10_049))]
    await run(Console(*facts, demo=True))
    assert "50 lines left out" in capsys.readouterr().err


class PortTaken(Console):
    """A console that cannot start."""

    async def start(self):
        raise OSError("in use")


async def test_what_cannot_start_is_closed_all_the_same():
    console = PortTaken()
    with pytest.raises(OSError, match="in use"):
        await run(console)
    assert console.stopped
