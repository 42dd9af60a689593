"""A terminal's screen as SVG: lines, blocks and braille as shapes, so that no font can tear them; the rest as text.

Every run of text stands at its own cell and is stretched to its cells: columns stay columns in any monospaced font.
The text of the whole screen is the picture's description, for those who listen to it.
"""

from collections.abc import Iterable, Iterator
from html import escape
from typing import NamedTuple

from rich.color import blend_rgb
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import SVG_EXPORT_THEME
from textual.strip import Strip

WIDTH, HEIGHT, SIZE, BASELINE = 8.4, 17.0, 14, 12.6
"""Of a cell in pixels; of its letters."""
MARGIN = 12
FONTS = "ui-monospace, 'Cascadia Mono', 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace"

# Which of a cell's four sides a line leaves by: north, east, south, west.
LINES = {
    "─": "EW", "│": "NS", "├": "NES", "┤": "NSW", "┬": "ESW", "┴": "NEW", "┼": "NESW",
    "┌": "ES", "┐": "SW", "└": "NE", "┘": "NW", "╷": "S", "╵": "N", "╶": "E", "╴": "W",
}  # fmt: skip
CORNERS = {"╭": "ES", "╮": "SW", "╰": "NE", "╯": "NW"}

# Filled parts of a cell: left, top, width, height, as shares of it.
BLOCKS: dict[str, tuple[float, float, float, float]] = {
    "█": (0, 0, 1, 1), "▀": (0, 0, 1, 0.5), "▐": (0.5, 0, 0.5, 1), "▔": (0, 0, 1, 0.125), "▕": (0.875, 0, 0.125, 1),
    **{chr(0x2580 + n): (0, 1 - n / 8, 1, n / 8) for n in range(1, 8)},
    **{chr(0x2590 - n): (0, 0, n / 8, 1) for n in range(1, 8)},
}  # fmt: skip
BRAILLE = range(0x2801, 0x2900)
DOTS = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
"""Column and row of each bit of a braille sign."""


class Look(NamedTuple):
    """How a cell is coloured and lettered."""

    colour: str
    background: str
    bold: bool
    italic: bool
    underline: bool

    @property
    def css(self) -> str:
        """As a style sheet has it."""
        rules = [f"fill:{self.colour}"]
        rules += ["font-weight:bold"] if self.bold else []
        rules += ["font-style:italic"] if self.italic else []
        rules += ["text-decoration:underline"] if self.underline else []
        return ";".join(rules)


def look_of(style: Style | None) -> Look:
    """What a style amounts to."""
    style = style or Style()
    theme = SVG_EXPORT_THEME
    colour = style.color.get_truecolor(theme) if style.color else theme.foreground_color
    ground = style.bgcolor.get_truecolor(theme, foreground=False) if style.bgcolor else theme.background_color
    if style.reverse:
        colour, ground = ground, colour
    if style.dim:
        colour = ColorTriplet(*blend_rgb(colour, ground, 0.4))
    return Look(colour.hex, ground.hex, bool(style.bold), bool(style.italic), bool(style.underline))


class Run(NamedTuple):
    """Cells side by side that look the same."""

    row: int
    column: int
    text: str
    look: Look


def runs(strips: Iterable[Strip]) -> Iterator[Run]:
    """All runs of a screen. Every sign of the console is one cell wide, or this raises."""
    for row, strip in enumerate(strips):
        column = 0
        for segment in Segment.simplify(strip):
            if segment.cell_length != len(segment.text):
                raise ValueError(f"a sign of two cells in row {row}: {segment.text!r}")
            yield Run(row, column, segment.text, look_of(segment.style))
            column += len(segment.text)


def number(value: float) -> str:
    """A coordinate, short."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def line_path(row: int, column: int, sign: str) -> str:
    """A cell's lines."""
    left, top = column * WIDTH, row * HEIGHT
    x, y = left + WIDTH / 2, top + HEIGHT / 2
    ends = {"N": (x, top), "E": (left + WIDTH, y), "S": (x, top + HEIGHT), "W": (left, y)}
    if sign in CORNERS:
        (x0, y0), (x1, y1) = (ends[side] for side in CORNERS[sign])
        return f"M{number(x0)} {number(y0)}Q{number(x)} {number(y)} {number(x1)} {number(y1)}"
    sides = LINES[sign]
    if sides in ("EW", "NS"):
        (x0, y0), (x1, y1) = (ends[side] for side in sides)
        return f"M{number(x0)} {number(y0)}L{number(x1)} {number(y1)}"
    return "".join(f"M{number(x)} {number(y)}L{number(a)} {number(b)}" for a, b in (ends[side] for side in sides))


def box_path(left: float, top: float, width: float, height: float) -> str:
    """A filled rectangle."""
    return f"M{number(left)} {number(top)}h{number(width)}v{number(height)}h{number(-width)}z"


