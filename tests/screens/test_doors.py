import pytest
from stage import stage
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from ocpp_console.screens.doors import evidence
from ocpp_console.widgets.qr_code import half_blocks, modules


async def test_the_url_to_type_in_stands_there_with_its_code() -> None:
    async with stage((80, 24)) as s:
        await s.press("9")
        url = s.engine.urls()[0].url
        screen = await s.sees(url)
        assert str(s.engine.port) in url
        assert "waiting for a charger" in screen
        assert "identity" in screen
        code = half_blocks(modules(url))
        assert code[5].strip() in screen


async def test_who_was_refused_is_told_with_the_reason() -> None:
    async with stage((80, 24)) as s:
        with pytest.raises(InvalidStatus):
            await connect(f"ws://127.0.0.1:{s.engine.port}/AC-9", subprotocols=["ocpp1.5"])
        await s.press("9")
        await s.sees("Refused  1")
        attempt = s.engine.fleet.attempts[-1]
        await s.press("tab")
        screen = await s.sees(attempt.text[:30])
        assert "/AC-9" in screen
        assert "ocpp1.5" in screen


async def test_the_newest_attempt_comes_first_and_bytes_are_harmless() -> None:
    async with stage() as s:
        for path in ("/first", "/%1b%5d52;second"):
            with pytest.raises(InvalidStatus):
                await connect(f"ws://127.0.0.1:{s.engine.port}{path}", subprotocols=["nope"])
        await s.press("9", "tab")
        screen = await s.sees("/first")
        assert screen.index("second") < screen.index("/first")
        assert "\x1b" not in screen


async def test_an_ascii_terminal_gets_an_ascii_code() -> None:
    async with stage(ascii=True) as s:
        await s.press("9")
        screen = await s.sees("####")
        assert "█" not in screen


def test_bytes_that_are_no_text_are_shown_in_hexadecimal() -> None:
    assert evidence(bytes.fromhex("16030100c8")) == "16 03 01 00 c8"
    assert evidence(b"POST / HTTP/1.1\r\nHost: x") == "POST / HTTP/1.1\r\nHost: x"
    assert evidence(b"") == ""
