from datetime import UTC, datetime, timedelta

import pytest
from ocpp.v16 import call

from ocpp_console.simulator.answers_16 import ANSWERS

PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
NOW = "2024-01-01T00:00:00Z"
LATER = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
PROFILE = {
    "charging_profile_id": 7,
    "stack_level": 0,
    "charging_profile_purpose": "TxDefaultProfile",
    "charging_profile_kind": "Relative",
    "charging_schedule": {
        "charging_rate_unit": "A",
        "charging_schedule_period": [{"start_period": 0, "limit": 6.0}, {"start_period": 600, "limit": 9.4}],
    },
}
HASH = {"hash_algorithm": "SHA256", "issuer_name_hash": "a", "issuer_key_hash": "b", "serial_number": "c"}

COMMANDS = [
    (call.CancelReservation(5), "Rejected"),
    (call.CertificateSigned(PEM), "Accepted"),
    (call.ChangeAvailability(9, "Inoperative"), "Rejected"),
    (call.ChangeConfiguration("MinimumStatusDuration", "1"), "Accepted"),
    (call.ClearCache(), "Accepted"),
    (call.ClearChargingProfile(id=99), "Unknown"),
    (call.DataTransfer("com.example"), "UnknownVendorId"),
    (call.DataTransfer("Nordlicht", data="ping"), "Accepted"),
    (call.DeleteCertificate(HASH), "NotFound"),
    (call.ExtendedTriggerMessage("SignChargePointCertificate"), "Accepted"),
    (call.ExtendedTriggerMessage("LogStatusNotification"), "Accepted"),
    (call.GetCompositeSchedule(1, 3600), "Accepted"),
    (call.GetCompositeSchedule(9, 3600), "Rejected"),
    (call.GetConfiguration(), None),
    (call.GetConfiguration(key=["NumberOfConnectors", "Nonsense"]), None),
    (call.GetDiagnostics("ftp://10.0.0.2/"), None),
    (call.GetInstalledCertificateIds("CentralSystemRootCertificate"), "NotFound"),
    (call.GetInstalledCertificateIds("ManufacturerRootCertificate"), "Accepted"),
    (call.GetLocalListVersion(), None),
    (call.GetLog({"remote_location": "http://10.0.0.2/"}, "SecurityLog", 3), None),
    (call.InstallCertificate("CentralSystemRootCertificate", PEM), "Accepted"),
    (call.InstallCertificate("CentralSystemRootCertificate", "nonsense"), "Rejected"),
    (call.RemoteStartTransaction("04A2B1C9D0", connector_id=9), "Rejected"),
    (call.RemoteStopTransaction(987_654), "Rejected"),
    (call.ReserveNow(9, LATER, "04A2B1C9D0", 5), "Rejected"),
    (call.SendLocalList(3, "Full", [{"id_tag": "A", "id_tag_info": {"status": "Accepted"}}]), "Accepted"),
    (call.SendLocalList(3, "Differential", [{"id_tag": "B"}]), "VersionMismatch"),
    (call.SetChargingProfile(0, PROFILE), "Accepted"),
    (call.SetChargingProfile(9, PROFILE), "Rejected"),
    (call.SignedUpdateFirmware(1, {"location": "http://h/x", "retrieve_date_time": NOW,
                                   "signing_certificate": "no", "signature": "no"}), "InvalidCertificate"),
    (call.TriggerMessage("Heartbeat"), "Accepted"),
    (call.TriggerMessage("StatusNotification", connector_id=9), "Rejected"),
    (call.UnlockConnector(9), "NotSupported"),
    (call.UnlockConnector(1), "Unlocked"),
    (call.Reset("Soft"), "Accepted"),
    (call.UpdateFirmware("http://10.0.0.2/fw.bin", NOW), None),  # last: it ends in a reboot, whenever that comes
]  # fmt: skip


async def test_every_command_of_the_version_gets_its_answer(central, demo):
    """The package checks each answer against its schema; a CALLERROR would raise."""
    for request, status in COMMANDS:
        since = len(central.told)
        answer = await central.command("AC-04", request)
        assert getattr(answer, "status", None) == status or status is None, (request, answer)
        if isinstance(request, call.Reset):
            await central.wait_for("AC-04", "BootNotification", since)
    asked = {type(request).__name__ for request, _ in COMMANDS}
    assert asked == set(ANSWERS)
    assert len(asked) == 26


async def free_connector(central, station: str = "AC-07", connector: int = 2) -> int:
    """Make sure nothing runs on a connector that its own visitors would use; the log position from which to listen."""
    await central.wait_for(station, "StatusNotification", connectorId=connector, status="Available")
    return len(central.told)


