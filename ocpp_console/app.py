"""The terminal front end: pages, keys, palette, and the pump that carries what happened to the page in view.

The screen comes first: the engine is made and started after the first refresh, and pages are imported when first
shown.
"""

import asyncio
import importlib
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.actions import ActionParseResult
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.dom import DOMNode
from textual.events import Resize
from textual.filter import LineFilter
from textual.geometry import Size
from textual.keys import _character_to_key
from textual.screen import Screen

from ocpp_console.keys import BY_ID, PAGES, PageEntry, all_keys, complaints_about
from ocpp_console.screens.opening import OpeningScreen
from ocpp_console.screens.typed_ahead import TypedAhead
from ocpp_console.signals import end_after
from ocpp_console.themes import DEFAULT, REVERSED_CURSORS, THEMES
from ocpp_console.visible import visible
from ocpp_console.widgets.bindings import bindings
from ocpp_console.widgets.line_filters import AsciiOnly, Colourless, Scrub

if TYPE_CHECKING:
    from ocpp_console.engine import Engine
    from ocpp_console.settings import Settings

HUNG_UP = 128 + 1
"""What the end by SIGHUP is told as."""
LAST_SECONDS = 10.0
"""After which a console without a terminal is gone in any case; its store has long been closed by then."""
DRAWING_SECONDS = 1.0
"""For the last words of the app once the store is closed; nobody reads them."""

BROKEN, NO_PORT = 1, 3
"""Exit codes: something is wrong with the database or the program; nobody could listen."""

PROBLEM_SECONDS = 15.0
"""How long a trouble of the console itself stands in full; its beginning stays in the status line until it was seen."""
MOST_PROBLEMS_TOLD = 3
"""Troubles of one moment that are told in full."""


def _palette() -> type[Provider]:
    """The palette's source, imported when it is first opened."""
    from ocpp_console.screens.palette import KeysProvider

    return KeysProvider


