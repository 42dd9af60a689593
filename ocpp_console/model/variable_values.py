"""Values of variables: read from any JSON, compared as a station means them, checked before they are written."""

from ocpp_console.model.reading import number, text
from ocpp_console.model.times import parse_time
from ocpp_console.protocol.frames import JsonValue

LONGEST_VALUE = 5_000
"""Characters kept; OCPP 2.x allows 2500, 1.6 allows 500."""

_TRUTHS = ("true", "false")
_LISTS = ("SequenceList", "MemberList")


def value_text(value: JsonValue) -> str | None:
    """A value as text; stations send numbers and truth values unquoted as well. None when there is none."""
    if type(value) is str:
        return value[:LONGEST_VALUE]
    return None if value is None or isinstance(value, dict | list) else text(value)


def truth(value: JsonValue) -> bool | None:
    """A truth value as stations write it: true, 1, "true", "1"; None for everything else."""
    word = text(value).strip().casefold()
    return True if word in ("true", "1") else False if word in ("false", "0") else None


def same_value(one: str | None, other: str | None, data_type: str = "") -> bool:
    """Two values mean the same: blanks, letter case of truth values and the spelling of numbers do not count.

    The order of a list counts only where the data type says so (SequenceList).
    """
    if one is None or other is None:
        return one is other
    one, other = one.strip(), other.strip()
    if one == other:
        return True
    if one.casefold() in _TRUTHS or other.casefold() in _TRUTHS:
        return one.casefold() == other.casefold()
    first, second = number(one), number(other)
    if first is not None and second is not None:
        return first == second
    if "," in one or "," in other:
        members = [[item.strip() for item in each.split(",") if item.strip()] for each in (one, other)]
        return members[0] == members[1] if data_type == "SequenceList" else sorted(members[0]) == sorted(members[1])
    return False


def problem_of(
    value: str,
    data_type: str = "",
    values: tuple[str, ...] = (),
    minimum: float | None = None,
    maximum: float | None = None,
) -> str:
    """Why a station will hardly take a value, as a sentence; empty when nothing speaks against it.

    `minimum` and `maximum` bound numbers; for texts and lists `maximum` is the most characters (2.x, 2.44 maxLimit).
    """
    value = value.strip()
    if data_type in ("integer", "decimal"):
        return _problem_of_number(value, data_type, minimum, maximum)
    if data_type == "boolean":
        return "" if value.casefold() in _TRUTHS else "It must be true or false."
    if data_type == "dateTime":
        return "" if parse_time(value) is not None else "It must be a time such as 2026-11-20T14:00:00Z."
    if maximum is not None and len(value) > maximum:
        return f"It has {len(value)} characters, at most {maximum:g} are allowed."
    if values:
        wanted = [item.strip() for item in value.split(",")] if data_type in _LISTS else [value]
        odd = [item for item in wanted if item and item not in values]
        if odd:
            return f"{', '.join(odd)}: not among {', '.join(values)}."
    return ""


def _problem_of_number(value: str, data_type: str, minimum: float | None, maximum: float | None) -> str:
    """What is wrong with a number."""
    found = number(value)
    if found is None or (data_type == "integer" and not found.is_integer()):
        return "It must be a whole number." if data_type == "integer" else "It must be a number."
    if minimum is not None and found < minimum:
        return f"It must be at least {minimum:g}."
    if maximum is not None and found > maximum:
        return f"It must be at most {maximum:g}."
    return ""
