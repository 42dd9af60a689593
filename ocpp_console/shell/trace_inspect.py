"""`ocpp-console inspect FILE` and `report FILE`: what a trace tells, and whether it is clean."""

import sys
from functools import partial
from pathlib import Path

from ocpp_console.outputs.traces.inspection import Inspection
from ocpp_console.outputs.traces.reports import REPORTS, as_junit
from ocpp_console.protocol.findings import Severity
from ocpp_console.shell.declaring import Exit, Given, WrongWords
from ocpp_console.shell.trace_words import complain_unread, opened, refuse_nothing, severity_of, watched


def run(given: Given) -> int:
    """Look through the trace and print; the exit code tells whether something was found."""
    trace = opened(given.file)
    inspection = Inspection(trace)
    for _ in watched(trace, inspection.run()):
        pass
    refuse_nothing(trace, inspection.facts)
    fail_on = severity_of(given.fail_on)
    form = given.format or ("json" if given.json else "text")
    make = partial(as_junit, fail_on=Severity(min(fail_on, max(Severity)))) if form == "junit" else REPORTS[form]
    _write(make(inspection), given.output)
    if form not in ("text", "json"):
        complain_unread(trace)
    return Exit.BROKEN if inspection.worst is not None and inspection.worst >= fail_on else Exit.OK


def _write(text: str, path: str | None) -> None:
    """To a file, or to stdout."""
    if path is None or path == "-":
        sys.stdout.write(text)
        return
    try:
        Path(path).expanduser().write_text(text, "utf-8", newline="")
    except OSError as problem:
        raise WrongWords(f"{path} cannot be written: {problem.strerror or problem}.") from None
