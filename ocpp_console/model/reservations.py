"""Reservations of a station and what became of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from ocpp_console.model.documents import Document, fill_fields, plain_fields
from ocpp_console.model.reading import entries, mapping, text, whole
from ocpp_console.model.times import parse_time
from ocpp_console.protocol.frames import JsonValue

MOST_RESERVATIONS = 100
"""Per station; the oldest that is over gives way."""


class ReservationState(StrEnum):
    """How a reservation stands."""

    RESERVED = "reserved"
    REFUSED = "refused"
    """The station would not take it; `answer` says why."""
    USED = "used"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    REMOVED = "removed"
    """2.x: the station gave it up (a fault, out of service)."""
    UNUSED = "no session"
    """2.1: the driver came and no session began (NoTransaction)."""


_UPDATES = {
    "Expired": ReservationState.EXPIRED,
    "Removed": ReservationState.REMOVED,
    "NoTransaction": ReservationState.UNUSED,
}
"""By the word of a ReservationStatusUpdate."""


@dataclass(slots=True)
class Reservation:
    """One reservation."""

    station: str
    id: int
    place: int = 0
    """Connector (1.6) or EVSE (2.x); 0 for any."""
    token: str = ""
    group: str = ""
    """parentIdTag or groupIdToken."""
    connector_type: str = ""
    """2.x: the kind of connector that is reserved."""
    expiry: int = 0
    """µs; 0 when it could not be read."""
    expiry_said: str = ""
    state: ReservationState = ReservationState.RESERVED
    answer: str = ""
    """The station's word: Accepted, Occupied, Faulted…"""
    at: int = 0
    """When the station answered (µs)."""
    changed_at: int = 0
    transaction: str = ""
    """The session that used it."""
    held: bool = False
    """The connector said Reserved since."""
    remark: str = ""
    """What stands in its way, in words."""
    revision: int = field(default=0, compare=False)

    def state_at(self, now: int) -> ReservationState:
        """How it stands: in 1.6 nobody says that one has run out, so the clock does."""
        if self.state is ReservationState.RESERVED and self.expiry and now >= self.expiry:
            return ReservationState.EXPIRED
        return self.state


class Reservations:
    """The reservations of one station by id."""

    __slots__ = ("_all",)

    def __init__(self) -> None:
        """None yet."""
        self._all: dict[int, Reservation] = {}

    def __len__(self) -> int:
        """How many are remembered."""
        return len(self._all)

    def __iter__(self) -> Iterator[Reservation]:
        """Oldest first."""
        return iter(self._all.values())

    def get(self, id: int) -> Reservation | None:
        """The one with this id."""
        return self._all.get(id)

    def next_id(self) -> int:
        """An id that is not taken."""
        return max((id for id in self._all if id < 2**31 - 1), default=0) + 1

    def answered(self, station: str, asked: dict[str, JsonValue], answer: str, at: int) -> None:
        """The station answered a ReserveNow. One with the id of another takes its place, unless it was refused."""
        id = whole(asked.get("reservationId"))
        if id is None:
            id = whole(asked.get("id"))
        if id is None:
            return
        standing = self._all.get(id)
        if answer != "Accepted" and standing is not None and standing.state is ReservationState.RESERVED:
            return
        said = text(asked.get("expiryDate")) or text(asked.get("expiryDateTime"))
        token, group = asked.get("idToken"), asked.get("groupIdToken")
        self._add(
            Reservation(
                station,
                id,
                place=whole(asked.get("connectorId")) or whole(asked.get("evseId")) or 0,
                token=text(asked.get("idTag")) or text(mapping(token).get("idToken")),
                group=text(asked.get("parentIdTag")) or text(mapping(group).get("idToken")),
                connector_type=text(asked.get("connectorType")),
                expiry=parse_time(said) or 0,
                expiry_said=said,
                state=ReservationState.RESERVED if answer == "Accepted" else ReservationState.REFUSED,
                answer=answer,
                at=at,
                changed_at=at,
            )
        )

    def _add(self, reservation: Reservation) -> None:
        """Keep one; the oldest that is over gives way when there are too many."""
        replaced = self._all.pop(reservation.id, None)
        if replaced is None and len(self._all) >= MOST_RESERVATIONS:
            over = (each for each in self._all.values() if each.state is not ReservationState.RESERVED)
            del self._all[next(over, next(iter(self._all.values()))).id]
        reservation.revision = replaced.revision + 1 if replaced is not None else 0
        self._all[reservation.id] = reservation

    def turned(self, id: int | None, state: ReservationState, at: int, transaction: str = "") -> bool:
        """One changed its state; False when it is not known or already over."""
        reservation = self._all.get(id) if id is not None else None
        if reservation is None or reservation.state is not ReservationState.RESERVED:
            return False
        reservation.state, reservation.changed_at, reservation.transaction = state, at, transaction
        reservation.revision += 1
        return True

    def reported(self, id: int | None, word: str, at: int) -> bool:
        """A ReservationStatusUpdate of the station."""
        state = _UPDATES.get(word)
        return state is not None and self.turned(id, state, at)

    def to_document(self) -> list[Document]:
        """All of them."""
        return [{**plain_fields(each), "state": each.state.value} for each in self._all.values()]

    @classmethod
    def from_document(cls, document: JsonValue) -> Self:
        """The reservations of a document, as far as they can be read."""
        made = cls()
        for entry in entries(document)[-MOST_RESERVATIONS:]:
            id, word = whole(entry.get("id")), text(entry.get("state"))
            if id is None:
                continue
            reservation = Reservation(text(entry.get("station")), id)
            fill_fields(reservation, {name: value for name, value in entry.items() if name != "state"})
            if word in {state.value for state in ReservationState}:
                reservation.state = ReservationState(word)
            made._all[id] = reservation
        return made
