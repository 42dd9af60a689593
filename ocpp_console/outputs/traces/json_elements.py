"""The elements of one large JSON document, one after the other, without holding the document.

Two shapes: a bare array, and an object with an array `events` and facts about the trace beside it.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

LARGEST_ELEMENT = 16 * 1024 * 1024
"""Characters; an element that is longer, or broken, is passed over."""

_PIECE = 256 * 1024
_END = 64 * 1024
"""Bytes at the end of a document in which its metadata is looked for."""
_BLANKS = re.compile(r"[\s,]*")
_NEXT = re.compile(r"[,\n]\s*(?=[{\[])")
"""Where reading goes on after an element that cannot be read."""

_decode = json.JSONDecoder().raw_decode


class Element(NamedTuple):
    """One element of the array."""

    line: int
    """The line it begins in, from 1."""
    value: Any
    text: str
    """As it stands in the file."""
    problem: str = ""
    """Why there is no value."""


class Document:
    """Reads a document from a function that gives the next characters."""

    def __init__(self, read: Callable[[int], str]) -> None:
        """Nothing is read yet."""
        self._read = read
        self._text = ""
        self._at = 0
        self._line = 1
        self._ended = False
        self.beside: dict[str, Any] = {}
        """What stands beside the events in an object, as far as it was read: `metadata`, `traceId`."""

    def elements(self) -> Iterator[Element]:
        """Every element, in order; ends where the document ends or breaks off."""
        if self._next_character() == "[":
            self._skip(1)
            yield from self._array()
        elif self._next_character() == "{":
            self._skip(1)
            yield from self._object()

    def _object(self) -> Iterator[Element]:
        """The members of the outer object; the array among them element by element."""
        while (character := self._next_character()) and character != "}":
            name = self._value()
            if name.problem or not isinstance(name.value, str) or self._next_character() != ":":
                yield name._replace(problem=name.problem or "a name and a colon were expected here", text=name.text)
                return
            self._skip(1)
            opening = self._next_character()
            if name.value == "events" and opening == "[":
                self._skip(1)
                yield from self._array()
                continue
            member = self._value()
            if member.problem:
                yield member
                return
            self.beside[name.value] = member.value

    def _array(self) -> Iterator[Element]:
        """Elements up to the closing bracket."""
        while character := self._next_character():
            if character == "]":
                self._skip(1)
                return
            element = self._value()
            yield element
            if element.problem and not self._recover():
                return
        yield Element(self._line, None, "", "the file ends in the middle of its list")

    def _value(self) -> Element:
        """The JSON value that begins here; more is read until it is whole."""
        while True:
            try:
                value, end = _decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if not self._may_grow(error):
                    return self._broken(error.msg[0].lower() + error.msg[1:])
                if not self._fill():
                    cut = self._broken("the file ends in the middle of this")
                    self._skip(len(self._text) - self._at)
                    return cut
                continue
            except (ValueError, RecursionError):
                return self._broken("a number or a nesting no JSON reader takes")
            if end == len(self._text) and self._fill():
                continue  # a number may go on
            element = Element(self._line, value, self._text[self._at : end])
            self._skip(end - self._at)
            return element

    def _may_grow(self, error: json.JSONDecodeError) -> bool:
        """The trouble may be only that the rest was not read yet."""
        if len(self._text) - self._at > LARGEST_ELEMENT:
            return False
        return error.msg.startswith(("Unterminated", "Invalid \\u", "Invalid control")) or error.pos >= (
            len(self._text) - 16
        )

    def _broken(self, problem: str) -> Element:
        """What cannot be read here, with its beginning."""
        return Element(self._line, None, self._text[self._at : self._at + 200], problem)

    def _recover(self) -> bool:
        """Go to the next thing that looks like an element; False when there is none."""
        self._skip(1)
        while True:
            found = _NEXT.search(self._text, self._at)
            if found is not None:
                self._skip(found.end() - self._at)
                return True
            keep = min(len(self._text) - self._at, 64)
            self._skip(len(self._text) - self._at - keep)
            if not self._fill():
                return False

    def _next_character(self) -> str:
        """The next character that is no blank and no comma; empty at the end."""
        while True:
            found = _BLANKS.match(self._text, self._at)
            self._skip((found.end() if found else self._at) - self._at)
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._fill():
                return ""

    def _skip(self, characters: int) -> None:
        """Go on by so many characters, counting lines."""
        self._line += self._text.count("\n", self._at, self._at + characters)
        self._at += characters

    def _fill(self) -> bool:
        """Read on, as much again as is held; False at the end of the file."""
        if self._ended:
            return False
        rest = self._text[self._at :]
        more = self._read(max(_PIECE, len(rest)))
        self._ended = not more
        self._text, self._at = rest + more, 0
        return bool(more)


def metadata_at_end(path: Path, encoding: str) -> dict[str, Any]:
    """What stands beside the events of a document after them: its last members from `metadata` on; empty if none.

    Only the end of the file is read, so that it is known before the first event. Of a packed file nothing is known.
    """
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _END))
        end = file.read().decode(encoding.removesuffix("-sig"), "replace")
    at = end.rfind('"metadata"')
    try:
        members = json.loads("{" + end[at:]) if at >= 0 else {}
    except (ValueError, RecursionError):
        return {}
    return members if isinstance(members, dict) else {}
