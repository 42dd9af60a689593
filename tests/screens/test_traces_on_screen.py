"""A recording in the screens of the console, and the log written to a file by a key."""

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from outputs.facts import day
from outputs.test_traces_round_trip import export, read
from textual.widgets import Input
from traffic import boot

from ocpp_console import cli
from ocpp_console.app import ConsoleApp
from ocpp_console.engine import CallRefused
from ocpp_console.events import FrameSent
from ocpp_console.model.messages import MessageFilter
from ocpp_console.outputs.traces.source import Trace
from ocpp_console.screens.log_export import ExportRun
from ocpp_console.screens.message_difference import MessageDifference
from ocpp_console.screens.messages import MessagesPane
from ocpp_console.screens.recording_view import RecordingView
from ocpp_console.settings import Settings
from ocpp_console.trace_engine import TraceEngine


@pytest.fixture
def recorded(tmp_path):
    """A trace with two lines that cannot be read."""
    path = tmp_path / "day.jsonl"
    export(day().facts, path)
    path.write_text(path.read_text() + "nonsense \x1b[2J\n{\n")
    return path


@asynccontextmanager
async def shown(path, size=(120, 40)):
    """The app with a recording, loaded."""
    settings = Settings(db=":memory:")
    engine = TraceEngine(settings, Trace(path))
    app = ConsoleApp(engine, settings)
    async with app.run_test(size=size) as pilot:
        while not app.started:
            await pilot.pause()
        await engine.loaded()
        app.poke()
        await pilot.pause()
        yield app, engine, pilot
    await app.stop_engine()


