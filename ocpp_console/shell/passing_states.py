"""What one event says about a station, as the API tells a station: states that may be gone a moment later."""

import json
from collections.abc import Iterable
from typing import Any

from ocpp_console.shell.event_stream import Event

Document = dict[str, Any]


class LiveConnections:
    """Which connection of a station is the live one: the end of an older one does not make it offline."""

    def __init__(self) -> None:
        """None is known."""
        self._of: dict[str, int] = {}

    def seen(self, documents: Iterable[Document]) -> None:
        """Learn from stations as the console knows them now."""
        for document in documents:
            if connection := document.get("connection"):
                self.began(document["id"], connection["id"])

    def began(self, station: str, connection: int) -> None:
        """A connection; their numbers only go up."""
        self._of[station] = max(connection, self._of.get(station, 0))

    def was(self, station: str, connection: int) -> bool:
        """Whether this was the newest one known."""
        return connection >= self._of.get(station, 0)


def passing(event: Event, live: LiveConnections) -> Document | None:
    """The station as it was at this event, as far as the event says; None when it says nothing of that kind."""
    said = event.document
    if event.kind == "StationConnected":
        live.began(said["station"], said["seq"])
        return {"id": said["station"], "online": True, "version": said["version"]}
    if event.kind == "StationGone" and live.was(said["station"], said["connection"]):
        return {"id": said["station"], "online": False, "gone_reason": _gone(said)}
    if event.kind == "FrameReceived" and (connectors := list(_connectors(said))):
        return {"id": said["station"], "connectors": connectors}
    return None


def filled(state: Document, known: Document) -> Document:
    """Everything known of the station, and over it what an event said."""
    told = {(each["evse"], each["connector"]): each for each in state.get("connectors", ())}
    places = {(each["evse"], each["connector"]): each for each in known.get("connectors", ())}
    connectors = [each | told.get(place, {}) for place, each in (told | places).items()]
    return known | state | {"connectors": connectors}


def _gone(said: Document) -> str:
    """How a connection ended, in the words of the console."""
    from ocpp_console.events import StationGone
    from ocpp_console.model.event_rows import gone_text

    return gone_text(StationGone(*(said[name] for name in StationGone._fields)))


def _connectors(said: Document) -> Iterable[Document]:
    """States of connectors that a station's call tells, in the words of any version."""
    if said.get("action") not in ("StatusNotification", "NotifyEvent"):
        return
    payload = _payload(said.get("frame"))
    if said["action"] == "StatusNotification":
        status = payload.get("status", payload.get("connectorStatus"))
        yield from _connector(payload.get("evseId", 0), payload.get("connectorId", 0), status)
        return
    events = payload.get("eventData")
    for each in events if isinstance(events, list) else ():
        if _inner(each, "variable").get("name") == "AvailabilityState":
            evse = _inner(_inner(each, "component"), "evse")
            yield from _connector(evse.get("id"), evse.get("connectorId"), each.get("actualValue"))


def _connector(evse: Any, number: Any, status: Any) -> Iterable[Document]:
    """One connector, unless that is no way to name one."""
    if isinstance(status, str) and type(evse) is int and type(number) is int:
        yield {"evse": evse, "connector": number, "status": status}


def _payload(frame: Any) -> Document:
    """The payload of a CALL or a SEND; empty for anything else."""
    try:
        parts = json.loads(frame)
    except (TypeError, ValueError, RecursionError):
        return {}
    if isinstance(parts, list) and len(parts) > 3 and parts[0] in (2, 6) and isinstance(parts[3], dict):
        return parts[3]
    return {}


def _inner(of: Any, name: str) -> Document:
    """An object inside another; empty when there is none."""
    inside = of.get(name) if isinstance(of, dict) else None
    return inside if isinstance(inside, dict) else {}
