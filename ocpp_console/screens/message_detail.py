"""One message in full: who, when, how long, how large; request and answer as JSON or as bytes, with what is odd."""

import json
from typing import TYPE_CHECKING, Any

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import Static

from ocpp_console.clock import iso
from ocpp_console.glyphs import ATTENTION, PLAIN, QUIET, STRONG
from ocpp_console.model.messages import Message, Origin, State, outcome
from ocpp_console.model.times import parse_time
from ocpp_console.protocol.findings import Finding
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.screens.destinations import Destination, destination
from ocpp_console.screens.field_words import field_words
from ocpp_console.screens.log_actions import show_filtered
from ocpp_console.screens.messages import NOBODYS, copy_message, duration
from ocpp_console.screens.page import Page
from ocpp_console.visible import visible
from ocpp_console.widgets.columns import Piece
from ocpp_console.widgets.json_view import JsonView, RawView
from ocpp_console.widgets.pane import Pane
from ocpp_console.widgets.record_table import RecordTable
from ocpp_console.widgets.toned import toned_lines

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

OUR_TIME_FIELDS = ("timestamp", "generatedAt", "generationTime")
"""Where a station says what time it is, at the top of a payload."""


class Unreadable(ValueError):
    """A frame that cannot be shown as JSON; the text says why."""


def exact(at: int) -> str:
    """A time with its milliseconds: `2026-11-20T14:03:21.402Z`."""
    return f"{iso(at)[:-1]}.{at // 1000 % 1000:03d}Z"


def payload_of(raw: bytes) -> JsonValue:
    """What a frame carries: the payload of a call or answer, code, description and details of an error.

    A frame of another type, or one that is too short, is given as a whole.

    Raises:
        Unreadable: it is no frame.
    """
    try:
        frame = json.loads(raw.decode())
    except UnicodeDecodeError:
        raise Unreadable("This cannot be read as JSON (it is not UTF-8). t shows the bytes.") from None
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"This cannot be read as JSON ({error}). t shows the bytes.") from None
    if not isinstance(frame, list) or len(frame) < 3:
        raise Unreadable("This is JSON, but no OCPP frame. t shows it.")
    if frame[0] in (4, 5):
        return dict(zip(("errorCode", "errorDescription", "errorDetails"), frame[2:], strict=False))
    place = {2: 3, 3: 2, 6: 3}.get(frame[0]) if type(frame[0]) is int else None
    return frame[place] if place is not None and len(frame) > place else frame


class FramePane(Pane):
    """One frame, as JSON or as bytes."""

    kind = "detail"
    filterable = False

    def __init__(self, name: str, *, id: str) -> None:
        """`name` is Request or Answer."""
        super().__init__(id=id)
        self._called = name
        self._length = 0
        self._event = False
        self.raw_shown = False
        self.json = JsonView(id=f"{id}-json")
        self.bytes = RawView(id=f"{id}-raw")
        self.table = self.json

    def compose(self) -> ComposeResult:
        """Both views; one is hidden."""
        self.bytes.display = False
        yield self.json
        yield self.bytes

    def title_parts(self) -> tuple[str, ...]:
        """Which frame, how it is shown, its size; of an event there is no frame."""
        if self._event:
            return ("What happened",)
        return (self._called, "raw" if self.raw_shown else "JSON", f"{self._length:,} bytes" if self._length else "")

    def show(self, raw: bytes | None, findings: tuple[Finding, ...], missing: str, *, event: bool) -> None:
        """Show a frame; `missing` is said when there is none. The sentence of an event is shown as it is."""
        self._length = len(raw) if raw else 0
        self._event = event
        self.bytes.show(raw or b"")
        if raw is None or event:
            self.json.say(missing if raw is None else raw.decode("utf-8", "replace"), findings)
        else:
            try:
                self.json.show(payload_of(raw), findings)
            except Unreadable as error:
                self.json.say(str(error), findings)
        self.renew_title()

    def turn(self, raw: bool) -> None:
        """JSON or bytes."""
        focused = self.table is not None and self.table.has_focus
        self.raw_shown = raw
        self.json.display, self.bytes.display = not raw, raw
        self.table = self.bytes if raw else self.json
        if focused:
            self.table.focus()
        self.poke()

    def leads(self, engine: "Engine", station: str) -> Destination | None:
        """Where the value under the cursor leads."""
        line = self.json.record if self.json.has_focus else None
        return destination(engine, station, line.path, self.json.value_of(line)) if line is not None else None


