"""Everything known about one station: card, connectors, running session, its log, and the last commands."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ocpp_console.clock import hms
from ocpp_console.glyphs import GOOD, QUIET, STRONG
from ocpp_console.model.commands import Command
from ocpp_console.model.station import Station
from ocpp_console.model.transactions import Transaction
from ocpp_console.screens import station_card
from ocpp_console.screens.command_progress import progress
from ocpp_console.screens.messages import MessagesPane, copy_message
from ocpp_console.screens.neighbours import Neighbours
from ocpp_console.screens.page import Page
from ocpp_console.screens.session_view import kw, kwh, lasted, place
from ocpp_console.screens.stations import ask_to_forget
from ocpp_console.widgets.columns import Cell, Column
from ocpp_console.widgets.pane import Pane
from ocpp_console.widgets.record_table import RecordTable
from ocpp_console.widgets.still import PaneFrame
from ocpp_console.widgets.time_plot import sparkline
from ocpp_console.widgets.toned import toned, toned_lines

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

SPARK = 24
"""Cells of the power sparkline."""

NO_SESSION = "No session runs. S starts one (a tag from the list is filled in)."
NO_SESSION_READ_ONLY = "No session runs."
NO_COMMANDS = """Nothing was sent to this station yet. Capital letters do:
S start  X stop  R reset  U firmware  L unlock  A availability  T trigger  C configuration  N any command"""
NO_COMMANDS_READ_ONLY = "Nothing was sent to this station yet, and with --read-only nothing will be."


class CardPane(Pane):
    """Who the station is, its connectors and its running sessions; scrolls when it does not fit."""

    kind = "stations"
    filterable = False

    def __init__(self, engine: "Engine", identity: str, *, id: str | None = None) -> None:
        """`identity` may be unknown so far; the card says so."""
        super().__init__(id=id)
        self.engine, self.identity = engine, identity
        self._drawn: object = None

    def compose(self) -> ComposeResult:
        """The card, and what lives: connectors and sessions."""
        with VerticalScroll(id="card-body"):
            yield Static(id="card", markup=False)
            yield Static(id="live", markup=False)

    def title_parts(self) -> Sequence[str]:
        """Its name."""
        return "Station", self.identity

    def poke(self) -> None:
        """Draw when the station, a session of it or the second changed."""
        super().poke()
        station = self.engine.fleet.stations.get(self.identity)
        running = self.engine.fleet.transactions.running(self.identity)
        now = self.engine.clock()
        stamp = (
            station.revision if station else None,
            [(t.id, t.revision) for t in running],
            now // 1_000_000 if running or (station and station.online) else 0,
        )
        if stamp != self._drawn:
            self._drawn = stamp
            card = station_card.describe(station, now) if station else [[("Not known any more.", QUIET)]]
            self.query_one("#card", Static).update(toned_lines(card))
            self.query_one("#live", Static).update(self._live(station, running, now) if station else "")

    def _live(self, station: Station, running: Sequence[Transaction], now: int) -> Content:
        lines: list[station_card.Line] = [
            [("Connectors", STRONG)],
            *station_card.connectors(station),
            [],
            [("Session", STRONG)],
            *[self._session(transaction, now) for transaction in running],
        ]
        if not running:
            read_only = self.engine.settings.read_only
            lines.append([(NO_SESSION_READ_ONLY if read_only else NO_SESSION, QUIET)])
        return toned_lines(lines)

    def _session(self, transaction: Transaction, now: int) -> station_card.Line:
        spark = sparkline(transaction.power.values, SPARK)
        power = f"  {kw(transaction)} kW" if kw(transaction) else ""
        return [
            (f"{place(transaction)}  ", STRONG),
            f"{transaction.id_tag or 'no tag'}  {lasted(transaction, now)}  {kwh(transaction) or '?'} kWh{power}  ",
            (spark, GOOD),
        ]


class CommandsPane(Pane):
    """The last commands with their state, newest first."""

    kind = ""
    filterable = False

    def __init__(self, engine: "Engine", identity: str, *, id: str | None = None) -> None:
        """Reads `engine.fleet.commands`."""
        super().__init__(id=id)
        self.engine, self.identity = engine, identity
        self.table = RecordTable(
            (
                Column("time", "time UTC", lambda c: hms(c.at), 8),
                Column("action", "command", lambda c: (c.action, STRONG), 24, least=16),
                Column("progress", "what became of it", self._progress, 40, least=20, grow=1),
            ),
            self._rows,
            lambda command: command.id,
            stamp=self._stamp,
            empty=NO_COMMANDS_READ_ONLY if engine.settings.read_only else NO_COMMANDS,
            id="commands",
        )

    def _rows(self) -> Sequence[Command]:
        return list(reversed(self.engine.fleet.commands.of(self.identity)))

    def _progress(self, command: Command) -> Cell:
        return progress(command, self.engine.clock())

    def _stamp(self, command: Command) -> object:
        waiting = command.progress.value in ("queued", "sent")
        return command.revision, len(command.followers), self.engine.clock() // 1_000_000 if waiting else 0

    def title_parts(self) -> Sequence[str]:
        """How many."""
        count = len(self.engine.fleet.commands.of(self.identity))
        return "Commands", str(count) if count else ""

    @on(RecordTable.Opened)
    def _opened(self, event: RecordTable.Opened) -> None:
        """The message in full, once there is one."""
        event.stop()
        if event.record.message is not None:
            from ocpp_console.screens.message_detail import MessageDetail

            neighbours = Neighbours(event.table, lambda command: command.message)
            self.app.push_screen(MessageDetail(self.engine, event.record.message, neighbours))


class StationPage(Page):
    """Card and log beside each other (above each other when narrow), commands below."""

    kind = "stations"
    HELP = "Everything known about one station. [ and ] go to its neighbours; capital letters write to it."
    DEFAULT_CSS = """
    StationPage #station-body { height: 1fr; layout: horizontal; }
    StationPage #card-pane { width: 2fr; }
    StationPage #station-log { width: 3fr; }
    StationPage #commands-pane { height: 7; }
    StationPage.-tall #commands-pane { height: 10; }
    StationPage.-narrow #station-body { layout: vertical; }
    StationPage.-narrow #card-pane { width: 1fr; height: 3fr; }
    StationPage.-narrow #station-log { width: 1fr; height: 2fr; }
    StationPage.-narrow.-short #commands-pane { height: 5; }
    StationPage #card { height: auto; padding: 0 1; }
    StationPage #live { height: auto; padding: 1 1 0 1; }
    StationPage.-narrow #card-body { layout: horizontal; }
    StationPage.-narrow #card { width: 5fr; }
    StationPage.-narrow #live { width: 4fr; padding: 0 1 0 0; }
    """

    def __init__(self, engine: "Engine", identity: str) -> None:
        """`identity` names the station."""
        super().__init__(engine)
        self.identity = identity

    def content(self) -> ComposeResult:
        """Three panes."""
        with PaneFrame(id="station-body", classes="frame"):
            yield CardPane(self.engine, self.identity, id="card-pane")
            yield MessagesPane(self.engine, self.identity, id="station-log")
        yield CommandsPane(self.engine, self.identity, id="commands-pane")

    def on_mount(self) -> None:
        """The log has the focus."""
        self.query_one("#messages", RecordTable).focus()

    def stations_chosen(self) -> list[str]:
        """This one, wherever the focus is."""
        return [self.identity] if self.identity in self.engine.fleet.stations else []

    def action_forget(self) -> None:
        """Drop this station if it is offline, and go back."""
        ask_to_forget(self, self.stations_chosen(), self.action_back)

    def action_neighbour(self, step: int) -> None:
        """Another station, by name."""
        names = sorted(self.engine.fleet.stations)
        if self.identity in names and len(names) > 1:
            name = names[(names.index(self.identity) + step) % len(names)]
            self.app.switch_screen(StationPage(self.engine, name))

    def action_sequence(self) -> None:
        """What it and the console said to each other, as a diagram."""
        from ocpp_console.screens.sequence import SequencePage, of_station

        self.app.push_screen(SequencePage(self.engine, [of_station(self.identity)]))

    def action_copy(self) -> None:
        """The message under the cursor, or the card."""
        pane = self.focused_pane
        if isinstance(pane, MessagesPane) and pane.table is not None:
            copy_message(self, pane.table.record)
            return
        station = self.engine.fleet.stations.get(self.identity)
        if station is not None:
            lines = [toned(*line).plain for line in station_card.describe(station, self.engine.clock())]
            self.app.copy_to_clipboard("\n".join(lines))
            self.say("Copied the card.")
