# ruff: noqa: ASYNC240
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from store.desk import Opened, close

from ocpp_console.store.database import Database
from ocpp_console.store.migration import APPLICATION_ID, FORMAT
from ocpp_console.store.problems import StoreProblem

Clock = Callable[[], int]


async def filled(opened: Opened, rows: int = 3_000) -> None:
    desk = await opened()
    for _ in range(rows):
        desk.exchange()
    await desk.log.flush()
    await close(desk)


async def refused(path: Path, clock: Clock) -> StoreProblem:
    with pytest.raises(StoreProblem) as caught:
        await Database.open(path, at=clock())
    assert caught.value.exit == 3
    assert "\n" not in caught.value.text
    return caught.value


async def test_a_new_file_is_ours_alone(opened: Opened, path: Path) -> None:
    nested = path.parent / "a" / "b" / "console.db"
    desk = await opened(nested)
    desk.exchange()
    await desk.log.flush()
    assert stat.S_IMODE(nested.parent.stat().st_mode) == 0o700
    for tail in ("", "-wal", "-shm", ".lock"):
        assert stat.S_IMODE(nested.with_name(nested.name + tail).stat().st_mode) == 0o600, tail
    connection = sqlite3.connect(nested)
    assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    assert connection.execute("PRAGMA user_version").fetchone() == (FORMAT,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
    assert desk.log.database.notes == []


@pytest.mark.parametrize(("durability", "level"), [("normal", 1), ("full", 2)])
async def test_durability_is_what_was_asked(opened: Opened, durability: str, level: int) -> None:
    database = (await opened(durability=durability)).log.database
    assert [tuple(row) for row in await database.writer.execute_fetchall("PRAGMA synchronous")] == [(level,)]


async def test_the_reader_cannot_write(opened: Opened) -> None:
    database = (await opened()).log.database
    with pytest.raises(StoreProblem, match="read-only"):
        await database.rows("DELETE FROM facts")


async def test_a_second_instance_is_told_who_has_it(path: Path, clock: Clock) -> None:
    database = await Database.open(path, at=clock(), port=9017)
    problem = await refused(path, clock)
    assert "in use by another ocpp-console" in problem.text
    assert f"process {os.getpid()}, port 9017" in problem.text
    await database.close()
    await (await Database.open(path, at=clock())).close()


async def test_the_lock_dies_with_its_process(path: Path, clock: Clock) -> None:
    script = (
        "import asyncio, os, sys\nfrom ocpp_console.store.database import Database\n"
        "asyncio.run(Database.open(sys.argv[1], at=1)) and None\nos._exit(9)"
    )
    died = subprocess.run([sys.executable, "-c", script, str(path)], timeout=30)  # noqa: ASYNC221
    assert died.returncode == 9
    database = await Database.open(path, at=clock())
    assert database.notes == []
    await database.close()


async def test_a_newer_format_is_refused_and_left_alone(opened: Opened, path: Path, clock: Clock) -> None:
    await filled(opened, 1)
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA user_version = 77")
    other.close()
    before = path.read_bytes()
    problem = await refused(path, clock)
    assert "newer ocpp-console (format 77" in problem.text
    assert path.read_bytes() == before


async def test_another_programs_database_is_refused_and_left_alone(path: Path, clock: Clock) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE places (x)")
    other.close()
    before = path.read_bytes()
    assert "database of another program" in (await refused(path, clock)).text
    assert path.read_bytes() == before


async def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path, clock: Clock) -> None:
    path.write_bytes(b"%PDF-1.7 precious")
    assert "is not a database" in (await refused(path, clock)).text
    assert path.read_bytes() == b"%PDF-1.7 precious"


def break_header(raw: bytes) -> bytes:
    return b"\0" * 100 + raw[100:]


def break_pages(raw: bytes) -> bytes:
    return raw[:8192] + b"\xaa" * (len(raw) - 8192)


