"""The lines above the two frames of a message: who, what, when by our clock and by the station's, how long it took."""

import re

from ocpp_console.clock import iso
from ocpp_console.glyphs import ATTENTION, PLAIN, QUIET, STRONG
from ocpp_console.model.messages import Message, Origin, outcome
from ocpp_console.model.sequence import span
from ocpp_console.model.times import parse_time
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.screens.frame_pane import Unreadable, payload_of
from ocpp_console.screens.messages import duration
from ocpp_console.widgets.columns import Piece

TIME_FIELDS = ("timestamp", "generatedAt", "generationTime")
"""Where a station says what time it is, at the top of a payload."""

NOTABLE_S = 60
"""Seconds from which on a difference between two clocks stands out."""

_ZONE = re.compile(r"(?:[zZ]|([+-]\d\d(?::?\d\d)?))\s*$")


def exact(at: int) -> str:
    """A time with its milliseconds: `2026-11-20T14:03:21.402Z`."""
    return f"{iso(at)[:-1]}.{at // 1000 % 1000:03d}Z"


def about(message: Message, comment: str, begun: int = 0) -> list[list[Piece]]:
    """What, of whom, how it ended; ids; times; a comment; what became of it.

    `begun` is when the connection began that ends with it (µs), 0 for any other and when nobody knows.
    """
    glyph, word, tone = outcome(message)
    way = {Origin.STATION: "→ central system", Origin.CONSOLE: "← central system"}.get(message.origin, "")
    lines: list[list[Piece]] = [
        [
            (message.action, STRONG),
            ("  ", PLAIN),
            (f"{message.station} {way}  ", PLAIN),
            (f"{glyph} {word}", tone),
        ],
        [
            (f"id {message.id!s}  " if message.id is not None else "", QUIET),
            (f"OCPP {message.version}  " if message.version else "", QUIET),
            (f"row {message.seq}  connection {message.connection}", QUIET),
        ],
        [*_times(message), (f"the connection lasted {span(message.at - begun)}" if begun else "", PLAIN)],
    ]
    said = _said(message)
    if said is not None:
        lines.append(station_time(said, message.at))
    if comment:
        lines.append([(f"; {comment}", ATTENTION)])
    if message.note:
        lines.append([(message.note, ATTENTION)])
    if message.repeats is not None:
        lines.append([(f"The same call came before, as row {message.repeats.seq}; it is booked once.", ATTENTION)])
    return lines


def form_of(message: Message, *, answer: bool = False) -> str:
    """How a frame of it crossed the line: as text or binary, compressed or not."""
    findings = message.answer_findings if answer else message.call_findings
    binary = any(finding.code == "BINARY" for finding in findings) or (message.action == "binary" and not answer)
    return ("binary" if binary else "text") + (", compressed" if _compressed(message, answer) else "")


def _compressed(message: Message, answer: bool) -> bool:
    """The station's frame came so; ours goes so to a station that does it, for then both had agreed."""
    if (message.origin is Origin.STATION) is answer:
        return message.compressed > 0
    return message.compressed & (2 if answer else 1) > 0


def _times(message: Message) -> list[Piece]:
    """Our time, and how long whoever was asked took to answer."""
    parts: list[Piece] = [(f"at {exact(message.at)} by our clock  ", PLAIN)]
    if message.latency is not None:
        who = "we" if message.origin is Origin.STATION else "the station"
        parts.append((f"{who} answered after {duration(message.latency)}", PLAIN))
    return parts


def station_time(text: str, at: int) -> list[Piece]:
    """The time a station wrote, its zone, and how far it is from `at` (µs UTC), the time by our clock."""
    parts: list[Piece] = [(f"its clock said {text}  ", PLAIN)]
    time = parse_time(text)
    if time is None:
        return [*parts, ("which is no time", ATTENTION)]
    zone = _ZONE.search(text)
    if zone is None:
        parts.append(("no zone: read as UTC  ", ATTENTION))
    elif zone[1] and parse_time(text) is not None:
        parts.append((f"= {iso(time)}  ", QUIET))
    return [*parts, drift(time - at)]


def drift(us: int) -> Piece:
    """How far the station's time is from ours, in words; a queued message is rightly behind."""
    seconds = abs(us) / 1_000_000
    if seconds < 1:
        return "as ours within a second", QUIET
    step = 60 if seconds >= 600 else 1  # a clock written in whole seconds is not 1 h 59 min ahead but 2 h
    much = span(round(seconds / step) * step * 1_000_000) if seconds >= NOTABLE_S else f"{seconds:.1f} s"
    return f"{much} {'ahead of' if us > 0 else 'behind'} ours", ATTENTION if seconds > NOTABLE_S else QUIET


def _said(message: Message) -> str | None:
    """The station's own time in its call; None when it says none."""
    if message.origin is not Origin.STATION:
        return None
    try:
        payload = payload_of(message.raw)
    except Unreadable:
        return None
    return _time_in(payload)


def _time_in(payload: JsonValue) -> str | None:
    """The time at the top of a payload, else that of the latest meter value."""
    if not isinstance(payload, dict):
        return None
    values = payload.get("meterValue")
    latest = values[-1] if isinstance(values, list) and values else None
    for held in (payload, latest):
        for field in TIME_FIELDS:
            text = held.get(field) if isinstance(held, dict) else None
            if isinstance(text, str):
                return text
    return None
