"""What the command sheet says before anything is sent, and where typing goes."""

from typing import Any

import pytest
from stage import stage

from ocpp_console.model.id_tags import IdTag
from ocpp_console.screens.commands import CommandSheet
from ocpp_console.widgets.payload_form import PayloadForm


def payload(s: Any) -> Any:
    sheet = s.app.screen
    assert isinstance(sheet, CommandSheet)
    return sheet.query_one(PayloadForm).payload


async def test_the_cursor_is_drawn_only_where_somebody_edits() -> None:
    async with stage((80, 24)) as s:
        s.engine.put_tag(IdTag("04A2"))
        charger = await s.charger("AC-07")
        await charger.status(1, "Available")
        await s.sees("Available")
        await s.press("S")
        screen = await s.sees("enter sends, asks first · shift+tab edits")
        assert "›idTag" not in screen
        await s.press("shift+tab")
        await s.sees("›")
        await s.press("tab")
        assert "›idTag" not in await s.shown()


@pytest.mark.parametrize(("keys", "tag"), [(["down", "B"], "04A2B"), (["B"], "04A2B"), (["up", "B"], "04A2B")])
async def test_typing_on_the_button_goes_to_the_field(keys: list[str], tag: str) -> None:
    async with stage((80, 24)) as s:
        s.engine.put_tag(IdTag("04A2"))
        charger = await s.charger("AC-07")
        await charger.status(1, "Available")
        await s.sees("Available")
        await s.press("S")
        assert s.app.focused.id == "send"
        await s.press(*keys)
        assert payload(s)["idTag"] == tag
        assert "›idTag" in await s.shown()


async def test_the_button_says_its_key() -> None:
    async with stage((80, 24)) as s:
        await s.charger("AC-07")
        await s.sees("AC-07")
        await s.press("U")
        await s.sees("Send (F10)")


async def test_a_tag_that_was_just_refused_is_not_filled_in() -> None:
    async with stage((80, 24), policy="known") as s:
        s.engine.put_tag(IdTag("OLD1", expiry="2020-01-01"))
        s.engine.put_tag(IdTag("GOOD1"))
        charger = await s.charger("AC-07")
        await charger.status(1, "Available")
        await charger.call("Authorize", {"idTag": "7C11A0EE"})
        await s.sees("Available")
        await s.press("S")
        assert payload(s)["idTag"] == "GOOD1"


async def test_an_unknown_tag_is_filled_in_where_every_tag_is_accepted_and_none_is_listed() -> None:
    async with stage((80, 24), policy="any") as s:
        charger = await s.charger("AC-07")
        await charger.call("Authorize", {"idTag": "7C11A0EE"})
        await s.sees("AC-07")
        await s.press("S")
        assert payload(s)["idTag"] == "7C11A0EE"


async def test_start_on_the_page_of_tags_is_for_the_tag_under_the_cursor() -> None:
    async with stage((80, 24), policy="known") as s:
        s.engine.put_tag(IdTag("GOOD1"))
        charger = await s.charger("AC-07")
        await charger.call("Authorize", {"idTag": "7C11A0EE"})
        await s.press("4")
        await s.sees("7C11A0EE")
        await s.press("S")
        assert payload(s)["idTag"] == "7C11A0EE"


async def test_a_start_goes_to_the_free_connector_and_a_taken_one_is_told() -> None:
    async with stage((100, 40)) as s:
        s.engine.put_tag(IdTag("04A2"))
        charger = await s.charger("AC-07")
        await charger.status(1, "Preparing")
        await charger.status(2, "Available")
        await charger.start(1, "04A2")
        await s.sees("kWh")
        await s.press("S")
        assert payload(s)["connectorId"] == 2
        assert "already" not in await s.shown()
        await s.press("down", "enter", "backspace", "1")
        await s.sees("A session runs at connector 1 of AC-07 already")


async def test_a_connector_out_of_order_is_told() -> None:
    async with stage((100, 40)) as s:
        charger = await s.charger("AC-07")
        await charger.status(1, "Faulted")
        await s.sees("Faulted")
        await s.press("S")
        await s.sees("Connector 1 of AC-07 is Faulted")


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
async def test_a_station_that_was_not_let_in_is_told(version: str) -> None:
    async with stage((100, 40), registration="Rejected") as s:
        await s.charger("X-1", version)
        await s.sees("X-1")
        await s.press("R")
        await s.sees("X-1 was rejected at its boot")
        await s.press("escape")
        s.engine.station_settings.change("X-1", registration="Pending")
        await s.charger("X-1", version)
        await s.sees("pending" if s.app.size.width >= 160 else "◐")
        await s.press("S")
        await s.sees("X-1 is held at Pending")


async def test_the_help_of_a_field_is_not_cut_while_lines_are_free() -> None:
    async with stage((80, 24)) as s:
        await s.charger("AC-07")
        await s.sees("AC-07")
        await s.press("S")
        await s.sees("is checked first.")


async def test_a_request_to_start_begins_at_the_tag_not_at_a_number_of_ours() -> None:
    async with stage((120, 40), policy="known") as s:
        s.engine.put_tag(IdTag("04A2"))
        await s.charger("DC-01", "2.0.1")
        await s.sees("DC-01")
        await s.press("S", "shift+tab")
        line = s.app.screen.query_one(PayloadForm).rows.line
        assert line is not None
        assert line.path == ("idToken", "idToken")


async def test_the_session_that_was_just_started_does_not_speak_against_its_start() -> None:
    async with stage((100, 40)) as s:
        s.engine.put_tag(IdTag("04A2"))
        charger = await s.charger("AC-07")
        charger.answers["RemoteStartTransaction"] = {"status": "Accepted"}
        await charger.status(1, "Preparing")
        await s.sees("Preparing")
        await s.press("S", "f10", "y")
        await s.sees("Accepted")
        await charger.start(1, "04A2")
        assert "already" not in await s.sees("StartTransaction #1")
