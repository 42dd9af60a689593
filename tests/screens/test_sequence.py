"""The sequence diagram on the screen: reached from log, station, session and trace; live; exported by key."""

from typing import Any

import pytest
from outputs.facts import day
from outputs.test_traces_round_trip import export
from screens.test_traces_on_screen import screen_text, shown
from stage import stage
from textual.widgets import Input

from ocpp_console.screens.message_detail import MessageDetail
from ocpp_console.screens.sequence import SequencePage, SequencePane

SIZES = [(80, 24), (140, 40)]
TIME = {"currentTime": "2026-11-20T12:00:00Z"}


@pytest.mark.parametrize("size", SIZES)
async def test_a_station_is_drawn_while_it_talks(open_console: Any, size: tuple[int, int]) -> None:
    async with open_console(size=size) as console:
        console.connect("AC-04")
        console.says("AC-04", "Heartbeat", answer=TIME)
        await console.look()
        await console.press("u")
        assert isinstance(console.app.screen, SequencePage)
        assert "Sequence  AC-04  following" in console.text
        assert "● connected" in console.text
        assert "│─ Heartbeat" in console.text
        assert "│◀╌ ✓ ╌" in console.text
        waiting = console.says("AC-04", "Authorize", {"idTag": "04A2"})
        await console.look()
        assert "… waiting ─▶│" in console.line("Authorize")
        console.answer(waiting, {"idTagInfo": {"status": "Blocked"}})
        await console.look()
        assert "waiting" not in console.line("Authorize")
        assert "✗ Blocked" in console.text
        console.leave("AC-04")
        await console.look()
        assert "○ gone" in console.text
        await console.press("escape")
        assert not isinstance(console.app.screen, SequencePage)


async def test_enter_opens_the_message_of_a_step(open_console: Any) -> None:
    async with open_console() as console:
        console.connect("AC-04")
        row = console.says("AC-04", "Heartbeat", answer=TIME)
        await console.look()
        await console.press("u", "k", "enter")
        assert isinstance(console.app.screen, MessageDetail)
        assert console.app.screen.message is row
        await console.press("escape")
        assert isinstance(console.app.screen, SequencePage)


async def test_the_log_draws_marks_the_station_or_all_in_turn(open_console: Any) -> None:
    async with open_console() as console:
        for name in ("AC-04", "DC-01"):
            console.connect(name)
            console.says(name, "Heartbeat", answer=TIME)
        await console.look()
        await console.press("2", "G", "space", "u")
        assert "Sequence  marked rows" in console.text
        assert "Heartbeat" in console.text
        assert "connected" not in console.text
        await console.press("full_stop")
        assert "Sequence  DC-01" in console.text
        assert "AC-04" not in console.text
        await console.press("full_stop")
        assert "Sequence  all stations" in console.text
        header = console.line("time UTC")
        assert header.index("AC-04") < header.index("DC-01") < header.index("CSMS")


async def test_it_begins_at_the_row_under_the_cursor(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        console.connect("AC-04")
        rows = [console.says("AC-04", "DataTransfer", {"vendorId": f"v{n}"}, {"status": "Accepted"}) for n in range(60)]
        await console.look()
        await console.press("2", *["k"] * 40, "u")
        pane = console.app.screen.query_one(SequencePane)
        assert pane.steps.record is not None
        assert pane.steps.record.row is rows[19]
        assert "paused" in console.text


async def test_older_messages_come_from_the_database(open_console: Any, until: Any) -> None:
    async with open_console(size=(120, 40), log_rows=20) as console:
        console.connect("AC-04")
        for number in range(60):
            console.says("AC-04", "DataTransfer", {"vendorId": f"v{number}"}, {"status": "Accepted"})
        await until(lambda: not console.engine._persistence.behind)
        await console.press("u")
        pane = console.app.screen.query_one(SequencePane)
        await until(lambda: len(pane.diagram.rows) == 61)
        await console.press("home")
        assert "● connected" in console.text
        assert "v0" in console.text


async def test_hostile_words_stay_words(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        console.connect("x[/]\x1b[2J")
        console.says("x[/]\x1b[2J", "DataTransfer", {"vendorId": "[@click=app.quit]\x1b]0;a\u202e"}, TIME)
        await console.look()
        await console.press("u")
        assert "\x1b" not in console.text
        assert "[@click=app.quit]␛]0;a\\u202e" in console.text


async def test_ascii_has_its_own_signs(open_console: Any) -> None:
    async with open_console(size=(80, 24), ascii=True) as console:
        console.connect("AC-04")
        console.says("AC-04", "Heartbeat", answer=TIME)
        await console.look()
        await console.press("u")
        assert "|- Heartbeat" in console.text
        assert "|<. + ..." in console.text
        assert console.text.isascii()


async def test_from_a_station_page_and_a_session() -> None:
    async with stage((80, 24)) as s:
        charger = await s.charger("AC-07")
        await charger.status(1, "Preparing")
        await charger.status(2, "Faulted")
        await charger.start(1, "04A2B1C9D0", meter=1000)
        await s.press("3")
        await s.sees("04A2B1C9D0")
        await s.press("u")
        screen = await s.sees("Sequence  session")
        assert "StartTransaction" in screen
        assert "Preparing" in screen
        assert "Faulted" not in screen
        assert "BootNotification" not in screen
        await s.press("full_stop")
        assert "Faulted" in await s.sees("Sequence  AC-07")
        await s.press("escape", "enter")
        await s.sees("Station  AC-07")
        await s.press("u")
        await s.sees("Sequence  AC-07")


async def test_the_surroundings_of_a_session_end_where_the_next_one_begins() -> None:
    async with stage((80, 40)) as s:
        charger = await s.charger("AC-07")
        for states in (("Preparing", "SuspendedEVSE", "Finishing"), ("Reserved", "SuspendedEV", "Unavailable")):
            await charger.status(1, states[0])
            await charger.call("Authorize", {"idTag": "04A2B1C9D0"})
            id = await charger.start(1, "04A2B1C9D0", meter=1000)
            await charger.status(1, states[1])
            told = {"transactionId": id, "meterStop": 1100, "timestamp": "2026-11-20T14:00:00Z"}
            await charger.call("StopTransaction", told)
            await charger.status(1, states[2])
        await s.press("3")
        await s.sees("04A2B1C9D0")
        await s.press("u")
        screen = await s.sees("SuspendedEV ")
        assert "SuspendedEVSE" not in screen
        assert "Unavailable" in screen
        await s.press("escape", "down", "u")
        screen = await s.sees("SuspendedEVSE")
        assert "Finishing" in screen
        assert "SuspendedEV " not in screen
        assert screen.count("─ Authorize") == 1


async def test_a_trace_is_drawn_and_written(tmp_path: Any, until: Any) -> None:
    export(day().facts, tmp_path / "day.jsonl")
    async with shown(tmp_path / "day.jsonl", (80, 24)) as (app, _, pilot):
        await pilot.press("u")
        await pilot.pause()
        assert "StartTransaction" in screen_text(app)
        assert "▶│" in screen_text(app)
        await pilot.press("x")
        await pilot.pause()
        app.screen.query_one(Input).value = str(tmp_path / "out.mmd")
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("down", "enter")
        await until(lambda: (tmp_path / "out.mmd").exists())
    text = (tmp_path / "out.mmd").read_text("utf-8")
    assert text.startswith("sequenceDiagram\n    participant S1 as CP-0001\n")
    assert "StartTransaction" in text
    assert "hunter2" not in text
    assert "CP9" not in text
