"""Reading and changing one place of a JSON value, and a field's text as the JSON value it means.

A path is a tuple of keys and list positions. Nothing here raises on a payload of an unexpected shape: the operator
may have typed anything into the JSON view.
"""

import json
import re
from typing import Any, NoReturn

from ocpp_console.protocol.frames import JsonValue

Path = tuple[str | int, ...]
ABSENT: Any = object()
"""No value at this place, which is not the same as null."""


def path_text(path: Path) -> str:
    """The path as findings spell it: `meterValue[0].sampledValue[2].unit`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def value_at(payload: JsonValue, path: Path) -> JsonValue:
    """The value at `path`, or `ABSENT`."""
    for step in path:
        if isinstance(step, str):
            payload = payload.get(step, ABSENT) if isinstance(payload, dict) else ABSENT
        else:
            payload = payload[step] if isinstance(payload, list) and step < len(payload) else ABSENT
    return payload


def put(payload: JsonValue, path: Path, value: JsonValue) -> JsonValue:
    """A payload with `value` at `path`, made of new containers along the path; the old one is left alone."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(step, str):
        old = payload if isinstance(payload, dict) else {}
        return {**old, step: put(old.get(step), rest, value)}
    items = list(payload) if isinstance(payload, list) else []
    items += [{} for _ in range(step + 1 - len(items))]
    items[step] = put(items[step], rest, value)
    return items


def drop(payload: JsonValue, path: Path, *, keep: int = 0) -> JsonValue:
    """A payload without the value at `path`, and without the objects that became empty by that.

    Containers at the first `keep` steps stay even when empty: they are required, or the operator opened them.
    """
    if not path or value_at(payload, path) is ABSENT:
        return payload
    parent = value_at(payload, path[:-1])
    last = path[-1]
    if isinstance(last, str):
        rest: JsonValue = {key: value for key, value in parent.items() if key != last}
    else:
        rest = [item for position, item in enumerate(parent) if position != last]
    if not rest and len(path) - 1 > keep and isinstance(path[-2], str):
        return drop(payload, path[:-1], keep=keep)
    return put(payload, path[:-1], rest)


def insert(payload: JsonValue, path: Path, item: JsonValue) -> JsonValue:
    """A payload with `item` put into a list before the position that `path` ends with; made when there is none."""
    items = value_at(payload, path[:-1])
    position = path[-1]
    items = list(items) if isinstance(items, list) else []
    items.insert(position if isinstance(position, int) else len(items), item)
    return put(payload, path[:-1], items)


def spell(value: JsonValue) -> str:
    """A leaf as a field shows it: text bare, everything else in JSON; nothing for an absent value."""
    if value is ABSENT:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


LINE_END = "↵"
"""Drawn for the end of a line inside a value, and typed for it."""


def one_line(text: str) -> str:
    """A text of several lines as the input shows it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", LINE_END)


def many_lines(text: str) -> str:
    """The text that was meant."""
    return text.replace(LINE_END, "\n")


def unspell(text: str, kind: str) -> JsonValue:
    """The value `text` means in a field of schema type `kind`; `ABSENT` when empty.

    Text that does not fit the type stays text: that is a violation to be shown, and to be sent on purpose.
    """
    if not text:
        return ABSENT
    if kind in ("any", "string"):
        return text
    try:
        value = read_json(text)
    except ValueError:
        return text
    wanted = {"integer": int, "number": int | float, "boolean": bool, "array": list, "object": dict}.get(kind, str)
    fits = isinstance(value, wanted) and (kind == "boolean" or not isinstance(value, bool))
    return value if fits else text


def read_json(text: str) -> JsonValue:
    """Strict JSON; raises ValueError with a sentence for the operator (line and column counted from 1)."""
    try:
        return json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise ValueError(f"line {error.lineno}, column {error.colno}: {_plainly(error.msg)}") from None
    except _NoConstant as error:
        raise ValueError(_where(text, str(error)) + f"{error} is no JSON") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None


class _NoConstant(ValueError):
    """A word that Python's decoder takes and JSON has not."""


def _no_constant(word: str) -> NoReturn:
    raise _NoConstant(word)


_STRING_OR_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|(-?Infinity|NaN)')


def _where(text: str, word: str) -> str:
    """The line and column of the first `word` outside a string; the decoder does not tell."""
    for found in _STRING_OR_WORD.finditer(text):
        if found[1] == word:
            line = text.count("\n", 0, found.start()) + 1
            column = found.start() - text.rfind("\n", 0, found.start())
            return f"line {line}, column {column}: "
    return ""


_PLAINLY = {
    "Expecting value": "a value is missing here",
    "Expecting property name enclosed in double quotes": 'a name in "double quotes" is missing here',
    "Expecting ',' delimiter": "a comma is missing here, or a bracket before it",
    "Expecting ':' delimiter": "a colon is missing here",
    "Extra data": "something stands after the end",
    "Unterminated string starting at": 'this text has no closing "',
    "Illegal trailing comma before end of object": "this comma is one too many",
    "Illegal trailing comma before end of array": "this comma is one too many",
}


def _plainly(message: str) -> str:
    """The decoder's message for people who do not write Python."""
    return _PLAINLY.get(message, message)
