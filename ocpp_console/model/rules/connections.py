"""Rules about connections: too many of them, and those that end because frames break the WebSocket protocol."""

from ocpp_console.events import StationGone
from ocpp_console.model.rules.trail import MOST_TIMES
from ocpp_console.model.station import Station
from ocpp_console.model.times import SECOND
from ocpp_console.protocol.findings import Finding, Severity

STORM_WITHIN = 300 * SECOND
STORM = 6
"""Connections within `STORM_WITHIN`: a station that backs off, as OCPP-J 2.x §5.3 wants, comes to four at most."""
ALIKE = 3
"""Connections of the same length that are no chance."""

_MEANT = (1000, 1001)
"""How the console ends connections that it wants to end: the operator's word, or its own end. Many boot after that."""
_BROKEN = {
    1002: "the WebSocket frames break their protocol",
    1003: "the other side cannot take this kind of message",
    1007: "a text message is not valid UTF-8",
    1009: "a message is too long for the other side",
}
"""RFC 6455 §7.4.1: codes that say whose fault the end is."""


def reconnect_storm(station: Station, at: int) -> tuple[Finding, ...]:
    """The station connects again and again; asked after `Trail.connected`."""
    count = sum(at - each <= STORM_WITHIN for each in station.trail.connects)
    if count < STORM:
        return ()
    told = f"{count} connections within five minutes{_alike(station.trail.ends)}"
    return (Finding("RECONNECT_STORM", Severity.WARNING, told),)


def _alike(lengths: list[int]) -> str:
    """How long the latest connections lasted, when each lasted as long as the others: then a timer ends them."""
    latest = lengths[-ALIKE:]
    if len(latest) < ALIKE or max(latest) < 5 * SECOND or max(latest) > 1.1 * min(latest):
        return ""
    return f"; each ended after about {max(latest) / SECOND:.0f} s"


def connection_ended(station: Station, fact: StationGone) -> tuple[Finding, ...]:
    """A connection ended, and the station is offline unless a newer one took its place.

    What rules remember of it, and by its close code a fault of the WebSocket layer, whoever saw that.
    """
    trail = station.trail
    if station.connection is None:
        station.takeovers.ended(fact.at, fact.by)
    if fact.by == "console" and fact.code in _MEANT:
        trail.nudged = max(trail.nudged, fact.at)
    if trail.connects:
        trail.ends = [*trail.ends[1 - MOST_TIMES :], fact.at - trail.connects[-1]]
    words = _BROKEN.get(fact.code)
    if words is None or fact.by == "network":
        return ()
    who = "the station closed" if fact.by == "station" else "the console closed"
    reason = f" ({fact.reason!a:.80})" if fact.reason else ""
    return (Finding("WEBSOCKET_FAULT", Severity.WARNING, f"{who}: {words}{reason}", ""),)
