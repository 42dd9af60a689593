from typing import Any


def traffic(console: Any, count: int = 40) -> None:
    console.connect("AC-04")
    for number in range(count):
        console.says("AC-04", "Heartbeat" if number % 2 else "Authorize", {"idTag": f"TAG{number}"}, {})


async def test_call_and_answer_are_one_row(open_console: Any) -> None:
    async with open_console() as console:
        console.connect("AC-04")
        row = console.says("AC-04", "Heartbeat")
        await console.press("2")
        assert "waiting" in console.line("Heartbeat")
        console.answer(row, {"currentTime": "2026-11-20T14:03:21Z"})
        await console.look()
        assert "✓" in console.line("Heartbeat")
        assert "ms" in console.line("Heartbeat")
        assert console.text.count("Heartbeat") == 1


async def test_scrolling_up_pauses_and_the_end_follows_again(open_console: Any) -> None:
    async with open_console(size=(100, 24)) as console:
        traffic(console)
        await console.press("2")
        assert "following" in console.lines[1]
        await console.press("up")
        assert "paused" in console.lines[1]
        console.says("AC-04", "DataTransfer", {"vendorId": "x"})
        await console.look()
        assert "DataTransfer" not in console.text
        assert "1 below" in console.lines[1]
        await console.press("G")
        assert "following" in console.lines[1]
        assert "DataTransfer" in console.text
        await console.press("f")
        assert "paused" in console.lines[1]


async def test_the_filter_is_live_and_escape_clears_it(open_console: Any) -> None:
    async with open_console(size=(100, 24)) as console:
        traffic(console)
        await console.press("2", "slash", *"TAG7")
        assert console.line("AC-04")
        assert "TAG7" in console.lines[1]
        assert "Authorize" not in console.text
        await console.press("enter")
        assert console.app.focused is not None
        assert console.app.focused.id == "messages"
        await console.press("escape")
        assert "Authorize" in console.text
        assert console.app.is_running


async def test_a_filter_that_makes_no_sense_turns_red_and_names_the_word(open_console: Any) -> None:
    async with open_console(size=(120, 24)) as console:
        traffic(console)
        await console.press("2", "slash", "~", "q")
        bar = console.app.screen.query_one("FilterBar")
        assert bar.has_class("wrong")
        assert "~q" in console.lines[-1]
        assert "Heartbeat" in console.text
        await console.press("backspace", "e")
        assert not bar.has_class("wrong")
        await console.press("escape")
        assert "Heartbeat" in console.text


async def test_rows_appear_in_a_filter_when_their_answer_makes_them_match(open_console: Any) -> None:
    async with open_console(size=(120, 24)) as console:
        console.connect("AC-04")
        row = console.says("AC-04", "DataTransfer", {"vendorId": "x"})
        await console.press("2", "slash", *"peculiar", "enter")
        assert "DataTransfer" not in console.text
        console.answer(row, {"status": "Accepted", "data": "peculiar"})
        await console.look()
        assert "DataTransfer" in console.text


async def test_the_log_of_one_station(open_console: Any) -> None:
    async with open_console() as console:
        console.connect("AC-04")
        console.connect("AC-05")
        console.says("AC-05", "Heartbeat")
        console.says("AC-04", "Authorize", {"idTag": "X"})
        await console.press("2", "full_stop")
        assert "Messages  AC-04" in console.text
        assert "Heartbeat" not in console.text
        await console.press("full_stop")
        assert "Heartbeat" in console.text


async def test_findings_are_counted_beside_the_row(open_console: Any) -> None:
    async with open_console(size=(160, 30)) as console:
        console.connect("AC-04")
        console.says("AC-04", "StatusNotification", {"connectorId": "1", "status": "Available"}, {})
        await console.press("2")
        assert "▲" in console.line("StatusNotification")


async def test_following_survives_a_log_that_drops_old_rows(open_console: Any) -> None:
    async with open_console(size=(100, 24), log_rows=100) as console:
        traffic(console, 150)
        await console.press("2", "pageup", "slash", *"TAG", "enter")
        traffic(console, 300)
        await console.look()
        assert "TAG299" in console.text or "Heartbeat" in console.text
        assert console.app.is_running


async def test_the_console_draws_only_what_is_in_view(open_console: Any) -> None:
    async with open_console(size=(100, 24), log_rows=5_000) as console:
        traffic(console, 3_000)
        await console.press("2")
        table = console.app.focused
        assert len(table._strips) <= 24
