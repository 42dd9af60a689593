"""What a station's calls are answered, in every version."""

import dataclasses
from typing import Any

import pytest

from ocpp_console.csms.answers import AnswerContext, Refusal, answer
from ocpp_console.events import CallRequested, Fact, FrameReceived, FrameSent, StationConnected
from ocpp_console.model.fleet import Fleet
from ocpp_console.model.id_tags import IdTag, Policy
from ocpp_console.model.station_settings import StationSettings
from ocpp_console.model.variables import VariableName
from ocpp_console.protocol import fields, schemas
from ocpp_console.protocol.actions import Version, actions_of
from ocpp_console.protocol.frames import Call, CallResult, encode_call, encode_result
from ocpp_console.protocol.troubles import Trouble
from ocpp_console.settings import Settings

CALLS = [
    (version.value, action.name)
    for version in Version
    for action in actions_of(version.value, "station")
    if action.kind == "call"
]
IN_2X = ["2.0.1", "2.1"]


class Desk:
    """A fleet and whoever answers for it, fed with facts by hand."""

    def __init__(self, clock: Any, version: str = "1.6", **settings: Any) -> None:
        self.clock = clock
        self.version = version
        self.fleet = Fleet()
        self.context = AnswerContext(self.fleet, dataclasses.replace(Settings(), **settings), clock)
        self.seq = 0
        self.connection = self.number()
        self.apply(
            StationConnected(
                self.connection, clock(), "CP1", version, f"ocpp{version}", (), "/CP1", "10.0.0.9:5", False
            )
        )

    def number(self) -> int:
        self.seq += 1
        return self.seq

    def apply(self, fact: Fact) -> Any:
        return self.fleet.apply(fact)

    def ask(self, action: str, payload: Any, message_id: str = "m") -> Any:
        """Let the station call; the answer is folded as well."""
        call = Call(f"{message_id}{self.seq}", action, payload)
        raw = encode_call(call.id, action, payload)
        seq = self.number()
        message = self.apply(FrameReceived(seq, self.clock(), "CP1", self.connection, raw, False, call))
        said = answer(call, message, self.context, "CP1", self.version)
        if not isinstance(said, Refusal):
            sent = encode_result(call.id, said)
            frame = CallResult(call.id, said)
            self.apply(FrameSent(self.number(), self.clock(), "CP1", self.connection, sent, seq, frame))
        return said

    def command(self, action: str, payload: Any) -> None:
        """Let the operator send a call."""
        at, number = self.clock(), self.number()
        self.apply(CallRequested(number, at, "CP1", self.connection, f"c{number}", action, payload))
        raw = encode_call(f"c{number}", action, payload)
        self.apply(FrameSent(self.number(), at, "CP1", self.connection, raw))


def boot_of(version: str) -> dict[str, Any]:
    payload = fields.minimal(version, "BootNotification", "request")
    assert isinstance(payload, dict)
    return payload


@pytest.mark.parametrize(("version", "action"), CALLS)
def test_every_call_of_every_version_gets_a_valid_answer(clock: Any, version: str, action: str) -> None:
    desk = Desk(clock, version)
    said = desk.ask(action, fields.minimal(version, action, "request"))
    assert not isinstance(said, Refusal)
    assert schemas.check(version, action, "response", said) == ()


@pytest.mark.parametrize(("version", "action"), CALLS)
@pytest.mark.parametrize("payload", [{}, [], "text", 7, {"idTag": None, "idToken": 5, "vatNumber": [], "evseId": "x"}])
def test_no_payload_is_too_odd_for_an_answer(clock: Any, version: str, action: str, payload: Any) -> None:
    said = Desk(clock, version).ask(action, payload)
    assert isinstance(said, dict)


def test_the_time_is_told_without_fractions(clock: Any) -> None:
    assert Desk(clock).ask("Heartbeat", {}) == {"currentTime": "2026-11-20T14:03:21Z"}


def test_the_time_goes_on(clock: Any) -> None:
    desk = Desk(clock)
    desk.ask("Heartbeat", {})
    clock.step(1.5)
    assert desk.ask("Heartbeat", {}) == {"currentTime": "2026-11-20T14:03:22Z"}


