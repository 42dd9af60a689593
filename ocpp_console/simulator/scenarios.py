"""The demo as data: who may charge, which cars come, the three stations and how their day goes.

Seconds here are seconds of the demo at pace 1. Energy runs faster than the clock on the wall: `DAY_SPEED` seconds of
charging pass in each of them, so that a session of an hour can be watched from plug to unplug in a few minutes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

DAY_SPEED = 20
"""Seconds of charging that pass in one second of the demo."""


class DemoTag(NamedTuple):
    """One card of the demo, as the console's idTag list should hold it."""

    token: str
    status: str
    """Accepted, Blocked, Expired or Invalid."""
    note: str
    parent: str = ""
    expiry: str = ""
    """ISO 8601 in UTC, empty for none."""


DEMO_TAGS = (
    DemoTag("04A2B1C9D0", "Accepted", "Workshop", "FLEET", "2031-01-01T00:00:00Z"),
    DemoTag("04E7553A91", "Accepted", "Van 3, M. Okafor", "FLEET"),
    DemoTag("0471D0C2F8", "Accepted", "Van 4, J. Lindqvist", "FLEET"),
    DemoTag("04B86E10AA", "Accepted", "Visitor card 1"),
    DemoTag("041F2D9C77", "Accepted", "Visitor card 2", "", "2030-06-30T22:00:00Z"),
    DemoTag("04C35A08E4", "Accepted", "A. Novák"),
    DemoTag("0499FF0011", "Blocked", "Lost in March"),
    DemoTag("0438BD6A25", "Expired", "Summer intern", "FLEET", "2024-09-01T00:00:00Z"),
)


class Car(NamedTuple):
    """A car as a station meets it."""

    capacity_wh: float
    ac_w: float
    """Most it takes from an AC station."""
    dc_w: float
    ac_phases: int = 3


CARS = (
    Car(52_000, 11_000, 85_000),
    Car(77_000, 11_000, 135_000),
    Car(41_000, 7_400, 50_000, 1),
    Car(64_000, 10_400, 77_000),
    Car(90_000, 22_000, 150_000),
)


class Fault(NamedTuple):
    """What goes wrong with a connector, in the words of both versions."""

    error_code: str
    """1.6 ChargePointErrorCode."""
    info: str
    vendor_code: str
    component: str
    """Component and variable that a 2.0.1 station names in NotifyEvent."""
    variable: str
    lasts: float


FAULTS = (
    Fault("GroundFailure", "RCD tripped, self-test running", "E021", "RCDetector", "Tripped", 14),
    Fault("HighTemperature", "power module 78 C", "E107", "ChargingStation", "Problem", 20),
    Fault("ConnectorLockFailure", "plug lock does not close", "E044", "ConnectorPlugRetentionLock", "Problem", 11),
)


@dataclass(frozen=True, slots=True)
class Visit:
    """One car at one connector, from the moment the bay before it is empty."""

    token: str
    car: Car
    arrives_at: float
    """State of charge, 0 to 1."""
    leaves_at: float
    """State of charge at which the car has enough and suspends."""
    gap: float
    """How long the bay stays empty before."""
    swipes_after: float = 1.5
    parks: float = 15.0
    """How long the car stays suspended before its driver comes back."""
    unplugs_after: float = 5.0
    pulls_the_plug: bool = False
    """The session ends by unplugging instead of a swipe."""
    fault: Fault | None = None
    fault_after: float = 0.0
    """Seconds of charging until `fault` strikes."""
    token_type: str = "ISO14443"


class Incident(NamedTuple):
    """Something that happens to the whole station again and again."""

    kind: str
    """`card`: somebody swipes a card nobody knows; `security`: the station reports a security event."""
    first: float
    every: float


@dataclass(frozen=True, slots=True)
class StationPlan:
    """A station as it is bought and mounted, and the first visitors of its day."""

    identity: str
    version: str
    vendor: str
    model: str
    serial: str
    firmware: str
    max_w: float
    """Per connector."""
    openers: tuple[Visit, ...]
    """The first visit of each connector; there are as many connectors as openers."""
    direct_current: bool = False
    incidents: tuple[Incident, ...] = ()
    registers_wh: tuple[int, ...] = (0, 0)
    """What the meters had counted before this day."""
    zoneless_times: bool = False
    """Habit seen in the field: times without `Z` or offset, in MeterValues."""
    text_numerals: bool = False
    """Habit seen in the field: `connectorId` as a string, in MeterValues."""
    first_heartbeat: float = 10.0
    starts_after: float = 0.0


