import json

import pytest
import traffic
from playbook import (
    SECOND,
    Playbook,
    after,
    asked,
    cancelled,
    closed,
    completed,
    expired,
    held,
    received,
    released,
    sent,
    unfinished,
)

from ocpp_console.protocol.frames import Unreadable, parse
from ocpp_console.protocol.session import Session, answer_to_unreadable
from ocpp_console.protocol.troubles import Trouble

RESET = b'[2,"a","Reset",{}]'
CLEAR = b'[2,"b","ClearCache",{}]'


def playbook(version: str = "1.6") -> Playbook:
    return Playbook(Session(version, 30 * SECOND))


class TestOneCallAtATime:
    """1.6 §4.1.1 and 2.x part 4 §4.1.1."""

    def test_the_second_call_waits_for_the_answer_to_the_first(self) -> None:
        assert (
            playbook()
            >> asked("Reset", id="a")
            << sent(RESET)
            >> asked("ClearCache", id="b")
            >> received(traffic.result(id="a"))
            << completed("a")
            << sent(CLEAR)
        )

    def test_an_error_frees_the_line_as_well(self) -> None:
        assert (
            playbook()
            >> asked("Reset", id="a")
            << sent(RESET)
            >> asked("ClearCache", id="b")
            >> received(traffic.error(id="a"))
            << completed("a")
            << sent(CLEAR)
        )

    def test_calls_of_the_station_cross_ours(self) -> None:
        assert (
            playbook()
            >> asked("Reset", id="a")
            << sent(RESET)
            >> received(traffic.heartbeat(id="a"))
            >> received(traffic.result(id="a"))
            << completed("a")
        )

    def test_an_answer_with_another_id_is_not_taken_for_ours(self) -> None:
        assert (
            playbook()
            >> asked("Reset", id="a")
            << sent(RESET)
            >> received(traffic.result(id="z"))
            >> received(traffic.error(id="A"))
            >> received(traffic.result(id=["a"]))
        )

    def test_an_error_without_readable_id_is_about_the_only_open_call(self) -> None:
        """2.x part 4 §4.2.3."""
        assert (
            playbook("2.0.1")
            >> asked("Reset", id="a")
            << sent(RESET)
            >> received(traffic.error(id="-1"))
            << (completed("a"))
        )

    def test_a_result_cannot_be_nameless(self) -> None:
        assert playbook("2.0.1") >> asked("Reset", id="a") << sent(RESET) >> received(traffic.result(id="-1"))

    def test_a_damaged_answer_frees_the_line(self) -> None:
        assert (
            playbook()
            >> asked("Reset", id="a")
            << sent(RESET)
            >> received(b'[3,"a",{"configurationKey":[]')
            << completed("a")
        )


class TestDeadlines:
    def test_the_next_call_goes_out_when_the_first_is_given_up(self) -> None:
        assert (
            playbook()
            >> asked("Reset", id="a")
            << sent(RESET)
            >> asked("ClearCache", id="b")
            >> after(29.999)
            >> after(0.001)
            << expired("a")
            << sent(CLEAR)
        )

    def test_time_runs_from_sending_not_from_asking(self) -> None:
        assert (
            playbook()
            >> held
            >> asked("Reset", id="a")
            >> after(100)
            >> released
            << sent(RESET)
            >> after(29)
            >> after(1)
            << expired("a")
        )

    def test_a_call_may_have_a_time_of_its_own(self) -> None:
        assert (
            playbook()
            >> asked("Reset", id="a", timeout_us=SECOND)
            << sent(RESET)
            >> after(0.9)
            >> after(0.1)
            << expired("a")
        )

    def test_a_late_answer_is_not_handed_to_the_next_call(self) -> None:
        assert (
            playbook()
            >> asked("Reset", id="a")
            << sent(RESET)
            >> asked("ClearCache", id="b")
            >> after(30)
            << expired("a")
            << sent(CLEAR)
            >> received(traffic.result(id="a"))
            >> received(traffic.result(id="b"))
            << completed("b")
        )

    def test_there_is_a_deadline_only_while_something_is_in_flight(self) -> None:
        session = Session("1.6", 5)
        assert session.deadline() is None
        session.call("Reset", {}, 100, id="a")
        assert session.deadline() is None
        session.take_outgoing(200)
        assert session.deadline() == 205
        session.receive(parse(traffic.result(id="a"), "1.6"), 201)
        assert session.deadline() is None


class TestHolding:
    def test_a_fresh_connection_is_left_alone(self) -> None:
        assert playbook() >> held >> asked("Reset", id="a") >> after(60) >> released << sent(RESET)


class TestCancelling:
    def test_a_queued_call_never_goes_out(self) -> None:
        assert (
            playbook()
            >> asked("Reset", id="a")
            << sent(RESET)
            >> asked("ClearCache", id="b")
            >> cancelled("b")
            >> received(traffic.result(id="a"))
            << completed("a")
        )

    def test_a_call_in_flight_is_not_waited_for(self) -> None:
        assert (
            playbook()
            >> asked("Reset", id="a")
            << sent(RESET)
            >> asked("ClearCache", id="b")
            >> cancelled("a")
            << sent(CLEAR)
            >> received(traffic.result(id="a"))
        )

    def test_an_unknown_call_cannot_be_cancelled(self) -> None:
        assert not Session("1.6", SECOND).cancel("a")


