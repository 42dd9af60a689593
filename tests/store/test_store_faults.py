"""The disk and other programs at their worst, on real files."""
# ruff: noqa: ASYNC240

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from store.desk import CALL, REPLY, Desk, Opened, close

from ocpp_console.events import NoteWritten
from ocpp_console.store import database, event_log
from ocpp_console.store.documents import Documents
from ocpp_console.store.problems import StoreProblem

Until = Callable[..., object]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorter waits, so that a fault lasts a moment."""
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    monkeypatch.setattr(event_log, "DEADLINE_SECONDS", 0.1)
    monkeypatch.setattr(event_log, "CLOSE_SECONDS", 0.2)
    monkeypatch.setattr(event_log, "RETRY_SECONDS", (0.01,))
    monkeypatch.setattr(event_log, "WATCH_SECONDS", 0.0)


@pytest.fixture
def other(path: Path) -> Iterator[sqlite3.Connection]:
    """Another program's connection to the same file; it locks with `BEGIN IMMEDIATE`."""
    connection = sqlite3.connect(path, isolation_level=None)
    yield connection
    connection.close()


async def begun(opened: Opened) -> Desk:
    """A desk that has stored one exchange."""
    desk = await opened()
    desk.exchange()
    assert await desk.log.flush(5)
    return desk


async def raws(desk: Desk) -> list[bytes]:
    return [fact.raw async for fact in desk.log.after(0) if not isinstance(fact, NoteWritten)]


async def test_a_locked_database_delays_a_reply_until_the_deadline_only(
    opened: Opened, path: Path, until: Until, other: sqlite3.Connection
) -> None:
    desk = await begun(opened)
    other.execute("BEGIN IMMEDIATE")
    first = desk.exchange()
    desk.clock.step(0.25)  # type: ignore[attr-defined]
    await until(lambda: len(desk.sent) == 2)
    second = desk.exchange()
    assert len(desk.sent) == 3
    assert desk.log.late_commits == 2
    await until(lambda: "locked by another program" in desk.log.status)
    assert "2 facts wait in memory" in desk.log.status

    desk.clock.step(100)  # type: ignore[attr-defined]
    other.execute("ROLLBACK")
    assert await desk.log.flush(5)
    assert desk.log.status == ""
    assert desk.log.lost == {}
    after = other.execute("SELECT id, reply_after FROM facts WHERE id > 1").fetchall()
    assert after == [(first.seq, 250_000), (second.seq, 0)]
    desk.exchange()
    assert len(desk.sent) == 3
    await until(lambda: len(desk.sent) == 4)


async def test_a_late_reply_of_a_statement_under_way_is_put_right(
    opened: Opened, until: Until, other: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 30.0)
    desk = await begun(opened)
    other.execute("BEGIN IMMEDIATE")
    call = desk.exchange()
    await until(lambda: desk.log.waiting and not desk.log._gathering.rows)
    desk.clock.step(3)  # type: ignore[attr-defined]
    await until(lambda: len(desk.sent) == 2)
    other.execute("ROLLBACK")
    assert await desk.log.flush(30)
    await until(
        lambda: other.execute("SELECT reply_after FROM facts WHERE id = ?", (call.seq,)).fetchall() == [(3_000_000,)]
    )


async def test_what_finds_no_room_is_counted_and_noted_in_the_log(
    opened: Opened, until: Until, other: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_log, "MOST_WAITING_ROWS", 1_000)
    desk = await begun(opened)
    other.execute("BEGIN IMMEDIATE")
    desk.exchange()
    await until(lambda: "locked" in desk.log.status and len(desk.sent) == 2)
    for _ in range(2_500):
        desk.exchange()
    lost = desk.log.lost["locked"]
    assert lost > 1_000
    assert f"{lost} facts were lost (locked)" in desk.log.status
    assert len(desk.sent) == 2_502
    other.execute("ROLLBACK")
    assert await desk.log.flush(10)
    notes = [fact async for fact in desk.log.after(0) if isinstance(fact, NoteWritten)]
    assert [note.text for note in notes] == desk.log.notices
    assert f"{lost} facts from number" in notes[0].text
    # calls share a row with their reply; those that found no room are calls and their replies
    assert len(await raws(desk)) + lost == 2 * 2_502
    assert await Documents(desk.log.database).counter("lost.locked") == lost


