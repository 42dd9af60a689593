"""Text of stations that a terminal would obey: in every widget of every page, through a real terminal.

The same tour of the pages is made twice: with plain texts, and with hostile ones. Whatever the terminal is asked to do
in the second must have been asked for in the first.
"""

import base64
import contextlib
import itertools
import json
import re
import socket
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
from charger import NOW, Charger
from console_process import CTRL_T, ESCAPE, F10, Screen, command, free_port
from terminal import Terminal

from ocpp_console.keys import PAGES

LONG = "L" * 10_000

HOSTILE = {
    "clipboard": "\x1b]52;c;ZXZpbA==\x07" + LONG,
    "title": "\x1b]0;pwned\x1b\\ \x1b]2;pwned\x07",
    "screen": "\x1b[2J\x1b[3J\x1bc\x1b[?1049l\x1b[?25h\x1b[5;31mred\x1b[6n\x1b[c",
    "c1": "\x9b2J\x9d52;c;ZXZpbA==\x9c\x90evil\x9c\x84\x85\x9b31m",
    "controls": "\x00\x07\x08\x0b\x0c\r\n\t\x0e\x0f\x7f\x1bP0;1|17/ab\x1b\\\x1b_G\x1b\\\x1b^x\x1b\\",
    "surrogates": "\ud83d\udc00\udfff\ud800 alone",
    "bidi": "\u202eevil\u202d\u2066\u2067\u2068\u2069\u200f\u061c\u200b\u2060\ufeff\u00ad\U000e0041\u3164",
    "markup": "[/] [red]x[/red] [@click=app.quit]A[/] [link=http://e]b[/] \\[ [[ $primary",
    "emoji": "👩‍👩‍👧 e\u0301\u0301\u0301\u0301 ＷＩＤＥ " + LONG,
}
IN_IDENTITIES = ("bidi", "markup")
"""Control characters are refused in an identity; these come as far as the screen."""

SHEET = "╭─  "
"""The corner of the command sheet, at the left: notices cover what is at the right."""

STATION = "─ Station  "
"""How the title of a station's page begins."""

Voice = Callable[[], str]
"""Gives the text that is said next."""


def voice(texts: Sequence[str], start: int) -> Voice:
    """All texts in turn, over and over, so that every field says another one at every station."""
    return itertools.cycle([*texts[start:], *texts[:start]]).__next__


def send_everything(charger: Charger, say: Voice) -> None:
    """One 1.6 station that says `text` wherever it can say a text."""
    boot = ("chargePointVendor", "chargePointModel", "chargePointSerialNumber", "chargeBoxSerialNumber",
            "firmwareVersion", "iccid", "imsi", "meterType", "meterSerialNumber")  # fmt: skip
    charger.call("BootNotification", {field: say() for field in boot})
    status = ("status", "errorCode", "info", "vendorId", "vendorErrorCode", "timestamp")
    charger.call("StatusNotification", {"connectorId": 1, **{field: say() for field in status}})
    charger.call("StatusNotification", {"connectorId": say(), "status": "Charging", "errorCode": say()})
    for _ in range(3):
        charger.call("Authorize", {"idTag": say()})
    start = {"connectorId": 1, "idTag": say(), "meterStart": 0, "timestamp": say()}
    number = charger.call("StartTransaction", start)["transactionId"]
    sample = ("value", "context", "format", "measurand", "phase", "location", "unit")
    sampled = [{field: say() for field in sample}, {**{field: say() for field in sample}, "value": "12"}]
    values = [{"timestamp": NOW, "sampledValue": sampled}]
    charger.call("MeterValues", {"connectorId": 1, "transactionId": number, "meterValue": values})
    for action in ("FirmwareStatusNotification", "DiagnosticsStatusNotification", "LogStatusNotification"):
        charger.call(action, {"status": say()})
    charger.call("SecurityEventNotification", {"type": say(), "timestamp": NOW, "techInfo": say()})
    charger.call("DataTransfer", {"vendorId": say(), "messageId": say(), "data": say()})
    charger.call(say(), {say(): say(), "nested": [{say(): [say()]}]}, message_id=f"id {say()}"[:36])
    charger.call("StopTransaction", {"transactionId": number, "meterStop": 9, "timestamp": NOW, "reason": say()})
    charger.call("StartTransaction", {**start, "connectorId": 2, "idTag": say()})
    charger.send(json.dumps([4, "never asked", say(), say(), {say(): say()}]))


