"""Whatever bytes a station sends: the console goes on, answers the next call, shows what came, and hears its keys."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from charger import Charger
from console_process import CTRL_Q, ESCAPE, Screen, command, free_port
from websockets.exceptions import ConnectionClosed

MOST = 1 << 20
"""Bytes of the largest message that is taken."""

BROKEN: dict[str, str | bytes] = {
    "nothing": "",
    "no JSON": "Hello?",
    "half a frame": '[2,"half","Heart',
    "no list": '{"type":2}',
    "null": "null",
    "an empty list": "[]",
    "only a type": "[2]",
    "no action": '[2,"a"]',
    "no payload": '[2,"b","Heartbeat"]',
    "a list for a payload": '[2,"c","Heartbeat",[1,2]]',
    "a text for a payload": '[2,"d","Heartbeat","{}"]',
    "a number for an action": '[2,"e",7,{}]',
    "a list for an action": '[2,"f",["Heartbeat"],{}]',
    "an empty action": '[2,"g","",{}]',
    "a path for an action": '[2,"h","../../v201/schemas/BootNotificationRequest",{}]',
    "an unknown type": '[99,"i",{}]',
    "a text for a type": '["2","j","Heartbeat",{}]',
    "a fraction for a type": '[2.5,"k","Heartbeat",{}]',
    "a huge type": "[" + "9" * 400 + ',"l",{}]',
    "more than a frame": '[2,"m","Heartbeat",{}] and more',
    "two frames": '[2,"n","Heartbeat",{}][2,"o","Heartbeat",{}]',
    "a byte order mark": '\ufeff[2,"p","Heartbeat",{}]',
    "NUL": '[2,"q\x00","Heartbeat",{}]',
    "NUL all over": "\x00" * 5_000,
    "NUL escaped": '[2,"r","DataTransfer",{"vendorId":"a\\u0000b"}]',
    "lone surrogates": '[2,"s","DataTransfer",{"vendorId":"\\ud800","data":"\\udfff \\ud83d"}]',
    "a lone surrogate as a name": '[2,"t","DataTransfer",{"vendorId":"v","\\ud800":1}]',
    "NaN": '[2,"u","MeterValues",{"connectorId":NaN,"meterValue":[]}]',
    "Infinity": '[2,"v","DataTransfer",{"vendorId":"v","data":-Infinity}]',
    "too large a number": '[2,"w","StartTransaction",{"connectorId":1e999,"idTag":"x","meterStart":-1e999}]',
    "a number of 5,000 digits": '[2,"x","StopTransaction",{"transactionId":' + "7" * 5_000 + "}]",
    "the same name twice": '[2,"y","DataTransfer",{"vendorId":"a","vendorId":"b"}]',
    "very deep lists": "[" * 100_000,
    "very deep objects": '[2,"z","DataTransfer",' + '{"a":' * 50_000 + "1" + "}" * 50_000 + "]",
    "an answer to nothing": '[3,"never asked",{}]',
    "an error about nothing": '[4,"never asked","",null,null]',
    "an error without words": '[4,"never asked"]',
    "an impossible time": '[2,"A","StatusNotification",{"timestamp":"9999-12-31T23:59:59-23:59"}]',
    "a time in the year 222222017": '[2,"B","StartTransaction",{"timestamp":"+222222017-01-01T00:00:00Z"}]',
    "binary rubbish": b"\x00\xff\xfe\x80",
    "binary JSON": b'[2,"C","Heartbeat",{}]',
    "binary nothing": b"",
}

TEXT_IDS = ["", "-1", "x" * 5_000, "\x00", "\ud800", "\u202e\x1b[2J"]
OTHER_IDS = [7, -1, 1.5, 2**70, True, False, None, [], ["a"], {}, {"a": 1}]


def heartbeat(charger: Charger) -> bool:
    """A call is answered as usual."""
    return "currentTime" in charger.call("Heartbeat", {})


def closed_with(charger: Charger, text: bytes) -> int:
    """The code with which the console closes the connection after this text frame."""
    with contextlib.suppress(ConnectionClosed):
        charger.line.send(text, text=True)
        charger.receive()
    close = charger.line.protocol.close_rcvd
    assert close is not None, "still open"
    return int(close.code)


@pytest.fixture
def console(tmp_path: Path) -> Iterator[tuple[int, Screen]]:
    """A console with its database on disk, and its port."""
    port = free_port()
    words = command(port, "--db", str(tmp_path / "log.db"), "--station-rate", "0")
    with Screen(words, 100, 30) as screen:
        yield port, screen
        screen.press(CTRL_Q)
        assert screen.wait() == 0
        assert b"Traceback" not in screen.written


def look_at(screen: Screen, count: int) -> None:
    """Go through the newest messages of the log, as JSON and as bytes."""
    screen.press(b"2", "─ Messages")
    screen.press(b"\r", "JSON/raw")
    for _ in range(count):
        screen.press(b"tt[", "JSON/raw")
    screen.press(ESCAPE, "─ Messages")


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
def test_after_every_broken_frame_the_next_call_is_answered(console: tuple[int, Screen], version: str) -> None:
    port, screen = console
    with Charger(port, "GOOD") as good, Charger(port, "BAD", version) as bad:
        for what, frame in BROKEN.items():
            bad.send(frame)
            assert heartbeat(bad), what
        assert heartbeat(good)
        screen.sees("BAD", "GOOD")
        look_at(screen, 2 * len(BROKEN))
        assert heartbeat(good)
        assert heartbeat(bad)


def test_ids_of_any_kind_come_back_as_they_were(console: tuple[int, Screen]) -> None:
    port, screen = console
    with Charger(port, "IDS") as charger:
        for message_id in (*TEXT_IDS, *OTHER_IDS):
            charger.send(json.dumps([2, message_id, "Heartbeat", {}]))
            frame = charger.receive()
            assert frame[0] in (3, 4)
            assert (frame[1], type(frame[1])) == (message_id, type(message_id))
        assert heartbeat(charger)
        look_at(screen, len(TEXT_IDS) + len(OTHER_IDS))
        assert heartbeat(charger)


def of_size(size: int, message_id: str) -> str:
    """A DataTransfer of exactly that many bytes."""
    frame = json.dumps([2, message_id, "DataTransfer", {"vendorId": "v", "data": ""}])
    return frame.replace('""', '"' + "x" * (size - len(frame)) + '"')


def test_the_largest_message_is_answered_and_a_larger_one_is_refused_with_a_sentence(
    console: tuple[int, Screen],
) -> None:
    port, screen = console
    with Charger(port, "BIG") as big, Charger(port, "OTHER") as other:
        largest = of_size(MOST, "largest")
        assert len(largest) == MOST
        big.send(largest)
        assert big.receive()[:2] == [3, "largest"]
        look_at(screen, 2)
        assert closed_with(big, of_size(MOST + 1, "larger").encode()) == 1009
        assert heartbeat(other)
        screen.press(b"/", "text")
        screen.press(b"1,048,577\r", "enter open")
        screen.press(b"\r", "1,048,577 bytes was refused", "1,048,576")
        screen.press(ESCAPE, "─ Messages")
    with Charger(port, "BIG") as again:
        assert heartbeat(again)


def test_text_that_is_not_utf_8_ends_that_connection_only(console: tuple[int, Screen]) -> None:
    port, screen = console
    with Charger(port, "LATIN") as latin, Charger(port, "OTHER") as other:
        assert closed_with(latin, '[2,"1","DataTransfer",{"vendorId":"café"}]'.encode("latin-1")) == 1007
        assert heartbeat(other)
        look_at(screen, 4)
    with Charger(port, "LATIN") as again:
        assert heartbeat(again)
