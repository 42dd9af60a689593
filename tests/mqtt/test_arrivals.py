"""Whatever comes by whatever topic: no message may break the console, and every call that can be read is answered."""

import asyncio
import json

from behind_broker import Watcher
from hypothesis import given
from hypothesis import strategies as st

from ocpp_console.events import FrameReceived
from ocpp_console.mqtt.link import Message

topics = st.sampled_from(
    [
        "ocpp/cp/CP1",
        "ocpp/cp/CP1/Reply",
        "ocpp/cs/CP1",
        "ocpp/cp/C%50",
        "ocpp/cp/\u202eX",
        "ocpp/presence/CP1",
        "$SYS/brokers/n1/gateway/ocpp/clients/CP1/connected",
        "$SYS/brokers/n1/gateway/ocpp/clients/CP1/disconnected",
    ]
) | st.text(max_size=30)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from(["Heartbeat", "BootNotification"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
names = [
    "MessageTypeId",
    "UniqueId",
    "Action",
    "Payload",
    "ErrorCode",
    "ErrorDescription",
    "ts",
    "connected_at",
    "event",
]
payloads = st.binary(max_size=60) | st.dictionaries(st.sampled_from(names), st.sampled_from([2, 3, 4]) | values).map(
    lambda value: json.dumps(value).encode()
)
messages = st.builds(Message, topics, payloads, st.booleans(), st.sampled_from([0, 1, 2]))


def played(watcher_settings: dict[str, object], given_messages: list[Message]) -> Watcher:
    """A console that was given messages, without a broker."""

    async def play() -> Watcher:
        watcher = Watcher("mqtt://127.0.0.1:1", mqtt_pace=0.0, **watcher_settings)
        for message in given_messages:
            watcher.gateway._arrivals.take(message)
        return watcher

    return asyncio.run(play())


@given(st.lists(messages, max_size=12), st.booleans())
def test_no_message_breaks_anything(given_messages: list[Message], respond: bool) -> None:
    watcher = played({"respond": respond}, given_messages)
    assert watcher.notes("internal_error") == []
    if not respond:
        assert watcher.gateway._link.outbox.waiting == 0


@given(st.lists(st.tuples(st.sampled_from(["A", "B"]), st.text(max_size=36), values), max_size=10))
def test_every_call_gets_an_answer(calls: list[tuple[str, str, object]]) -> None:
    given_messages = [
        Message(
            f"ocpp/cp/{cid}",
            json.dumps({"MessageTypeId": 2, "UniqueId": name, "Action": "DataTransfer", "Payload": payload}).encode(),
            False,
            1,
        )
        for cid, name, payload in calls
    ]
    watcher = played({"respond": True}, given_messages)
    assert len(watcher.of(FrameReceived)) == watcher.gateway._link.outbox.waiting == len(calls)
