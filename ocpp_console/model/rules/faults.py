"""Rules about faults that stations report themselves, in the words of either version."""

from ocpp_console.model.reading import entries, mapping, text, whole
from ocpp_console.model.rows import Message
from ocpp_console.model.rules.statuses import connector_fault, out_of_service
from ocpp_console.model.site import Site
from ocpp_console.model.station import Station
from ocpp_console.protocol.findings import Finding, Severity
from ocpp_console.protocol.frames import JsonValue

Payload = dict[str, JsonValue]

_CODES = {
    "ConnectorLockFailure": "the plug cannot be locked or unlocked",
    "EVCommunicationError": "the car does not talk to the station",
    "GroundFailure": "the residual current breaker tripped",
    "HighTemperature": "it is too hot inside",
    "InternalError": "hardware or software inside the station",
    "LocalListConflict": "the local list does not fit the central system's",
    "OtherError": "see info and vendorErrorCode",
    "OverCurrentFailure": "the over-current protection tripped",
    "OverVoltage": "the voltage is too high",
    "PowerMeterFailure": "the meter cannot be read",
    "PowerSwitchFailure": "the contactor does not switch",
    "ReaderFailure": "the card reader fails",
    "ResetFailure": "it could not reset",
    "UnderVoltage": "the voltage is too low",
    "WeakSignal": "the radio signal is weak",
}
"""OCPP 1.6 §7.6, ChargePointErrorCode, in short."""

_PROBLEMS = frozenset({"Problem", "Tripped", "Overload"})
"""Standardized variables of 2.x that are true when something is wrong with a component."""
MOST_EVENTS = 100


def fault_reported(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """StatusNotification: Faulted, or an errorCode beside another state; once for as long as it stays the same."""
    said = payload.get("status", payload.get("connectorStatus"))
    code = text(payload.get("errorCode"))
    code = "" if code == "NoError" else code
    if said != "Faulted" and not code:
        return None
    evse, number = whole(payload.get("evseId")) or 0, whole(payload.get("connectorId")) or 0
    known = station.connectors.get((evse, number))
    if known is not None and known.error_code == code and (known.status == said or said != "Faulted"):
        return None
    parts = [code, _CODES.get(code, ""), text(payload.get("info")), text(payload.get("vendorErrorCode"))]
    what = ", ".join(f"{part!a:.60}"[1:-1] for part in parts if part)
    place = f"EVSE {evse} connector {number}" if evse else f"connector {number}" if number else "the station"
    text_ = f"{place} is {said!a:.40}: {what}" if what else f"{place} is {said!a:.40}, and does not say why"
    return Finding("FAULT_REPORTED", Severity.WARNING, text_, "errorCode" if code else "")


def events(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """NotifyEvent: a component has a problem, or a connector's state by which a session suffers."""
    odd = None
    for event in entries(payload.get("eventData"))[:MOST_EVENTS]:
        name = event.get("variable")
        word = name.get("name") if type(name) is dict else None
        if word == "AvailabilityState":
            odd = odd or _state(site, station, message, event)
        elif type(word) is str and word in _PROBLEMS:
            odd = odd or _problem(station, word, event)
    return odd


def _state(site: Site, station: Station, message: Message, event: Payload) -> Finding | None:
    """2.1 tells a connector's state by an event: the rules of a StatusNotification hold."""
    evse = mapping(mapping(event.get("component")).get("evse"))
    said: Payload = {
        "evseId": evse.get("id"),
        "connectorId": evse.get("connectorId"),
        "connectorStatus": event.get("actualValue"),
    }
    return (
        connector_fault(site, station, message, said)
        or out_of_service(site, station, message, said)
        or fault_reported(site, station, message, said)
    )


def _problem(station: Station, word: str, event: Payload) -> Finding | None:
    """A component says that something is wrong with it; once until it is over, or for each connection."""
    component = mapping(event.get("component"))
    evse = mapping(component.get("evse"))
    place = f"EVSE {whole(evse.get('id'))} " if evse else ""
    name = f"{place}{text(component.get('name'))!a:.60}"
    key = f"FAULT_REPORTED {name} {word}"
    if text(event.get("actualValue")).lower() != "true" or event.get("cleared") is True:
        station.trail.told.pop(key, None)
        return None
    if not station.trail.once(key):
        return None
    words = ", ".join(f"{part!a:.60}" for part in (text(event.get("techCode")), text(event.get("techInfo"))) if part)
    return Finding("FAULT_REPORTED", Severity.WARNING, f"{name}: {word}{f' ({words})' if words else ''}", "eventData")
