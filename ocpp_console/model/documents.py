"""Plain JSON documents of the model's objects, for the store: fields by name, what is odd or unknown is skipped."""

from dataclasses import fields
from typing import Any

Document = dict[str, Any]
"""Text, whole numbers, floats, truth values, None, and lists and objects of these."""

_PLAIN = (str, int, float, bool, type(None))


def plain_fields(instance: Any) -> Document:
    """The fields of a dataclass instance whose values are plain as they stand, without counters of changes."""
    values = ((field.name, getattr(instance, field.name)) for field in fields(instance) if field.compare)
    return {name: value for name, value in values if isinstance(value, _PLAIN)}


def fill_fields(instance: Any, document: Document) -> None:
    """Set the fields of an instance that `document` has with a plain value of the kind the field holds.

    A document of an older or newer console, or a damaged one, fills what it can.
    """
    kinds = {field.name: str(field.type) for field in fields(instance)}
    for name, value in document.items():
        if name in kinds and _suits(value, kinds[name]):
            setattr(instance, name, value)


def _suits(value: object, kind: str) -> bool:
    """A value may stand in a field annotated `kind`, such as "str" or "int | None"."""
    wanted = {part.strip().removeprefix("<class '").removesuffix("'>") for part in kind.split("|")}
    if value is None:
        return "None" in wanted
    if type(value) is int and "float" in wanted:
        return True
    return type(value).__name__ in wanted and isinstance(value, _PLAIN)