def send_everything_201(charger: Charger, say: Voice) -> None:
    """The same in 2.0.1."""
    station = {field: say() for field in ("vendorName", "model", "serialNumber", "firmwareVersion")}
    station["modem"] = {"iccid": say(), "imsi": say()}  # type: ignore[assignment]
    charger.call("BootNotification", {"reason": say(), "chargingStation": station})
    status = {"timestamp": NOW, "connectorStatus": say(), "evseId": 1, "connectorId": 1}
    charger.call("StatusNotification", status)
    token = {"idToken": say(), "type": say()}
    charger.call("Authorize", {"idToken": token})
    charger.call("TransactionEvent", {
        "eventType": "Started", "timestamp": NOW, "triggerReason": say(), "seqNo": 0, "idToken": token,
        "transactionInfo": {"transactionId": say(), "chargingState": say(), "stoppedReason": say()},
        "evse": {"id": 1, "connectorId": 1},
    })  # fmt: skip
    charger.call("SecurityEventNotification", {"type": say(), "timestamp": NOW, "techInfo": say()})
    charger.call("NotifyEvent", {"generatedAt": say(), "seqNo": 0, "eventData": [{"eventId": 1, "cause": say()}]})


def knock(port: int, request: bytes) -> None:
    """Something that is refused at the door."""
    with contextlib.closing(socket.create_connection(("127.0.0.1", port))) as peer:
        peer.sendall(request)
        with contextlib.suppress(OSError):
            while peer.recv(4096):
                pass


def knock_hard(port: int, texts: Iterable[str]) -> None:
    """Refused attempts: a text in the path, in the offered versions, as the first bytes."""
    head = b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    for text in texts:
        raw = text.encode("utf-8", "surrogatepass")[:300]
        path = raw.replace(b" ", b"").replace(b"\n", b"").replace(b"\r", b"")
        knock(port, b"GET /" + quote(raw).encode() + b" HTTP/1.1\r\nHost: a\r\n\r\n")
        knock(port, raw + b"\r\n\r\n")
        knock(port, b"GET /" + path + b" HTTP/1.1\r\nHost: a\r\n" + head + b"Sec-WebSocket-Version: 13\r\n"
              b"Sec-WebSocket-Protocol: " + path + b"\r\n\r\n")  # fmt: skip


