"""What one station is known to limit: profiles it accepted or reported, and the composite schedules it worked out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Self

from ocpp_console.model.charging import MOST_STEPS, Period, Profile, Schedule, Step, join, read_profile, read_schedule
from ocpp_console.model.documents import Document
from ocpp_console.model.reading import mapping, text, whole
from ocpp_console.model.transactions import Transaction
from ocpp_console.protocol.frames import JsonValue

MOST_PROFILES = 200
"""Per station; a station that reports more is making them up."""
MOST_COMPOSITES = 50


@dataclass(slots=True)
class Known:
    """A profile that a station has."""

    place: int
    """Connector (1.6) or EVSE (2.x); 0 is the station."""
    profile: Profile
    document: dict[str, JsonValue]
    """As it was sent or reported, in wire names."""
    at: int
    """When it was accepted or reported (µs)."""
    source: str
    """`set` by us, `start` with a remote start, or who the station says it came from (CSO, EMS, SO, Other)."""
    transaction: str = ""
    """The session it holds for; empty for all, or for the next one."""

    def holds_for(self, session: Transaction | None) -> bool:
        """It rules this session, or this place while none runs."""
        if self.profile.purpose != "TxProfile":
            return True
        if session is None:
            return False
        return session.id == self.transaction or (not self.transaction and session.started_at >= self.at)

    def begun(self, session: Transaction | None) -> int:
        """From when on a relative schedule counts."""
        return session.started_at if session is not None and session.started_at else self.at


class Composite(NamedTuple):
    """What a station answered to GetCompositeSchedule."""

    place: int
    at: int
    """When the answer came."""
    schedule: Schedule
    document: Document
    """The answer."""

    def steps(self, begin: int, end: int, unit: str) -> list[Step]:
        """Its course between two moments in `unit`."""
        start = self.schedule.start if self.schedule.start is not None else self.at
        moments = {begin, start, *(start + period.start * 1_000_000 for period in self.schedule.periods)}
        if self.schedule.duration is not None:
            moments.add(start + self.schedule.duration * 1_000_000)
        found: list[Step] = []
        for moment in sorted(each for each in moments if begin <= each < end):
            period = self.schedule.period_after((moment - start) // 1_000_000) if moment >= start else None
            found.append((moment, None if period is None else period.value(self.schedule.unit, unit)))
        return join(found)


class Limit(NamedTuple):
    """The limit at a moment, and the profile that sets it."""

    period: Period
    known: Known

    def value(self, unit: str) -> float:
        """In `A` or `W`."""
        return self.period.value(self.known.profile.schedule.unit, unit)


@dataclass(slots=True)
class ChargingBook:
    """Everything about charging limits of one station; changed only by the folds of `arrangements`."""

    profiles: dict[int, Known] = field(default_factory=dict)
    """By profile id, in the order they became known."""
    composites: dict[int, Composite] = field(default_factory=dict)
    """The newest answer by place."""
    external: dict[int, str] = field(default_factory=dict)
    """2.x: who else limits a place, in words, from NotifyChargingLimit until ClearedChargingLimit."""
    read_at: int = 0
    """When all profiles were reported last (µs); 0 for never."""
    _reading: tuple[int, int, frozenset[int]] | None = None
    """A report of all profiles that is under way: requestId, since, ids reported so far."""

    def __bool__(self) -> bool:
        """Anything is known."""
        return bool(self.profiles or self.composites or self.external or self.read_at)

    # changes

    def put(self, place: int, document: dict[str, JsonValue], at: int, source: str, transaction: str = "") -> None:
        """A profile the station has from `at` on; one with its id, or its purpose and level here, gives way."""
        profile = read_profile(document)
        if profile is None:
            return
        for other in [known for known in self.profiles.values() if _same_role(known, place, profile, transaction)]:
            del self.profiles[other.profile.id]
        self.profiles.pop(profile.id, None)
        if len(self.profiles) >= MOST_PROFILES:
            del self.profiles[next(iter(self.profiles))]
        self.profiles[profile.id] = Known(place, profile, document, at, source, profile.transaction or transaction)
        if self._reading is not None:
            request, since, seen = self._reading
            self._reading = request, since, seen | {profile.id}

    def drop(self, id: int | None, place: int | None, purpose: str, level: int | None) -> None:
        """Profiles were cleared: those that fit every criterion given."""
        for known in list(self.profiles.values()):
            profile = known.profile
            if (
                id in (None, profile.id)
                and place in (None, known.place)
                and purpose in ("", profile.purpose)
                and level in (None, profile.level)
            ):
                del self.profiles[profile.id]

    def begin_reading(self, request: int, at: int) -> None:
        """The station will report every profile it has."""
        self._reading = request, at, frozenset()

    def end_reading(self, request: int, at: int) -> None:
        """It has: what it did not report and was there before is gone."""
        if self._reading is None or self._reading[0] != request:
            return
        _, since, seen = self._reading
        self._reading, self.read_at = None, at
        for id, known in list(self.profiles.items()):
            if id not in seen and known.at <= since:
                del self.profiles[id]

    def none_reported(self, at: int) -> None:
        """The station says it has no profile at all."""
        self.profiles.clear()
        self._reading, self.read_at = None, at

    def composed(self, place: int, answer: dict[str, JsonValue], at: int) -> None:
        """An answer to GetCompositeSchedule; one that cannot be read is left out."""
        composite = read_composite(place, answer, at)
        if composite is not None and (place in self.composites or len(self.composites) < MOST_COMPOSITES):
            self.composites[place] = composite

    def forget_sessions(self, running: set[str]) -> bool:
        """TxProfiles end with their session (1.6 §3.13.1, 2.x K01.FR.38): drop those of sessions that do not run."""
        over = [
            id
            for id, known in self.profiles.items()
            if known.profile.purpose == "TxProfile" and known.transaction and known.transaction not in running
        ]
        for id in over:
            del self.profiles[id]
        return bool(over)

    # questions

    def at_place(self, place: int) -> Iterator[Known]:
        """The profiles that have a say at a place: its own and the station's."""
        return (known for known in self.profiles.values() if known.place in (0, place) or not place)

    def limit(self, place: int, at: int, session: Transaction | None) -> Limit | None:
        """What holds at a place (0: for the station as a whole) at a moment, as far as known here.

        The highest stack level with a period for the moment rules its purpose; a TxProfile goes before a
        TxDefaultProfile, that of a connector before one of the station; the station's maximum holds beside it.
        """
        best: dict[str, tuple[tuple[bool, bool, int], Limit]] = {}
        for known in self.profiles.values():
            if known.place not in (0, place) or not known.holds_for(session):
                continue
            if not place and not known.profile.of_station:
                continue
            period = known.profile.period_at(at, known.begun(session))
            if period is None:
                continue
            profile = known.profile
            role = profile.purpose if profile.of_station else "session"
            rank = (profile.purpose == "TxProfile", known.place != 0, profile.level)
            if role not in best or rank > best[role][0]:
                best[role] = rank, Limit(period, known)
        return min((limit for _, limit in best.values()), key=lambda limit: limit.value("W"), default=None)

    def course(self, place: int, begin: int, end: int, session: Transaction | None, unit: str) -> list[Step]:
        """What is expected to hold between two moments, as steps in `unit`."""
        moments = {begin}
        for known in self.at_place(place):
            moments.update(known.profile.changes(begin, end, known.begun(session)))
        found: list[Step] = []
        for moment in sorted(moments)[:MOST_STEPS]:
            limit = self.limit(place, moment, session)
            found.append((moment, None if limit is None else limit.value(unit)))
        return join(found)

    def next_id(self) -> int:
        """A profile id that is not taken."""
        return max((id for id in self.profiles if id < 2**31 - 1), default=0) + 1

    # documents

    def to_document(self) -> Document:
        """Everything worth keeping across a restart."""
        return {
            "profiles": [[k.place, k.at, k.source, k.transaction, k.document] for k in self.profiles.values()],
            "composites": [[c.place, c.at, c.document] for c in self.composites.values()],
            "external": [[place, words] for place, words in self.external.items()],
            "read_at": self.read_at,
        }

    @classmethod
    def from_document(cls, document: JsonValue) -> Self:
        """The book a document describes, as far as it can be read."""
        book, kept = cls(), mapping(document)
        for entry in _lists(kept.get("profiles"), 5)[:MOST_PROFILES]:
            book.put(whole(entry[0]) or 0, mapping(entry[4]), whole(entry[1]) or 0, text(entry[2]), text(entry[3]))
        for entry in _lists(kept.get("composites"), 3):
            book.composed(whole(entry[0]) or 0, mapping(entry[2]), whole(entry[1]) or 0)
        for entry in _lists(kept.get("external"), 2)[:MOST_COMPOSITES]:
            book.external[whole(entry[0]) or 0] = text(entry[1])
        book.read_at = whole(kept.get("read_at")) or 0
        return book


def read_composite(place: int, answer: dict[str, JsonValue], at: int) -> Composite | None:
    """An answer to GetCompositeSchedule of either version; None when it holds no schedule."""
    flat = mapping(answer.get("chargingSchedule"))  # 1.6
    whole_schedule = flat or mapping(answer.get("schedule"))
    start = answer.get("scheduleStart") if flat else whole_schedule.get("scheduleStart")
    schedule = read_schedule(whole_schedule, start)
    return None if schedule is None else Composite(place, at, schedule, answer)


def _same_role(known: Known, place: int, profile: Profile, transaction: str) -> bool:
    """Two profiles that cannot both stand (1.6 §5.16.2, 2.x K01.FR.05): same place, purpose and level."""
    other = known.profile
    if known.place != place or other.purpose != profile.purpose or other.level != profile.level:
        return False
    return profile.purpose != "TxProfile" or known.transaction == (profile.transaction or transaction)


def _lists(value: JsonValue, length: int) -> list[list[JsonValue]]:
    """The lists of so many parts in a list."""
    return [entry for entry in value if type(entry) is list and len(entry) == length] if type(value) is list else []
