"""An inspection in words for a terminal: as wide as that is, in colour where there is colour."""

import textwrap

from ocpp_console.glyphs import GOOD, QUIET, STRONG, WRONG
from ocpp_console.model.finding_words import explain
from ocpp_console.outputs.traces.inspection import Inspection, Tally
from ocpp_console.outputs.traces.report_parts import (
    TONES,
    Manner,
    Table,
    at_stations,
    facts_about,
    failed,
    not_told,
    tables,
)
from ocpp_console.outputs.traces.shapes import time_text
from ocpp_console.visible import visible

_NARROWEST = 40
"""Columns below which lines are left to the terminal to break."""
_LONGEST = 200


def as_text(inspection: Inspection, manner: Manner) -> str:
    """Words for a terminal."""
    paint = manner.paint
    lines = []
    for name, value in facts_about(inspection, manner):
        tone = "" if name != "check" else WRONG if failed(inspection, manner) else GOOD
        lines.append(f"{paint(f'{name}:', QUIET)}{' ' * (16 - len(name))}{paint(_cut(value, manner, 17), tone)}")
    for table in tables(inspection, manner):
        lines += ["", paint(table.title, STRONG), *_columns(table, manner)]
    lines += ["", paint("Findings", STRONG)]
    for tally in inspection.findings:
        lines += ["", *_finding(tally, manner)]
    if not inspection.found:
        lines.append(f"  {paint('none', GOOD)}")
    return "\n".join(lines) + "\n"


def _cut(text: str, manner: Manner, used: int = 0) -> str:
    """A text as it may stand in a line of which `used` columns are taken."""
    room = manner.columns - used if manner.columns >= _NARROWEST else _LONGEST
    return visible(text, max(room, 12))


def _columns(table: Table, manner: Manner) -> list[str]:
    """Rows under each other; the widest column is cut until they fit."""
    shown = [[visible(cell, 60) for cell in row] for row in (table.names, *table.rows)]
    widths = [max(len(row[at]) for row in shown) for at in range(len(table.names))]
    room = manner.columns - 2 * len(widths) if manner.columns >= _NARROWEST else sum(widths)
    while sum(widths) > room and max(widths) > 4:
        widths[widths.index(max(widths))] -= 1
    lines = []
    for at, row in enumerate(shown):
        cells = (f"{visible(cell, width):<{width}}" for cell, width in zip(row, widths, strict=True))
        line = "  ".join(cells).rstrip()
        lines.append("  " + (manner.paint(line, QUIET) if at == 0 else line))
    return [*lines, *([f"  {manner.paint(_cut(table.more, manner, 2), QUIET)}"] if table.more else [])]


def _finding(tally: Tally, manner: Manner) -> list[str]:
    """A finding with what it means, what to do, and where it was found first."""
    words = explain(tally.code)
    word = manner.paint(f"{tally.severity.name.lower():<8}", TONES[tally.severity])
    head = f"  {word} {manner.paint(tally.code, STRONG)}: {words.title}  {tally.count:,} ×, {at_stations(tally)}"
    lines = [head, *(line for text in (words.means, words.advice) if text for line in _wrapped(text, manner))]
    for example in tally.examples:
        where = " ".join(part for part in (example.station, example.action, example.path) if part)
        told = _cut(f"{where}: {example.text}", manner, 27)
        lines.append(f"      {manner.paint(time_text(example.at)[:19], QUIET)}  {told}")
    return [*lines, *([f"      {manner.paint(rest, QUIET)}"] if (rest := not_told(tally)) else [])]


def _wrapped(text: str, manner: Manner) -> list[str]:
    """A paragraph below a finding."""
    if manner.columns < _NARROWEST:
        return [f"      {text}"]
    return textwrap.wrap(text, manner.columns - 1, initial_indent=" " * 6, subsequent_indent=" " * 6)
