"""How the simulated OCPP 1.6 station answers each command of its central system."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ocpp.v16 import call, call_result

from ocpp_console.simulator.connector import RemoteStart, Status, Stop
from ocpp_console.simulator.transfers import seconds_until, update_firmware, upload_log

if TYPE_CHECKING:
    from ocpp_console.simulator.station_16 import Station16

LONGEST_LIST = 500


def _plain(make: Callable[..., Any], **payload: Any) -> Callable[..., Any]:
    """An answer that is always the same."""
    return lambda station, **_: make(**payload)


def cancel_reservation(station: "Station16", *, reservation_id: int) -> Any:
    """CancelReservation."""
    return call_result.CancelReservation(station.cancel_reservation(reservation_id))


def change_availability(station: "Station16", *, connector_id: int, type: str) -> Any:
    """ChangeAvailability: connector 0 means all."""
    places = station.places(connector_id)
    if places is None:
        return call_result.ChangeAvailability("Rejected")
    status = station.change_availability(places, type == "Operative")
    if connector_id == 0:
        station.afterwards(station.report_station_status())
    return call_result.ChangeAvailability(status)


def change_configuration(station: "Station16", *, key: str, value: str) -> Any:
    """ChangeConfiguration."""
    status = station.configuration.change(key, value)
    if status == "Accepted" and key.lower() == "heartbeatinterval":
        station.heartbeat_interval = float(value)
    return call_result.ChangeConfiguration(status)


def clear_charging_profile(
    station: "Station16",
    *,
    id: int | None = None,
    connector_id: int | None = None,
    charging_profile_purpose: str | None = None,
    stack_level: int | None = None,
) -> Any:
    """ClearChargingProfile: what is left out fits all."""
    gone = station.profiles.clear(id, connector_id, charging_profile_purpose, stack_level)
    return call_result.ClearChargingProfile("Accepted" if gone else "Unknown")


def data_transfer(station: "Station16", *, vendor_id: str, **_: Any) -> Any:
    """DataTransfer: known for our own vendor only."""
    known = vendor_id == station.plan.vendor
    return call_result.DataTransfer("Accepted" if known else "UnknownVendorId", data="ok" if known else None)


def delete_certificate(station: "Station16", *, certificate_hash_data: Mapping[str, Any]) -> Any:
    """DeleteCertificate."""
    deleted = station.certificates.delete(certificate_hash_data["serial_number"])
    return call_result.DeleteCertificate("Accepted" if deleted else "NotFound")


def get_composite_schedule(
    station: "Station16", *, connector_id: int, duration: int, charging_rate_unit: str = "W"
) -> Any:
    """GetCompositeSchedule."""
    if station.places(connector_id) is None or duration < 0:
        return call_result.GetCompositeSchedule("Rejected")
    periods = station.profiles.schedule(connector_id, station.now(), station.plan.max_w, charging_rate_unit)
    return call_result.GetCompositeSchedule(
        "Accepted",
        connector_id=connector_id,
        schedule_start=station.stamp(),
        charging_schedule={
            "duration": duration,
            "charging_rate_unit": charging_rate_unit,
            "charging_schedule_period": [one for one in periods if one["start_period"] <= duration],
        },
    )


def get_configuration(station: "Station16", *, key: Sequence[str] | None = None) -> Any:
    """GetConfiguration: all keys when none is named."""
    known, unknown = station.configuration.read(key)
    return call_result.GetConfiguration(configuration_key=known, unknown_key=unknown or None)


def get_diagnostics(station: "Station16", *, location: str, **_: Any) -> Any:
    """GetDiagnostics: an upload follows."""
    station.transfer("log", upload_log(station, location, None))
    return call_result.GetDiagnostics(file_name=f"{station.identity}-diagnostics.tar.gz")


def get_installed_certificate_ids(station: "Station16", *, certificate_type: str) -> Any:
    """GetInstalledCertificateIds."""
    found = [one.hash_data for one in station.certificates.of([certificate_type])]
    if not found:
        return call_result.GetInstalledCertificateIds("NotFound")
    return call_result.GetInstalledCertificateIds("Accepted", certificate_hash_data=found)


def get_local_list_version(station: "Station16") -> Any:
    """GetLocalListVersion."""
    return call_result.GetLocalListVersion(station.local_list.version)


def get_log(station: "Station16", *, log: Mapping[str, Any], log_type: str, request_id: int, **_: Any) -> Any:
    """GetLog: an upload follows."""
    busy = station.transfer("log", upload_log(station, log["remote_location"], request_id))
    filename = f"{station.identity}-{log_type}.log"
    return call_result.GetLog("AcceptedCanceled" if busy else "Accepted", filename=filename)


def install_certificate(station: "Station16", *, certificate_type: str, certificate: str) -> Any:
    """InstallCertificate."""
    kept = station.certificates.install(certificate_type, certificate)
    return call_result.InstallCertificate("Accepted" if kept else "Rejected")


def remote_start(
    station: "Station16",
    *,
    id_tag: str,
    connector_id: int | None = None,
    charging_profile: Mapping[str, Any] | None = None,
) -> Any:
    """RemoteStartTransaction: on the connector asked for, or the first that is free."""
    if connector_id == 0:
        return call_result.RemoteStartTransaction("Rejected")
    connector = station.start_remotely(connector_id, RemoteStart(id_tag))
    if connector is not None and charging_profile is not None:
        station.profiles.put(charging_profile, connector.number, station.now())
    return call_result.RemoteStartTransaction("Accepted" if connector else "Rejected")


def remote_stop(station: "Station16", *, transaction_id: int) -> Any:
    """RemoteStopTransaction."""
    connector = station.session_of(transaction_id)
    if connector is None:
        return call_result.RemoteStopTransaction("Rejected")
    station.afterwards(station.stop(connector, Stop.REMOTE))
    return call_result.RemoteStopTransaction("Accepted")


def reserve_now(
    station: "Station16", *, connector_id: int, expiry_date: str, id_tag: str, reservation_id: int, **_: Any
) -> Any:
    """ReserveNow: connector 0 means any."""
    return call_result.ReserveNow(station.reserve(connector_id, reservation_id, id_tag, seconds_until(expiry_date)))


def reset(station: "Station16", *, type: str) -> Any:
    """Reset: both kinds end the sessions and reboot."""
    why = Stop.HARD_RESET if type == "Hard" else Stop.SOFT_RESET
    station.afterwards(station.reboot("RemoteReset", why))
    return call_result.Reset("Accepted")


def send_local_list(
    station: "Station16",
    *,
    list_version: int,
    update_type: str,
    local_authorization_list: Sequence[Mapping[str, Any]] = (),
) -> Any:
    """SendLocalList."""
    if not station.configuration.switch("LocalAuthListEnabled"):
        return call_result.SendLocalList("NotSupported")
    if len(local_authorization_list) > LONGEST_LIST:
        return call_result.SendLocalList("Failed")
    entries = {entry["id_tag"]: entry.get("id_tag_info") for entry in local_authorization_list}
    taken = station.local_list.update(list_version, update_type == "Full", entries)
    return call_result.SendLocalList("Accepted" if taken else "VersionMismatch")


def set_charging_profile(station: "Station16", *, connector_id: int, cs_charging_profiles: Mapping[str, Any]) -> Any:
    """SetChargingProfile: a TxProfile needs a transaction, a maximum belongs to connector 0."""
    places = station.places(connector_id)
    purpose = cs_charging_profiles["charging_profile_purpose"]
    unfit = (purpose == "TxProfile" and not (connector_id and places and places[0].session)) or (
        purpose == "ChargePointMaxProfile" and connector_id != 0
    )
    if places is None or unfit or not station.profiles.put(cs_charging_profiles, connector_id, station.now()):
        return call_result.SetChargingProfile("Rejected")
    for connector in places:
        connector.look_again()
    return call_result.SetChargingProfile("Accepted")


def signed_update_firmware(station: "Station16", *, request_id: int, firmware: Mapping[str, Any], **_: Any) -> Any:
    """SignedUpdateFirmware: the signing certificate has to look like one."""
    if "BEGIN CERTIFICATE" not in firmware["signing_certificate"]:
        station.afterwards(station.security_event("InvalidFirmwareSigningCertificate", "not a certificate"))
        return call_result.SignedUpdateFirmware("InvalidCertificate")
    update = update_firmware(station, firmware["location"], firmware["retrieve_date_time"], request_id, signed=True)
    busy = station.transfer("firmware", update)
    return call_result.SignedUpdateFirmware("AcceptedCanceled" if busy else "Accepted")


def trigger_message(station: "Station16", *, requested_message: str, connector_id: int | None = None) -> Any:
    """TriggerMessage."""
    return call_result.TriggerMessage(_trigger(station, requested_message, connector_id))


def extended_trigger_message(station: "Station16", *, requested_message: str, connector_id: int | None = None) -> Any:
    """ExtendedTriggerMessage, of the security whitepaper."""
    return call_result.ExtendedTriggerMessage(_trigger(station, requested_message, connector_id))


def unlock_connector(station: "Station16", *, connector_id: int) -> Any:
    """UnlockConnector: ends a session first, as 1.6 §5.18 asks."""
    connector = station.connector(connector_id)
    if connector is None:
        return call_result.UnlockConnector("NotSupported")
    if connector.status is Status.FAULTED:
        return call_result.UnlockConnector("UnlockFailed")
    if connector.session is not None:
        station.afterwards(station.stop(connector, Stop.UNLOCK))
    return call_result.UnlockConnector("Unlocked")


def plain_update_firmware(station: "Station16", *, location: str, retrieve_date: str, **_: Any) -> Any:
    """UpdateFirmware: the answer is empty, the steps follow."""
    station.transfer("firmware", update_firmware(station, location, retrieve_date, None, signed=False))
    return call_result.UpdateFirmware()


def _trigger(station: "Station16", message: str, number: int | None) -> str:
    """Send the message asked for after the answer; the TriggerMessageStatus."""
    places = station.places(number)
    if places is None:
        return "Rejected"
    match message:
        case "StatusNotification":
            if not number:
                station.afterwards(station.report_station_status(early=True))
            for connector in places:
                station.afterwards(station.report_status(connector, early=True))
        case "MeterValues":
            for connector in places:
                station.afterwards(station.send_meter_values(connector, "Trigger", early=True))
        case "BootNotification":
            station.afterwards(station.boot_again())
        case "Heartbeat":
            station.afterwards(station.beat_once())
        case "FirmwareStatusNotification":
            status, request = station.firmware_status, station.transfer_request
            station.afterwards(station.report_firmware(status, request, early=True))
        case "DiagnosticsStatusNotification":
            status = station.log_status if station.log_request is None else "Idle"
            station.afterwards(station.report_log(status, None, early=True))
        case "LogStatusNotification":
            idle = station.log_request is None
            station.afterwards(
                station.report_log("Idle" if idle else station.log_status, station.log_request or 0, early=True)
            )
        case "SignChargePointCertificate":
            station.afterwards(station.tell(call.SignCertificate(csr=station.signing_request())))
        case _:
            return "NotImplemented"
    return "Accepted"


ANSWERS: Mapping[str, Callable[..., Any]] = {
    "CancelReservation": cancel_reservation,
    "CertificateSigned": _plain(call_result.CertificateSigned, status="Accepted"),
    "ChangeAvailability": change_availability,
    "ChangeConfiguration": change_configuration,
    "ClearCache": _plain(call_result.ClearCache, status="Accepted"),
    "ClearChargingProfile": clear_charging_profile,
    "DataTransfer": data_transfer,
    "DeleteCertificate": delete_certificate,
    "ExtendedTriggerMessage": extended_trigger_message,
    "GetCompositeSchedule": get_composite_schedule,
    "GetConfiguration": get_configuration,
    "GetDiagnostics": get_diagnostics,
    "GetInstalledCertificateIds": get_installed_certificate_ids,
    "GetLocalListVersion": get_local_list_version,
    "GetLog": get_log,
    "InstallCertificate": install_certificate,
    "RemoteStartTransaction": remote_start,
    "RemoteStopTransaction": remote_stop,
    "ReserveNow": reserve_now,
    "Reset": reset,
    "SendLocalList": send_local_list,
    "SetChargingProfile": set_charging_profile,
    "SignedUpdateFirmware": signed_update_firmware,
    "TriggerMessage": trigger_message,
    "UnlockConnector": unlock_connector,
    "UpdateFirmware": plain_update_firmware,
}
"""Every command of 1.6 and its security extensions."""