def block_path(row: int, column: int, sign: str) -> str:
    """A cell's filled part."""
    x, y, width, height = BLOCKS[sign]
    return box_path((column + x) * WIDTH, (row + y) * HEIGHT, width * WIDTH, height * HEIGHT)


def braille_path(row: int, column: int, sign: str) -> str:
    """A cell's dots, as squares that touch: a curve is a line."""
    bits, width, height = ord(sign) - 0x2800, WIDTH / 2, HEIGHT / 4
    dots = (place for bit, place in enumerate(DOTS) if bits >> bit & 1)
    boxes = ((column * WIDTH + x * width, row * HEIGHT + y * height) for x, y in dots)
    return "".join(box_path(left, top, width, height) for left, top in boxes)


def is_shape(sign: str) -> bool:
    """It is drawn, not written."""
    return sign in LINES or sign in CORNERS or sign in BLOCKS or ord(sign) in BRAILLE


def pieces(run: Run) -> Iterator[tuple[int, str]]:
    """The letters of a run: words of ASCII, and every other sign by itself, each with its column."""
    word, start = "", 0
    for column, sign in enumerate(run.text + "\0", run.column):
        if sign.isascii() and sign not in "\0" and not (sign == " " and (not word or word.endswith(" "))):
            word, start = word + sign, start if word else column
            continue
        if word.strip():
            yield start, word.rstrip()
        word = ""
        if not sign.isascii() and not is_shape(sign):
            yield column, sign


def shapes(every: list[Run]) -> Iterator[str]:
    """Lines, blocks and dots, one path for each colour."""
    strokes: dict[str, list[str]] = {}
    fills: dict[str, list[str]] = {}
    for run in every:
        for column, sign in enumerate(run.text, run.column):
            if sign in LINES or sign in CORNERS:
                strokes.setdefault(run.look.colour, []).append(line_path(run.row, column, sign))
            elif sign in BLOCKS:
                fills.setdefault(run.look.colour, []).append(block_path(run.row, column, sign))
            elif ord(sign) in BRAILLE:
                fills.setdefault(run.look.colour, []).append(braille_path(run.row, column, sign))
    for colour, paths in strokes.items():
        yield f'<path d="{"".join(paths)}" stroke="{colour}" fill="none"/>'
    for colour, paths in fills.items():
        yield f'<path d="{"".join(paths)}" fill="{colour}" shape-rendering="crispEdges"/>'


def commonest(every: list[Run]) -> str:
    """The background of most cells."""
    cells: dict[str, int] = {}
    for run in every:
        cells[run.look.background] = cells.get(run.look.background, 0) + len(run.text)
    return max(cells, key=lambda colour: cells[colour])


def grounds(every: list[Run], page: str) -> Iterator[str]:
    """Backgrounds that are not the page's."""
    paths: dict[str, list[str]] = {}
    for run in every:
        if run.look.background != page:
            path = box_path(run.column * WIDTH, run.row * HEIGHT, len(run.text) * WIDTH, HEIGHT)
            paths.setdefault(run.look.background, []).append(path)
    for colour, parts in paths.items():
        yield f'<path d="{"".join(parts)}" fill="{colour}" shape-rendering="crispEdges"/>'


def letters(every: list[Run]) -> tuple[list[str], list[str]]:
    """The rules of the style sheet, and the texts."""
    classes: dict[str, str] = {}
    texts = []
    for run in every:
        for column, word in pieces(run):
            name = classes.setdefault(run.look.css, f"c{len(classes)}")
            x, y = number(column * WIDTH), number(run.row * HEIGHT + BASELINE)
            length = f' textLength="{number(len(word) * WIDTH)}"' if len(word) > 1 else ""
            texts.append(f'<text class="{name}" x="{x}" y="{y}"{length}>{escape(word)}</text>')
    return [f".{name}{{{css}}}" for css, name in classes.items()], texts


def draw(strips: list[Strip], title: str, text: str) -> str:
    """The SVG of a screen: `title` and `text` are what is read out."""
    every = list(runs(strips))
    page = commonest(every)
    rules, texts = letters(every)
    columns = max((run.column + len(run.text) for run in every), default=0)
    width, height = columns * WIDTH + 2 * MARGIN, len(strips) * HEIGHT + 2 * MARGIN
    sheet = f"text{{font:{SIZE}px {FONTS};white-space:pre}}" + "".join(rules)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(width)} {number(height)}" '
            f'width="{number(width)}" height="{number(height)}" role="img" aria-labelledby="title screen">',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="screen" xml:space="preserve">{escape(text)}</desc>',
            f"<style>{sheet}</style>",
            f'<rect width="100%" height="100%" rx="10" fill="{page}"/>',
            f'<g transform="translate({MARGIN} {MARGIN})">',
            *grounds(every, page),
            *shapes(every),
            *texts,
            "</g>",
            "</svg>",
            "",
        ]
    )
