"""Rules about sessions: their numbers, their length, and whether they begin and end as they should."""

from ocpp_console.model.reading import mapping, text, whole
from ocpp_console.model.reading import number as number_of
from ocpp_console.model.rows import Message
from ocpp_console.model.rules.metering import gap_of, meter_ended, meter_restarted
from ocpp_console.model.site import Site
from ocpp_console.model.station import Station
from ocpp_console.model.times import CLOCK_SET_SINCE, DAY, SECOND, parse_time
from ocpp_console.model.transactions import Transaction
from ocpp_console.protocol.findings import Finding, Severity
from ocpp_console.protocol.frames import JsonValue

Payload = dict[str, JsonValue]

SHORTEST = 60 * SECOND
LONGEST = DAY
MOST_MISSING = 200
"""Numbers of events of one session that are waited for."""

STOP_REASONS = frozenset(
    {"DeAuthorized", "EmergencyStop", "EVDisconnected", "HardReset", "Local", "Other", "PowerLoss", "Reboot", "Remote"}
    | {"SoftReset", "UnlockCommand"}
)
"""OCPP 1.6 §7.36."""


def unexpected_start(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """1.6: a session begins although the station neither booted nor had a tag authorized nor was told to, ever."""
    if station.boot_count or station.trail.authorized:
        return None
    text = "a session begins, but neither a BootNotification nor an Authorize was seen before"
    return Finding("UNEXPECTED_START", Severity.WARNING, text)


def started(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """1.6: our answer names a session. A number in use is reused; an older session there never stopped."""
    id = whole(payload.get("transactionId"))
    if id is None:
        return None
    known = site.transactions.get(station.identity, f"{id}")
    if known is not None:
        how = "runs" if known.open else "ended"
        return Finding("TRANSACTION_ID_REUSED", Severity.CRITICAL, f"the number {id} was given to a session that {how}")
    station.trail.begin(f"{id}")
    asked = site.request(message)
    connector = whole(asked.get("connectorId")) or 0
    return _never_stopped(site, station, 0, connector) or meter_restarted(
        station, (0, connector), number_of(asked.get("meterStart")), "meterStart"
    )


def _never_stopped(site: Site, station: Station, evse: int, connector: int) -> Finding | None:
    """A new session begins where an older one still runs: nobody said that it stopped."""
    if not evse and not connector:
        return None
    for older in site.transactions.running(station.identity):
        if older.evse == evse and (evse or older.connector == connector):
            told = f"session {older.id!a:.40} never stopped: another one begins in its place"
            return Finding("STATION_OFFLINE_DURING_SESSION", Severity.CRITICAL, told)
    return None


def stop_reason(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """1.6: a reason that is none of the specification's."""
    reason = payload.get("reason")
    if reason is None or (type(reason) is str and reason in STOP_REASONS):
        return None
    return Finding("INVALID_STOP_REASON", Severity.INFO, f"{reason!a:.40} is no reason of OCPP 1.6", "reason")


def stopped(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """1.6: the end of a session that is not known here, or that ended before."""
    id = whole(payload.get("transactionId"))
    known = site.transactions.get(station.identity, f"{id}") if id is not None and id > 0 else None
    if known is None:
        shown = f"{payload.get('transactionId')!a:.40}"
        return Finding("TRANSACTION_UNKNOWN", Severity.WARNING, f"no session {shown} is known here", "transactionId")
    if known.stopped_at:
        return Finding("TRANSACTION_OVER", Severity.WARNING, "the session had ended before", "transactionId")
    return None


def duration(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """1.6: a session shorter than a minute or longer than a day."""
    known = site.transactions.get(station.identity, f"{whole(payload.get('transactionId'))}")
    if known is None or not known.started_at or known.stopped_at:
        return None
    return _duration(known, payload.get("timestamp"), message.at)


def _duration(known: Transaction, said: JsonValue, at: int) -> Finding | None:
    """By the station's own times where both can be read and its clock was set, else by arrival."""
    begin, end = parse_time(known.started_said), parse_time(said)
    if begin is None or end is None or begin < CLOCK_SET_SINCE or end < begin:
        begin, end = known.started_at, at
    if SHORTEST <= end - begin <= LONGEST:
        return None
    seconds = (end - begin) // SECOND
    shown = f"{seconds} s" if seconds < 3_600 else f"{seconds / 3_600:.1f} h"
    return Finding("SUSPICIOUS_SESSION_DURATION", Severity.WARNING, f"the session lasted {shown}")


def metered(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """1.6: the end of a session of which no MeterValues came. Those in the message itself are better than none."""
    id = f"{whole(payload.get('transactionId'))}"
    trail, known = station.trail.sessions.pop(id, None), site.transactions.get(station.identity, id)
    meter_ended(station, known)
    return gap_of(trail, known, inside="transactionData" in payload)


def event_2x(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """2.x: an event of a session that is unknown, over, or begun a second time; each is told when it is seen first."""
    id = text(mapping(payload.get("transactionInfo")).get("transactionId"))
    known, kind = site.transactions.get(station.identity, id), payload.get("eventType")
    if kind == "Started":
        if known is not None and known.started_at:
            told = "a session of this id had begun before"
            return Finding("TRANSACTION_ID_REUSED", Severity.CRITICAL, told, "transactionInfo.transactionId")
        station.trail.begin(id)
        evse = mapping(payload.get("evse"))
        if payload.get("offline") is True:
            return None
        return _never_stopped(site, station, whole(evse.get("id")) or 0, whole(evse.get("connectorId")) or 0)
    if known is None:
        told = "the beginning of this session was not seen"
        return Finding("TRANSACTION_UNKNOWN", Severity.WARNING, told, "transactionInfo.transactionId")
    if known.stopped_at:
        told = "the session had ended before"
        return Finding("TRANSACTION_OVER", Severity.WARNING, told, "transactionInfo.transactionId")
    return None


def sequence(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """2.x E01: events of a session are numbered without gaps."""
    id = text(mapping(payload.get("transactionInfo")).get("transactionId"))
    known, number = site.transactions.get(station.identity, id), whole(payload.get("seqNo"))
    if number is None or known is None or known.last_seq_no is None or payload.get("eventType") == "Started":
        return None
    last = known.last_seq_no
    if number == last + 1:
        return None
    trail = station.trail.sessions.get(id)
    if number <= last:
        if trail is not None and number in trail.missing:
            trail.missing.discard(number)
            return Finding("SEQ_NO_LATE", Severity.INFO, f"{number} came after {last}: one that was missing", "seqNo")
        return Finding("SEQ_NO_REPEATED", Severity.WARNING, f"{number} after {last}", "seqNo")
    if trail is not None and number - last + len(trail.missing) <= MOST_MISSING:
        trail.missing.update(range(last + 1, number))
    missing = f"{last + 1}" if number == last + 2 else f"{last + 1} to {number - 1}"
    return Finding("SEQ_NO_GAP", Severity.WARNING, f"{number} after {last}: {missing} did not come", "seqNo")


def ended_2x(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """2.x: a session that ends without ever having told a meter value, or begins below where the last one ended."""
    kind = payload.get("eventType")
    if kind != "Ended" and kind != "Started":
        return None
    id = text(mapping(payload.get("transactionInfo")).get("transactionId"))
    known = site.transactions.get(station.identity, id)
    if kind == "Started":
        began = known.meter_start if known is not None and payload.get("offline") is not True else None
        return meter_restarted(station, (known.evse, 0), began, "meterValue") if known is not None else None
    trail = station.trail.sessions.pop(id, None)
    if trail is not None and "meterValue" in payload:
        trail.metered = True
    meter_ended(station, known)
    return gap_of(trail, known, inside=False)


def duration_2x(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """2.x: a session shorter than a minute or longer than a day."""
    if payload.get("eventType") != "Ended":
        return None
    id = text(mapping(payload.get("transactionInfo")).get("transactionId"))
    known = site.transactions.get(station.identity, id)
    if known is None or not known.started_at or known.stopped_at:
        return None
    return _duration(known, payload.get("timestamp"), message.at)
