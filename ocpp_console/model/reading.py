"""Values out of payloads, read as real stations write them: numbers as padded texts, one thing instead of a list, null.

Every function is total: whatever JSON it is given, it returns a value of its type or says that there is none.
"""

import math

from ocpp_console.protocol.frames import JsonValue

LONGEST_TEXT = 500
"""Characters kept of any text in the model; the raw frame has all of it."""

_LONGEST_NUMERAL = 400
"""Digits; converting longer ones costs time that grows with the square."""


def text(value: JsonValue) -> str:
    """A text of at most 500 characters; numbers and truth values as they are written in JSON, the rest empty."""
    if type(value) is str:
        return value if len(value) <= LONGEST_TEXT else value[:LONGEST_TEXT]
    if value is True or value is False:
        return "true" if value else "false"
    if type(value) is int or type(value) is float:
        try:
            return str(value)[:LONGEST_TEXT]
        except ValueError:  # more digits than Python converts
            return ""
    return ""


def whole(value: JsonValue) -> int | None:
    """A whole number of any size (transaction ids reach 2^63), also from `"7"`, `" 7 "` and `7.0`."""
    if type(value) is int:
        return value
    if type(value) is str and len(value) <= _LONGEST_NUMERAL:
        try:
            return int(value)
        except ValueError:
            return None
    if type(value) is float and value.is_integer():
        return int(value)
    return None


def number(value: JsonValue) -> float | None:
    """A finite number, also from a text with blanks around it."""
    kind = type(value)
    if (kind is str and len(value) <= _LONGEST_NUMERAL) or kind is int or kind is float:
        try:
            result = float(value)
        except (ValueError, OverflowError):
            return None
        return result if math.isfinite(result) else None
    return None


def mapping(value: JsonValue) -> dict[str, JsonValue]:
    """An object; empty for everything else."""
    return value if type(value) is dict else {}


def entries(value: JsonValue) -> list[dict[str, JsonValue]]:
    """The objects of a list. A lone object counts as a list of one: some stations leave the brackets out."""
    if type(value) is list:
        return [entry for entry in value if type(entry) is dict]
    return [value] if type(value) is dict else []
