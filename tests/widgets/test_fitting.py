import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from ocpp_console.widgets.fitting import cut_end, cut_middle, fit

SIGNS = st.text(st.sampled_from("abc0中é한🔌 "), max_size=30)


@given(SIGNS, st.integers(0, 40), st.booleans(), st.booleans())
def test_fit_takes_exactly_the_cells_asked_for(text: str, width: int, right: bool, middle: bool) -> None:
    assert cell_len(fit(text, width, right=right, middle=middle)) == width


@given(SIGNS, st.integers(0, 40))
def test_cutting_never_takes_more_cells(text: str, width: int) -> None:
    assert cell_len(cut_end(text, width)) <= width
    assert cell_len(cut_middle(text, width)) <= width


def test_identities_keep_both_ends() -> None:
    assert cut_middle("CP-GARAGE-0001-LEFT", 9) == "CP-G…LEFT"


@pytest.mark.parametrize("width", [0, 1, 2])
def test_hardly_any_room(width: int) -> None:
    assert cell_len(cut_middle("CP-0001", width)) == width


def test_numbers_stand_at_the_right() -> None:
    assert fit("12", 5, right=True) == "   12"
