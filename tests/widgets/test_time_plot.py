from hypothesis import given
from hypothesis import strategies as st

from ocpp_console.widgets.time_plot import bounds, braille, sparkline, trace


def dots(grid: list[list[bool]]) -> list[str]:
    return ["".join("#" if dot else "." for dot in row) for row in grid]


def test_a_line_joins_its_points() -> None:
    assert dots(trace([0, 10], [0, 3], 4, 4, step=False)) == ["...#", "..#.", ".#..", "#..."]


def test_a_step_holds_the_value_until_the_next() -> None:
    assert dots(trace([0, 10], [0, 3], 4, 4, step=True)) == ["...#", "...#", "...#", "####"]


def test_late_points_are_put_in_order() -> None:
    assert trace([10, 0], [3, 0], 8, 8, step=False) == trace([0, 10], [0, 3], 8, 8, step=False)


def test_zero_belongs_to_the_axis_of_power_but_not_of_a_meter_register() -> None:
    assert bounds([1000, 11000]) == (0.0, 11000)
    assert bounds([1_000_000, 1_007_000]) == (1_000_000, 1_007_000)
    assert bounds([5, 5]) == (0, 5)
    assert bounds([0, 0]) == (0, 1)


def test_eight_dots_make_a_cell() -> None:
    full = [[True, True]] * 4
    assert braille(full) == ["⣿"]
    assert braille(full, ascii_only=True) == ["*"]
    assert braille([[True, False], [False, False], [False, False], [False, True]]) == ["⢁"]


def test_a_sparkline_has_the_shape_of_its_values() -> None:
    assert sparkline([0, 7, 14], 3) == "▁▅█"
    assert sparkline([0, 7, 14], 3, ascii_only=True) == "_+#"
    assert sparkline([], 10) == ""
    assert len(sparkline(range(100), 24)) == 24


@given(
    st.lists(st.tuples(st.integers(0, 2**53), st.floats(-1e12, 1e12)), min_size=1, max_size=50),
    st.integers(1, 60),
    st.integers(1, 40),
    st.booleans(),
)
def test_any_series_fits_its_grid(points: list[tuple[int, float]], width: int, height: int, step: bool) -> None:
    times, values = zip(*points, strict=True)
    grid = trace(times, values, width, height, step=step)
    assert (len(grid), len(grid[0])) == (height, width)
    assert any(map(any, grid))
