"""How one line of a payload form looks, as texts with the names of their styles. Knows no widget."""

from collections.abc import Sequence

from ocpp_console.model.secrets import MASK
from ocpp_console.protocol.fields import Field
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.visible import visible
from ocpp_console.widgets.fitting import cells, cut_middle, fit
from ocpp_console.widgets.json_paths import ABSENT, one_line, spell
from ocpp_console.widgets.payload_lines import Choice, Kind, Line

CURSOR = "›"
ADD, REMOVE = "[+]", "[-]"
INDENT = 2
WIDEST_LABEL, WIDEST_VALUE = 34, 60

Part = tuple[str, str]
"""A text and its style: label, quiet, wrong, head, cursor, or empty for the plain one."""


def columns(lines: Sequence[Line], width: int) -> tuple[int, int]:
    """Where the values begin, and how many cells they have, in so many cells."""
    longest = max((INDENT * line.depth + cells(line.label) + 4 for line in lines), default=10)
    label = max(10, min(longest, WIDEST_LABEL, width * 2 // 5))
    return label, max(8, min(WIDEST_VALUE, (width - label - 4) * 3 // 5))


def position_mark(y: int, top: int, height: int, count: int) -> str:
    """The first cell of a line in view: a bar where these lines are among all, when not all can be seen."""
    if count <= height:
        return " "
    begin = top * height // count
    return "│" if begin <= y <= begin + height * height // count else " "


def value_parts(
    line: Line, value: JsonValue, places: tuple[int, int], choices: Sequence[Choice], problem: str
) -> list[Part]:
    """A leaf: its name, its value or what it takes, whether there is a list, and what is wrong or known of it."""
    label, width = places
    name = cut_middle(" " * (INDENT * line.depth) + line.label, label - 4)
    star = " *" if line.required and not line.in_list else ""
    text = hint(line.field) if value is ABSENT else visible(one_line(spell(value)), 400)
    text = MASK if is_password(line.field) and value not in (ABSENT, "") else text
    note = f"✗ {visible(problem, 200)}" if problem else _note(choices, value)
    if not note and line.required and not line.in_list and value in (ABSENT, ""):
        note = "required"
    return [
        (fit(name + star, label - 1), "label"),
        (fit(text, width), "quiet" if value is ABSENT else ""),
        (" ▾ " if choices else "   ", "quiet"),
        (note, "wrong" if problem else "quiet"),
    ]


def is_password(field: Field) -> bool:
    """The value is drawn as dots, whatever it is."""
    return field.format == "password"


def _note(choices: Sequence[Choice], value: JsonValue) -> str:
    return next((visible(choice.note, 80) for choice in choices if choice.note and choice.value == value), "")


def head_text(line: Line, value: JsonValue) -> str:
    """The first line of a group, a list or an item."""
    mark = "▾" if line.opened else "▸"
    star = " *" if line.required and line.kind is not Kind.ITEM else ""
    text = f"{' ' * (INDENT * line.depth)}{mark} {line.label}{star}"
    if line.kind is Kind.LIST:
        size = len(value) if isinstance(value, list) else 0
        return f"{text}  {size} item{'' if size == 1 else 's'}  {ADD}{f' {REMOVE}' if size else ''}"
    if line.kind is Kind.ITEM:
        return f"{text}  {REMOVE}"
    return text if line.required or value is not ABSENT else f"{text} (optional)"


def sign_at(line: Line, value: JsonValue, x: int) -> str:
    """The sign of a head at a cell; empty where there is none."""
    text = head_text(line, value)
    return next((sign for sign in (ADD, REMOVE) if sign in text and 0 <= x - text.find(sign) < len(sign)), "")


def head_parts(line: Line, value: JsonValue, problem: str, *, focused: bool) -> list[Part]:
    """The same with what is wrong in it, or, while it is closed, with what it holds."""
    note = f"✗ {visible(problem, 200)}" if problem else ""
    if not note and not line.opened and value not in (ABSENT, {}, []):
        note = visible(spell(value), 120)
    return [
        (head_text(line, value), "cursor" if focused else "head"),
        ("  ", ""),
        (note, "wrong" if problem else "quiet"),
    ]


EXAMPLES = {"date-time": "2027-01-31T18:00:00Z", "date": "2027-01-31"}
"""By format: how a value is spelled."""


def hint(field: Field) -> str:
    """What an empty field shows: the kind of value it takes. An example says that it is one, or it looks filled in."""
    if field.format and not is_password(field):
        example = EXAMPLES.get(field.format)
        return f"like {example}" if example else field.format
    limit = f", at most {field.max_length}" if field.max_length else ""
    return (field.type or "any") + limit
