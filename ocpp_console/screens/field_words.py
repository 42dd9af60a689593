"""What the specification says about one place in a frame: its rule, the values to choose from, its meaning."""

import re

from ocpp_console.glyphs import ATTENTION, QUIET, STRONG
from ocpp_console.model.messages import Message, Origin
from ocpp_console.protocol.field_help import limits, meaning
from ocpp_console.protocol.fields import Field, fields
from ocpp_console.widgets.columns import Piece

_POSITION = re.compile(r"\[\d+\]")

Line = list[Piece]


def field_words(message: Message, kind: str, path: str) -> list[Line]:
    """Two lines about the value at `path` in the "request" or "response" of an exchange; none where nothing is told.

    `path` is spelt as findings spell it: `meterValue[0].sampledValue[2].unit`.
    """
    if not path or message.origin is Origin.EVENT:
        return []
    root = fields(message.version, message.action, kind)
    if root is None:
        return []
    field = _field_at(root, _POSITION.sub("[]", path))
    if field is None:
        told = f"not in the schema of {message.action} in OCPP {message.version}"
        return [[(f"{path}: ", STRONG), (told, ATTENTION)], []]
    return [[(f"{path}: ", STRONG), (_rules(field), QUIET)], [(meaning(message.version, message.action, field), QUIET)]]


def _rules(field: Field) -> str:
    """What may stand there, with every value of a choice, and whether it has to."""
    words = f"one of {', '.join(field.enum)}" if field.enum else limits(field)
    return f"{words}, required" if field.required and field.name else words


def _field_at(root: Field, path: str) -> Field | None:
    """The field of this path, by the longest beginning at each step; None when the schema has no such place."""
    field = root
    while field.path != path:
        inner = (*field.children, *([field.items] if field.items is not None else []))
        below = [each for each in inner if path == each.path or path.startswith((f"{each.path}.", f"{each.path}["))]
        if not below:
            return None
        field = below[0]
    return field