@pytest.mark.parametrize("version", [version.value for version in Version])
def test_a_boot_is_answered_as_the_operator_decided(clock: Any, version: str) -> None:
    desk = Desk(clock, version, interval=120)
    assert desk.ask("BootNotification", boot_of(version)) == {
        "currentTime": "2026-11-20T14:03:21Z",
        "interval": 120,
        "status": "Accepted",
    }
    desk.fleet.set_up("CP1", StationSettings(registration="Pending", interval=30))
    answer_now = desk.ask("BootNotification", boot_of(version))
    assert (answer_now["status"], answer_now["interval"]) == ("Pending", 30)


@pytest.mark.parametrize("version", [version.value for version in Version])
@pytest.mark.parametrize("verdict", ["Pending", "Rejected"])
def test_a_station_that_was_not_accepted_gets_security_errors(clock: Any, version: str, verdict: str) -> None:
    desk = Desk(clock, version, registration=verdict)
    desk.ask("BootNotification", boot_of(version))
    said = desk.ask("Heartbeat", {})
    assert isinstance(said, Refusal)
    assert said.trouble is Trouble.NOT_ACCEPTED
    desk.fleet.set_up("CP1", StationSettings(registration="Accepted"))
    assert isinstance(desk.ask("Heartbeat", {}), Refusal)
    desk.ask("BootNotification", boot_of(version))
    assert isinstance(desk.ask("Heartbeat", {}), dict)


@pytest.mark.parametrize("verdict", ["Pending", "Rejected"])
def test_a_station_that_has_to_boot_is_told_where_it_stands(clock: Any, verdict: str) -> None:
    desk = Desk(clock, registration=verdict)
    assert "has not booted yet" in desk.ask("Heartbeat", {}).text
    desk.ask("BootNotification", boot_of("1.6"))
    assert f"was answered {verdict}" in desk.ask("Heartbeat", {}).text


def test_a_station_that_never_boots_is_served(clock: Any) -> None:
    assert isinstance(Desk(clock).ask("Heartbeat", {}), dict)


def test_what_we_asked_for_is_heard_while_pending(clock: Any) -> None:
    desk = Desk(clock, "2.0.1", registration="Pending")
    desk.ask("BootNotification", boot_of("2.0.1"))
    report = {"requestId": 1, "generatedAt": "2026-11-20T14:00:00Z", "seqNo": 0}
    assert isinstance(desk.ask("NotifyReport", report), Refusal)
    desk.command("GetBaseReport", {"requestId": 1, "reportBase": "FullInventory"})
    assert desk.ask("NotifyReport", report) == {}
    assert isinstance(desk.ask("Heartbeat", {}), Refusal)
    desk.command("TriggerMessage", {"requestedMessage": "Heartbeat"})
    assert isinstance(desk.ask("Heartbeat", {}), dict)
    desk.command("TriggerMessage", {"requestedMessage": "SignChargingStationCertificate"})
    assert desk.ask("SignCertificate", {"csr": "x"}) == {"status": "Rejected"}


def test_nothing_is_asked_for_while_rejected(clock: Any) -> None:
    desk = Desk(clock, "2.0.1", registration="Rejected")
    desk.ask("BootNotification", boot_of("2.0.1"))
    desk.command("TriggerMessage", {"requestedMessage": "Heartbeat"})
    assert isinstance(desk.ask("Heartbeat", {}), Refusal)


@pytest.mark.parametrize(
    ("tag", "status"),
    [
        (IdTag("T1"), "Accepted"),
        (IdTag("T1", status="Blocked"), "Blocked"),
        (IdTag("T1", status="Expired"), "Expired"),
        (IdTag("T1", status="Invalid"), "Invalid"),
        (IdTag("T1", expiry="2020-01-01T00:00:00Z"), "Expired"),
    ],
)
@pytest.mark.parametrize("version", [version.value for version in Version])
def test_the_list_decides_about_tags(clock: Any, version: str, tag: IdTag, status: str) -> None:
    desk = Desk(clock, version)
    desk.fleet.id_tags.put(tag)
    if version == "1.6":
        assert desk.ask("Authorize", {"idTag": "t1"})["idTagInfo"]["status"] == status
    else:
        payload = {"idToken": {"idToken": "t1", "type": "ISO14443"}}
        assert desk.ask("Authorize", payload)["idTokenInfo"]["status"] == status