STATIONS = (
    StationPlan(
        identity="AC-04",
        version="1.6",
        vendor="Nordlicht",
        model="Wallbox Uno 11",
        serial="NLU11-2309-00417",
        firmware="2.4.1",
        max_w=11_040,
        openers=(Visit("04A2B1C9D0", CARS[0], 0.71, 1.0, gap=0.4, swipes_after=0.6),),
        incidents=(Incident("card", 38, 160),),
        registers_wh=(1_284_512,),
        first_heartbeat=6,
    ),
    StationPlan(
        identity="AC-07",
        version="1.6",
        vendor="Gemini Charge",
        model="Twin 22",
        # 31 characters where 25 are allowed, as some makers print it on the label (and send it as it is).
        serial="GC-TWIN22-EU-2024-W17-000073-R2",
        firmware="1.17.0-rc3",
        max_w=22_080,
        openers=(
            Visit("04E7553A91", CARS[2], 0.78, 0.97, gap=5, swipes_after=2.5, pulls_the_plug=True),
            Visit("04B86E10AA", CARS[1], 0.74, 1.0, gap=32, swipes_after=3, fault=FAULTS[0], fault_after=45),
        ),
        incidents=(Incident("card", 2.5, 95),),
        registers_wh=(640_318, 702_951),
        zoneless_times=True,
        text_numerals=True,
        first_heartbeat=14,
        starts_after=0.35,
    ),
    StationPlan(
        identity="DC-01",
        version="2.0.1",
        vendor="Voltaris",
        model="HPC 50 Duo",
        serial="VT50D-0008812",
        firmware="5.2.0",
        max_w=50_000,
        openers=(
            Visit("0471D0C2F8", CARS[1], 0.34, 0.82, gap=0.8, swipes_after=0.9),
            Visit("04C35A08E4", CARS[3], 0.22, 0.85, gap=48, swipes_after=4),
        ),
        direct_current=True,
        incidents=(Incident("security", 24, 210),),
        registers_wh=(9_412_206, 8_770_431),
        first_heartbeat=9,
        starts_after=0.15,
    ),
)

_REGULARS = tuple(tag.token for tag in DEMO_TAGS if tag.status == "Accepted")
_REFUSED = tuple(tag.token for tag in DEMO_TAGS if tag.status != "Accepted")


def visits(plan: StationPlan, connector: int, rng: Random) -> Iterator[Visit]:
    """The visitors of a connector (from 1), without end: its opener, then whoever comes by."""
    yield plan.openers[connector - 1]
    while True:
        low, high = (0.18, 0.45) if plan.direct_current else (0.68, 0.84)
        yield Visit(
            token=rng.choice(_REGULARS if rng.random() > 0.1 else _REFUSED),
            car=rng.choice(CARS),
            arrives_at=rng.uniform(low, high),
            leaves_at=rng.uniform(0.78, 0.9) if plan.direct_current else 1.0,
            gap=rng.uniform(12, 55),
            swipes_after=rng.uniform(1.5, 6),
            parks=rng.uniform(8, 30),
            unplugs_after=rng.uniform(3, 9),
            pulls_the_plug=rng.random() < 0.3,
            fault=rng.choice(FAULTS) if rng.random() < 0.15 else None,
            fault_after=rng.uniform(20, 90),
        )


SECURITY_EVENTS = (
    ("SettingSystemTime", "clock moved by 2 s"),
    ("InvalidTLSVersion", "peer 10.0.0.9 offered TLS 1.0"),
    ("TamperDetectionActivated", "door contact opened"),
    ("MemoryExhaustion", "log partition 91 %"),
)
"""Type and techInfo of the security events a station reports now and then."""


def unknown_card(rng: Random) -> str:
    """The token of a card that is in nobody's list: seven bytes as a reader spells them."""
    return "04" + "".join(rng.choice("0123456789ABCDEF") for _ in range(12))
