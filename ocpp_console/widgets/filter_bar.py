"""The filter line: every keystroke filters; what cannot be understood turns red and says which word."""

from textual import events, on
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from ocpp_console.visible import visible


class FilterBar(Widget):
    """Hidden until asked for. Says `Typed` with every change, `Left` when the user is done."""

    DEFAULT_CSS = """
    FilterBar {
        dock: bottom; height: 1; layout: horizontal; display: none; background: $panel;
        &.open { display: block; }
        & > #slash { width: 2; color: $accent; }
        & > Input { width: 1fr; height: 1; border: none; padding: 0; background: $panel; }
        & > Input:focus { border: none; }
        &.wrong > Input { color: $error; text-style: bold; }
        & > #trouble { width: auto; max-width: 50%; color: $error; padding: 0 1; }
        & > #trouble.hint { color: $foreground-muted; }
    }
    """

    class Typed(Message):
        """The text changed."""

        def __init__(self, text: str) -> None:
            """`text` is the whole filter."""
            super().__init__()
            self.text = text

    class Left(Message):
        """Enter: the filter stays and the list gets the focus back. Escape: it is cleared as well (`cleared`)."""

        def __init__(self, cleared: bool) -> None:
            """`cleared` tells escape from enter."""
            super().__init__()
            self.cleared = cleared

    def compose(self) -> ComposeResult:
        """The slash, the line, and room for a complaint."""
        yield Static("/", id="slash", markup=False)
        yield Input(id="filter")
        yield Static("", id="trouble", markup=False)

    @property
    def line(self) -> Input:
        """The input."""
        return self.query_one("#filter", Input)

    def open(self, text: str, hint: str) -> None:
        """Show it with `text` and take the focus; an empty line shows `hint`."""
        self.add_class("open")
        self.line.placeholder = hint
        self.line.value = text
        self.line.focus()

    def close(self) -> None:
        """Hide it."""
        self.remove_class("open")
        self.complain("", "")

    def complain(self, text: str, word: str) -> None:
        """Turn red and say what is wrong, naming the word; an empty text takes it back."""
        self.set_class(bool(text), "wrong")
        sentence = f"“{visible(word, 20)}”: {visible(text, 80)}" if word and word not in text else visible(text, 100)
        self.query_one("#trouble", Static).update(Content(sentence))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self.has_class("open"):
            self.post_message(self.Typed(event.value))

    @on(Input.Submitted)
    def _done(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Left(cleared=False))

    def on_key(self, event: events.Key) -> None:
        """Escape clears; down leaves as enter does."""
        if event.key in ("escape", "down"):
            event.stop()
            event.prevent_default()
            self.post_message(self.Left(cleared=event.key == "escape"))
