"""What all connections of the console share: the settings, the bus, who is online, who must be watched."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from ocpp_console.bus import Bus
from ocpp_console.csms.answers import AnswerContext
from ocpp_console.csms.handshake import Terms
from ocpp_console.csms.ledger import Ledger
from ocpp_console.csms.refusals import Refusal
from ocpp_console.events import Fact, HandshakeRefused, NoteWritten
from ocpp_console.protocol.frames import parse
from ocpp_console.settings import Settings

if TYPE_CHECKING:
    from ocpp_console.csms.connection import Connection


class Limits(NamedTuple):
    """Times and counts that protect the console. Seconds, loop time."""

    handshake: float = 5.0
    """For a whole handshake."""
    idle_knock: float = 1.0
    """For the first byte, while others wait to be accepted."""
    knocking: int = 64
    """Connections without a finished handshake; accepting pauses beyond."""
    probe: float = 3.0
    """For the older of two connections of one station to prove that it lives."""
    send: float = 10.0
    """For a peer to take what was sent to it."""
    close: float = 3.0
    """For a peer to agree to a close."""
    queue: int = 256
    """Calls of ours that may wait for one station."""
    sweep: float = 0.25
    """Between two looks at whoever must be watched."""
    refusals_per_minute: int = 20
    """Refused attempts of one host for one reason that are told one by one."""
    faults_per_minute: int = 1
    """Faults of our own of one kind that are told one by one: a fault in the model would fill the log by itself."""


class _Tally:
    """Attempts of one host refused for one reason, or faults of one kind, within a minute."""

    __slots__ = ("count", "since", "untold")

    def __init__(self, since: float, untold: int) -> None:
        self.since = since
        self.count = 0
        self.untold = untold


class Switchboard:
    """Where connections meet. One per listener; everything runs in one event loop."""

    def __init__(
        self,
        settings: Settings,
        bus: Bus,
        answers: AnswerContext,
        ledger: Ledger,
        clock: Callable[[], int],
        limits: Limits,
    ) -> None:
        """`clock` gives µs UTC for facts; deadlines run on the loop's own time, which nobody can set."""
        self.settings = settings
        self.bus = bus
        self.answers = answers
        self.ledger = ledger
        self.clock = clock
        self.limits = limits
        self.loop = asyncio.get_running_loop()
        self.terms = Terms(settings.path, settings.max_size, settings.compression)
        self.rate = settings.station_rate
        self.online: dict[str, Connection] = {}
        """The connection of each station; the newest one that was taken."""
        self.taking_over: dict[str, Connection] = {}
        """Connections that wait until the older one of their station has proved that it lives, or failed to."""
        self.knocking: set[Connection] = set()
        """Accepted, handshake not over."""
        self.watched: set[Connection] = set()
        """Connections with a deadline of any kind."""
        self.pings: dict[Connection, float] = {}
        """When each connection gets its next ping (loop time); in that order."""
        self.everyone: set[Connection] = set()
        """Sockets held, whatever their phase."""
        self.on_space: Callable[[], None] = lambda: None
        """Called when a socket was given back or a handshake ended."""
        self._deserted: asyncio.Event | None = None
        self._arrived: list[tuple[Connection, bytes, bool]] = []
        """Messages that were read and not taken in yet."""
        self._tallies: dict[tuple[str, str], _Tally] = {}

    def arrived(self, connection: "Connection", payload: bytes, binary: bool) -> None:
        """A message was read; it is taken in as soon as all sockets that are ready now have been read.

        Doing one thing for all messages before the next thing for any of them takes a fifth less time: the processor
        finds its code and its guesses about branches as it left them.
        """
        if not self._arrived:
            self.loop.call_soon(self.take_in)
        self._arrived.append((connection, payload, binary))

    def take_in(self) -> None:
        """Take in what was read: first read it as frames, then act on each."""
        arrived, self._arrived = self._arrived, []
        frames = [parse(payload, connection.version, binary=binary) for connection, payload, binary in arrived]
        for (connection, payload, binary), frame in zip(arrived, frames, strict=True):
            try:
                connection.take_in(frame, payload, binary)
            except Exception as problem:
                connection.crashed(problem)

    def publish(self, fact: Fact) -> Any:
        """Publish a fact. A fault in the model must not end a connection: it is noted instead."""
        try:
            return self.bus.publish(fact)
        except Exception as problem:
            if type(fact) is not NoteWritten:  # else not even a note can be taken; stations are served all the same
                self.fault(getattr(fact, "station", ""), f"{type(fact).__name__} could not be taken in", problem)
            return None

    def note(self, station: str, code: str, text: str) -> None:
        """Write a sentence into the log."""
        self.publish(NoteWritten(self.bus.number(), self.clock(), station, code, text))

    def fault(self, station: str, what: str, problem: Exception) -> None:
        """Write a fault of our own into the log; one that is repeated is told once a minute, with its count."""
        more = self._told((what, type(problem).__name__), self.limits.faults_per_minute)
        if more is not None:
            self.note(station, "internal_error", f"{what}: {type(problem).__name__}: {problem}{more}")

    def _told(self, key: tuple[str, str], most: int) -> str | None:
        """Count something that may come in a loop; None when it is not told, else a word about those before it."""
        now = self.loop.time()
        tally = self._tallies.get(key)
        if tally is None or now - tally.since > 60:
            if len(self._tallies) > 1_000:
                self._tallies.clear()
            tally = self._tallies[key] = _Tally(now, tally.untold if tally else 0)
        tally.count += 1
        if tally.count > most:
            tally.untold += 1
            return None
        untold, tally.untold = tally.untold, 0
        return f" ({untold} more like this were not listed.)" if untold else ""

    def refused(self, address: str, refusal: Refusal, evidence: bytes) -> None:
        """Tell of an attempt that failed; one that is repeated in a loop is told now and then, with its count."""
        more = self._told((address.rpartition(":")[0], refusal.reason), self.limits.refusals_per_minute)
        if more is None:
            return
        self.publish(
            HandshakeRefused(
                self.bus.number(),
                self.clock(),
                address,
                refusal.station,
                refusal.reason,
                refusal.text + more,
                refusal.path,
                refusal.offered,
                refusal.status,
                evidence,
            )
        )

    @property
    def total(self) -> int:
        """How many sockets are held."""
        return len(self.everyone)

    def admit(self, connection: "Connection") -> None:
        """A socket was accepted."""
        self.everyone.add(connection)
        self.knocking.add(connection)

    def forget(self, connection: "Connection") -> None:
        """A socket is gone."""
        self.everyone.discard(connection)
        self.knocking.discard(connection)
        self.watched.discard(connection)
        self.pings.pop(connection, None)
        if not self.everyone and self._deserted is not None:
            self._deserted.set()
        self.on_space()

    async def deserted(self) -> None:
        """Wait until no socket is held any more."""
        if self.everyone:
            self._deserted = asyncio.Event()
            await self._deserted.wait()
