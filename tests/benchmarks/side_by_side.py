"""Compare the console with its baselines in one run: servers in turn, so that all meet the same machine.

The server runs on one core and the load on another where `taskset` exists. CPU per message is the figure to quote:
it holds on a busy machine, messages per second do not.

    python tests/benchmarks/side_by_side.py --rounds 3 --stations 50
    python tests/benchmarks/side_by_side.py --rate 2000 --stations 200
"""

import argparse
import contextlib
import fcntl
import json
import os
import pty
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CORES = sorted(os.sched_getaffinity(0))
PINNED = shutil.which("taskset") is not None and len(CORES) > 1
# asyncio reads each socket into a fresh 256 KiB buffer, which glibc may map anew for every read. These thresholds
# keep the baselines at their best; the console reads into one buffer of its own and does not need them.
STEADY_MALLOC = {"MALLOC_MMAP_THRESHOLD_": "67108864", "MALLOC_TRIM_THRESHOLD_": "67108864"}
BASELINES = {"a": "ocpp-package", "e": "websockets"}


def on_core(number: int) -> list[str]:
    """The words that tie a command to one core; none where that cannot be done."""
    return ["taskset", "-c", str(CORES[number])] if PINNED else []


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def console_command(port: int, database: str) -> list[str]:
    """The console as a user starts it, but without the limit that slows a single noisy station."""
    return [*on_core(0), sys.executable, "-m", "ocpp_console", "--host", "127.0.0.1", "--port", str(port),
            "--db", database, "--station-rate", "0"]  # fmt: skip


def baseline_command(name: str, port: int) -> list[str]:
    """One of the servers to compare with."""
    return [*on_core(0), sys.executable, str(HERE / "baselines.py"), BASELINES[name], "--port", str(port)]


def in_terminal(command: list[str]) -> tuple[int, Any]:
    """Start a command in a terminal of 200x50 whose output is read and thrown away. Returns pid and an ender."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
        os.environ.pop("SSH_CONNECTION", None)
        os.execvp(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))

    def drain() -> None:
        with contextlib.suppress(OSError):
            while os.read(terminal, 65536):
                pass

    threading.Thread(target=drain, daemon=True).start()

    def end() -> None:
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + 15
        while not os.waitpid(pid, os.WNOHANG)[0]:
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)
        os.close(terminal)

    return pid, end


@contextlib.contextmanager
def running(name: str, port: int) -> Iterator[int]:
    """One server, listening; yields its pid. `console` is the product with its screen, `headless` the same without."""
    with tempfile.TemporaryDirectory() as folder:
        database = str(Path(folder) / "bench.db")
        if name == "console":
            pid, end = in_terminal(console_command(port, database))
        else:
            words = console_command(port, database) if name == "headless" else baseline_command(name, port)
            environment = {**os.environ, **(STEADY_MALLOC if name in BASELINES else {})}
            process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
            )
            pid, end = process.pid, lambda: (process.terminate(), process.wait(15))
        try:
            wait_until_listening(port)
            yield pid
        finally:
            end()


def wait_until_listening(port: int) -> None:
    """Return once the port accepts connections; give up after 15 s."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                time.sleep(1.0)  # let start-up work end, so that it is not charged to the messages
                return
        time.sleep(0.02)
    raise SystemExit(f"nobody listens on port {port}")


def measure(name: str, load_options: list[str]) -> dict[str, Any]:
    """One server under one load."""
    port = free_port()
    with running(name, port) as pid:
        load = [*on_core(1), sys.executable, str(HERE / "load.py"), "--port", str(port), "--pid", str(pid)]
        done = subprocess.run([*load, *load_options], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"the load failed against {name}: {done.stderr[-2000:]}")
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def compare(servers: list[str], rounds: int, load_options: list[str]) -> dict[str, list[dict[str, Any]]]:
    """All servers in turn, `rounds` times."""
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in servers}
    for _ in range(rounds):
        for name in servers:
            runs[name].append(measure(name, load_options))
    return runs


def median(runs: list[dict[str, Any]], figure: str) -> float:
    """The median of one figure over the rounds."""
    return statistics.median(run[figure] for run in runs)


def ratio(runs: dict[str, list[dict[str, Any]]], figure: str, name: str, baseline: str) -> float:
    """How many times cheaper `name` is than `baseline`: the median over rounds of each round's own ratio."""
    pairs = zip(runs[name], runs[baseline], strict=True)
    return statistics.median(theirs[figure] / max(ours[figure], 1e-9) for ours, theirs in pairs)


def report(runs: dict[str, list[dict[str, Any]]]) -> None:
    """Print one line a server: medians of every figure, and how many times cheaper than each baseline it is."""
    for name, own in runs.items():
        figures = {key: median(own, key) for key, value in own[0].items() if isinstance(value, (int, float))}
        errors = sum(sum(run["errors"].values()) for run in own)
        line = "  ".join(f"{key} {value:g}" for key, value in figures.items())
        times = "  ".join(
            f"x({other}) {ratio(runs, 'cpu_us_per_message', name, other):.2f}"
            for other in BASELINES
            if other in runs and "cpu_us_per_message" in figures
        )
        print(f"{name:9} {line}  {times}  errors {errors}")


def main() -> None:
    """Read the command line; what it does not know goes to the load."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--servers", default="a,e,console", help="of: a, e, console, headless")
    options, load_options = parser.parse_known_args()
    report(compare(options.servers.split(","), options.rounds, load_options))


if __name__ == "__main__":
    main()
