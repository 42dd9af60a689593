"""The neutral shape between any trace and the facts made of it, and times as traces write them."""

import json
from datetime import UTC, datetime
from typing import Any, NamedTuple

from ocpp_console.clock import iso
from ocpp_console.events import Fact

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = _EPOCH.resolution
_SECOND = 1_000_000
_LAST = 253_402_300_800 * _SECOND
"""The end of the year 9999; later times cannot be written as a date."""


encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""A frame of which only the value is known as text; one encoder for all, for making one takes as long as encoding."""


class NotAnEntryError(ValueError):
    """A line holds nothing that can be used; its text says why."""


class UnfinishedError(NotAnEntryError):
    """What a line holds may go on in the next one."""

    def __init__(self, text: str, depth: int, entry: "Entry | None" = None) -> None:
        """`depth` brackets are open at its end; `entry` is what it is when it does not go on."""
        super().__init__(text)
        self.depth = depth
        self.entry = entry


class Entry(NamedTuple):
    """One frame as a trace tells of it. What is not told is empty or None and inferred from the rest of the trace."""

    raw: bytes
    at: int | None = None
    """Microseconds since 1970-01-01 UTC."""
    station: str = ""
    version: str = ""
    side: str = ""
    """Who sent it: "station" or "console"; in logs of one side "heard" or "said"; empty when not told."""


class Placed(NamedTuple):
    """What one line holds, and what is told about it besides."""

    entry: "Entry | Fact"
    place: int = 0
    """Its place in the trace it was taken from; 0 when it is not told."""
    version: str = ""
    """The version its connection speaks, for a fact of ours whose connection began before the trace; else empty."""


def time_of(value: Any) -> int | None:
    """A time as traces write it (ISO 8601, or seconds, milliseconds or microseconds since 1970) in µs; None if none."""
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return _of_number(value)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return (moment - _EPOCH) // _MICROSECOND
    return _of_number(value)


def _of_number(value: Any) -> int | None:
    """A count of seconds, milliseconds or microseconds: told apart by its size."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    if not -1e18 < number < 1e18:
        return None
    for smallest, factor in ((1e14, 1), (1e11, 1_000)):
        if abs(number) >= smallest:
            return round(number * factor)
    return round(number * _SECOND)


def time_text(at: int) -> str:
    """`at` (µs) as ISO 8601 with all of its microseconds; the nearest that can be written when it cannot."""
    if not 0 <= at < _LAST:
        return iso(0) if at < 0 else iso(_LAST - 1)
    return f"{iso(at)[:-1]}.{at % _SECOND:06d}Z"


def exact(at: int) -> bool:
    """`time_text` tells this time without loss."""
    return 0 <= at < _LAST