def test_an_unknown_tag_has_another_word_in_each_family(clock: Any) -> None:
    old, new = Desk(clock), Desk(clock, "2.0.1")
    for desk in (old, new):
        desk.fleet.id_tags.set_policy(Policy.KNOWN_ONLY)
    assert old.ask("Authorize", {"idTag": "X"}) == {"idTagInfo": {"status": "Invalid"}}
    payload = {"idToken": {"idToken": "X", "type": "ISO14443"}}
    assert new.ask("Authorize", payload) == {"idTokenInfo": {"status": "Unknown"}}


def test_expiry_and_group_are_told(clock: Any) -> None:
    tag = IdTag("T1", parent="FAMILY", expiry="2030-01-31T00:00:00Z")
    old, new = Desk(clock), Desk(clock, "2.1")
    for desk in (old, new):
        desk.fleet.id_tags.put(tag)
    assert old.ask("Authorize", {"idTag": "T1"})["idTagInfo"] == {
        "status": "Accepted",
        "expiryDate": "2030-01-31T00:00:00Z",
        "parentIdTag": "FAMILY",
    }
    assert new.ask("Authorize", {"idToken": {"idToken": "T1", "type": "Local"}})["idTokenInfo"] == {
        "status": "Accepted",
        "cacheExpiryDateTime": "2030-01-31T00:00:00Z",
        "groupIdToken": {"idToken": "FAMILY", "type": "Central"},
    }


def test_a_group_too_long_for_the_wire_is_left_out(clock: Any) -> None:
    desk = Desk(clock)
    desk.fleet.id_tags.put(IdTag("T1", parent="x" * 21))
    assert desk.ask("Authorize", {"idTag": "T1"}) == {"idTagInfo": {"status": "Accepted"}}


def test_language_and_evses_of_a_tag_are_said_in_2x(clock: Any) -> None:
    desk = Desk(clock, "2.0.1")
    desk.fleet.id_tags.put(IdTag("T1", language="de", stations="CP1/2, AC-*"))
    said = desk.ask("Authorize", {"idToken": {"idToken": "T1", "type": "Local"}})
    assert said == {"idTokenInfo": {"status": "Accepted", "language1": "de", "evseId": [2]}}
    assert schemas.check("2.0.1", "Authorize", "response", said) == ()
    first = event("Started", "X1") | {"evse": {"id": 1}}
    assert desk.ask("TransactionEvent", first)["idTokenInfo"]["status"] == "NotAtThisLocation"


def test_a_tag_of_other_stations_is_invalid_in_16(clock: Any) -> None:
    desk = Desk(clock)
    desk.fleet.id_tags.put(IdTag("T1", stations="CP1/2"))
    assert desk.ask("Authorize", {"idTag": "T1"})["idTagInfo"]["status"] == "Accepted"
    assert desk.ask("StartTransaction", start_16(connector=1))["idTagInfo"]["status"] == "Invalid"
    assert desk.ask("StartTransaction", start_16(connector=2))["idTagInfo"]["status"] == "Accepted"


@pytest.mark.parametrize("version", IN_2X)
def test_a_master_pass_stops_any_session_and_starts_none(clock: Any, version: str) -> None:
    desk = Desk(clock, version)
    desk.fleet.id_tags.put(IdTag("M1", master_pass="MASTERS"))
    said = desk.ask("Authorize", {"idToken": {"idToken": "M1", "type": "ISO14443"}})["idTokenInfo"]
    assert said == {"status": "Accepted", "groupIdToken": {"idToken": "MASTERS", "type": "Central"}}
    assert desk.ask("TransactionEvent", event("Started", "X0", "M1"))["idTokenInfo"]["status"] == "Invalid"
    assert desk.ask("TransactionEvent", event("Started", "X1"))["idTokenInfo"]["status"] == "Accepted"
    assert desk.ask("TransactionEvent", event("Ended", "X1", "M1"))["idTokenInfo"]["status"] == "Accepted"


