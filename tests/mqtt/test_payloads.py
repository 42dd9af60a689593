"""Frames as MQTT payloads and back: the shapes of EMQX's gateway, and whatever else may come."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpp_console.mqtt.payloads import Carried, Garbage, to_frame, to_payload
from ocpp_console.protocol.frames import Call, CallError, CallResult, Unreadable, parse

BOOT = (
    b'{"MessageTypeId":2,"UniqueId":"19223201","Action":"BootNotification",'
    b'"Payload":{"chargePointVendor":"VendorX","chargePointModel":"SingleSocketCharger"}}'
)
RESULT = b'{"MessageTypeId":3,"UniqueId":"m-1","Payload":{"status":"Accepted"}}'
ERROR = b'{"MessageTypeId":4,"UniqueId":"m-2","ErrorCode":"NotSupported","ErrorDescription":"no"}'


@pytest.mark.parametrize(
    ("payload", "frame"),
    [
        (
            BOOT,
            b'[2,"19223201","BootNotification",{"chargePointVendor":"VendorX","chargePointModel":"SingleSocketCharger"}]',
        ),
        (RESULT, b'[3,"m-1",{"status":"Accepted"}]'),
        (ERROR, b'[4,"m-2","NotSupported","no",{}]'),
    ],
)
def test_the_three_shapes_of_the_gateway_both_ways(payload: bytes, frame: bytes) -> None:
    carried = to_frame(payload)
    assert isinstance(carried, Carried)
    assert (carried.raw, carried.remarks) == (frame, ())
    assert to_payload(frame) == payload


def test_values_are_carried_as_they_are_written() -> None:
    carried = to_frame(
        b' {"Payload": {"a": 1.0,  "b":"\\u00e9","b":2}, "UniqueId":7 ,"MessageTypeId":2,"Action":"X"}\n'
    )
    assert isinstance(carried, Carried)
    assert carried.raw == b'[2,7,"X",{"a": 1.0,  "b":"\\u00e9","b":2}]'
    assert (carried.id, carried.action) == (7, "X")
    assert to_payload(b'[3, "i" , {"v": 1.50}]') == b'{"MessageTypeId":3,"UniqueId":"i","Payload":{"v": 1.50}}'


def test_a_result_names_the_action_it_answers_when_that_is_known() -> None:
    made = to_payload(b'[3,"1",{"interval":300,"status":"Accepted"}]', "BootNotification")
    assert isinstance(made, bytes)
    assert json.loads(made)["Action"] == "BootNotification"


def test_details_of_an_error_have_no_place_and_a_missing_description_is_filled_in() -> None:
    assert b"ErrorDetails" not in to_payload(b'[4,"1","GenericError","d",{"a":1}]')  # type: ignore[operator]
    assert to_payload(b'[4,"1","GenericError"]') == (
        b'{"MessageTypeId":4,"UniqueId":"1","ErrorCode":"GenericError","ErrorDescription":""}'
    )


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "not_json"),
        (b"\xff\xfe", "not_utf8"),
        (b"hello", "not_json"),
        (b'{"MessageTypeId":2', "not_json"),
        (b'{"MessageTypeId":2 "a":1}', "not_json"),
        (b'{"MessageTypeId":2,}', "not_json"),
        (b'{"MessageTypeId":2}{}', "not_json"),
        (b'{"MessageTypeId":2,"Payload":{"a":NaN}}', "not_json"),
        (b"42", "not_object"),
        (b'"text"', "not_object"),
        (b"{}", "no_type"),
        (b'{"MessageTypeId":true}', "no_type"),
        (b'{"MessageTypeId":"two"}', "no_type"),
        (b'{"MessageTypeId":[2]}', "no_type"),
        (b'{"MessageTypeId":9}', "unknown_type"),
        (b'["a"]', "unknown_type"),
        (b"[]", "unknown_type"),
        (b'{"MessageTypeId":2,"Payload":' + b"[" * 200_000, "not_json"),
    ],
)
def test_garbage_comes_back_with_its_reason(payload: bytes, reason: str) -> None:
    read = to_frame(payload)
    assert isinstance(read, Garbage)
    assert read.reason == reason
    assert read.text


@pytest.mark.parametrize(
    ("payload", "raw", "remark"),
    [
        (b'{"MessageTypeId":"2","UniqueId":"1","Action":"A","Payload":{}}', b'[2,"1","A",{}]', "instead of a whole"),
        (b'{"MessageTypeId":3.0,"UniqueId":"1","Payload":{}}', b'[3,"1",{}]', "instead of a whole"),
        (b'[2,"1","A",{}]', b'[2,"1","A",{}]', "plain OCPP-J"),
        (b'{"MessageTypeId":2,"UniqueId":"1","Action":"A"}', b'[2,"1","A"]', "Payload is missing"),
        (
            b'{"MessageTypeId":3,"MessageTypeId":2,"UniqueId":"1","Action":"A","Payload":null}',
            b'[2,"1","A",null]',
            "twice",
        ),
    ],
)
def test_what_can_be_understood_is_read_and_said(payload: bytes, raw: bytes, remark: str) -> None:
    carried = to_frame(payload)
    assert isinstance(carried, Carried)
    assert carried.raw == raw
    assert any(remark in said for said in carried.remarks)


@pytest.mark.parametrize("frame", [b"", b"nonsense", b"{}", b"[2]", b'[2,"1","A"]', b'[3,"1"]', b'[9,"1",{}]', b"\xff"])
def test_what_is_no_frame_is_not_carried(frame: bytes) -> None:
    assert isinstance(to_payload(frame), Garbage)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_value(data: bytes) -> None:
    assert isinstance(to_frame(data), (Carried, Garbage))
    assert isinstance(to_payload(data), (bytes, Garbage))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(
    st.sampled_from(["MessageTypeId", "UniqueId", "Action", "Payload", "ErrorCode", "ErrorDescription", "other"]),
    st.sampled_from([2, 3, 4, 5, 6]) | json_values,
)


@given(objects)
def test_any_object_gives_a_frame_that_reads_as_one_or_says_why_not(value: dict[str, object]) -> None:
    read = to_frame(json.dumps(value).encode())
    if isinstance(read, Carried):
        assert (
            not isinstance(parse(read.raw, "2.1"), Unreadable) or read.remarks or type(value.get("Action")) is not str
        )


@given(st.text(max_size=36), st.text(max_size=20), st.dictionaries(st.text(), json_values, max_size=4), st.booleans())
def test_there_and_back_is_the_same_frame(name: str, action: str, body: dict[str, object], plain: bool) -> None:
    for frame in ([2, name, action, body], [3, name, body], [4, name, action, "why", {}]):
        raw = json.dumps(frame, ensure_ascii=plain, separators=(",", ":")).encode("utf-8", "surrogatepass")
        made = to_payload(raw)
        if isinstance(made, Garbage):  # half a surrogate pair, which is no UTF-8
            assert made.reason == "not_utf8"
            continue
        carried = to_frame(made)
        assert isinstance(carried, Carried)
        assert carried.raw == raw
        assert isinstance(parse(carried.raw, "1.6"), (Call, CallResult, CallError))
