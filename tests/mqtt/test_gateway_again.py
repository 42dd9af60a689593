"""What a console in gateway mode makes of a second connection to its broker, and of the part that a group leaves it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from behind_broker import BOOT, LINK, QUICK, Behind, Watcher, linked
from bridged import bridge_of
from mosquitto import Mosquitto

from ocpp_console.csms import emqx_arrivals
from ocpp_console.events import StationGone
from ocpp_console.protocol.findings import Severity
from ocpp_console.troubles import Notice, Troubles

Until = Callable[..., Any]


async def test_what_was_said_of_the_broker_is_withdrawn_when_it_is_back_and_others_are_looked_for_again(
    brokers: Callable[..., Mosquitto], until: Until
) -> None:
    own = brokers()
    watcher = Watcher(own.url, QUICK._replace(watch=0.02))
    kept = Troubles()
    watcher.gateway._withdraw = kept.withdraw
    watcher.gateway._report = lambda text, severity: kept.append(Notice(1, severity, text))
    link, filter = watcher.gateway._link, watcher.gateway._watched
    await watcher.gateway.start()
    await linked(link)
    await until(lambda: filter not in [one.filter for one in link.subscriptions])
    own.kill()
    await until(lambda: kept and "Does the broker run?" in kept[-1].text)
    assert len(kept) == 1  # not what was said before it
    assert filter in [one.filter for one in link.subscriptions]
    own.start()
    await until(lambda: not kept)
    await until(lambda: filter not in [one.filter for one in link.subscriptions])
    lost = [text for text in watcher.notes("broker") if "lost" in text]
    own.kill()
    await until(lambda: kept)  # within the same minute
    await until(lambda: len([text for text in watcher.notes("broker") if "lost" in text]) == len(lost) + 1)
    await watcher.gateway.stop()


async def test_the_troubles_of_a_bridge_are_withdrawn_too(
    brokers: Callable[..., Mosquitto], bridged: Callable[..., Any], until: Until
) -> None:
    own = brokers()
    engine = await bridged(own.url, limits=LINK)
    engine.report("Something else is wrong.", Severity.WARNING)
    own.kill()
    await until(lambda: any("Does the broker run?" in each.text for each in engine.problems))
    own.start()
    await until(lambda: bridge_of(engine).link.online)
    await until(lambda: [each.text for each in engine.problems] == ["Something else is wrong."])


async def test_a_kept_word_about_a_charger_that_is_there_is_no_news(
    broker: Mosquitto, root: str, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emqx_arrivals, "JUST_CAME", -1.0)
    watcher, chargers = (
        Watcher(broker.url, mqtt_root=root, mqtt_presence=("presence/${cid}",)),
        Behind(broker.url, root),
    )
    chargers.link.start()
    await watcher.gateway.start()
    await linked(watcher.gateway._link, chargers.link)
    chargers.call("CP1", "BootNotification", BOOT)
    await until(lambda: watcher.fleet.online)

    def tell(retain: bool, **more: Any) -> None:
        payload = json.dumps({"clientid": "CP1", "connected": True, **more}).encode()
        chargers.link.publish(f"{root}presence/CP1", payload, retain=retain)

    for since in (None, 1000, 1000, 2000):  # the last one is a new connection
        tell(True, **({"connected_at": since} if since else {}))
    await until(lambda: watcher.of(StationGone))
    station = watcher.gateway.connection_of("CP1")
    assert station is not None
    assert station.connected_at == 2000
    assert len(watcher.of(StationGone)) == 1
    tell(False)
    tell(True, connected=False)
    await until(lambda: not watcher.fleet.online)
    chargers.link.publish(f"{root}presence/CP1", b"", retain=True)
    await watcher.gateway.stop()
    await chargers.link.stop()


async def test_in_a_group_a_charger_is_given_more_time_for_each_console_hears_a_part_of_it(
    broker: Mosquitto, root: str, until: Until
) -> None:
    watcher, chargers = Watcher(broker.url, mqtt_root=root, share="g", interval=300), Behind(broker.url, root)
    chargers.link.start()
    await watcher.gateway.start()
    await linked(watcher.gateway._link, chargers.link)
    chargers.call("CP1", "BootNotification", BOOT)
    await until(lambda: watcher.fleet.online)
    station = watcher.gateway.connection_of("CP1")
    assert station is not None
    watcher.gateway._look_for_silence(station.heard_at + 2_900)
    assert watcher.fleet.online
    heard = station.heard_at
    chargers.say("CP1", {"MessageTypeId": 3, "UniqueId": "of-another", "Payload": {}}, "/Reply")
    await until(lambda: station.heard_at > heard)  # an answer to another console is a sign of life
    watcher.gateway._look_for_silence(station.heard_at + 3_001)
    assert not watcher.fleet.online
    await watcher.gateway.stop()
    await chargers.link.stop()
