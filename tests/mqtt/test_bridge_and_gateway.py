"""A console with a bridge and one in gateway mode on one broker, and gateway mode behind npm's stand-in for EMQX."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from bridged import BOOT, Traffic, ask, bridge_of, charger
from mosquitto import Mosquitto
from websockets.asyncio.client import connect

from ocpp_console.engine import CallRefused, Engine
from ocpp_console.model.commands import Progress
from ocpp_console.mqtt.link import Limits
from ocpp_console.services import console
from ocpp_console.settings import Settings

Begin = Callable[..., Any]
Until = Callable[..., Awaitable[Any]]
START = [2, "s", "StartTransaction",
         {"connectorId": 1, "idTag": "T", "meterStart": 0, "timestamp": "2026-01-01T00:00:00Z"}]  # fmt: skip


@pytest.fixture
async def behind(broker: Mosquitto, root: str, until: Until) -> AsyncIterator[Begin]:
    """`await behind(respond=True)`: a running console in gateway mode on the shared broker, connected to it."""
    running: list[Engine] = []

    async def begin(url: str = broker.url, **settings: Any) -> Engine:
        common = {"gateway": True, "mqtt": url, "mqtt_root": root, "db": ":memory:", "grace": 0.2, "mqtt_pace": 0.0}
        engine = console(Settings(**{**common, **settings}))
        running.append(engine)
        await engine.start()
        await until(lambda: engine.brokers and engine.brokers[0].well)
        return engine

    yield begin
    for engine in running:
        await engine.stop()


async def test_a_gateway_console_answers_the_chargers_of_a_bridge(bridged: Begin, behind: Begin, until: Until) -> None:
    office = await behind(respond=True, mqtt_presence=("presence/${cid}",))
    front = await bridged(mqtt_answers="external", mqtt_commands=("any",), presence=True, answer_timeout=20.0)
    line = await charger(front)
    await until(lambda: "CP1" in office.fleet.stations and office.fleet.stations["CP1"].online)
    started = await ask(line, START)
    assert bridge_of(front).tally.answered == 2
    for engine in (front, office):  # the same picture on both sides
        (session,) = await until(lambda engine=engine: engine.fleet.transactions.of("CP1"))
        assert session.id == str(started[2]["transactionId"])
        assert engine.fleet.stations["CP1"].registration == "Accepted"
    command = office.request("CP1", "Reset", {"type": "Soft"})
    assert json.loads(await line.recv()) == [2, command.id, "Reset", {"type": "Soft"}]
    await line.send(json.dumps([3, command.id, {"status": "Rejected"}]))
    assert (await office.outcome(command)).verdict == "Rejected"
    await until(lambda: front.fleet.commands.get("CP1", command.id).verdict == "Rejected")
    await line.close()
    await until(lambda: not office.fleet.stations["CP1"].online)  # by the bridge's presence


async def test_a_gateway_console_only_watches_unless_told_to_respond(
    bridged: Begin, behind: Begin, until: Until
) -> None:
    watcher = await behind()
    front = await bridged()
    line = await charger(front)
    await ask(line, [2, "h", "Heartbeat", {}])
    await until(lambda: [m for m in watcher.fleet.messages if m.action == "Heartbeat"])
    with pytest.raises(CallRefused, match="--respond"):
        watcher.request("CP1", "Reset", {"type": "Soft"})
    assert bridge_of(front).tally.unasked == 0  # it answered nothing
    await line.close()


async def test_a_refused_command_of_a_gateway_console_ends_with_the_bridges_words(
    bridged: Begin, behind: Begin, until: Until
) -> None:
    office = await behind(respond=True)
    front = await bridged(mqtt_answers="external")
    line = await charger(front)
    await until(lambda: "CP1" in office.fleet.stations)
    command = await office.outcome(office.request("CP1", "Reset", {"type": "Soft"}))
    assert command.progress is Progress.REFUSED
    assert command.message is not None
    assert b"--mqtt-commands Reset" in (command.message.answer_raw or b"")
    await line.close()


async def test_the_broker_between_them_is_killed_under_traffic(
    brokers: Callable[..., Mosquitto], bridged: Begin, behind: Begin, until: Until
) -> None:
    own = brokers()
    office = await behind(own.url, respond=True, mqtt_root="ocpp/")
    quick = Limits(first_pause=0.05, longest_pause=0.1, refused_pause=0.1)
    front = await bridged(own.url, limits=quick, mqtt_root="ocpp/", mqtt_answers="external", answer_timeout=1.0)
    bridge = bridge_of(front)
    traffic = Traffic([await charger(front, f"K{number}") for number in range(4)])
    for _ in range(2):
        served = bridge.tally.answered
        await until(lambda served=served: bridge.tally.answered > served + 20)  # type: ignore[misc]
        own.kill()
        await until(lambda: not bridge.link.online)
        await traffic.goes_on(until)
        own.start()
        await until(lambda: bridge.link.online and office.brokers[0].well, 30)
    served = bridge.tally.answered
    await until(lambda: bridge.tally.answered > served + 20, 30)
    asked = await traffic.end() + 4  # every call of every charger, and the boots: answered, none of them twice
    assert asked == bridge.tally.answered + bridge.tally.fallen_back + bridge.tally.alone
    await until(lambda: bridge.figures()["waiting"] == 0 and not bridge.link.outbox.on_the_way)
    assert bridge.lost == 0


async def test_behind_a_gateway_with_emqx_s_oddities(
    behind: Begin, gateway: Begin, broker: Mosquitto, root: str, until: Until
) -> None:
    office = await behind(respond=True, mqtt_pace=0.05, mqtt_presence=("events/${cid}/+",))
    front = await gateway(broker.url, root=root, presence=root + "events/{cid}/{event}")
    port = await front.step("ready")
    line = await connect(f"ws://127.0.0.1:{port}/ocpp/E1", subprotocols=["ocpp1.6"], proxy=None)  # type: ignore[list-item]
    boot = await ask(line, BOOT)
    assert (boot[0], boot[2]["status"]) == (3, "Accepted")
    await line.send("[2]")  # EMQX swallows it: neither of us ever hears of it
    commands = [office.request("E1", "ClearCache", {}) for _ in range(3)]
    for command in commands:  # one at a time, and never two in one frame
        assert json.loads(await asyncio.wait_for(line.recv(), 20)) == [2, command.id, "ClearCache", {}]
        await line.send(json.dumps([4, command.id, "InternalError", "no", {"lost": "on the way"}]))
    assert [(await office.outcome(command)).verdict for command in commands] == ["InternalError"] * 3
    assert not front.of("glued")
    await line.close()
    await until(lambda: not office.fleet.stations["E1"].online)
    with pytest.raises(CallRefused, match="offline"):
        office.request("E1", "ClearCache", {})


async def test_a_charger_that_went_without_a_word_is_found_out_by_the_next_command(
    behind: Begin, gateway: Begin, broker: Mosquitto, root: str, until: Until
) -> None:
    office = await behind(respond=True, share="alone")  # in no group it listens for other responders itself for a while
    front = await gateway(broker.url, root=root)
    port = await front.step("ready")
    line = await connect(f"ws://127.0.0.1:{port}/ocpp/E2", subprotocols=["ocpp1.6"], proxy=None)  # type: ignore[list-item]
    await ask(line, BOOT)
    front.ask(cut="E2")
    await line.wait_closed()
    await front.step("left")
    command = office.request("E2", "ClearCache", {})  # nobody is subscribed: the broker says so (reason 16)
    assert (await office.outcome(command)).progress in (Progress.NOT_SENT, Progress.TIMED_OUT)
    await until(lambda: not office.fleet.stations["E2"].online)
