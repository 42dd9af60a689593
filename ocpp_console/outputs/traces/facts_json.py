"""Facts as JSON lines, exactly: the shape of `ocpp-console --headless --json`, with the bytes that text cannot hold.

The only format that loses nothing. It is also that of the file beside an Open OCPP Trace, for what has no place there.
"""

import json
from base64 import b64decode, b64encode
from typing import Any

from ocpp_console import events
from ocpp_console.events import Fact
from ocpp_console.outputs.traces.shapes import NotAnEntryError, exact, time_of, time_text
from ocpp_console.protocol.findings import Finding, Severity

KINDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        events.ListenerStarted,
        events.ListenerFailed,
        events.StationConnected,
        events.StationGone,
        events.HandshakeRefused,
        events.FrameReceived,
        events.FrameSent,
        events.CallRequested,
        events.CallAbandoned,
        events.ReplyLost,
        events.NoteWritten,
    )
}

BYTES = {"raw": "frame", "first_bytes": "first_bytes"}
"""Fields that hold bytes, and what they are called in JSON."""


def line_of(fact: Fact, place: int | None = None) -> str:
    """A fact as one line of ASCII, without its end. `place` is its place in the trace it was taken from."""
    fields: dict[str, Any] = {"kind": type(fact).__name__, "seq": fact.seq, "at": time_text(fact.at)}
    if not exact(fact.at):
        fields["at_us"] = fact.at
    for name, value in fact._asdict().items():
        if name in ("seq", "at", "frame"):
            continue
        if name in BYTES:
            fields |= bytes_fields(BYTES[name], value)
        elif name == "findings":
            fields[name] = [finding._asdict() for finding in value]
        else:
            fields[name] = value
    if place is not None:
        fields["place"] = place
    try:
        return json.dumps(fields, separators=(",", ":"), default=str)
    except (ValueError, RecursionError):  # a payload with itself inside, or one nested without end
        fields["payload"] = "a payload that cannot be written as JSON"
        return json.dumps(fields, separators=(",", ":"), default=str)


def bytes_fields(name: str, raw: bytes) -> dict[str, str]:
    """Bytes as text, and in base64 as well when text does not hold them."""
    try:
        return {name: raw.decode()}
    except UnicodeDecodeError:
        return {name: raw.decode("utf-8", "replace"), f"{name}_base64": b64encode(raw).decode()}


def bytes_of(fields: dict[str, Any], name: str) -> bytes:
    """The way back from `bytes_fields`. Raises NotAnEntryError."""
    packed, plain = fields.get(f"{name}_base64"), fields.get(name)
    if isinstance(packed, str):
        try:
            return b64decode(packed, validate=True)
        except ValueError:
            raise NotAnEntryError(f"`{name}_base64` is no base64") from None
    if not isinstance(plain, str):
        raise NotAnEntryError(f"`{name}` is missing")
    return plain.encode("utf-8", "surrogatepass")


def fact_of(fields: dict[str, Any]) -> Fact:
    """The fact in the object of a line; a field that is missing has its default or nothing in it.

    Raises:
        NotAnEntryError: a field holds what it cannot.
    """
    kind = KINDS[fields["kind"]]
    values: dict[str, Any] = {}
    for name, blank in _BLANK[kind].items():
        if name in BYTES:
            values[name] = bytes_of(fields, BYTES[name])
        elif name == "at":
            values[name] = fields["at_us"] if type(fields.get("at_us")) is int else time_of(fields.get("at")) or 0
        elif name == "findings":
            values[name] = _findings(fields.get(name))
        elif name == "payload":
            values[name] = fields.get(name)
        else:
            values[name] = _plain(name, fields.get(name, blank), blank)
    fact: Fact = kind(**values)
    return fact


def _plain(name: str, value: Any, blank: Any) -> Any:
    """A field that is text, a number, a truth or a list of texts."""
    if isinstance(blank, tuple):
        value = tuple(value) if isinstance(value, list) else value
        if isinstance(value, tuple) and all(isinstance(each, str) for each in value):
            return value
    elif type(value) is type(blank):
        return value
    raise NotAnEntryError(f"`{name}` of a {type(blank).__name__} holds something else")


def _findings(value: Any) -> tuple[Finding, ...]:
    """Findings of a handshake."""
    found = []
    for each in value if isinstance(value, list) else ():
        try:
            found.append(Finding(str(each["code"]), Severity(each["severity"]), str(each["text"]), str(each["path"])))
        except (KeyError, TypeError, ValueError):
            raise NotAnEntryError("a finding that cannot be read") from None
    return tuple(found)


_TYPES: dict[Any, Any] = {int: 0, str: "", bool: False, bytes: b"", tuple[str, ...]: ()}
"""What stands for a field that is not told, by its type."""

_BLANK: dict[type[Any], dict[str, Any]] = {
    kind: {name: _TYPES.get(declared) for name, declared in kind.__annotations__.items() if name != "frame"}
    for kind in KINDS.values()
}
