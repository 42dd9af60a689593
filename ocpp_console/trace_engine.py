"""An engine that shows a recording: the same model and screens, but no listener, no commands, its own database.

The facts go into a database in a temporary folder, so that a log of any length can be scrolled and searched like a live
one, without being held in memory. The user's own database is not touched.
"""

import asyncio
import dataclasses
import shutil
import tempfile
import time
from array import array
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

from ocpp_console.checkpoints import Checkpoints, Moment, Place
from ocpp_console.clock import now_us
from ocpp_console.csms.connection import Connection
from ocpp_console.engine import CallRefused, Engine
from ocpp_console.events import Fact
from ocpp_console.model.fleet import Fleet
from ocpp_console.model.rules.ending import end_of_trace
from ocpp_console.outputs.traces.source import Trace
from ocpp_console.playback import Playback, Reel
from ocpp_console.settings import Settings
from ocpp_console.station_desk import StationDesk
from ocpp_console.store.lock import is_free

MOST_BEHIND = 20_000
"""Facts that may wait for the database before loading waits for it."""

_WAIT_SECONDS = 0.02
_SLICE_SECONDS = 0.012
"""For which facts are folded before keys and drawing have their turn."""


_FOLDERS = "ocpp-console-open-"
_FILE = "recording.db"


def sweep(parent: Path) -> None:
    """Remove the databases of recordings whose console was killed, and only those: nobody holds their lock."""
    for lock in parent.glob(f"{_FOLDERS}*/{_FILE}.lock"):
        if is_free(lock):
            shutil.rmtree(lock.parent, ignore_errors=True)


class Recording:
    """How far a trace is loaded. The status line shows it in place of the address that is listened on."""

    def __init__(self, trace: Trace) -> None:
        """Nothing is loaded yet."""
        self.trace = trace
        self.facts = 0
        self.first_at = 0
        """The time of the earliest fact, µs."""
        self.last_at = 0
        """The time of the newest fact, µs."""
        self.loading = True
        self.stopped = False
        """The operator broke it off."""

    @property
    def in_part(self) -> bool:
        """More happened, or may still happen, than is loaded: nothing is told of an end."""
        return self.stopped or self.trace.goes_on

    @property
    def nothing(self) -> str:
        """Why nothing is shown, where something should be."""
        if self.loading:
            return "Nothing so far: the file is still being read."
        if not self.trace.unread:
            return "No message is in this file."
        return "Nothing in this file can be read as OCPP.\nF2 lists the lines, and why."

    @property
    def standing(self) -> str:
        """The file, and what is to be known of it, in a few words."""
        count = self.trace.unread
        unread = f", {count} {'line' if count == 1 else 'lines'} not readable" if count else ""
        if self.loading:
            return f"{self.trace.name}, loading {self.trace.progress:.0%}{unread}"
        return f"{self.trace.name}{', loaded in part' if self.stopped else ''}{unread}"


