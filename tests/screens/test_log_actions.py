"""Keys of the message log: completion, history, saved filters, only this, search, jumps, marks, comments, pictures."""

from pathlib import Path
from typing import Any, cast

import pytest
from stage import stage

from ocpp_console.log_search import Found, Progress
from ocpp_console.model.messages import MessageLog
from ocpp_console.screens import look_back, picture
from ocpp_console.screens.log_prompts import DAY, TimePrompt
from ocpp_console.screens.log_rows import LogRows
from ocpp_console.screens.look_back import LookBack
from ocpp_console.screens.messages import MessagesPane
from ocpp_console.screens.only_this import filter_of, joined, quoted
from ocpp_console.widgets.record_table import RecordTable


def traffic(console: Any) -> None:
    console.connect("AC-04")
    console.connect("AC-07")
    for number in range(6):
        console.says("AC-04", "Heartbeat", {}, {"currentTime": "2026-11-20T14:03:21Z"})
        console.says("AC-07", "Authorize", {"idTag": f"TAG{number}"}, {"idTagInfo": {"status": "Blocked"}})
    started = {"connectorId": 1, "idTag": "TAG1", "meterStart": 0, "timestamp": "2026-11-20T14:03:21Z"}
    console.says("AC-07", "StartTransaction", started, {"transactionId": 1043, "idTagInfo": {"status": "Accepted"}})


def shown(console: Any) -> list[str]:
    return [row.action for row in console.app.screen.query_one(MessagesPane).rows()]


