"""The broker of a bridge is killed, hangs or refuses: chargers are served as ever, and nothing is lost silently."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from bridged import Traffic, ask, bridge_of, charger, notes_of
from mosquitto import Mosquitto

from ocpp_console.mqtt.link import Limits

Begin = Callable[..., Any]
Until = Callable[..., Awaitable[Any]]
QUICK = Limits(first_pause=0.05, longest_pause=0.1, refused_pause=0.1)


async def test_killed_and_started_again_under_traffic(
    brokers: Callable[..., Mosquitto], bridged: Begin, service: Begin, until: Until
) -> None:
    own = brokers()
    office = await service(own.url, root="ocpp/")
    engine = await bridged(own.url, limits=QUICK, mqtt_root="ocpp/", mqtt_answers="external", answer_timeout=0.4)
    bridge = bridge_of(engine)
    traffic = Traffic([await charger(engine, f"K{number}") for number in range(6)])
    for round in (1, 2):
        served = bridge.tally.answered
        await until(lambda served=served: bridge.tally.answered > served + 20)  # type: ignore[misc]
        own.kill()
        await until(lambda: not bridge.link.online)
        await traffic.goes_on(until)  # the console answers meanwhile
        own.start()
        await office.step("ready", count=round + 1)
        await until(lambda: bridge.link.online)
    served = bridge.tally.answered
    await until(lambda: bridge.tally.answered > served + 20)
    asked = await traffic.end() + 6  # and the boots
    assert asked == len([m for m in engine.fleet.messages if m.action in ("Heartbeat", "BootNotification")])
    await until(lambda: bridge.figures()["waiting"] == 0 and not bridge.link.outbox.on_the_way)
    assert (bridge.lost, bridge.tally.mirrored) == (0, bridge.tally.confirmed)
    assert bridge.tally.mirrored >= asked


async def test_what_a_bounded_queue_could_not_keep_is_counted_and_said(
    brokers: Callable[..., Mosquitto], bridged: Begin, service: Begin, until: Until
) -> None:
    own = brokers()
    engine = await bridged(own.url, limits=QUICK._replace(outbox=10), mqtt_root="ocpp/")
    notes = notes_of(engine)
    bridge = bridge_of(engine)
    own.kill()
    await until(lambda: not bridge.link.online)
    line = await charger(engine)
    for beat in range(20):
        await ask(line, [2, f"h{beat}", "Heartbeat", {}])
    await until(lambda: bridge.tally.mirrored == 42)  # call and answer, with the boot
    assert bridge.lost == 32
    assert "32 messages lost" in bridge.standing
    assert any("did not reach the broker" in problem.text for problem in engine.problems)
    office_comes = asyncio.create_task(service(own.url, root="ocpp/", answer=False))
    own.start()
    office = await office_comes
    await until(lambda: bridge.tally.confirmed == 10)
    await ask(line, [2, "after", "Heartbeat", {}])
    await office.step("call", lambda said: said["message"]["UniqueId"] == "after")
    assert any("was lost" in note.text for note in notes)
    await line.close()


async def test_a_broker_that_hangs_costs_chargers_no_time(
    brokers: Callable[..., Mosquitto], bridged: Begin, until: Until
) -> None:
    own = brokers()
    engine = await bridged(own.url, limits=QUICK, mqtt_root="ocpp/")
    line = await charger(engine)
    own.freeze()
    loop = asyncio.get_running_loop()
    began = loop.time()
    for beat in range(600):  # more than may be on its way to the broker
        await ask(line, [2, f"h{beat}", "Heartbeat", {}])
    assert loop.time() - began < 6
    own.thaw()
    await until(lambda: bridge_of(engine).tally.confirmed == 1202)
    assert bridge_of(engine).lost == 0
    await line.close()


async def test_a_broker_that_hangs_delays_one_answer_and_is_asked_again_when_it_lives(
    brokers: Callable[..., Mosquitto], bridged: Begin, service: Begin, until: Until
) -> None:
    own = brokers()
    await service(own.url, root="ocpp/")
    seconds = 0.3
    engine = await bridged(own.url, mqtt_root="ocpp/", mqtt_answers="external", answer_timeout=seconds)
    notes = notes_of(engine)
    line = await charger(engine)
    bridge = bridge_of(engine)
    assert bridge.tally.answered == 1
    own.freeze()
    loop = asyncio.get_running_loop()
    began = loop.time()
    for beat in range(30):
        await ask(line, [2, f"h{beat}", "Heartbeat", {}])
    assert loop.time() - began < 10 * seconds  # one waits, 29 do not
    assert (bridge.tally.fallen_back, bridge.tally.alone) == (1, 29)
    assert [note.text for note in notes] == [
        "The broker confirmed nothing for 0.3 s: until it does the console answers by itself."
    ]
    own.thaw()
    await until(lambda: notes[1:] and "confirms again" in notes[1].text)
    await ask(line, [2, "after", "Heartbeat", {}])
    assert bridge.tally.answered == 2
    await line.close()


async def test_a_broker_that_forbids_is_told_in_words(
    brokers: Callable[..., Mosquitto], bridged: Begin, until: Until
) -> None:
    own = brokers(users={"console": "secret"}, rules="user console\ntopic read elsewhere/#\n")
    engine = await bridged(own.url_for("console", "secret"), mqtt_root="ocpp/")
    notes = notes_of(engine)
    line = await charger(engine)
    await until(lambda: bridge_of(engine).tally.rejected == 2)
    assert any("not authorized" in note.text for note in notes)
    assert "2 messages lost" in bridge_of(engine).standing
    assert "secret" not in json.dumps([note.text for note in notes])
    await line.close()


async def test_a_wrong_password_is_told_and_chargers_are_served(
    brokers: Callable[..., Mosquitto], bridged: Begin, until: Until
) -> None:
    own = brokers(users={"console": "secret"})
    engine = await bridged(own.url_for("console", "wrong"), linked=False, mqtt_answers="external", answer_timeout=60.0)
    line = await charger(engine)  # the console answers at once: there is nobody to ask
    await until(lambda: any("wrong user or password" in p.text or "not authorized" in p.text for p in engine.problems))
    assert not any("wrong@" in problem.text or ":wrong" in problem.text for problem in engine.problems)
    await line.close()
