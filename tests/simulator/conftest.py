"""A small central system for the simulated stations, made of the `ocpp` package's own server side."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

import ocpp.v16
import ocpp.v16.call_result
import ocpp.v201
import ocpp.v201.call_result
import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from ocpp_console.simulator.demo import Demo

PACE = 150.0


class Told(NamedTuple):
    """One CALL of a station."""

    station: str
    action: str
    payload: dict[str, Any]
    connection: int


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _empty(result: Any, **_: Any) -> Any:
    return result()


def answers(version: str, registration: Callable[[], str], verdict: Callable[[str], str]) -> dict[str, Any]:
    """What this central system says to each action of a station: (action → function of the payload)."""
    results = ocpp.v16.call_result if version == "1.6" else ocpp.v201.call_result
    transaction = iter(range(1, 1000))

    def boot(**_: Any) -> Any:
        return results.BootNotification(now(), 300, registration())

    def start(id_tag: str, **_: Any) -> Any:
        return results.StartTransaction(next(transaction), {"status": verdict(id_tag)})

    def authorize(**said: Any) -> Any:
        if version == "1.6":
            return results.Authorize({"status": verdict(said["id_tag"])})
        return results.Authorize({"status": verdict(said["id_token"]["id_token"])})

    def event(id_token: Any = None, **_: Any) -> Any:
        info = {"status": verdict(id_token["id_token"])} if id_token else None
        return results.TransactionEvent(id_token_info=info)

    special = {
        "BootNotification": boot,
        "Heartbeat": lambda **_: results.Heartbeat(now()),
        "Authorize": authorize,
        "StartTransaction": start,
        "TransactionEvent": event,
        "SignCertificate": lambda **_: results.SignCertificate("Accepted"),
    }
    plain = [
        "StatusNotification", "StopTransaction", "MeterValues", "SecurityEventNotification",
        "FirmwareStatusNotification", "LogStatusNotification", "DiagnosticsStatusNotification",
        "SignedFirmwareStatusNotification", "NotifyEvent", "NotifyReport", "NotifyMonitoringReport",
        "NotifyDisplayMessages", "NotifyCustomerInformation", "ReportChargingProfiles",
        "PublishFirmwareStatusNotification",
    ]  # fmt: skip
    for action in plain:
        if hasattr(results, action):
            special[action] = partial(_empty, getattr(results, action))
    return special


class Recorder:
    """A connection that writes down what passes."""

    def __init__(self, central: "CentralSystem", station: str, socket: ServerConnection) -> None:
        self.central = central
        self.station = station
        self.socket = socket
        self.number = len([one for one in central.connections if one == station])

    async def recv(self) -> str | bytes:
        raw = await self.socket.recv()
        frame = json.loads(raw)
        if frame[0] == 2:
            self.central.told.append(Told(self.station, frame[2], frame[3], self.number))
            await self.central.notice()
        return raw

    async def send(self, raw: str) -> None:
        frame = json.loads(raw)
        if frame[0] == 4:
            self.central.refused.append((self.station, frame[2:]))
        await self.socket.send(raw)
        if frame[0] == 3:
            self.central.answered.append(self.station)
            await self.central.notice()


class CentralSystem:
    """Accepts stations of both versions, answers by the package's schemas, and lets a test wait for facts."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.answered: list[str] = []
        self.refused: list[tuple[str, Any]] = []
        self.connections: list[str] = []
        self.points: dict[str, Any] = {}
        self.sockets: dict[str, ServerConnection] = {}
        self.registration = "Accepted"
        self.blocked: set[str] = set()
        self._changed = asyncio.Condition()
        self.url = ""

    async def notice(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def attend(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        station = socket.request.path.rsplit("/", 1)[-1]
        self.connections.append(station)
        version = "1.6" if socket.subprotocol == "ocpp1.6" else "2.0.1"
        make = ocpp.v16.ChargePoint if version == "1.6" else ocpp.v201.ChargePoint
        point = make(station, Recorder(self, station, socket), response_timeout=10)
        known = answers(version, lambda: self.registration, lambda t: "Blocked" if t in self.blocked else "Accepted")
        # AC-07 has habits that the package refuses; a real central system has to live with them.
        point.route_map = {
            action: {"_on_action": answer, "_skip_schema_validation": station == "AC-07"}
            for action, answer in known.items()
        }
        self.points[station] = point
        self.sockets[station] = socket
        await self.notice()
        with contextlib.suppress(ConnectionClosed):
            await point.start()

    async def until(self, fact: Callable[[], Any], what: str) -> Any:
        """Wait for a fact; fail with its name after a while."""
        try:
            async with asyncio.timeout(15), self._changed:
                while not (found := fact()):
                    await self._changed.wait()
                return found
        except TimeoutError:
            raise AssertionError(f"never happened: {what}; last heard: {self.told[-12:]}") from None

    def heard(self, station: str, action: str, since: int = 0, **said: Any) -> list[dict[str, Any]]:
        """Payloads of a station's CALLs of one action that say all of this."""
        return [
            one.payload
            for one in self.told[since:]
            if one.station == station
            and one.action == action
            and all(one.payload.get(key) == value for key, value in said.items())
        ]

    async def wait_for(self, station: str, action: str, since: int = 0, **said: Any) -> dict[str, Any]:
        """The first CALL of a station that says all of this, from entry `since` on."""
        found = await self.until(lambda: self.heard(station, action, since, **said), f"{station} {action} {said}")
        return found[0]

    async def command(self, station: str, request: Any) -> Any:
        """Send a command; its answer. The package checks request and answer; a CALLERROR raises."""
        return await self.points[station].call(request, suppress=False)


@pytest.fixture
async def central() -> AsyncIterator[CentralSystem]:
    system = CentralSystem()
    async with serve(
        system.attend, "127.0.0.1", 0, subprotocols=["ocpp2.0.1", "ocpp1.6"], compression=None, ping_interval=None
    ) as server:
        port = server.sockets[0].getsockname()[1]
        system.url = f"ws://127.0.0.1:{port}"
        yield system


@pytest.fixture
async def demo(central: CentralSystem) -> AsyncIterator[Demo]:
    """The demo, living fast, all three stations booted."""
    demo = Demo(central.url, pace=PACE)
    life = asyncio.create_task(demo.run())
    for station in demo.stations:
        await central.wait_for(station.identity, "StatusNotification")
    yield demo
    life.cancel()
    await asyncio.gather(life, return_exceptions=True)
    assert [station.failures for station in demo.stations] == [[], [], []]
