"""Curves of steps: what is drawn where, told apart without colour."""

import pytest
from textual.app import App, ComposeResult

from ocpp_console.widgets.step_curve import AREA, LINE, POINTS, Curve, StepCurve

SECOND = 1_000_000
PLAN = Curve("plan", LINE, [(0, 16.0), (50 * SECOND, 8.0)])
SAID = Curve("said", AREA, [(0, None), (20 * SECOND, 10.0), (80 * SECOND, None)])
MEASURED = Curve("measured", POINTS, [(10 * SECOND, 15.0), (60 * SECOND, 8.0), (400 * SECOND, 99.0)])


class Stage(App[None]):
    def __init__(self, *curves: Curve, ascii_only: bool = False) -> None:
        super().__init__()
        self._curves, self._ascii_only = curves, ascii_only

    def compose(self) -> ComposeResult:
        yield StepCurve(ascii_only=self._ascii_only)

    def on_mount(self) -> None:
        self.query_one(StepCurve).show(self._curves, 0, 100 * SECOND, now=30 * SECOND, unit="A", empty="no [b]limit")


async def picture(*curves: Curve, size: tuple[int, int] = (59, 12), ascii_only: bool = False) -> list[str]:
    app = Stage(*curves, ascii_only=ascii_only)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        strips = app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


async def test_the_line_falls_where_the_limit_does():
    lines = await picture(PLAN)
    level = next(line for line in lines if line.count("━") > 20)
    assert level[9:33] == "━" * 24
    assert lines[-1].split() == ["00:00", "now", "00:01"]
    assert "A" in lines[1]
    assert sum("┊" in line for line in lines) >= 8


async def test_three_kinds_have_three_marks():
    lines = await picture(PLAN, SAID, MEASURED)
    assert lines[0].split() == ["━", "plan", "░", "said", "•", "measured"]
    body = "\n".join(lines[1:])
    assert body.count("•") == 2  # the third lies outside of the span
    assert "░" in body
    assert not any("░" in line[9:19] for line in lines[1:])  # the area begins at a fifth of the width


async def test_without_block_characters():
    text = "\n".join(await picture(PLAN, SAID, MEASURED, ascii_only=True))
    assert text.isascii()
    assert {"=", ":", "o"} <= set(text)


async def test_nothing_to_draw_says_why_and_reads_no_markup():
    assert (await picture(Curve("x", LINE, [(0, None)])))[0].strip() == "no [b]limit"


@pytest.mark.parametrize("value", [0.0, -5.0, 1e9])
async def test_any_value_has_a_place(value):
    assert any("━" in line for line in (await picture(Curve("x", LINE, [(0, value)]))))
