"""What keys do in the detail of a message: to oddities and texts, folding, copying, to other pages and back."""

from typing import Any

from screens.test_message_detail import line_with, opened

from ocpp_console.screens.message_detail import MessageDetail
from ocpp_console.screens.message_difference import MessageDifference
from ocpp_console.screens.sequence import SequencePage


async def test_one_goes_from_violation_to_violation_and_into_the_answer(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        payload = {"connectorId": "one", "errorCode": "NoError", "status": "Odd"}
        await opened(console, payload, {"unknown": 1})
        for words in ("is a string", "is 'Odd'", "does not belong"):
            await console.press("n")
            assert words in "".join(text for text, _ in console.app.focused.record.parts)
        assert console.app.focused.id == "answer-json"
        await console.press("n")
        assert "Nothing odd is further below" in console.notices
        await console.press("p")
        assert console.app.focused.id == "request-json"
        assert "is 'Odd'" in "".join(text for text, _ in console.app.focused.record.parts)


async def test_a_search_unfolds_what_it_finds(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        console.connect("AC-04")
        samples = [{"value": str(number), "unit": "Wh"} for number in range(200)]
        meter = [{"timestamp": "2026-11-20T14:00:00Z", "sampledValue": samples}]
        console.says("AC-04", "MeterValues", {"connectorId": 1, "meterValue": meter}, {})
        await console.press("2", "enter")
        assert '"177"' not in console.text
        await console.press("s", *"177", "enter")
        assert console.app.focused.record.path == "meterValue[0].sampledValue[177].value"
        assert '"177"' in console.text
        await console.press("n")
        assert "“177” is nowhere further below" in console.notices


async def test_arrows_fold_and_e_unfolds_everything(open_console: Any) -> None:
    async with open_console(size=(140, 40)) as console:
        console.connect("AC-04")
        console.says("AC-04", "PeculiarAction", {"info": {"a": {"b": 1}}}, {})
        await console.press("2", "enter", *["down"] * 4)
        assert console.app.focused.record.path == "info.a.b"
        await console.press("left")
        assert console.app.focused.record.path == "info.a"
        await console.press("left")
        assert '"b": 1' not in console.text
        await console.press("right")
        assert '"b": 1' in console.text
        await console.press("e")
        assert "1 fields" in console.text
        await console.press("e")
        assert '"b": 1' in console.text


async def test_a_double_click_folds(open_console: Any) -> None:
    async with open_console(size=(140, 40)) as console:
        console.connect("AC-04")
        console.says("AC-04", "PeculiarAction", {"info": {"a": 1}}, {})
        await console.press("2", "enter")
        await console.pilot.click("#request-json", offset=(5, 1), times=2)
        await console.look()
        assert '"a": 1' not in console.text


async def test_what_is_copied_is_chosen(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        await opened(console, {"connectorId": 1, "errorCode": "NoError", "status": "Available"}, {})
        await line_with(console, '"Available"')
        for keys, copied in (
            ([], "Available"),
            (["down"], "status"),
            (["down"] * 2, "~p status == Available"),
            (
                ["end"],
                '[2, "1", "StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Available"}]',
            ),
        ):
            await console.press("y", *keys, "enter")
            assert console.app.clipboard.splitlines()[0] == copied
        await console.press("t", "y", "enter")
        assert console.app.clipboard.startswith('[2, "1", "StatusNotification"')


async def test_from_the_message_to_its_place_in_the_diagram_and_back(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        console.connect("AC-04")
        rows = [console.says("AC-04", "Authorize", {"idTag": f"TAG{number}"}, {}) for number in range(3)]
        await console.press("2", "up", "enter", "u")
        diagram = console.app.screen
        assert isinstance(diagram, SequencePage)
        assert diagram.query_one("#steps").record.row is rows[1]
        await console.press("up", "up", "u")
        assert isinstance(console.app.screen, MessageDetail)
        assert console.app.screen.message is rows[0]
        await console.press("escape")
        assert "Messages" in console.lines[1]


async def test_a_message_of_a_session_is_shown_among_those_of_the_session(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        console.connect("AC-04")
        console.says("AC-04", "Heartbeat", {}, {})
        start = {"connectorId": 1, "idTag": "A", "meterStart": 0, "timestamp": "2026-11-20T14:03:21Z"}
        console.says("AC-04", "StartTransaction", start, {"transactionId": 7, "idTagInfo": {"status": "Accepted"}})
        await console.press("2", "enter", "u")
        assert "Sequence  session #7" in console.text
        assert "Heartbeat" not in console.text
        await console.press("full_stop")
        assert "Heartbeat" in console.text


async def test_brackets_go_through_the_diagram_a_message_was_opened_from(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        console.connect("AC-04")
        rows = [console.says("AC-04", "Authorize", {"idTag": f"TAG{number}"}, {}) for number in range(3)]
        await console.look()
        await console.press("u", "up", "enter")
        assert console.app.screen.message is rows[2]
        await console.press("left_square_bracket")
        assert console.app.screen.message is rows[1]
        await console.press("u")
        assert console.app.screen.query_one("#steps").record.row is rows[1]


async def test_brackets_go_through_the_places_of_a_finding(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        console.connect("AC-04")
        rows = [console.says("AC-04", "Authorize", {"idTag": number}, {}) for number in range(3)]
        await console.look()
        await console.press("0", "enter")
        assert console.app.screen.message is rows[2]
        await console.press("right_square_bracket")
        assert console.app.screen.message is rows[1]
        await console.press("right_square_bracket", "right_square_bracket")
        assert console.app.screen.message is rows[0]
        assert "This is the last message of the list" in console.notices


async def test_d_compares_with_the_one_before_or_with_the_marked_one(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        console.connect("AC-04")
        console.says("AC-04", "Authorize", {"idTag": "TAG0"}, {})
        console.says("AC-04", "Heartbeat", {}, {})
        console.says("AC-04", "Authorize", {"idTag": "TAG1"}, {})
        await console.press("2", "enter", "d")
        assert isinstance(console.app.screen, MessageDifference)
        assert '- "TAG0"' in console.text
        assert '+ "TAG1"' in console.text
        await console.press("escape", "escape", "up", "space", "enter", "d")
        assert "Heartbeat" in console.text


async def test_a_long_difference_scrolls_in_a_small_terminal(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        console.connect("AC-04")
        console.says("AC-04", "PeculiarAction", {f"key{number}": number for number in range(30)}, {})
        console.says("AC-04", "PeculiarAction", {"key0": 0, "at": "2026-11-20T14:03:21Z"}, {})
        await console.press("2", "enter", "d")
        assert "Close (esc)" in console.text
        assert "key29" not in console.text
        await console.press("end")
        await console.pilot.wait_for_animation()
        await console.look()
        assert "request at" in console.text


async def test_each_of_five_thousand_items_can_be_reached(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        console.connect("AC-04")
        samples = [{"value": str(number)} for number in range(5000)] + [{"value": 7}]
        meter = [{"timestamp": "2026-11-20T14:00:00Z", "sampledValue": samples}]
        console.says("AC-04", "MeterValues", {"connectorId": 1, "meterValue": meter}, {})
        await console.press("2", "enter")
        assert "2 fields" in console.text
        await console.press("e", "end")
        assert "]" in console.text
        assert "too long" not in console.text
        await console.press("home", "s", *"4999", "enter")
        assert console.app.focused.record.path == "meterValue[0].sampledValue[4999].value"


async def test_a_rule_without_a_meaning_has_both_lines(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        await opened(console, {"connectorId": 1, "errorCode": "NoError", "status": "Available"}, {})
        await line_with(console, '"Available"')
        assert "status: one of Available" in console.lines[-3]
        assert "Faulted" in console.lines[-2]
