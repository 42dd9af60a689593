"""What these commands print: tables for people, JSON for programs. Everything a charger wrote is made safe first."""

import json
import shutil
import sys
from collections.abc import Collection, Sequence
from typing import Any

from ocpp_console.glyphs import PLAIN, STRONG
from ocpp_console.shell.colour import NO_PAINT, Paint, Toned
from ocpp_console.visible import visible

_NARROWEST = 6
"""Columns are not cut below this."""
_GAP = 2


def as_json(document: Any) -> None:
    """One JSON document on one line, in ASCII."""
    print(json.dumps(document))


def width() -> int:
    """Columns of the terminal; without one nothing is cut."""
    return shutil.get_terminal_size((80, 24)).columns if sys.stdout.isatty() else 10_000


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[object]],
    columns: int | None = None,
    paint: Paint = NO_PAINT,
    keep: Collection[str] = (),
) -> str:
    """Rows below a head, in aligned columns; the widest are cut until a row fits in `columns`.

    Columns to `keep`, by their heads, are cut last: what tells rows apart, or is to be typed. Cells that are `Toned`
    get the colour of their tone.
    """
    room = (columns or width()) - _GAP * (len(head) - 1)
    texts = [[visible(str(cell), 400) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[at]) for row in texts) for at in range(len(head))]
    _cut(widths, [at for at, name in enumerate(head) if name not in keep], room)
    _cut(widths, range(len(head)), room)
    tones = [[STRONG] * len(head), *([_tone(cell) for cell in row] for row in rows)]
    return "\n".join(_line(row, widths, toned, paint) for row, toned in zip(texts, tones, strict=True))


def _cut(widths: list[int], which: Sequence[int], room: int) -> None:
    """Make the widest of some columns narrower, one cell at a time, until all fit or those are as narrow as may be."""
    while which and sum(widths) > room:
        widest = max(which, key=widths.__getitem__)
        if widths[widest] <= _NARROWEST:
            return
        widths[widest] -= 1


def _tone(cell: object) -> str:
    """The tone of a cell."""
    return cell.tone if isinstance(cell, Toned) else PLAIN


def _line(cells: Sequence[str], widths: Sequence[int], tones: Sequence[str], paint: Paint) -> str:
    """One row. Blanks get no colour, and none stand at its end."""
    parts = []
    for cell, room, tone in zip(cells, widths, tones, strict=True):
        cut = cell if len(cell) <= room else f"{cell[: room - 1]}…"  # how much is missing would take half of the room
        parts += [paint(cut, tone), " " * (room - len(cut) + _GAP)]
    while parts and not parts[-1].strip():
        parts.pop()
    return "".join(parts).rstrip()


def facts(pairs: Sequence[tuple[str, object]]) -> str:
    """Names and values below each other; what is empty is left out."""
    shown = [(name, visible(str(value), 1_000)) for name, value in pairs if value not in ("", None)]
    room = max((len(name) for name, _ in shown), default=0)
    return "\n".join(f"{name:<{room}}  {value}" for name, value in shown)


def payload(value: Any) -> str:
    """A payload over several lines, each made safe."""
    lines = json.dumps(value, indent=2, ensure_ascii=False).splitlines()
    return "\n".join(visible(line, 100_000) for line in lines)


def remark(text: str, tone: str = PLAIN, paint: Paint = NO_PAINT) -> None:
    """A word on stderr, beside the result."""
    print(f"ocpp-console: {paint(visible(text, 1_000), tone)}", file=sys.stderr)
