"""What live panes cost beside the widgets everybody would take: the log and `RichLog`, the table and `DataTable`.

Each runs in a process and a terminal of its own, 200x50, one after the other in one run. The figure is the share of a
core that the process takes while rows come at a steady rate and ten frames a second are drawn.

    python tests/benchmarks/screen.py --seconds 4
"""

import argparse
import gc
import itertools
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from side_by_side import in_terminal, on_core

FRAMES = 10
"""Drawn a second."""
WARM_UP = 1.5
"""Seconds before the measuring begins."""
STATIONS = 2_000
CASES = {
    "log, 1,000 rows/s": ("log", "rich-log", 1_000),
    "log, 5,000 rows/s": ("log", "rich-log", 5_000),
    "2,000 stations, 500 changes/s": ("table", "data-table", 500),
}
"""What is compared: ours, theirs, and how many rows or changes come a second."""

METER_VALUES = (
    b'[2,"%d","MeterValues",{"connectorId":1,"transactionId":7,"meterValue":[{"timestamp":"2026-11-20T14:03:21Z",'
    b'"sampledValue":[{"value":"%d","unit":"Wh"},{"value":"10950","measurand":"Power.Active.Import","unit":"W"},'
    b'{"value":"15.9","measurand":"Current.Import","phase":"L1","unit":"A"}]}]}]'
)


def our_log() -> tuple[Any, Callable[[int], None]]:
    """The pane of messages, and what brings it some rows."""
    from ocpp_console.clock import now_us
    from ocpp_console.model.annotations import Annotations
    from ocpp_console.model.messages import Message, MessageLog, Origin, State
    from ocpp_console.screens.messages import MessagesPane

    log, numbers = MessageLog(), itertools.count(1)
    pane = MessagesPane(SimpleNamespace(fleet=SimpleNamespace(messages=log), log=SimpleNamespace(notes=Annotations())))  # type: ignore[arg-type]

    def feed(rows: int) -> None:
        for number in itertools.islice(numbers, rows):
            raw, at = METER_VALUES % (number, number), now_us()
            message = Message(number, at, f"CP{number % 200:04}", 1, "1.6", Origin.STATION, "MeterValues", raw)
            message.state, message.answer_raw, message.answered_at = State.RESULT, b"[3,1,{}]", at + 1_500
            log.add(message)
        pane.poke()

    return pane, feed


def rich_log() -> tuple[Any, Callable[[int], None]]:
    """The same rows as plain lines, written as they come."""
    from textual.widgets import RichLog

    from ocpp_console.clock import hms, now_us

    widget, numbers = RichLog(max_lines=10_000), itertools.count(1)

    def feed(rows: int) -> None:
        for number in itertools.islice(numbers, rows):
            name = f"CP{number % 200:04}"
            widget.write(f" {hms(now_us())}.000 {name:18} CP→ MeterValues  #1  {number} Wh  ✓ Accepted  2 ms")

    return widget, feed


def our_table() -> tuple[Any, Callable[[int], None]]:
    """The pane of stations, and what changes some of them."""
    from ocpp_console.clock import now_us
    from ocpp_console.model.fleet import Fleet
    from ocpp_console.model.station import Connection, Station
    from ocpp_console.screens.stations import StationsPane

    fleet, turns = Fleet(), itertools.count()
    for number in range(STATIONS):
        name = f"CP{number:04}"
        station = fleet.stations[name] = Station(name, "1.6", "Acme", "Wallbox", registration="Accepted")
        station.connection = Connection(number + 1, "1.6", "ocpp1.6", (), f"/{name}", "127.0.0.1:1", False, now_us())
        station.connector(0, 1)
    everybody = list(fleet.stations.values())
    engine = SimpleNamespace(fleet=fleet, clock=now_us, urls=list)
    pane = StationsPane(engine)  # type: ignore[arg-type]

    def feed(changes: int) -> None:
        for turn in itertools.islice(turns, changes):
            station = everybody[turn * 7 % STATIONS]
            station.connectors[0, 1].status = ("Available", "Preparing", "Charging")[turn % 3]
            station.messages += 1
            station.last_seen = now_us()
            station.revision += 1
        pane.poke()

    return pane, feed


