"""Adding or changing one idTag."""

from dataclasses import replace

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from ocpp_console.model.id_tags import LONGEST_LANGUAGE, LONGEST_TOKEN, STATUSES, IdTag, IdTagList, problem_of
from ocpp_console.protocol.fields import Field
from ocpp_console.protocol.findings import Finding, Severity
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.visible import visible
from ocpp_console.widgets.payload_form import Choice, PayloadForm
from ocpp_console.widgets.toned import toned

TYPES = ("", "ISO14443", "ISO15693", "eMAID", "KeyCode", "Local", "MacAddress", "Central")
"""2.x IdTokenEnumType; empty fits every type, and 1.6 has none."""

TEXTS = {
    "idTag": "token",
    "status": "status",
    "note": "note",
    "until": "expiry",
    "group": "parent",
    "type": "type",
    "stations": "stations",
    "tariff": "tariff",
    "language": "language",
    "masterPass": "master_pass",
}
"""The text fields of an entry, in the words of the list's columns, and the attributes they stand for."""

CHOICES = {
    "status": [Choice(status) for status in STATUSES],
    "type": [Choice(type, "" if type else "any, and every 1.6 station") for type in TYPES],
    "language": [Choice("", "as the station likes"), *(Choice(code) for code in ("en", "de", "fr", "nl", "es", "it"))],
    "tariff": [Choice("", "that of the station or the console"), Choice("free"), Choice("0.39/kWh 1/session EUR")],
    "stations": [Choice("", "everywhere"), Choice("AC-*, DC-01/2", "names, patterns, EVSEs")],
    "concurrent": [Choice(True, "several sessions at once"), Choice(False, "one session; more answer ConcurrentTx")],
}


def _field(name: str, kind: str = "string", required: bool = False, most: int | None = None, form: str = "") -> Field:
    return Field(name=name, path=name, type=kind, required=required, max_length=most, format=form)


FORM = Field(
    name="idTag",
    path="",
    type="object",
    required=True,
    children=(
        _field("idTag", required=True, most=LONGEST_TOKEN),
        _field("status", required=True),
        _field("note"),
        _field("until", form="date"),
        _field("group"),
        _field("type"),
        _field("concurrent", "boolean"),
        _field("stations"),
        _field("tariff"),
        _field("language", most=LONGEST_LANGUAGE),
        _field("masterPass"),
    ),
)
"""The form of an entry, in the shape of a payload's."""


def to_form(tag: IdTag) -> dict[str, JsonValue]:
    """The entry as the form's payload; empty texts are left out."""
    texts = {name: getattr(tag, attribute) for name, attribute in TEXTS.items()}
    return {name: text for name, text in texts.items() if text} | {"concurrent": tag.concurrent}


def from_form(payload: JsonValue, tag: IdTag) -> IdTag:
    """The entry that the form describes; what the form does not show comes from `tag`."""
    values = payload if isinstance(payload, dict) else {}
    changed = replace(tag, concurrent=values.get("concurrent", True) is not False)
    for name, attribute in TEXTS.items():
        setattr(changed, attribute, str(values.get(name, "")).strip())
    return changed


class TagForm(ModalScreen[IdTag | None]):
    """The fields of an entry; gives the entry, or None when cancelled."""

    BINDINGS = [
        Binding("ctrl+enter,f10", "save", "Save", show=False),
        Binding("escape", "cancel", "Cancel", show=False),
    ]
    DEFAULT_CSS = """
    TagForm { align: center middle; }
    TagForm > Vertical { width: 92; max-width: 100%; height: 18; border: round $primary; background: $surface; }
    TagForm .label { width: 14; }
    TagForm #tag-problem { height: auto; padding: 0 1; }
    TagForm Horizontal.buttons { height: 1; }
    TagForm .buttons Button { margin: 0 1; }
    """

    def __init__(self, tag: IdTag, tags: IdTagList, *, new: bool) -> None:
        """`tag` is what the form begins with; `tags` is the list it will be in."""
        super().__init__()
        self._tag, self._tags, self._new = tag, tags, new

    def compose(self) -> ComposeResult:
        """Fields, what is wrong, buttons."""
        with Vertical() as box:
            box.border_title = Content("Add an idTag" if self._new else "Change the idTag")
            yield PayloadForm(FORM, to_form(self._tag), lambda path: CHOICES.get(path, ()), self._check)
            yield Static(id="tag-problem", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Save (ctrl+enter, F10)", "success", id="save", compact=True)
                yield Button("Cancel (esc)", id="cancel", compact=True)

    def on_mount(self) -> None:
        """At the idTag when it is empty, else at the status."""
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        form = self.query_one(PayloadForm)
        if not form.focus_first():
            form.focus_at("idTag" if self._new else "status")

    def _check(self, payload: JsonValue) -> tuple[Finding, ...]:
        problem = self._problem(from_form(payload, self._tag))
        return (Finding("TAG", Severity.WARNING, problem, "tag"),) if problem else ()

    def _problem(self, tag: IdTag) -> str:
        """What is wrong with the entry; another one with its token would be lost without a word."""
        there = self._tags.get(tag.token.strip())
        own = not self._new and tag.token.casefold() == self._tag.token.casefold()
        if there is not None and not own:
            return f"{visible(there.token, 40)} is in the list; e changes it"
        return problem_of(tag)

    @on(PayloadForm.Changed)
    def _changed(self, event: PayloadForm.Changed) -> None:
        event.stop()
        self.query_one("#tag-problem", Static).update("")

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "save":
            self.action_save()
        else:
            self.dismiss(None)

    def action_save(self) -> None:
        """Give the entry back if it is in order, else say what is not."""
        tag = from_form(self.query_one(PayloadForm).payload, self._tag)
        problem = self._problem(tag)
        if problem:
            self.query_one("#tag-problem", Static).update(toned((f"▲ {problem}", "wrong")))
        else:
            self.dismiss(tag)

    def action_cancel(self) -> None:
        """Close without a change."""
        self.dismiss(None)
