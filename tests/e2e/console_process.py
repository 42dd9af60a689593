"""The console as its own process, as a user starts it: without a terminal, or in a pty with its screen."""

import contextlib
import fcntl
import os
import pty
import signal
import socket
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from terminal import Terminal

PATIENCE = float(os.environ.get("PATIENCE", "40"))
"""Seconds after which something that should have happened did not."""

ASKS_FOR_FRAMES, DRAWS_IN_FRAMES = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
"""The question whether a terminal knows synchronized updates, and yes."""

TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
"""The environment in the pty."""

ESCAPE = b"\x1b[27u"
"""The escape key as the keyboard protocol spells it: not to be taken for the beginning of another key."""
CTRL_Q, CTRL_T, F10 = b"\x11", b"\x14", b"\x1b[21~"


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


def run(port: int, *flags: str, **environment: str) -> tuple[int, str, str]:
    """Run the console without a terminal until it ends by itself: its exit code, output and errors."""
    done = subprocess.run(
        command(port, *flags),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        env={**os.environ, **environment},
    )
    return done.returncode, done.stdout, done.stderr


@contextlib.contextmanager
def headless(port: int, database: Path | str, *flags: str) -> Iterator[subprocess.Popen[bytes]]:
    """The console printing plain lines; killed at the end if it still runs."""
    words = command(port, "--headless", "--db", str(database), *flags)
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        wait_for_port(port)
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


class Screen:
    """The console in a pty: what its terminal shows, everything it wrote, and keys to press.

    A thread reads all the time, as a terminal does; a `with` block makes sure that the process ends.
    """

    def __init__(self, words: list[str], columns: int = 80, rows: int = 24, **environment: str) -> None:
        """Start it in a terminal of that size."""
        self.written = b""
        self.terminal = Terminal(columns, rows)
        self.failure: BaseException | None = None
        """Why the reading ended early."""
        self._more = threading.Condition()
        self.pid, self._handle = pty.fork()
        if self.pid == 0:
            _resize(0, columns, rows)
            inherited = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
            os.execvpe(words[0], words, {**inherited, **TERMINAL, **environment})
        self._status: int | None = None
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> "Screen":
        return self

    def __exit__(self, *_: Any) -> None:
        if self._status is None:
            os.kill(self.pid, signal.SIGKILL)
            self.wait()

    def _read(self) -> None:
        """Take everything the program writes, until it ends."""
        with contextlib.suppress(OSError):  # how a pty tells that its program is gone
            while piece := os.read(self._handle, 65536):
                with self._more:
                    self.written += piece
                    try:
                        self.terminal.feed(piece)
                        if ASKS_FOR_FRAMES in piece:
                            os.write(self._handle, DRAWS_IN_FRAMES)
                    except BaseException as problem:
                        self.failure = problem
                        raise
                    finally:
                        self._more.notify_all()
        with self._more:
            self._more.notify_all()

    def until(self, condition: Callable[[], object], said: str = "the awaited fact") -> None:
        """Wait until `condition` holds; it is looked at whenever something was written."""
        deadline = time.monotonic() + PATIENCE
        with self._more:
            while not condition():
                assert self.failure is None, f"the terminal could not read on: {self.failure!r}"
                left = deadline - time.monotonic()
                assert left > 0, f"never came: {said}; on the screen:\n{self.terminal.text}"
                assert self._reader.is_alive(), f"ended before {said}: {self.written[-600:]!r}"
                self._more.wait(min(left, 0.5))

    def wait_for(self, text: bytes) -> None:
        """Wait until `text` was written, byte for byte."""
        self.until(lambda: text in self.written, repr(text))

    def sees(self, *texts: str) -> str:
        """Wait until all `texts` can be read on the screen at once; gives the screen."""
        self.until(lambda: all(text in self.terminal.text for text in texts), repr(texts))
        return self.terminal.text

    def gone(self, text: str) -> None:
        """Wait until `text` can no longer be read on the screen."""
        self.until(lambda: text not in self.terminal.text, f"the end of {text!r}")

    def press(self, keys: bytes, *seen: str) -> str:
        """Type, and wait until `seen` is on the screen; gives the screen."""
        os.write(self._handle, keys)
        return self.sees(*seen)

    def resize(self, columns: int, rows: int) -> None:
        """Pull the window to another size."""
        with self._more:
            self.terminal.resize(columns, rows)
        _resize(self._handle, columns, rows)

    @property
    def alive(self) -> bool:
        """It still runs, or not everything it wrote was read."""
        return self._reader.is_alive()

    def settings(self) -> list[Any]:
        """The line settings of the terminal: raw or cooked, echo."""
        return termios.tcgetattr(self._handle)

    def end(self, by: int = signal.SIGTERM) -> int:
        """End it by a signal and return its exit status."""
        os.kill(self.pid, by)
        return self.wait()

    def wait(self) -> int:
        """Its exit status, once it ended by itself and everything it wrote was read; negative when killed."""
        if self._status is None:
            self._reader.join(PATIENCE)
            if self._reader.is_alive():
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                self._status = -signal.SIGKILL
                raise AssertionError(f"the console did not end; on the screen:\n{self.terminal.text}")
            self._status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
            os.close(self._handle)
        return self._status


def _resize(handle: int, columns: int, rows: int) -> None:
    """Tell the kernel the size of a terminal; the program in it gets SIGWINCH."""
    fcntl.ioctl(handle, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
