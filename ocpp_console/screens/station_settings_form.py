"""Everything that can be set for a station in one form, made from what the model declares."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from ocpp_console.model.duties import LONGEST_TARIFF, DutyProblem, normal_tariff
from ocpp_console.model.station_settings import (
    LIMITED,
    LONGEST_INTERVAL,
    LONGEST_NAME,
    LONGEST_NOTES,
    LONGEST_PASSWORD,
    MOST_ITEMS,
    QUIRKS,
    REGISTRATIONS,
    StationSettings,
)
from ocpp_console.protocol.actions import Version
from ocpp_console.protocol.fields import Field
from ocpp_console.protocol.findings import Finding, Severity
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.station_desk import SettingRefused
from ocpp_console.visible import visible
from ocpp_console.widgets.payload_form import Choice, PayloadForm
from ocpp_console.widgets.toned import toned

if TYPE_CHECKING:
    from textual.app import App

    from ocpp_console.engine import Engine

PLAIN = ("registration", "interval", "security_profile", "version", "name", "notes", "tariff")
"""Settings that are one value each, by their names in `StationSettings`."""

_WRONG = "SETTING"
"""What is wrong with a value of the form; no finding about a station."""


def _field(name: str, kind: str = "string", **more: Any) -> Field:
    return Field(name=name, path=name, type=kind, **more)


FORM = Field(
    name="station",
    path="",
    type="object",
    required=True,
    children=(
        _field("registration", enum=REGISTRATIONS, description="What its next boots are answered with."),
        _field("interval", "integer", minimum=1, maximum=LONGEST_INTERVAL, description="Seconds between heartbeats."),
        _field(
            "security_profile", "integer", minimum=0, maximum=3, description="1 and 2 need a password, 2 and 3 TLS."
        ),
        _field(
            "password",
            format="password",
            max_length=LONGEST_PASSWORD,
            description="Asked for at the handshake; empty leaves it.",
        ),
        _field("no_password", "boolean", description="Ask for no password any more."),
        _field("version", enum=tuple(map(str, Version)), description="The only version it may speak."),
        _field("name", max_length=LONGEST_NAME),
        _field("notes", max_length=LONGEST_NOTES),
        _field("tariff", max_length=LONGEST_TARIFF, description="Such as 0.39/kWh 1/session EUR."),
        *(_field(name, "boolean", description=told) for name, told in QUIRKS.items()),
        *(
            _field(name, "integer", minimum=1, maximum=MOST_ITEMS, description="Most items in one message.")
            for name in LIMITED
        ),
    ),
)
"""The form, in the shape of a payload's."""


def to_form(settings: StationSettings) -> dict[str, JsonValue]:
    """What is set as the form's payload; the password stays hidden."""
    plain = {name: getattr(settings, name) for name in PLAIN}
    shown: dict[str, JsonValue] = {name: value for name, value in plain.items() if value not in (None, "")}
    return shown | dict.fromkeys(settings.quirks, True) | dict(settings.limits)


def from_form(payload: JsonValue, settings: StationSettings) -> tuple[StationSettings, str | None]:
    """The settings that the form describes, and the password to set: empty for none, None to leave it."""
    values = payload if isinstance(payload, dict) else {}
    empty = StationSettings()
    plain = {name: values.get(name, getattr(empty, name)) for name in PLAIN}
    plain["tariff"] = normal_tariff(str(plain["tariff"]))
    wanted = {name: value for name in LIMITED if isinstance(value := values.get(name), int)}
    quirks = frozenset(name for name in QUIRKS if values.get(name) is True)
    password = str(values.get("password") or "")
    changed = replace(settings, **plain, quirks=quirks, limits=wanted)
    return changed, "" if values.get("no_password") is True else password or None


def _check(payload: JsonValue) -> tuple[Finding, ...]:
    """What is wrong with the form's values, the first of it."""
    values = payload if isinstance(payload, dict) else {}
    fields = {field.name: field for field in FORM.children}
    for name, value in values.items():
        if problem := _problem(fields.get(name), value):
            return (Finding(_WRONG, Severity.WARNING, f"{name}: {problem}", name),)
    try:
        normal_tariff(str(values.get("tariff", "")))
    except DutyProblem as problem_told:
        return (Finding(_WRONG, Severity.WARNING, f"tariff: {problem_told}", "tariff"),)
    return ()


