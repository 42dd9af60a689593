"""Commands kept under a name, with places to fill in: `{connectorId}`, `{idTag}`, `{now}`; and their TOML file.

[[command]]
name = "Start at connector 2"
version = "1.6"
action = "RemoteStartTransaction"
note = "the bay by the door"
payload = '''
{"connectorId": 2, "idTag": "{idTag}"}
'''
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from ocpp_console.model.documents import Document
from ocpp_console.model.secrets import MASK, veiled
from ocpp_console.model.times import SECOND, time_text
from ocpp_console.protocol import schemas
from ocpp_console.protocol.actions import Version
from ocpp_console.protocol.frames import JsonValue

MOST_SAVED = 1_000
LONGEST_NAME = 80

PLACEHOLDER = re.compile(r"\{([A-Za-z][A-Za-z0-9_.+ ]{0,40})\}")
"""`{name}` inside a text. JSON's own braces never stand inside a text that looks like this."""

Values = Callable[[str], Any]
"""The value of a placeholder by its name; `UNKNOWN` when there is none."""

UNKNOWN: Any = object()

_NOW = re.compile(r"now(?: *\+ *(\d{1,6}) *(s|min|h|d))?")
_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86_400}


def moment_of(name: str, now: int) -> str | None:
    """The time that `now`, `now+5min` or `now + 2 h` names at the time `now` (µs); None for any other name."""
    moment = _NOW.fullmatch(name)
    if moment is None:
        return None
    seconds = int(moment[1]) * _SECONDS[moment[2]] if moment[1] else 0
    return time_text(now + seconds * SECOND)


@dataclass(slots=True)
class SavedCommand:
    """One command with a name."""

    name: str
    version: str
    """The OCPP version whose property names it has."""
    action: str
    payload: JsonValue
    note: str = ""

    def to_document(self) -> Document:
        """Plain JSON for the store."""
        return {name: getattr(self, name) for name in ("name", "version", "action", "payload", "note")}

    @classmethod
    def from_document(cls, document: Document) -> Self | None:
        """What a document describes; None when it is damaged."""
        texts = [document.get(name, "") for name in ("name", "version", "action", "note")]
        if not all(isinstance(text, str) for text in texts) or not texts[0] or not texts[2]:
            return None
        return cls(texts[0], texts[1], texts[2], document.get("payload", {}), texts[3])

    @property
    def placeholders(self) -> list[str]:
        """The names to be filled in, each once, in order."""
        return list(dict.fromkeys(_placeholders(self.payload)))


