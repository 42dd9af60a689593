"""The rows of a payload form: one value with its known choices, a group of fields, a list of items."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from ocpp_console.protocol.fields import Field
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.visible import visible
from ocpp_console.widgets.json_paths import ABSENT, Path, path_text, spell, unspell, value_at


class Choice(NamedTuple):
    """A value the console knows for a field, and what it knows about it."""

    value: JsonValue
    note: str = ""
    """Such as whose tag it is, or the connector's last status; may hold station text."""


Known = Callable[[str], Sequence[Choice]]
"""The choices for a path as `path_text` spells it; empty when the console knows none."""


class Edited(Message):
    """The operator changed one value; `value` is `ABSENT` when the field was emptied."""

    def __init__(self, path: Path, value: JsonValue) -> None:
        """`path` is the place in the payload."""
        super().__init__()
        self.path, self.value = path, value


class ItemsChanged(Message):
    """The operator added an item to the list at `path` (`by` = 1) or took its last one away (-1)."""

    def __init__(self, path: Path, by: int) -> None:
        """`path` is the place of the list in the payload."""
        super().__init__()
        self.path, self.by = path, by


class ValueInput(Input):
    """One value; down opens the known values, enter goes on to the next field."""

    BINDINGS = [
        Binding("down", "open_choices", "Known values", show=False),
        Binding("up", "app.focus_previous", "Previous field", show=False),
    ]

    class ChoicesWanted(Message):
        """The operator asked for the known values."""

    def action_open_choices(self) -> None:
        """Ask the row for its list."""
        self.post_message(self.ChoicesWanted())


class ChoiceList(OptionList):
    """The known values of a field, below it; esc closes."""

    BINDINGS = [Binding("escape,left", "close", "Close the list", show=False)]

    class Closed(Message):
        """The operator wants none of them."""

    def action_close(self) -> None:
        """Close without choosing."""
        self.post_message(self.Closed())


class ValueRow(Vertical):
    """Label, value and the known values of one leaf; what is wrong with it below, in words."""

    def __init__(self, field: Field, path: Path, value: JsonValue, choices: Sequence[Choice]) -> None:
        """`value` may be `ABSENT`."""
        super().__init__(classes="value-row")
        self.field, self.path, self.choices = field, path, choices
        self._exact = value
        self._shown = _draw(value)

    def compose(self) -> ComposeResult:
        """One line; the list of choices and the problem take room only when there are any."""
        with Horizontal(classes="line"):
            yield Static(_label(self.field), classes="label", markup=False)
            yield ValueInput(self._shown, placeholder=_placeholder(self.field), compact=True)
            yield Static("▾" if self.choices else " ", classes="open", markup=False)
            yield Static(self._note(), classes="note", markup=False)
        yield Static(classes="problem", markup=False)

    def take(self, value: JsonValue) -> None:
        """Show another value, without reporting it as an edit."""
        self._exact, self._shown = value, _draw(value)
        field = self.query_one(ValueInput)
        if field.value != self._shown:
            field.value = self._shown

    def show_problem(self, text: str) -> None:
        """Say what is wrong with the value; nothing when `text` is empty."""
        problem = self.query_one(".problem", Static)
        problem.update(Text(text, style="bold"))
        problem.display = bool(text)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        # A value with unprintable characters is shown made visible; it stays exact until somebody edits it.
        if event.value != self._shown:
            self._shown = event.value
            self._exact = unspell(event.value, self.field.type)
            self.post_message(Edited(self.path, self._exact))
        self.query_one(".note", Static).update(self._note())

    @on(Input.Submitted)
    def _next(self, event: Input.Submitted) -> None:
        event.stop()
        self.screen.focus_next()

    @on(events.Click, ".open")
    @on(ValueInput.ChoicesWanted)
    def _open(self, event: events.Event | Message) -> None:
        event.stop()
        if not self.choices:
            self.screen.focus_next()
        elif not self.query(ChoiceList):
            options = [Option(Text(f"{_draw(c.value)}  {visible(c.note, 80)}".rstrip())) for c in self.choices]
            self.mount(ChoiceList(*options, compact=True), after=0)
            self.call_after_refresh(self._enter_list)

    def _enter_list(self) -> None:
        for choices in self.query(ChoiceList):
            choices.focus()
            choices.highlighted = 0
            choices.scroll_visible()

    @on(ChoiceList.OptionSelected)
    def _chosen(self, event: ChoiceList.OptionSelected) -> None:
        event.stop()
        value = self.choices[event.option_index].value
        self.take(value)
        self.post_message(Edited(self.path, value))
        self._close(None)

    @on(ChoiceList.Closed)
    def _close(self, event: Message | None) -> None:
        if event is not None:
            event.stop()
        self.query_one(ValueInput).focus()
        self.query(ChoiceList).remove()

    def _note(self) -> str:
        return next((visible(c.note, 60) for c in self.choices if c.value == self._exact and c.note), "")


