import segno

from ocpp_console.widgets.qr_code import QUIET, ascii_modules, half_blocks, modules

URL = "ws://192.168.1.20:9000/"


def test_the_code_is_the_one_of_the_text_with_a_quiet_zone() -> None:
    rows = modules(URL)
    inner = [row[QUIET:-QUIET] for row in rows[QUIET:-QUIET]]
    assert inner == [[bool(module) for module in row] for row in segno.make(URL, error="l", micro=False).matrix]
    assert not any(rows[0])
    assert not any(row[0] for row in rows)


def test_half_blocks_hold_two_modules_above_each_other() -> None:
    assert half_blocks([[True, True, False], [True, False, True]]) == ["█▀▄"]
    assert half_blocks([[True], [False], [True]]) == ["▀", "▀"]


def test_a_usual_url_leaves_room_on_80_by_24() -> None:
    lines = half_blocks(modules(URL))
    assert len(lines) <= 17
    assert {len(line) for line in lines} == {len(modules(URL))}


def test_ascii_draws_square_modules_with_two_cells() -> None:
    assert ascii_modules([[True, False]]) == ["##  "]
