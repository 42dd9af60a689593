"""A station's clock against ours, from the timestamps in its messages."""

from ocpp_console.model.station import Station
from ocpp_console.model.times import CLOCK_SET_SINCE, SECOND, parse_time
from ocpp_console.protocol.findings import Finding, Severity
from ocpp_console.protocol.frames import JsonValue

TOLERATED_DRIFT = 300 * SECOND
"""Microseconds ahead of us before it is worth a notice."""
PROOF = 30 * SECOND
"""A clock that ran on for so long between two messages, as ours did, was not read from a queue or from an old event."""
AGREES = 30 * SECOND
WANDERED = 60 * SECOND
"""How far a clock may move against ours between two settings."""
_HALF_HOUR = 1_800 * SECOND
_FARTHEST_ZONE = 14 * 3_600 * SECOND

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
    return _trusted(station, moment, at) if live else None


def _trusted(station: Station, moment: int, at: int) -> Finding | None:
    """Two times of a clock that ran between them: it can be told to be behind, or to wander."""
    trail = station.trail
    anchor = trail.anchor
    if anchor is None or not moment - anchor[0] >= PROOF:
        if anchor is None or moment < anchor[0]:
            trail.anchor = moment, at
        return None
    drift = moment - at
    agrees = abs(drift - (anchor[0] - anchor[1])) <= AGREES
    trail.anchor = moment, at
    if not agrees:
        return None
    if trail.first_drift is None:
        trail.first_drift = drift
    if drift < -TOLERATED_DRIFT:
        return _noticed(station, _local(drift) or _behind(drift))
    if abs(drift - trail.first_drift) > WANDERED:
        seconds = (drift - trail.first_drift) // SECOND
        told = f"the station's clock moved by {seconds} s against ours since it was set"
        return _noticed(station, Finding("CLOCK_DRIFTING", Severity.WARNING, told))
    return None


def _behind(drift: int) -> Finding:
    """A clock that is behind."""
    told = f"the station's clock is {-drift // (60 * SECOND)} min behind ours"
    return Finding("CLOCK_BEHIND", Severity.WARNING, told)


def _local(drift: int) -> Finding | None:
    """A clock that is off by whole half hours, as a local time without its zone is."""
    halves = round(drift / _HALF_HOUR)
    if not halves or abs(drift) > _FARTHEST_ZONE + 60 * SECOND or abs(drift - halves * _HALF_HOUR) > 60 * SECOND:
        return None
    hours, way = abs(halves) / 2, "ahead of" if drift > 0 else "behind"
    told = f"the station's time is {hours:g} h {way} ours: local time sent as UTC?"
    return Finding("LOCAL_TIME_AS_UTC", Severity.WARNING, told)


def _ahead(drift: int) -> Finding:
    """A clock that is ahead; whole half hours look like local time without its zone."""
    minutes = round(drift / (60 * SECOND))
    text = f"the station's clock is {minutes} min ahead of ours" if minutes < 1e6 else "a time far in the future"
    return _local(drift) or Finding("CLOCK_AHEAD", Severity.WARNING, text)


def _noticed(station: Station, finding: Finding) -> Finding | None:
    """Note a finding once per connection; later messages with the same oddity stay quiet."""
    return finding if station.notice(finding) else None
