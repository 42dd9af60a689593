"""Turns records into segments: cells laid out, made harmless, cut to size and toned. Knows columns, not widgets."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from textwrap import wrap
from typing import Any, Generic, NamedTuple, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from ocpp_console.visible import visible
from ocpp_console.widgets.columns import Cell, Column, Piece, layout, pieces
from ocpp_console.widgets.fitting import cells, cut_end, fit

R = TypeVar("R")

LONGEST_SENTENCE = 600
LONGEST_CELL = 200
"""Characters of a cell's text that `visible` leaves as they are."""

GUTTERS = {(False, False): " ", (True, False): "›", (False, True): "•", (True, True): "»"}
"""First cell of a row by (cursor, marked), so that neither is told by colour alone."""


class Place(NamedTuple):
    """Where a column stands in a line."""

    column: Column[Any]
    gap: str
    """The blanks before it."""
    size: int
    """Its terminal cells."""


class RowPainter(Generic[R]):
    """The columns of one table, laid out for the width it has."""

    def __init__(self, columns: Sequence[Column[R]]) -> None:
        """Lays out when first asked."""
        self.columns = tuple(columns)
        self._width = -1
        self._placed: list[Place] = []

    def placed(self, width: int) -> list[Place]:
        """The columns that fit; one cell is the gutter's."""
        if self._width != width:
            sized = layout(self.columns, width - 1)
            self._placed = [
                Place(column, " " * column.gap if index else "", size) for index, (column, size) in enumerate(sized)
            ]
            self._width = width
        return self._placed

    def at(self, x: int, width: int) -> Column[R] | None:
        """The column under cell `x`."""
        end = 1
        for column, gap, size in self.placed(width):
            end += len(gap) + size
            if x < end:
                return column
        return None

    def cells(self, record: R, width: int) -> list[Cell]:
        """What the columns that fit make of a record: all that its row shows."""
        return [place.column.cell(record) for place in self.placed(width)]

    def row(
        self, shown: list[Cell], width: int, cursor: bool, marked: bool, palette: Mapping[str, Style]
    ) -> list[Segment]:
        """One record's cells. Neighbours of one tone become one segment: every segment costs escape codes."""
        runs: list[Segment] = []
        tone, text = "", GUTTERS[cursor, marked]
        used = 1
        for (column, gap, size), cell in zip(self.placed(width), shown, strict=True):
            used += size + len(gap)
            text += gap
            parts = pieces(cell)
            if len(parts) == 1:
                alone, wanted = parts[0]
                parts = ((_fit(alone, size, column.right, column.middle), wanted),)
            else:
                parts = _fit_pieces(column, parts, size)
            for piece, wanted in parts:
                if wanted == tone or not piece or piece.isspace():  # blanks look the same in every tone
                    text += piece
                    continue
                if text:
                    runs.append(Segment(text, palette[tone]))
                tone, text = wanted, piece
        runs.append(Segment(text, palette[tone]))
        if used < width:
            runs.append(Segment(" " * (width - used), palette[""]))
        return runs if used <= width else list(Strip(runs, used).crop(0, width))

    def header(self, width: int, ordered_by: str, reverse: bool, style: Style) -> Strip:
        """The titles; the one it is ordered by carries an arrow."""
        text = " "
        for column, gap, size in self.placed(width):
            title = column.title
            if column.key == ordered_by:
                title = cut_end(title, size - 1) + ("▾" if reverse else "▴")
            text += gap + fit(title, size, right=column.right)
        return Strip([Segment(fit(text, width), style)], width)


def sentence(text: str, width: int, style: Style) -> list[Strip]:
    """A text of several lines across a table; what is longer goes on below, between words."""
    lines = [part for line in text.splitlines() for part in _wrapped(visible(line, LONGEST_SENTENCE), width - 2)]
    return [Strip([Segment(fit(" " + line, width), style)], width) for line in lines]


def _wrapped(line: str, room: int) -> list[str]:
    """One line in as many as it needs; a list's entries stay indented."""
    entry = re.match(r"\s*(\S  +)?", line)
    indent = " " * min(entry.end() if entry else 0, room // 2)
    return wrap(line, max(room, 8), subsequent_indent=indent, break_long_words=False) or [""]


def _fit_pieces(column: Column[Any], parts: Sequence[Piece], size: int) -> list[Piece]:
    """A cell of several pieces in exactly `size` terminal cells."""
    shown: list[Piece] = []
    left = size
    for text, tone in parts:
        if len(text) > left or not _is_plain(text):
            text = cut_end(visible(text), left)
            left -= cells(text)
        else:
            left -= len(text)
        shown.append((text, tone))
    blank = (" " * left, "")
    return [blank, *shown] if column.right else [*shown, blank]


def _is_plain(text: str) -> bool:
    """Printable ASCII of a usual length, as most cells are: needs neither care nor counting of cells."""
    return text.isascii() and text.isprintable() and len(text) <= LONGEST_CELL


def _fit(text: str, size: int, right: bool, middle: bool) -> str:
    """`text` made harmless, in exactly `size` terminal cells."""
    if len(text) <= size and _is_plain(text):
        return text.rjust(size) if right else text.ljust(size)
    return _fit_with_care(text, size, right, middle)


@lru_cache(4096)
def _fit_with_care(text: str, size: int, right: bool, middle: bool) -> str:
    """The same for any text; the words with a glyph come again and again."""
    return fit(visible(text), size, right=right, middle=middle)
