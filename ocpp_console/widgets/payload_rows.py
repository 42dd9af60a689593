"""The lines of a payload form on the screen: drawn, not mounted; one input stands on the line under the cursor.

A form of 129 fields is as quick as one of two: only lines in view are drawn, and there is one input for all of them.
"""

from collections.abc import Callable, Sequence

from rich.segment import Segment
from rich.style import Style
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, OptionList

from ocpp_console.protocol.fields import Field
from ocpp_console.protocol.findings import Finding
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.visible import visible
from ocpp_console.widgets.choice_list import LONGEST_LIST, ChoiceList
from ocpp_console.widgets.field_choices import FieldChoices
from ocpp_console.widgets.fitting import cells, fit
from ocpp_console.widgets.json_paths import Path, many_lines, one_line, spell, unspell, value_at
from ocpp_console.widgets.payload_lines import Choice, Kind, Known, Line, Outline, Problems, file_named, item_path
from ocpp_console.widgets.payload_messages import FileWanted, ItemWanted, Moved
from ocpp_console.widgets.payload_paint import (
    ADD,
    CURSOR,
    REMOVE,
    columns,
    head_parts,
    position_mark,
    sign_at,
    value_parts,
)
from ocpp_console.widgets.value_input import ValueInput

LONGEST_VALUE = 100_000
"""Characters of a value that is edited; a chain of certificates has ten thousand."""


