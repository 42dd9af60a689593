import json

import pytest
import traffic
from hypothesis import given
from hypothesis import strategies as st

from ocpp_console.protocol import frames
from ocpp_console.protocol.frames import (
    Call,
    CallError,
    CallResult,
    CallResultError,
    Frame,
    Send,
    Unreadable,
    encode_call,
    encode_error,
    encode_result,
    encode_result_error,
    encode_send,
    parse,
    payload_again,
)

VERSIONS = ["1.6", "2.0.1", "2.1"]
FRAME_TYPES = (Call, CallResult, CallError, CallResultError, Send, Unreadable)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
"""Includes lone surrogates: `st.text()` gives none, `\\ud800` comes from `damaged_frames`."""

damaged_frames = st.builds(
    lambda whole, start, end, junk: whole[:start] + junk + whole[end:],
    st.sampled_from([traffic.boot(), traffic.meter(), traffic.result(), traffic.error(id="\ud800")]),
    st.integers(0, 60),
    st.integers(0, 80),
    st.binary(max_size=6),
)


def codes(frame: Frame) -> list[str]:
    return [finding.code for finding in frame.findings]


def problem(raw: bytes, version: str = "1.6") -> str:
    frame = parse(raw, version)
    assert isinstance(frame, Unreadable)
    return frame.problem


class TestReading:
    def test_a_call(self) -> None:
        assert parse(b'[2,"a","Heartbeat",{}]', "1.6") == Call("a", "Heartbeat", {})

    def test_a_result(self) -> None:
        assert parse(b'[3,"a",{"status":"Accepted"}]', "1.6") == CallResult("a", {"status": "Accepted"})

    def test_an_error(self) -> None:
        raw = b'[4,"a","NotImplemented","no",{"x":1}]'
        assert parse(raw, "1.6") == CallError("a", "NotImplemented", "no", {"x": 1})

    def test_a_result_error_and_a_send_of_2_1(self) -> None:
        """2.1 part 4 §4.1.3."""
        assert parse(b'[5,"a","InternalError","no",{}]', "2.1") == CallResultError("a", "InternalError", "no", {})
        assert parse(b'[6,"a","NotifyPeriodicEventStream",{}]', "2.1") == Send("a", "NotifyPeriodicEventStream", {})

    @pytest.mark.parametrize("version", ["1.6", "2.0.1"])
    @pytest.mark.parametrize("raw", [traffic.result_error(), traffic.send("NotifyPeriodicEventStream")])
    def test_types_5_and_6_are_unknown_before_2_1(self, raw: bytes, version: str) -> None:
        assert problem(raw, version) == "unknown_type"

    def test_blanks_around_and_inside_are_json(self) -> None:
        assert parse(b' \r\n[ 2 , "a" , "Heartbeat" , { "x" : 1 } ]\n', "1.6") == Call("a", "Heartbeat", {"x": 1})

    def test_whole_numbers_of_any_size_stay_exact(self) -> None:
        frame = parse(b'[3,"a",{"n":18446744073709551616}]', "1.6")
        assert isinstance(frame, CallResult)
        assert frame.payload["n"] == 2**64

    def test_text_in_any_script(self) -> None:
        assert parse('[2,"a","DataTransfer",{"vendorId":"充电 🔌"}]'.encode(), "1.6") == Call(
            "a", "DataTransfer", {"vendorId": "充电 🔌"}
        )


