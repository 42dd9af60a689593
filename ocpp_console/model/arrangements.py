"""What is arranged with a station beyond its sessions: charging limits, its local list, reservations; and their folds.

All of it follows from the traffic: from what the console asked and the station accepted, whoever asked for it here, and
from what the station reports by itself.
"""

from collections import deque
from collections.abc import Callable
from typing import Any, Self

from ocpp_console.model.charging_book import ChargingBook
from ocpp_console.model.documents import Document
from ocpp_console.model.local_lists import LocalList
from ocpp_console.model.reading import entries, mapping, text, whole
from ocpp_console.model.reservations import Reservations, ReservationState
from ocpp_console.model.rows import Message
from ocpp_console.model.transactions import Transactions
from ocpp_console.protocol.frames import JsonValue

Payload = dict[str, JsonValue]

MOST_NEEDS = 1_000


class Arrangements:
    """Of one station."""

    __slots__ = ("charging", "local_list", "reservations", "revision")

    def __init__(self) -> None:
        """Nothing is arranged."""
        self.charging = ChargingBook()
        self.local_list = LocalList()
        self.reservations = Reservations()
        self.revision = 0
        """Goes up with every change."""

    def to_document(self) -> Document:
        """Everything worth keeping across a restart."""
        return {
            "charging": self.charging.to_document(),
            "local_list": self.local_list.to_document(),
            "reservations": self.reservations.to_document(),
        }

    @classmethod
    def from_document(cls, document: JsonValue) -> Self:
        """What a document describes, as far as it can be read."""
        kept, made = mapping(document), cls()
        made.charging = ChargingBook.from_document(kept.get("charging"))
        made.local_list = LocalList.from_document(kept.get("local_list"))
        made.reservations = Reservations.from_document(kept.get("reservations"))
        return made


class AllArrangements:
    """The arrangements of all stations, and which changed since they were last saved."""

    __slots__ = ("_all", "_nothing", "dirty", "needs", "revision")

    def __init__(self) -> None:
        """Of no station."""
        self._all: dict[str, Arrangements] = {}
        self._nothing = Arrangements()
        self.needs: deque[Any] = deque(maxlen=MOST_NEEDS)
        """`NeedsTold` of cars, for whoever makes profiles of them and takes them out; of this run only."""
        self.dirty: set[str] = set()
        """Identities whose arrangements changed since whoever saves them emptied this set."""
        self.revision = 0
        """Goes up with every change of any of them."""

    def of(self, station: str) -> Arrangements:
        """What is arranged with a station; for reading, since it is shared by all that have nothing."""
        return self._all.get(station, self._nothing)

    def changing(self, station: str) -> Arrangements:
        """The same, to be changed by the caller: it is saved and drawn anew."""
        found = self._all.get(station)
        if found is None:
            found = self._all[station] = Arrangements()
        found.revision += 1
        self.revision += 1
        self.dirty.add(station)
        return found

    def restore(self, station: str, document: JsonValue) -> None:
        """Bring one back from the store."""
        self._all[station] = Arrangements.from_document(document)
        self.revision += 1

    def forget(self, station: str) -> None:
        """Drop those of a station."""
        self._all.pop(station, None)
        self.dirty.discard(station)
        self.revision += 1


Replied = Callable[[AllArrangements, Transactions, Message, Payload, Payload], None]
"""Everything, all sessions, the row, what we asked, what the station answered."""
Called = Callable[[AllArrangements, Message, Payload], None]


def _place(asked: Payload) -> int:
    """The connector or EVSE that a payload names; 0 for the station."""
    return whole(asked.get("connectorId")) or whole(asked.get("evseId")) or 0


def _profile_set(
    all: AllArrangements, sessions: Transactions, message: Message, asked: Payload, answer: Payload
) -> None:
    """SetChargingProfile: the station has the profile when it says Accepted."""
    if message.verdict != "Accepted":
        return
    place = _place(asked)
    profile = mapping(asked.get("csChargingProfiles") or asked.get("chargingProfile"))
    running = sessions.running(message.station)
    # 1.6 lets a TxProfile leave its transactionId out: it holds for the session at the connector.
    here = next((session.id for session in running if place in (session.evse or session.connector, 0)), "")
    session = here if text(profile.get("chargingProfilePurpose")) == "TxProfile" else ""
    book = all.changing(message.station).charging
    book.forget_sessions({session.id for session in running})
    book.put(place, profile, message.answered_at or message.at, "set", session)


def _started_with(
    all: AllArrangements, sessions: Transactions, message: Message, asked: Payload, answer: Payload
) -> None:
    """A remote start that brought a profile for its session along."""
    profile = mapping(asked.get("chargingProfile"))
    if profile and message.verdict == "Accepted":
        book = all.changing(message.station).charging
        book.put(_place(asked), profile, message.answered_at or message.at, "start")