def screen_text(app):
    """All that is drawn."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


async def test_a_recording_is_shown_in_the_same_screens(recorded):
    async with shown(recorded) as (app, engine, pilot):
        text = screen_text(app)
        assert "day.jsonl, 2 lines not readable" in text
        assert "CP1" in text
        await pilot.press("2")
        await pilot.pause()
        assert app.screen.query_one(MessagesPane).title_parts()[:2] == ("Messages", "all stations")
        assert [row.action for row in engine.fleet.messages] == [row.action for row in day().fleet.messages]
        assert "BootNotification" in screen_text(app)
        await pilot.press("3")
        await pilot.pause()
        assert "04A2B3C4" in screen_text(app)


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "No message is in this file."), (b"\x00\xff\n" * 3, "Nothing in this file can be read as OCPP.")],
    ids=["empty", "no trace"],
)
async def test_a_file_without_messages_says_so_instead_of_waiting_for_chargers(tmp_path, data, words):
    path = tmp_path / "file"
    path.write_bytes(data)
    async with shown(path, size=(80, 24)) as (app, _, _pilot):
        assert screen_text(app).count(words) == 2
        assert "Waiting" not in screen_text(app)


async def test_nothing_can_be_sent_from_a_recording(recorded):
    async with shown(recorded) as (app, engine, pilot):
        with pytest.raises(CallRefused, match="recording"):
            engine.request("CP1", "Reset", {"type": "Soft"})
        await pilot.press("R")
        await pilot.pause()
        assert len(app.screen_stack) == 1


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_lines_that_could_not_be_read_are_listed(recorded, size):
    async with shown(recorded, size) as (app, _, pilot):
        await pilot.press("f2")
        await pilot.pause()
        assert isinstance(app.screen, RecordingView)
        text = screen_text(app)
        assert "Lines that could not be read: 2" in text
        assert "neither JSON nor a log line" in text
        assert "nonsense ␛[2J" in text
        await pilot.press("escape")
        assert not isinstance(app.screen, RecordingView)


async def test_loading_can_be_stopped(tmp_path):
    path = tmp_path / "long.txt"
    path.write_text("".join(f'CP{n % 9}: receive message [2,"{n}","Heartbeat",{{}}]\n' for n in range(30_000)))
    engine = TraceEngine(Settings(db=":memory:"), Trace(path))
    await engine.start()
    engine.stop_loading()
    await engine.loaded()
    assert engine.recording.stopped
    assert 0 < engine.recording.facts < 30_000
    assert "loaded in part" in engine.recording.standing
    await engine.stop()


async def test_messages_that_memory_does_not_hold_are_found_in_a_long_recording(tmp_path):
    path = tmp_path / "long.txt"
    path.write_text("".join(f'CP: receive message [2,"id{n}","Heartbeat",{{}}]\n' for n in range(3_000)))
    engine = TraceEngine(Settings(db=":memory:", log_rows=100), Trace(path))
    await engine.start()
    await engine.loaded()
    assert len(engine.fleet.messages) == 100
    found = await engine.log.messages(MessageFilter.parse("id17"))
    assert [row.id for row in found.rows][:1] == ["id17"]
    assert len([fact async for fact in engine.facts()]) >= 3_000
    folder = engine.settings.db
    await engine.stop()
    assert not Path(folder).parent.exists()


async def test_a_recording_that_is_no_database_of_ours_says_so(tmp_path):
    path = tmp_path / "x.db"
    path.write_bytes(b"SQLite format 3\0" + bytes(100))
    engine = TraceEngine(Settings(db=":memory:"), Trace(path))
    await engine.start()
    await engine.loaded()
    assert "cannot be read" in engine.problems[-1].text
    await engine.stop()


async def write_from_the_log(pilot, app, path, choices=0, filter_text=""):
    """Press the keys that export the log."""
    await pilot.press("2")
    await pilot.pause()
    if filter_text:
        await pilot.press("slash", *filter_text, "enter")
        await pilot.pause()
    await pilot.press("x")
    await pilot.pause()
    app.screen.query_one(Input).value = str(path)
    await pilot.press("enter")
    await pilot.pause()
    await pilot.press(*["down"] * choices, "enter")
    for _ in range(200):
        await pilot.pause()
        if len(app.screen_stack) == 1 and not isinstance(app.screen, ExportRun):
            break


async def test_the_log_is_written_by_a_key_without_secrets(recorded, tmp_path):
    async with shown(recorded) as (app, _, pilot):
        await write_from_the_log(pilot, app, tmp_path / "out.jsonl")
    _, facts = read(tmp_path / "out.jsonl")
    assert len(facts) == len(day().facts)
    assert all(b"hunter2" not in getattr(fact, "raw", b"") for fact in facts)


async def test_what_the_filter_shows_is_written_under_other_names(recorded, tmp_path):
    async with shown(recorded) as (app, _, pilot):
        await write_from_the_log(pilot, app, tmp_path / "out.csv", choices=1, filter_text="~a Start")
    text = (tmp_path / "out.csv").read_text("utf-8-sig")
    assert "StartTransaction" in text
    assert "BootNotification" not in text
    assert "CP1" not in text
    assert "TAG00001" in text


@pytest.mark.parametrize("ending", [".csv", ".json", ".txt", ".md"])
async def test_the_shell_writes_the_same_bytes_for_the_same_filter(recorded, own_home, tmp_path, ending):
    async with shown(recorded) as (app, _, pilot):
        await write_from_the_log(pilot, app, tmp_path / f"page{ending}", choices=1, filter_text="~a Start")
    words = ["convert", str(recorded), str(tmp_path / f"shell{ending}"), "--filter", "~a Start", "--anonymise"]
    assert await asyncio.to_thread(cli.main, words) == 0
    assert (tmp_path / f"page{ending}").read_bytes() == (tmp_path / f"shell{ending}").read_bytes()


async def test_an_export_can_be_cancelled(recorded, tmp_path):
    async with shown(recorded) as (app, engine, pilot):
        from ocpp_console.outputs.traces.export import FORMATS, Export

        run = ExportRun(engine, Export(tmp_path / "out.jsonl", FORMATS["trace"]))
        told = []
        run.action_cancel()
        app.push_screen(run, told.append)
        for _ in range(50):
            await pilot.pause()
        assert told == ["Cancelled: nothing was written."]
        assert not list(tmp_path.glob("out*"))


async def test_two_marked_messages_are_compared(tmp_path):
    path = tmp_path / "two.jsonl"
    lines = (boot(), boot(id="2", firmwareVersion="9.9 [/x]", meterType="M"))
    path.write_bytes(b"\n".join(lines))
    async with shown(path) as (app, _, pilot):
        await pilot.press("2")
        await pilot.pause()
        await pilot.press("d")
        assert not isinstance(app.screen, MessageDifference)
        await pilot.press("G", "k", "space", "down", "d")
        await pilot.pause()
        assert isinstance(app.screen, MessageDifference)
        text = screen_text(app)
        assert "request firmwareVersion" in text
        assert '- "1.2.3"' in text
        assert '+ "9.9 [/x]"' in text
        assert "request meterType" in text
        assert "chargePointVendor" not in text


async def test_what_a_killed_console_left_behind_is_removed_by_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    export(day().facts, tmp_path / "t.jsonl")
    left, other = tmp_path / "ocpp-console-open-killed", tmp_path / "ocpp-console-notes"
    for folder in (left, other):
        folder.mkdir()
        (folder / "recording.db.lock").write_text("{}")
    living = TraceEngine(Settings(), Trace(tmp_path / "t.jsonl"))
    await living.start()
    try:
        await TraceEngine(Settings(), Trace(tmp_path / "t.jsonl")).stop()
        folders = sorted(each.name for each in tmp_path.glob("ocpp-console-*"))
        assert folders == ["ocpp-console-notes", living._folder.name.rpartition("/")[2]]
    finally:
        await living.stop()


async def test_a_recording_is_searched_by_sql_not_by_folding_all_of_it(tmp_path):
    export(day().facts, tmp_path / "t.txt")
    engine = TraceEngine(Settings(), Trace(tmp_path / "t.txt"))
    await engine.start()
    try:
        await engine.loaded()
        await engine.loaded()
        stored = [fact async for fact in engine.facts()]
        answers = [fact for fact in stored if isinstance(fact, FrameSent) and fact.answers]
        assert answers
        assert all(fact.seq == fact.answers for fact in answers)  # read from the row of the call
        assert [fact.raw for fact in answers] == [
            fact.raw for fact in day().facts if isinstance(fact, FrameSent) and fact.raw.lstrip().startswith(b"[3")
        ]
    finally:
        await engine.stop()


async def test_tags_of_a_recording_are_shown_and_never_changed(recorded):
    async with shown(recorded, (80, 24)) as (app, engine, pilot):
        await pilot.press("4")
        await pilot.pause()
        assert "used in the trace" in screen_text(app)
        assert "i accepts" not in screen_text(app)
        before = list(engine.fleet.id_tags.all()), engine.fleet.id_tags.policy
        await pilot.press("p", "a", "e", "i")
        await pilot.pause()
        assert (list(engine.fleet.id_tags.all()), engine.fleet.id_tags.policy) == before
        assert "accept" not in screen_text(app).splitlines()[-1]
        await pilot.press("question_mark")
        await pilot.pause()
        assert "Reset the station" not in screen_text(app)
        assert "Add an idTag" not in screen_text(app)


async def test_nothing_is_set_for_stations_of_a_recording(recorded):
    async with shown(recorded, (80, 24)) as (app, _, pilot):
        page = app.screen
        for key in ("b", "w", "f12", "delete", "f4"):
            await pilot.press(key)
            await pilot.pause()
            assert app.screen is page, key
