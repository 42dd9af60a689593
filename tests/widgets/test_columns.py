from ocpp_console.widgets.columns import Column, layout, pieces

COLUMNS: tuple[Column[str], ...] = (
    Column("who", "who", str, 20, least=8),
    Column("what", "what", str, 30, least=10, grow=1),
    Column("size", "size", str, 6, drop=1, right=True),
    Column("when", "when", str, 12, drop=2),
)


def shown(width: int) -> dict[str, int]:
    return {column.key: size for column, size in layout(COLUMNS, width)}


def test_with_room_every_column_has_what_it_wants_and_one_grows() -> None:
    assert shown(100) == {"who": 20, "what": 30 + 29, "size": 6, "when": 12}


def test_narrow_lines_lose_columns_in_their_order() -> None:
    assert list(shown(39)) == ["who", "what", "size", "when"]
    assert list(shown(38)) == ["who", "what", "size"]
    assert list(shown(25)) == ["who", "what"]


def test_a_dropped_column_comes_back_when_a_larger_one_went_after_it() -> None:
    columns: tuple[Column[str], ...] = (
        Column("who", "", str, 8),
        Column("part", "", str, 2, drop=4, gap=0),
        Column("took", "", str, 4, drop=3),
        Column("what", "", str, 9, drop=2),
    )
    assert [column.key for column, _ in layout(columns, 18)] == ["who", "what"]
    assert [column.key for column, _ in layout(columns, 17)] == ["who", "took"]


def test_numbers_keep_their_column_while_texts_are_squeezed() -> None:
    for width in range(26, 100):
        assert shown(width).get("size", 6) == 6


def test_the_line_is_filled_but_never_overfull() -> None:
    for width in range(19, 140):
        sizes = shown(width)
        assert sum(sizes.values()) + len(sizes) - 1 == width


def test_what_cannot_be_dropped_stays_on_hopelessly_narrow_lines() -> None:
    assert shown(5) == {"who": 8, "what": 10}


def test_a_column_may_stand_right_beside_the_one_before() -> None:
    glued: tuple[Column[str], ...] = (Column("a", "", str, 8), Column("b", "", str, 4, gap=0))
    assert [size for _, size in layout(glued, 12)] == [8, 4]


def test_cells_are_texts_pieces_or_several_pieces() -> None:
    assert list(pieces("x")) == [("x", "")]
    assert list(pieces(("x", "good"))) == [("x", "good")]
    assert list(pieces([("x", "good"), ("y", "")])) == [("x", "good"), ("y", "")]
