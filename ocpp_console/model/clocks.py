"""A station's clock against ours, from the timestamps in its messages."""

from ocpp_console.model.station import Station
from ocpp_console.model.times import CLOCK_SET_SINCE, SECOND, parse_time
from ocpp_console.protocol.findings import Finding, Severity
from ocpp_console.protocol.frames import JsonValue

TOLERATED_DRIFT = 300 * SECOND
"""Microseconds ahead of us before it is worth a notice."""

_NOT_SET = Finding("CLOCK_NOT_SET", Severity.WARNING, "the station's clock is not set: it says a time before 2020")
_UNREADABLE = Finding(
    "TIME_UNREADABLE", Severity.WARNING, "a time that is none in ISO 8601; its arrival is used instead"
)


def heard_time(station: Station, said: JsonValue, at: int, *, live: bool) -> Finding | None:
    """Take note of a time a station says in a message that arrived `at`; returns what is new and odd about it.

    `live` messages are sent as things happen. The others may have waited in the station's queue, so they prove only
    that its clock is at least that far ahead.
    """
    return heard_moment(station, parse_time(said), at, live=live)


def heard_moment(station: Station, moment: int | None, at: int, *, live: bool) -> Finding | None:
    """The same for a time that was read already (µs); None for one that cannot be read."""
    if moment is None:
        return _noticed(station, _UNREADABLE)
    drift = moment - at
    if live or station.clock_drift is None or drift > station.clock_drift:
        station.clock_drift = drift
    if moment < CLOCK_SET_SINCE:
        return _noticed(station, _NOT_SET)
    if drift > TOLERATED_DRIFT:
        return _noticed(station, _ahead(drift))
    return None


def _ahead(drift: int) -> Finding:
    """A clock that is ahead; whole hours look like local time without its zone."""
    minutes = round(drift / (60 * SECOND))
    hint = " (local time sent as UTC?)" if minutes % 30 == 0 and minutes <= 14 * 60 else ""
    text = f"the station's clock is {minutes} min ahead of ours{hint}" if minutes < 1e6 else "a time far in the future"
    return Finding("CLOCK_AHEAD", Severity.WARNING, text)


def _noticed(station: Station, finding: Finding) -> Finding | None:
    """Note a finding once per connection; later messages with the same oddity stay quiet."""
    return finding if station.notice(finding) else None
