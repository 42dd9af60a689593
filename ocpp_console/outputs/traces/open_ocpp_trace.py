"""Open OCPP Trace v1.1: facts as its records and back. Knows no files.

The format has calls, results and errors only. Everything else that happened, and frames that cannot be read, get no
record here (`record_of` gives None) and are written beside it, see `facts_json`.
"""

import json
from collections import OrderedDict
from typing import Any

from ocpp_console.events import Fact, FrameReceived, FrameSent, StationConnected, StationGone
from ocpp_console.outputs.traces.facts_json import bytes_fields, bytes_of
from ocpp_console.outputs.traces.shapes import Entry, NotAnEntryError, encode, exact, time_of, time_text
from ocpp_console.protocol.frames import Call, CallError, CallResult, parse

SCHEMA_VERSION = "1.1"
OURS = "ocppConsole"
"""The name of our own object inside `meta`."""

DIRECTIONS = {"station": "cp-to-csms", "console": "csms-to-cp"}
_SIDES = {direction: side for side, direction in DIRECTIONS.items()}
_REMEMBERED = 5_000
"""Calls whose action is kept for their answers."""


class Records:
    """Turns facts into records, in their order; remembers which action an answer is about. Bounded."""

    def __init__(self, versions: dict[int, str] | None = None) -> None:
        """`versions` are those of connections whose beginning is not among the facts."""
        self._versions = {} if versions is None else versions
        self._actions: OrderedDict[tuple[int, str, str], str] = OrderedDict()

    def record_of(self, fact: Fact, place: int) -> dict[str, Any] | None:
        """The record of a fact, the `place`th of its trace; None when the format has no place for it."""
        if isinstance(fact, StationConnected):
            self._versions[fact.seq] = fact.version
        elif isinstance(fact, StationGone):
            self._versions.pop(fact.connection, None)
        if not isinstance(fact, FrameReceived | FrameSent):
            return None
        version = self._versions.get(fact.connection, "")
        binary = isinstance(fact, FrameReceived) and fact.binary
        frame = parse(fact.raw, version or "1.6", binary=binary)
        if not isinstance(frame, Call | CallResult | CallError):
            return None
        side = "station" if isinstance(fact, FrameReceived) else "console"
        record: dict[str, Any] = {"schemaVersion": SCHEMA_VERSION, "timestamp": time_text(fact.at)}
        if version:
            record["ocppVersion"] = version
        record["transport"] = "json"
        if fact.station:
            record["chargePointId"] = fact.station
        record |= self._said(fact.connection, side, frame)
        record |= bytes_fields("raw", fact.raw)
        packed = record.pop("raw_base64", None)
        record["meta"] = {OURS: _own(fact, place) | ({"raw_base64": packed} if packed else {})}
        return record

    def _said(self, connection: int, side: str, frame: Call | CallResult | CallError) -> dict[str, Any]:
        """What the frame says, in the format's own words."""
        said: dict[str, Any] = {"direction": DIRECTIONS[side]}
        other = "console" if side == "station" else "station"
        key = repr(frame.id)
        if isinstance(frame, Call):
            said |= _connector(frame.payload)
            self._actions[connection, side, key] = frame.action
            if len(self._actions) > _REMEMBERED:
                self._actions.popitem(last=False)
            words: dict[str, Any] = {"messageType": "CALL", "action": frame.action, "payload": frame.payload}
        else:
            action = self._actions.pop((connection, other, key), "")
            words = {"action": action} if action else {}
            if isinstance(frame, CallResult):
                words |= {"messageType": "CALLRESULT", "payload": frame.payload}
            else:
                words |= {"messageType": "CALLERROR", "error": _error(frame)}
        if isinstance(frame.id, str):
            said["messageId"] = frame.id
        return said | words


def _error(frame: CallError) -> dict[str, Any]:
    """An error with its three fields; what is no text becomes some."""
    return {"code": _text(frame.code), "description": _text(frame.description), "details": frame.details or {}}


def _text(value: Any) -> str:
    """Text as it is, nothing as an empty text, anything else as JSON."""
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


def _connector(payload: Any) -> dict[str, int]:
    """The connector a call is about, where it says so plainly."""
    if not isinstance(payload, dict):
        return {}
    evse = payload.get("evse")
    number = payload.get("connectorId", evse.get("connectorId") if isinstance(evse, dict) else None)
    return {"connectorId": number} if type(number) is int and number >= 0 else {}


def _own(fact: FrameReceived | FrameSent, place: int) -> dict[str, Any]:
    """What the format has no field for and we want back."""
    own: dict[str, Any] = {"place": place, "seq": fact.seq, "connection": fact.connection}
    if not exact(fact.at):
        own["at_us"] = fact.at
    if isinstance(fact, FrameReceived):
        form = {"binary": fact.binary, "compressed": fact.compressed}
        return own | {name: True for name, said in form.items() if said}
    return own | ({"answers": fact.answers} if fact.answers else {})


def own_of(record: dict[str, Any]) -> dict[str, Any]:
    """Our own object inside `meta`; empty in records of others."""
    meta = record.get("meta")
    own = meta.get(OURS) if isinstance(meta, dict) else None
    return own if isinstance(own, dict) else {}


def entry_of(record: dict[str, Any]) -> Entry | Fact:
    """A record as an entry; one that we wrote ourselves as the very fact it was.

    Raises:
        NotAnEntryError: what the format asks for is missing.
    """
    side = _SIDES.get(str(record.get("direction")), "")
    own = own_of(record)
    at, station = time_of(record.get("timestamp")), _named(record, "chargePointId")
    if side and type(own.get("seq")) is int and type(own.get("connection")) is int:
        raw = bytes_of({"raw": record.get("raw"), **own}, "raw")
        at = own["at_us"] if type(own.get("at_us")) is int else at or 0
        head = (own["seq"], at, station, own["connection"], raw)
        answers = own.get("answers")
        if side == "station":
            return FrameReceived(*head, own.get("binary") is True, None, own.get("compressed") is True)
        return FrameSent(*head, answers if type(answers) is int else 0)
    raw_text = record.get("raw")
    if isinstance(raw_text, str) and record.get("transport") != "soap":
        raw = raw_text.encode("utf-8", "surrogatepass")
    else:
        raw = _rebuilt(record)
    return Entry(raw, at, station, _named(record, "ocppVersion"), side)


def _named(record: dict[str, Any], name: str) -> str:
    """A field that is text; empty when it is not."""
    value = record.get(name)
    return value if isinstance(value, str) else ""


def _rebuilt(record: dict[str, Any]) -> bytes:
    """The frame of a record without its text."""
    kind, message_id = record.get("messageType"), record.get("messageId", "")
    payload = record.get("payload")
    payload = {} if payload is None else payload
    if kind == "CALL":
        if not isinstance(record.get("action"), str):
            raise NotAnEntryError("a CALL without `action`")
        frame: list[Any] = [2, message_id, record["action"], payload]
    elif kind == "CALLRESULT":
        frame = [3, message_id, payload]
    elif kind == "CALLERROR":
        error = record.get("error")
        error = error if isinstance(error, dict) else {}
        frame = [4, message_id, error.get("code", ""), error.get("description", ""), error.get("details") or {}]
    else:
        raise NotAnEntryError(f"no message type {str(kind)[:40]}: CALL, CALLRESULT or CALLERROR was expected")
    return encode(frame).encode("utf-8", "surrogatepass")
