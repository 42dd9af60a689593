"""Payloads made from the schemas: the smallest and the fullest that validate."""

from typing import Any

from ocpp_console.protocol.actions import actions_of
from ocpp_console.protocol.fields import Field, fields

VERSIONS = ("1.6", "2.0.1", "2.1")
ALL_COMMANDS = [(version, action.name) for version in VERSIONS for action in actions_of(version, "csms")]
"""Every (version, command): 26 + 40 + 55."""

GIANTS = [
    ("2.1", "ChangeTransactionTariff"),
    ("2.1", "SetDefaultTariff"),
    ("2.1", "RequestStartTransaction"),
    ("2.1", "SetChargingProfile"),
    ("2.1", "SetDERControl"),
]
"""The commands with the most fields."""


def maximal(version: str, action: str, kind: str = "request") -> Any:
    """A payload with every field of the schema, texts and lists as long as they may be (lists at most two)."""
    field = fields(version, action, kind)
    assert field is not None
    return fullest(field)


def fullest(field: Field) -> Any:
    """The fullest value of one field."""
    if field.type == "object":
        return {child.name: fullest(child) for child in field.children}
    if field.type == "array":
        count = max(field.min_items, min(2, field.max_items or 2))
        return [fullest(field.items) for _ in range(count)] if field.items is not None else []
    if field.enum:
        return field.enum[-1]
    if field.type == "string":
        known = {"date-time": "2026-11-20T14:03:21Z", "uri": "ftp://host/file"}
        return known.get(field.format) or "x" * min(field.max_length or 30, 3000)
    if field.type == "integer":
        return int(field.maximum if field.maximum is not None else (field.minimum or 0) + 7)
    if field.type == "number":
        return field.maximum if field.maximum is not None else 12.5
    return True if field.type == "boolean" else {"any": ["thing", 1]}
