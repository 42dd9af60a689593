"""`ocpp-console diff A B`: what differs between two traces, ids and times aside."""

import json
import shutil
import sys
from collections.abc import Iterable
from itertools import takewhile
from typing import Any

from ocpp_console.glyphs import ATTENTION, GOOD, QUIET, WRONG
from ocpp_console.model.message_differences import Difference
from ocpp_console.outputs.traces.differences import Exchange, Step, compare, equally_long, exchanges_of, held
from ocpp_console.outputs.traces.shapes import time_text
from ocpp_console.shell.colour import Paint, paint_of
from ocpp_console.shell.declaring import Exit, Given
from ocpp_console.shell.trace_words import complain_unread, opened, refuse_nothing, watched
from ocpp_console.visible import visible

TONES = {"=": QUIET, "~": ATTENTION, "-": WRONG, "+": GOOD}
"""How the sign of a step is coloured, as `diff --color` does."""
_WHO = {"station": "CP→", "console": "CS→"}


def run(given: Given) -> int:
    """Print the differences; 0 when there are none, 1 when there are."""
    one, other = _read(given.a), _read(given.b)
    most = equally_long(one, other)
    if most is not None:
        print(f"ocpp-console: only the first {most:,} exchanges of each were compared.", file=sys.stderr)
    steps = compare(one[0][:most], other[0][:most])
    return _print_json(steps) if given.json else _print_words(steps, paint_of(given), whole=given.all)


def _read(path: str) -> tuple[list[Exchange], bool]:
    """The exchanges of a trace that can be compared, and whether these are all."""
    trace = opened(path)
    exchanges = held(watched(trace, exchanges_of(trace)))
    refuse_nothing(trace, trace.taken)
    complain_unread(trace)
    return exchanges


def _print_words(steps: Iterable[Step], paint: Paint, *, whole: bool) -> int:
    """One line for each exchange that differs (with `whole` for all), and for each change inside, as wide as fits."""
    columns = shutil.get_terminal_size((80, 24)).columns if sys.stdout.isatty() else 0
    counts = dict.fromkeys("=~-+", 0)
    for step in steps:
        counts[step.sign] += 1
        if step.sign == "=" and not whole:
            continue
        line = line_of(step)
        print(paint(visible(line, columns) if columns else line, TONES[step.sign]))
        for change in step.changes:
            for text in change_lines(change, paint, columns):
                print(text)
    print(
        f"{counts['=']:,} the same, {counts['~']:,} changed, {counts['-']:,} only in the first, "
        f"{counts['+']:,} only in the second."
    )
    return Exit.BROKEN if counts["~"] or counts["-"] or counts["+"] else Exit.OK


def change_lines(change: Difference, paint: Paint, columns: int) -> list[str]:
    """A change in one line, or when that is too long for the terminal in three, from where the values part."""
    path = visible(change.path, max(columns - 7, 20) if columns else 100)
    one, other = value_text(change.one), value_text(change.other)
    if not columns or len(path) + len(one) + len(other) + 11 <= columns:
        return [f"      {path}: {paint(one, WRONG)} → {paint(other, GOOD)}"]
    room = max(columns - 10, 20)
    ones, others = parted(one, other, room)
    return [f"      {path}:", f"        {paint(f'- {ones}', WRONG)}", f"        {paint(f'+ {others}', GOOD)}"]


def parted(one: str, other: str, room: int) -> tuple[str, str]:
    """Two texts in so many characters each; what both begin with is left out when the difference would be cut off."""
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    start = alike - room // 3
    if start > 0 and max(len(one), len(other)) > room:
        one, other = f"…{one[start:]}", f"…{other[start:]}"
    return visible(one, room), visible(other, room)


def line_of(step: Step) -> str:
    """A step in one line."""
    either = step.one or step.other
    if either is None:
        return ""
    words = f"{either.station} {_WHO.get(either.origin, '')} {either.action}"
    ended = step.one.outcome if step.one and step.other and step.one.outcome == step.other.outcome else ""
    ended = ended or (either.outcome if not (step.one and step.other) else "")
    return (
        f"{step.sign} {time_text(either.at)[11:23]} {visible(words, 120)}{f'  {visible(ended, 40)}' if ended else ''}"
    )


def value_text(value: Any) -> str:
    """A value in a line; `nothing` when it is missing there."""
    return "nothing" if value is None else visible(json.dumps(value, ensure_ascii=False), 1_000)


def _print_json(steps: Iterable[Step]) -> int:
    """One JSON object for each exchange that differs."""
    different = False
    for step in steps:
        if step.sign == "=":
            continue
        different = True
        either = step.one or step.other
        told = {
            "sign": step.sign,
            "station": either.station if either else "",
            "action": either.action if either else "",
            "one": time_text(step.one.at) if step.one else None,
            "other": time_text(step.other.at) if step.other else None,
            "changes": [change._asdict() for change in step.changes],
        }
        print(json.dumps(told))
    return Exit.BROKEN if different else Exit.OK
