"""Findings: what is odd about stations, how often and since when, what it means, what to do, and at which messages."""

import asyncio
from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from ocpp_console.clock import iso
from ocpp_console.glyphs import ATTENTION, QUIET, STRONG, WRONG
from ocpp_console.model.finding_words import explain
from ocpp_console.model.found import Found, Occurrence
from ocpp_console.protocol.findings import Severity
from ocpp_console.screens.neighbours import Neighbours, row_of
from ocpp_console.screens.page import Page
from ocpp_console.screens.question import Question
from ocpp_console.widgets.bindings import bindings
from ocpp_console.widgets.columns import Cell, Column, Piece
from ocpp_console.widgets.pane import Pane
from ocpp_console.widgets.record_table import RecordTable
from ocpp_console.widgets.still import PaneFrame
from ocpp_console.widgets.toned import toned

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

EMPTY = """Nothing odd was found. What the console looks for stands in docs/findings.md:
schema, times, boots and heartbeats, states, sessions, meters, answers."""

REPORT_NAME = "findings.md"
MANY = 1_000
"""Findings that are not ordered anew with every one that comes."""
ORDERED_SECONDS = 1.0

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
        self.station = ""
        """The one that is shown; empty for all."""
        self._listed: list[Found] = []
        self._listed_as: object = None
        self._listed_at = 0.0
        self._revision = -1
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
            Column("title", "what", lambda f: explain(f.code).title, 30, least=22, drop=5, grow=1),
        )  # fmt: skip

    def _severity(self, found: Found) -> Cell:
        return ("hidden", QUIET) if found.code in self.engine.findings.hidden else _LOOKS[found.severity]

    def _rows(self) -> Sequence[Found]:
        """Ordered again when something came; long lists once a second at most, as that costs a hundredth of one."""
        findings = self.engine.findings
        shown = self.with_hidden, self.filter_text, self.station, len(findings.hidden)
        if shown == self._listed_as and (
            findings.revision == self._revision
            or (len(self._listed) > MANY and monotonic() - self._listed_at < ORDERED_SECONDS)
        ):
            return self._listed
        self._listed_as, self._revision, self._listed_at = shown, findings.revision, monotonic()
        listed, words = findings.shown(self.station, hidden=self.with_hidden), self.filter_text.split()
        self._listed = [f for f in listed if all(word in _plain(f) for word in words)] if words else listed
        return self._listed

    @property
    def listed(self) -> list[Found]:
        """What is listed now, the worst and newest first."""
        return list(self._rows())

    def title_parts(self) -> Sequence[str]:
        """How many there are, how many wait, how many are hidden."""
        findings = self.engine.findings
        many = len(findings.hidden)
        hidden = f"{many} code{'s' if many > 1 else ''} hidden" if many else ""
        here = self.engine.fleet.stations.get(self.station)
        waiting = here.findings if here is not None else findings.waiting
        count = len(self._listed) if self.station else len(findings)
        return f"Findings {count}", self.station, f"{waiting} new" if waiting else "", hidden


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
                Column("action", "message", lambda p: (p.occurrence.action, QUIET), 24, least=18, drop=2),
                Column("text", "what was found", _text, 48, least=44, grow=1),
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
    lines: list[list[Piece | str]] = [
        [(words.title, STRONG), (f"  {words.topic}", QUIET), *shared],
        [words.means],
        [("→ ", ATTENTION), words.advice],
    ]
    return Content("\n").join(toned(*line, limit=1_000) for line in lines)


class FindingsPage(Page):
    """The list above what is known of the one under the cursor."""

    kind = "findings"
    BINDINGS: ClassVar[list[BindingType]] = bindings("findings")
    HELP = (
        "What is odd about stations. Below: what it means, what to do, and the messages concerned; enter opens the "
        "newest of them, or the one under the cursor; e lists all of them in the log. a acknowledges the marked ones "
        "and K all that are listed (they count again when they come again), h hides a code at all stations, v shows "
        "what is hidden, . lists one station alone, x writes what is listed as a report."
    )
    DEFAULT_CSS = """
    FindingsPage #all { height: 1fr; layout: vertical; }
    FindingsPage FoundPane { height: 3fr; }
    FindingsPage PlacesPane { height: 2fr; min-height: 12; }
    """

    def content(self) -> ComposeResult:
        """Two panes."""
        with PaneFrame(id="all", classes="frame"):
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
        """The operator knows of the marked findings, or of the one under the cursor."""
        table = self.query_one(FoundPane).table
        for found in table.chosen if table is not None else ():
            self.engine.findings.acknowledge(found)
        if table is not None:
            table.marked.clear()
        self.poke(0)

    @work
    async def action_acknowledge_all(self) -> None:
        """The operator knows of everything that is listed."""
        waiting = [found for found in self.query_one(FoundPane).listed if found.waiting]
        if not waiting:
            self.say("Nothing that is listed is new.")
            return
        text = (
            f"Take all {len(waiting)} findings that are listed and new as known? They count again when they come again."
        )
        if len(waiting) == 1 or await self.app.push_screen_wait(Question(text, "Known", "Leave")):
            for found in waiting:
                self.engine.findings.acknowledge(found)
            self.poke(0)

    def action_station_only(self) -> None:
        """The station of the finding under the cursor alone, or all."""
        pane = self.query_one(FoundPane)
        pane.station = "" if pane.station or self.chosen is None else self.chosen.station
        self.poke(0)

    def action_messages(self) -> None:
        """The messages at which the finding under the cursor was made, in the log over the whole database."""
        from ocpp_console.screens.log_actions import show_filtered
        from ocpp_console.screens.only_this import quoted

        if self.chosen is not None:
            written = f"~s {quoted(self.chosen.station)} ~finding {self.chosen.code}"
            self.app.run_worker(show_filtered(self.app, written))

    @work
    async def action_export_findings(self) -> None:
        """Write what is listed as a report; asks before it replaces a file."""
        from ocpp_console.outputs.finding_report import as_markdown
        from ocpp_console.screens.path_prompt import path_to_write

        pane = self.query_one(FoundPane)
        whose = f"of {pane.station}" if pane.station else "that are listed"
        path = await path_to_write(self.app, f"Write the findings {whose} to this Markdown file:", REPORT_NAME)
        if path is None:
            return
        listed = pane.listed
        text = as_markdown(listed, self.engine.clock(), self.engine.fleet.stations)
        try:
            await asyncio.to_thread(path.write_text, text, "utf-8", "replace")
        except OSError as error:
            self.say(f"{path} cannot be written: {error}", "error")
            return
        self.say(f"{len(listed)} finding{'' if len(listed) == 1 else 's'} written to {path}.")

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
