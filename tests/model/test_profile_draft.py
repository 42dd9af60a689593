"""Profiles written by hand: the line of periods, what is wrong with a draft, the payload of each version."""

import pytest
from tape import NOON

from ocpp_console.model.charging import read_profile
from ocpp_console.model.profile_draft import KINDS, PURPOSES, Draft, draft_of, read_periods, seconds_of
from ocpp_console.protocol.schemas import check


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("90s", 90), ("30m", 1800), ("1h30m", 5400), ("1:30", 5400), ("2h", 7200), ("", None), ("x", None),
     ("1:2:3", None), ("٣m", None)],
)  # fmt: skip
def test_times(text, seconds):
    assert seconds_of(text) == seconds


def test_a_line_of_periods():
    wishes, problem = read_periods("0 16; 30m 10.55 x1, 2h 32A")
    assert not problem
    assert wishes == [(0, (16.0,), None), (1800, (10.6,), 1), (7200, (32.0,), None)]
    assert read_periods("16/10/8 x3")[0] == [(0, (16.0, 10.0, 8.0), 3)]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "at least one limit"),
        ("  ;", "at least one limit"),
        ("nonsense", "is no period"),
        ("x1", "is no period"),
        ("0 16 17", "is no period"),
        ("30m 16", "begins at 0"),
        ("0 16; 0 10", "later than the one before"),
        ("1e5", "is no period"),
        ("-6", "is no period"),
    ],
)
def test_what_is_wrong_with_a_line(text, problem):
    assert problem in read_periods(text)[1]


@pytest.mark.parametrize("version", ["1.6", "2.0.1", "2.1"])
def test_every_purpose_and_kind_gives_a_valid_payload(version):
    for purpose in PURPOSES[version]:
        for kind in KINDS[version]:
            draft = Draft(
                0 if purpose.endswith("MaxProfile") else 1,
                5,
                purpose=purpose,
                kind=kind,
                recurrency="Daily" if kind == "Recurring" else "",
                periods="0 16.1; 1h 8 x1",
                transaction="12" if purpose == "TxProfile" else "",
                duration=7200,
                valid_from="2026-11-20T14:00Z",
            )
            assert not draft.problem(version)
            assert not check(version, "SetChargingProfile", "request", draft.payload(version, NOON))


def test_single_phases_are_a_matter_of_2_1():
    draft = Draft(1, 5, periods="16/10/8")
    assert "2.1 only" in draft.problem("2.0.1")
    assert not draft.problem("2.1")
    assert not check("2.1", "SetChargingProfile", "request", draft.payload("2.1", NOON))


@pytest.mark.parametrize(
    ("draft", "version", "problem"),
    [
        (Draft(0, 1, purpose="TxProfile"), "1.6", "one connector"),
        (Draft(1, 1, purpose="TxProfile"), "2.0.1", "needs its transaction"),
        (Draft(1, 1, purpose="ChargePointMaxProfile"), "1.6", "connector or EVSE 0"),
        (Draft(1, 1, kind="Recurring"), "1.6", "Daily or Weekly"),
        (Draft(1, 1, start="soon"), "1.6", "start: write a time"),
    ],
)
def test_what_is_wrong_with_a_draft(draft, version, problem):
    assert problem in draft.problem(version)


def test_a_transaction_id_is_a_number_in_1_6():
    draft = Draft(1, 1, purpose="TxProfile", transaction="9223372036854775807")
    assert draft.payload("1.6", NOON)["csChargingProfiles"]["transactionId"] == 9223372036854775807
    assert draft.payload("2.1", NOON)["chargingProfile"]["transactionId"] == "9223372036854775807"


def test_now_began_a_minute_ago_for_clocks_that_are_behind():
    schedule = Draft(1, 1).payload("1.6", NOON)["csChargingProfiles"]["chargingSchedule"]
    assert schedule["startSchedule"] == "2026-11-20T11:59:00Z"
    relative = Draft(1, 1, kind="Relative").payload("1.6", NOON)["csChargingProfiles"]["chargingSchedule"]
    assert "startSchedule" not in relative


def test_a_known_profile_comes_back_as_it_was():
    payload = Draft(2, 4, periods="0 16; 1h 8 x1", level=3, duration=7200).payload("2.0.1", NOON)
    profile = read_profile(payload["chargingProfile"])
    assert profile is not None
    assert draft_of(profile, 2).payload("2.0.1", NOON) == payload
