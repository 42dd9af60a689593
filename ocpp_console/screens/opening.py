"""What is on the screen until the engine runs: it needs nothing of the console, so that it is there at once."""

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Static


class OpeningScreen(Screen[None]):
    """A line that says what is being waited for."""

    DEFAULT_CSS = """
    OpeningScreen { background: $background; }
    OpeningScreen > #name { dock: top; height: 1; padding: 0 1; background: $panel; text-style: bold; }
    OpeningScreen > #waits { padding: 1 2; color: $foreground-muted; }
    """

    def compose(self) -> ComposeResult:
        """The name and the reason."""
        yield Static("ocpp-console", id="name", markup=False)
        yield Static("Opening the log of yesterday and the port for chargers…", id="waits", markup=False)
