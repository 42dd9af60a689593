from dataclasses import dataclass

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from ocpp_console.widgets.columns import Column
from ocpp_console.widgets.record_table import RecordTable


@dataclass(slots=True)
class Row:
    name: str
    size: int
    revision: int = 0


class Drawings:
    """Counts how often a cell was formatted."""

    def __init__(self) -> None:
        self.count = 0

    def name(self, row: Row) -> tuple[str, str]:
        self.count += 1
        return row.name, "good"


class TableApp(App[None]):
    def __init__(self, rows: list[Row], **how: object) -> None:
        super().__init__()
        self.rows = rows
        self.drawings = Drawings()
        self.said: list[tuple[str, str]] = []
        columns = (
            Column("name", "name", self.drawings.name, 10, least=4, order=lambda row: row.name),
            Column("size", "size", lambda row: str(row.size), 6, right=True, order=lambda row: row.size),
        )
        self.table = RecordTable(columns, lambda: self.rows, lambda row: row.name, **how)  # type: ignore[arg-type]

    def compose(self) -> ComposeResult:
        yield self.table

    def on_record_table_opened(self, event: RecordTable.Opened) -> None:
        self.said.append(("opened", event.record.name))

    def on_record_table_picked(self, event: RecordTable.Picked) -> None:
        self.said.append(("picked", event.record.name))

    @property
    def text(self) -> list[str]:
        strips = self.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


def rows(count: int) -> list[Row]:
    return [Row(f"row{number:04d}", number * 7 % 100) for number in range(count)]


async def settle(pilot: Pilot[None]) -> None:
    await pilot.pause()
    await pilot.pause()


async def test_it_draws_header_and_rows_with_the_cursor_marked() -> None:
    app = TableApp([Row("AC-04", 5), Row("AC-07", 12)])
    async with app.run_test(size=(30, 5)) as pilot:
        await settle(pilot)
        assert [line.split() for line in app.text[:3]] == [["name", "size"], ["›AC-04", "5"], ["AC-07", "12"]]
        assert app.text[1].index("5") == app.text[2].index("2")


async def test_only_rows_in_view_are_formatted_and_only_once() -> None:
    app = TableApp(rows(5_000))
    async with app.run_test(size=(30, 11)) as pilot:
        await settle(pilot)
        formatted = app.drawings.count
        assert formatted <= 2 * 10
        app.table.poke()
        app.table.refresh()
        await settle(pilot)
        assert app.drawings.count == formatted


async def test_a_changed_record_is_drawn_anew_and_no_other() -> None:
    app = TableApp(rows(8))
    async with app.run_test(size=(30, 11)) as pilot:
        await settle(pilot)
        before = app.drawings.count
        app.rows[3].size, app.rows[3].revision = 999, 1
        assert app.table.poke()
        await settle(pilot)
        assert "999" in app.text[4]
        assert app.drawings.count == before + 1


async def test_a_poke_without_a_change_in_view_draws_nothing() -> None:
    app = TableApp(rows(100))
    async with app.run_test(size=(30, 11)) as pilot:
        await settle(pilot)
        assert not app.table.poke()
        app.rows[90].revision += 1
        assert not app.table.poke()


async def test_a_drawing_in_steps_shows_the_rows_of_its_first_step() -> None:
    app = TableApp(rows(100), follow=True)
    async with app.run_test(size=(30, 31)) as pilot:
        await settle(pilot)
        for row in app.rows[70:]:
            row.revision, row.size = 1, 4321
        drawing = app.table.drawing()
        assert next(drawing) is False
        app.rows.append(Row("later", 1))
        assert list(drawing)[-1] is True
        await settle(pilot)
        assert "later" not in "".join(app.text)
        assert all("4321" in line for line in app.text[1:])
        assert app.table.poke()


async def test_a_key_between_two_steps_wins() -> None:
    app = TableApp(rows(100))
    async with app.run_test(size=(30, 31)) as pilot:
        await settle(pilot)
        for row in app.rows[:30]:
            row.revision, row.size = 1, 4321
        drawing = app.table.drawing()
        next(drawing)
        await pilot.press("down")
        assert not any(drawing)
        await settle(pilot)
        assert app.text[2].startswith("›")
        assert sum(line.startswith("›") for line in app.text) == 1


async def test_keys_move_the_cursor() -> None:
    app = TableApp(rows(100))
    async with app.run_test(size=(30, 11)) as pilot:
        await pilot.press("j", "down", "down", "k")
        assert app.table.record == app.rows[2]
        await pilot.press("G")
        assert app.table.record == app.rows[99]
        await settle(pilot)
        assert "row0099" in app.text[10]
        await pilot.press("g", "pagedown")
        assert app.table.record == app.rows[9]


