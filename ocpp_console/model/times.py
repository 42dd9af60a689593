"""Timestamps as stations write them: read when they can be, never trusted, never a reason to fail."""

from datetime import UTC, datetime, timedelta

from ocpp_console.protocol.frames import JsonValue

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST = 64
"""Characters; nothing longer is a point in time."""

SECOND = 1_000_000
"""Microseconds."""
DAY = 86_400 * SECOND

CLOCK_SET_SINCE = 1_577_836_800 * SECOND
"""2020-01-01: a station that says an earlier time has not been told the time (1970 and 2014 are usual)."""


def parse_time(text: JsonValue) -> int | None:
    """Microseconds since 1970 UTC of an ISO 8601 text, or None when it is none (2022-02-29, a number, a novel).

    A text without zone is taken as UTC: a station that sends its local time so shows up by its drift.
    """
    if type(text) is not str or len(text) > _LONGEST:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _parse_oddly_written(text)
    return _microseconds(moment)


def _parse_oddly_written(text: str) -> int | None:
    """The same for what `fromisoformat` refuses but people understand: blanks around it, a small `z`."""
    try:
        return _microseconds(datetime.fromisoformat(text.strip().upper()))
    except ValueError:
        return None


def _microseconds(moment: datetime) -> int | None:
    """Microseconds since 1970; None at the ends of the calendar, where zones overflow."""
    try:
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        since = moment - _EPOCH
        return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds
    except (OverflowError, ValueError):
        return None


def time_text(at: int) -> str:
    """`at` as OCPP writes it: `2026-11-20T14:03:21Z`; empty when it lies outside the calendar."""
    try:
        return (_EPOCH + timedelta(microseconds=at)).strftime("%Y-%m-%dT%H:%M:%SZ")
    except OverflowError:
        return ""
