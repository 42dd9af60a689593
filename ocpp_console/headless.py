"""The console without a screen: one plain line on stdout for everything that happens.

For pipes, scripts, services and screen readers. Knows nothing of Textual. Whoever reads the output too slowly loses
lines, which are counted, and never costs a charger time.
"""

import asyncio
import os
import sys
from typing import Any, Protocol, TextIO

from ocpp_console.bus import Bus, Reader
from ocpp_console.events import Fact, FrameReceived
from ocpp_console.narration import Narrator
from ocpp_console.signals import end_on_signals

DEMO_SECONDS = 6.0
"""How long the demo runs when nobody can see it."""

_LAST_LINES_SECONDS = 1.0
_GATHER_SECONDS = 0.05
"""Between two writes: handing every line to the thread by itself costs more than making it."""
_LINES_AT_ONCE = 100
"""Lines made before stations are answered again."""
_BROKEN_PIPE = 128 + 13


class Console(Protocol):
    """What is needed of the engine."""

    bus: Bus

    async def start(self) -> None:
        """Open the store and the listener."""

    async def stop(self) -> None:
        """Close everything; whatever was answered is stored."""


class Printer:
    """Writes facts as lines from a thread, so that a full pipe holds up nothing but itself."""

    def __init__(self, out: TextIO, narrator: Narrator) -> None:
        """Lines go to `out`."""
        self._out = out
        self._narrator = narrator
        self._reader = Reader()
        self._arrived = asyncio.Event()
        self._told_dropped = 0
        self._ending = False
        self.heard = False
        """A station said something."""

    def offer(self, fact: Fact) -> None:
        """Take one fact; called by the bus."""
        self.heard = self.heard or isinstance(fact, FrameReceived)
        self._reader.offer(fact)
        self._arrived.set()

    def finish(self) -> None:
        """Let `run` return when everything is written."""
        self._ending = True
        self._arrived.set()

    async def run(self) -> None:
        """Write until `finish`, or until the output breaks (OSError)."""
        ended = False
        while not ended:
            await self._arrived.wait()
            self._arrived.clear()
            ended = self._ending
            facts = self._reader.take()
            for start in range(0, len(facts), _LINES_AT_ONCE):
                # made here, not in the thread: a thread that computes holds up the loop for 5 ms at every switch
                lines = [self._narrator.line(fact) for fact in facts[start : start + _LINES_AT_ONCE]]
                await asyncio.to_thread(self._write, "".join(f"{line}\n" for line in lines))
            if not ended:
                await asyncio.sleep(_GATHER_SECONDS)

    def _write(self, text: str) -> None:
        """Write lines, and a word about those that were lost."""
        lost, self._told_dropped = self._reader.dropped - self._told_dropped, self._reader.dropped
        self._out.write(text)
        self._out.flush()
        if lost:
            print(f"{lost} lines left out: the output is read too slowly.", file=sys.stderr)


async def run(console: Console, out: TextIO, *, as_json: bool = False, seconds: float | None = None) -> int:
    """Run the console until a signal, until the output breaks, or for `seconds`; returns the exit code.

    With `seconds` (the demo) the code is 1 when no station was heard in that time.
    """
    printer = Printer(out, Narrator(as_json=as_json))
    console.bus.attach(printer.offer)
    signalled: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    end_on_signals(signalled.set_result)
    ending: list[asyncio.Future[Any]] = [signalled]
    try:
        await console.start()
        ending.append(writing := asyncio.create_task(printer.run()))
        await asyncio.wait(ending, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await console.stop()  # also when it could not start: what was opened before has to be closed
    printer.finish()
    await asyncio.wait({writing}, timeout=_LAST_LINES_SECONDS)
    code = signalled.result() if signalled.done() else 0
    if not writing.done():
        os._exit(code)  # a thread is stuck in a pipe that nobody empties; everything else is closed
    if isinstance(writing.exception(), OSError):
        _forget(out)
        return code or _BROKEN_PIPE
    writing.result()
    if seconds is not None and not code and not printer.heard:
        print("No station was heard.", file=sys.stderr)
        return 1
    return code


def _forget(out: TextIO) -> None:
    """Points a broken stdout at nothing, so that the interpreter's last flush does not complain."""
    if out is sys.stdout:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, out.fileno())
