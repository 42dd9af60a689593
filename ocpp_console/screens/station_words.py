"""Asks for what people call a station, and for notes about it."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from ocpp_console.model.station_settings import LONGEST_NAME, LONGEST_NOTES
from ocpp_console.visible import visible


class StationWords(ModalScreen[tuple[str, str] | None]):
    """Name and notes; None when cancelled. Nothing is sent to the station."""

    BINDINGS = [("escape", "cancel", "Cancel")]
    DEFAULT_CSS = """
    StationWords { align: center middle; }
    StationWords > Vertical { width: 76; max-width: 96%; height: auto; padding: 0 1;
                              border: round $primary; background: $surface; }
    StationWords Static { height: auto; }
    """

    def __init__(self, identity: str, name: str, notes: str) -> None:
        """What it is called so far."""
        super().__init__()
        self._identity, self._name, self._notes = identity, name, notes

    def compose(self) -> ComposeResult:
        """Two lines to fill in."""
        with Vertical() as box:
            box.border_title = Content(f"Name and notes of {visible(self._identity, 48)}")
            yield Static("Name", markup=False)
            yield Input(self._name, id="name", max_length=LONGEST_NAME, select_on_focus=False, compact=True)
            yield Static("Notes", markup=False)
            yield Input(self._notes, id="notes", max_length=LONGEST_NOTES, select_on_focus=False, compact=True)
            yield Static("enter keeps them, esc does not.", classes="-quiet", markup=False)

    @on(Input.Submitted)
    def _finish(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss((self.query_one("#name", Input).value.strip(), self.query_one("#notes", Input).value.strip()))

    def action_cancel(self) -> None:
        """Close; everything stays."""
        self.dismiss(None)
