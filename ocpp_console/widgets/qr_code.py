"""A QR code drawn with half blocks, so that a phone can read a URL off the terminal."""

import segno
from rich.text import Text
from textual.app import RenderResult
from textual.widget import Widget

QUIET = 2
"""Light modules around the code. The standard asks for 4; phones are content with 2, and rows are scarce."""

_HALVES = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}


def modules(text: str) -> list[list[bool]]:
    """The code of `text` as rows of modules, True for dark, with the quiet zone; error level L (the smallest code)."""
    code = segno.make(text, error="l", micro=False)
    return [[bool(module) for module in row] for row in code.matrix_iter(border=QUIET)]


def half_blocks(rows: list[list[bool]]) -> list[str]:
    """Two rows of modules per line of text; the upper half block is the upper module."""
    blank = [False] * len(rows[0])
    pairs = zip(rows[::2], [*rows[1::2], blank][: (len(rows) + 1) // 2], strict=True)
    return ["".join(_HALVES[pair] for pair in zip(upper, lower, strict=True)) for upper, lower in pairs]


def ascii_modules(rows: list[list[bool]]) -> list[str]:
    """One line per row of modules and two cells per module, for terminals without block characters."""
    return ["".join("##" if dark else "  " for dark in row) for row in rows]


class QrCode(Widget):
    """One QR code. Black on white whatever the theme: most phones do not read inverted codes."""

    DEFAULT_CSS = "QrCode { width: auto; height: auto; }"

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:
        """An empty code; `show` fills it. `ascii_only` draws `##` for a dark module."""
        super().__init__(id=id)
        self._ascii_only = ascii_only
        self._lines: list[str] = []

    def show(self, text: str) -> None:
        """Draw the code of `text`; nothing at all when it is empty or too long for a QR code (2.9 kB)."""
        try:
            rows = modules(text) if text else []
        except ValueError:
            rows = []
        self._lines = (ascii_modules(rows) if self._ascii_only else half_blocks(rows)) if rows else []
        self.refresh(layout=True)

    def render(self) -> RenderResult:
        """The lines of the code."""
        style = "" if self._ascii_only else "#000000 on #ffffff"
        return Text("\n".join(self._lines), style=style, no_wrap=True, end="")
