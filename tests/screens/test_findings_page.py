"""The findings page: listed, explained, opened, acknowledged, hidden, filtered."""

from pathlib import Path

import pytest
from stage import stage


async def test_findings_are_listed_with_words_and_lead_to_their_message() -> None:
    async with stage((80, 24)) as s:
        await s.press("0")
        await s.sees("Nothing odd was found")
        charger = await s.charger("AC-07")
        await charger.call("MakeCoffee", {})
        screen = await s.sees("ACTION_UNKNOWN")
        for part in ("AC-07", "▲ warning", "Unknown action", "Answered NotImplemented", "OCPP 1.6 has no action"):
            assert part in screen, part
        await s.press("enter")
        await s.sees("MakeCoffee")
        await s.press("escape")
        await s.sees("Findings 1")
        await s.press("tab", "enter")
        await s.sees("MakeCoffee")


async def test_a_finding_is_acknowledged_and_counts_again_when_it_comes_again() -> None:
    async with stage((120, 30)) as s:
        charger = await s.charger("AC-07")
        await charger.call("MakeCoffee", {})
        await s.press("0")
        await s.sees("1 new")
        await s.press("a")
        assert "1 new" not in await s.shown()
        assert s.engine.fleet.findings == s.engine.fleet.stations["AC-07"].findings == 0
        await charger.call("MakeTea", {})
        await s.sees("1 new")


async def test_a_code_is_hidden_and_shown_again() -> None:
    async with stage((120, 30)) as s:
        charger = await s.charger("AC-07")
        await charger.call("MakeCoffee", {})
        await s.press("0")
        await s.sees("ACTION_UNKNOWN")
        await s.press("h")
        await s.sees("1 code hidden")
        assert s.engine.fleet.findings == 0
        await s.press("v")
        await s.sees("ACTION_UNKNOWN")
        await s.press("h")
        assert "code hidden" not in await s.shown()
        assert s.engine.fleet.findings == 1


async def test_the_filter_looks_at_station_code_and_topic() -> None:
    async with stage((120, 30)) as s:
        charger = await s.charger("AC-07")
        await charger.call("MakeCoffee", {})
        await charger.call("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Sleepy"})
        await s.press("0")
        await s.sees("SCHEMA_ENUM")
        await s.press("slash", *"schema")
        screen = await s.sees("/schema")
        assert "ACTION_UNKNOWN" not in screen


async def test_station_text_is_harmless_here() -> None:
    async with stage((120, 30)) as s:
        charger = await s.charger("AC-07")
        await charger.call("[/bold]", {"[red]": 1})
        await s.press("0")
        await s.sees("ACTION_UNKNOWN")


async def test_one_finding_is_told_as_one() -> None:
    async with stage((140, 30)) as s:
        charger = await s.charger("AC-07")
        await charger.call("MakeCoffee", {})
        assert "▲ 1 finding " in await s.sees("▲ 1 finding")
        await charger.call("MakeTea", {})
        await s.sees("▲ 2 findings")


async def test_hidden_codes_stay_hidden_after_a_restart(tmp_path: Path) -> None:
    database = str(tmp_path / "console.db")
    async with stage((120, 30), db=database) as s:
        charger = await s.charger("AC-07")
        await charger.call("MakeCoffee", {})
        await s.press("0")
        await s.sees("ACTION_UNKNOWN")
        await s.press("h")
        await s.sees("1 code hidden")
    async with stage((120, 30), db=database) as s:
        assert s.engine.findings.hidden == {"ACTION_UNKNOWN"}
        assert s.engine.fleet.findings == 0
        await s.press("0")
        await s.sees("1 code hidden")
        charger = await s.charger("AC-07")
        await charger.call("MakeTea", {})
        assert s.engine.fleet.findings == 1
        assert {each.code for each in s.engine.findings.shown()} == {"REPEATED_BOOT_NOTIFICATION"}


