"""A filter as SQL: which stored rows may belong to a message that it lets through.

A message may be spread over several rows: our call, the station's answer. Only a station's call that shares its row
with the reply can be judged by all of the filter; of any other row only what is the same for all rows of its message is
asked. Each part of a filter gives two conditions: one without which it cannot hold, and one with which it certainly
holds. The opposite of a part swaps them.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ocpp_console.model import filter_conditions as tree
from ocpp_console.model.filter_conditions import Hint, Node
from ocpp_console.model.rows import Origin
from ocpp_console.store.patterns import containing, needles_of
from ocpp_console.store.rows import BLOB, NO_BEGINNING
from ocpp_console.store.words import Words

MOST_WORDS = 200
"""Stations or actions that are looked up in the index one by one; of more all rows are looked at."""

PSEUDO_ACTIONS = (
    "answer", "unreadable", "binary", "connected", "gone", "refused", "note", "listening", "listen_failed",
)  # fmt: skip
"""Actions of rows that are no calls; the store does not know them as actions."""

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
    indexed: Sequence[int] | None
    """Words of the index: one of them is mentioned by every row in question. None when the filter names none."""
    by_station: bool
    """They are stations; rows of no station have to be looked at beside them."""

    @property
    def narrow(self) -> bool:
        """It is worth more than reading every row."""
        return self.where != _BEGINS


class _Writer:
    """Writes the condition; keeps the parameters."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.parameters: dict[str, Any] = {}

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
        return maker(self, hint.value) if maker is not None else Sides(None, None)

    def part(self, hint: Hint) -> Sides:
        """Of a row that may be but a part of its message."""
        maker = _PARTS.get(hint.kind)
        return maker(self, hint.value) if maker is not None else Sides(None, None)

    # ------------------------------------------------------------- by hint

    def station(self, fits: Callable[[str], bool]) -> Sides:
        """The station is one of those that fit; a row of nobody may name one inside."""
        known = f"f.station IN ({_numbers(self.words.stations, fits)})"
        return Sides(f"ifnull({known}, 1)", f"ifnull({known}, 0)")

    def action(self, fits: Callable[[str], bool]) -> Sides:
        """The action is one of those that fit; names that are too long are not kept."""
        known = f"f.action IN ({_numbers(self.words.actions, fits)})"
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
        name = self._parameter(json.dumps(sorted(numbers)))
        return Sides(f"f.id IN (SELECT value FROM json_each({name}))", None)

    # ------------------------------------------------------------- helpers

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
}
_PARTS: dict[str, Callable[[_Writer, Any], Sides]] = {
    "station": _Writer.station,
    "action": _Writer.action_of_part,
    "time": _Writer.time,
    "version": _Writer.version,
    "seqs": _Writer.seqs,
}


def narrowing(node: Node | None, words: Words) -> Narrowing:
    """What a filter asks of the database; `words` are the names it knows. None is everything."""
    if node is None:
        return Narrowing(_BEGINS, {}, None, False)
    writer = _Writer(words)
    whole, part = writer.sides(node, writer.whole).needed, writer.sides(node, writer.part).needed
    if whole is None and part is None:
        return Narrowing(_BEGINS, {}, None, False)
    # No CASE: SQLite would prepare the patterns anew for every row, which takes eight times as long.
    where = f"{_BEGINS} AND ({whole or _WHOLE} OR ({_NOT_WHOLE} AND {part or '1'}))"
    indexed, by_station = _indexed(node, words)
    return Narrowing(where, writer.parameters, indexed, by_station)


def _indexed(node: Node, words: Words) -> tuple[Sequence[int] | None, bool]:
    """The stations, else the actions, that a filter names so that all else is out of the question."""
    parts = node.parts if isinstance(node, tree.All) else (node,)
    hints = [part.hint for part in parts if isinstance(part, tree.Condition) and part.hint is not None]
    for kind, names in (("station", words.stations), ("action", words.actions)):
        for hint in hints:
            fits: Any = hint.value
            if hint.kind != kind or (kind == "action" and any(fits(name) for name in PSEUDO_ACTIONS)):
                continue
            numbers = [number for name, number in names.items() if fits(name)]
            if len(numbers) <= MOST_WORDS:
                return numbers, kind == "station"
    return None, False


def _numbers(names: Mapping[str, int], fits: Callable[[str], bool]) -> str:
    """The numbers of the names that fit, as SQL."""
    return ",".join(str(number) for name, number in names.items() if fits(name))


def _bounded(number: int) -> int:
    """A number that SQLite can hold."""
    return max(-(1 << 62), min(number, 1 << 62))


def _opposite(condition: str | None) -> str | None:
    return None if condition is None else f"NOT ({condition})"


def _known(sign: str, conditions: list[str | None]) -> str | None:
    """Those that are known, joined; None when none is."""
    known = [condition for condition in conditions if condition is not None]
    return f"({f' {sign} '.join(known)})" if known else None


def _each(sign: str, conditions: list[str | None]) -> str | None:
    """All joined; None when one is not known."""
    return None if None in conditions else _known(sign, conditions)
