"""When things happened in a trace without times, as its messages tell: `currentTime` of answers, `timestamp` of calls.

Logs that are pasted into a bug report often have no times. Without this all would have happened in 1970, and every
clock in it would be wrong.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from ocpp_console.outputs.traces.shapes import Entry, Placed, time_of
from ocpp_console.protocol.frames import Call, CallResult, Frame, parse

GAP = 1_000
"""µs between two frames of which nothing tells when the second came."""

_LONGEST_STEP = 24 * 3600 * 1_000_000
"""µs by which a station's own time may move the time on; further on its clock is wrong."""

_AHEAD = 1_000
"""Entries at the beginning that are looked through for a first time."""


def begun(entries: Iterator[Placed]) -> tuple[int, Iterable[Placed]]:
    """When a trace began whose first entries have no time, and all its entries; 0 if the first has one or none has."""
    early: list[Placed] = []
    for placed in entries:
        early.append(placed)
        told = _time_at(placed)
        if told is not None:
            start = told - len(early) * GAP if len(early) > 1 or _undated(placed) else 0
            return start, chain(early, entries)
        if len(early) == _AHEAD:
            break
    return 0, chain(early, entries)


def _undated(placed: Placed) -> bool:
    """An entry that does not say when it was."""
    return isinstance(placed.entry, Entry) and placed.entry.at is None


def _time_at(placed: Placed) -> int | None:
    """When an entry was, as it says itself or as its message tells."""
    entry = placed.entry
    if not isinstance(entry, Entry):
        return entry.at
    return entry.at if entry.at is not None else told_time(parse(entry.raw, entry.version or "1.6"))


def told_time(frame: Frame) -> int | None:
    """The time that a message tells of its own moment, µs since 1970; None when it tells none."""
    if not isinstance(frame, Call | CallResult) or not isinstance(frame.payload, dict):
        return None
    payload: dict[str, Any] = frame.payload
    if isinstance(frame, CallResult):
        return time_of(payload.get("currentTime"))
    values = payload.get("meterValue")
    first = values[0] if isinstance(values, list) and values else None
    value = payload.get("timestamp") or (first.get("timestamp") if isinstance(first, dict) else None)
    return time_of(value) if isinstance(value, str) else None


def next_time(last: int, frame: Frame) -> int:
    """When a frame without a time came, the one before at `last`: a moment later, or when its message says it was."""
    told = told_time(frame)
    if told is None or told <= last or (isinstance(frame, Call) and told > last + _LONGEST_STEP):
        return last + GAP
    return told
