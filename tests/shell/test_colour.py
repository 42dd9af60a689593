"""Colour in the shell: the verdict colours of the screen, only where a terminal wants them, and never the only sign."""

import asyncio
import io
import os
import pty
import re
import subprocess
import sys

import pytest

from ocpp_console.glyphs import GOOD, WRONG
from ocpp_console.shell import printing
from ocpp_console.shell.colour import Paint, Toned, wanted
from ocpp_console.shell.log import line


class Terminal(io.StringIO):
    """What says it is one."""

    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("choice", "stream", "environ", "colours"),
    [
        ("auto", Terminal(), {}, True),
        ("auto", io.StringIO(), {}, False),
        ("auto", Terminal(), {"NO_COLOR": "1"}, False),
        ("auto", Terminal(), {"NO_COLOR": ""}, True),
        ("auto", Terminal(), {"TERM": "dumb"}, False),
        ("always", io.StringIO(), {"NO_COLOR": "1"}, True),
        ("never", Terminal(), {}, False),
    ],
)
def test_colours_are_for_terminals_that_want_them(choice, stream, environ, colours):
    assert wanted(choice, stream, environ) is colours


def plain(text):
    """The text without what colours it."""
    return re.sub(r"\x1b\[\d*m", "", text)


def test_a_coloured_table_says_and_aligns_the_same():
    rows = [("CP1", Toned("online", GOOD), "x"), ("a long name", Toned("offline for long", WRONG), "")]
    bare, coloured = (printing.table(("station", "state", "more"), rows, 30, Paint(on)) for on in (False, True))
    assert "\x1b" not in bare
    assert "\x1b[32monline\x1b[0m" in coloured
    assert "\x1b[31m" in coloured
    assert [each.rstrip() for each in plain(coloured).splitlines()] == bare.splitlines()


def test_a_line_of_the_log_is_cut_before_it_is_coloured():
    row = {
        "at": "2026-11-20T14:03:21.000Z",
        "station": "CP1",
        "origin": "console",
        "action": "Reset",
        "verdict": "Rejected",
        "state": "result",
        "latency_ms": 1.0,
        "findings": [],
        "summary": "Soft",
        "note": "",
    }
    assert "\x1b[31m(Rejected, 1.0 ms)\x1b[0m" in line(row, paint=Paint(True))
    for columns in range(90):
        assert plain(line(row, columns, Paint(True))).rstrip() == line(row)[:columns].rstrip()
        assert len(line(row, columns)) <= columns


async def test_the_table_of_stations_is_coloured_when_asked(shell):
    await shell.charger("CP1")
    assert "\x1b" not in (await shell.run("stations")).out
    assert "\x1b[32monline\x1b[0m" in (await shell.run("stations", "--color", "always")).out
    assert (await shell.run("stations", "--color", "pink")).code == 2


async def test_a_real_terminal_gets_colours_and_no_color_takes_them(shell):
    await shell.charger("CP1")
    for more, colours in (({}, True), ({"NO_COLOR": "1"}, False)):
        out = await asyncio.to_thread(shown_on_a_terminal, more)
        assert "CP1" in out
        assert ("\x1b[32monline" in out) is colours


def shown_on_a_terminal(more):
    """What `stations` writes to a pty."""
    ours, theirs = pty.openpty()
    environ = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    command = [sys.executable, "-m", "ocpp_console", "stations"]
    subprocess.run(command, stdout=theirs, env=environ | {"TERM": "xterm"} | more, timeout=30, check=True)
    os.close(theirs)
    with os.fdopen(ours, "rb") as reading:
        return reading.read1(65_536).decode()


def test_what_an_event_is_called_is_not_said_twice():
    row = {"at": "", "station": "CP1", "origin": "event", "action": "connected", "verdict": "", "state": "event"}
    row |= {"latency_ms": None, "findings": [], "summary": "", "note": "connected from 127.0.0.1:5 as OCPP 1.6, /CP1"}
    assert line(row).endswith("· connected from 127.0.0.1:5 as OCPP 1.6, /CP1")
