"""What differs between two messages, by path: values that changed, that are only in one, that are only in the other."""

from typing import Any, NamedTuple

from ocpp_console.model.times import parse_time

MOST = 1_000
"""Differences that are told of one pair of messages."""

CHANCE = "⏱"
"""What stands for a value that is another one every time."""

_IDS = frozenset(("transactionId", "requestId", "remoteStartId", "reservationId", "messageId", "chargingScheduleId"))
"""Properties that hold numbers and names which are given out, not chosen: they differ between any two runs."""

_MISSING = object()


class Difference(NamedTuple):
    """One place in which two messages differ."""

    path: str
    """`meterValue[0].sampledValue[2].unit`; empty for the message as a whole."""
    one: Any
    """The value in the first; None when it has none there (`only` tells)."""
    other: Any
    only: str = ""
    """"one" or "other" when the place is in one of them only."""


def differences(one: Any, other: Any) -> list[Difference]:
    """All places in which two JSON values differ, in the order of the first."""
    found: list[Difference] = []
    _compare(one, other, "", found)
    return found


def _compare(one: Any, other: Any, path: str, found: list[Difference]) -> None:
    """Compare what stands at one path."""
    if len(found) >= MOST:
        return
    if one is _MISSING or other is _MISSING:
        present, only = (other, "other") if one is _MISSING else (one, "one")
        found.append(
            Difference(path, None, present, only) if only == "other" else Difference(path, present, None, only)
        )
    elif isinstance(one, dict) and isinstance(other, dict):
        for name in [*one, *(name for name in other if name not in one)]:
            place = f"{path}.{name}" if path else str(name)
            _compare(one.get(name, _MISSING), other.get(name, _MISSING), place, found)
    elif isinstance(one, list) and isinstance(other, list):
        for at in range(max(len(one), len(other))):
            mine, theirs = (values[at] if at < len(values) else _MISSING for values in (one, other))
            _compare(mine, theirs, f"{path}[{at}]", found)
    elif type(one) is not type(other) or one != other:
        found.append(Difference(path, one, other))


def without_chance(value: Any, name: str = "") -> Any:
    """A payload with a sign in place of times and of ids that are given out, so that two runs can be compared."""
    if isinstance(value, dict):
        return {part: without_chance(held, part) for part, held in value.items()}
    if isinstance(value, list):
        return [without_chance(held, name) for held in value]
    if name in _IDS and isinstance(value, int | str):
        return CHANCE
    return CHANCE if isinstance(value, str) and _is_time(value) else value


def _is_time(text: str) -> bool:
    """An ISO 8601 time."""
    return len(text) >= 16 and text[4:5] == "-" and text[:4].isdigit() and parse_time(text) is not None
