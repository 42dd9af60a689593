import pytest

from ocpp_console.model.fleet import Fleet
from ocpp_console.model.id_tags import IdTag, UnknownTag
from ocpp_console.model.station import Connector, Station
from ocpp_console.model.transactions import Transaction
from ocpp_console.protocol import schemas
from ocpp_console.protocol.actions import actions_of
from ocpp_console.screens.known_values import FALLBACK_TAG, first_tag, known_values, tags
from ocpp_console.screens.shortcuts import SHORTCUTS, preset

TO_TYPE = {
    "UpdateFirmware": {"location", "firmware.location"},
    "SignedUpdateFirmware": {"firmware.location", "firmware.signingCertificate", "firmware.signature"},
    "ChangeConfiguration": {"key", "value"},
    "SetVariables": {"setVariableData"},
}
"""What only the operator can know."""


def site(version: str) -> tuple[Station, Fleet]:
    fleet = Fleet()
    station = fleet.stations["S"] = Station("S", version=version)
    evse = 0 if version == "1.6" else 1
    for number, status in ((1, "Charging"), (2, "Preparing")):
        key = (evse and number, 1 if evse else number)
        station.connectors[key] = Connector(*key, status)
    fleet.transactions.add(Transaction("S", "7", version, id_tag="A1", started_at=1))
    fleet.id_tags.put(IdTag("A1", last_used=5, last_station="S"))
    return station, fleet


FORMS = [
    (version, form.action)
    for version in ("1.6", "2.0.1", "2.1")
    for shortcut in SHORTCUTS
    for form in shortcut.forms(version)
]


@pytest.mark.parametrize(("version", "action"), FORMS)
def test_what_is_filled_in_is_complete_but_for_what_only_the_operator_knows(version: str, action: str) -> None:
    payload = preset(action, *site(version))
    missing = {finding.path for finding in schemas.check(version, action, "request", payload)}
    assert missing <= TO_TYPE.get(action, set())


@pytest.mark.parametrize("version", ["1.6", "2.0.1", "2.1"])
def test_every_letter_sends_actions_of_the_version(version: str) -> None:
    sendable = {action.name for action in actions_of(version, "csms")}
    for shortcut in SHORTCUTS:
        assert {form.action for form in shortcut.forms(version)} <= sendable


def test_a_session_starts_where_a_cable_is_in() -> None:
    assert preset("RemoteStartTransaction", *site("1.6")) == {"connectorId": 2, "idTag": "A1"}
    assert preset("RequestStartTransaction", *site("2.0.1"))["evseId"] == 2


def test_the_transaction_id_is_a_number_in_1_6_and_text_in_2_x() -> None:
    assert preset("RemoteStopTransaction", *site("1.6")) == {"transactionId": 7}
    assert preset("RequestStopTransaction", *site("2.1")) == {"transactionId": "7"}


def test_tags_of_the_list_come_first_and_those_used_here_before_others() -> None:
    station, fleet = site("1.6")
    fleet.id_tags.put(IdTag("ELSEWHERE", last_used=99, last_station="T"))
    fleet.id_tags.unknown.append(UnknownTag("FRESH", "", 50, "S", "Invalid"))
    assert [choice.value for choice in tags(station, fleet)] == ["A1", "ELSEWHERE", "FRESH"]
    assert first_tag(station, fleet) == "A1"


def test_a_blocked_tag_is_offered_but_never_filled_in() -> None:
    fleet = Fleet()
    fleet.id_tags.put(IdTag("BAD", status="Blocked", last_used=9))
    station = Station("S", version="1.6")
    assert [choice.value for choice in tags(station, fleet)] == ["BAD"]
    assert first_tag(station, fleet) == FALLBACK_TAG


def test_values_are_known_by_the_end_of_a_path() -> None:
    station, fleet = site("2.0.1")
    known = known_values(station, fleet)
    assert [choice.value for choice in known("evseId")] == [1, 2]
    assert [choice.value for choice in known("evse.id")] == [1, 2]
    assert [choice.value for choice in known("chargingProfile.transactionId")] == ["7"]
    assert known("chargingProfile.id") == ()
    assert known("getVariableData[0].component.name")
