"""The subcommands that ask a running console, see `subcommands`."""

from ocpp_console.shell.declaring import Argument, Exit, Subcommand
from ocpp_console.shell.running_console import ASKING, ASKING_WORDS

_ASKED = (Exit.OK, Exit.BROKEN, Exit.USAGE, Exit.UNREACHABLE)

_STATION = Argument("STATION", "the identity of the charger", completes="stations")

RUNNING_SUBCOMMANDS = (
    Subcommand(
        "stations",
        "list the chargers of a running console",
        "ocpp_console.shell.stations",
        (
            _STATION._replace(help="tell everything about this one", many="?"),
            Argument("--online", "only those that are connected", bool),
            Argument("--offline", "only those that are not", bool),
            *ASKING,
        ),
        exits=(*_ASKED, Exit.NOT_CONNECTED),
        examples=("stations --online", "stations AC-07 --json | jq .firmware"),
        words=ASKING_WORDS,
    ),
    Subcommand(
        "call",
        "send a command to a charger; the exit code tells its answer",
        "ocpp_console.shell.calls",
        (
            _STATION,
            Argument("ACTION", "the command in OCPP's spelling, such as Reset", completes="actions"),
            Argument("PAYLOAD", "JSON, @FILE, or - for stdin; {} when left out", many="?", completes="files"),
            Argument("--no-check", "send it even if it breaks its schema", bool),
            Argument("--timeout", "seconds to wait for the answer", float, metavar="S"),
            *ASKING,
        ),
        exits=(*_ASKED, Exit.LATE, Exit.REFUSED, Exit.CALL_ERROR, Exit.NOT_CONNECTED),
        examples=(
            """call AC-07 Reset '{"type": "Soft"}'""",
            "call AC-07 SetChargingProfile @profile.json --timeout 60",
        ),
        words="The answer's payload goes to stdout, everything else to stderr.\n" + ASKING_WORDS,
    ),
    Subcommand(
        "wait",
        "wait until something happens at a charger",
        "ocpp_console.shell.waiting",
        (
            _STATION._replace(help="only this charger; any when left out", many="?"),
            Argument("--until", "what to wait for, see below", metavar="WHAT", completes="conditions"),
            Argument("--timeout", "seconds to wait at most; without it for ever", float, metavar="S"),
            Argument("--since", "also what happened in these last seconds", float, metavar="S"),
            *ASKING,
        ),
        exits=(*_ASKED, Exit.LATE),
        examples=("wait --until boot AC-07 --timeout 120", "wait --until status=2:Charging AC-07"),
        words="""\
WHAT is one of:
  connected       the charger is connected
  offline         it is not connected
  boot            it sends a BootNotification
  status=WORD     a connector is WORD; status=2:WORD asks for connector 2
  transaction     a session begins
  stopped         a session ends
With --timeout it also waits for a console that is about to start.
"""
        + ASKING_WORDS,
    ),
)
"""What asks a running console."""
