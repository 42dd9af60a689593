import pytest
from payloads import ALL_COMMANDS

from ocpp_console.protocol.field_help import limits, meaning
from ocpp_console.protocol.fields import Field, fields


def walk(field: Field) -> list[Field]:
    found = [field] if field.name else []
    for child in (*field.children, *([field.items] if field.items else [])):
        found += walk(child)
    return found


@pytest.mark.parametrize(("version", "action"), [each for each in ALL_COMMANDS if each[0] == "1.6"])
def test_every_field_of_every_1_6_command_is_explained(version: str, action: str) -> None:
    root = fields(version, action)
    assert root is not None
    assert [field.path for field in walk(root) if not meaning(version, action, field)] == []


def test_2_x_explains_itself() -> None:
    root = fields("2.0.1", "Reset")
    assert root is not None
    assert meaning("2.0.1", "Reset", root.children[0])


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (Field("x", "x", "string", max_length=20), "text, at most 20 characters"),
        (Field("x", "x", "string", enum=("A", "B"), max_length=1), "one of the listed words"),
        (Field("x", "x", "integer", minimum=0, maximum=9), "whole number, 0 to 9"),
        (Field("x", "x", "integer", minimum=0.0), "whole number, 0 or more"),
        (Field("x", "x", "number", multiple_of=0.1), "number, in steps of 0.1"),
        (Field("x", "x", "array", min_items=1, max_items=4), "list, 1 to 4 items"),
        (Field("x", "x", "string", format="date-time"), "date and time in UTC, like 2026-11-20T14:03:21Z"),
        (Field("x", "x", "boolean", default=False), "true or false, if not given False"),
    ],
)
def test_the_limits_are_words(field: Field, words: str) -> None:
    assert limits(field) == words
