"""The sheet over the lower half of a page from which commands go out, and where their answers are seen."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Static

from ocpp_console.glyphs import ATTENTION, STRONG, WRONG
from ocpp_console.model.saved_commands import SavedCommand
from ocpp_console.model.station import Station
from ocpp_console.protocol import schemas
from ocpp_console.protocol.actions import ACTIONS
from ocpp_console.protocol.field_help import meaning
from ocpp_console.protocol.fields import Field, fields
from ocpp_console.protocol.findings import Finding
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.screens import sheet_words as words
from ocpp_console.screens.action_picker import FREE, ActionPicker
from ocpp_console.screens.command_run import Run
from ocpp_console.screens.free_form import FreeForm, FreeText, Wish
from ocpp_console.screens.known_values import known_values
from ocpp_console.screens.name_prompt import NamePrompt
from ocpp_console.screens.placeholders import left_open, templated
from ocpp_console.screens.prefill import personal, prefill
from ocpp_console.screens.question import Question
from ocpp_console.screens.remembered import Payload, last_payload, numbers_in, renewed
from ocpp_console.screens.run_view import RunView
from ocpp_console.screens.sheet import Sheet
from ocpp_console.screens.shortcuts import BY_KEY
from ocpp_console.visible import visible
from ocpp_console.widgets.bindings import bindings
from ocpp_console.widgets.columns import Piece
from ocpp_console.widgets.json_paths import Path
from ocpp_console.widgets.payload_form import PayloadForm
from ocpp_console.widgets.payload_messages import FileWanted
from ocpp_console.widgets.toned import toned, toned_lines

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

WIDE = 100
"""Columns from which the JSON stands beside the fields from the start."""

TALL = 36
"""Lines from which the meaning of a field gets four of them."""

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
    DEFAULT_CSS = """
    CommandSheet #forms, CommandSheet #buttons { height: 1; }
    CommandSheet #forms Button { margin: 0 1 0 0; }
    CommandSheet #buttons Button { margin: 0 1; min-width: 8; }
    CommandSheet #warning { height: auto; padding: 0 1; display: none; }
    CommandSheet #hint { width: 1fr; color: $text-muted; text-align: right; padding: 0 1; }
    """

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
        self._warned = Content()

    def compose(self) -> ComposeResult:
        """Warning, the forms of the key, the form or the picker, buttons, results."""
        content = self._content()
        anyway = Button("Send anyway", "warning", id="anyway", compact=True)
        anyway.display = any(isinstance(each, PayloadForm) and each.findings for each in content)
        with Vertical(id="sheet"):
            if len(self.forms) > 1:
                with Horizontal(id="forms"):
                    for name in self.forms:
                        yield Button(name, "primary" if name == self.action else "default", name=name, compact=True)
            yield Static(id="warning", markup=False)
            yield from content
            with Horizontal(id="buttons"):
                yield Button("Send", "success", id="send", compact=True)
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
        form.set_class(self.app.size.height >= TALL, "-roomy")
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
        self.query_one("#anyway").display = isinstance(made, PayloadForm) and bool(made.findings)
        await self.query_one("#sheet").mount(made, before="#buttons")
        self._title()
        self._said = None
        self._look()
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """At the first required value that is missing; at the button when nothing is."""
        form = self._form
        if form is not None and not form.focus_first():
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
        self.query_one("#anyway").display = bool(form and form.findings and not form.json_problem)
        self._said = None
        self._look()

    @property
    def _form(self) -> PayloadForm | None:
        return next(iter(self.query(PayloadForm)), None)

    # keys

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
        kept, payload = self.engine.saved_commands, templated(form.payload)
        taken = frozenset(saved.name.casefold() for saved in kept.all())

        def named(answer: tuple[str, str] | None) -> None:
            if answer is not None:
                kept.put(SavedCommand(answer[0], self.version, self.action, payload, answer[1]))
                self.notify(f"Kept as {answer[0]}; page 5 has it.", markup=False)

        self.app.push_screen(NamePrompt(f"Keep {self.action}", taken), named)

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
        self.query_one(RunView).show(self.run, words.idle(self.action, self._form, anybody=bool(self.stations)))
        online = tuple((station.identity, station.online, station.version) for station in self.stations)
        if online == self._said:
            return
        self._said = online
        warning = self._warning()
        if warning != self._warned:
            self._warned = warning
            area = self.query_one("#warning", Static)
            area.update(warning)
            area.display = bool(warning.plain)

    def _warning(self) -> Content:
        """What stands in the way of sending."""
        lines: list[list[Piece | str]] = [[(remark, ATTENTION)] for remark in self._remarks]
        lines += words.absent(self.stations, self.version)
        if self.unknown:
            lines.append([(f"▲ {', '.join(self.unknown)} never connected: there is nobody to send this to.", WRONG)])
        return toned_lines(lines + words.other_versions(self.left_out) + words.form_troubles(self._form))
