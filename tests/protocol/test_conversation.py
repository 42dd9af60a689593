from collections.abc import Callable

import pytest
import traffic

from ocpp_console.protocol.conversation import MAX_ABANDONED, MAX_ANSWERED, MAX_OPEN, Conversation, Seen
from ocpp_console.protocol.frames import parse

SIDES = [("station", "console"), ("console", "station")]
Watch = Callable[..., Seen]


@pytest.fixture(params=["1.6", "2.0.1", "2.1"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class Line:
    """A conversation with a clock that counts one second per frame and the frame's number as its token."""

    def __init__(self, version: str) -> None:
        self.conversation = Conversation(version)
        self.version = version
        self.number = 0

    def watch(self, side: str, raw: bytes) -> Seen:
        self.number += 1
        return self.conversation.watch(side, parse(raw, self.version), self.number * 1_000_000, self.number)


@pytest.fixture
def line(version: str) -> Line:
    return Line(version)


def codes(seen: Seen) -> list[str]:
    return [finding.code for finding in seen.findings]


@pytest.mark.parametrize(("asker", "other"), SIDES)
class TestEitherSide:
    def test_a_result_belongs_to_its_call(self, line: Line, asker: str, other: str) -> None:
        assert line.watch(asker, traffic.heartbeat()) == Seen("call")
        assert line.watch(other, traffic.result()) == Seen("answer", 1)

    def test_an_error_belongs_to_its_call(self, line: Line, asker: str, other: str) -> None:
        line.watch(asker, traffic.heartbeat())
        assert line.watch(other, traffic.error()) == Seen("answer", 1)

    def test_nobody_answers_himself(self, line: Line, asker: str, other: str) -> None:
        line.watch(asker, traffic.heartbeat())
        assert line.watch(asker, traffic.result()).role == "orphan_answer"
        assert line.watch(other, traffic.result()) == Seen("answer", 1)

    def test_a_second_answer_is_a_duplicate(self, line: Line, asker: str, other: str) -> None:
        line.watch(asker, traffic.heartbeat())
        line.watch(other, traffic.result())
        seen = line.watch(other, traffic.error())
        assert (seen.role, seen.partner_token, codes(seen)) == ("duplicate_answer", 1, ["ANSWER_DUPLICATE"])

    def test_an_answer_to_nothing_is_an_orphan(self, line: Line, asker: str, other: str) -> None:
        seen = line.watch(other, traffic.result(id="never asked"))
        assert (seen.role, seen.partner_token, codes(seen)) == ("orphan_answer", None, ["ANSWER_ORPHAN"])

    def test_an_answer_to_a_call_given_up_is_late(self, line: Line, asker: str, other: str) -> None:
        line.watch(asker, traffic.heartbeat())
        assert line.conversation.abandon(asker, "1")
        seen = line.watch(other, traffic.result())
        if asker == "console":
            assert (seen.role, seen.partner_token, codes(seen)) == ("late_answer", 1, ["ANSWER_LATE"])
            assert "1.0 s" in seen.findings[0].text
        else:
            assert seen == Seen("answer", 1)
        assert line.watch(other, traffic.result()).role == "duplicate_answer"

    def test_only_an_open_call_can_be_given_up(self, line: Line, asker: str, other: str) -> None:
        assert not line.conversation.abandon(asker, "1")
        line.watch(asker, traffic.heartbeat())
        assert not line.conversation.abandon(other, "1")

    def test_a_call_before_the_answer_is_noted(self, line: Line, asker: str, other: str) -> None:
        line.watch(asker, traffic.heartbeat(id="a"))
        seen = line.watch(asker, traffic.heartbeat(id="b"))
        assert (seen.role, codes(seen)) == ("call", ["CALL_WHILE_OUTSTANDING"])
        assert line.watch(other, traffic.result(id="b")) == Seen("answer", 2)
        assert line.watch(other, traffic.result(id="a")) == Seen("answer", 1)

    def test_both_sides_may_call_at_the_same_time(self, line: Line, asker: str, other: str) -> None:
        line.watch(asker, traffic.heartbeat())
        assert line.watch(other, traffic.call("Reset")) == Seen("call")
        assert line.watch(other, traffic.result()) == Seen("answer", 1)
        assert line.watch(asker, traffic.result()) == Seen("answer", 2)

    def test_answers_to_repeated_calls_come_in_their_order(self, line: Line, asker: str, other: str) -> None:
        for _ in range(3):
            line.watch(asker, traffic.heartbeat())
        assert [line.watch(other, traffic.result()).partner_token for _ in range(4)] == [1, 2, 3, 3]

    @pytest.mark.parametrize("odd", [5, 1.5, True, None, [1, [2]], {"a": {}}, "", "\ud800"])
    def test_odd_ids_pair_all_the_same(self, line: Line, asker: str, other: str, odd: object) -> None:
        line.watch(asker, traffic.heartbeat(id=odd))
        assert line.watch(other, traffic.result(id=odd)) == Seen("answer", 1)

    def test_the_number_5_is_not_the_string_5(self, line: Line, asker: str, other: str) -> None:
        line.watch(asker, traffic.heartbeat(id=5))
        assert line.watch(other, traffic.result(id="5")).role == "orphan_answer"

    def test_an_error_with_id_minus_one_is_about_the_open_call(self, line: Line, asker: str, other: str) -> None:
        line.watch(asker, traffic.heartbeat())
        seen = line.watch(other, traffic.error(id="-1"))
        assert (seen.role, seen.partner_token, codes(seen)) == ("answer", 1, ["ANSWER_ID_UNREADABLE"])

    def test_a_damaged_answer_names_its_call(self, line: Line, asker: str, other: str) -> None:
        line.watch(asker, traffic.heartbeat())
        seen = line.watch(other, b'[3,"1",{"a":')
        assert (seen.role, seen.partner_token, codes(seen)) == ("unreadable", 1, ["ANSWER_DAMAGED"])

    @pytest.mark.parametrize(("raw", "refused"), [(b'[2,"1","A"', "1"), (b"hello", "-1")])
    def test_the_refusal_of_something_unreadable_is_its_answer(
        self, line: Line, asker: str, other: str, raw: bytes, refused: str
    ) -> None:
        assert line.watch(asker, raw) == Seen("unreadable")
        assert line.watch(other, traffic.error(id=refused)) == Seen("answer", 1)
        assert line.watch(other, traffic.error(id=refused)).role == "orphan_answer"


class TestOnlyIn21:
    def test_a_send_needs_no_answer(self) -> None:
        line = Line("2.1")
        line.watch("station", traffic.heartbeat(id="a"))
        assert line.watch("station", traffic.send("NotifyPeriodicEventStream", id="b")) == Seen("send")

    def test_a_result_error_is_about_the_answer_to_ones_own_call(self) -> None:
        line = Line("2.1")
        line.watch("station", traffic.heartbeat())
        line.watch("console", traffic.result())
        assert line.watch("station", traffic.result_error()) == Seen("result_error", 1)
        assert line.watch("station", traffic.result_error(id="x")).role == "orphan_answer"


class TestMemory:
    def test_open_calls_are_bounded_and_the_oldest_count_as_given_up(self) -> None:
        line = Line("1.6")
        for number in range(MAX_OPEN + 1):
            line.watch("console", traffic.call("Reset", id=str(number)))
        assert line.watch("station", traffic.result(id="0")).role == "late_answer"
        assert line.watch("station", traffic.result(id="1")).role == "answer"

    def test_our_answers_are_never_late_however_many_calls_a_station_sends_at_once(self) -> None:
        line = Line("1.6")
        for number in range(2 * MAX_OPEN):
            line.watch("station", traffic.heartbeat(id=str(number)))
        for number in range(2 * MAX_OPEN):
            assert line.watch("console", traffic.result(id=str(number))) == Seen("answer", number + 1)

    def test_given_up_calls_are_bounded(self) -> None:
        line = Line("1.6")
        for number in range(MAX_ABANDONED + 1):
            line.watch("console", traffic.call("Reset", id=str(number)))
            line.conversation.abandon("console", str(number))
        assert line.watch("station", traffic.result(id="0")).role == "orphan_answer"
        assert line.watch("station", traffic.result(id="1")).role == "late_answer"

    def test_answered_calls_are_bounded(self) -> None:
        line = Line("1.6")
        for number in range(MAX_ANSWERED + 1):
            line.watch("console", traffic.call("Reset", id=str(number)))
            line.watch("station", traffic.result(id=str(number)))
        assert line.watch("station", traffic.result(id="0")).role == "orphan_answer"
        assert line.watch("station", traffic.result(id="1")).role == "duplicate_answer"

    def test_a_station_that_repeats_one_id_for_ever_is_bounded_too(self) -> None:
        line = Line("1.6")
        for _ in range(MAX_OPEN + 10):
            line.watch("station", traffic.heartbeat())
        tokens = [line.watch("console", traffic.result()).partner_token for _ in range(MAX_OPEN)]
        assert tokens == list(range(1, MAX_OPEN + 1))
        assert line.watch("console", traffic.result()).role == "duplicate_answer"
