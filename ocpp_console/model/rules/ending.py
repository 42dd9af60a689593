"""The end of a trace: what can only be told once it is known that nothing more comes. A live stream has no end."""

from ocpp_console.model.fleet import Fleet
from ocpp_console.model.messages import State
from ocpp_console.model.rules.answers import unanswered
from ocpp_console.protocol.findings import Finding, Severity


def end_of_trace(fleet: Fleet, at: int) -> None:
    """Calls that were never answered, and sessions that never stopped; `at` is the time of the last fact (µs)."""
    for message in fleet.messages:
        if message.state is State.OPEN and (station := fleet.stations.get(message.station)) is not None:
            found = unanswered(station, message, at)
            message.answer_findings += found
            station.findings += fleet.found.note(station.found, station.identity, found, message)
    for session in fleet.transactions.running():
        station = fleet.stations.get(session.station)
        if station is None:
            continue
        told = f"session {session.id!a:.40} began and never stopped"
        odd = Finding("STATION_OFFLINE_DURING_SESSION", Severity.CRITICAL, told)
        station.findings += fleet.found.note(station.found, station.identity, (odd,), None, at)
