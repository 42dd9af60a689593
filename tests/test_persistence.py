"""What an engine on a file brings back at the next start, beside the facts."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from ocpp_console import persistence
from ocpp_console.app import ConsoleApp
from ocpp_console.engine import Engine
from ocpp_console.events import NoteWritten
from ocpp_console.model.id_tags import IdTag, Policy
from ocpp_console.services import console
from ocpp_console.settings import Settings, load
from ocpp_console.store import changes, database, event_log

Until = Callable[..., object]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A database of its own."""
    return Settings(host=("127.0.0.1",), port=0, db=str(tmp_path / "console.db"))


async def test_the_last_use_of_tags_and_the_unknown_ones_survive(settings: Settings) -> None:
    engine = Engine(settings)
    await engine.start()
    tags = engine.fleet.id_tags
    engine.put_tag(IdTag("04A2", note="van"))
    tags.presented("04a2", "", 5, "AC-04", "Accepted")
    tags.presented("0BAD", "ISO14443", 6, "AC-07", "Accepted")
    tags.presented("0BEE", "", 7, "AC-07", "Accepted")
    await engine.stop()

    engine = Engine(settings)
    await engine.start()
    tags = engine.fleet.id_tags
    try:
        known = tags.get("04A2")
        assert known is not None
        assert (known.last_used, known.last_station, known.note) == (5, "AC-04", "van")
        assert [(tag.token, tag.type, tag.at, tag.station) for tag in tags.unknown] == [
            ("0BAD", "ISO14443", 6, "AC-07"),
            ("0BEE", "", 7, "AC-07"),
        ]
        accepted = engine.accept_unknown()
        assert accepted is not None
        assert (accepted.token, accepted.last_used, accepted.last_station) == ("0BEE", 7, "AC-07")
    finally:
        await engine.stop()

    engine = Engine(settings)
    await engine.start()
    assert [tag.token for tag in engine.fleet.id_tags.unknown] == ["0BAD"]
    await engine.stop()


async def test_a_policy_given_for_one_run_is_not_kept(settings: Settings) -> None:
    engine = Engine(replace(settings, policy="known"))
    await engine.start()
    engine.fleet.id_tags.presented("0BAD", "", 6, "AC-07", "Invalid")
    await engine.stop()

    engine = Engine(settings)
    await engine.start()
    assert engine.fleet.id_tags.policy is Policy.ACCEPT_ALL
    engine.set_policy(Policy.KNOWN_ONLY)
    await engine.stop()

    engine = Engine(settings)
    await engine.start()
    assert engine.fleet.id_tags.policy is Policy.KNOWN_ONLY
    await engine.stop()


async def test_a_policy_given_at_the_start_wins_over_the_one_chosen_on_the_screen(settings: Settings) -> None:
    engine = Engine(settings)
    await engine.start()
    engine.set_policy(Policy.KNOWN_ONLY)
    await engine.stop()

    given, _ = load({"policy": "any", "db": settings.db, "port": "0"}, {}, Path("none.toml"))
    engine = Engine(given)
    await engine.start()
    assert engine.fleet.id_tags.policy is Policy.ACCEPT_ALL
    await engine.stop()

    engine = Engine(settings)
    await engine.start()
    assert engine.fleet.id_tags.policy is Policy.KNOWN_ONLY
    await engine.stop()


