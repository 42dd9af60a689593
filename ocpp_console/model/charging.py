"""Charging profiles as steps over time: both worlds' payloads read alike, and the limit that holds at a moment."""

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from ocpp_console.model.reading import entries, mapping, number, text, whole
from ocpp_console.model.times import DAY, SECOND, parse_time
from ocpp_console.protocol.frames import JsonValue

VOLTS = 230.0
"""Between a phase and neutral; turns amperes into watts for the curve and nothing else."""
USUAL_PHASES = 3
"""When a period names no number of phases (1.6 §7.15, 2.x ChargingSchedulePeriodType)."""

STATION_PURPOSES = frozenset(
    {"ChargePointMaxProfile", "ChargingStationMaxProfile", "ChargingStationExternalConstraints", "LocalGeneration"}
)
"""They hold beside the profile of a session; the lowest limit counts."""

MOST_PERIODS = 1_024
"""2.x allows no more in one schedule."""
HIGHEST = 1e9
"""Watts; a station that says more is making it up."""
LONGEST = 10**9
"""Seconds."""
MOST_STEPS = 1_000
"""Of one curve."""

_CYCLES = {"Daily": DAY, "Weekly": 7 * DAY}


class Period(NamedTuple):
    """One step of a schedule."""

    start: int
    """Seconds after the schedule began."""
    limit: float
    """Watts of all phases together, or amperes of each."""
    phases: int | None = None
    others: tuple[float, ...] = ()
    """2.1: the limits of L2 and L3, when they differ; `limit` is L1's then."""

    def value(self, unit: str, wanted: str) -> float:
        """The limit in `wanted` ("A" or "W"), when the schedule counts in `unit`."""
        if unit == wanted:
            return self.limit + sum(self.others) if wanted == "W" else max(self.limit, *self.others, self.limit)
        phases = self.phases or USUAL_PHASES
        if wanted == "W":
            return (self.limit + sum(self.others) if self.others else self.limit * phases) * VOLTS
        return (self.limit + sum(self.others)) / (VOLTS * (1 + len(self.others) if self.others else phases))


class Schedule(NamedTuple):
    """Periods in one unit."""

    unit: str
    """`A` or `W`."""
    periods: tuple[Period, ...]
    """By their start; never empty."""
    start: int | None = None
    """µs; None when it begins with the session."""
    duration: int | None = None
    """Seconds; None when the last period goes on."""

    def period_after(self, elapsed: int) -> Period | None:
        """The period `elapsed` seconds after the start; None before the first and after the end."""
        if self.duration is not None and elapsed >= self.duration:
            return None
        index = bisect_right(self.periods, elapsed, key=lambda period: period.start)
        return self.periods[index - 1] if index else None


