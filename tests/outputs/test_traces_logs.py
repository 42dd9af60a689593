"""Logs as people paste them into bug reports: frames in lines of many programs, over several lines, between others."""

import json
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpp_console.events import FrameReceived, FrameSent, StationConnected
from ocpp_console.outputs.traces.gathering import entries_in
from ocpp_console.outputs.traces.shapes import time_text
from ocpp_console.outputs.traces.source import Trace
from ocpp_console.outputs.traces.text_lines import Line

IDS = ("ocpp", "formatter", "homeassistant", "evcc", "old-evcc", "steve")
IDS += ("arrows", "bare", "table", "node-red", "pretty", "over-lines")
BEAT = '[2,"1","Heartbeat",{}]'
ANSWER = '[3,"1",{"currentTime":"2026-11-20T12:00:01Z"}]'


def read(tmp_path, text):
    path = tmp_path / "log.txt"
    path.write_text(text, "utf-8")
    trace = Trace(path)
    return trace, [fact for fact in trace.facts() if not isinstance(fact, StationConnected)]


@pytest.mark.parametrize(
    ("lines", "station"),
    [
        (f"INFO:ocpp:CP1: receive message {BEAT}\nINFO:ocpp:CP1: send {ANSWER}", "CP1"),
        (
            f"2026-11-20 12:00:00,500 - ocpp - INFO - CP1: receive message {BEAT}\n"
            f"2026-11-20 12:00:01,000 - ocpp - INFO - CP1: send {ANSWER}",
            "CP1",
        ),
        (
            f"2026-11-20 12:00:00 INFO (MainThread) [ocpp] Wallbox: receive message {BEAT}\n"
            f"2026-11-20 12:00:01 INFO (MainThread) [ocpp] Wallbox: send {ANSWER}",
            "Wallbox",
        ),
        (
            f"evcc  | [ocpp  ] TRACE 2026/11/20 12:00:00 recv GOE-1: {BEAT}\n"
            f"evcc  | [ocpp  ] TRACE 2026/11/20 12:00:01 send GOE-1: {ANSWER}",
            "GOE-1",
        ),
        (
            f"Nov 20 12:00:00 pi evcc[7]: [ocpp  ] TRACE 2026/11/20 12:00:00 received JSON message from g1: {BEAT}\n"
            f"Nov 20 12:00:01 pi evcc[7]: [ocpp  ] TRACE 2026/11/20 12:00:01 sent JSON message to g1: {ANSWER}",
            "g1",
        ),
        (
            f"[INFO]\t2026-11-20\t12:00:00,594\tx.Logger\t(q-3)\t-\t[chargeBoxId=100,\tsessionId=5]\tReceived:\t{BEAT}\n"
            f"[INFO]\t2026-11-20\t12:00:01,715\tx.Logger\t(q-3)\t-\t[chargeBoxId=100,\tsessionId=5]\tSending:\t{ANSWER}",
            "100",
        ),
        (f">> {BEAT}\n<< {ANSWER}", "log"),
        (f"{BEAT}\n{ANSWER}", "log"),
        (f"Heartbeat | Charger-CMS | {BEAT} | {ANSWER} | 9/11/2026 3:14:29 PM", "log"),
        (f"10/1/2026, 4:25:10 PM  node: Server  type: request  data: {BEAT}\nx  data: {ANSWER}", "log"),
        ("\n".join(json.dumps(json.loads(each), indent=2) for each in (BEAT, ANSWER)), "log"),
        (
            "2026-11-20 20:24:56 INFO (MainThread) [ocpp] W: receive message " + BEAT.replace("{", "\n{\n") + "\n"
            f"2026-11-20 20:24:56 INFO (MainThread) [ocpp] W: send {ANSWER}",
            "W",
        ),
    ],
    ids=IDS,
)  # fmt: skip
def test_a_log_of_another_program_is_read(tmp_path, lines, station):
    trace, facts = read(tmp_path, f"started\n{lines}\nstopped\n")
    assert [json.loads(fact.raw) for fact in facts] == [json.loads(BEAT), json.loads(ANSWER)]
    assert [type(fact) for fact in facts] == [FrameReceived, FrameSent]
    assert {fact.station for fact in facts} == {station}
    assert [problem.text for problem in trace.problems] == ["neither JSON nor a log line with a frame"] * 2


def test_objects_over_several_lines_are_read(tmp_path):
    event = {"timestamp": "2026-11-20T12:00:00Z", "direction": "CS_TO_CSMS", "message": json.loads(BEAT)}
    record = {"messageType": "CALLRESULT", "direction": "csms-to-cp", "messageId": "1", "payload": {}, "raw": ANSWER}
    text = "\n".join(json.dumps(each, indent=2) for each in (event, record))
    trace, facts = read(tmp_path, text.replace('"message": [\n', '"message":\n ['))
    assert [type(fact) for fact in facts] == [FrameReceived, FrameSent]
    assert trace.unread == 0


