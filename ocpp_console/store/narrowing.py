"""A filter as SQL: which stored rows may belong to a message that it lets through.

A message may be spread over several rows: our call, the station's answer. Only a station's call that shares its row
with the reply can be judged by all of the filter; of any other row only what is the same for all rows of its message is
asked. Each part of a filter gives two conditions: one without which it cannot hold, and one with which it certainly
holds. The opposite of a part swaps them.
"""

import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ocpp_console.model import filter_conditions as tree
from ocpp_console.model.filter_conditions import Hint, Node
from ocpp_console.model.rows import Origin
from ocpp_console.store.candidates import PSEUDO_ACTIONS, Named, candidates
from ocpp_console.store.patterns import containing, needles_of
from ocpp_console.store.rows import BLOB, NO_BEGINNING
from ocpp_console.store.words import Words

Judge = Callable[[bytes, bytes | None], bool]
"""Says of a call and its answer whether they may fit."""

JUDGED = "judged"
"""The SQL function that calls a `Judge`, by its number; see `Database.judges`."""

_JUDGES = itertools.count(1)
_SHORTEST_TEXT = 2
_BEGINS = f"f.kind NOT IN ({','.join(str(kind) for kind in NO_BEGINNING)})"
_WHOLE = f"(f.reply IS NOT NULL AND f.kind < {BLOB})"
"""Call and answer are in this row, as text."""
_NOT_WHOLE = f"(f.reply IS NULL OR f.kind >= {BLOB})"


class Sides(NamedTuple):
    """Two conditions of one part: SQL, or None for "always" in the first, for "never" in the second."""

    needed: str | None
    enough: str | None


class Narrowing(NamedTuple):
    """What to ask the database for."""

    where: str
    """A condition on `facts AS f`."""
    parameters: dict[str, Any]
    numbers: str | None = None
    """SQL for the numbers of the rows in question, see `candidates`; None for all rows."""
    waiting: dict[str, str] = {}
    """Parameters still to be filled: numbers of messages with such a finding that is not written yet."""
    judges: dict[int, Judge] = {}
    """Functions that the condition calls, by the number it calls them by."""

    @property
    def narrow(self) -> bool:
        """It is worth more than reading every row."""
        return self.where != _BEGINS


