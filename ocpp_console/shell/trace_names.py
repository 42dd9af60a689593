"""Other names for what a report tells, and the list of who is who, for its owner alone."""

import csv
import sys

from ocpp_console.outputs.traces.pseudonyms import Pseudonyms
from ocpp_console.outputs.traces.row_writers import cell
from ocpp_console.outputs.traces.source import Trace
from ocpp_console.shell.declaring import Given, WrongWords
from ocpp_console.shell.trace_files import written
from ocpp_console.shell.trace_words import watched


def names_for(given: Given, trace: Trace) -> Pseudonyms | None:
    """Pseudonyms for all that is named in the trace, which is read for them once more; None when none are wanted."""
    if not given.anonymise:
        if given.names:
            raise WrongWords("--names belongs to --anonymise.")
        return None
    names = Pseudonyms()
    for fact in watched(trace, trace.facts()):
        names.learn(fact)
    return names


def tell_names(names: Pseudonyms, path: str | None) -> None:
    """How much was replaced, on stderr, and who is who in a file when one is named."""
    if path:
        list_names(names, path)
    for words in names.words():
        print(f"{words[0].upper()}{words[1:]}.", file=sys.stderr)


def list_names(names: Pseudonyms, path: str) -> None:
    """Which pseudonym stands for whom, as CSV that only its owner may read."""
    with written(path, 0o600) as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(("pseudonym", "kind", "original"))
        writer.writerows([cell(text) for text in line] for line in names.listed())