class TestClosing:
    def test_what_was_sent_and_what_was_not(self) -> None:
        assert (
            playbook()
            >> asked("Reset", id="a")
            << sent(RESET)
            >> asked("ClearCache", id="b")
            >> closed
            << unfinished("a", sent=True)
            << unfinished("b", sent=False)
        )

    def test_a_closed_session_is_empty(self) -> None:
        assert playbook() >> closed >> closed


class TestSending:
    def test_raw_bytes_go_out_as_they_are(self) -> None:
        session = Session("1.6", SECOND)
        session.call("Reset", None, 0, id="a", raw=b'[2,"a","Reset",{"type":}]')
        assert session.take_outgoing(0)[0].raw == b'[2,"a","Reset",{"type":}]'

    def test_a_payload_that_is_no_json_is_refused_before_it_is_queued(self) -> None:
        session = Session("1.6", SECOND)
        with pytest.raises(ValueError, match="JSON"):
            session.call("Reset", {"x": float("nan")}, 0, id="a")
        assert session.waiting == 0


class TestUnreadableFrames:
    """What each version wants answered to something that is no frame."""

    def test_1_6_answers_when_the_id_can_be_read(self) -> None:
        assert (
            playbook("1.6")
            >> received(b'[2,"x","Boot')
            << sent(b'[4,"x","FormationViolation","not JSON: Unterminated string starting at character 7",{}]')
        )

    def test_1_6_is_silent_without_an_id(self) -> None:
        assert playbook("1.6") >> received(b"hello") >> received(b"{}") >> received(b"[]")

    @pytest.mark.parametrize("version", ["2.0.1", "2.1"])
    def test_2_x_answers_with_the_id_that_stands_for_none(self, version: str) -> None:
        """Part 4 §4.2.3."""
        assert (
            playbook(version) >> received(b"{}") << sent(b'[4,"-1","RpcFrameworkError","is JSON, but not an array",{}]')
        )

    @pytest.mark.parametrize("version", ["1.6", "2.1"])
    def test_an_unknown_message_type_is_ignored(self, version: str) -> None:
        """1.6 §4.1.3, 2.1 part 4 §4.1.3."""
        assert playbook(version) >> received(b'[9,"x","Heartbeat",{}]')

    @pytest.mark.parametrize("message_type", [1, 5, 6, 9, -4])
    def test_2_0_1_refuses_an_unknown_message_type(self, message_type: int) -> None:
        """2.0.1 part 4 §4.4."""
        reply = answer_to_unreadable("2.0.1", _unreadable(b'[%d,"x","Heartbeat",{}]' % message_type, "2.0.1"))
        assert json.loads(reply or b"[]")[:3] == [4, "x", "MessageTypeNotSupported"]

    @pytest.mark.parametrize("raw", [b'[3,"x"', b'[3,"x"]', b'[4,"x"]', b'[4,"x",,]'])
    @pytest.mark.parametrize("version", ["1.6", "2.0.1", "2.1"])
    def test_a_damaged_answer_is_not_answered(self, raw: bytes, version: str) -> None:
        assert answer_to_unreadable(version, _unreadable(raw, version)) is None

    @pytest.mark.parametrize("version", ["1.6", "2.0.1", "2.1"])
    def test_a_damaged_binary_message_is_not_answered(self, version: str) -> None:
        frame = parse(b'[2,"x"]', version, binary=True)
        assert isinstance(frame, Unreadable)
        assert answer_to_unreadable(version, frame) is None

    def test_half_a_surrogate_pair_in_the_id_does_not_break_the_refusal(self) -> None:
        assert (
            playbook("1.6")
            >> received(b'[2,"\\ud800","A"]')
            << sent(b'[4,"\\ud800","FormationViolation","a CALL needs four elements",{}]')
        )


class TestRefusals:
    @pytest.mark.parametrize(
        ("version", "code"), [("1.6", "FormationViolation"), ("2.0.1", "FormatViolation"), ("2.1", "FormatViolation")]
    )
    def test_are_spelled_for_the_version(self, version: str, code: str) -> None:
        reply = Session(version, SECOND).refusal(parse(traffic.heartbeat(id=7), version), Trouble.MALFORMED, "odd")
        assert reply == b'[4,7,"%s","odd",{}]' % code.encode()

    def test_only_calls_are_refused(self) -> None:
        session = Session("2.1", SECOND)
        for raw in (traffic.result(), traffic.error(), traffic.send("NotifyPeriodicEventStream"), b'[3,"a"'):
            assert session.refusal(parse(raw, "2.1"), Trouble.INTERNAL, "") is None


def _unreadable(raw: bytes, version: str) -> Unreadable:
    frame = parse(raw, version)
    assert isinstance(frame, Unreadable)
    return frame
