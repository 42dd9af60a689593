"""`ocpp-console inspect FILE` and `report FILE`: what a trace tells, and whether it is clean."""

import shutil
import sys

from ocpp_console.outputs.traces.inspection import Inspection
from ocpp_console.outputs.traces.report_parts import Manner, verdict
from ocpp_console.outputs.traces.reports import REPORTS
from ocpp_console.shell.colour import paint_of
from ocpp_console.shell.declaring import Exit, Given
from ocpp_console.shell.trace_files import refuse_over, refuse_there, to_stdout, written
from ocpp_console.shell.trace_names import names_for, tell_names
from ocpp_console.shell.trace_words import complain_unread, opened, refuse_nothing, severity_of, watched
from ocpp_console.visible import visible


def run(given: Given) -> int:
    """Look through the trace and print; the exit code tells whether something was found."""
    trace = opened(given.file)
    if not to_stdout(given.output):
        refuse_over(given.output, trace)
    if given.names:
        refuse_over(given.names, trace)
        refuse_there(given.names, force=False)
    names = names_for(given, trace)
    inspection = Inspection(trace, names)
    for _ in watched(trace, inspection.run()):
        pass
    refuse_nothing(trace, inspection.facts)
    form = given.format or ("json" if given.json else "text")
    manner = _manner(given)
    _deliver(given, REPORTS[form](inspection, manner), verdict(inspection, manner))
    if names is not None:
        tell_names(names, given.names)
    if form not in ("text", "json"):
        complain_unread(trace, quoting=names is None)
    return Exit.BROKEN if inspection.worst is not None and inspection.worst >= manner.fail_on else Exit.OK


def _deliver(given: Given, text: str, ended: str) -> None:
    """The report on stdout, or in its file with a word about how it ended on stderr."""
    if to_stdout(given.output):
        sys.stdout.write(text)
        return
    with written(given.output) as file:
        file.write(text)
    print(f"{visible(given.output, 200)} written; {ended}.", file=sys.stderr)


def _manner(given: Given) -> Manner:
    """How the report is made: as wide as the terminal that reads it, in colour when it wants that."""
    fail_on, everything = severity_of(given.fail_on), bool(given.all)
    if not to_stdout(given.output):
        return Manner(fail_on, everything)
    columns = shutil.get_terminal_size((80, 24)).columns if sys.stdout.isatty() else 0
    return Manner(fail_on, everything, columns, paint_of(given))
