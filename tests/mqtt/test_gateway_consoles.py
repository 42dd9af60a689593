"""Whole consoles in gateway mode: the store, the screen, the command line, EMQX's REST API, programs of others."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from behind_broker import BOOT, Behind, Watcher, linked
from mosquitto import Mosquitto
from stage import stage
from websockets.asyncio.client import connect

from ocpp_console.api.metrics import _brokers
from ocpp_console.cli import main
from ocpp_console.csms.emqx_board import GatewayLimits
from ocpp_console.engine import CallRefused, Engine
from ocpp_console.events import StationGone
from ocpp_console.model.commands import Progress
from ocpp_console.mqtt.connecting import V311
from ocpp_console.screens.commands import CommandSheet
from ocpp_console.services import console
from ocpp_console.settings import Settings

Until = Callable[..., Any]


@pytest.fixture
async def engines(broker: Mosquitto, root: str, until: Until) -> AsyncIterator[Callable[..., Any]]:
    """`await engines(…)`: running consoles on the shared broker."""
    running: list[Engine] = []

    async def begin(**settings: Any) -> Engine:
        common = {"db": ":memory:", "mqtt": broker.url, "mqtt_root": root, "gateway": True, "mqtt_pace": 0.0}
        common |= {"host": ("127.0.0.1",), "port": 0}
        engine = console(Settings(**{**common, **settings}))
        running.append(engine)
        await engine.start()
        if engine.brokers:
            await until(lambda: engine.brokers[0].well)
        return engine

    yield begin
    for engine in running:
        await engine.stop()


async def test_a_console_that_only_watches_refuses_commands_and_says_why(
    engines: Callable[..., Any], broker: Mosquitto, root: str, until: Until
) -> None:
    engine = await engines()
    assert engine.fleet.listeners == []
    chargers = Behind(broker.url, root)
    chargers.link.start()
    await linked(chargers.link)
    chargers.call("CP1", "Heartbeat", {})
    await until(lambda: engine.fleet.online)
    _, passed = _brokers(engine)
    label = f'{{broker="127.0.0.1:{broker.port}",what="messages in"}}'
    assert passed[label] == 1
    with pytest.raises(CallRefused, match="--respond"):
        engine.request("CP1", "Reset", {"type": "Soft"})
    assert engine.disconnect("CP1")
    await until(lambda: any("--emqx-api" in message.raw.decode() for message in engine.fleet.messages))
    await chargers.link.stop()


async def test_a_restart_remembers_what_was_seen_behind_the_broker(
    engines: Callable[..., Any], broker: Mosquitto, root: str, until: Until, tmp_path: Path
) -> None:
    file = str(tmp_path / "console.db")
    engine = await engines(db=file, respond=True)
    chargers = Behind(broker.url, root)
    chargers.link.start()
    await linked(chargers.link)
    chargers.call("CP1", "BootNotification", BOOT)
    await until(lambda: chargers.told.get("CP1"))
    await engine.stop()
    again = await engines(db=file, respond=True)
    station = again.fleet.stations["CP1"]
    assert (station.vendor, station.online) == ("V", False)
    rows = [row for row in again.fleet.messages if row.action == "BootNotification"]
    assert [(row.station, row.answer_raw is not None) for row in rows] == [("CP1", True)]
    await chargers.link.stop()


async def test_a_bridge_and_a_gateway_of_ours_understand_each_other(engines: Callable[..., Any], until: Until) -> None:
    bridge = await engines(gateway=False, bridge=True, presence=True, mqtt_answers="external", mqtt_commands=("any",))
    async with connect(f"ws://127.0.0.1:{bridge.port}/DE*1", subprotocols=["ocpp1.6"]) as charger:  # type: ignore[list-item]
        await until(lambda: bridge.fleet.online)
        behind = await engines(respond=True, interval=77)
        await until(lambda: behind.fleet.online)  # by the bridge's retained presence
        await charger.send(json.dumps([2, "b", "BootNotification", BOOT]))
        reply = json.loads(await asyncio.wait_for(charger.recv(), 10))
        assert reply[:2] == [3, "b"]
        assert reply[2]["interval"] == 77, "the console behind the broker answered, not the one with the socket"
        command = behind.request("DE*1", "Reset", {"type": "Soft"})
        asked = json.loads(await asyncio.wait_for(charger.recv(), 10))
        assert asked[2:] == ["Reset", {"type": "Soft"}]
        await charger.send(json.dumps([3, asked[1], {"status": "Accepted"}]))
        await until(lambda: command.progress is Progress.ANSWERED)
    await until(lambda: not behind.fleet.online)


async def test_an_independent_gateway_with_a_charger_of_its_own(
    engines: Callable[..., Any], broker: Mosquitto, root: str, gateway: Any, until: Until
) -> None:
    engine = await engines(respond=True, mqtt_pace=0.05, mqtt_presence=("sys/${cid}/+",))
    stand_in = await gateway(broker.url, root=root, presence=f"{root}sys/{{cid}}/{{event}}")
    port = await stand_in.step("ready")
    async with connect(f"ws://127.0.0.1:{port}/ocpp/CP1", subprotocols=["ocpp1.6"]) as charger:  # type: ignore[list-item]
        await charger.send(json.dumps([2, "b", "BootNotification", BOOT]))
        reply = json.loads(await asyncio.wait_for(charger.recv(), 10))
        assert (reply[:2], reply[2]["status"]) == ([3, "b"], "Accepted")
        command = engine.request("CP1", "ClearCache", {})
        asked = json.loads(await asyncio.wait_for(charger.recv(), 10))  # not glued to anything
        await charger.send(json.dumps([4, asked[1], "NotSupported", "no", {"why": 1}]))
        await until(lambda: command.message is not None and command.message.verdict == "NotSupported")
    await until(lambda: not engine.fleet.online)


async def test_emqx_is_asked_who_was_there_before_and_ends_connections(
    broker: Mosquitto, root: str, until: Until
) -> None:
    asked: list[str] = []
    listed = ["CP1", "CP2"]

    async def emqx(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        asked.append(head.splitlines()[0])
        if "Basic a2V5OnNlY3JldA==" not in head:
            body, status = "{}", "401 Unauthorized"
        else:
            data = [{"clientid": cid, "connected": True, "ip_address": "10.0.0.9"} for cid in listed]
            body, status = json.dumps({"data": data, "meta": {"count": len(data)}}), "200 OK"
        if head.startswith("DELETE"):
            listed.remove("CP2")
            body, status = "", "204 No Content"
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(emqx, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    url = f"http://key:secret@127.0.0.1:{port}"
    watcher = Watcher(broker.url, GatewayLimits(sweep=0.02, watch=0.0), mqtt_root=root, emqx_api=url)
    await watcher.gateway.start()
    await until(lambda: watcher.fleet.online == 2)
    assert watcher.fleet.stations["CP1"].last_address == "10.0.0.9"
    station = watcher.gateway.connection_of("CP2")
    assert station is not None
    station.close()
    await until(lambda: watcher.of(StationGone))
    assert asked[-1].startswith("DELETE /api/v5/gateways/ocpp/clients/CP2 ")
    wrong = Watcher(broker.url, mqtt_root=root, emqx_api=url.replace("secret", "typo"))
    await wrong.gateway.start()
    await until(lambda: wrong.reports)
    assert "401" in wrong.reports[0]
    assert "typo" not in wrong.reports[0]
    await wrong.gateway.stop()
    await watcher.gateway.stop()
    server.close()


async def test_an_older_broker_gives_our_own_messages_back_and_they_are_known(
    broker: Mosquitto, root: str, until: Until
) -> None:
    watcher = Watcher(broker.url, GatewayLimits(watch=60.0), mqtt_root=root, mqtt_pace=0.0)
    watcher.gateway._link.version = V311
    chargers = Behind(broker.url, root)
    chargers.link.start()
    await watcher.gateway.start()
    await linked(watcher.gateway._link, chargers.link)
    for number in range(5):
        chargers.call("CP1", "Heartbeat", {}, str(number))
    await until(lambda: len(chargers.told.get("CP1", [])) == 5)
    await until(lambda: watcher.view.counts()["messages in"] == 10)
    assert watcher.reports == []
    assert "3.1.1" in watcher.notes("broker")[0]
    await watcher.gateway.stop()
    await chargers.link.stop()


async def test_the_screen_says_how_the_broker_is(broker: Mosquitto, root: str, until: Until) -> None:
    async with stage((80, 24), mqtt=broker.url.replace("//", "//u:secret@"), gateway=True, mqtt_root=root) as s:
        await s.sees("mqtt connected, watching")
        screen = await s.sees("Waiting for a charger behind the broker")
        assert "not listening" not in screen
        await s.press("9")
        screen = await s.sees("only watches (--respond answers)")
        assert f"127.0.0.1:{broker.port}" in screen
        assert "secret" not in screen
        chargers = Behind(broker.url, root)
        chargers.link.start()
        await linked(chargers.link)
        chargers.call("CP1", "Heartbeat", {})
        await s.sees("1 charger seen")
        await s.press("1", "enter")
        screen = await s.sees("behind a broker")
        assert "answered ocpp" not in screen  # nobody saw a handshake
        assert "ws://" not in screen
        await s.press("R")
        assert any("Start it with --respond" in each.message for each in s.app._notifications)
        assert not isinstance(s.app.screen, CommandSheet)
        await s.press("ctrl+p", *"clearcache")
        await s.sees("Not now.")
        await s.press("down", "enter")
        assert not isinstance(s.app.screen, CommandSheet)
        assert not s.app.query("CommandSheet")
        await chargers.link.stop()


async def test_the_screen_says_that_the_broker_is_not_there() -> None:
    async with stage((80, 24), mqtt="mqtt://127.0.0.1:1", gateway=True) as s:
        await s.sees("mqtt unreachable, watching")
        await s.press("9")
        await s.sees("Does the broker run?")


def test_info_says_how_the_broker_is(broker: Mosquitto, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", "--gateway", "--mqtt", broker.url]) == 0
    told = capsys.readouterr().out
    assert f"Connected to {broker.url} with MQTT 5." in told
    assert "ocpp/cp/+/Reply" in told
    assert "Addresses to give to a charger" not in told
    assert main(["info", "--mqtt", "mqtt://u:secret@127.0.0.1:1"]) == 0
    told = capsys.readouterr().out
    assert "Does the broker run?" in told
    assert "secret" not in told


async def test_chargers_with_a_socket_are_served_besides_those_behind_the_broker(
    engines: Callable[..., Any], until: Until
) -> None:
    engine = await engines(listen=True)
    async with connect(f"ws://127.0.0.1:{engine.port}/WS1", subprotocols=["ocpp1.6"]) as charger:  # type: ignore[list-item]
        await charger.send(json.dumps([2, "b", "BootNotification", BOOT]))
        assert json.loads(await asyncio.wait_for(charger.recv(), 10))[2]["status"] == "Accepted"
        command = engine.request("WS1", "ClearCache", {})  # the console only watches the others
        asked = json.loads(await asyncio.wait_for(charger.recv(), 10))
        await charger.send(json.dumps([3, asked[1], {"status": "Accepted"}]))
        await until(lambda: command.progress is Progress.ANSWERED)
