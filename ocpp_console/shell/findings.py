"""`ocpp-console findings [STATION]`: what is odd about the stations of a running console."""

from typing import Any

from ocpp_console.glyphs import ATTENTION, QUIET, WRONG
from ocpp_console.shell import printing
from ocpp_console.shell.colour import Toned, paint_of
from ocpp_console.shell.declaring import Exit, Given
from ocpp_console.shell.running_console import RunningConsole, console_of

HEAD = ("severity", "station", "code", "count", "new", "last", "title")
SEVERITIES = {"info": QUIET, "warning": ATTENTION, "critical": WRONG}
"""Each with its tone, the lightest first."""
PAGE = 1_000

Found = dict[str, Any]


def run(given: Given) -> int:
    """Print them; with `--acknowledge` they are known from then on. 1 when one is at least as severe as `--fail-on`."""
    console = console_of(given)
    found = _all(console, given)
    if given.json:
        printing.as_json(found)
    elif found:
        print(printing.table(HEAD, [_row(each) for each in found], paint=paint_of(given), keep=("code", "count")))
    else:
        printing.remark("Nothing odd was found.")
    if given.acknowledge:
        for each in found:
            console.ask("POST", "/findings/acknowledge", {"station": each["station"], "code": each["code"]})
        printing.remark(f"{len(found)} acknowledged; each counts again when it comes again.")
    ranks = list(SEVERITIES)
    failed = given.fail_on and any(ranks.index(each["severity"]) >= ranks.index(given.fail_on) for each in found)
    return Exit.BROKEN if failed else Exit.OK


def _all(console: RunningConsole, given: Given) -> list[Found]:
    """Every page of them, the worst first."""
    found: list[Found] = []
    after = None
    while True:
        query = {"station": given.station, "severity": given.severity, "new": given.new or None}
        page = console.ask("GET", "/findings", hidden=given.hidden or None, after=after, limit=PAGE, **query).document
        found += page["findings"]
        after = page["next"]
        if after is None:
            ranks = list(SEVERITIES)
            return sorted(found, key=lambda each: -ranks.index(each["severity"]))


def _row(each: Found) -> tuple[object, ...]:
    """One code at one station."""
    last = (each["last_at"] or "").replace("T", " ")[:19]
    severity = Toned(each["severity"], SEVERITIES[each["severity"]])
    hidden = " (hidden)" if each["hidden"] else ""
    return (
        severity,
        each["station"] or "-",
        each["code"],
        each["count"],
        each["new"] or "",
        last,
        each["title"] + hidden,
    )
