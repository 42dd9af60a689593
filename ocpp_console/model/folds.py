"""What each action means for a station: one function per action and part, in two tables. Everything else is only a row.

A fold reads the payload tolerantly, never raises, and may return a finding about what only the state can tell.
"""

from collections.abc import Callable

from ocpp_console.model.arrangements import CALLED, REPLIED, Called, Replied
from ocpp_console.model.charging_needs import needs_called, plan_called, priority_called
from ocpp_console.model.clocks import heard_time
from ocpp_console.model.reading import entries, mapping, text, whole
from ocpp_console.model.reservation_use import reservation_looked_up, session_numbered, status_looked_at
from ocpp_console.model.rows import Message
from ocpp_console.model.rules.judging import judged_answers, judged_calls, judged_replies
from ocpp_console.model.sessions import (
    meter_values_called,
    start_answered,
    status_told,
    stop_answered,
    stop_called,
    transaction_event_answered,
    transaction_event_called,
)
from ocpp_console.model.site import Site
from ocpp_console.model.station import MOST_SECURITY_EVENTS, Station
from ocpp_console.model.variable_folds import (
    configuration_answered,
    configuration_changed,
    report_called,
    variables_answered,
    variables_set,
)
from ocpp_console.protocol.findings import Finding
from ocpp_console.protocol.frames import JsonValue

Payload = dict[str, JsonValue]
Fold = Callable[[Site, Station, Message, Payload], Finding | None]


