"""Whole sessions with clients that other people wrote: PyPI `ocpp`, npm `ocpp-rpc`, npm `charger-simulator`."""

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import ocpp.v16
import ocpp.v201
import pytest
from ocpp.routing import on
from ocpp.v16 import call as call_16
from ocpp.v16 import call_result as result_16
from ocpp.v201 import call as call_201
from ocpp.v201 import call_result as result_201
from websockets.asyncio.client import connect

from ocpp_console.engine import Engine
from ocpp_console.model.commands import Progress
from ocpp_console.model.id_tags import IdTag
from ocpp_console.model.messages import State
from ocpp_console.protocol.findings import Severity
from ocpp_console.settings import Settings

HERE = Path(__file__).parent
Until = Callable[..., Awaitable[Any]]


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    """A running engine on a free loopback port, with its store in memory."""
    engine = Engine(Settings(host=("127.0.0.1",), port=0, db=":memory:"))
    await engine.start()
    yield engine
    await engine.stop()


def now() -> str:
    return datetime.now(UTC).isoformat()


class Station16(ocpp.v16.ChargePoint):
    """A 1.6 station that takes the three commands everybody needs."""

    @on("RemoteStartTransaction")
    def remote_start(self, **_: Any) -> Any:
        return result_16.RemoteStartTransaction(status="Accepted")

    @on("Reset")
    def reset(self, **_: Any) -> Any:
        return result_16.Reset(status="Rejected")

    @on("UpdateFirmware")
    def update(self, **_: Any) -> Any:
        return result_16.UpdateFirmware()


class Station201(ocpp.v201.ChargePoint):
    """A 2.0.1 station that takes the same three."""

    @on("RequestStartTransaction")
    def request_start(self, **_: Any) -> Any:
        return result_201.RequestStartTransaction(status="Accepted", transaction_id="remote-1")

    @on("Reset")
    def reset(self, **_: Any) -> Any:
        return result_201.Reset(status="Rejected")

    @on("UpdateFirmware")
    def update(self, **_: Any) -> Any:
        return result_201.UpdateFirmware(status="Accepted")


async def session_16(station: Station16) -> None:
    """From boot to stop in 1.6."""
    boot = await station.call(call_16.BootNotification("model", "vendor"), suppress=False)
    assert boot.status == "Accepted"
    await station.call(call_16.StatusNotification(1, "NoError", "Preparing"), suppress=False)
    assert (await station.call(call_16.Authorize("PY-TAG"), suppress=False)).id_tag_info["status"] == "Accepted"
    start = await station.call(call_16.StartTransaction(1, "PY-TAG", 1000, now()), suppress=False)
    sampled = {"value": "1500", "measurand": "Energy.Active.Import.Register", "unit": "Wh"}
    values = [{"timestamp": now(), "sampled_value": [sampled]}]
    await station.call(call_16.MeterValues(1, values, start.transaction_id), suppress=False)
    await station.call(call_16.StopTransaction(1800, now(), start.transaction_id), suppress=False)


async def session_201(station: Station201) -> None:
    """From boot to stop in 2.0.1."""
    about = {"vendor_name": "vendor", "model": "model"}
    boot = await station.call(call_201.BootNotification(about, "PowerUp"), suppress=False)
    assert boot.status == "Accepted"
    await station.call(call_201.StatusNotification(now(), "Occupied", 1, 1), suppress=False)
    token = {"id_token": "PY-TAG", "type": "ISO14443"}
    assert (await station.call(call_201.Authorize(token), suppress=False)).id_token_info["status"] == "Accepted"
    for number, (kind, energy) in enumerate([("Started", 1000), ("Updated", 1500), ("Ended", 1800)]):
        sampled = {"value": energy, "measurand": "Energy.Active.Import.Register"}
        event = call_201.TransactionEvent(
            kind, now(), "Authorized", number, {"transaction_id": "py-1"},
            id_token=token, evse={"id": 1, "connector_id": 1},
            meter_value=[{"timestamp": now(), "sampled_value": [sampled]}],
        )  # fmt: skip
        await station.call(event, suppress=False)


PYTHON_CLIENTS = {"1.6": (Station16, session_16), "2.0.1": (Station201, session_201)}
COMMANDS: dict[str, list[tuple[str, dict[str, Any], str]]] = {
    "1.6": [
        ("RemoteStartTransaction", {"idTag": "PY-TAG", "connectorId": 1}, "Accepted"),
        ("Reset", {"type": "Soft"}, "Rejected"),
        ("UpdateFirmware", {"location": "ftp://127.0.0.1/f.bin", "retrieveDate": "2026-01-01T00:00:00Z"}, ""),
    ],
    "2.0.1": [
        ("RequestStartTransaction", {"remoteStartId": 7, "idToken": {"idToken": "T", "type": "Local"}}, "Accepted"),
        ("Reset", {"type": "OnIdle"}, "Rejected"),
        (
            "UpdateFirmware",
            {"requestId": 1, "firmware": {"location": "ftp://127.0.0.1/f", "retrieveDateTime": "2026-01-01T00:00:00Z"}},
            "Accepted",
        ),
    ],
}


