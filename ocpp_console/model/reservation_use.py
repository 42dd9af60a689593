"""What sessions and connectors tell about reservations: who used one, who sits in its place, what stands in its way.

Nobody is refused for it: the station keeps the connector free, and asks for the group of a tag when it needs one
(1.6 §5.13, 2.x H03). What does not fit is said at the message.
"""

from collections.abc import Iterator

from ocpp_console.model.reading import mapping, text, whole
from ocpp_console.model.reservations import Reservation, Reservations, ReservationState
from ocpp_console.model.rows import Message
from ocpp_console.model.site import Site
from ocpp_console.model.station import Station
from ocpp_console.protocol.findings import Finding, Severity
from ocpp_console.protocol.frames import JsonValue

Payload = dict[str, JsonValue]

IN_THE_WAY = ("Faulted", "Unavailable")
"""States of a connector in which a reservation cannot be used; 2.x stations give it up and say so (H01)."""


def reservation_looked_up(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """StartTransaction, or a TransactionEvent with which a session begins."""
    token = text(payload.get("idTag")) or text(mapping(payload.get("idToken")).get("idToken"))
    id = whole(payload.get("reservationId"))  # 0 means none, as some stations say
    known = site.arrangements.of(station.identity).reservations
    if not len(known):
        return _unknown(id) if id and _begins(site, station, payload, token) else None
    if id:
        return _named(site, station, message, payload, id, token)
    if not token or payload.get("offline") is True or not _begins(site, station, payload, token):
        return None
    standing = _standing(known, _place(site, station, payload), message.at)
    standing = standing or next((each for each in _anywhere(known, message.at) if _suits(site, each, token)), None)
    if standing is None:
        return None
    if _suits(site, standing, token):
        _use(site, station, message, payload, standing.id)
        words = f"it uses reservation #{standing.id} without naming it"
        return Finding("RESERVATION_NOT_NAMED", Severity.INFO, words, "reservationId")
    words = f"this place is reserved for {standing.token} (#{standing.id})"
    return Finding("RESERVED_FOR_ANOTHER", Severity.WARNING, words)


def _named(site: Site, station: Station, message: Message, payload: Payload, id: int, token: str) -> Finding | None:
    """The message names a reservation."""
    reservation = site.arrangements.of(station.identity).reservations.get(id)
    if reservation is None:
        return _unknown(id)
    _use(site, station, message, payload, id)
    if not token or _suits(site, reservation, token):
        return None
    words = f"reservation #{id} is for {reservation.token}, and another tag uses it"
    return Finding("RESERVATION_OTHER_TAG", Severity.WARNING, words, "reservationId")


def _unknown(id: int) -> Finding:
    return Finding("RESERVATION_UNKNOWN", Severity.INFO, f"no reservation #{id} was made from here", "reservationId")


def _begins(site: Site, station: Station, payload: Payload, token: str) -> bool:
    """A session begins with this tag: always in 1.6; in 2.x while nothing was answered about it."""
    if "transactionInfo" not in payload:
        return True
    id = text(mapping(payload["transactionInfo"]).get("transactionId"))
    session = site.transactions.get(station.identity, id)
    fresh = session is not None and not session.verdict and session.id_tag.casefold() == token.casefold()
    return fresh and payload.get("eventType") != "Ended"


def _place(site: Site, station: Station, payload: Payload) -> int:
    """Connector (1.6) or EVSE (2.x); events after the first may leave it out."""
    place = whole(payload.get("connectorId")) or whole(mapping(payload.get("evse")).get("id"))
    if place:
        return place
    id = text(mapping(payload.get("transactionInfo")).get("transactionId"))
    session = site.transactions.get(station.identity, id)
    return session.evse if session is not None else 0


def _standing(reservations: Reservations, place: int, at: int) -> Reservation | None:
    """The reservation that holds a connector or EVSE."""
    held = (each for each in reservations if each.place == place and each.state_at(at) is ReservationState.RESERVED)
    return next(held, None) if place else None


def _anywhere(reservations: Reservations, at: int) -> Iterator[Reservation]:
    """Those of any connector (1.6 connectorId 0, 2.x no evseId): the tag alone tells that one is used."""
    return (each for each in reservations if not each.place and each.state_at(at) is ReservationState.RESERVED)


def _suits(site: Site, reservation: Reservation, token: str) -> bool:
    """It is for this tag, or for the group of this tag."""
    if reservation.token.casefold() == token.casefold():
        return True
    tag = site.id_tags.get(token)
    return bool(tag is not None and reservation.group and tag.parent.casefold() == reservation.group.casefold())


def _use(site: Site, station: Station, message: Message, payload: Payload, id: int) -> None:
    """It is used up; 1.6 gives the session its number in the answer, in 2.x the session is known by now."""
    transaction = text(mapping(payload.get("transactionInfo")).get("transactionId"))
    reservations = site.arrangements.changing(station.identity).reservations
    reservations.turned(id, ReservationState.USED, message.at, transaction)
    session = site.transactions.get(station.identity, transaction)
    if session is not None and not session.reservation_id:
        session.reservation_id = id
        site.changed(session)


def session_numbered(site: Site, station: Station, message: Message, payload: Payload) -> None:
    """1.6: the answer to a StartTransaction that used a reservation gives the session its number."""
    id = text(payload.get("transactionId"))
    for reservation in site.arrangements.of(station.identity).reservations:
        used = reservation.state is ReservationState.USED and reservation.changed_at == message.at
        if used and id and not reservation.transaction:
            reservation.transaction = id
            reservation.revision += 1
            site.arrangements.changing(station.identity)
            session = site.transactions.get(station.identity, id)
            if session is not None:
                session.reservation_id = reservation.id


def status_looked_at(site: Site, station: Station, place: int, status: str, at: int) -> None:
    """A connector's state: what stands in the way of its reservation, or that the station holds it."""
    standing = _standing(site.arrangements.of(station.identity).reservations, place, at)
    if standing is None:
        return
    remark = standing.remark
    if status in IN_THE_WAY:
        remark = f"the connector is {status}"
    elif status == "Reserved":
        standing.held, remark = True, ""
    elif status == "Available" and standing.held:
        remark = "the connector is Available again"
    elif status != "Available":
        remark = ""
    if remark != standing.remark:
        standing.remark = remark
        standing.revision += 1
        site.arrangements.changing(station.identity)
