"""Sessions as stations report them: start, stop, meter values and events of both worlds written into transactions."""

from ocpp_console.model.clocks import heard_moment, heard_time
from ocpp_console.model.meter_values import Latest, Moment, read_moments
from ocpp_console.model.reading import mapping, number, text, whole
from ocpp_console.model.rows import Message
from ocpp_console.model.site import Site
from ocpp_console.model.station import Station
from ocpp_console.model.transactions import Transaction
from ocpp_console.protocol.findings import Finding, Severity
from ocpp_console.protocol.frames import JsonValue

Payload = dict[str, JsonValue]

SESSION_STATES = frozenset({"Charging", "SuspendedEV", "SuspendedEVSE"})
"""Of a connector in 1.6 while a session runs there, and of a session in 2.x."""

_NO_STOP_SEEN = "No end was received; a new session began in this place."
_BACKWARDS = "The energy register went back"


def start_answered(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """1.6: our answer gives a session its number, so it begins here."""
    id = whole(payload.get("transactionId"))
    if id is None:
        return None
    asked = site.request(message)
    token = text(asked.get("idTag"))
    site.id_tags.presented(token, "", message.at, station.identity, message.verdict)
    if site.transactions.get(station.identity, text(id)) is not None:
        return None
    transaction = Transaction(station.identity, text(id), message.version, at=message.at)
    transaction.connector = whole(asked.get("connectorId")) or 0
    transaction.id_tag = token
    transaction.started_at = message.at
    transaction.started_said = text(asked.get("timestamp"))
    transaction.meter_start = number(asked.get("meterStart"))
    transaction.reservation_id = whole(asked.get("reservationId")) or None  # 0 means none
    transaction.verdict = message.verdict
    transaction.events = 1
    place = station.connectors.get((0, transaction.connector))
    if place is not None and place.status in SESSION_STATES:
        transaction.charging_state = place.status
    _supersede(site, transaction, message.at)
    site.transactions.add(transaction)
    site.transactions.begun.append((transaction.station, transaction.id))
    site.dirty_transactions.add((transaction.station, transaction.id))
    said = asked.get("timestamp")
    return heard_time(station, said, message.at, live=False) if said is not None else None


def _supersede(site: Site, started: Transaction, at: int) -> None:
    """A connector, in 2.x an EVSE, runs one session at a time: an older one has ended, though nobody said so."""
    if not started.connector and not started.evse:
        return
    for older in site.transactions.running(started.station):
        same = older.evse == started.evse and (started.evse or older.connector == started.connector)
        if same and older is not started:
            older.stopped_at, older.note = at, _NO_STOP_SEEN
            site.changed(older)


def status_told(site: Site, station: Station, number: int, status: str) -> None:
    """1.6: a connector's status tells how its session is; 2.x says so in the session's events."""
    if status not in SESSION_STATES:
        return
    for transaction in site.transactions.running(station.identity):
        if not transaction.evse and transaction.connector == number and transaction.charging_state != status:
            transaction.charging_state = status
            site.measured(transaction)


def stop_called(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """1.6: a session ends. One that is unknown here is kept as an orphan, never guessed onto a connector."""
    transaction = _session_16(site, station, message, payload.get("transactionId"))
    transaction.stopped_at = message.at
    transaction.stopped_said = text(payload.get("timestamp"))
    transaction.meter_stop = number(payload.get("meterStop"))
    transaction.reason = text(payload.get("reason")) or "Local"  # 1.6 §6.47: may be left out when Local
    transaction.note = ""
    _ended_by(transaction, text(payload.get("idTag")))
    transaction.events += 1
    back = transaction.measure(read_moments(payload.get("transactionData"), message.at, transaction.latest))
    site.changed(transaction)
    return _meter_finding(transaction, back)


def _ended_by(transaction: Transaction, token: str) -> None:
    """The tag of an end is the session's own when it had none, else one of its group or a master pass."""
    if not transaction.id_tag and not transaction.stop_tag:
        transaction.id_tag = token
    elif token and token.casefold() != transaction.id_tag.casefold():
        transaction.stop_tag = token


def stop_answered(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """1.6: a tag that ended a session was looked at, when the station gave one."""
    token = text(site.request(message).get("idTag"))
    if token and site.id_tags.get(token) is not None:
        site.id_tags.presented(token, "", message.at, station.identity, message.verdict)
    return None


def _session_16(site: Site, station: Station, message: Message, said: JsonValue) -> Transaction:
    """The session a 1.6 message names, or an orphan; each stop of -1 or 0 is an orphan of its own."""
    id = whole(said)
    name = text(id) if id is not None and id > 0 else f"?{message.seq}"
    transaction = site.transactions.get(station.identity, name)
    if transaction is None:
        transaction = Transaction(station.identity, name, message.version, at=message.at, orphan=True)
        site.transactions.add(transaction)
    return transaction


def meter_values_called(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """Samples of a session, or of a connector outside of one."""
    id = whole(payload.get("transactionId"))
    if id is None or id <= 0:
        return _measure_connector(station, message, payload)
    transaction = site.transactions.get(station.identity, f"{id}") or _session_16(site, station, message, id)
    if not transaction.connector:
        transaction.connector = whole(payload.get("connectorId")) or 0
    transaction.events += 1
    moments = read_moments(payload.get("meterValue"), message.at, transaction.latest)
    back = transaction.measure(moments)
    site.measured(transaction)
    odd = _heard(station, message, moments)
    return _meter_finding(transaction, back) if odd is None and back is not None else odd


def _measure_connector(station: Station, message: Message, payload: Payload) -> Finding | None:
    """Values outside of a session belong to the connector, or to the EVSE's first one in 2.x."""
    evse = whole(payload.get("evseId")) or 0
    connector = station.connector(evse, 1 if evse else whole(payload.get("connectorId")) or 0)
    if connector is None:
        return None
    if connector.latest is None:
        connector.latest = Latest()
    return _heard(station, message, read_moments(payload.get("meterValue"), message.at, connector.latest))


def _heard(station: Station, message: Message, moments: list[Moment]) -> Finding | None:
    """The station's clock, from its newest moment; meter values may have waited in a queue."""
    return heard_moment(station, moments[-1][1], message.at, live=False) if moments else None


def transaction_event_called(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """2.x: a session begins, goes on or ends."""
    info = mapping(payload.get("transactionInfo"))
    transaction = _session_2x(site, station, message, payload, info)
    transaction.events += 1
    transaction.charging_state = text(info.get("chargingState")) or transaction.charging_state
    remote = whole(info.get("remoteStartId"))
    if remote is not None:
        transaction.remote_start_id = remote
    reservation = whole(payload.get("reservationId"))
    if reservation:
        transaction.reservation_id = reservation
    sequence = whole(payload.get("seqNo"))
    if sequence is not None and (transaction.last_seq_no is None or sequence > transaction.last_seq_no):
        transaction.last_seq_no = sequence
    _place(transaction, mapping(payload.get("evse")))
    live = payload.get("offline") is not True
    if live and transaction.events == 1 and payload.get("eventType") == "Started":
        _supersede(site, transaction, message.at)
    tagged = bool(transaction.id_tag)
    if not tagged and "idToken" in payload:
        token = text(mapping(payload["idToken"]).get("idToken"))
        ends = payload.get("triggerReason") == "StopAuthorized" and payload.get("eventType") == "Updated"
        if ends or transaction.stop_tag:
            transaction.stop_tag = token  # nobody's tag began it (C02): this one came to end it
        else:
            transaction.id_tag = token
    back = _measure_event(transaction, message, payload)
    kind = payload.get("eventType")
    if kind == "Ended":
        _ended_by(transaction, text(mapping(payload.get("idToken")).get("idToken")))
        _end(transaction, message, payload, info)
    if kind == "Updated" and not tagged and transaction.id_tag and transaction.started_at:
        site.transactions.begun.append((transaction.station, transaction.id))  # its tag may have a tariff of its own
    if kind == "Updated" and tagged:
        site.measured(transaction)
    else:
        site.changed(transaction)
    return heard_time(station, payload.get("timestamp"), message.at, live=live) or back


def _session_2x(site: Site, station: Station, message: Message, payload: Payload, info: Payload) -> Transaction:
    """The session an event names; one whose Started was not seen is an orphan until it comes."""
    name = text(info.get("transactionId")) or f"?{message.seq}"
    transaction = site.transactions.get(station.identity, name)
    started = payload.get("eventType") == "Started"
    if transaction is None:
        transaction = Transaction(station.identity, name, message.version, at=message.at, orphan=not started)
        site.transactions.add(transaction)
    if started and not transaction.started_at:
        transaction.orphan = False
        transaction.started_at = message.at
        transaction.started_said = text(payload.get("timestamp"))
        site.transactions.begun.append((transaction.station, transaction.id))
    return transaction


def _place(transaction: Transaction, evse: Payload) -> None:
    """Where a session is; later events may leave it out."""
    transaction.evse = whole(evse.get("id")) or transaction.evse
    transaction.connector = whole(evse.get("connectorId")) or transaction.connector


def _measure_event(transaction: Transaction, message: Message, payload: Payload) -> Finding | None:
    """Samples of an event; the first of the session is the meter's reading at its begin."""
    if "meterValue" not in payload:
        return None
    back = transaction.measure(read_moments(payload["meterValue"], message.at, transaction.latest))
    if transaction.meter_start is None and not transaction.orphan:
        transaction.meter_start = transaction.energy.first
    return _meter_finding(transaction, back) if back is not None else None


def _end(transaction: Transaction, message: Message, payload: Payload, info: Payload) -> None:
    """The session is over."""
    transaction.stopped_at = message.at
    transaction.stopped_said = text(payload.get("timestamp"))
    transaction.reason = text(info.get("stoppedReason")) or "Local"  # 2.x: may be left out when Local
    transaction.meter_stop = transaction.energy.last
    if transaction.note == _NO_STOP_SEEN:
        transaction.note = ""


def transaction_event_answered(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """2.x: what we said about the tag of an event."""
    if "idTokenInfo" not in payload:
        return None
    asked = site.request(message)
    token = mapping(asked.get("idToken"))
    shown = text(token.get("idToken"))
    if shown:
        site.id_tags.presented(shown, text(token.get("type")), message.at, station.identity, message.verdict)
    name = text(mapping(asked.get("transactionInfo")).get("transactionId"))
    transaction = site.transactions.get(station.identity, name)
    if transaction is not None and transaction.id_tag.casefold() == shown.casefold():
        transaction.verdict = message.verdict
        site.changed(transaction)
    return None


def _meter_finding(transaction: Transaction, back: float | None) -> Finding | None:
    """What is odd about the readings of a session, if anything is."""
    energy = transaction.energy_wh
    if transaction.stopped_at and energy is not None and energy < 0:
        return Finding("ENERGY_NEGATIVE", Severity.WARNING, f"the session's energy is negative: {energy:.10g} Wh")
    if back is not None:
        transaction.note = f"{_BACKWARDS} by {back:.10g} Wh."
        return Finding("METER_BACKWARDS", Severity.WARNING, f"the energy register went back by {back:.10g} Wh")
    return None