def _profiles_cleared(
    all: AllArrangements, sessions: Transactions, message: Message, asked: Payload, answer: Payload
) -> None:
    """ClearChargingProfile: what fits is gone; `Unknown` says that there was nothing that fits."""
    if message.verdict not in ("Accepted", "Unknown"):
        return
    criteria = mapping(asked.get("chargingProfileCriteria")) or asked
    id = whole(asked.get("id"))
    if id is None:
        id = whole(asked.get("chargingProfileId"))
    place = whole(criteria.get("connectorId"))
    if place is None:
        place = whole(criteria.get("evseId"))
    book = all.changing(message.station).charging
    # An id names one profile; 1.6 §5.3 ignores the other criteria then, and so do 2.x stations.
    if id is not None:
        book.drop(id, None, "", None)
    else:
        book.drop(None, place, text(criteria.get("chargingProfilePurpose")), whole(criteria.get("stackLevel")))


def _profiles_asked(
    all: AllArrangements, sessions: Transactions, message: Message, asked: Payload, answer: Payload
) -> None:
    """GetChargingProfiles without criteria: what is not reported after it is not there."""
    request = whole(asked.get("requestId"))
    if request is None or "evseId" in asked or mapping(asked.get("chargingProfile")):
        return
    book, at = all.changing(message.station).charging, message.answered_at or message.at
    if message.verdict == "NoProfiles":
        book.none_reported(at)
    elif message.verdict == "Accepted":
        book.begin_reading(request, at)


def _composed(all: AllArrangements, sessions: Transactions, message: Message, asked: Payload, answer: Payload) -> None:
    """GetCompositeSchedule: the course of the limit, as the station works it out."""
    if message.verdict == "Accepted":
        all.changing(message.station).charging.composed(_place(asked), answer, message.answered_at or message.at)


def _list_version(
    all: AllArrangements, sessions: Transactions, message: Message, asked: Payload, answer: Payload
) -> None:
    """GetLocalListVersion."""
    version = whole(answer.get("listVersion"))
    if version is None:
        version = whole(answer.get("versionNumber"))
    if version is not None:
        all.changing(message.station).local_list.version_said(version, message.answered_at or message.at)


def _list_sent(all: AllArrangements, sessions: Transactions, message: Message, asked: Payload, answer: Payload) -> None:
    """SendLocalList."""
    all.changing(message.station).local_list.updated(asked, message.verdict, message.answered_at or message.at)


def _reserved(all: AllArrangements, sessions: Transactions, message: Message, asked: Payload, answer: Payload) -> None:
    """ReserveNow."""
    at = message.answered_at or message.at
    all.changing(message.station).reservations.answered(message.station, asked, message.verdict, at)


def _reservation_cancelled(
    all: AllArrangements, sessions: Transactions, message: Message, asked: Payload, answer: Payload
) -> None:
    """CancelReservation. Rejected means that the station knows no such reservation: it is over all the same."""
    state = {"Accepted": ReservationState.CANCELLED, "Rejected": ReservationState.REMOVED}.get(message.verdict)
    if state is not None:
        reservations = all.changing(message.station).reservations
        reservations.turned(whole(asked.get("reservationId")), state, message.answered_at or message.at)


REPLIED: dict[str, Replied] = {
    "SetChargingProfile": _profile_set,
    "RemoteStartTransaction": _started_with,
    "RequestStartTransaction": _started_with,
    "ClearChargingProfile": _profiles_cleared,
    "GetChargingProfiles": _profiles_asked,
    "GetCompositeSchedule": _composed,
    "GetLocalListVersion": _list_version,
    "SendLocalList": _list_sent,
    "ReserveNow": _reserved,
    "CancelReservation": _reservation_cancelled,
}
"""A station's CALLRESULT to a call of ours."""


def _profiles_reported(all: AllArrangements, message: Message, payload: Payload) -> None:
    """ReportChargingProfiles: profiles of one EVSE and one source, in as many messages as it takes."""
    book = all.changing(message.station).charging
    source = text(payload.get("chargingLimitSource")) or "CSO"
    for profile in entries(payload.get("chargingProfile"))[:100]:
        book.put(_place(payload), profile, message.at, source)
    request = whole(payload.get("requestId"))
    if request is not None and payload.get("tbc") is not True:
        book.end_reading(request, message.at)


def _limit_notified(all: AllArrangements, message: Message, payload: Payload) -> None:
    """NotifyChargingLimit: somebody else (an energy manager, the grid operator) limits the station."""
    limit = mapping(payload.get("chargingLimit"))
    source = text(limit.get("chargingLimitSource")) or "somebody"
    critical = ", grid critical" if limit.get("isGridCritical") is True else ""
    external = all.changing(message.station).charging.external
    if len(external) < 50:
        external[_place(payload)] = f"{source} limits it{critical}"


def _limit_cleared(all: AllArrangements, message: Message, payload: Payload) -> None:
    """ClearedChargingLimit."""
    all.changing(message.station).charging.external.pop(_place(payload), None)


def _reservation_reported(all: AllArrangements, message: Message, payload: Payload) -> None:
    """ReservationStatusUpdate: it ran out, or the station gave it up."""
    reservations = all.changing(message.station).reservations
    reservations.reported(whole(payload.get("reservationId")), text(payload.get("reservationUpdateStatus")), message.at)


CALLED: dict[str, Called] = {
    "ReportChargingProfiles": _profiles_reported,
    "NotifyChargingLimit": _limit_notified,
    "ClearedChargingLimit": _limit_cleared,
    "ReservationStatusUpdate": _reservation_reported,
}
"""A station's own call."""
