"""Gateway mode against a real broker: chargers behind it are stations, answered, commanded or only watched."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from behind_broker import BOOT, QUICK, Behind, Watcher, linked
from mosquitto import Mosquitto

from ocpp_console.csms.calls import NotTaken
from ocpp_console.events import CallAbandoned, FrameReceived, FrameSent, ReplyLost, StationConnected, StationGone
from ocpp_console.model.commands import Progress
from ocpp_console.model.messages import State
from ocpp_console.mqtt.reasons import NO_SUBSCRIBERS

Until = Callable[..., Any]
Begin = Callable[..., Any]


@pytest.fixture
async def begin(broker: Mosquitto, root: str) -> AsyncIterator[Begin]:
    """`watcher, chargers = await begin(respond=…)`: a console and chargers on the shared broker, both connected."""
    running: list[Watcher | Behind] = []

    async def make(url: str = "", answer: Any = None, limits: Any = QUICK, **settings: Any) -> tuple[Watcher, Behind]:
        url = url or broker.url
        watcher = Watcher(url, limits, **{"mqtt_root": root, "mqtt_pace": 0.0, **settings})
        chargers = Behind(url, root, answer)
        running.extend((watcher, chargers))
        chargers.link.start()
        await watcher.gateway.start()
        await linked(watcher.gateway._link, chargers.link)
        return watcher, chargers

    yield make
    for each in running:
        await (each.gateway.stop() if isinstance(each, Watcher) else each.link.stop())


async def test_a_charger_behind_the_broker_is_a_station_and_is_answered(begin: Begin, until: Until) -> None:
    watcher, chargers = await begin()
    call_id = chargers.call("CP1", "BootNotification", BOOT)
    await until(lambda: chargers.told.get("CP1"))
    (reply,) = chargers.told["CP1"]
    assert (reply["MessageTypeId"], reply["UniqueId"], reply["Action"]) == (3, call_id, "BootNotification")
    assert type(reply["Payload"]["interval"]) is int
    station = watcher.fleet.stations["CP1"]
    assert (station.online, station.version, station.registration, station.vendor) == (True, "1.6", "Accepted", "V")
    (connected,) = watcher.of(StationConnected)
    assert connected.path.endswith("cp/CP1")
    chargers.call("CP1", "Nonsense", {})
    await until(lambda: len(chargers.told["CP1"]) == 2)
    assert chargers.told["CP1"][1]["ErrorCode"] == "NotImplemented"
    assert "ErrorDetails" not in chargers.told["CP1"][1]


async def test_commands_go_one_at_a_time_and_are_matched_by_their_id(begin: Begin, until: Until) -> None:
    watcher, chargers = await begin()
    chargers.call("CP1", "Heartbeat", {})
    await until(lambda: watcher.fleet.online)
    first = watcher.ask("CP1", "Reset", {"type": "Soft"})
    second = watcher.ask("CP1", "ClearCache", {})
    await until(lambda: chargers.commands("CP1"))
    chargers.say("CP1", {"MessageTypeId": 3, "UniqueId": "another", "Payload": {}}, "/Reply")
    await until(lambda: len(watcher.of(FrameReceived)) == 2)
    assert [each["Action"] for each in chargers.commands("CP1")] == ["Reset"]
    sent = chargers.commands("CP1")[0]
    assert sent["UniqueId"].startswith("oc-")
    assert len(sent["UniqueId"]) <= 36
    chargers.say("CP1", {"MessageTypeId": 3, "UniqueId": first.id, "Payload": {"status": "Accepted"}}, "/Reply")
    await until(lambda: len(chargers.commands("CP1")) == 2)
    assert first.progress is Progress.ANSWERED
    error = {"MessageTypeId": 4, "UniqueId": second.id, "ErrorCode": "NotSupported", "ErrorDescription": "no"}
    chargers.say("CP1", error, "/Reply")
    await until(lambda: second.message is not None and second.message.state is State.ERROR)


async def test_a_command_that_nobody_answers_is_given_up_in_time(begin: Begin, until: Until) -> None:
    watcher, chargers = await begin(call_timeout=0.1)
    chargers.call("CP1", "Heartbeat", {})
    await until(lambda: watcher.fleet.online)
    watcher.ask("CP1", "Reset", {"type": "Soft"})
    await until(lambda: [fact.why for fact in watcher.of(CallAbandoned)] == ["timeout"])


async def test_messages_to_a_charger_keep_their_distance_and_others_do_not_wait(begin: Begin, until: Until) -> None:
    watcher, chargers = await begin(mqtt_pace=0.08, answer=lambda call: {"status": "Accepted"})
    for cid in ("CP1", "CP2"):
        chargers.call(cid, "BootNotification", BOOT)
        for _ in range(3):
            chargers.call(cid, "Heartbeat", {})
    await until(lambda: all(len(chargers.told.get(cid, [])) == 4 for cid in ("CP1", "CP2")))
    command = watcher.ask("CP1", "Reset", {"type": "Soft"})
    await until(lambda: command.progress is Progress.ANSWERED)
    for cid in ("CP1", "CP2"):
        times = chargers.when[cid]
        assert times[-1] - times[0] > (len(times) - 1) * 0.08 - 0.03  # the broker and the loop may add, not take away
    assert abs(chargers.when["CP1"][0] - chargers.when["CP2"][0]) < 0.08


async def test_the_same_call_again_is_answered_alike(begin: Begin, until: Until) -> None:
    watcher, chargers = await begin()
    start = {"connectorId": 1, "idTag": "T", "meterStart": 0, "timestamp": "2026-01-01T00:00:00Z"}
    for _ in range(3):
        chargers.call("CP1", "StartTransaction", start, "same")
    chargers.call("CP1", "Heartbeat", {}, "beat")
    chargers.call("CP1", "Heartbeat", {}, "beat")
    await until(lambda: len(chargers.told.get("CP1", [])) == 5)
    starts = [one for one in chargers.told["CP1"] if one["UniqueId"] == "same"]
    assert starts[0] == starts[1] == starts[2]
    assert len(watcher.fleet.transactions) == 1
    beats = [one for one in chargers.told["CP1"] if one["UniqueId"] == "beat"]
    assert beats[0] == beats[1]


async def test_only_watching_sends_nothing_and_shows_what_another_responder_does(
    begin: Begin, until: Until, root: str
) -> None:
    watcher, chargers = await begin(respond=False)
    call_id = chargers.call("CP1", "BootNotification", BOOT)
    await until(lambda: watcher.fleet.online)
    other = chargers.link  # a third party that answers and commands
    answer = {"currentTime": "2026-01-01T00:00:00Z", "interval": 77, "status": "Accepted"}
    made = {"MessageTypeId": 3, "UniqueId": call_id, "Payload": answer}
    other.publish(f"{root}cs/CP1", json.dumps(made).encode())
    asked = {"MessageTypeId": 2, "UniqueId": "theirs", "Action": "Reset", "Payload": {"type": "Soft"}}
    other.publish(f"{root}cs/CP1", json.dumps(asked).encode())
    await until(lambda: len(watcher.of(FrameSent)) == 2)
    chargers.say("CP1", {"MessageTypeId": 3, "UniqueId": "theirs", "Payload": {"status": "Rejected"}}, "/Reply")
    await until(lambda: len(watcher.of(FrameReceived)) == 2)
    rows = [row for row in watcher.fleet.messages if row.action in ("BootNotification", "Reset")]
    assert [(row.action, row.state, row.verdict) for row in rows] == [
        ("BootNotification", State.RESULT, "Accepted"),
        ("Reset", State.RESULT, "Rejected"),
    ]
    station = watcher.fleet.stations["CP1"]
    assert (station.registration, station.interval) == ("Accepted", 77)
    assert "Another responder answers" in watcher.notes("other_responder")[0]
    assert "--respond" in watcher.gateway.refusal
    assert [one for one in chargers.told["CP1"] if one not in (made, asked)] == []


async def test_another_responder_is_said_while_we_answer(begin: Begin, until: Until, root: str) -> None:
    watcher, chargers = await begin(limits=QUICK._replace(watch=60.0))
    chargers.call("CP1", "Heartbeat", {}, "1")
    await until(lambda: chargers.told.get("CP1"))
    assert watcher.reports == []  # our own answer is not another's
    chargers.link.publish(f"{root}cs/CP1", b'{"MessageTypeId":3,"UniqueId":"1","Payload":{}}')
    await until(lambda: watcher.reports)
    assert "answered twice" in watcher.reports[0]


async def test_a_charger_that_is_not_there_is_known_by_the_reason_code(begin: Begin, until: Until, root: str) -> None:
    watcher, chargers = await begin(limits=QUICK._replace(watch=0.0))
    chargers.call("CP1", "Heartbeat", {})
    await until(lambda: chargers.told.get("CP1"))
    await until(lambda: watcher.gateway._watched not in [one.filter for one in watcher.gateway._link.subscriptions])
    await chargers.link.stop()
    fates: list[int] = []

    def nobody_is_there() -> bool:
        """The broker has taken notice that the charger's subscription is gone."""
        watcher.gateway._link.publish(f"{root}cs/CP1", b"{}", done=fates.append)
        return NO_SUBSCRIBERS in fates

    await until(nobody_is_there)
    command = watcher.ask("CP1", "Reset", {"type": "Soft"})
    await until(lambda: watcher.of(StationGone))
    assert "nobody is subscribed" in watcher.of(StationGone)[0].reason
    assert command.progress is not Progress.SENT
    assert not watcher.fleet.online