class Tour:
    """All pages, with everything opened that can be."""

    def __init__(self, screen: Screen, chargers: Sequence[Charger], say: Voice) -> None:
        self.screen, self.chargers, self.say = screen, chargers, say

    def leave(self, what: str) -> None:
        """Escape, until `what` is gone."""
        self.screen.press(ESCAPE)
        self.screen.gone(what)

    def stations(self) -> None:
        """The page of every station; commands that it answers with its texts; the sheets with what is filled in."""
        screen = self.screen
        screen.press(b"1", "Stations", "idTags", "Messages")
        screen.press(b"\r", STATION, "Commands")
        for number in range(len(self.chargers)):
            if number % 2 == 0:  # one of each version
                screen.press(b"T", SHEET)
                screen.press(F10)
                self.answer()
                screen.sees("refused")
                self.leave(SHEET)
            screen.press(b"X", SHEET)
            screen.press(CTRL_T)  # the JSON view
            self.leave(SHEET)
            screen.press(b"y")
            before = self.title()
            screen.press(b"]")
            screen.until(lambda before=before: self.title() not in ("", before), "the next station")
        self.leave(STATION)

    def title(self) -> str:
        """The station whose page is on the screen; empty between two pages."""
        found = re.search(r"─ Station  (.*?) ─", self.screen.terminal.text)
        return found[1] if found else ""

    def answer(self) -> None:
        """The station whose page it is was asked something, and refuses it in its own words."""
        say = self.say
        asked = next((charger, call) for charger in itertools.cycle(self.chargers) if (call := charger.asked(0.02)))
        asked[0].send(json.dumps([4, asked[1][1], say(), say(), {say(): say()}]))

    def messages(self, count: int) -> None:
        """The detail of the newest messages as JSON and as bytes, copied; then a filter with text of a station."""
        screen = self.screen
        screen.press(b"2", "Messages")
        screen.press(b"\r", "JSON/raw")
        for _ in range(count):
            screen.press(b"t", "raw")
            screen.press(b"ty", "Copy…")
            screen.press(b"\r")
            screen.gone("Copy…")
            screen.press(b"[")
        self.leave("JSON/raw")

    def transactions(self) -> None:
        """Every session in the list is drawn below it."""
        screen = self.screen
        screen.press(b"3", "Transactions")
        screen.press(b"jjjjjjjj", "started")
        screen.press(b"S", SHEET)
        self.leave(SHEET)
        screen.press(b"\r", STATION)
        self.leave(STATION)

    def tags(self) -> None:
        """The unknown tags, the form for one, accepting one with its notice, deleting it with its question."""
        screen = self.screen
        screen.press(b"4", "idTags", "unknown")
        screen.press(b"e", "an idTag", "Save")
        self.leave("an idTag")
        for count in range(1, 3):
            screen.press(b"i", f"idTags {count} ")
        screen.press(b"Gd", "from the idTag list")
        self.leave("from the idTag list")

    def doors(self, attempts: int) -> None:
        """Every refused attempt, and its story copied."""
        screen = self.screen
        screen.press(b"9", "Doors")
        screen.press(b"\t")
        for _ in range(attempts):
            screen.press(b"jy", "Copied")

    def other_pages(self) -> None:
        """Every page there is."""
        for page in PAGES:
            before = self.screen.terminal.text
            self.screen.press(page.digit.encode())
            self.screen.until(lambda before=before: self.screen.terminal.text != before, page.title)


def tour(texts: Sequence[str], identities: Sequence[str]) -> Terminal:
    """Connect stations that say `texts`, look at everything, quit; gives what the terminal went through."""
    port = free_port()
    words = command(port, "--db", ":memory:", "--policy", "known", "--station-rate", "0")
    with contextlib.ExitStack() as held:
        screen = held.enter_context(Screen(words, 110, 34))
        chargers: list[Charger] = []
        for number, identity in enumerate(identities):
            chargers.append(held.enter_context(Charger(port, quote(identity, safe=""))))
            send_everything(chargers[-1], voice(texts, number * 3 % len(texts)))
            chargers.append(held.enter_context(Charger(port, f"DC-{number}", "2.0.1")))
            send_everything_201(chargers[-1], voice(texts, number * 3 % len(texts)))
        knock_hard(port, texts)
        walk = Tour(screen, chargers, voice(texts, 0))
        walk.stations()
        walk.messages(10 * len(identities))
        walk.transactions()
        walk.tags()
        walk.doors(3 * len(texts))
        walk.other_pages()
        screen.press(b"q", "Quit (y)")
        screen.press(b"y")
        assert screen.wait() == 0
        assert b"Traceback" not in screen.written
    return screen.terminal


@pytest.mark.parametrize("name", ["clipboard", "title", "screen", "c1", "controls", "bidi"])
def test_the_terminal_of_these_tests_would_notice(name: str) -> None:
    terminal = Terminal(80, 24)
    terminal.feed(HOSTILE[name].encode())
    assert terminal.sequences


def test_hostile_text_asks_the_terminal_for_nothing_new() -> None:
    identities = [HOSTILE[name].replace("/", "")[:30] for name in IN_IDENTITIES]  # a slash would end it
    with ThreadPoolExecutor() as both:
        calm = both.submit(tour, ["plain text", "other text"], ["AC-01"])
        wild = both.submit(tour, list(HOSTILE.values()), identities)
    plain, hostile = calm.result(), wild.result()
    assert hostile.sequences <= plain.sequences
    copied = [base64.b64decode(text).decode() for text in hostile.clipboard]
    assert copied
    for text in copied:
        assert not {char for char in text if ord(char) < 32 or 127 <= ord(char) < 160} - {"\n"}
