import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ocpp_console.protocol.findings import Finding, Severity
from ocpp_console.widgets.json_lines import MOST_LINES, deep_paths, json_lines

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
)


def wrong(path: str, text: str = "is wrong") -> Finding:
    return Finding("X", Severity.WARNING, text, path)


def drawn(value: Any, *findings: Finding, folded: set[str] | None = None) -> list[str]:
    return ["".join(text for text, _ in line.parts) for line in json_lines(value, findings, folded or set())]


@given(JSON)
def test_the_lines_are_the_value_again(value: Any) -> None:
    assert json.loads("\n".join(drawn(value))) == value


@given(JSON)
def test_lines_have_names_of_their_own(value: Any) -> None:
    names = [line.name for line in json_lines(value, (), set())]
    assert len(names) == len(set(names))


def test_a_violation_stands_under_its_line() -> None:
    lines = drawn({"connectorId": "1", "idTag": "x"}, wrong("connectorId", "is a string, must be an integer"))
    assert lines[1:3] == ['  "connectorId": "1",', "  ▲ is a string, must be an integer"]


def test_a_missing_field_is_said_under_the_object_that_lacks_it() -> None:
    value = {"meterValue": [{"sampledValue": [{"unit": "Wh"}]}]}
    lines = drawn(value, wrong("meterValue[0].sampledValue[0].value", "is missing"))
    place = next(index for index, line in enumerate(lines) if "is missing" in line)
    assert lines[place - 1].strip() == "{"
    assert "meterValue[0].sampledValue[0].value: is missing" in lines[place]


def test_what_is_wrong_with_the_whole_frame_stands_on_top() -> None:
    assert drawn({"a": 1}, wrong("", "the id is too long"))[0] == "▲ the id is too long"


def test_violations_in_a_folded_part_are_said_at_the_fold() -> None:
    lines = drawn({"a": {"b": {"c": 1}}}, wrong("a.b.c"), folded={"a"})
    assert lines[1].strip() == '"a": ▸ { 1 fields }'
    assert "a.b.c: is wrong" in lines[2]


@given(JSON, st.lists(st.sampled_from(["", "a", "a.b", "a[0]", "[0].a", "zz[7].q"]), max_size=4))
def test_no_finding_is_ever_lost(value: Any, paths: list[str]) -> None:
    lines = drawn(value, *(wrong(path, f"finding {number};") for number, path in enumerate(paths)))
    for number in range(len(paths)):
        assert sum(f"finding {number};" in line for line in lines) == 1


def test_deep_parts_can_be_folded_at_once() -> None:
    assert deep_paths({"a": {"b": {"c": [1]}}, "d": 2}, 2) == {"a.b", "a.b.c"}


def test_endless_values_end() -> None:
    lines = drawn(list(range(MOST_LINES * 2)))
    assert len(lines) == MOST_LINES + 1
    assert "raw view" in lines[-1]