async def test_events_of_the_broker_say_who_comes_and_goes(begin: Begin, until: Until, root: str) -> None:
    watcher, chargers = await begin(mqtt_presence=("sys/${cid}/+",))

    def event(word: str, **more: Any) -> None:
        payload = {"clientid": "CP1", "ipaddress": "10.0.0.9", "ts": 1, **more}
        chargers.link.publish(f"{root}sys/CP1/{word}", json.dumps(payload).encode())

    event("connected", connected_at=1000)
    await until(lambda: watcher.fleet.online)
    assert watcher.of(StationConnected)[0].address == "10.0.0.9"
    event("disconnected", connected_at=900, reason="sock_closed")  # of an older connection
    event("connected", connected_at=1000)  # the same one again
    event("connected", connected_at=2000)  # a newer one, of which no end was told
    await until(lambda: len(watcher.of(StationConnected)) == 2)
    event("disconnected", connected_at=2000, reason="sock_closed")
    await until(lambda: not watcher.fleet.online)
    assert [fact.reason for fact in watcher.of(StationGone)] == [
        "It connected to the gateway again.",
        "The gateway said: sock_closed.",
    ]
    assert any("clock of the gateway" in text for text in watcher.reports)


async def test_silence_beyond_the_heartbeat_ends_it(begin: Begin, until: Until) -> None:
    watcher, chargers = await begin(interval=300)
    chargers.call("CP1", "BootNotification", BOOT)
    await until(lambda: watcher.fleet.online)
    station = watcher.gateway.connection_of("CP1")
    watcher.gateway._look_for_silence(station.heard_at + 700)
    assert watcher.fleet.online
    watcher.gateway._look_for_silence(station.heard_at + 760)
    assert not watcher.fleet.online
    assert "Nothing came of it for 760 s" in watcher.of(StationGone)[0].reason
    chargers.call("CP1", "Heartbeat", {})
    await until(lambda: watcher.fleet.online)