async def test_enter_and_double_click_open() -> None:
    app = TableApp(rows(5))
    async with app.run_test(size=(30, 11)) as pilot:
        await pilot.press("down", "enter")
        await settle(pilot)
        assert ("opened", "row0001") in app.said
        await pilot.click(RecordTable, offset=(3, 4), times=2)
        await settle(pilot)
        assert app.said[-1] == ("opened", "row0003")


async def test_a_click_selects() -> None:
    app = TableApp(rows(5))
    async with app.run_test(size=(30, 11)) as pilot:
        await pilot.click(RecordTable, offset=(3, 3))
        assert app.table.record == app.rows[2]


async def test_a_click_on_the_header_orders_and_a_second_one_turns_it_round() -> None:
    app = TableApp([Row("a", 5), Row("b", 30), Row("c", 1)])
    async with app.run_test(size=(30, 11)) as pilot:
        await settle(pilot)
        place = app.text[0].index("size")
        await pilot.click(RecordTable, offset=(place, 0))
        assert [row.name for row in app.table.view.rows] == ["c", "a", "b"]
        await pilot.click(RecordTable, offset=(place, 0))
        assert [row.name for row in app.table.view.rows] == ["b", "a", "c"]
        assert app.table.record == app.rows[0]


async def test_the_order_key_goes_through_the_columns_and_back() -> None:
    app = TableApp([Row("a", 5), Row("b", 30), Row("c", 1)])
    async with app.run_test(size=(30, 11)) as pilot:
        seen = []
        for _ in range(5):
            await pilot.press("o")
            seen.append((app.table.ordered_by, app.table.reverse))
        assert seen == [("name", False), ("name", True), ("size", False), ("size", True), ("", False)]


async def test_marked_rows_are_chosen() -> None:
    app = TableApp(rows(5))
    async with app.run_test(size=(30, 11)) as pilot:
        assert app.table.chosen == [app.rows[0]]
        await pilot.press("space", "down", "m", "g")
        assert app.table.chosen == [app.rows[0], app.rows[2]]
        await settle(pilot)
        assert app.text[1].startswith("»")
        assert app.text[3].startswith("•")
        await pilot.press("apostrophe")
        assert app.table.record == app.rows[2]


async def test_a_log_follows_until_the_user_looks_up() -> None:
    app = TableApp(rows(100), follow=True)
    async with app.run_test(size=(30, 11)) as pilot:
        await settle(pilot)
        assert "row0099" in app.text[10]
        app.rows = [*app.rows, Row("new1", 1)]
        app.table.poke()
        await settle(pilot)
        assert "new1" in app.text[10]
        await pilot.press("up")
        assert not app.table.following
        app.rows = [*app.rows, Row("new2", 1), Row("new3", 1)]
        app.table.poke()
        await settle(pilot)
        assert "new1" in app.text[10]
        assert app.table.waiting == 2
        await pilot.press("end")
        await settle(pilot)
        assert app.table.following
        assert "new3" in app.text[10]


async def test_f_pauses_and_follows() -> None:
    app = TableApp(rows(100), follow=True)
    async with app.run_test(size=(30, 11)) as pilot:
        await pilot.press("f")
        assert not app.table.following
        await pilot.press("f")
        assert app.table.following


async def test_an_empty_table_teaches() -> None:
    app = TableApp([], empty="No tags yet.\na adds one.")
    async with app.run_test(size=(30, 11)) as pilot:
        await settle(pilot)
        assert [line.strip() for line in app.text[1:3]] == ["No tags yet.", "a adds one."]
        await pilot.press("down", "enter", "space", "G", "apostrophe", "o")
        assert app.said == []


@pytest.mark.parametrize(
    "text",
    [
        "[/]",
        "[red]x",
        "[@click=app.quit]ACME[/]",
        "\x1b[2J",
        "\u202e",
        "\x00",
        "\ud83d",
        "\n\t",
        "A" * 10_000,
        "中文" * 50,
    ],
)
async def test_hostile_text_is_only_text(text: str) -> None:
    app = TableApp([Row(text, 1), Row("next", 2)])
    async with app.run_test(size=(30, 6)) as pilot:
        await settle(pilot)
        assert app.text[2].split() == ["next", "2"]
        assert "\x1b" not in "".join(app.text)
        await pilot.click(RecordTable, offset=(2, 1))
        assert app.is_running


async def test_a_narrow_table_in_a_wide_window_is_cropped_to_itself() -> None:
    app = TableApp(rows(3))
    async with app.run_test(size=(12, 4)) as pilot:
        await settle(pilot)
        assert all(len(line) <= 12 for line in app.text)
