"""What the operator set for a station: how it is answered, whom it must be, what it is called, what it can bear.

It may be set before the station ever connects, and holds whatever the station says; None and empty mean "not set".
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self

from ocpp_console.model.documents import Document

REGISTRATIONS = ("Accepted", "Pending", "Rejected")
"""RegistrationStatus of all versions."""
LONGEST_INTERVAL = 604_800
"""Seconds; a week, as in the setting of the console."""
LONGEST_NAME = 80
LONGEST_NOTES = 10_000
LONGEST_PASSWORD = 128
"""Characters. OCPP has 16 to 20 bytes in 1.6 and 16 to 64 characters in 2.x; others are taken, to be tried."""

QUIRKS = {
    "no_pings": "It cannot bear WebSocket pings: it is sent none.",
    "tolerate": "Its violations are never answered with an error, not even with --strict.",
    "heartbeat_interval": "It looks for OCPP 1.5's heartbeatInterval in a boot answer: both names are sent.",
}
"""Habits of a station that the console can adapt to, with what is done then."""

LIMITED = ("GetVariables", "SetVariables", "GetReport", "GetConfiguration", "SendLocalList")
"""Actions whose items in one message can be limited where the station itself states no limit."""
MOST_ITEMS = 10_000


@dataclass(frozen=True, slots=True)
class StationSettings:
    """Of one station. Replaced as a whole, never changed."""

    registration: str | None = None
    """What its boots are answered with."""
    interval: int | None = None
    """Seconds between heartbeats that it is told."""
    security_profile: int | None = None
    """0 to 3; None takes it as it comes."""
    password: str = ""
    """Salted hash of what its handshake must bring (HTTP Basic); empty for none. Never the password itself."""
    name: str = ""
    """What people call it."""
    notes: str = ""
    tariff: str = ""
    """What its sessions cost, instead of the console's tariff; empty for that."""
    version: str = ""
    """The only OCPP version it may speak; empty for any."""
    quirks: frozenset[str] = frozenset()
    """Keys of `QUIRKS`."""
    limits: dict[str, int] = field(default_factory=dict)
    """By action: most items in one message. Not to be changed."""

    def to_document(self) -> Document:
        """What is set, for the store."""
        plain: dict[str, Any] = {name: getattr(self, name) for name in _PLAIN}
        plain |= {"quirks": sorted(self.quirks), "limits": dict(self.limits)}
        return {name: value for name, value in plain.items() if value not in (None, "", [], {})}

    @classmethod
    def from_document(cls, document: Document) -> Self:
        """What a document describes; what is odd in it is left out."""
        kept: dict[str, Any] = {
            name: value for name, kind in _PLAIN.items() if type(value := document.get(name)) is kind
        }
        quirks, limits = document.get("quirks"), document.get("limits")
        return cls(
            **kept,
            quirks=frozenset(each for each in quirks if each in QUIRKS) if isinstance(quirks, list) else frozenset(),
            limits={action: most for action, most in limits.items() if action in LIMITED and type(most) is int}
            if isinstance(limits, dict)
            else {},
        )


_PLAIN: dict[str, type] = {
    "registration": str,
    "interval": int,
    "security_profile": int,
    "password": str,
    "name": str,
    "notes": str,
    "tariff": str,
    "version": str,
}
NOTHING_SET = StationSettings()
"""Of a station for which nothing was set; shared by all of them."""


def trouble_with(settings: StationSettings) -> str:
    """Why these settings cannot hold together, as a sentence; empty when they can."""
    if settings.security_profile == 0 and settings.password:
        return "Security profile 0 asks for no password: remove the password, or set profile 1."
    if settings.security_profile in (1, 2) and not settings.password:
        return f"Security profile {settings.security_profile} needs a password, and none is set for this station."
    return ""


class AllStationSettings:
    """The settings of all stations."""

    def __init__(self) -> None:
        """Nothing is set."""
        self._all: dict[str, StationSettings] = {}
        self.revision = 0
        """Goes up with every change."""

    def __iter__(self) -> Iterator[str]:
        """The identities for which something is set."""
        return iter(self._all)

    def of(self, station: str) -> StationSettings:
        """What is set for a station."""
        return self._all.get(station, NOTHING_SET)

    def put(self, station: str, settings: StationSettings) -> None:
        """Replace what is set for a station."""
        if settings == NOTHING_SET:
            self._all.pop(station, None)
        else:
            self._all[station] = settings
        self.revision += 1

    def drop(self, station: str) -> None:
        """Set nothing for a station any more."""
        self.put(station, NOTHING_SET)
