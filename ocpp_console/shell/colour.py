"""Colour in what subcommands print: the tones of `glyphs` in the terminal's own sixteen colours.

Colour never says anything that the words do not. It is there when a terminal reads along, NO_COLOR is not set and
TERM is not `dumb`; `--color always` or `never` decides otherwise.
"""

import os
import sys
from collections.abc import Mapping
from typing import NamedTuple, TextIO

from ocpp_console.glyphs import ATTENTION, BUSY, GOOD, QUIET, STRONG, WRONG
from ocpp_console.shell.declaring import Argument, Given

COLOUR = Argument("--color", "colours: auto is for a terminal that wants them", choices=("auto", "always", "never"))
"""The flag of whatever prints for people."""

_CODES = {GOOD: "32", ATTENTION: "33", WRONG: "31", BUSY: "36", QUIET: "2", STRONG: "1"}
"""What a terminal is told for a tone (SGR, ECMA-48 8.3.117)."""


class Toned(NamedTuple):
    """A text and its tone, for a cell of a table."""

    text: str
    tone: str

    def __str__(self) -> str:
        """The text alone: it is measured and cut before it is coloured."""
        return self.text


class Paint:
    """Gives texts their colour, or leaves them as they are."""

    def __init__(self, on: bool) -> None:
        """With `on` it colours."""
        self.on = on

    def __call__(self, text: str, tone: str) -> str:
        """The text in the colour of a tone. What a charger wrote passes `visible` before."""
        code = _CODES.get(tone) if self.on and text else None
        return text if code is None else f"\x1b[{code}m{text}\x1b[0m"


NO_PAINT = Paint(False)


def paint_of(given: Given, stream: TextIO | None = None) -> Paint:
    """How to colour what goes to `stream` (stdout)."""
    return Paint(wanted(given.color or "auto", sys.stdout if stream is None else stream, given.environ))


def wanted(choice: str, stream: TextIO, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether to colour: as chosen, else when a terminal reads it and nobody asked for none (no-color.org)."""
    if choice != "auto":
        return choice == "always"
    return stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
