from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ocpp.v201 import call

from ocpp_console.simulator.answers_201 import ANSWERS

PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
NOW = "2024-01-01T00:00:00Z"
LATER = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
TOKEN = {"id_token": "REMOTE1", "type": "ISO14443"}
HASH = {"hash_algorithm": "SHA256", "issuer_name_hash": "a", "issuer_key_hash": "b", "serial_number": "c"}
HEARTBEAT = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}
MESSAGE = {"id": 4, "priority": "NormalCycle", "message": {"format": "UTF8", "content": "Welcome"}}
MONITOR = {**HEARTBEAT, "value": 5, "type": "UpperThreshold", "severity": 5}
NETWORK = {
    "ocpp_version": "OCPP20", "ocpp_transport": "JSON", "ocpp_csms_url": "ws://h/", "message_timeout": 30,
    "security_profile": 1, "ocpp_interface": "Wired0",
}  # fmt: skip


def profile(purpose: str = "TxDefaultProfile", limit: float = 7_000) -> dict[str, Any]:
    schedule = {"id": 1, "charging_rate_unit": "W", "charging_schedule_period": [{"start_period": 0, "limit": limit}]}
    return {
        "id": 7,
        "stack_level": 0,
        "charging_profile_purpose": purpose,
        "charging_profile_kind": "Relative",
        "charging_schedule": [schedule],
    }


def firmware(location: str, certificate: str | None = None) -> dict[str, Any]:
    signed = {"signing_certificate": certificate, "signature": "c2ln"} if certificate else {}
    return {"location": location, "retrieve_date_time": NOW, **signed}


COMMANDS = [
    (call.CancelReservation(5), "Rejected"),
    (call.CertificateSigned(PEM), "Accepted"),
    (call.ChangeAvailability("Inoperative", {"id": 9}), "Rejected"),
    (call.ClearCache(), "Accepted"),
    (call.ClearChargingProfile(charging_profile_id=99), "Unknown"),
    (call.ClearDisplayMessage(99), "Unknown"),
    (call.ClearVariableMonitoring([99]), None),
    (call.CostUpdated(1.5, "x"), None),
    (call.CustomerInformation(1, True, False), "Invalid"),
    (call.CustomerInformation(1, True, False, id_token={"id_token": "04A2B1C9D0", "type": "ISO14443"}), "Accepted"),
    (call.DataTransfer("com.example"), "UnknownVendorId"),
    (call.DeleteCertificate(HASH), "NotFound"),
    (call.GetBaseReport(1, "SummaryInventory"), "Accepted"),
    (call.GetChargingProfiles(1, {"stack_level": 3}), "NoProfiles"),
    (call.GetCompositeSchedule(600, 1), "Accepted"),
    (call.GetCompositeSchedule(600, 9), "Rejected"),
    (call.GetDisplayMessages(1), "Unknown"),
    (call.GetInstalledCertificateIds(), "Accepted"),
    (call.GetInstalledCertificateIds(["MORootCertificate"]), "NotFound"),
    (call.GetLocalListVersion(), None),
    (call.GetLog({"remote_location": "http://10.0.0.2/"}, "DiagnosticsLog", 3), "Accepted"),
    (call.GetMonitoringReport(1), "EmptyResultSet"),
    (call.GetReport(1, [{"component": {"name": "Nonsense"}}]), "EmptyResultSet"),
    (call.GetTransactionStatus(), None),
    (call.GetVariables([HEARTBEAT]), None),
    (call.InstallCertificate("CSMSRootCertificate", PEM), "Accepted"),
    (call.PublishFirmware("http://10.0.0.2/fw.bin", "0" * 32, 4), "Accepted"),
    (call.RequestStartTransaction(TOKEN, 1, evse_id=9), "Rejected"),
    (call.RequestStopTransaction("nonsense"), "Rejected"),
    (call.ReserveNow(5, LATER, TOKEN, evse_id=9), "Rejected"),
    (call.SendLocalList(2, "Full", [{"id_token": TOKEN, "id_token_info": {"status": "Accepted"}}]), "Accepted"),
    (call.SetChargingProfile(9, profile()), "Rejected"),
    (call.SetChargingProfile(1, profile("ChargingStationMaxProfile")), "Rejected"),
    (call.SetDisplayMessage(MESSAGE), "Accepted"),
    (call.SetMonitoringBase("All"), "Accepted"),
    (call.SetMonitoringLevel(4), "Accepted"),
    (call.SetNetworkProfile(1, NETWORK), "Accepted"),
    (call.SetVariableMonitoring([MONITOR]), None),
    (call.SetVariables([{**HEARTBEAT, "attribute_value": "200"}]), None),
    (call.TriggerMessage("Heartbeat"), "Accepted"),
    (call.TriggerMessage("SignV2GCertificate"), "NotImplemented"),
    (call.UnlockConnector(9, 1), "UnknownConnector"),
    (call.UnpublishFirmware("f" * 32), "NoFirmware"),
    (call.UpdateFirmware(1, firmware("http://h/x", "no")), "InvalidCertificate"),
    (call.Reset("Immediate"), "Accepted"),
    (call.UpdateFirmware(1, firmware("http://h/x")), "Accepted"),  # last: it ends in a reboot, whenever that comes
]


