from typing import Any

import pytest

from ocpp_console.simulator.charging_profiles import ChargingProfiles


def profile_16(id: int, purpose: str, limit: float, *, level: int = 0, unit: str = "W", **more: Any) -> dict[str, Any]:
    return {
        "charging_profile_id": id,
        "stack_level": level,
        "charging_profile_purpose": purpose,
        "charging_profile_kind": "Relative",
        "charging_schedule": {
            "charging_rate_unit": unit,
            "charging_schedule_period": more.get("periods", [{"start_period": 0, "limit": limit}]),
        },
    }


def profile_201(id: int, purpose: str, limit: float) -> dict[str, Any]:
    document = profile_16(id, purpose, limit)
    document["id"] = document.pop("charging_profile_id")
    document["charging_schedule"] = [document["charging_schedule"]]
    return document


@pytest.fixture
def profiles() -> ChargingProfiles:
    return ChargingProfiles(phases=3)


def put(profiles: ChargingProfiles, document: dict[str, Any], place: int, since: float = 0.0) -> None:
    assert profiles.put(document, place, since)


def test_nothing_limits_at_first(profiles):
    assert profiles.limit_w(1, 0) is None
    assert profiles.schedule(1, 0, 11_040, "A") == [{"start_period": 0, "limit": 16.0}]


def test_both_versions_are_read(profiles):
    put(profiles, profile_16(1, "TxDefaultProfile", 7_000), 1)
    put(profiles, profile_201(2, "TxDefaultProfile", 5_000), 2)
    assert (profiles.limit_w(1, 0), profiles.limit_w(2, 0)) == (7_000, 5_000)


def test_amperes_become_watts_over_three_phases(profiles):
    put(profiles, profile_16(1, "TxDefaultProfile", 10, unit="A"), 0)
    assert profiles.limit_w(1, 0) == 6_900


def test_the_transaction_goes_before_the_default_and_the_station_caps_both(profiles):
    put(profiles, profile_16(1, "TxDefaultProfile", 4_000), 0)
    put(profiles, profile_16(2, "TxProfile", 9_000), 1)
    assert profiles.limit_w(1, 0) == 9_000
    put(profiles, profile_16(3, "ChargePointMaxProfile", 6_000), 0)
    assert profiles.limit_w(1, 0) == 6_000
    profiles.end_transaction(1)
    assert profiles.limit_w(1, 0) == 4_000


def test_the_higher_stack_level_rules(profiles):
    put(profiles, profile_16(1, "TxDefaultProfile", 4_000, level=1), 1)
    put(profiles, profile_16(2, "TxDefaultProfile", 8_000, level=5), 1)
    assert profiles.limit_w(1, 0) == 8_000


def test_periods_follow_each_other_from_the_moment_it_was_set(profiles):
    periods = [{"start_period": 0, "limit": 8_000}, {"start_period": 60, "limit": 2_000}]
    put(profiles, profile_16(1, "TxDefaultProfile", 0, periods=periods), 1, since=1_000)
    assert [profiles.limit_w(1, at) for at in (1_000, 1_059, 1_060)] == [8_000, 8_000, 2_000]
    assert profiles.schedule(1, 1_020, 11_000, "W") == [
        {"start_period": 0, "limit": 8_000},
        {"start_period": 40, "limit": 2_000},
    ]


def test_a_schedule_without_periods_cannot_be_followed(profiles):
    assert not profiles.put(profile_16(1, "TxDefaultProfile", 0, periods=[]), 1, 0)
    assert profiles.limit_w(1, 0) is None


def test_a_limit_of_zero_is_a_limit(profiles):
    put(profiles, profile_16(1, "TxDefaultProfile", 0), 1)
    assert profiles.limit_w(1, 0) == 0
    assert profiles.schedule(1, 0, 11_000, "W") == [{"start_period": 0, "limit": 0}]


def test_clearing_takes_what_fits_and_counts(profiles):
    put(profiles, profile_16(1, "TxDefaultProfile", 1), 1)
    put(profiles, profile_16(2, "TxDefaultProfile", 1), 2)
    put(profiles, profile_16(3, "ChargePointMaxProfile", 1), 0)
    assert profiles.clear(None, 2, "TxDefaultProfile", None) == 1
    assert profiles.clear(9, None, None, None) == 0
    assert profiles.clear(None, None, None, None) == 2


def test_a_profile_of_the_same_kind_and_place_gives_way(profiles):
    put(profiles, profile_16(1, "TxDefaultProfile", 1_000), 1)
    put(profiles, profile_16(2, "TxDefaultProfile", 2_000), 1)
    assert [one.id for one in profiles.matching(None, None, None, None)] == [2]