class FoldHead(Static, can_focus=True):
    """The clickable first line of a group or list."""

    BINDINGS = [
        Binding("enter,space,right", "fold", "Open or close", show=False),
        Binding("plus", "items(1)", "Add an item", show=False),
        Binding("minus", "items(-1)", "Take the last item away", show=False),
        Binding("down", "app.focus_next", "Next field", show=False),
        Binding("up", "app.focus_previous", "Previous field", show=False),
    ]

    class Toggled(Message):
        """Open or close what is below."""

    class Items(Message):
        """Add (1) or remove (-1) an item."""

        def __init__(self, by: int) -> None:
            """`by` is 1 or -1."""
            super().__init__()
            self.by = by

    def action_fold(self) -> None:
        """Tell the fold."""
        self.post_message(self.Toggled())

    def action_items(self, by: int) -> None:
        """Tell the list."""
        self.post_message(self.Items(by))

    def on_click(self, event: events.Click) -> None:
        """A click opens or closes."""
        event.stop()
        self.action_fold()


class Fold(Vertical):
    """An object or a list inside the payload. Optional ones begin closed and are built when opened."""

    def __init__(self, field: Field, path: Path, payload: JsonValue, known: Known) -> None:
        """Required ones and those with a value begin open."""
        super().__init__(classes="fold")
        self.field, self.path, self._payload, self._known = field, path, payload, known
        self.is_list = field.type == "array"
        self.opened = field.required or value_at(payload, path) is not ABSENT

    def compose(self) -> ComposeResult:
        """The head, and the body if open."""
        yield FoldHead(self._title(), markup=False)
        with Vertical(classes="body"):
            if self.opened:
                yield from self.rows()

    def _title(self) -> str:
        count = value_at(self._payload, self.path)
        mark = "▾" if self.opened else "▸"
        state = " *" if self.field.required else " (optional)"
        size = len(count) if isinstance(count, list) else 0
        items = f"  {size} item{'' if size == 1 else 's'}, + adds, - removes" if self.is_list else ""
        return f"{mark} {self.field.name}{state}{items}"

    def rows(self) -> Iterator[Widget]:
        """What stands below the head while it is open."""
        if not self.is_list:
            yield from rows(self.field.children, self.path, self._payload, self._known)
            return
        items = value_at(self._payload, self.path)
        for position in range(len(items) if isinstance(items, list) else 0):
            yield from item_rows(self.field, (*self.path, position), self._payload, self._known)

    @on(FoldHead.Toggled)
    async def _toggle(self, event: FoldHead.Toggled) -> None:
        event.stop()
        await self.rebuild(opened=not self.opened)

    async def rebuild(self, *, opened: bool) -> None:
        """Open or close, with rows made anew from the payload."""
        self.opened = opened
        body = self.query_one(".body", Vertical)
        await body.remove_children()
        if self.opened:
            await body.mount_all(self.rows())
        self.query_one(FoldHead).update(self._title())

    @on(FoldHead.Items)
    def _items(self, event: FoldHead.Items) -> None:
        event.stop()
        if self.is_list:
            self.post_message(ItemsChanged(self.path, event.by))

    def follow(self, payload: JsonValue) -> None:
        """Rows that are built later start from this payload."""
        self._payload = payload


def item_rows(field: Field, path: Path, payload: JsonValue, known: Known) -> Iterator[Widget]:
    """The rows of one item of a list."""
    item = field.items
    if item is None or (item.children == () and item.type not in ("object", "array")):
        leaf = item if item is not None else field
        yield ValueRow(leaf, path, value_at(payload, path), _choices(leaf, path, known))
        return
    yield Static(f"[{path[-1]}]", classes="item", markup=False)
    yield from rows(item.children, path, payload, known)


def rows(fields: Sequence[Field], path: Path, payload: JsonValue, known: Known) -> Iterator[Widget]:
    """The rows of an object's fields: required values first, then optional values, then groups.

    `customData` has no row: it is vendor-specific, and the JSON view takes it.
    """
    leaves = [field for field in fields if field.type not in ("object", "array")]
    for field in sorted(leaves, key=lambda field: not field.required):
        place = (*path, field.name)
        yield ValueRow(field, place, value_at(payload, place), _choices(field, place, known))
    groups = [field for field in fields if field.type in ("object", "array") and field.name != "customData"]
    for field in sorted(groups, key=lambda field: not field.required):
        yield Fold(field, (*path, field.name), payload, known)


def starter(field: Field) -> JsonValue:
    """What a new value of `field` begins with: its required structure, and the first word of an enumeration.

    Other values are `ABSENT`: the operator has to give them, and an empty field says so.
    """
    if field.type == "array":
        item = ABSENT if field.items is None else starter(field.items)
        return [] if item is ABSENT else [item]
    if field.type == "object":
        parts = {child.name: starter(child) for child in field.children if child.required}
        return {name: part for name, part in parts.items() if part is not ABSENT}
    return field.enum[0] if field.enum else ABSENT


def _choices(field: Field, path: Path, known: Known) -> Sequence[Choice]:
    if field.enum:
        return [Choice(value) for value in field.enum]
    return [Choice(True), Choice(False)] if field.type == "boolean" else known(path_text(path))


def _draw(value: JsonValue) -> str:
    return visible(spell(value), 4000)


def _label(field: Field) -> str:
    return field.name + (" *" if field.required else "")


def _placeholder(field: Field) -> str:
    if field.format:
        return "2026-11-20T14:03:21Z" if field.format == "date-time" else field.format
    limit = f", at most {field.max_length}" if field.max_length else ""
    return (field.type or "any") + limit
