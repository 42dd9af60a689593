"""The filter line: every keystroke filters; tab completes; what cannot be understood turns red, its word marked."""

from collections.abc import Sequence
from typing import Protocol

from rich.highlighter import Highlighter
from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from ocpp_console.model.filter_completion import NOTHING_TO_ADD, Completion
from ocpp_console.visible import visible

HELP_KEY = "?"
"""Typed into an empty line it asks for the words of the language; F1 does so anywhere."""


class Helper(Protocol):
    """Who knows what a filter may be about: the pane that is filtered."""

    def complete(self, text: str) -> Completion:
        """What may stand at the end of `text`."""

    def filter_history(self) -> Sequence[str]:
        """Filters used before, the latest last."""


class _WrongWord(Highlighter):
    """Marks the word that is at fault in the line."""

    def __init__(self) -> None:
        self.start, self.end = 0, 0

    def highlight(self, text: Text) -> None:
        """Reverse is seen without colours, too."""
        if self.end > self.start:
            text.stylize("reverse", self.start, self.end)


class FilterBar(Widget):
    """Hidden until asked for. Says `Typed` with every change, `Left` when the user is done."""

    DEFAULT_CSS = """
    FilterBar {
        dock: bottom; height: auto; layout: vertical; display: none; background: $panel;
        &.open { display: block; }
        & > #offers { height: 1; width: 1fr; color: $foreground-muted; padding: 0 2; text-wrap: nowrap; }
        & > #offers.empty { display: none; }
        & > #line { height: 1; layout: horizontal; }
        & #slash { width: 2; color: $accent; }
        & #filter { width: 1fr; height: 1; border: none; padding: 0; background: $panel; }
        & #filter:focus { border: none; }
        &.wrong #filter { color: $error; text-style: bold; }
        &.unfinished #filter { color: $warning; }
        &.unfinished > #offers { color: $warning; }
        & > #trouble { height: 1; width: 1fr; color: $error; padding: 0 2; display: none; text-wrap: nowrap; }
        &.wrong > #trouble { display: block; }
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

    def __init__(self) -> None:
        """Closed."""
        super().__init__()
        self._helper: Helper | None = None
        self._wrong = _WrongWord()
        self._offered: Completion = NOTHING_TO_ADD
        self._turn = 0
        """Which candidate the next tab takes."""
        self._completed = ""
        """The line as the last tab left it."""
        self._back = 0
        """How far back in the history the line is."""
        self.trouble: tuple[str, str, int] | None = None
        """Why what stands in the line cannot be used: sentence, word, and where the word begins."""
        self._expected = ""
        """What an unfinished line still needs."""
        self._own = ""
        """What was typed before the history was looked at."""

    def compose(self) -> ComposeResult:
        """Room for a complaint and for what may come next, above the slash and the line."""
        yield Static("", id="trouble", markup=False)
        yield Static("", id="offers", classes="empty", markup=False)
        with _Line(id="line"):
            yield Static("/", id="slash", markup=False)
            yield Input(id="filter", highlighter=self._wrong)

    @property
    def line(self) -> Input:
        """The input."""
        return self.query_one("#filter", Input)

    def open(self, text: str, hint: str, helper: Helper | None = None) -> None:
        """Show it with `text` and take the focus; an empty line shows `hint`. `helper` completes."""
        self._helper, self._back, self._completed = helper, 0, ""
        self.add_class("open")
        self.line.placeholder = hint
        self.line.value = text
        self.line.focus()
        self._offer(text)

    def close(self) -> None:
        """Hide it."""
        self.remove_class("open")
        self.complain()

    def complain(self, text: str = "", word: str = "", at: int = 0, unfinished: bool = False) -> None:
        """Turn red, mark the word at `at` and say what is wrong with it; an empty text takes it back.

        What is `unfinished` is not wrong: it only says what is expected, where completion does not say so already.
        """
        wrong = bool(text) and not unfinished
        self.trouble = (text, word, at) if text else None
        self.set_class(wrong, "wrong")
        self.set_class(unfinished, "unfinished")
        self._expected = text if unfinished else ""
        self._wrong.start, self._wrong.end = (at, at + len(word)) if wrong else (0, 0)
        sentence = f"“{visible(word, 20)}” at column {at + 1}: {visible(text, 160)}" if word else visible(text, 200)
        self.query_one("#trouble", Static).update(Content(sentence if wrong else ""))
        self.line.refresh()
        self._show()

    def _offer(self, text: str) -> None:
        """Show what may stand at the end of the line."""
        self._offered = self._helper.complete(text) if self._helper is not None else NOTHING_TO_ADD
        self._turn = 0
        self._show()

    def _show(self) -> None:
        """The candidates, the next one first, else the help."""
        offered = self._offered
        names = [visible(name, 40) for name in offered.candidates]
        names = [*names[self._turn :], *names[: self._turn]]
        shown = f"tab: {'  '.join(names)}" if names else visible(offered.help, 200)
        if not shown and self._expected:
            shown = f"… {visible(self._expected, 200)}"
        if names and offered.help and len(names) < 3:
            shown += f"   {visible(offered.help, 120)}"
        offers = self.query_one("#offers", Static)
        offers.update(Content(shown))
        offers.set_class(not shown, "empty")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if not self.has_class("open"):
            return
        if event.value == HELP_KEY:  # nobody looks for a question mark alone; quotes would
            self.line.value = ""
            self.call_later(self.app.run_action, "help")
            return
        if event.value != self._completed:
            self._offer(event.value)
        self.post_message(self.Typed(event.value))

    @on(Input.Submitted)
    def _done(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Left(cleared=False))

    def on_key(self, event: events.Key) -> None:
        """Escape clears; tab completes; up goes back in the history, down forward, and out of the line at its end."""
        if event.key not in ("escape", "down", "up", "tab"):
            return
        event.stop()
        event.prevent_default()
        if event.key == "tab":
            self._complete()
        elif event.key == "up":
            self._remember(1)
        elif event.key == "down" and self._back:
            self._remember(-1)
        else:
            self.post_message(self.Left(cleared=event.key == "escape"))

    def _complete(self) -> None:
        """Put the next candidate in the place of what is being typed."""
        offered = self._offered
        if not offered.candidates:
            return
        candidate = offered.candidates[self._turn % len(offered.candidates)]
        self._turn = (self._turn + 1) % len(offered.candidates)
        only = len(offered.candidates) == 1
        end = " " if only or candidate.startswith("~") else ""
        self._completed = self.line.value[: offered.start] + candidate + end
        self.line.value = self._completed
        self.line.cursor_position = len(self._completed)
        if only:
            self._offer(self._completed)
        else:
            self._show()

    def _remember(self, step: int) -> None:
        """Another filter of the history; the one being typed stands at its end."""
        history = [] if self._helper is None else self._helper.filter_history()
        if not self._back:
            self._own = self.line.value
        self._back = min(max(self._back + step, 0), len(history))
        self.line.value = history[-self._back] if self._back else self._own
        self.line.cursor_position = len(self.line.value)


class _Line(Widget):
    """The lower line."""
