"""A framed part of a page: a title that says what is shown, and usually one table."""

from collections.abc import Iterator, Sequence
from time import monotonic
from typing import Any, NamedTuple

from textual.app import ComposeResult
from textual.content import Content

from ocpp_console.model.filter_completion import NOTHING_TO_ADD, Completion
from ocpp_console.visible import visible
from ocpp_console.widgets.record_table import RecordTable
from ocpp_console.widgets.still import Still

TITLE_SECONDS = 0.5
"""Titles change twice a second at most by themselves; what the user does shows at once."""


class FilterTrouble(NamedTuple):
    """Why a filter cannot be used: a sentence, and the word of it that is at fault."""

    text: str
    word: str
    at: int = 0
    """Where the word begins in the line."""
    unfinished: bool = False
    """It is being typed: what follows may make it right."""


class Pane(Still):
    """A frame with a title of name and state parts. Panes with one table set `table` and override `rows`.

    A page pokes its panes after every batch of facts; a pane pokes its table and renews its title. The filter line
    hands its text to `filter`.
    """

    DEFAULT_CSS = """
    Pane {
        layout: vertical;
        height: 1fr;
        width: 1fr;
        background: $surface;
        border: round $border-blurred;
        border-title-color: $foreground;
        border-title-style: bold;
        border-subtitle-color: $foreground-muted;
        &:focus-within { border: round $border; }
    }
    """
    kind = ""
    """Chooses the footer and the help; see `keys.FOOTERS`."""
    filterable = True
    filter_hint = "text to look for"
    """What an empty filter line tells."""
    filter_words: Sequence[tuple[str, str]] = ()
    """Words its filter knows, each with what it finds: the help lists them."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        """Nothing is asked of the engine before it is composed."""
        super().__init__(id=id, classes=classes)
        self.table: RecordTable[Any] | None = None
        self.filter_text = ""
        self._title = ""
        self._titled = 0.0

    def compose(self) -> ComposeResult:
        """The table, if there is one; others override this."""
        if self.table is not None:
            yield self.table

    def on_mount(self) -> None:
        """Show the title at once."""
        self.poke()

    def title_parts(self) -> Sequence[str]:
        """What the title says, most important first; raw station text is fine."""
        return ()

    def filter(self, text: str) -> FilterTrouble | None:
        """Show only what matches; a trouble leaves everything as it was. The default looks for the text in `plain`."""
        self.filter_text = text.casefold().strip()
        if self.table is not None:
            self.table.restart()
        self.renew_title()
        return None

    def filter_kept(self) -> None:
        """The filter line was left with enter: the filter is meant."""

    def complete(self, text: str) -> Completion:
        """What may stand at the end of a filter that is being typed, and a word of help."""
        return NOTHING_TO_ADD

    def filter_history(self) -> Sequence[str]:
        """Filters that were used before, the latest last."""
        return ()

    def step_back(self) -> bool:
        """End what is under way before esc means anything else; False when nothing is."""
        return False

    def poke(self) -> None:
        """Something may have changed."""
        for _ in self.drawing():
            pass

    def drawing(self) -> Iterator[object]:
        """`poke` in steps of a few milliseconds, for panes that hold nothing but their table."""
        if self.table is not None:
            yield from self.table.drawing()
        # a new title draws the whole frame again; a count that races may wait
        if monotonic() - self._titled >= TITLE_SECONDS:
            self.renew_title()

    def renew_title(self) -> None:
        """Draw the title again if it says something else."""
        parts = tuple(visible(part, 60) for part in self.title_parts() if part)
        if self.filter_text:
            parts += (f"/{visible(self.filter_text, 40)}",)
        # without colours nothing else tells which frame has the focus
        shown = ("› " + "  ".join(parts)) if self.app.no_color and self.has_focus_within else "  ".join(parts)
        if shown != self._title:
            self._title, self._titled = shown, monotonic()
            self.border_title = Content(shown)

    def on_descendant_focus(self) -> None:
        """The keys are for this pane now."""
        self.renew_title()

    def on_descendant_blur(self) -> None:
        """They are for another one."""
        self.renew_title()

    def on_record_table_changed(self) -> None:
        """Following or order changed: the title says so."""
        self.renew_title()
