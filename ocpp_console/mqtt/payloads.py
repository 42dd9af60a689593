"""The payloads of EMQX's OCPP gateway: a frame of OCPP-J as a JSON object, and back, without rewriting what is in it.

`{"MessageTypeId":2,"UniqueId":…,"Action":…,"Payload":{…}}` is `[2,…,…,{…}]`. The values are carried over as the very
characters that came, so that the log shows what a charger wrote: `1.0` stays `1.0`, keys keep their order.
Both directions are total: what cannot be carried over comes back as a value with its reason.
"""

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

CALL, RESULT, ERROR, RESULT_ERROR, SEND = 2, 3, 4, 5, 6
"""Message types. EMQX knows 2 to 4; 5 and 6 (OCPP 2.1) take the same shapes, our extension."""

_FIELDS = {
    CALL: ("UniqueId", "Action", "Payload"),
    RESULT: ("UniqueId", "Payload"),
    ERROR: ("UniqueId", "ErrorCode", "ErrorDescription", "ErrorDetails"),
    RESULT_ERROR: ("UniqueId", "ErrorCode", "ErrorDescription", "ErrorDetails"),
    SEND: ("UniqueId", "Action", "Payload"),
}
"""What stands in a frame after the message type, by message type."""
_CARRIED = 4
"""Fields of a frame that go into an object, so that `ErrorDetails` is left out: the gateway has no place for it."""
_BLANKS = re.compile(r"[ \t\r\n]*")


class Carried(NamedTuple):
    """A payload that is a frame."""

    raw: bytes
    """The frame as OCPP-J writes it."""
    type: int
    id: Any
    """The UniqueId as it came, whatever its type; None when there was none."""
    action: str
    """The Action, which answers need not have; empty without one."""
    remarks: tuple[str, ...] = ()
    """What was tolerated, in words."""


class Garbage(NamedTuple):
    """A payload (or a frame) that cannot be carried over."""

    reason: str
    """Stable word: `not_utf8`, `not_json`, `not_object`, `no_type`, `unknown_type`, `too_short`."""
    text: str
    """The reason as the end of a sentence."""


class _NotJson(ValueError):
    """The text is no JSON."""


def _refuse(name: str) -> Any:
    """`NaN` and `Infinity` are Python's, not JSON's."""
    raise _NotJson(f"{name} is not a JSON number")


_scan = json.JSONDecoder(parse_constant=_refuse).raw_decode


def to_frame(payload: bytes) -> Carried | Garbage:
    """The frame that an MQTT payload carries. What is missing is left out of the frame, which then says so itself."""
    text = _text(payload)
    if isinstance(text, Garbage):
        return text
    if text.startswith("["):  # plain OCPP-J, as other gateways publish it
        return _plain(text)
    fields = _fields(text)
    if isinstance(fields, Garbage):
        return fields
    values, spans, remarks = fields
    kind = _whole(values.get("MessageTypeId"))
    if kind is None:
        return Garbage("no_type", "has no MessageTypeId of 2, 3 or 4")
    if kind is not values["MessageTypeId"]:
        remarks.append(f"MessageTypeId is {values['MessageTypeId']!r} instead of a whole number")
    if kind not in _FIELDS:
        return Garbage("unknown_type", f"has the MessageTypeId {str(kind)[:20]}, which is none of 2, 3 and 4")
    names = _FIELDS[kind]
    parts = [str(kind)]
    for name in names:
        if name not in spans and name == "ErrorDetails":
            parts.append("{}")  # never carried by EMQX: nothing is wrong with that
        elif name in spans:
            parts.append(spans[name])
        else:
            remarks.append(f"{name} is missing")
            break  # the frame ends here, and reads as too short
    action = values.get("Action")
    carried = f"[{','.join(parts)}]".encode()
    return Carried(carried, kind, values.get("UniqueId"), action if type(action) is str else "", tuple(remarks))


