"""Turns records into strips: cells laid out, made harmless, cut to size and toned. Knows columns, not widgets."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from ocpp_console.visible import visible
from ocpp_console.widgets.columns import Column, Piece, layout, pieces
from ocpp_console.widgets.fitting import cells, cut_end, fit

R = TypeVar("R")

StyleOf = Callable[[str], Style]
"""The terminal style of a tone, on the background of the row in question."""

GUTTERS = {(False, False): " ", (True, False): "›", (False, True): "•", (True, True): "»"}
"""First cell of a row by (cursor, marked), so that neither is told by colour alone."""


class RowPainter(Generic[R]):
    """The columns of one table, laid out for the width it has."""

    def __init__(self, columns: Sequence[Column[R]]) -> None:
        """Lays out when first asked."""
        self.columns = tuple(columns)
        self._width = -1
        self._placed: list[tuple[Column[R], int, int]] = []

    def placed(self, width: int) -> list[tuple[Column[R], int, int]]:
        """The columns that fit, each with the blanks before it and its size; one cell is the gutter's."""
        if self._width != width:
            sized = layout(self.columns, width - 1)
            self._placed = [(column, column.gap if index else 0, size) for index, (column, size) in enumerate(sized)]
            self._width = width
        return self._placed

    def at(self, x: int, width: int) -> Column[R] | None:
        """The column under cell `x`."""
        end = 1
        for column, gap, size in self.placed(width):
            end += gap + size
            if x < end:
                return column
        return None

    def row(self, record: R, width: int, cursor: bool, marked: bool, style: StyleOf) -> Strip:
        """One record. Neighbours of one tone become one segment: every segment costs escape codes."""
        runs: list[Segment] = []
        tone, text = "", GUTTERS[cursor, marked]
        used = 1
        for column, gap, size in self.placed(width):
            used += gap + size
            if gap:
                text += " " * gap
            for piece, piece_tone in _cell(column, record, size):
                if piece_tone != tone and piece:
                    if text:
                        runs.append(Segment(text, style(tone)))
                    tone, text = piece_tone, piece
                else:
                    text += piece
        runs.append(Segment(text, style(tone)))
        if used < width:
            runs.append(Segment(" " * (width - used), style("")))
        strip = Strip(runs, max(used, width))
        return strip if used <= width else strip.crop(0, width)

    def header(self, width: int, ordered_by: str, reverse: bool, style: Style) -> Strip:
        """The titles; the one it is ordered by carries an arrow."""
        text = " "
        for column, gap, size in self.placed(width):
            title = column.title
            if column.key == ordered_by:
                title = cut_end(title, size - 1) + ("▾" if reverse else "▴")
            text += " " * gap + fit(title, size, right=column.right)
        return Strip([Segment(fit(text, width), style)], width)


def sentence(text: str, width: int, style: Style) -> list[Strip]:
    """A text of several lines across a table."""
    return [Strip([Segment(fit(" " + visible(line), width), style)], width) for line in text.splitlines()]


def _cell(column: Column[R], record: R, size: int) -> Sequence[Piece]:
    """One cell in exactly `size` terminal cells, as texts and tones."""
    cell = column.cell(record)
    if type(cell) is str:
        return ((fit(visible(cell), size, right=column.right, middle=column.middle), ""),)
    parts = pieces(cell)
    if len(parts) == 1:
        text, tone = parts[0]
        return ((fit(visible(text), size, right=column.right, middle=column.middle), tone),)
    shown: list[Piece] = []
    left = size
    for text, tone in parts:
        text = cut_end(visible(text), left)
        left -= cells(text)
        shown.append((text, tone))
    blank = (" " * left, "")
    return [blank, *shown] if column.right else [*shown, blank]
