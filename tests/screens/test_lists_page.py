"""The page of local lists and reservations, with real sockets."""

import pytest
from stage import stage

from ocpp_console.model.id_tags import IdTag
from ocpp_console.screens.local_list import ListsPage
from ocpp_console.screens.question import Question


async def ready(play, identity="CP-1", version="1.6"):
    charger = await play.charger(identity, version)
    number = {"listVersion": 0} if version == "1.6" else {"versionNumber": 0}
    charger.answers |= {
        "GetLocalListVersion": number,
        "SendLocalList": {"status": "Accepted"},
        "ReserveNow": {"status": "Accepted"},
        "CancelReservation": {"status": "Accepted"},
    }
    await charger.status(1, "Available")
    for token in ("AA11", "BB22"):
        play.engine.put_tag(IdTag(token))
    await play.press("8")
    await play.sees(identity)
    return charger


def sent(charger):
    return [payload for action, payload in charger.asked if action == "SendLocalList"]


async def in_full(play, charger):
    """Send the full list; the station says its new version from then on."""
    charger.answers["GetLocalListVersion"] = {"listVersion": 0}
    await play.press("F")
    assert "Send all 2 idTags to CP-1?" in await play.shown()
    await play.press("y")
    await play.sees("version 1: 2")
    charger.answers["GetLocalListVersion"] = {"listVersion": 1}


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_in_full_then_what_changed(size):
    async with stage(size) as play:
        charger = await ready(play)
        assert "? not asked yet" in await play.shown()
        await in_full(play, charger)
        await play.press("V")
        await play.sees("✓ in step")
        assert (sent(charger)[0]["updateType"], len(sent(charger)[0]["localAuthorizationList"])) == ("Full", 2)
        play.engine.put_tag(IdTag("CC33"))
        play.engine.remove_tag("AA11")
        screen = await play.sees("! 1 new, 1 gone")
        assert "new since version 1: cc33" in screen
        await play.press("W")
        assert isinstance(play.app.screen, Question)
        charger.asked.clear()
        await play.press("y")
        await play.sees("version 2: 2")
        assert sent(charger)[0]["updateType"] == "Differential"
        tokens = {entry["idTag"]: "idTagInfo" in entry for entry in sent(charger)[0]["localAuthorizationList"]}
        assert tokens == {"CC33": True, "AA11": False}


async def test_no_is_no():
    async with stage((80, 24)) as play:
        charger = await ready(play)
        await play.press("F", "n", "W", "escape")
        assert charger.asked == []


async def test_a_list_changed_elsewhere_is_told():
    async with stage((120, 30)) as play:
        charger = await ready(play)
        await in_full(play, charger)
        charger.answers["GetLocalListVersion"] = {"listVersion": 7}
        await play.press("V")
        await play.sees("▲ changed elsewhere: 7, sent 1")


async def test_several_stations_each_with_its_result():
    async with stage((120, 30)) as play:
        good, bad = await ready(play), await ready(play, "CP-2")
        good.answers["GetLocalListVersion"] = {"listVersion": 0}
        bad.answers["SendLocalList"] = {"status": "Failed"}
        await play.press("home", "space", "space", "F", "y")
        await play.said("stations, not at")
        screen = await play.shown()
        assert "✗ failed" in screen
        assert len(sent(good)) == len(sent(bad)) == 1


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_reserve_and_cancel(version, size):
    async with stage(size) as play:
        charger = await ready(play, version=version)
        await play.press("E")
        assert "Reserve at CP-1" in await play.shown()
        await play.press("f10")
        await play.sees("◇ reserved")
        action, payload = charger.asked[-1]
        assert action == "ReserveNow"
        assert payload["connectorId" if version == "1.6" else "evseId"] == 1
        await play.press("tab", "K")
        assert "Cancel #1 at CP-1" in await play.shown()
        await play.press("y")
        await play.sees("○ cancelled")
        assert charger.asked[-1] == ("CancelReservation", {"reservationId": 1})
        await play.press("K")
        await play.said("No standing reservation")


async def test_the_session_that_used_it_is_named():
    async with stage((120, 30)) as play:
        charger = await ready(play)
        await play.press("E", "f10")
        await play.sees("◇ reserved")
        start = {"connectorId": 1, "idTag": "AA11", "meterStart": 0, "timestamp": "2026-11-20T14:03:21Z"}
        number = (await charger.call("StartTransaction", {**start, "reservationId": 1}))["transactionId"]
        screen = await play.sees("✓ used")
        assert f"session #{number}" in screen


async def test_what_is_wrong_with_a_reservation_is_told():
    async with stage((80, 24)) as play:
        charger = await ready(play)
        await play.press("E", *["backspace"] * 3, "x", "enter")
        assert "The connector is a whole number" in await play.shown()
        await play.press("escape")
        assert charger.asked == []


async def test_read_only_it_only_looks():
    async with stage((80, 24), read_only=True) as play:
        charger = await ready(play)
        await play.press("W", "F", "V", "E", "K")
        assert isinstance(play.app.screen, ListsPage)
        assert "W send" not in await play.shown()
        assert charger.asked == []


async def test_hostile_words_stay_words():
    evil = "\x1b]52;c;AAAA\x07[/]\u202e"
    async with stage((120, 30)) as play:
        charger = await ready(play)
        play.engine.put_tag(IdTag("T\u202e[/]"))
        charger.answers |= {"SendLocalList": {"status": evil}, "ReserveNow": {"status": evil}}
        await play.press("F", "y")
        await play.sees("✗ failed")
        await play.press("E", "f10")
        screen = await play.sees("✗ refused")
        assert "\x1b" not in screen
        assert "\u202e" not in screen