def to_payload(raw: bytes, action: str = "") -> bytes | Garbage:
    """The MQTT payload for a frame. `action` is what a result answers: EMQX 5.4 to 5.6 learn the interval from it."""
    text = _text(raw)
    if isinstance(text, Garbage):
        return text
    items = _items(text)
    if isinstance(items, Garbage):
        return items
    kind = items[0] if items else ""
    if kind not in ("2", "3", "4", "5", "6"):
        return Garbage("unknown_type", "does not begin with a message type that is known")
    names = _FIELDS[int(kind)]
    if len(items) < 3 or (len(names) == 3 and len(items) < 4):
        return Garbage("too_short", "lacks elements that its message type needs")
    pairs = [f'"MessageTypeId":{kind}']
    values = items[1:_CARRIED]
    if int(kind) in (ERROR, RESULT_ERROR) and len(values) < 3:
        values.append('""')  # ErrorDescription is required
    pairs += [f'"{name}":{value}' for name, value in zip(names, values, strict=False)]
    if action and int(kind) == RESULT:
        pairs.insert(2, f'"Action":{json.dumps(action)}')
    return ("{" + ",".join(pairs) + "}").encode()


def _whole(kind: Any) -> int | None:
    """A message type, also when it is written as `"2"` or `2.0`."""
    if type(kind) is int:
        return kind
    digits = str(kind).strip().removesuffix(".0")
    return int(digits) if isinstance(kind, (str, float)) and re.fullmatch("[0-9]", digits) else None


def _text(data: bytes) -> str | Garbage:
    """The characters, without blanks around them."""
    try:
        return data.decode("utf-8-sig").strip(" \t\r\n")
    except UnicodeDecodeError:
        return Garbage("not_utf8", "is not UTF-8")


def _plain(text: str) -> Carried | Garbage:
    """A payload that is an OCPP-J frame already."""
    items = _items(text)
    if isinstance(items, Garbage):
        return items
    if not items or items[0] not in ("2", "3", "4", "5", "6"):
        return Garbage("unknown_type", "is an array that does not begin with a message type")
    kind = int(items[0])
    named = json.loads(items[1]) if len(items) > 1 else None
    action = json.loads(items[2]) if len(items) > 2 and kind in (CALL, SEND) else ""
    remark = "a plain OCPP-J frame instead of the gateway's object"
    return Carried(text.encode(), kind, named, action if type(action) is str else "", (remark,))


def _fields(text: str) -> tuple[dict[str, Any], dict[str, str], list[str]] | Garbage:
    """The values of an object by name, each also as it is written, and what was odd."""
    values: dict[str, Any] = {}
    spans: dict[str, str] = {}
    remarks: list[str] = []

    def member(at: int) -> int:
        """Read `"name": value` and give where it ends."""
        if text[at] != '"':
            raise _NotJson("a name in quotes is expected")
        name, at = _scan(text, at)
        at = _skip(text, at)
        if text[at] != ":":
            raise _NotJson("a colon is expected")
        at = _skip(text, at + 1)
        value, end = _scan(text, at)
        if name in values:
            remarks.append(f"{name!r} comes twice; the last one counts")
        values[name], spans[name] = value, text[at:end]
        return end

    refused = _walk(text, "{}", "no object", member)
    return refused or (values, spans, remarks)


def _items(text: str) -> list[str] | Garbage:
    """The elements of an array, each as it is written."""
    items: list[str] = []

    def item(at: int) -> int:
        """Read a value and give where it ends."""
        _, end = _scan(text, at)
        items.append(text[at:end])
        return end

    return _walk(text, "[]", "not an array", item) or items


def _walk(text: str, brackets: str, otherwise: str, member: Callable[[int], int]) -> Garbage | None:
    """Go through the members of an object or array; a reason when the text is none."""
    try:
        if not text.startswith(brackets[0]):
            _scan(text)
            return Garbage("not_object" if brackets == "{}" else "not_array", f"is JSON, but {otherwise}")
        at = _skip(text, 1)
        while text[at] != brackets[1]:
            at = _skip(text, member(at))
            if text[at] == ",":
                at = _skip(text, at + 1)
                if text[at] == brackets[1]:
                    raise _NotJson("a comma is followed by nothing")
            elif text[at] != brackets[1]:
                raise _NotJson("a comma is missing")
        return Garbage("not_json", "has something after its end") if at + 1 < len(text) else None
    except RecursionError:
        return Garbage("not_json", "is nested too deeply")
    except IndexError:
        return Garbage("not_json", "is not JSON: it ends too soon")
    except ValueError as problem:
        said = problem.msg if isinstance(problem, json.JSONDecodeError) else str(problem)
        return Garbage("not_json", f"is not JSON: {said}" if text else "is empty")


def _skip(text: str, at: int) -> int:
    """The next place that is no blank. Raises IndexError at the end of the text."""
    if text[at] not in " \t\r\n":  # nearly always: machines write no blanks
        return at
    found = _BLANKS.match(text, at)
    return found.end() if found else at
