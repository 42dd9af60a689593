"""The page of charging limits, with real sockets: limit at once, the builder, clearing, asking."""

import pytest
from stage import stage
from textual.widgets import Input, Select

from ocpp_console.screens.charging import ChargingPage
from ocpp_console.screens.limit_prompt import LimitPrompt, read_limit
from ocpp_console.screens.profile_sheet import ProfileSheet
from ocpp_console.screens.question import Question

COMPOSITE = {
    "status": "Accepted",
    "connectorId": 1,
    "scheduleStart": "2026-11-20T12:00:00Z",
    "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16}]},
}


def profile(charger):
    """The profile of the last SetChargingProfile."""
    payload = next(payload for action, payload in reversed(charger.asked) if action == "SetChargingProfile")
    return payload.get("csChargingProfiles") or payload["chargingProfile"]


async def ready(play, version="1.6", verdict="Accepted", identity="CP-1"):
    charger = await play.charger(identity, version)
    charger.answers |= {
        "SetChargingProfile": {"status": verdict},
        "ClearChargingProfile": {"status": "Accepted"},
        "GetCompositeSchedule": COMPOSITE if version == "1.6" else {"status": "Rejected"},
        "GetChargingProfiles": {"status": "NoProfiles"},
    }
    await charger.status(1, "Available")
    await play.press("7")
    await play.sees(identity)
    return charger


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_limit_at_once(size):
    async with stage(size) as play:
        charger = await ready(play)
        await play.press("down", "M")
        assert "for every session there (TxDefaultProfile)" in await play.shown()
        await play.press("1", "0", "enter")
        await play.sees("1 profile known")
        assert "10 A  every" in await play.shown()
        assert profile(charger)["chargingProfilePurpose"] == "TxDefaultProfile"
        assert profile(charger)["chargingSchedule"]["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 10}]
        await play.said("Accepted. Its composite schedule is drawn.")
        assert "━" in await play.shown()


async def test_a_running_session_is_limited_by_a_txprofile_and_the_prompt_says_so():
    async with stage((100, 30)) as play:
        charger = await ready(play)
        number = await charger.start(1, "04A2B1C9D0")
        await play.sees(f"▶ #{number}")
        await play.press("down", "M")
        screen = await play.shown()
        assert f"for session #{number} (TxProfile)" in screen
        assert "This changes the power of a running session at once." in screen
        await play.press(*"11kW", "enter")
        await play.sees("11 kW")
        assert profile(charger)["transactionId"] == number
        assert profile(charger)["chargingSchedule"]["chargingRateUnit"] == "W"
        await charger.call(
            "StopTransaction", {"transactionId": number, "meterStop": 9, "timestamp": "2026-11-20T14:03:21Z"}
        )
        await play.sees("no session")
        assert "11 kW  session" not in await play.shown()


async def test_a_number_that_is_none_is_told_and_nothing_is_sent():
    async with stage((100, 30)) as play:
        charger = await ready(play)
        await play.press("down", "M", "x", "enter")
        assert isinstance(play.app.screen, LimitPrompt)
        assert "Write a number" in await play.shown()
        await play.press("escape")
        assert charger.asked == []


@pytest.mark.parametrize(
    ("text", "limit"),
    [("16", (16.0, "A")), ("11 kW", (11000.0, "W")), ("10a", (10.0, "A")), ("", None), ("-6", None), ("1e9", None),
     ("٣", None), ("16.55", (16.6, "A"))],
)  # fmt: skip
def test_limits_as_people_write_them(text, limit):
    assert read_limit(text, "A") == limit


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_the_builder_draws_while_it_is_written(size):
    async with stage(size) as play:
        charger = await ready(play)
        await play.press("down", "P")
        sheet = play.app.screen
        assert isinstance(sheet, ProfileSheet)
        sheet.query_one("#profile-periods", Input).value = "0 16; 30m 10 x1; 1h 32"
        screen = await play.shown()
        assert "┃" in screen
        assert "━" in screen
        await play.press("f10")
        await play.sees("✓ CP-1: Accepted")
        periods = profile(charger)["chargingSchedule"]["chargingSchedulePeriod"]
        assert [period["limit"] for period in periods] == [16, 10, 32]
        assert periods[1]["numberPhases"] == 1
        await play.press("escape")
        assert "30m 10 x1" in await play.shown()


async def test_the_builder_asks_where_a_session_runs():
    async with stage((100, 30)) as play:
        charger = await ready(play)
        await charger.start(1, "04A2B1C9D0")
        await play.sees("▶ #1")
        await play.press("down", "P")
        assert play.app.screen.query_one("#profile-purpose", Select).value == "TxProfile"
        await play.press("f10")
        await play.sees("A session runs: CP-1 #1.")
        await play.press("n")
        assert charger.asked == []
        await play.press("f10")
        await play.sees("A session runs: CP-1 #1.")
        await play.press("y")
        await play.sees("✓ CP-1: Accepted")
        assert profile(charger)["transactionId"] == 1


async def test_what_is_wrong_stands_in_the_builder_and_is_not_sent():
    async with stage((100, 30)) as play:
        charger = await ready(play)
        await play.press("down", "P")
        sheet = play.app.screen
        sheet.query_one("#profile-periods", Input).value = "soon"
        assert "'soon' is no period" in await play.shown()
        await play.press("f10")
        sheet.query_one("#profile-periods", Input).value = "16"
        sheet.query_one("#profile-kind", Select).value = "Recurring"
        assert "Daily or Weekly" in await play.shown()
        assert charger.asked == []


async def test_a_refusal_shows_what_makers_are_known_for():
    async with stage((120, 36)) as play:
        await ready(play, verdict="Rejected")
        await play.press("M", "0", "enter")
        screen = await play.sees("✗ CP-1: Rejected.")
        assert "A limit of 0 is refused by some" in screen
        assert "none known" in screen


async def test_clearing_asks_first():
    async with stage((100, 30)) as play:
        charger = await ready(play)
        await play.press("down", "M", "8", "enter")
        await play.sees("1 profile known")
        await play.press("K")
        assert isinstance(play.app.screen, Question)
        await play.press("n")
        assert "ClearChargingProfile" not in [action for action, _ in charger.asked]
        await play.press("K", "y")
        await play.sees("0 profiles known")
        assert charger.asked[-1] == ("ClearChargingProfile", {"connectorId": 1})


async def test_one_profile_is_cleared_by_its_id_and_edited_from_the_list():
    async with stage((100, 30)) as play:
        charger = await ready(play, "2.0.1")
        await play.press("down", "M", "8", "enter")
        await play.sees("1 profile known")
        await play.press("tab", "P")
        assert play.app.screen.query_one("#profile-periods", Input).value == "0 8"
        await play.press("escape", "K", "y")
        await play.sees("0 profiles known")
        assert charger.asked[-1] == ("ClearChargingProfile", {"chargingProfileId": 1})


async def test_asking_a_2_station_for_its_profiles():
    async with stage((120, 36)) as play:
        charger = await ready(play, "2.0.1")
        await play.press("down", "V")
        await play.sees("✓ CP-1: It has no profile. It gives no")
        assert [action for action, _ in charger.asked] == ["GetChargingProfiles", "GetCompositeSchedule"]


async def test_several_stations_at_once():
    async with stage((120, 36)) as play:
        first, second = await ready(play), await ready(play, identity="CP-2")
        await play.press("home", "down", "space", "down", "space", "M")
        screen = await play.shown()
        assert "CP-1 1: for every session" in screen
        assert "CP-2 1: for every session" in screen
        await play.press("7", "enter")
        await play.sees("2 profiles known")
        assert profile(first) == profile(second)


async def test_offline_and_read_only_it_only_looks():
    async with stage((80, 24)) as play:
        charger = await ready(play)
        await charger.leave()
        await play.press("down", "M", "8", "enter")
        await play.said("is offline")
    async with stage((80, 24), read_only=True) as play:
        charger = await ready(play)
        await play.press("down", "M", "P", "K", "V")
        assert isinstance(play.app.screen, ChargingPage)
        screen = await play.shown()
        assert "limit now" in screen  # the column, and no key of the footer
        assert "M limit now" not in screen
        await play.press("u", "h")
        assert "6 h ahead" in await play.shown()
        assert charger.asked == []


async def test_hostile_words_of_a_station_stay_words():
    evil = "\x1b[2J[red]\u202eEMS[/]"
    async with stage((120, 36)) as play:
        charger = await ready(play, "2.0.1")
        await charger.call("NotifyChargingLimit", {"chargingLimit": {"chargingLimitSource": evil}})
        bad = {
            "id": 2**40,
            "stackLevel": 10**9,
            "chargingProfilePurpose": evil,
            "chargingProfileKind": evil,
            "chargingSchedule": [{"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 9}]}],
        }
        report = {"requestId": 1, "chargingLimitSource": evil, "evseId": 1, "chargingProfile": [bad]}
        await charger.call("ReportChargingProfiles", report)
        screen = await play.sees("1 profile known")
        assert "\x1b" not in screen
        assert "\u202e" not in screen
        await play.press("down", "tab", "P")
        assert "\x1b" not in await play.shown()


async def test_limits_of_single_phases_in_2_1():
    async with stage((120, 36)) as play:
        charger = await ready(play, "2.1")
        await play.press("down", "P")
        play.app.screen.query_one("#profile-periods", Input).value = "16/10/6"
        await play.press("f10")
        await play.sees("✓ CP-1: Accepted")
        period = profile(charger)["chargingSchedule"][0]["chargingSchedulePeriod"][0]
        assert period == {"startPeriod": 0, "limit": 16, "limit_L2": 10, "limit_L3": 6}
        await play.press("escape")
        assert "16/10/6 A" in await play.shown()


async def test_many_places_are_told_as_one_sum():
    async with stage((120, 36)) as play:
        for number in range(5):
            await ready(play, identity=f"CP-{number}", verdict="Rejected" if number == 3 else "Accepted")
        await play.press("home")
        for _ in range(5):
            await play.press("down", "space")
        await play.press("M", "7", "enter")
        await play.said("Done at 4 of 5 places, not at CP-3.")
