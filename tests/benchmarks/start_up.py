"""How long the console takes to start, beside a Textual app that shows one word and does nothing else.

Each starts in a terminal of its own, 200x50, in turn. Times are milliseconds from the start of the process: to the
first frame that shows a text, to the first accepted connection, and to the first frame of the overview. Both have been
started before, so that Python reads compiled files as it does wherever something is installed.

    python tests/benchmarks/start_up.py --rounds 5
"""

import argparse
import os
import pty
import select
import signal
import socket
import statistics
import sys
import tempfile
import time
from pathlib import Path

from side_by_side import console_command, free_port, on_core

LONGEST = 15.0
"""Seconds after which a start counts as failed."""
ONE_WORD = """
from textual.app import App
from textual.widgets import Static

class OneWord(App):
    def compose(self):
        yield Static("listening")

OneWord().run()
"""
Times = dict[str, float]
"""Milliseconds by what was reached."""


def start(command: list[str], port: int, texts: dict[str, bytes]) -> Times:
    """Start a command and end it once all `texts` were drawn and, with a port, somebody listens there."""
    begun = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", COLUMNS="200", LINES="50")
        os.environ.pop("SSH_CONNECTION", None)
        os.execvp(command[0], command)
    reached: Times = {}
    drawn = b""
    wanted = {*texts, *(("listening",) if port else ())}
    while wanted - set(reached) and time.perf_counter() < begun + LONGEST:
        if select.select([terminal], [], [], 0.002)[0]:
            drawn += os.read(terminal, 65_536)
        now = (time.perf_counter() - begun) * 1e3
        for name, text in texts.items():
            if text in drawn:
                reached.setdefault(name, now)
        if port and "listening" not in reached and accepts(port):
            reached["listening"] = now
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(terminal)
    return reached


def accepts(port: int) -> bool:
    """Somebody listens on the port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def console() -> Times:
    """The console with a database of its own that it has to make first."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = console_command(port, str(Path(folder) / "start.db"))
        return start(command, port, {"first frame": b"ocpp-console", "overview": b"Stations"})


def one_word() -> Times:
    """The least that Textual can do."""
    return start([*on_core(0), sys.executable, "-c", ONE_WORD], 0, {"first frame": b"listening"})


def main() -> None:
    """Start both in turn and print the medians."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    runs: dict[str, list[Times]] = {"console": [], "one word": []}
    with tempfile.TemporaryDirectory() as compiled:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = compiled
        console(), one_word()
        measure(runs, options.rounds)
    for name, times in runs.items():
        medians = {what: statistics.median(each[what] for each in times) for what in times[0]}
        print(f"{name:9}", "  ".join(f"{what} {ms:.0f} ms" for what, ms in sorted(medians.items(), key=lambda m: m[1])))


def measure(runs: dict[str, list[Times]], rounds: int) -> None:
    """Start both, one after the other."""
    for _ in range(rounds):
        runs["console"].append(console())
        runs["one word"].append(one_word())


if __name__ == "__main__":
    main()
