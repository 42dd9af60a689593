"""The last net under everything drawn: whatever widget forgot `visible()`, nothing that a terminal obeys gets out."""

import re
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from ocpp_console.glyphs import ASCII
from ocpp_console.widgets.fitting import cells

_BAD = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
"""C0, DEL, C1, bidirectional controls, invisible formats, lone surrogates, tags."""


class TextFilter(LineFilter):
    """A filter that looks at texts only; all others look at styles only."""


class Scrub(TextFilter):
    """Replaces what a terminal would execute or hide; one cell for what took one, nothing for what took none."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments, with their texts made harmless. Control segments are Textual's own and stay."""
        # nearly every line is printable as it is; that is one test instead of one search for each segment
        if "".join([segment.text for segment in segments]).isprintable():
            return segments
        return [
            segment if segment.control else Segment(_BAD.sub(_harmless, segment.text), segment.style)
            for segment in segments
        ]


def _harmless(found: re.Match[str]) -> str:
    """A replacement as wide as Rich believes the character to be, so that columns stay."""
    return "\ufffd" if cells(found[0]) == 1 else ""


class Colourless(LineFilter):
    """For NO_COLOR: not even greys, which are colours to a terminal; bold, underlined and reversed stay."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments without colours."""
        return [
            Segment(text, None if style is None else _without_colour(style), control)
            for text, style, control in segments
        ]


@lru_cache(1024)
def _without_colour(style: Style) -> Style:
    """The style's attributes alone."""
    return style.without_color


class AsciiOnly(TextFilter):
    """For `--ascii`: every glyph by its stand-in, everything else that is not ASCII by `?`, cell by cell."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments in seven bits."""
        if all(segment.text.isascii() for segment in segments):
            return segments
        return [
            segment if segment.text.isascii() else Segment(to_ascii(segment.text), segment.style, segment.control)
            for segment in segments
        ]


def to_ascii(text: str) -> str:
    """`text` in ASCII, in as many cells."""
    return "".join(char if char.isascii() else ASCII.get(char, "?" * cells(char)) for char in text)
