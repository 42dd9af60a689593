"""The sheet over the lower half of a page from which commands go out, and where their answers are seen."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Static

from ocpp_console.glyphs import ATTENTION, STRONG
from ocpp_console.model.commands import NUMBERS
from ocpp_console.model.station import Station
from ocpp_console.protocol import schemas
from ocpp_console.protocol.actions import ACTIONS
from ocpp_console.protocol.field_help import meaning
from ocpp_console.protocol.fields import Field, fields
from ocpp_console.protocol.findings import Finding
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.screens import sheet_words as words
from ocpp_console.screens.action_picker import FREE, ActionPicker
from ocpp_console.screens.command_keeping import ask_and_keep
from ocpp_console.screens.command_remarks import against, nobody_there, set_aside, unsendable
from ocpp_console.screens.command_run import Run
from ocpp_console.screens.free_form import FreeForm, FreeText, Wish
from ocpp_console.screens.known_values import known_values
from ocpp_console.screens.placeholders import left_open
from ocpp_console.screens.prefill import personal, prefill
from ocpp_console.screens.question import Question
from ocpp_console.screens.remembered import Payload, last_payload, numbers_in, renewed
from ocpp_console.screens.run_view import RunView
from ocpp_console.screens.sheet import Sheet
from ocpp_console.screens.sheet_warning import SheetWarning
from ocpp_console.screens.shortcuts import BY_KEY
from ocpp_console.visible import visible
from ocpp_console.widgets.bindings import bindings
from ocpp_console.widgets.columns import Piece
from ocpp_console.widgets.json_paths import Path
from ocpp_console.widgets.payload_form import PayloadForm
from ocpp_console.widgets.payload_messages import FileWanted
from ocpp_console.widgets.toned import toned

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

WIDE = 100
"""Columns from which the JSON stands beside the fields from the start."""

Payloads = Callable[[Station], JsonValue]


class CommandSheet(Sheet):
    """One command to one or several stations of a version: form, JSON, send, and what came of it.

    It stays after sending, so that the answer is seen with its request; esc closes it at any time.
    """

    BINDINGS = [
        Binding("ctrl+enter,f10", "send", "Send", show=False),
        Binding("ctrl+t,f2", "toggle_json", "JSON", show=False),
        Binding("ctrl+l,f3", "last", "The last payload", show=False),
        Binding("ctrl+s,f4", "save", "Save the command", show=False),
        Binding("f6", "one_by_one", "One by one, or all at once", show=False),
        Binding("escape", "close", "Close", show=False),
        *bindings("sheet"),
    ]

    def __init__(
        self,
        engine: "Engine",
        stations: Sequence[str],
        shortcut: str = "N",
        *,
        action: str = "",
        filled: dict[str, JsonValue] | None = None,
        payloads: Payloads | None = None,
        placeholders: bool = False,
        remarks: Sequence[str] = (),
        free: FreeText | None = None,
    ) -> None:
        """`shortcut` is the letter pressed, or `action` the command chosen; `filled` goes over what is filled in.

        `payloads` makes the payload for each station in place of what is filled in otherwise; with `placeholders`,
        names in braces that are left in it are violations; `remarks` are said above; the free form begins with `free`.
        """
        super().__init__()
        self.engine, self.shortcut = engine, BY_KEY[shortcut]
        known = [engine.fleet.stations[name] for name in stations if name in engine.fleet.stations]
        self.unknown = [name for name in stations if name not in engine.fleet.stations]
        self.version = known[0].version if known else "1.6"
        self.stations = [station for station in known if station.version == self.version]
        self.left_out = [station for station in known if station.version != self.version]
        self.forms = () if action else tuple(form.action for form in self.shortcut.forms(self.version))
        self.action = action or (self.forms[0] if self.forms else "")
        self.run: Run | None = None
        """What was sent last from here, and what came of it."""
        self.one_by_one = False
        self._filled, self._payloads, self._remarks = filled or {}, payloads, tuple(remarks)
        self._placeholders, self._free = placeholders, free or FreeText()
        self._first_payload: JsonValue = {}
        self._given: JsonValue = {}
        """What was filled in without the operator's hand."""
        self._numbers: set[JsonValue] = set()
        """Numbers of ours that were filled in here."""
        self._said: object = None

    def compose(self) -> ComposeResult:
        """Warning, the forms of the key, the form or the picker, buttons, results."""
        content = self._content()
        anyway = Button("Send anyway", "warning", id="anyway", compact=True)
        anyway.display = any(isinstance(each, PayloadForm) and each.complaints for each in content)
        with Vertical(id="sheet"):
            if len(self.forms) > 1:
                with Horizontal(id="forms"):
                    for name in self.forms:
                        yield Button(name, "primary" if name == self.action else "default", name=name, compact=True)
            yield SheetWarning()
            yield from content
            with Horizontal(id="buttons"):
                yield Button("Send (F10)", "success", id="send", compact=True)
                yield anyway
                yield Static(id="hint", markup=False)
            yield RunView(self.engine)

    def on_mount(self) -> None:
        """Begin where something has to be typed."""
        self._title()
        self._look()
        self.call_after_refresh(self._begin)

    # the form

    def _content(self) -> list[Widget]:
        """What the sheet begins with: the form, or the choice of a command."""
        if not self.stations:
            return []
        if self.action == FREE:
            return [FreeForm(self._free)]
        return [self._make_form()] if self.action else [ActionPicker(self.version)]

    def _make_form(self) -> PayloadForm:
        """The form of the action, filled in for the first station."""
        station, fleet, action = self.stations[0], self.engine.fleet, self.action
        field = fields(self.version, action) or Field("", "", "object")
        self._first_payload = self._own_payload(station)
        self._given = self._first_payload
        self._numbers |= numbers_in(self._first_payload)
        known = known_values(station, fleet, action)
        explain = partial(meaning, self.version, action)
        shown = "beside" if self.app.size.width >= WIDE else "below"
        form = PayloadForm(field, self._first_payload, known, self._check, meaning=explain, json_shown=shown)
        form.set_class(words.roomy(self.app.size.height, len(form.rows.lines)), "-roomy")
        return form

    def _own_payload(self, station: Station) -> JsonValue:
        """What is filled in for a station."""
        if self._payloads is not None:
            return self._payloads(station)
        return {**prefill(self.action, station, self.engine.fleet), **self._filled}

    @on(ActionPicker.Picked)
    async def _picked(self, event: ActionPicker.Picked) -> None:
        event.stop()
        await self._build(event.action)

    async def _build(self, action: str) -> None:
        """Another form in place of what was there."""
        self.action, self.run = action, None
        for button in self.query("#forms Button").results(Button):
            button.variant = "primary" if button.name == action else "default"
        await self.query("PayloadForm, ActionPicker, FreeForm").remove()
        made: Widget = FreeForm(self._free) if action == FREE else self._make_form()
        self.query_one("#anyway").display = isinstance(made, PayloadForm) and bool(made.complaints)
        await self.query_one("#sheet").mount(made, before="#buttons")
        self._title()
        self._said = None
        self._look()
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """At the first required value that is missing; at the button when nothing is."""
        form = self._form
        if form is not None and not form.focus_first():
            form.show_at(lambda line: line.label not in NUMBERS)
            self.query_one("#send").focus()

    def _title(self) -> None:
        names = ", ".join([station.identity for station in self.stations[:3]] or self.unknown)
        more = f" and {len(self.stations) - 3} more" if len(self.stations) > 3 else ""
        sheet = self.query_one("#sheet")
        sheet.border_title = toned((f" {self.action or self.shortcut.label} ", STRONG), f"→ {names}{more} ")
        sheet.border_subtitle = toned(f" OCPP {self.version} ")
        many = len(self.stations) > 1
        line = words.hints(form=bool(self.action) and self.action != FREE, many=many, one_by_one=self.one_by_one)
        self.query_one("#hint", Static).update(Content.from_markup(line))

    def _check(self, payload: JsonValue) -> tuple[Finding, ...]:
        findings = schemas.check(self.version, self.action, "request", payload)
        return findings + (left_open(payload) if self._placeholders else ())

    @on(PayloadForm.Changed)
    def _changed(self, event: PayloadForm.Changed) -> None:
        event.stop()
        form = self._form
        self.query_one("#anyway").display = bool(form and form.complaints and not form.json_problem)
        self._said = None
        self._look()

    @property
    def _form(self) -> PayloadForm | None:
        return next(iter(self.query(PayloadForm)), None)

    # keys

    def on_key(self, event: events.Key) -> None:
        """Whoever types, or goes up or down, on a button means the field that the form shows."""
        form, typed = self._form, event.character if event.is_printable else ""
        if form is None or not isinstance(self.focused, Button) or event.character == " ":
            return
        if typed or event.key in ("up", "down"):
            event.stop()
            form.rows.take_focus()
            form.rows.input.insert_text_at_cursor(typed or "")

    @on(events.DescendantFocus)
    def _focus_moved(self) -> None:
        """What enter does is another thing now."""
        self._look()

    async def action_toggle_json(self) -> None:
        """Show or hide the JSON view."""
        if self._form is not None:
            await self._form.toggle_json()

    def action_last(self) -> None:
        """Fill in what was sent last with this action, here or elsewhere, with a number of its own."""
        payload = last_payload(self.stations[0], self.engine.fleet, self.action) if self.stations else None
        if self._form is None or payload is None:
            self.notify("This command is not among the last hundred of any station.", markup=False)
            return
        self._renew(payload)

    def _renew(self, payload: Payload) -> Payload:
        """Show a payload with a number of its own."""
        fresh = renewed(payload, self.engine.fleet)
        self._given = fresh
        self._numbers |= numbers_in(fresh)
        if self._form is not None:
            self._form.replace(fresh)
        return fresh

    def action_save(self) -> None:
        """Keep the command under a name."""
        form = self._form
        if form is None or form.json_problem:
            return
        ask_and_keep(self.app, self.engine.saved_commands, self.version, self.action, form.payload)

    def action_one_by_one(self) -> None:
        """Each station when the one before has answered, or all at once."""
        self.one_by_one = not self.one_by_one
        self._title()

    def action_close(self) -> None:
        """Close the sheet; what was sent goes on. What was typed and not sent is not thrown away without a question."""
        if self.run is None and words.touched(self._form, self.query(FreeForm), self._given):
            self.app.push_screen(Question("Throw away what was filled in?", "Throw away", "Stay"), self._leave)
            return
        if self.run is not None and not self.run.finished:
            self.notify("The stations not asked yet are asked in the background; page 5 shows it.", markup=False)
        self.dismiss(None)

    def _leave(self, sure: bool | None) -> None:
        if sure:
            self.dismiss(None)

    @on(FileWanted)
    def _file_wanted(self, event: FileWanted) -> None:
        event.stop()
        self._fill([(event.path, event.file)])

    @work
    async def _fill(self, named: list[tuple[Path, str]], *, send: bool = False) -> None:
        """Take values from files, and send when that is what was wanted."""
        trouble = await words.fill_from_files(self._form, named, self.engine.read_text)
        if trouble:
            self.notify(visible(trouble, 300), severity="error", markup=False)
            return
        if send:
            self.action_send()

    @on(Button.Pressed)
    async def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.name in self.forms:
            await self._build(str(event.button.name))
        elif event.button.id == "send":
            self.action_send()
        elif event.button.id == "anyway" and self._form is not None and not self._form.json_problem:
            self._ask(Wish(self.action, self._own_number(self._form.payload)), check=False)

    # sending

    def action_send(self) -> None:
        """Send when the payload is in order; otherwise say what is wrong and offer to send it all the same."""
        form = self._form
        if form is None:
            for free in self.query(FreeForm):
                wish = free.wish()
                if wish is not None:
                    self._ask(wish, check=False)
            if not self.stations:
                self.dismiss(None)
        elif named := form.files_named():
            self._fill(named, send=True)
        elif form.findings or form.json_problem:
            form.judge()
            if not form.focus_first() and not form.json_problem:
                self.query_one("#anyway").focus()
        else:
            self._ask(Wish(self.action, self._own_number(form.payload)), check=True)

    def _own_number(self, payload: JsonValue) -> JsonValue:
        """The payload with another number when the one filled in was used meanwhile: two reports would be one."""
        used = self.engine.fleet.commands.number_used
        stale = any(used(number) for number in numbers_in(payload) & self._numbers)
        return self._renew(payload) if stale and isinstance(payload, dict) else payload

    def _ask(self, wish: Wish, *, check: bool) -> None:
        """Ask before anything that interrupts a session or changes the station, then send."""
        if away := nobody_there(self.stations):
            self.notify(visible(away, 300), severity="warning", markup=False)
            return
        known = ACTIONS.get(wish.action)
        if known is None or not known.caution:
            self._send(wish, check=check)
            return
        question = words.caution(wish.action, self.stations, self.engine.fleet.transactions)

        def answered(yes: bool | None) -> None:
            if yes:
                self._send(wish, check=check)

        self.app.push_screen(Question(question, "Send", "Do not send"), answered)

    def _send(self, wish: Wish, *, check: bool) -> None:
        """Begin a run; a refusal by the engine is that station's result."""
        payloads = {
            station.identity: wish.payload if place == 0 else self._payload_for(station, wish.payload)
            for place, station in enumerate(self.stations)
        }
        self.run = Run(self.engine, wish.action, payloads, check=check, one_by_one=self.one_by_one, raw=wish.raw)
        self.run.begin()
        if not self.run.finished:
            self.app.run_worker(self.run.rest(), group="runs", exit_on_error=False)
        if self.run.findings and self._form is not None:
            self._form.show_findings(self.run.findings)
        self._said = None
        self._look()

    def _payload_for(self, station: Station, payload: JsonValue) -> JsonValue:
        """What another marked station gets: its own transaction, connector… wherever the operator changed nothing."""
        if self.action == FREE:
            return payload
        return personal(payload, self._first_payload, self._own_payload(station))

    # what became of it

    def poke(self, facts: int) -> None:
        """Something happened, or a second went by: called by the app."""
        self._look()

    def _look(self) -> None:
        """Draw warnings and results again if anything about them changed."""
        if not self.is_mounted:
            return
        form, here = self._form, self.focused is not None and self.focused.id == "send"
        idle = words.idle(self.action, form, anybody=bool(self.stations), at_send=here)
        self.query_one(RunView).show(self.run, idle)
        running = self.engine.fleet.transactions.revision
        states = [(each.identity, each.online, each.version, each.registration) for each in self.stations]
        if (running, states) == self._said:
            return
        self._said = running, states
        self.query_one(SheetWarning).tell(self._warnings())

    def _warnings(self) -> Iterator[Piece]:
        """What stands in the way of sending, and who gets nothing."""
        form = self._form
        yield from ((remark, ATTENTION) for remark in self._remarks)
        # what was sent speaks for itself, and may have begun the very session that stands in its way
        payload = None if self.run is not None else form.payload if form else {}
        yield from against(self.stations, self.version, self.engine.fleet, self.action, payload)
        yield from set_aside(self.unknown, self.left_out)
        if form is not None:
            yield from unsendable(form.json_problem, len(form.complaints))