class TestTolerance:
    """Understood in one way only, so it is read and the oddity named."""

    @pytest.mark.parametrize(
        ("raw", "frame", "code"),
        [
            (b'[2,"a","Heartbeat",null]', Call("a", "Heartbeat", {}), "PAYLOAD_NULL"),
            (b'[2,"a","Heartbeat",[]]', Call("a", "Heartbeat", {}), "PAYLOAD_EMPTY_LIST"),
            (b'[3,"a",null]', CallResult("a", {}), "PAYLOAD_NULL"),
            (b'[2,"a","Heartbeat",{},{}]', Call("a", "Heartbeat", {}), "EXTRA_ELEMENTS"),
            (b'[3,"a",{},1]', CallResult("a", {}), "EXTRA_ELEMENTS"),
            (b'[4,"a","InternalError"]', CallError("a", "InternalError", "", {}), "ERROR_INCOMPLETE"),
            (b'[4,"a","InternalError","",null]', CallError("a", "InternalError", "", {}), "ERROR_INCOMPLETE"),
            (b'[4,"a","Oops","",{}]', CallError("a", "Oops", "", {}), "ERROR_CODE_UNKNOWN"),
            (b'[4,"a",7,"",{}]', CallError("a", 7, "", {}), "ERROR_CODE_UNKNOWN"),
            (b'[2,5,"Heartbeat",{}]', Call(5, "Heartbeat", {}), "ID_NOT_STRING"),
            (b'[2,null,"Heartbeat",{}]', Call(None, "Heartbeat", {}), "ID_NOT_STRING"),
            (b'[2,["a"],"Heartbeat",{}]', Call(["a"], "Heartbeat", {}), "ID_NOT_STRING"),
            (b'[2,"","Heartbeat",{}]', Call("", "Heartbeat", {}), "ID_EMPTY"),
            (b'[2,"%s","A",{}]' % (b"x" * 37), Call("x" * 37, "A", {}), "ID_TOO_LONG"),
            (b'\xef\xbb\xbf[3,"a",{}]', CallResult("a", {}), "BYTE_ORDER_MARK"),
            (b'[3,"a",{"x":"\x00\x1b"}]', CallResult("a", {"x": "\x00\x1b"}), "CONTROL_CHARACTER"),
            (b'[3,"a",{"x":"\\ud800"}]', CallResult("a", {"x": "\ud800"}), "LONE_SURROGATE"),
            (b'[3,"a",{"x":1,"x":2}]', CallResult("a", {"x": 2}), "DUPLICATE_KEY"),
            (b'[3,"a",{"l":[{"x":1,"x":2}]}]', CallResult("a", {"l": [{"x": 2}]}), "DUPLICATE_KEY"),
        ],
    )
    def test_reads_it_and_says_so(self, raw: bytes, frame: Frame, code: str) -> None:
        seen = parse(raw, "1.6")
        assert codes(seen) == [code]
        assert seen._replace(findings=()) == frame

    @pytest.mark.parametrize(
        "raw",
        [
            traffic.boot(),
            traffic.meter(),
            traffic.error("OccurenceConstraintViolation"),
            b'[2,"%s","A",{}]' % (b"x" * 36),
            b'[3,"a",{"x":"\\ud83d\\udd0c","y":"\\u0000"}]',
            b'[3,"a",{"x" : 1, "y": "a\\":b"}]',
            b'[3,"a",{"x":{"k":1},"y":{"k":1}}]',
        ],
    )
    def test_finds_nothing_odd_in_what_is_in_order(self, raw: bytes) -> None:
        assert codes(parse(raw, "1.6")) == []

    def test_names_of_duplicate_keys_are_made_harmless(self) -> None:
        text = parse(b'[3,"a",{"\x1b]52;":1,"\x1b]52;":2}]', "1.6").findings[-1].text
        assert text.isprintable()


class TestUnreadable:
    @pytest.mark.parametrize(
        ("raw", "word"),
        [
            (b"", "not_json"),
            (b"hello", "not_json"),
            (b'[2,"a","A",{}', "not_json"),
            (b'[2,"a","A",{}]x', "not_json"),
            (b'[2,"a","A",{}][]', "not_json"),
            (b"[2,'a','A',{}]", "not_json"),
            (b'[2,"a","A",{"x":NaN}]', "not_json"),
            (b'[2,"a","A",{"x":-Infinity}]', "not_json"),
            (b'[2,"a","A",{"x":1e999}]', "not_json"),
            (b'[2,"a","A",{"x":%s}]' % (b"9" * 5000), "not_json"),
            (b'[2,"\xff","A",{}]', "not_utf8"),
            ('[2,"a"]'.encode("utf-16"), "not_utf8"),
            (b'[2,"a","A",%s%s]' % (b"[" * 40, b"]" * 40), "too_deep"),
            (b'[2,"a","A",%s1%s]' % (b'{"a":' * 40, b"}" * 40), "too_deep"),
            (b"[" * 100_000, "too_deep"),
            (b"{}", "not_array"),
            (b"[]", "empty"),
            (b'"2"', "not_array"),
            (b'[true,"a","A",{}]', "bad_type"),
            (b'[2.0,"a","A",{}]', "bad_type"),
            (b'["2","a","A",{}]', "bad_type"),
            (b"[2]", "too_short"),
            (b'[2,"a","Heartbeat"]', "too_short"),
            (b'[3,"a"]', "too_short"),
            (b'[4,"a"]', "too_short"),
            (b'[2,"a",7,{}]', "bad_action"),
            (b'[1,"a","A",{}]', "unknown_type"),
            (b"[%s]" % (b"9" * 4000), "unknown_type"),
        ],
    )
    def test_has_a_word_for_the_problem(self, raw: bytes, word: str) -> None:
        assert problem(raw) == word

    def test_thirty_two_levels_are_read(self) -> None:
        raw = b'[3,"a",%s1%s]' % (b'{"a":' * 31, b"}" * 31)
        assert isinstance(parse(raw, "1.6"), CallResult)

    @pytest.mark.parametrize(
        ("raw", "message_type", "message_id"),
        [
            (b'[2,"x1","A",{"transactionId":,}]', 2, "x1"),  # AEFA
            (b'[,3,"x1",{"a":1}]', 3, "x1"),  # ZJ Beny
            (b'[3,"x1",{"configurationKey":[]', 3, "x1"),
            (b'[2,"x1","A",{"idTag":"336699\\\\\\"}]', 2, "x1"),
            (b'\xef\xbb\xbf [ 2 , 17 , "A", {]', 2, 17),
            (b'[2,"\\ud800","A",{]', 2, "\ud800"),
            (b'[2,"x1', 2, None),
            (b"[2,17", 2, None),
            (b'[25,"x1"', None, None),
            (b'{"x1":2', None, None),
        ],
    )
    def test_type_and_id_are_made_out_in_damaged_text(
        self, raw: bytes, message_type: int | None, message_id: object
    ) -> None:
        frame = parse(raw, "1.6")
        assert isinstance(frame, Unreadable)
        assert (frame.message_type, frame.id) == (message_type, message_id)

    @pytest.mark.parametrize("raw", [traffic.heartbeat(id="x"), traffic.result(id="x"), traffic.error(id="x")])
    def test_a_binary_message_is_read_and_says_so(self, raw: bytes) -> None:
        frame = parse(raw, "1.6", binary=True)
        assert frame._replace(findings=()) == parse(raw, "1.6")._replace(findings=())
        assert [finding.code for finding in frame.findings] == ["BINARY"]

    def test_a_damaged_binary_message_keeps_type_and_id(self) -> None:
        frame = parse(b'[3,"x"]', "1.6", binary=True)
        assert isinstance(frame, Unreadable)
        assert (frame.problem, frame.id, frame.message_type) == ("binary", "x", 3)

    def test_a_binary_message_of_something_else_has_none(self) -> None:
        frame = parse(b"\x00\x01", "1.6", binary=True)
        assert isinstance(frame, Unreadable)
        assert (frame.problem, frame.id) == ("binary", None)


