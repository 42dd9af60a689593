from hypothesis import given
from hypothesis import strategies as st

from ocpp_console.widgets.window import Window, find


def window(rows: list[int], height: int = 3, **how: bool) -> Window[int]:
    view = Window[int](lambda row: row, **how)
    view.settle(rows, height)
    return view


@given(st.lists(st.integers(0, 50), unique=True), st.integers(-5, 60), st.integers(0, 50))
def test_a_key_is_found_from_any_hint(rows: list[int], hint: int, key: int) -> None:
    assert find(rows, key, lambda row: row, hint) == (rows.index(key) if key in rows else None)


def test_a_log_stays_at_its_end() -> None:
    view = window([1, 2, 3], following=True)
    view.settle([1, 2, 3, 4, 5], 3)
    assert (list(view.window()), view.record) == ([3, 4, 5], 5)


def test_moving_up_pauses_and_rows_stay_where_they_are_while_old_ones_go() -> None:
    view = window(list(range(10)), following=True, anchored=True)
    view.move_to(8)
    assert not view.following
    view.settle(list(range(4, 14)), 3)
    assert (list(view.window()), view.record) == ([7, 8, 9], 8)


def test_the_cursor_stays_with_its_record_when_the_order_changes() -> None:
    view = window([1, 2, 3, 4])
    view.move_to(2)
    view.settle([4, 3, 2, 1], 3)
    assert view.record == 3


def test_a_record_that_is_gone_gives_its_place_to_the_next() -> None:
    view = window([1, 2, 3, 4])
    view.move_to(1)
    view.settle([1, 3, 4], 3)
    assert view.record == 3


def test_the_cursor_survives_an_empty_list() -> None:
    view = window([1, 2])
    view.settle([], 3)
    assert view.record is None
    view.settle([7], 3)
    assert view.record == 7


def test_scrolling_moves_the_view_and_not_the_cursor() -> None:
    view = window(list(range(10)))
    view.scroll(4)
    assert (list(view.window()), view.record) == ([4, 5, 6], 0)
    view.scroll(100)
    assert view.at_end
    assert list(view.window()) == [7, 8, 9]


def test_a_log_shorter_than_its_window_does_not_pause_on_the_wheel() -> None:
    view = window([1], following=True)
    view.scroll(-3)
    assert view.following


def test_seeking_a_key_brings_it_into_view() -> None:
    view = window(list(range(100)))
    assert view.seek(50)
    assert 50 in view.window()
    assert not view.seek(1000)
