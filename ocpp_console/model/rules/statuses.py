"""Rules about the states of connectors, and about what a station reports of its firmware and logs."""

from ocpp_console.model.reading import mapping, text, whole
from ocpp_console.model.rows import Message
from ocpp_console.model.rules.trail import SessionTrail
from ocpp_console.model.site import Site
from ocpp_console.model.station import Connector, Station
from ocpp_console.protocol.findings import Finding, Severity
from ocpp_console.protocol.frames import JsonValue

Payload = dict[str, JsonValue]

_STATES = {
    "A": "Available",
    "P": "Preparing",
    "C": "Charging",
    "V": "SuspendedEV",
    "E": "SuspendedEVSE",
    "F": "Finishing",
    "R": "Reserved",
    "U": "Unavailable",
    "X": "Faulted",
}


def _table(*rows: str) -> dict[str, frozenset[str]]:
    """From rows of letters: what may follow each state."""
    return {_STATES[row[0]]: frozenset(_STATES[each] for each in row[2:]) for row in rows}


_COMMON = _table("A:PCRUX", "P:CAEXU", "C:EVFAX", "V:CFAX", "E:CFAX", "F:ARX", "R:AUX", "U:AX", "X:UA")
"""A table of transitions that tools share; older than the errata of 1.6."""

_ALLOWED = _table(
    "A:PCVERUX", "P:ACVEFX", "C:AVEFUX", "V:ACEFUX", "E:ACVFUX", "F:APUX", "R:APUX", "U:APCVEX", "X:APCVEFRU"
)
"""OCPP 1.6 §4.9, the table of allowed transitions of a connector."""

_FIRMWARE_FAILED = frozenset(
    [
        "DownloadFailed",
        "DownloadPaused",
        "InstallFailed",
        "InstallationFailed",
        "InstallRebootingFailed",
        "InstallVerificationFailed",
        "InvalidSignature",
        "RevokedCertificate",
        "InvalidCertificate",
    ]
)
_LOG_FAILED = frozenset("UploadFailed DiagnosisFailed UploadFailure BadMessage PermissionDenied".split())  # noqa: SIM905


_CALM = frozenset({("Available", "Occupied"), ("Occupied", "Available")}) | frozenset(
    (before, now)
    for before, after in _COMMON.items()
    for now in after & _ALLOWED[before]
    if now not in ("Faulted", "Unavailable")
)
"""Steps at which no rule has anything to say: what nearly every StatusNotification is."""


def calm(station: Station, payload: Payload) -> bool:
    """No rule about states needs to look at this StatusNotification."""
    try:
        known = station.connectors.get((0, payload.get("connectorId")))  # type: ignore[arg-type]
        if payload.get("errorCode", "NoError") != "NoError":
            return False
        return known is not None and (known.status, payload.get("status")) in _CALM
    except TypeError:  # a list where a word should be
        return False


def _connector(station: Station, payload: Payload) -> Connector | None:
    """The connector of a 1.6 StatusNotification as it was before; None when nothing was told of it yet."""
    number = whole(payload.get("connectorId"))
    known = station.connectors.get((0, number)) if number is not None else None
    return known if known is not None and known.status else None


def transition(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """1.6: a state that may not follow the one before by the table that tools share.

    Only mentioned where that is no harm: the same state again, a step that the specification has, or the first state
    that is told on a connection.
    """
    if message.version != "1.6" or (connector := _connector(station, payload)) is None:
        return None
    before, now = connector.status, payload.get("status")
    after = _COMMON.get(before)
    if after is None or type(now) is not str or now not in _COMMON or now in after:
        return None
    if now == before:
        return Finding("STATUS_TRANSITION_VIOLATION", Severity.INFO, f"{now} again, without a state between")
    if now in _ALLOWED[before]:
        return Finding("STATUS_TRANSITION_VIOLATION", Severity.INFO, f"{now} after {before}, as OCPP 1.6 §4.9 allows")
    if connector.at < station.trail.since:
        told = f"{now} after {before}: states between were not told, there was another connection"
        return Finding("STATUS_TRANSITION_VIOLATION", Severity.INFO, told)
    return Finding("STATUS_TRANSITION_VIOLATION", Severity.WARNING, f"{now} may not follow {before}")


def skipped(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """1.6 §4.9: a transition that does not exist, both states told on one connection."""
    if message.version != "1.6" or (connector := _connector(station, payload)) is None or not connector.number:
        return None
    before, now = connector.status, payload.get("status")
    if connector.at < station.trail.since or type(now) is not str or now == before:
        return None
    if before not in _ALLOWED or now not in _ALLOWED or now in _ALLOWED[before]:
        return None
    text = f"from {before} to {now}: the specification has no such step, states between were left out"
    return Finding("STATUS_SKIPPED", Severity.WARNING, text)


def _sessions_there(site: Site, station: Station, payload: Payload) -> list[tuple[str, SessionTrail]]:
    """Running sessions at the place that a StatusNotification of either version names; 0 is the whole station."""
    evse, number = whole(payload.get("evseId")) or 0, whole(payload.get("connectorId")) or 0
    found = []
    for session in site.transactions.running(station.identity):
        place, said = (session.evse, evse) if session.evse or evse else (session.connector, number)
        trail = station.trail.sessions.get(session.id)
        if trail is not None and (not said or said == place):
            found.append((session.id, trail))
    return found


def connector_fault(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """A connector has a fault while a session runs there; once for each session."""
    if "Faulted" not in (payload.get("status"), payload.get("connectorStatus")):
        return None
    for id, session in _sessions_there(site, station, payload):
        if not session.faulted:
            session.faulted = True
            code = text(payload.get("errorCode"))
            told = f" ({code!a:.40})" if code else ""
            return Finding("CONNECTOR_FAULT", Severity.CRITICAL, f"a fault{told} while session {id!a:.40} runs")
    return None


def out_of_service(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """A connector goes out of service while a session runs there; once for each session."""
    said = payload.get("status", payload.get("connectorStatus"))
    if said not in ("Unavailable", "Offline"):
        return None
    for id, session in _sessions_there(site, station, payload):
        if not session.left:
            session.left = True
            told = f"{said} while session {id!a:.40} runs"
            return Finding("STATION_OFFLINE_DURING_SESSION", Severity.CRITICAL, told)
    return None


def firmware_failed(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """An update of the firmware did not succeed."""
    said = payload.get("status")
    if type(said) is not str or said not in _FIRMWARE_FAILED:
        return None
    return Finding("FIRMWARE_UPDATE_FAILURE", Severity.WARNING, f"the update of the firmware: {said}")


def log_failed(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """Diagnostics or a log could not be uploaded."""
    said = payload.get("status")
    if type(said) is not str or said not in _LOG_FAILED:
        return None
    return Finding("DIAGNOSTICS_FAILURE", Severity.CRITICAL, f"the upload of diagnostics or of a log: {said}")


def failed_authorization(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """Our answer to a tag says that nobody knows it: Invalid in 1.6, Unknown or Invalid in 2.x."""
    info = mapping(payload.get("idTagInfo")) or mapping(payload.get("idTokenInfo"))
    if message.action == "Authorize":
        station.trail.authorized = True
    said = info.get("status")
    if said != "Invalid" and said != "Unknown":
        return None
    return Finding("FAILED_AUTHORIZATION", Severity.WARNING, f"the tag was answered {said}: it is not known")


def failed_authorization_2x(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """The same of an event of a session, which asks about a tag now and then."""
    return failed_authorization(site, station, message, payload) if "idTokenInfo" in payload else None