@pytest.mark.parametrize("version", IN_2X)
def test_needs_are_accepted_only_when_a_profile_can_follow(clock: Any, version: str) -> None:
    desk = Desk(clock, version, needs_profile=True)
    most = {"energyAmount": 9000, "evMinCurrent": 6, "evMaxCurrent": 16, "evMaxVoltage": 230}
    needs = {"evseId": 1, "chargingNeeds": {"requestedEnergyTransfer": "AC_three_phase", "acChargingParameters": most}}
    assert "no session" in desk.ask("NotifyEVChargingNeeds", needs)["statusInfo"]["additionalInfo"]
    desk.ask("TransactionEvent", event("Started", "X1") | {"evse": {"id": 1}})
    assert desk.ask("NotifyEVChargingNeeds", needs) == {"status": "Accepted"}
    empty = needs | {"chargingNeeds": {"requestedEnergyTransfer": "AC_three_phase"}}
    assert "no limit" in desk.ask("NotifyEVChargingNeeds", empty)["statusInfo"]["additionalInfo"]
    switched = VariableName("SmartChargingCtrlr", "Enabled")
    desk.fleet.stations["CP1"].variables.heard(switched, "false", clock())
    said = desk.ask("NotifyEVChargingNeeds", needs)
    assert (said["status"], "smart charging is off" in said["statusInfo"]["additionalInfo"]) == ("Rejected", True)
    assert schemas.check(version, "NotifyEVChargingNeeds", "response", said) == ()
    assert desk.fleet.transactions.running("CP1")


@pytest.mark.parametrize("version", IN_2X)
def test_the_final_cost_is_told_with_a_tariff_and_the_running_one_when_it_is_wanted(clock: Any, version: str) -> None:
    measured = {"meterValue": [{"timestamp": "2026-11-20T14:00:00Z", "sampledValue": [{"value": 0.0}]}]}
    for settings, running, final in (
        ({}, None, None),
        ({"tariff": "1/session EUR"}, None, 1.0),
        ({"tariff": "1/session EUR", "running_cost": "answer"}, 1.0, 1.0),
        ({"tariff": "free", "running_cost": "command"}, None, 0.0),
    ):
        desk = Desk(clock, version, **settings)
        assert "totalCost" not in desk.ask("TransactionEvent", event("Started", "X1") | measured)
        assert desk.ask("TransactionEvent", event("Updated", "X1", None)).get("totalCost") == running
        said = desk.ask("TransactionEvent", event("Ended", "X1", None))
        assert said.get("totalCost") == final
        assert schemas.check(version, "TransactionEvent", "response", said) == ()


def start_16(tag: str = "T1", connector: int = 1) -> dict[str, Any]:
    return {"connectorId": connector, "idTag": tag, "meterStart": 0, "timestamp": "2026-11-20T14:00:00Z"}


def event(kind: str, transaction: str, tag: str | None = "T1") -> dict[str, Any]:
    payload: dict[str, Any] = {
        "eventType": kind,
        "timestamp": "2026-11-20T14:00:00Z",
        "triggerReason": "Authorized",
        "seqNo": 0,
        "transactionInfo": {"transactionId": transaction},
    }
    return payload if tag is None else payload | {"idToken": {"idToken": tag, "type": "ISO14443"}}


def test_transaction_ids_are_above_every_one_given_or_seen(clock: Any) -> None:
    desk = Desk(clock)
    desk.context.last_transaction_id = 41
    ids = [desk.ask("StartTransaction", start_16(connector=number))["transactionId"] for number in (1, 2)]
    assert ids == [42, 43]
    desk.ask("StopTransaction", {"transactionId": 900, "meterStop": 1, "timestamp": "2026-11-20T14:00:00Z"})
    assert desk.ask("StartTransaction", start_16(connector=3))["transactionId"] == 901


def test_a_start_that_is_told_again_gets_the_same_transaction_id(clock: Any) -> None:
    desk = Desk(clock)
    told = start_16() | {"timestamp": "2026-11-20T14:00:07Z", "meterStart": 1200}
    first = desk.ask("StartTransaction", told)["transactionId"]
    assert desk.ask("StartTransaction", told)["transactionId"] == first
    (session,) = desk.fleet.transactions
    assert session.running
    others = ({"connectorId": 2}, {"idTag": "T2"}, {"meterStart": 1201}, {"timestamp": "2026-11-20T14:00:08Z"})
    numbers = {desk.ask("StartTransaction", told | other)["transactionId"] for other in others}
    assert len(numbers - {first}) == 4
    never_set = told | {"timestamp": "1970-01-01T00:00:07Z"}
    assert desk.ask("StartTransaction", never_set) != desk.ask("StartTransaction", never_set)


def test_a_master_pass_is_only_a_member_of_its_group_in_1_6(clock: Any) -> None:
    desk = Desk(clock)
    desk.fleet.id_tags.put(IdTag("M1", parent="DEPOT", master_pass="MASTERS"))
    assert desk.ask("Authorize", {"idTag": "M1"})["idTagInfo"] == {"status": "Accepted", "parentIdTag": "DEPOT"}
    assert desk.ask("StartTransaction", start_16("M1"))["idTagInfo"]["status"] == "Invalid"