async def test_a_remote_start_runs_on_the_connector_asked_for_and_a_remote_stop_ends_it(central, demo):
    since = await free_connector(central)
    answer = await central.command("AC-07", call.RemoteStartTransaction("REMOTE1", connector_id=2))
    assert answer.status == "Accepted"
    start = await central.wait_for("AC-07", "StartTransaction", since, idTag="REMOTE1")
    assert start["connectorId"] == 2
    await central.wait_for("AC-07", "StatusNotification", since, connectorId=2, status="Charging")
    values = await central.wait_for("AC-07", "MeterValues", since, connectorId="2")
    assert (await central.command("AC-07", call.RemoteStartTransaction("OTHER", connector_id=2))).status == "Rejected"
    assert (await central.command("AC-07", call.RemoteStopTransaction(values["transactionId"]))).status == "Accepted"
    stop = await central.wait_for("AC-07", "StopTransaction", since, transactionId=values["transactionId"])
    assert stop["reason"] == "Remote"
    await central.wait_for("AC-07", "StatusNotification", since, connectorId=2, status="Finishing")


async def test_a_firmware_update_is_told_step_by_step_and_changes_the_version(central, demo):
    await central.command("AC-04", call.UpdateFirmware("http://10.0.0.2/uno-2.9.0.bin", NOW))
    await central.wait_for("AC-04", "FirmwareStatusNotification", status="Installed")
    steps = [one["status"] for one in central.heard("AC-04", "FirmwareStatusNotification")]
    assert steps == ["Downloading", "Downloaded", "Installing", "Installed"]
    boots = central.heard("AC-04", "BootNotification")
    assert [one["firmwareVersion"] for one in boots] == ["2.4.1", "2.9.0"]
    assert central.connections.count("AC-04") == 2


async def test_a_signed_update_carries_its_request_id(central, demo):
    firmware = {
        "location": "http://10.0.0.2/uno-3.0.0.bin",
        "retrieve_date_time": NOW,
        "signing_certificate": PEM,
        "signature": "c2ln",
    }
    assert (await central.command("AC-04", call.SignedUpdateFirmware(41, firmware))).status == "Accepted"
    await central.wait_for("AC-04", "SignedFirmwareStatusNotification", status="Installed", requestId=41)
    steps = [one["status"] for one in central.heard("AC-04", "SignedFirmwareStatusNotification", requestId=41)]
    assert steps == [
        "Downloading", "Downloaded", "SignatureVerified", "Installing", "InstallRebooting", "Installed",
    ]  # fmt: skip


async def test_a_location_nobody_can_reach_fails(central, demo):
    await central.command("AC-04", call.UpdateFirmware("nowhere", NOW))
    await central.wait_for("AC-04", "FirmwareStatusNotification", status="DownloadFailed")
    await central.command("AC-04", call.GetDiagnostics("nowhere"))
    await central.wait_for("AC-04", "DiagnosticsStatusNotification", status="UploadFailed")
    assert len(central.heard("AC-04", "BootNotification")) == 1


async def test_an_upload_is_told(central, demo):
    answer = await central.command("AC-04", call.GetDiagnostics("ftp://10.0.0.2/logs"))
    assert answer.file_name.endswith(".tar.gz")
    await central.wait_for("AC-04", "DiagnosticsStatusNotification", status="Uploaded")
    await central.command("AC-04", call.GetLog({"remote_location": "http://10.0.0.2/"}, "SecurityLog", 8))
    await central.wait_for("AC-04", "LogStatusNotification", status="Uploaded", requestId=8)


@pytest.mark.parametrize(("kind", "reason"), [("Soft", "SoftReset"), ("Hard", "HardReset")])
async def test_a_reset_ends_the_session_and_boots_again(central, demo, kind, reason):
    await central.wait_for("AC-04", "MeterValues")
    since = len(central.told)
    assert (await central.command("AC-04", call.Reset(kind))).status == "Accepted"
    await central.wait_for("AC-04", "BootNotification", since)
    assert central.heard("AC-04", "StopTransaction", since)[0]["reason"] == reason
    booted = len(central.told)
    await central.wait_for("AC-04", "StatusNotification", booted, connectorId=1, status="Available")


async def test_unavailable_is_scheduled_during_a_session_and_comes_after_it(central, demo):
    values = await central.wait_for("AC-04", "MeterValues")
    since = len(central.told)
    assert (await central.command("AC-04", call.ChangeAvailability(1, "Inoperative"))).status == "Scheduled"
    await central.command("AC-04", call.RemoteStopTransaction(values["transactionId"]))
    await central.wait_for("AC-04", "StatusNotification", since, connectorId=1, status="Unavailable")
    assert central.heard("AC-04", "StopTransaction", since)
    assert (await central.command("AC-04", call.RemoteStartTransaction("A", 1))).status == "Rejected"
    since = len(central.told)
    assert (await central.command("AC-04", call.ChangeAvailability(0, "Operative"))).status == "Accepted"
    await central.wait_for("AC-04", "StatusNotification", since, connectorId=1, status="Available")