async def test_duties_chosen_while_it_ran_are_chosen_still_unless_a_setting_is_given(settings: Settings) -> None:
    engine = Engine(settings)
    await engine.start()
    for name, word in (("tariff", "1 EUR/kWh"), ("list_sync", "on"), ("charging_needs", "Processing")):
        engine.duties.set(name, word)
    await engine.stop()

    engine = Engine(settings)
    notes: list[str] = []
    engine.bus.attach(lambda fact: notes.append(fact.text) if getattr(fact, "code", "") == "duties" else None)
    await engine.start()
    told = {name: engine.duties.shown(name) for name in ("tariff", "list_sync", "charging_needs", "needs_profile")}
    assert told == {"tariff": "1/kWh EUR", "list_sync": "on", "charging_needs": "Processing", "needs_profile": "off"}
    assert [note.partition(":")[0] for note in notes] == ["Local list in step is on, as last chosen"]
    await engine.stop()

    engine = console(replace(settings, tariff="2/kWh"), ["list_sync"])  # --no-list-sync says the default aloud
    await engine.start()
    assert (engine.duties.tariff, engine.duties.list_sync) == ("2/kWh", False)
    assert engine.duties.charging_needs == "Processing"
    await engine.stop()

    engine = Engine(settings)
    await engine.start()
    assert engine.duties.tariff == "1/kWh EUR"
    engine.duties.set("tariff", "off")
    await engine.stop()

    engine = Engine(settings)
    await engine.start()
    assert engine.duties.tariff == ""
    await engine.stop()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorter waits, so that a locked file lasts a moment."""
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    monkeypatch.setattr(event_log, "CLOSE_SECONDS", 0.2)
    monkeypatch.setattr(event_log, "RETRY_SECONDS", (0.01,))
    monkeypatch.setattr(changes, "PAUSE_SECONDS", (0.01,))


@contextmanager
def locked(settings: Settings) -> Iterator[None]:
    """Another program has the file to itself."""
    other = sqlite3.connect(settings.db, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


@pytest.mark.usefixtures("impatient")
async def test_what_is_changed_while_the_database_is_locked_is_saved_in_order_afterwards(
    settings: Settings, until: Until
) -> None:
    engine = Engine(settings)
    await engine.start()
    engine.put_tag(IdTag("OLD"))
    with locked(settings):
        engine.put_tag(IdTag("04A2", "Blocked"))
        engine.remove_tag("OLD")
        engine.set_policy(Policy.KNOWN_ONLY)
        engine.station_settings.change("AC-04", registration="Pending")
        await until(lambda: engine.problems)
        engine.put_tag(IdTag("04A2", "Accepted"))
    await engine.stop()
    assert [problem.text.partition(".")[0] for problem in engine.problems] == [
        "Changes of tags, saved commands or settings are not saved yet"
    ]

    engine = Engine(settings)
    await engine.start()
    assert [(tag.token, tag.status) for tag in engine.fleet.id_tags] == [("04A2", "Accepted")]
    assert engine.fleet.id_tags.policy is Policy.KNOWN_ONLY
    assert engine.registration_of("AC-04") == "Pending"
    await engine.stop()


@pytest.mark.usefixtures("impatient")
async def test_what_the_end_of_the_console_leaves_unsaved_is_said_on_the_terminal(settings: Settings) -> None:
    app = ConsoleApp(Engine(settings), settings)
    engine = app.engine
    await engine.start()
    with locked(settings):
        engine.put_tag(IdTag("04A2"))
        engine.put_tag(IdTag("04A3"))
        await app.stop_engine()
    assert app.last_words == [
        "2 changes of tags, saved commands or settings were not saved before the console ended. "
        "The database is locked by another program. Close it there; writing resumes by itself."
    ]


@pytest.mark.usefixtures("impatient")
async def test_a_transaction_id_that_was_never_stored_is_not_given_again(settings: Settings) -> None:
    engine = Engine(settings)
    await engine.start()
    with locked(settings):
        given = [engine._answers.next_transaction_id() for _ in range(3)]
        await engine.stop()

    for expected in (1_000, 2_000):
        engine = Engine(settings)
        await engine.start()
        with locked(settings):
            assert engine._answers.next_transaction_id() == given[0] + expected
            await engine.stop()

    for expected in (3_000, 3_001):
        engine = Engine(settings)
        await engine.start()
        assert engine._answers.next_transaction_id() == given[0] + expected
        await engine.stop()


@pytest.mark.usefixtures("impatient")
async def test_a_trouble_of_the_store_is_told_in_the_log_when_it_begins_and_ends(
    settings: Settings, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(persistence, "NEWS_SECONDS", 0.01)
    monkeypatch.setattr(event_log, "DEADLINE_SECONDS", 0.05)
    engine = Engine(settings)
    await engine.start()
    notes = engine.bus.subscribe()
    locked_text = "The database is locked by another program. Close it there; writing resumes by itself."
    with locked(settings):
        async with connect(f"ws://127.0.0.1:{engine.port}/CP1", subprotocols=["ocpp1.6"]) as station:  # type: ignore[list-item]
            await station.send('[2,"1","Heartbeat",{}]')
            assert "currentTime" in str(await station.recv())
        await until(lambda: locked_text in engine.store_status())
    await until(lambda: not engine.store_status() and engine.problems)
    assert engine.problems[-1].text.startswith("An answer left before the call was in the database")
    assert [fact.text for fact in notes.take() if isinstance(fact, NoteWritten)] == [
        locked_text,
        "The database is written again.",
        engine.problems[-1].text,
    ]
    await engine.stop()

    engine = Engine(settings)
    await engine.start()
    assert locked_text in [message.raw.decode() for message in engine.fleet.messages if message.action == "note"]
    await engine.stop()
