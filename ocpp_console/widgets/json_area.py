"""JSON with its words coloured, without a parser library: an editor, and a view that costs next to nothing."""

import re

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import TextArea

from ocpp_console.widgets.fitting import fit

_TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*"(?=\s*:))|(?P<string>"(?:[^"\\]|\\.)*")|(?P<number>-?\d[\d.eE+-]*)|(?P<word>true|false|null)'
)
_STYLES = {"key": "bold cyan", "string": "green", "number": "magenta", "word": "yellow"}


class JsonArea(TextArea):
    """A `TextArea` for JSON; tab leaves it, so that the keyboard never gets stuck inside."""

    DEFAULT_CSS = "JsonArea { height: 1fr; min-height: 3; }"

    def __init__(self, text: str = "", *, id: str | None = None) -> None:
        """Begin with `text`, which need not be valid."""
        super().__init__(text, id=id, soft_wrap=True, tab_behavior="focus", compact=True)

    def get_line(self, line_index: int) -> Text:
        """One line with keys, strings, numbers and words coloured."""
        text = super().get_line(line_index)
        for token in _TOKEN.finditer(text.plain):
            text.stylize(_STYLES[str(token.lastgroup)], token.start(), token.end())
        return text


class JsonPreview(Widget):
    """The text as it is, from the top; a click asks for the editor. Making a `TextArea` takes longer than a form."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "JsonPreview { height: 1fr; padding: 0 1; }"

    class EditorWanted(Message):
        """The operator wants to type here."""

    def __init__(self, text: str) -> None:
        """Begin with `text`."""
        super().__init__()
        self._lines = text.splitlines()
        self._styles = {name: Style.parse(style) for name, style in _STYLES.items()}

    def show(self, text: str) -> None:
        """Another text."""
        lines = text.splitlines()
        if lines != self._lines:
            self._lines = lines
            self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Ask for the editor."""
        event.stop()
        self.post_message(self.EditorWanted())

    def render_line(self, y: int) -> Strip:
        """One line; the last one in view tells how many follow."""
        width, height = self.size
        hidden = len(self._lines) - height
        if hidden > 0 and y == height - 1:
            return Strip([Segment(fit(f"… {hidden + 1} more lines, F2", width), self.rich_style)], width)
        if y >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        line, base, done = fit(self._lines[y], width), self.rich_style, 0
        segments = []
        for token in _TOKEN.finditer(line):
            segments.append(Segment(line[done : token.start()], base))
            segments.append(Segment(token[0], base + self._styles[str(token.lastgroup)]))
            done = token.end()
        segments.append(Segment(line[done:], base))
        return Strip([segment for segment in segments if segment.text], width)
