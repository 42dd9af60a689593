"""A desk: a log on a real file, and what a connection does with it."""

from collections.abc import Awaitable, Callable

from ocpp_console.events import FrameReceived, FrameSent
from ocpp_console.store.event_log import EventLog

CALL = b'[2,"19223201","Heartbeat",{}]'
REPLY = b'[3,"19223201",{"currentTime":"2026-11-20T14:03:21Z"}]'


class Desk:
    """A log and what a connection does with it: publish a call, hold its reply, publish the reply when it leaves."""

    def __init__(self, log: EventLog, clock: Callable[[], int]) -> None:
        self.log = log
        self.clock = clock
        self.seq = 0
        self.sent: list[FrameSent] = []

    def number(self) -> int:
        self.seq += 1
        return self.seq

    def receive(self, raw: bytes = CALL, station: str = "CP-1", *, binary: bool = False) -> FrameReceived:
        fact = FrameReceived(self.number(), self.clock(), station, 1, raw, binary)
        self.log.offer(fact)
        return fact

    def answer(self, call: FrameReceived, reply: bytes = REPLY) -> None:
        def release(at: int) -> None:
            fact = FrameSent(self.number(), at, call.station, 1, reply, call.seq)
            self.sent.append(fact)
            self.log.offer(fact)

        self.log.hold(call.seq, reply, release)

    def exchange(self, raw: bytes = CALL, reply: bytes = REPLY, station: str = "CP-1") -> FrameReceived:
        call = self.receive(raw, station)
        self.answer(call, reply)
        return call


Opened = Callable[..., Awaitable[Desk]]


async def close(desk: Desk) -> None:
    """Close a desk's log and database, as the end of the program does."""
    await desk.log.close()
    await desk.log.database.close()
