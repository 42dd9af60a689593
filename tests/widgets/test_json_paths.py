import pytest

from ocpp_console.widgets.json_paths import ABSENT, drop, path_text, put, read_json, spell, unspell, value_at


def test_paths_are_spelled_as_findings_spell_them() -> None:
    assert path_text(("meterValue", 0, "sampledValue", 2, "unit")) == "meterValue[0].sampledValue[2].unit"


def test_put_makes_the_containers_on_the_way_and_leaves_the_old_payload_alone() -> None:
    old = {"a": {"b": 1}}
    assert put(old, ("a", "c"), 2) == {"a": {"b": 1, "c": 2}}
    assert put({}, ("list", 1, "x"), 1) == {"list": [{}, {"x": 1}]}
    assert old == {"a": {"b": 1}}


def test_drop_takes_empty_objects_along_unless_they_are_kept() -> None:
    assert drop({"a": {"b": 1}, "c": 2}, ("a", "b")) == {"c": 2}
    assert drop({"a": {"b": 1}}, ("a", "b"), keep=1) == {"a": {}}
    assert drop({"list": [{"x": 1}]}, ("list", 0, "x")) == {"list": [{}]}
    assert drop({"a": 1}, ("b", "c")) == {"a": 1}


@pytest.mark.parametrize("payload", [None, 5, "text", [], {"a": None}])
def test_nothing_is_found_in_payloads_of_another_shape(payload: object) -> None:
    assert value_at(payload, ("a", "b")) is ABSENT
    assert value_at(payload, ("a", 3)) is ABSENT


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("7", "integer", 7),
        ("7", "string", "7"),
        ("1.5", "number", 1.5),
        ("true", "boolean", True),
        ("true", "integer", "true"),
        ("x", "integer", "x"),
        ("NaN", "number", "NaN"),
        ("[1]", "array", [1]),
    ],
)
def test_text_that_does_not_fit_the_type_stays_text_to_be_sent_on_purpose(text: str, kind: str, value: object) -> None:
    found = unspell(text, kind)
    assert found == value
    assert type(found) is type(value)


def test_an_empty_field_is_absent_and_not_an_empty_text() -> None:
    assert unspell("", "string") is ABSENT
    assert spell(ABSENT) == ""


@pytest.mark.parametrize(("text", "part"), [("{", "line 1"), ('{"a": NaN}', "NaN"), ("[" * 100_000, "deep")])
def test_broken_json_is_told_in_words(text: str, part: str) -> None:
    with pytest.raises(ValueError, match=part):
        read_json(text)
