"""Passwords worked out beside the event loop: thousands may come at once, and each costs some milliseconds."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ocpp_console.csms import passwords

THREADS = 2
"""scrypt runs outside of Python's lock; more threads would take the processor from whoever is in already."""


@dataclass(frozen=True, slots=True)
class Unverified:
    """A password that came and nobody has compared yet; once `check` is over, the handshake is judged anew."""

    received: bytes
    kept: str

    def check(self) -> None:
        """Work it out; `passwords` remembers what came of it."""
        passwords.matches(self.received, self.kept)


class PasswordChecks:
    """Compares passwords in threads, which are started with the first and end with the console."""

    def __init__(self) -> None:
        """No thread yet."""
        self._threads: ThreadPoolExecutor | None = None

    def begin(self, unverified: Unverified, then: Callable[[BaseException | None], None]) -> None:
        """Compare one; `then` is called in the loop when it is known, or with what stood in the way."""
        if self._threads is None:
            self._threads = ThreadPoolExecutor(THREADS, "password")
        done = asyncio.get_running_loop().run_in_executor(self._threads, unverified.check)
        done.add_done_callback(lambda over: None if over.cancelled() else then(over.exception()))

    def end(self) -> None:
        """Take no more; what runs is over within milliseconds."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None
