"""A charging profile as somebody writes it by hand, and the payload it becomes in each version."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from ocpp_console.model.charging import Profile
from ocpp_console.model.reading import whole
from ocpp_console.model.times import SECOND, parse_time, time_text
from ocpp_console.protocol.frames import JsonValue

STATION_MAXIMUM = {"1.6": "ChargePointMaxProfile"}
"""The purpose for the whole station; `ChargingStationMaxProfile` in 2.x."""

PURPOSES: dict[str, tuple[str, ...]] = {
    "1.6": ("TxDefaultProfile", "TxProfile", "ChargePointMaxProfile"),
    "2.0.1": ("TxDefaultProfile", "TxProfile", "ChargingStationMaxProfile", "ChargingStationExternalConstraints"),
    "2.1": (
        "TxDefaultProfile",
        "TxProfile",
        "ChargingStationMaxProfile",
        "ChargingStationExternalConstraints",
        "PriorityCharging",
        "LocalGeneration",
    ),
}
KINDS: dict[str, tuple[str, ...]] = {
    "1.6": ("Absolute", "Recurring", "Relative"),
    "2.0.1": ("Absolute", "Recurring", "Relative"),
    "2.1": ("Absolute", "Recurring", "Relative", "Dynamic"),
}
RECURRENCIES = ("Daily", "Weekly")

PERIODS_HELP = "16   or   0 16; 30m 10; 2h 32 x1   (from when, limit, phases; 2.1: 16/10/10 for L1/L2/L3)"

_BACK = 60 * SECOND
"""How long ago a schedule begins that is to hold now: a station whose clock is behind would wait for it otherwise."""

_TIME = re.compile(r"(?:(\d{1,3})h)?(?:(\d{1,4})m(?:in)?)?(?:(\d{1,7})s?)?", re.ASCII)
_LIMIT = re.compile(
    r"(\d{1,7}(?:\.\d{1,3})?)(?:/(\d{1,7}(?:\.\d{1,3})?))?(?:/(\d{1,7}(?:\.\d{1,3})?))?[AWaw]?", re.ASCII
)


class Wish(NamedTuple):
    """One period as written."""

    start: int
    limits: tuple[float, ...]
    """One, or those of L1, L2, L3."""
    phases: int | None


def seconds_of(text: str) -> int | None:
    """`90`, `90s`, `30m`, `1h30m`, `1:30` (hours and minutes) as seconds; None when it is none of these."""
    if ":" in text:
        hours, _, minutes = text.partition(":")
        if hours.isdigit() and minutes.isdigit() and len(text) <= 6:
            return int(hours) * 3600 + int(minutes) * 60
        return None
    match = _TIME.fullmatch(text)
    if match is None or not text:
        return None
    spans = [int(part or 0) for part in match.groups()]
    return spans[0] * 3600 + spans[1] * 60 + spans[2]


def read_periods(text: str) -> tuple[list[Wish], str]:
    """The periods of a line like `0 16; 30m 10 x1`, and what is wrong with it as a sentence."""
    wishes: list[Wish] = []
    for item in (part.split() for part in re.split(r"[;,]", text)):
        if not item:
            continue
        phases = None
        if re.fullmatch(r"x[123]", item[-1].lower()):
            phases = int(item.pop()[1])
        start = 0 if len(item) == 1 else seconds_of(item[0].lower()) if len(item) == 2 else None
        limit = _LIMIT.fullmatch(item[-1]) if item else None
        if start is None or limit is None:
            return [], f"'{' '.join(item)}' is no period: write when it begins and its limit, like 30m 16."
        if wishes and start <= wishes[-1].start:
            return [], "Each period begins later than the one before."
        if not wishes and start:
            return [], "The first period begins at 0."
        wishes.append(Wish(start, tuple(round(float(part), 1) for part in limit.groups() if part), phases))
    return wishes, "" if wishes else "Write at least one limit, like 16."


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything a profile can say that the builder offers. Empty texts are left out."""

    place: int
    """Connector (1.6) or EVSE (2.x); 0 for the station."""
    id: int
    purpose: str = "TxDefaultProfile"
    kind: str = "Absolute"
    level: int = 0
    unit: str = "A"
    periods: str = "16"
    """See `PERIODS_HELP`."""
    start: str = ""
    """When the schedule begins; empty: a minute ago, unless it is Relative."""
    duration: int | None = None
    recurrency: str = ""
    valid_from: str = ""
    valid_to: str = ""
    transaction: str = ""

    def problem(self, version: str) -> str:
        """Why this cannot be sent, as a sentence; empty when it can."""
        wishes, problem = read_periods(self.periods)
        if problem:
            return problem
        if version != "2.1" and any(len(wish.limits) > 1 for wish in wishes):
            return "Limits of single phases exist in OCPP 2.1 only."
        named = (("start", self.start), ("valid from", self.valid_from), ("valid to", self.valid_to))
        for name, text in named:
            if text and parse_time(text) is None:
                return f"{name}: write a time like 2026-11-20T14:00:00Z."
        if self.kind == "Recurring" and not self.recurrency:
            return "A recurring profile is Daily or Weekly."
        if self.purpose == "TxProfile" and not self.place:
            return "A TxProfile belongs to one connector, not to the station."
        if self.purpose == "TxProfile" and version != "1.6" and not self.transaction:
            return "A TxProfile needs its transaction; outside of one, choose TxDefaultProfile."
        if self.purpose == STATION_MAXIMUM.get(version, "ChargingStationMaxProfile") and self.place:
            return "The maximum of the station belongs to connector or EVSE 0."
        return ""

    def payload(self, version: str, now: int) -> dict[str, JsonValue]:
        """The SetChargingProfile of this version."""
        profile: dict[str, JsonValue] = {"chargingProfileId" if version == "1.6" else "id": self.id}
        if self.transaction and self.purpose == "TxProfile":
            number = whole(self.transaction) if version == "1.6" else None
            profile["transactionId"] = self.transaction if number is None else number
        profile |= {
            "stackLevel": self.level,
            "chargingProfilePurpose": self.purpose,
            "chargingProfileKind": self.kind,
        }
        if self.kind == "Recurring" and self.recurrency:
            profile["recurrencyKind"] = self.recurrency
        profile |= {
            name: _time(text) for name, text in (("validFrom", self.valid_from), ("validTo", self.valid_to)) if text
        }
        schedule = self._schedule(version, now)
        profile["chargingSchedule"] = schedule if version == "1.6" else [schedule]
        if version == "1.6":
            return {"connectorId": self.place, "csChargingProfiles": profile}
        return {"evseId": self.place, "chargingProfile": profile}

    def _schedule(self, version: str, now: int) -> dict[str, JsonValue]:
        schedule: dict[str, JsonValue] = {} if version == "1.6" else {"id": 1}
        if self.duration:
            schedule["duration"] = self.duration
        if self.kind not in ("Relative", "Dynamic"):
            schedule["startSchedule"] = _time(self.start) if self.start else time_text(now - _BACK)
        schedule["chargingRateUnit"] = self.unit
        schedule["chargingSchedulePeriod"] = [_period(wish) for wish in read_periods(self.periods)[0]]
        return schedule