async def test_a_message_that_only_the_database_holds_is_opened() -> None:
    async with stage((120, 30), log_rows=50) as s:
        charger = await s.charger("AC-07")
        await charger.call("MakeCoffee", {"sugar": "two spoons"})
        for number in range(120):
            await charger.call("DataTransfer", {"vendorId": "x", "data": f"number-{number}"})
        await s.press("0")
        await s.sees("ACTION_UNKNOWN")
        seq = next(iter(s.engine.findings.shown())).latest[-1].seq
        assert s.engine.fleet.messages.by_seq(seq) is None
        await s.press("enter")
        await s.sees("two spoons")


async def test_a_database_that_cannot_be_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage((120, 30), log_rows=50) as s:
        charger = await s.charger("AC-07")
        await charger.call("MakeCoffee", {})
        for _ in range(120):
            await charger.call("DataTransfer", {"vendorId": "x"})
        await s.press("0")
        await s.sees("ACTION_UNKNOWN")
        monkeypatch.setattr(s.engine.log, "_history", None)
        await s.press("enter")
        await s.said("The database is not open.")
        await s.press("2", "s", *"coffee", "enter")
        await s.said("The database is not open.")


async def test_the_palette_has_what_can_be_done_with_findings() -> None:
    async with stage((120, 30)) as s:
        await s.press("0")
        titles = {command.title for command in s.app.get_system_commands(s.app.screen)}
        assert {"All known  (c)", "Messages  (e)", "Report  (x)"} <= titles
        assert {"Known  (a)", "Hide code  (h)", "Hidden  (v)"} <= titles
        await s.press("1")
        assert any("(0)" in each.title and "Findings" in each.title for each in s.app.get_system_commands(s.app.screen))


async def test_a_small_terminal_has_room_for_the_messages_concerned() -> None:
    async with stage((80, 24)) as s:
        charger = await s.charger("AC-07")
        await charger.call("StatusNotification", {"connectorId": 1, "errorCode": "GroundFailure", "status": "Faulted"})
        await s.press("0")
        screen = await s.sees("FAULT_REPORTED")
        for part in ("The station reports a fault", "→ The code says where to look", "what was found", "GroundFailure"):
            assert part in screen, part


async def test_one_station_alone_is_listed_acknowledged_and_found_in_the_log() -> None:
    async with stage((120, 40)) as s:
        for name in ("AC-07", "AC-08"):
            charger = await s.charger(name)
            await charger.call("MakeCoffee", {})
        await charger.call("MakeTea", {"n": "ear" * 9})
        await s.press("0")
        await s.sees("Findings 2")
        await s.press("full_stop")
        assert "AC-07" not in await s.sees("Findings 1  AC-08")
        await s.press("full_stop", "e")
        assert "AC-07" not in await s.sees("~s AC-08 ~finding ACTION_UNKNOWN")
        await s.press("0", "c")
        await s.sees("Take all 2 findings")
        await s.press("y")
        assert "new  " not in await s.sees("AC-07")
        assert s.engine.fleet.findings == 0
        await s.press("c")
        await s.said("Nothing that is listed is new.")


async def test_marked_findings_are_acknowledged_together() -> None:
    async with stage((120, 40)) as s:
        charger = await s.charger("AC-07")
        await charger.call("MakeCoffee", {})
        await charger.call("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Sleepy"})
        await s.press("0")
        await s.sees("SCHEMA_ENUM")
        await s.press("home", "space", "space", "a")
        assert s.engine.fleet.findings == 0


async def test_what_is_listed_is_written_as_a_report(tmp_path: Path) -> None:
    path = tmp_path / "wrong.md"
    async with stage((120, 40)) as s:
        for name in ("AC-07", "AC-08"):
            charger = await s.charger(name)
            await charger.call("Make|Coffee", {"<b>": 1})
        await s.press("0")
        await s.sees("Findings 2")
        await s.press("full_stop", "x")
        await s.sees("Write the findings of AC-08")
        await s.press("ctrl+a", "ctrl+k", *str(path), "enter")
        await s.said(f"1 finding written to {path}.")
        text = path.read_text("utf-8")
        assert text.startswith("# Findings: AC-08")
        for part in ("1 warning", "Unknown action", "To do: Answered NotImplemented", "(row "):
            assert part in text, part
        assert "AC-07" not in text
        await s.press("full_stop", "x")
        await s.press("ctrl+a", "ctrl+k", *str(tmp_path / "none" / "wrong.md"), "enter")
        await s.sees("none")
