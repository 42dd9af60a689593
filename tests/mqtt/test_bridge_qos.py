"""The quality of service of what a bridge tells: as it is set, and refusals are counted with each."""

from collections.abc import Callable
from typing import Any

import pytest
from behind_broker import LINK, linked
from bridged import bridge_of, charger
from mosquitto import Mosquitto

from ocpp_console.mqtt.broker import broker_of
from ocpp_console.mqtt.link import Link, Message, Subscription

Begin = Callable[..., Any]


@pytest.mark.parametrize("qos", [0, 1, 2])
async def test_a_subscriber_gets_the_quality_that_is_set(
    bridged: Begin, broker: Mosquitto, root: str, until: Callable[..., Any], qos: int
) -> None:
    heard: list[Message] = []
    everything = [Subscription(root + "#", "everything", qos=2)]
    watcher = Link(broker_of(broker.url), everything, heard.append, lambda status: None, limits=LINK)
    watcher.start()
    await linked(watcher)
    engine = await bridged(mqtt_qos=qos)
    line = await charger(engine)
    await until(lambda: len(heard) == 2)
    assert [message.qos for message in heard] == [qos, qos]
    tally = bridge_of(engine).tally
    await until(lambda: tally.confirmed == tally.mirrored == 2)
    await watcher.stop()
    await line.close()


async def test_what_the_broker_refuses_is_counted_with_quality_2_too(
    brokers: Callable[..., Mosquitto], bridged: Begin, until: Callable[..., Any]
) -> None:
    own = brokers(users={"console": "secret"}, rules="user console\ntopic read elsewhere/#\n")
    engine = await bridged(own.url_for("console", "secret"), mqtt_qos=2)
    line = await charger(engine)
    await until(lambda: bridge_of(engine).lost == 2)
    await line.close()
