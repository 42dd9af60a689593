"""A form for any OCPP payload, made from its schema, with the JSON beside it and both in step."""

import json
from collections.abc import Callable, Sequence

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static, TextArea

from ocpp_console.glyphs import QUIET, STRONG, WRONG
from ocpp_console.protocol.field_help import limits
from ocpp_console.protocol.fields import Field
from ocpp_console.protocol.findings import Finding
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.visible import visible
from ocpp_console.widgets.columns import Piece
from ocpp_console.widgets.json_area import JsonArea, JsonPreview
from ocpp_console.widgets.json_paths import ABSENT, Path, drop, insert, path_text, put, read_json, spell, value_at
from ocpp_console.widgets.payload_lines import (
    FROM_A_FILE,
    Choice,
    Kind,
    Known,
    Line,
    field_at,
    file_named,
    new_item,
    steps_to_keep,
    takes_file,
)
from ocpp_console.widgets.payload_messages import ItemWanted, Moved
from ocpp_console.widgets.payload_rows import PayloadRows
from ocpp_console.widgets.toned import toned, toned_lines

Check = Callable[[JsonValue], tuple[Finding, ...]]
"""What is wrong with a payload; () when nothing is."""

Meaning = Callable[[Field], str]
"""What a field is for, in words; empty when nobody has said."""

ROOM_FOR_BOTH = 90
"""Columns from which fields and editor fit beside each other."""

MOST_REST = 3
"""Violations without a line of their own that are spelled out below the form."""

__all__ = ["Check", "Choice", "Known", "Meaning", "PayloadForm"]


