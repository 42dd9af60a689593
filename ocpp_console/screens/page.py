"""What all pages share: status line, filter line, footer, commands on the chosen stations, one step back.

A page is made with the engine only, is imported when first shown, and overrides:

- `content()` — its panes (`widgets.pane.Pane`), or any widgets;
- `poke(facts)` — only if panes are not enough; called at most ten times a second with the number of facts since the
  last call (possibly none), while the page can be seen. Call `super().poke(facts)`;
- `stations_chosen()` — only if the table under the focus does not tell, and `no_station()` says why it is none;
- `kind` — the footer when no pane with a kind has the focus;
- `HELP` — a sentence or two of what the page is for.

What a page shows it asks `engine.fleet` for each time: a trace that goes back in time has another fleet then.

An action of scope `page` in `keys.KEYS` exists on a page when the page has a method for it: `action_neighbour(step)`,
`action_copy()`, `action_station_only()`, `action_forget()` are for those that can.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widget import Widget

from ocpp_console.keys import LIVE_ACTIONS, WRITING_ACTIONS, keys_of
from ocpp_console.visible import visible
from ocpp_console.widgets.bindings import bindings
from ocpp_console.widgets.filter_bar import FilterBar
from ocpp_console.widgets.key_bar import KeyBar
from ocpp_console.widgets.pane import Pane
from ocpp_console.widgets.record_table import RecordTable
from ocpp_console.widgets.scrubber import Scrubber
from ocpp_console.widgets.status_bar import StatusBar
from ocpp_console.widgets.still import Still

if TYPE_CHECKING:
    from textual.command import Provider

    from ocpp_console.engine import Engine
    from ocpp_console.playback import Playback

PAGE_ACTIONS = frozenset(key.action.partition("(")[0] for key in keys_of("page") if not key.action.startswith("app."))


def _commands_of_stations() -> "type[Provider]":
    """What the palette can send from a page; imported when the palette opens."""
    from ocpp_console.screens.command_palette import CommandProvider

    return CommandProvider


class Page(Screen[None], Still):
    """The frame of every page; see the module for what to override."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("page") + bindings("playback")
    COMMANDS = {_commands_of_stations}
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (100, "-medium"), (120, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (18, "-short"), (30, "-tall")]
    kind = ""
    """The footer of `keys.FOOTERS` when the focused pane has none."""
    HELP = ""
    tables_only = False
    """Nothing on it depends on its tables, and no pane overrides `poke`: they may be drawn a few rows at a time."""

    def __init__(self, engine: "Engine") -> None:
        """`engine` is the façade all pages read from and act through."""
        super().__init__()
        self.engine = engine

    # what pages override

    def content(self) -> ComposeResult:
        """The page's own widgets."""
        yield from ()

    def poke(self, facts: int) -> None:
        """Facts arrived, or a second went by: let the status line and the panes look."""
        self._poke_lines()
        for pane in self.panes():
            pane.poke()
            if not facts:
                pane.renew_title()

    def _poke_lines(self) -> None:
        """Status line and scrubber."""
        for bar in self.query(StatusBar):
            bar.poke()
        if self._playback is not None:
            for scrubber in self.query(Scrubber):
                scrubber.poke()

    def drawing(self, facts: int) -> Iterator[object]:
        """`poke` in steps, between which stations are answered. Pages of nothing but tables take small ones."""
        if not self.tables_only:
            self.poke(facts)
            return
        self._poke_lines()
        for pane in self.panes():
            yield from pane.drawing()
            if not facts:
                pane.renew_title()

    def stations_chosen(self) -> list[str]:
        """The stations a command goes to: the marked ones, or that of the row under the cursor.

        A log never tells: what its cursor is on changes while it follows, and nobody meant whoever spoke last.
        """
        for table in self._tables_by_focus():
            stations = list(dict.fromkeys(name for record in table.chosen if (name := station_of(record))))
            if stations:
                return stations
        return []

    def no_station(self) -> str:
        """What is said when a key wants a station and `stations_chosen` has none."""
        return "No station to send this to: none is connected or selected yet."

    # what pages use

    @property
    def _playback(self) -> "Playback | None":
        """Where in a trace the screens are; None in a live console."""
        return getattr(self.engine, "playback", None)

    def panes(self) -> Iterator[Pane]:
        """All panes of the page."""
        yield from self.query(Pane)

    @property
    def focused_pane(self) -> Pane | None:
        """The pane with the focus, or the first."""
        focused = self.focused
        for node in focused.ancestors_with_self if focused is not None else ():
            if isinstance(node, Pane):
                return node
        return next(self.panes(), None)

    def say(self, text: str, severity: str = "information") -> None:
        """A short notice; `severity` is information, warning or error. Station text is made harmless."""
        self.notify(visible(text, 300), severity=severity, markup=False)  # type: ignore[arg-type]

    def _tables_by_focus(self) -> list[RecordTable[Any]]:
        """All tables but logs, the focused one first."""
        tables = [table for table in self.query(RecordTable) if not table.follows]
        return sorted(tables, key=lambda table: not table.has_focus)

    # frame

    def compose(self) -> ComposeResult:
        """Status line, the page, filter line, footer."""
        from textual.widgets import Static

        yield StatusBar(self.engine)
        yield from self.content()
        if self._playback is not None:
            yield Scrubber(self._playback)
        yield Static(
            "This window is too small for ocpp-console: it needs 60 columns and 18 lines. "
            "Chargers are served all the same; make it larger, or ctrl+q quits.",
            id="too-small",
            markup=False,
        )
        yield KeyBar(self.engine.settings.read_only)
        yield FilterBar()

    def on_screen_resume(self) -> None:
        """The page is shown (again): it may have missed something."""
        if self.is_mounted:
            self.poke(0)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Actions that this page cannot do are neither run nor offered, nor those that write with `--read-only`.

        Where a trace is shown nothing is set for chargers either.
        """
        if action in WRITING_ACTIONS and self.engine.settings.read_only:
            return False
        if action == "playback" and self._playback is None:
            return False
        if action in LIVE_ACTIONS and self._playback is not None:
            return False
        if action in PAGE_ACTIONS and not hasattr(self, f"action_{action}"):
            return False
        if action == "filter" and not any(pane.filterable for pane in self.panes()):
            return False
        return super().check_action(action, parameters)

    # actions

    def action_command(self, shortcut: str) -> None:
        """Open the sheet of a command for the chosen stations; C goes to their configuration and reads it."""
        stations = self.stations_chosen()
        if not stations:
            self.say(self.no_station(), "warning")
            return
        if shortcut == "C":
            from ocpp_console.screens.variables import open_configuration

            self.app.run_worker(open_configuration(self.app, stations))
            return
        from ocpp_console.screens.commands import CommandSheet
        from ocpp_console.screens.only_watching import refused

        if not refused(self.app, self.engine, stations):
            self.app.push_screen(CommandSheet(self.engine, stations, shortcut))

    def action_boot_answer(self) -> None:
        """Decide how the next boot of the chosen stations is answered."""
        stations = self.stations_chosen()
        if not stations:
            self.say(self.no_station(), "warning")
            return
        from ocpp_console.screens.boot_answer import BootAnswer, BootAnswerPrompt

        def decided(answer: BootAnswer | None) -> None:
            if answer is None:
                return
            for name in stations:
                self.engine.station_settings.change(name, registration=answer.verdict, interval=answer.interval)
            self.say(f"The next boot of {_names(stations)} is answered {answer.verdict}.")

        now = BootAnswer(self.engine.registration_of(stations[0]), self.engine.interval_of(stations[0]))
        self.app.push_screen(BootAnswerPrompt(_names(stations), now), decided)

    def action_station_words(self) -> None:
        """Write down what people call the chosen station, and notes about it."""
        stations = self.stations_chosen()
        if not stations:
            self.say(self.no_station(), "warning")
            return
        from ocpp_console.screens.station_words import StationWords

        def decided(words: tuple[str, str] | None) -> None:
            if words is not None:
                self.engine.station_settings.change(stations[0], name=words[0], notes=words[1])

        present = self.engine.station_settings.of(stations[0])
        self.app.push_screen(StationWords(stations[0], present.name, present.notes), decided)

    def action_station_settings(self) -> None:
        """Set things for the chosen station: its password, the version it may speak, limits, quirks."""
        stations = self.stations_chosen()
        if not stations:
            self.say(self.no_station(), "warning")
            return
        from ocpp_console.screens.station_settings_form import open_form

        open_form(self.app, self.engine, stations[0])

    def action_disconnect(self) -> None:
        """Close the connections of the chosen stations after a question; stations usually dial again at once."""
        chosen = self.stations_chosen()
        stations = [name for name in chosen if self.engine.fleet.stations[name].online]
        if not stations:
            self.say(f"Not connected: {_names(chosen)}." if chosen else self.no_station(), "warning")
            return
        from ocpp_console.screens.question import Question

        def answered(yes: bool | None) -> None:
            for name in stations if yes else ():
                self.engine.disconnect(name)

        text = f"Close the connection to {_names(stations)}? A station dials again by itself; some take minutes."
        self.app.push_screen(Question(text, "Close it", "Keep it"), answered)

    def action_playback(self, what: str) -> None:
        """Play a trace, or go to another moment of it."""
        from ocpp_console.screens import playing

        if self._playback is not None:
            playing.run(self, self._playback, what)

    def action_zoom(self) -> None:
        """Give the focused pane the whole page, or give it back."""
        pane = self.focused_pane
        if pane is None:
            return
        zooming = not self.has_class("zooming")
        self.set_class(zooming, "zooming")
        kept = set(pane.ancestors_with_self)
        for each in self.query("Pane, .frame"):
            each.set_class(zooming and each in kept, "zoomed")
        if not zooming and pane.table is not None:
            pane.table.focus()

    def action_back(self) -> None:
        """One step back: the filter, the marks, the zoom, the page; never out of the console."""
        pane = self.focused_pane
        if self._playback is not None and self._playback.progress is not None:
            self._playback.pause()
        elif pane is not None and pane.step_back():
            pane.renew_title()
        elif pane is not None and pane.filter_text:
            self._filter(pane, "")
        elif pane is not None and pane.table is not None and pane.table.marked and not pane.table.follows:
            pane.table.marked.clear()
            pane.poke()
        elif self.has_class("zooming"):
            self.action_zoom()
        elif len(self.app.screen_stack) > 1:
            self.app.pop_screen()
        else:
            self.app.call_later(self.app.run_action, "show_page('overview')")

    def action_filter(self) -> None:
        """Open the filter line for the focused pane, or for the first that can be filtered."""
        pane = self._filtered_pane()
        if pane is not None:
            self._filtering = pane
            self.query_one(FilterBar).open(pane.filter_text, pane.filter_hint, pane)

    _filtering: Pane | None = None

    def _filtered_pane(self) -> Pane | None:
        pane = self.focused_pane
        if pane is not None and pane.filterable:
            return pane
        return next((pane for pane in self.panes() if pane.filterable), None)

    @on(FilterBar.Typed)
    def _filter_typed(self, event: FilterBar.Typed) -> None:
        if self._filtering is not None:
            self._filter(self._filtering, event.text)

    @on(FilterBar.Left)
    def _filter_left(self, event: FilterBar.Left) -> None:
        pane, bar = self._filtering, self.query_one(FilterBar)
        if not event.cleared and bar.trouble is not None:
            bar.complain(*bar.trouble)  # what cannot be used must not look used
            return
        bar.close()
        if pane is None:
            return
        if event.cleared:
            self._filter(pane, "")
        else:
            pane.filter_kept()
        self._focus(pane)

    def _focus(self, pane: Pane) -> None:
        """Give a pane the focus."""
        target: Widget = pane.table if pane.table is not None else pane
        target.focus()

    def _filter(self, pane: Pane, text: str) -> None:
        """Apply a filter; a text that makes no sense turns the line red and leaves the list as it was."""
        trouble = pane.filter(text)
        for bar in self.query(FilterBar):
            bar.complain(*(trouble or ()))


def station_of(record: Any) -> str:
    """The identity of the station a record is about; empty when about none."""
    name = getattr(record, "identity", None) or getattr(record, "station", "")
    return name if isinstance(name, str) else ""


def _names(stations: list[str]) -> str:
    """The first few of several stations."""
    more = f" and {len(stations) - 3} more" if len(stations) > 3 else ""
    return f"{', '.join(stations[:3])}{more}"
