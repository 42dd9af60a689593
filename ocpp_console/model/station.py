"""A station: who it says it is, how it is connected, its connectors, and how it behaves."""

from dataclasses import dataclass, field
from typing import Self

from ocpp_console.events import StationConnected
from ocpp_console.model.documents import Document, Later, fill_fields, plain_fields_later
from ocpp_console.model.found import FoundHere
from ocpp_console.model.meter_values import Latest
from ocpp_console.model.rules.trail import NEVER, Trail
from ocpp_console.model.rules.trail_documents import trail_later, trail_of
from ocpp_console.model.station_settings import NOTHING_SET, StationSettings
from ocpp_console.model.takeovers import TakeOvers
from ocpp_console.model.variables import Variables
from ocpp_console.protocol.findings import Finding, Severity

MOST_CONNECTORS = 100
"""Per station; a station that names more is making numbers up."""
MOST_NOTICES = 20
MOST_SECURITY_EVENTS = 50


@dataclass(slots=True)
class Connection:
    """The live connection of a station. State belongs to the connection: a newer one starts empty."""

    id: int
    version: str
    subprotocol: str
    offered: tuple[str, ...]
    path: str
    address: str
    secure: bool
    since: int
    """Microseconds UTC."""
    booted: bool = False
    """A BootNotification was answered on this connection."""
    spoke: bool = False
    """A call other than BootNotification came on this connection."""
    frames_in: int = 0
    frames_out: int = 0


@dataclass(slots=True)
class Connector:
    """One connector (1.6) or one connector of an EVSE (2.x). Number 0 in 1.6 is the station itself."""

    evse: int
    """The EVSE id; 0 in 1.6."""
    number: int
    status: str = ""
    """In OCPP's words, exactly as it came."""
    error_code: str = ""
    """1.6 only; empty when NoError."""
    info: str = ""
    vendor_error_code: str = ""
    at: int = 0
    """When the status arrived."""
    said_at: str = ""
    """The station's own timestamp text."""
    previous: str = ""
    latest: Latest | None = None
    """The newest sample of everything measured outside of a session, as it came; None before the first."""

    @property
    def values(self) -> dict[str, str]:
        """What was measured last outside of a session: "Voltage L1-N" → "230.1 V"."""
        return self.latest.shown() if self.latest is not None else {}

    @property
    def label(self) -> str:
        """How people call it: `2` in 1.6, `1.2` in 2.x (EVSE and connector), `1` for EVSE 1 with one connector."""
        if not self.evse:
            return str(self.number)
        return str(self.evse) if self.number == 1 else f"{self.evse}.{self.number}"

    def document_later(self) -> Later:
        """Everything worth keeping across a restart, as it is now."""
        plain, latest = plain_fields_later(self), self.latest.document_later() if self.latest is not None else None
        return lambda: plain() | {"latest": latest() if latest is not None else None}

    def fill(self, document: Document) -> None:
        """Take over what a document says, as far as it can be read."""
        fill_fields(self, {name: value for name, value in document.items() if name not in ("evse", "number")})
        if isinstance(document.get("latest"), dict):
            self.latest = Latest.from_document(document["latest"])


