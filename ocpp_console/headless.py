"""The console without a screen: one plain line on stdout for everything that happens.

For pipes, scripts, services and screen readers. Knows nothing of Textual. Whoever reads the output too slowly loses
lines, which are counted, and never costs a charger time. What concerns the console itself goes to stderr.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, TextIO

from ocpp_console.bus import Bus
from ocpp_console.line_printer import Printer
from ocpp_console.narration import Narrator
from ocpp_console.notices import Notices
from ocpp_console.outputs.traces.redaction import without_secrets
from ocpp_console.readiness import Readiness
from ocpp_console.settings import Settings
from ocpp_console.signals import end_on_signals

DEMO_SECONDS = 6.0
"""How long the demo runs when nobody can see it."""

LATE = 4
"""The exit code when no charger came in time."""

_LAST_LINES_SECONDS = 1.0
_START_SECONDS = 3.0
"""Between two words about a start that takes long."""
_NOTICE_SECONDS = 0.5
"""Between two looks at what went wrong with the console itself."""
_BROKEN_PIPE = 128 + 13
_BROKEN = 1

Reload = Callable[[], Awaitable[list[str]]]
"""Reads files again; gives sentences about what changed."""


class Console(Protocol):
    """What is needed of the engine."""

    bus: Bus
    settings: Settings
    problems: Any
    """A deque of notices, each with its `text`; whoever tells one takes it out."""
    restoring: Any
    """How far a long start is: `standing` is a sentence, or empty."""

    async def start(self) -> None:
        """Open the store and the listener."""

    async def stop(self) -> None:
        """Close everything; whatever was answered is stored."""


class Headless:
    """One run without a screen."""

    def __init__(
        self, console: Console, out: TextIO, *, reload: Reload | None = None, environ: Mapping[str, str] = os.environ
    ) -> None:
        """Lines go to `out`. `reload` reads tags and settings again (SIGHUP); `environ` tells who wants to be told."""
        settings = console.settings
        self._console = console
        self._out = out
        self._reload = reload
        self._reload_asked = asyncio.Event()
        self._notices = Notices()
        self._printer = Printer(out, Narrator(as_json=settings.json, veil=without_secrets), settings, self._notices.put)
        self._manager = Readiness(environ)
        self._demo_seconds = DEMO_SECONDS if settings.demo else None
        self._give_up = settings.give_up or self._demo_seconds
        console.bus.attach(self._printer.offer)

    async def run(self) -> int:
        """Until a signal, until the output breaks, or until the demo is over; returns the exit code."""
        signalled: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        end_on_signals(signalled.set_result, self._reload_asked.set if self._reload is not None else None)
        telling = asyncio.create_task(self._notices.run())
        beside: list[asyncio.Task[None]] = []
        late = False
        try:
            if not await self._start(signalled):
                return signalled.result()
            writing = asyncio.create_task(self._printer.run())
            self._manager.ready("listening")
            works = (self._tell_now_and_then(), self._reload_when_asked(), self._manager.keep_alive())
            beside += map(asyncio.create_task, works)
            late = await self._wait(signalled, writing)
        finally:
            self._manager.stopping()
            for task in beside:
                task.cancel()
            await self._console.stop()  # also when it could not start: what was opened before has to be closed
            self._tell_problems()
            self._notices.finish()
            self._manager.close()
            await asyncio.wait({telling}, timeout=_LAST_LINES_SECONDS)
        return await self._end({writing, telling}, writing, signalled.result() if signalled.done() else LATE * late)

    async def _start(self, signalled: asyncio.Future[int]) -> bool:
        """Start, and say now and then how far it is when that takes long; False when a signal ended it before."""
        starting = asyncio.create_task(self._console.start())
        either: set[asyncio.Future[Any]] = {starting, signalled}
        while not (await asyncio.wait(either, timeout=_START_SECONDS, return_when=asyncio.FIRST_COMPLETED))[0]:
            if standing := self._console.restoring.standing:
                self._notices.put(f"{standing} Chargers are told to come again meanwhile.")
                self._manager.starting(standing)
        if starting.done():
            starting.result()
            return True
        starting.cancel()
        await asyncio.wait({starting})
        return False

    async def _wait(self, signalled: asyncio.Future[int], writing: asyncio.Task[None]) -> bool:
        """Until it has to end; True when that is because no charger came in time."""
        ending: list[asyncio.Future[Any]] = [signalled, writing]
        if self._give_up:
            heard = asyncio.create_task(self._printer.heard.wait())
            await asyncio.wait([*ending, heard], timeout=self._give_up, return_when=asyncio.FIRST_COMPLETED)
            late = not any(each.done() for each in (*ending, heard))
            heard.cancel()
            if late:
                self._notices.put(f"No station was heard in {self._give_up:g} seconds.")
                return True
        await asyncio.wait(ending, timeout=self._demo_seconds, return_when=asyncio.FIRST_COMPLETED)
        problem = writing.exception() if writing.done() else None
        if isinstance(problem, OSError) and not isinstance(problem, BrokenPipeError):
            self._notices.put(f"The output cannot be written: {problem.strerror}. The console ends.")
        return False

    async def _end(self, all_writing: set[asyncio.Task[None]], lines: asyncio.Task[None], code: int) -> int:
        """Write the last lines; the exit code."""
        self._printer.finish()
        await asyncio.wait(all_writing, timeout=_LAST_LINES_SECONDS)
        if not all(task.done() for task in all_writing):
            os._exit(code)  # a thread is stuck in a pipe that nobody empties; everything else is closed
        problem = lines.exception()
        if isinstance(problem, OSError):
            _forget(self._out)
            return code or (_BROKEN_PIPE if isinstance(problem, BrokenPipeError) else _BROKEN)
        lines.result()
        return code

    async def _reload_when_asked(self) -> None:
        """Read tags and settings again at each SIGHUP, one after another, and say what came of it."""
        while self._reload is not None:
            await self._reload_asked.wait()
            self._reload_asked.clear()
            self._manager.reloading()
            for text in await self._reload():
                self._notices.put(text)
            self._tell_problems()
            self._manager.ready("listening")

    async def _tell_now_and_then(self) -> None:
        """Tell troubles of the console itself soon after they arose."""
        while True:
            self._tell_problems()
            await asyncio.sleep(_NOTICE_SECONDS)

    def _tell_problems(self) -> None:
        """Every trouble once."""
        problems = self._console.problems
        while problems:
            self._notices.put(problems.popleft().text)


def _forget(out: TextIO) -> None:
    """Points a broken stdout at nothing, so that the interpreter's last flush does not complain."""
    if out is sys.stdout:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, out.fileno())
