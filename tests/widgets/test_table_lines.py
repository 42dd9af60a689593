"""Lines that show the same stay the same objects; only the others are drawn again."""

import itertools
from collections.abc import Generator
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from ocpp_console.widgets.columns import Column
from ocpp_console.widgets.line_filters import Scrub
from ocpp_console.widgets.palettes import Palette
from ocpp_console.widgets.row_painter import RowPainter
from ocpp_console.widgets.table_lines import ROWS_AT_ONCE, TableLines, changed_runs


@dataclass
class Row:
    name: str
    value: str = ""
    hidden: int = 0
    revision: int = 0


@pytest.fixture
def lines() -> TableLines[Row]:
    columns = (Column("name", "name", lambda r: r.name, 6), Column("value", "", lambda r: r.value, 6))
    return TableLines(RowPainter(columns), lambda r: r.name, lambda r: r.revision)


def draw(
    lines: TableLines[Row], rows: list[Row], cursor: int = -1, marked: frozenset[str] = frozenset()
) -> list[Strip]:
    return whole(steps(lines, rows, cursor, marked))


def steps(
    lines: TableLines[Row], rows: list[Row], cursor: int = -1, marked: frozenset[str] = frozenset()
) -> Generator[None, None, list[Strip]]:
    palette = Palette(lambda tone: Style.null())
    return lines.rows(rows, cursor, marked, 20, lambda state: palette, [Scrub()])


def whole(making: Generator[None, None, list[Strip]]) -> list[Strip]:
    while True:
        try:
            next(making)
        except StopIteration as end:
            return end.value


def test_a_row_that_did_not_change_keeps_its_line(lines: TableLines[Row]) -> None:
    rows = [Row("a"), Row("b")]
    before = draw(lines, rows)
    rows[1].value, rows[1].revision = "new", 1
    after = draw(lines, rows)
    assert after[0] is before[0]
    assert "new" in after[1].text


def test_a_change_that_no_column_shows_keeps_the_line(lines: TableLines[Row]) -> None:
    rows = [Row("a")]
    before = draw(lines, rows)
    rows[0].hidden, rows[0].revision = 7, 1
    assert draw(lines, rows)[0] is before[0]


def test_the_cursor_and_a_mark_change_the_line(lines: TableLines[Row]) -> None:
    rows = [Row("a")]
    plain, pointed, marked = (draw(lines, rows)[0], draw(lines, rows, 0)[0], draw(lines, rows, -1, frozenset("a"))[0])
    assert [strip.text[0] for strip in (plain, pointed, marked)] == [" ", "›", "•"]


def test_only_rows_in_view_are_kept(lines: TableLines[Row]) -> None:
    draw(lines, [Row(str(number)) for number in range(30)])
    draw(lines, [Row("1")])
    assert len(lines) == 1


def test_new_rows_are_made_a_few_at_a_time(lines: TableLines[Row]) -> None:
    rows = [Row(str(number)) for number in range(3 * ROWS_AT_ONCE)]
    assert sum(1 for _ in steps(lines, rows)) == 3
    assert sum(1 for _ in steps(lines, rows)) == 0


def test_what_a_terminal_would_obey_is_not_drawn(lines: TableLines[Row]) -> None:
    assert "\x1b" not in draw(lines, [Row("\x1b[2J")])[0].text


@given(st.lists(st.booleans(), max_size=60))
def test_runs_are_exactly_the_lines_that_changed(changed: list[bool]) -> None:
    before = [Strip([Segment("x")]) for _ in changed]
    after = [Strip([Segment("x")]) if each else old for each, old in zip(changed, before, strict=True)]
    runs = changed_runs(before, after)
    assert [line for first, count in runs for line in range(first, first + count)] == [
        line for line, each in enumerate(changed) if each
    ]
    assert all(first + count < following for (first, count), (following, _) in itertools.pairwise(runs))
