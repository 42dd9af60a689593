"""Findings: what is odd about stations, how often and since when, what it means, what to do, and at which messages."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from ocpp_console.clock import iso
from ocpp_console.glyphs import ATTENTION, QUIET, STRONG, WRONG
from ocpp_console.model.finding_words import explain
from ocpp_console.model.found import Found, Occurrence
from ocpp_console.protocol.findings import Severity
from ocpp_console.screens.neighbours import Neighbours, row_of
from ocpp_console.screens.page import Page
from ocpp_console.widgets.bindings import bindings
from ocpp_console.widgets.columns import Cell, Column
from ocpp_console.widgets.pane import Pane
from ocpp_console.widgets.record_table import RecordTable
from ocpp_console.widgets.toned import toned_lines

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

EMPTY = """Nothing odd was found. What the console looks for stands in docs/findings.md:
schema, times, boots and heartbeats, states, sessions, meters, answers."""

_LOOKS = {
    Severity.CRITICAL: ("✗ critical", WRONG),
    Severity.WARNING: ("▲ warning", ATTENTION),
    Severity.INFO: ("• info", QUIET),
}


class Place(NamedTuple):
    """One message at which something was found."""

    found: Found
    occurrence: Occurrence

    @property
    def station(self) -> str:
        """Whose it is."""
        return self.found.station


def _when(at: int) -> str:
    return iso(at)[5:19].replace("T", " ") if at else ""


class FoundPane(Pane):
    """All findings by station and code, the worst and newest first."""

    kind = "findings"

    def __init__(self, engine: "Engine", *, id: str | None = None) -> None:
        """Reads `engine.findings`."""
        super().__init__(id=id)
        self.engine = engine
        self.with_hidden = False
        self._listed: list[Found] = []
        self._listed_at: object = None
        self.table = RecordTable(
            self._columns(),
            self._rows,
            lambda found: (found.station, found.code),
            stamp=lambda found: (found.revision, found.code in self.engine.findings.hidden),
            kind="findings",
            empty=EMPTY,
        )

    def _columns(self) -> tuple[Column[Found], ...]:
        return (
            Column("severity", "how bad", self._severity, 11, least=10, order=lambda f: f.severity),
            Column("station", "station", lambda f: (f.station, STRONG), 14, least=8, grow=1, middle=True,
                   order=lambda f: f.station),
            Column("code", "code", lambda f: f.code, 31, least=18, grow=1, order=lambda f: f.code),
            Column("new", "new", _new, 5, least=4, right=True, order=lambda f: f.waiting),
            Column("count", "count", lambda f: str(f.count), 6, least=5, right=True, order=lambda f: f.count),
            Column("last", "last (UTC)", lambda f: _when(f.last_at), 14, order=lambda f: f.last_at),
            Column("first", "first (UTC)", lambda f: (_when(f.first_at), QUIET), 14, drop=4,
                   order=lambda f: f.first_at),
            Column("title", "what", lambda f: explain(f.code).title, 30, least=10, drop=5, grow=1),
        )  # fmt: skip

    def _severity(self, found: Found) -> Cell:
        return ("hidden", QUIET) if found.code in self.engine.findings.hidden else _LOOKS[found.severity]

    def _rows(self) -> Sequence[Found]:
        findings = self.engine.findings
        now = findings.revision, self.with_hidden, self.filter_text
        if now != self._listed_at:
            self._listed_at, wanted = now, self.filter_text
            shown = findings.shown(hidden=self.with_hidden)
            self._listed = [f for f in shown if wanted in _plain(f)] if wanted else shown
        return self._listed

    def title_parts(self) -> Sequence[str]:
        """How many there are, how many wait, how many are hidden."""
        findings = self.engine.findings
        many = len(findings.hidden)
        hidden = f"{many} code{'s' if many > 1 else ''} hidden" if many else ""
        return f"Findings {len(findings)}", f"{findings.waiting} new" if findings.waiting else "", hidden


def _new(found: Found) -> Cell:
    return (str(found.waiting), ATTENTION if found.waiting_warnings else QUIET) if found.waiting else ("", QUIET)


def _plain(found: Found) -> str:
    """What the filter looks in, in small letters."""
    words = explain(found.code)
    return " ".join((found.station, found.code, found.severity.name, words.topic, words.title)).casefold()


class PlacesPane(Pane):
    """What the finding under the cursor means, and the newest messages at which it was made."""

    kind = "places"
    filterable = False
    DEFAULT_CSS = """
    PlacesPane #words { height: auto; max-height: 7; padding: 0 1; border-bottom: solid $foreground 20%; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        """Shows nothing until `show`."""
        super().__init__(id=id)
        self.found: Found | None = None
        self._told = ""
        self.table = RecordTable(
            (
                Column("at", "time (UTC)", lambda p: _when(p.occurrence.at), 14),
                Column("text", "what was found", _text, 40, least=20, grow=1),
                Column("seq", "no.", lambda p: (str(p.occurrence.seq or ""), QUIET), 9, drop=1, right=True),
            ),
            self._rows,
            lambda place: (place.occurrence.at, place.occurrence.seq),
            kind="places",
            empty="The messages concerned are listed here.",
        )

    def compose(self) -> ComposeResult:
        """The words above the list."""
        yield Static("", id="words", markup=False)
        yield from super().compose()

    def _rows(self) -> Sequence[Place]:
        found = self.found
        return [Place(found, each) for each in reversed(found.latest)] if found is not None else []

    def title_parts(self) -> Sequence[str]:
        """Which finding it is."""
        return ("Messages",) if self.found is None else (self.found.code, self.found.station)

    def show(self, found: Found | None) -> None:
        """Another finding, or the same with more messages."""
        self.found = found
        code = found.code if found is not None else ""
        if code != self._told:
            self._told = code
            self.query_one("#words", Static).update(_words(code) if code else Content(""))
        self.poke()


