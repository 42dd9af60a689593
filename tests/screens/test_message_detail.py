import re
from typing import Any

import pytest

from ocpp_console.model.id_tags import IdTag
from ocpp_console.screens.message_words import station_time

AT = 1_700_000_000_000_000
"""2023-11-14T22:13:20Z."""


async def opened(console: Any, payload: Any, answer: Any = None) -> None:
    console.connect("AC-04")
    console.says("AC-04", "StatusNotification", payload, answer)
    await console.press("2", "enter")


async def test_request_and_answer_stand_side_by_side_when_wide(open_console: Any) -> None:
    async with open_console(size=(120, 30)) as console:
        await opened(console, {"connectorId": 1, "errorCode": "NoError", "status": "Available"}, {})
        assert "Request" in console.line("Answer")
        assert '"status": "Available"' in console.text


async def test_request_stands_above_the_answer_under_100_columns(open_console: Any) -> None:
    async with open_console(size=(90, 30)) as console:
        await opened(console, {"connectorId": 1, "errorCode": "NoError", "status": "Available"}, {})
        assert "Request" not in console.line("Answer")


async def test_a_violation_is_said_under_its_line_in_words(open_console: Any) -> None:
    async with open_console(size=(140, 30)) as console:
        await opened(console, {"connectorId": "one", "errorCode": "NoError", "status": "Available"}, {})
        place = next(index for index, line in enumerate(console.lines) if '"connectorId": "one"' in line)
        assert "▲" in console.lines[place + 1]
        assert "integer" in console.lines[place + 1]


async def test_times_latency_size_and_id_are_told(open_console: Any) -> None:
    async with open_console(size=(140, 30)) as console:
        payload = {"connectorId": 1, "errorCode": "NoError", "status": "Available", "timestamp": "2026-01-01T00:00:00Z"}
        await opened(console, payload, {})
        head = "\n".join(console.lines[1:6])
        for word in (
            "at 20",
            "by our clock",
            "its clock said 2026-01-01T00:00:00Z",
            "behind ours",
            "we answered after",
            "id 1",
            "OCPP 1.6",
        ):
            assert word in head
        assert "bytes" in console.line("Request")


async def test_an_event_is_no_request_and_no_json(open_console: Any) -> None:
    async with open_console(size=(140, 30)) as console:
        console.connect("AC-04")
        await console.press("2", "enter")
        assert console.line("What happened")
        assert not console.line("Request")
        assert "bytes" not in console.line("What happened")


async def test_the_raw_tab_shows_the_bytes(open_console: Any) -> None:
    async with open_console(size=(140, 30)) as console:
        await opened(console, {"connectorId": 1, "errorCode": "NoError", "status": "Available"}, {})
        await console.press("t")
        assert '[2, "1", "StatusNotification"' in console.text
        await console.press("t")
        assert '"connectorId": 1,' in console.text


async def test_frames_that_are_no_json_are_shown_as_they_came(open_console: Any) -> None:
    async with open_console(size=(140, 30)) as console:
        console.connect("AC-04")
        console.frame("AC-04", b'[2,"1","Heart\xff\x00')
        await console.press("2", "enter")
        assert "cannot be read as JSON" in console.text
        await console.press("t")
        assert "48 65 61 72 74 ff 00" in console.text


async def test_brackets_go_through_the_log_and_escape_returns_to_the_row(open_console: Any) -> None:
    async with open_console(size=(140, 30)) as console:
        console.connect("AC-04")
        for number in range(3):
            console.says("AC-04", "Authorize", {"idTag": f"TAG{number}"}, {})
        await console.press("2", "up", "enter")
        assert "TAG1" in console.text
        await console.press("left_square_bracket")
        assert "TAG0" in console.text
        await console.press("right_square_bracket", "right_square_bracket")
        assert "TAG2" in console.text
        await console.press("escape")
        assert "Messages" in console.lines[1]
        assert console.app.focused.record.id == "3"


async def test_the_answer_appears_when_it_comes(open_console: Any) -> None:
    async with open_console(size=(140, 30)) as console:
        console.connect("AC-04")
        row = console.says("AC-04", "Heartbeat")
        await console.press("2", "enter")
        assert "No answer yet" in console.text
        console.answer(row, {"currentTime": "2026-11-20T14:03:21Z"})
        await console.look()
        assert '"currentTime"' in console.text


async def test_enter_folds_and_unfolds(open_console: Any) -> None:
    async with open_console(size=(140, 30)) as console:
        console.connect("AC-04")
        console.says("AC-04", "PeculiarAction", {"info": {"a": 1}}, {})
        await console.press("2", "enter")
        for _ in range(5):
            if console.app.focused.record.path == "info":
                break
            await console.press("down")
        await console.press("enter")
        assert "1 fields" in console.text
        assert '"a": 1' not in console.text
        await console.press("enter")
        assert '"a": 1' in console.text


async def line_with(console: Any, text: str) -> None:
    """Put the cursor on the line of the request with this text."""
    table = console.app.screen.query_one("#request-json")
    row = next(line for line in table._written if text in "".join(part for part, _ in line.parts))
    table.seek(row.name)
    await console.press("down", "up")


