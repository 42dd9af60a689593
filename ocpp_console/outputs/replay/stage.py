"""All stations of a trace at once: steps are handed out when they are due, and each station takes its own in order."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import quote, urlsplit, urlunsplit

from ocpp_console.events import Fact
from ocpp_console.outputs.replay.pace import Pace
from ocpp_console.outputs.replay.player import Address, Played, Player, Told
from ocpp_console.outputs.replay.script import Dial, Recorded, Step, recorded_answers, steps
from ocpp_console.outputs.traces.inference import version_of

AHEAD = 100
"""Steps that wait for one station that is slower than the trace."""


class Wanted(NamedTuple):
    """What is to be replayed, and how."""

    url: str
    """Of the central system, without the identity. A password in it is for Basic authentication, as `user:password@`;
    without a user the identity is taken, which is what OCPP wants (A00.FR.204)."""
    station: str = ""
    """Only this one of the trace; empty for all."""
    identity: str = ""
    """Another identity than in the trace, for a single station."""
    shift: int = 0
    """µs that every time the stations say is moved by."""
    seconds: float = 30.0
    """How long an answer is waited for."""


def address_of(url: str, identity: str) -> Address:
    """Where one station dials."""
    parts, name = urlsplit(url), quote(identity, safe="")
    host = parts.netloc.rpartition("@")[2]
    plain = urlunsplit(parts._replace(netloc=host, path=f"{parts.path.rstrip('/')}/{name}"))
    if parts.password is None:
        return Address(plain, plain)
    login = f"{parts.username or name}:{parts.password}@"
    return Address(plain.replace("://", f"://{login}", 1), plain)


class Totals(Counter[str]):
    """How many steps of each kind came out; `different` counts those that went otherwise than in the trace."""

    @property
    def different(self) -> int:
        """Steps that went otherwise."""
        return self["different"]


async def replay(read: Callable[[], Iterator[Fact]], wanted: Wanted, pace: Pace, told: Told) -> Totals:
    """Replay the stations' side of a trace; `read` reads it from the beginning, twice. Cancelling hangs up first."""
    totals = Totals()

    def count(played: Played) -> None:
        totals[played.kind] += 1
        totals["different"] += not played.same
        told(played)

    recorded = await asyncio.to_thread(recorded_answers, read())
    cast = _Cast(wanted, recorded, count)
    try:
        async with asyncio.TaskGroup() as tasks:
            for step in steps(read()):
                if wanted.station and step.station != wanted.station:
                    continue
                await pace.wait(step.at)
                await cast.hand(tasks, step)
            await cast.finish()
    finally:
        await cast.stop()
    return totals


def _version(step: Step) -> str:
    """The version that a station speaks whose connection began before the trace, by its first step."""
    call = getattr(step, "call", None)
    return (version_of(call) if call is not None else "") or "1.6"


class _Cast:
    """The players by station, each with its steps to come."""

    def __init__(self, wanted: Wanted, recorded: Recorded, told: Told) -> None:
        self._wanted, self._recorded, self._told = wanted, recorded, told
        self._players: dict[str, Player] = {}
        self._queues: dict[str, asyncio.Queue[Step | None]] = {}

    async def hand(self, tasks: asyncio.TaskGroup, step: Step) -> None:
        """Give a step to its station; one that the trace begins with in the middle of a connection dials first."""
        station = step.station
        if station not in self._players:
            identity = self._wanted.identity or station
            address = address_of(self._wanted.url, identity)
            shift, seconds = self._wanted.shift, self._wanted.seconds
            self._players[station] = Player(station, address, self._recorded, self._told, shift=shift, seconds=seconds)
            self._queues[station] = asyncio.Queue(AHEAD)
            tasks.create_task(self._act(station))
            if not isinstance(step, Dial):
                await self._queues[station].put(Dial(step.at, station, _version(step)))
        await self._queues[station].put(step)

    async def finish(self) -> None:
        """Let each station end when it has done everything."""
        for queue in self._queues.values():
            await queue.put(None)

    async def stop(self) -> None:
        """Hang up everywhere."""
        await asyncio.gather(*(player.stop() for player in self._players.values()), return_exceptions=True)

    async def _act(self, station: str) -> None:
        """One station takes its steps, in order."""
        player, queue = self._players[station], self._queues[station]
        while (step := await queue.get()) is not None:
            await player.play(step)
