"""The lines of a table as finished strips.

What shows the same stays the same object, so that a comparison of objects tells which lines must be drawn again.
"""

from collections.abc import Callable, Generator, Hashable, Iterable, Mapping, Sequence, Set
from itertools import zip_longest
from typing import Generic, NamedTuple, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.strip import Strip

from ocpp_console.widgets.columns import Cell
from ocpp_console.widgets.line_filters import TextFilter
from ocpp_console.widgets.row_painter import RowPainter, sentence

R = TypeVar("R")

UNUSED = Color(0, 0, 0)
"""A background for filters that look at texts only."""

ROWS_AT_ONCE = 12
"""Rows that are made before whoever has to be answered gets a turn: about three milliseconds' worth."""

Palettes = Callable[[str], Mapping[str, Style]]
"""The styles by tone of an ordinary row ("") or of the one with the "cursor"."""


class _Drawn(NamedTuple):
    """A finished row, and what it was made of."""

    stamp: Hashable
    look: tuple[bool, bool]
    """(cursor, marked)"""
    shown: list[Cell]
    strip: Strip


class TableLines(Generic[R]):
    """Makes the lines of one table; keeps those in view."""

    def __init__(
        self, painter: RowPainter[R], identify: Callable[[R], Hashable], stamp: Callable[[R], Hashable]
    ) -> None:
        """A record with the same `stamp` as before is not even asked for its cells."""
        self._painter = painter
        self._identify = identify
        self._stamp = stamp
        self._rows: dict[Hashable, _Drawn] = {}
        self._fixed: dict[Hashable, list[Strip]] = {}
        """Header and the text of an empty table."""

    def __len__(self) -> int:
        """Rows that are kept."""
        return len(self._rows)

    def clear(self) -> None:
        """Nothing drawn so far is of use: colours or size are others."""
        self._rows.clear()
        self._fixed.clear()

    def header(self, width: int, ordered_by: str, reverse: bool, style: Style, filters: Sequence[LineFilter]) -> Strip:
        """The titles of the columns."""
        key = (ordered_by, reverse)
        if key not in self._fixed:
            strip = self._painter.header(width, ordered_by, reverse, style)
            self._fixed = {key: [scrubbed(list(strip), width, filters)]}
        return self._fixed[key][0]

    def sentence(self, text: str, width: int, style: Style, filters: Sequence[LineFilter]) -> list[Strip]:
        """What an empty table says."""
        if text not in self._fixed:
            self._fixed[text] = [scrubbed(list(strip), width, filters) for strip in sentence(text, width, style)]
        return self._fixed[text]

    def rows(
        self,
        window: Iterable[R],
        cursor: int,
        marked: Set[Hashable],
        width: int,
        palettes: Palettes,
        filters: Sequence[LineFilter],
    ) -> Generator[None, None, list[Strip]]:
        """Make the rows of `window`, the cursor on the one with the index `cursor`; a pause after every few new ones.

        Whoever does not come back after a pause has changed nothing but what is kept.
        """
        old, new = self._rows, {}
        lines: list[Strip] = []
        made = 0
        for index, record in enumerate(window):
            key = self._identify(record)
            stamp, look = self._stamp(record), (index == cursor, key in marked)
            drawn = old.get(key)
            if drawn is None or drawn.stamp != stamp or drawn.look != look:
                shown = self._painter.cells(record, width)
                if drawn is not None and drawn.look == look and drawn.shown == shown:
                    drawn = drawn._replace(stamp=stamp)  # what changed is nothing that this row shows
                else:
                    palette = palettes("cursor" if look[0] else "")
                    segments = self._painter.row(shown, width, *look, palette)
                    drawn = _Drawn(stamp, look, shown, scrubbed(segments, width, filters))
                made += 1
                if made % ROWS_AT_ONCE == 0:
                    yield
            new[key] = drawn
            lines.append(drawn.strip)
        self._rows = new
        return lines


def scrubbed(segments: list[Segment], width: int, filters: Sequence[LineFilter]) -> Strip:
    """A strip of `segments` after the app's filters of texts; those of colours are in the styles already."""
    for each in filters:
        if isinstance(each, TextFilter):
            segments = each.apply(segments, UNUSED)
    return Strip(segments, width)


def changed_runs(before: Sequence[Strip], after: Sequence[Strip]) -> list[tuple[int, int]]:
    """(first line, how many) of each run of lines that are not the same objects."""
    runs: list[tuple[int, int]] = []
    for line, (old, new) in enumerate(zip_longest(before, after)):
        if old is new:
            continue
        if runs and sum(runs[-1]) == line:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((line, 1))
    return runs
