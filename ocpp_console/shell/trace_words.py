"""What the subcommands for traces share: opening a file, progress on stderr, filters, severities."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from ocpp_console.model.filters import FilterError, MessageFilter
from ocpp_console.model.messages import Message
from ocpp_console.outputs.traces.database import DatabaseUnreadableError
from ocpp_console.outputs.traces.other_files import refusal_of
from ocpp_console.outputs.traces.source import Trace
from ocpp_console.protocol.findings import Severity
from ocpp_console.shell.declaring import WrongWords
from ocpp_console.shell.trace_streams import is_stream, kept
from ocpp_console.signals import end_as_interrupted
from ocpp_console.visible import visible

SEVERITIES = ("info", "warning", "critical", "never")
"""From which severity on findings make a check fail."""

_PROGRESS_SECONDS = 0.5

_T = TypeVar("_T")


def opened(path: str) -> Trace:
    """The trace in a file; a signal leaves nothing half written from now on. Raises WrongWords when there is none."""
    end_as_interrupted()
    try:
        name = "stdin" if path == "-" else Path(path).name
        trace = Trace(kept(path), name) if is_stream(path) else Trace(path)
        refusal = refusal_of(trace.path)
    except OSError as problem:
        raise WrongWords(f"{path} cannot be opened: {problem.strerror or problem}.") from None
    if refusal:
        raise WrongWords(f"{trace.name} {refusal}.")
    return trace


def watched(trace: Trace, steps: Iterator[_T]) -> Iterator[_T]:
    """The steps, with the progress in the terminal's last line when there is one to see it.

    Raises:
        WrongWords: the file turns out not to be readable at all.
    """
    wanted, shown, next_at = sys.stderr.isatty(), "", time.monotonic() + _PROGRESS_SECONDS
    try:
        for step in steps:
            if wanted and time.monotonic() >= next_at:
                shown = f"{visible(trace.name, 40)} {trace.progress:4.0%}"
                print(f"\r{shown}", end="", file=sys.stderr, flush=True)
                next_at = time.monotonic() + _PROGRESS_SECONDS
            yield step
    except DatabaseUnreadableError as problem:
        raise WrongWords(problem.text) from None
    except OSError as problem:
        raise WrongWords(f"{trace.name} cannot be read: {problem.strerror or problem}.") from None
    finally:
        if shown:  # blanks, for not every terminal obeys
            print(f"\r{' ' * len(shown)}\r", end="", file=sys.stderr, flush=True)


def severity_of(word: str) -> int:
    """The severity from which on a check fails; above all for `never`."""
    return max(Severity) + 1 if word == "never" else Severity[word.upper()]


def filter_of(text: str | None) -> Callable[[Message], bool] | None:
    """The test of a filter; None for none. Raises WrongWords that says which word is wrong."""
    if not text:
        return None
    parsed = MessageFilter.parse(text, time.time_ns() // 1000)
    if isinstance(parsed, FilterError):
        raise WrongWords(f"--filter: {visible(parsed.told, 400)}")
    return parsed.matches


def complain_unread(trace: Trace, *, quoting: bool = True) -> None:
    """Say on stderr how many lines could not be read, and the first few of them; `quoting` how they begin."""
    if not trace.unread:
        return
    lines = "1 line" if trace.unread == 1 else f"{trace.unread:,} lines"
    print(f"ocpp-console: {lines} of {visible(trace.name, 100)} could not be read:", file=sys.stderr)
    for problem in trace.problems[:5]:
        where = f"{problem.file} line {problem.line}".strip()
        begins = f": {visible(problem.excerpt, 60)}" if quoting else ""
        print(f"  {where}: {problem.text}{begins}", file=sys.stderr)


def refuse_nothing(trace: Trace, facts: int) -> None:
    """A file of which nothing could be read is no trace; an empty one is a trace of nothing, which is said.

    Raises:
        WrongWords: there is something in it, and nothing of that could be read.
    """
    if facts:
        return
    if trace.size:
        complain_unread(trace)
        raise WrongWords(f"{trace.name} is no trace of a known format: nothing in it could be read.")
    print(f"ocpp-console: {visible(trace.name, 100)} is empty.", file=sys.stderr)