@pytest.mark.parametrize("version", IN_2X)
def test_a_master_pass_stops_a_session_that_no_tag_began(clock: Any, version: str) -> None:
    desk = Desk(clock, version)
    desk.fleet.id_tags.put(IdTag("M1", master_pass="MASTERS"))
    desk.ask("TransactionEvent", event("Started", "X1", None) | {"idToken": {"idToken": "", "type": "NoAuthorization"}})
    stop = event("Updated", "X1", "M1") | {"triggerReason": "StopAuthorized"}
    assert desk.ask("TransactionEvent", stop)["idTokenInfo"]["status"] == "Accepted"


def test_a_refused_tag_gets_a_transaction_id_all_the_same(clock: Any) -> None:
    desk = Desk(clock, policy="known")
    desk.fleet.id_tags.set_policy(Policy.KNOWN_ONLY)
    said = desk.ask("StartTransaction", start_16("X"))
    assert said["idTagInfo"] == {"status": "Invalid"}
    assert said["transactionId"] > 0


def test_a_tag_for_one_session_starts_no_second_one_in_1_6(clock: Any) -> None:
    desk = Desk(clock)
    desk.fleet.id_tags.put(IdTag("T1", concurrent=False))
    assert desk.ask("StartTransaction", start_16())["idTagInfo"]["status"] == "Accepted"
    assert desk.ask("Authorize", {"idTag": "T1"})["idTagInfo"]["status"] == "Accepted"
    assert desk.ask("StartTransaction", start_16(connector=2))["idTagInfo"]["status"] == "ConcurrentTx"


def test_a_session_left_open_on_the_same_connector_does_not_lock_its_tag_out(clock: Any) -> None:
    desk = Desk(clock)
    desk.fleet.id_tags.put(IdTag("T1", concurrent=False))
    assert desk.ask("StartTransaction", start_16())["idTagInfo"]["status"] == "Accepted"
    again = start_16() | {"timestamp": "2026-11-20T15:00:00Z"}  # the StopTransaction between the two was lost
    assert desk.ask("StartTransaction", again)["idTagInfo"]["status"] == "Accepted"


@pytest.mark.parametrize("version", IN_2X)
def test_a_tag_for_one_session_starts_no_second_one_in_2_x(clock: Any, version: str) -> None:
    desk = Desk(clock, version)
    desk.fleet.id_tags.put(IdTag("T1", concurrent=False))
    assert desk.ask("TransactionEvent", event("Started", "a"))["idTokenInfo"]["status"] == "Accepted"
    assert desk.ask("TransactionEvent", event("Updated", "a"))["idTokenInfo"]["status"] == "Accepted"
    assert desk.ask("TransactionEvent", event("Started", "b"))["idTokenInfo"]["status"] == "ConcurrentTx"
    assert desk.ask("TransactionEvent", event("Ended", "a", None)) == {}


@pytest.mark.parametrize("version", IN_2X)
def test_a_tag_that_comes_after_the_cable_counts_as_well(clock: Any, version: str) -> None:
    desk = Desk(clock, version)
    desk.fleet.id_tags.put(IdTag("T1", concurrent=False))
    for transaction, status in (("a", "Accepted"), ("b", "ConcurrentTx")):
        assert desk.ask("TransactionEvent", event("Started", transaction, None)) == {}
        for _ in range(2):  # said once, said always
            assert desk.ask("TransactionEvent", event("Updated", transaction))["idTokenInfo"]["status"] == status
    assert desk.ask("TransactionEvent", event("Ended", "b"))["idTokenInfo"]["status"] == "Accepted"


def test_a_session_whose_tag_was_refused_does_not_count_as_running_in_1_6(clock: Any) -> None:
    desk = Desk(clock)
    desk.fleet.id_tags.put(IdTag("T1", "Blocked", concurrent=False))
    assert desk.ask("StartTransaction", start_16())["idTagInfo"]["status"] == "Blocked"
    desk.fleet.id_tags.put(IdTag("T1", concurrent=False))
    assert desk.ask("StartTransaction", start_16(connector=2))["idTagInfo"]["status"] == "Accepted"


