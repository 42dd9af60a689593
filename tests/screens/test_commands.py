import pytest
from stage import stage

from ocpp_console.model.id_tags import IdTag
from ocpp_console.screens.commands import CommandSheet
from ocpp_console.screens.shortcuts import SHORTCUTS


async def test_remote_start_is_filled_in_and_its_answer_is_shown_with_it() -> None:
    async with stage((80, 24)) as s:
        s.engine.put_tag(IdTag("04A2B1C9D0", note="Workshop"))
        charger = await s.charger("AC-07")
        charger.answers["RemoteStartTransaction"] = {"status": "Accepted"}
        await charger.status(1, "Available")
        await charger.status(2, "Preparing")
        await s.sees("Prepar")
        await s.press("S")
        screen = await s.sees('{"connectorId": 2, "idTag": "04A2B1C9D0"}')
        assert "Workshop" in screen
        assert "Messages" in screen, "the log stays in view above the sheet"
        await s.press("enter")
        await s.sees("Switches power on")
        await s.press("y")
        await s.sees("Accepted")
        assert charger.asked == [("RemoteStartTransaction", {"connectorId": 2, "idTag": "04A2B1C9D0"})]
        await charger.start(2, "04A2B1C9D0")
        await s.sees("StartTransaction")


async def test_no_answer_to_the_question_sends_nothing() -> None:
    async with stage((80, 24)) as s:
        charger = await s.charger("AC-07")
        await s.sees("AC-07")
        await s.press("R")
        await s.sees("Reset")
        await s.press("enter", "enter")
        await s.sees("Asks first")
        assert charger.asked == []


async def test_a_rejection_comes_with_a_hint() -> None:
    async with stage() as s:
        s.engine.put_tag(IdTag("04A2B1C9D0"))
        charger = await s.charger("AC-07")
        charger.answers["RemoteStartTransaction"] = {"status": "Rejected"}
        await charger.status(1, "Faulted")
        await s.sees("Faulted")
        await s.press("S", "f10", "y")
        await s.sees("Rejected")
        command = s.engine.fleet.commands.of("AC-07")[-1]
        assert command.text
        await s.sees(command.text[:20])


async def test_violations_stand_at_their_fields_and_can_be_sent_anyway() -> None:
    async with stage() as s:
        charger = await s.charger("AC-07")
        charger.answers["UpdateFirmware"] = {}
        await s.sees("AC-07")
        await s.press("U")
        await s.sees("is missing")
        await s.press("f10")
        assert s.engine.fleet.commands.of("AC-07") == []
        await s.pilot.click("#anyway")
        await s.press("y")
        await s.sees("answered")
        [(action, payload)] = charger.asked
        assert action == "UpdateFirmware"
        assert "location" not in payload


async def test_the_location_typed_before_is_offered_again() -> None:
    async with stage() as s:
        charger = await s.charger("AC-07")
        charger.answers["UpdateFirmware"] = {}
        await s.sees("AC-07")
        await s.press("U", *"http://h/f.bin", "f10", "y")
        await s.sees("answered")
        await s.press("escape", "U")
        await s.press("down", "enter")
        await s.sees('"location": "http://h/f.bin"')
        assert charger.asked[0][1]["location"] == "http://h/f.bin"


async def test_the_signed_form_of_1_6_is_one_button_away() -> None:
    async with stage() as s:
        await s.charger("AC-07")
        await s.sees("AC-07")
        await s.press("U")
        sheet = s.app.screen
        assert isinstance(sheet, CommandSheet)
        await s.pilot.click(next(b for b in sheet.query("Button") if b.name == "SignedUpdateFirmware"))
        await s.sees("signingCertificate")


async def test_the_json_view_and_the_fields_stay_in_step() -> None:
    async with stage() as s:
        charger = await s.charger("AC-07")
        charger.answers["TriggerMessage"] = {"status": "Accepted"}
        await s.sees("AC-07")
        await s.press("T")
        sheet = s.app.screen
        area = sheet.query_one("#json")
        area.load_text('{"requestedMessage": "Heartbeat", "connectorId": 5}')
        await s.sees("Heartbeat")
        fields = [field.value for field in sheet.query("ValueInput")]
        assert fields == ["Heartbeat", "5"]
        area.load_text('{"requestedMessage": ')
        await s.sees("not JSON")
        await s.press("f10")
        assert charger.asked == []
        area.load_text('{"requestedMessage": "Heartbeat"}')
        await s.shown()
        await s.press("f10")
        await s.sees("Accepted")
        assert charger.asked == [("TriggerMessage", {"requestedMessage": "Heartbeat"})]


async def test_what_a_trigger_brought_about_attaches_to_it() -> None:
    async with stage() as s:
        charger = await s.charger("AC-07")
        charger.answers["TriggerMessage"] = {"status": "Accepted"}
        await s.sees("AC-07")
        await s.press("T", "f10")
        await s.sees("Accepted")
        await charger.status(1, "Charging")
        await s.sees("→ StatusNotification")


