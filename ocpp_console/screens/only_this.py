"""Filters made of what is under the cursor: only this station, this action, this session, this value."""

from collections.abc import Iterator, Sequence

from ocpp_console.model.filter_payload import payloads, properties
from ocpp_console.model.messages import Message, Origin, State
from ocpp_console.model.reading import text
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.screens.pick_list import Line

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
        yield _line("this station", "~s", message.station)
    if message.action:
        yield _line("this action", "~a", message.action)
    if message.station and message.action:
        both = f"~s {quoted(message.station)} ~a {quoted(message.action)}"
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
