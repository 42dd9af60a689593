"""One message in full: who, when, how long, how large; request and answer as JSON or as bytes, with what is odd."""

from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from ocpp_console.model.messages import Message, Origin, State
from ocpp_console.screens.destinations import Destination
from ocpp_console.screens.detail_actions import DetailActions
from ocpp_console.screens.field_words import field_words
from ocpp_console.screens.frame_pane import FramePane
from ocpp_console.screens.message_words import about, form_of
from ocpp_console.screens.messages import NOBODYS
from ocpp_console.screens.neighbours import Neighbours, row_of
from ocpp_console.visible import visible
from ocpp_console.widgets.bindings import bindings
from ocpp_console.widgets.json_view import JsonView
from ocpp_console.widgets.record_table import RecordTable
from ocpp_console.widgets.still import PaneFrame
from ocpp_console.widgets.toned import toned_lines

if TYPE_CHECKING:
    from ocpp_console.engine import Engine


class MessageDetail(DetailActions):
    """Pushed over the list it was opened from; `[` and `]` go through that list, esc returns to the row."""

    HELP = (
        "One exchange. What is odd stands under the line it concerns; n and p go from one to the next. enter folds, or "
        "goes to the tag, session or station under the cursor; s searches, y copies, t shows the bytes as they came, d "
        "compares with an earlier message, u shows the place in the sequence diagram, [ and ] go through the list you "
        "came from."
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings("detail")
    kind = "detail"

    def __init__(self, engine: "Engine", message: Message, neighbours: Neighbours | None = None) -> None:
        """`neighbours` is the list the message was opened from, if any."""
        super().__init__(engine)
        self._message = message
        self._neighbours = neighbours
        self._shown: tuple[int, int] | None = None

    @property
    def message(self) -> Message:
        """What is shown."""
        return self._message

    def content(self) -> ComposeResult:
        """The facts about it above its two frames."""
        yield Static("", id="about", markup=False)
        with PaneFrame(id="frames", classes="frame"):
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

    def show(self, message: Message) -> None:
        """Show another message in the place of this one."""
        self._message = message
        self.renew()

    def renew(self) -> None:
        """Draw everything about the message."""
        message = self._message
        self._shown = (message.seq, message.revision)
        comment = self.engine.log.notes.comments.get(message.seq, "")
        self.query_one("#about", Static).update(toned_lines(about(message, comment, self._begun())))
        request, answer = self.query_one("#request", FramePane), self.query_one("#answer", FramePane)
        event = message.origin is Origin.EVENT
        request.show(message.raw, message.call_findings, "Nothing.", form=form_of(message), event=event)
        answer.display = message.state is not State.ALONE
        waiting = "No answer yet." if message.state is State.OPEN else message.note or "No answer."
        answer.show(message.answer_raw, message.answer_findings, waiting, form=form_of(message, answer=True))
        asked, answered = len(message.raw), len(message.answer_raw or b"")
        request.set_class(asked > 2 * answered, "-larger")
        answer.set_class(answered > 2 * asked, "-larger")

    def _begun(self) -> int:
        """When the connection began whose end is shown, as far as that is in memory (µs); else 0."""
        first = self.engine.fleet.messages.by_seq(self._message.connection) if self._message.action == "gone" else None
        return first.at if first is not None else 0

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
        meaning = self.query_one("#meaning", Static)
        alone = len(words) > 1 and not "".join(text for text, _ in words[1])
        meaning.set_class(alone, "-alone")
        meaning.update(toned_lines(words[:1] if alone else words), layout=False)

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

    async def action_neighbour(self, step: int) -> None:
        """The next or previous message of the list it came from."""
        if self._neighbours is None:
            self.say("It was opened on its own: there is no list to go through.")
            return
        found = self._neighbours.move(self._message.seq, step)
        if found is None:
            self.say(f"This is the {'last' if step > 0 else 'first'} message of the list.")
            return
        row, problem = await row_of(self.engine, found) if isinstance(found, int) else (found, "")
        if row is None:
            self.say(problem, "warning")
        else:
            self.show(row)
