"""The console as its own process, as a user starts it: without a terminal, or in a pty with its screen."""

import contextlib
import fcntl
import os
import pty
import select
import signal
import socket
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

PATIENCE = 30.0
"""Seconds after which something that should have happened did not."""


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int) -> None:
    """Return once somebody listens."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise AssertionError(f"nobody listens on port {port}")


def command(port: int, *flags: str) -> list[str]:
    """The words that start the console on loopback."""
    return [sys.executable, "-m", "ocpp_console", "--host", "127.0.0.1", "--port", str(port), *flags]


@contextlib.contextmanager
def headless(port: int, database: Path, *flags: str) -> Iterator[subprocess.Popen[bytes]]:
    """The console printing plain lines; killed at the end if it still runs."""
    words = command(port, "--headless", "--db", str(database), *flags)
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        wait_for_port(port)
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


class Screen:
    """The console in a pty: everything it wrote to the terminal, and keys to press."""

    def __init__(self, words: list[str], columns: int = 80, rows: int = 24, **environment: str) -> None:
        """Start it in a terminal of that size."""
        self.written = b""
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.environ.update({"TERM": "xterm-256color", "COLORTERM": "truecolor", **environment})
            os.execvp(words[0], words)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, seconds: float = 0.05) -> bytes:
        """What came within that time; also kept in `written`."""
        came = b""
        while select.select([self._terminal], [], [], seconds)[0]:
            try:
                piece = os.read(self._terminal, 65536)
            except OSError:
                break
            if not piece:
                break
            came += piece
            self.written += piece
        return came

    def wait_for(self, text: bytes) -> None:
        """Read until `text` was written."""
        deadline = time.monotonic() + PATIENCE
        while text not in self.written:
            assert time.monotonic() < deadline, f"{text!r} never appeared: {self.written[-2000:]!r}"
            self.read()

    def press(self, keys: bytes) -> None:
        """Type."""
        os.write(self._terminal, keys)

    def end(self, by: int = signal.SIGTERM) -> int:
        """End it by a signal and return its exit status; a second call does nothing."""
        os.kill(self.pid, by)
        return self.wait()

    def wait(self) -> int:
        """Its exit status, once it ended by itself."""
        deadline = time.monotonic() + PATIENCE
        while True:
            self.read(0.02)
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                os.close(self._terminal)
                return os.waitstatus_to_exitcode(status)
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
                raise AssertionError("the console did not end")