async def test_every_command_of_the_version_gets_its_answer(central, demo):
    """The package checks each answer against its schema; a CALLERROR would raise."""
    for request, status in COMMANDS:
        since = len(central.told)
        answer = await central.command("DC-01", request)
        assert getattr(answer, "status", None) == status or status is None, (request, answer)
        if isinstance(request, call.Reset):
            await central.wait_for("DC-01", "BootNotification", since)
    asked = {type(request).__name__ for request, _ in COMMANDS}
    assert asked == set(ANSWERS)
    assert len(asked) == 40
    assert not central.refused


async def free_evse(central) -> int:
    """EVSE 2 has no visitor of its own yet; the log position from which to listen."""
    await central.wait_for("DC-01", "StatusNotification", evseId=2, connectorStatus="Available")
    return len(central.told)


async def test_a_requested_start_is_reported_with_its_id_and_a_requested_stop_ends_it(central, demo):
    since = await free_evse(central)
    answer = await central.command("DC-01", call.RequestStartTransaction(TOKEN, 4711, evse_id=2))
    assert answer.status == "Accepted"
    started = await central.wait_for("DC-01", "TransactionEvent", since, triggerReason="RemoteStart")
    assert started["eventType"] == "Started"
    assert started["evse"] == {"id": 2, "connectorId": 1}
    assert started["transactionInfo"]["remoteStartId"] == 4711
    assert started["idToken"]["idToken"] == "REMOTE1"
    identity = started["transactionInfo"]["transactionId"]
    status = await central.command("DC-01", call.GetTransactionStatus(identity))
    assert status.ongoing_indicator is True
    assert (await central.command("DC-01", call.RequestStopTransaction(identity))).status == "Accepted"
    ended = await central.wait_for("DC-01", "TransactionEvent", since, triggerReason="RemoteStop")
    assert ended["transactionInfo"]["transactionId"] == identity
    assert ended["transactionInfo"]["stoppedReason"] == "Remote"
    assert (await central.command("DC-01", call.GetTransactionStatus(identity))).ongoing_indicator is False


async def test_a_base_report_comes_in_numbered_parts(central, demo):
    since = len(central.told)
    await central.command("DC-01", call.GetBaseReport(31, "FullInventory"))
    last = await central.wait_for("DC-01", "NotifyReport", since, requestId=31, tbc=False)
    parts = central.heard("DC-01", "NotifyReport", since, requestId=31)
    assert len(parts) > 3
    assert [one["seqNo"] for one in parts] == list(range(len(parts)))
    assert [one["tbc"] for one in parts] == [True] * (len(parts) - 1) + [False]
    assert last is parts[-1]
    components = {one["component"]["name"] for part in parts for one in part["reportData"]}
    assert {"ChargingStation", "EVSE", "Connector", "OCPPCommCtrlr"} <= components
    assert not central.refused


async def test_variables_are_set_and_read_back(central, demo):
    answer = await central.command("DC-01", call.SetVariables([{**HEARTBEAT, "attribute_value": "77"}]))
    assert answer.set_variable_result[0]["attribute_status"] == "Accepted"
    answer = await central.command("DC-01", call.GetVariables([HEARTBEAT]))
    assert answer.get_variable_result[0]["attribute_value"] == "77"
    assert demo.stations[2].heartbeat_interval == 77


