"""Plain JSON documents of the model's objects, for the store: fields by name, what is odd or unknown is skipped."""

from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any

Document = dict[str, Any]
"""Text, whole numbers, floats, truth values, None, and lists and objects of these."""

_PLAIN = (str, int, float, bool, type(None))


Later = Callable[[], Any]
"""Makes the document of an object as it was when this was taken. Taking it costs a tenth of making the document: a
snapshot takes all it needs at one moment, and makes the documents while stations are answered."""


def plain_fields(instance: Any) -> Document:
    """The fields of a dataclass instance whose values are plain as they stand, without counters of changes."""
    return plain_fields_later(instance)()


def plain_fields_later(instance: Any) -> Callable[[], Document]:
    """The same, of the values there are now."""
    kind = type(instance)
    names, values_of = _FIELDS.get(kind) or _learn(kind)
    values = values_of(instance)
    return lambda: {
        name: value
        for name, value in zip(names, values, strict=True)
        if type(value) in _PLAIN or isinstance(value, _PLAIN)  # a kind of text, such as a StrEnum, is a text
    }


_Fields = tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]
"""The names that count in a dataclass, and what gets all their values at once: a snapshot asks for thousands."""

_FIELDS: dict[type, _Fields] = {}


def _learn(kind: type) -> _Fields:
    """Work out the fields of a dataclass of two fields or more."""
    names = tuple(field.name for field in fields(kind) if field.compare)
    found = _FIELDS[kind] = names, attrgetter(*names)
    return found


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
