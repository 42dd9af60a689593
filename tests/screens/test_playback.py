"""The scrubber: a trace in the screens as it was at any moment, driven by keys."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from outputs.facts import day
from outputs.test_traces_round_trip import export
from screens.test_traces_on_screen import screen_text, shown
from tape import NOON, SECOND, Tape
from textual.widgets import Input
from traffic import boot, heartbeat, start, stop

from ocpp_console import checkpoints, trace_engine
from ocpp_console import playback as playback_module
from ocpp_console.checkpoints import Checkpoints, Moment, Place
from ocpp_console.clock import hms, iso
from ocpp_console.model.documents import plain_fields
from ocpp_console.model.fleet import Fleet
from ocpp_console.outputs.traces.facts_json import line_of
from ocpp_console.outputs.traces.source import Trace
from ocpp_console.screens.messages import MessagesPane
from ocpp_console.settings import Settings
from ocpp_console.trace_engine import TraceEngine
from ocpp_console.widgets.scrubber import Scrubber


def hours() -> Tape:
    """A boot at noon, a session from 12:10 to 12:40 at a station, another station at 13:00."""
    tape = Tape(station="AC-04")
    tape.connect()
    tape.exchange(boot(id="b"), {"status": "Accepted", "currentTime": iso(NOON), "interval": 300})
    tape.at = NOON + 600 * SECOND
    tape.exchange(start(id="s"), {"transactionId": 5, "idTagInfo": {"status": "Accepted"}})
    tape.at = NOON + 2400 * SECOND
    tape.exchange(stop(5, id="e"), {})
    tape.at = NOON + 3600 * SECOND
    tape.connect("DC-01")
    tape.exchange(heartbeat(id="h"), {"currentTime": iso(NOON)})
    return tape


@pytest.fixture
def trace(tmp_path):
    """That tape as a file."""
    file = tmp_path / "hours.jsonl"
    file.write_text("".join(f"{line_of(fact)}\n" for fact in hours().facts), "utf-8")
    return file


@asynccontextmanager
async def played(path, size=(120, 40)) -> AsyncIterator[Any]:
    """App, engine, a function that presses keys and waits for what they begin."""
    async with shown(path, size) as (app, engine, pilot):

        async def press(*keys: str) -> str:
            for key in keys:
                await pilot.press(key)
                await pilot.pause()
                await app.workers.wait_for_complete([each for each in app.workers if each.group == "playback"])
                if not engine.playback.playing:
                    await engine.playback.settled()
            app.poke()
            await pilot.pause()
            return screen_text(app)

        yield app, engine, press


def line(app) -> str:
    """What the scrubber says."""
    return app.screen.query_one(Scrubber).render().plain


async def to(app, press, text: str) -> str:
    """Go to a time by its key."""
    await press("f3")
    app.screen.query_one(Input).value = text
    return await press("enter")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_untouched_it_shows_the_whole_trace(trace, size):
    async with played(trace, size) as (app, engine, _):
        assert "whole trace, F5 plays" in line(app)
        assert "12:00:00–13:00:01" in line(app)
        assert set(engine.fleet.stations) == {"AC-04", "DC-01"}
        assert len(line(app)) < size[0]


async def test_a_moment_shows_everything_as_it_was_then(trace):
    async with played(trace, (80, 24)) as (app, engine, press):
        whole = [row.seq for row in engine.fleet.messages]
        text = await to(app, press, "12:20")
        assert "DC-01" not in text
        assert "12:20:00" in line(app)
        assert "paused, F5 plays" in line(app)
        assert engine.clock() == NOON + 1200 * SECOND
        assert [session.running for session in engine.fleet.transactions.newest()] == [True]
        await press("2")
        assert app.screen.query_one(MessagesPane).rows()[-1].action == "StartTransaction"
        assert "StopTransaction" not in await press("3")
        assert "StopTransaction" in await press("f9", "2")
        assert [row.seq for row in engine.fleet.messages] == whole
        assert "whole trace" in line(app)


async def test_what_has_not_happened_yet_is_not_found_on_disk_either(trace):
    async with played(trace) as (app, engine, press):
        await to(app, press, "12:20")
        everything = await engine.log.messages(None, limit=100)
        assert [row.action for row in everything.rows][-1] == "StartTransaction"
        stored = await engine.log.search.page(None)
        assert [row.action for row in stored.rows] == [row.action for row in everything.rows]
        assert (await engine.log.search.page_after(None, stored.rows[-1].seq + 1)).rows == []


async def test_steps_go_from_message_to_message(trace):
    async with played(trace) as (app, engine, press):
        await press("f7")
        assert (engine.playback.at, len(engine.fleet.messages)) == (NOON, 0)
        assert "AC-04" not in await press("2")
        await press("f6", "f6")
        assert [row.action for row in engine.fleet.messages][-1] == "BootNotification"
        assert engine.fleet.messages[-1].answer_raw is None
        await press("f6")
        assert engine.fleet.messages[-1].answer_raw is not None
        for _ in range(len(hours().facts) - 3):
            assert not engine.playback.whole
            await press("f6")
        assert engine.playback.whole
        await press("f6")
        assert "whole trace" in line(app)


async def test_a_jump_goes_a_minute(trace):
    async with played(trace) as (app, engine, press):
        await to(app, press, "12:10:30")
        assert len(engine.fleet.transactions.running()) == 1
        await press("minus")
        assert engine.playback.at == NOON + 570 * SECOND
        assert not engine.fleet.transactions.running()
        await press("plus", "equals_sign")
        assert engine.playback.at == NOON + 690 * SECOND
        assert len(engine.fleet.transactions.running()) == 1


async def test_it_plays_at_a_speed_and_pauses(trace, until):
    async with played(trace) as (app, engine, press):
        await press("f7", *["greater_than_sign"] * 20)
        assert "3600×" in line(app)
        await press("less_than_sign")
        assert engine.playback.speed == 1000
        await press("f5")
        assert engine.playback.playing
        await until(lambda: engine.playback.at > NOON + 60 * SECOND)
        await press("f5")
        here = engine.playback.at
        assert not engine.playback.playing
        assert NOON < here < engine.playback.end
        assert "paused" in line(app)
        await press("greater_than_sign", "f5")
        await until(lambda: engine.playback.whole)
        await engine.playback.settled()
        assert not engine.playback.playing
        assert set(engine.fleet.stations) == {"AC-04", "DC-01"}


async def test_from_the_end_it_plays_from_the_start(trace, until):
    async with played(trace) as (_, engine, press):
        await press("f5")
        await until(lambda: not engine.playback.whole)
        assert engine.playback.at < NOON + 60 * SECOND
        engine.playback.pause()


async def test_a_click_on_the_bar_goes_there(trace):
    async with shown(trace) as (app, engine, pilot):
        begins, room = app.screen.query_one(Scrubber)._bar
        await pilot.click(Scrubber, offset=(begins + room // 2, 0))
        await engine.playback.settled()
        middle = NOON + 1800 * SECOND
        assert abs(engine.playback.at - middle) < 60 * SECOND


async def test_a_long_way_back_is_called_off_with_esc_and_leaves_everything(tmp_path, until, monkeypatch):
    path = tmp_path / "long.txt"
    path.write_text("".join(f'CP{n % 9}: receive message [2,"{n}","Heartbeat",{{}}]\n' for n in range(4_000)))
    async with shown(path) as (app, engine, pilot):
        fleet, at, read, pressed = engine.fleet, engine.playback.at, engine._facts_from, asyncio.Event()

        async def half_way(seq: int) -> AsyncIterator[Any]:
            """The facts, of which the last come once the key was pressed."""
            async for fact in read(seq):
                if fact.seq > seq + 2_000:
                    await pressed.wait()
                yield fact

        monkeypatch.setattr(engine, "_facts_from", half_way)
        monkeypatch.setattr(engine._checkpoints, "before", lambda place: None)
        engine.playback.seek(engine.playback.end - 1)
        await until(lambda: engine.playback.progress)
        app.poke()
        assert "esc stops" in line(app)
        await pilot.press("escape")
        pressed.set()
        await engine.playback.settled()
        assert engine.fleet is fleet
        assert (engine.playback.at, engine.playback.whole) == (at, True)


async def test_nonsense_for_a_time_is_said(trace):
    async with played(trace) as (app, engine, press):
        await to(app, press, "teatime")
        assert "“teatime” is no time" in next(iter(app._notifications)).message
        assert engine.playback.whole


async def test_a_live_console_has_no_scrubber(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        assert not console.app.screen.query(Scrubber)
        await console.press("f7", "f5")
        bindings = console.app.screen.active_bindings.values()
        assert not [each for each in bindings if each.enabled and "playback" in each.binding.action]


@pytest.mark.parametrize("least", [1, 3, 10_000])
async def test_any_moment_is_what_the_facts_until_then_come_to(tmp_path, monkeypatch, least):
    """Forwards, backwards from moments that were kept, and in one go: the same model."""
    monkeypatch.setattr(checkpoints, "LEAST_FACTS", least)
    monkeypatch.setattr(checkpoints, "SHARE", 0)
    monkeypatch.setattr(trace_engine, "_SLICE_SECONDS", 0)
    path = tmp_path / "day.jsonl"
    export(day().facts, path)
    engine = TraceEngine(Settings(db=":memory:"), Trace(path))
    await engine.start()
    await engine.loaded()
    playback = engine.playback
    moments = sorted({fact.at for fact in Trace(path).facts()})

    def state() -> Any:
        rows = [(row.seq, row.state, len(row.findings)) for row in engine.fleet.messages]
        stations = {name: station.to_document() for name, station in engine.fleet.stations.items()}
        return rows, stations, [plain_fields(each) for each in engine.fleet.transactions.newest()]

    forwards = {}
    playback.seek(playback.start - 1)
    for at in moments:
        playback.seek(at)
        await playback.settled()
        forwards[at] = state()
    for at in reversed(moments):
        playback.seek(at)
        await playback.settled()
        assert state() == forwards[at], hms(at)
    await engine.stop()


async def test_steps_back_leave_out_one_after_the_other(trace, monkeypatch):
    monkeypatch.setattr(playback_module, "NEAR", 1)
    async with played(trace) as (_, engine, press):
        states = []
        await press("f7")
        while not engine.playback.whole:
            rows = [(row.seq, row.answer_raw) for row in engine.fleet.messages]
            states.append((engine.playback.here, rows))
            await press("f6")
        for state in reversed(states):
            await press("comma")
            assert (engine.playback.here, [(row.seq, row.answer_raw) for row in engine.fleet.messages]) == state
        await press("comma")
        assert engine.playback.here == 0


async def test_with_a_filter_steps_go_to_what_fits(trace):
    async with played(trace) as (app, engine, press):
        await press("2", "slash")
        app.screen.query_one("FilterBar Input", Input).value = "Transaction"
        await press("enter", "comma")
        assert engine.fleet.messages[-1].action == "StopTransaction"
        assert engine.fleet.messages[-1].answer_raw is None
        await press("comma")
        assert engine.fleet.messages[-1].action == "StartTransaction"
        await press("comma")
        assert "Nothing before this fits" in next(iter(app._notifications)).message
        await press("f6", "f6")
        assert engine.fleet.messages[-1].action == "StopTransaction"


async def test_keys_go_from_finding_to_finding_and_what_is_known_stays_known(trace):
    async with played(trace) as (app, engine, press):
        whole = {(found.station, found.code) for found in engine.findings if found.waiting_warnings}
        assert whole
        await press("left_curly_bracket")
        last = engine.playback.here
        assert engine.playback.at < engine.playback.end
        before = engine.findings.waiting
        await press("comma")
        assert engine.findings.waiting < before
        await press("right_curly_bracket")
        assert (engine.playback.here, engine.findings.waiting) == (last, before)
        await press("f9")
        for found in list(engine.findings):
            engine.findings.acknowledge(found)
        for key in ("left_curly_bracket", "comma", "f7", "f9"):
            await press(key)
            assert engine.findings.waiting == 0
            assert sum(station.findings for station in engine.fleet.stations.values()) == 0
        await press("right_curly_bracket")
        assert "Nothing more was found after" in next(iter(app._notifications)).message


def test_moments_are_kept_in_files_up_to_a_number_and_lost_ones_are_passed_over(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "MOST", 4)
    kept = Checkpoints(tmp_path)
    for count in range(1, 10):
        kept.keep(Fleet(), Moment(count * SECOND, count, count))
    assert len(list(tmp_path.iterdir())) <= 4
    newest = kept.before(Place("count", 100))
    assert newest is not None
    assert newest.count == 9
    assert isinstance(kept.fleet_at(newest), Fleet)
    for file in tmp_path.iterdir():
        file.write_bytes(b"")
    while (moment := kept.before(Place("at", 100 * SECOND))) is not None:
        assert kept.fleet_at(moment) is None
    kept.keep_near(Fleet(), Moment(0, 5, 3))
    assert kept.before(Place("seq", 4)) is None
    assert kept.before(Place("seq", 5)) is not None


async def test_a_trace_that_was_loaded_in_part_has_no_end(tmp_path):
    path = tmp_path / "long.txt"
    path.write_text("".join(f'CP: receive message [2,"{n}","Heartbeat",{{}}]\n' for n in range(20_000)))
    engine = TraceEngine(Settings(db=":memory:"), Trace(path))
    await engine.start()
    assert not engine.playback.ready
    engine.stop_loading()
    await engine.loaded()
    playback, found = engine.playback, engine.findings.waiting
    rows = len(engine.fleet.messages)
    assert engine.recording.stopped
    playback.seek(playback.start - 1)
    await playback.settled()
    assert len(engine.fleet.messages) == 0
    playback.seek(playback.end)
    await playback.settled()
    assert (len(engine.fleet.messages), engine.findings.waiting) == (rows, found)
    await engine.stop()


async def test_what_is_not_loaded_yet_cannot_be_played(trace):
    async with played(trace) as (app, engine, press):
        engine.playback.ready = False  # as while it is loaded
        await press("f5")
        assert not engine.playback.playing
        assert "can be played once it is loaded" in line(app)
        assert "still being loaded" in next(iter(app._notifications)).message
