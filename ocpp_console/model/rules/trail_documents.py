"""What rules remember, as a document of the store: a start in the middle finds what no pause would have missed.

Times are µs UTC. A document that cannot be read is none: rules then begin to remember anew.
"""

from operator import attrgetter
from typing import Any

from ocpp_console.model.documents import Later
from ocpp_console.model.rules.trail import ReportTrail, SessionTrail, Trail

_PLAIN: dict[str, type] = {
    "due": int,
    "hasty": int,
    "unheard": int,
    "called_at": int,
    "nudged": int,
    "asked": str,
    "last_called": str,
    "spoke": bool,
    "authorized": bool,
}
_TIMES = ("boots", "connects", "ends")
_FLAGS = ("metered", "faulted", "left", "mismatched")


_ALL = attrgetter(*_PLAIN, *_TIMES, "anchor", "first_drift", "again")
"""A snapshot asks thousands of stations at one moment."""


def trail_later(trail: Trail) -> Later:
    """Everything worth keeping, as it is now; lists that are replaced and never changed need no copy."""
    plain = _ALL(trail)
    told, meters = tuple(trail.told), tuple(trail.meters.items())
    sessions = [(id, *_session(each)) for id, each in trail.sessions.items()] if trail.sessions else []
    reports = (
        [[*key, each.connection, each.part, each.ended, each.told] for key, each in trail.reports.items()]
        if trail.reports
        else []
    )
    return lambda: {
        "plain": plain[: len(_PLAIN)],
        "times": plain[len(_PLAIN) : -3],
        "rest": plain[-3:],
        "told": told,
        "meters": [[*place, value] for place, value in meters],
        "sessions": [
            [id, flags, looks, missing, [[key, value] for key, value in levels]]
            for id, flags, looks, missing, levels in sessions
        ],
        "reports": reports,
    }


def _session(trail: SessionTrail) -> tuple[list[bool], int, tuple[int, ...], list[tuple[Any, float]]]:
    """One running session: flags, looks, numbers that are missing, levels of its registers."""
    flags = [getattr(trail, name) for name in _FLAGS]
    return flags, trail.looks, tuple(trail.missing), list(trail.levels.items())


def trail_of(document: object) -> Trail:
    """What was remembered; nothing when the document is none, or of another shape."""
    try:
        return _read(document)
    except (TypeError, ValueError, KeyError, IndexError):
        return Trail()


def _read(document: Any) -> Trail:
    """The same.

    Raises:
        TypeError, ValueError, KeyError, IndexError: it has another shape.
    """
    trail = Trail()
    for (name, kind), value in zip(_PLAIN.items(), document["plain"], strict=True):
        setattr(trail, name, _checked(value, kind))
    for name, times in zip(_TIMES, document["times"], strict=True):
        setattr(trail, name, [_checked(at, int) for at in times])
    anchor, drift, again = document["rest"]
    trail.anchor = _pair(anchor) if anchor is not None else None
    trail.first_drift = _checked(drift, int) if drift is not None else None
    trail.again = _pair(again)
    trail.told = {_checked(code, str): None for code in document["told"]}
    trail.meters = {_pair(place): _number(value) for *place, value in document["meters"]}
    for id, flags, looks, missing, levels in document["sessions"]:
        session = trail.sessions[_checked(id, str)] = SessionTrail()
        for name, flag in zip(_FLAGS, flags, strict=True):
            setattr(session, name, _checked(flag, bool))
        session.looks, session.missing = _checked(looks, int), {_checked(number, int) for number in missing}
        session.levels = {tuple(key): _number(value) for key, value in levels}
    for action, id, connection, part, ended, told in document["reports"]:
        report = trail.reports[_checked(action, str), id] = ReportTrail(_checked(connection, int))
        report.part = _checked(part, int) if part is not None else None
        report.ended, report.told = _checked(ended, bool), _checked(told, bool)
    return trail


def _checked(value: Any, kind: type) -> Any:
    """A value of a kind.

    Raises:
        TypeError: it is of another.
    """
    if type(value) is not kind:
        raise TypeError
    return value


def _number(value: Any) -> float:
    """A number that may have been written without a fraction."""
    return float(value) if type(value) is int else float(_checked(value, float))


def _pair(value: Any) -> tuple[int, int]:
    """Two whole numbers."""
    first, second = value
    return _checked(first, int), _checked(second, int)
