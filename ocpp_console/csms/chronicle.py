"""Facts on their way to the bus: published so that a fault in the model ends nothing, and never told in a flood."""

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple

from ocpp_console.bus import Bus
from ocpp_console.clock import now_us
from ocpp_console.csms.answers import AnswerContext
from ocpp_console.csms.ledger import Ledger
from ocpp_console.events import Fact, NoteWritten
from ocpp_console.model.fleet import MOST_STATIONS
from ocpp_console.settings import Settings

FAULTS_PER_MINUTE = 1
"""Faults of our own of one kind that are told one by one: a fault in the model would fill the log by itself."""


class _Tally:
    """Things of one kind within a minute."""

    __slots__ = ("count", "since", "untold")

    def __init__(self, since: float, untold: int) -> None:
        self.since = since
        self.count = 0
        self.untold = untold


class Means(NamedTuple):
    """What the engine gives every front to work with."""

    settings: Settings
    bus: Bus
    answers: AnswerContext
    ledger: Ledger
    clock: Callable[[], int] = now_us
    """Gives µs UTC for facts; deadlines run on the loop's own time, which nobody can set."""


class Chronicle:
    """Where the stations of one front meet, and their facts are written. Everything runs in one event loop."""

    def __init__(self, means: Means) -> None:
        """With what it shares with every other front."""
        self.settings, self.bus, self.answers, self.ledger, self.clock = means
        self.loop = asyncio.get_running_loop()
        self._tallies: dict[tuple[str, str], _Tally] = {}

    def publish(self, fact: Fact) -> Any:
        """Publish a fact. A fault in the model must not end a connection: it is noted instead."""
        try:
            return self.bus.publish(fact)
        except Exception as problem:
            if type(fact) is not NoteWritten:  # else not even a note can be taken; stations are served all the same
                self.fault(getattr(fact, "station", ""), f"{type(fact).__name__} could not be taken in", problem)
            return None

    def note(self, station: str, code: str, text: str) -> None:
        """Write a sentence into the log."""
        self.publish(NoteWritten(self.bus.number(), self.clock(), station, code, text))

    def note_seldom(self, station: str, code: str, text: str, most: int = 20) -> None:
        """Write a sentence of which there may be many; `most` of a kind in a minute, the others are counted."""
        more = self.told((code, ""), most)
        if more is not None:
            self.note(station, code, text + more)

    def newcomer(self, identity: str) -> None:
        """Say it when a station nobody knew takes the place of another: anybody can make identities up."""
        known = self.answers.fleet.stations
        if len(known) >= MOST_STATIONS and identity not in known:
            text = (
                f"{MOST_STATIONS} stations are known, the most that are kept. {identity} is new: of those offline the "
                "one known longest is forgotten for it. Is somebody making identities up? Doors tells who comes."
            )
            self.note_seldom(identity, "full", text, 1)

    def fault(self, station: str, what: str, problem: Exception) -> None:
        """Write a fault of our own into the log; one that is repeated is told once a minute, with its count."""
        more = self.told((what, type(problem).__name__), FAULTS_PER_MINUTE)
        if more is not None:
            self.note(station, "internal_error", f"{what}: {type(problem).__name__}: {problem}{more}")

    def told(self, key: tuple[str, str], most: int) -> str | None:
        """Count something that may come in a loop; None when it is not told, else a word about those before it."""
        now = self.loop.time()
        tally = self._tallies.get(key)
        if tally is None or now - tally.since > 60:
            if len(self._tallies) > 1_000:
                self._tallies.clear()
            tally = self._tallies[key] = _Tally(now, tally.untold if tally else 0)
        tally.count += 1
        if tally.count > most:
            tally.untold += 1
            return None
        untold, tally.untold = tally.untold, 0
        return f" ({untold} more like this were not listed.)" if untold else ""
