import asyncio
from pathlib import Path
from typing import Any

import pytest
from stage import Stage, stage
from websockets.asyncio.client import connect

from ocpp_console.engine import Engine
from ocpp_console.model.saved_commands import SavedCommand, to_toml
from ocpp_console.screens.command_page import CommandsPage
from ocpp_console.screens.commands import CommandSheet
from ocpp_console.settings import Settings

START = SavedCommand("Start here", "1.6", "RemoteStartTransaction", {"connectorId": 1, "idTag": "{driver}"})
CACHE = SavedCommand("Clear the cache", "1.6", "ClearCache", {})


async def sent(s: Stage, station: str, action: str, payload: Any) -> None:
    await s.engine.outcome(s.engine.request(station, action, payload))


async def test_the_page_shows_what_was_sent_and_its_whole_story() -> None:
    async with stage((140, 40)) as s:
        charger = await s.charger("DC-01", "2.0.1")
        info = {"reasonCode": "TxInProgress", "additionalInfo": "on EVSE 1"}
        charger.answers["ClearCache"] = {"status": "Rejected", "statusInfo": info}
        await sent(s, "DC-01", "ClearCache", {})
        await s.press("5")
        screen = await s.sees("the station says")
        assert '"on EVSE 1"' in screen
        assert "Rejected after" in screen
        assert "→ ClearCache {}" in screen


async def test_it_fits_into_a_small_terminal() -> None:
    async with stage((80, 24)) as s:
        charger = await s.charger("AC-07")
        charger.answers["ClearCache"] = {"status": "Accepted"}
        s.engine.saved_commands.put(CACHE)
        await sent(s, "AC-07", "ClearCache", {})
        await s.press("5")
        screen = await s.sees("Clear the cache")
        assert "Accepted after" in screen
        assert "Story  ClearCache" in screen


async def test_again_sends_the_same_after_the_question_and_with_a_number_of_its_own() -> None:
    async with stage() as s:
        charger = await s.charger("DC-01", "2.0.1")
        charger.answers["GetBaseReport"] = {"status": "Accepted"}
        charger.answers["ClearCache"] = {"status": "Accepted"}
        await sent(s, "DC-01", "GetBaseReport", {"requestId": 1, "reportBase": "FullInventory"})
        await sent(s, "DC-01", "ClearCache", {})
        await s.press("5")
        await s.sees("GetBaseReport")
        await s.press("W")
        await s.sees("Drivers known to the station only from its cache")
        await s.press("y")
        await s.sees("Commands  3")
        await s.press("down", "down", "W")
        await s.sees("Commands  4")
        await s.shown()
        assert charger.asked[-1] == ("GetBaseReport", {"requestId": 2, "reportBase": "FullInventory"})
        assert [action for action, _ in charger.asked] == ["GetBaseReport", "ClearCache", "ClearCache", "GetBaseReport"]


async def test_edit_and_send_opens_what_was_sent() -> None:
    async with stage() as s:
        charger = await s.charger("AC-07")
        charger.answers["TriggerMessage"] = {"status": "Accepted"}
        await sent(s, "AC-07", "TriggerMessage", {"requestedMessage": "Heartbeat"})
        await s.press("5")
        await s.sees("TriggerMessage")
        await s.press("E")
        await s.sees('"requestedMessage": "Heartbeat"')
        assert isinstance(s.app.screen, CommandSheet)


async def test_the_full_stop_shows_one_station() -> None:
    async with stage() as s:
        for name in ("AC-01", "AC-02"):
            charger = await s.charger(name)
            charger.answers["ClearCache"] = {"status": "Accepted"}
            await sent(s, name, "ClearCache", {})
        await s.press("5")
        await s.sees("all stations")
        await s.press("full_stop")
        screen = await s.sees("Commands  1  AC-02")
        assert "AC-01" not in screen


async def test_a_waiting_command_is_cancelled() -> None:
    async with stage() as s:
        await s.charger("AC-07")
        s.engine.request("AC-07", "ClearCache", {})
        await s.press("5")
        await s.sees("sent, no answer yet")
        await s.press("c")
        await s.sees("cancelled here")


