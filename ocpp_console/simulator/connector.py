"""The life of one connector: cars come, charge and leave; commands and faults step in."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random
from typing import Protocol

from ocpp_console.simulator.charging_profiles import ChargingProfiles
from ocpp_console.simulator.meter import Charge, Meter
from ocpp_console.simulator.scenarios import CARS, DAY_SPEED, Fault, StationPlan, Visit, visits

PAYMENT_PATIENCE = 4.0
"""Seconds until a driver whose card was refused unplugs again."""
QUIET_STEP = 5.0
"""Seconds between two looks at the charging car when no meter values are asked for."""


class Status(StrEnum):
    """What a connector is doing, in the words of 1.6; 2.0.1 stations translate."""

    AVAILABLE = "Available"
    PREPARING = "Preparing"
    CHARGING = "Charging"
    SUSPENDED = "SuspendedEV"
    FINISHING = "Finishing"
    RESERVED = "Reserved"
    UNAVAILABLE = "Unavailable"
    FAULTED = "Faulted"


class Stop(StrEnum):
    """Why a session ends."""

    LOCAL = "local"
    UNPLUGGED = "unplugged"
    REMOTE = "remote"
    SOFT_RESET = "soft reset"
    HARD_RESET = "hard reset"
    REBOOT = "reboot"
    UNLOCK = "unlock"
    FAULT = "fault"
    REFUSED = "refused"


@dataclass(slots=True)
class Session:
    """One transaction as the station knows it."""

    token: str
    token_type: str
    charge: Charge
    remote_start: int | None = None
    """2.0.1 remoteStartId of the request that started it."""
    by_remote: bool = False
    transaction: str | int | None = None
    """The id under which it is reported; 1.6 learns it from the answer, None until then."""
    stop: Stop | None = None
    seq_no: int = 0
    """2.0.1: number of the next TransactionEvent."""
    reservation: int | None = None
    started: float = 0.0


@dataclass(frozen=True, slots=True)
class RemoteStart:
    """Somebody starts a session from afar."""

    token: str
    token_type: str = "ISO14443"
    start_id: int | None = None


@dataclass(frozen=True, slots=True)
class Reservation:
    """A connector kept for one token until a station time."""

    id: int
    token: str
    until: float


class Operator(Protocol):
    """What a connector needs of its station: time, rules, and somebody to tell."""

    plan: StationPlan
    pace: float
    powered: asyncio.Event
    profiles: ChargingProfiles

    def now(self) -> float:
        """Station time in demo seconds."""
        ...

    def sample_interval(self) -> float:
        """Seconds between meter values; 0 for none."""
        ...

    async def authorize(self, token: str, token_type: str) -> bool:
        """Ask whether a token may charge."""
        ...

    def needs_authorization(self, remote: bool) -> bool:
        """Whether a token is asked for before a session."""
        ...

    async def report_status(self, connector: "Connector") -> None:
        """Tell the status."""
        ...

    async def report_fault(self, connector: "Connector", fault: Fault, cleared: bool) -> None:
        """Tell what went wrong, where the version has a message of its own for it."""
        ...

    async def session_started(self, connector: "Connector", session: Session) -> bool:
        """Tell that a session began; whether it may go on."""
        ...

    async def session_changed(self, connector: "Connector", session: Session) -> None:
        """Tell that charging began or was suspended."""
        ...

    async def session_metered(self, connector: "Connector", session: Session, context: str) -> None:
        """Tell what the meter shows."""
        ...

    async def session_ended(self, connector: "Connector", session: Session) -> None:
        """Tell that a session is over."""
        ...


class Connector:
    """One plug (1.6 connector, 2.0.1 EVSE), lived by `live`."""

    def __init__(self, station: Operator, number: int, rng: Random) -> None:
        """`number` counts from 1."""
        self.station = station
        self.number = number
        self.status = Status.AVAILABLE
        self.fault: Fault | None = None
        self.session: Session | None = None
        self.reservation: Reservation | None = None
        self.operative = True
        self.calm = asyncio.Event()
        """Set while no visit is being served."""
        self.calm.set()
        self._rng = rng
        self._visits: Iterator[Visit] = visits(station.plan, number, rng)
        self._woken = asyncio.Event()
        self._remote: RemoteStart | None = None
        self._decided = False
        """The driver at the plug has shown a card, or somebody started from afar: nobody else can."""
        plan = station.plan
        self.meter = Meter(float(plan.registers_wh[number - 1]), plan.direct_current, rng)

    # What commands may do

    @property
    def free(self) -> bool:
        """A session could start here."""
        return (
            self.station.powered.is_set()
            and self._remote is None
            and not self._decided
            and self.operative
            and self.fault is None
            and self.status in (Status.AVAILABLE, Status.PREPARING, Status.RESERVED)
        )

    def accepts(self, token: str) -> bool:
        """A session with this token could start here: free, and not kept for somebody else."""
        return self.free and (self.reservation is None or self.reservation.token.lower() == token.lower())

    def start(self, remote: RemoteStart) -> None:
        """Begin a session as asked from afar; the demo's driver plugs in at once."""
        self._remote = remote
        self._woken.set()

    def end(self, why: Stop) -> None:
        """End the running session, if there is one; leave the visit in any case."""
        if self.session is not None and self.session.stop is None:
            self.session.stop = why
        self._woken.set()

    def look_again(self) -> None:
        """Something this connector goes by has changed: availability, reservation or a limit."""
        self._woken.set()

    def strike(self, fault: Fault) -> None:
        """A fault comes up."""
        self.fault = fault
        self.end(Stop.FAULT)

    # Its life

    async def live(self) -> None:
        """Serve one visit after the other, for ever."""
        while True:
            await self.station.powered.wait()
            visit, remote = await self._next_visit()
            self.calm.clear()
            try:
                await self._serve(visit, remote)
            finally:
                self.session = None
                self._decided = False
                self.calm.set()

    async def _next_visit(self) -> tuple[Visit, RemoteStart | None]:
        """Wait beside an empty bay until a car comes by itself or a session is asked for."""
        visit = next(self._visits)
        due = self.station.now() + visit.gap
        while True:
            await self.station.powered.wait()
            await self._settle()
            if (remote := self._remote) is not None:
                self._remote = None
                return self._asked_visit(remote), remote
            wait = due - self.station.now()
            if self.reservation is not None:
                wait = max(self.reservation.until - self.station.now(), 0.1)
            elif wait <= 0 and self.free:
                return visit, None
            # A bay that takes nobody is looked at again when something changes.
            await self._rest(wait if wait > 0 else 60.0)

    def _asked_visit(self, remote: RemoteStart) -> Visit:
        low = 0.3 if self.station.plan.direct_current else 0.72
        car = self._rng.choice(CARS)
        return Visit(remote.token, car, low, 0.84 if self.station.plan.direct_current else 1.0, gap=0)

    async def _settle(self) -> None:
        """Show what an empty bay shows, and wait out a fault."""
        if self.reservation is not None and self.reservation.until <= self.station.now():
            self.reservation = None
        if self.fault is not None:
            fault = self.fault
            await self._show(Status.FAULTED)
            await self.station.report_fault(self, fault, cleared=False)
            await asyncio.sleep(fault.lasts / self.station.pace)
            self.fault = None
            await self.station.report_fault(self, fault, cleared=True)
        await self._show(self.idle_status)

    @property
    def idle_status(self) -> Status:
        """What the connector shows when nothing is plugged in."""
        if not self.operative:
            return Status.UNAVAILABLE
        return Status.RESERVED if self.reservation is not None else Status.AVAILABLE

    async def _serve(self, visit: Visit, remote: RemoteStart | None) -> None:
        """From plug to unplug."""
        await self._show(Status.PREPARING)
        if remote is None:
            await self._rest(visit.swipes_after)
            remote, self._remote = self._remote, None
        self._decided = True
        if not self.operative or self.fault is not None or not self.station.powered.is_set():
            return
        if remote is not None:
            visit = replace(visit, token=remote.token, token_type=remote.token_type)
        if self.station.needs_authorization(remote is not None) and not await self.station.authorize(
            visit.token, visit.token_type
        ):
            await self._rest(PAYMENT_PATIENCE)
            return
        await self._charge(visit, remote)

    async def _charge(self, visit: Visit, remote: RemoteStart | None) -> None:
        session = self._begin(visit, remote)
        if not await self.station.session_started(self, session):
            session.stop = session.stop or Stop.REFUSED
        if session.stop is None:
            await self._show(Status.CHARGING)
            await self.station.session_changed(self, session)
            await self._deliver(visit, session)
        if session.stop is None:
            session.charge.suspend()
            await self._show(Status.SUSPENDED)
            await self.station.session_changed(self, session)
            await self._park(visit.parks, session)
        session.stop = session.stop or (Stop.UNPLUGGED if visit.pulls_the_plug else Stop.LOCAL)
        await self._finish(visit, session)

    def _begin(self, visit: Visit, remote: RemoteStart | None) -> Session:
        plan = self.station.plan
        car_w = visit.car.dc_w if plan.direct_current else visit.car.ac_w
        charge = Charge(
            visit.car, visit.arrives_at, visit.leaves_at, min(plan.max_w, car_w), plan.direct_current, self._rng
        )
        session = Session(visit.token, visit.token_type, charge, started=self.station.now())
        if remote is not None:
            session.by_remote, session.remote_start = True, remote.start_id
        if self.reservation is not None:
            session.reservation, self.reservation = self.reservation.id, None
        self.meter.charge = charge
        self.session = session
        return session

    async def _deliver(self, visit: Visit, session: Session) -> None:
        """Charge until the car has enough, somebody stops it, or a fault strikes."""
        station = self.station
        await station.session_metered(self, session, "Transaction.Begin")
        strikes_at = station.now() + visit.fault_after if visit.fault else float("inf")
        while session.stop is None and not session.charge.full:
            step = station.sample_interval() or QUIET_STEP
            began = station.now()
            cut_short = await self._rest(step)
            passed = min(station.now() - began, step) if cut_short else step
            session.charge.step(passed * DAY_SPEED, station.profiles.limit_w(self.number, station.now()))
            if visit.fault is not None and station.now() >= strikes_at:
                self.strike(visit.fault)
            if session.stop is None and station.sample_interval():
                await station.session_metered(self, session, "Sample.Periodic")

    async def _park(self, seconds: float, session: Session) -> None:
        """The car is full and its driver not yet back."""
        back_at = self.station.now() + seconds
        while session.stop is None and (left := back_at - self.station.now()) > 0:
            interval = self.station.sample_interval()
            await self._rest(min(left, interval) if interval else left)
            if session.stop is None and interval:
                await self.station.session_metered(self, session, "Sample.Periodic")

    async def _finish(self, visit: Visit, session: Session) -> None:
        session.charge.suspend()
        await self.station.session_ended(self, session)
        self.meter.settle()
        self.station.profiles.end_transaction(self.number)
        self.session = None
        if session.stop not in (Stop.UNPLUGGED, Stop.FAULT) and self.station.powered.is_set():
            await self._show(Status.FINISHING)
            await self._rest(visit.unplugs_after)

    async def _rest(self, seconds: float) -> bool:
        """Wait, but no longer than until something happens; whether something happened."""
        try:
            async with asyncio.timeout(seconds / self.station.pace):
                await self._woken.wait()
        except TimeoutError:
            return False
        self._woken.clear()
        return True

    async def _show(self, status: Status) -> None:
        if status is not self.status:
            self.status = status
            await self.station.report_status(self)
