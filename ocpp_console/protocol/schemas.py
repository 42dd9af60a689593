"""The JSON schemas of OCPP: whether a payload fits, and in plain words what does not.

The files are those of the `ocpp` package, which carries the published errata. Only the files are used: importing the
package takes a third of a second.
"""

import json
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

import jsonschema_rs

from ocpp_console.protocol.actions import ACTIONS
from ocpp_console.protocol.findings import Finding, Severity
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.protocol.troubles import Trouble

KINDS = ("request", "response")

_FOLDERS = {"1.6": "v16", "2.0.1": "v201", "2.1": "v21"}
_SUFFIXES = {
    ("1.6", "request"): "",
    ("1.6", "response"): "Response",
    ("2.0.1", "request"): "Request",
    ("2.0.1", "response"): "Response",
    ("2.1", "request"): "Request",
    ("2.1", "response"): "Response",
}

_Key = tuple[str, str, str]
_VALID: dict[_Key, Callable[[JsonValue], bool]] = {}
"""`is_valid` of each validator made so far. Keys come from `ACTIONS`, never from the wire."""


def known(version: str, action: str) -> bool:
    """Whether `version` has this action."""
    entry = ACTIONS.get(action)
    return entry is not None and version in entry.versions


def load(version: str) -> None:
    """Make all validators of `version` now, so that the first message of each action is as fast as the next."""
    for action in ACTIONS:
        for kind in KINDS:
            _prepare((version, action, kind))


def schema(version: str, action: str, kind: str) -> dict[str, Any] | None:
    """The schema of a "request" or a "response", or None if there is none. Shared: do not change it."""
    if not known(version, action) or kind not in KINDS:
        return None
    if kind == "response" and ACTIONS[action].kind == "send":
        return None
    return _read(version, action, kind)


@cache
def _read(version: str, action: str, kind: str) -> dict[str, Any]:
    """The file of a schema that exists; its name is made of words of our own table, never of the wire's."""
    sends = ACTIONS[action].kind == "send"
    path = _folder() / _FOLDERS[version] / "schemas" / f"{action}{'' if sends else _SUFFIXES[version, kind]}.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8-sig"))
    return found


@cache
def _folder() -> Path:
    """Where the `ocpp` package lies; found without importing it."""
    spec = find_spec("ocpp")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("the package `ocpp`, which holds the schemas, is not installed")
    return Path(next(iter(spec.submodule_search_locations)))


@cache
def _validator(version: str, action: str, kind: str) -> Any:
    """The compiled schema, or None if there is none; each in the draft it names: 4 for 1.6, 6 for 2.x."""
    found = schema(version, action, kind)
    return None if found is None else jsonschema_rs.validator_for(found, validate_formats=True)


def _prepare(key: _Key) -> Callable[[JsonValue], bool] | None:
    """Make the validator for `key` unless that was done before; None if there is no such schema."""
    if not known(key[0], key[1]):
        return None
    validator = _validator(*key)
    if validator is None:
        return None
    return _VALID.setdefault(key, validator.is_valid)


def check(version: str, action: str, kind: str, payload: JsonValue, limit: int = 100) -> tuple[Finding, ...]:
    """What the schema of a "request" or "response" finds wrong with `payload`: `limit` findings and word of more.

    Empty when all is well and when there is no such schema. Never raises on anything that `frames.parse` gave.
    """
    key = (version, action, kind)
    is_valid = _VALID.get(key) or _prepare(key)
    if is_valid is None:
        return ()
    try:
        if is_valid(payload):
            return ()
        return _violations(key, payload, limit)
    except ValueError:  # half of a surrogate pair, which the validator cannot take; `parse` has named it already
        plain = json.dumps(payload, ensure_ascii=False).encode(errors="replace")
        return _violations(key, json.loads(plain), limit)


def _violations(key: _Key, payload: JsonValue, limit: int) -> tuple[Finding, ...]:
    """All that the schema, which exists, finds wrong."""
    errors = _validator(*key).iter_errors(payload)
    found = tuple(islice((finding for error in errors for finding in _findings(error)), limit + 1))
    return found if len(found) <= limit else (*found[:limit], _more(limit))


def _more(limit: int) -> Finding:
    """The end of a list that was cut."""
    return Finding("SCHEMA_MORE", Severity.INFO, f"only the first {limit} violations are listed; there are more")


