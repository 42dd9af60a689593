"""Facts as lines for people or for programs: what the console says when there is no screen."""

import json
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from ocpp_console.clock import iso
from ocpp_console.events import (
    CallAbandoned,
    CallRequested,
    Fact,
    FrameReceived,
    FrameSent,
    HandshakeRefused,
    ListenerFailed,
    ListenerStarted,
    NoteWritten,
    ReplyLost,
    StationConnected,
    StationGone,
)
from ocpp_console.protocol import frames, schemas
from ocpp_console.protocol.findings import Finding, Severity
from ocpp_console.protocol.frames import Call, CallError, CallResult, CallResultError, Frame, Send
from ocpp_console.visible import visible

REMEMBERED_CALLS = 2_000
"""Calls of which the action is kept, so that their answers can be named."""

REMEMBERED_CONNECTIONS = 20_000
"""Connections of which the version is kept."""

LINE_LIMIT = 400
"""Characters of a frame that a plain line shows."""

_LONG_FRAME = 4_096
"""Bytes above which a frame is shown as it came instead of as its payload."""

_SHOWN_FINDINGS = 3
"""Findings that a plain line spells out."""

_CHECKED_BYTES = 64 * 1024
"""Longer frames are not checked against their schema here."""

_SAYINGS: dict[type, Callable[[Any], str]] = {
    ListenerStarted: lambda fact: f"listening on {fact.host} port {fact.port}{fact.path and ', path ' + fact.path}",
    ListenerFailed: lambda fact: f"cannot listen on {fact.host} port {fact.port}: {fact.text}",
    StationConnected: lambda fact: (
        f"connected from {fact.address}, OCPP {fact.version}, path {fact.path}{_oddities(fact.findings)}"
    ),
    StationGone: lambda fact: f"gone, closed by the {fact.by} with {fact.code} {fact.reason}".rstrip(),
    HandshakeRefused: lambda fact: f"refused {fact.address}: {fact.text}",
    CallRequested: lambda fact: f"asked for {fact.action}",
    CallAbandoned: lambda fact: f"gave up a command ({fact.why}): {fact.text}",
    ReplyLost: lambda fact: f"an answer was lost: {fact.text}",
    NoteWritten: lambda fact: f"note: {fact.text}",
}
"""What is said of the facts that are not frames; made visible afterwards."""


def said_of(fact: Fact) -> str:
    """What is said of a fact that is no frame; raw."""
    return _SAYINGS[type(fact)](fact)


