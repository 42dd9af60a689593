"""Texts in tones for everything that is not a table: cards, titles, progress lines."""

from collections.abc import Iterable

from textual.content import Content

from ocpp_console import glyphs
from ocpp_console.visible import visible
from ocpp_console.widgets.columns import Piece

STYLES = {
    glyphs.PLAIN: "",
    glyphs.GOOD: "$success",
    glyphs.ATTENTION: "$warning",
    glyphs.WRONG: "$error",
    glyphs.BUSY: "$accent",
    glyphs.QUIET: "$foreground-muted",
    glyphs.STRONG: "bold",
}
"""The style of each tone, in theme variables."""


def toned(*parts: Piece | str, limit: int = 200) -> Content:
    """The parts one after another, each made visible (at most `limit` characters); nothing in them is markup."""
    pairs = [(part, "") if isinstance(part, str) else part for part in parts]
    return Content.assemble(*((visible(text, limit), STYLES.get(tone, "")) for text, tone in pairs if text))


def toned_lines(lines: Iterable[Iterable[Piece | str]]) -> Content:
    """One `toned` text per line."""
    return Content("\n").join(toned(*line) for line in lines)
