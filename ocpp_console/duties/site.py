"""What a duty sees of the engine."""

from collections.abc import Callable
from typing import Protocol

from ocpp_console.bus import Bus
from ocpp_console.model.duties import Duties
from ocpp_console.model.fleet import Fleet
from ocpp_console.model.station import Station
from ocpp_console.procedures.link import StationLink
from ocpp_console.settings import Settings


class Site(Protocol):
    """The engine, as far as duties need it."""

    fleet: Fleet
    bus: Bus
    duties: Duties
    settings: Settings
    clock: Callable[[], int]

    def link(self, station: str, purpose: str = "") -> StationLink:
        """A station that can be asked; the purpose marks the calls in the history of commands."""


def may_be_asked(station: Station | None) -> bool:
    """It is connected, and its boot was accepted or never came (2.x B03.FR.03: nothing to one that was rejected)."""
    return station is not None and station.online and station.registration in ("", "Accepted")
