"""Replied means stored: a writer is killed in the middle, again and again."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ocpp_console.store.database import Database

WRITER = """
import asyncio, os, sys, time
from ocpp_console.events import FrameReceived, FrameSent
from ocpp_console.store.database import Database
from ocpp_console.store.event_log import EventLog

async def main():
    clock = lambda: time.time_ns() // 1000
    database = await Database.open(sys.argv[1], at=clock())
    log = EventLog(database, clock)
    await log.start()
    seq = await log.last_seq()
    while True:
        for _ in range(20):
            seq += 1
            call = seq
            log.offer(FrameReceived(call, clock(), f"CP-{call % 7}", 1, b'[2,"%d","Heartbeat",{}]' % call))
            # the answer is "on the wire" once its number is in the pipe
            log.hold(call, b'[3,"%d",{}]' % call, lambda at, call=call: os.write(1, b"%d\\n" % call))
        await asyncio.sleep(0.001)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
@pytest.mark.parametrize("round_number", range(3))
async def test_every_answered_call_is_in_the_file_after_a_kill(
    path: Path, clock: Callable[[], int], round_number: int
) -> None:
    answered: list[int] = []
    for life in range(2):  # the second life continues the file of the first
        wanted = 400 + 700 * round_number + 150 * life
        with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE) as writer:  # noqa: ASYNC220
            assert writer.stdout is not None
            for _ in range(wanted):
                answered.append(int(writer.stdout.readline()))
            os.kill(writer.pid, signal.SIGKILL)
            answered += [int(line) for line in writer.stdout if line.endswith(b"\n")]
    database = await Database.open(path, at=clock())
    assert database.notes == []
    await database.close()
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    stored = {row[0] for row in connection.execute("SELECT id FROM facts WHERE reply IS NOT NULL")}
    connection.close()
    assert len(answered) >= 800
    assert [number for number in answered if number not in stored] == []
