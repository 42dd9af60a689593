"""What a payload form shows, line by line, made of the schema and the payload. Knows nothing of the screen.

Only what is open makes lines: a closed group of a hundred fields is one line, and costs as much.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from typing import NamedTuple

from ocpp_console.protocol.fields import Field
from ocpp_console.protocol.findings import Finding
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.widgets.json_paths import ABSENT, Path, path_text, value_at

FROM_A_FILE = "@"
"""What a long text begins with that is the name of the file to take it from."""
LONG_TEXT = 500
"""Characters that a field must take to be filled from a file; one without a limit is long."""

FEW_ITEMS = 8
"""Items of a list that are open at first; of a longer list each is one line until it is opened."""

EXTENSION = "customData"
"""Every object of 2.x may carry it. It has a line where it holds something, and at the top."""


class Choice(NamedTuple):
    """A value the console knows for a field, and what it knows about it."""

    value: JsonValue
    note: str = ""
    """Such as whose tag it is, or the connector's last status; may hold station text."""
    beside: Mapping[str, JsonValue] | None = None
    """What stands in the fields beside it when it is chosen: values that are known together."""


Known = Callable[[str], Sequence[Choice]]
"""The choices for a path as `path_text` spells it; empty when the console knows none."""


class Kind(Enum):
    """What a line stands for."""

    VALUE = "value"
    """A leaf: one value to type or to choose."""
    GROUP = "group"
    """The head of an object."""
    LIST = "list"
    """The head of a list."""
    ITEM = "item"
    """The head of one object in a list."""


class Line(NamedTuple):
    """One line of the form."""

    kind: Kind
    field: Field
    """For an item the field of the list's elements."""
    path: Path
    depth: int
    opened: bool = False
    """Whether the lines below a head are shown."""
    required: bool = False

    @property
    def label(self) -> str:
        """The name of a property, or the position in a list."""
        last = self.path[-1] if self.path else ""
        return f"[{last}]" if isinstance(last, int) else last

    @property
    def in_list(self) -> bool:
        """It is one of the items of a list."""
        return bool(self.path) and isinstance(self.path[-1], int)


def item_path(path: Path) -> Path | None:
    """The path of the list item that a place belongs to, or is; None outside of lists."""
    while path and not isinstance(path[-1], int):
        path = path[:-1]
    return path or None


class Problems:
    """What is wrong with a payload, by line."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        """Several findings at one place are told together."""
        self._by_path: dict[str, str] = {}
        for finding in findings:
            text = self._by_path.get(finding.path, "")
            self._by_path[finding.path] = f"{text}; {finding.text}" if text else finding.text

    def of(self, line: Line) -> str:
        """What is wrong with a value, or, for a closed head, how much is wrong inside; empty when nothing is."""
        path = path_text(line.path)
        own = self._by_path.get(path, "")
        if own or line.kind is Kind.VALUE or line.opened:
            return own
        inside = sum(1 for place in self._by_path if place.startswith((f"{path}.", f"{path}[")))
        return f"{inside} {'violation' if inside == 1 else 'violations'} inside" if inside else ""


def is_leaf(field: Field) -> bool:
    """The field has no parts the schema knows of: it is edited as one text, JSON if it must be."""
    return field.items is None if field.type == "array" else not field.children


class Outline:
    """The lines of one form, and which of its folds the operator opened or closed."""

    def __init__(self, root: Field) -> None:
        """`root` is the payload's field."""
        self.root = root
        self.folds: dict[Path, bool] = {}
        """What the operator decided; everything else is open when it is required or holds something."""

    def lines(self, payload: JsonValue) -> list[Line]:
        """All lines, from the top."""
        return list(self._object(self.root.children, (), payload, 0))

    def fold(self, line: Line, opened: bool) -> None:
        """Open or close a head."""
        self.folds[line.path] = opened

    def open_all(self, payload: JsonValue) -> list[Line]:
        """The lines with everything open."""
        while closed := [line for line in self.lines(payload) if line.kind is not Kind.VALUE and not line.opened]:
            for line in closed:
                self.fold(line, True)
        return self.lines(payload)

    def reveal(self, path: Path) -> None:
        """Open whatever hides the line at `path`."""
        for length in range(1, len(path)):
            self.folds[path[:length]] = True

    def _opened(self, path: Path, usually: bool) -> bool:
        return self.folds.get(path, usually)

    def _object(self, fields: Sequence[Field], path: Path, payload: JsonValue, depth: int) -> Iterator[Line]:
        """The fields of an object: required values, required groups, then the optional ones in the same order."""
        shown = [field for field in fields if field.name != EXTENSION or not path or _has(payload, (*path, EXTENSION))]
        for field in sorted(shown, key=_rank):
            yield from self._field(field, (*path, field.name), payload, depth)

    def _field(self, field: Field, path: Path, payload: JsonValue, depth: int) -> Iterator[Line]:
        if is_leaf(field):
            yield Line(Kind.VALUE, field, path, depth, required=field.required)
            return
        opened = self._opened(path, field.required or _has(payload, path))
        kind = Kind.LIST if field.type == "array" else Kind.GROUP
        yield Line(kind, field, path, depth, opened, field.required)
        if opened and kind is Kind.LIST:
            yield from self._items(field, path, payload, depth + 1)
        elif opened:
            yield from self._object(field.children, path, payload, depth + 1)

    def _items(self, field: Field, path: Path, payload: JsonValue, depth: int) -> Iterator[Line]:
        items, element = value_at(payload, path), field.items
        if not isinstance(items, list) or element is None:
            return
        for position in range(len(items)):
            place = (*path, position)
            if is_leaf(element):
                yield Line(Kind.VALUE, element, place, depth, required=True)
                continue
            opened = self._opened(place, len(items) <= FEW_ITEMS)
            yield Line(Kind.ITEM, element, place, depth, opened, True)
            if opened and element.type == "array":
                yield from self._items(element, place, payload, depth + 1)
            elif opened:
                yield from self._object(element.children, place, payload, depth + 1)


def _rank(field: Field) -> tuple[bool, bool, bool]:
    return field.name == EXTENSION, not field.required, not is_leaf(field)


def _has(payload: JsonValue, path: Path) -> bool:
    return value_at(payload, path) is not ABSENT


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


def takes_file(field: Field) -> bool:
    """The field may hold a text that nobody types, such as a certificate."""
    plain = field.type == "string" and not field.enum and not field.format
    return plain and (field.max_length or LONG_TEXT) >= LONG_TEXT


def file_named(field: Field, value: JsonValue) -> str:
    """The file that a long text should be taken from; empty when the value is meant as it is."""
    named = isinstance(value, str) and value.startswith(FROM_A_FILE) and "\n" not in value and takes_file(field)
    return str(value)[len(FROM_A_FILE) :].strip() if named else ""


def new_item(listing: Field) -> JsonValue:
    """What another element of a list begins with."""
    item = ABSENT if listing.items is None else starter(listing.items)
    return "" if item is ABSENT else item


def steps_to_keep(root: Field, path: Path) -> int:
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


def field_at(root: Field, path: Path) -> Field | None:
    """The field that a path leads to; None when the schema has no such place."""
    field: Field | None = root
    for step in path:
        if field is None:
            return None
        children = field.children
        field = field.items if isinstance(step, int) else next((c for c in children if c.name == step), None)
    return field
