"""Every command of every version over a real socket, to stations that other people's code, or none, is made of."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import ocpp.v16
import ocpp.v16.call_result
import ocpp.v21
import ocpp.v21.call_result
import ocpp.v201
import ocpp.v201.call_result
import pytest
import pytest_asyncio
from ocpp.charge_point import camel_to_snake_case
from ocpp.routing import on
from payloads import ALL_COMMANDS, maximal
from websockets.asyncio.client import ClientConnection, connect

from ocpp_console.engine import CallRefused, Engine
from ocpp_console.model.commands import Progress
from ocpp_console.protocol import schemas
from ocpp_console.protocol.actions import actions_of
from ocpp_console.protocol.fields import minimal
from ocpp_console.settings import Settings

shared_loop = pytest.mark.asyncio(loop_scope="module")

SECONDS = 20
PACKAGES = {"1.6": ocpp.v16, "2.0.1": ocpp.v201, "2.1": ocpp.v21}
ONLY_21 = {action.name for action in actions_of("2.1", "csms")} - {
    action.name for action in actions_of("2.0.1", "csms")
}
"""The `ocpp` package renames properties of these on their way; their station is made of `websockets` alone."""


class Tap:
    """A connection that remembers every call it received."""

    def __init__(self, socket: ClientConnection, heard: list[tuple[str, Any]]) -> None:
        self.socket, self.heard = socket, heard

    async def recv(self) -> str:
        """The next frame."""
        raw = str(await self.socket.recv())
        frame = json.loads(raw)
        if frame[0] == 2:
            self.heard.append((frame[2], frame[3]))
        return raw

    async def send(self, raw: str) -> None:
        """Send as it is."""
        await self.socket.send(raw)


def packaged_station(version: str, name: str, tap: Tap) -> Any:
    """A station of the `ocpp` package that answers every command with the smallest valid answer."""
    package = PACKAGES[version]

    def handler(action: str) -> Any:
        fields = camel_to_snake_case(minimal(version, action, "response"))

        def handle(self: Any, **_: Any) -> Any:
            return getattr(package.call_result, action)(**fields)

        handle.__name__ = f"on_{action}"  # the package finds handlers by the name of the function
        return on(action)(handle)

    wanted = [action.name for action in actions_of(version, "csms") if action.name not in ONLY_21]
    members = {f"on_{action}": handler(action) for action in wanted}
    return type("EveryCommand", (package.ChargePoint,), members)(name, tap)


async def plain_station(version: str, tap: Tap) -> None:
    """A station of nothing but a socket."""
    while True:
        _, call_id, action, _ = json.loads(await tap.recv())
        await tap.send(json.dumps([3, call_id, minimal(version, action, "response")]))


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def engine() -> AsyncIterator[Engine]:
    """One console for all of them."""
    engine = Engine(Settings(host=("127.0.0.1",), port=0, db=":memory:", grace=0.0))
    await engine.start()
    yield engine
    await engine.stop()


Joined = Callable[[str, str], Awaitable[tuple[str, list[tuple[str, Any]]]]]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def join(engine: Engine) -> AsyncIterator[Joined]:
    """The station for a command, connected once, and what it heard."""
    heard: dict[str, list[tuple[str, Any]]] = {}
    async with contextlib.AsyncExitStack() as stack:

        async def joined(version: str, action: str) -> tuple[str, list[tuple[str, Any]]]:
            plain = version == "2.1" and action in ONLY_21
            name = f"{'PLAIN' if plain else 'PY'}-{version}"
            if name not in heard:
                heard[name] = []
                url = f"ws://127.0.0.1:{engine.port}/{name}"
                socket = await stack.enter_async_context(connect(url, subprotocols=[f"ocpp{version}"]))  # type: ignore[list-item]
                tap = Tap(socket, heard[name])
                life = plain_station(version, tap) if plain else packaged_station(version, name, tap).start()
                task = asyncio.create_task(life)
                stack.callback(task.cancel)
            return name, heard[name]

        yield joined


def test_there_are_121_commands() -> None:
    assert len(ALL_COMMANDS) == 26 + 40 + 55
    assert len(ONLY_21) == 15


@shared_loop
@pytest.mark.parametrize(("version", "action"), ALL_COMMANDS)
async def test_it_arrives_as_it_was_sent_and_is_answered(
    engine: Engine, join: Joined, version: str, action: str
) -> None:
    station, heard = await join(version, action)
    async with asyncio.timeout(SECONDS):
        for payload in (minimal(version, action), maximal(version, action)):
            command = await engine.outcome(engine.request(station, action, payload))
            assert heard[-1] == (action, payload)
            assert command.progress is Progress.ANSWERED, command.text
            assert command.message is not None
            assert [f for f in command.message.answer_findings if f.code.startswith("SCHEMA")] == []


@shared_loop
@pytest.mark.parametrize("version", ["1.6", "2.1"])
async def test_a_violation_is_refused_here_and_sent_when_meant(engine: Engine, join: Joined, version: str) -> None:
    action = "Reset" if version == "1.6" else "SetDefaultTariff"
    station, heard = await join(version, action)
    with pytest.raises(CallRefused) as refused:
        engine.request(station, action, {"type": "Warm"})
    assert refused.value.findings
    async with asyncio.timeout(SECONDS):
        await engine.outcome(engine.request(station, action, {"type": "Warm"}, check=False))
    assert heard[-1] == (action, {"type": "Warm"})


@shared_loop
async def test_a_raw_frame_goes_out_byte_by_byte_and_its_answer_is_found(engine: Engine, join: Joined) -> None:
    station, heard = await join("2.1", "SetDefaultTariff")
    command = engine.send_frame(station, b'[2,"own-id",  "GetTariffs",{"evseId":1}]')
    assert command is not None
    async with asyncio.timeout(SECONDS):
        await engine.outcome(command)
    assert heard[-1] == ("GetTariffs", {"evseId": 1})
    assert (command.id, command.progress) == ("own-id", Progress.ANSWERED)
    assert schemas.known("2.1", command.action)
