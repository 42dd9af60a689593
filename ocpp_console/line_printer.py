"""Writes facts as lines from a thread, so that a full pipe holds up nothing but itself."""

import asyncio
from collections.abc import Callable
from typing import TextIO

from ocpp_console.bus import Reader
from ocpp_console.events import Fact, FrameReceived, ListenerStarted, NoteWritten
from ocpp_console.narration import Narrator
from ocpp_console.settings import Settings

_GATHER_SECONDS = 0.05
"""Between two writes: handing every line to the thread by itself costs more than making it."""
_LINES_AT_ONCE = 100
"""Lines made before stations are answered again."""


class Printer:
    """One output for lines. With the setting `quiet` only what concerns the console itself is told, as notices."""

    def __init__(self, out: TextIO, narrator: Narrator, settings: Settings, notice: Callable[[str], None]) -> None:
        """Lines go to `out`, notices to `notice`; `settings` is asked again for each fact."""
        self._out = out
        self._narrator = narrator
        self._settings = settings
        self._notice = notice
        self._reader = Reader()
        self._arrived = asyncio.Event()
        self._told_dropped = 0
        self._ending = False
        self.heard = asyncio.Event()
        """A station said something."""

    def offer(self, fact: Fact) -> None:
        """Take one fact; called by the bus."""
        if isinstance(fact, FrameReceived) and not self.heard.is_set():
            self.heard.set()
        if self._settings.quiet:
            self._narrator.follow(fact)
            # a listener that cannot be opened ends the program with that sentence
            if isinstance(fact, ListenerStarted) or (type(fact) is NoteWritten and not fact.station):
                self._notice(self._narrator.said(fact))
            return
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
            self._notice(f"{lost} lines left out: the output is read too slowly.")