async def test_garbage_is_shown_and_ends_nothing(begin: Begin, until: Until, root: str) -> None:
    watcher, chargers = await begin(max_size=2000)
    chargers.say("nobody", b"\x1b[2J not json")
    chargers.say("nobody", b"\xff\xfe")
    chargers.say("x" * 300, {"MessageTypeId": 2, "UniqueId": "1", "Action": "Heartbeat", "Payload": {}})
    chargers.say("CP1", {"MessageTypeId": 2, "UniqueId": "1", "Action": "Heartbeat", "Payload": {"v": "y" * 3000}})
    chargers.say("CP1", {"MessageTypeId": 2, "UniqueId": "1", "Action": "Heartbeat", "Payload": {}}, retain=True)
    await until(lambda: watcher.notes("retained") and len(watcher.notes("garbage")) == 3)
    assert watcher.fleet.stations == {}
    assert all("\x1b" not in text for text in watcher.notes("garbage"))
    chargers.call("CP1", "Heartbeat", {}, "2")
    chargers.say("CP1", b'{"MessageTypeId":2,"UniqueId":"3","Action":"Heartbeat"}')
    chargers.say("CP1", b"rubbish")
    chargers.say("CP1", b'[2,"4","Heartbeat",{}]')
    await until(lambda: len(chargers.told.get("CP1", [])) == 3)
    assert [fact.raw for fact in watcher.of(FrameReceived)][1:] == [
        b'[2,"3","Heartbeat"]',
        b"rubbish",
        b'[2,"4","Heartbeat",{}]',
    ]
    assert [one.get("ErrorCode") for one in chargers.told["CP1"]] == [None, "FormationViolation", None]
    assert watcher.notes("tolerated")


async def test_frames_that_the_gateway_cannot_carry_are_refused_with_a_reason(begin: Begin, until: Until) -> None:
    watcher, chargers = await begin()
    chargers.call("CP1", "Heartbeat", {})
    await until(lambda: watcher.fleet.online)
    station = watcher.gateway.connection_of("CP1")
    for raw in (b"nonsense", b"[7]"):
        with pytest.raises(NotTaken, match="cannot carry"):
            station.send_message(raw)
    with pytest.raises(NotTaken, match="cannot carry"):
        station.request("id", "Reset", {}, None, b'[2,"id","Reset"]')


async def test_a_charger_of_2_0_1_behind_our_own_bridge_is_told_from_what_it_says(begin: Begin, until: Until) -> None:
    watcher, chargers = await begin()
    boot = {"reason": "PowerUp", "chargingStation": {"vendorName": "V", "model": "M"}}
    chargers.call("DE%2AABC", "BootNotification", boot)
    await until(lambda: chargers.told.get("DE%2AABC"))
    assert watcher.fleet.stations["DE*ABC"].version == "2.0.1"
    assert chargers.told["DE%2AABC"][0]["Payload"]["status"] == "Accepted"