def cut_off(raw: bytes) -> bytes:
    return raw[: len(raw) // 2]


@pytest.mark.parametrize("damage", [break_header, break_pages, cut_off])
async def test_a_damaged_file_is_kept_aside(
    opened: Opened, path: Path, damage: Callable[[bytes], bytes], clock: Clock
) -> None:
    await filled(opened)
    broken = damage(path.read_bytes())
    path.write_bytes(broken)
    desk = await opened()
    [note] = desk.log.database.notes
    kept = path.with_name("console.db.corrupt-20261120T140321Z")
    assert kept.read_bytes() == broken
    assert f"It is kept as {kept}; a new database was begun." in note
    call = desk.exchange()
    await desk.log.flush()
    assert (await desk.log.page())[0] == call


async def test_a_second_damaged_file_does_not_replace_the_first(opened: Opened, path: Path) -> None:
    for _ in range(2):
        await filled(opened, 100)
        path.write_bytes(break_header(path.read_bytes()))
    desk = await opened()
    assert len(list(path.parent.glob("*.corrupt-*"))) == 2
    assert desk.log.database.notes


async def test_an_emptied_file_is_said(opened: Opened, path: Path) -> None:
    await filled(opened, 100)
    path.write_bytes(b"")
    assert "was empty; a new one was begun" in (await opened()).log.database.notes[0]


async def test_a_deleted_file_simply_begins_anew(opened: Opened, path: Path) -> None:
    await filled(opened, 100)
    path.unlink()
    assert await (await opened()).log.last_seq() == 0


async def test_a_file_locked_by_another_program_is_said(
    opened: Opened, path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(opened, 1)
    monkeypatch.setattr("ocpp_console.store.condition._WAIT_SECONDS", 0.05)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    assert "locked by another program" in (await refused(path, clock)).text
    other.close()
    await (await Database.open(path, at=clock())).close()


async def test_a_folder_in_the_way_is_said(path: Path, clock: Clock) -> None:
    path.mkdir()
    assert "cannot be read" in (await refused(path, clock)).text


async def test_a_file_for_a_folder_is_said(path: Path, clock: Clock) -> None:
    path.write_bytes(b"x")
    assert "cannot be made" in (await refused(path / "deeper" / "console.db", clock)).text


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
async def test_a_folder_without_permission_is_said(path: Path, clock: Clock) -> None:
    path.parent.chmod(0o500)
    try:
        assert "cannot be written" in (await refused(path, clock)).text
    finally:
        path.parent.chmod(0o700)


async def test_a_half_made_database_is_finished(path: Path, clock: Clock) -> None:
    sqlite3.connect(path).execute("PRAGMA journal_mode = WAL").close()
    database = await Database.open(path, at=clock())
    assert await database.rows("SELECT count(*) FROM facts") == [(0,)]
    await database.close()


@pytest.mark.parametrize("starts", [1, 2])
async def test_a_file_that_is_no_database_is_never_moved_and_gets_no_companion(
    path: Path, clock: Clock, starts: int
) -> None:
    path.write_bytes(b"precious notes\n" * 1000)
    for _ in range(starts):
        assert "is not a database" in (await refused(path, clock)).text
    assert path.read_bytes() == b"precious notes\n" * 1000
    assert [each.name for each in path.parent.iterdir()] == [path.name]


async def test_another_file_in_the_place_of_ours_is_never_moved(opened: Opened, path: Path, clock: Clock) -> None:
    await filled(opened, 100)
    notes = path.with_name("notes.txt")
    notes.write_bytes(b"precious notes\n" * 1000)
    notes.replace(path)
    assert "is not a database" in (await refused(path, clock)).text
    assert path.read_bytes() == b"precious notes\n" * 1000


async def test_a_start_that_was_refused_does_not_hide_that_the_last_one_was_killed(
    opened: Opened, path: Path, clock: Clock
) -> None:
    desk = await opened()
    await desk.log.close()
    await desk.log.database.close(complete=False)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    assert "locked by another program" in (await refused(path, clock)).text
    other.close()
    assert not (await opened()).log.database.ended_well
