"""A small question over the page: yes or no."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from ocpp_console.widgets.toned import toned_lines


class Question(ModalScreen[bool]):
    """A yes or no; no is where the focus is, so that a stray enter does nothing."""

    BINDINGS = [
        ("y", "answer(True)", "Yes"),
        ("n,escape", "answer(False)", "No"),
        ("left,up", "app.focus_previous", "Other button"),
        ("right,down", "app.focus_next", "Other button"),
    ]
    DEFAULT_CSS = """
    Question { align: center middle; }
    Question > Vertical { width: 64; max-width: 90%; height: auto; padding: 0 1;
                          border: round $warning; background: $surface; }
    Question Static { height: auto; }
    Question Horizontal { height: auto; margin: 1 0 0 0; align-horizontal: right; }
    Question Button { margin: 0 0 0 1; }
    """

    def __init__(self, text: str, yes: str = "Yes", no: str = "No") -> None:
        """`text` may hold station text; `yes` and `no` are the words on the buttons, an empty `no` has none."""
        super().__init__()
        self._text, self._yes, self._no = text, yes, no

    def compose(self) -> ComposeResult:
        """The question above its two answers."""
        with Vertical():
            yield Static(toned_lines([line] for line in self._text.splitlines()))
            with Horizontal():
                yield Button(Content(f"{self._yes} (y)"), "warning", id="yes", compact=True)
                if self._no:
                    yield Button(Content(f"{self._no} (n)"), id="no", compact=True)

    def on_mount(self) -> None:
        """No is the safe answer."""
        self.query(Button).last().focus()

    def action_answer(self, yes: bool) -> None:
        """Close with the answer."""
        self.dismiss(yes)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss(event.button.id == "yes")
