"""Why a profile may have been refused: the station's own statements first, then its maker's habits."""

from ocpp_console.model.charging import read_profile
from ocpp_console.model.charging_hints import charging_hints
from ocpp_console.model.profile_draft import Draft
from ocpp_console.model.station import Station
from ocpp_console.model.variables import VariableName


def hints(draft: Draft, vendor: str = "Acme", version: str = "1.6", **keys: str) -> list[str]:
    station = Station("CP", version=version, vendor=vendor)
    for key, value in keys.items():
        component, _, variable = key.rpartition("_")
        station.variables.heard(VariableName(component, variable), value, 1)
    payload = draft.payload(version, 0)
    profile = read_profile(payload.get("csChargingProfiles") or payload["chargingProfile"])
    assert profile is not None
    return charging_hints(profile, station)


def test_what_the_station_states_itself_is_told_alone():
    found = hints(
        Draft(1, 1, unit="A", level=9),
        ChargingScheduleAllowedChargingRateUnit=" Power ",
        ChargeProfileMaxStackLevel="3",
    )
    assert found == ["It states that it takes another unit: W.", "It states that its highest stack level is 3."]
    assert hints(Draft(1, 1, unit="W"), version="2.0.1", SmartChargingCtrlr_RateUnit="A") == [
        "It states that it takes another unit: A."
    ]


def test_too_many_periods():
    assert "at most 1 periods" in hints(Draft(1, 1, periods="0 16; 1h 8"), ChargingScheduleMaxPeriods="1")[0]


def test_the_maker_goes_first():
    level = "Stack level 0 is the only one some stations know."
    assert hints(Draft(1, 1, level=2, periods="0"), vendor="ABB")[0] == level
    assert "must be Absolute" in hints(Draft(0, 1, purpose="ChargePointMaxProfile", kind="Relative"), vendor="Autel")[0]
    assert "limit of 0" in hints(Draft(1, 1, periods="0"), vendor="Wallbox Chargers")[0]


def test_at_most_three():
    assert (
        len(hints(Draft(0, 1, purpose="ChargePointMaxProfile", kind="Relative", level=1, periods="0", unit="W"))) == 3
    )