class PayloadRows(Widget, can_focus=True):
    """All lines of the form; the cursor is on one of them."""

    ALLOW_SELECT = False
    BINDINGS = [
        Binding("down", "down", "Known values, or next field", show=False),
        Binding("up", "step(-1)", "Previous field", show=False),
        Binding("tab", "leave(1)", "Next field", show=False),
        Binding("shift+tab", "leave(-1)", "Previous field", show=False),
        Binding("pagedown", "page(1)", "A page down", show=False),
        Binding("pageup", "page(-1)", "A page up", show=False),
        Binding("ctrl+home", "jump(0)", "First field", show=False),
        Binding("ctrl+end", "jump(-1)", "Last field", show=False),
        Binding("enter,space,right,left", "fold", "Open or close", show=False),
        Binding("plus,ctrl+n", "add", "Add an item", show=False),
        Binding("minus,ctrl+d", "remove", "Take an item away", show=False),
    ]
    COMPONENT_CLASSES = {f"payload-rows--{part}" for part in ("label", "quiet", "wrong", "head", "cursor")}
    DEFAULT_CSS = """
    PayloadRows { height: 1fr; overflow: hidden; layers: default list;
        & > .payload-rows--label { color: $text-muted; }
        & > .payload-rows--quiet { color: $foreground-muted; }
        & > .payload-rows--wrong { color: $error; text-style: bold; }
        & > .payload-rows--head { color: $foreground; text-style: bold; }
        & > .payload-rows--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
    }
    """

    def __init__(self, root: Field, payload: JsonValue, known: Known, edit: Callable[[Path, JsonValue], None]) -> None:
        """`known` gives the choices by path; `edit` takes a changed value (`ABSENT` when emptied) at once."""
        super().__init__(id="rows")
        self.outline = Outline(root)
        self._edit = edit
        self._payload = payload
        self.lines: list[Line] = self.outline.lines(payload)
        self.cursor = 0
        self.top = 0
        self.problems = Problems(())
        self.choices = FieldChoices(known)
        self.input = ValueInput(self._typed)
        self._shown = ""
        self._ready = False
        self._styles: dict[str, Style] = {}
        self._columns_for: tuple[int, int] = (0, -1)
        self._columns_now = (10, 10)

    def compose(self) -> ComposeResult:
        """The one input."""
        yield self.input

    # what the form tells it

    def follow(self, payload: JsonValue, findings: Sequence[Finding]) -> None:
        """Another payload, or the same with other violations; the cursor stays on its field."""
        path = self.line.path if self.line else ()
        known, self._payload = value_at(self._payload, path), payload
        self.problems = Problems(findings)
        self.lines = self.outline.lines(payload)
        places = {line.path: index for index, line in enumerate(self.lines)}
        while path not in places and path:
            path = path[:-1]
        self.cursor = places.get(path, min(self.cursor, max(0, len(self.lines) - 1)))
        line = self.line
        if line is None or line.kind is not Kind.VALUE or value_at(payload, line.path) is not known:
            self._place()
        self.refresh()

    @property
    def line(self) -> Line | None:
        """The line under the cursor; None in a form without fields."""
        return self.lines[self.cursor] if self.cursor < len(self.lines) else None

    def go(self, index: int) -> None:
        """Put the cursor on a line and bring it into view."""
        self.cursor = min(max(index, 0), max(0, len(self.lines) - 1))
        self._bring_into_view()
        self._place(arriving=True)
        self.refresh()
        self.post_message(Moved())

    def _bring_into_view(self) -> None:
        height = max(1, self.size.height)
        if self.cursor < self.top:
            self.top = self.cursor
        elif self.cursor >= self.top + height:
            self.top = self.cursor - height + 1
        self.top = max(0, min(self.top, len(self.lines) - height))

    def go_to(self, path: Path) -> bool:
        """Put the cursor on the line of a path, opening what hides it; False when there is no such line."""
        self.outline.reveal(path)
        self.lines = self.outline.lines(self._payload)
        for index, line in enumerate(self.lines):
            if line.path == path:
                self.go(index)
                self.take_focus()
                return True
        return False

    # the input

    def _place(self, *, arriving: bool = False) -> None:
        """The input stands on the line under the cursor, if that is a value in view; typing replaces a word met."""
        if not self._ready:
            return
        line, field = self.line, self.input
        row = self.cursor - self.top
        height = self.size.height or len(self.lines)
        on = line is not None and line.kind is Kind.VALUE and 0 <= row < height
        had_focus = field.has_focus
        if on and line is not None:
            self._shown = visible(one_line(spell(value_at(self._payload, line.path))), LONGEST_VALUE)
            chosen = bool(line.field.enum) or line.field.type == "boolean"
            field.show(self._shown, line.field, select=arriving and chosen)
            label, width = self._columns()
            field.styles.offset = (label, row)
            field.styles.width = width
            field.display = True
            if self.has_focus:
                field.focus(scroll_visible=False)
        else:
            if had_focus:
                self.focus(scroll_visible=False)
            field.display = False

    def take_focus(self) -> None:
        """To the value under the cursor, or to the rows themselves."""
        line = self.line
        (self.input if line and line.kind is Kind.VALUE else self).focus(scroll_visible=False)

    def on_focus(self) -> None:
        """The focus belongs to the input while the cursor is on a value."""
        if self.input.display:
            self.input.focus(scroll_visible=False)
        self.refresh()

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    @on(events.Blur)
    def _focus_went(self) -> None:
        """The cursor is drawn only while somebody edits here."""
        self.refresh()

    def on_mount(self) -> None:
        """Place the input before the first layout, where it will be afterwards."""
        self._ready = True
        self._place(arriving=True)

    def on_resize(self) -> None:
        """The columns are others."""
        self._bring_into_view()
        self._place()

    def _typed(self, text: str) -> None:
        """The operator changed the value under the cursor."""
        line = self.line
        # A value with unprintable characters is shown made visible; it stays exact until somebody edits it.
        if line is not None and line.kind is Kind.VALUE and text != self._shown:
            self._shown = text
            self._edit(line.path, unspell(many_lines(text), line.field.type))

    @on(ValueInput.RemoveWanted)
    def _remove_wanted(self, event: ValueInput.RemoveWanted) -> None:
        event.stop()
        self.action_remove()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        line = self.line
        if line is not None and (named := file_named(line.field, value_at(self._payload, line.path))):
            self.post_message(FileWanted(line.path, named))
        else:
            self.action_leave(1)

    # keys

    def action_step(self, by: int) -> None:
        """A line up or down."""
        self.go(self.cursor + by)

    def action_down(self) -> None:
        """The known values of the field, or the next line."""
        line = self.line
        if line is not None and self.choices.of(line):
            self._open_list(line)
        else:
            self.action_step(1)

    def action_leave(self, by: int) -> None:
        """The next or previous line; past the ends, whatever comes after or before the form."""
        if 0 <= self.cursor + by < len(self.lines):
            self.go(self.cursor + by)
            return
        chain = self.screen.focus_chain
        own = [position for position, widget in enumerate(chain) if widget is self or self in widget.ancestors]
        if own:
            chain[(own[-1] + 1) % len(chain) if by > 0 else own[0] - 1].focus()

    def action_page(self, by: int) -> None:
        """A page up or down."""
        self.go(self.cursor + by * max(1, self.size.height - 1))

    def action_jump(self, index: int) -> None:
        """To the first or the last line."""
        self.go(index if index >= 0 else len(self.lines) - 1)

    def action_fold(self) -> None:
        """Open or close the head under the cursor."""
        line = self.line
        if line is not None and line.kind is not Kind.VALUE:
            self.outline.fold(line, not line.opened)
            self.lines = self.outline.lines(self._payload)
            self.go(self.cursor)

    def action_add(self) -> None:
        """An item more: at the end of the list, or after the item under the cursor."""
        line = self.line
        if line is None:
            return
        if line.kind is Kind.LIST or (line.kind is Kind.ITEM and line.field.type == "array"):
            items = value_at(self._payload, line.path)
            self.outline.fold(line, True)
            self.post_message(ItemWanted((*line.path, len(items) if isinstance(items, list) else 0), 1))
        elif (place := item_path(line.path)) is not None:
            self.post_message(ItemWanted((*place[:-1], int(place[-1]) + 1), 1))

    def action_remove(self) -> None:
        """An item less: the last of the list, or the one under the cursor."""
        line = self.line
        if line is None:
            return
        items = value_at(self._payload, line.path)
        if line.kind is Kind.LIST:
            if isinstance(items, list) and items:
                self.post_message(ItemWanted((*line.path, len(items) - 1), -1))
        elif (place := item_path(line.path)) is not None:
            self.post_message(ItemWanted(place, -1))

    # the list of known values

    def _open_list(self, line: Line) -> None:
        for old in self.query(ChoiceList):
            old.remove()
        choices = self.choices.of(line)
        label, width = self._columns()
        listing = ChoiceList(choices, value_at(self._payload, line.path))
        listing.styles.offset = (label, self.cursor - self.top + 1)
        listing.styles.width = max(width, min(listing.wanted_width, self.size.width - label))
        listing.styles.max_height = LONGEST_LIST
        self.mount(listing)
        listing.focus(scroll_visible=False)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        line = self.line
        if line is not None and isinstance(event.option_list, ChoiceList):
            self._choose(line, event.option_list.choices[event.option_index])
        self._close_list()

    def _choose(self, line: Line, choice: Choice) -> None:
        """Take a choice; one that is a part of something known as a whole brings all of it."""
        self._shown = visible(one_line(spell(choice.value)), LONGEST_VALUE)
        self.input.show(self._shown, line.field)
        self._edit(line.path, choice.value)
        for name, value in choice.beside.items() if choice.beside else ():
            self._edit((*line.path[:-1], name), value)

    @on(ChoiceList.Closed)
    def _list_closed(self, event: ChoiceList.Closed) -> None:
        event.stop()
        self._close_list(back=event.back)

    def _close_list(self, *, back: bool = True) -> None:
        if back:
            self.take_focus()
        self.query(ChoiceList).remove()

    # mouse

    def on_click(self, event: events.Click) -> None:
        """The cursor goes there; a head opens or closes, its signs add and remove, the arrow lists the values."""
        event.stop()
        index = self.top + event.y
        if event.widget is not self:
            return  # it was for the input or the list, and counts in their lines
        if not 0 <= index < len(self.lines):
            return
        self.go(index)
        self.take_focus()
        line, (label, width) = self.lines[index], self._columns()
        if line.kind is Kind.VALUE:
            if event.x >= label + width and self.choices.of(line):
                self._open_list(line)
            return
        sign = sign_at(line, value_at(self._payload, line.path), event.x - 1)
        {ADD: self.action_add, REMOVE: self.action_remove}.get(sign, self.action_fold)()

    @on(events.MouseScrollDown)
    @on(events.MouseScrollUp)
    def _wheel(self, event: events.MouseScrollDown | events.MouseScrollUp) -> None:
        event.stop()
        rows = 2 if isinstance(event, events.MouseScrollDown) else -2
        self.top = max(0, min(self.top + rows, len(self.lines) - self.size.height))
        self._place()
        self.refresh()

    # drawing

    def _columns(self) -> tuple[int, int]:
        """Where the values begin, and how many cells they have."""
        total = self.size.width or self._width_expected()
        if self._columns_for != (id(self.lines), total):
            self._columns_for, self._columns_now = (id(self.lines), total), columns(self.lines, total)
        return self._columns_now

    def _width_expected(self) -> int:
        """Before the first layout: what is left of the screen beside the JSON and inside a frame."""
        whole = self.screen.size.width or self.app.size.width
        beside = isinstance(self.parent, Widget) and bool(self.parent.siblings)
        return (whole - 2) * 3 // 5 if beside else whole - 2

    def render_line(self, y: int) -> Strip:
        """One line, drawn from the schema and the payload."""
        width, index = self.size.width, self.top + y
        if index >= len(self.lines):
            return Strip.blank(width, self._style())
        line, on = self.lines[index], index == self.cursor
        value, problem = value_at(self._payload, line.path), self.problems.of(line)
        if line.kind is Kind.VALUE:
            parts = value_parts(line, value, self._columns(), self.choices.of(line), problem)
        else:
            parts = head_parts(line, value, problem, focused=on and self.has_focus)
        mark = CURSOR if on and self.has_focus_within else position_mark(y, self.top, self.size.height, len(self.lines))
        segments, left = [Segment(mark, self._style("quiet"))], width - 1
        for text, style in parts:
            part = fit(text, min(cells(text), left))
            left -= cells(part)
            segments.append(Segment(part, self._style(style)))
        segments.append(Segment(" " * left, self._style()))
        return Strip(segments, width)

    def _style(self, name: str = "") -> Style:
        """The style of a part on this background; looked up once, because Textual works it out anew each time."""
        style = self._styles.get(name)
        if style is None:
            base = self.rich_style
            own = self.get_component_rich_style(f"payload-rows--{name}", partial=True) if name else Style.null()
            style = self._styles[name] = base + own
        return style

    def notify_style_update(self) -> None:
        """Colours changed."""
        super().notify_style_update()
        self._styles.clear()