@dataclass(slots=True)
class Station:
    """Everything known about one station. Texts are as the station wrote them: never draw them raw."""

    identity: str
    version: str = ""
    """Of the last connection."""
    vendor: str = ""
    model: str = ""
    serial: str = ""
    firmware: str = ""
    iccid: str = ""
    imsi: str = ""
    meter_type: str = ""
    meter_serial: str = ""
    boot_reason: str = ""
    """2.x: why it booted last."""
    boot_count: int = 0
    booted_at: int = 0
    registration: str = ""
    """The last verdict we gave: Accepted, Pending, Rejected; empty before the first boot."""
    interval: int = 0
    """Heartbeat interval we gave last, seconds."""
    connection: Connection | None = None
    """None while offline."""
    connection_count: int = 0
    first_seen: int = 0
    last_seen: int = 0
    """When the last byte of OCPP came, or the last (dis)connection."""
    last_address: str = ""
    last_path: str = ""
    """The request target of the last connection as it came."""
    last_heartbeat: int = 0
    heartbeat_gap: int = 0
    """Microseconds between the last two heartbeats; 0 when fewer than two came."""
    clock_drift: int | None = None
    """Microseconds the station's clock is ahead of ours, from its last timestamp; None before the first."""
    messages: int = 0
    """Rows of the log that are this station's, both directions."""
    findings: int = 0
    """Of severity WARNING and worse, neither acknowledged nor of a hidden code."""
    gone_reason: str = ""
    """How the last connection ended, in words; empty while online."""
    connectors: dict[tuple[int, int], Connector] = field(default_factory=dict)
    """By (evse, number), in the order seen."""
    firmware_status: str = ""
    log_status: str = ""
    """Diagnostics or log upload."""
    notices: list[Finding] = field(default_factory=list)
    """About the current connection's handshake and identity: what was tolerated."""
    security_events: list[tuple[int, str, str]] = field(default_factory=list)
    """(at, type, techInfo), newest last, at most 50."""
    takeovers: TakeOvers = field(default_factory=TakeOvers, compare=False)
    """How often a connection took the place of another lately."""
    variables: Variables = field(default_factory=Variables, compare=False)
    """What can be configured, as far as it was heard of in this run."""
    settings: StationSettings = field(default=NOTHING_SET, compare=False)
    """What the operator set for it."""
    found: FoundHere = field(default_factory=FoundHere, compare=False)
    """What was found, by code."""
    trail: Trail = field(default_factory=Trail, compare=False)
    """What rules remember."""
    revision: int = field(default=0, compare=False)
    """Goes up with every change."""

    @property
    def online(self) -> bool:
        """It has a live connection."""
        return self.connection is not None

    @property
    def ready(self) -> bool:
        """Commands may go out without waiting: it booted or spoke on this connection."""
        return self.connection is not None and (self.connection.booted or self.connection.spoke)

    def begin(self, fact: StationConnected) -> None:
        """A connection begins. What belonged to the one before goes."""
        if self.version != fact.version:
            self.variables = Variables()  # keys and the device model have nothing in common
        self.version = fact.version
        self.connection = Connection(
            fact.seq, fact.version, fact.subprotocol, fact.offered, fact.path, fact.address, fact.secure, fact.at
        )
        self.trail.connected(fact.at, self.interval)
        self.connection_count += 1
        self.first_seen = self.first_seen or fact.at  # it may have been set up before it ever came
        self.last_seen = fact.at
        self.last_address = fact.address
        self.last_path = fact.path
        self.gone_reason = ""
        self.last_heartbeat = self.heartbeat_gap = 0
        self.clock_drift = None

    def end(self, reason: str, at: int) -> None:
        """Its connection ended, or had ended before the time `at` (µs; 0 when nobody knows)."""
        self.connection = None
        self.trail.due = NEVER
        self.gone_reason = reason
        self.last_seen = max(self.last_seen, at)
        self.revision += 1

    def connector(self, evse: int, number: int) -> Connector | None:
        """The connector with this number, made when it is mentioned first; None when there are too many already."""
        connector = self.connectors.get((evse, number))
        if connector is None and len(self.connectors) < MOST_CONNECTORS:
            connector = self.connectors[evse, number] = Connector(evse, number)
        return connector

    def notice(self, finding: Finding) -> bool:
        """Note something odd about this connection, each code once. True when it is new."""
        if len(self.notices) >= MOST_NOTICES or any(known.code == finding.code for known in self.notices):
            return False
        self.notices.append(finding)
        return True

    def document_later(self) -> Later:
        """Everything worth keeping across a restart, as it is now; not the connection and what belongs to it."""
        plain = plain_fields_later(self)
        connectors = [connector.document_later() for connector in self.connectors.values()]
        events, notices = self.security_events[:], self.notices[:]
        found = self.found.document_later() if self.found else None
        trail, takeovers = trail_later(self.trail), self.takeovers.document()

        def document() -> Document:
            """Put the parts together."""
            made = plain()
            made.pop("connection", None)
            made["connectors"] = [connector() for connector in connectors]
            made["security_events"] = [list(event) for event in events]
            made["notices"] = [[code, int(severity), *rest] for code, severity, *rest in notices]
            if found is not None:
                made["found"] = found()
            made["trail"], made["takeovers"] = trail(), takeovers
            return made

        return document

    def to_document(self) -> Document:
        """The same at once."""
        document: Document = self.document_later()()
        return document

    @classmethod
    def from_document(cls, document: Document) -> Self:
        """The station a document describes, offline. What is missing or odd in it keeps its default."""
        station = cls(str(document.get("identity", "")))
        fill_fields(station, document)
        for entry in _list(document.get("connectors")):
            if isinstance(entry, dict) and isinstance(entry.get("evse"), int) and isinstance(entry.get("number"), int):
                connector = station.connector(entry["evse"], entry["number"])
                if connector is not None:
                    connector.fill(entry)
        for event in _list(document.get("security_events"))[-MOST_SECURITY_EVENTS:]:
            if isinstance(event, list) and [type(part) for part in event] == [int, str, str]:
                station.security_events.append((event[0], event[1], event[2]))
        for entry in _list(document.get("notices"))[:MOST_NOTICES]:
            if isinstance(entry, list) and [type(part) for part in entry] == [str, int, str, str]:
                station.notices.append(Finding(entry[0], _severity(entry[1]), entry[2], entry[3]))
        station.found.fill(station.identity, document.get("found"))
        station.trail = trail_of(document.get("trail"))
        station.takeovers.fill(document.get("takeovers"))
        return station


def _severity(number: int) -> Severity:
    """How much a stored finding matters; a number of a newer console counts as the least."""
    return Severity(number) if number in list(Severity) else Severity.INFO


def _list(value: object) -> list[object]:
    """A list, or an empty one."""
    return value if isinstance(value, list) else []
