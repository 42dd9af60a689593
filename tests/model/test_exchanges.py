import json

import pytest
import traffic
from tape import SECOND, tape

from ocpp_console.events import FrameReceived
from ocpp_console.model.messages import Origin, State


def codes(findings):
    return [finding.code for finding in findings]


def test_a_call_and_its_answer_are_one_row():
    t = tape()
    raw = traffic.heartbeat(id="7")
    message = t.hear(raw)
    assert (message.state, message.origin, message.id, message.latency) == (State.OPEN, Origin.STATION, "7", None)
    answer = traffic.result({"currentTime": traffic.NOON}, id="7")
    assert t.say(answer, message.seq, seconds=0.25) is message
    assert (message.state, message.answer_raw, message.latency) == (State.RESULT, answer, SECOND // 4)
    assert message.raw == raw
    assert message.findings == ()
    assert message.severity is None


def test_our_call_and_the_stations_answer_are_one_row():
    t = tape()
    message = t.ask("Reset", {"type": "Soft"})
    assert message.origin is Origin.CONSOLE
    assert t.hear(traffic.result({"status": "Rejected"}, id="c1")) is message
    assert (message.state, message.verdict) == (State.RESULT, "Rejected")


def test_a_refusal_gives_its_code():
    t = tape()
    message = t.ask("ClearCache", {})
    t.hear(traffic.error("NotSupported", "no", id="c1"))
    assert (message.state, message.verdict) == (State.ERROR, "NotSupported")


@pytest.mark.parametrize("code", [None, 5, {"a": 1}])
def test_a_refusal_with_an_odd_code_is_one_as_well(code):
    t = tape()
    message = t.ask("ClearCache", {})
    t.hear(traffic.error(code, None, id="c1"))
    assert message.state is State.ERROR


def test_both_parts_are_checked_against_their_schema():
    t = tape()
    message = t.exchange(traffic.status(connector="one", id="1"), {"extra": 1})
    assert codes(message.call_findings) == ["SCHEMA_TYPE"]
    assert codes(message.answer_findings) == ["SCHEMA_EXTRA"]
    assert t.fleet.findings == t.fleet.stations["CP"].findings == 2


def test_a_frame_too_long_is_not_checked_and_says_so():
    t = tape()
    message = t.hear(traffic.call("DataTransfer", {"vendorId": "x" * 300_000}))
    assert codes(message.call_findings) == ["NOT_CHECKED"]
    assert t.fleet.findings == 0


@pytest.mark.parametrize(
    ("version", "action", "code"),
    [
        ("1.6", "MakeCoffee", "ACTION_UNKNOWN"),
        ("1.6", "TransactionEvent", "ACTION_OF_OTHER_VERSION"),
        ("2.0.1", "StartTransaction", "ACTION_OF_OTHER_VERSION"),
        ("1.6", "Reset", "ACTION_WRONG_WAY"),
    ],
)
def test_an_action_that_does_not_belong_here_is_named(version, action, code):
    t = tape(version)
    assert code in codes(t.hear(traffic.call(action, {})).call_findings)


def test_an_answer_after_we_gave_up_is_late_and_completes_the_row():
    t = tape()
    message = t.ask("Reset", {"type": "Soft"})
    t.abandon("c1")
    assert (message.state, message.note) == (State.ABANDONED, "No answer within 30 s.")
    t.hear(traffic.result({"status": "Accepted"}, id="c1"), seconds=45)
    assert (message.state, message.verdict) == (State.RESULT, "Accepted")
    assert codes(message.answer_findings)[:1] == ["ANSWER_LATE"]
    assert "45.0 s after the call" in message.note


def test_answers_to_nothing_and_second_answers_stand_alone():
    t = tape()
    orphan = t.hear(traffic.result({}, id="nobody"))
    assert (orphan.action, orphan.state) == ("answer", State.ALONE)
    assert codes(orphan.call_findings) == ["ANSWER_ORPHAN"]
    t.ask("ClearCache", {})
    first = t.hear(traffic.result({"status": "Accepted"}, id="c1"))
    second = t.hear(traffic.result({"status": "Rejected"}, id="c1"))
    assert second is not first
    assert codes(second.call_findings) == ["ANSWER_DUPLICATE"]
    assert first.verdict == "Accepted"


def test_the_console_knows_what_it_answers_even_when_ids_repeat():
    t = tape()
    first = t.hear(traffic.heartbeat(id="1"))
    second = t.hear(traffic.status(id="1"))
    t.say(traffic.result({}, id="1"), second.seq)
    t.say(traffic.result({"currentTime": traffic.NOON}, id="1"), first.seq)
    assert second.answer_raw == b'[3,"1",{}]'
    assert first.state is State.RESULT
    assert first.answer_findings == ()


def test_what_cannot_be_read_is_a_row_with_the_reason_and_may_be_refused():
    t = tape()
    message = t.hear(b'[2,"9","Heartbeat",{]')
    assert (message.action, message.state, message.id) == ("unreadable", State.ALONE, "9")
    assert codes(message.call_findings) == ["UNREADABLE"]
    t.say(traffic.error("FormationViolation", "no JSON", id="9"), message.seq)
    assert (message.state, message.verdict) == (State.ERROR, "FormationViolation")
    assert t.hear(b"\0", binary=True).action == "binary"


def test_a_binary_call_is_a_call_with_a_finding():
    t = tape()
    message = t.hear(traffic.heartbeat(id="7"), binary=True)
    assert (message.action, message.state) == ("Heartbeat", State.OPEN)
    assert codes(message.call_findings) == ["BINARY"]
    assert t.fleet.findings == 1


def test_a_damaged_answer_ends_the_wait():
    t = tape()
    message = t.ask("GetConfiguration", {})
    raw = b'[3,"c1",{"configurationKey":[]'
    assert t.hear(raw) is message
    assert (message.state, message.verdict, message.answer_raw) == (State.ERROR, "unreadable", raw)
    assert t.fleet.commands.get("CP", "c1").final


def test_sends_and_refused_answers_of_21():
    t = tape("2.1")
    stream = {"id": 1, "pending": 0, "basetime": traffic.NOON, "data": [{"t": 0, "v": "1"}]}
    sent = t.hear(traffic.send("NotifyPeriodicEventStream", stream, id="s"))
    assert (sent.state, sent.action, sent.call_findings) == (State.ALONE, "NotifyPeriodicEventStream", ())
    call = t.exchange(traffic.heartbeat(id="h"), {"currentTime": traffic.NOON})
    assert t.hear(traffic.result_error("FormatViolation", "what?", id="h")) is call
    assert codes(call.answer_findings) == ["ANSWER_REFUSED"]
    assert "FormatViolation what?" in call.answer_findings[0].text


def test_a_retry_of_something_booked_points_to_the_first_on_any_connection():
    t = tape()
    raw = traffic.start(id="s")
    first = t.hear(raw)
    t.gone()
    t.connect()
    second = t.hear(raw)
    third = t.hear(raw)
    assert first.repeats is None
    assert second.repeats is first
    assert third.repeats is first
    assert second.note
    assert t.hear(traffic.start(id="s", meterStart=1001)).repeats is None


def test_the_same_words_begin_another_session_when_the_first_has_ended():
    t = tape()
    raw = traffic.start(id="s")
    t.exchange(raw, {"transactionId": 7, "idTagInfo": {"status": "Accepted"}})
    assert t.hear(raw).repeats is not None
    t.exchange(traffic.stop(transaction=7), {})
    again = t.hear(raw)
    assert again.repeats is None
    t.say(json.dumps([3, "s", {"transactionId": 8, "idTagInfo": {"status": "Accepted"}}]).encode(), again.seq)
    assert [session.id for session in t.fleet.transactions.running()] == ["8"]
    assert t.hear(raw).repeats is again


@pytest.mark.parametrize(
    ("reconnect", "seconds", "repeats"),
    [(False, 1799, True), (False, 1801, False), (True, 1801, True), (True, 90_000, False)],
)
def test_a_retry_comes_within_its_time(reconnect, seconds, repeats):
    t = tape()
    raw = traffic.meter(id="m")
    first = t.hear(raw)
    if reconnect:
        t.gone()
        t.connect()
    assert t.hear(raw, seconds=seconds).repeats is (first if repeats else None)


def test_a_retry_of_what_was_refused_books():
    t = tape()
    raw = traffic.start(id="s")
    refused = t.hear(raw)
    t.say(b'[4,"s","SecurityError","",{}]', refused.seq)
    second = t.hear(raw)
    assert second.repeats is refused
    assert refused.booked_reply is None
    t.say(json.dumps([3, "s", {"transactionId": 8, "idTagInfo": {"status": "Accepted"}}]).encode(), second.seq)
    assert [session.id for session in t.fleet.transactions.running()] == ["8"]
    third = t.hear(raw)
    assert third.repeats is second
    assert second.booked_reply == second.answer_raw


def test_heartbeats_with_the_same_id_are_no_retries_and_other_stations_are_others():
    t = tape()
    assert t.hear(traffic.heartbeat()).repeats is None
    assert t.hear(traffic.heartbeat()).repeats is None
    raw = traffic.meter(id="m")
    t.hear(raw)
    t.connect("CP-2")
    assert t.hear(raw).repeats is None


def test_only_the_last_bookings_are_remembered():
    t = tape()
    first = traffic.meter(id="0")
    t.hear(first)
    for number in range(1, 9):
        t.hear(traffic.meter(id=str(number)))
    assert t.hear(first).repeats is None


def test_calls_still_open_when_the_connection_ends_are_given_up():
    t = tape()
    message = t.ask("Reset", {"type": "Hard"})
    t.gone()
    assert message.state is State.ABANDONED


def test_every_change_of_a_row_can_be_seen():
    t = tape()
    message = t.hear(traffic.heartbeat())
    before, log = message.revision, t.fleet.messages.revision
    t.say(traffic.result({"currentTime": traffic.NOON}), message.seq)
    assert message.revision > before
    assert t.fleet.messages.revision > log


def test_a_row_says_which_of_its_frames_came_compressed():
    made = tape()
    call = made.ask("Reset", {"type": "Soft"}, "c1")
    head = made.station, made.connection
    made.apply(FrameReceived(*made.next(), *head, b'[3,"c1",{"status":"Accepted"}]', False, None, True))
    heard = made.apply(FrameReceived(*made.next(), *head, b'[2,"1","Heartbeat",{}]', False, None, True))
    broken = made.apply(FrameReceived(*made.next(), *head, b"[", False, None, True))
    assert (call.compressed, heard.compressed, broken.compressed) == (2, 1, 1)
    assert made.exchange(b'[2,"2","Heartbeat",{}]').compressed == 0
