"""Why a station may have refused a charging profile: what makers are known for, held against this very profile."""

from collections.abc import Callable
from typing import NamedTuple

from ocpp_console.model.charging import Profile
from ocpp_console.model.stated import rate_units, stated_number, stated_off
from ocpp_console.model.station import Station

Fits = Callable[[Profile, Station], bool]


class ChargingHint(NamedTuple):
    """One thing that is known to make stations refuse."""

    text: str
    fits: Fits
    makers: tuple[str, ...] = ()
    """Where it was seen, in small letters; a station of such a maker is told first."""
    certain: bool = False
    """The station's own statements say so."""


def _unit_not_taken(profile: Profile, station: Station) -> bool:
    units = rate_units(station)
    return bool(units) and profile.schedule.unit not in units


def _level_too_high(profile: Profile, station: Station) -> bool:
    most = stated_number(station, "max_stack_level")
    return most is not None and profile.level > most


def _too_many_periods(profile: Profile, station: Station) -> bool:
    most = stated_number(station, "max_periods")
    return most is not None and len(profile.schedule.periods) > most


def _limit_is(profile: Profile, fits: Callable[[float], bool]) -> bool:
    return any(fits(period.limit) for period in profile.schedule.periods)


CHARGING_HINTS: tuple[ChargingHint, ...] = (
    ChargingHint("It states that it takes another unit: {units}.", _unit_not_taken, certain=True),
    ChargingHint("It states that its highest stack level is {max_stack_level}.", _level_too_high, certain=True),
    ChargingHint("It states that a schedule has at most {max_periods} periods.", _too_many_periods, certain=True),
    ChargingHint(
        "Smart charging is switched off in its settings.",
        lambda profile, station: stated_off(station, "smart_charging"),
        certain=True,
    ),
    ChargingHint(
        "A profile for the whole station must be Absolute at some makers.",
        lambda profile, station: profile.of_station and profile.kind != "Absolute",
        ("autel",),
    ),
    ChargingHint(
        "Profiles for the whole station are refused by some makers, or by a limit set on site: try TxDefaultProfile.",
        lambda profile, station: profile.of_station,
        ("evbox", "schneider", "timxon"),
    ),
    ChargingHint(
        "Stack level 0 is the only one some stations know.", lambda profile, station: profile.level > 0, ("abb",)
    ),
    ChargingHint(
        "A limit of 0 is refused by some: to pause, try the least they charge with, or stop the session.",
        lambda profile, station: _limit_is(profile, lambda limit: limit == 0),
        ("abb", "wallbox"),
    ),
    ChargingHint(
        "Less than 6 A cannot be told to a car (IEC 61851): try 6 A or more.",
        lambda profile, station: profile.schedule.unit == "A" and _limit_is(profile, lambda limit: 0 < limit < 6),
    ),
    ChargingHint(
        "A TxProfile needs its transactionId while that session runs: try TxDefaultProfile outside of one.",
        lambda profile, station: profile.purpose == "TxProfile",
    ),
    ChargingHint(
        "A number of phases other than 3 is refused by stations that cannot switch phases.",
        lambda profile, station: any(period.phases in (1, 2) for period in profile.schedule.periods),
    ),
    ChargingHint("Try amperes instead of watts.", lambda profile, station: profile.schedule.unit == "W"),
    ChargingHint(
        "Some want a schedule without end: leave the duration out.",
        lambda profile, station: profile.schedule.duration is not None,
    ),
    ChargingHint(
        "Some stations refuse valid profiles; a reset helped at times.", lambda profile, station: True, ("wallbox",)
    ),
)
"""The likeliest first."""

SHOWN = 3


def charging_hints(profile: Profile, station: Station) -> list[str]:
    """The likeliest reasons for a refusal, at most three: what it states itself, its maker's habits, then others."""
    maker = station.vendor.casefold()
    fitting = [hint for hint in CHARGING_HINTS if hint.fits(profile, station)]
    ranked = sorted(fitting, key=lambda hint: (not hint.certain, not any(name in maker for name in hint.makers)))
    known = {
        "units": " and ".join(rate_units(station)),
        "max_stack_level": stated_number(station, "max_stack_level"),
        "max_periods": stated_number(station, "max_periods"),
    }
    certain = [hint for hint in ranked if hint.certain]
    return [hint.text.format(**known) for hint in (certain or ranked)[:SHOWN]]
