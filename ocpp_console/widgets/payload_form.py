"""A form for any OCPP payload, made from its schema, with the JSON beside it and both in step."""

import json
from collections.abc import Callable, Sequence

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static, TextArea

from ocpp_console.protocol.fields import Field
from ocpp_console.protocol.findings import Finding
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.visible import visible
from ocpp_console.widgets.json_area import JsonArea
from ocpp_console.widgets.json_paths import ABSENT, Path, drop, path_text, put, read_json, value_at
from ocpp_console.widgets.payload_rows import (
    Choice,
    Edited,
    Fold,
    ItemsChanged,
    Known,
    ValueInput,
    ValueRow,
    rows,
    starter,
)

Check = Callable[[JsonValue], tuple[Finding, ...]]
"""What is wrong with a payload; () when nothing is."""

__all__ = ["Check", "Choice", "Known", "PayloadForm"]


class PayloadForm(Widget):
    """Fields on the left, JSON on the right (below each other in narrow terminals); `payload` is what both say."""

    DEFAULT_CSS = """
    PayloadForm { layout: horizontal; height: 1fr; }
    PayloadForm #fields { width: 1fr; height: 1fr; }
    PayloadForm #json-side { width: 1fr; max-width: 40%; height: 1fr; display: none;
                             border-left: vkey $foreground 20%; }
    PayloadForm.-json #json-side { display: block; }
    PayloadForm.-json-only #fields { display: none; }
    PayloadForm.-json-only #json-side { max-width: 100%; width: 1fr; border-left: none; }
    PayloadForm #json-problem { height: auto; color: $error; padding: 0 1; }
    PayloadForm .value-row { height: auto; }
    PayloadForm .line { height: 1; }
    PayloadForm .label { width: 24; padding: 0 1; color: $text-muted; }
    PayloadForm ValueInput { width: 1fr; max-width: 60; }
    PayloadForm .open { width: 3; padding: 0 1; }
    PayloadForm .note { width: auto; max-width: 50%; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    PayloadForm .problem { height: auto; margin: 0 0 0 24; color: $error; display: none; }
    PayloadForm ChoiceList { height: auto; max-height: 6; margin: 0 0 0 24; max-width: 60; }
    PayloadForm .fold { height: auto; }
    PayloadForm .fold .body { height: auto; padding: 0 0 0 2; }
    PayloadForm FoldHead { height: 1; padding: 0 1; }
    PayloadForm FoldHead:focus { background: $block-cursor-background; color: $block-cursor-foreground; }
    PayloadForm .item { padding: 0 1; color: $text-muted; }
    PayloadForm #rest { height: auto; color: $error; padding: 0 1; }
    """

    class Changed(Message):
        """The payload is another one, by a field or by the JSON view."""

    def __init__(self, field: Field, payload: JsonValue, known: Known, check: Check, *, id: str | None = None) -> None:
        """`field` is the payload's schema, `payload` what is filled in, `known` the choices by path."""
        super().__init__(id=id)
        self._field, self._known, self._check = field, known, check
        self.payload = payload
        self.findings: tuple[Finding, ...] = ()
        """What is wrong with `payload` at the moment."""
        self.json_problem = ""
        """Why the text of the JSON view cannot be read; then `payload` is the last that could."""

    def compose(self) -> ComposeResult:
        """The fields and the JSON view."""
        with VerticalScroll(id="fields", can_focus=False):
            yield from self._all_rows()
            yield Static(id="rest", markup=False)
        with VerticalScroll(id="json-side", can_focus=False):
            yield JsonArea(pretty(self.payload), id="json")
            yield Static(id="json-problem", markup=False)

    def on_mount(self) -> None:
        """Begin where something is missing."""
        self._tell()

    def toggle_json(self) -> None:
        """Show or hide the JSON view; it takes the whole width where there is no room for both."""
        narrow = self.size.width < 90
        showing = self.has_class("-json")
        self.set_class(not showing, "-json")
        self.set_class(not showing and narrow, "-json-only")
        if showing:
            self.focus_first()
        else:
            self.query_one(JsonArea).focus()

    def focus_first(self) -> bool:
        """Go to the first required field that is empty, else to none; True when there was one."""
        for row in self.query(ValueRow):
            if row.field.required and value_at(self.payload, row.path) in (ABSENT, ""):
                row.query_one(ValueInput).focus()
                return True
        return False

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Put each violation at its field; those without a visible field stand below the form."""
        by_path: dict[str, list[str]] = {}
        for finding in findings:
            by_path.setdefault(finding.path, []).append(finding.text)
        for row in self.query(ValueRow):
            texts = by_path.pop(path_text(row.path), [])
            row.show_problem("; ".join(visible(text) for text in texts))
        rest = [f"{path or 'payload'}: {text}" for path, texts in by_path.items() for text in texts]
        self.query_one("#rest", Static).update(Text("\n".join(visible(line) for line in rest[:8])))

    async def replace(self, payload: JsonValue) -> None:
        """Take another payload, as from the JSON view, and build the fields anew."""
        self.payload = payload
        scroll = self.query_one("#fields", VerticalScroll)
        await scroll.remove_children("ValueRow, Fold, .item")
        await scroll.mount_all(list(self._all_rows()), before=0)
        self._tell()

    def _all_rows(self) -> list[Widget]:
        return list(rows(self._field.children, (), self.payload, self._known))

    @on(Edited)
    def _edited(self, event: Edited) -> None:
        event.stop()
        keep = _steps_to_keep(self._field, event.path)
        if event.value is ABSENT:
            self.payload = drop(self.payload, event.path, keep=keep)
        else:
            self.payload = put(self.payload, event.path, event.value)
        self._write_json()

    @on(ItemsChanged)
    async def _items(self, event: ItemsChanged) -> None:
        event.stop()
        items = value_at(self.payload, event.path)
        count = len(items) if isinstance(items, list) else 0
        fold = next(fold for fold in self.query(Fold) if fold.path == event.path)
        if event.by > 0:
            self.payload = put(self.payload, (*event.path, count), _new_item(fold.field))
        elif count:
            self.payload = put(self.payload, event.path, items[:-1])
        fold.follow(self.payload)
        self._write_json()
        await fold.rebuild(opened=True)

    def _write_json(self) -> None:
        """Bring the JSON view in step with the fields."""
        area = self.query_one(JsonArea)
        self.json_problem = ""
        with area.prevent(TextArea.Changed):
            area.load_text(pretty(self.payload))
        self._tell()

    @on(TextArea.Changed)
    async def _json_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        try:
            payload = read_json(event.text_area.text)
            self.json_problem = "" if isinstance(payload, dict) else "a payload is an object: {…}"
        except ValueError as error:
            self.json_problem = f"not JSON: {error}"
        self.query_one("#json-problem", Static).update(Text(visible(self.json_problem)))
        if self.json_problem:
            self.post_message(self.Changed())
        elif payload != self.payload:
            await self.replace(payload)

    def _tell(self) -> None:
        self.findings = self._check(self.payload)
        for fold in self.query(Fold):
            fold.follow(self.payload)
        self.query_one("#json-problem", Static).update(Text(visible(self.json_problem)))
        self.show_findings(self.findings)
        self.post_message(self.Changed())


def pretty(payload: JsonValue) -> str:
    """Indented JSON; everything beyond plain characters escaped as soon as anything in it could not be seen."""
    text = json.dumps(payload, indent=2, ensure_ascii=False)
    flat = text.replace("\n", "")
    return text if visible(flat, len(flat)) == flat else json.dumps(payload, indent=2)


def _new_item(listing: Field) -> JsonValue:
    item = ABSENT if listing.items is None else starter(listing.items)
    return "" if item is ABSENT else item


def _steps_to_keep(root: Field, path: Path) -> int:
    """How many leading steps of `path` are required containers, which stay in the payload even when empty."""
    field, kept = root, 0
    for position, step in enumerate(path[:-1]):
        if isinstance(step, int):
            field = field.items or field
        else:
            field = next((child for child in field.children if child.name == step), field)
        if not isinstance(step, int) and not field.required:
            break
        kept = position + 1
    return kept