class Narrator:
    """Turns facts into lines, and remembers which call an answer belongs to. Bounded, whatever comes."""

    def __init__(self, *, as_json: bool = False, veil: Callable[[Fact], Fact] | None = None) -> None:
        """With `as_json` each line is one JSON object in ASCII, else words with the frame's payload.

        `veil` gives a fact as it may be told, without secrets; None tells everything.
        """
        self._as_json = as_json
        self._veil = veil
        self._calls: OrderedDict[tuple[int, str], tuple[str, int]] = OrderedDict()
        self._versions: dict[int, str] = {}

    def line(self, fact: Fact) -> str:
        """One line, without its end."""
        self.follow(fact)
        shown = fact if self._veil is None else self._veil(fact)
        return self._json(fact, shown) if self._as_json else self._plain(fact, shown)

    def follow(self, fact: Fact) -> None:
        """Learn from a fact what later lines need; `line` does it by itself."""
        if isinstance(fact, StationConnected):
            self._versions[fact.seq] = fact.version
            if len(self._versions) > REMEMBERED_CONNECTIONS:  # the end of some was lost to a slow reader
                del self._versions[next(iter(self._versions))]
        elif isinstance(fact, StationGone):
            self._versions.pop(fact.connection, None)

    def said(self, fact: Fact) -> str:
        """What a fact that is no frame says, without time and station; made safe to print."""
        return visible(_SAYINGS[type(fact)](fact), LINE_LIMIT)

    def _plain(self, fact: Fact, shown: Fact) -> str:
        """The time in UTC, the station and what happened, safe to print."""
        if isinstance(fact, (FrameReceived, FrameSent)) and isinstance(shown, (FrameReceived, FrameSent)):
            said = self._said_of_frame(fact, shown)
        else:
            said = said_of(shown)
        station = visible(getattr(fact, "station", "") or "-", 48)
        return f"{iso(fact.at)}  {station:<12}  {visible(said, LINE_LIMIT)}"

    def _said_of_frame(self, fact: FrameReceived | FrameSent, shown: FrameReceived | FrameSent) -> str:
        """Direction by arrow and word, the action, the payload as it is `shown`, and how long the answer took."""
        frame = self._frame(fact)
        direction = "← from station" if isinstance(fact, FrameReceived) else "→ to station  "
        action, took = self._paired(fact, frame)
        odd = _oddities(self._findings(fact, frame, action))
        frame = frame if shown is fact else self._frame(shown)
        if isinstance(frame, (CallError, CallResultError)):
            return f"{direction}  {action} error{took}{odd}: {frame.code} {frame.description}".rstrip()
        if isinstance(frame, (Call, Send, CallResult)):
            answer = f" answer{took}" if isinstance(frame, CallResult) else ""
            return f"{direction}  {action}{answer}{odd}: {_payload_text(shown.raw, frame.payload)}"
        return f"{direction}  unreadable, {frame.text}{odd} {_raw_text(shown.raw)}"

    def _findings(self, fact: FrameReceived | FrameSent, frame: Frame, action: str) -> tuple[Finding, ...]:
        """What is odd about a frame and its payload. Found here again: facts hold bytes, no opinions."""
        if isinstance(frame, (Call, Send, CallResult)) and len(fact.raw) <= _CHECKED_BYTES:
            kind = "response" if isinstance(frame, CallResult) else "request"
            version = self._versions.get(fact.connection, "1.6")
            return frame.findings + schemas.check(version, action, kind, frame.payload)
        return frame.findings

    def _paired(self, fact: FrameReceived | FrameSent, frame: Frame) -> tuple[str, str]:
        """The action a frame is about, and `, 0.4 ms` when it answers a call."""
        if isinstance(frame, (Call, Send)):
            if isinstance(frame, Call):
                self._calls[(fact.connection, repr(frame.id))] = (frame.action, fact.at)
                if len(self._calls) > REMEMBERED_CALLS:
                    self._calls.popitem(last=False)
            return frame.action, ""
        action, asked = self._calls.get((fact.connection, repr(frame.id)), ("", 0))
        return (action, f", {(fact.at - asked) / 1000:.1f} ms") if action else ("stray", "")

    def _frame(self, fact: FrameReceived | FrameSent) -> Frame:
        """The reading that came with the fact, or one made here."""
        if fact.frame is not None:
            return fact.frame
        binary = isinstance(fact, FrameReceived) and fact.binary
        return frames.parse(fact.raw, self._versions.get(fact.connection, "1.6"), binary=binary)

    def _json(self, fact: Fact, shown: Fact) -> str:
        """All fields of the fact as it is `shown`, the frame as text, and the action it is about."""
        said: dict[str, Any] = {"kind": type(fact).__name__, **shown._asdict(), "at": iso(fact.at), "at_us": fact.at}
        if isinstance(fact, (FrameReceived, FrameSent)):
            frame = self._frame(fact)
            said["action"] = self._paired(fact, frame)[0]
            said["frame"] = _raw_text(said.pop("raw"))
            said["findings"] = self._findings(fact, frame, said["action"])
        if "first_bytes" in said:
            said["first_bytes"] = _raw_text(said["first_bytes"])
        if "findings" in said:
            said["findings"] = [finding._asdict() for finding in said["findings"]]
        return json.dumps(said, default=repr)


def _oddities(findings: tuple[Finding, ...]) -> str:
    """` ▲ chargePointVendor is missing; …` for what is worth a warning; empty when nothing is."""
    odd = [finding for finding in findings if finding.severity >= Severity.WARNING]
    if not odd:
        return ""
    texts = [f"{finding.path} {finding.text}".lstrip() for finding in odd[:_SHOWN_FINDINGS]]
    more = f"; {len(odd) - _SHOWN_FINDINGS} more" if len(odd) > _SHOWN_FINDINGS else ""
    return f" ▲ {visible('; '.join(texts), LINE_LIMIT // 2)}{more}"


def _payload_text(raw: bytes, payload: object) -> str:
    """The payload on one line; of a long frame its beginning as it came."""
    if len(raw) > _LONG_FRAME:
        return _raw_text(raw[:_LONG_FRAME])
    try:
        return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError):
        return _raw_text(raw)


def _raw_text(raw: bytes) -> str:
    """Bytes as text; what is not UTF-8 becomes its hexadecimal escape."""
    return raw.decode("utf-8", "backslashreplace")
