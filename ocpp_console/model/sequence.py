"""A sequence diagram of the log: calls and answers as steps in the order of time, with the silence between them marked.

Pure and incremental: `SequenceDiagram.take` looks only at rows that are new and at those that still wait for an answer,
so that a diagram can follow a live log. How a step is drawn is the business of widgets and writers.
"""

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from enum import Enum
from typing import NamedTuple

from ocpp_console.glyphs import WRONG, verdict_look
from ocpp_console.model.messages import Message, Origin, State, outcome, summary
from ocpp_console.protocol.findings import Finding

SILENCE_US = 120_000_000
"""Time without a step from which on a break is drawn: longer than meter values and heartbeats usually are apart."""

MOST_STEPS = 20_000
"""Steps kept of a diagram that is followed; beyond it the oldest give way."""

MOST_WAITING = 1_000
"""Calls without an answer that are looked at again; the oldest are given up first."""


class Kind(Enum):
    """What a step is."""

    CALL = "call"
    ANSWER = "answer"
    ERROR = "error"
    """An answer that is a CALLERROR."""
    ALONE = "alone"
    """A frame that has no partner: a SEND, an answer to nothing, something unreadable."""
    EVENT = "event"
    """Something in the life of a connection: connected, gone, refused, a note."""
    BREAK = "break"
    """Time in which nothing happened."""


class Step(NamedTuple):
    """One line of the diagram."""

    kind: Kind
    at: int
    """µs UTC; of a break its end."""
    row: Message
    """The row of the log it is a part of; of a break that which ends it."""
    silence: int = 0
    """Of a break how long it was, µs."""

    @property
    def key(self) -> Hashable:
        """Its name for ever."""
        return self.row.seq, self.kind is Kind.BREAK, self.kind in (Kind.ANSWER, Kind.ERROR), self.at

    @property
    def from_station(self) -> bool:
        """The station speaks in it: its own call, or its answer to ours."""
        return (self.row.origin is Origin.STATION) is (self.kind not in (Kind.ANSWER, Kind.ERROR))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is odd about this step."""
        if self.kind is Kind.BREAK:
            return ()
        return self.row.answer_findings if self.kind in (Kind.ANSWER, Kind.ERROR) else self.row.call_findings

    @property
    def look(self) -> tuple[str, str, str]:
        """Glyph, word and tone: of an answer its own, whatever is odd about the call; else that of the row."""
        if self.kind is Kind.ANSWER:
            return verdict_look(self.row.verdict)
        if self.kind is Kind.ERROR and self.row.verdict:
            return "✗", self.row.verdict, WRONG  # of an unreadable call the row says only that it is one
        return outcome(self.row)

    @property
    def label(self) -> str:
        """What it says, in a line; raw words of a station."""
        row = self.row
        if self.kind is Kind.BREAK:
            return f"{span(self.silence)} of silence"
        if self.kind is Kind.EVENT:
            return _event(row)
        if self.kind in (Kind.ANSWER, Kind.ERROR):
            glyph, word, _ = self.look
            return f"{glyph} {word}".rstrip()
        return f"{row.action}  {summary(row)}".rstrip()

    @property
    def missing(self) -> str:
        """Of a call that has no answer, why: it waits, or nobody waits any more. Empty for all others."""
        if self.kind is not Kind.CALL or self.row.state not in (State.OPEN, State.ABANDONED):
            return ""
        return " ".join(outcome(self.row)[:2])


def _event(row: Message) -> str:
    """The sentence of an event; its word first, unless the sentence begins with it."""
    glyph, word, _ = outcome(row)
    said = summary(row)
    return f"{glyph} {said}" if said.casefold().startswith(word.casefold()) else f"{glyph} {word}  {said}".rstrip()


def span(us: int) -> str:
    """A time that went by: `2 min 5 s`, `3 h 20 min`, `2 d 4 h`."""
    seconds = us // 1_000_000
    for unit, size, below, smaller in (("d", 86_400, "h", 3_600), ("h", 3_600, "min", 60), ("min", 60, "s", 1)):
        if seconds >= size:
            rest = seconds % size // smaller
            return f"{seconds // size} {unit}" + (f" {rest} {below}" if rest else "")
    return f"{seconds} s"


def steps_of(row: Message) -> Iterator[Step]:
    """The one or two steps of a row of the log."""
    if row.origin is Origin.EVENT:
        yield Step(Kind.EVENT, row.at, row)
        return
    yield Step(Kind.ALONE if row.state is State.ALONE else Kind.CALL, row.at, row)
    if row.answered_at:
        yield answer_of(row)


def answer_of(row: Message) -> Step:
    """The step of a row's answer."""
    return Step(Kind.ERROR if row.state is State.ERROR else Kind.ANSWER, row.answered_at, row)


