"""Without a screen: lines on stdout, an end by signal, by a broken pipe, or by time in the demo."""

import asyncio
import io
import os
import signal

import pytest

from ocpp_console import headless
from ocpp_console.bus import Bus
from ocpp_console.events import FrameReceived, ListenerStarted, NoteWritten


class Console:
    """A bus with some facts on it, and whether it was closed."""

    def __init__(self, *facts):
        self.bus = Bus(lambda fact: None)
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


async def test_the_demo_ends_by_itself_and_every_fact_is_a_line():
    out, console = io.StringIO(), Console(STARTED, HEARTBEAT)
    assert await headless.run(console, out, seconds=0.01) == 0
    lines = out.getvalue().splitlines()
    assert len(lines) == 3
    assert "listening on 127.0.0.1 port 9000" in lines[0]
    assert "Heartbeat" in lines[1]
    assert "closed in order" in lines[2]
    assert console.stopped


async def test_a_demo_in_which_nothing_was_heard_failed():
    assert await headless.run(Console(STARTED), io.StringIO(), seconds=0.01) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_a_signal_ends_in_order_with_128_and_its_number(number, until):
    out, console = io.StringIO(), Console(STARTED)
    running = asyncio.create_task(headless.run(console, out))
    await until(out.getvalue)
    os.kill(os.getpid(), number)
    assert await running == 128 + number
    assert console.stopped
    assert "closed in order" in out.getvalue()


class BrokenPipe(io.StringIO):
    """A reader that went away."""

    def write(self, text):
        raise BrokenPipeError(32, "Broken pipe")


async def test_when_the_reader_goes_away_the_console_ends_in_order():
    console = Console(STARTED)
    assert await headless.run(console, BrokenPipe()) == 141
    assert console.stopped


async def test_lines_that_nobody_reads_in_time_are_counted(capsys):
    facts = [NoteWritten(number, 0, "", "n", "x") for number in range(10_050)]
    out = io.StringIO()
    await headless.run(Console(*facts), out, seconds=0.01)
    assert "50 lines left out" in capsys.readouterr().err


class PortTaken(Console):
    """A console that cannot start."""

    async def start(self):
        raise OSError("in use")


async def test_what_cannot_start_is_closed_all_the_same():
    console = PortTaken()
    with pytest.raises(OSError, match="in use"):
        await headless.run(console, io.StringIO())
    assert console.stopped
