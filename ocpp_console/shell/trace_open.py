"""`ocpp-console open FILE`: a trace in the same screens, read only."""

import os
import sys

from ocpp_console.shell.declaring import Given, WrongWords
from ocpp_console.shell.trace_words import opened


def run(given: Given) -> int:
    """Show the trace until the operator leaves."""
    trace = opened(given.file)
    settings = given.settings
    streams = (sys.stdin, sys.stdout, sys.stderr)
    if os.environ.get("TERM") == "dumb" or not all(stream is not None and stream.isatty() for stream in streams):
        raise WrongWords("There is no terminal to draw on; `ocpp-console inspect` tells about a trace in words.")
    from ocpp_console.shell.on_screen import draw
    from ocpp_console.trace_engine import TraceEngine

    return draw(settings, lambda: TraceEngine(settings, trace))
