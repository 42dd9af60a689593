"""Filters made of what is under the cursor: only this station, this action, this session, this value."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from textual.binding import Binding

from ocpp_console.model.filter_payload import payloads, properties
from ocpp_console.model.messages import Message, Origin, State
from ocpp_console.model.reading import text
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.screens.pick_list import Line, PickList


class Way(NamedTuple):
    """How a filter from the list is joined to the one in force."""

    keys: str
    short: str
    """For the line of keys."""
    join: Callable[[str, str], str]
    """From the present filter, which is not empty, and the new part."""
    alone: Callable[[str], str] = str
    """From the new part when there is no filter yet."""


def _grouped(written: str, sign: str) -> str:
    """In parentheses where the other sign would tear it apart."""
    apart = sign == "|" or "|" not in written
    return written if apart else f"({written})"


def _opposite(written: str) -> str:
    """What does not fit: two words are one thing only in parentheses."""
    several = written.count(" ~") > 0
    return f"!({written})" if several else f"!{written}"


WAYS = {
    "and": Way("enter", "only this", lambda present, part: f"{_grouped(present, '&')} & {part}"),
    "not": Way("n,exclamation_mark", "not this",
               lambda present, part: f"{_grouped(present, '&')} & {_opposite(part)}", _opposite),
    "or": Way("plus,vertical_line", "or this", lambda present, part: f"{present} | {part}"),
    "alone": Way("r,equals_sign", "this alone", lambda present, part: part),
}  # fmt: skip
"""What the list of `v` offers: Wireshark's apply as filter, with and, and not, or, and in its place."""


class OnlyThis(PickList):
    """The list of what the log can be narrowed to; gives the whole new filter."""

    BINDINGS = [
        Binding(way.keys, f"join('{name}')", way.short, show=False) for name, way in WAYS.items() if name != "and"
    ]

    def __init__(self, lines: Sequence[Line], present: str) -> None:
        """`present` is the filter in force; may be empty."""
        super().__init__("Only…", lines, keys="enter only this   n not this   + or this   r this alone   esc closes")
        self._present = present

    def choose(self, line: Line) -> None:
        """Only this, of what is shown already."""
        self.dismiss(joined(self._present, line.value, "and"))

    def action_join(self, name: str) -> None:
        """Take the line under the cursor in this way."""
        line = self.table.record
        if line is not None:
            self.dismiss(joined(self._present, line.value, name))


def joined(present: str, part: str, name: str) -> str:
    """The filter in force and a new part as one filter; `name` is one of `WAYS`."""
    way = WAYS[name]
    return way.join(present, part) if present else way.alone(part)


NAMED = {
    "transactionId": ("session", "~tx"),
    "idTag": ("tag", "~tag"),
    "idToken": ("tag", "~tag"),
    "connectorId": ("connector", "~connector"),
    "evseId": ("EVSE", "~evse"),
}
"""Properties that have a word of their own: what they are, and the word."""


def lines_of(message: Message) -> Sequence[Line]:
    """What a row may be one of, as filters."""
    return list(dict.fromkeys(_lines(message)))


def _lines(message: Message) -> Iterator[Line]:
    if message.station:
        yield _line("this station", "~s", f"={message.station}")
    if message.action:
        yield _line("this action", "~a", message.action)
    if message.station and message.action:
        both = f"~s {quoted(f'={message.station}')} ~a {quoted(message.action)}"
        yield Line("this action of this station", both, both)
    if message.verdict:
        word = "~error" if message.state is State.ERROR else "~status"
        yield _line("this answer", word, message.verdict)
    for finding in message.findings[:3]:
        yield _line("this finding", "~finding", finding.code)
    if message.origin is not Origin.EVENT:
        for payload in payloads(message):
            for _, name, value in properties(payload):
                if name in NAMED and not isinstance(value, (dict, list)) and text(value):
                    what, word = NAMED[name]
                    yield _line(f"this {what}", word, text(value))
        if message.id is not None:
            yield _line("this message id", "~id", str(message.id))


def filter_of(path: str, value: JsonValue) -> str:
    """The filter for a value of a payload, by its path without the numbers of list items."""
    steps = [step.partition("[")[0] for step in path.split(".")]
    plain = "null" if value is None else text(value)
    return f"~p {'.'.join(step for step in steps if step)} == {quoted(plain)}"


def _line(title: str, word: str, value: str) -> Line:
    written = f"{word} {quoted(value)}"
    return Line(title, written, written)


def quoted(value: str) -> str:
    """A value as one argument of a filter, whatever is in it."""
    if value and not any(sign in value for sign in "()&|!\"'~") and not any(sign.isspace() for sign in value):
        return value
    return f"'{value}'" if '"' in value else f'"{value}"'
