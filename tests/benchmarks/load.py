"""Make load: many stations in one process, each sending its next CALL when the last one is answered.

Standard library only, frames made by hand, so that the generator costs much less than any server it measures.
Loopback only, bounded in count and time. Prints one JSON object.

    python tests/benchmarks/load.py --port 9000 --stations 50 --seconds 3 --pid 1234
"""

from __future__ import annotations

import argparse
import base64
import heapq
import json
import os
import select
import socket
import struct
import time
from dataclasses import dataclass, field
from typing import Any

CLOCK_TICK = os.sysconf("SC_CLK_TCK")
PAGE_SIZE = os.sysconf("SC_PAGE_SIZE")
Step = tuple[str, dict[str, Any]]

SAMPLES_16 = [
    {"value": "20481.2", "measurand": "Energy.Active.Import.Register", "context": "Sample.Periodic", "unit": "Wh"},
    {"value": "10950", "measurand": "Power.Active.Import", "context": "Sample.Periodic", "unit": "W"},
    {"value": "15.9", "measurand": "Current.Import", "phase": "L1", "context": "Sample.Periodic", "unit": "A"},
    {"value": "229.8", "measurand": "Voltage", "phase": "L1-N", "context": "Sample.Periodic", "unit": "V"},
    {"value": "41", "measurand": "SoC", "location": "EV", "context": "Sample.Periodic", "unit": "Percent"},
]
SAMPLES_2X = [
    {
        **{name: value for name, value in sample.items() if name != "unit"},
        "value": float(sample["value"]),
        "unitOfMeasure": {"unit": sample["unit"]},
    }
    for sample in SAMPLES_16
]


def day_16(at: str) -> tuple[Step, list[Step]]:
    """Boot and one session of a 1.6 station; `$tx` stands for the transaction id it was given."""
    status = [("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": s, "timestamp": at})
              for s in ("Preparing", "Charging", "Available")]  # fmt: skip
    meter = (
        "MeterValues",
        {"connectorId": 1, "transactionId": "$tx", "meterValue": [{"timestamp": at, "sampledValue": SAMPLES_16}]},
    )
    start = ("StartTransaction", {"connectorId": 1, "idTag": "04C0FFEE", "meterStart": 20000, "timestamp": at})
    stop = ("StopTransaction", {"transactionId": "$tx", "meterStop": 21000, "timestamp": at, "reason": "Local"})
    boot = ("BootNotification", {"chargePointVendor": "Bench", "chargePointModel": "One", "firmwareVersion": "1.0"})
    beat: Step = ("Heartbeat", {})
    return boot, [status[0], start, status[1], meter, meter, beat, meter, meter, meter, beat, meter, stop, status[2]]


def day_201(at: str) -> tuple[Step, list[Step]]:
    """Boot and one session of a 2.0.1 station, which names its transactions itself."""

    def event(kind: str, trigger: str, number: int, **more: Any) -> Step:
        info = {"transactionId": "$tx", "chargingState": "Charging"}
        return "TransactionEvent", {
            "eventType": kind, "timestamp": at, "triggerReason": trigger, "seqNo": number,
            "transactionInfo": info, "evse": {"id": 1, "connectorId": 1}, **more,
        }  # fmt: skip

    def status(word: str) -> Step:
        return "StatusNotification", {"timestamp": at, "connectorStatus": word, "evseId": 1, "connectorId": 1}

    values = [{"timestamp": at, "sampledValue": SAMPLES_2X}]
    meter = [event("Updated", "MeterValuePeriodic", number, meterValue=values) for number in range(1, 7)]
    start = event("Started", "Authorized", 0, idToken={"idToken": "04C0FFEE", "type": "ISO14443"})
    boot = ("BootNotification", {"reason": "PowerUp", "chargingStation": {"vendorName": "Bench", "model": "One"}})
    beat: Step = ("Heartbeat", {})
    return boot, [
        status("Occupied"), start, *meter[:2], beat, *meter[2:5], beat, meter[5],
        event("Ended", "StopAuthorized", 7), status("Available"),
    ]  # fmt: skip


def websocket_frame(text: bytes) -> bytes:
    """A masked text frame; the mask is zero, which the server unmasks all the same."""
    size = len(text)
    head = struct.pack("!BB", 0x81, 0x80 | size) if size < 126 else struct.pack("!BBH", 0x81, 0xFE, size)
    return head + b"\0\0\0\0" + text


