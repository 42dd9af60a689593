"""Charging limits, local lists and reservations follow from the traffic alone."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tape import NOON, SECOND, Tape, tape
from traffic import call, result, start, status, stop, transaction_event

from ocpp_console.model.arrangements import CALLED, REPLIED, Arrangements
from ocpp_console.model.fleet import Fleet
from ocpp_console.model.id_tags import IdTag
from ocpp_console.model.profile_draft import Draft
from ocpp_console.model.reservations import ReservationState

TAG = {"idTag": "04A2B3C4"}


def book(played: Tape):
    return played.fleet.arrangements.of(played.station).charging


def set_profile(played: Tape, draft: Draft, verdict: str = "Accepted", id: str = "c1") -> None:
    played.ask("SetChargingProfile", draft.payload(played.version, played.at), id)
    played.hear(result({"status": verdict}, id=id))


def limit(played: Tape, place: int = 1):
    session = next(iter(played.fleet.transactions.running(played.station)), None)
    found = book(played).limit(place, played.at, session)
    return None if found is None else found.value("A")


def test_an_accepted_profile_limits_and_a_refused_one_does_not():
    played = tape()
    set_profile(played, Draft(1, 1, periods="16"))
    set_profile(played, Draft(1, 2, periods="6", level=1), "Rejected", "c2")
    assert limit(played) == 16
    assert limit(played, 2) is None


def test_the_station_maximum_holds_beside_the_session():
    played = tape()
    set_profile(played, Draft(1, 1, periods="16"))
    set_profile(played, Draft(0, 2, purpose="ChargePointMaxProfile", periods="10"), id="c2")
    assert limit(played) == 10
    assert limit(played, 0) == 10


def test_a_higher_level_and_a_txprofile_go_first():
    played = tape()
    set_profile(played, Draft(0, 1, periods="20"))
    set_profile(played, Draft(1, 2, periods="16"), id="c2")
    set_profile(played, Draft(1, 3, periods="13", level=1), id="c3")
    assert limit(played) == 13
    played.exchange(start(), {"transactionId": 5, "idTagInfo": {"status": "Accepted"}})
    set_profile(played, Draft(1, 4, purpose="TxProfile", periods="8", transaction="5"), id="c4")
    assert limit(played) == 8
    played.exchange(stop(5), {})
    assert limit(played) == 13


def test_a_txprofile_without_transaction_belongs_to_the_session_at_its_connector():
    played = tape()
    played.exchange(start(), {"transactionId": 5, "idTagInfo": {"status": "Accepted"}})
    set_profile(played, Draft(1, 4, purpose="TxProfile", periods="8"))
    assert next(iter(book(played).profiles.values())).transaction == "5"
    played.exchange(stop(5), {})
    played.exchange(start(id="9"), {"transactionId": 6, "idTagInfo": {"status": "Accepted"}})
    assert limit(played) is None


def test_a_profile_that_came_with_a_remote_start():
    played = tape()
    profile = Draft(1, 9, purpose="TxProfile", periods="7").payload("1.6", played.at)["csChargingProfiles"]
    played.ask("RemoteStartTransaction", {**TAG, "connectorId": 1, "chargingProfile": profile})
    played.hear(result({"status": "Accepted"}, id="c1"))
    assert limit(played) is None
    played.exchange(start(), {"transactionId": 5, "idTagInfo": {"status": "Accepted"}})
    assert limit(played) == 7


@pytest.mark.parametrize(
    ("version", "asked", "left"),
    [
        ("1.6", {"id": 1}, [2, 3]),
        ("1.6", {"connectorId": 1}, [2]),
        ("1.6", {"chargingProfilePurpose": "TxDefaultProfile", "stackLevel": 1}, [1, 2]),
        ("1.6", {}, []),
        ("2.0.1", {"chargingProfileId": 2}, [1, 3]),
        ("2.0.1", {"chargingProfileCriteria": {"evseId": 1}}, [2]),
    ],
)
def test_clearing(version, asked, left):
    played = tape(version)
    for id, (place, level) in enumerate([(1, 0), (2, 0), (1, 1)], 1):
        set_profile(played, Draft(place, id, level=level), id=f"c{id}")
    played.ask("ClearChargingProfile", asked, "x")
    played.hear(result({"status": "Accepted"}, id="x"))
    assert list(book(played).profiles) == left


def report(played: Tape, *ids: int, request: int = 4, more: bool = False) -> None:
    profiles = [Draft(1, id, level=id).payload("2.0.1", played.at)["chargingProfile"] for id in ids]
    payload = {
        "requestId": request,
        "chargingLimitSource": "EMS",
        "evseId": 1,
        "chargingProfile": profiles,
        "tbc": more,
    }
    played.exchange(call("ReportChargingProfiles", payload, id=f"r{ids}"))


def test_what_a_full_report_leaves_out_is_gone():
    played = tape("2.0.1")
    set_profile(played, Draft(1, 1, level=1))
    set_profile(played, Draft(1, 2, level=2), id="c2")
    played.ask("GetChargingProfiles", {"requestId": 4, "chargingProfile": {}}, "g")
    played.hear(result({"status": "Accepted"}, id="g"))
    report(played, 2, more=True)
    assert set(book(played).profiles) == {1, 2}
    report(played, 3)
    assert {id: known.source for id, known in book(played).profiles.items()} == {2: "EMS", 3: "EMS"}


def test_no_profiles_clears_the_book():
    played = tape("2.0.1")
    set_profile(played, Draft(1, 1))
    played.ask("GetChargingProfiles", {"requestId": 4, "chargingProfile": {}}, "g")
    played.hear(result({"status": "NoProfiles"}, id="g"))
    assert not book(played).profiles


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
def test_the_composite_schedule_is_kept(version):
    played = tape(version)
    schedule = {
        "chargingRateUnit": "A",
        "duration": 7200,
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16}, {"startPeriod": 600, "limit": 8}],
    }
    moment = "2026-11-20T12:00:00Z"
    if version == "1.6":
        place, answer = {"connectorId": 1}, {"connectorId": 1, "scheduleStart": moment, "chargingSchedule": schedule}
    else:
        place, answer = {"evseId": 1}, {"schedule": {**schedule, "evseId": 1, "scheduleStart": moment}}
    played.ask("GetCompositeSchedule", {**place, "duration": 7200})
    played.hear(result({"status": "Accepted", **answer}, id="c1"))
    found = book(played).composites[1].steps(NOON, NOON + 10_000 * SECOND, "A")
    assert found == [(NOON, 16.0), (NOON + 600 * SECOND, 8.0), (NOON + 7200 * SECOND, None)]


def test_who_else_limits_is_told_until_it_is_over():
    played = tape("2.0.1")
    limited = {"chargingLimit": {"chargingLimitSource": "EMS", "isGridCritical": True}}
    played.exchange(call("NotifyChargingLimit", limited))
    assert book(played).external == {0: "EMS limits it, grid critical"}
    played.exchange(call("ClearedChargingLimit", {"chargingLimitSource": "EMS"}, id="2"))
    assert not book(played).external


# reservations


def reserve(
    played: Tape, verdict: str = "Accepted", id: int = 3, until: str = "2026-11-20T12:30:00Z", place: int = 1
) -> None:
    if played.version == "1.6":
        asked = {"connectorId": place, "expiryDate": until, **TAG, "reservationId": id}
    else:
        token = {"idToken": TAG["idTag"], "type": "ISO14443"}
        asked = {"id": id, "expiryDateTime": until, "idToken": token} | ({"evseId": place} if place else {})
    played.ask("ReserveNow", asked, f"r{id}")
    played.hear(result({"status": verdict}, id=f"r{id}"))


def reservation(played: Tape, id: int = 3):
    return played.fleet.arrangements.of(played.station).reservations.get(id)


@pytest.mark.parametrize("version", ["1.6", "2.0.1", "2.1"])
def test_a_reservation_stands_until_it_runs_out(version):
    played = tape(version)
    reserve(played)
    found = reservation(played)
    assert (found.place, found.token, found.state) == (1, "04A2B3C4", ReservationState.RESERVED)
    assert found.state_at(NOON + 1790 * SECOND) is ReservationState.RESERVED
    assert found.state_at(NOON + 1800 * SECOND) is ReservationState.EXPIRED


def test_a_refused_one_is_kept_with_its_reason():
    played = tape()
    reserve(played, "Occupied")
    assert (reservation(played).state, reservation(played).answer) == (ReservationState.REFUSED, "Occupied")


@pytest.mark.parametrize(("verdict", "state"), [("Accepted", "cancelled"), ("Rejected", "removed")])
def test_cancelling(verdict, state):
    played = tape()
    reserve(played)
    played.ask("CancelReservation", {"reservationId": 3}, "x")
    played.hear(result({"status": verdict}, id="x"))
    assert reservation(played).state == state


def test_the_session_that_uses_it():
    played = tape()
    reserve(played)
    played.exchange(start(reservationId=3), {"transactionId": 5, "idTagInfo": {"status": "Accepted"}})
    assert reservation(played).state is ReservationState.USED
    other = tape("2.0.1")
    reserve(other)
    other.exchange(transaction_event("Started", transaction="T9", reservationId=3))
    assert (reservation(other).state, reservation(other).transaction) == (ReservationState.USED, "T9")


def used(played: Tape, **fields):
    """A 1.6 station starts a session; the codes of what was odd about it."""
    row = played.exchange(start(**fields), {"transactionId": 5, "idTagInfo": {"status": "Accepted"}})
    return [finding.code for finding in row.call_findings if "RESERV" in finding.code]


def test_a_16_session_gives_the_reservation_its_number():
    played = tape()
    reserve(played)
    assert used(played, reservationId=3) == []
    assert reservation(played).transaction == "5"


def test_a_reservation_used_without_its_number_is_used_all_the_same():
    played = tape()
    reserve(played)
    assert used(played) == ["RESERVATION_NOT_NAMED"]
    assert (reservation(played).state, reservation(played).transaction) == (ReservationState.USED, "5")
    assert played.fleet.transactions.get("CP", "5").reservation_id == 3


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
def test_a_reservation_of_any_place_is_used_by_its_tag_at_the_first(version):
    played = tape(version)
    reserve(played, place=0)

    def begin(tag, connector, number):
        told = start(tag, connector, version, id=number, transaction=number)
        info = {"idTagInfo": {"status": "Accepted"}, "transactionId": int(number)}
        row = played.exchange(told, info if version == "1.6" else {"idTokenInfo": {"status": "Accepted"}})
        return [finding.code for finding in row.call_findings if "RESERV" in finding.code]

    assert begin("OTHER", 1, "7") == []  # another place may be free yet
    assert reservation(played).state is ReservationState.RESERVED
    assert begin("04A2B3C4", 2, "8") == ["RESERVATION_NOT_NAMED"]
    assert (reservation(played).state, reservation(played).transaction) == (ReservationState.USED, "8")
    assert played.fleet.transactions.get("CP", "8").reservation_id == 3
    assert begin("04A2B3C4", 3, "9") == []


def test_another_tag_in_the_reserved_place_is_said_and_uses_nothing():
    played = tape()
    reserve(played)
    assert used(played, idTag="OTHER") == ["RESERVED_FOR_ANOTHER"]
    assert reservation(played).state is ReservationState.RESERVED
    assert used(played, idTag="OTHER", connectorId=2, id="2") == []
    assert used(played, idTag="OTHER", reservationId=3, id="3") == ["RESERVATION_OTHER_TAG"]
    assert used(played, reservationId=77, id="4") == ["RESERVATION_UNKNOWN"]


def test_a_tag_of_the_reserved_group_may_use_it():
    played = tape()
    asked = {"connectorId": 1, "expiryDate": "2026-11-20T12:30:00Z", **TAG, "parentIdTag": "DEPOT", "reservationId": 3}
    played.ask("ReserveNow", asked, "r3")
    played.hear(result({"status": "Accepted"}, id="r3"))
    played.fleet.id_tags.put(IdTag("OTHER", parent="depot"))
    assert used(played, idTag="OTHER", reservationId=3) == []


def test_after_it_ran_out_anybody_may_charge():
    played = tape()
    reserve(played)
    played.at += 3600 * SECOND
    assert used(played, idTag="OTHER") == []


def test_a_2x_session_is_looked_at_when_its_tag_comes():
    played = tape("2.0.1")
    reserve(played)
    other = {"idToken": "OTHER", "type": "ISO14443"}
    row = played.exchange(transaction_event("Started", transaction="T9", evse={"id": 1}, id="1"), {})
    assert not [finding for finding in row.call_findings if "RESERV" in finding.code]
    said = {"idTokenInfo": {"status": "Accepted"}}
    row = played.exchange(transaction_event("Updated", transaction="T9", idToken=other, id="2"), said)
    assert "RESERVED_FOR_ANOTHER" in [finding.code for finding in row.call_findings]
    row = played.exchange(transaction_event("Updated", transaction="T9", idToken=other, id="3"), said)
    assert "RESERVED_FOR_ANOTHER" not in [finding.code for finding in row.call_findings]


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
def test_what_stands_in_the_way_of_a_reservation_is_remarked(version):
    played = tape(version)
    reserve(played)
    remarks = []
    for number, word in enumerate(("Reserved", "Faulted", "Reserved", "Available", "Unavailable")):
        played.exchange(status(word, 1, version, id=f"s{number}"), {})
        remarks.append(reservation(played).remark)
    assert remarks == [
        "", "the connector is Faulted", "", "the connector is Available again", "the connector is Unavailable",
    ]  # fmt: skip
    assert reservation(played).state is ReservationState.RESERVED


@pytest.mark.parametrize(
    ("word", "state"), [("Expired", "expired"), ("Removed", "removed"), ("NoTransaction", "no session")]
)
def test_what_the_station_reports_of_it(word, state):
    played = tape("2.1")
    reserve(played)
    played.exchange(call("ReservationStatusUpdate", {"reservationId": 3, "reservationUpdateStatus": word}))
    assert reservation(played).state == state
    played.exchange(call("ReservationStatusUpdate", {"reservationId": 99, "reservationUpdateStatus": word}, id="2"))
    assert reservation(played, 99) is None


# all together


def test_a_document_brings_everything_back():
    played = tape()
    set_profile(played, Draft(1, 1, periods="0 16; 1h 8"))
    reserve(played)
    entry = {**TAG, "idTagInfo": {"status": "Accepted"}}
    played.ask("SendLocalList", {"listVersion": 2, "updateType": "Full", "localAuthorizationList": [entry]}, "l")
    played.hear(result({"status": "Accepted"}, id="l"))
    document = played.fleet.arrangements.of("CP").to_document()
    again = Arrangements.from_document(json.loads(json.dumps(document)))
    assert again.to_document() == document
    assert again.local_list.contents == {"04a2b3c4": '[null,{"idTagInfo":{"status":"Accepted"}}]'}
    assert Arrangements.from_document({"charging": [1], "local_list": 5, "reservations": "x"}).to_document()


def test_what_changed_is_marked_and_forgotten_with_the_station():
    played = tape()
    played.hear(call("Heartbeat"))
    assert not played.fleet.arrangements.dirty
    reserve(played)
    assert played.fleet.arrangements.dirty == {"CP"}
    played.gone()
    played.fleet.forget("CP")
    assert not played.fleet.arrangements.dirty
    assert not len(played.fleet.arrangements.of("CP").reservations)


ODD = st.sampled_from(
    [None, True, 0, -1, 1, 2**63, 1e308, "", "7", "\ud800", "9" * 500, "Accepted", "TxProfile", "Full"]
)
WORDS = """
connectorId evseId id chargingProfileId csChargingProfiles chargingProfile chargingProfilePurpose chargingSchedule
chargingSchedulePeriod startPeriod limit duration startSchedule status schedule scheduleStart requestId tbc
reservationId idTag idToken idTagInfo listVersion versionNumber updateType localAuthorizationList expiryDate
reservationUpdateStatus chargingLimit chargingProfileCriteria stackLevel chargingProfileKind recurrencyKind
"""
NAMES = st.sampled_from(WORDS.split())
JSON = st.recursive(
    ODD, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6), max_leaves=20
)


@settings(max_examples=150)
@given(
    st.lists(st.tuples(st.sampled_from([*REPLIED, *CALLED]), JSON, JSON), max_size=5), st.sampled_from(["1.6", "2.1"])
)
def test_nothing_a_station_says_raises(said, version):
    played = Tape(version, fleet=Fleet())
    played.connect()
    for number, (action, asked, answered) in enumerate(said):
        if action in REPLIED:
            played.ask(action, asked, f"q{number}")
            played.hear(result(answered, id=f"q{number}"))
        if action in CALLED:
            played.exchange(call(action, asked, id=f"s{number}"))
    found = played.fleet.arrangements.of("CP")
    for place in (0, 1):
        found.charging.course(place, NOON, NOON + 10**11, None, "W")
        for composite in found.charging.composites.values():
            composite.steps(NOON, NOON + 10**11, "A")
    document = found.to_document()
    json.dumps(document)
    Arrangements.from_document(document)