async def test_a_command_is_kept_renamed_and_forgotten() -> None:
    async with stage() as s:
        charger = await s.charger("AC-07")
        charger.answers["RemoteStopTransaction"] = {"status": "Accepted"}
        await sent(s, "AC-07", "RemoteStopTransaction", {"transactionId": 5})
        await s.press("5")
        await s.sees("RemoteStopTransaction")
        await s.press("a", *"Stop it", "enter")
        await s.sees("Saved  1")
        saved = s.engine.saved_commands.get("Stop it")
        assert saved is not None
        assert saved.payload == {"transactionId": "{transactionId}"}
        await s.press("tab", "e", *"!", "enter")
        await s.sees("Stop it!")
        await s.press("d", "y")
        await s.sees("No commands are kept yet")
        assert len(s.engine.saved_commands) == 0


async def test_a_saved_command_asks_whom_and_says_what_is_not_filled_in() -> None:
    async with stage() as s:
        s.engine.saved_commands.put(START)
        chargers = [await s.charger(name) for name in ("AC-01", "AC-02")]
        await s.charger("DC-01", "2.0.1")
        for charger in chargers:
            charger.answers["RemoteStartTransaction"] = {"status": "Accepted"}
        await s.press("5", "tab")
        await s.sees("Start here")
        await s.press("enter")
        screen = await s.sees("space marks")
        assert "DC-01" not in screen
        await s.press("asterisk", "enter")
        await s.sees("RemoteStartTransaction → AC-01, AC-02")
        await s.sees("{driver} is not filled in")
        await s.press("f10")
        assert not any(charger.asked for charger in chargers)
        sheet = s.app.screen
        assert isinstance(sheet, CommandSheet)
        sheet.query_one("PayloadForm").focus_at("idTag")  # type: ignore[attr-defined]
        await s.press(*["backspace"] * len("{driver}"), *"04A2", "f10", "y")
        await s.sees("RemoteStartTransaction to 2 stations, at once: Accepted 2")
        assert [charger.asked[0][1] for charger in chargers] == [{"connectorId": 1, "idTag": "04A2"}] * 2


async def test_one_after_another_waits_for_each_answer() -> None:
    async with stage() as s:
        chargers = [await s.charger(name) for name in ("AC-01", "AC-02")]
        chargers[1].answers["TriggerMessage"] = {"status": "NotImplemented"}
        await s.sees("AC-02")
        await s.press("m", "m", "T", "f6", "f10")
        screen = await s.sees("one by one: sent 1, not asked yet 1")
        assert "AC-02" in screen
        assert chargers[1].asked == []
        s.engine.cancel(s.engine.fleet.commands.of("AC-01")[-1])
        await s.sees("no answer 1, NotImplemented 1")
        assert [action for action, _ in chargers[1].asked] == ["TriggerMessage"]


async def test_a_command_of_another_version_says_what_is_left_out_before_it_is_sent() -> None:
    async with stage() as s:
        s.engine.saved_commands.put(SavedCommand("Restart", "2.1", "Reset", {"type": "Immediate", "evseId": 2}))
        charger = await s.charger("AC-01")
        await s.press("5", "tab", "enter")
        await s.sees("space marks")
        await s.press("enter")
        await s.sees("evseId is not known to OCPP 1.6 and is left out.")
        await s.sees("must be one of Hard, Soft")
        assert charger.asked == []


async def test_a_file_is_read_after_telling_what_would_be_skipped(tmp_path: Path) -> None:
    file = tmp_path / "commands.toml"
    text = to_toml([START, CACHE]) + '\n[[command]]\nname = "New"\nversion = "1.6"\naction = "Teleport"\n'
    file.write_text(text, "utf-8")
    async with stage() as s:
        s.engine.saved_commands.put(CACHE)
        await s.press("5", "r")
        await s.sees("Read commands")
        s.app.screen.query_one("Input").value = str(file)  # type: ignore[attr-defined]
        await s.press("enter")
        screen = await s.sees("✗ New is skipped: OCPP 1.6 has no command 'Teleport'")
        assert "↻ replaces Clear the cache" in screen
        assert len(s.engine.saved_commands) == 1
        await s.press("y")
        await s.sees("Saved  2")
        await s.press("x")
        await s.sees("Write 2 commands")
        s.app.screen.query_one("Input").value = str(tmp_path / "out.toml")  # type: ignore[attr-defined]
        await s.press("enter")
        await s.said("2 commands written")
        assert (tmp_path / "out.toml").read_text("utf-8") == to_toml([CACHE, START])