async def test_a_full_disk_is_said_and_writing_resumes_by_itself(opened: Opened, until: Until) -> None:
    desk = await begun(opened)
    await desk.log.database.writer.execute("PRAGMA max_page_count = 1")
    big = b'[2,"1","DataTransfer",{"data":"' + b"x" * 50_000 + b'"}]'
    desk.exchange(big)
    await until(lambda: "disk is full" in desk.log.status)
    await until(lambda: len(desk.sent) == 2)
    with pytest.raises(StoreProblem, match="disk is full"):
        await Documents(desk.log.database).save_snapshot(1, {"CP": {"x": "y" * 50_000}}, {})
    assert (await raws(desk)) == [CALL, REPLY]
    await desk.log.database.writer.execute("PRAGMA max_page_count = 1000000")
    assert await desk.log.flush(5)
    assert desk.log.status == ""
    assert (await raws(desk)) == [CALL, REPLY, big, REPLY]


LIMITED = """
import asyncio, resource, sys, time
from ocpp_console.events import FrameReceived
from ocpp_console.store.database import Database
from ocpp_console.store.event_log import EventLog

async def main():
    clock = lambda: time.time_ns() // 1000
    database = await Database.open(sys.argv[1], at=clock())
    log = EventLog(database, clock)
    await log.start()
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, resource.RLIM_INFINITY))
    seq = 0
    while not log.status:
        for _ in range(100):
            seq += 1
            log.offer(FrameReceived(seq, clock(), "CP", 1, b"x" * 1000))
        await asyncio.sleep(0.01)
    print(log.status)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert await log.flush(20)
    await log.close()
    await database.close()
    print(seq, log.stored, log.lost.total())

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no RLIMIT_FSIZE")
def test_a_file_that_may_not_grow_is_said_and_nothing_is_lost(path: Path) -> None:
    ran = subprocess.run([sys.executable, "-c", LIMITED, str(path)], capture_output=True, text=True, timeout=60)
    assert ran.stderr == ""
    status, counts = ran.stdout.splitlines()
    assert "facts wait in memory" in status
    seq, stored, lost = map(int, counts.split())
    assert (stored, lost) == (seq, 0)
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT count(*), max(id) FROM facts").fetchone() == (seq, seq)
    connection.close()


async def test_a_deleted_file_is_written_anew_complete(opened: Opened, path: Path) -> None:
    desk = await begun(opened)
    for tail in ("", "-wal", "-shm"):
        path.with_name(path.name + tail).unlink()
    for _ in range(300):
        desk.exchange()
    assert await desk.log.flush(5)
    assert desk.log.notices == [f"The database {path} was deleted while in use; it was written anew, complete."]
    assert await desk.log.last_seq() > 0
    assert len(await raws(desk)) == 602
    await close(desk)
    assert len(await raws(await opened())) == 602


async def test_a_deleted_file_whose_log_is_left_is_written_anew_too(opened: Opened, path: Path) -> None:
    desk = await begun(opened)
    path.unlink()
    desk.exchange()
    assert await desk.log.flush(5)
    await close(desk)
    assert len(await raws(await opened())) == 4


async def test_a_replaced_file_is_left_alone_and_said_once(opened: Opened, path: Path) -> None:
    desk = await begun(opened)
    path.rename(path.with_name("moved.db"))
    path.write_bytes(b"something else")
    for _ in range(3):
        desk.exchange()
        assert await desk.log.flush(5)
    assert len(desk.log.notices) == 1
    assert "was replaced by another file" in desk.log.notices[0]
    assert path.read_bytes() == b"something else"
    assert len(desk.sent) == 4


async def test_the_end_of_the_program_does_not_wait_for_a_locked_file(
    opened: Opened, path: Path, other: sqlite3.Connection
) -> None:
    desk = await begun(opened)
    other.execute("BEGIN IMMEDIATE")
    for _ in range(50):
        desk.exchange()
    await desk.log.close()
    assert desk.log.lost == {"locked": 50}
    assert len(desk.sent) == 51
    assert "50 facts were lost (locked)" in desk.log.status
    other.execute("ROLLBACK")


async def test_a_page_that_cannot_be_read_is_a_sentence(opened: Opened, path: Path) -> None:
    desk = await begun(opened)
    for _ in range(8_000):
        desk.exchange()
    await close(desk)
    desk = await opened()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(8192 * 8)
        file.write(os.urandom(size - 8192 * 8))
    with pytest.raises(StoreProblem, match="damaged"):
        await raws(desk)