def _placeholders(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        yield from PLACEHOLDER.findall(value)
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _placeholders(inner)


def unfilled(payload: JsonValue) -> list[str]:
    """Placeholders that still stand in a payload."""
    return list(dict.fromkeys(_placeholders(payload)))


def fill(payload: JsonValue, values: Values) -> JsonValue:
    """The payload with known placeholders filled in; a text that is nothing but one takes the value's own type."""
    if isinstance(payload, dict):
        return {name: fill(value, values) for name, value in payload.items()}
    if isinstance(payload, list):
        return [fill(value, values) for value in payload]
    if not isinstance(payload, str):
        return payload
    whole = PLACEHOLDER.fullmatch(payload)
    if whole is not None:
        value = values(whole[1])
        return payload if value is UNKNOWN else value

    def text(found: re.Match[str]) -> str:
        value = values(found[1])
        return found[0] if value is UNKNOWN else str(value)

    return PLACEHOLDER.sub(text, payload)


def without_secrets(payload: JsonValue) -> JsonValue:
    """The payload with `{secret}` in place of secrets: those are kept nowhere."""
    return _renamed(veiled(payload))


def _renamed(value: JsonValue) -> JsonValue:
    """Masks as a place to be filled in."""
    if isinstance(value, dict):
        return {name: _renamed(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_renamed(inner) for inner in value]
    return value.replace(MASK, "{secret}") if isinstance(value, str) else value


class Adapted(NamedTuple):
    """A saved command for a station of a certain version."""

    payload: JsonValue
    skipped: tuple[str, ...]
    """Paths that this version does not know, which were left out."""
    problem: str = ""
    """Why it cannot be used at all, as a sentence."""


def adapt(saved: SavedCommand, version: str) -> Adapted:
    """What of a saved command another version can take; for its own version everything is left as it is."""
    if not schemas.known(version, saved.action):
        return Adapted({}, (), f"OCPP {version} has no command {saved.action}.")
    if version == saved.version:
        return Adapted(saved.payload, ())
    payload, skipped = saved.payload, []
    extra = [f for f in schemas.check(version, saved.action, "request", payload) if f.code == "SCHEMA_EXTRA"]
    for finding in extra:
        payload = _without(payload, finding.path)
        skipped.append(finding.path)
    return Adapted(payload, tuple(skipped))


_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def _without(payload: JsonValue, path: str) -> JsonValue:
    """The payload without the property at a finding's path."""
    steps = [int(index) if index else name for name, index in _STEP.findall(path)]

    def cut(value: JsonValue, rest: list[int | str]) -> JsonValue:
        step = rest[0]
        if isinstance(value, dict) and isinstance(step, str) and step in value:
            if len(rest) == 1:
                return {name: inner for name, inner in value.items() if name != step}
            return {**value, step: cut(value[step], rest[1:])}
        if isinstance(value, list) and isinstance(step, int) and step < len(value) and len(rest) > 1:
            return [cut(item, rest[1:]) if place == step else item for place, item in enumerate(value)]
        return value

    return cut(payload, steps) if steps else payload


class SavedCommands:
    """All saved commands by name; names differ in more than their case."""

    def __init__(
        self, kept: Callable[[SavedCommand], None] | None = None, dropped: Callable[[str], None] | None = None
    ) -> None:
        """`kept` and `dropped` are told of every change that should outlive the program."""
        self._by_name: dict[str, SavedCommand] = {}
        self._kept, self._dropped = kept, dropped
        self.revision = 0
        """Goes up with every change."""

    def __len__(self) -> int:
        return len(self._by_name)

    def all(self) -> list[SavedCommand]:
        """All of them, by name."""
        return sorted(self._by_name.values(), key=lambda saved: saved.name.casefold())

    def get(self, name: str) -> SavedCommand | None:
        """The one with this name."""
        return self._by_name.get(name.casefold())

    def put(self, saved: SavedCommand) -> None:
        """Keep one; another of the same name gives way."""
        self.restore(saved)
        if self._kept is not None:
            self._kept(saved)

    def restore(self, saved: SavedCommand) -> None:
        """Bring one back from the store."""
        self._by_name[saved.name.casefold()] = saved
        self.revision += 1

    def remove(self, name: str) -> SavedCommand | None:
        """Take one away."""
        removed = self._by_name.pop(name.casefold(), None)
        if removed is not None:
            self.revision += 1
            if self._dropped is not None:
                self._dropped(name)
        return removed


class Read(NamedTuple):
    """One entry of a file, and what would become of it."""

    saved: SavedCommand | None
    """None when it is skipped."""
    title: str
    remarks: tuple[str, ...]
    """Why it is skipped, or what of it is odd."""


class FileProblem(Exception):
    """A text that holds no commands; `text` says why, with line and column where they are known."""

    def __init__(self, text: str) -> None:
        """`text` is a sentence for the operator."""
        super().__init__(text)
        self.text = text


def to_toml(commands: Iterable[SavedCommand]) -> str:
    """The text of a file with these commands."""
    parts = ["# Commands of ocpp-console. {names} in braces are filled in when a command is used."]
    for saved in commands:
        # An apostrophe would end TOML's literal text; JSON can spell it otherwise.
        body = json.dumps(saved.payload, indent=2, ensure_ascii=True).replace("'", "\\u0027")
        lines = [f"{name} = {_quoted(getattr(saved, name))}" for name in ("name", "version", "action", "note")]
        parts.append("\n".join(["[[command]]", *lines, f"payload = '''\n{body}\n'''"]))
    return "\n\n".join(parts) + "\n"


def _quoted(text: str) -> str:
    """A basic string of TOML, whose escapes are JSON's; what is no Unicode scalar value becomes `?`."""
    sound = text.encode("utf-8", "replace").decode("utf-8")
    return json.dumps(sound, ensure_ascii=False).replace("\x7f", "\\u007f")


def from_toml(text: str) -> list[Read]:
    """Every command of a file, with what would be skipped of it and why. Nothing is kept or sent by reading.

    Raises:
        FileProblem: the text is no TOML, or has no commands.
    """
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        raise FileProblem(f"This is no TOML: {problem}.") from None
    entries = data.get("command")
    if not isinstance(entries, list) or not entries:
        raise FileProblem("It has no commands: a table [[command]] is missing.")
    if len(entries) > MOST_SAVED:
        raise FileProblem(f"It has more than {MOST_SAVED} commands.")
    return [_read(entry, number) for number, entry in enumerate(entries, 1)]


def _read(entry: object, number: int) -> Read:
    """One entry."""
    table = entry if isinstance(entry, dict) else {}
    name, version, action, note = (str(table.get(key, "")) for key in ("name", "version", "action", "note"))
    title = name or f"command {number}"
    if not name or len(name) > LONGEST_NAME:
        return Read(None, title, (f"its name must have 1 to {LONGEST_NAME} characters",))
    if version not in [each.value for each in Version]:
        return Read(None, title, (f"version {version!r} is none of 1.6, 2.0.1, 2.1",))
    if not schemas.known(version, action):
        return Read(None, title, (f"OCPP {version} has no command {action!r}",))
    try:
        payload = _payload(table.get("payload", {}))
    except ValueError as problem:
        return Read(None, title, (str(problem),))
    saved = SavedCommand(name, version, action, payload, note)
    findings = schemas.check(version, action, "request", payload)
    odd = tuple(f"{f.path}: {f.text}" for f in findings if not _is_placeholder(payload, f.path))
    strange = tuple(f"{key} is not known here and is skipped" for key in table if key not in saved.to_document())
    return Read(saved, title, (*strange, *odd[:5]))


def _is_placeholder(payload: JsonValue, path: str) -> bool:
    """A violation only until a place is filled in."""
    value = payload
    for name, index in _STEP.findall(path):
        if index:
            value = value[int(index)] if isinstance(value, list) and int(index) < len(value) else None
        else:
            value = value.get(name) if isinstance(value, dict) else None
    return isinstance(value, str) and PLACEHOLDER.search(value) is not None


def _payload(value: object) -> JsonValue:
    """A payload as JSON in a text, or as a TOML table. Raises ValueError with a sentence."""
    if isinstance(value, str):
        try:
            value = json.loads(value, parse_constant=_no_constant)
        except json.JSONDecodeError as error:
            raise ValueError(
                f"its payload is no JSON: line {error.lineno}, column {error.colno}: {error.msg}"
            ) from None
        except RecursionError:
            raise ValueError("its payload is nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("its payload must be an object")
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        raise ValueError("its payload holds something that JSON has not; write dates as texts") from None
    return value


def _no_constant(word: str) -> None:
    raise ValueError(f"its payload holds {word}, which is no JSON")