@pytest.mark.parametrize("version", IN_2X)
def test_a_session_whose_tag_was_refused_does_not_count_as_running_in_2_x(clock: Any, version: str) -> None:
    desk = Desk(clock, version)
    desk.fleet.id_tags.put(IdTag("T1", "Blocked", concurrent=False))
    assert desk.ask("TransactionEvent", event("Started", "a"))["idTokenInfo"]["status"] == "Blocked"
    desk.fleet.id_tags.put(IdTag("T1", concurrent=False))
    assert desk.ask("TransactionEvent", event("Started", "b"))["idTokenInfo"]["status"] == "Accepted"


@pytest.mark.parametrize("version", IN_2X)
def test_a_strange_tag_shown_to_a_session_changes_nothing_about_its_own(clock: Any, version: str) -> None:
    desk = Desk(clock, version)
    desk.fleet.id_tags.put(IdTag("T1", concurrent=False))
    desk.fleet.id_tags.put(IdTag("T2", "Blocked"))
    desk.ask("TransactionEvent", event("Started", "a"))
    assert desk.ask("TransactionEvent", event("Updated", "a", "T2"))["idTokenInfo"]["status"] == "Blocked"
    assert desk.ask("TransactionEvent", event("Started", "b"))["idTokenInfo"]["status"] == "ConcurrentTx"


def test_a_stop_for_an_unknown_transaction_is_taken(clock: Any) -> None:
    desk = Desk(clock)
    payload = {"transactionId": -1, "meterStop": 1, "timestamp": "2026-11-20T14:00:00Z"}
    assert desk.ask("StopTransaction", payload) == {}
    assert desk.ask("StopTransaction", payload | {"idTag": "T1"}) == {"idTagInfo": {"status": "Accepted"}}


@pytest.mark.parametrize(
    ("version", "action", "trouble"),
    [
        ("1.6", "Nonsense", Trouble.UNKNOWN_ACTION),
        ("1.6", "TransactionEvent", Trouble.UNKNOWN_ACTION),
        ("2.0.1", "StartTransaction", Trouble.UNKNOWN_ACTION),
        ("1.6", "../../v201/schemas/BootNotificationRequest", Trouble.UNKNOWN_ACTION),
        ("1.6", "Reset", Trouble.UNSUPPORTED_ACTION),
        ("2.1", "NotifyPeriodicEventStream", Trouble.UNSUPPORTED_ACTION),
    ],
)
def test_calls_nobody_may_make_are_refused(clock: Any, version: str, action: str, trouble: Trouble) -> None:
    said = Desk(clock, version).ask(action, {})
    assert isinstance(said, Refusal)
    assert said.trouble is trouble


@pytest.mark.parametrize(
    ("payload", "trouble"),
    [
        ({"connectorId": "1", "errorCode": "NoError", "status": "Available"}, Trouble.TYPE),
        ({"connectorId": 1, "status": "Available"}, Trouble.INCOMPLETE),
        ({"connectorId": 1, "errorCode": "NoError", "status": "Nice"}, Trouble.VALUE),
        ({"connectorId": 1, "errorCode": "NoError", "status": "Available", "x": 1}, Trouble.MALFORMED),
    ],
)
def test_strict_mode_refuses_what_tolerant_mode_takes(clock: Any, payload: dict[str, Any], trouble: Trouble) -> None:
    assert Desk(clock).ask("StatusNotification", payload) == {}
    said = Desk(clock, strict=True).ask("StatusNotification", payload)
    assert isinstance(said, Refusal)
    assert said.trouble is trouble
    assert said.text


def test_strict_mode_refuses_what_is_too_long_to_be_checked(clock: Any) -> None:
    payload = {"vendorId": "x" * 300_000}
    assert Desk(clock).ask("DataTransfer", payload) == {"status": "UnknownVendorId"}
    said = Desk(clock, strict=True).ask("DataTransfer", payload)
    assert isinstance(said, Refusal)
    assert "too long to be checked" in said.text


def test_certificate_chains_are_answered_one_by_one(clock: Any) -> None:
    data = {"hashAlgorithm": "SHA256", "issuerNameHash": "a", "issuerKeyHash": "b", "serialNumber": "c"}
    asked = {"certificateHashData": data, "source": "OCSP", "urls": ["http://x"]}
    said = Desk(clock, "2.1").ask("GetCertificateChainStatus", {"certificateStatusRequests": [asked, asked]})
    assert [entry["status"] for entry in said["certificateStatus"]] == ["Failed", "Failed"]
    assert said["certificateStatus"][0]["certificateHashData"] == data