async def test_a_firmware_update_is_told_step_by_step_and_changes_the_version(central, demo):
    await central.command("DC-01", call.UpdateFirmware(12, firmware("http://10.0.0.2/hpc-6.0.0.bin", PEM)))
    await central.wait_for("DC-01", "FirmwareStatusNotification", status="Installed")
    steps = [one["status"] for one in central.heard("DC-01", "FirmwareStatusNotification", requestId=12)]
    assert steps == [
        "Downloading", "Downloaded", "SignatureVerified", "Installing", "InstallRebooting", "Installed",
    ]  # fmt: skip
    boot = central.heard("DC-01", "BootNotification")[-1]
    assert (boot["reason"], boot["chargingStation"]["firmwareVersion"]) == ("FirmwareUpdate", "6.0.0")


async def test_a_newer_update_takes_the_place_of_the_running_one(central, demo):
    later = {**firmware("http://10.0.0.2/a.bin"), "retrieve_date_time": LATER}
    await central.command("DC-01", call.UpdateFirmware(1, later))
    await central.wait_for("DC-01", "FirmwareStatusNotification", status="DownloadScheduled", requestId=1)
    answer = await central.command("DC-01", call.UpdateFirmware(2, firmware("http://10.0.0.2/b.bin")))
    assert answer.status == "AcceptedCanceled"
    await central.wait_for("DC-01", "FirmwareStatusNotification", status="Installed", requestId=2)
    assert not central.heard("DC-01", "FirmwareStatusNotification", status="Downloading", requestId=1)


async def test_a_reset_ends_the_session_and_boots_again(central, demo):
    await central.wait_for("DC-01", "TransactionEvent", triggerReason="MeterValuePeriodic")
    since = len(central.told)
    assert (await central.command("DC-01", call.Reset("Immediate"))).status == "Accepted"
    boot = await central.wait_for("DC-01", "BootNotification", since)
    assert boot["reason"] == "RemoteReset"
    ended = central.heard("DC-01", "TransactionEvent", since, eventType="Ended")
    assert {one["transactionInfo"]["stoppedReason"] for one in ended} == {"ImmediateReset"}


async def test_a_reset_on_idle_waits_for_the_session(central, demo):
    started = await central.wait_for("DC-01", "TransactionEvent")
    since = len(central.told)
    assert (await central.command("DC-01", call.Reset("OnIdle"))).status == "Scheduled"
    await central.command("DC-01", call.RequestStopTransaction(started["transactionInfo"]["transactionId"]))
    boot = await central.wait_for("DC-01", "BootNotification", since)
    assert boot["reason"] == "ScheduledReset"
    ended = central.heard("DC-01", "TransactionEvent", since, eventType="Ended")
    assert ended[0]["transactionInfo"]["stoppedReason"] == "Remote"


async def test_one_evse_can_be_reset(central, demo):
    since = await free_evse(central)
    assert (await central.command("DC-01", call.Reset("Immediate", evse_id=2))).status == "Accepted"
    await central.wait_for("DC-01", "StatusNotification", since, evseId=2, connectorStatus="Unavailable")
    gone = len(central.told)
    await central.wait_for("DC-01", "StatusNotification", gone, evseId=2, connectorStatus="Available")
    assert len(central.heard("DC-01", "BootNotification")) == 1


async def test_availability_is_changed_and_scheduled(central, demo):
    await central.wait_for("DC-01", "TransactionEvent", eventType="Started")
    since = await free_evse(central)
    assert (await central.command("DC-01", call.ChangeAvailability("Inoperative", {"id": 2}))).status == "Accepted"
    await central.wait_for("DC-01", "StatusNotification", since, evseId=2, connectorStatus="Unavailable")
    assert (await central.command("DC-01", call.ChangeAvailability("Inoperative"))).status == "Scheduled"


async def test_charging_profiles_are_set_reported_and_cleared(central, demo):
    assert (await central.command("DC-01", call.SetChargingProfile(1, profile()))).status == "Accepted"
    answer = await central.command("DC-01", call.GetChargingProfiles(6, {"charging_profile_id": [7]}))
    assert answer.status == "Accepted"
    report = await central.wait_for("DC-01", "ReportChargingProfiles", requestId=6)
    assert report["chargingProfile"][0]["chargingSchedule"][0]["chargingSchedulePeriod"][0]["limit"] == 7_000
    schedule = (await central.command("DC-01", call.GetCompositeSchedule(600, 1))).schedule
    assert schedule["charging_schedule_period"] == [{"start_period": 0, "limit": 7_000}]
    assert (await central.command("DC-01", call.ClearChargingProfile(7))).status == "Accepted"
    assert not central.refused


