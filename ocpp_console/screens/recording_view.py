"""What is known of an opened trace: how far it is loaded, what could not be read, line by line."""

from typing import TYPE_CHECKING, Any

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from ocpp_console.visible import visible

if TYPE_CHECKING:
    from ocpp_console.outputs.traces.source import Trace


class RecordingView(ModalScreen[None]):
    """A window over the page; esc closes it."""

    BINDINGS = [("escape,f2", "close", "Close"), ("s", "stop", "Stop loading")]
    DEFAULT_CSS = """
    RecordingView { align: center middle; }
    RecordingView > Vertical { width: 100; max-width: 96%; height: auto; max-height: 90%; padding: 0 1;
                               border: round $primary; background: $surface; }
    RecordingView VerticalScroll { height: auto; max-height: 16; margin: 1 0 0 0; }
    RecordingView Static { height: auto; }
    RecordingView Horizontal { height: auto; margin: 1 0 0 0; align-horizontal: right; }
    RecordingView Button { margin: 0 0 0 1; }
    """

    def __init__(self, engine: Any) -> None:
        """`engine` is the one of a trace."""
        super().__init__()
        self._engine = engine
        self._shown = -1

    def compose(self) -> ComposeResult:
        """Facts about the trace, the lines that could not be read, the buttons."""
        with Vertical():
            yield Static("", id="recording", markup=False)
            with VerticalScroll():
                yield Static("", id="problems", markup=False)
            with Horizontal():
                yield Button("Stop loading (s)", "warning", id="stop", compact=True)
                yield Button("Close (esc)", id="close", compact=True)

    def on_mount(self) -> None:
        """Fill it, and keep it up to date while the trace is loaded."""
        self.query_one("#close", Button).focus()
        self.poke(0)

    def poke(self, facts: int) -> None:
        """Look again."""
        recording = self._engine.recording
        trace: Trace = recording.trace
        lines = [
            f"{visible(str(trace.path), 300)}, {trace.size:,} bytes",
            f"{recording.standing.rpartition(', ')[2] if recording.loading else 'loaded'}: {recording.facts:,} facts",
        ]
        if recording.stopped:
            lines[1] += ", broken off here"
        if trace.frames_guessed:
            lines.append(f"For {trace.frames_guessed:,} frames the file does not say who sent them; that was inferred.")
        lines.append(f"Lines that could not be read: {trace.unread:,}")
        self.query_one("#recording", Static).update(Content("\n".join(lines)))
        self.query_one("#stop", Button).display = recording.loading
        if len(trace.problems) != self._shown:
            self._shown = len(trace.problems)
            self.query_one("#problems", Static).update(_problem_lines(trace))

    def action_close(self) -> None:
        """Back to the page."""
        self.dismiss(None)

    def action_stop(self) -> None:
        """Keep what is loaded so far."""
        self._engine.stop_loading()
        self.poke(0)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "stop":
            self.action_stop()
        else:
            self.dismiss(None)


def _problem_lines(trace: "Trace") -> Text:
    """Each line that could not be read, with its number and why."""
    text = Text(no_wrap=False)
    for problem in trace.problems:
        where = f"{problem.file} {problem.line}".strip()
        text.append(f"{where:>6}  {visible(problem.text, 200)}  ")
        text.append(f"{visible(problem.excerpt, 60)}\n", "dim")
    if trace.unread > len(trace.problems):
        text.append(f"… and {trace.unread - len(trace.problems):,} more\n")
    return text
