"""What every report says of a trace, whatever its form: facts about the whole, tables, and whether it failed."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ocpp_console.glyphs import ATTENTION, BUSY, WRONG
from ocpp_console.outputs.traces.inspection import Inspection, Tally
from ocpp_console.outputs.traces.shapes import time_text
from ocpp_console.protocol.findings import Severity
from ocpp_console.visible import visible

LISTED = 20
"""Rows of a table that are shown unless all are asked for."""

TONES = {Severity.CRITICAL: WRONG, Severity.WARNING: ATTENTION, Severity.INFO: BUSY}
"""How a severity is coloured where there is colour."""


class Manner(NamedTuple):
    """How a report is made."""

    fail_on: int = Severity.WARNING
    """From which severity on a finding fails; above all of them for never."""
    everything: bool = False
    """Show all rows of each table."""
    columns: int = 0
    """Of the terminal; 0 when nothing is cut or wrapped."""
    paint: Callable[[str, str], str] = lambda text, tone: text
    """Gives a text the colour of a tone."""


class Table(NamedTuple):
    """Rows of raw texts."""

    title: str
    names: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    more: str = ""
    """What is not shown, as a sentence; empty when that is nothing."""


def failed(inspection: Inspection, manner: Manner) -> list[Tally]:
    """The findings for which the check fails."""
    return [tally for tally in inspection.findings if tally.severity >= manner.fail_on]


def verdict(inspection: Inspection, manner: Manner) -> str:
    """Whether the check failed, in words."""
    if manner.fail_on > max(Severity):
        return "passed: nothing was to fail"
    word = Severity(manner.fail_on).name.lower()
    codes = failed(inspection, manner)
    if not codes:
        return f"passed: nothing at or above {word}"
    count = sum(tally.count for tally in codes)
    found = f"{count:,} finding{'s' if count != 1 else ''} of {len(codes)} code{'s' if len(codes) != 1 else ''}"
    return f"failed: {found} at or above {word}"


def facts_about(inspection: Inspection, manner: Manner) -> list[tuple[str, str]]:
    """What is said of the trace as a whole, name and value."""
    trace, fleet = inspection.trace, inspection.rows.fleet
    period = f"{time_text(inspection.first_at)} to {time_text(inspection.last_at)}" if inspection.facts else "nothing"
    calls = sum(each.count for each in inspection.exchanges.values())
    told = [
        ("file", f"{inspection.name}, {trace.size:,} bytes"),
        ("time", period),
        ("messages", f"{calls:,} calls in {inspection.facts:,} facts"),
        ("sessions", str(len(fleet.transactions))),
        ("unanswered", str(inspection.open)),
    ]
    if trace.unread:
        told.append(("not readable", f"{trace.unread:,} {'line' if trace.unread == 1 else 'lines'}"))
    if trace.frames_guessed:
        told.append(("sender inferred", f"{trace.frames_guessed:,} frames, for the trace does not say"))
    if trace.undated:
        told.append(("times inferred", f"{trace.undated:,} frames, from what the messages tell"))
    return [*told, ("check", verdict(inspection, manner))]


def tables(inspection: Inspection, manner: Manner) -> list[Table]:
    """Stations, messages, and lines that could not be read; those without rows are left out."""
    made = [_stations(inspection, manner), _messages(inspection), _problems(inspection, manner)]
    return [table for table in made if table.rows]


def _stations(inspection: Inspection, manner: Manner) -> Table:
    """Who took part."""
    everybody = inspection.stations
    shown = everybody if manner.everything else everybody[:LISTED]
    rows = [
        (
            each.identity,
            each.version,
            " ".join(filter(None, (each.vendor, each.model))),
            each.firmware,
            f"{each.messages:,}",
        )
        for each in shown
    ]
    names = ("station", "OCPP", "model", "firmware", "messages")
    return Table("Stations", names, rows, _more(len(everybody) - len(shown), "stations"))


def _messages(inspection: Inspection) -> Table:
    """What was said; there are not many actions."""
    names = ("from", "action", "calls", "wrong", "mean", "slowest")
    ordered = sorted(inspection.exchanges.items(), key=lambda item: -item[1].count)
    rows = [
        (
            who,
            inspection.called(action),
            f"{each.count:,}",
            f"{each.errors:,}",
            f"{each.mean:.1f} ms",
            f"{each.slowest / 1000:.1f} ms",
        )
        for (who, action), each in ordered
    ]
    return Table("Messages", names, rows)


def _problems(inspection: Inspection, manner: Manner) -> Table:
    """The lines that could not be read, as far as they are remembered."""
    trace, problems = inspection.trace, inspection.problems
    shown = problems if manner.everything else problems[:LISTED]
    rows = [(f"{each.file} {each.line}".strip(), each.text, each.excerpt[:60]) for each in shown]
    beyond = trace.unread - len(problems)
    more = f"{beyond:,} more, of which nothing was remembered." if manner.everything and beyond else ""
    more = more or _more(trace.unread - len(shown), "lines")
    return Table("Lines that could not be read", ("line", "why", "begins"), rows, more)


def _more(count: int, what: str) -> str:
    """That there is more, and how to see it."""
    return f"{count:,} more {what}; --all shows them." if count else ""


def at_stations(tally: Tally) -> str:
    """At how many stations, or at which."""
    count = len(tally.stations)
    return f"at {count} stations" if count != 1 else f"at {visible(next(iter(tally.stations)), 48) or 'no station'}"


def not_told(tally: Tally) -> str:
    """How many messages there are beside the examples; empty when none."""
    rest = tally.count - len(tally.examples)
    return f"and {rest:,} more" if rest > 0 else ""
