"""A console that runs for weeks: what the model and the lines remember has an end, whatever keeps coming."""

import asyncio
import gc
import io
import tracemalloc
from collections import deque

import traffic

from ocpp_console.bus import Bus
from ocpp_console.events import FrameReceived, FrameSent, HandshakeRefused, NoteWritten, StationConnected, StationGone
from ocpp_console.headless import Headless
from ocpp_console.model.fleet import Fleet
from ocpp_console.settings import Settings

STATIONS = 10
DAYS_BEFORE, DAYS_AFTER = 40, 60
"""Days until every bounded list is full, and after that."""
ALLOWED_BYTES = 150_000
"""Growth allowed in the second part: what was there before turned over, and some of it is a little longer."""


class Weeks:
    """A console without sockets and store, and a clock of its own."""

    def __init__(self):
        self.settings = Settings(log_rows=100)
        self.fleet = Fleet(log_rows=100)
        self.fleet.transactions._limit = 40
        self.fleet.transactions.begun = deque(maxlen=40)
        self.bus = Bus(self.fleet.apply)
        self.problems = deque()
        self.at = 0
        self.transaction = 0

    async def start(self):
        """Nothing to open."""

    async def stop(self):
        """Nothing to close."""

    def tell(self, kind, *fields, **more):
        """One fact, a second after the one before; its number."""
        self.at += 1_000_000
        seq = self.bus.number()
        self.bus.publish(kind(seq, self.at, *fields, **more))
        return seq

    def ask(self, station, connection, number, raw, answer):
        """A station asks, and gets its answer."""
        seq = self.tell(FrameReceived, station, connection, raw)
        self.tell(FrameSent, station, connection, traffic.result(answer, id=number), answers=seq)

    def day(self, day):
        """Every station connects, boots, charges and goes; strangers knock; every tag is a new one."""
        for index in range(STATIONS):
            station = f"CP{index:03}"
            connection = self.tell(
                StationConnected, station, "1.6", "ocpp1.6", ("ocpp1.6",), f"/{station}", "10.0.0.1:1", False
            )
            self.transaction += 1
            number, tag = f"{day}-{index}", f"TAG{self.transaction}"
            accepted = {"idTagInfo": {"status": "Accepted"}}
            boot = {"status": "Accepted", "interval": 300, "currentTime": traffic.NOON}
            self.ask(station, connection, number + "b", traffic.boot(id=number + "b"), boot)
            self.ask(station, connection, number + "a", traffic.authorize(tag, id=number + "a"), accepted)
            started = {"transactionId": self.transaction, **accepted}
            self.ask(station, connection, number + "s", traffic.start(tag, id=number + "s"), started)
            self.ask(station, connection, number + "m", traffic.meter(1, self.transaction, id=number + "m"), {})
            self.ask(station, connection, number + "e", traffic.stop(self.transaction, id=number + "e"), {})
            self.tell(FrameReceived, station, connection, b"[2,broken" + number.encode())
            self.tell(StationGone, station, connection, 1006, "", "network")
            self.tell(HandshakeRefused, f"10.9.{day % 200}.{index}:1", "", "silent", "nothing came", "", (), 0, b"")
        self.tell(NoteWritten, "", "store", f"day {day}")


async def test_memory_stays_where_it_is(until):
    console, out = Weeks(), io.StringIO()
    console.fleet.attempts = deque(maxlen=100)
    headless = Headless(console, out, environ={})
    running = asyncio.create_task(headless.run())
    days = iter(range(DAYS_BEFORE + DAYS_AFTER))

    async def live(count):
        """So many days; the memory in use afterwards."""
        for _, day in zip(range(count), days, strict=False):
            console.day(day)
            if day % 10 == 9:
                await until(lambda day=day: f"note: day {day}" in out.getvalue())
                out.seek(0)
                out.truncate()
        console.fleet.dirty_stations.clear()
        console.fleet.dirty_transactions.clear()
        console.fleet.id_tags.used.clear()  # the store takes these away every two seconds
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = await live(DAYS_BEFORE)
        after = await live(DAYS_AFTER)
    finally:
        tracemalloc.stop()
        running.cancel()
    assert after - before < ALLOWED_BYTES
