"""Asks for the name under which a command is kept."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from ocpp_console.model.saved_commands import LONGEST_NAME
from ocpp_console.screens.placeholders import EXPLAINED

LONGEST_NOTE = 200


class NamePrompt(ModalScreen[tuple[str, str] | None]):
    """Name and note; None when cancelled. A name that is taken is replaced, and the prompt says so."""

    BINDINGS = [("escape", "cancel", "Cancel")]
    DEFAULT_CSS = """
    NamePrompt { align: center middle; }
    NamePrompt > Vertical { width: 76; max-width: 96%; height: auto; padding: 0 1;
                            border: round $primary; background: $surface; }
    NamePrompt Static { height: auto; }
    NamePrompt #taken { color: $warning; }
    """

    def __init__(self, title: str, taken: frozenset[str], name: str = "", note: str = "") -> None:
        """`taken` are the names in use, in small letters."""
        super().__init__()
        self._heading, self._taken = title, taken
        self._begin_name, self._begin_note = name, note

    def compose(self) -> ComposeResult:
        """Two lines to fill in."""
        with Vertical() as box:
            box.border_title = Content(self._heading)
            yield Static("Name", markup=False)
            yield Input(self._begin_name, id="name", max_length=LONGEST_NAME, select_on_focus=False, compact=True)
            yield Static("Note", markup=False)
            yield Input(self._begin_note, id="note", max_length=LONGEST_NOTE, select_on_focus=False, compact=True)
            yield Static(id="taken", markup=False)
            told = f"Texts in braces are filled in when it is used: {EXPLAINED}. enter keeps it, esc does not."
            yield Static(Content(told), classes="-quiet")

    @on(Input.Changed, "#name")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        other = event.value.strip().casefold()
        taken = other in self._taken and other != self._begin_name.casefold()
        self.query_one("#taken", Static).update("There is one of this name: it will be replaced." if taken else "")

    @on(Input.Submitted)
    def _finish(self, event: Input.Submitted) -> None:
        event.stop()
        name = self.query_one("#name", Input).value.strip()
        if not name:
            self.query_one("#taken", Static).update("It needs a name.")
            self.query_one("#name").focus()
            return
        self.dismiss((name, self.query_one("#note", Input).value.strip()))

    def action_cancel(self) -> None:
        """Close without a name."""
        self.dismiss(None)
