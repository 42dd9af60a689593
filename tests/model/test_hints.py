import pytest

from ocpp_console.model.hints import hint
from ocpp_console.model.station import Station
from ocpp_console.protocol import schemas
from ocpp_console.protocol.actions import ACTIONS


def station(*statuses, registration="Accepted"):
    made = Station("CP", registration=registration)
    for number, status in enumerate(statuses, 1):
        made.connector(0, number).status = status
    return made


@pytest.mark.parametrize(
    ("seen", "asked", "word"),
    [
        (["Finishing"], {"connectorId": 1}, "Finishing"),
        (["Charging"], {"connectorId": 1}, "in use"),
        (["Faulted"], {}, "Faulted"),
        (["Unavailable"], {}, "Operative"),
        (["Preparing", "Available"], {}, "more than one connector"),
        (["Available"], {"connectorId": 1}, "cable"),
        (["Preparing"], {"connectorId": 1, "idTag": "Workshop"}, "hexadecimal"),
        (["Preparing"], {"connectorId": 1, "idTag": "04A2"}, "AuthorizeRemoteTxRequests"),
        ([], None, "AuthorizeRemoteTxRequests"),
    ],
)
def test_a_refused_start_is_explained_by_the_state_seen(seen, asked, word):
    assert word in hint("RemoteStartTransaction", "Rejected", station(*seen), asked)


def test_a_station_held_back_comes_first():
    text = hint("Reset", "Rejected", station(registration="Pending"), {})
    assert text.startswith("The station is held in Pending")


@pytest.mark.parametrize(
    ("action", "status", "asked", "word"),
    [
        ("TriggerMessage", "Rejected", {"connectorId": 1}, "without a connector"),
        ("SetChargingProfile", "Rejected", {"csChargingProfiles": {"stackLevel": 2}}, "stack level 0"),
        ("SetChargingProfile", "Rejected", {}, "unit"),
        ("ChangeConfiguration", "NotSupported", {}, "no such key"),
        ("UpdateFirmware", "Rejected", {}, "URL"),
        ("Reset", "Scheduled", {}, "session has ended"),
        ("ClearCache", "NotImplemented", {}, "does not have this function"),
    ],
)
def test_other_refusals(action, status, asked, word):
    assert word in hint(action, status, station(), asked)


def test_what_was_accepted_needs_no_hint():
    assert all(hint(action, "Accepted", station("Available")) == "" for action in ACTIONS)


def test_every_status_a_hint_waits_for_exists():
    known = str([schemas.schema(v, a, "response") for a in ACTIONS for v in ("1.6", "2.0.1", "2.1")])
    from ocpp_console.model.hints import _HINTS

    codes = {"SecurityError", "NotImplemented", "NotSupported", "Unsupported"}
    assert [word for entry in _HINTS for word in entry.verdicts if f"'{word}'" not in known and word not in codes] == []


@pytest.mark.parametrize(
    "payload", [None, 5, [], {"connectorId": {}, "idTag": [], "csChargingProfiles": 7, "evseId": "x"}]
)
def test_odd_payloads_do_no_harm(payload):
    for action in ACTIONS:
        hint(action, "Rejected", station("Available"), payload)
