"""What cars ask for and plan, in words, and the profile that is made of it."""

import pytest
import traffic
from tape import NOON, SECOND, tape

from ocpp_console.model.charging_needs import profile_of, read_needs
from ocpp_console.model.transactions import Transaction
from ocpp_console.protocol import schemas

ACCEPTED = {"idTokenInfo": {"status": "Accepted"}}
AC = {"energyAmount": 11_000, "evMinCurrent": 6, "evMaxCurrent": 32, "evMaxVoltage": 400}
DC = {"evMaxCurrent": 200, "evMaxVoltage": 500, "energyAmount": 40_000, "evMaxPower": 80_000}


def asked(**needs):
    return {"evseId": 1, "chargingNeeds": {"requestedEnergyTransfer": "AC_three_phase", **needs}}


def drafted(payload, units=(), now=NOON):
    return profile_of(read_needs(payload), Transaction("CP", "T1", "2.0.1", evse=1), 7, units, now)


@pytest.mark.parametrize(
    ("needs", "units", "limit"),
    [
        ({"acChargingParameters": AC}, (), "32 x3 A"),
        ({"acChargingParameters": AC}, ("W",), "22080 x3 W"),
        # 11 kWh in four hours, with a fifth to spare: 3.3 kW on three phases, which is less than flows at all
        ({"acChargingParameters": AC, "departureTime": "2026-11-20T16:00:00Z"}, (), "6 x3 A"),
        ({"acChargingParameters": AC, "departureTime": "2026-11-20T13:00:00Z"}, (), "19.1 x3 A"),
        ({"acChargingParameters": AC, "departureTime": "2026-11-20T12:10:00Z"}, (), "32 x3 A"),
        ({"acChargingParameters": AC, "departureTime": "2020-01-01T00:00:00Z"}, (), "32 x3 A"),
        ({"acChargingParameters": AC, "requestedEnergyTransfer": "AC_single_phase"}, ("A", "W"), "32 x1 A"),
        ({"dcChargingParameters": DC, "requestedEnergyTransfer": "DC"}, (), "80000 W"),
        ({"dcChargingParameters": DC, "requestedEnergyTransfer": "DC"}, ("A",), "160 A"),
        (
            {"v2xChargingParameters": {"maxChargePower": 7400.0}, "requestedEnergyTransfer": "AC_BPT"},
            ("W",),
            "7400 x3 W",
        ),
    ],
)
def test_the_limit_that_is_made_of_needs(needs, units, limit):
    draft = drafted(asked(**needs), units)
    assert f"{draft.periods} {draft.unit}" == limit
    assert (draft.purpose, draft.transaction, draft.place) == ("TxProfile", "T1", 1)
    assert draft.problem("2.0.1") == ""
    assert schemas.check("2.0.1", "SetChargingProfile", "request", draft.payload("2.0.1", NOON)) == ()


@pytest.mark.parametrize(
    "payload", [{}, {"chargingNeeds": 5}, asked(acChargingParameters={"evMaxCurrent": "much"}), asked()]
)
def test_needs_that_name_no_limit_make_no_profile(payload):
    assert drafted(payload) is None
    assert read_needs(payload).words


def test_needs_and_plans_stand_with_their_session():
    t = tape("2.1")
    t.exchange(traffic.start(version="2.1", id="1"), ACCEPTED)
    session = t.fleet.transactions.get("CP", "T1")
    payload = asked(acChargingParameters=AC, departureTime="2026-11-20T16:00:00Z")
    t.exchange(traffic.call("NotifyEVChargingNeeds", payload, id="2"), {"status": "Accepted"})
    assert session.needs == "AC_three_phase, 11.0 kWh until 2026-11-20T16:00:00Z, 6 to 32 A"
    (told,) = t.fleet.arrangements.needs
    assert (told.session, told.evse, told.message.verdict) == ("T1", 1, "Accepted")
    periods = [{"startPeriod": 0, "limit": 16.0}, {"startPeriod": 600, "limit": 10.0}]
    schedule = {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": periods}
    plan = {"timeBase": traffic.NOON, "evseId": 1, "chargingSchedule": schedule}
    t.exchange(traffic.call("NotifyEVChargingSchedule", plan, id="3"), {"status": "Accepted"})
    assert session.plan == "plans 2 periods, at most 16 A"
    priority = {"transactionId": "T1", "activated": True}
    t.exchange(traffic.call("NotifyPriorityCharging", priority, id="4"), {})
    assert session.plan == "priority charging on"


def test_needs_without_a_session_are_only_a_row():
    t = tape("2.0.1")
    t.exchange(traffic.call("NotifyEVChargingNeeds", asked(), id="2"), {"status": "Rejected"})
    assert not t.fleet.arrangements.needs
    assert t.at > NOON - SECOND
