"""Limit now: one number, and what it will be sent as."""

from collections.abc import Sequence
from typing import NamedTuple

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from ocpp_console.glyphs import ATTENTION
from ocpp_console.screens.line_prompt import LinePrompt
from ocpp_console.widgets.toned import toned, toned_lines


class LimitTarget(NamedTuple):
    """One place that would be limited."""

    text: str
    """What it would be, as a sentence."""
    running: bool
    """It changes a running session."""


class LimitPrompt(LinePrompt[tuple[float, str]]):
    """Asks for the limit; gives (limit, unit), or None when cancelled. Says first what it changes."""

    DEFAULT_CSS = """
    LimitPrompt > Vertical { border: round $warning; }
    """

    def __init__(self, targets: Sequence[LimitTarget], unit: str) -> None:
        """`unit` is what a bare number is in."""
        self._running = any(target.running for target in targets)
        verb = "Limit the running session" if self._running else "Limit"
        hint = f"16 — in {unit}; or with its unit: 10 A, 11 kW, 4140 W"
        super().__init__("", "", verb, hint=hint, tone="warning")
        self._targets, self._unit = targets, unit

    def told(self) -> ComposeResult:
        """What would be limited."""
        lines = [[target.text] for target in self._targets[:6]]
        if len(self._targets) > 6:
            lines.append([f"and {len(self._targets) - 6} more"])
        yield Static(toned_lines(lines), markup=False)
        if self._running:
            yield Static(toned(("▲ This changes the power of a running session at once.", ATTENTION)), markup=False)

    def on_mount(self) -> None:
        """Say on the frame what this is."""
        super().on_mount()
        self.query_one(Vertical).border_title = toned("Limit now")

    def read(self, text: str) -> tuple[tuple[float, str] | None, str]:
        """The limit, if it is a number."""
        limit = read_limit(text, self._unit)
        return limit, "Write a number, with A, W or kW behind it if it is not in the unit above."


def read_limit(text: str, unit: str) -> tuple[float, str] | None:
    """`16`, `16 A`, `11kW`, `4140 w` as (limit, unit); None when it is none."""
    word = text.strip().replace(" ", "").casefold()
    factor = 1.0
    for ending, name, times in (("kw", "W", 1000.0), ("w", "W", 1.0), ("a", "A", 1.0)):
        if word.endswith(ending):
            word, unit, factor = word[: -len(ending)], name, times
            break
    if not word.replace(".", "", 1).isdecimal() or not word.isascii() or len(word) > 9:
        return None
    return round(float(word) * factor, 1), unit
