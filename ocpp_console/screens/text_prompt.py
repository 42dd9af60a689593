"""Small windows that ask for a line of text, or for one of a few words."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from ocpp_console.screens.line_prompt import LinePrompt
from ocpp_console.visible import visible


class TextPrompt(LinePrompt[str]):
    """Asks for a line; None when cancelled. An empty line is an answer."""

    def read(self, text: str) -> tuple[str | None, str]:
        """Whatever was typed."""
        return text, ""


class ChoicePrompt(ModalScreen[str | None]):
    """Asks for one of a few words; None when cancelled."""

    BINDINGS = [
        ("escape", "cancel", "Cancel"),
        ("left,up", "app.focus_previous", "Other button"),
        ("right,down", "app.focus_next", "Other button"),
    ]
    DEFAULT_CSS = """
    ChoicePrompt { align: center middle; }
    ChoicePrompt > Vertical { width: 72; max-width: 96%; height: auto; padding: 0 1;
                      border: round $primary; background: $surface; }
    ChoicePrompt Static { height: auto; }
    ChoicePrompt Horizontal { height: auto; margin: 1 0 0 0; align-horizontal: right; }
    ChoicePrompt .upright { height: auto; margin: 1 0 0 0; }
    ChoicePrompt Button { margin: 0 0 0 1; }
    """

    def __init__(self, text: str, words: Sequence[str], *, upright: bool = False) -> None:
        """The first word has the focus; `upright` puts them below each other, for long ones."""
        super().__init__()
        self._text, self._words, self._upright = text, tuple(words), upright

    def compose(self) -> ComposeResult:
        """The question and one button for each word."""
        with Vertical():
            yield Static(Content(self._text))
            with Vertical(classes="upright") if self._upright else Horizontal():
                for word in self._words:
                    yield Button(Content(visible(word, 60)), name=word, compact=True)

    def on_mount(self) -> None:
        """The first."""
        self.query(Button).first().focus()

    def action_cancel(self) -> None:
        """Close without an answer."""
        self.dismiss(None)

    @on(Button.Pressed)
    def _finish(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss(event.button.name)
