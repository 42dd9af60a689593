"""The fields of a message as a tree, for forms, help and smallest payloads. Made from the schemas alone."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from ocpp_console.protocol import schemas
from ocpp_console.protocol.frames import JsonValue


@dataclass(frozen=True, slots=True)
class Field:
    """One place in a payload and what may stand there."""

    name: str
    """As on the wire; empty for the payload itself and for the element of a list."""
    path: str
    """From the payload down: `chargingProfile.chargingSchedule[].limit`."""
    type: str
    """"object", "array", "string", "integer", "number", "boolean" or "any"."""
    required: bool = False
    enum: tuple[str, ...] = ()
    """The values to choose from; empty when free."""
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    multiple_of: float | None = None
    format: str = ""
    """"date-time", "uri" or empty."""
    description: str = ""
    """From the specification's schema; 1.6 has none."""
    default: JsonValue = None
    children: tuple["Field", ...] = ()
    """Of an object: required ones first, otherwise in the order of the schema."""
    items: "Field | None" = None
    """Of a list: what each element is."""
    min_items: int = 0
    max_items: int | None = None


def fields(version: str, action: str, kind: str = "request") -> Field | None:
    """The payload of a "request" or "response" as a field of type object; None if there is no such message."""
    return _tree(version, action, kind) if schemas.schema(version, action, kind) is not None else None


@cache
def _tree(version: str, action: str, kind: str) -> Field:
    """The tree of a message that exists."""
    root = schemas.schema(version, action, kind) or {}
    return _field("", "", root, root, True)


def _field(name: str, path: str, part: dict[str, Any], root: dict[str, Any], required: bool) -> Field:
    """The field that `part` of the schema `root` describes."""
    # A description beside a reference tells what the field is for; the one behind it, what the type is.
    description = part.get("description", "")
    while "$ref" in part:
        part = root["definitions"][part["$ref"].rpartition("/")[2]]
    return Field(
        name=name,
        path=path,
        type=part.get("type", "any"),
        required=required,
        enum=tuple(part.get("enum", ())),
        max_length=part.get("maxLength"),
        minimum=part.get("minimum"),
        maximum=part.get("maximum"),
        multiple_of=part.get("multipleOf"),
        format=part.get("format", ""),
        description=_plain(description or part.get("description", "")),
        default=part.get("default"),
        children=_children(path, part, root),
        items=_field("", f"{path}[]", part["items"], root, True) if "items" in part else None,
        min_items=part.get("minItems", 0),
        max_items=part.get("maxItems"),
    )


def _children(path: str, part: dict[str, Any], root: dict[str, Any]) -> tuple[Field, ...]:
    """The fields of an object: required ones first, `customData` of 2.x last."""
    wanted = part.get("required", ())
    made = [
        _field(name, f"{path}.{name}" if path else name, inner, root, name in wanted)
        for name, inner in part.get("properties", {}).items()
    ]
    return tuple(sorted(made, key=lambda field: (not field.required, field.name == "customData")))


def _plain(text: str) -> str:
    """A description without the model's identifiers, which come before the sentence and end with a URN."""
    from html import unescape  # its table of names is large, and only help needs it

    lines = [line.strip() for line in unescape(text).splitlines()]
    urns = [number for number, line in enumerate(lines) if line.startswith("urn:")]
    kept = lines[urns[-1] + 1 :] if urns else lines
    return " ".join(line for line in kept if line)


def minimal(version: str, action: str, kind: str = "request") -> JsonValue:
    """A fresh payload with the required fields only, valid by the schema; {} if there is no such message.

    Of a choice it takes `Accepted` where that is offered, else the first.
    """
    tree = fields(version, action, kind)
    return {} if tree is None else example(tree)


def example(field: Field) -> JsonValue:
    """A value that may stand in this field, as small as possible."""
    if field.type == "object":
        return {child.name: example(child) for child in field.children if child.required}
    if field.type == "array":
        return [] if field.items is None else [example(field.items) for _ in range(field.min_items)]
    if field.enum:
        return "Accepted" if "Accepted" in field.enum else field.enum[0]
    if field.type == "string":
        return _FORMATTED.get(field.format, "")
    if field.type in ("integer", "number"):
        return _nearest_to_zero(field)
    return False if field.type == "boolean" else ""


_FORMATTED = {"date-time": "2000-01-01T00:00:00Z", "uri": "http://localhost/"}


def _nearest_to_zero(field: Field) -> float:
    """The smallest amount that the field's limits allow; whole where the limits are."""
    low = 0 if field.minimum is None else max(field.minimum, 0)
    amount = low if field.maximum is None else min(low, field.maximum)
    return int(amount) if field.type == "integer" else amount