async def test_a_reservation_is_shown_kept_for_its_tag_and_used(central, demo):
    since = await free_connector(central)
    answer = await central.command("AC-07", call.ReserveNow(2, LATER, "MINE", 77))
    assert answer.status == "Accepted"
    await central.wait_for("AC-07", "StatusNotification", since, connectorId=2, status="Reserved")
    assert (await central.command("AC-07", call.RemoteStartTransaction("OTHER", 2))).status == "Rejected"
    assert (await central.command("AC-07", call.RemoteStartTransaction("mine", 2))).status == "Accepted"
    start = await central.wait_for("AC-07", "StartTransaction", since, idTag="mine")
    assert start["reservationId"] == 77


async def test_a_reservation_is_cancelled(central, demo):
    await free_connector(central)
    await central.command("AC-07", call.ReserveNow(2, LATER, "MINE", 77))
    since = len(central.told)
    assert (await central.command("AC-07", call.CancelReservation(77))).status == "Accepted"
    await central.wait_for("AC-07", "StatusNotification", since, connectorId=2, status="Available")


async def test_a_charging_profile_lowers_the_power(central, demo):
    await central.until(
        lambda: [one for one in central.heard("AC-04", "MeterValues") if power(one) > 9_000], "full power"
    )
    since = len(central.told)
    await central.command("AC-04", call.SetChargingProfile(1, PROFILE))
    await central.until(
        lambda: [one for one in central.heard("AC-04", "MeterValues", since) if power(one) <= 6 * 230 * 3], "less"
    )
    schedule = (await central.command("AC-04", call.GetCompositeSchedule(1, 300, "A"))).charging_schedule
    assert schedule["charging_schedule_period"][0]["limit"] == 6.0
    assert (await central.command("AC-04", call.ClearChargingProfile(id=7))).status == "Accepted"


def power(payload: dict) -> float:
    sampled = payload["meterValue"][0]["sampledValue"]
    return float(next(one["value"] for one in sampled if one["measurand"] == "Power.Active.Import"))


@pytest.mark.parametrize(
    "message",
    ["BootNotification", "DiagnosticsStatusNotification", "FirmwareStatusNotification", "Heartbeat", "MeterValues",
     "StatusNotification"],
)  # fmt: skip
async def test_a_triggered_message_comes(central, demo, message):
    await central.wait_for("AC-04", "MeterValues")
    since = len(central.told)
    assert (await central.command("AC-04", call.TriggerMessage(message))).status == "Accepted"
    await central.wait_for("AC-04", message, since)


async def test_changed_keys_are_read_back_and_followed(central, demo):
    assert (await central.command("AC-04", call.ChangeConfiguration("MeterValueSampleInterval", "20"))).status == (
        "Accepted"
    )
    answer = await central.command("AC-04", call.GetConfiguration(["MeterValueSampleInterval", "What"]))
    assert answer.configuration_key == [{"key": "MeterValueSampleInterval", "readonly": False, "value": "20"}]
    assert answer.unknown_key == ["What"]
    assert demo.stations[0].sample_interval() == 20
    await central.command("AC-04", call.ChangeConfiguration("MeterValuesSampledData", "Power.Active.Import"))
    since = len(central.told)
    values = await central.wait_for("AC-04", "MeterValues", since)
    assert [one["measurand"] for one in values["meterValue"][0]["sampledValue"]] == ["Power.Active.Import"]


async def test_unlocking_ends_the_session(central, demo):
    await central.wait_for("AC-04", "MeterValues")
    assert (await central.command("AC-04", call.UnlockConnector(1))).status == "Unlocked"
    assert (await central.wait_for("AC-04", "StopTransaction"))["reason"] == "UnlockCommand"


async def test_certificates_are_kept_listed_and_deleted(central, demo):
    await central.command("AC-04", call.InstallCertificate("CentralSystemRootCertificate", PEM))
    listed = await central.command("AC-04", call.GetInstalledCertificateIds("CentralSystemRootCertificate"))
    [hash_data] = listed.certificate_hash_data
    assert (await central.command("AC-04", call.DeleteCertificate(hash_data))).status == "Accepted"
    assert (await central.command("AC-04", call.DeleteCertificate(hash_data))).status == "NotFound"


async def test_the_local_list_is_counted_by_version(central, demo):
    entry = {"id_tag": "A", "id_tag_info": {"status": "Accepted"}}
    await central.command("AC-04", call.SendLocalList(4, "Full", [entry]))
    await central.command("AC-04", call.SendLocalList(5, "Differential", [{"id_tag": "A"}]))
    assert (await central.command("AC-04", call.GetLocalListVersion())).list_version == 5
    assert demo.stations[0].local_list.entries == {}


async def test_malformed_frames_do_not_disturb_a_station(central, demo):
    frames = ["", "nonsense", "[]", "5", "[2]", '[2,"1",[],{}]', '[2,"1","Reset",null]', "[" * 100_000, b"\x00\xff"]
    for frame in frames:
        await central.sockets["AC-04"].send(frame)
    assert (await central.command("AC-04", call.ClearCache())).status == "Accepted"
    assert central.connections.count("AC-04") == 1
