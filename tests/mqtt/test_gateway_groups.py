"""Several consoles, and a broker that dies: every call is answered once, and what is lost is said."""

import asyncio
from collections.abc import Callable
from typing import Any

from behind_broker import BOOT, QUICK, Behind, Watcher, linked
from mosquitto import Mosquitto

from ocpp_console.events import ReplyLost, StationGone
from ocpp_console.model.commands import Progress

Until = Callable[..., Any]
CHARGERS = [f"CP{number}" for number in range(5)]
"""An odd number: mosquitto hands messages out in turn, so both members see every charger."""


async def test_two_consoles_in_a_group_answer_each_call_once(broker: Mosquitto, root: str, until: Until) -> None:
    pair = [Watcher(broker.url, mqtt_root=root, share="consoles", mqtt_pace=0.0) for _ in range(2)]
    chargers = Behind(broker.url, root, lambda call: {"status": "Accepted"})
    chargers.link.start()
    for one in pair:
        await one.gateway.start()
    await linked(chargers.link, *(one.gateway._link for one in pair))
    for _ in range(20):
        for cid in CHARGERS:
            chargers.call(cid, "Heartbeat", {})
    await until(lambda: all(len(chargers.told.get(cid, [])) == 20 for cid in CHARGERS))
    assert all(set(chargers.replies(cid).values()) == {1} for cid in CHARGERS)
    assert all(one.fleet.frames_in > 0 for one in pair)
    assert sum(one.fleet.frames_in for one in pair) == 100

    shared_by_both = next(cid for cid in CHARGERS if all(one.gateway.connection_of(cid) for one in pair))
    commands = [one.ask(shared_by_both, "Reset", {"type": "Soft"}) for one in pair]
    await until(lambda: all(command.progress is Progress.ANSWERED for command in commands))
    for one in pair:
        assert one.view.counts()["answers to others, left aside"] == 1
    for one in pair:
        await one.gateway.stop()
    await chargers.link.stop()


async def test_when_one_of_a_group_leaves_the_other_gets_everything(broker: Mosquitto, root: str, until: Until) -> None:
    pair = [Watcher(broker.url, mqtt_root=root, share="consoles", mqtt_pace=0.0) for _ in range(2)]
    chargers = Behind(broker.url, root)
    chargers.link.start()
    for one in pair:
        await one.gateway.start()
    await linked(chargers.link, *(one.gateway._link for one in pair))
    await pair[0].gateway.stop()
    for cid in CHARGERS:
        chargers.call(cid, "Heartbeat", {})
    await until(lambda: all(chargers.told.get(cid) for cid in CHARGERS))
    assert pair[1].fleet.frames_in == len(CHARGERS)
    await pair[1].gateway.stop()
    await chargers.link.stop()


async def test_a_broker_killed_under_traffic_nothing_is_answered_twice_and_losses_are_said(
    brokers: Callable[..., Mosquitto], until: Until
) -> None:
    broker = brokers()
    watcher = Watcher(broker.url, mqtt_pace=0.0)
    chargers = Behind(broker.url)
    chargers.link.start()
    await watcher.gateway.start()
    await linked(watcher.gateway._link, chargers.link)
    asked: dict[str, list[str]] = {cid: [] for cid in CHARGERS}
    for round_ in range(4):
        for _ in range(30):
            for cid in CHARGERS:
                asked[cid].append(chargers.call(cid, "Heartbeat", {}))
        await until(lambda: len(chargers.told.get("CP0", [])) > 20 * round_)  # noqa: B023 - awaited in the same round
        if round_ < 3:
            broker.kill()
            await asyncio.to_thread(broker.start)
            await linked(watcher.gateway._link, chargers.link)
    last = {cid: chargers.call(cid, "BootNotification", BOOT) for cid in CHARGERS}
    await until(lambda: all(chargers.replies(cid)[last[cid]] for cid in CHARGERS))
    answered = {cid: chargers.replies(cid) for cid in CHARGERS}
    seen: dict[str, int] = {}
    for message in watcher.fleet.messages:
        if message.action == "Heartbeat":
            seen[message.id] = seen.get(message.id, 0) + 1
    for cid in CHARGERS:
        twice = {name: count for name, count in answered[cid].items() if count > seen.get(name, 1)}
        assert twice == {}  # an answer for each time that a call was delivered, and no more
    lost = [fact.text for fact in watcher.of(ReplyLost)]
    counts = watcher.view.counts()
    assert sum("whether it arrived is unknown" in text for text in lost) == counts["messages of unknown fate"]
    assert sum("was not sent" in text for text in lost) == counts["messages not sent"]
    assert watcher.view.counts()["connections made"] == 4
    assert any("was lost" in text for text in watcher.reports)
    await watcher.gateway.stop()
    await chargers.link.stop()


async def test_a_broker_that_stays_away_takes_its_chargers_with_it(
    brokers: Callable[..., Mosquitto], until: Until
) -> None:
    broker = brokers()
    watcher = Watcher(broker.url, QUICK._replace(absence=0.05), mqtt_pace=0.0)
    chargers = Behind(broker.url)
    chargers.link.start()
    await watcher.gateway.start()
    await linked(watcher.gateway._link, chargers.link)
    chargers.call("CP1", "Heartbeat", {})
    await until(lambda: watcher.fleet.online)
    broker.kill()
    await until(lambda: watcher.view.standing != "mqtt connected")
    watcher.gateway._look_for_silence(watcher.gateway._board.loop.time() + 1)
    assert [fact.reason for fact in watcher.of(StationGone)] == [
        "The broker is away; nothing is known of the chargers behind it."
    ]
    await watcher.gateway.stop()
    await chargers.link.stop()
