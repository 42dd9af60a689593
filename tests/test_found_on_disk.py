"""What was found out about messages is found again by filters over the database: all of it, and nothing else."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from rule_traces import TRACES
from tape import tape

from ocpp_console.engine import Engine
from ocpp_console.model.messages import Message, MessageFilter
from ocpp_console.settings import Settings
from ocpp_console.store import database, found_rows, history

Until = Callable[..., object]
Told = dict[int, tuple[tuple[object, ...], tuple[object, ...]]]


def settings_of(path: Path) -> Settings:
    return Settings(host=("127.0.0.1",), port=0, db=str(path))


def told(rows: list[Message]) -> Told:
    """The findings of the rows that have any."""
    return {row.seq: (row.call_findings, row.answer_findings) for row in rows if row.findings}


def play(engine: Engine) -> Told:
    """Everything that rules may find, each at a station of its own; gives what was found."""
    for number, code in enumerate(TRACES):
        t = tape(station=f"ST-{number}-{code}")
        TRACES[code][0](t)
        base = engine.bus.last_seq
        for fact in t.facts:
            known = fact._asdict()
            moved = {name: known[name] + base for name in ("seq", "connection", "answers") if known.get(name)}
            engine.bus.publish(fact._replace(**moved))
        engine.bus.last_seq = base + t.seq
    return told(list(engine.fleet.messages))


async def found(engine: Engine, text: str) -> list[Message]:
    """All rows in the database that a filter lets through."""
    words = MessageFilter.parse(text)
    assert isinstance(words, MessageFilter)
    rows: list[Message] = []
    before = None
    while True:
        page = await engine.log.search.page(words, before)
        rows[:0] = page.rows
        if page.ended:
            return rows
        before = page.reached


async def check(engine: Engine, live: Told) -> None:
    """The database says what was said when it happened, whichever way one asks."""
    assert told(await found(engine, "")) == live
    assert told(await found(engine, "~f")) == live
    codes = {finding.code for sides in live.values() for side in sides for finding in side}
    assert len(codes) > 50
    for code in sorted(codes):
        wanted = [seq for seq, sides in live.items() if any(code == each.code for side in sides for each in side)]
        assert [row.seq for row in await found(engine, f"~finding {code}")] == wanted, code


@pytest.mark.parametrize("recorded", [False, True])
async def test_filters_by_findings_are_complete_after_a_restart(tmp_path: Path, recorded: bool) -> None:
    engine = Engine(settings_of(tmp_path / "log.db"))
    engine._persistence.recording = recorded
    await engine.start()
    live = play(engine)
    await engine._persistence._log.flush()  # type: ignore[union-attr]
    await check(engine, live)  # nothing of it may be written yet
    await engine.stop()

    again = Engine(settings_of(tmp_path / "log.db"))
    await again.start()
    try:
        await check(again, live)
        assert told(list(again.fleet.messages)) == {
            seq: sides for seq, sides in live.items() if seq >= again.fleet.messages[0].seq
        }
    finally:
        await again.stop()


async def test_they_are_complete_after_a_kill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(found_rows, "PAUSE_SECONDS", 60.0)
    engine = Engine(settings_of(tmp_path / "log.db"))
    await engine.start()
    live = play(engine)
    await engine._persistence._log.flush()  # type: ignore[union-attr]
    for tail in ("", "-wal"):
        shutil.copy(tmp_path / f"log.db{tail}", tmp_path / f"killed.db{tail}")
    await engine.stop()

    again = Engine(settings_of(tmp_path / "killed.db"))
    await again.start()
    try:
        await check(again, live)
    finally:
        await again.stop()


async def test_a_start_that_folds_much_keeps_all_it_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(found_rows, "MOST_WAITING", 120)
    monkeypatch.setattr(found_rows, "ENOUGH", 10)
    monkeypatch.setattr(found_rows, "PAUSE_SECONDS", 60.0)
    monkeypatch.setattr(history, "CHUNK_ROWS", 50)
    path = tmp_path / "log.db"
    engine = Engine(settings_of(path))
    await engine.start()
    for _ in range(3):
        live = play(engine)
        kept = engine._persistence._log.found  # type: ignore[union-attr]
        await kept.relieve()
    assert len(live) > 120
    await engine.stop()
    other = sqlite3.connect(path)
    other.executescript("DELETE FROM found; DELETE FROM documents; UPDATE counters SET value = name = 'found.since'")
    other.close()

    again = Engine(settings_of(path))
    await again.start()
    try:
        assert again._persistence._log.found.lost == 0  # type: ignore[union-attr]
        assert len(await found(again, "~f")) >= len(live)
    finally:
        await again.stop()


async def test_rows_from_before_findings_were_kept_are_looked_at_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    engine = Engine(settings_of(path))
    await engine.start()
    live = play(engine)
    await engine.stop()
    other = sqlite3.connect(path)
    other.executescript("DROP TABLE found; DELETE FROM counters WHERE name = 'found.since'; PRAGMA user_version = 2")
    other.close()

    again = Engine(settings_of(path))
    await again.start()
    try:
        before = again.bus.last_seq
        young = {seq: sides for seq, sides in play(again).items() if seq > before}
        await again._persistence._log.flush()  # type: ignore[union-attr]
        schema = {seq for seq, sides in live.items() if any(each.code == "SCHEMA_TYPE" for each in sides[0])}
        rows = await found(again, "~finding SCHEMA_TYPE")
        assert schema < {row.seq for row in rows}
        assert told([row for row in await found(again, "~f") if row.seq > before]) == young
    finally:
        await again.stop()


async def test_what_a_locked_database_did_not_take_is_counted_and_looked_for_row_by_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(found_rows, "MOST_WAITING", 20)
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    path = tmp_path / "log.db"
    engine = Engine(settings_of(path))
    await engine.start()
    play(engine)
    kept = engine._persistence._log.found  # type: ignore[union-attr]
    assert kept.lost > 20
    assert "Findings of" in engine.store_status()
    since, last = kept.since, engine.bus.last_seq
    assert 1 < since <= last
    await engine.stop()

    again = Engine(settings_of(path))
    await again.start()
    try:
        assert again._persistence._log.found.since == since  # type: ignore[union-attr]
        assert {row.seq for row in await found(again, "~f") if row.seq < since}
    finally:
        await again.stop()