async def test_every_marked_station_gets_its_own_transaction() -> None:
    async with stage() as s:
        chargers = [await s.charger(name) for name in ("AC-01", "AC-02")]
        ids = []
        for number, charger in enumerate(chargers, 1):
            charger.answers["RemoteStopTransaction"] = {"status": "Accepted"}
            ids.append(await charger.start(1, f"TAG{number}"))
        await s.sees("AC-02")
        await s.press("m", "m", "X")
        await s.sees("AC-01, AC-02")
        await s.press("f10", "y")
        screen = await s.sees("AC-02  sent → answered")
        assert "AC-01  sent → answered" in screen
        assert [charger.asked[0][1]["transactionId"] for charger in chargers] == ids


async def test_a_station_that_leaves_keeps_its_form_and_is_named() -> None:
    async with stage() as s:
        charger = await s.charger("AC-07")
        await s.sees("AC-07")
        await s.press("U", *"ftp://x")
        await charger.leave()
        await s.sees("AC-07 is offline")
        await s.press("f10", "y")
        screen = await s.sees("is offline; it can be asked again")
        assert "ftp://x" in screen


async def test_any_command_is_found_by_part_of_its_name() -> None:
    async with stage((80, 24)) as s:
        charger = await s.charger("AC-07")
        charger.answers["GetLocalListVersion"] = {"listVersion": 3}
        await s.sees("AC-07")
        await s.press("N", *"listver", "enter")
        await s.sees("GetLocalListVersion →")
        await s.press("enter")
        await s.sees("answered")
        assert charger.asked == [("GetLocalListVersion", {})]


async def test_commands_of_2_0_1_are_filled_in_for_its_evses() -> None:
    async with stage() as s:
        s.engine.put_tag(IdTag("04A2B1C9D0", type="ISO14443"))
        charger = await s.charger("DC-01", "2.0.1")
        charger.answers["RequestStartTransaction"] = {"status": "Accepted"}
        charger.answers["TriggerMessage"] = {"status": "Accepted"}
        await charger.status(1, "Available")
        await charger.status(2, "Occupied")
        await s.sees("Occup")
        await s.press("S", "f10", "y")
        await s.sees("Accepted")
        await s.press("escape", "T", "f10")
        await s.sees("Accepted")
        assert charger.asked == [
            (
                "RequestStartTransaction",
                {"remoteStartId": 1, "idToken": {"idToken": "04A2B1C9D0", "type": "ISO14443"}, "evseId": 2},
            ),
            ("TriggerMessage", {"requestedMessage": "StatusNotification", "evse": {"id": 2, "connectorId": 1}}),
        ]


@pytest.mark.parametrize("version", ["1.6", "2.0.1", "2.1"])
async def test_every_letter_opens_a_form_for_every_version(version: str) -> None:
    async with stage((80, 24)) as s:
        await s.charger("X-1", version)
        await s.sees("X-1")
        for shortcut in SHORTCUTS:
            await s.press(shortcut.key)
            assert isinstance(s.app.screen, CommandSheet), shortcut.key
            await s.press("escape")


async def test_read_only_has_no_sheet() -> None:
    async with stage(read_only=True) as s:
        await s.charger("AC-07")
        await s.sees("AC-07")
        await s.press("R")
        assert not isinstance(s.app.screen, CommandSheet)


async def test_station_text_in_a_form_cannot_reach_the_terminal() -> None:
    async with stage() as s:
        charger = await s.charger("DC-01", "2.0.1")
        nasty = "\x1b[2J[/]\u202e"
        event = {
            "eventType": "Started",
            "timestamp": "2026-11-20T14:03:21Z",
            "triggerReason": "Authorized",
            "seqNo": 0,
            "transactionInfo": {"transactionId": nasty},
        }
        charger.answers["RequestStopTransaction"] = {"status": "Accepted"}
        await charger.call("TransactionEvent", event)
        await s.sees("DC-01")
        await s.press("X")
        screen = await s.sees("␛[2J[/]")
        assert "\x1b" not in screen
        assert "\u202e" not in screen
        await s.press("f10", "y")
        await s.sees("Accepted")
        assert charger.asked == [("RequestStopTransaction", {"transactionId": nasty})]


async def test_a_station_that_never_connected_gets_a_sentence_and_no_form() -> None:
    async with stage((80, 24)) as s:
        s.app.push_screen(CommandSheet(s.engine, ["AC-9"], "S"))
        await s.sees("AC-9 never connected")
        await s.press("f10", "enter")
        assert not isinstance(s.app.screen, CommandSheet)


async def test_stations_of_another_version_are_left_out_and_named() -> None:
    async with stage() as s:
        await s.charger("AC-01")
        await s.charger("DC-01", "2.0.1")
        await s.sees("DC-01")
        await s.press("m", "m", "R")
        await s.sees("Not sent to DC-01 (2.0.1)")


async def test_a_reset_names_the_session_that_it_would_end() -> None:
    async with stage() as s:
        charger = await s.charger("AC-07")
        await charger.start(1, "A1")
        await s.sees("AC-07")
        await s.press("R", "f10")
        await s.sees("A session runs at AC-07")
