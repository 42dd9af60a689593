"""Charging profiles of both worlds as steps over time."""

import pytest

from ocpp_console.model.charging import Period, read_profile, read_schedule, steps
from ocpp_console.model.times import DAY, SECOND, parse_time

START = parse_time("2026-11-20T12:00:00Z") or 0
HOUR = 3600 * SECOND


def profile_16(**changes):
    document = {
        "chargingProfileId": 7,
        "stackLevel": 2,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Absolute",
        "chargingSchedule": {
            "startSchedule": "2026-11-20T12:00:00Z",
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16}, {"startPeriod": 3600, "limit": 10.5}],
        },
    }
    return document | changes


def scheduled(**changes):
    return profile_16(chargingSchedule=profile_16()["chargingSchedule"] | changes)


def test_both_versions_read_alike():
    sixteen = profile_16()
    two = {key: value for key, value in sixteen.items() if key != "chargingProfileId"}
    two |= {"id": 7, "chargingSchedule": [{"id": 1, **sixteen["chargingSchedule"]}], "transactionId": "abc"}
    first, second = read_profile(sixteen), read_profile(two)
    assert first is not None
    assert second == first._replace(transaction="abc")
    assert (first.id, first.level, first.schedule.unit, first.schedule.start) == (7, 2, "A", START)


def test_steps_of_an_absolute_profile():
    profile = read_profile(scheduled(duration=7200))
    assert profile is not None
    found = steps(profile, START - HOUR, START + 4 * HOUR, None, "A")
    assert found == [(START - HOUR, None), (START, 16.0), (START + HOUR, 10.5), (START + 2 * HOUR, None)]


def test_a_relative_profile_counts_from_the_session():
    profile = read_profile(profile_16(chargingProfileKind="Relative"))
    assert profile is not None
    begun = START + 30 * 60 * SECOND
    assert steps(profile, START, START + 2 * HOUR, begun, "A") == [
        (START, None),
        (begun, 16.0),
        (begun + HOUR, 10.5),
    ]
    assert profile.period_at(START, None) is None


def test_a_daily_profile_recurs():
    profile = read_profile(profile_16(chargingProfileKind="Recurring", recurrencyKind="Daily"))
    assert profile is not None
    week = steps(profile, START, START + 3 * DAY, None, "A")
    assert [value for _, value in week] == [16.0, 10.5] * 3
    assert week[2][0] == START + DAY
    later = START + 30 * DAY + HOUR // 2
    assert steps(profile, later, later + HOUR, None, "A") == [(later, 16.0), (later + HOUR // 2, 10.5)]


def test_validity_cuts_it():
    profile = read_profile(profile_16(validFrom="2026-11-20T12:30:00Z", validTo="2026-11-20T12:45:00Z"))
    assert profile is not None
    assert [value for _, value in steps(profile, START, START + HOUR, None, "A")] == [None, 16.0, None]


@pytest.mark.parametrize(
    ("period", "unit", "wanted", "value"),
    [
        (Period(0, 16), "A", "A", 16),
        (Period(0, 16), "A", "W", 16 * 3 * 230),
        (Period(0, 16, phases=1), "A", "W", 16 * 230),
        (Period(0, 11_040), "W", "A", 16),
        (Period(0, 16, others=(10, 6)), "A", "W", 32 * 230),
        (Period(0, 3000, others=(2000, 1000)), "W", "W", 6000),
    ],
)
def test_units(period, unit, wanted, value):
    assert period.value(unit, wanted) == pytest.approx(value)


def test_a_schedule_that_cannot_be_drawn_is_none():
    assert read_schedule({"chargingRateUnit": "A", "chargingSchedulePeriod": []}) is None
    assert read_schedule({"chargingSchedulePeriod": [{"startPeriod": 0, "limit": 1e308}]}) is None
    assert read_profile({"chargingSchedule": "x"}) is None
    assert read_profile(None) is None


def test_a_setpoint_stands_in_for_a_limit():
    schedule = read_schedule(
        {"chargingRateUnit": "W", "chargingSchedulePeriod": [{"startPeriod": 0, "setpoint": -500}]}
    )
    assert schedule is not None
    assert schedule.periods[0].limit == -500