async def test_enter_on_a_tag_goes_to_the_list(open_console: Any) -> None:
    async with open_console(size=(140, 30)) as console:
        console.engine.put_tag(IdTag("0A"))
        console.engine.put_tag(IdTag("04A2"))
        console.connect("AC-04")
        console.says("AC-04", "Authorize", {"idTag": "04a2"}, {"idTagInfo": {"status": "Accepted"}})
        await console.press("2", "enter")
        await line_with(console, "04a2")
        assert "enter to the tag" in console.lines[-1]
        await console.press("enter")
        assert console.app.current_mode == "id_tags"
        assert console.line("04A2").startswith("│›")


async def test_enter_on_a_transaction_goes_to_the_session(open_console: Any) -> None:
    async with open_console(size=(140, 30)) as console:
        console.connect("AC-04")
        for number in (7, 8):
            start = {"connectorId": number, "idTag": "A", "meterStart": 0, "timestamp": "2026-11-20T14:03:21Z"}
            answer = {"transactionId": number, "idTagInfo": {"status": "Accepted"}}
            console.says("AC-04", "StartTransaction", start, answer)
        stop = {"transactionId": 7, "meterStop": 10, "timestamp": "2026-11-20T14:03:21Z"}
        console.says("AC-04", "StopTransaction", stop, {})
        await console.press("2", "enter")
        await line_with(console, '"transactionId"')
        await console.press("enter")
        assert console.app.current_mode == "transactions"
        assert console.line("✓ ended").startswith("│›")


async def test_enter_on_a_station_goes_to_its_page_and_elsewhere_nowhere(open_console: Any) -> None:
    async with open_console(size=(140, 30)) as console:
        console.connect("AC-05")
        console.connect("AC-04")
        console.says("AC-04", "DataTransfer", {"vendorId": "x", "data": "AC-05"}, {})
        await console.press("2", "enter")
        await line_with(console, '"vendorId"')
        assert "enter fold" in console.lines[-1]
        await console.press("enter")
        assert "Request" in console.text
        await line_with(console, '"AC-05"')
        await console.press("enter")
        assert "Station  AC-05" in console.text


async def test_a_tag_that_is_nowhere_is_told(open_console: Any) -> None:
    async with open_console(size=(140, 30)) as console:
        console.connect("AC-04")
        console.says("AC-04", "Authorize", {"idTag": "FF"})
        await console.press("2", "enter")
        await line_with(console, '"FF"')
        await console.press("enter")
        assert "FF is neither in the list" in console.notices


async def test_the_rule_and_the_meaning_of_the_value_under_the_cursor_are_told(open_console: Any) -> None:
    async with open_console(size=(160, 30)) as console:
        await opened(console, {"connectorId": 1, "errorCode": "NoError", "status": "Available", "colour": "red"}, {})
        await console.press("down")
        assert "connectorId: whole number, required" in console.text
        await console.press("down", "down")
        assert "status: one of Available, Preparing" in console.text
        await console.press("down")
        assert "colour: not in the schema of StatusNotification in OCPP 1.6" in console.text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2023-11-14T22:13:20.4Z", "as ours within a second"),
        ("2023-11-14T22:13:32Z", "12.0 s ahead of ours"),
        ("2023-11-14T22:10:15Z", "3 min 5 s behind ours"),
        ("2023-11-15T05:13:20+07:00", "= 2023-11-14T22:13:20Z  as ours within a second"),
        ("2023-11-15T00:13:19.878Z", "2 h ahead of ours"),
        ("2023-11-15T05:13:20", "no zone: read as UTC  7 h ahead of ours"),
        ("yesterday", "which is no time"),
    ],
)
def test_the_times_of_two_clocks_are_compared_in_words(text: str, words: str) -> None:
    said = "".join(part for part, _ in station_time(text, AT))
    assert said == f"its clock said {text}  {words}"


async def test_the_end_of_a_connection_says_how_long_it_lasted(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        console.connect("AC-04")
        await console.press("2", "enter")
        assert "lasted" not in console.text
        await console.press("escape")
        console.leave("AC-04")
        await console.press("down", "enter")
        assert re.search(r"the connection lasted \d+ s", console.line("by our clock"))


async def test_the_time_of_meter_values_is_that_of_the_latest(open_console: Any) -> None:
    async with open_console(size=(140, 30)) as console:
        console.connect("AC-04")
        values = [{"timestamp": f"2026-11-20T14:0{n}:00Z", "sampledValue": [{"value": "1"}]} for n in range(3)]
        console.says("AC-04", "MeterValues", {"connectorId": 1, "meterValue": values}, {})
        await console.press("2", "enter")
        assert "its clock said 2026-11-20T14:02:00Z" in console.text


async def test_a_small_answer_leaves_a_small_terminal_to_the_request(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        await opened(console, {"connectorId": 1, "errorCode": "NoError", "status": "Available"}, {})
        top = next(index for index, line in enumerate(console.lines) if "Answer  JSON" in line)
        assert console.lines[top + 2].startswith("╰")
