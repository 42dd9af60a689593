"""What rules remember of a station: little, bounded, and of this run only."""

from ocpp_console.protocol.frames import JsonValue

NEVER = 1 << 62
"""A time (µs) that does not come."""
MOST_SESSIONS = 64
"""Sessions of one station that rules follow at a time; the oldest gives way."""
MOST_TIMES = 10
"""Boots and connections whose times are kept."""
MOST_TOLD = 300
"""Codes, or codes with a name, of which a connection remembers that they were told."""
MOST_PLACES = 100
"""Connectors whose meters are remembered."""
NUDGED = 300_000_000
"""How long (µs) after a command that makes a station boot a boot is taken for what that command wanted."""
_NUDGES = frozenset({"Reset", "TriggerMessage", "ExtendedTriggerMessage", "UpdateFirmware", "SignedUpdateFirmware"})
"""What makes a station boot, or say that it did, because the operator wants it."""


class SessionTrail:
    """What rules remember of a running session."""

    __slots__ = ("faulted", "left", "levels", "looks", "metered", "mismatched", "missing")

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
        self.missing: set[int] = set()
        """2.x: numbers of events that were skipped and may come yet."""


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
        "again",
        "anchor",
        "asked",
        "authorized",
        "boots",
        "called_at",
        "connects",
        "due",
        "ends",
        "first_drift",
        "hasty",
        "last_called",
        "meters",
        "nudged",
        "reports",
        "sessions",
        "spoke",
        "told",
        "touched",
        "unheard",
    )

    def __init__(self) -> None:
        """Nothing was seen of the station."""
        self.due = NEVER
        """When a Heartbeat is overdue (µs)."""
        self.hasty = 0
        """Heartbeats in a row that came much too early."""
        self.asked = ""
        """The action of our latest call on this connection."""
        self.last_called = ""
        self.called_at = 0
        """Our latest call on whatever connection, and when it went out."""
        self.nudged = -NUDGED
        """When a command went out that makes a station boot or repeat itself."""
        self.unheard = 0
        """Our calls in a row that were not answered."""
        self.again = 0, 0
        """The row of a message that is repeated, and how often it came."""
        self.spoke = False
        """On this connection it sent something before it was accepted."""
        self.authorized = False
        """A tag was presented, or a start was ordered."""
        self.boots: list[int] = []
        self.connects: list[int] = []
        self.anchor: tuple[int, int] | None = None
        """A time the station said in a message that is sent as things happen, and when that arrived."""
        self.first_drift: int | None = None
        """How far its clock was ahead when that was known first since it was set."""
        self.meters: dict[tuple[int, int], float] = {}
        """Wh at which the latest session ended, by EVSE and connector."""
        self.ends: list[int] = []
        """How long (µs) the latest connections lasted."""
        self.told: dict[str, None] = {}
        """Codes told on this connection, once each. No set: an empty one takes 216 bytes."""
        self.sessions: dict[str, SessionTrail] = {}
        self.touched: SessionTrail | None = None
        """The session whose values are being taken in."""
        self.reports: dict[tuple[str, JsonValue], ReportTrail] = {}

    @property
    def since(self) -> int:
        """When the latest connection began (µs)."""
        return self.connects[-1] if self.connects else 0

    def connected(self, at: int, interval: int) -> None:
        """A connection begins; `interval` is the one for heartbeats, in seconds, that the station was told last."""
        self.connects = [*self.connects[1 - MOST_TIMES :], at]
        self.due = at + 2 * (interval or DEFAULT_INTERVAL) * 1_000_000
        self.hasty = self.unheard = 0
        self.asked, self.spoke = "", False
        self.anchor = self.first_drift = None
        self.told.clear()

    def called(self, action: str, at: int) -> None:
        """A call of ours goes out."""
        self.asked = self.last_called = action
        self.called_at = at
        if action in _NUDGES:
            self.nudged, self.hasty = at, 0
        elif action in ("RemoteStartTransaction", "RequestStartTransaction"):
            self.authorized = True

    def meter(self, place: tuple[int, int], value: float) -> None:
        """A session ended at this value of its meter (Wh)."""
        if place in self.meters or len(self.meters) < MOST_PLACES:
            self.meters[place] = value

    def once(self, code: str) -> bool:
        """True the first time it is asked about a code on this connection."""
        if code in self.told or len(self.told) >= MOST_TOLD:
            return False
        self.told[code] = None
        return True

    def begin(self, id: str) -> SessionTrail:
        """A session begins."""
        if len(self.sessions) >= MOST_SESSIONS:
            del self.sessions[next(iter(self.sessions))]
        trail = self.sessions[id] = SessionTrail()
        return trail


DEFAULT_INTERVAL = 60
"""Seconds between heartbeats where nobody said; what others' rules assume as well."""