def with_breaks(steps: Iterable[Step], last: int | None = None) -> Iterator[Step]:
    """The steps with a break before each that comes long after the one before; `last` is when that before all was."""
    for step in steps:
        if last is not None and step.at - last >= SILENCE_US:
            yield Step(Kind.BREAK, step.at, step.row, step.at - last)
        last = step.at
        yield step


class SequenceDiagram:
    """The steps of those rows that `fits` lets through. Bounded: `MOST_STEPS`."""

    def __init__(self, fits: Callable[[Message], bool]) -> None:
        """No steps yet."""
        self._fits = fits
        self.steps: list[Step] = []
        self.rows: set[int] = set()
        """The numbers of the rows in it."""
        self.stations: list[str] = []
        """Whose steps there are, in the order in which they first appear."""
        self._seen = -1
        self._waiting: dict[int, tuple[Message, int]] = {}
        """Rows without an answer by number, with the revision at which they were looked at."""

    def take(self, rows: Sequence[Message]) -> bool:
        """Look at what is new in a live view of the log, oldest first; says whether steps came."""
        new, late = self._answered()
        if rows and rows[-1].seq > self._seen:
            first = bisect_left(rows, self._seen + 1, key=_seq)
            for index in range(first, len(rows)):
                new += self._look(rows[index])
            self._seen = rows[-1].seq
        if late:
            self._arrange([*self.steps, *late, *new])
        elif new:
            new.sort(key=_when)
            self.steps += with_breaks(new, self.steps[-1].at if self.steps else None)
        self._bound()
        return bool(new or late)

    def put_before(self, rows: Sequence[Message]) -> None:
        """Older rows, read from elsewhere; those that are there already are passed over."""
        older = [step for row in rows if row.seq not in self.rows for step in self._look(row)]
        if older:
            self._arrange([*older, *self.steps])
            self._bound()

    def _arrange(self, steps: list[Step]) -> None:
        """All steps anew, in order."""
        ordered = sorted((step for step in steps if step.kind is not Kind.BREAK), key=_when)
        self.steps = list(with_breaks(ordered))
        names = dict.fromkeys(step.row.station for step in ordered if step.row.station)
        self.stations = list(dict.fromkeys((*names, *self.stations)))

    def _look(self, row: Message) -> list[Step]:
        """The steps of a row that was not looked at before."""
        if row.state in (State.OPEN, State.ABANDONED):
            self._waiting[row.seq] = (row, row.revision)
            if len(self._waiting) > MOST_WAITING:
                del self._waiting[next(iter(self._waiting))]
        return self._enter(row) if self._fits(row) else []

    def _enter(self, row: Message) -> list[Step]:
        """A row becomes part of the diagram."""
        self.rows.add(row.seq)
        if row.station and row.station not in self.stations:
            self.stations.append(row.station)
        return list(steps_of(row))

    def _answered(self) -> tuple[list[Step], list[Step]]:
        """Steps of answers that came, and those of rows that belong in the diagram only now."""
        new: list[Step] = []
        late: list[Step] = []
        for seq, (row, revision) in list(self._waiting.items()):
            if row.revision == revision:
                continue
            if row.answered_at:
                del self._waiting[seq]
            else:
                self._waiting[seq] = (row, row.revision)
            if seq in self.rows:
                new += [answer_of(row)] if row.answered_at else []
            elif self._fits(row):
                late += self._enter(row)
        return new, late

    def _bound(self) -> None:
        """The oldest give way; a tenth at once, for it costs as much as all that stay."""
        if len(self.steps) > MOST_STEPS:
            del self.steps[: len(self.steps) - MOST_STEPS * 9 // 10]
            self.rows = {step.row.seq for step in self.steps}


def _seq(row: Message) -> int:
    return row.seq


def _when(step: Step) -> tuple[int, int, bool]:
    return step.at, step.row.seq, step.kind in (Kind.ANSWER, Kind.ERROR)
