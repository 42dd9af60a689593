"""How long a trace of 500,000 events takes to open, to filter and to scroll, and how much memory that needs.

python tests/benchmarks/recording.py --events 500000
"""

import argparse
import asyncio
import json
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

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
                    [3, str(number), {"currentTime": "2026-11-20T12:00:00Z"} if action == "Heartbeat" else {}],
                ),
            ):
                event = {"timestamp": at, "direction": direction, "stationId": station, "message": frame}
                file.write(json.dumps(event, separators=(",", ":")) + "\n")
                at += 3


def _call(number: int) -> tuple[str, dict[str, object]]:
    """What a station says."""
    if number % 1_000 < 5:
        return "DataTransfer", {"vendorId": "bench", "data": str(number)}
    if number % 3 == 0:
        return "Heartbeat", {}
    sample = {"value": str(number), "unit": "Wh"}
    return "MeterValues", {
        "connectorId": 1,
        "meterValue": [{"timestamp": "2026-11-20T12:00:00Z", "sampledValue": [sample]}],
    }


async def measure(path: Path, log_rows: int) -> dict[str, float]:
    """Open, wait until it is loaded, scroll to the beginning, filter."""
    settings = Settings(db=":memory:", log_rows=log_rows)
    engine = TraceEngine(settings, Trace(path))
    app = ConsoleApp(engine, settings)
    told: dict[str, float] = {}
    begun = time.perf_counter()
    async with app.run_test(size=(120, 40)) as pilot:
        while not app.started:
            await pilot.pause(0.01)
        told["first page, s"] = time.perf_counter() - begun
        await engine.loaded()
        told["loaded, s"] = time.perf_counter() - begun
        await pilot.press("2")
        pane = app.screen.query_one(MessagesPane)

        async def until(condition: Callable[[], object]) -> float:
            since = time.perf_counter()
            while not condition():
                app.poke()
                await pilot.pause(0.005)
                if time.perf_counter() - since > 60:
                    raise TimeoutError("nothing was shown within a minute")
            return time.perf_counter() - since

        since = time.perf_counter()
        for _ in range(100):
            await pilot.press("pageup")
        told["100 pages up, s"] = time.perf_counter() - since
        pane.filter("~a DataTransfer")
        told["filter, first page, s"] = await until(lambda: len(pane.rows()) >= 40)
        pane.filter("bench & ~s CP0003")
        told["filter by text and station, s"] = await until(lambda: len(pane.rows()) >= 5)
    told["memory, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    await app.stop_engine()
    return told


def main() -> None:
    """Make the trace, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=500_000)
    parser.add_argument("--log-rows", type=int, default=10_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trace.jsonl"
        write_trace(path, given.events)
        print(f"{given.events:,} events, {path.stat().st_size / 1_000_000:.0f} MB")
        for name, value in asyncio.run(measure(path, given.log_rows)).items():
            print(f"{name:<32} {value:10.2f}")


if __name__ == "__main__":
    main()
