"""Small questions over the page: yes or no, and a file's path."""

from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from ocpp_console.visible import visible
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


class PathPrompt(ModalScreen[Path | None]):
    """Asks for a file's path; None when cancelled. `~` is the home directory."""

    BINDINGS = [("escape", "cancel", "Cancel")]
    DEFAULT_CSS = """
    PathPrompt { align: center middle; }
    PathPrompt > Vertical { width: 76; max-width: 96%; height: auto; padding: 0 1;
                            border: round $primary; background: $surface; }
    PathPrompt Static { height: auto; }
    PathPrompt Horizontal { height: auto; margin: 1 0 0 0; align-horizontal: right; }
    PathPrompt Button { margin: 0 0 0 1; }
    """

    def __init__(self, text: str, value: str, verb: str, *, must_exist: bool) -> None:
        """`must_exist` refuses a path without a file; otherwise the directory must be there."""
        super().__init__()
        self._text, self._value, self._verb, self._must_exist = text, value, verb, must_exist

    def compose(self) -> ComposeResult:
        """The line to edit, what is wrong with it, the buttons."""
        with Vertical():
            yield Static(Content(self._text))
            yield Input(self._value, compact=True)
            yield Static("", id="path-problem", classes="-wrong", markup=False)
            with Horizontal():
                yield Button(Content(f"{self._verb} (enter)"), "primary", id="yes", compact=True)
                yield Button("Cancel (esc)", id="no", compact=True)

    def action_cancel(self) -> None:
        """Close without a path."""
        self.dismiss(None)

    @on(Button.Pressed)
    @on(Input.Submitted)
    def _finish(self, event: Button.Pressed | Input.Submitted) -> None:
        event.stop()
        if isinstance(event, Button.Pressed) and event.button.id == "no":
            self.dismiss(None)
            return
        path, problem = checked_path(self.query_one(Input).value, must_exist=self._must_exist)
        if path is not None:
            self.dismiss(path)
        self.query_one("#path-problem", Static).update(Content(visible(problem)))


def checked_path(text: str, *, must_exist: bool) -> tuple[Path | None, str]:
    """The path `text` names, or what is wrong with it as a sentence."""
    try:
        path = Path(text.strip()).expanduser()
        if not text.strip() or path.is_dir():
            return None, "Name a file, not a directory."
        if must_exist and not path.is_file():
            return None, f"There is no file {path}."
        if not path.absolute().parent.is_dir():
            return None, f"There is no directory {path.absolute().parent}."
    except (OSError, ValueError, RuntimeError) as error:
        return None, f"That path cannot be used: {error}"
    return path, ""
