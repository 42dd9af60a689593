"""Readings and writings that run for the configuration page: one at a time for each station, each with its progress."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ocpp_console.clock import hms
from ocpp_console.glyphs import ATTENTION, BUSY, GOOD, QUIET, WRONG
from ocpp_console.model.configurations import Configuration, Setting
from ocpp_console.model.secrets import masked
from ocpp_console.procedures.link import CallRefused
from ocpp_console.procedures.variable_changes import Change, Outcome, write
from ocpp_console.procedures.variables import FULL, Step, read_all, read_report, read_some
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.widgets.columns import Piece

if TYPE_CHECKING:
    from textual.worker import Worker

    from ocpp_console.engine import Engine

PURPOSE = "configuration"
"""What the calls are for, in the history of commands."""

LONGEST_LIST = 4
"""Notes or changes that are named one by one in the line below the table."""


@dataclass(slots=True)
class Job:
    """One reading or writing, and what came of it."""

    verb: str
    """reading, writing."""
    station: str
    running: bool = True
    step: Step | None = None
    lines: list[Piece] = field(default_factory=list)
    """What came of it, once it is over."""
    changes: Sequence[Change] = ()
    revision: int = 0
    """Goes up with every change."""
    worker: "Worker[None] | None" = None

    def tell(self, step: Step) -> None:
        """Take a step of the procedure."""
        self.step = step
        self.revision += 1

    def end(self, *lines: Piece) -> None:
        """It is over."""
        self.running, self.lines = False, list(lines)
        self.revision += 1

    def told(self) -> list[Piece]:
        """What the line below the table says."""
        if not self.running:
            return self.lines
        step = self.step
        count = f" {step.done} of {step.total}," if step is not None and step.total else ""
        return [(f"◐ {self.verb}{count} {step.text if step is not None else ''}…   c cancels", BUSY)]


Run = Callable[[Coroutine[Any, Any, None]], "Worker[None]"]
"""Starts a coroutine as a worker of the page."""


class Jobs:
    """The last job of each station. `run` starts a worker, `ended` is called when one is over."""

    def __init__(self, engine: "Engine", run: Run, ended: Callable[[Job], None]) -> None:
        """Nothing runs."""
        self.engine, self._run, self._ended = engine, run, ended
        self._last: dict[str, Job] = {}

    def of(self, station: str) -> Job | None:
        """What runs at a station, or ran last."""
        return self._last.get(station)

    def busy(self, station: str) -> bool:
        """Something runs at a station."""
        job = self._last.get(station)
        return job is not None and job.running

    def cancel(self, station: str) -> bool:
        """Stop what runs; False when nothing does."""
        job = self._last.get(station)
        if job is None or not job.running or job.worker is None:
            return False
        job.worker.cancel()
        return True

    def read(self, station: str, base: str = FULL) -> Job:
        """Read everything."""
        return self._begin(Job("reading", station), lambda job: self._read(job, base))

    def read_report(self, station: str, wanted: dict[str, JsonValue]) -> Job:
        """Read the part of the device model that a GetReport asks for."""
        return self._begin(Job("reading", station), lambda job: self._read_report(job, wanted))

    def read_again(self, station: str, settings: Sequence[Setting]) -> Job:
        """Read some values again."""
        return self._begin(Job("reading", station), lambda job: self._read_again(job, settings))

    def write(self, station: str, changes: Sequence[Change], why: str) -> Job:
        """Write changes; what was set before is kept under `why` first."""
        return self._begin(Job("writing", station, changes=changes), lambda job: self._write(job, why))

    def _begin(self, job: Job, work: Callable[[Job], Coroutine[Any, Any, None]]) -> Job:
        """Start a job, unless one runs at its station: then that one is returned."""
        if self.busy(job.station):
            return self._last[job.station]
        self._last[job.station] = job
        job.worker = self._run(self._watched(job, work(job)))
        return job

    async def _watched(self, job: Job, work: Coroutine[Any, Any, None]) -> None:
        """Do the work; whatever stands in its way becomes its end."""
        try:
            await work
        except asyncio.CancelledError:
            job.end(("Cancelled: what was sent by then is sent, what was told is in the table.", ATTENTION))
            if job.changes:
                job.lines += _outcomes(job.changes)
            raise
        except CallRefused as refused:
            job.end((f"✗ {refused.text}", WRONG))
        except Exception as problem:
            job.end((f"✗ {getattr(problem, 'text', '') or f'{type(problem).__name__}: {problem}'}", WRONG))
        finally:
            self._ended(job)

    async def _read(self, job: Job, base: str) -> None:
        reading = await read_all(self.engine.link(job.station, PURPOSE), job.tell, base)
        station = self.engine.fleet.stations[job.station]
        at = self.engine.clock()
        if not reading.told:
            job.end((f"✗ Nothing was told. {' '.join(reading.notes)}", WRONG))
            return
        unknown = f", {len(station.variables.unknown)} not known to it" if station.variables.unknown else ""
        job.end((f"✓ {reading.told} read {hms(at)}Z{unknown}", GOOD), *[(note, ATTENTION) for note in reading.notes])
        if reading.whole:
            await self.engine.configurations.keep_if_new(Configuration.of(station, at, "as read", automatic=True))

    async def _read_report(self, job: Job, wanted: dict[str, JsonValue]) -> None:
        reading = await read_report(self.engine.link(job.station, PURPOSE), wanted, job.tell)
        notes = [(note, ATTENTION) for note in reading.notes]
        if reading.told:
            job.end((f"✓ {reading.told} read {hms(self.engine.clock())}Z", GOOD), *notes)
        else:
            job.end((f"▲ Nothing was told. {' '.join(reading.notes)}".rstrip(), ATTENTION))

    async def _read_again(self, job: Job, settings: Sequence[Setting]) -> None:
        notes = await read_some(self.engine.link(job.station, PURPOSE), settings, job.tell)
        job.end((f"✓ read again {hms(self.engine.clock())}Z", GOOD), *[(note, ATTENTION) for note in notes])

    async def _write(self, job: Job, why: str) -> None:
        station = self.engine.link(job.station, PURPOSE).station
        kept = Configuration.of(station, self.engine.clock(), why, automatic=True)
        await self.engine.configurations.keep(kept)
        await write(self.engine.link(job.station, PURPOSE), job.changes, job.tell)
        job.end(*_outcomes(job.changes))


_TONES = {
    Outcome.SET: ("✓", GOOD),
    Outcome.UNREAD: ("◐", ATTENTION),
    Outcome.REBOOT: ("◐", ATTENTION),
    Outcome.DIFFERS: ("▲", WRONG),
}


def _outcomes(changes: Sequence[Change]) -> list[Piece]:
    """The number of changes by outcome, then those that did not go as wanted."""
    if len(changes) == 1:
        return [_outcome(changes[0])]
    counts: dict[Outcome, int] = {}
    for change in changes:
        counts[change.outcome] = counts.get(change.outcome, 0) + 1
    summary = ", ".join(f"{count} {outcome.value}" for outcome, count in counts.items())
    odd = [change for change in changes if change.outcome is not Outcome.SET]
    more = [(f"and {len(odd) - LONGEST_LIST} more", QUIET)] if len(odd) > LONGEST_LIST else []
    tone = GOOD if not odd else ATTENTION
    return [(f"{'▲' if odd else '✓'} {summary}", tone), *map(_outcome, odd[:LONGEST_LIST]), *more]


def _outcome(change: Change) -> Piece:
    """One change, in a line."""
    glyph, tone = _TONES.get(change.outcome, ("✗", WRONG))
    value = masked(change.setting.name.variable, change.value) or "empty"
    return f"{glyph} {change.setting} = {value}: {change.outcome.value}. {change.text}".rstrip(), tone
