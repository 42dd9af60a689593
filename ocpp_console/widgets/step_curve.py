"""Limits over time as steps: what is planned as a line, what the station says as an area, what was measured as points.

The three differ by their marks, not by colour alone.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from rich.text import Text
from textual.app import RenderResult
from textual.widget import Widget

from ocpp_console.clock import hms, iso
from ocpp_console.visible import visible
from ocpp_console.widgets.fitting import cells, cut_end
from ocpp_console.widgets.time_plot import figure

Step = tuple[int, float | None]
"""From this moment (µs) on this value; None where there is none."""

DAY_US = 86_400_000_000

LINE, AREA, POINTS = "line", "area", "points"

_MARKS = {LINE: ("━", "="), AREA: ("░", ":"), POINTS: ("•", "o")}
"""How each kind is drawn: with block characters and without."""
_NOW = ("┊", "|")
_UPRIGHT = ("┃", "|")
_STYLES = {LINE: "step-curve--line", AREA: "step-curve--area", POINTS: "step-curve--points"}
_ORDER = (AREA, LINE, POINTS)
"""What is drawn later covers what was drawn before."""


class Curve(NamedTuple):
    """One course over time."""

    name: str
    kind: str
    """`LINE`, `AREA` or `POINTS`; points are drawn at their own moments only."""
    steps: Sequence[Step]


class StepCurve(Widget):
    """Several curves on one pair of axes; `show` draws others."""

    AXIS = 9
    """Cells of the value axis."""
    COMPONENT_CLASSES = {"step-curve--line", "step-curve--area", "step-curve--points", "step-curve--axis"}
    DEFAULT_CSS = """
    StepCurve { height: 1fr; min-height: 5; width: 1fr; }
    StepCurve > .step-curve--line { color: $accent; text-style: bold; }
    StepCurve > .step-curve--area { color: $foreground-muted; }
    StepCurve > .step-curve--points { color: $success; text-style: bold; }
    StepCurve > .step-curve--axis { color: $foreground-muted; }
    """

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:
        """Nothing to draw yet."""
        super().__init__(id=id)
        self._ascii_only = ascii_only
        self._curves: tuple[Curve, ...] = ()
        self._span = (0, 1)
        self._now = 0
        self._unit = ""
        self._empty = ""

    def show(
        self, curves: Sequence[Curve], begin: int, end: int, *, now: int = 0, unit: str = "A", empty: str = ""
    ) -> None:
        """Draw these between two moments; `empty` is said when none of them has anything there."""
        wanted = tuple(curve._replace(steps=tuple(curve.steps)) for curve in curves)
        drawn = self._curves, self._span, self._now, self._unit, self._empty
        if drawn != (wanted, (begin, max(end, begin + 1)), now, unit, empty):
            self._curves, self._span, self._now, self._unit = wanted, (begin, max(end, begin + 1)), now, unit
            self._empty = empty
            self.refresh()

    def render(self) -> RenderResult:
        """The legend, the curves, the times."""
        width, height = self.size.width - self.AXIS, self.size.height - 2
        axis = self.get_component_rich_style("step-curve--axis", partial=True)
        top = self.top()
        if top is None or width < 6 or height < 2:
            return Text(visible(self._empty) or "Nothing to draw.", style=axis)
        picture = self.draw(width, height, top)
        text = Text(no_wrap=True, end="")
        self._legend(text, width)
        labels = {0: f"{figure(top)} {self._unit}", height - 1: "0"}
        if height >= 7:
            labels[(height - 1) // 2] = figure(round(top * (1 - (height - 1) // 2 / (height - 1)), 1))
        for number, row in enumerate(picture):
            text.append("\n" + labels.get(number, "").rjust(self.AXIS - 1)[: self.AXIS - 1] + " ", style=axis)
            for mark, kind in row:
                text.append(
                    mark, style=self.get_component_rich_style(_STYLES.get(kind, ""), partial=True) if kind else axis
                )
        text.append("\n" + " " * self.AXIS + self._times(width), style=axis)
        return text

    def top(self) -> float | None:
        """The highest value of the axis; None when there is nothing to draw."""
        values = [value for curve in self._curves for _, value in curve.steps if value is not None]
        return max(round(max(values) * 1.1, 1), 1.0) if values else None

    def _legend(self, text: Text, width: int) -> None:
        """What each mark means, on one line; names are cut where there is no room."""
        shown = [curve for curve in self._curves if any(value is not None for _, value in curve.steps)]
        text.append(" " * self.AXIS)
        room = width
        for index, curve in enumerate(shown):
            others = sum(4 + min(cells(other.name), 10) for other in shown[index + 1 :])
            name = cut_end(visible(curve.name, 60), max(room - 2 - others, 1))
            style = self.get_component_rich_style(_STYLES[curve.kind], partial=True)
            text.append(_MARKS[curve.kind][self._ascii_only] + " ", style=style)
            text.append(name + "  ")
            room -= 4 + cells(name)

    def _times(self, width: int) -> str:
        """First moment, now, last moment: with the date when the span is longer than a day."""
        begin, end = self._span
        dated = end - begin > DAY_US
        first, last = _moment(begin, dated), _moment(end, dated)
        line = first + last.rjust(max(1, width - len(first)))
        at = self._column(self._now, width)
        word = "now"
        if begin < self._now < end and len(first) + 1 < at < width - len(last) - len(word) - 1:
            line = line[:at] + word + line[at + len(word) :]
        return line

    def _column(self, at: int, width: int) -> int:
        begin, end = self._span
        return (at - begin) * width // (end - begin)

    def draw(self, width: int, height: int, top: float) -> list[list[tuple[str, str]]]:
        """The picture as rows of (mark, kind of curve); the kind is empty for blanks and the line of now."""
        picture = [[(" ", "")] * width for _ in range(height)]
        now = self._column(self._now, width)
        if 0 <= now < width and self._now:
            for row in picture:
                row[now] = _NOW[self._ascii_only], ""
        for curve in sorted(self._curves, key=lambda curve: _ORDER.index(curve.kind)):
            if curve.kind == POINTS:
                self._points(picture, curve, top)
            else:
                self._course(picture, curve, top)
        return picture

    def _row(self, value: float, height: int, top: float) -> int:
        share = min(max(value / top, 0.0), 1.0)
        return height - 1 - round(share * (height - 1))

    def _points(self, picture: list[list[tuple[str, str]]], curve: Curve, top: float) -> None:
        height, width = len(picture), len(picture[0])
        mark = _MARKS[POINTS][self._ascii_only]
        for at, value in curve.steps:
            column = self._column(at, width)
            if value is not None and 0 <= column < width:
                picture[self._row(value, height, top)][column] = mark, POINTS

    def _course(self, picture: list[list[tuple[str, str]]], curve: Curve, top: float) -> None:
        """A value for every column; a line climbs and falls upright, an area fills what is below."""
        height, width = len(picture), len(picture[0])
        begin, end = self._span
        moments = [at for at, _ in curve.steps]
        mark = _MARKS[curve.kind][self._ascii_only]
        before: int | None = None
        for column in range(width):
            index = bisect_right(moments, begin + (end - begin) * (2 * column + 1) // (2 * width)) - 1
            value = curve.steps[index][1] if index >= 0 else None
            row = None if value is None else self._row(value, height, top)
            if row is not None and curve.kind == AREA:
                for below in range(row, height):
                    picture[below][column] = mark, AREA
            elif row is not None:
                if before is not None and before != row:
                    for between in range(min(before, row), max(before, row)):
                        picture[between][column] = _UPRIGHT[self._ascii_only], LINE
                picture[row][column] = mark, LINE
            before = row


def _moment(at: int, dated: bool) -> str:
    """`14:03`, or `11-20 14:03`."""
    return iso(at)[5:16].replace("T", " ") if dated else hms(at)[:5]