async def test_tab_completes_words_and_what_the_console_knows(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        traffic(console)
        await console.press("2", "slash", *"~statu")
        assert "tab: ~status" in console.text
        await console.press("tab", *"bl")
        assert "tab: Blocked" in console.text
        await console.press("tab")
        assert console.app.screen.query_one("#filter").value.strip() == "~status Blocked"
        assert shown(console) == ["Authorize"] * 6
        await console.press(*" ~s ac-")
        assert "tab: AC-04  AC-07" in console.text
        await console.press("tab", "tab")
        assert console.app.screen.query_one("#filter").value.endswith("~s AC-07")
        await console.press("enter")
        assert shown(console) == ["Authorize"] * 6


async def test_a_question_mark_in_an_empty_filter_line_tells_the_words(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        traffic(console)
        await console.press("2", "slash", "question_mark")
        assert type(console.app.screen).__name__ == "HelpScreen"
        told = {row.keys for row in console.app.screen.query_one(RecordTable)._rows()}
        assert {"~latency TIME", "~tx ID"} <= told
        await console.press("escape")
        assert console.app.screen.query_one("#filter").value == ""


async def test_an_unfinished_filter_says_what_is_expected_and_is_not_used(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        traffic(console)
        await console.press("2", "slash", *"~a Auth (")
        bar = console.app.screen.query_one("FilterBar")
        assert bar.has_class("unfinished")
        assert not bar.has_class("wrong")
        assert "… A word must follow the parenthesis." in console.text
        assert "at column" not in console.text
        await console.press("enter")
        assert bar.has_class("open")
        assert "“(” at column 9: A word must follow the parenthesis." in console.text
        await console.press("backspace", "enter")
        assert not bar.has_class("open")
        assert shown(console) == ["Authorize"] * 6


async def test_the_word_at_fault_is_marked(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        traffic(console)
        await console.press("2", "slash", *"~a Auth ~latency >soon")
        bar = console.app.screen.query_one("FilterBar")
        assert bar.has_class("wrong")
        assert "“soon”" in console.text
        line = next(strip for strip in bar.line.render_lines(bar.line.size.region) if "soon" in strip.text)
        reversed_text = "".join(part.text for part in line if part.style is not None and part.style.reverse)
        assert reversed_text.strip().startswith("soon")
        assert shown(console) == ["Authorize"] * 6
        await console.press("escape", "slash", *"~s AC-04 ~latncy")
        assert "“~latncy” at column 10: No such word. Similar: ~latency." in console.text


async def test_filters_are_remembered_and_kept_under_names(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        traffic(console)
        await console.press("2", "slash", *"~a heart", "enter", "escape", "slash", *"~tx 1043", "enter")
        await console.press("l", "enter", *"The session", "enter")
        await console.press("escape", "slash", "up", "up")
        assert console.app.screen.query_one("#filter").value == "~a heart"
        await console.press("down", "down", "escape")
        assert dict(console.engine.log.filters) == {"The session": "~tx 1043"}
        await console.press("l")
        assert "The session" in console.text
        await console.press("enter")
        assert shown(console) == ["StartTransaction"]
        await console.press("l", "down", "d", "escape")
        assert not len(console.engine.log.filters)


async def test_only_what_is_under_the_cursor(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        traffic(console)
        await console.press("2", "v")
        assert "this session" in console.text
        for _ in range(20):
            table = console.app.screen.query_one("RecordTable")
            if table.record.title == "this tag":
                break
            await console.press("down")
        await console.press("enter")
        assert console.app.screen.query_one(MessagesPane).filter_text == "~tag TAG1"
        assert shown(console) == ["Authorize", "StartTransaction"]
        await console.press("v", "down", "enter")
        assert console.app.screen.query_one(MessagesPane).filter_text.startswith("~tag TAG1 & ~a ")


async def test_not_this_or_this_and_this_alone(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        traffic(console)
        await console.press("2")
        pane = console.app.screen.query_one(MessagesPane)
        everything, action = len(shown(console)), pane.listing.record.action
        await console.press("v", "down")
        assert "n not this" in console.text
        await console.press("n")
        assert pane.filter_text == f"!~a {action}"
        others = len(shown(console))
        assert 0 < others < everything
        assert action not in shown(console)
        await console.press("v", "down", "plus")
        assert pane.filter_text.startswith(f"!~a {action} | ~a ")
        await console.press("v", "down", "r")
        assert pane.filter_text.startswith("~a ")
        assert set(shown(console)) == {pane.listing.record.action}


def test_parts_of_a_filter_keep_together() -> None:
    both = "~s AC-04 ~a Heartbeat"
    assert joined("", both, "not") == f"!({both})"
    assert joined("~e | ~f", "~tx 1", "and") == "(~e | ~f) & ~tx 1"
    assert joined("~e | ~f", both, "not") == f"(~e | ~f) & !({both})"
    assert joined("~e", both, "or") == f"~e | {both}"


async def test_only_the_value_under_the_cursor_of_a_message(open_console: Any) -> None:
    async with open_console(size=(100, 30)) as console:
        traffic(console)
        await console.press("2", "enter")
        for _ in range(10):
            line = console.app.screen.query_one("#request-json").record
            if line.path == "meterStart":
                break
            await console.press("down")
        await console.press("v", "enter")
        assert console.app.screen.query_one(MessagesPane).filter_text == "~p meterStart == 0"
        assert shown(console) == ["StartTransaction"]


def test_values_become_one_argument() -> None:
    assert filter_of("meterValue[0].sampledValue[2].unit", "Wh") == "~p meterValue.sampledValue.unit == Wh"
    assert [quoted(text) for text in ("a", "a b", 'a"b', "", "a|b")] == ["a", '"a b"', "'a\"b'", '""', '"a|b"']


async def test_search_goes_from_hit_to_hit_and_leaves_the_list_as_it_is(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        traffic(console)
        await console.press("2", "s", *"TAG3", "enter")
        pane = console.app.screen.query_one(MessagesPane)
        assert b"TAG3" in pane.listing.record.raw
        everything = len(pane.rows())
        await console.press("s", *"~a heart", "enter")
        first = pane.listing.record.seq
        await console.press("p")
        assert pane.listing.record.action == "Heartbeat"
        assert pane.listing.record.seq < first
        await console.press("n")
        assert pane.listing.record.seq == first
        assert len(pane.rows()) == everything


async def test_a_search_from_hit_to_hit_is_told_and_can_be_stopped() -> None:
    back = LookBack(cast("Any", None), LogRows(MessageLog(10)), lambda work: None)

    async def search(progress: Progress) -> Found:
        assert progress(0.5)
        assert "50 %" in back.words
        assert back.stop()
        assert not progress(0.6)
        return Found((), 7, False)

    assert await back.first_hit(search) == Found((), 7, False)
    assert not back.reading
    assert back.words != "search stopped"  # scrolling up reads on as before


async def test_a_search_goes_on_to_rows_on_disk() -> None:
    async with stage((120, 30), log_rows=50) as s:
        station = await s.charger("AC-07")
        for number in range(200):
            await station.call("DataTransfer", {"vendorId": "x", "data": f"number-{number}"})
        await s.press("2")
        await s.sees("number-199")
        await s.press("s", *'number-3"', "enter")
        await s.sees("number-3 ")
        await s.press("s", "ctrl+u", *"nowhere", "enter")
        await s.said("No earlier row has “nowhere”")


def test_a_long_search_says_how_long_it_will_take(monkeypatch: pytest.MonkeyPatch) -> None:
    back = LookBack(cast("Any", None), LogRows(MessageLog(10)), lambda work: None)
    back._reading, back._part, back._since = object(), 0.02, look_back.monotonic() - 2
    assert back.words == "searching 2 %, esc stops"
    back._since -= 4
    assert back.words == "searching 2 %, 5 min left, esc stops"
    back._part = 0.2
    assert back.words == "searching 20 %, 24 s left, esc stops"


async def test_marks_and_comments_stay(open_console: Any) -> None:
    async with open_console(size=(100, 24)) as console:
        traffic(console)
        await console.press("2", "up", "space", "semicolon", *"look here", "enter")
        notes = console.engine.log.notes
        assert len(notes.marks) == 1
        assert list(notes.comments.values()) == ["look here"]
        assert "; look here" in console.text
        await console.press("slash", *"~comment look", "enter")
        assert len(shown(console)) == 1
        await console.press("enter")
        assert "; look here" in console.text
        await console.press("escape", "escape", "escape")
        assert len(notes.marks) == 1


async def test_what_was_written_is_there_after_a_restart_and_far_from_memory(tmp_path: Path) -> None:
    database = str(tmp_path / "log.db")
    async with stage((100, 30), log_rows=50, db=database) as s:
        station = await s.charger("AC-07")
        await s.press("2", "f", "space", "semicolon", *"the first", "enter", "f")
        for number in range(300):
            await station.call("DataTransfer", {"vendorId": "x", "data": f"number-{number}"})
        await s.sees("number-299")
        await s.press("apostrophe")
        await s.sees("; the first")
        s.engine.log.filters.put("mine", "~commented")
    async with stage((100, 30), log_rows=50, db=database) as s:
        assert list(s.engine.log.notes.comments.values()) == ["the first"]
        assert dict(s.engine.log.filters) == {"mine": "~commented"}
        await s.press("2", "slash", *"~comment first", "enter")
        await s.sees("; the first")


async def test_a_time_anywhere_in_the_log(tmp_path: Path) -> None:
    async with stage((100, 30), log_rows=50) as s:
        station = await s.charger("AC-07")
        for number in range(300):
            await station.call("DataTransfer", {"vendorId": "x", "data": f"number-{number}"})
        await s.press("2", "t", *"2020-01-01", "enter")
        await s.sees("BootNotification")
        await s.press("t", *"nonsense", "enter")
        await s.sees("“nonsense” is no time")
        await s.press("ctrl+u", *"2020-01-01", "enter")  # the line is still there
        await s.sees("BootNotification")
        await s.press("s", *"~latency x", "enter")
        await s.sees("“x” at column 10")


def test_a_time_of_day_that_is_still_to_come_was_meant_yesterday() -> None:
    midnight = 1_800_000_000_000_000 // DAY * DAY
    prompt = TimePrompt(lambda: midnight + 60_000_000)
    assert prompt.read("23:50") == (midnight - 600_000_000, "")
    assert prompt.read("0:01") == (midnight + 60_000_000, "")
    assert prompt.read("2030-01-01")[0] is not None
    assert prompt.read("25:00")[0] is None


async def test_hits_carry_a_sign_and_a_search_goes_around_the_end() -> None:
    async with stage((80, 24), log_rows=50) as s:
        station = await s.charger("AC-07")
        for number in range(120):
            await station.call("DataTransfer" if number in (3, 110) else "Heartbeat", {"vendorId": "x"})
        await s.press("2", "s", *"~a Data", "enter")
        await s.sees("*DataTransfer")
        await s.press("n")
        await s.said("No later row has “~a Data”; n again begins at the first.")
        await s.press("n")
        pane = s.app.screen.query_one(MessagesPane)
        await s.sees("from the beginning")
        first = pane.listing.record
        assert first is not None
        assert first.action == "DataTransfer"
        await s.press("p")
        await s.said("p again begins at the newest.")
        await s.press("p")
        await s.shown()
        again = pane.listing.record
        assert again is not None
        assert again.action == "DataTransfer"
        assert again.seq > first.seq
        await s.press("escape")
        assert "*DataTransfer" not in await s.shown()


async def test_a_filter_from_a_detail_leaves_a_log_of_one_station_narrowed() -> None:
    async with stage((80, 24)) as s:
        for name in ("AC-07", "AC-08"):
            await s.charger(name)
        await s.press("2", "f", "full_stop", "enter", "v", "enter")
        await s.sees("~s")
        pane = s.app.screen.query_one(MessagesPane)
        assert pane.station in ("AC-07", "AC-08")


async def test_a_picture_of_the_screen(open_console: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "folder", lambda: tmp_path)
    async with open_console(size=(80, 24)) as console:
        traffic(console)
        await console.press("2", "f8")
        await console.look()
        files = written(tmp_path)
        assert len(files) == 1
        assert files[0].startswith("<svg")
        monkeypatch.setattr(picture, "folder", lambda: tmp_path / "nowhere")
        await console.press("ctrl+g")
        await console.look()
        assert len(written(tmp_path)) == 1


def written(folder: Path) -> list[str]:
    return [file.read_text("utf-8") for file in folder.iterdir()]
