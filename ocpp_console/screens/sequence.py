"""The sequence diagram of a station, a session or a selection: live, opened over the page it was asked for on."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType

from ocpp_console.engine import StoreProblem
from ocpp_console.model.filter_payload import payloads, properties
from ocpp_console.model.messages import FilterError, Message, MessageFilter
from ocpp_console.model.reading import text
from ocpp_console.model.sequence import SequenceDiagram
from ocpp_console.model.transactions import Transaction
from ocpp_console.screens.message_words import exact
from ocpp_console.screens.messages import copy_message
from ocpp_console.screens.neighbours import Neighbours
from ocpp_console.screens.only_this import quoted
from ocpp_console.screens.page import Page
from ocpp_console.widgets.bindings import bindings
from ocpp_console.widgets.pane import Pane
from ocpp_console.widgets.record_table import RecordTable
from ocpp_console.widgets.sequence_diagram import SequenceTable

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

MOST_READ = 2_000
"""Rows of a diagram up to which older ones are read from the database."""

AROUND_US = 60_000_000
"""What happened at the place of a session before its start and after its end is drawn for so long."""

FILE_NAME = "ocpp-sequence.mmd"


class Subject(NamedTuple):
    """What a diagram shows."""

    title: str
    station: str
    """The only station in it; empty when there may be several."""
    words: MessageFilter | None
    """What of the log; None is all of it."""


def of_station(identity: str) -> Subject:
    """Everything of one station."""
    return Subject(identity, identity, MessageFilter.of_station(identity))


def of_session(engine: "Engine", transaction: Transaction) -> Subject:
    """What names the session, and what happened around it at the same place: swipe, status, connection."""
    t = transaction
    place = f" ~evse {t.evse}" if t.evse else f" ~connector {t.connector}" if t.connector else ""
    parts = [f"~tx {quoted(t.id)}", "~from event", f"(~a StatusNotification{place})"]
    if t.id_tag:
        meant = f" ~until {exact(t.stopped_at)}" if t.stopped_at else ""  # the next swipe begins another
        parts.append(f"(~a Authorize ~tag {quoted(t.id_tag)}{meant})")
    since, until = _around(engine, t)
    span = f"~since {exact(since)} " if since else ""
    span += f"~until {exact(until)} " if until else ""
    words = MessageFilter.parse(f"{span}({' | '.join(parts)})")
    if isinstance(words, FilterError):  # an id that no filter can hold
        words = MessageFilter.of_station(t.station)
    return Subject(f"session #{t.id} at {t.station}", t.station, MessageFilter.of_station(t.station, words))


def _around(engine: "Engine", t: Transaction) -> tuple[int, int]:
    """From when until when a session's surroundings are drawn (µs): not into another one at its place; 0 has no end."""
    since, until = t.started_at and t.started_at - AROUND_US, t.stopped_at and t.stopped_at + AROUND_US
    for other in engine.fleet.transactions.of(t.station):
        if other is t or (other.evse, other.connector) != (t.evse, t.connector):
            continue
        if since < other.stopped_at <= t.started_at:
            since = other.stopped_at
        if (t.stopped_at or t.started_at + 1) <= other.started_at and (not until or other.started_at < until):
            until = other.started_at
    return since, until


def of_log(engine: "Engine", here: Message | None, shown: MessageFilter | None) -> list[Subject]:
    """What may be drawn of the log: the marked rows, the station under the cursor, what the log shows."""
    subjects = []
    marked = engine.log.filter("~marked")
    if engine.log.notes.marks and isinstance(marked, MessageFilter):
        subjects.append(Subject("marked rows", "", marked))
    if here is not None and here.station:
        subjects.append(of_station(here.station))
    return [*subjects, Subject("what the log shows" if shown else "all stations", "", shown)]


def of_message(engine: "Engine", message: Message) -> list[Subject]:
    """What may be drawn around a message: the session it names, its station, all stations."""
    subjects: list[Subject] = []
    for payload in payloads(message):
        for _, name, value in properties(payload):
            session = engine.fleet.transactions.get(message.station, text(value)) if name == "transactionId" else None
            if session is not None and not subjects:
                subjects.append(of_session(engine, session))
    if message.station:
        subjects.append(of_station(message.station))
    return [*subjects, Subject("all stations", "", None)]


