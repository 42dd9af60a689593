"""A small window that asks for one line, and keeps asking until the line can be used."""

from typing import Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static
from textual.widgets.button import ButtonVariant

from ocpp_console.visible import visible

Answer = TypeVar("Answer")


class LinePrompt(ModalScreen[Answer | None], Generic[Answer]):
    """Gives what `read` made of the line; None when cancelled. A kind of line is a subclass with its own `read`."""

    BINDINGS = [("escape", "cancel", "Cancel")]
    DEFAULT_CSS = """
    LinePrompt { align: center middle; }
    LinePrompt > Vertical { width: 76; max-width: 96%; height: auto; padding: 0 1;
                            border: round $primary; background: $surface; }
    LinePrompt Static { height: auto; }
    LinePrompt Horizontal { height: auto; margin: 1 0 0 0; align-horizontal: right; }
    LinePrompt Button { margin: 0 0 0 1; }
    """

    def __init__(self, text: str, value: str, verb: str, *, hint: str = "", tone: ButtonVariant = "primary") -> None:
        """`verb` is what the button says and `tone` its colour; `hint` is what an empty line shows."""
        super().__init__()
        self._text, self._value, self._verb = text, value, verb
        self._hint, self._tone = hint, tone

    def read(self, text: str) -> tuple[Answer | None, str]:
        """The answer in a line, or None and a sentence that says what is wrong with it."""
        raise NotImplementedError

    def told(self) -> ComposeResult:
        """What stands above the line."""
        yield Static(Content(self._text))

    def compose(self) -> ComposeResult:
        """The question, the line, what is wrong with it, the buttons."""
        with Vertical():
            yield from self.told()
            yield Input(self._value, placeholder=self._hint, compact=True)
            yield Static("", id="line-problem", classes="-wrong", markup=False)
            with Horizontal():
                yield Button(Content(f"{self._verb} (enter)"), self._tone, id="yes", compact=True)
                yield Button("Cancel (esc)", id="no", compact=True)

    def on_mount(self) -> None:
        """At the line; nothing is wrong yet."""
        self.query_one(Input).focus()
        self.query_one("#line-problem").display = False

    def action_cancel(self) -> None:
        """Close without an answer."""
        self.dismiss(None)

    @on(Button.Pressed)
    @on(Input.Submitted)
    def _finish(self, event: Button.Pressed | Input.Submitted) -> None:
        event.stop()
        if isinstance(event, Button.Pressed) and event.button.id == "no":
            self.dismiss(None)
            return
        answer, problem = self.read(self.query_one(Input).value)
        if answer is not None:
            self.dismiss(answer)
            return
        shown = self.query_one("#line-problem", Static)
        shown.display = True
        shown.update(Content(visible(problem)))