def _problem(field: Field | None, value: JsonValue) -> str:
    """Why a value cannot stand in a field; empty when it can."""
    if field is None:
        return "there is no such setting"
    if type(value) is not {"string": str, "integer": int, "boolean": bool}[field.type]:
        return f"must be a {field.type}"
    if isinstance(value, int) and field.minimum is not None and field.maximum is not None:
        fits = field.minimum <= value <= field.maximum
        return "" if fits else f"must lie between {field.minimum:g} and {field.maximum:g}"
    if isinstance(value, str) and field.max_length is not None and len(value) > field.max_length:
        return f"has at most {field.max_length} characters"
    return "" if not field.enum or value in field.enum else f"must be one of {', '.join(field.enum)}"


class StationSettingsForm(ModalScreen[None]):
    """The form; `keep` puts the settings in force and says why it cannot."""

    BINDINGS = [
        Binding("ctrl+enter,f10", "save", "Save", show=False),
        Binding("escape", "cancel", "Cancel", show=False),
        Binding("f9", "reveal", "Show the password", show=False),
    ]
    DEFAULT_CSS = """
    StationSettingsForm { align: center middle; }
    StationSettingsForm > Vertical { width: 96; max-width: 100%; height: 90%; border: round $primary;
                                     background: $surface; }
    StationSettingsForm .label { width: 22; }
    StationSettingsForm #settings-problem { height: auto; padding: 0 1; }
    StationSettingsForm Horizontal.buttons { height: 1; }
    StationSettingsForm .buttons Button { margin: 0 1; }
    """

    def __init__(
        self, identity: str, settings: StationSettings, keep: Callable[[StationSettings, str | None], str]
    ) -> None:
        """`keep` is given the settings and the new password, and gives what is wrong with them, or nothing."""
        super().__init__()
        self._identity, self._settings, self._keep = identity, settings, keep

    def compose(self) -> ComposeResult:
        """Fields, what is wrong, buttons."""
        with Vertical() as box:
            locked = "a password is set" if self._settings.password else "no password is set"
            box.border_title = Content(f"What is set for {visible(self._identity, 40)}; {locked}")
            yield PayloadForm(FORM, to_form(self._settings), _choices, _check)
            yield Static(id="settings-problem", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Save (ctrl+enter, F10)", "success", id="save", compact=True)
                yield Button("Cancel (esc)", id="cancel", compact=True)
                yield Button("Show password (F9)", id="reveal", compact=True)

    def on_mount(self) -> None:
        """At the first field."""
        self.call_after_refresh(lambda: self.query_one(PayloadForm).focus_at("registration"))

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "save":
            self.action_save()
        elif event.button.id == "reveal":
            self.action_reveal()
        else:
            self.dismiss(None)

    def action_save(self) -> None:
        """Put them in force and close, or say what is wrong."""
        payload = self.query_one(PayloadForm).payload
        found = _check(payload)
        problem = found[0].text if found else self._keep(*from_form(payload, self._settings))
        if problem:
            self.query_one("#settings-problem", Static).update(toned((f"▲ {visible(problem, 300)}", "wrong")))
        else:
            self.dismiss(None)

    def action_reveal(self) -> None:
        """Show what is typed as a password, or dots again; it begins with dots each time."""
        field = self.query_one(PayloadForm).rows.input
        field.reveal(not field.revealed)
        self.query_one("#reveal", Button).label = f"{'Hide' if field.revealed else 'Show'} password (F9)"

    def action_cancel(self) -> None:
        """Close; everything stays."""
        self.dismiss(None)


def _choices(path: str) -> list[Choice]:
    """Values for what the form cannot know by itself."""
    return [Choice(number) for number in range(4)] if path == "security_profile" else []


def open_form(app: "App[None]", engine: "Engine", identity: str) -> None:
    """Ask what is to be set for a station, and put it in force."""

    def keep(settings: StationSettings, password: str | None) -> str:
        try:
            engine.station_settings.replace(identity, settings, password=password)
        except SettingRefused as refused:
            return refused.text
        return ""

    app.push_screen(StationSettingsForm(identity, engine.station_settings.of(identity), keep))