@dataclass(slots=True)
class Station:
    """One station of the load."""

    name: str
    version: str
    boot: list[bytes]
    steps: list[list[bytes]]
    """Each step cut at `$id` and `$tx`, so that a CALL is one join."""
    socket: socket.socket
    buffer: bytes = b""
    open: bool = False
    step: int = -1
    counter: int = 0
    transaction: bytes = b"1"
    message_id: bytes = b""
    due: float = 0.0
    opened_at: float = 0.0
    waiting: bool = False
    action_starts: bool = False


@dataclass
class Tally:
    """What happened so far."""

    answered: int = 0
    errors: dict[str, int] = field(default_factory=dict)
    booted: int = 0
    latencies: list[float] = field(default_factory=list)

    def error(self, what: str) -> None:
        """Count one thing that should not have happened."""
        self.errors[what] = self.errors.get(what, 0) + 1


def cut(step: Step) -> list[bytes]:
    """`[head, middle…]` of a CALL around its message id and its transaction id."""
    quoted = json.dumps("$tx")
    text = json.dumps([2, "$id", step[0], step[1]], separators=(",", ":"))
    text = text.replace(quoted, '"$tx"' if step[0] == "TransactionEvent" else "$tx")
    return [part.encode() for part in text.replace("$id", "\0").replace("$tx", "\1").split("\0", 1)]


class Load:
    """The run: connect, boot, then send until the time is over."""

    def __init__(self, options: argparse.Namespace) -> None:
        """Make the stations; connect none of them yet."""
        self.options = options
        self.poll = select.epoll()
        self.tally = Tally()
        self.queue: list[tuple[float, int]] = []
        self.measuring = False
        self.period = options.stations / options.rate if options.rate else 0.0
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        days = {"1.6": day_16(at), "2.0.1": day_201(at)}
        self.stations: dict[int, Station] = {}
        boot, steps = days[options.version]
        self.script = cut(boot), [cut(step) for step in steps]

    def connect(self, number: int) -> None:
        """Open one socket and send its handshake."""
        link = socket.create_connection(("127.0.0.1", self.options.port), timeout=30)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link.setblocking(False)
        name = f"load-{number:05d}"
        key = base64.b64encode(os.urandom(16)).decode()
        link.send(
            f"GET /{name} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: ocpp{self.options.version}\r\n\r\n".encode()
        )
        station = Station(name, self.options.version, *self.script, link, opened_at=time.perf_counter())
        self.stations[link.fileno()] = station
        self.poll.register(link.fileno(), select.EPOLLIN)

    def send(self, station: Station, parts: list[bytes], due: float) -> None:
        """Send one CALL; latency counts from `due`, so that a stalled server cannot hide its stall."""
        station.counter += 1
        station.message_id = b"%s-%d" % (station.name.encode(), station.counter)
        text = station.message_id.join(parts).replace(b"\1", station.transaction)
        station.due, station.waiting = due, True
        station.action_starts = b'"StartTransaction"' in text[:80]
        try:
            station.socket.send(websocket_frame(text))
        except OSError as trouble:
            self.tally.error(f"send: {trouble}")

    def next_step(self, station: Station, due: float) -> None:
        """The next CALL of the station's day."""
        station.step = (station.step + 1) % len(station.steps)
        if station.step == 0 and station.version != "1.6":
            station.transaction = b"T%d" % station.counter
        self.send(station, station.steps[station.step], due)

    def receive(self, station: Station) -> None:
        """Read what came and take whole frames out of it."""
        try:
            data = station.socket.recv(65536)
        except OSError as trouble:
            data = b""
            self.tally.error(f"receive: {trouble}")
        if not data:
            self.tally.error("closed by the server")
            self.poll.unregister(station.socket.fileno())
            return
        station.buffer += data
        if not station.open:
            self.finish_handshake(station)
        while len(station.buffer) >= 2:
            size, start = station.buffer[1], 2
            if size == 126:
                size, start = int.from_bytes(station.buffer[2:4], "big"), 4
            if len(station.buffer) < start + size:
                return
            opcode, text = station.buffer[0] & 15, station.buffer[start : start + size]
            station.buffer = station.buffer[start + size :]
            if opcode == 1:
                self.answered(station, text)

    def finish_handshake(self, station: Station) -> None:
        """Take the server's handshake off the buffer and boot."""
        head, end, rest = station.buffer.partition(b"\r\n\r\n")
        if not end:
            return
        if b" 101 " not in head[:16]:
            self.tally.error("handshake: " + head[:40].decode("latin-1"))
            return
        station.buffer, station.open = rest, True
        self.send(station, station.boot, time.perf_counter())

    def answered(self, station: Station, text: bytes) -> None:
        """One answer came: note it and go on."""
        now = time.perf_counter()
        if not station.waiting or station.message_id not in text[:60] or text[1:2] != b"3":
            self.tally.error("wrong answer: " + text[:60].decode("latin-1"))
            return
        station.waiting = False
        if station.counter == 1:
            self.tally.booted += 1
            if self.options.idle:
                return
            station.step = hash(station.name) % len(station.steps) - 1
        elif self.measuring:
            self.tally.answered += 1
            self.tally.latencies.append(now - station.due)
        if station.action_starts and (found := text.find(b'"transactionId":')) >= 0:
            station.transaction = text[found + 16 :].split(b",")[0].split(b"}")[0].strip()
        if not self.period:
            self.next_step(station, now)
            return
        due = station.due + self.period if station.counter > 1 else now + self.period * (hash(station.name) % 97) / 97
        heapq.heappush(self.queue, (due, station.socket.fileno()))

    def turn(self, until: float) -> None:
        """Handle what is due and what came, until the given moment."""
        while (now := time.perf_counter()) < until:
            wait = min(until, self.queue[0][0]) - now if self.queue else until - now
            for number, _ in self.poll.poll(max(0.0, min(wait, 0.05)), 256):
                self.receive(self.stations[number])
            now = time.perf_counter()
            while self.queue and self.queue[0][0] <= now:
                due, number = heapq.heappop(self.queue)
                self.next_step(self.stations[number], due)
            if self.options.idle and self.tally.booted == self.options.stations:
                return

    def run(self) -> dict[str, Any]:
        """The whole run; returns its figures."""
        options, before = self.options, resident(self.options.pid)
        begun = time.perf_counter()
        for number in range(options.stations):
            self.connect(number)
        self.turn(begun + 60 if options.idle else begun + max(1.0, options.stations / 2000))
        booted_after = time.perf_counter() - begun
        if options.idle:
            time.sleep(options.idle)
            grown = resident(options.pid) - before
            return {"booted": self.tally.booted, "booted_after_s": round(booted_after, 3), "errors": self.tally.errors,
                    "kib_per_station": round(grown / 1024 / options.stations, 2)}  # fmt: skip
        self.measuring, cpu, begun = True, cpu_seconds(options.pid), time.perf_counter()
        self.turn(begun + options.seconds)
        took, cpu = time.perf_counter() - begun, cpu_seconds(options.pid) - cpu
        return figures(self.tally, took, cpu)