def port_of(engine: Engine) -> int:
    """The port the engine listens on."""
    return engine.fleet.listeners[0].port


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
async def test_the_ocpp_package_runs_a_session_and_takes_commands(engine: Engine, version: str) -> None:
    engine.put_tag(IdTag("PY-TAG"))
    station_class, session = PYTHON_CLIENTS[version]
    url = f"ws://127.0.0.1:{port_of(engine)}/PY"
    async with connect(url, subprotocols=[f"ocpp{version}"]) as line:  # type: ignore[list-item]
        station = station_class("PY", line)
        listening = asyncio.create_task(station.start())
        await session(station)  # type: ignore[operator]
        for action, payload, verdict in COMMANDS[version]:
            command = await engine.outcome(engine.request("PY", action, payload))
            assert (command.progress, command.verdict) == (Progress.ANSWERED, verdict), action
        listening.cancel()
    finished = engine.fleet.transactions.of("PY")[0]
    assert (finished.energy_wh, finished.id_tag, bool(finished.stopped_at)) == (800.0, "PY-TAG", True)
    warnings = [
        finding
        for message in engine.fleet.messages
        for finding in message.findings
        if finding.severity >= Severity.WARNING and finding.code != "SUSPICIOUS_SESSION_DURATION"  # it lasts no second
    ]
    assert warnings == []


@contextlib.asynccontextmanager
async def node(script: str, npm: Path, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """One of the node sessions beside this file; it ends by itself when its standard input does."""
    process = await asyncio.create_subprocess_exec(
        "node", str(HERE / script), *arguments, stdin=-1, stdout=-1, env={**os.environ, "OCPP_CONSOLE_NPM": str(npm)}
    )
    try:
        yield process
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await asyncio.wait_for(process.communicate(), 15)


async def steps_until(process: asyncio.subprocess.Process, last: str) -> dict[str, Any]:
    """What the session said, by step, up to its step `last`."""
    assert process.stdout is not None
    said: dict[str, Any] = {}
    while last not in said:
        line = await asyncio.wait_for(process.stdout.readline(), 30)
        assert line, f"ended after {said}"
        if not line.startswith(b"{"):
            continue  # the client's own chatter
        step = json.loads(line)
        said[step["step"]] = step.get("value")
        assert step["step"] != "failed", step
    return said


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
async def test_npm_ocpp_rpc_runs_a_session_in_its_strict_mode(engine: Engine, version: str, npm_clients: Path) -> None:
    url = f"ws://127.0.0.1:{port_of(engine)}"
    async with node("ocpp_rpc_session.js", npm_clients, url, "NPM", version) as process:
        said = await steps_until(process, "done")
        assert said["done"] == f"ocpp{version}"
        assert said["boot"]["status"] == "Accepted"
        command = await engine.outcome(engine.request("NPM", "ClearCache", {}))
        assert command.verdict == "Accepted"
        assert (await steps_until(process, "command"))["command"]["method"] == "ClearCache"
    assert process.returncode == 0
    assert engine.fleet.transactions.of("NPM")[0].energy_wh == 800.0


async def test_npm_charger_simulator_runs_a_session_with_all_its_faults(
    engine: Engine, npm_clients: Path, until: Until
) -> None:
    url = f"ws://127.0.0.1:{port_of(engine)}"
    async with node("charger_simulator_session.js", npm_clients, url, "SIM") as process:
        await steps_until(process, "connected")
        start = engine.request("SIM", "RemoteStartTransaction", {"idTag": "T", "connectorId": 1})
        assert (await engine.outcome(start)).verdict == "Accepted"
        session = (await until(lambda: engine.fleet.transactions.of("SIM")))[0]
        await until(lambda: [m for m in engine.fleet.messages if m.action == "MeterValues" and m.findings])
        stop = engine.request("SIM", "RemoteStopTransaction", {"transactionId": int(session.id)})
        assert (await engine.outcome(stop)).verdict == "Accepted"
        await until(lambda: session.stopped_at)
        unknown = await engine.outcome(engine.request("SIM", "ClearCache", {}))
        assert unknown.progress is Progress.REFUSED
        await until(lambda: not [m for m in engine.fleet.messages if m.station == "SIM" and m.state is State.OPEN])
