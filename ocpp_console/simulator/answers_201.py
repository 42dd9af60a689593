"""How the simulated OCPP 2.0.1 station answers commands about charging, firmware, logs and certificates.

The device model, monitors and displays have their answers in `reports_201`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ocpp.v201 import call, call_result

from ocpp_console.simulator.connector import RemoteStart, Status, Stop
from ocpp_console.simulator.reports_201 import REPORT_ANSWERS, plain
from ocpp_console.simulator.transfers import reachable, seconds_until, update_firmware, upload_log

if TYPE_CHECKING:
    from ocpp_console.simulator.connector import Connector
    from ocpp_console.simulator.station_201 import Station201

Payload = Mapping[str, Any]

USES = {
    "ManufacturerRootCertificate", "CSMSRootCertificate", "MORootCertificate", "V2GRootCertificate",
}  # fmt: skip

# Charging


def request_start(
    station: "Station201",
    *,
    id_token: Payload,
    remote_start_id: int,
    evse_id: int | None = None,
    charging_profile: Payload | None = None,
    **_: Any,
) -> Any:
    """RequestStartTransaction: on the EVSE asked for, or the first that is free."""
    remote = RemoteStart(id_token["id_token"], id_token["type"], remote_start_id)
    connector = station.start_remotely(evse_id, remote)
    if connector is None:
        return call_result.RequestStartTransaction("Rejected", status_info={"reason_code": "Occupied"})
    if charging_profile is not None:
        station.profiles.put(charging_profile, connector.number, station.now())
    return call_result.RequestStartTransaction("Accepted")


def request_stop(station: "Station201", *, transaction_id: str, **_: Any) -> Any:
    """RequestStopTransaction."""
    connector = station.session_of(transaction_id)
    if connector is None:
        return call_result.RequestStopTransaction("Rejected", status_info={"reason_code": "TxNotFound"})
    station.afterwards(station.stop(connector, Stop.REMOTE))
    return call_result.RequestStopTransaction("Accepted")


def transaction_status(station: "Station201", *, transaction_id: str | None = None, **_: Any) -> Any:
    """GetTransactionStatus: the ongoing indicator only when a transaction is named (E14.FR.06)."""
    connector = None if transaction_id is None else station.session_of(transaction_id)
    ending = connector is not None and connector.session is not None and connector.session.stop is not None
    ongoing = None if transaction_id is None else connector is not None and not ending
    return call_result.GetTransactionStatus(messages_in_queue=ending, ongoing_indicator=ongoing)


def change_availability(
    station: "Station201", *, operational_status: str, evse: Payload | None = None, **_: Any
) -> Any:
    """ChangeAvailability: without an EVSE for the whole station."""
    places = station.places(_evse(evse))
    if places is None:
        return call_result.ChangeAvailability("Rejected", status_info={"reason_code": "UnknownEvse"})
    return call_result.ChangeAvailability(station.change_availability(places, operational_status == "Operative"))


def unlock_connector(station: "Station201", *, evse_id: int, connector_id: int, **_: Any) -> Any:
    """UnlockConnector: not during an authorized transaction (F05.FR.02)."""
    connector = station.connector(evse_id)
    if connector is None or connector_id != 1:
        status = "UnknownConnector"
    elif connector.session is not None:
        status = "OngoingAuthorizedTransaction"
    else:
        status = "UnlockFailed" if connector.status is Status.FAULTED else "Unlocked"
    return call_result.UnlockConnector(status)


def reserve_now(
    station: "Station201", *, id: int, expiry_date_time: str, id_token: Payload, evse_id: int | None = None, **_: Any
) -> Any:
    """ReserveNow."""
    return call_result.ReserveNow(station.reserve(evse_id, id, id_token["id_token"], seconds_until(expiry_date_time)))


def cancel_reservation(station: "Station201", *, reservation_id: int, **_: Any) -> Any:
    """CancelReservation."""
    return call_result.CancelReservation(station.cancel_reservation(reservation_id))


def reset(station: "Station201", *, type: str, evse_id: int | None = None, **_: Any) -> Any:
    """Reset: of the station or one EVSE, at once or when no session runs."""
    places = station.places(evse_id)
    if places is None:
        return call_result.Reset("Rejected", status_info={"reason_code": "UnknownEvse"})
    if type == "OnIdle" and any(connector.session is not None for connector in places):
        station.reset_when_idle = True
        return call_result.Reset("Scheduled")
    if evse_id:
        station.afterwards(station.reset_evse(places[0]))
    else:
        station.afterwards(station.reboot("RemoteReset", Stop.SOFT_RESET))
    return call_result.Reset("Accepted")


def set_charging_profile(station: "Station201", *, evse_id: int, charging_profile: Payload, **_: Any) -> Any:
    """SetChargingProfile: a TxProfile needs its transaction (K01.FR.03), a station maximum belongs to EVSE 0."""
    places = station.places(evse_id)
    purpose = charging_profile["charging_profile_purpose"]
    refusal = ""
    if places is None:
        refusal = "UnknownEvse"
    elif purpose == "TxProfile" and not (evse_id and places[0].session):
        refusal = "TxNotFound"
    elif purpose == "ChargingStationMaxProfile" and evse_id:
        refusal = "InvalidProfile"
    elif not station.profiles.put(charging_profile, evse_id, station.now()):
        refusal = "InvalidSchedule"
    if places is None or refusal:
        return call_result.SetChargingProfile("Rejected", status_info={"reason_code": refusal})
    for connector in places:
        connector.look_again()
    return call_result.SetChargingProfile("Accepted")


def clear_charging_profile(
    station: "Station201",
    *,
    charging_profile_id: int | None = None,
    charging_profile_criteria: Payload | None = None,
    **_: Any,
) -> Any:
    """ClearChargingProfile."""
    criteria = charging_profile_criteria or {}
    gone = station.profiles.clear(
        charging_profile_id,
        criteria.get("evse_id"),
        criteria.get("charging_profile_purpose"),
        criteria.get("stack_level"),
    )
    return call_result.ClearChargingProfile("Accepted" if gone else "Unknown")


def get_charging_profiles(
    station: "Station201", *, request_id: int, charging_profile: Payload, evse_id: int | None = None, **_: Any
) -> Any:
    """GetChargingProfiles: ReportChargingProfiles follow, one per EVSE."""
    sources = charging_profile.get("charging_limit_source")
    found = station.profiles.matching(
        charging_profile.get("charging_profile_id"),
        evse_id,
        charging_profile.get("charging_profile_purpose"),
        charging_profile.get("stack_level"),
    )
    if not found or (sources is not None and "CSO" not in sources):
        return call_result.GetChargingProfiles("NoProfiles")
    places = sorted({profile.place for profile in found})
    for place in places:
        report = call.ReportChargingProfiles(
            request_id=request_id,
            charging_limit_source="CSO",
            charging_profile=[dict(profile.document) for profile in found if profile.place == place],
            evse_id=place,
            tbc=True if place != places[-1] else None,
        )
        station.afterwards(station.tell(report))
    return call_result.GetChargingProfiles("Accepted")


def get_composite_schedule(
    station: "Station201", *, duration: int, evse_id: int, charging_rate_unit: str = "W", **_: Any
) -> Any:
    """GetCompositeSchedule."""
    if station.places(evse_id) is None or duration < 0:
        return call_result.GetCompositeSchedule("Rejected", status_info={"reason_code": "InvalidValue"})
    periods = station.profiles.schedule(evse_id, station.now(), station.plan.max_w, charging_rate_unit)
    return call_result.GetCompositeSchedule(
        "Accepted",
        schedule={
            "evse_id": evse_id,
            "duration": duration,
            "schedule_start": station.stamp(),
            "charging_rate_unit": charging_rate_unit,
            "charging_schedule_period": [one for one in periods if one["start_period"] <= duration],
        },
    )


# Firmware, logs and messages on request


def update_station(station: "Station201", *, request_id: int, firmware: Payload, **_: Any) -> Any:
    """UpdateFirmware: a signing certificate, when given, has to look like one."""
    certificate = firmware.get("signing_certificate")
    if certificate is not None and "BEGIN CERTIFICATE" not in certificate:
        station.afterwards(station.security_event("InvalidFirmwareSigningCertificate", "not a certificate"))
        return call_result.UpdateFirmware("InvalidCertificate")
    work = update_firmware(
        station, firmware["location"], firmware["retrieve_date_time"], request_id, signed=certificate is not None
    )
    return call_result.UpdateFirmware("AcceptedCanceled" if station.transfer("firmware", work) else "Accepted")


def publish_firmware(station: "Station201", *, location: str, checksum: str, request_id: int, **_: Any) -> Any:
    """PublishFirmware: as a local controller does it."""
    station.transfer("publish", _publish(station, location, checksum, request_id))
    return call_result.PublishFirmware("Accepted")


async def _publish(station: "Station201", location: str, checksum: str, request: int) -> None:
    """Fetch, check and publish, told step by step."""
    steps = ["Downloading", "Downloaded", "ChecksumVerified"] if reachable(location) else ["Downloading"]
    for status in steps:
        await station.ask(call.PublishFirmwareStatusNotification(status=status, request_id=request))
        await station.sleep(1)
    if len(steps) == 1:
        await station.ask(call.PublishFirmwareStatusNotification(status="DownloadFailed", request_id=request))
        return
    station.published.add(checksum)
    where = [f"http://{station.identity.lower()}.local/firmware/{checksum}"]
    await station.ask(call.PublishFirmwareStatusNotification(status="Published", location=where, request_id=request))


def unpublish_firmware(station: "Station201", *, checksum: str, **_: Any) -> Any:
    """UnpublishFirmware."""
    known = checksum in station.published
    station.published.discard(checksum)
    return call_result.UnpublishFirmware("Unpublished" if known else "NoFirmware")


def get_log(station: "Station201", *, log: Payload, log_type: str, request_id: int, **_: Any) -> Any:
    """GetLog: an upload follows."""
    busy = station.transfer("log", upload_log(station, log["remote_location"], request_id))
    filename = f"{station.identity}-{log_type}.log"
    return call_result.GetLog("AcceptedCanceled" if busy else "Accepted", filename=filename)


def trigger_message(station: "Station201", *, requested_message: str, evse: Payload | None = None, **_: Any) -> Any:
    """TriggerMessage."""
    places = station.places(_evse(evse))
    if places is None:
        return call_result.TriggerMessage("Rejected", status_info={"reason_code": "UnknownEvse"})
    match requested_message:
        case "BootNotification":
            station.afterwards(station.boot_again())
        case "Heartbeat":
            station.afterwards(station.beat_once())
        case "StatusNotification":
            for connector in places:
                station.afterwards(station.report_status(connector, early=True, again=True))
        case "MeterValues":
            for connector in places:
                station.afterwards(station.send_meter_values(connector))
        case "TransactionEvent":
            return call_result.TriggerMessage(_trigger_transactions(station, places))
        case "FirmwareStatusNotification":
            status, request = station.firmware_status, station.transfer_request
            station.afterwards(station.report_firmware(status, request, early=True))
        case "LogStatusNotification":
            station.afterwards(station.report_log(station.log_status, station.log_request, early=True))
        case "PublishFirmwareStatusNotification":
            station.afterwards(station.tell(call.PublishFirmwareStatusNotification(status="Idle")))
        case "SignChargingStationCertificate":
            sign = call.SignCertificate(station.signing_request(), "ChargingStationCertificate")
            station.afterwards(station.tell(sign))
        case _:
            # No ISO 15118 here, so nothing to sign for it.
            return call_result.TriggerMessage("NotImplemented")
    return call_result.TriggerMessage("Accepted")


def _trigger_transactions(station: "Station201", places: "Sequence[Connector]") -> str:
    """A TransactionEvent for each running transaction; the TriggerMessageStatus."""
    running = [(connector, connector.session) for connector in places if connector.session is not None]
    for connector, session in running:
        station.afterwards(station.session_metered(connector, session, "Trigger"))
    return "Accepted" if running else "Rejected"


# Tokens and certificates


def send_local_list(
    station: "Station201",
    *,
    version_number: int,
    update_type: str,
    local_authorization_list: Sequence[Payload] = (),
    **_: Any,
) -> Any:
    """SendLocalList."""
    entries = {entry["id_token"]["id_token"]: entry.get("id_token_info") for entry in local_authorization_list}
    taken = station.local_list.update(version_number, update_type == "Full", entries)
    if taken:
        station.device_model.put("LocalAuthListCtrlr", "Entries", str(len(station.local_list.entries)))
    return call_result.SendLocalList("Accepted" if taken else "VersionMismatch")


def get_local_list_version(station: "Station201", **_: Any) -> Any:
    """GetLocalListVersion."""
    return call_result.GetLocalListVersion(station.local_list.version)


def install_certificate(station: "Station201", *, certificate_type: str, certificate: str, **_: Any) -> Any:
    """InstallCertificate."""
    kept = station.certificates.install(certificate_type, certificate)
    return call_result.InstallCertificate("Accepted" if kept else "Rejected")


def delete_certificate(station: "Station201", *, certificate_hash_data: Payload, **_: Any) -> Any:
    """DeleteCertificate."""
    deleted = station.certificates.delete(certificate_hash_data["serial_number"])
    return call_result.DeleteCertificate("Accepted" if deleted else "NotFound")


def get_installed_certificate_ids(station: "Station201", *, certificate_type: list[str] | None = None, **_: Any) -> Any:
    """GetInstalledCertificateIds."""
    found = [
        {"certificate_type": one.use, "certificate_hash_data": one.hash_data}
        for one in station.certificates.of(certificate_type)
        if one.use in USES
    ]
    if not found:
        return call_result.GetInstalledCertificateIds("NotFound")
    return call_result.GetInstalledCertificateIds("Accepted", certificate_hash_data_chain=found)


def data_transfer(station: "Station201", *, vendor_id: str, **_: Any) -> Any:
    """DataTransfer: known for our own vendor only."""
    return call_result.DataTransfer("Accepted" if vendor_id == station.plan.vendor else "UnknownVendorId")


def _evse(evse: Payload | None) -> int | None:
    """The number in an EVSEType."""
    return None if evse is None else evse["id"]


ANSWERS: Mapping[str, Callable[..., Any]] = {
    "CancelReservation": cancel_reservation,
    "CertificateSigned": plain(call_result.CertificateSigned, status="Accepted"),
    "ChangeAvailability": change_availability,
    "ClearCache": plain(call_result.ClearCache, status="Accepted"),
    "ClearChargingProfile": clear_charging_profile,
    "CostUpdated": plain(call_result.CostUpdated),
    "DataTransfer": data_transfer,
    "DeleteCertificate": delete_certificate,
    "GetChargingProfiles": get_charging_profiles,
    "GetCompositeSchedule": get_composite_schedule,
    "GetInstalledCertificateIds": get_installed_certificate_ids,
    "GetLocalListVersion": get_local_list_version,
    "GetLog": get_log,
    "GetTransactionStatus": transaction_status,
    "InstallCertificate": install_certificate,
    "PublishFirmware": publish_firmware,
    "RequestStartTransaction": request_start,
    "RequestStopTransaction": request_stop,
    "ReserveNow": reserve_now,
    "Reset": reset,
    "SendLocalList": send_local_list,
    "SetChargingProfile": set_charging_profile,
    "SetNetworkProfile": plain(call_result.SetNetworkProfile, status="Accepted"),
    "TriggerMessage": trigger_message,
    "UnlockConnector": unlock_connector,
    "UnpublishFirmware": unpublish_firmware,
    "UpdateFirmware": update_station,
    **REPORT_ANSWERS,
}
"""Every command of 2.0.1."""
