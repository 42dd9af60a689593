"""The subcommands that ask a running console, see `subcommands`."""

from ocpp_console.shell.asking_flags import ASKING, ASKING_WORDS, SHOWING
from ocpp_console.shell.declaring import Argument, Exit, Subcommand

TAGS = "ocpp_console.shell.tags"
STATUSES = ("Accepted", "Blocked", "Expired", "Invalid")

SEVERITIES = ("info", "warning", "critical")

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
            *SHOWING,
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
            *SHOWING,
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
What is so already ends it at once; a state that passes in a moment is seen too.
With --timeout it also waits for a console that is about to start.
"""
        + ASKING_WORDS,
    ),
    Subcommand(
        "log",
        "print the message log of a running console",
        "ocpp_console.shell.log",
        (
            Argument("FILTER", "only messages that match, as on the screen: '~s AC-07 & ~e'", many="?"),
            Argument("--follow", "go on with what comes, until ctrl+c", bool),
            Argument("--limit", "how many of the newest (100, with --follow 10)", int, metavar="N"),
            Argument("--saved", "a filter that was kept under this name on the screen", metavar="NAME"),
            Argument("--secrets", "leave passwords and keys in, which are masked otherwise", bool),
            *SHOWING,
        ),
        exits=_ASKED,
        examples=("log '~s AC-07' --follow", "log ~e --limit 1000 --json > errors.jsonl"),
        words="With --json each message is one line. With --follow a call is told once it was answered, also one that\n"
        "was begun before, or after 90 seconds without.\n" + ASKING_WORDS,
    ),
    Subcommand(
        "transactions",
        "list the charging sessions of a running console, newest first",
        "ocpp_console.shell.transactions",
        (
            _STATION._replace(help="only of this charger", many="?"),
            Argument("--running", "only those that run", bool),
            Argument("--limit", "how many at most", int, metavar="N"),
            *SHOWING,
        ),
        exits=_ASKED,
        examples=("transactions AC-07 --running",),
        words=ASKING_WORDS,
    ),
    Subcommand(
        "findings",
        "list what is odd about the chargers of a running console",
        "ocpp_console.shell.findings",
        (
            _STATION._replace(help="only of this charger", many="?"),
            Argument("--severity", "this and worse (default info)", choices=SEVERITIES),
            Argument("--new", "only what came since it was acknowledged", bool),
            Argument("--hidden", "hidden codes too", bool),
            Argument("--acknowledge", "take what is listed as known", bool),
            Argument("--fail-on", "end with 1 when a finding is at least so severe", choices=SEVERITIES),
            *SHOWING,
        ),
        exits=_ASKED,
        examples=("findings AC-07 --new", "findings --severity critical --fail-on critical"),
        words="What each code means and what to do stands in docs/findings.md, and in --json.\n" + ASKING_WORDS,
    ),
    Subcommand(
        "reload",
        "have a running console read its settings and idTags again",
        "ocpp_console.shell.reload",
        ASKING,
        exits=_ASKED,
        words="Exit code 1: a file cannot be used, and nothing of it changed anything.\n" + ASKING_WORDS,
    ),
    Subcommand(
        "tags",
        "see and change the idTag list of a running console",
        TAGS,
        exits=_ASKED,
        verbs=(
            Subcommand(
                "list",
                "list the idTags",
                TAGS,
                (Argument("TEXT", "only those whose token or note holds it", many="?"), *SHOWING),
                exits=_ASKED,
                words=ASKING_WORDS,
            ),
            Subcommand(
                "add",
                "add an idTag, or replace it",
                TAGS,
                (
                    Argument("TAG", "the token on the card"),
                    Argument("--status", "what it is answered", choices=STATUSES),
                    Argument("--type", "2.x type of the token; any when left out", metavar="TYPE"),
                    Argument("--parent", "parentIdTag, groupIdToken", metavar="TAG"),
                    Argument("--expiry", "date or time from which it is expired", metavar="TIME"),
                    Argument("--note", "whose it is", metavar="TEXT"),
                    Argument("--once", "only one session at a time", bool),
                    *ASKING,
                ),
                exits=_ASKED,
                examples=("tags add 04A2B3C4 --note 'Anna' --expiry 2027-12-31",),
                words=ASKING_WORDS,
            ),
            Subcommand(
                "remove",
                "take idTags off the list",
                TAGS,
                (Argument("TAG", "the tokens", many="+"), *ASKING),
                exits=_ASKED,
                words="Exit code 1: one of them was not in the list.\n" + ASKING_WORDS,
            ),
            Subcommand(
                "import",
                "add the idTags of a CSV file",
                TAGS,
                (Argument("FILE", "the file, or - for stdin", completes="files"), *ASKING),
                exits=_ASKED,
                words="Exit code 1: a line gave no tag; the others are added.\n" + ASKING_WORDS,
            ),
            Subcommand(
                "export",
                "write the list as CSV",
                TAGS,
                (Argument("FILE", "where to; stdout when left out", many="?", completes="files"), *ASKING),
                exits=_ASKED,
                words=ASKING_WORDS,
            ),
        ),
    ),
)
"""What asks a running console."""
