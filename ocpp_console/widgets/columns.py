"""Columns of a record table as data, and how they share the cells of a line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

R = TypeVar("R")

Piece = tuple[str, str]
"""A text and its tone (`glyphs.TONES`; "" is plain)."""

Cell = str | Piece | Sequence[Piece]
"""What a column makes of a record. Raw station text is fine: the table makes it harmless."""


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """One column: what it shows of a record and how it behaves when the line is narrow."""

    key: str
    title: str
    cell: Callable[[R], Cell]
    width: int
    """Cells it would like to have."""
    least: int = 0
    """Cells it can be squeezed to; 0 means `width`: numbers keep their column."""
    grow: int = 0
    """Its share of cells nobody else wants."""
    drop: int = 0
    """When narrow the column with the highest `drop` goes first; 0 always stays."""
    gap: int = 1
    """Blank cells before it, unless it is the first."""
    right: bool = False
    middle: bool = False
    """Too long texts lose their middle (identities), not their end."""
    order: Callable[[R], Any] | None = None
    """Sort key; None when the table cannot be ordered by it."""

    @property
    def floor(self) -> int:
        """The fewest cells it is drawn in."""
        return self.least or self.width


def layout(columns: Sequence[Column[R]], width: int) -> list[tuple[Column[R], int]]:
    """The columns that fit into `width` cells with the cells each gets; dropped ones are missing.

    One that was dropped comes back when a larger one went after it and left room, unless it is a part of its neighbour
    (without a gap).
    """
    shown = list(columns)
    while _needed(shown) > width:
        droppable = max(shown, key=lambda column: column.drop, default=None)
        if droppable is None or not droppable.drop:
            break
        shown.remove(droppable)
    for column in sorted(columns, key=lambda column: column.drop):
        wider = [each for each in columns if each in shown or each is column]
        if column.gap and column not in shown and _needed(wider) <= width:
            shown = wider
    sizes = [column.floor for column in shown]
    spare = max(0, width - _needed(shown))
    wishes = sum(column.width - column.floor for column in shown)
    if wishes:
        given = min(spare, wishes)
        sizes = [column.floor + (column.width - column.floor) * given // wishes for column in shown]
        spare -= sum(sizes) - sum(column.floor for column in shown)
    return list(zip(shown, _grown(shown, sizes, spare), strict=True))


def _needed(columns: Sequence[Column[R]]) -> int:
    """Cells that the columns take at their smallest."""
    return sum(column.floor for column in columns) + sum(column.gap for column in columns[1:])


def _grown(columns: Sequence[Column[R]], sizes: list[int], spare: int) -> list[int]:
    """`sizes` with the spare cells shared out by `grow`; the rounding goes to the last that grows."""
    total = sum(column.grow for column in columns)
    if not total:
        return sizes
    grown = [size + spare * column.grow // total for column, size in zip(columns, sizes, strict=True)]
    last = max(index for index, column in enumerate(columns) if column.grow)
    grown[last] += spare - (sum(grown) - sum(sizes))
    return grown


def pieces(cell: Cell) -> Sequence[Piece]:
    """A cell as a sequence of (text, tone)."""
    if isinstance(cell, str):
        return ((cell, ""),)
    if cell and isinstance(cell[0], str):
        return (cell,)  # type: ignore[return-value]  # a text first makes it one piece
    return cell  # type: ignore[return-value]
