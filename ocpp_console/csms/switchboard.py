"""What all connections of the console share: the settings, the bus, who is online, who must be watched."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from ocpp_console.csms.admission import Admission
from ocpp_console.csms.chronicle import Chronicle, Means
from ocpp_console.csms.handshake import Terms
from ocpp_console.csms.password_checks import PasswordChecks
from ocpp_console.csms.refusals import Refusal
from ocpp_console.csms.wire import BINARY
from ocpp_console.events import HandshakeRefused
from ocpp_console.protocol.frames import parse

if TYPE_CHECKING:
    from ocpp_console.csms.connection import Connection


Arrival = tuple["Connection", bytes, int]
"""Whose message, its bytes, in which form it came."""

MOST_AT_ONCE = 64
"""Messages taken in before the loop gets a turn: about three milliseconds' worth. A commit writes them meanwhile."""


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


class Switchboard(Chronicle):
    """Where connections meet. One per listener; everything runs in one event loop."""

    def __init__(self, means: Means, limits: Limits) -> None:
        """Nobody is there yet."""
        super().__init__(means)
        self.limits = limits
        settings = means.settings
        admission = Admission(means.answers.fleet.station_settings, means.clock)
        self.terms = Terms(settings.path, settings.max_size, settings.compression, admission)
        self.password_checks = PasswordChecks()
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
        self._arrived: list[Arrival] = []
        """Messages that were read and not taken in yet."""

    def arrived(self, connection: "Connection", payload: bytes, form: int) -> None:
        """A message was read; it is taken in as soon as all sockets that are ready now have been read.

        Doing one thing for all messages before the next thing for any of them takes a fifth less time: the processor
        finds its code and its guesses about branches as it left them.
        """
        if not self._arrived:
            self.loop.call_soon(self._take_in_some)
        self._arrived.append((connection, payload, form))

    def take_in(self) -> None:
        """Take in all that was read."""
        arrived, self._arrived = self._arrived, []
        self._act_on(arrived)

    def _take_in_some(self) -> None:
        """Take in the oldest of what was read; the rest once the loop has had a turn, in which their commit begins."""
        arrived, self._arrived = self._arrived, []
        self._act_on(arrived[:MOST_AT_ONCE])
        if len(arrived) > MOST_AT_ONCE:
            self._arrived = arrived[MOST_AT_ONCE:] + self._arrived
            self.loop.call_soon(self._take_in_some)

    def _act_on(self, arrived: list[Arrival]) -> None:
        """First read messages as frames, then act on each."""
        frames = [parse(payload, connection.version, binary=form & BINARY > 0) for connection, payload, form in arrived]
        for (connection, payload, form), frame in zip(arrived, frames, strict=True):
            try:
                connection.take_in(frame, payload, form)
            except Exception as problem:
                connection.crashed(problem)

    def refused(self, address: str, refusal: Refusal, evidence: bytes) -> None:
        """Tell of an attempt that failed; one that is repeated in a loop is told now and then, with its count."""
        more = self.told((address.rpartition(":")[0], refusal.reason), self.limits.refusals_per_minute)
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

    def expect_pings(self, connection: "Connection", now: float) -> None:
        """Have a connection pinged from now on (loop time), unless nobody is or its station cannot bear it."""
        habits = self.answers.fleet.station_settings.of(connection.identity).quirks
        if self.settings.ping_interval and "no_pings" not in habits:
            self.pings[connection] = now + self.settings.ping_interval

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
