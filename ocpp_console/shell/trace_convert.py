"""`ocpp-console convert A B` and `export FILE`: a trace or the log of a database, in another format."""

import sys
from pathlib import Path

from ocpp_console.outputs.traces.export import FORMATS, Export, Exported, Format, format_of
from ocpp_console.outputs.traces.pseudonyms import Pseudonyms
from ocpp_console.outputs.traces.redaction import Nothing, Redaction, Veil
from ocpp_console.outputs.traces.source import Trace
from ocpp_console.settings import MEMORY
from ocpp_console.shell.declaring import Exit, Given, WrongWords
from ocpp_console.shell.trace_files import refuse_over, refuse_there, to_stdout
from ocpp_console.shell.trace_names import list_names
from ocpp_console.shell.trace_words import complain_unread, filter_of, opened, refuse_nothing, watched
from ocpp_console.visible import visible


def run(given: Given) -> int:
    """Read one file, write the other."""
    if given.command == "export":
        return _convert(given, opened(_database(given)), given.file)
    return _convert(given, opened(given.source), given.target)


def _database(given: Given) -> str:
    """The database whose log is exported: that of the settings."""
    path = given.settings.db
    if path == MEMORY:
        raise WrongWords("A database in memory has no file: export from the screen (x on the message log).")
    if not Path(path).expanduser().exists():
        raise WrongWords(f"There is no database {path} yet. --db names another one.")
    return str(path)


def _convert(given: Given, trace: Trace, target: str) -> int:
    """Write `target` from a trace."""
    form = _form(given.format, target)
    for path in (target, given.names):
        if not to_stdout(path):
            refuse_over(path, trace)
            refuse_there(path, force=given.force)
    keep = filter_of(given.filter)
    veil = _veil(given)
    if veil.two_passes:
        for fact in watched(trace, trace.facts()):
            veil.learn(fact)
    try:
        done = _write(trace, target, form, veil, keep)
    except BrokenPipeError:
        raise  # whoever read has read enough
    except OSError as problem:
        raise WrongWords(f"{target} cannot be written: {problem.strerror or problem}.") from None
    if isinstance(veil, Pseudonyms) and given.names:
        list_names(veil, given.names)
    complain_unread(trace, quoting=not given.anonymise)
    _tell(done)
    return Exit.OK


def _form(name: str | None, target: str) -> Format:
    """The format by name or by the ending of the file."""
    form = FORMATS[name] if name else format_of(target)
    if form is None:
        endings = ", ".join(ending for each in FORMATS.values() for ending in each.endings)
        raise WrongWords(f"The ending of {target} tells no format (there are {endings}); --format names one.")
    return form


def _veil(given: Given) -> Veil:
    """How what is written differs from what is."""
    if given.anonymise and given.secrets:
        raise WrongWords("--anonymise and --secrets exclude each other.")
    if given.names and not given.anonymise:
        raise WrongWords("--names belongs to --anonymise.")
    return Pseudonyms() if given.anonymise else Nothing() if given.secrets else Redaction()


def _write(trace: Trace, target: str, form: Format, veil: Veil, keep: object) -> Exported:
    """The export; when it is broken off nothing is left."""
    export = Export(target, form, veil, keep)  # type: ignore[arg-type]
    try:
        for fact in watched(trace, trace.facts()):
            export.take(fact)
        if not trace.is_database:  # a console's may be empty
            refuse_nothing(trace, trace.taken)
        return export.finish()
    except BaseException:
        export.abandon()
        raise


def _tell(done: Exported) -> None:
    """What became of it, on stderr: stdout may be the trace."""
    files = " and ".join(visible(str(path), 200) for path in done.files) or "stdout"
    print(f"{done.rows:,} lines written to {files}.", file=sys.stderr)
    if done.left_out:
        print(f"{done.left_out:,} facts left out: the format has no place for them.", file=sys.stderr)
    for words in done.words:
        print(f"{words[0].upper()}{words[1:]}.", file=sys.stderr)
