"""What is on the screen until the engine runs: it needs nothing of the console, so that it is there at once."""

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Static

LOOK_SECONDS = 0.2

MEANWHILE = """\
No snapshot of them can be used, as after a kill.
Chargers that knock meanwhile are told to come again: nothing is lost.

q quits at once; the next start then begins here anew."""


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

    def on_mount(self) -> None:
        """Once this is on the screen, look now and then whether it takes long."""
        self.call_after_refresh(lambda: self.set_interval(LOOK_SECONDS, self._look))

    def _look(self) -> None:
        """Tell how far a long start is, what chargers are told meanwhile, and how to end it."""
        restoring = getattr(getattr(self.app, "engine", None), "restoring", None)
        if restoring is None or not restoring.total:
            return
        room = max(10, min(60, self.size.width - 6))
        full = round(restoring.part * room)
        lines = [restoring.standing, "", "█" * full + "░" * (room - full), "", MEANWHILE]
        self.query_one("#waits", Static).update("\n".join(lines))