class Profile(NamedTuple):
    """One charging profile of either version; of several schedules (ISO 15118) the first."""

    id: int
    level: int
    purpose: str
    kind: str
    recurrency: str
    valid_from: int | None
    valid_to: int | None
    transaction: str
    """The session a TxProfile belongs to, as text; empty when it names none."""
    schedule: Schedule

    @property
    def of_station(self) -> bool:
        """It limits the station as a whole, beside what rules the session."""
        return self.purpose in STATION_PURPOSES

    def period_at(self, at: int, begun: int | None) -> Period | None:
        """What it says about the moment `at`; `begun` is when the session began, or the profile was set."""
        if (self.valid_from is not None and at < self.valid_from) or (
            self.valid_to is not None and at >= self.valid_to
        ):
            return None
        elapsed = self._elapsed(at, begun)
        return None if elapsed is None else self.schedule.period_after(elapsed)

    def _elapsed(self, at: int, begun: int | None) -> int | None:
        """Seconds since the schedule began, within its day or week when it recurs; None before it began."""
        origin = self._origin(begun)
        if origin is None or at < origin:
            return None
        cycle = _CYCLES.get(self.recurrency) if self.kind == "Recurring" else None
        return ((at - origin) % cycle if cycle else at - origin) // SECOND

    def _origin(self, begun: int | None) -> int | None:
        return self.schedule.start if self.schedule.start is not None and self.kind != "Relative" else begun

    def changes(self, begin: int, end: int, begun: int | None) -> list[int]:
        """Moments between `begin` and `end` at which it may say something else."""
        origin = self._origin(begun)
        found = [moment for moment in (self.valid_from, self.valid_to, origin) if moment is not None]
        if origin is not None:
            offsets = [period.start for period in self.schedule.periods]
            offsets += [self.schedule.duration] if self.schedule.duration is not None else []
            cycle = _CYCLES.get(self.recurrency) if self.kind == "Recurring" else None
            first = max(0, (begin - origin) // cycle) * cycle if cycle else 0
            starts = range(origin + first, max(end, origin + first + 1), cycle) if cycle else (origin,)
            for start in starts:
                found += [start + offset * SECOND for offset in offsets]
                if len(found) > MOST_STEPS:
                    break
        return [moment for moment in found if begin < moment < end]


Step = tuple[int, float | None]
"""From this moment (µs) on: the limit, or None where nothing limits."""


def steps(profile: Profile, begin: int, end: int, begun: int | None, unit: str) -> list[Step]:
    """The profile between two moments as steps in `unit`."""

    def value(at: int) -> float | None:
        period = profile.period_at(at, begun)
        return None if period is None else period.value(profile.schedule.unit, unit)

    moments = sorted({begin, *profile.changes(begin, end, begun)})
    return join([(moment, value(moment)) for moment in moments])


def join(found: Iterable[Step]) -> list[Step]:
    """The same curve with steps that change nothing left out."""
    kept: list[Step] = []
    for step in found:
        if not kept or kept[-1][1] != step[1]:
            kept.append(step)
    return kept


def read_schedule(value: JsonValue, start: JsonValue = None) -> Schedule | None:
    """A chargingSchedule of either version; None when there is nothing in it that can be drawn."""
    document = mapping(value)
    periods = [
        period for entry in entries(document.get("chargingSchedulePeriod"))[:MOST_PERIODS] if (period := _period(entry))
    ]
    if not periods:
        return None
    unit = "W" if text(document.get("chargingRateUnit")).strip().upper() == "W" else "A"
    said = document.get("startSchedule")
    begins = parse_time(said if said is not None else start)
    duration = whole(document.get("duration"))
    duration = duration if duration is None or abs(duration) <= LONGEST else None
    return Schedule(unit, tuple(sorted(periods, key=lambda period: period.start)), begins, duration)


def _period(entry: dict[str, JsonValue]) -> Period | None:
    """One chargingSchedulePeriod; a `setpoint` stands in for a limit (2.1 dynamic control)."""
    limit = number(entry.get("limit"))
    if limit is None:
        limit = number(entry.get("setpoint"))
    start = whole(entry.get("startPeriod"))
    if limit is None or abs(limit) > HIGHEST or start is None or abs(start) > LONGEST:
        return None
    more = (number(entry.get(name)) for name in ("limit_L2", "limit_L3"))
    others = tuple(value for value in more if value is not None and abs(value) <= HIGHEST)
    phases = whole(entry.get("numberPhases"))
    return Period(start, limit, phases if phases in (1, 2, 3) else None, others)


def read_profile(value: JsonValue) -> Profile | None:
    """A charging profile of either version; None when it has no schedule that can be drawn."""
    document = mapping(value)
    listed = document.get("chargingSchedule")
    schedule = next((found for entry in entries(listed)[:3] if (found := read_schedule(entry))), None)
    if schedule is None:
        return None
    id = whole(document.get("chargingProfileId"))
    if id is None:
        id = whole(document.get("id"))
    return Profile(
        id=id or 0,
        level=whole(document.get("stackLevel")) or 0,
        purpose=text(document.get("chargingProfilePurpose")),
        kind=text(document.get("chargingProfileKind")),
        recurrency=text(document.get("recurrencyKind")),
        valid_from=parse_time(document.get("validFrom")),
        valid_to=parse_time(document.get("validTo")),
        transaction=text(document.get("transactionId")),
        schedule=schedule,
    )
