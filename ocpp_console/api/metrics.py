"""Figures for Prometheus, derived from what the model counts anyway: no frame costs more because of them."""

from bisect import bisect_left
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from ocpp_console.api.routing import engine_of
from ocpp_console.model.rows import Message, Origin, State

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

metrics = APIRouter()

BOUNDS_MS = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000)
"""Upper ends of the classes of the latencies."""
MOST_OPEN = 10_000
"""Calls without an answer that are looked at again."""


class Latencies:
    """How long answers took, by who gave them; counted from the rows of the log each time somebody asks."""

    def __init__(self) -> None:
        """Nothing is counted."""
        self._seen = 0
        self._open: list[Message] = []
        self.counts = {Origin.STATION: [0] * (len(BOUNDS_MS) + 1), Origin.CONSOLE: [0] * (len(BOUNDS_MS) + 1)}
        self.sums = {Origin.STATION: 0, Origin.CONSOLE: 0}
        """µs."""

    def catch_up(self, engine: "Engine") -> None:
        """Count the answers that came since the last time."""
        rows = engine.fleet.messages
        waiting, self._open = self._open, []
        for row in waiting + [rows[at] for at in range(rows.position(self._seen + 1), len(rows))]:
            self._seen = max(self._seen, row.seq)
            if row.state is State.OPEN:
                self._open.append(row)
            elif row.latency is not None and row.origin in self.counts:
                self.counts[row.origin][bisect_left(BOUNDS_MS, row.latency / 1000)] += 1
                self.sums[row.origin] += row.latency
        del self._open[:-MOST_OPEN]

    def lines(self) -> list[str]:
        """The histogram as Prometheus reads it; seconds."""
        name = "ocpp_console_answer_seconds"
        lines = [f"# HELP {name} Time from a call to its answer, by who answered", f"# TYPE {name} histogram"]
        for origin, by in ((Origin.STATION, "console"), (Origin.CONSOLE, "station")):
            total = 0
            for bound, count in zip(BOUNDS_MS, self.counts[origin], strict=False):
                total += count
                lines.append(f'{name}_bucket{{by="{by}",le="{bound / 1000:g}"}} {total}')
            total += self.counts[origin][-1]
            lines.append(f'{name}_bucket{{by="{by}",le="+Inf"}} {total}')
            lines.append(f'{name}_sum{{by="{by}"}} {self.sums[origin] / 1e6}')
            lines.append(f'{name}_count{{by="{by}"}} {total}')
        return lines


def _figures(engine: "Engine") -> list[tuple[str, str, str, dict[str, int]]]:
    """Name, kind, help, and values by label."""
    fleet, store = engine.fleet, engine.store_figures()
    stations = {'{state="online"}': fleet.online, '{state="offline"}': len(fleet.stations) - fleet.online}
    frames = {'{direction="in"}': fleet.frames_in, '{direction="out"}': fleet.frames_out}
    commands = sum(not command.final for command in fleet.commands)
    up, passed = _brokers(engine)
    return [
        ("stations", "gauge", "Stations known", stations),
        ("frames_total", "counter", "Frames since the start", frames),
        ("messages_total", "counter", "Rows of the log since the start", {"": fleet.messages.total}),
        ("findings_total", "counter", "Findings of severity warning and worse", {"": fleet.findings}),
        ("refused_total", "counter", "Attempts to connect that did not get in", {"": fleet.refused}),
        ("sessions_running", "gauge", "Charging sessions that run", {"": len(fleet.transactions.running())}),
        ("commands_waiting", "gauge", "Commands without an answer yet", {"": commands}),
        ("store_waiting", "gauge", "Facts that are not committed yet", {"": store.waiting}),
        ("store_lost_total", "counter", "Facts that could not be stored", {"": store.lost}),
        ("late_commits_total", "counter", "Replies that left before their call was committed", {"": store.late}),
        ("broker_up", "gauge", "The link to a broker stands, and what is needed was granted", up),
        ("broker", "untyped", "What went through the link to a broker, waits there, or was lost", passed),
        ("problems", "gauge", "Troubles of the console that nobody confirmed", {"": len(engine.problems)}),
    ]


def _brokers(engine: "Engine") -> tuple[dict[str, int], dict[str, int]]:
    """Of each broker whether it is well, and its counts in the words of the screen; values by label."""
    up: dict[str, int] = {}
    passed: dict[str, int] = {}
    for view in engine.brokers:
        place = view.place.replace("\\", "").replace('"', "").replace("\n", "")
        up[f'{{broker="{place}"}}'] = int(view.well)
        passed |= {f'{{broker="{place}",what="{what}"}}': count for what, count in view.counts().items()}
    return up, passed


@metrics.get("/metrics", include_in_schema=False)
async def prometheus(request: Request) -> PlainTextResponse:
    """All figures in Prometheus' text format."""
    engine = engine_of(request)
    lines: list[str] = []
    for name, kind, help, values in _figures(engine):
        lines += [f"# HELP ocpp_console_{name} {help}", f"# TYPE ocpp_console_{name} {kind}"]
        lines += [f"ocpp_console_{name}{label} {value}" for label, value in values.items()]
    latencies: Latencies = request.app.state.latencies
    latencies.catch_up(engine)
    return PlainTextResponse("\n".join([*lines, *latencies.lines()]) + "\n", media_type="text/plain; version=0.0.4")