class TraceEngine(Engine):
    """What `ocpp-console open` runs. `recording` tells how far it is; everything else reads like a live console."""

    def __init__(self, settings: Settings, trace: Trace) -> None:
        """Show `trace` read only; of `settings` what concerns network and database does not apply."""
        sweep(Path(tempfile.gettempdir()))
        self._folder = tempfile.TemporaryDirectory(prefix=_FOLDERS)
        own = str(Path(self._folder.name) / _FILE)
        quiet = dataclasses.replace(settings, db=own, durability="normal", read_only=True, demo=False, policy="last")
        super().__init__(quiet, self._time)
        self.recording = Recording(trace)
        self._before = 0
        self._work: asyncio.Task[None] | None = None
        self._checkpoints = Checkpoints(Path(self._folder.name))
        self._found = array("q")
        """After how many facts something was found."""
        self.playback = Playback(self, self._show, self.report)
        """Where in the time of the trace the screens are; untouched, at its end."""

    def _time(self) -> int:
        """The time of the recording, which stands still at its end: ages are those of that moment."""
        recording = getattr(self, "recording", None)
        if recording is None or not recording.last_at:
            return now_us()
        if not self.playback.whole:
            return self.playback.at
        return int(recording.last_at) + (0 if recording.loading else 1_000_000)

    async def start(self) -> None:
        """Begin to load; pages can be looked at meanwhile.

        Raises:
            StoreProblem: there is no room for the temporary database.
        """
        self._persistence.recording = True
        await self._persistence.open()
        self._before = self.bus.last_seq
        self.recording.trace.number_from(self._before)
        self._work = asyncio.get_running_loop().create_task(self._load())

    async def stop(self) -> None:
        """End the loading and remove the temporary database. Safe to call twice."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)
        await self.playback.stop()
        await self._persistence.close()
        self._folder.cleanup()

    def stop_loading(self) -> None:
        """Keep what is loaded so far."""
        self.recording.stopped = self.recording.loading

    async def loaded(self) -> None:
        """Wait until everything is loaded."""
        if self._work is not None:
            await asyncio.wait({self._work})

    async def _load(self) -> None:
        """Fold the facts in slices; whatever breaks the reading ends it with a sentence."""
        recording = self.recording
        facts = recording.trace.facts()
        try:
            for _ in self._slices(facts):
                if self._checkpoints.due(recording.facts):
                    await self._persistence.written()  # an answer that comes later has a number of its own then
                    moment = Moment(recording.last_at, self.bus.last_seq, recording.facts)
                    self._checkpoints.keep(self.fleet, moment)
                await asyncio.sleep(0 if self._persistence.behind < MOST_BEHIND else _WAIT_SECONDS)
            if not recording.in_part:
                end_of_trace(self.fleet, recording.last_at)
        except Exception as problem:
            text = getattr(problem, "text", "") or getattr(problem, "strerror", "") or str(problem)
            self.report(f"{recording.trace.name} cannot be read on: {text}")
        finally:
            recording.loading = False
            first, last, in_part = recording.first_at, recording.last_at, recording.in_part
            self.playback.begin(first, last, recording.facts, self._found, in_part=in_part)
            self.bus.last_seq += 1  # so that the screens look once more

    def _slices(self, facts: Iterator[Fact]) -> Iterator[None]:
        """Fold for a few milliseconds at a time, until the end or until somebody stops it."""
        recording, until = self.recording, time.perf_counter() + _SLICE_SECONDS
        for fact in facts:
            waiting = self.findings.waiting
            self.bus.publish(fact)
            recording.facts += 1
            if self.findings.waiting > waiting:
                self._found.append(recording.facts)
            recording.last_at = max(recording.last_at, fact.at)
            recording.first_at = min(recording.first_at or fact.at, fact.at)
            self.bus.last_seq = max(self.bus.last_seq, fact.seq)
            if time.perf_counter() >= until:
                yield
                if recording.stopped:
                    return
                until = time.perf_counter() + _SLICE_SECONDS

    # ------------------------------------------------------------- what playback reads

    def wind(self, place: Place) -> Reel:
        """The model at the newest moment that is kept with nothing beyond a place, and the facts after it."""
        while (moment := self._checkpoints.before(place)) is not None:
            fleet = self._checkpoints.fleet_at(moment)
            if fleet is not None:
                return Reel(self._taken_over(fleet), self._facts_from(moment.seq), moment)
        fleet = self._taken_over(Fleet(log_rows=self.settings.log_rows))
        return Reel(fleet, self._facts_from(self._before), Moment(self.recording.first_at))

    def reach(self, place: Place) -> int:
        """After how many facts `wind` begins."""
        moment = self._checkpoints.before(place)
        return moment.count if moment is not None else 0

    def keep_near(self, reel: Reel) -> None:
        """Keep where a reel is, until another is kept so."""
        self._checkpoints.keep_near(reel.fleet, Moment(reel.at, reel.seq, reel.count))

    async def _facts_from(self, seq: int) -> AsyncGenerator[Fact]:
        """The facts after a number, of the database: reading the file anew would take several times as long."""
        async for fact in self._persistence.facts_after(seq):
            yield fact

    def _taken_over(self, fleet: Fleet) -> Fleet:
        """The model of another moment, with what the operator did: settings, tags, what is known or hidden."""
        shown = self.fleet
        fleet.station_settings = shown.station_settings
        for station in fleet.stations.values():
            station.settings = shown.station_settings.of(station.identity)
        fleet.id_tags.set_policy(shown.id_tags.policy)
        for tag in shown.id_tags.all():
            if fleet.id_tags.get(tag.token) is None:
                fleet.id_tags.put(tag)
        fleet.found.hidden, fleet.found.keep_hidden = shown.found.hidden, shown.found.keep_hidden
        fleet.found.take_over(shown.found)
        for station in fleet.stations.values():
            station.findings = fleet.found.waiting_of(station.found)
        return fleet

    def _show(self, fleet: Fleet, upto: int | None) -> None:
        """The screens show this fleet; facts above the number `upto` have not happened yet."""
        if fleet is not self.fleet:
            self.fleet, self.findings = fleet, fleet.found
            self.station_settings = StationDesk(fleet, self._persistence.keep_station_settings)
        self.log.show(fleet, upto)
        self.bus.last_seq += 1  # so that the screens look

    def _reachable(self, station: str) -> Connection:
        """Nobody can be reached."""
        raise CallRefused(f"{self.recording.trace.name} is a recording: no station listens, so nothing can be sent.")
