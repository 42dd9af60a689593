"""What rules remember of a station: little, bounded, and of this run only."""

from ocpp_console.protocol.frames import JsonValue

NEVER = 1 << 62
"""A time (µs) that does not come."""
MOST_SESSIONS = 64
"""Sessions of one station that rules follow at a time; the oldest gives way."""
MOST_TIMES = 10
"""Boots and connections whose times are kept."""


class SessionTrail:
    """What rules remember of a running session."""

    __slots__ = ("faulted", "left", "levels", "looks", "metered", "mismatched")

    def __init__(self) -> None:
        """It has just begun."""
        self.metered = False
        """Meter values came in messages of their own."""
        self.faulted = False
        """A fault during it was told."""
        self.left = False
        """That its connector went out of service was told."""
        self.looks = 0
        """Messages with meter values."""
        self.mismatched = False
        """That energy and power do not fit was told."""
        self.levels: dict[tuple[JsonValue, ...], float] = {}
        """The newest reading of each register, by connector, measurand, phase, unit and location."""


class ReportTrail:
    """The latest part of a report that comes in parts."""

    __slots__ = ("connection", "ended", "part", "told")

    def __init__(self, connection: int) -> None:
        """Nothing of it came yet."""
        self.connection = connection
        self.part: int | None = None
        self.ended = False
        """A part said, or did not deny, that it was the last."""
        self.told = False


class Trail:
    """The memory of rules about one station."""

    __slots__ = (
        "anchor",
        "asked",
        "authorized",
        "boots",
        "connects",
        "due",
        "first_drift",
        "hasty",
        "reports",
        "sessions",
        "told",
        "touched",
    )

    def __init__(self) -> None:
        """Nothing was seen of the station."""
        self.due = NEVER
        """When a Heartbeat is overdue (µs)."""
        self.hasty = 0
        """Heartbeats in a row that came much too early."""
        self.asked = False
        """A call of ours went out on this connection."""
        self.authorized = False
        self.boots: list[int] = []
        self.connects: list[int] = []
        self.anchor: tuple[int, int] | None = None
        """A time the station said in a message that is sent as things happen, and when that arrived."""
        self.first_drift: int | None = None
        """How far its clock was ahead when that was known first since it was set."""
        self.told: set[str] = set()
        """Codes that are told once for each connection and were told on this one."""
        self.sessions: dict[str, SessionTrail] = {}
        self.touched: SessionTrail | None = None
        """The session whose values are being taken in."""
        self.reports: dict[tuple[str, JsonValue], ReportTrail] = {}

    def connected(self, at: int, interval: int) -> None:
        """A connection begins; `interval` is the one for heartbeats, in seconds, that the station was told last."""
        self.connects = [*self.connects[1 - MOST_TIMES :], at]
        self.due = at + 2 * (interval or DEFAULT_INTERVAL) * 1_000_000
        self.hasty = 0
        self.asked = False
        self.anchor = self.first_drift = None
        self.told.clear()

    def once(self, code: str) -> bool:
        """True the first time it is asked about a code on this connection."""
        if code in self.told:
            return False
        self.told.add(code)
        return True

    def begin(self, id: str) -> SessionTrail:
        """A session begins."""
        if len(self.sessions) >= MOST_SESSIONS:
            del self.sessions[next(iter(self.sessions))]
        trail = self.sessions[id] = SessionTrail()
        return trail


DEFAULT_INTERVAL = 60
"""Seconds between heartbeats where nobody said; what others' rules assume as well."""
