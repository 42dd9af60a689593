from hypothesis import given
from hypothesis import strategies as st

from ocpp_console.glyphs import GOOD, PLAIN, STRONG, WRONG
from ocpp_console.widgets.json_lines import JsonLine
from ocpp_console.widgets.json_view import wrapped


def drawn(line: JsonLine, room: int) -> list[str]:
    return ["".join(text for text, _ in row.parts) for row in wrapped(line, room)]


def test_a_long_remark_goes_on_below_between_words() -> None:
    line = JsonLine("!1", "a", (("    ", PLAIN), ("▲ is a string, must be an integer", WRONG)))
    assert drawn(line, 24) == ["    ▲ is a string, must", "      be an integer"]
    assert [row.name for row in wrapped(line, 24)] == ["!1", "!1+1"]


def test_a_long_value_goes_on_where_the_room_ends() -> None:
    line = JsonLine(
        "/0=", "a", (("  ", PLAIN), ('"a"', STRONG), (": ", PLAIN), ('"Energy.Active.Import"', GOOD), (",", PLAIN))
    )
    assert drawn(line, 16) == ['  "a": "Energy.A', "    ctive.Import", '    ",']


@given(st.text(alphabet="ab ", min_size=1, max_size=300), st.integers(0, 80), st.integers(16, 60))
def test_nothing_of_a_value_is_lost(text: str, depth: int, room: int) -> None:
    rows = wrapped(JsonLine("=", "", (("  " * depth, PLAIN), (text, GOOD))), room)
    assert all(sum(len(part) for part, _ in row.parts) <= room for row in rows)
    assert "".join(part for row in rows for part, tone in row.parts if tone == GOOD) == text
    assert len({row.name for row in rows}) == len(rows)