def _boot_called(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """Who the station says it is: flat in 1.6, in `chargingStation` in 2.x."""
    inner = mapping(payload.get("chargingStation"))
    modem = mapping(inner.get("modem"))
    station.vendor = text(payload.get("chargePointVendor")) or text(inner.get("vendorName"))
    station.model = text(payload.get("chargePointModel")) or text(inner.get("model"))
    station.serial = (
        text(payload.get("chargePointSerialNumber"))
        or text(inner.get("serialNumber"))
        or text(payload.get("chargeBoxSerialNumber"))
    )
    station.firmware = text(payload.get("firmwareVersion")) or text(inner.get("firmwareVersion"))
    station.iccid = text(payload.get("iccid")) or text(modem.get("iccid"))
    station.imsi = text(payload.get("imsi")) or text(modem.get("imsi"))
    station.meter_type = text(payload.get("meterType"))
    station.meter_serial = text(payload.get("meterSerialNumber"))
    station.boot_reason = text(payload.get("reason"))
    station.boot_count += 1
    station.booted_at = message.at
    station.clock_drift = None  # whatever it was, the answer sets the clock
    return None


def _boot_answered(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """What we told it: accepted or not, and how often to send a heartbeat."""
    station.registration = text(payload.get("status"))
    station.interval = whole(payload.get("interval")) or 0
    connection = station.connection
    if connection is not None and connection.id == message.connection:
        connection.booted = True
    return None


def _heartbeat_called(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """A sign of life, and how far it is from the one before."""
    if station.last_heartbeat:
        station.heartbeat_gap = message.at - station.last_heartbeat
    station.last_heartbeat = message.at
    return None


def _status_called(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """A connector's state, in the words of either version."""
    number = whole(payload.get("connectorId"))
    evse = whole(payload.get("evseId")) if "evseId" in payload else 0
    if evse is None:
        return None  # whatever it is, it is not the first connector; the schema's finding stands at the message
    status = payload.get("status")
    if status is None:
        status = payload.get("connectorStatus")
    if number is None and not evse:
        return None
    said = payload.get("timestamp")
    if not evse and number:
        status_told(site, station, number, text(status))
    _set_status(station, message, evse, number or 0, text(status), payload)
    status_looked_at(site, station, evse or number or 0, text(status), message.at)
    return heard_time(station, said, message.at, live=True) if said is not None else None


def _set_status(station: Station, message: Message, evse: int, number: int, status: str, payload: Payload) -> None:
    """Write a state into the connector it belongs to."""
    connector = station.connector(evse, number)
    if connector is None:
        return
    if connector.status != status:
        connector.previous = connector.status
    connector.status = status
    error = text(payload.get("errorCode"))
    connector.error_code = "" if error == "NoError" else error
    connector.info = text(payload.get("info"))
    connector.vendor_error_code = text(payload.get("vendorErrorCode"))
    connector.at = message.at
    connector.said_at = text(payload.get("timestamp"))


def _event_called(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """NotifyEvent: 2.1 stations report AvailabilityState of a connector by it instead of a StatusNotification."""
    for event in entries(payload.get("eventData"))[:100]:
        if text(mapping(event.get("variable")).get("name")) != "AvailabilityState":
            continue
        evse = mapping(mapping(event.get("component")).get("evse"))
        evse_id, number = whole(evse.get("id")), whole(evse.get("connectorId"))
        if evse_id is not None and number is not None:
            said = {"timestamp": event.get("timestamp")}
            _set_status(station, message, evse_id, number, text(event.get("actualValue")), said)
            status_looked_at(site, station, evse_id, text(event.get("actualValue")), message.at)
    return None


def _authorize_answered(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """A tag was presented and got its verdict."""
    asked = site.request(message)
    token = mapping(asked.get("idToken"))
    shown = text(asked.get("idTag")) or text(token.get("idToken"))
    site.id_tags.presented(shown, text(token.get("type")), message.at, station.identity, message.verdict)
    return None


def _firmware_called(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """How far an update has come."""
    station.firmware_status = text(payload.get("status"))
    return None


def _log_called(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """How far an upload of diagnostics or of a log has come."""
    station.log_status = text(payload.get("status"))
    return None


def _security_event_called(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """A security event, kept among the newest of the station."""
    station.security_events.append((message.at, text(payload.get("type")), text(payload.get("techInfo"))))
    del station.security_events[:-MOST_SECURITY_EVENTS]
    return None


def _event_of_session_called(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """TransactionEvent: the session, then what it makes of a reservation."""
    odd = transaction_event_called(site, station, message, payload)
    return reservation_looked_up(site, station, message, payload) or odd


def _start_answered(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """StartTransaction: the session begins, and a reservation knows by which it was used."""
    odd = start_answered(site, station, message, payload)
    session_numbered(site, station, message, payload)
    return odd


CALL_FOLDS: dict[str, Fold] = {
    "BootNotification": _boot_called,
    "Heartbeat": _heartbeat_called,
    "StatusNotification": _status_called,
    "StopTransaction": stop_called,
    "MeterValues": meter_values_called,
    "StartTransaction": reservation_looked_up,
    "TransactionEvent": _event_of_session_called,
    "NotifyEvent": _event_called,
    "FirmwareStatusNotification": _firmware_called,
    "SignedFirmwareStatusNotification": _firmware_called,
    "DiagnosticsStatusNotification": _log_called,
    "LogStatusNotification": _log_called,
    "SecurityEventNotification": _security_event_called,
    "NotifyReport": report_called,
    "NotifyEVChargingNeeds": needs_called,
    "NotifyEVChargingSchedule": plan_called,
    "NotifyPriorityCharging": priority_called,
}
"""A station's call, when it arrives."""

ANSWER_FOLDS: dict[str, Fold] = {
    "BootNotification": _boot_answered,
    "Authorize": _authorize_answered,
    "StartTransaction": _start_answered,
    "StopTransaction": stop_answered,
    "TransactionEvent": transaction_event_answered,
}
"""Our answer to a station's call, when it leaves."""


def _called(called: Called, fold: Fold | None) -> Fold:
    """A station's call that changes what is arranged with it, and what `fold` makes of it."""

    def folded(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
        called(site.arrangements, message, payload)
        return fold(site, station, message, payload) if fold is not None else None

    return folded


def _replied(replied: Replied) -> Fold:
    """A station's answer that changes what is arranged with it."""

    def folded(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
        replied(site.arrangements, site.transactions, message, site.request(message), payload)
        return None

    return folded


CALL_FOLDS |= {action: _called(called, CALL_FOLDS.get(action)) for action, called in CALLED.items()}
CALL_FOLDS = judged_calls(CALL_FOLDS)
ANSWER_FOLDS = judged_answers(ANSWER_FOLDS)

REPLY_FOLDS: dict[str, Fold] = judged_replies(
    {action: _replied(replied) for action, replied in REPLIED.items()}
    | {
        "GetConfiguration": configuration_answered,
        "ChangeConfiguration": configuration_changed,
        "GetVariables": variables_answered,
        "SetVariables": variables_set,
    }
)
"""A station's CALLRESULT to a call of ours, when it arrives."""
