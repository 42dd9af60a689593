"""Ten thousand chargers behind a broker, and two consoles in gateway mode that share them.

Starts mosquitto, the consoles and itself as all the chargers, on loopback, with files of its own; ends within two
minutes whatever happens. First all chargers boot at once, then they send a mix of messages at a steady rate, each with
one call open. Prints what came of it: messages a second, latencies, calls without an answer, calls with two.

    python tests/benchmarks/behind_a_broker.py --chargers 10000 --rate 500 --seconds 20
    python tests/benchmarks/behind_a_broker.py --kill     # and one console is killed half-way
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

from load import day_16  # noqa: E402
from mini_mqtt import Client  # noqa: E402
from mosquitto import Mosquitto  # noqa: E402

PATIENCE = 30.0
"""Seconds after which a charger gives up a call, as OCPP's chargers do."""
MOST_SECONDS = 115.0
ROOT = "ocpp/"


@dataclass
class Phase:
    """What happened to the calls of one part of the run."""

    name: str
    sent: int = 0
    answered: int = 0
    errors: int = 0
    twice: int = 0
    began: float = field(default_factory=time.perf_counter)
    ended: float = 0.0
    latencies: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        """For the table and the JSON."""
        seconds = (self.ended or time.perf_counter()) - self.began
        waits = sorted(self.latencies) or [0.0]
        return {
            "phase": self.name,
            "calls": self.sent,
            "answers_per_s": round(self.answered / seconds),
            "p50_ms": round(waits[len(waits) // 2] * 1000, 1),
            "p99_ms": round(waits[len(waits) * 99 // 100] * 1000, 1),
            "worst_ms": round(waits[-1] * 1000, 1),
            "unanswered": self.sent - self.answered,
            "answered_twice": self.twice,
            "errors": self.errors,
        }


class Chargers:
    """All chargers in one process: what they say goes out on one connection, what they are told comes in by another."""

    def __init__(self, count: int) -> None:
        self.names = [f"SIM{number:05}" for number in range(count)]
        boot, steps = day_16("2026-11-20T14:03:21Z")
        self.boot = boot
        self.steps = [step for step in steps if step[0] in ("StatusNotification", "Heartbeat", "MeterValues")]
        self.open: dict[str, tuple[str, float, Phase]] = {}
        """Calls that wait, by charger: message id, since when, and the phase they belong to."""
        self.answers: Counter[str] = Counter()
        self.phases: dict[str, Phase] = {}
        self.commands = 0
        self._number = 0
        self.up: Client
        self.down: Client

    async def connect(self, port: int) -> None:
        """Both connections."""
        self.down = await Client.connect(port, "bench-down", self._told, f"{ROOT}cs/+")
        self.up = await Client.connect(port, "bench-up", lambda topic, payload: None)

    def call(self, name: str, action: str, payload: dict[str, Any], phase: Phase) -> None:
        """One charger asks; what it asked before is given up."""
        self._number += 1
        message_id = f"m{self._number}"
        text = json.dumps({"MessageTypeId": 2, "UniqueId": message_id, "Action": action, "Payload": payload})
        self.open[name] = message_id, time.perf_counter(), phase
        self.phases[message_id] = phase
        phase.sent += 1
        self.up.publish(f"{ROOT}cp/{name}", text.encode())

    def _told(self, topic: str, payload: bytes) -> None:
        """A charger was told something."""
        name = topic.rpartition("/")[2]
        message = json.loads(payload)
        if message["MessageTypeId"] == 2:
            self.commands += 1
            return
        message_id = message["UniqueId"]
        self.answers[message_id] += 1
        phase = self.phases.get(message_id)
        if phase is None:
            return
        if self.answers[message_id] > 1:
            phase.twice += 1
            return
        phase.answered += 1
        phase.errors += message["MessageTypeId"] == 4
        waits = self.open.get(name)
        if waits is not None and waits[0] == message_id:
            phase.latencies.append(time.perf_counter() - waits[1])
            del self.open[name]

    async def settled(self, until: float) -> None:
        """Wait until nobody waits for an answer, or the time is over."""
        while self.open and time.perf_counter() < until:  # noqa: ASYNC110 - a benchmark may look now and then
            await asyncio.sleep(0.01)
        self.open.clear()


async def storm(chargers: Chargers, until: float) -> Phase:
    """Everybody boots at once, as after a power cut."""
    phase = Phase("all boot at once")
    for name in chargers.names:
        chargers.call(name, *chargers.boot, phase)
    await chargers.settled(min(until, time.perf_counter() + PATIENCE * 1.5))
    phase.ended = time.perf_counter()
    return phase


async def steady(chargers: Chargers, rate: float, seconds: float, until: float, half_way: Any) -> Phase:
    """Messages at a steady rate; whoever still waits for an answer is passed over."""
    phase = Phase(f"{rate:g} calls a second")
    order = list(chargers.names)
    random.Random(1).shuffle(order)
    began, due, at = time.perf_counter(), 0.0, 0
    while (now := time.perf_counter() - began) < seconds and time.perf_counter() < until:
        if half_way is not None and now > seconds / 2:
            half_way()
            half_way = None
        while due < now:
            name = order[at % len(order)]
            waits = chargers.open.get(name)
            if waits is None or time.perf_counter() - waits[1] > PATIENCE:
                chargers.call(name, *chargers.steps[at % len(chargers.steps)], phase)
            at += 1
            due += 1 / rate
        await asyncio.sleep(0.002)
    phase.ended = time.perf_counter()
    await chargers.settled(min(until, time.perf_counter() + PATIENCE))
    return phase


def console(url: str, folder: Path, number: int) -> subprocess.Popen[bytes]:
    """One console in gateway mode, with a store of its own."""
    words = [sys.executable, "-m", "ocpp_console", "--headless", "--mqtt", url, "--gateway", "--respond"]
    words += ["--share", "consoles", "--mqtt-pace", "0", "--db", str(folder / f"console-{number}.db")]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OCPP_CONSOLE_")}
    home = {"XDG_CONFIG_HOME": str(folder), "XDG_STATE_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    with (folder / f"console-{number}.log").open("wb") as log:
        return subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, env=environment | home
        )


def cpu_seconds(pid: int) -> float:
    """What a process used of the processors so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def attended(chargers: Chargers, consoles: list[subprocess.Popen[bytes]], folder: Path) -> None:
    """Wait until every console listens: each has told so in its log."""
    for number, process in enumerate(consoles):
        log = folder / f"console-{number}.log"
        while b"onnected to mqtt" not in log.read_bytes():
            if process.poll() is not None:
                raise SystemExit(f"a console ended: {log.read_text()[-600:]}")
            await asyncio.sleep(0.05)


async def run(arguments: argparse.Namespace, broker: Mosquitto, folder: Path) -> list[dict[str, Any]]:
    """The whole run; the consoles are ended in any case."""
    until = time.perf_counter() + MOST_SECONDS
    consoles = [console(broker.url, folder, number) for number in range(arguments.responders)]
    chargers = Chargers(arguments.chargers)
    try:
        async with asyncio.timeout(40):
            await attended(chargers, consoles, folder)
        await chargers.connect(broker.port)
        used = [cpu_seconds(each.pid) for each in consoles]
        kill = (lambda: consoles[0].send_signal(signal.SIGKILL)) if arguments.kill else None
        phases = [await storm(chargers, until)]
        phases.append(await steady(chargers, arguments.rate, arguments.seconds, until, kill))
        answered = sum(phase.answered for phase in phases)
        alive = [index for index, each in enumerate(consoles) if each.poll() is None]
        spent = sum(cpu_seconds(consoles[index].pid) - used[index] for index in alive)
        figures = [phase.figures() for phase in phases]
        figures.append({"console_cpu_us_per_answer": round(spent / max(answered, 1) * 1e6), "alive": len(alive)})
        return figures
    finally:
        for process in consoles:
            process.send_signal(signal.SIGTERM)
        for process in consoles:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def main() -> int:
    """Run it and print the figures; 1 when a call was answered twice, or one was lost though nobody was killed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chargers", type=int, default=10_000)
    parser.add_argument("--responders", type=int, default=2)
    parser.add_argument("--rate", type=float, default=500.0, help="calls a second, all chargers together")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--kill", action="store_true", help="kill one console half-way")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        broker = Mosquitto(Path(place) / "broker")
        broker.start()
        try:
            figures = asyncio.run(run(arguments, broker, Path(place)))
        finally:
            broker.stop()
    for line in figures:
        print(json.dumps(line))
    twice = sum(line.get("answered_twice", 0) for line in figures)
    lost = sum(line.get("unanswered", 0) for line in figures)
    return 1 if twice or (lost and not arguments.kill) else 0


if __name__ == "__main__":
    raise SystemExit(main())
