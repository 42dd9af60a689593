"""The demo: three stations living their day against one central system."""

import asyncio

from ocpp_console.simulator.scenarios import STATIONS
from ocpp_console.simulator.station import Station
from ocpp_console.simulator.station_16 import Station16
from ocpp_console.simulator.station_201 import Station201

STATION_CLASSES: dict[str, type[Station]] = {"1.6": Station16, "2.0.1": Station201}


class Demo:
    """Three simulated stations that connect to a central system over real sockets."""

    def __init__(self, url: str, *, seed: int = 1, pace: float = 1.0) -> None:
        """Prepare the stations; nothing connects yet.

        Args:
            url: The endpoint without an identity, such as `ws://127.0.0.1:9000`.
            seed: The same seed gives the same visitors, faults and curves. Ids of messages and transactions differ.
            pace: How much faster than the wall clock the day passes.
        """
        self.stations: list[Station] = [
            STATION_CLASSES[plan.version](plan, url, seed=seed, pace=pace) for plan in STATIONS
        ]

    async def run(self) -> None:
        """Let the stations live until cancelled. They keep trying when nobody answers at the endpoint."""
        async with asyncio.TaskGroup() as lives:
            for station in self.stations:
                lives.create_task(station.run())
