"""A burst of keys: what was typed behind a key that opens a line stands in that line."""

import pytest
from stage import Stage, stage
from textual.events import Key
from textual.widgets import Input

from ocpp_console.screens.messages import MessagesPane


def burst(s: Stage, *keys: str) -> None:
    """All keys at once, as a paste or a slow line brings them: nobody waits for anything in between."""
    for key in keys:
        character = {"slash": "/", "semicolon": ";", "enter": "\r"}.get(key, key)
        s.app.post_message(Key(key, character if len(character) == 1 else None))


async def test_a_filter_in_one_burst_arrives_whole() -> None:
    async with stage((80, 24)) as s:
        station = await s.charger("AC-07")
        for number in range(5):
            await station.call("DataTransfer", {"vendorId": "x", "data": f"number-{number}"})
        burst(s, "2", "slash", *"number-3", "enter")
        await s.sees("/number-3")
        pane = s.app.screen.query_one(MessagesPane)
        await s.sees("number-3")
        assert pane.filter_text == "number-3"
        assert len(pane.rows()) == 1
        burst(s, "slash", "end", *"4", "backspace", *"x", "enter")
        await s.sees("Nothing in the whole log")
        assert pane.filter_text == "number-3x"


@pytest.mark.parametrize("key", ["s", "t", "semicolon"])
async def test_a_line_that_opens_a_window_gets_every_letter(key: str) -> None:
    async with stage((80, 24)) as s:
        await s.charger("AC-07")
        await s.press("2", "f")
        burst(s, key, *"quit q 12/")
        await s.sees("quit q 12/")
        assert s.app.screen.query_one(Input).value == "quit q 12/"


async def test_a_burst_of_commands_is_done_in_order() -> None:
    async with stage((80, 24)) as s:
        await s.charger("AC-07")
        burst(s, "2", "f", "semicolon", *"seen", "enter", "1", "2")
        await s.sees("; seen")