def figures(tally: Tally, took: float, cpu: float) -> dict[str, Any]:
    """Rate, CPU per message and the latency's quantiles in milliseconds."""
    latencies = sorted(tally.latencies) or [0.0]

    def quantile(share: float) -> float:
        return round(latencies[min(len(latencies) - 1, int(share * len(latencies)))] * 1e3, 3)

    return {
        "messages_per_s": round(tally.answered / took),
        "cpu_us_per_message": round(cpu / max(1, tally.answered) * 1e6, 2),
        "core_share": round(cpu / took, 4),
        "p50_ms": quantile(0.5), "p99_ms": quantile(0.99), "max_ms": round(latencies[-1] * 1e3, 3),
        "booted": tally.booted, "errors": tally.errors,
    }  # fmt: skip


def cpu_seconds(pid: int) -> float:
    """CPU time of one process, all its threads; 0.0 when there is none to watch."""
    if not pid:
        return 0.0
    with open(f"/proc/{pid}/stat") as stat:
        parts = stat.read().rsplit(")", 1)[1].split()
    return (int(parts[11]) + int(parts[12])) / CLOCK_TICK


def resident(pid: int) -> int:
    """Resident memory of one process in bytes; 0 when there is none to watch."""
    if not pid:
        return 0
    with open(f"/proc/{pid}/statm") as statm:
        return int(statm.read().split()[1]) * PAGE_SIZE


def main() -> None:
    """Read the command line, run, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--pid", type=int, default=0, help="the server's process, for its CPU time and memory")
    parser.add_argument("--stations", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--rate", type=float, default=0.0, help="CALLs per second over all stations; 0: closed loop")
    parser.add_argument("--idle", type=float, default=0.0, help="connect and boot only, then wait this long (s)")
    parser.add_argument("--version", choices=["1.6", "2.0.1"], default="1.6")
    print(json.dumps(Load(parser.parse_args()).run()))


if __name__ == "__main__":
    main()
