import re
from typing import Any

import pytest

from ocpp_console.model.id_tags import IdTag

METER = {"connectorId": 1, "meterValue": [{"timestamp": "2026-11-20T14:03:21Z", "sampledValue": [{"value": "7310"}]}]}


def two_stations(console: Any) -> None:
    console.connect("AC-04")
    console.connect("DC-01", "2.0.1")
    boot = {"chargePointVendor": "Acme", "chargePointModel": "Wallbox"}
    console.says("AC-04", "BootNotification", boot, {"status": "Accepted", "currentTime": "x", "interval": 300})
    status = {"connectorId": 1, "errorCode": "NoError", "status": "Charging"}
    console.says("AC-04", "StatusNotification", status, {})


async def test_wide_it_shows_stations_messages_and_tags_at_once(open_console: Any) -> None:
    async with open_console(size=(160, 40)) as console:
        two_stations(console)
        console.engine.put_tag(IdTag("04A2B1C9D0", note="Workshop"))
        await console.look()
        assert "AC-04" in console.line("▶ Charging")
        assert "Acme Wallbox" in console.text or "AC-04" in console.text
        assert "StatusNotification" in console.text
        assert "✓ Accepted" in console.line("04A2B1C9D0")


async def test_at_80_by_24_it_shows_stations_and_messages(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        two_stations(console)
        await console.look()
        assert "Stations  2" in console.text
        assert "1 ▶ Charging" in console.line("AC-04")
        assert "CP→" in console.line("StatusNotification")
        assert len(console.lines) == 24
        assert "idTags" not in console.text


async def test_below_60_by_18_a_sentence_says_what_is_needed(open_console: Any) -> None:
    for size in ((59, 30), (100, 17)):
        async with open_console(size=size) as console:
            assert "60 columns and 18" in " ".join(console.text.split())


async def test_the_footer_has_six_entries_at_most(open_console: Any) -> None:
    async with open_console(size=(200, 50)) as console:
        entries, pages = re.split(r" {4,}", console.lines[-1].strip())
        assert " ".join(entries.split()) == "S start X stop R reset U firmware N command ? help"
        assert pages == "1…0 pages"
        await console.press("tab")
        entries, pages = re.split(r" {4,}", console.lines[-1].strip())
        assert entries.endswith("? help")
        assert len(entries.split("  ")) <= 6


async def test_read_only_hides_every_key_that_writes(open_console: Any) -> None:
    async with open_console(read_only=True) as console:
        two_stations(console)
        await console.press("R")
        assert len(console.app.screen_stack) == 1
        assert "reset" not in console.text
        assert "read-only" in console.lines[0]
        await console.press("question_mark")
        assert "Reset the station" not in console.text


async def test_full_stop_narrows_the_log_to_the_selected_station(open_console: Any) -> None:
    async with open_console() as console:
        two_stations(console)
        console.says("DC-01", "Heartbeat", {}, {"currentTime": "x"})
        await console.press("down", "full_stop")
        assert "Messages  DC-01" in console.text
        assert "BootNotification" not in console.text
        await console.press("up")
        assert "Messages  AC-04" in console.text
        await console.press("full_stop")
        assert "Messages  all stations" in console.text


async def test_zoom_gives_one_pane_the_page_and_back(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        two_stations(console)
        await console.press("tab", "z")
        assert "Stations" not in console.text
        assert "Messages" in console.lines[1]
        await console.press("escape")
        assert "Stations  2" in console.text


async def test_a_pane_that_is_hidden_when_narrow_can_be_zoomed_elsewhere(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        await console.press("4")
        assert "idTags" in console.text
        await console.press("escape")
        assert "Stations" in console.text


async def test_an_empty_console_teaches_where_to_connect(open_console: Any) -> None:
    async with open_console() as console:
        assert "Waiting for a charger" in console.text
        assert "ws://" in console.text


async def test_a_capital_letter_without_a_station_says_so(open_console: Any) -> None:
    async with open_console() as console:
        await console.press("R")
        assert len(console.app.screen_stack) == 1
        assert "No station" in console.notices


async def test_a_capital_letter_opens_the_sheet_for_the_marked_stations(open_console: Any) -> None:
    async with open_console() as console:
        console.connect("AC-04")
        console.connect("AC-05")
        console.connect("AC-06")
        await console.press("space", "down", "space")
        assert console.app.screen.stations_chosen() == ["AC-04", "AC-06"]
        await console.press("R")
        assert len(console.app.screen_stack) == 2


@pytest.mark.parametrize(
    "bad", ["[/]", "[@click=app.quit]x[/]", "a\x1b[2Jb", "\u202eexe", "n\x00ul", "s\ud83dx", "中" * 900]
)
async def test_hostile_identities_and_vendors_are_only_text(open_console: Any, bad: str) -> None:
    async with open_console(size=(160, 40)) as console:
        console.connect("AC-04" + bad)
        boot = {"chargePointVendor": bad, "chargePointModel": bad, "firmwareVersion": bad}
        console.says("AC-04" + bad, "BootNotification", boot, {})
        console.says("AC-04" + bad, "StatusNotification", {"connectorId": 1, "errorCode": bad, "status": bad}, {})
        await console.press("o", "down", "tab", "enter", "t", "escape", "1", "enter", "escape")
        assert console.app.is_running
        assert not any(ord(char) < 32 and char != "\n" for char in console.text)
        assert "\u202e" not in console.text


async def test_a_station_that_leaves_is_shown_offline(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        two_stations(console)
        console.leave("AC-04")
        await console.look()
        assert "○" in console.line("AC-04")
        assert "offline" in console.line("AC-04")


async def test_the_wheel_and_clicks_work(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        two_stations(console)
        await console.look()
        row = next(index for index, line in enumerate(console.lines) if "DC-01" in line)
        await console.pilot.click(offset=(10, row))
        await console.look()
        assert console.line("DC-01").startswith("│›")
        await console.pilot.click(offset=(10, row), times=2)
        await console.look()
        assert len(console.app.screen_stack) == 2


async def test_the_log_says_how_long_answers_took_at_80_and_at_160_columns(open_console: Any) -> None:
    for size in ((80, 24), (160, 45)):
        async with open_console(size=size) as console:
            two_stations(console)
            await console.look()
            line = console.line("StatusNotification")
            assert re.search(r"\d ms", line)
            assert "Charg" in line, "what it is about has room as well"


async def test_a_log_of_one_station_does_not_repeat_its_name(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        two_stations(console)
        await console.press("full_stop")
        assert "AC-04" not in console.line("StatusNotification")
        await console.press("full_stop")
        assert "AC-04" in console.line("StatusNotification")


async def test_last_seen_stays_and_findings_have_a_plain_name(open_console: Any) -> None:
    async with open_console(size=(160, 45)) as console:
        two_stations(console)
        await console.look()
        head = console.line("station▴")
        assert "seen UTC" in head
        assert "warn" in head


async def test_a_station_that_is_held_is_told_by_a_word(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        two_stations(console)
        boot = {"chargePointVendor": "Acme", "chargePointModel": "Wallbox"}
        console.says("AC-04", "BootNotification", boot, {"status": "Pending", "currentTime": "x", "interval": 300})
        await console.look()
        assert "pending" in console.line("1 ▶ Charging")


async def test_a_session_of_2x_is_told_in_place_of_occupied(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        console.connect("DC-01", "2.0.1")
        now = "2026-11-20T14:03:21Z"
        status = {"evseId": 1, "connectorId": 1, "connectorStatus": "Occupied", "timestamp": now}
        console.says("DC-01", "StatusNotification", status, {})
        await console.look()
        assert "1 ◆ Occupied" in console.text
        info = {"transactionId": "t1", "chargingState": "SuspendedEV"}
        event = {"eventType": "Started", "timestamp": now, "triggerReason": "CablePluggedIn", "seqNo": 0}
        console.says("DC-01", "TransactionEvent", event | {"transactionInfo": info, "evse": {"id": 1}}, {})
        await console.look()
        assert "1 ‖ SuspendedEV" in console.text


async def test_an_empty_console_says_how_to_see_it_at_work(open_console: Any) -> None:
    async with open_console(size=(100, 30)) as console:
        assert f"ocpp-console --demo --port {console.engine.port + 1}" in console.text


async def test_the_policy_is_told_where_the_tags_are_not_shown(open_console: Any) -> None:
    async with open_console(size=(80, 24), policy="known") as console:
        assert "known tags only" in console.lines[0]


async def test_an_offline_station_is_forgotten_after_a_question(open_console: Any) -> None:
    async with open_console() as console:
        two_stations(console)
        await console.press("delete")
        assert "Only a station that is offline" in console.notices
        console.leave("AC-04")
        await console.press("delete", "n")
        assert "AC-04" in console.engine.fleet.stations
        await console.press("delete", "y")
        assert list(console.engine.fleet.stations) == ["DC-01"]


async def test_its_page_goes_with_a_station_that_is_forgotten(open_console: Any) -> None:
    async with open_console() as console:
        two_stations(console)
        console.leave("AC-04")
        await console.press("enter", "delete", "y")
        assert "Stations  1" in console.text
