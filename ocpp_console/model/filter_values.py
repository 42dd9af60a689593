"""Arguments of filter words that are amounts: lengths of time, points in time, bounds and ranges of them."""

import re
from collections.abc import Callable

from ocpp_console.model.times import DAY, SECOND, parse_time

UNITS = {
    "us": 1,
    "µs": 1,
    "ms": 1_000,
    "s": SECOND,
    "m": 60 * SECOND,
    "min": 60 * SECOND,
    "h": 3_600 * SECOND,
    "d": DAY,
}
"""Microseconds."""

_LENGTH = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)([a-zµ]{0,3})")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(\.\d{1,6})?)?z?")

Bounds = tuple[int | None, int | None]
"""From the first (included) to the second (excluded), in µs; None is no bound."""


def length(text: str, unit: str = "ms") -> int | None:
    """`2s`, `1.5h`, `1m30s`, `250` (in `unit`) as microseconds; None when it is no length of time."""
    total, at = 0.0, 0
    while at < len(text):
        found = _LENGTH.match(text, at)
        if found is None:
            return None
        factor = UNITS.get(found[2] or unit)
        if factor is None or (not found[2] and found.end() < len(text)):
            return None
        total += float(found[1]) * factor
        at = found.end()
    return round(total) if text else None


def moment(text: str, now: int) -> int | None:
    """A point in time as µs UTC; None when it is no time.

    `10m` or `-10m` (so long before `now`), `14:03`, `2026-11-20`, `2026-11-20 14:03`, `2026-11-20T14:03:21Z`.
    Without `now` (0) only full dates can be told.
    """
    clock = _CLOCK.fullmatch(text)
    if clock is not None:
        hours, minutes, seconds = int(clock[1]), int(clock[2]), int(clock[3] or 0)
        if not now or hours > 23 or minutes > 59 or seconds > 59:
            return None
        fraction = round(float(clock[4] or 0) * SECOND)
        return now - now % DAY + (hours * 3_600 + minutes * 60 + seconds) * SECOND + fraction
    ago = length(text.removeprefix("-"), "")
    if ago is not None:
        return now - ago if now else None
    return parse_time(text.upper().replace(" ", "T", 1))


def span(text: str, read: Callable[[str], int | None], after: Callable[[str], int]) -> Bounds | None:
    """`A..B`, `A..`, `..B` or `A` alone as bounds; `read` reads one end, `after` says how far a value reaches."""
    if ".." in text:
        first, _, last = text.partition("..")
        low, high = read(first) if first else None, read(last) if last else None
        if (first and low is None) or (last and high is None) or not (first or last):
            return None
        return low, None if high is None else high + after(last)
    low = read(text)
    return None if low is None else (low, low + after(text))


def reach(text: str) -> int:
    """How far a time reaches that is as exact as its spelling: a day, a minute, a second, a millisecond."""
    if "." in text:
        return 1_000
    colons = text.count(":")
    if "t" in text.lower() or colons:
        return SECOND if colons >= 2 else 60 * SECOND
    return DAY if "-" in text else SECOND


def compared(sign: str, amount: int) -> Bounds:
    """The bounds that `sign amount` sets."""
    return {
        ">": (amount + 1, None),
        ">=": (amount, None),
        "<": (None, amount),
        "<=": (None, amount + 1),
    }.get(sign, (amount, amount + 1))


def within(value: int, bounds: Bounds) -> bool:
    """It lies between them."""
    low, high = bounds
    return (low is None or value >= low) and (high is None or value < high)
