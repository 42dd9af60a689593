"""`ocpp-console diff A B`: what differs between two traces, ids and times aside."""

import json
from collections.abc import Iterable
from itertools import islice
from typing import Any

from ocpp_console.glyphs import ATTENTION, GOOD, QUIET, WRONG
from ocpp_console.outputs.traces.differences import MOST, Exchange, Step, compare, exchanges_of
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
    sides: list[list[Exchange]] = []
    for path in (given.a, given.b):
        trace = opened(path)
        sides.append(list(islice(watched(trace, exchanges_of(trace)), MOST)))
        refuse_nothing(trace, trace.taken)
        complain_unread(trace)
    steps = compare(*sides)
    return _print_json(steps) if given.json else _print_words(steps, sides, paint_of(given), whole=given.all)


def _print_words(steps: Iterable[Step], sides: list[list[Exchange]], paint: Paint, *, whole: bool) -> int:
    """One line for each exchange that differs (with `whole` for all), and one for each change inside."""
    counts = dict.fromkeys("=~-+", 0)
    for step in steps:
        counts[step.sign] += 1
        if step.sign == "=" and not whole:
            continue
        print(paint(line_of(step), TONES[step.sign]))
        for change in step.changes:
            one, other = paint(value_text(change.one), WRONG), paint(value_text(change.other), GOOD)
            print(f"      {visible(change.path, 100)}: {one} → {other}")
    different = counts["~"] + counts["-"] + counts["+"]
    if any(len(side) == MOST for side in sides):
        print(f"Only the first {MOST:,} exchanges of each were compared.")
    print(
        f"{counts['=']:,} the same, {counts['~']:,} changed, {counts['-']:,} only in the first, "
        f"{counts['+']:,} only in the second."
    )
    return Exit.BROKEN if different else Exit.OK


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
    return "nothing" if value is None else visible(json.dumps(value, ensure_ascii=False), 120)


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
