"""What is known before a command goes out that speaks against it: the station's registration, a taken connector.

Remarks keep nobody from sending: stations differ, and seeing a refusal may be the point of the test.
"""

from collections.abc import Iterator, Sequence

from ocpp_console.clock import hms
from ocpp_console.glyphs import ATTENTION, WRONG
from ocpp_console.model.fleet import Fleet
from ocpp_console.model.reading import mapping, whole
from ocpp_console.model.station import Station
from ocpp_console.model.transactions import Transaction
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.widgets.columns import Piece

STARTS = frozenset({"RemoteStartTransaction", "RequestStartTransaction"})
STOPS = frozenset({"RemoteStopTransaction", "RequestStopTransaction"})

TAKEN = frozenset({"Charging", "SuspendedEV", "SuspendedEVSE", "Finishing", "Reserved", "Unavailable", "Faulted"})
"""States of a connector in which no session starts. `Occupied` of 2.x may only mean that a cable is in."""


def against(
    stations: Sequence[Station], version: str, fleet: Fleet, action: str, payload: JsonValue
) -> Iterator[Piece]:
    """What speaks against sending to each of the stations; of a `payload` that is None only what stands in the way."""
    for station in stations:
        yield from obstacles(station, version)
        if station.online and payload is not None:
            yield from ((f"▲ {text}", ATTENTION) for text in remarks(station, fleet, action, payload))


def nobody_there(stations: Sequence[Station]) -> str:
    """What is said in place of sending when every one of the stations is offline; empty otherwise."""
    if not stations or any(station.online for station in stations):
        return ""
    names, are = ", ".join(station.identity for station in stations[:3]), "is" if len(stations) == 1 else "are"
    return f"Not sent: {names} {are} offline. The form stays; F10 sends when a station is back."


def set_aside(unknown: Sequence[str], left_out: Sequence[Station]) -> Iterator[Piece]:
    """Who was chosen and gets nothing from this form."""
    if unknown:
        yield f"▲ {', '.join(unknown)} never connected: there is nobody to send this to.", WRONG
    if left_out:
        names = ", ".join(f"{station.identity} ({station.version})" for station in left_out)
        why = "another OCPP version has another form. Choose those alone for a run of their own."
        yield f"Not sent to {names}: {why}", ATTENTION


def unsendable(json_problem: str, violations: int) -> Iterator[Piece]:
    """What is wrong with the payload as it stands."""
    if json_problem:
        yield f"▲ The JSON cannot be read: {json_problem}", WRONG
    elif violations:
        yield f"! {violations} {'violation' if violations == 1 else 'violations'} of the schema", ATTENTION


def obstacles(station: Station, version: str) -> list[Piece]:
    """Why a form of this OCPP version cannot be sent to the station at the moment."""
    if not station.online:
        since = f" since {hms(station.last_seen)}Z" if station.last_seen else ""
        return [(f"▲ {station.identity} is offline{since}. What is filled in stays; send when it is back.", ATTENTION)]
    if station.version != version:
        return [(f"▲ {station.identity} speaks OCPP {station.version} by now: open the sheet again.", WRONG)]
    return []


def remarks(station: Station, fleet: Fleet, action: str, payload: JsonValue) -> list[str]:
    """Sentences about one station, the weightiest first."""
    found = list(_registration(station, action))
    if action in STARTS:
        found += _place(station, fleet, mapping(payload))
    return found


def _registration(station: Station, action: str) -> Iterator[str]:
    """1.6 §4.2; 2.x B02.FR.05 and B03.FR.03: what may be sent before a boot was accepted."""
    if station.registration == "Rejected":
        yield f"{station.identity} was rejected at its boot: nothing may be sent to it before a boot is accepted."
    elif station.registration == "Pending" and action in STARTS | STOPS:
        yield f"{station.identity} is held at Pending: it refuses {action} until its boot is accepted."


def _place(station: Station, fleet: Fleet, payload: dict[str, JsonValue]) -> Iterator[str]:
    """A session runs where another should start, or the connector is in no state for one."""
    number = whole(payload.get("connectorId")) or 0
    evse = whole(payload.get("evseId")) or 0
    if not number and not evse:
        return
    running = fleet.transactions.running(station.identity)
    if any(taken(transaction, evse, number) for transaction in running):
        yield f"A session runs at connector {evse or number} of {station.identity} already."
        return
    for connector in station.connectors.values():
        if connector.status in TAKEN and (connector.evse, evse or connector.number) == (evse, evse or number):
            yield f"Connector {connector.label} of {station.identity} is {connector.status}."
            return


def taken(transaction: Transaction, evse: int, number: int) -> bool:
    """A session is at this EVSE, or in 1.6 at this connector."""
    return transaction.evse == evse and (bool(evse) or transaction.connector == number)
