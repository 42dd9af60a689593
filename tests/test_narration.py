"""Facts as lines: one line each, safe to print, with the action an answer belongs to."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpp_console import events
from ocpp_console.narration import REMEMBERED_CALLS, Narrator
from ocpp_console.protocol.findings import Finding, Severity
from ocpp_console.visible import visible

AT = 1_795_183_401_000_000
ODD = (Finding("SUBPROTOCOL_MISSING", Severity.WARNING, "none offered"),)
FACTS = [
    events.ListenerStarted(1, AT, "0.0.0.0", 9000, "/ocpp", False),
    events.ListenerFailed(1, AT, "0.0.0.0", 9000, "in use"),
    events.StationConnected(2, AT, "CP001", "1.6", "ocpp1.6", ("ocpp1.6",), "/CP001", "10.0.0.7:1234", False, ODD),
    events.StationGone(3, AT, "CP001", 2, 1006, "", "network"),
    events.HandshakeRefused(4, AT, "10.0.0.7:1", "", "soap", "SOAP.", "/", (), 400, b"POST \x1b\xff"),
    events.CallRequested(5, AT, "CP001", 2, "a", "Reset", {"type": "Soft"}),
    events.CallAbandoned(6, AT, "CP001", 2, "a", "timeout", "No answer in 30 s."),
    events.ReplyLost(7, AT, "CP001", 2, 5, "The line broke."),
    events.NoteWritten(8, AT, "", "storage", "The disk is full."),
    events.FrameReceived(9, AT, "CP001", 2, b'[2,"1","Heartbeat",{}]'),
    events.FrameSent(10, AT, "CP001", 2, b'[3,"1",{}]', 9),
    events.FrameReceived(11, AT, "CP001", 2, b"\x1b[2J\xff"),
    events.FrameReceived(12, AT, "CP001", 2, b"\x00\x01", binary=True),
]


def received(raw, seq=9, at=AT):
    """A frame of station CP001 on connection 2."""
    return events.FrameReceived(seq, at, "CP001", 2, raw)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
@pytest.mark.parametrize("as_json", [False, True])
def test_every_kind_of_fact_is_one_printable_line(fact, as_json):
    line = Narrator(as_json=as_json).line(fact)
    assert visible(line, len(line)) == line
    assert "2026-11-20T14:03:21Z" in line
    assert getattr(fact, "station", "") in line


def test_every_kind_of_fact_is_tried_here():
    assert {type(fact) for fact in FACTS} == set(events.Fact.__args__)


def test_an_answer_is_named_after_its_call_with_the_time_it_took():
    narrator = Narrator()
    call = narrator.line(received(b'[2,"1","BootNotification",{"chargePointVendor":"ACME","chargePointModel":"M"}]'))
    assert "← from station  BootNotification: {" in call
    assert "ACME" in call
    answer = narrator.line(events.FrameSent(10, AT + 1_500, "CP001", 2, b'[3,"1",{"status":"Accepted"}]', 9))
    assert "→ to station    BootNotification answer, 1.5 ms ▲ currentTime is missing; interval is missing: {" in answer
    assert '{"status":"Accepted"}' in answer


def test_an_error_shows_its_code_and_description():
    narrator = Narrator()
    narrator.line(events.FrameSent(10, AT, "CP001", 2, b'[2,"1","Reset",{"type":"Soft"}]'))
    line = narrator.line(received(b'[4,"1","NotSupported","no such thing",{}]'))
    assert "Reset error, 0.0 ms: NotSupported no such thing" in line


def test_an_answer_to_nothing_is_a_stray():
    assert "stray answer" in Narrator().line(received(b'[3,"1",{}]'))


def test_json_holds_the_frame_as_text_and_the_findings():
    narrator = Narrator(as_json=True)
    connected = json.loads(narrator.line(FACTS[2]))
    assert connected["kind"] == "StationConnected"
    assert connected["findings"][0]["code"] == "SUBPROTOCOL_MISSING"
    frame = json.loads(narrator.line(received(b'[2,"1","Heartbeat",{}]')))
    assert (frame["action"], frame["frame"], frame["at_us"]) == ("Heartbeat", '[2,"1","Heartbeat",{}]', AT)


def test_what_is_odd_is_said_in_words():
    narrator = Narrator()
    assert "path /CP001 ▲ none offered" in narrator.line(FACTS[2])
    line = narrator.line(received(b'[2,5,"StatusNotification",{"connectorId":1,"status":"Nice","x":1}]'))
    assert "StatusNotification ▲ the message id is not a string; " in line
    assert "; 1 more: {" in line
    assert "▲" not in narrator.line(received(b'[2,"1","Heartbeat",{},{}]'))  # only worth a look
    answer = narrator.line(events.FrameSent(10, AT, "CP001", 2, b'[3,5,{"x":1}]', 9))
    assert "answer, 0.0 ms ▲ the message id is not a string; x does not belong here: {" in answer
    frame = json.loads(Narrator(as_json=True).line(received(b'[2,"1","Heartbeat",{"x":1}]')))
    assert [finding["code"] for finding in frame["findings"]] == ["SCHEMA_EXTRA"]


def test_calls_without_answer_are_forgotten_in_the_end():
    narrator = Narrator()
    for number in range(REMEMBERED_CALLS + 1):
        narrator.line(received(f'[2,"{number}","Heartbeat",{{}}]'.encode()))
    assert "stray" in narrator.line(received(b'[3,"0",{}]'))
    assert "Heartbeat answer" in narrator.line(received(b'[3,"1",{}]'))


def test_a_huge_frame_makes_a_short_line():
    assert len(Narrator().line(received(b'[2,"1","DataTransfer",{"data":"' + b"x" * 1_000_000 + b'"}]'))) < 500


@given(st.binary() | st.text(st.characters()).map(lambda text: json.dumps([2, text, text, {text: text}]).encode()))
def test_no_frame_breaks_or_dirties_a_line(raw):
    line = Narrator().line(received(raw))
    assert visible(line, len(line)) == line
    json.loads(Narrator(as_json=True).line(received(raw)))
