"""What differs between two traces, by meaning: ids and times do not count, order does.

Exchanges are compared, a call with its answer: station by station, in their order, as `diff` compares lines. Bounded,
for aligning needs both traces at hand: `MOST` exchanges of each are compared, and no more than `MOST_TEXT` of them.
"""

import json
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from ocpp_console.model.message_differences import Difference, differences, without_chance
from ocpp_console.model.messages import Message, Origin, State
from ocpp_console.outputs.traces.redaction import bytes_without_secrets
from ocpp_console.outputs.traces.settled_rows import SettledRows
from ocpp_console.outputs.traces.source import Trace
from ocpp_console.protocol.frames import Call, CallError, CallResult, Send, parse

MOST = 200_000
"""Exchanges of one trace that are compared."""

MOST_TEXT = 64 * 1024 * 1024
"""Characters of their payloads, all together."""


class Exchange(NamedTuple):
    """A call with its answer as it is compared; kept as text, for that is small and compares fast."""

    at: int
    station: str
    origin: str
    action: str
    outcome: str
    asked: str
    """The payload as JSON, without what is different every time."""
    answered: str

    @property
    def kind(self) -> tuple[str, str]:
        """What has to be the same for two exchanges to be compared at all."""
        return self.origin, self.action

    @property
    def meaning(self) -> tuple[str, str, str, str, str]:
        """What has to be the same for two exchanges to be the same."""
        return self.origin, self.action, self.outcome, self.asked, self.answered


class Step(NamedTuple):
    """One line of the comparison."""

    sign: str
    """"=" the same, "~" changed, "-" only in the first, "+" only in the second."""
    one: Exchange | None
    other: Exchange | None

    @property
    def changes(self) -> list[Difference]:
        """What differs inside an exchange that changed."""
        if self.one is None or self.other is None:
            return []
        found = []
        if self.one.outcome != self.other.outcome:
            found.append(Difference("outcome", self.one.outcome, self.other.outcome))
        found += [each._replace(path=f"request.{each.path}") for each in _compare(self.one.asked, self.other.asked)]
        found += [
            each._replace(path=f"answer.{each.path}") for each in _compare(self.one.answered, self.other.answered)
        ]
        return found


def exchanges_of(trace: Trace) -> Iterator[Exchange]:
    """The exchanges of a trace, in order; events of connections are left out."""
    rows = SettledRows()
    for fact in trace.facts():
        yield from (exchange_of(row) for row, facts in rows.take(fact) if _counts(row) and facts[0].seq == row.seq)
    yield from (exchange_of(row) for row, _ in rows.rest() if _counts(row))


def held(exchanges: Iterable[Exchange]) -> tuple[list[Exchange], bool]:
    """The exchanges that can be compared, and whether these are all of them."""
    kept: list[Exchange] = []
    room = MOST_TEXT
    for each in exchanges:
        room -= len(each.asked) + len(each.answered)
        if len(kept) == MOST or room < 0:
            return kept, False
        kept.append(each)
    return kept, True


def equally_long(one: tuple[list[Exchange], bool], other: tuple[list[Exchange], bool]) -> int | None:
    """How many of each may be compared, so that nothing is missing only for want of room; None for all of both."""
    return min((len(kept) for kept, whole in (one, other) if not whole), default=None)


def _counts(row: Message) -> bool:
    """It is a message, not an event of a connection."""
    return row.origin is not Origin.EVENT


def exchange_of(row: Message) -> Exchange:
    """A row as it is compared."""
    asked, answered = payload_text(row.raw, row.version), payload_text(row.answer_raw, row.version)
    return Exchange(row.at, row.station, row.origin.value, row.action, _ended(row), asked, answered)


def _ended(row: Message) -> str:
    """How it went: the word of the answer. Findings do not count, for many are about times."""
    if row.state is State.OPEN or row.state is State.ABANDONED:
        return "no answer"
    return row.verdict or ("error" if row.state is State.ERROR else "")


def payload_text(raw: bytes | None, version: str) -> str:
    """The payload of a frame without what differs every time and without secrets; a broken frame as it is."""
    if raw is None:
        return ""
    shown = bytes_without_secrets(raw)
    frame = parse(shown, version or "1.6")
    if isinstance(frame, Call | Send | CallResult):
        value: Any = without_chance(frame.payload)
    elif isinstance(frame, CallError):
        value = {"code": frame.code, "description": frame.description, "details": frame.details}
    else:
        return shown.decode("utf-8", "backslashreplace")
    return json.dumps(value, sort_keys=True)


def _compare(one: str, other: str) -> list[Difference]:
    """What differs between two payloads as text."""
    return [] if one == other else differences(_value(one), _value(other))


def _value(text: str) -> Any:
    """The payload of a text; the text itself when it is no JSON."""
    try:
        return json.loads(text) if text else {}
    except ValueError:
        return text


def compare(one: list[Exchange], other: list[Exchange]) -> Iterator[Step]:
    """Both traces side by side, station by station; stations of different names are taken in the order they come."""
    ones, others = _by_station(one), _by_station(other)
    for mine, theirs in _paired(list(ones), list(others)):
        yield from _align(ones.get(mine, []), others.get(theirs, []))


def _by_station(exchanges: list[Exchange]) -> dict[str, list[Exchange]]:
    """Exchanges by station, in the order of their first."""
    grouped: dict[str, list[Exchange]] = {}
    for each in exchanges:
        grouped.setdefault(each.station, []).append(each)
    return grouped


def _paired(ones: list[str], others: list[str]) -> Iterator[tuple[str, str]]:
    """Which station is compared with which: those of the same name, then the rest in order."""
    same = [name for name in ones if name in others]
    yield from ((name, name) for name in same)
    left, right = ([name for name in names if name not in same] for names in (ones, others))
    nobody = "\0"
    for at in range(max(len(left), len(right))):
        yield left[at] if at < len(left) else nobody, right[at] if at < len(right) else nobody


def _align(one: list[Exchange], other: list[Exchange]) -> Iterator[Step]:
    """The exchanges of one station, aligned; between two that are the same, those of one kind count as changed."""
    matcher = SequenceMatcher(
        None, [each.meaning for each in one], [each.meaning for each in other], autojunk=len(one) > 2_000
    )
    for sign, a, b, c, d in matcher.get_opcodes():
        if sign == "equal":
            yield from (Step("=", mine, theirs) for mine, theirs in zip(one[a:b], other[c:d], strict=True))
        else:
            yield from _changed(one[a:b], other[c:d])


def _changed(one: list[Exchange], other: list[Exchange]) -> Iterator[Step]:
    """A stretch that differs: aligned by kind."""
    matcher = SequenceMatcher(None, [each.kind for each in one], [each.kind for each in other], autojunk=False)
    for sign, a, b, c, d in matcher.get_opcodes():
        if sign == "equal":
            yield from (Step("~", mine, theirs) for mine, theirs in zip(one[a:b], other[c:d], strict=True))
        else:
            yield from (Step("-", each, None) for each in one[a:b])
            yield from (Step("+", None, each) for each in other[c:d])


def action_of(step: Step) -> str:
    """The action a step is about."""
    either = step.one or step.other
    return either.action if either is not None else ""
