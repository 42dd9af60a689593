from typing import Any

import pytest
import traffic
from payloads import ALL_COMMANDS
from tape import Tape, tape

from ocpp_console.model.id_tags import IdTag
from ocpp_console.protocol import schemas
from ocpp_console.screens.known_values import known_values
from ocpp_console.screens.placeholders import templated, values_for
from ocpp_console.screens.prefill import personal, prefill
from ocpp_console.screens.remembered import last_payload, renewed

ONLY_THE_OPERATOR_KNOWS = {
    "key",
    "value",
    "attributeValue",
    "location",
    "remoteLocation",
    "ocppCsmsUrl",
    "checksum",
    "certificate",
    "certificateChain",
    "signingCertificate",
    "signature",
    "issuerNameHash",
    "issuerKeyHash",
    "serialNumber",
    "transactionId",
    "reservationId",
    "chargingProfileId",
    "vendorId",
    "limit",
    "content",
    "totalCost",
    "tariffId",
    "currency",
    "signal",
    "setVariableData[0].component.name",
    "setVariableData[0].variable.name",
    "setMonitoringData[0].component.name",
    "setMonitoringData[0].variable.name",
    "getVariableData[0].component.name",
    "getVariableData[0].variable.name",
    "id",
    "evseId",
    "connectorId",
    "controlId",
}
"""Last steps (or whole paths) that nothing the console has seen at a new station can tell."""

HASHES = {"hashAlgorithm": "SHA256", "issuerNameHash": "aa", "issuerKeyHash": "bb", "serialNumber": "01"}


def commanded(t: Tape, action: str, payload: Any, answer: Any, id: str) -> None:
    """A command that was answered."""
    t.ask(action, payload, id)
    t.hear(traffic.result(answer, id=id))


def site(version: str) -> Tape:
    """A station with one plug, a tag, and a session."""
    t = tape(version)
    t.fleet.id_tags.put(IdTag("A1", last_used=5, last_station="CP"))
    if version == "1.6":
        status = {"connectorId": 1, "status": "Preparing", "errorCode": "NoError"}
    else:
        status = {"evseId": 1, "connectorId": 1, "connectorStatus": "Occupied", "timestamp": traffic.NOON}
    t.exchange(traffic.call("StatusNotification", status, id="s1"))
    return t


@pytest.mark.parametrize(("version", "action"), ALL_COMMANDS)
def test_every_command_begins_with_all_that_is_known(version: str, action: str) -> None:
    t = site(version)
    payload = prefill(action, t.fleet.stations["CP"], t.fleet)
    for finding in schemas.check(version, action, "request", payload):
        assert {finding.path, finding.path.rpartition(".")[2]} & ONLY_THE_OPERATOR_KNOWS, finding


def test_certificates_come_from_the_last_report_of_them() -> None:
    for version, answer in (
        ("1.6", {"status": "Accepted", "certificateHashData": [HASHES]}),
        (
            "2.0.1",
            {
                "status": "Accepted",
                "certificateHashDataChain": [{"certificateType": "V2GRootCertificate", "certificateHashData": HASHES}],
            },
        ),
    ):
        t = site(version)
        commanded(t, "GetInstalledCertificateIds", {}, answer, "c1")
        payload = prefill("DeleteCertificate", t.fleet.stations["CP"], t.fleet)
        assert payload["certificateHashData"] == HASHES


def test_counters_are_never_used_twice_whatever_the_command() -> None:
    t = site("2.0.1")
    station = t.fleet.stations["CP"]
    commanded(t, "GetBaseReport", {"requestId": 41, "reportBase": "FullInventory"}, {"status": "Accepted"}, "c1")
    assert prefill("GetLog", station, t.fleet)["requestId"] == 42
    assert prefill("RequestStartTransaction", station, t.fleet)["remoteStartId"] == 42


def test_reservations_and_profiles_get_new_numbers_and_are_offered_afterwards() -> None:
    t = site("1.6")
    station = t.fleet.stations["CP"]
    asked = {**prefill("ReserveNow", station, t.fleet), "connectorId": 1}
    commanded(t, "ReserveNow", asked, {"status": "Accepted"}, "c1")
    assert prefill("CancelReservation", station, t.fleet) == {"reservationId": asked["reservationId"]}
    assert prefill("ReserveNow", station, t.fleet)["reservationId"] != asked["reservationId"]
    profile = prefill("SetChargingProfile", station, t.fleet)
    profile["csChargingProfiles"]["chargingSchedule"]["chargingSchedulePeriod"][0]["limit"] = 16
    commanded(t, "SetChargingProfile", profile, {"status": "Accepted"}, "c2")
    used = profile["csChargingProfiles"]["chargingProfileId"]
    assert used in [choice.value for choice in known_values(station, t.fleet, "ClearChargingProfile")("id")]
    again = prefill("SetChargingProfile", station, t.fleet)
    assert again["csChargingProfiles"]["chargingProfileId"] != used


def test_what_an_answer_and_a_report_named_is_offered() -> None:
    t = site("2.0.1")
    station = t.fleet.stations["CP"]
    commanded(
        t,
        "SetVariableMonitoring",
        {"setMonitoringData": []},
        {
            "setMonitoringResult": [
                {
                    "id": 7,
                    "status": "Accepted",
                    "type": "UpperThreshold",
                    "severity": 4,
                    "component": {"name": "EVSE"},
                    "variable": {"name": "Power"},
                }
            ]
        },
        "c1",
    )
    [choice] = known_values(station, t.fleet, "ClearVariableMonitoring")("id[0]")
    assert choice[:2] == (7, "EVSE.Power")
    assert prefill("ClearVariableMonitoring", station, t.fleet) == {"id": [7]}


def test_the_last_payload_of_the_station_comes_before_that_of_others() -> None:
    t = site("1.6")
    station = t.fleet.stations["CP"]
    assert last_payload(station, t.fleet, "GetDiagnostics") is None
    commanded(t, "GetDiagnostics", {"location": "ftp://here"}, {}, "c1")
    t.connect("OTHER")
    commanded(t, "GetDiagnostics", {"location": "ftp://there"}, {}, "c2")
    assert last_payload(station, t.fleet, "GetDiagnostics") == {"location": "ftp://here"}
    assert renewed({"requestId": 1, "x": 2}, t.fleet) == {"requestId": 1, "x": 2}
    commanded(t, "GetLog", {"requestId": 1}, {"status": "Accepted"}, "c3")
    assert renewed({"requestId": 1, "x": 2}, t.fleet) == {"requestId": 2, "x": 2}


def test_another_station_gets_its_own_where_nothing_was_changed() -> None:
    first, own = {"a": 1, "deep": {"x": 1, "y": 1}}, {"a": 2, "deep": {"x": 2, "y": 2}}
    assert personal({"a": 1, "deep": {"x": 9, "y": 1}, "new": 3}, first, own) == {
        "a": 2,
        "deep": {"x": 9, "y": 2},
        "new": 3,
    }


def test_places_in_braces_stand_for_what_is_known_of_the_station() -> None:
    t = site("1.6")
    station = t.fleet.stations["CP"]
    values = values_for(station, t.fleet, "RemoteStartTransaction", 0)
    assert (values("connectorId"), values("idTag"), values("station")) == (1, "A1", "CP")
    assert (values("now"), values("now + 5min")) == ("1970-01-01T00:00:00Z", "1970-01-01T00:05:00Z")
    assert templated({"transactionId": 7, "firmware": {"retrieveDateTime": "x"}}) == {
        "transactionId": "{transactionId}",
        "firmware": {"retrieveDateTime": "{now}"},
    }