async def test_displays_monitors_and_customers_are_reported(central, demo):
    await central.command("DC-01", call.SetDisplayMessage(MESSAGE))
    await central.command("DC-01", call.GetDisplayMessages(21))
    shown = await central.wait_for("DC-01", "NotifyDisplayMessages", requestId=21)
    assert shown["messageInfo"][0]["message"]["content"] == "Welcome"
    results = await central.command("DC-01", call.SetVariableMonitoring([MONITOR]))
    assert results.set_monitoring_result[0]["status"] == "Accepted"
    await central.command("DC-01", call.GetMonitoringReport(22, monitoring_criteria=["ThresholdMonitoring"]))
    report = await central.wait_for("DC-01", "NotifyMonitoringReport", requestId=22)
    assert report["monitor"][0]["variableMonitoring"][0]["type"] == "UpperThreshold"
    cleared = await central.command("DC-01", call.ClearVariableMonitoring([1, 9]))
    assert [one["status"] for one in cleared.clear_monitoring_result] == ["Accepted", "NotFound"]
    token = {"id_token": "04A2B1C9D0", "type": "ISO14443"}
    await central.command("DC-01", call.CustomerInformation(23, True, False, id_token=token))
    assert "Workshop" in (await central.wait_for("DC-01", "NotifyCustomerInformation", requestId=23))["data"]
    assert not central.refused


async def test_firmware_is_published_and_unpublished(central, demo):
    await central.command("DC-01", call.PublishFirmware("http://10.0.0.2/fw.bin", "a" * 32, 5))
    told = await central.wait_for("DC-01", "PublishFirmwareStatusNotification", status="Published")
    assert told["location"]
    assert (await central.command("DC-01", call.UnpublishFirmware("a" * 32))).status == "Unpublished"
    assert not central.refused


@pytest.mark.parametrize(
    ("message", "comes"),
    [
        ("BootNotification", "BootNotification"),
        ("Heartbeat", "Heartbeat"),
        ("StatusNotification", "StatusNotification"),
        ("MeterValues", "MeterValues"),
        ("TransactionEvent", "TransactionEvent"),
        ("FirmwareStatusNotification", "FirmwareStatusNotification"),
        ("LogStatusNotification", "LogStatusNotification"),
        ("PublishFirmwareStatusNotification", "PublishFirmwareStatusNotification"),
        ("SignChargingStationCertificate", "SignCertificate"),
    ],
)
async def test_a_triggered_message_comes(central, demo, message, comes):
    await central.wait_for("DC-01", "TransactionEvent", triggerReason="ChargingStateChanged")
    since = len(central.told)
    answer = await central.command("DC-01", call.TriggerMessage(message, {"id": 1}))
    assert answer.status == "Accepted"
    trigger = {"triggerReason": "Trigger"} if comes == "TransactionEvent" else {}
    await central.wait_for("DC-01", comes, since, **trigger)
    assert not central.refused


async def test_no_unlocking_during_an_authorized_transaction(central, demo):
    await central.wait_for("DC-01", "TransactionEvent", eventType="Started")
    answer = await central.command("DC-01", call.UnlockConnector(1, 1))
    assert answer.status == "OngoingAuthorizedTransaction"


async def test_a_log_is_uploaded(central, demo):
    answer = await central.command("DC-01", call.GetLog({"remote_location": "http://10.0.0.2/"}, "SecurityLog", 9))
    assert (answer.status, answer.filename) == ("Accepted", "DC-01-SecurityLog.log")
    await central.wait_for("DC-01", "LogStatusNotification", status="Uploaded", requestId=9)


async def test_a_fault_is_told_as_an_event_and_cleared(central, demo):
    from ocpp_console.simulator.scenarios import FAULTS

    since = await free_evse(central)
    demo.stations[2].connectors[1].strike(FAULTS[1])
    await central.wait_for("DC-01", "StatusNotification", since, evseId=2, connectorStatus="Faulted")
    told = await central.until(lambda: (found := central.heard("DC-01", "NotifyEvent", since)) and found[-1], "event")
    assert told["eventData"][0]["techCode"] == "E107"
    await central.until(
        lambda: [one for one in central.heard("DC-01", "NotifyEvent", since) if one["eventData"][0]["cleared"]], "clear"
    )
    assert not central.refused