@pytest.mark.parametrize("text", ["[[command]", "x = 1", "\x00"])
async def test_a_file_that_is_none_is_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "commands.toml"
    file.write_text(text, "utf-8")
    async with stage() as s:
        await s.press("5", "r")
        await s.sees("Read commands")
        s.app.screen.query_one("Input").value = str(file)  # type: ignore[attr-defined]
        await s.press("enter")
        await s.shown()
        assert isinstance(s.app.screen, CommandsPage)
        assert s.app._notifications


async def test_saved_commands_are_there_after_a_restart(tmp_path: Path) -> None:
    settings = Settings(host=("127.0.0.1",), port=0, db=str(tmp_path / "console.db"))
    first = Engine(settings)
    await first.start()
    first.saved_commands.put(START)
    first.saved_commands.put(CACHE)
    first.saved_commands.remove("Clear the cache")
    await first.stop()
    second = Engine(settings)
    await second.start()
    try:
        assert second.saved_commands.all() == [START]
    finally:
        await second.stop()


async def test_read_only_offers_nothing_that_sends() -> None:
    async with stage(read_only=True) as s:
        await s.charger("AC-07")
        await s.press("5")
        footer = (await s.shown()).splitlines()[-1]
        assert "again" not in footer
        await s.press("W", "E")
        assert isinstance(s.app.screen, CommandsPage)


async def palette(s: Stage, typed: str) -> str:
    await s.press("colon")
    for letter in typed:
        await s.pilot.press(letter)
    async with asyncio.timeout(10):
        while not s.app.screen.query("CommandList").first().option_count:  # type: ignore[attr-defined]
            await s.pilot.pause()
    return await s.shown()


async def test_the_palette_sends_any_command_by_block_or_letters() -> None:
    async with stage((120, 60)) as s:
        await s.charger("DC-01", "2.1")
        await s.sees("● 1 online")
        await palette(s, "")
        await s.sees("Provisioning: SetVariables")
        await s.press("escape", "escape")
        await palette(s, "dercontrol")
        await s.sees("DER control: SetDERControl")
        await s.press("escape", "escape")
        await palette(s, "setdefta")
        await s.press("enter")
        await s.sees("SetDefaultTariff → DC-01")


async def test_the_palette_knows_saved_commands() -> None:
    async with stage() as s:
        s.engine.saved_commands.put(CACHE)
        await s.charger("AC-07")
        await s.sees("● 1 online")
        await palette(s, "savedclear")
        await s.press("enter")
        await s.sees("ClearCache → AC-07")


async def test_the_cursor_stays_on_the_newest_command_until_it_is_moved() -> None:
    async with stage((120, 40)) as s:
        await s.charger("AC-01")
        for action in ("Heartbeat", "StatusNotification"):
            s.engine.request("AC-01", "TriggerMessage", {"requestedMessage": action})
            await s.press("5")
            assert s.app.screen.command is s.engine.fleet.commands.of("AC-01")[-1]
        await s.press("down")
        kept = s.app.screen.command
        s.engine.request("AC-01", "TriggerMessage", {"requestedMessage": "BootNotification"})
        await s.shown()
        assert s.app.screen.command is kept
        await s.press("g")
        s.engine.request("AC-01", "ClearCache", {})
        await s.shown()
        assert s.app.screen.command.action == "ClearCache"


async def test_the_calls_of_procedures_are_hidden_until_they_are_wanted() -> None:
    async with stage((140, 40)) as s:
        charger = await s.charger("AC-07")
        charger.answers |= {"ClearCache": {"status": "Accepted"}, "GetConfiguration": {}}
        await sent(s, "AC-07", "ClearCache", {})
        for _ in range(3):
            await s.engine.link("AC-07", "configuration").call("GetConfiguration", {})
        await s.press("5")
        screen = await s.sees("3 of procedures (h)")
        assert "GetConfiguration" not in screen
        await s.press("h")
        await s.sees("GetConfigurati")


async def test_a_free_form_command_is_edited_in_the_free_form() -> None:
    async with stage() as s:
        charger = await s.charger("AC-07")
        charger.answers["Teleport"] = {}
        await s.engine.outcome(s.engine.request("AC-07", "Teleport", {"to": "Mars"}, check=False))
        await s.press("5")
        await s.sees("Teleport")
        await s.press("E")
        await s.sees("goes out exactly as typed")
        area = s.app.screen.query_one("#free-payload")
        assert area.text == '{\n  "to": "Mars"\n}'
        assert s.app.screen.query_one("#free-action").value == "Teleport"
        await s.press("f10")
        await s.sees("answered")
        assert charger.asked == [("Teleport", {"to": "Mars"})] * 2


