"""How the next boot of a station is answered: the verdict, and the heartbeat interval that comes with it."""

from typing import NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from ocpp_console.glyphs import QUIET, STRONG
from ocpp_console.widgets.columns import Piece
from ocpp_console.widgets.toned import toned_lines

VERDICTS = ("Accepted", "Pending", "Rejected")
"""RegistrationStatus of all versions; its first letter is its key."""
LONGEST_INTERVAL = 604_800
"""Seconds; a week, as in the setting."""
EXPLAINED = (
    "It holds for the next BootNotification: T asks for one.",
    "Pending keeps the connection and refuses everything but what was asked for; Rejected refuses everything.",
)


class BootAnswer(NamedTuple):
    """What the operator decided."""

    verdict: str
    interval: int
    """Seconds between heartbeats."""


class BootAnswerPrompt(ModalScreen[BootAnswer | None]):
    """Asks for the verdict and the interval; None when cancelled. Nothing is sent."""

    BINDINGS = [("escape", "cancel", "Cancel"), *((verdict[0].lower(), f"decide('{verdict}')") for verdict in VERDICTS)]
    DEFAULT_CSS = """
    BootAnswerPrompt { align: center middle; }
    BootAnswerPrompt > Vertical { width: 76; max-width: 96%; height: auto; padding: 0 1;
                                  border: round $primary; background: $surface; }
    BootAnswerPrompt Static { height: auto; }
    BootAnswerPrompt Horizontal { height: auto; margin: 1 0 0 0; align-horizontal: right; }
    BootAnswerPrompt Button { margin: 0 0 0 1; }
    """

    def __init__(self, names: str, now: BootAnswer) -> None:
        """`names` says which stations; `now` is what they are answered at present."""
        super().__init__()
        self._names, self._now = names, now

    def compose(self) -> ComposeResult:
        """What holds at present, the interval, the verdicts."""
        with Vertical():
            said: list[list[Piece | str]] = [
                ["A boot of ", (self._names, STRONG), f" is answered {self._now.verdict}."],
                [(EXPLAINED[0], QUIET)],
                [(EXPLAINED[1], QUIET)],
                ["Heartbeat interval in seconds:"],
            ]
            yield Static(toned_lines(said), markup=False)
            yield Input(str(self._now.interval), compact=True, type="integer", max_length=6)
            yield Static("", id="boot-problem", classes="-wrong", markup=False)
            with Horizontal():
                for verdict in VERDICTS:
                    label = Content(f"{verdict} ({verdict[0].lower()})")
                    yield Button(
                        label, "primary" if verdict == self._now.verdict else "default", id=verdict, compact=True
                    )
                yield Button("Cancel (esc)", id="cancel", compact=True)

    def on_mount(self) -> None:
        """At the verdict that holds."""
        self.query_one(f"#{self._now.verdict}").focus()

    def action_cancel(self) -> None:
        """Close; everything stays."""
        self.dismiss(None)

    def action_decide(self, verdict: str) -> None:
        """Close with this verdict, when the interval is one."""
        text = self.query_one(Input).value.strip()
        if text.isdecimal() and 1 <= int(text) <= LONGEST_INTERVAL:
            self.dismiss(BootAnswer(verdict, int(text)))
        else:
            problem = f"The interval must be a number of seconds from 1 to {LONGEST_INTERVAL}."
            self.query_one("#boot-problem", Static).update(problem)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id in VERDICTS:
            self.action_decide(str(event.button.id))
        else:
            self.dismiss(None)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_decide(self._now.verdict)
