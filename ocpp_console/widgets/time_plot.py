"""A curve over time drawn with braille dots: one session's energy or power, and sparklines for tables."""

from collections.abc import Sequence

from rich.text import Text
from textual.app import RenderResult
from textual.widget import Widget

from ocpp_console.clock import hms
from ocpp_console.model.meter_values import Series

BARS = "▁▂▃▄▅▆▇█"
ASCII_BARS = "_.-=+*%#"
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""Braille bit of the dot at [row][column] of a cell, which is four dots high and two wide."""


def sparkline(values: Sequence[float], width: int, *, ascii_only: bool = False) -> str:
    """The newest shape of `values` in `width` cells, from the lowest (or 0) to the highest; empty without values."""
    if not len(values) or width <= 0:
        return ""
    bars = ASCII_BARS if ascii_only else BARS
    count = min(width, len(values))
    picked = [max(values[i * len(values) // count : (i + 1) * len(values) // count]) for i in range(count)]
    low, high = min(0.0, *picked, 0.0), max(picked)
    span = (high - low) or 1.0
    return "".join(bars[min(len(bars) - 1, int((value - low) / span * (len(bars) - 1) + 0.5))] for value in picked)


def trace(times: Sequence[int], values: Sequence[float], width: int, height: int, *, step: bool) -> list[list[bool]]:
    """The curve as a grid of `height` × `width` dots, row 0 on top.

    Times are µs and may be out of order (a station sends late values): they are sorted first. `step` holds a value
    until the next one (power between two samples), otherwise points are joined by lines (a meter's register).
    """
    grid = [[False] * width for _ in range(height)]
    points = sorted(zip(times, values, strict=True))
    if not points or width < 1 or height < 1:
        return grid
    (begin, _), (end, _) = points[0], points[-1]
    low, high = bounds(values)
    scale_x, scale_y = (width - 1) / ((end - begin) or 1), (height - 1) / ((high - low) or 1.0)
    dots = [(round((at - begin) * scale_x), height - 1 - round((value - low) * scale_y)) for at, value in points]
    before = dots[0]
    for dot in dots:
        _stroke(grid, before, dot, step=step)
        before = dot
    return grid


def _stroke(grid: list[list[bool]], start: tuple[int, int], end: tuple[int, int], *, step: bool) -> None:
    """Set the dots from `start` to `end` (x, y): straight, or level and then upright."""
    if step:
        corner = (end[0], start[1])
        if corner not in (start, end):
            _stroke(grid, start, corner, step=False)
            start = corner
    (x0, y0), (x1, y1) = start, end
    length = max(abs(x1 - x0), abs(y1 - y0), 1)
    for i in range(length + 1):
        grid[round(y0 + (y1 - y0) * i / length)][round(x0 + (x1 - x0) * i / length)] = True


def bounds(values: Sequence[float]) -> tuple[float, float]:
    """Lowest and highest value of the axis; 0 belongs to it unless the values lie far from it (a meter register)."""
    low, high = min(values), max(values)
    if low > 0 and (high - low) * 2 >= low:
        low = 0.0
    if high == low and low > 0:
        low = 0.0
    return low, high if high > low else low + 1.0


def braille(grid: list[list[bool]], *, ascii_only: bool = False) -> list[str]:
    """Pack a grid of dots, four by two to a cell, into lines of text; `*` for any dot without block characters."""
    lines = []
    for top in range(0, len(grid), 4):
        line = []
        for left in range(0, len(grid[0]), 2):
            bits = sum(
                _DOTS[dy][dx]
                for dy, row in enumerate(grid[top : top + 4])
                for dx, dot in enumerate(row[left : left + 2])
                if dot
            )
            line.append(" " if not bits else "*" if ascii_only else chr(0x2800 + bits))
        lines.append("".join(line))
    return lines


def figure(value: float) -> str:
    """A number for an axis: at most four significant digits and three decimals, no exponent."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{float(f'{value:.3f}'):.4g}"


class TimePlot(Widget):
    """One series with its axes: highest and lowest value at the left, first and last time below."""

    DEFAULT_CSS = "TimePlot { height: 1fr; min-height: 4; width: 1fr; }"
    AXIS = 10
    """Cells of the value axis."""

    def __init__(self, unit: str, *, scale: float = 1.0, step: bool = False, ascii_only: bool = False) -> None:
        """Values are shown divided by `scale` (1000 for kWh from Wh) in `unit`; `step` holds values."""
        super().__init__()
        self._unit, self._scale, self._step, self._ascii_only = unit, scale, step, ascii_only
        self._series = Series()
        self._base = 0.0

    def show(self, series: Series, base: float = 0.0) -> None:
        """Draw this series, as it is above `base` (a meter's reading at the start); again when it has grown."""
        self._series, self._base = series, base
        self.refresh()

    def render(self) -> RenderResult:
        """The curve, or a sentence while there are fewer than two points."""
        series, width, height = self._series, self.size.width - self.AXIS, self.size.height - 1
        if len(series.values) < 2 or width < 4 or height < 1:
            return Text(f"no {self._unit} curve yet: it needs two meter readings", style="dim")
        values = [value - self._base for value in series.values]
        grid = trace(series.times, values, width * 2, height * 4, step=self._step)
        low, high = bounds(values)
        names = {0: f"{figure(high / self._scale)} {self._unit}", height - 1: figure(low / self._scale)}
        text = Text(no_wrap=True, end="")
        for number, line in enumerate(braille(grid, ascii_only=self._ascii_only)):
            text.append(names.get(number, "").rjust(self.AXIS - 1)[: self.AXIS - 1] + " ", style="dim")
            text.append(line + "\n")
        first, last = hms(min(series.times)), hms(max(series.times))
        text.append(" " * self.AXIS + first + last.rjust(max(1, width - len(first))), style="dim")
        return text