@pytest.mark.parametrize("frame", [b'[2, "x1", "Heartbeat",  {"odd": 1}]', b'[6,"x2","Hello",{}]', b"[2, broken"])
async def test_a_raw_frame_is_in_the_history_and_goes_out_again_as_it_was(frame: bytes) -> None:
    async with stage((140, 40)) as s:
        url = f"ws://127.0.0.1:{s.engine.port}/AC-07"
        async with connect(url, subprotocols=["ocpp1.6"]) as socket:  # type: ignore[list-item]
            await s.sees("AC-07")
            s.engine.send_frame("AC-07", frame)
            heard = [await socket.recv()]
            if b"x1" in frame:
                await socket.send('[3, "x1", {}]')
            await s.press("5")
            await s.sees("Commands  1")
            await s.press("W")
            heard.append(await socket.recv())
            assert heard == [frame.decode()] * 2
            await s.press("E")
            await s.sees("goes out exactly as typed")
            assert s.app.screen.query_one("#free-payload").text == frame.decode()


async def test_what_was_sent_is_there_after_a_restart(tmp_path: Path) -> None:
    wishes = {"db": str(tmp_path / "console.db")}
    info = {"status": "Rejected", "statusInfo": {"reasonCode": "Busy"}}
    async with stage(**wishes) as s:
        charger = await s.charger("DC-01", "2.0.1")
        charger.answers["GetLog"] = info
        payload = {"requestId": 41, "logType": "SecurityLog", "log": {"remoteLocation": "ftp://h"}}
        await sent(s, "DC-01", "GetLog", payload)
        await s.engine.link("DC-01", "configuration").call("GetLog", {**payload, "requestId": 42})
        s.engine.request("DC-01", "ClearCache", {})
        await s.engine.until("DC-01", lambda: len(charger.asked) == 3, 10)
    async with stage((140, 40), **wishes) as s:
        await s.press("5")
        screen = await s.sees("Rejected after")
        assert "1 of procedures (h)" in screen
        assert "never" not in screen
        clear, log = s.engine.fleet.commands.chosen("DC-01")
        assert (clear.action, clear.progress.value) == ("ClearCache", "no answer")
        assert (log.payload, log.recalled) == (payload, True)
        assert s.engine.fleet.commands.next_number() == 43
        await s.charger("DC-01", "2.0.1")
        s.app.push_screen(CommandSheet(s.engine, ["DC-01"], action="GetLog"))
        await s.sees("DiagnosticsLog")
        await s.press("f3")
        await s.sees('"requestId": 43')


async def test_an_empty_history_tells_the_truth_after_a_restart(tmp_path: Path) -> None:
    async with stage(db=str(tmp_path / "console.db")) as s:
        await s.press("5")
        await s.sees("No command is in the log.")


async def test_a_report_opens_as_one_from_the_story() -> None:
    async with stage((200, 40)) as s:
        charger = await s.charger("DC-01", "2.0.1")
        charger.answers["GetDisplayMessages"] = {"status": "Accepted"}
        await sent(s, "DC-01", "GetDisplayMessages", {"requestId": 1})
        for number, last in ((1, False), (2, True)):
            shown = {
                "id": number,
                "priority": "AlwaysFront",
                "message": {"format": "UTF8", "content": f"Hello {number}"},
            }
            await charger.call("NotifyDisplayMessages", {"requestId": 1, "messageInfo": [shown], "tbc": not last})
        await s.press("5")
        await s.sees("2 parts, 2 messages, complete")
        await s.press("tab", "tab", "end", "enter")
        screen = await s.sees("Hello 1")
        assert "Hello 2" in screen
        await s.press("escape")
        await s.sees("Story  GetDisplayMessages")


async def test_brackets_in_a_message_go_through_the_commands_it_was_opened_from() -> None:
    async with stage((80, 24)) as s:
        charger = await s.charger("AC-07")
        for action in ("ClearCache", "Reset"):
            charger.answers[action] = {"status": "Accepted"}
        await sent(s, "AC-07", "ClearCache", {})
        await sent(s, "AC-07", "Reset", {"type": "Soft"})
        await s.press("5", "enter")
        await s.sees("Reset  AC-07 ← central system")
        await s.press("right_square_bracket")
        await s.sees("ClearCache  AC-07 ← central system")
        await s.press("escape")
        assert "›" in next(line for line in (await s.sees("ClearCache")).splitlines() if "ClearCache" in line)
