"""A price of charging: read, written back, and worked out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpp_console.tariff import Tariff, TariffProblem, read_tariff


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("0.39/kWh 0.02/min 1/session EUR", "0.39/kWh 0.02/min 1/session EUR"),
        ("1 EUR/session + 0.39 eur / kwh", "0.39/kWh 1/session EUR"),
        ("1.2/h", "0.02/min"),
        ("CHF 0.50/kWh", "0.5/kWh CHF"),
        ("free", "free"),
        ("free EUR", "free EUR"),
    ],
)
def test_a_tariff_is_written_as_it_is_read_again(text: str, normal: str) -> None:
    tariff = read_tariff(text)
    assert str(tariff) == normal
    assert read_tariff(normal) == tariff


@pytest.mark.parametrize(
    "text",
    [
        "cheap",
        "0.39",
        "EUR",
        "0,39/kWh",
        "-1/kWh",
        "1/kWh 2/kWh",
        "1 EUR/kWh 1 CHF/min",
        "free 1/kWh",
        "1/kWhs",
    ],
)
def test_what_is_no_tariff_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(TariffProblem, match="such as"):
        read_tariff(text)


def test_nothing_is_no_tariff() -> None:
    assert read_tariff("  ") is None
    with pytest.raises(TariffProblem, match="above"):
        read_tariff("1000001/kWh")


def test_costs_are_added_up_and_rounded_once() -> None:
    tariff = read_tariff("0.39/kWh 0.02/min 1/session EUR")
    assert tariff is not None
    assert tariff.cost(10_000, 30) == 5.5
    assert tariff.cost(None, 0) == tariff.cost(-500, -1) == 1.0
    assert tariff.cost(12.5, 0) == 1.0  # half a hundredth
    assert tariff.cost(12.9, 0) == 1.01
    assert Tariff().cost(50_000, 600) == 0.0


@given(st.text(max_size=40))
def test_no_text_is_too_odd(text: str) -> None:
    try:
        tariff = read_tariff(text)
    except TariffProblem:
        return
    assert tariff is None or read_tariff(str(tariff)) == tariff
