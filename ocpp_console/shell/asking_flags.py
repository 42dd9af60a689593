"""Flags of the commands that ask a running console: known at every start, without what asking takes."""

from ocpp_console.shell.colour import COLOUR
from ocpp_console.shell.declaring import Argument

ASKING = (
    Argument("--api", "where the console is; else the one that runs on this machine", metavar="URL"),
    Argument("--token", "its token; better in OCPP_CONSOLE_API_TOKEN, where nobody sees it", metavar="TEXT"),
    Argument("--json", "print JSON, for programs", bool),
)
"""Flags of every command that asks a running console."""

SHOWING = (*ASKING, COLOUR)
"""Flags of those that print something in colour."""

ASKING_WORDS = """\
The console has to run with --api. One on this machine is found by itself;
another is named by --api, or by OCPP_CONSOLE_API and OCPP_CONSOLE_API_TOKEN."""
