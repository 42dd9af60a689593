"""Making and cancelling a reservation."""

from typing import NamedTuple

from ocpp_console.model.times import time_text
from ocpp_console.procedures.link import Answer, CallRefused, StationLink, ask
from ocpp_console.protocol.frames import JsonValue


class ReservationWish(NamedTuple):
    """What to reserve."""

    id: int
    place: int
    """Connector or EVSE; 0 for any."""
    token: str
    until: int
    """µs."""
    type: str = "ISO14443"
    """2.x: the type of the token."""
    group: str = ""

    def payload(self, version: str) -> dict[str, JsonValue]:
        """The ReserveNow of this version."""
        until = time_text(self.until)
        if version == "1.6":
            payload: dict[str, JsonValue] = {"connectorId": self.place, "expiryDate": until, "idTag": self.token}
            payload |= {"parentIdTag": self.group} if self.group else {}
            return payload | {"reservationId": self.id}
        payload = {"id": self.id, "expiryDateTime": until, "idToken": {"idToken": self.token, "type": self.type}}
        payload |= {"evseId": self.place} if self.place else {}
        return payload | ({"groupIdToken": {"idToken": self.group, "type": self.type}} if self.group else {})


async def reserve(link: StationLink, wish: ReservationWish) -> tuple[bool, str]:
    """Ask the station to reserve; whether it did, and a sentence."""
    try:
        version = link.station.version
    except CallRefused as refused:
        return False, refused.text
    return await _ask(link, "ReserveNow", wish.payload(version))


async def cancel(link: StationLink, id: int) -> tuple[bool, str]:
    """Ask the station to give a reservation up; whether it did, and a sentence."""
    done, words = await _ask(link, "CancelReservation", {"reservationId": id})
    return done, "The station knows no such reservation." if words.startswith("Rejected") else words


async def _ask(link: StationLink, action: str, payload: dict[str, JsonValue]) -> tuple[bool, str]:
    try:
        answer = await ask(link, action, payload)
    except CallRefused as refused:
        found = "; ".join(f"{finding.path}: {finding.text}" for finding in refused.findings[:3])
        return False, f"{refused.text} {found}".rstrip()
    return _told(answer)


def _told(answer: Answer) -> tuple[bool, str]:
    """The station's word, and what it means."""
    verdict = answer.command.verdict
    if answer.trouble:
        return False, answer.trouble
    return verdict == "Accepted", f"{verdict or 'No status'}. {answer.command.text}".rstrip()
