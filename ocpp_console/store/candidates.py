"""Which rows of the log are looked at at all: where a filter names stations, findings or single rows, not every row."""

from collections.abc import Callable
from typing import Any, NamedTuple

from ocpp_console.model import filter_conditions as tree
from ocpp_console.model.filter_conditions import Hint, Node
from ocpp_console.store.words import Words

MOST_WORDS = 200
"""Stations or actions that are looked up in the index one by one; of more all rows are looked at."""

PSEUDO_ACTIONS = (
    "answer", "unreadable", "binary", "connected", "gone", "refused", "note", "listening", "listen_failed",
)  # fmt: skip
"""Actions of rows that are no calls; the store does not know them as actions."""

TAIL = "(SELECT ifnull(max(last), 0) FROM spans)"
"""The last number that is in the index of names."""

_MENTIONING = f"""SELECT m.fact FROM spans AS s CROSS JOIN mentions AS m ON m.span = s.last AND m.word IN (?words)
        WHERE s.last >= :low AND s.first < :high AND m.fact >= :low AND m.fact < :high
    UNION ALL SELECT t.id FROM facts AS t WHERE t.id > {TAIL} AND t.id >= :low AND t.id < :high"""

_NOBODYS = """ UNION ALL SELECT n.id FROM facts AS n INDEXED BY facts_nobodys
        WHERE n.station IS NULL AND n.id >= :low AND n.id < :high"""

_FOUND = """SELECT v.fact FROM found AS v WHERE v.fact >= :low AND v.fact < :high AND instr(v.codes, ?wanted)
    UNION SELECT value FROM json_each(?waiting) WHERE value >= :low AND value < :high"""

_THESE = "SELECT value FROM json_each(?numbers) WHERE value >= :low AND value < :high"


class Named(NamedTuple):
    """How the parameters of a hint are written in SQL."""

    value: str
    waiting: str = ""
    """Of a finding: numbers of the messages that have it and are not in the table yet."""


Naming = Callable[[Hint], Named]
"""Gives the parameters of a hint."""


def candidates(node: Node, words: Words, named: Naming, *, kept: bool) -> str | None:
    """SQL for the numbers, from `:low` up to below `:high`, among which all is that a filter lets through.

    None when that may be any row. `kept` says that what was found about rows of that range is in the table.
    """
    parts = node.parts if isinstance(node, tree.All) else (node,)
    hints = [part.hint for part in parts if isinstance(part, tree.Condition) and part.hint is not None]
    for kind in ("seqs", "station", "found", "action"):
        for hint in hints:
            if hint.kind != kind or (kind == "found" and not kept):
                continue
            if (numbers := _BY_KIND[kind](hint, words, named)) is not None:
                return numbers
    return None


def _these(hint: Hint, words: Words, named: Naming) -> str:
    return _THESE.replace("?numbers", named(hint).value)


def _found(hint: Hint, words: Words, named: Naming) -> str:
    parameters = named(hint)
    return _FOUND.replace("?wanted", parameters.value).replace("?waiting", parameters.waiting)


def _of_stations(hint: Hint, words: Words, named: Naming) -> str | None:
    """Rows of no station may name one inside: they have to be looked at as well."""
    mentioning = _mentioning(words.stations, hint.value)
    return mentioning + _NOBODYS if mentioning else None


def _of_actions(hint: Hint, words: Words, named: Naming) -> str | None:
    fits: Any = hint.value
    return None if any(fits(name) for name in PSEUDO_ACTIONS) else _mentioning(words.actions, fits)


def _mentioning(names: dict[str, int], fits: Any) -> str | None:
    """Rows that mention a name that fits; None when those are too many names."""
    numbers = [str(number) for name, number in names.items() if fits(name)]
    return _MENTIONING.replace("?words", ",".join(numbers)) if len(numbers) <= MOST_WORDS else None


_BY_KIND: dict[str, Callable[[Hint, Words, Naming], str | None]] = {
    "seqs": _these,
    "station": _of_stations,
    "found": _found,
    "action": _of_actions,
}
