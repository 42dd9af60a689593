"""What a field means and what may stand in it, in words. 2.x says it in its schemas; for 1.6 it is written here."""

import re
import tomllib
from functools import cache
from pathlib import Path

from ocpp_console.protocol.fields import Field

_REFERENCE = re.compile(r"<<([^<>]*)>>")
"""How the schemas of 2.x refer to another part of the standard: `<<anchor,word to read>>`."""

_POSITION = re.compile(r"\[\d*\]")

_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "array": "list",
    "object": "group",
}


def meaning(version: str, action: str, field: Field) -> str:
    """What the field is for, as one or more sentences; empty when nobody has said."""
    if field.description or version != "1.6":
        told = field.description or (field.items.description if field.items is not None else "")
        return _REFERENCE.sub(lambda found: found[1].rpartition(",")[2].strip(" []"), told)
    texts = _help_16()
    path = _POSITION.sub("", field.path)
    own, common = texts.get(action, {}), texts.get("common", {})
    return own.get(path) or own.get(field.name) or common.get(path) or common.get(_name(field), "")


def _name(field: Field) -> str:
    """The property; for the element of a list that of the list."""
    return field.name or _POSITION.sub("", field.path).rpartition(".")[2]


def limits(field: Field) -> str:
    """The rules of the schema: `text, at most 20 characters`, `whole number, 0 or more`."""
    parts = ["one of the listed words" if field.enum else _TYPES.get(field.type, "anything")]
    if field.format == "date-time":
        parts = ["date and time in UTC, like 2026-11-20T14:03:21Z"]
    elif field.format == "date":
        parts = ["a date, good until its end, or a date and time in UTC"]
    elif field.format == "uri":
        parts = ["address, like ftp://user:password@host/file"]
    if field.max_length is not None and not field.enum:
        parts.append(f"at most {field.max_length} characters")
    parts += _range(field)
    if field.multiple_of is not None:
        parts.append(f"in steps of {_short(field.multiple_of)}")
    if field.type == "array":
        parts += _count(field)
    if field.default is not None:
        parts.append(f"if not given {field.default}")
    return ", ".join(parts)


def _range(field: Field) -> list[str]:
    low, high = field.minimum, field.maximum
    if low is not None and high is not None:
        return [f"{_short(low)} to {_short(high)}"]
    if low is not None:
        return [f"{_short(low)} or more"]
    return [f"{_short(high)} or less"] if high is not None else []


def _count(field: Field) -> list[str]:
    low, high = field.min_items, field.max_items
    if high is not None:
        return [f"{low} to {high} items" if low else f"at most {high} items"]
    return [f"at least {low} item{'' if low == 1 else 's'}"] if low else []


def _short(amount: float) -> str:
    return f"{amount:g}" if abs(amount) < 1e15 else str(amount)


@cache
def _help_16() -> dict[str, dict[str, str]]:
    """The sentences for 1.6, by action (or "common") and property; read when the first form wants one."""
    tables = tomllib.loads(Path(__file__).with_name("help_16.toml").read_text("utf-8"))
    return {action: {path: str(text) for path, text in entries.items()} for action, entries in tables.items()}