def _text(place: Place) -> str:
    occurrence = place.occurrence
    return f"{occurrence.path}: {occurrence.text}" if occurrence.path else occurrence.text


def _words(code: str) -> Content:
    """A code in words."""
    words = explain(code)
    shared = [("  as in OCPP DebugKit", QUIET)] if words.shared else []
    return toned_lines(
        [
            [(words.title, STRONG), (f"  {words.topic}", QUIET), *shared],
            [words.means],
            [("→ ", ATTENTION), words.advice],
        ]
    )


class FindingsPage(Page):
    """The list above what is known of the one under the cursor."""

    kind = "findings"
    BINDINGS: ClassVar[list[BindingType]] = bindings("findings")
    HELP = (
        "What is odd about stations. Below: what it means, what to do, and the messages concerned; enter opens the "
        "newest of them, or the one under the cursor. a acknowledges (it counts again when it comes again), h hides a "
        "code at all stations, v shows what is hidden."
    )
    DEFAULT_CSS = """
    FindingsPage #all { height: 1fr; layout: vertical; }
    FindingsPage FoundPane { height: 3fr; }
    FindingsPage PlacesPane { height: 2fr; min-height: 9; }
    """

    def content(self) -> ComposeResult:
        """Two panes."""
        with Container(id="all", classes="frame"):
            yield FoundPane(self.engine, id="found")
            yield PlacesPane(id="places")

    def poke(self, facts: int) -> None:
        """The words follow the cursor."""
        super().poke(facts)
        self._show()

    def _show(self) -> None:
        self.query_one(PlacesPane).show(self.chosen)

    @property
    def chosen(self) -> Found | None:
        """The finding under the cursor."""
        table = self.query_one(FoundPane).table
        record = table.record if table is not None else None
        return record if isinstance(record, Found) else None

    @on(RecordTable.Picked)
    def _picked(self, event: RecordTable.Picked) -> None:
        event.stop()
        self._show()

    @on(RecordTable.Opened)
    def _opened(self, event: RecordTable.Opened) -> None:
        """Open the message, from memory or from the database."""
        event.stop()
        record = event.record
        newest = record.latest[-1] if isinstance(record, Found) and record.latest else None
        occurrence = record.occurrence if isinstance(record, Place) else newest
        if occurrence is None or not occurrence.seq:
            self.say("It belongs to no single message.", "warning")
            return
        self.app.run_worker(self._open(occurrence.seq))

    async def _open(self, seq: int) -> None:
        from ocpp_console.screens.message_detail import MessageDetail

        message, problem = await row_of(self.engine, seq)
        if message is None:
            self.say(problem, "warning")
            return
        pane = self.query_one(PlacesPane)
        neighbours = Neighbours(pane.table, lambda place: place.occurrence.seq) if pane.table is not None else None
        self.app.push_screen(MessageDetail(self.engine, message, neighbours))

    def action_acknowledge(self) -> None:
        """The operator knows of the finding under the cursor."""
        if self.chosen is not None:
            self.engine.findings.acknowledge(self.chosen)
            self.poke(0)

    def action_hide_code(self) -> None:
        """Hear no more of the code under the cursor, or again."""
        found = self.chosen
        if found is None:
            return
        hidden = found.code not in self.engine.findings.hidden
        self.engine.findings.hide(found.code, hidden)
        self.say(f"{found.code} is {'hidden at all stations; v shows it' if hidden else 'shown again'}.")
        self.poke(0)

    def action_show_hidden(self) -> None:
        """List hidden codes as well, or not."""
        pane = self.query_one(FoundPane)
        pane.with_hidden = not pane.with_hidden
        self.poke(0)
