"""Which station a capital letter writes to, wherever the focus is."""

from typing import Any

from ocpp_console.screens.commands import CommandSheet


def targets(console: Any) -> list[str]:
    sheet = console.app.screen
    assert isinstance(sheet, CommandSheet), console.notices
    return [station.identity for station in sheet.stations]


def two_that_talk(console: Any) -> None:
    console.connect("AC-04")
    console.connect("AC-05")
    console.says("AC-05", "Heartbeat", {}, {"currentTime": "x"})


async def test_on_the_overview_the_log_never_tells_who_is_written_to(open_console: Any) -> None:
    async with open_console() as console:
        two_that_talk(console)
        await console.press("tab", "tab")
        assert console.app.focused.id == "messages"
        await console.press("up", "R")
        assert targets(console) == ["AC-04"]


async def test_on_the_overview_marked_stations_count_with_the_focus_on_the_log(open_console: Any) -> None:
    async with open_console() as console:
        two_that_talk(console)
        await console.press("down", "space", "tab", "tab", "R")
        assert targets(console) == ["AC-05"]


async def test_a_log_that_follows_asks_for_a_choice(open_console: Any) -> None:
    async with open_console() as console:
        two_that_talk(console)
        await console.press("2", "R")
        assert len(console.app.screen_stack) == 1
        assert "Pause the log (f) or choose a station on page 1" in console.notices


async def test_a_row_of_the_paused_log_tells_who_is_written_to(open_console: Any) -> None:
    async with open_console() as console:
        two_that_talk(console)
        await console.press("2", "f")
        console.says("AC-04", "Heartbeat")
        await console.press("R")
        assert targets(console) == ["AC-05"]


async def test_a_log_narrowed_to_one_station_tells_while_it_follows(open_console: Any) -> None:
    async with open_console() as console:
        two_that_talk(console)
        await console.press("2", "full_stop")
        console.says("AC-04", "Heartbeat")
        await console.press("R")
        assert targets(console) == ["AC-05"]


async def test_a_row_of_no_station_says_so_in_the_log_and_in_its_detail(open_console: Any) -> None:
    async with open_console() as console:
        two_that_talk(console)
        await console.press("2", "g", "R")
        assert "This row belongs to no station." in console.notices
        console.app.clear_notifications()
        await console.press("enter", "U")
        assert "This row belongs to no station." in console.notices