def test_what_breaks_off_swallows_nothing_that_comes_after_it(tmp_path):
    lines = [
        '{"messageType":"CALL","payload":{',
        json.dumps({"message": json.loads(BEAT)}),
        "2026-11-20 12:00:00 x: receive message [2,",
        f"2026-11-20 12:00:01 x: send {ANSWER}",
        "[3,",
        BEAT,
    ]
    trace, facts = read(tmp_path, "\n".join(lines))
    assert [fact.raw.decode() for fact in facts] == [BEAT, "[2,", ANSWER, BEAT]
    assert [problem.line for problem in trace.problems] == [1, 5]


def test_a_frame_that_its_log_has_cut_is_not_taken_for_one(tmp_path):
    line = """2026-03-25 19:29:43 DEBUG [websockets.server] > TEXT '[2,"01","GetC...tedProfiles"]}]' [98 bytes]"""
    trace, facts = read(tmp_path, f"{line}\n2026-03-25 19:29:44 x: receive message {BEAT}\n")
    assert [fact.raw.decode() for fact in facts] == [BEAT]
    assert "cuts frames" in trace.problems[0].text


def test_a_log_without_times_has_those_its_messages_tell(tmp_path):
    boot = '[2,"1","BootNotification",{"chargePointVendor":"A","chargePointModel":"X"}]'
    status = (
        '[2,"2","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Available","timestamp":"%s"}]'
    )
    lines = [
        f"INFO:ocpp:CP1: receive message {boot}",
        f"INFO:ocpp:CP1: send {ANSWER}",
        f"INFO:ocpp:CP1: receive message {status % '2026-11-20T12:10:00Z'}",
        f"INFO:ocpp:CP1: receive message {status % '2099-01-01T00:00:00Z'}",
        f"2026-11-20 12:20:00,000 CP1: receive message {BEAT}",
    ]
    trace, facts = read(tmp_path, "\n".join(lines))
    assert [time_text(fact.at)[:19] for fact in facts] == [
        "2026-11-20T12:00:00",
        "2026-11-20T12:00:01",
        "2026-11-20T12:10:00",
        "2026-11-20T12:10:00",
        "2026-11-20T12:20:00",
    ]
    assert trace.undated == 4


def test_prose_with_brackets_is_no_frame(tmp_path):
    trace, facts = read(tmp_path, f"see [this](http://h/[2,3]) or [2, 3, 4]\nCP1: receive message {BEAT}\n")
    assert [fact.raw.decode() for fact in facts] == [BEAT]
    assert [problem.line for problem in trace.problems] == [1]


def test_lines_may_end_with_a_carriage_return_alone(tmp_path):
    trace, facts = read(tmp_path, f"started\rCP1: receive message {BEAT}\rCP1: send {ANSWER}\r")
    assert [fact.raw.decode() for fact in facts] == [BEAT, ANSWER]
    assert [problem.line for problem in trace.problems] == [1]


def test_noise_of_any_length_takes_time_in_proportion(tmp_path):
    noise = random.Random(1).randbytes(300_000).replace(b"\n", b"[")
    (tmp_path / "noise").write_bytes(noise + b"\n" + noise.replace(b"a", b"\n") + b"\n" + b"x" * 300_000 + b": send")
    trace = Trace(tmp_path / "noise")
    began = time.process_time()
    assert list(trace.facts()) == []
    assert time.process_time() - began < 20  # some milliseconds; minutes when it grows with the square


def test_lines_that_never_end_take_time_in_proportion(tmp_path):
    trace, facts = read(tmp_path, "{\n" * 30_000 + BEAT)
    assert trace.unread == 30_000
    assert len(facts) == 1


PIECES = st.sampled_from(
    ["[", "]", "{", "}", '"', ",", BEAT, ANSWER, "[2,", '{"message":', "x: send ", "2026-11-20 12:00:00 ", " "]
)


@settings(max_examples=150, deadline=None)
@given(lines=st.lists(st.lists(PIECES | st.text(max_size=5), max_size=4).map("".join), max_size=12))
def test_every_line_is_an_entry_or_a_problem_or_a_part_of_one(lines):
    numbered = [Line(number, text.replace("\n", " ")) for number, text in enumerate(lines, 1)]
    read = list(entries_in(numbered))
    numbers = [line.number for line, _ in read]
    assert numbers == sorted(set(numbers))
    wholes = {line.number for line, told in read if isinstance(told, list)}
    filled = {line.number for line in numbered if line.text and not line.text.isspace()}
    missing = filled - set(numbers)
    assert all(any(whole < number for whole in wholes) for number in missing)  # joined to one that began before
