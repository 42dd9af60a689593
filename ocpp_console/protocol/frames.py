"""Frames of OCPP-J: the six message types as values, and what could not be read as one.

`parse` is total: whatever bytes arrive, a frame comes back. An unreadable frame is a value too.
"""

import json
import re
from typing import Any, NamedTuple

from ocpp_console.protocol import json_text
from ocpp_console.protocol.findings import Finding, Severity
from ocpp_console.protocol.troubles import CODES_OF, KNOWN_CODES

JsonValue = Any
"""Anything `json` can give: dict, list, str, int, float, bool or None."""

NOTHING_ODD: tuple[Finding, ...] = ()


class Call(NamedTuple):
    """Message type 2: a request that the other side must answer."""

    id: JsonValue
    """A string of at most 36 characters by the specification; kept exactly as it came, whatever its type."""
    action: str
    payload: JsonValue
    findings: tuple[Finding, ...] = NOTHING_ODD


class CallResult(NamedTuple):
    """Message type 3: the answer to a call."""

    id: JsonValue
    payload: JsonValue
    findings: tuple[Finding, ...] = NOTHING_ODD


class CallError(NamedTuple):
    """Message type 4: the refusal of a call."""

    id: JsonValue
    code: JsonValue
    description: JsonValue
    details: JsonValue
    findings: tuple[Finding, ...] = NOTHING_ODD


class CallResultError(NamedTuple):
    """Message type 5 (OCPP 2.1): the answer to a call could not be processed."""

    id: JsonValue
    code: JsonValue
    description: JsonValue
    details: JsonValue
    findings: tuple[Finding, ...] = NOTHING_ODD


class Send(NamedTuple):
    """Message type 6 (OCPP 2.1): a message that is never answered."""

    id: JsonValue
    action: str
    payload: JsonValue
    findings: tuple[Finding, ...] = NOTHING_ODD


class Unreadable(NamedTuple):
    """Bytes that are no frame: why, and the id if one could be made out."""

    id: JsonValue
    """The message id, or None when none could be read."""
    problem: str
    """Stable word for the kind of trouble: `not_json`, `not_array`, `empty`, `bad_type`, `too_short`, `too_deep`…"""
    text: str
    """The trouble as a sentence."""
    message_type: JsonValue = None
    """The first element of the array when the rest could not be used."""
    findings: tuple[Finding, ...] = NOTHING_ODD


Frame = Call | CallResult | CallError | CallResultError | Send | Unreadable

MAX_ID = 36
"""Longest message id the specification allows, in characters (OCPP-J 1.6 §4.1.4, 2.x part 4 §4.1.4)."""
MAX_DESCRIPTION = 255
"""Longest error description (OCPP-J 2.x part 4 §4.2.3); stations with fixed buffers are glad of it in 1.6 too."""
UNREADABLE_ID = "-1"
"""The id of a CALLERROR about a message whose id could not be read (2.x part 4 §4.2.3)."""

_ID_NOT_STRING = Finding("ID_NOT_STRING", Severity.WARNING, "the message id is not a string")
_ID_TOO_LONG = Finding("ID_TOO_LONG", Severity.WARNING, f"the message id is longer than {MAX_ID} characters")
_ID_EMPTY = Finding("ID_EMPTY", Severity.WARNING, "the message id is empty")
_PAYLOAD_NULL = Finding("PAYLOAD_NULL", Severity.WARNING, "the payload is null instead of {}")
_PAYLOAD_EMPTY_LIST = Finding("PAYLOAD_EMPTY_LIST", Severity.WARNING, "the payload is [] instead of {}")
_EXTRA_ELEMENTS = Finding("EXTRA_ELEMENTS", Severity.INFO, "the frame has more elements than its message type")
_ERROR_INCOMPLETE = Finding(
    "ERROR_INCOMPLETE", Severity.WARNING, "the error lacks its code, its description or its details"
)
_ERROR_CODE_UNKNOWN = Finding("ERROR_CODE_UNKNOWN", Severity.INFO, "the error code is not one of OCPP's")
_ERROR_CODE_OF_OTHER_VERSION = Finding(
    "ERROR_CODE_OF_OTHER_VERSION", Severity.INFO, "the error code is one of another version of OCPP"
)
_BINARY = "came as a binary message instead of text"
_BINARY_FRAME = Finding("BINARY", Severity.WARNING, _BINARY)
"""OCPP-J knows text messages only (1.6 §4.1.2, 2.x part 4 §4.1.2); some stations' libraries send the same as binary."""


_CALL_TYPES = [int, str, str, dict]
"""Of the elements of a CALL."""


