"""Who does not want to hear of a duty any more: a station that refuses it again and again is left alone."""

from ocpp_console.model.commands import Command, Progress
from ocpp_console.model.station import Station

MOST_IN_VAIN = 2
"""Refusals and silences in a row after which a station is left alone, until it connects anew."""
NEVER = frozenset({"NotImplemented", "NotSupported", "UnknownAction"})
"""CALLERROR codes that say it all at once."""


class Refusals:
    """Counts what one duty did in vain, by station and connection."""

    def __init__(self) -> None:
        """Nobody refused anything."""
        self._vain: dict[str, tuple[int, int]] = {}

    def left_alone(self, station: Station) -> bool:
        """It refused too often on this connection."""
        connection, count = self._vain.get(station.identity, (0, 0))
        return station.connection is not None and station.connection.id == connection and count >= MOST_IN_VAIN

    def done(self, station: Station) -> None:
        """It went well."""
        self._vain.pop(station.identity, None)

    def in_vain(self, station: Station, *, for_good: bool = False) -> None:
        """It was refused; `for_good` when there is no use in asking again."""
        now = station.connection.id if station.connection is not None else 0
        connection, count = self._vain.get(station.identity, (now, 0))
        self._vain[station.identity] = now, MOST_IN_VAIN if for_good else (count if connection == now else 0) + 1


def never(command: Command) -> bool:
    """The station knows no such command."""
    return command.progress is Progress.REFUSED and command.verdict in NEVER