def data_table() -> tuple[Any, Callable[[int], None]]:
    """The same stations in a `DataTable`, with `update_cell` on each change."""
    from textual.widgets import DataTable

    widget: DataTable[str] = DataTable()
    turns = itertools.count()
    keys = widget.add_columns("", "state", "station", "ver", "vendor model", "connectors", "session", "seen", "msgs")
    for number in range(STATIONS):
        cells = ("●", "online", f"CP{number:04}", "1.6", "Acme Wallbox", "1 ● Available", "", "", "0")
        widget.add_row(*cells, key=str(number))

    def feed(changes: int) -> None:
        for turn in itertools.islice(turns, changes):
            row = str(turn * 7 % STATIONS)
            widget.update_cell(row, keys[5], ("1 ● Available", "1 ◐ Preparing", "1 ▶ Charging")[turn % 3])

    return widget, feed


SUBJECTS = {"log": our_log, "rich-log": rich_log, "table": our_table, "data-table": data_table}


def be_subject(name: str, rate: int, seconds: float, out: Path) -> None:
    """Draw one of them for a while in this terminal; leave the share of a core in `out`."""
    from textual.app import App, ComposeResult

    from ocpp_console.widgets.line_filters import Scrub

    widget, feed = SUBJECTS[name]()
    scrub = Scrub()  # one for all frames: Textual keeps what it made of a line by the filter it passed

    class Subject(App[None]):
        def compose(self) -> ComposeResult:
            yield widget

        def get_line_filters(self) -> list[Any]:
            return [*super().get_line_filters(), scrub]

        def on_ready(self) -> None:
            gc.collect()
            gc.freeze()
            self.set_interval(1 / FRAMES, lambda: feed(rate // FRAMES))
            self.set_timer(WARM_UP, self.begin)

        def begin(self) -> None:
            self.began = time.process_time(), time.perf_counter()
            self.set_timer(seconds, self.finish)

        def finish(self) -> None:
            cpu, wall = time.process_time() - self.began[0], time.perf_counter() - self.began[1]
            out.write_text(json.dumps({"share": cpu / wall}))
            self.exit()

    Subject().run()


def measure(name: str, rate: int, seconds: float) -> float:
    """The share of a core that one of them takes; 1.0 when it did not come to an end by itself."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "share.json"
        words = [sys.executable, __file__, "--subject", name, "--rate", str(rate), "--seconds", str(seconds)]
        _, end = in_terminal([*on_core(0), *words, "--out", str(out)])
        deadline = time.monotonic() + 10 + 3 * (seconds + WARM_UP)
        while not out.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        share = float(json.loads(out.read_text())["share"]) if out.exists() else 1.0
        end()
        return share


def compare(seconds: float) -> dict[str, tuple[float, float]]:
    """(ours, theirs) of each case, as shares of a core."""
    return {
        what: (measure(ours, rate, seconds), measure(theirs, rate, seconds))
        for what, (ours, theirs, rate) in CASES.items()
    }


def report(shares: dict[str, tuple[float, float]]) -> None:
    """Print a line for each case."""
    for what, (ours, theirs) in shares.items():
        other = CASES[what][1]
        print(f"{what:32} {ours:6.1%} of a core   {other}: {theirs:6.1%}   ratio 1/{theirs / max(ours, 1e-9):.1f}")


def main() -> None:
    """Compare all, or be one of those compared."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--subject", choices=SUBJECTS)
    parser.add_argument("--rate", type=int, default=1_000)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    if options.subject:
        be_subject(options.subject, options.rate, options.seconds, options.out)
    else:
        report(compare(options.seconds))


if __name__ == "__main__":
    main()
