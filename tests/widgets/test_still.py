import pytest
from textual.app import App
from textual.geometry import Region
from textual.widgets import Static

from ocpp_console.widgets.still import PaneFrame, Still


class Framed(Still):
    DEFAULT_CSS = """
    Framed { border: round red; height: 5; width: 20; }
    Framed.-other { border: round green; }
    """

    def compose(self):
        yield Static("inside")


class Page(App):
    def compose(self):
        yield PaneFrame(Framed(id="framed"), id="frame")


@pytest.fixture
async def framed():
    page = Page()
    async with page.run_test() as pilot:
        yield page.query_one("#framed", Framed), pilot


def lines(widget):
    return widget.render_lines(Region(0, 0, *widget.outer_size))


def words(widget):
    return "\n".join(strip.text for strip in lines(widget))


async def test_lines_are_kept_while_nothing_changes(framed):
    widget, _ = framed
    assert lines(widget) is lines(widget)
    assert lines(widget.parent) is lines(widget.parent)


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        (lambda widget: setattr(widget, "border_title", "New"), lambda widget: "New" in words(widget)),
        (
            lambda widget: widget.add_class("-other"),
            lambda widget: "green" in str(list(lines(widget)[0])) or "008000" in str(list(lines(widget)[0])),
        ),
        (
            lambda widget: setattr(widget.styles, "width", 30),
            lambda widget: lines(widget)[0].cell_length == 30,
        ),
    ],
    ids=["title", "style", "size"],
)
async def test_a_change_is_drawn(framed, change, seen):
    widget, pilot = framed
    before = lines(widget)
    change(widget)
    await pilot.pause()
    assert lines(widget) is not before
    assert seen(widget)


async def test_a_frame_looks_like_a_container(framed):
    widget, _ = framed
    assert (widget.parent.size, widget.parent.styles.layout.name) == (widget.app.size, "vertical")