def _findings(error: Any) -> Iterator[Finding]:
    """One violation in plain words; several when several fields are too many."""
    kind = error.kind
    where = list(error.instance_path)
    name = kind.name
    if name == "required":
        yield Finding("SCHEMA_REQUIRED", Severity.WARNING, "is missing", _path([*where, kind.property]))
    elif name == "additionalProperties":
        for key in kind.unexpected:
            yield Finding("SCHEMA_EXTRA", Severity.WARNING, "does not belong here", _path([*where, key]))
    else:
        code, words = _WORDS.get(name, ("SCHEMA_OTHER", _other))
        yield Finding(code, Severity.WARNING, words(error.instance, kind), _path(where))


def _path(steps: list[str | int]) -> str:
    """`meterValue[0].sampledValue[2].unit`; names that the station made up are escaped and cut."""
    text = ""
    for step in steps:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{ascii(step)[1:-1][:60]}" if text else ascii(step)[1:-1][:60]
    return text


_TYPE_NAMES = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "object": "an object",
    "array": "a list",
    "boolean": "true or false",
    "null": "null",
}


def _type_of(value: JsonValue) -> str:
    """The JSON type of a value, in the words of the schema's types."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    names = {str: "a string", int: "an integer", float: "a number with a fraction", dict: "an object", list: "a list"}
    return names.get(type(value), "something else")


def _type(value: JsonValue, kind: Any) -> str:
    wanted = " or ".join(_TYPE_NAMES.get(name, name) for name in kind.types)
    return f"is {_type_of(value)}, must be {wanted}"


def _enum(value: JsonValue, kind: Any) -> str:
    options = [str(option) for option in kind.options]
    shown = ", ".join(options[:6]) + (f" or {len(options) - 6} others" if len(options) > 6 else "")
    return f"is {_quoted(value)}, must be one of {shown}"


def _quoted(value: JsonValue) -> str:
    """A value that is not trusted, in ASCII and short."""
    text = ascii(value)
    return text if len(text) <= 42 else f"{text[:40]}…"


_FORMATS = {"date-time": "date and time with a zone, like 2026-11-20T14:03:21Z", "uri": "URI"}


def _format(value: JsonValue, kind: Any) -> str:
    return f"is {_quoted(value)}, must be a {_FORMATS.get(kind.format, kind.format)}"


def _other(value: JsonValue, kind: Any) -> str:
    return f"does not keep the rule {kind.name!r}"


_Words = Callable[[JsonValue, Any], str]
_WORDS: dict[str, tuple[str, _Words]] = {
    "type": ("SCHEMA_TYPE", _type),
    "enum": ("SCHEMA_ENUM", _enum),
    "maxLength": ("SCHEMA_LENGTH", lambda value, kind: f"{len(value)} characters, at most {kind.limit}"),
    "minLength": ("SCHEMA_LENGTH", lambda value, kind: f"{len(value)} characters, at least {kind.limit}"),
    "format": ("SCHEMA_FORMAT", _format),
    "minimum": ("SCHEMA_RANGE", lambda value, kind: f"is {_quoted(value)}, at least {kind.limit}"),
    "maximum": ("SCHEMA_RANGE", lambda value, kind: f"is {_quoted(value)}, at most {kind.limit}"),
    "multipleOf": (
        "SCHEMA_RANGE",
        lambda value, kind: f"is {_quoted(value)}, must be a multiple of {kind.multiple_of}",
    ),
    "minItems": ("SCHEMA_ITEMS", lambda value, kind: f"{len(value)} elements, at least {kind.limit}"),
    "falseSchema": ("SCHEMA_EXTRA", lambda value, kind: "holds a field where none belongs"),
    "maxItems": ("SCHEMA_ITEMS", lambda value, kind: f"{len(value)} elements, at most {kind.limit}"),
}
"""JSON Schema's keyword → code of the finding and its sentence. The path is the sentence's subject."""

_TROUBLES = {
    "SCHEMA_REQUIRED": Trouble.INCOMPLETE,
    "SCHEMA_TYPE": Trouble.TYPE,
    "SCHEMA_ENUM": Trouble.VALUE,
    "SCHEMA_LENGTH": Trouble.VALUE,
    "SCHEMA_FORMAT": Trouble.VALUE,
    "SCHEMA_RANGE": Trouble.VALUE,
    "SCHEMA_ITEMS": Trouble.CARDINALITY,
    # OCPP-J 1.6 §4.2.3 counts an id that is too long among the reasons for a CALLERROR.
    "ID_TOO_LONG": Trouble.UNREADABLE,
    "ID_NOT_STRING": Trouble.UNREADABLE,
    "ID_EMPTY": Trouble.UNREADABLE,
}


def trouble_of(finding: Finding) -> Trouble:
    """Which trouble a strict central system would refuse a call for, given this finding about it."""
    return _TROUBLES.get(finding.code, Trouble.MALFORMED)
