"""Writing the message log to a file from the screen: where to, how much of it may be read, and how far it is."""

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.notifications import SeverityLevel
from textual.screen import ModalScreen, Screen
from textual.widgets import Button, Static

from ocpp_console.model.messages import Message
from ocpp_console.outputs.traces.export import FORMATS, Export, format_of
from ocpp_console.outputs.traces.pseudonyms import Pseudonyms
from ocpp_console.outputs.traces.redaction import Nothing, Redaction, Veil
from ocpp_console.screens.path_prompt import PathPrompt, may_replace
from ocpp_console.screens.text_prompt import ChoicePrompt
from ocpp_console.visible import visible

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

FILE_NAME = "ocpp-log.jsonl"

_VEILS: dict[str, Callable[[], Veil]] = {
    "Mask passwords and keys": Redaction,
    "Anonymise: other names as well": Pseudonyms,
    "Everything as it is": Nothing,
}

_SLICE_SECONDS = 0.008
"""For which facts are written before stations are answered again."""
_TOLD_SECONDS = 0.25


class ExportRun(ModalScreen[str]):
    """Writes while it is open; gives a sentence about what became of it."""

    BINDINGS = [("escape", "cancel", "Cancel")]
    DEFAULT_CSS = """
    ExportRun { align: center middle; }
    ExportRun > Vertical { width: 64; max-width: 96%; height: auto; padding: 0 1;
                           border: round $primary; background: $surface; }
    ExportRun Static { height: auto; }
    ExportRun Horizontal { height: auto; margin: 1 0 0 0; align-horizontal: right; }
    """

    def __init__(self, engine: "Engine", export: Export) -> None:
        """Feeds `export` with the whole log."""
        super().__init__()
        self._engine, self._export = engine, export
        self._cancelled = False
        self._until = self._told = 0.0

    def compose(self) -> ComposeResult:
        """How far it is, and a way out."""
        with Vertical():
            yield Static(Content(f"Writing {visible(str(self._export.path), 200)}"))
            yield Static("", id="export-progress", markup=False)
            with Horizontal():
                yield Button("Cancel (esc)", compact=True)

    def on_mount(self) -> None:
        """Begin."""
        self.run_worker(self._run())

    @on(Button.Pressed)
    def action_cancel(self) -> None:
        """Stop; nothing is left of the file."""
        self._cancelled = True

    async def _run(self) -> None:
        """All facts up to now, once or twice; what comes meanwhile was not learned, so its names would get out."""
        export, last = self._export, self._engine.bus.last_seq
        try:
            if export.veil.two_passes:
                async for fact in self._engine.facts():
                    if fact.seq > last:
                        break
                    export.veil.learn(fact)
                    if self._pause() and not await self._breathe("reading", fact.seq):
                        break
            async for fact in self._engine.facts():
                if self._cancelled or fact.seq > last:
                    break
                export.take(fact)
                if self._pause() and not await self._breathe("writing", fact.seq):
                    break
            self._finish()
        except OSError as problem:
            export.abandon()
            self.dismiss(f"{export.path} cannot be written: {problem.strerror or problem}.")

    def _pause(self) -> bool:
        """It is somebody else's turn."""
        return time.perf_counter() >= self._until

    async def _breathe(self, verb: str, seq: int) -> bool:
        """Let others have their turn and tell how far it is; False when it was cancelled."""
        await asyncio.sleep(0)
        now = time.perf_counter()
        self._until = now + _SLICE_SECONDS
        if now >= self._told + _TOLD_SECONDS:
            self._told = now
            share = seq / max(self._engine.bus.last_seq, 1)
            words = f"{verb} {min(share, 1):.0%}, {self._export.written:,} lines written"
            self.query_one("#export-progress", Static).update(Content(words))
        return not self._cancelled

    def _finish(self) -> None:
        """Give the file its name, or leave nothing of it."""
        if self._cancelled:
            self._export.abandon()
            self.dismiss("Cancelled: nothing was written.")
            return
        done = self._export.finish()
        files = " and ".join(str(path) for path in done.files)
        left = [f"{done.left_out:,} lines left out, which this format has no place for"] if done.left_out else []
        self.dismiss("; ".join((f"{done.rows:,} lines written to {files}", *done.words, *left)) + ".")


async def export_log(
    screen: Screen[Any],
    engine: "Engine",
    keep: Callable[[Message], bool] | None,
    *,
    name: str = FILE_NAME,
    what: str = "",
) -> None:
    """Ask where to and how, then write the log, or what `keep` lets through. To be run in a worker.

    `name` is the file proposed, `what` says what is written.
    """
    app = screen.app

    def say(text: str, severity: SeverityLevel = "information") -> None:
        screen.notify(visible(text, 600), severity=severity, timeout=12, markup=False)

    what = what or ("what the filter shows" if keep is not None else "the whole log")
    endings = ", ".join(each.endings[0] for each in FORMATS.values())
    text = f"Write {what} to a file; its ending tells the format ({endings}):"
    path = await app.push_screen_wait(PathPrompt(text, name, "Write", must_exist=False))
    if path is None:
        return
    form = format_of(path)
    if form is None:
        say(f"The ending of {path.name} tells no format. There are: {endings}.", "warning")
        return
    choice = await app.push_screen_wait(ChoicePrompt("How much of it may be read?", tuple(_VEILS), upright=True))
    if choice is None:
        return
    if not await may_replace(app, path):
        return
    try:
        export = Export(path, form, _VEILS[choice](), keep)
    except OSError as problem:
        say(f"{path} cannot be written: {problem.strerror or problem}.", "error")
        return
    say(await app.push_screen_wait(ExportRun(engine, export)) or "")
