"""How a car takes energy, and what the meter of a connector shows meanwhile."""

from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from typing import NamedTuple

from ocpp_console.simulator.scenarios import Car

AC_CURVE = ((0.0, 1.0), (0.92, 1.0), (0.97, 0.45), (1.0, 0.12))
"""State of charge → share of the greatest power that a car draws from an AC station."""

DC_CURVE = ((0.0, 0.6), (0.1, 0.95), (0.2, 1.0), (0.55, 1.0), (0.7, 0.72), (0.8, 0.46), (0.9, 0.2), (1.0, 0.05))
"""The same at a DC station: full power in the lower half, then less and less."""

RAMP_SECONDS = 300.0
"""Seconds of charging until the full power flows: long enough to be seen as a slope."""


def share_of_power(curve: tuple[tuple[float, float], ...], soc: float) -> float:
    """The share of the greatest power at a state of charge (0 to 1), between the points of `curve`."""
    for (left, low), (right, high) in pairwise(curve):
        if soc <= right:
            return low + (high - low) * max(soc - left, 0.0) / (right - left)
    return curve[-1][1]


class Reading(NamedTuple):
    """One value of the meter."""

    measurand: str
    value: float
    unit: str
    phase: str = ""
    location: str = "Outlet"


@dataclass(slots=True)
class Charge:
    """The charging of one car: power by its curve, energy and state of charge as they add up."""

    car: Car
    soc: float
    wanted: float
    """State of charge at which the car has enough."""
    max_w: float
    """What station and car together allow."""
    direct_current: bool
    rng: Random
    seconds: float = 0.0
    energy_wh: float = 0.0
    power_w: float = 0.0

    @property
    def full(self) -> bool:
        """The car has what it wanted."""
        return self.soc >= self.wanted

    def step(self, seconds: float, limit_w: float | None) -> None:
        """Let `seconds` of charging pass; `limit_w` is what a charging profile allows, None for no limit."""
        self.seconds += seconds
        curve = DC_CURVE if self.direct_current else AC_CURVE
        power = self.max_w * share_of_power(curve, self.soc) * min(self.seconds / RAMP_SECONDS, 1.0)
        if limit_w is not None:
            power = min(power, limit_w)
        self.power_w = power * self.rng.uniform(0.985, 1.0)
        gained = self.power_w * seconds / 3600
        self.energy_wh += gained
        self.soc = min(self.soc + gained / self.car.capacity_wh, 1.0)

    def suspend(self) -> None:
        """The car draws nothing any more."""
        self.power_w = 0.0


@dataclass(slots=True)
class Meter:
    """The meter of one connector."""

    register_wh: float
    """Lifetime energy when no session runs; during one its energy comes on top."""
    direct_current: bool
    rng: Random
    charge: Charge | None = field(default=None)

    @property
    def register(self) -> int:
        """The register as it stands: whole Wh, never falling."""
        return int(self.register_wh + (self.charge.energy_wh if self.charge else 0.0))

    def settle(self) -> None:
        """The session is over: its energy belongs to the register."""
        self.register_wh = float(self.register)
        self.charge = None

    def readings(self) -> list[Reading]:
        """Everything the meter shows at this moment."""
        power = self.charge.power_w if self.charge else 0.0
        values = [
            Reading("Energy.Active.Import.Register", self.register, "Wh"),
            Reading("Power.Active.Import", round(power, 1), "W"),
        ]
        return values + (self._direct(power) if self.direct_current else self._phases(power))

    def _phases(self, power: float) -> list[Reading]:
        count = self.charge.car.ac_phases if self.charge else 3
        values = []
        for number in range(1, count + 1):
            volts = round(self.rng.uniform(228.5, 232.0), 1)
            values.append(Reading("Voltage", volts, "V", f"L{number}-N"))
            values.append(Reading("Current.Import", round(power / count / volts, 2), "A", f"L{number}"))
        return values

    def _direct(self, power: float) -> list[Reading]:
        if self.charge is None:
            return []
        volts = round(352 + 68 * self.charge.soc, 1)
        return [
            Reading("Voltage", volts, "V"),
            Reading("Current.Import", round(power / volts, 1), "A"),
            Reading("SoC", round(self.charge.soc * 100, 1), "Percent", location="EV"),
        ]