def parse(raw: bytes, version: str, *, binary: bool = False) -> Frame:
    """The frame in `raw`, one whole WebSocket message of a connection that speaks `version`. Never raises.

    `binary` says that it came as a binary message, which OCPP-J does not know: a readable frame has a finding that
    says so, and is treated like any other.
    """
    try:
        value, oddities = json_text.read(raw)
    except json_text.NotJsonError as problem:
        message_type, message_id = _head(raw)
        unread = Unreadable(message_id, problem.problem, problem.text, message_type)
        if binary:
            return unread._replace(problem="binary", text=f"{_BINARY}; {problem.text}")
        return unread
    if type(value) is list and len(value) == 4 and not binary and list(map(type, value)) == _CALL_TYPES:
        message_type, message_id, action, payload = value
        if message_type == 2 and 0 < len(message_id) <= MAX_ID:
            return Call(message_id, action, payload, oddities)  # what nearly every frame is
    frame = _frame(value, oddities, version)
    if binary:
        if type(frame) is Unreadable:
            return frame._replace(problem="binary", text=f"{_BINARY}; {frame.text}")
        return frame._replace(findings=(*frame.findings, _BINARY_FRAME))
    return frame


def payload_again(raw: bytes) -> JsonValue:
    """The payload of a CALL or SEND that `parse` read before, for half of what that costs; None when it is neither."""
    try:
        value = json_text.reread(raw)
    except json_text.NotJsonError:
        return None
    if type(value) is not list or len(value) < 4 or value[0] not in (2, 6):
        return None
    return value[3] or {}


def _frame(value: JsonValue, findings: tuple[Finding, ...], version: str) -> Frame:
    """Make the decoded `value` a frame; `findings` were made while decoding."""
    if type(value) is not list:
        return Unreadable(None, "not_array", "is JSON, but not an array", None, findings)
    size = len(value)
    if not size:
        return Unreadable(None, "empty", "is an empty array", None, findings)
    message_type = value[0]
    message_id = value[1] if size > 1 else None
    # `true` and `2.0` equal whole numbers in Python, but are none in JSON.
    if type(message_type) is not int:
        return Unreadable(message_id, "bad_type", "the message type is not a whole number", message_type, findings)
    if type(message_id) is not str or not 0 < len(message_id) <= MAX_ID:
        findings += _id_findings(message_id, size)
    if message_type == 2:
        return _call(value, size, findings)
    if message_type == 3:
        if size < 3:
            return Unreadable(message_id, "too_short", "a CALLRESULT without its payload", 3, findings)
        if size > 3:
            findings += (_EXTRA_ELEMENTS,)
        payload = value[2]
        if not payload and type(payload) is not dict:
            payload, findings = _empty_payload(payload, findings)
        return CallResult(message_id, payload, findings)
    if message_type == 4:
        return _error(CallError, value, findings, version)
    # Types 5 and 6 came with OCPP 2.1 (part 4 §4.1.3).
    if version == "2.1" and message_type == 5:
        return _error(CallResultError, value, findings, version)
    if version == "2.1" and message_type == 6:
        return _send(value, size, findings)
    text = f"OCPP {version} has no message type {message_type}" if abs(message_type) < 10**9 else "no such message type"
    return Unreadable(message_id, "unknown_type", text, message_type, findings)


def _call(value: list[JsonValue], size: int, findings: tuple[Finding, ...]) -> Frame:
    """`[2, id, action, payload]`."""
    if size < 4:
        return Unreadable(value[1] if size > 1 else None, "too_short", "a CALL needs four elements", 2, findings)
    _, message_id, action, payload = value if size == 4 else value[:4]
    if size > 4:  # OCPP 2.x part 4 §7 signs messages with an extra element
        findings += (_EXTRA_ELEMENTS,)
    if type(action) is not str:
        return Unreadable(message_id, "bad_action", "the action of the CALL is not a string", 2, findings)
    if not payload and type(payload) is not dict:
        payload, findings = _empty_payload(payload, findings)
    return Call(message_id, action, payload, findings)


def _send(value: list[JsonValue], size: int, findings: tuple[Finding, ...]) -> Frame:
    """`[6, id, action, payload]`: shaped like a call."""
    like = _call(value, size, findings)
    if isinstance(like, Call):
        return Send(*like)
    text = like.text.replace("CALL", "SEND") if isinstance(like, Unreadable) else ""
    return Unreadable(like.id, getattr(like, "problem", "too_short"), text, 6, like.findings)


def _error(
    kind: type[CallError] | type[CallResultError], value: list[JsonValue], findings: tuple[Finding, ...], version: str
) -> Frame:
    """`[4, id, code, description, details]`; what is missing at the end is filled in and named."""
    size = len(value)
    if size < 3:
        message_id = value[1] if size > 1 else None
        return Unreadable(message_id, "too_short", "an error without its code", value[0], findings)
    code = value[2]
    description = value[3] if size > 3 else ""
    details = value[4] if size > 4 else {}
    if size < 5 or details is None:
        findings += (_ERROR_INCOMPLETE,)
    elif size > 5:
        findings += (_EXTRA_ELEMENTS,)
    if type(code) is not str or code not in KNOWN_CODES:
        findings += (_ERROR_CODE_UNKNOWN,)
    elif code not in CODES_OF.get(version, KNOWN_CODES):
        findings += (_ERROR_CODE_OF_OTHER_VERSION,)
    return kind(value[1], code, description, {} if details is None else details, findings)


