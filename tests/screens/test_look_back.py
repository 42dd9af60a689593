"""Scrolling up over the end of the memory reads on in the database."""

import asyncio
import gc
import warnings
from typing import Any

import pytest
from stage import stage

from ocpp_console.log_search import Found, LogSearch, Progress
from ocpp_console.screens import log_rows
from ocpp_console.screens.messages import MessagesPane

CALLS = 500


async def test_scrolling_up_reads_on_in_the_database() -> None:
    async with stage((120, 30), log_rows=100) as s:
        station = await s.charger("AC-07")
        for number in range(CALLS):
            await station.call("DataTransfer", {"vendorId": "x", "data": f"number-{number}"})
        await s.press("2")
        await s.sees(f"number-{CALLS - 1}")
        await s.press("home")
        await s.sees("from the beginning")
        await s.sees("BootNotification")
        assert "number-0 " in await s.shown()
        pane = s.app.screen.query_one(MessagesPane)
        for _ in range(30):
            await s.press("pagedown")
            await s.shown()
        await s.sees(f"number-{CALLS - 1}")
        seqs = [row.seq for row in pane.rows()]
        assert seqs == sorted(set(seqs))
        assert len([row for row in pane.rows() if row.action == "DataTransfer"]) == CALLS
        assert not pane.rows.detached


async def test_scrolling_up_over_the_memory_reads_what_is_before() -> None:
    async with stage((120, 30), log_rows=100) as s:
        station = await s.charger("AC-07")
        for number in range(CALLS):
            await station.call("DataTransfer", {"vendorId": "x", "data": f"number-{number}"})
        await s.press("2")
        await s.sees(f"number-{CALLS - 1}")
        for _ in range(30):
            await s.press("pageup")
            await s.shown()
        await s.sees("from the beginning")
        await s.sees("BootNotification")
        pane = s.app.screen.query_one(MessagesPane)
        assert len([row for row in pane.rows() if row.action == "DataTransfer"]) == CALLS


async def test_a_piece_of_a_long_log_takes_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_rows, "MOST_KEPT", 250)
    async with stage((120, 30), log_rows=100) as s:
        station = await s.charger("AC-07")
        for number in range(700):
            await station.call("DataTransfer", {"vendorId": "x", "data": f"number-{number}"})
        await s.press("2", "home")
        await s.sees("number-0 ")
        pane = s.app.screen.query_one(MessagesPane)
        seen: set[int] = set()
        for _ in range(36):
            await s.press("pagedown")
            await s.shown()
            seen |= {row.seq for row in pane.rows()}
            assert len(pane.rows()) <= 250
        await s.sees("number-699")
        everything = await s.engine.log.messages(limit=10_000)
        assert seen >= {row.seq for row in everything.rows if row.action == "DataTransfer"}
        for _ in range(90):
            await s.press("pageup")
            assert len(pane.rows()) <= 250
            if "number-0 " in await s.shown():
                break
        await s.sees("number-0 ")
        assert pane.rows.detached
        await s.press("G")
        await s.sees("number-699")
        await s.sees("following")


async def test_what_comes_meanwhile_leaves_no_gap_and_following_lets_go() -> None:
    async with stage((120, 30), log_rows=100) as s:
        station = await s.charger("AC-07")
        for number in range(150):
            await station.call("DataTransfer", {"vendorId": "x", "data": f"number-{number}"})
        await s.press("2", "f")
        for _ in range(8):
            await s.press("pageup")
            await s.shown()
        await s.sees("from the beginning")
        pane = s.app.screen.query_one(MessagesPane)
        for number in range(150, 300):
            await station.call("DataTransfer", {"vendorId": "x", "data": f"number-{number}"})
        await s.shown()
        assert sum(row.action == "DataTransfer" for row in pane.rows()) == 300
        await s.press("G")
        await s.sees("number-299")
        await s.shown()
        assert len(pane.rows()) == 100
        assert "from the beginning" not in await s.shown()


async def test_a_filter_looks_at_older_rows_too() -> None:
    async with stage((120, 30), log_rows=100) as s:
        station = await s.charger("AC-07")
        for number in range(CALLS):
            await station.call("DataTransfer", {"vendorId": "x", "data": f"number-{number}"})
        await s.press("2", "slash", *"number-7 ", "enter")
        await s.sees("DataTransfer")
        await s.sees("from the beginning")
        await s.press("slash", "end", *" & nothing", "enter")
        await s.sees("Nothing in the whole log matches the filter")


async def test_a_filter_fills_the_screen_first_and_reads_on_when_it_is_scrolled() -> None:
    async with stage((120, 30), log_rows=50) as s:
        stations = [await s.charger("AC-07"), await s.charger("AC-08")]
        for number in range(250):
            await stations[number >= 200].call("DataTransfer", {"vendorId": "x", "data": f"number-{number}"})
        await s.press("2", "slash", *"~s AC-07 ~a Data", "enter")
        await s.sees("number-199")
        rows = s.app.screen.query_one(MessagesPane).rows
        assert 25 <= len(rows()) < 100
        await s.press("pageup", "pageup", "pageup")
        await s.sees("from the beginning")
        assert len(rows()) == 200


async def test_another_choice_forgets_what_was_read() -> None:
    async with stage((120, 30), log_rows=100) as s:
        station = await s.charger("AC-07")
        for number in range(300):
            await station.call("DataTransfer", {"vendorId": "x", "data": f"number-{number}"})
        await s.press("2", "home")
        await s.sees("number-0 ")
        await s.press("slash", *"number-299", "enter")
        await s.sees("number-299")
        assert "number-0 " not in await s.shown()


async def test_a_search_that_was_stopped_says_where_it_is_and_goes_on_with_the_key_it_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with stage((80, 24), log_rows=50) as s:
        station = await s.charger("AC-07")
        for number in range(300):
            await station.call("DataTransfer", {"vendorId": "x", "data": f"number-{number}"})
        await s.press("2")
        pane = s.app.screen.query_one(MessagesPane)
        go, page = asyncio.Event(), LogSearch.page

        async def held(search: LogSearch, words: Any, before: int, limit: int, progress: Progress) -> Found:
            """As slow as in a large file."""
            while progress(0.25):
                if go.is_set():
                    return await page(search, words, before, limit, progress)
                await asyncio.sleep(0.01)
            return Found((), before, False)

        monkeypatch.setattr(LogSearch, "page", held)
        await s.press("slash", *"number-3 ", "enter")
        await s.sees("searching 25 %, esc stops")
        assert "older messages are looked through" in await s.shown()
        await s.press("escape")
        await s.sees("up goes on")
        assert "older messages are looked through" not in await s.shown()
        assert pane.filter_text == "number-3"
        go.set()
        await s.press("up")
        await s.sees("from the beginning")
        assert len(pane.rows()) == 11


async def test_a_reading_that_is_ended_before_it_began_leaves_nothing_behind() -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        async with stage((80, 24)) as s:
            await s.charger("AC-07")
            await s.press("2")
            pane = s.app.screen.query_one(MessagesPane)
            assert pane.table is not None
            for seq in (1, 2, 1):
                pane.back.go(pane.table, seq)  # each ends the one before
            await s.sees("BootNotification")
        del s, pane
        gc.collect()
    assert "never awaited" not in " ".join(str(each.message) for each in told)
