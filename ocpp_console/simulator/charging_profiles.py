"""The charging profiles a station was given, and the limit that follows from them.

Profiles come in the two spellings of 1.6 and 2.0.1, with property names as the `ocpp` package hands them to a handler.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

STATION_MAXIMUM = {"ChargePointMaxProfile", "ChargingStationMaxProfile", "ChargingStationExternalConstraints"}
VOLTS = 230.0


class Profile(NamedTuple):
    """One profile and where it holds."""

    id: int
    place: int
    """Connector or EVSE; 0 for the whole station."""
    stack_level: int
    purpose: str
    unit: str
    """`W` or `A`."""
    periods: tuple[tuple[float, float], ...]
    """(seconds from its start, limit in `unit`)."""
    since: float
    """Station time at which it was set."""
    document: Mapping[str, Any]
    """As it was received."""


def read_profile(document: Mapping[str, Any], place: int, since: float) -> Profile | None:
    """The profile in `document`, of either version; of several schedules the first is followed.

    None for a schedule without periods, which the schema of 1.6 lets through.
    """
    schedule = document["charging_schedule"]
    if isinstance(schedule, list):
        schedule = schedule[0]
    periods = tuple(
        (float(period["start_period"]), float(period["limit"])) for period in schedule["charging_schedule_period"]
    )
    if not periods:
        return None
    return Profile(
        id=document.get("charging_profile_id", document.get("id", 0)),
        place=place,
        stack_level=document["stack_level"],
        purpose=document["charging_profile_purpose"],
        unit=schedule["charging_rate_unit"],
        periods=periods,
        since=since,
        document=document,
    )


class ChargingProfiles:
    """All profiles of a station."""

    def __init__(self, phases: int) -> None:
        """`phases` turns amperes into watts."""
        self._profiles: dict[int, Profile] = {}
        self._watts_per_ampere = VOLTS * phases

    def put(self, document: Mapping[str, Any], place: int, now: float) -> bool:
        """Keep a profile; one with the same id, or the same purpose, level and place, gives way to it.

        Returns:
            Whether it could be followed.
        """
        profile = read_profile(document, place, now)
        if profile is None:
            return False
        twin = (profile.place, profile.purpose, profile.stack_level)
        for other in list(self._profiles.values()):
            if (other.place, other.purpose, other.stack_level) == twin:
                del self._profiles[other.id]
        self._profiles[profile.id] = profile
        return True

    def clear(self, id: int | None, place: int | None, purpose: str | None, level: int | None) -> int:
        """Remove what fits (None fits all); how many went."""
        gone = self.matching([id] if id is not None else None, place, purpose, level)
        for profile in gone:
            del self._profiles[profile.id]
        return len(gone)

    def matching(
        self, ids: Sequence[int] | None, place: int | None, purpose: str | None, level: int | None
    ) -> list[Profile]:
        """The profiles that fit every criterion given."""
        return [
            profile
            for profile in self._profiles.values()
            if (ids is None or profile.id in ids)
            and place in (None, profile.place)
            and purpose in (None, profile.purpose)
            and level in (None, profile.stack_level)
        ]

    def end_transaction(self, place: int) -> None:
        """TxProfiles end with their transaction."""
        self.clear(None, place, "TxProfile", None)

    def limit_w(self, place: int, now: float) -> float | None:
        """The limit for a connector at station time `now`, in watts; None where nothing limits it."""
        limits = [self._limit_of(profile, now) for profile in self._governing(place)]
        return min(limits, default=None)

    def schedule(self, place: int, now: float, max_w: float, unit: str) -> list[dict[str, Any]]:
        """The periods of the composite schedule: what limits `place` from `now` on, in `unit`."""
        factor = self._watts_per_ampere if unit == "A" else 1.0
        starts = {0.0}
        for profile in self._governing(place):
            starts.update(start - (now - profile.since) for start, _ in profile.periods)
        return [
            {"start_period": int(start), "limit": round(min(self.limit_w(place, now + start) or 0, max_w) / factor, 1)}
            if self._governing(place)
            else {"start_period": 0, "limit": round(max_w / factor, 1)}
            for start in sorted(start for start in starts if start >= 0)
        ]

    def _governing(self, place: int) -> list[Profile]:
        """The station's maximum, and the one profile that rules the transaction: TxProfile before TxDefaultProfile."""
        here = [profile for profile in self._profiles.values() if profile.place in (0, place)]
        found = [profile for profile in here if profile.purpose in STATION_MAXIMUM]
        for purpose in ("TxProfile", "TxDefaultProfile"):
            rulers = [profile for profile in here if profile.purpose == purpose]
            if rulers:
                # A profile of the connector itself goes before one of the whole station, then the higher stack level.
                found.append(max(rulers, key=lambda profile: (profile.place != 0, profile.stack_level)))
                break
        return found

    def _limit_of(self, profile: Profile, now: float) -> float:
        elapsed = now - profile.since
        limit = profile.periods[0][1]
        for start, value in profile.periods:
            if start <= elapsed:
                limit = value
        return limit * self._watts_per_ampere if profile.unit == "A" else limit
