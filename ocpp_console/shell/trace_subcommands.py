"""The subcommands that read and write traces, declared."""

from ocpp_console.shell.colour import COLOUR
from ocpp_console.shell.declaring import Argument, Exit, Subcommand

_FILE = Argument("FILE", "a trace, or a database of the console; - is stdin", completes="files")
_FAIL_ON = Argument(
    "--fail-on",
    "end with 1 when a finding is at least so severe (default warning)",
    default="warning",
    choices=("info", "warning", "critical", "never"),
)
_ALL = Argument("--all", "list every station and every line that could not be read", kind=bool)
_FORMATS = ("facts", "trace", "debugkit", "csv", "text", "markdown", "mermaid", "plantuml")
_ANONYMISE = (
    Argument("--anonymise", "replace identities, tags, serial numbers, addresses, certificates", kind=bool),
    Argument("--names", "write which pseudonym stands for whom as CSV", metavar="FILE", completes="files"),
)
_HOW = (
    Argument(
        "--format", "format of what is written; otherwise by the ending of its name", choices=_FORMATS, short="-f"
    ),
    Argument("--filter", "only messages that match, in the words of the log's filter: '~s CP1 & ~e'", metavar="FILTER"),
    *_ANONYMISE,
    Argument("--secrets", "leave passwords and keys in, which are masked otherwise", kind=bool),
    Argument("--force", "replace a file that is there already", kind=bool),
)
_READS = (
    "Reads Open OCPP Trace (JSON lines), OCPP DebugKit, lists of frames, logs of the Python package ocpp, of evcc,\n"
    "SteVe, Home Assistant and others, our own facts and databases; UTF-8 or UTF-16, packed with gzip or not.\n"
    "Lines that cannot be read are passed over and told."
)
_CHECKED = (Exit.OK, Exit.BROKEN, Exit.USAGE)

TRACE_SUBCOMMANDS = (
    Subcommand(
        "open",
        "show a trace in the screens of the console, read only",
        "ocpp_console.shell.trace_open",
        (_FILE,),
        settings=True,
        examples=("open trace.jsonl", "open console.db  another console's log, also while that runs"),
        words=_READS,
    ),
    Subcommand(
        "inspect",
        "look a trace through: stations, messages, findings; 1 when something is found",
        "ocpp_console.shell.trace_inspect",
        (_FILE, Argument("--json", "the same for programs", kind=bool), _FAIL_ON, _ALL, *_ANONYMISE, COLOUR),
        exits=_CHECKED,
        examples=("inspect trace.jsonl", "inspect --fail-on critical --json trace.jsonl  in a CI"),
        words=_READS,
    ),
    Subcommand(
        "report",
        "write what a trace tells as Markdown, HTML, JSON or JUnit",
        "ocpp_console.shell.trace_inspect",
        (
            _FILE,
            Argument(
                "--format",
                "form of the report",
                choices=("md", "html", "json", "junit", "text"),
                default="md",
                short="-f",
            ),
            Argument("--output", "file to write; stdout without it", metavar="FILE", completes="files", short="-o"),
            _FAIL_ON,
            _ALL,
            *_ANONYMISE,
            COLOUR,
        ),
        exits=_CHECKED,
        examples=(
            "report trace.jsonl -f html -o report.html",
            "report trace.jsonl --anonymise -o to-share.md",
            "report trace.jsonl -f junit  for a CI",
        ),
        words=_READS,
    ),
    Subcommand(
        "diff",
        "tell what differs between two traces, ids and times aside; 1 when something does",
        "ocpp_console.shell.trace_diff",
        (
            Argument("A", "the first trace", completes="files"),
            Argument("B", "the second trace", completes="files"),
            Argument("--all", "show also what is the same", kind=bool),
            Argument("--json", "one JSON object for each exchange that differs", kind=bool),
            COLOUR,
        ),
        exits=_CHECKED,
        examples=("diff before.jsonl after.jsonl",),
        words=_READS,
    ),
    Subcommand(
        "convert",
        "write a trace in another format, filtered, without secrets, under other names",
        "ocpp_console.shell.trace_convert",
        (
            Argument("SOURCE", "the trace or database that is read", completes="files"),
            Argument("TARGET", "the file that is written; - is stdout", completes="files"),
            *_HOW,
        ),
        exits=(Exit.OK, Exit.USAGE),
        examples=(
            "convert trace.json trace.jsonl",
            "convert trace.jsonl share.jsonl --anonymise",
            "convert trace.jsonl errors.csv --filter '~e'",
        ),
        words=_READS,
    ),
    Subcommand(
        "export",
        "write the log of the console's database, also while the console runs",
        "ocpp_console.shell.trace_convert",
        (Argument("FILE", "the file that is written; - is stdout", completes="files"), *_HOW),
        settings=True,
        exits=(Exit.OK, Exit.USAGE),
        examples=("export today.jsonl --filter '~since 1d'", "export AC-04.csv --filter '~s AC-04'"),
    ),
)
