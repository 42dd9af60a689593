"""The terminal styles of a table: for each state of a row, what its tones look like under the theme of the moment."""

from collections.abc import Callable

from rich.segment import Segment
from rich.style import Style
from textual.widget import Widget

from ocpp_console.widgets.line_filters import TextFilter


class Palette(dict[str, Style]):
    """The styles of tones in one state of a row; each is worked out when it is first asked for."""

    def __init__(self, work_out: Callable[[str], Style]) -> None:
        """`work_out` makes the style of a tone."""
        super().__init__()
        self._work_out = work_out

    def __missing__(self, tone: str) -> Style:
        style = self[tone] = self._work_out(tone)
        return style


class Palettes:
    """The palettes of one widget, from its component classes `<prefix>--<state>` and `<prefix>--<tone>`."""

    def __init__(self, widget: Widget, prefix: str) -> None:
        """Nothing is worked out before it is needed: styles exist once the widget is mounted."""
        self._widget = widget
        self._prefix = prefix
        self._made: dict[str, Palette] = {}

    def of(self, state: str) -> Palette:
        """The palette of an ordinary row ("") or of the one with the "cursor"."""
        if state not in self._made:
            shown = state if state != "cursor" or self._widget.has_focus else "cursor-blurred"
            self._made[state] = Palette(lambda tone: self._style(tone, shown))
        return self._made[state]

    def clear(self) -> None:
        """Colours or the focus changed."""
        self._made.clear()

    def _style(self, tone: str, state: str) -> Style:
        """A tone in a state of a row, as the app's colour filters leave it."""
        widget = self._widget
        base = widget.get_component_rich_style(f"{self._prefix}--{state}") if state else widget.rich_style
        over = Style.null()
        if tone:
            over = widget.get_component_rich_style(f"{self._prefix}--{tone}", partial=True)
        segments = [Segment(" ", base + over)]
        for each in widget.get_line_filters():
            if not isinstance(each, TextFilter):
                segments = each.apply(segments, widget.background_colors[1])
        return segments[0].style or Style.null()
