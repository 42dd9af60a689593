"""The bridge: our own chargers on a real broker, watched, answered and commanded by npm's service."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from bridged import BOOT, ask, bridge_of, charger, notes_of
from console_process import free_port, headless
from mosquitto import Mosquitto

from ocpp_console.model.commands import Progress
from ocpp_console.mqtt.connecting import V311

Begin = Callable[..., Any]
Until = Callable[..., Awaitable[Any]]
START = [2, "s", "StartTransaction",
         {"connectorId": 1, "idTag": "T", "meterStart": 0, "timestamp": "2026-01-01T00:00:00Z"}]  # fmt: skip


def message(kind: int, id: str) -> Callable[[Any], bool]:
    """Whether a step of the service is a message of this type and id."""
    return lambda said: said["message"]["MessageTypeId"] == kind and said["message"]["UniqueId"] == id


async def test_a_service_watches_while_the_console_answers(
    bridged: Begin, service: Begin, broker: Mosquitto, root: str
) -> None:
    office = await service(broker.url, root=root, answer=False, presence=root + "cs/#")
    engine = await bridged()
    line = await charger(engine)
    assert await office.step("call") == {
        "station": "CP1",
        "message": {"MessageTypeId": 2, "UniqueId": "b", "Action": "BootNotification", "Payload": BOOT[3]},
    }
    ours = json.loads((await office.step("other"))["text"])
    assert (ours["MessageTypeId"], ours["Action"], ours["Payload"]["status"]) == (3, "BootNotification", "Accepted")
    command = engine.request("CP1", "Reset", {"type": "Soft"})
    asked = json.loads(await line.recv())
    told = json.loads((await office.step("other", count=2))["text"])
    assert told == {"MessageTypeId": 2, "UniqueId": command.id, "Action": "Reset", "Payload": {"type": "Soft"}}
    await line.send(json.dumps([4, asked[1], "NotSupported", "no", {"why": "never carried"}]))
    answer = (await office.step("reply"))["message"]
    assert answer == {"MessageTypeId": 4, "UniqueId": command.id, "ErrorCode": "NotSupported", "ErrorDescription": "no"}
    assert bridge_of(engine).lost == 0
    await line.close()


async def test_an_allowed_command_reaches_the_charger_with_its_id_and_is_answered(
    bridged: Begin, service: Begin, broker: Mosquitto, root: str
) -> None:
    office = await service(broker.url, root=root, answer=False, presence=root + "cs/#")
    engine = await bridged(mqtt_commands=("Reset,ClearCache",))
    line = await charger(engine)
    office.ask(command={"station": "CP1", "id": "svc-1", "action": "Reset", "payload": {"type": "Hard"}})
    assert json.loads(await line.recv()) == [2, "svc-1", "Reset", {"type": "Hard"}]
    await line.send('[3,"svc-1",{"status":"Accepted"}]')
    assert (await office.step("reply"))["message"] == {
        "MessageTypeId": 3, "UniqueId": "svc-1", "Payload": {"status": "Accepted"}}  # fmt: skip
    (command,) = engine.fleet.commands.of("CP1")
    assert (command.progress, command.verdict, command.purpose) == (Progress.ANSWERED, "Accepted", "MQTT")
    office.ask(command={"station": "CP1", "id": "svc-1", "action": "Reset", "payload": {"type": "Hard"}})
    await office.step("reply", count=2)  # MQTT may deliver twice: answered alike, and not sent again
    assert bridge_of(engine).tally.repeated == 1
    assert len(engine.fleet.commands.of("CP1")) == 1
    told = [json.loads(said["text"]) for said in office.of("other")]
    assert len([each for each in told if each["UniqueId"] == "svc-1"]) == 2  # its own two: the bridge adds no third
    await line.close()


@pytest.mark.parametrize(
    ("allowed", "command", "said"),
    [
        ((), {"action": "Reset", "payload": {"type": "Soft"}}, "--mqtt-commands Reset"),
        (("ClearCache",), {"action": "Reset", "payload": {"type": "Soft"}}, "allowed are ClearCache"),
        (("any",), {"action": "Reset", "payload": {"type": "Gently"}}, "breaks the rules of its schema"),
        (("any",), {"action": "Explode", "payload": {}}, "no action Explode"),
        (("any",), {"id": "x" * 37, "action": "ClearCache", "payload": {}}, "1 to 36"),
    ],
)
async def test_a_command_that_is_not_taken_is_refused_in_words(
    bridged: Begin, service: Begin, broker: Mosquitto, root: str, allowed: Any, command: Any, said: str
) -> None:
    office = await service(broker.url, root=root, answer=False)
    engine = await bridged(mqtt_commands=allowed)
    notes = notes_of(engine)
    line = await charger(engine)
    office.ask(command={"station": "CP1", "id": "no-1", **command})
    refused = (await office.step("reply"))["message"]
    assert (refused["MessageTypeId"], refused["UniqueId"]) == (4, command.get("id", "no-1"))
    assert said in refused["ErrorDescription"]
    assert [note for note in notes if note.code == "mqtt_refused" and said in note.text]
    assert not engine.fleet.commands.of("CP1")
    await line.close()


async def test_who_asked_is_told_when_no_answer_comes(
    bridged: Begin, service: Begin, broker: Mosquitto, root: str
) -> None:
    office = await service(broker.url, root=root, answer=False)
    engine = await bridged(mqtt_commands=("any",), call_timeout=0.3)
    line = await charger(engine)
    office.ask(command={"station": "CP1", "id": "late", "action": "ClearCache"})
    assert json.loads(await line.recv())[1] == "late"
    refused = (await office.step("reply"))["message"]
    assert (refused["ErrorCode"], refused["ErrorDescription"]) == ("GenericError", "No answer came in time.")
    await line.close()


async def test_an_external_service_answers_and_the_console_follows_it(
    bridged: Begin, service: Begin, broker: Mosquitto, root: str, until: Until
) -> None:
    office = await service(
        broker.url, root=root, answer=["BootNotification", "StartTransaction"], presence=root + "cs/#"
    )
    engine = await bridged(mqtt_answers="external", answer_timeout=1.0)
    line = await charger(engine)
    answer = await ask(line, START)
    assert answer[2]["transactionId"] > 5000  # the service counts from there
    (session,) = await until(lambda: engine.fleet.transactions.of("CP1"))
    assert session.id == str(answer[2]["transactionId"])
    assert bridge_of(engine).tally.answered == 2
    beat = await ask(line, [2, "h", "Heartbeat", {}])  # nobody answers that one
    assert beat[0] == 3
    assert "currentTime" in beat[2]
    assert bridge_of(engine).tally.fallen_back == 1
    rows = {row.action: row.note for row in engine.fleet.messages}
    assert rows["StartTransaction"] == "answered by an MQTT service"
    assert rows["Heartbeat"] == ""
    mirrored = [json.loads(said["text"]) for said in office.of("other")]
    assert [each["UniqueId"] for each in mirrored].count("s") == 1  # the service's own answer, not repeated by us
    await line.close()


async def test_without_anybody_who_listens_the_console_answers_at_once(bridged: Begin) -> None:
    engine = await bridged(mqtt_answers="external", answer_timeout=60.0)
    line = await charger(engine)  # would wait for a minute otherwise
    assert bridge_of(engine).tally.fallen_back == 1
    await line.close()


async def test_a_late_answer_is_not_passed_on_and_said(
    bridged: Begin, service: Begin, broker: Mosquitto, root: str, until: Until
) -> None:
    await service(broker.url, root=root, delay=400)
    engine = await bridged(mqtt_answers="external", answer_timeout=0.1)
    notes = notes_of(engine)
    line = await charger(engine)
    await until(lambda: bridge_of(engine).tally.unasked == 1)
    assert any("had answered already" in note.text for note in notes)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await line.recv()
    await line.close()


async def test_internal_answers_win_over_a_service_that_answers_too(
    bridged: Begin, service: Begin, broker: Mosquitto, root: str, until: Until
) -> None:
    await service(broker.url, root=root)
    engine = await bridged()
    notes = notes_of(engine)
    line = await charger(engine)
    await until(lambda: bridge_of(engine).tally.unasked == 1)
    assert any("not passed on" in note.text for note in notes)
    await line.close()


async def test_garbage_retained_and_strangers_are_counted_and_told(
    bridged: Begin, service: Begin, broker: Mosquitto, root: str, until: Until
) -> None:
    office = await service(broker.url, root=root, answer=False)
    engine = await bridged(mqtt_commands=("any",))
    notes = notes_of(engine)
    line = await charger(engine)
    reset = '{"MessageTypeId":2,"UniqueId":"r","Action":"ClearCache","Payload":{}}'
    office.ask(publish={"topic": f"{root}cs/CP1", "payload": "\x1b[31mboo"})
    office.ask(publish={"topic": f"{root}cs/CP1", "payload": reset, "options": {"retain": True}})
    office.ask(publish={"topic": f"{root}cs/CP9", "payload": reset})
    tally = bridge_of(engine).tally
    await until(lambda: (tally.garbage, tally.retained, tally.strangers) == (1, 1, 1))
    assert {"mqtt_garbage", "mqtt_retained", "mqtt_stranger"} <= {note.code for note in notes}
    assert not any("\x1b" in note.text for note in notes)
    assert not engine.fleet.commands.of("CP1")
    await line.close()


async def test_what_has_no_shape_in_mqtt_is_counted_and_told(
    bridged: Begin, service: Begin, broker: Mosquitto, root: str, until: Until
) -> None:
    office = await service(broker.url, root=root, answer=False)
    engine = await bridged()
    notes = notes_of(engine)
    line = await charger(engine)
    await line.send("not JSON at all")
    await line.send(json.dumps([2, "h1", "Heartbeat", {}]).encode())  # binary
    await until(lambda: bridge_of(engine).tally.unposted == 2)
    await ask(line, [2, "h2", "Heartbeat", {}])
    await office.step("call", message(2, "h2"))
    assert not [said for said in office.of("call") if said["message"]["UniqueId"] == "h1"]
    assert any(note.code == "mqtt_unposted" and note.station == "CP1" for note in notes)
    await line.close()


async def test_ocpp_21_takes_the_same_shapes(bridged: Begin, service: Begin, broker: Mosquitto, root: str) -> None:
    office = await service(broker.url, root=root, answer=False)
    engine = await bridged()
    line = await charger(engine, version="2.1", boots=False)
    await line.send(
        '[6,"n1","NotifyPeriodicEventStream",{"id":1,"pending":0,"basetime":"2026-01-01T00:00:00Z","data":[]}]'
    )
    said = await office.step("call", message(6, "n1"))
    assert (said["message"]["Action"], said["message"]["Payload"]["id"]) == ("NotifyPeriodicEventStream", 1)
    await line.close()


async def test_an_identity_is_encoded_in_its_topic_and_found_again(
    bridged: Begin, service: Begin, broker: Mosquitto, root: str
) -> None:
    office = await service(broker.url, root=root, answer=False)
    engine = await bridged(mqtt_commands=("any",))
    line = await charger(engine, "a%2Bb%20%C3%A9")  # a+b é
    assert (await office.step("call"))["station"] == "a%2Bb%20%C3%A9"
    office.ask(command={"station": "a%2Bb%20%C3%A9", "id": "c", "action": "ClearCache"})
    assert json.loads(await line.recv())[1:3] == ["c", "ClearCache"]
    await line.close()


async def test_presence_is_retained_and_ends_with_the_console(
    bridged: Begin, service: Begin, broker: Mosquitto, root: str
) -> None:
    engine = await bridged(presence=True)
    line = await charger(engine)
    gone = await charger(engine, "CP2")
    await gone.close()
    office = await service(broker.url, root=root, answer=False, presence=root + "presence/#")

    def tells(station: str, connected: bool) -> Callable[[Any], bool]:
        return lambda said: (
            said["topic"] == f"{root}presence/{station}" and json.loads(said["text"])["connected"] is connected
        )

    here = await office.step("other", tells("CP1", True))
    assert here["retain"]  # it came after the charger did
    connection = engine.fleet.stations["CP1"].connection
    assert json.loads(here["text"])["connected_at"] == connection.since // 1000
    await office.step("other", tells("CP2", False))
    await engine.stop()
    await office.step("other", tells("CP1", False))
    await line.close()


async def test_the_operator_sees_the_broker_and_what_went_through(bridged: Begin, until: Until, root: str) -> None:
    engine = await bridged()
    line = await charger(engine)
    (view,) = engine.brokers
    await until(lambda: view.counts().get("frames told, taken") == 2)  # the boot and its answer
    assert view.well
    assert all(len(words) < 32 for words in view.counts())
    assert f"{root}cs/+" in view.topics
    assert view.counts()["frames told, heard by nobody"] == 1  # of the topic of answers we are a subscriber ourselves
    assert bridge_of(engine).standing == "bridge connected"
    await line.close()


async def test_with_mqtt_311_our_own_messages_come_back_and_are_known(
    bridged: Begin, service: Begin, broker: Mosquitto, root: str, until: Until
) -> None:
    office = await service(broker.url, root=root, answer=False, protocolVersion=4)
    engine = await bridged(linked=False, mqtt_commands=("any",))
    bridge = bridge_of(engine)
    bridge.link.version = V311  # what it finds out by itself about a broker that knows no other
    await until(lambda: bridge.link.online)
    line = await charger(engine)
    ours = engine.request("CP1", "ClearCache", {})
    await line.recv()
    await line.send(json.dumps([3, ours.id, {"status": "Accepted"}]))
    office.ask(command={"station": "CP1", "id": "svc", "action": "ClearCache"})
    assert json.loads(await line.recv())[1] == "svc"
    await until(lambda: bridge.link.counts.received == 3)  # the answer to the boot, our command, and theirs
    assert (bridge.tally.commands, bridge.tally.unasked, bridge.tally.repeated) == (1, 0, 0)
    assert bridge.link.version is V311
    await line.close()


async def test_the_last_will_of_a_console_that_is_killed(
    service: Begin, broker: Mosquitto, root: str, tmp_path: Path
) -> None:
    office = await service(broker.url, root=root, answer=False, presence=root + "bridge/#")
    port = free_port()
    flags = ("--bridge", "--mqtt", broker.url, "--mqtt-root", root, "--presence")
    with headless(port, tmp_path / "console.db", *flags) as process:
        alive = await office.step("other")
        assert alive["topic"].endswith(f"-{port}")
        assert '"connected": true' in alive["text"]
        process.kill()
        dead = await office.step("other", count=2)
    assert dead["topic"] == alive["topic"]
    assert '"connected": false' in dead["text"]
