"""How long a trace of 500,000 events takes to open, to filter and to scroll, and how much memory that needs.

python tests/benchmarks/recording.py --events 500000
"""

import argparse
import asyncio
import json
import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from ocpp_console.app import ConsoleApp
from ocpp_console.outputs.traces.source import Trace
from ocpp_console.screens.messages import MessagesPane
from ocpp_console.settings import Settings
from ocpp_console.trace_engine import TraceEngine

STATIONS = 500
NOON_MS = 1_795_176_000_000


def write_trace(path: Path, events: int) -> None:
    """A trace of OCPP DebugKit's kind: meter values and heartbeats, now and then a boot."""
    with path.open("w") as file:
        for number in range(events // 2):
            station, at = f"CP{number % STATIONS:04}", NOON_MS + number * 10
            action, payload = _call(number)
            for direction, frame in (
                ("CS_TO_CSMS", [2, str(number), action, payload]),
                (
                    "CSMS_TO_CS",
                    [3, str(number), _answer(action)],
                ),
            ):
                event = {"timestamp": at, "direction": direction, "stationId": station, "message": frame}
                file.write(json.dumps(event, separators=(",", ":")) + "\n")
                at += 3


def _answer(action: str) -> dict[str, object]:
    """What the central system answers."""
    if action == "BootNotification":
        return {"status": "Accepted", "currentTime": "2026-11-20T12:00:00Z", "interval": 300}
    return {"currentTime": "2026-11-20T12:00:00Z"} if action == "Heartbeat" else {}


def _call(number: int) -> tuple[str, dict[str, object]]:
    """What a station says."""
    if number < STATIONS:
        return "BootNotification", {"chargePointVendor": "bench", "chargePointModel": "beginning"}
    if number % 1_000 < 5:
        return "DataTransfer", {"vendorId": "bench", "data": str(number)}
    if number % 3 == 0:
        return "Heartbeat", {}
    sample = {"value": str(number), "unit": "Wh"}
    return "MeterValues", {
        "connectorId": 1,
        "meterValue": [{"timestamp": "2026-11-20T12:00:00Z", "sampledValue": [sample]}],
    }


class Measuring:
    """A trace on the screen, and what its keys take."""

    def __init__(self, app: ConsoleApp, pilot: Pilot[int], told: dict[str, float]) -> None:
        self.app, self.pilot, self.told = app, pilot, told
        self.pane = app.screen.query_one(MessagesPane)

    async def until(self, condition: Callable[[], object]) -> float:
        """Seconds until it holds and is drawn."""
        since = time.perf_counter()
        while not condition():
            self.app.poke()
            await self.pilot.pause(0.002)
            if time.perf_counter() - since > 300:
                raise TimeoutError("nothing was shown within five minutes")
        await self.pilot.pause(0)
        return time.perf_counter() - since

    async def pages(self, what: str, key: str, count: int) -> None:
        """Press a key so often; each until the rows, read from the database or not, are there."""
        took = []
        for _ in range(count):
            since = time.perf_counter()
            await self.pilot.press(key)
            await self.until(lambda: not self.pane.back.reading)
            took.append((time.perf_counter() - since) * 1000)
        took.sort()
        self.told[f"{what}, median ms"] = took[len(took) // 2]
        self.told[f"{what}, slowest ms"] = took[-1]

    async def filter(self, what: str, text: str, rows: int) -> None:
        """Seconds until so many rows that fit are there; 0 rows: until all was looked through."""
        await self.pilot.press("G")
        assert self.pane.filter(text) is None
        since = time.perf_counter()
        await self.until(lambda: self.pane.back.reading or len(self.pane.rows()) >= max(rows, 1))
        await self.until(lambda: (rows and len(self.pane.rows()) >= rows) or not self.pane.back.reading)
        self.told[f"{what}, s"] = time.perf_counter() - since
        found = len(self.pane.rows())
        assert found >= rows if rows else not found, (text, found)
        self.pane.filter("")


class Told(dict[str, float]):
    """Figures, printed as they come."""

    def __setitem__(self, name: str, value: float) -> None:
        super().__setitem__(name, value)
        print(f"{name:<52} {value:10.2f}", flush=True)


async def measure(path: Path, log_rows: int) -> dict[str, float]:
    """Open, wait until it is loaded, scroll in the database, filter all of it."""
    settings = Settings(db=":memory:", log_rows=log_rows)
    engine = TraceEngine(settings, Trace(path))
    app = ConsoleApp(engine, settings)
    told = Told()
    begun = time.perf_counter()
    async with app.run_test(size=(120, 40)) as pilot:
        while not app.started:
            await pilot.pause(0.01)
        told["first page, s"] = time.perf_counter() - begun
        await engine.loaded()
        told["loaded, s"] = time.perf_counter() - begun
        told["database, MB"] = os.stat(engine.settings.db).st_size / 1e6
        await pilot.press("2")
        run = Measuring(app, pilot, told)
        since = time.perf_counter()
        await pilot.press("home")
        await run.until(lambda: len(run.pane.rows()) and run.pane.rows()[0].seq < 100 and not run.pane.back.reading)
        told["to the beginning, s"] = time.perf_counter() - since
        await run.pages("a page down in the database", "pagedown", 300)
        await pilot.press("G")
        for _ in range(log_rows // 30):
            await pilot.press("pageup")
        await run.pages("a page up in the database", "pageup", 300)
        await run.filter("filter by action, first page", "~a DataTransfer", 36)
        await run.filter("filter by action and station, one at the beginning", "~a Boot & ~s CP0003", 1)
        await run.filter("text that only the oldest have", "beginning", 36)
        await run.filter("text that is nowhere", "nowhere-at-all", 0)
        await run.filter("latency that is nowhere", "~latency >5s", 0)
        await run.filter("payload path that is nowhere", "~p vendorId == nobody", 0)
    told["memory, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    await app.stop_engine()
    return told


def main() -> None:
    """Make the trace, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=500_000)
    parser.add_argument("--log-rows", type=int, default=10_000, help="rows kept in memory; more are in the database")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trace.jsonl"
        write_trace(path, given.events)
        print(f"{given.events:,} events, {path.stat().st_size / 1_000_000:.0f} MB")
        asyncio.run(measure(path, given.log_rows))


if __name__ == "__main__":
    main()
