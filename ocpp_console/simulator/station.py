"""What every simulated station does: hold the line, boot, beat, answer commands, reboot."""

import asyncio
from abc import abstractmethod
from base64 import b64encode
from collections.abc import Coroutine
from dataclasses import dataclass
from hashlib import sha256
from random import Random
from typing import Any

from ocpp_console.clock import iso, now_us
from ocpp_console.simulator.certificates import Certificates
from ocpp_console.simulator.charging_profiles import ChargingProfiles
from ocpp_console.simulator.connector import Connector, RemoteStart, Reservation, Session, Status, Stop
from ocpp_console.simulator.link import Link
from ocpp_console.simulator.local_list import LocalList
from ocpp_console.simulator.scenarios import SECURITY_EVENTS, Fault, Incident, StationPlan, unknown_card

REBOOT_SECONDS = 4.0


class Station(Link):
    """One simulated station. Subclasses know how their version spells what it has to say."""

    def __init__(self, plan: StationPlan, url: str, *, seed: int, pace: float) -> None:
        """`url` is the endpoint without the identity; `pace` lets the day pass faster."""
        super().__init__(
            plan.identity,
            url,
            vendor=plan.vendor,
            firmware=plan.firmware,
            pace=pace,
            rng=Random(f"{seed}/{plan.identity}"),
        )
        self.plan = plan
        self.heartbeat_interval = 300.0
        self.powered = asyncio.Event()
        """Not rebooting; sessions may run."""
        self.boots = 0
        self.profiles = ChargingProfiles(phases=3)
        self.local_list = LocalList()
        self.certificates = Certificates()
        self.firmware_status = "Idle"
        self.transfer_request: int | None = None
        """The requestId of the last firmware update."""
        self.log_status = "Idle"
        self.log_request: int | None = None
        self.connectors = [
            Connector(self, number, Random(f"{seed}/{plan.identity}/{number}"))
            for number in range(1, len(plan.openers) + 1)
        ]
        self._boot_reason = "PowerUp"
        self._boot_wanted = asyncio.Event()
        self._transfers: dict[str, asyncio.Task[None]] = {}

    # Time

    def now(self) -> float:
        """Station time in demo seconds."""
        return asyncio.get_running_loop().time() * self.pace

    def stamp(self, at: int | None = None) -> str:
        """The wall clock as this station spells it."""
        return iso(now_us() if at is None else at)

    # Its life

    async def run(self) -> None:
        """Live until cancelled."""
        await self.sleep(self.plan.starts_after)
        async with asyncio.TaskGroup() as self.tasks:
            for life in (self.keep_connected(), self._beat(), *(connector.live() for connector in self.connectors)):
                self.spawn(life)
            for incident in self.plan.incidents:
                self.spawn(self._suffer(incident))

    async def greet(self) -> None:
        """Boot until accepted; on a line that merely dropped, a Heartbeat instead (1.6 §5.4, 2.0.1 part 4 §5.4)."""
        booting = not self.powered.is_set()
        if booting or not await self.heartbeat(early=True):
            while True:
                self._boot_wanted.clear()
                verdict = await self.boot(self._boot_reason)
                if verdict.status == "Accepted":
                    break
                await self._wait_to_boot(verdict.interval or 30)
            self.heartbeat_interval = float(verdict.interval or 300)
            self.boots += 1
            self._boot_reason = "PowerUp"
        self.online.set()
        if booting:
            for connector in self.connectors:
                connector.status = Status.FAULTED if connector.fault else connector.idle_status
            await self.after_boot()
            self.powered.set()
        for connector in self.connectors:
            await self.report_status(connector)

    async def _wait_to_boot(self, seconds: float) -> None:
        """Wait for the next BootNotification; a TriggerMessage for it may come first."""
        try:
            async with asyncio.timeout(seconds / self.pace):
                await self._boot_wanted.wait()
        except TimeoutError:
            return
        self._boot_reason = "Triggered"

    async def _beat(self) -> None:
        await self.sleep(self.plan.first_heartbeat)
        while True:
            await self.online.wait()
            await self.heartbeat()
            await self.sleep(max(self.heartbeat_interval, 1.0))

    async def _suffer(self, incident: Incident) -> None:
        await self.sleep(incident.first)
        while True:
            await self.powered.wait()
            if incident.kind == "card":
                await self.authorize(unknown_card(self.rng), "ISO14443")
            else:
                await self.security_event(*self.rng.choice(SECURITY_EVENTS))
            await self.sleep(incident.every * self.rng.uniform(0.7, 1.3))

    # Reacting to commands

    def connector(self, number: int) -> Connector | None:
        """The connector of that number, None if there is none."""
        return self.connectors[number - 1] if 0 < number <= len(self.connectors) else None

    def places(self, number: int | None) -> list[Connector] | None:
        """The connectors a command means: 0 or nothing means all; None when there is no such connector."""
        if not number:
            return self.connectors
        connector = self.connector(number)
        return [connector] if connector else None

    def session_of(self, transaction: str | int) -> Connector | None:
        """The connector where a transaction runs."""
        for connector in self.connectors:
            if connector.session is not None and connector.session.transaction == transaction:
                return connector
        return None

    def start_remotely(self, number: int | None, remote: RemoteStart) -> Connector | None:
        """Start a session on the connector asked for, or the first that can; None when it cannot."""
        for connector in self.places(number) or []:
            if connector.accepts(remote.token):
                self.afterwards(self._start(connector, remote))
                return connector
        return None

    async def _start(self, connector: Connector, remote: RemoteStart) -> None:
        connector.start(remote)

    async def stop(self, connector: Connector, why: Stop) -> None:
        """End the session of a connector."""
        connector.end(why)

    def change_availability(self, places: list[Connector], operative: bool) -> str:
        """Accepted, or Scheduled while a session runs on one of the connectors."""
        for connector in places:
            connector.operative = operative
        self.afterwards(self._look_again(places))
        busy = not operative and any(connector.session is not None for connector in places)
        return "Scheduled" if busy else "Accepted"

    async def _look_again(self, places: list[Connector]) -> None:
        for connector in places:
            # A running session is not disturbed; what has changed shows when it is over.
            if connector.session is None:
                connector.look_again()

    def reserve(self, number: int | None, id: int, token: str, seconds: float) -> str:
        """Keep a connector for a token; the status of the answer."""
        places = self.places(number)
        if places is None:
            return "Rejected"
        refusal = "Occupied"
        for connector in places:
            if connector.fault is not None or not connector.operative:
                refusal = "Faulted" if connector.fault else "Unavailable"
            elif connector.status is Status.AVAILABLE or (connector.reservation and connector.reservation.id == id):
                connector.reservation = Reservation(id, token, self.now() + seconds)
                self.afterwards(self._look_again([connector]))
                return "Accepted"
        return refusal

    def cancel_reservation(self, id: int) -> str:
        """Give a reserved connector free again; the status of the answer."""
        for connector in self.connectors:
            if connector.reservation is not None and connector.reservation.id == id:
                connector.reservation = None
                self.afterwards(self._look_again([connector]))
                return "Accepted"
        return "Rejected"

    async def reboot(self, reason: str, why: Stop) -> None:
        """End the sessions, drop the line, stay away for some seconds, and boot. `reason` is 2.0.1's BootReasonEnum."""
        self.powered.clear()
        for connector in self.connectors:
            connector.end(why)
        for connector in self.connectors:
            await connector.calm.wait()
        self._boot_reason = reason
        self.off_for = REBOOT_SECONDS
        if self.socket is not None:
            await self.socket.close()

    def transfer(self, kind: str, work: Coroutine[Any, Any, None]) -> bool:
        """Run an update or upload after the answer, in place of one of its kind that runs; whether one ran."""
        running = self._transfers.get(kind)
        busy = running is not None and not running.done()
        self.afterwards(self._take_over(kind, work))
        return busy

    async def _take_over(self, kind: str, work: Coroutine[Any, Any, None]) -> None:
        running = self._transfers.get(kind)
        if running is not None:
            running.cancel()
        self._transfers[kind] = self.spawn(work)

    async def tell(self, request: Any) -> None:
        """Send what a TriggerMessage asked for, accepted or not."""
        await self.ask(request, early=True)

    async def beat_once(self) -> None:
        """The Heartbeat a TriggerMessage asked for."""
        await self.heartbeat(early=True)

    async def boot_again(self) -> None:
        """The BootNotification a TriggerMessage asked for; the verdict counts."""
        self._boot_wanted.set()
        if not self.online.is_set():
            return
        verdict = await self.boot("Triggered")
        if verdict.status == "Accepted":
            self.heartbeat_interval = float(verdict.interval or 300)

    def signing_request(self) -> str:
        """A certificate signing request, by its looks."""
        body = b64encode(sha256(self.identity.encode()).digest() * 6).decode()
        return f"-----BEGIN CERTIFICATE REQUEST-----\n{body}\n-----END CERTIFICATE REQUEST-----\n"

    # What differs between the versions

    @abstractmethod
    async def boot(self, reason: str) -> "Verdict":
        """Send BootNotification, whatever the state of the registration."""

    async def after_boot(self) -> None:
        """Say what is to be said once after a boot, before the connectors."""

    @abstractmethod
    async def heartbeat(self, *, early: bool = False) -> bool:
        """Send Heartbeat; whether it was answered."""

    @abstractmethod
    def sample_interval(self) -> float:
        """Seconds between meter values; 0 for none."""

    @abstractmethod
    def needs_authorization(self, remote: bool) -> bool:
        """Whether a token is asked for before a session."""

    @abstractmethod
    async def authorize(self, token: str, token_type: str) -> bool:
        """Ask whether a token may charge."""

    @abstractmethod
    async def security_event(self, type: str, info: str) -> None:
        """Send SecurityEventNotification."""

    @abstractmethod
    async def report_status(self, connector: Connector) -> None:
        """Send StatusNotification."""

    async def report_fault(self, connector: Connector, fault: Fault, cleared: bool) -> None:
        """Tell what went wrong, where the version has a message of its own for it."""

    @abstractmethod
    async def session_started(self, connector: Connector, session: Session) -> bool:
        """Tell that a session began; whether it may go on."""

    async def session_changed(self, connector: Connector, session: Session) -> None:
        """Tell that charging began or was suspended."""

    @abstractmethod
    async def session_metered(self, connector: Connector, session: Session, context: str) -> None:
        """Tell what the meter shows."""

    @abstractmethod
    async def session_ended(self, connector: Connector, session: Session) -> None:
        """Tell that a session is over."""

    @abstractmethod
    async def report_firmware(self, status: str, request: int | None) -> None:
        """Tell how a firmware update goes; 1.6 leaves out what it has no word for."""

    @abstractmethod
    async def report_log(self, status: str, request: int | None) -> None:
        """Tell how an upload goes."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to a BootNotification."""

    status: str
    interval: int
