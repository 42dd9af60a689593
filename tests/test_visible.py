"""`visible`: nothing that a terminal obeys or hides gets through, and ordinary text stays as it is."""

import timeit
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpp_console.visible import visible

ANY_TEXT = st.text(st.characters())  # surrogates included
HOSTILE = st.text(
    st.sampled_from("\x00\x07\x1b\x7f\x9b\u200d\u202e\ufeff\ufe0f\ud83d\n\t\\ab…👩🔧\U000e0041\u3164\u2642")
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", "␛[2J"),
        ("\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇"),
        ("\x9b2J", "\\u009b2J"),
        ("a\x00b\x7f", "a␀b␡"),
        ("one\ntwo\tthree\r", "one␤two␉three␍"),
        ("\u202eevil", "\\u202eevil"),
        ("\ufeffCP\u200b1\u2066", "\\ufeffCP\\u200b1\\u2066"),
        ("\u061c\u200e\u00ad\u2028", "\\u061c\\u200e\\u00ad\\u2028"),
        ("\ud83d", "\\ud83d"),
        ("\ue000", "\\ue000"),
        ("\U000e0041\U000e0100", "\\U000e0041\\U000e0100"),
        ("CP\u3164\u115f1", "CP\\u3164\\u115f1"),
        ("a\u200db", "a\\u200db"),
        ("👩\u200d", "👩\\u200d"),
        ("[/] [red]x[/red] [@click=app.quit]A[/]", "[/] [red]x[/red] [@click=app.quit]A[/]"),
    ],
)
def test_what_a_terminal_would_obey_or_hide_becomes_readable(text, shown):
    assert visible(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ACME Wallbox 22 kW",
        "สถานีชาร์จกรุงเทพ",
        "充电桩\u3000一号",
        "충전소",
        "שלום",
        "e\u0301 n\u0303",
        "10\u00a0kW",
        "👩‍👩‍👧 👨🏽‍🔧 ⛓️‍💥 🏳️‍🌈 ⚠️",
        "½ · → ● ▲ ␛",
    ],
)
def test_ordinary_text_of_any_script_and_joined_emoji_stay(text):
    assert visible(text) == text


def test_what_does_not_fit_is_counted():
    shown = visible("a" * 10_000)
    assert len(shown) == 200
    assert shown.endswith("a…+9806")
    assert shown.count("a") == 10_000 - 9806


@pytest.mark.parametrize(
    ("limit", "shown"), [(0, ""), (1, "…"), (3, "…"), (4, "a…+9"), (6, "abc…+7"), (10, "abcdefghij")]
)
def test_a_tight_limit_is_kept(limit, shown):
    assert visible("abcdefghij", limit) == shown


def test_an_escape_is_never_cut_in_two():
    assert visible("\u202e" * 3, 10) == "\\u202e…+2"


def test_an_emoji_is_not_left_with_a_joiner_at_the_cut():
    assert "\u200d…" not in visible("👩‍👩‍👧" * 100, 12)


@given(ANY_TEXT | HOSTILE, st.integers(0, 60))
def test_nothing_dangerous_gets_through_and_the_limit_holds(text, limit):
    shown = visible(text, limit)
    assert len(shown) <= limit
    for at, char in enumerate(shown):
        if char == "\u200d":
            assert ord(shown[at + 1]) > 0x2100
            continue
        assert unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    shown.encode("utf-8")


@given(ANY_TEXT | HOSTILE, st.integers(0, 60))
def test_applying_it_twice_changes_nothing(text, limit):
    once = visible(text, limit)
    assert visible(once, limit) == once


@given(st.text(st.characters(whitelist_categories=("Lu", "Ll", "Lo", "Nd", "Po", "Sm"), blacklist_characters="ᅟᅠㅤﾠ")))
def test_letters_digits_and_signs_are_never_touched(text):
    assert visible(text, 10_000) == text


def test_clean_text_costs_next_to_nothing():
    text = '{"chargePointVendor":"ACME","chargePointModel":"Wallbox 22"}'
    best = min(timeit.repeat(lambda: visible(text), number=2_000, repeat=9)) / 2_000
    assert best < 3e-6, f"{best * 1e6:.2f} µs; about 0.5 µs on an idle machine"
