"""An editor for JSON with its words coloured, without a parser library."""

import re

from rich.text import Text
from textual.widgets import TextArea

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