def _time(text: str) -> str:
    """A time as OCPP writes it; what cannot be read goes out as it was written."""
    moment = parse_time(text)
    return text if moment is None else time_text(moment)


def _period(wish: Wish) -> dict[str, JsonValue]:
    limits: list[float | int] = [int(limit) if limit.is_integer() else limit for limit in wish.limits]
    period: dict[str, JsonValue] = {"startPeriod": wish.start, "limit": limits[0]}
    period |= dict(zip(("limit_L2", "limit_L3"), limits[1:], strict=False))
    return period | ({"numberPhases": wish.phases} if wish.phases else {})


def draft_of(profile: Profile, place: int) -> Draft:
    """A known profile, to be changed and sent again."""
    schedule = profile.schedule
    periods = "; ".join(
        f"{period.start} {'/'.join(f'{limit:g}' for limit in (period.limit, *period.others))}"
        + (f" x{period.phases}" if period.phases else "")
        for period in schedule.periods
    )
    return Draft(
        place,
        profile.id,
        purpose=profile.purpose,
        kind=profile.kind,
        level=profile.level,
        unit=schedule.unit,
        periods=periods,
        start=time_text(schedule.start) if schedule.start is not None else "",
        duration=schedule.duration,
        recurrency=profile.recurrency,
        valid_from=time_text(profile.valid_from) if profile.valid_from is not None else "",
        valid_to=time_text(profile.valid_to) if profile.valid_to is not None else "",
        transaction=profile.transaction,
    )
