"""Limit now: one number, and what it will be sent as."""

from collections.abc import Sequence
from typing import NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from ocpp_console.glyphs import ATTENTION, QUIET
from ocpp_console.widgets.toned import toned, toned_lines


class LimitTarget(NamedTuple):
    """One place that would be limited."""

    text: str
    """What it would be, as a sentence."""
    running: bool
    """It changes a running session."""


class LimitPrompt(ModalScreen[tuple[float, str] | None]):
    """Asks for the limit; gives (limit, unit), or None when cancelled. Says first what it changes."""

    BINDINGS = [("escape", "cancel", "Cancel")]
    DEFAULT_CSS = """
    LimitPrompt { align: center middle; }
    LimitPrompt > Vertical { width: 76; max-width: 96%; height: auto; padding: 0 1;
                             border: round $warning; background: $surface; }
    LimitPrompt Static { height: auto; }
    LimitPrompt Horizontal { height: auto; margin: 1 0 0 0; align-horizontal: right; }
    LimitPrompt Button { margin: 0 0 0 1; }
    """

    def __init__(self, targets: Sequence[LimitTarget], unit: str) -> None:
        """`unit` is what a bare number is in."""
        super().__init__()
        self._targets, self._unit = targets, unit

    def compose(self) -> ComposeResult:
        """What would be limited, the number, the buttons."""
        running = any(target.running for target in self._targets)
        with Vertical() as box:
            box.border_title = toned("Limit now")
            lines = [[target.text] for target in self._targets[:6]]
            if len(self._targets) > 6:
                lines.append([f"and {len(self._targets) - 6} more"])
            yield Static(toned_lines(lines), markup=False)
            if running:
                yield Static(toned(("▲ This changes the power of a running session at once.", ATTENTION)), markup=False)
            yield Input(placeholder=f"16 — in {self._unit}; or with its unit: 10 A, 11 kW, 4140 W", compact=True)
            yield Static("", id="limit-problem", markup=False)
            with Horizontal():
                verb = "Limit the running session" if running else "Limit"
                yield Button(toned(f"{verb} (enter)"), "warning", id="yes", compact=True)
                yield Button("Cancel (esc)", id="no", compact=True)

    def on_mount(self) -> None:
        """At the number."""
        self.query_one(Input).focus()

    def action_cancel(self) -> None:
        """Close without a limit."""
        self.dismiss(None)

    @on(Button.Pressed)
    @on(Input.Submitted)
    def _finish(self, event: Button.Pressed | Input.Submitted) -> None:
        event.stop()
        if isinstance(event, Button.Pressed) and event.button.id == "no":
            self.dismiss(None)
            return
        limit = read_limit(self.query_one(Input).value, self._unit)
        if limit is None:
            problem = ("Write a number, with A, W or kW behind it if it is not in the unit above.", QUIET)
            self.query_one("#limit-problem", Static).update(toned(problem))
        else:
            self.dismiss(limit)


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