class SequencePane(Pane):
    """The diagram of one subject, which follows the log; of an old part of the log it stands still."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("sequence")
    kind = "sequence"
    filterable = False

    def __init__(self, engine: "Engine", subject: Subject, here: Message | None, *, id: str) -> None:
        """`here` is the row the cursor begins on; without one the newest is followed."""
        super().__init__(id=id)
        self._engine = engine
        self._here = here
        self._reading = False
        self.show_subject(subject)
        self.table = self.steps = SequenceTable(lambda: self.diagram, self._empty, id="steps")

    def show_subject(self, subject: Subject) -> None:
        """Draw something else from now on."""
        self.subject = subject
        self.diagram = SequenceDiagram(subject.words.matches if subject.words is not None else lambda row: True)
        rows = self._engine.fleet.messages
        self.live = self._here is None or not rows or self._here.seq >= rows[0].seq
        """It goes on to the newest message; otherwise it is a part of the log that memory does not hold."""

    def on_mount(self) -> None:
        """Everything in memory at once, and what is older as soon as it is read."""
        super().on_mount()
        self.begin()

    def begin(self) -> None:
        """The cursor on the row it was asked for, or on the newest; older rows are being read."""
        self.poke()
        self._seek()
        if self.live and not self._here:
            self.steps.restart()
        self.run_worker(self._read(), exclusive=True, group="older")

    def seek(self, message: Message) -> None:
        """Put the cursor on another message."""
        self._here = message
        self._seek()

    def _seek(self) -> None:
        """Put the cursor on the row it was opened from."""
        if self._here is not None:
            seq = self._here.seq
            step = next((step for step in self.diagram.steps if step.row.seq == seq and not step.silence), None)
            if step is not None:
                self.steps.seek(step.key)

    async def _read(self) -> None:
        """What memory does not hold: older rows, or those around the row it was opened from."""
        words, room = self.subject.words, MOST_READ - len(self.diagram.rows)
        if room <= 0:
            return
        self._reading, diagram = True, self.diagram
        try:
            search = self._engine.log.search
            if self.live or self._here is None:
                rows = self._rows()
                diagram.put_before((await search.page(words, rows[0].seq if rows else None, room)).rows)
            else:
                before = (await search.page(words, self._here.seq, room // 4)).rows
                diagram.put_before([*before, *(await search.page_after(words, self._here.seq - 1, room)).rows])
        except StoreProblem:
            pass  # the status line tells it
        finally:
            self._reading = False
        self.poke()
        if not self.live:
            self._seek()

    def _rows(self) -> Sequence[Message]:
        """The rows in memory among which its own are."""
        rows = self._engine.fleet.messages
        return rows.for_station(self.subject.station) if self.subject.station else rows

    def _empty(self) -> str:
        """Why nothing is drawn."""
        return "Reading…" if self._reading else f"No message of {self.subject.title} is in the log.\nesc goes back."

    def poke(self) -> None:
        """New messages, or answers to older ones, become steps."""
        if self.live:
            self.diagram.take(self._rows())
        self.steps.lay_out()
        super().poke()

    def title_parts(self) -> Sequence[str]:
        """Whose messages, how many steps, whether it follows."""
        state = "following" if self.steps.following else f"paused, {self.steps.waiting} below"
        reading = "reading older ones" if self._reading else ""
        return ("Sequence", self.subject.title, state if self.live else "an old part of the log", reading)

    @work
    async def action_export_sequence(self) -> None:
        """Write the rows of the diagram to a file: Mermaid, PlantUML, or any other format of the log."""
        from ocpp_console.screens.log_export import export_log

        rows = frozenset(self.diagram.rows)  # by number: names may be others in the file
        await export_log(self.screen, self._engine, lambda row: row.seq in rows, name=FILE_NAME, what="the diagram")

    def on_record_table_opened(self, event: RecordTable.Opened) -> None:
        """Show the message in full."""
        event.stop()
        self.show_message(event.record.row)

    def show_message(self, row: Message) -> None:
        """Show a message in full: in the detail this was opened from, else in one of its own."""
        from ocpp_console.screens.message_detail import MessageDetail

        below = self.app.screen_stack[-2]
        if isinstance(below, MessageDetail):
            below.show(row)
            self.app.pop_screen()
        else:
            neighbours = Neighbours(self.steps, lambda step: step.row)
            self.app.push_screen(MessageDetail(self._engine, row, neighbours))


class SequencePage(Page):
    """One diagram over the whole page; esc goes back to where it was asked for."""

    HELP = (
        "Calls and answers as arrows between a station and the central system (CSMS), with how long each answer took. "
        "A broken line marks time without a word. enter or u opens the message, f follows, x writes the "
        "diagram for Mermaid (.mmd) or PlantUML (.puml), a full stop draws marked rows, the station, or all instead."
    )
    kind = "sequence"

    def __init__(self, engine: "Engine", subjects: Sequence[Subject], here: Message | None = None) -> None:
        """Draws the first of `subjects`; a full stop goes on to the next. `here` is where the cursor begins."""
        super().__init__(engine)
        self._subjects = list(subjects)
        self._here = here

    def content(self) -> ComposeResult:
        """One pane."""
        yield SequencePane(self.engine, self._subjects[0], self._here, id="sequence")

    def on_mount(self) -> None:
        """The diagram has the focus."""
        self._pane.steps.focus()

    @property
    def _pane(self) -> SequencePane:
        return self.query_one(SequencePane)

    def seek(self, message: Message) -> None:
        """Put the cursor on another message."""
        self._pane.seek(message)

    def action_sequence(self) -> None:
        """From the diagram to the message, as from the message to the diagram."""
        step = self._pane.steps.record
        if step is not None:
            self._pane.show_message(step.row)

    def stations_chosen(self) -> list[str]:
        """The station it is about; of several that of the step under the cursor, once it stands still."""
        steps = self._pane.steps
        name = self._pane.subject.station
        if not name and not steps.following and steps.record is not None:
            name = steps.record.row.station
        return [name] if name in self.engine.fleet.stations else []

    def no_station(self) -> str:
        """Which one is meant cannot be told while steps run through."""
        return "Pause the diagram (f), and put the cursor on a step of the station that is meant."

    def action_station_only(self) -> None:
        """The next of what may be drawn: marked rows, one station, what the log shows."""
        pane = self._pane
        at = self._subjects.index(pane.subject)
        pane.show_subject(self._subjects[(at + 1) % len(self._subjects)])
        pane.begin()

    def action_copy(self) -> None:
        """The frames of the message under the cursor."""
        step = self._pane.steps.record
        copy_message(self, step.row if step is not None else None)
