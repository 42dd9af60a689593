"""Who a request path names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpp_console.csms.identity import Identity, NoIdentity, identity_of, oddities, path_for


@pytest.mark.parametrize(
    ("target", "identity"),
    [
        ("/CP1", "CP1"),
        ("/ocpp/CP1", "CP1"),
        ("/ocpp/CP1/", "CP1"),
        ("//CP1//", "CP1"),
        ("/RDAM%20123", "RDAM 123"),
        ("/a%252Fb", "a%2Fb"),
        ("/a+b*c", "a+b*c"),
        ("/%C3%A9", "é"),
        ("/ws://10.0.0.1:9000/CP_1/SERIAL", "SERIAL"),
        ("ws://10.0.0.1:9000/CP1", "CP1"),
        ("/CP1?token=1", "CP1"),
        ("/CP1#top", "CP1"),
        ("/?=SN42", "SN42"),
        ("/?id=SN42", "SN42"),
    ],
)
def test_the_identity_is_the_last_segment_decoded_once(target: str, identity: str) -> None:
    found = identity_of(target)
    assert isinstance(found, Identity)
    assert found.text == identity


@pytest.mark.parametrize(
    ("target", "word"),
    [
        ("/", "without an identity"),
        ("", "without an identity"),
        ("///", "without an identity"),
        ("/a%2Fb", "slash"),
        ("/a%5Cb", "slash"),
        ("/..", "dot"),
        ("/%2E", "dot"),
        ("/a%00b", "control"),
        ("/a%1Bb", "control"),
        ("/a%C2%9Bb", "control"),
        ("/%FF%FE", "UTF-8"),
        ("/%ED%A0%80", "UTF-8"),
        ("/" + "x" * 256, "256 bytes"),
    ],
)
def test_paths_that_name_nobody_say_why(target: str, word: str) -> None:
    found = identity_of(target)
    assert isinstance(found, NoIdentity)
    assert word in found.text


@pytest.mark.parametrize(
    ("target", "base", "codes"),
    [
        ("/CP1", "", set()),
        ("/ocpp/CP1", "/ocpp", set()),
        ("/other/CP1", "/ocpp", {"PATH_UNEXPECTED"}),
        ("/CP1?x=1", "", {"QUERY_IGNORED"}),
        ("/ws/webSocket?=SN", "/ws/webSocket", {"IDENTITY_FROM_QUERY"}),
    ],
)
def test_what_is_tolerated_is_told(target: str, base: str, codes: set[str]) -> None:
    found = identity_of(target, base)
    assert isinstance(found, Identity)
    assert {finding.code for finding in found.findings} == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("a:b", {"IDENTITY_CHARACTERS"}),
        ("RDAM 123", {"IDENTITY_CHARACTERS"}),
        ("x" * 49, {"IDENTITY_TOO_LONG"}),
        ("x" * 48, set()),
    ],
)
def test_what_2_x_would_not_allow_is_told(text: str, codes: set[str]) -> None:
    assert {finding.code for finding in oddities(text)} == codes


def test_the_base_path_alone_names_nobody() -> None:
    assert isinstance(identity_of("/ocpp/", "/ocpp"), NoIdentity)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="/\\"), min_size=1, max_size=40))
def test_every_identity_survives_its_own_path(text: str) -> None:
    if text in (".", ".."):
        return
    found = identity_of(path_for(text, "/ocpp"), "/ocpp")
    assert isinstance(found, Identity)
    assert found.text == text


@given(st.text())
def test_no_path_raises(target: str) -> None:
    assert isinstance(identity_of(target), Identity | NoIdentity)
