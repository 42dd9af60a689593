"""The sheet over the lower half of a page from which commands go out, and where their answers are seen."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Button, Static

from ocpp_console.clock import hms
from ocpp_console.events import Fact
from ocpp_console.glyphs import ATTENTION, GOOD, QUIET, STRONG, WRONG
from ocpp_console.model.commands import Command
from ocpp_console.model.station import Station
from ocpp_console.protocol import schemas
from ocpp_console.protocol.actions import ACTIONS
from ocpp_console.protocol.fields import Field, fields
from ocpp_console.protocol.findings import Finding
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.screens.action_picker import ActionPicker
from ocpp_console.screens.command_progress import progress
from ocpp_console.screens.known_values import known_values
from ocpp_console.screens.question import Question
from ocpp_console.screens.shortcuts import BY_KEY, preset
from ocpp_console.widgets.columns import Piece
from ocpp_console.widgets.payload_form import PayloadForm
from ocpp_console.widgets.payload_rows import starter
from ocpp_console.widgets.toned import toned, toned_lines

if TYPE_CHECKING:
    from ocpp_console.engine import Engine


class CommandSheet(ModalScreen[None]):
    """One command to one or several stations of a version: form, JSON, send, and what came of it.

    It stays after sending, so that the answer is seen with its request; esc closes it at any time.
    """

    BINDINGS = [
        Binding("ctrl+enter,f10", "send", "Send", show=False),
        Binding("ctrl+t,f2", "toggle_json", "JSON", show=False),
        Binding("escape", "close", "Close", show=False),
    ]
    DEFAULT_CSS = """
    CommandSheet { align: left bottom; background: $background 0%; }
    CommandSheet #sheet { width: 100%; height: 55%; min-height: 13; max-height: 24; background: $surface;
                          border: round $primary; border-title-color: $foreground; }
    CommandSheet Static { height: auto; }
    CommandSheet #forms, CommandSheet #buttons { height: 1; }
    CommandSheet #forms Button { margin: 0 1 0 0; }
    CommandSheet #forms.-single { display: none; }
    CommandSheet #buttons Button { margin: 0 1; }
    CommandSheet #anyway { display: none; }
    CommandSheet #warning { padding: 0 1; }
    CommandSheet #body { height: 1fr; }
    CommandSheet #preview { height: 1; padding: 0 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    CommandSheet #results { height: auto; max-height: 6; padding: 0 1; }
    CommandSheet #hint { width: 1fr; color: $text-muted; text-align: right; padding: 0 1; }
    """

    def __init__(
        self, engine: "Engine", stations: Sequence[str], shortcut: str, *, filled: dict[str, JsonValue] | None = None
    ) -> None:
        """`shortcut` is the letter pressed; `filled` takes the place of what is filled in otherwise, key by key."""
        super().__init__()
        self._filled = filled or {}
        self.engine, self.shortcut = engine, BY_KEY[shortcut]
        known = [engine.fleet.stations[name] for name in stations if name in engine.fleet.stations]
        self.unknown = [name for name in stations if name not in engine.fleet.stations]
        self.version = known[0].version if known else "1.6"
        self.stations = [station for station in known if station.version == self.version]
        self.left_out = [station for station in known if station.version != self.version]
        self.forms = tuple(form.action for form in self.shortcut.forms(self.version))
        self.action = self.forms[0] if self.forms else ""
        self._first_payload: JsonValue = {}
        self.results: dict[str, Command | str] = {}
        """What came of it, by station: the command, or why it was not even queued."""
        self._said: object = None
        self._below: Screen[Any] = self

    def compose(self) -> ComposeResult:
        """Warning, the forms of the key, the form or the picker, buttons, results."""
        with Vertical(id="sheet"):
            with Horizontal(id="forms", classes="" if len(self.forms) > 1 else "-single"):
                for name in self.forms:
                    yield Button(name, "primary" if name == self.action else "default", name=name, compact=True)
            yield Static(id="warning", markup=False)
            yield Vertical(id="body")
            yield Static(id="preview", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Send", "success", id="send", compact=True)
                yield Button("Send anyway", "warning", id="anyway", compact=True)
                yield Button("JSON", id="json-button", compact=True)
                yield Button("Close", id="close", compact=True)
                yield Static("ctrl+enter F10 send  ctrl+t JSON  esc close", id="hint", markup=False)
            with VerticalScroll(id="results", can_focus=False):
                yield Static(id="progress", markup=False)

    async def on_mount(self) -> None:
        """Build what the key asks for."""
        self._below = self.app.screen_stack[-2]
        if not self.stations:
            self._title()
            self.query_one("#close").focus()
        elif self.action:
            await self._build(self.action)
        else:
            await self.query_one("#body").mount(ActionPicker(self.version))
            self._title()
        self.call_after_refresh(self._look)

    def on_resize(self) -> None:
        """The page below keeps the rows above the sheet, so that its log goes on in full view."""
        self.call_after_refresh(self._make_room)

    def _make_room(self) -> None:
        if self.is_mounted:
            self._below.styles.padding = (0, 0, self.query_one("#sheet").outer_size.height, 0)

    def on_unmount(self) -> None:
        """The page below gets its rows back."""
        self._below.styles.padding = 0

    # the form

    @on(ActionPicker.Picked)
    async def _picked(self, event: ActionPicker.Picked) -> None:
        event.stop()
        await self._build(event.action)

    async def _build(self, action: str) -> None:
        """Make the form of one action, filled in for the first station."""
        self.action = action
        self.results.clear()
        self._title()
        for button in self.query_one("#forms").query(Button):
            button.variant = "primary" if button.name == action else "default"
        body = self.query_one("#body")
        await body.remove_children()
        station = self.stations[0]
        fleet = self.engine.fleet
        field = fields(self.version, action) or Field("", "", "object")
        self._first_payload = {**starter(field), **preset(action, station, fleet), **self._filled}
        form = PayloadForm(field, self._first_payload, known_values(station, fleet), self._check)
        await body.mount(form)
        if self.size.width >= 100:
            form.add_class("-json")
        self.call_after_refresh(self._begin_at, form)

    def _begin_at(self, form: PayloadForm) -> None:
        """At the first required value that is missing; at the button when nothing is."""
        if not form.focus_first():
            self.query_one("#send").focus()

    def _title(self) -> None:
        names = ", ".join([station.identity for station in self.stations[:3]] or self.unknown)
        more = f" and {len(self.stations) - 3} more" if len(self.stations) > 3 else ""
        sheet = self.query_one("#sheet")
        sheet.border_title = toned((f" {self.action or self.shortcut.label} ", STRONG), f"→ {names}{more} ")
        sheet.border_subtitle = toned(f" OCPP {self.version} ")

    def _check(self, payload: JsonValue) -> tuple[Finding, ...]:
        return schemas.check(self.version, self.action, "request", payload)

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

    def action_toggle_json(self) -> None:
        """Show or hide the JSON view."""
        if self._form:
            self._form.toggle_json()
            self._preview()

    def action_close(self) -> None:
        """Close the sheet; what was sent goes on."""
        self.dismiss(None)

    @on(Button.Pressed)
    async def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.name in self.forms:
            await self._build(str(event.button.name))
        elif event.button.id == "send":
            self.action_send()
        elif event.button.id == "anyway":
            self._ask(check=False)
        elif event.button.id == "json-button":
            self.action_toggle_json()
        else:
            self.dismiss(None)

    # sending

    def action_send(self) -> None:
        """Send when the payload is in order; otherwise say what is wrong and offer to send it all the same."""
        form = self._form
        if form is None:
            return
        if form.findings or form.json_problem:
            form.show_findings(form.findings)
            if not form.focus_first() and not form.json_problem:
                self.query_one("#anyway").focus()
            return
        self._ask(check=True)

    def _ask(self, *, check: bool) -> None:
        """Ask before anything that interrupts a session or changes the station, then send."""
        form = self._form
        if form is None or form.json_problem:
            return
        payload, caution = form.payload, ACTIONS[self.action].caution
        if not caution:
            self._send(payload, check=check)
            return
        question = [f"{self.action} → {', '.join(station.identity for station in self.stations)}", caution]
        sessions = self.engine.fleet.transactions
        running = [station.identity for station in self.stations if sessions.running(station.identity)]
        if running:
            question.append(f"A session runs at {', '.join(running)}.")

        def answered(yes: bool | None) -> None:
            if yes:
                self._send(payload, check=check)

        self.app.push_screen(Question("\n".join(question), "Send", "Do not send"), answered)

    def _send(self, payload: JsonValue, *, check: bool) -> None:
        """Queue the command for every station; a refusal by the engine is that station's result."""
        from ocpp_console.engine import CallRefused

        for station in self.stations:
            own = payload if station is self.stations[0] else self._payload_for(station, payload)
            try:
                self.results[station.identity] = self.engine.request(station.identity, self.action, own, check=check)
            except CallRefused as refused:
                self.results[station.identity] = refused.text
                if self._form and refused.findings:
                    self._form.show_findings(refused.findings)
        self._said = None
        self._look()

    def _payload_for(self, station: Station, payload: JsonValue) -> JsonValue:
        """What another marked station gets: its own transaction, connector… wherever the operator changed nothing."""
        if not isinstance(payload, dict) or not isinstance(self._first_payload, dict):
            return payload
        own = preset(self.action, station, self.engine.fleet)
        filled = self._first_payload
        return {key: own.get(key, value) if filled.get(key) == value else value for key, value in payload.items()}

    # what became of it

    def poke(self, facts: Sequence[Fact]) -> None:
        """Something happened, or a second went by: called by the app."""
        self._look()

    def _look(self) -> None:
        """Draw warnings and results again if anything about them changed."""
        now = self.engine.clock()
        results = tuple((name, _stamp(result, now)) for name, result in self.results.items())
        online = tuple((station.identity, station.online, station.version) for station in self.stations)
        if (results, online) == self._said or not self.is_mounted:
            return
        self._said = (results, online)
        warning = self._warning()
        self.query_one("#warning", Static).update(warning)
        self.query_one("#warning").display = bool(warning.plain)
        self._preview()
        self.query_one("#progress", Static).update(self._results(now))

    def _preview(self) -> None:
        """The JSON in one line, while its own view is closed."""
        form, preview = self._form, self.query_one("#preview", Static)
        preview.display = form is not None and not form.has_class("-json")
        if form is not None and preview.display:
            preview.update(toned(json.dumps(form.payload, ensure_ascii=False), limit=400))

    def _warning(self) -> Content:
        """What stands in the way of sending."""
        lines: list[list[Piece | str]] = []
        for station in self.stations:
            if not station.online:
                since = f" since {hms(station.last_seen)}Z" if station.last_seen else ""
                text = f"▲ {station.identity} is offline{since}. What is filled in stays; send when it is back."
                lines.append([(text, ATTENTION)])
            elif station.version != self.version:
                text = f"▲ {station.identity} speaks OCPP {station.version} by now: open the sheet again."
                lines.append([(text, WRONG)])
        if self.unknown:
            lines.append([(f"▲ {', '.join(self.unknown)} never connected: there is nobody to send this to.", WRONG)])
        if self.left_out:
            names = ", ".join(f"{station.identity} ({station.version})" for station in self.left_out)
            lines.append([(f"Not sent to {names}: another OCPP version has another form.", ATTENTION)])
        form = self._form
        if form and form.json_problem:
            lines.append([(f"▲ The JSON cannot be read: {form.json_problem}", WRONG)])
        elif form and form.findings:
            count = len(form.findings)
            lines.append([(f"! {count} {'violation' if count == 1 else 'violations'} of the schema", ATTENTION)])
        return toned_lines(lines)

    def _results(self, now: int) -> Content:
        """One line per station."""
        several = len(self.stations) > 1
        lines: list[list[Piece | str]] = []
        for name, result in self.results.items():
            who: list[Piece | str] = [(f"{name}  ", STRONG)] if several else []
            lines.append([*who, *([(f"✗ {result}", WRONG)] if isinstance(result, str) else progress(result, now))])
        if not self.stations:
            return toned(("Nothing to send.", QUIET))
        if not lines and self.action:
            caution = ACTIONS[self.action].caution
            lines.append([(f"Asks first: {caution}", QUIET)] if caution else [("Ready to send.", QUIET)])
        return toned_lines(lines) if lines else toned(("Choose a command.", GOOD))


def _stamp(result: Command | str, now: int) -> object:
    """What a result's line depends on; a waiting one changes with the seconds."""
    if isinstance(result, str):
        return result
    waiting = now // 1_000_000 if result.progress.value in ("queued", "sent") else 0
    return result.id, result.revision, len(result.followers), waiting