class ConsoleApp(TypedAhead):
    """The application. Starts the engine; whoever runs the app stops it."""

    TITLE = "ocpp-console"
    CSS_PATH = "app.tcss"
    DEFAULT_MODE = "opening"
    BINDINGS: ClassVar[list[BindingType]] = bindings("app")
    NOTIFICATION_TIMEOUT = 6
    chosen_station = ""
    """The station the operator chose last; see `screens.chosen_station`."""
    COMMANDS = {_palette}

    def __init__(
        self,
        make_engine: "Callable[[], Engine] | Engine",
        settings: "Settings",
        write_log: Callable[[Exception], str] = lambda error: "no log file",
    ) -> None:
        """`make_engine` is called after the first frame, so that what it imports does not delay it.

        `write_log` keeps the details of a fault and returns the path of the file.
        """
        super().__init__()
        self._write_log = write_log
        self._make_engine = make_engine
        self._made: Engine | None = None
        self.settings = settings
        self.started = False
        """The engine listens and the first page is shown."""
        self.trouble = ""
        """Why the engine could not start; empty when it did."""
        self.broken: Exception | None = None
        """What nobody foresaw and ended the app; whoever ran it says so and writes the log file."""
        self.last_words: list[str] = []
        """What went wrong while the engine was stopped, when no screen could show it any more."""
        self._scrub = Scrub()
        self._ascii = AsciiOnly(enabled=settings.ascii)
        self._colourless = Colourless()
        self._last_seq = 0
        self._beat = 0
        self._told = 0
        self._up = False
        self._ending: int | None = None
        self._ends: asyncio.Task[None] | None = None
        self.add_mode(self.DEFAULT_MODE, OpeningScreen)
        for page in PAGES:
            self.add_mode(page.name, partial(self._make_page, page))
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = settings.theme if settings.theme in self.available_themes else DEFAULT
        self.set_keymap(dict(settings.keys))

    @property
    def engine(self) -> "Engine":
        """The engine; made when first asked for."""
        if self._made is None:
            self._made = self._make_engine() if callable(self._make_engine) else self._make_engine
        return self._made

    async def stop_engine(self) -> None:
        """End what `make_engine` made; safe to call at any time."""
        if self._made is not None:
            before = list(self._made.problems)
            await self._made.stop()
            self.last_words += [problem.text for problem in self._made.problems if problem not in before]

    # life

    def _make_page(self, page: PageEntry) -> Screen[Any]:
        """Import and make a page, when it is first shown."""
        module, _, name = page.where.partition(":")
        screen: Screen[Any] = getattr(importlib.import_module(module), name)(self.engine)
        return screen

    def end(self, code: int) -> None:
        """End with this exit code; a screen that is not up yet cannot be taken down, so then as soon as it is."""
        self._ending = code
        if self._up and code == HUNG_UP:
            self._ends = asyncio.get_running_loop().create_task(self._end_without_terminal(code))
        elif self._up:
            self.exit(return_code=code)

    async def _end_without_terminal(self, code: int) -> None:
        """The window is gone: the store is closed first, for Textual may wait for ever to draw its last words."""
        end_after(LAST_SECONDS, code)
        await self.stop_engine()
        end_after(DRAWING_SECONDS, code)
        self.exit(return_code=code)

    def on_ready(self) -> None:
        """Draw first, then start the engine, while keys are heard."""
        self._up = True
        if self._ending is not None:
            self.exit(return_code=self._ending)
            return
        self.call_after_refresh(lambda: self.run_worker(self._begin(), name="start"))

    async def _begin(self) -> None:
        """Start the engine and show the first page; whatever stands in the way ends the app with a sentence."""
        try:
            await self.engine.start()
        except Exception as error:
            self.trouble = getattr(error, "text", "")
            if not self.trouble:
                raise
            code = NO_PORT if hasattr(error, "port") else BROKEN
            self.exit(return_code=code, message=_sentence(self.trouble))
            return
        await self.switch_mode(PAGES[0].name)
        self.started = True
        from ocpp_console.protocol.findings import Severity

        for complaint in self.key_complaints():
            self.engine.report(complaint, Severity.WARNING)
        self.poke()
        self.set_interval(self.pump_interval, self._pump)

    @property
    def pump_interval(self) -> float:
        """Seconds between two looks at what happened: ten a second, five over SSH."""
        if self.settings.fps:
            return 1 / min(self.settings.fps, 20)
        return 0.2 if "SSH_CONNECTION" in os.environ else 0.1

    async def _pump(self) -> None:
        """Hand what happened to the screens that can be seen; once a second even when nothing did, for the clock."""
        if not self.is_running:
            return  # a timer may tick once more while the widgets are being taken down
        self._check_size()
        last = self.engine.bus.last_seq
        facts, self._last_seq = last - self._last_seq, last
        self._beat += 1
        if facts or self._beat * self.pump_interval >= 1:
            self._beat = 0
            with self.batch_update():  # the screen composes what all tables changed at once, not table by table
                for _ in self._drawing(facts):
                    await asyncio.sleep(0)  # whoever waits for an answer comes before the next rows
                    if not self.is_running:
                        return
            self.screen.check_idle()

    def _check_size(self) -> None:
        """Ask the terminal how large it is: of two changes in quick succession the older may have been told last."""
        if self.is_headless or self.is_web:
            return
        size = Size(*shutil.get_terminal_size())
        if size != self.size:
            self.post_message(Resize(size, size))

    def poke(self, facts: int = 0) -> None:
        """Let every screen that can be seen look at the model, at once."""
        for _ in self._drawing(facts):
            pass

    def _drawing(self, facts: int) -> Iterator[object]:
        """The same in steps of a few milliseconds: the top screen, and those below windows over them."""
        self._tell_problems()
        for screen in list(reversed(self.screen_stack)):
            if screen.is_mounted and hasattr(screen, "drawing"):
                yield from screen.drawing(facts)
            elif screen.is_mounted and hasattr(screen, "poke"):
                screen.poke(facts)
            if not screen.is_modal:
                return

    def _tell_problems(self) -> None:
        """Say each new trouble of the console in full, once: the status line has room for its beginning only."""
        fresh = [problem for problem in self.engine.problems if problem.at > self._told] if self.started else []
        for problem in fresh[-MOST_PROBLEMS_TOLD:]:
            self.notify(visible(problem.text, 600), severity="error", timeout=PROBLEM_SECONDS, markup=False)
        if fresh:
            self._told = fresh[-1].at

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The net under every widget: nothing that a terminal obeys gets out; in ASCII only when asked."""
        own: list[LineFilter] = [self._scrub, self._ascii] if self._ascii.enabled else [self._scrub]
        if self.no_color:
            own.append(self._colourless)
        return [*super().get_line_filters(), *own]

    def get_css_variables(self) -> dict[str, str]:
        """Those of the theme; without colours a cursor is told by its style."""
        return super().get_css_variables() | (REVERSED_CURSORS if self.no_color else {})

    def _fatal_error(self) -> None:
        # Textual's own shows local variables: those are secrets and raw text from the wire. The caller writes the log.
        error = sys.exc_info()[1]
        self.broken = self.broken or (error if isinstance(error, Exception) else None)
        self._close_messages_no_wait()

    async def run_action(
        self,
        action: "str | ActionParseResult",
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run what a key or the palette asks for. A fault in it is told and logged: chargers go on being answered."""
        try:
            return await super().run_action(action, default_namespace, namespaces)
        except Exception as error:
            if self.is_headless:
                raise  # tests want to see it
            path = self._write_log(error)
            text = f"That did not work: {type(error).__name__}: {error} (details: {path})"
            self.notify(visible(text, 600), severity="error", timeout=PROBLEM_SECONDS, markup=False)
            return False

    # keys

    def key_complaints(self) -> list[str]:
        """What is wrong with the user's own keys, as sentences."""
        return complaints_about(self.settings.keys, _key_name)

    def handle_bindings_clash(self, clashed_bindings: set[Binding], node: DOMNode) -> None:
        """Clashes were told at the start, by `key_complaints`."""

    def get_key_display(self, binding: Binding) -> str:
        """Keys as they are written on keyboards."""
        return super().get_key_display(binding).replace("⏎", "enter")

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The palette: everything that can be done here, with its key beside it."""
        seen: set[str] = set()
        for active in screen.active_bindings.values():
            key = BY_ID.get(active.binding.id or "") or _PAGE_KEYS.get(active.binding.id or "")
            if key is None or key.id in seen or not active.enabled or key.id == "app.palette":
                continue
            seen.add(key.id)
            title = f"{key.short[0].upper()}{key.short[1:]}  ({self.get_key_display(active.binding)})"
            yield SystemCommand(title, key.help, partial(self._run_key, active.binding.action, active.node))
        if self.started:
            from ocpp_console.screens.duties import palette_entries
            from ocpp_console.screens.log_actions import saved_filter_entries

            yield from palette_entries(self)
            yield from saved_filter_entries(self)
        yield SystemCommand("Theme", "Choose other colours", self.action_change_theme)

    def _run_key(self, action: str, node: DOMNode) -> None:
        """Run an action as its key would have, once the palette is gone."""
        self.call_later(self.run_action, action, node)

    # actions

    def action_picture(self) -> None:
        """Save the screen as it is."""
        from ocpp_console.screens.picture import save_picture

        self.run_worker(save_picture(self, self.engine))

    async def action_show_page(self, name: str) -> None:
        """Show a page; the one in view goes back to its beginning."""
        if name == self.current_mode:
            while len(self.screen_stack) > 1 and not self.screen.is_modal:
                await self.pop_screen()
            return
        await self.switch_mode(name)

    def action_help(self) -> None:
        """The keys."""
        from ocpp_console.screens.help import HelpScreen
        from ocpp_console.widgets.pane import Pane

        pane = getattr(self.screen, "focused_pane", None)
        page_help = getattr(self.screen, "HELP", "")
        kinds = [getattr(each, "kind", "") for each in (pane, self.screen)]
        words = next((each.filter_words for each in self.screen.query(Pane) if each.filter_words), ())
        self.push_screen(HelpScreen(page_help, kinds, dict(self.settings.keys), self.engine, words))

    def action_duties(self) -> None:
        """What the console does by itself."""
        from ocpp_console.screens.duties import DutiesScreen

        self.push_screen(DutiesScreen(self.engine))

    def action_reload(self) -> None:
        """Settings and idTags are read again."""
        from ocpp_console.screens.reload import read_again

        self.run_worker(read_again(self))

    def action_recording(self) -> None:
        """What is known of the trace that is shown."""
        from ocpp_console.screens.recording_view import RecordingView

        self.push_screen(RecordingView(self.engine))

    def action_seen(self) -> None:
        """The problems in the status line have been read."""
        self.engine.problems.clear()
        self.clear_notifications()
        self.poke()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Pages exist once the engine runs; a recording is there when one was opened, and has no duties."""
        if action in ("recording", "duties"):
            return self.started and hasattr(self.engine, "recording") is (action == "recording")
        if action in ("show_page", "seen", "help", "reload", "command_palette") and not self.started:
            return False
        return super().check_action(action, parameters)

    def action_leave(self) -> None:
        """Quit; asks first when a session runs, because the charger then talks to nobody."""
        running = self.engine.fleet.transactions.running() if self.started else ()
        if not running:
            self.exit()
            return
        from ocpp_console.screens.question import Question

        where = visible(running[0].station, 48)
        many = f"{len(running)} sessions run" if len(running) > 1 else f"A session runs at {where}"
        question = Question(f"{many}. Chargers go on by themselves, but nobody answers them. Quit?", "Quit", "Stay")
        self.push_screen(question, self._leave_answered)

    def _leave_answered(self, yes: bool | None) -> None:
        if yes:
            self.exit()

    def action_help_quit(self) -> None:
        """ctrl+c: a habit, not a command here."""
        self.notify("q quits, ctrl+q at once.", markup=False)


def _key_name(key: str) -> str:
    """A key as Textual calls it, whether it was written as its name or as its sign."""
    return _character_to_key(key) if len(key) == 1 else key


_PAGE_KEYS = {key.id: key for key in all_keys() if key.action.startswith("show_page")}


def _sentence(text: str) -> Any:
    """A message for after the end, without markup."""
    from rich.text import Text

    return Text(f"ocpp-console: {visible(text, 1000)}")
