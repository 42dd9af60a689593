import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpp_console.model.reading import entries, mapping, number, text, whole
from ocpp_console.model.times import parse_time, time_text
from ocpp_console.model.verdicts import verdict_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("value", "read"),
    [(7, 7), ("7", 7), (" 7 ", 7), (7.0, 7), (2**63 - 1, 2**63 - 1), ("-1", -1)]
    + [(value, None) for value in (7.5, "7.5", "x", "", None, True, [7], {"a": 7}, "9" * 5000, math.inf, math.nan)],
)
def test_whole_numbers_as_stations_write_them(value, read):
    assert whole(value) == read


@pytest.mark.parametrize(
    ("value", "read"),
    [(7, 7), ("7.5", 7.5), (" 230.1 ", 230.1), ("1e3", 1000)]
    + [(value, None) for value in ("", "nan", "inf", "1,5", None, False, [], 10**400, "9" * 5000)],
)
def test_numbers_as_stations_write_them(value, read):
    assert number(value) == read


@pytest.mark.parametrize(
    ("value", "read"),
    [("a", "a"), (5, "5"), (1.5, "1.5"), (True, "true"), (None, ""), ([], ""), ({}, ""), ("x" * 9000, "x" * 500)],
)
def test_texts(value, read):
    assert text(value) == read


def test_lists_and_objects():
    assert entries([{"a": 1}, None, 5, {}]) == [{"a": 1}, {}]
    assert entries({"a": 1}) == [{"a": 1}]
    assert entries("x") == entries(None) == []
    assert mapping([]) == {}


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("1970-01-01T00:00:01Z", 1_000_000),
        ("1970-01-01T00:00:00.5Z", 500_000),
        ("1970-01-01T01:00:01.000+01:00", 1_000_000),
        ("1970-01-01T00:00:01", 1_000_000),
        (" 1970-01-01t00:00:01z ", 1_000_000),
        ("1970-01-02", 86_400_000_000),
        ("2022-02-29T00:00:00Z", None),
        ("222222017-01-01T00:00:00Z", None),
        ("", None),
        (None, None),
        (1_700_000_000, None),
        ("2" * 10_000, None),
    ],
)
def test_times_as_stations_write_them(said, read):
    assert parse_time(said) == read


def test_times_at_the_ends_of_the_calendar():
    assert parse_time("9999-12-31T23:59:59-23:59") > 0
    assert parse_time("0001-01-01T00:00:00+23:59") < 0
    assert time_text(1_795_183_401_000_000) == "2026-11-20T14:03:21Z"
    assert time_text(10**30) == time_text(-(10**30)) == ""


@pytest.mark.parametrize(
    ("action", "payload", "word"),
    [
        ("Reset", {"status": "Accepted"}, "Accepted"),
        ("Heartbeat", {"currentTime": "x"}, ""),
        ("Authorize", {"idTagInfo": {"status": "Blocked"}}, "Blocked"),
        ("TransactionEvent", {"idTokenInfo": {"status": "Unknown"}}, "Unknown"),
        ("GetVariables", {"getVariableResult": [{"attributeStatus": "Accepted"}] * 2}, "Accepted"),
        (
            "SetVariables",
            {"setVariableResult": [{"attributeStatus": "Accepted"}, {"attributeStatus": "Rejected"}]},
            "Accepted 1, Rejected 1",
        ),
        ("Reset", None, ""),
        ("Reset", {"status": {"odd": 1}}, ""),
    ],
)
def test_the_word_that_matters_of_an_answer(action, payload, word):
    assert verdict_of(action, payload) == word


@given(JSON)
def test_nothing_raises_whatever_comes(value):
    text(value), whole(value), number(value), entries(value), mapping(value), parse_time(value)
    verdict_of("GetVariables", value)


@given(st.text(max_size=70))
def test_no_text_is_too_odd_for_a_time(said):
    parse_time(said)
