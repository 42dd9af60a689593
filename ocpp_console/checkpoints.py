"""Moments of a trace to begin from: the model as it was, kept in files beside the database of the trace.

A place anywhere in half a million facts is then a few thousand facts away. The files are ours alone: the folder is made
by `tempfile` for this one console, and goes with it.
"""

import pickle
import zlib
from pathlib import Path
from time import perf_counter
from typing import Literal, NamedTuple

from ocpp_console.model.fleet import Fleet

MOST = 64
"""Moments that are kept; of more, every other one goes."""
LEAST_FACTS = 1_000
"""Between two moments."""
SHARE = 5
"""Folding between two moments takes at least so many times as long as keeping one did."""

Axis = Literal["at", "count", "seq"]


class Place(NamedTuple):
    """Somewhere in a trace: by time (µs), by how many facts have happened, or by the number of a fact."""

    axis: Axis
    value: int

    def holds(self, spot: "Moment") -> bool:
        """Nothing that is there lies beyond this place."""
        return int(getattr(spot, self.axis)) <= self.value


class Moment:
    """A moment of a trace, by all three."""

    __slots__ = ("at", "count", "seq")

    def __init__(self, at: int, seq: int = 0, count: int = 0) -> None:
        """The time (µs) and number of the newest fact, and how many there were."""
        self.at = at
        self.seq = seq
        self.count = count


class Checkpoints:
    """The moments that are kept. What cannot be kept or read any more is left out: the way is longer then."""

    def __init__(self, folder: Path) -> None:
        """Files go into `folder`, whose owner removes it."""
        self._folder = folder
        self._kept: list[Moment] = []
        self._near: Moment | None = None
        """One more, shortly before where somebody steps back."""
        self._cost = 0.0
        self._last = perf_counter()

    def due(self, count: int) -> bool:
        """After so many facts another moment is worth its time."""
        since = count - (self._kept[-1].count if self._kept else 0)
        return since >= LEAST_FACTS and perf_counter() - self._last >= SHARE * self._cost

    def keep(self, fleet: Fleet, moment: Moment) -> None:
        """Keep this one; nothing of it is stored later than what the database has by now."""
        begun = perf_counter()
        if self._write(fleet, moment.count):
            self._kept.append(moment)
        if len(self._kept) > MOST:
            for gone in self._kept[::2]:
                self._file(gone.count).unlink(missing_ok=True)
            self._kept = self._kept[1::2]
        self._last = perf_counter()
        self._cost = self._last - begun

    def keep_near(self, fleet: Fleet, moment: Moment) -> None:
        """Keep this one until another is: whoever steps back once will do so again."""
        before, self._near = self._near, None
        if before is not None:
            self._file(before.count, "near").unlink(missing_ok=True)
        if self._write(fleet, moment.count, "near"):
            self._near = moment

    def before(self, place: Place) -> Moment | None:
        """The newest moment with nothing beyond a place."""
        kept = [*self._kept, *([self._near] if self._near is not None else ())]
        return max((each for each in kept if place.holds(each)), key=lambda each: each.count, default=None)

    def fleet_at(self, moment: Moment) -> Fleet | None:
        """The model as it was then; None when it cannot be read any more."""
        try:
            packed = self._file(moment.count, "near" if moment is self._near else "").read_bytes()
            fleet = pickle.loads(zlib.decompress(packed))
        except Exception:
            self._kept = [each for each in self._kept if each is not moment]
            self._near = None if moment is self._near else self._near
            return None
        assert isinstance(fleet, Fleet)
        return fleet

    def _write(self, fleet: Fleet, count: int, kind: str = "") -> bool:
        """Whether it could be written."""
        try:
            self._file(count, kind).write_bytes(zlib.compress(pickle.dumps(fleet, pickle.HIGHEST_PROTOCOL), 1))
        except Exception:  # a full disk, or a value nested too deeply: without it all works, only slower
            self._file(count, kind).unlink(missing_ok=True)
            return False
        return True

    def _file(self, count: int, kind: str = "") -> Path:
        return self._folder / f"moment-{count}{kind}"