class TestTotality:
    @given(st.binary(max_size=200), st.sampled_from(VERSIONS), st.booleans())
    def test_any_bytes_are_a_frame(self, raw: bytes, version: str, binary: bool) -> None:
        assert isinstance(parse(raw, version, binary=binary), FRAME_TYPES)

    @given(damaged_frames, st.sampled_from(VERSIONS))
    def test_any_damaged_frame_is_a_frame(self, raw: bytes, version: str) -> None:
        assert isinstance(parse(raw, version), FRAME_TYPES)

    @given(st.lists(json_values, max_size=6), st.sampled_from(VERSIONS))
    def test_any_array_is_a_frame(self, value: list[object], version: str) -> None:
        assert isinstance(parse(json.dumps(value).encode(), version), FRAME_TYPES)

    @given(json_values | st.binary() | st.floats(), st.text(), json_values | st.binary())
    def test_any_refusal_can_be_written(self, message_id: object, text: str, details: object) -> None:
        for encode in (encode_error, encode_result_error):
            assert isinstance(parse(encode(message_id, text, text, details), "2.1"), CallError | CallResultError)

    @given(st.dictionaries(st.text(), json_values, max_size=4), st.sampled_from(VERSIONS))
    def test_a_payload_is_read_again_as_it_was_read_first(self, payload: dict[str, object], version: str) -> None:
        for raw in (encode_call("a", "A", payload), encode_send("a", "A", payload)):
            frame = parse(raw, version)
            if isinstance(frame, Call | Send):
                assert payload_again(raw) == frame.payload
        assert payload_again(encode_result("a", payload)) is None

    @given(damaged_frames)
    def test_a_second_reading_survives_what_the_first_survived(self, raw: bytes) -> None:
        frame = parse(raw, "1.6")
        assert payload_again(raw) == frame.payload if isinstance(frame, Call) else True

    def test_a_refusal_survives_what_json_cannot_hold(self) -> None:
        loop: list[object] = []
        loop.append(loop)
        for odd in (loop, float("nan"), {(): 1}, object(), "\ud800"):
            assert isinstance(parse(encode_error(odd, "InternalError", "x", odd), "1.6"), CallError)


class TestWriting:
    @given(json_values)
    def test_an_answer_has_the_id_of_its_call(self, message_id: object) -> None:
        call = parse(encode_call(message_id, "Heartbeat", {}), "1.6")
        answer = parse(encode_result(call.id, {}), "1.6")
        assert answer.id == message_id
        assert type(answer.id) is type(message_id)

    @given(st.dictionaries(st.text(), json_values, max_size=4))
    def test_what_is_written_is_read_back(self, payload: dict[str, object]) -> None:
        assert parse(encode_call("a", "A", payload), "2.1") == Call("a", "A", payload)
        assert parse(encode_result("a", payload), "2.1") == CallResult("a", payload)
        assert parse(encode_send("a", "A", payload), "2.1") == Send("a", "A", payload)
        assert parse(encode_error("a", "InternalError", "b", payload), "2.1") == CallError(
            "a", "InternalError", "b", payload
        )

    def test_frames_are_compact_ascii(self) -> None:
        assert encode_result("é", {"a": ["\ud800", 1]}) == b'[3,"\\u00e9",{"a":["\\ud800",1]}]'

    def test_descriptions_are_cut_at_255_characters(self) -> None:
        """2.x part 4 §4.2.3."""
        frame = parse(encode_error("a", "GenericError", "x" * 300), "2.0.1")
        assert isinstance(frame, CallError)
        assert len(frame.description) == frames.MAX_DESCRIPTION == 255

    def test_details_are_never_null(self) -> None:
        """2.x part 4 §4.2.3."""
        assert encode_error("a", "GenericError", "", None) == b'[4,"a","GenericError","",{}]'