class MessageDetail(Page):
    """Pushed over the page with the log; `[` and `]` go through that log, esc returns to the row."""

    HELP = (
        "One exchange. What is odd stands under the line it concerns. enter folds, or goes to the tag, session or "
        "station under the cursor; t shows the bytes as they came, [ and ] go to the previous and next message of the "
        "list you came from."
    )
    kind = "detail"

    def __init__(self, engine: "Engine", message: Message, table: RecordTable[Any] | None = None) -> None:
        """`table` is the log the message was opened from, if any."""
        super().__init__(engine)
        self._message = message
        self._table = table
        self._shown: tuple[int, int] | None = None

    @property
    def message(self) -> Message:
        """What is shown."""
        return self._message

    def content(self) -> ComposeResult:
        """The facts about it above its two frames."""
        yield Static("", id="about", markup=False)
        with Container(id="frames", classes="frame"):
            yield FramePane("Request", id="request")
            yield FramePane("Answer", id="answer")
        yield Static("", id="meaning", markup=False)

    def on_mount(self) -> None:
        """Show it; the request has the focus."""
        self.renew()
        self.query_one("#request-json").focus()

    def poke(self, facts: int) -> None:
        """The answer may have come."""
        super().poke(facts)
        if self._shown != (self._message.seq, self._message.revision):
            self.renew()

    def renew(self) -> None:
        """Draw everything about the message."""
        message = self._message
        self._shown = (message.seq, message.revision)
        self.query_one("#about", Static).update(toned_lines(self._about()))
        request, answer = self.query_one("#request", FramePane), self.query_one("#answer", FramePane)
        event = message.origin is Origin.EVENT
        request.show(message.raw, message.call_findings, "Nothing.", event=event)
        answer.display = message.state is not State.ALONE
        waiting = "No answer yet." if message.state is State.OPEN else message.note or "No answer."
        answer.show(message.answer_raw, message.answer_findings, waiting, event=False)
        asked, answered = len(message.raw), len(message.answer_raw or b"")
        request.set_class(asked > 2 * answered, "-larger")
        answer.set_class(answered > 2 * asked, "-larger")

    def _leads(self) -> Destination | None:
        pane = self.focused_pane
        return pane.leads(self.engine, self._message.station) if isinstance(pane, FramePane) else None

    @on(RecordTable.Picked)
    @on(events.DescendantFocus)
    def _say_what_enter_does(self) -> None:
        """The footer has the word for the line under the cursor."""
        place = self._leads()
        for view in self.query(JsonView):
            view.key_names["list.open"] = place.word if place is not None else "fold"
        self.refresh_bindings()
        self._say_what_it_means()

    def _say_what_it_means(self) -> None:
        """The rule and the meaning of the value under the cursor, below the frames; two lines, so nothing moves."""
        pane = self.focused_pane
        line = pane.json.record if isinstance(pane, FramePane) and not pane.raw_shown else None
        kind = "response" if isinstance(pane, FramePane) and pane.id == "answer" else "request"
        words = field_words(self._message, kind, line.path) if line is not None else []
        self.query_one("#meaning", Static).update(toned_lines(words), layout=False)

    @on(RecordTable.Opened)
    async def _opened(self, event: RecordTable.Opened) -> None:
        """Go where the value leads."""
        event.stop()
        place = self._leads()
        if place is not None:
            self.app.run_worker(self._go(place))

    async def _go(self, place: Destination) -> None:
        missing = await place.go(self.app)
        if missing:
            self.app.notify(visible(missing, 300), severity="warning", markup=False)

    def stations_chosen(self) -> list[str]:
        """The station of the message."""
        return [self._message.station] if self._message.station in self.engine.fleet.stations else []

    def no_station(self) -> str:
        """An event row may be about nobody."""
        name = self._message.station
        return f"The station {name} is not known any more." if name else NOBODYS

    def _about(self) -> list[list[Piece]]:
        """The lines above the frames."""
        message = self._message
        glyph, word, tone = outcome(message)
        way = {Origin.STATION: "→ central system", Origin.CONSOLE: "← central system"}.get(message.origin, "")
        first: list[Piece] = [
            (message.action, STRONG),
            ("  ", PLAIN),
            (f"{message.station} {way}  ", PLAIN),
            (f"{glyph} {word}", tone),
        ]
        second: list[Piece] = [(f"id {message.id!s}  " if message.id is not None else "", QUIET)]
        second.append((f"OCPP {message.version}  " if message.version else "", QUIET))
        second.append((f"row {message.seq}  connection {message.connection}", QUIET))
        lines = [first, second, self._times()]
        comment = self.engine.log.notes.comments.get(message.seq)
        if comment:
            lines.append([(f"; {comment}", ATTENTION)])
        if message.note:
            lines.append([(message.note, ATTENTION)])
        if message.repeats is not None:
            lines.append([(f"The same call came before, as row {message.repeats.seq}; it is booked once.", ATTENTION)])
        return lines

    def _times(self) -> list[Piece]:
        """Our time, the station's, the drift between them, and how long the answer took."""
        message = self._message
        parts: list[Piece] = [(f"at {exact(message.at)}  ", PLAIN)]
        said = self._said()
        if said is not None:
            text, at = said
            parts.append((f"station's clock {text}  ", PLAIN))
            if at is not None:
                drift = (at - message.at) / 1_000_000
                parts.append((f"drift {drift:+,.1f} s  ", ATTENTION if abs(drift) > 60 else QUIET))
        if message.latency is not None:
            parts.append((f"answered after {duration(message.latency)}", PLAIN))
        return parts

    def _said(self) -> tuple[str, int | None] | None:
        """The station's own time in its call, as text and as far as it can be read; None when it says none."""
        if self._message.origin is not Origin.STATION:
            return None
        try:
            payload = payload_of(self._message.raw)
        except Unreadable:
            return None
        for field in OUR_TIME_FIELDS:
            text = payload.get(field) if isinstance(payload, dict) else None
            if isinstance(text, str):
                return text, parse_time(text)
        return None

    def action_only(self) -> None:
        """The log with only what has the value under the cursor, or is like this message."""
        from ocpp_console.screens.only_this import filter_of, lines_of
        from ocpp_console.screens.pick_list import Line, PickList

        pane = self.focused_pane
        line = pane.json.record if isinstance(pane, FramePane) else None
        lines = list(lines_of(self._message))
        if isinstance(pane, FramePane) and line is not None and line.path:
            value = pane.json.value_of(line)
            if not isinstance(value, (dict, list)):
                written = filter_of(line.path, value)
                lines.insert(0, Line("this value", written, written))

        def chosen(written: str | None) -> None:
            if written is not None:
                self.app.run_worker(show_filtered(self.app, written))

        self.app.push_screen(PickList("Only…", lines), chosen)

    def action_next_tab(self) -> None:
        """JSON, or the bytes."""
        panes = list(self.query(FramePane))
        raw = not panes[0].raw_shown
        for pane in panes:
            pane.turn(raw)

    def action_neighbour(self, step: int) -> None:
        """The next or previous row of the list it came from."""
        table = self._table
        if table is None:
            return
        table.seek(self._message.seq)
        table.action_move(step)
        if isinstance(table.record, Message):
            self._message = table.record
            self.renew()

    def action_copy(self) -> None:
        """Both frames."""
        copy_message(self, self._message)
