"""The only place that reads the system clock, and the two spellings of a time that people read.

Everything else takes `at`, whole microseconds since 1970-01-01 UTC, as an argument.
"""

import time

_DAY = 86_400


def now_us() -> int:
    """The time: whole microseconds since 1970-01-01 UTC."""
    return time.time_ns() // 1000


def iso(at: int) -> str:
    """`at` (µs) as `2026-11-20T14:03:21Z`: whole seconds, UTC, the spelling every charger understands."""
    # Not `datetime`: a time outside the years 1 to 9999 would raise there.
    try:
        year, month, day, hour, minute, second = time.gmtime(at // 1_000_000)[:6]
    except (OverflowError, ValueError, OSError):
        return f"{at}µs"
    return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}Z"


def hms(at: int) -> str:
    """`at` (µs) as `14:03:21`, UTC."""
    seconds = at // 1_000_000 % _DAY
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
