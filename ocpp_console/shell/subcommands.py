"""Every subcommand, declared once. How to add one stands in the docstring of the package."""

from ocpp_console.shell.asking_flags import ASKING
from ocpp_console.shell.declaring import Argument, Exit, Subcommand
from ocpp_console.shell.running_subcommands import RUNNING_SUBCOMMANDS
from ocpp_console.shell.trace_subcommands import TRACE_SUBCOMMANDS

SUBCOMMANDS: dict[str, Subcommand] = {
    each.name: each
    for each in (
        Subcommand(
            "info",
            "print every setting, where it came from, files, versions, addresses",
            "ocpp_console.shell.about",
            settings=True,
            examples=("info --json  the same for programs",),
        ),
        Subcommand(
            "completions",
            "print the script that lets a shell complete words of this program",
            "ocpp_console.shell.completions",
            (Argument("SHELL", "your shell", choices=("bash", "zsh", "fish", "powershell")),),
            exits=(Exit.OK, Exit.USAGE),
            examples=(
                "completions fish > ~/.config/fish/completions/ocpp-console.fish",
                "completions bash  the first line of each script says where it belongs",
            ),
        ),
        *RUNNING_SUBCOMMANDS,
        Subcommand(
            "replay",
            "let the stations of a trace do again what they did, or send its commands to a live station",
            "ocpp_console.shell.replaying",
            (
                Argument("FILE", "the trace: any format that `open` reads", completes="files"),
                Argument("--to", "address of the central system, without the identity", metavar="URL"),
                Argument(
                    "--at", "send the commands of the trace to this station of a running console", metavar="STATION"
                ),
                Argument("--station", "only this station of the trace", metavar="ID"),
                Argument("--identity", "connect under another identity than in the trace", metavar="ID"),
                Argument("--speed", "2 is twice as fast as the trace, 0 without waiting (default 1)", float),
                Argument("--longest-pause", "no gap takes longer than this many seconds", float, metavar="SECONDS"),
                Argument("--step", "wait for the enter key before each step", bool),
                Argument("--now", "move the times that are said to the present", bool),
                Argument("--timeout", "seconds an answer is waited for (default 30)", float, metavar="SECONDS"),
                Argument("--quiet", "only what went otherwise than in the trace", bool),
                *(argument for argument in ASKING if argument.name != "--json"),
            ),
            exits=(Exit.OK, Exit.BROKEN, Exit.USAGE, Exit.UNREACHABLE, Exit.NOT_CONNECTED),
            examples=(
                "replay fault.jsonl --to ws://127.0.0.1:9000  in real time",
                "replay fault.jsonl --to ws://127.0.0.1:9000 --speed 0 --quiet  for a test: 0 when nothing differs",
                "replay fault.jsonl --at AC-07 --step  the commands of the trace, one by one, to a live charger",
            ),
            words="Message ids stay as in the trace; the transactionId that the central system gives replaces the "
            "recorded one. Its commands are answered as the station answered them in the trace. With --at the console "
            "that runs with --api sends the commands, and a transactionId becomes that of the session that runs on the "
            "same connector or EVSE now, else of the only one. Exit code 1: an answer differs or is missing.",
        ),
        *TRACE_SUBCOMMANDS,
    )
}