def _id_findings(message_id: JsonValue, size: int) -> tuple[Finding, ...]:
    """What is odd about an id that is not a string of 1 to 36 characters."""
    if size < 2:
        return NOTHING_ODD
    if type(message_id) is not str:
        return (_ID_NOT_STRING,)
    return (_ID_TOO_LONG,) if message_id else (_ID_EMPTY,)


def _empty_payload(payload: JsonValue, findings: tuple[Finding, ...]) -> tuple[JsonValue, tuple[Finding, ...]]:
    """`null` and `[]` stand for an empty object in some stations' encoders; anything else stays for the schema."""
    if payload is None:
        return {}, (*findings, _PAYLOAD_NULL)
    if payload == []:
        return {}, (*findings, _PAYLOAD_EMPTY_LIST)
    return payload, findings


_HEAD = re.compile(
    rb"[\xef\xbb\xbf\s]*\[[\s,]*(\d)(?![\d.])"
    rb'(?:\s*,\s*(?:("(?:[^"\\\x00-\x1f]|\\["\\/u0-9a-fA-F]){1,255}")|(-?\d{1,18})(?=\s*[,\]])))?'
)


def _head(raw: bytes) -> tuple[int | None, JsonValue]:
    """Message type and id at the beginning of a text that is no JSON as a whole; None for what is not there.

    With the id a damaged call can be refused and a damaged answer frees the call it was meant for.
    """
    found = _HEAD.match(raw, 0, 2048)
    if found is None:
        return None, None
    try:
        return int(found[1]), json.loads(found[2] or found[3] or b"null")
    except ValueError:
        return int(found[1]), None


_encode = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"), default=str).encode
"""Plain ASCII, so that half a surrogate pair in an id is escaped instead of raising while we answer."""


_pieces = vars(json.encoder)["c_make_encoder"](
    None, str, json.encoder.encode_basestring_ascii, None, ":", ",", False, False, False
)
"""The C encoder itself, made once with the settings of `_encode`: `JSONEncoder.encode` makes one for every text."""


def encode_call(message_id: JsonValue, action: str, payload: JsonValue) -> bytes:
    """`[2,id,action,payload]`. Raises ValueError if the payload holds NaN, infinity or itself."""
    return _encode([2, message_id, action, payload]).encode("ascii")


def encode_result(message_id: JsonValue, payload: JsonValue) -> bytes:
    """`[3,id,payload]`, the id exactly as it came; what is empty becomes `{}`. Raises ValueError on NaN."""
    identity = json.encoder.encode_basestring_ascii(message_id) if type(message_id) is str else _encode(message_id)
    body = "".join(_pieces(payload, 0)) if payload else "{}"  # most answers are empty
    return f"[3,{identity},{body}]".encode("ascii")


def encode_send(message_id: JsonValue, action: str, payload: JsonValue) -> bytes:
    """`[6,id,action,payload]` of OCPP 2.1. Raises ValueError like `encode_call`."""
    return _encode([6, message_id, action, payload]).encode("ascii")


def encode_error(message_id: JsonValue, code: str, description: str, details: JsonValue = None) -> bytes:
    """`[4,id,code,description,details]`. Never raises: what JSON cannot hold is left out."""
    return _encode_error(4, message_id, code, description, details)


def encode_result_error(message_id: JsonValue, code: str, description: str, details: JsonValue = None) -> bytes:
    """`[5,id,code,description,details]` of OCPP 2.1. Never raises."""
    return _encode_error(5, message_id, code, description, details)


def _encode_error(kind: int, message_id: JsonValue, code: str, description: str, details: JsonValue) -> bytes:
    """An error frame for any arguments: refusing something odd must not fail over its oddity."""
    # 2.x part 4 §4.2.3: details are {} when there is nothing to say, never null.
    identity = _or_else(message_id, f'"{UNREADABLE_ID}"')
    words = _encode([str(code), str(description)[:MAX_DESCRIPTION]])[1:-1]
    return f"[{kind},{identity},{words},{_or_else({} if details is None else details, '{}')}]".encode("ascii")


def _or_else(value: JsonValue, otherwise: str) -> str:
    """`value` as JSON, or `otherwise` if it cannot be written."""
    try:
        return _encode(value)
    except (ValueError, TypeError, RecursionError):
        return otherwise