class _Writer:
    """Writes the condition; keeps the parameters."""

    def __init__(self, words: Words, *, kept: bool, final: bool) -> None:
        self.words = words
        self.parameters: dict[str, Any] = {}
        self.waiting: dict[str, str] = {}
        self.judges: dict[int, Judge] = {}
        self._fitting: dict[Callable[[str], bool], str] = {}
        self.kept = kept
        self.final = final

    def sides(self, node: Node, leaf: Callable[[Hint], Sides]) -> Sides:
        """Both conditions of a part."""
        if isinstance(node, tree.Condition):
            return leaf(node.hint) if node.hint is not None else Sides(None, None)
        if isinstance(node, tree.Not):
            needed, enough = self.sides(node.part, leaf)
            return Sides(_opposite(enough), _opposite(needed))
        parts = [self.sides(part, leaf) for part in node.parts]
        if isinstance(node, tree.All):
            return Sides(_known("AND", [part.needed for part in parts]), _each("AND", [part.enough for part in parts]))
        return Sides(_each("OR", [part.needed for part in parts]), _known("OR", [part.enough for part in parts]))

    def whole(self, hint: Hint) -> Sides:
        """Of a row that has the call and its answer."""
        maker = _WHOLE_ROWS.get(hint.kind)
        sides = maker(self, hint.value) if maker is not None else Sides(None, None)
        if hint.judge is None:
            return sides
        number = next(_JUDGES)
        self.judges[number] = hint.judge
        return Sides(_known("AND", [sides.needed, f"{JUDGED}({number}, f.frame, f.reply)"]), sides.enough)

    def part(self, hint: Hint) -> Sides:
        """Of a row that may be but a part of its message."""
        maker = _PARTS.get(hint.kind)
        return maker(self, hint.value) if maker is not None else Sides(None, None)

    # ------------------------------------------------------------- by hint

    def station(self, fits: Callable[[str], bool]) -> Sides:
        """The station is one of those that fit; a row of nobody may name one inside."""
        known = f"f.station IN ({self._numbers(self.words.stations, fits)})"
        return Sides(f"ifnull({known}, 1)", f"ifnull({known}, 0)")

    def action(self, fits: Callable[[str], bool]) -> Sides:
        """The action is one of those that fit; names that are too long are not kept."""
        known = f"f.action IN ({self._numbers(self.words.actions, fits)})"
        return Sides(f"ifnull({known}, 1)", f"ifnull({known}, 0)")

    def action_of_part(self, fits: Callable[[str], bool]) -> Sides:
        """The same, unless it may be an answer that belongs to nothing."""
        if any(fits(name) for name in PSEUDO_ACTIONS):
            return Sides(None, None)
        return Sides(self.action(fits).needed, None)

    def text(self, word: str) -> Sides:
        """The word is in a frame or in a name."""
        solid = max(word.replace('"', "\n").translate(_STRUCTURE).split("\n"), key=len)
        if len(solid) < _SHORTEST_TEXT:
            return Sides(None, None)
        names = [self.station(lambda name: word in name.lower()), self.action(lambda name: word in name.lower())]
        found = " OR ".join([str(side.enough) for side in names] + [self._contains(solid)])
        return Sides(f"({found} OR f.action IS NULL)", None)

    def frames(self, text: str) -> Sides:
        """The text is in the call or in the answer."""
        return Sides(self._contains(text) if text else None, None)

    def named(self, value: tuple[Sequence[str], str]) -> Sides:
        """A property of one of these names, and the text of its value, are in the call or in the answer."""
        names, text = value
        named = " OR ".join(self._contains(name) for name in names)
        return Sides(f"({named})" + (f" AND {self._contains(text)}" if text else ""), None)

    def answer(self, text: str) -> Sides:
        """The text is in the answer."""
        return Sides(self._contains(text, "reply") if text else None, None)

    def call(self, text: str) -> Sides:
        """The text is in the call."""
        return Sides(self._contains(text, "frame") if text else None, None)

    def wrong(self, _: object) -> Sides:
        """A CALLERROR, an unreadable call, or an answer whose status may be a no: what is Accepted alone is none."""
        status = "f.reply LIKE '%status%' AND (f.reply NOT LIKE '%\"Accepted\"%' OR f.reply LIKE '%data%')"
        return Sides(f"(({self.refused(None).needed}) OR f.action IS NULL OR ({status}))", None)

    def refused(self, _: object) -> Sides:
        """The answer is a CALLERROR."""
        return Sides("f.reply NOT LIKE '{%' AND f.reply NOT LIKE '[3%'", None)

    def unanswered(self, _: object) -> Sides:
        """No reply has left; of a row without a reply nothing is known."""
        return Sides("f.reply_after IS NULL", None)

    def latency(self, bounds: tuple[int | None, int | None]) -> Sides:
        """The reply left after so long."""
        return Sides(f"ifnull({self._between('f.reply_after', bounds)}, 0)", None)

    def time(self, bounds: tuple[int | None, int | None]) -> Sides:
        """It came in this span of time."""
        both = self._between("f.at", bounds)
        return Sides(both, both)

    def origin(self, value: str) -> Sides:
        """A row with call and reply is a station's."""
        holds = "1" if value == Origin.STATION.value else "0"
        return Sides(holds, holds)

    def version(self, beginning: str) -> Sides:
        """What was negotiated for the connection; of one whose beginning is not in the file nothing is known."""
        name = self._parameter(f'%"version":"{beginning}%')
        connected = f"(SELECT c.frame LIKE {name} FROM facts AS c WHERE c.id = f.connection)"
        return Sides(f"ifnull({connected}, 1)", None)

    def seqs(self, numbers: Mapping[int, object] | set[int]) -> Sides:
        """One of these rows."""
        name = self.named_as(Hint("seqs", numbers)).value
        return Sides(f"f.id IN (SELECT value FROM json_each({name}))", None)

    def found(self, wanted: str) -> Sides:
        """Something was found out about it, or this."""
        if not self.kept:
            return Sides(None, None)
        named = self.named_as(Hint("found", wanted))
        holds = f"SELECT 1 FROM found AS v WHERE v.fact = f.id AND instr(v.codes, {named.value})"
        known = f"(EXISTS ({holds}) OR f.id IN (SELECT value FROM json_each({named.waiting})))"
        return Sides(known, known if self.final else None)

    # ------------------------------------------------------------- helpers

    def named_as(self, hint: Hint) -> Named:
        """The parameters of a hint that chooses rows by their numbers or by what was found."""
        if hint.kind == "seqs":
            numbers: Any = hint.value
            return Named(self._parameter(json.dumps(sorted(numbers))))
        name = self._parameter(hint.value)
        self.waiting[f"{name[1:]}w"] = str(hint.value)
        return Named(name, f"{name}w")

    def _numbers(self, names: Mapping[str, int], fits: Callable[[str], bool]) -> str:
        """The numbers of the names that fit, as SQL."""
        if fits not in self._fitting:
            self._fitting[fits] = ",".join(str(number) for name, number in names.items() if fits(name))
        return self._fitting[fits]

    def _parameter(self, value: object) -> str:
        """A new parameter; gives how it is written."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f":{name}"

    def _contains(self, text: str, *columns: str) -> str:
        """A text stands in one of the columns; those are `frame` and `reply` unless named."""
        condition, parameters = containing(needles_of(text), columns or ("frame", "reply"), f"_{len(self.parameters)}")
        self.parameters |= parameters
        return f"({condition})"

    def _between(self, column: str, bounds: tuple[int | None, int | None]) -> str:
        """A number lies between two others, either of which may be missing."""
        low, high = bounds
        parts = [f"{column} >= {_bounded(low)}"] if low is not None else []
        parts += [f"{column} < {_bounded(high)}"] if high is not None else []
        return f"({' AND '.join(parts)})" if parts else "1"


_STRUCTURE = str.maketrans(dict.fromkeys('[]{},:"\\', "\n"))
"""Where a text is cut: the beginning of a reply is not stored, and JSON has several spellings around values."""

_WHOLE_ROWS: dict[str, Callable[[_Writer, Any], Sides]] = {
    "station": _Writer.station,
    "action": _Writer.action,
    "text": _Writer.text,
    "frames": _Writer.frames,
    "named": _Writer.named,
    "answer": _Writer.answer,
    "call": _Writer.call,
    "refused": _Writer.refused,
    "wrong": _Writer.wrong,
    "unanswered": _Writer.unanswered,
    "latency": _Writer.latency,
    "time": _Writer.time,
    "origin": _Writer.origin,
    "version": _Writer.version,
    "seqs": _Writer.seqs,
    "found": _Writer.found,
}
_PARTS: dict[str, Callable[[_Writer, Any], Sides]] = {
    "station": _Writer.station,
    "action": _Writer.action_of_part,
    "time": _Writer.time,
    "version": _Writer.version,
    "seqs": _Writer.seqs,
    "found": _Writer.found,
}


def narrowing(node: Node | None, words: Words, *, kept: bool = False, final: bool = False) -> Narrowing:
    """What a filter asks of the database; `words` are the names it knows. None is everything.

    `kept` says that what was found about the rows in question is in the table; `final` that it will be put back onto
    them, so that they have no other findings.
    """
    if node is None:
        return Narrowing(_BEGINS, {})
    writer = _Writer(words, kept=kept, final=final)
    whole, part = writer.sides(node, writer.whole).needed, writer.sides(node, writer.part).needed
    if whole is None and part is None:
        return Narrowing(_BEGINS, {})
    numbers = candidates(node, words, writer.named_as, kept=kept)
    # No CASE: SQLite would prepare the patterns anew for every row, which takes eight times as long.
    where = f"({whole or _WHOLE} OR ({_NOT_WHOLE} AND {part or '1'})) AND {_BEGINS}"
    return Narrowing(where, writer.parameters, numbers, writer.waiting, writer.judges)


def _bounded(number: int) -> int:
    """A number that SQLite can hold."""
    return max(-(1 << 62), min(number, 1 << 62))


def _opposite(condition: str | None) -> str | None:
    return None if condition is None else f"NOT ({condition})"


def _known(sign: str, conditions: list[str | None]) -> str | None:
    """Those that are known, joined; None when none is."""
    known = [condition for condition in conditions if condition is not None]
    known.sort(key=lambda condition: JUDGED in condition)  # what SQLite can say by itself comes first
    return f"({f' {sign} '.join(known)})" if known else None


def _each(sign: str, conditions: list[str | None]) -> str | None:
    """All joined; None when one is not known."""
    return None if None in conditions else _known(sign, conditions)