class PayloadForm(Widget):
    """Fields on the left, JSON on the right (one or the other in narrow terminals); `payload` is what both say."""

    DEFAULT_CSS = """
    PayloadForm { layout: horizontal; height: 1fr; }
    PayloadForm #fields { width: 3fr; height: 1fr; }
    PayloadForm #json-side { width: 2fr; height: 1fr; border-left: vkey $foreground 20%; }
    PayloadForm JsonPreview { width: 2fr; border-left: vkey $foreground 20%; }
    PayloadForm.-json-only #fields { display: none; }
    PayloadForm.-json-only #json-side { width: 1fr; border-left: none; }
    PayloadForm.-editing JsonPreview { display: none; }
    PayloadForm #json-problem { height: auto; color: $error; padding: 0 1; }
    PayloadForm #field-help { height: 2; padding: 0 1; }
    PayloadForm.-roomy #field-help { height: 4; }
    PayloadForm #flat { height: 1; padding: 0 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    PayloadForm #rest { height: auto; color: $error; padding: 0 1; }
    """

    class Changed(Message):
        """The payload is another one, by a field or by the JSON view."""

    def __init__(
        self,
        field: Field,
        payload: JsonValue,
        known: Known,
        check: Check,
        *,
        meaning: Meaning | None = None,
        json_shown: str = "",
        id: str | None = None,
    ) -> None:
        """`field` is the payload's schema, `payload` what is filled in, `known` the choices by path.

        `json_shown` is where the JSON stands from the start: "beside" the fields, in a line "below" them, or nowhere.
        """
        super().__init__(id=id)
        self._json_shown = json_shown
        self._ready = False
        self._rest: list[str] = []
        self._field, self._check = field, check
        self._meaning = meaning or (lambda field: field.description)
        self.payload = payload
        self.findings: tuple[Finding, ...] = check(payload)
        """What is wrong with `payload` at the moment."""
        self.json_problem = ""
        """Why the text of the JSON view cannot be read; then `payload` is the last that could."""
        self.rows = PayloadRows(field, payload, known, self._edit)
        self._fresh = {path_text(line.path) for line in self.rows.lines if self._empty(line)}
        self._at = self.rows.line
        self.rows.follow(payload, self.complaints)
        self.preview = JsonPreview(pretty(payload)) if json_shown == "beside" else None
        self.flat = Static(flat(payload), id="flat", markup=False) if json_shown == "below" else None

    def compose(self) -> ComposeResult:
        """The fields and the JSON. What is rarely needed is made when it is: every widget costs a millisecond."""
        with Vertical(id="fields"):
            yield self.rows
            yield Static(id="field-help", markup=False)
            if self.flat is not None:
                yield self.flat
        if self.preview is not None:
            yield self.preview

    def on_mount(self) -> None:
        """Say what is wrong from the start."""
        self._ready = True
        self._show_rest()
        self._help()

    # what is wrong

    def _empty(self, line: Line) -> bool:
        """A required value that nobody gave yet."""
        return line.kind is Kind.VALUE and line.required and value_at(self.payload, line.path) in (ABSENT, "")

    @property
    def complaints(self) -> tuple[Finding, ...]:
        """The findings, without the empty fields that the operator did not come to so far."""
        return tuple(finding for finding in self.findings if finding.path not in self._fresh)

    def judge(self) -> None:
        """The operator tried to send: what is empty is a mistake by now."""
        if self._fresh:
            self._fresh.clear()
            self.show_findings(self.findings)
            self.post_message(self.Changed())

    # the JSON view

    @property
    def area(self) -> JsonArea | None:
        """The editor of the JSON view, while somebody may type there."""
        return next(iter(self.query(JsonArea)), None)

    async def toggle_json(self) -> None:
        """From the fields to the JSON editor, which takes the whole width where there is no room for both; and back."""
        area = self.area
        if area is not None:
            self.focus_first(or_last=True)
            self.json_problem = ""
            await self.query_one("#json-side").remove()
            self.remove_class("-json-only", "-editing")
            self._tell()
            return
        await self._open_editor()

    @on(JsonPreview.EditorWanted)
    async def _open_editor(self, event: JsonPreview.EditorWanted | None = None) -> None:
        """Make the editor; it is too slow to be there from the start."""
        if event is not None:
            event.stop()
        self.set_class(self.size.width < ROOM_FOR_BOTH, "-json-only")
        self.add_class("-editing")
        area = JsonArea(pretty(self.payload), id="json")
        await self.mount(Vertical(area, Static(id="json-problem", markup=False), id="json-side"))
        area.focus()

    def _write_json(self) -> None:
        """Bring the JSON view in step with the fields."""
        self.json_problem = ""
        area, text = self.area, pretty(self.payload)
        self._show_json(text)
        if area is not None and area.text != text:
            with area.prevent(TextArea.Changed):
                area.load_text(text)

    def _show_json(self, text: str) -> None:
        if self.preview is not None:
            self.preview.show(text)
        if self.flat is not None:
            self.flat.update(flat(self.payload), layout=False)

    @on(TextArea.Changed)
    def _json_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        try:
            payload = read_json(event.text_area.text)
            self.json_problem = "" if isinstance(payload, dict) else "a payload is an object: {…}"
        except ValueError as error:
            self.json_problem = f"not JSON: {error}"
        if self.json_problem:
            self._show_json_problem()
            self.post_message(self.Changed())
        elif payload != self.payload:
            self.payload = payload
            self._show_json(event.text_area.text)
            self._tell()
        else:
            self._show_json_problem()
            self.post_message(self.Changed())

    def _show_json_problem(self) -> None:
        for area in self.query("#json-problem").results(Static):
            if str(area.content) != visible(self.json_problem):
                area.update(visible(self.json_problem))

    # the fields

    def focus_first(self, *, or_last: bool = False) -> bool:
        """Go to the first required value that is missing; True when there was one. `or_last`: else to where it was."""
        rows = self.rows
        for index, line in enumerate(rows.lines):
            if self._empty(line):
                rows.go(index)
                rows.focus()
                return True
        if or_last:
            rows.focus()
        return False

    def show_at(self, wanted: Callable[[Line], bool]) -> None:
        """Put the cursor on the first value that is wanted, without the focus."""
        lines = enumerate(self.rows.lines)
        place = next((index for index, line in lines if line.kind is Kind.VALUE and wanted(line)), None)
        if place is not None:
            self.rows.go(place)

    def focus_at(self, *path: str | int) -> bool:
        """Go to one field, opening what hides it."""
        return self.rows.go_to(path)

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Put each violation at its field; those without a line stand below the form."""
        self.findings = tuple(findings)
        self.rows.follow(self.payload, self.complaints)
        self._show_rest()
        self._help()

    def replace(self, payload: JsonValue) -> None:
        """Take another payload in place of what is filled in."""
        self.payload = payload
        self._write_json()
        self._tell()

    def _edit(self, path: Path, value: JsonValue) -> None:
        """The operator changed one field."""
        if value is not ABSENT:
            self.payload = put(self.payload, path, value)
        elif isinstance(path[-1], int):
            self.payload = put(self.payload, path, "")
        else:
            self.payload = drop(self.payload, path, keep=steps_to_keep(self._field, path))
        self._write_json()
        self._tell()

    @on(ItemWanted)
    def _item(self, event: ItemWanted) -> None:
        event.stop()
        listing = self._listing(event.path)
        if event.by > 0 and listing is not None:
            self.payload = insert(self.payload, event.path, new_item(listing))
        elif event.by < 0:
            self.payload = drop(self.payload, event.path, keep=len(event.path) - 1)
        self._write_json()
        self._tell()
        if event.by > 0:
            self.rows.go_to(event.path)

    def files_named(self) -> list[tuple[Path, str]]:
        """The fields in view whose value should come from a file, each with the file's name."""
        named = ((line.path, file_named(line.field, value_at(self.payload, line.path))) for line in self.rows.lines)
        return [(path, file) for path, file in named if file]

    def fill(self, path: Path, value: JsonValue) -> None:
        """Put a value into one field, as if it had been typed."""
        self._edit(path, value)

    def _listing(self, path: Path) -> Field | None:
        """The list that an item's path belongs to."""
        return field_at(self._field, path[:-1])

    @on(Moved)
    def _moved(self, event: Moved) -> None:
        event.stop()
        left, self._at = self._at, self.rows.line
        if left is not None and self._at is not None and left.path != self._at.path:
            self._leave(path_text(left.path))
        self._help()

    def _leave(self, path: str) -> None:
        """A field that was left empty is no longer only waiting to be filled in."""
        if path in self._fresh:
            self._fresh.discard(path)
            self.rows.follow(self.payload, self.complaints)
            self.post_message(self.Changed())

    def _tell(self) -> None:
        self.findings = self._check(self.payload)
        self.rows.follow(self.payload, self.complaints)
        self._show_json_problem()
        self._show_rest()
        self._help()
        self.post_message(self.Changed())

    # words

    def _help(self) -> None:
        """The field under the cursor: what is wrong, what may stand there, what it means."""
        line = self.rows.line
        if self._ready:
            # Its height is fixed: laying everything out anew for each key would cost a frame.
            words = toned_lines(self._words(line) if line else [])
            self.query_one("#field-help", Static).update(words, layout=False)

    def _words(self, line: Line) -> list[list[Piece | str]]:
        field = line.field
        rules = [] if line.kind is Kind.ITEM else [limits(field)]
        rules += ["required"] if line.required and not line.in_list else []
        choices = len(self.rows.choices.of(line))
        rules += [f"down lists {choices} {'value' if choices == 1 else 'values'}"] if choices else []
        rules += [f"{FROM_A_FILE}path takes it from a file"] if line.kind is Kind.VALUE and takes_file(field) else []
        rules += ["enter opens and closes"] if line.kind in (Kind.GROUP, Kind.ITEM) else []
        rules += ["+ adds, - removes"] if line.kind is Kind.LIST else []
        problem, text = self.rows.problems.of(line), self._meaning(field)
        place = f"{path_text(line.path)}: " if line.depth else ""
        first: list[Piece | str] = [(place, STRONG), ", ".join(rules)]
        if problem:
            value = value_at(self.payload, line.path)
            shown = f"  (value: {spell(value)})" if value not in (ABSENT, "") and line.kind is Kind.VALUE else ""
            return [first, [(f"✗ {problem}{shown}", WRONG)], [(text, QUIET)]]
        return [first, [(text, QUIET)]]

    def _show_rest(self) -> None:
        """Violations that no line shows, such as properties the schema does not know."""
        if not self._ready:
            return
        shown = {path_text(line.path) for line in self.rows.lines}
        heads = [line for line in self.rows.lines if line.kind is not Kind.VALUE and not line.opened]
        closed = tuple(f"{path_text(line.path)}{sign}" for line in heads for sign in ".[")
        rest = [f for f in self.complaints if f.path not in shown and not f.path.startswith(closed)]
        lines = [f"✗ {finding.path or 'payload'}: {finding.text}" for finding in rest[:MOST_REST]]
        lines += [f"✗ and {len(rest) - MOST_REST} more"] if len(rest) > MOST_REST else []
        if lines == self._rest:
            return
        self._rest = lines
        text, shown_now = Text("\n".join(visible(line) for line in lines)), self.query("#rest").results(Static)
        area = next(shown_now, None)
        if area is None and lines:
            self.query_one("#fields").mount(Static(text, id="rest"), after=self.rows)
        elif area is not None:
            area.update(text)
            area.display = bool(lines)


def pretty(payload: JsonValue) -> str:
    """Indented JSON; everything beyond plain characters escaped as soon as anything in it could not be seen."""
    text = json.dumps(payload, indent=2, ensure_ascii=False)
    flat = text.replace("\n", "")
    return text if visible(flat, len(flat)) == flat else json.dumps(payload, indent=2)


def flat(payload: JsonValue) -> Content:
    """The JSON in one line."""
    return toned(json.dumps(payload, ensure_ascii=False), limit=400)