async def test_rights_that_are_missing_are_said_and_the_rest_works(
    brokers: Callable[..., Mosquitto], begin: Begin, until: Until
) -> None:
    rules = """\
user console
topic read t/cp/#
topic write t/cs/CP1
user chargers
topic readwrite t/#
"""
    broker = brokers(users={"console": "pw1", "chargers": "pw2"}, rules=rules)
    chargers = Behind(broker.url_for("chargers", "pw2"), "t/")
    watcher = Watcher(broker.url_for("console", "pw1"), mqtt_root="t/", mqtt_pace=0.0)
    chargers.link.start()
    await watcher.gateway.start()
    await linked(watcher.gateway._link, chargers.link)
    chargers.call("CP1", "Heartbeat", {})
    chargers.call("CP2", "Heartbeat", {})
    await until(lambda: watcher.of(ReplyLost) and chargers.told.get("CP1"))
    assert "0x87" in watcher.of(ReplyLost)[0].text
    assert any("0x87" in text for text in watcher.notes("broker"))
    assert "CP2" not in chargers.told
    await watcher.gateway.stop()
    await chargers.link.stop()


async def test_a_wrong_password_is_reported_without_it_and_tried_again(
    brokers: Callable[..., Mosquitto], until: Until
) -> None:
    broker = brokers(users={"console": "right"})
    watcher = Watcher(broker.url_for("console", "wrong"))
    await watcher.gateway.start()
    await until(lambda: watcher.reports)
    assert "refused the connection" in watcher.reports[0]
    assert "wrong user or password" in watcher.reports[0]  # mosquitto's own reason is "not authorized"
    assert "tries again" in watcher.reports[0]
    assert "wrong" not in watcher.reports[0].replace("wrong user or password", "")
    assert watcher.view.standing == "mqtt refused"
    await watcher.gateway.stop()


async def test_the_console_can_be_stopped_while_the_broker_is_away(until: Until) -> None:
    watcher = Watcher("mqtt://127.0.0.1:1")
    await watcher.gateway.start()
    await until(lambda: watcher.reports)
    assert "Does the broker run?" in watcher.reports[0]
    async with asyncio.timeout(2):
        await watcher.gateway.stop()


async def test_messages_that_come_too_fast_are_counted_and_said(begin: Begin, until: Until) -> None:
    watcher, chargers = await begin(respond=False)
    watcher.gateway._link.limits = watcher.gateway._link.limits._replace(inbox=10)
    for number in range(2000):
        chargers.call(f"CP{number % 3}", "Heartbeat", {})
    await until(lambda: watcher.view.counts()["messages in"] + watcher.view.counts()["messages in, lost"] == 2000)
    lost = watcher.view.counts()["messages in, lost"]
    watcher.gateway._tell_losses()
    assert len(watcher.reports) == (1 if lost else 0)
    assert not lost or watcher.reports[0].startswith(f"{lost} messages")
    assert len(watcher.of(FrameReceived)) == 2000 - lost


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("Authorize", {"idToken": {"idToken": "A", "type": "ISO14443"}}),
        ("MeterValues", {"evseId": 1, "meterValue": []}),
        (
            "StatusNotification",
            {"timestamp": "2026-01-01T00:00:00Z", "connectorStatus": "Available", "evseId": 1, "connectorId": 1},
        ),
    ],
)
async def test_the_version_of_a_charger_that_booted_long_ago_is_seen_by_its_calls(
    begin: Begin, until: Until, action: str, payload: Any
) -> None:
    watcher, chargers = await begin()
    chargers.call("CP1", "Heartbeat", {})
    await until(lambda: watcher.fleet.online)
    assert watcher.fleet.stations["CP1"].version == "1.6"  # what EMQX can carry, as long as nothing else is known
    chargers.call("CP1", action, payload)
    await until(lambda: watcher.fleet.stations["CP1"].version == "2.0.1")
    chargers.call("CP1", "MeterValues", {"connectorId": 1, "meterValue": []})  # odd, but no reason to think again
    await until(lambda: len(chargers.told.get("CP1", [])) == 3)
    assert len(watcher.of(StationConnected)) == 2


async def test_an_event_that_names_the_version_is_believed(begin: Begin, until: Until, root: str) -> None:
    watcher, chargers = await begin(mqtt_presence=("presence/${cid}",))
    for cid, version in (("CP1", "2.1"), ("CP2", "nonsense")):
        event = {"clientid": cid, "connected": True, "proto_ver": version}
        chargers.link.publish(f"{root}presence/{cid}", json.dumps(event).encode())
    await until(lambda: watcher.fleet.online == 2)
    assert [watcher.fleet.stations[cid].version for cid in ("CP1", "CP2")] == ["2.1", "1.6"]
