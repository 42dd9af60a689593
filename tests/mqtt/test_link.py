"""The link to a real broker: what it says, what it keeps, and what becomes of it when the broker is killed."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiomqtt
import pytest
from mosquitto import Mosquitto, free_port
from paho.mqtt.client import Client as Paho

from ocpp_console.masking import masked
from ocpp_console.mqtt.broker import broker_of
from ocpp_console.mqtt.connecting import Subscription
from ocpp_console.mqtt.link import Limits, Link, Message
from ocpp_console.mqtt.reasons import DELIVERED, DROPPED, NO_SUBSCRIBERS, NOT_AUTHORIZED, UNKNOWN
from ocpp_console.mqtt.status import State, Status

QUICK = Limits(connect=2.0, first_pause=0.02, longest_pause=0.1, refused_pause=0.05, drain=0.5)
Until = Callable[..., object]
Brokers = Callable[..., Mosquitto]


class Wired:
    """A link, what came by it and what it said."""

    def __init__(self, url: str, *filters: str, limits: Limits = QUICK, own: bool = True, ca_file: str = "") -> None:
        self.messages: list[Message] = []
        self.said: list[Status] = []
        wanted = [Subscription(one, "calls of chargers", own=own) for one in filters]
        self.link = Link(broker_of(url), wanted, self.messages.append, self.said.append, limits=limits, ca_file=ca_file)
        self.fates: list[int] = []

    @property
    def state(self) -> State:
        return self.link.status.state

    def publish(self, topic: str, payload: bytes = b"x", **more: object) -> None:
        self.link.publish(topic, payload, done=self.fates.append, **more)  # type: ignore[arg-type]


@pytest.fixture
async def wire() -> AsyncIterator[Callable[..., Wired]]:
    """Makes links that are started, and stopped with the test."""
    made: list[Wired] = []

    def make(*arguments: object, **more: object) -> Wired:
        made.append(Wired(*arguments, **more))  # type: ignore[arg-type]
        made[-1].link.start()
        return made[-1]

    yield make
    for one in made:
        await one.link.stop()


async def test_messages_come_and_go_with_the_brokers_reason(
    broker: Mosquitto, wire: Callable[..., Wired], until: Until
) -> None:
    one = wire(broker.url, "a/+")
    one.publish("a/1", b"early")  # before it is connected
    await until(lambda: one.messages)
    one.publish("b/nobody")
    await until(lambda: len(one.fates) == 2)
    assert one.messages == [Message("a/1", b"early", False, 1)]
    assert sorted(one.fates) == [DELIVERED, NO_SUBSCRIBERS]
    assert "MQTT 5" in one.link.status.text


async def test_retained_messages_that_were_there_are_not_sent_and_new_ones_are_told_apart(
    broker: Mosquitto, wire: Callable[..., Wired], until: Until
) -> None:
    first = wire(broker.url)
    first.publish("kept/1", b"old", retain=True)
    await until(lambda: first.fates)
    one = wire(broker.url, "kept/+")
    await until(lambda: one.link.online)
    first.publish("kept/2", b"new", retain=True)
    await until(lambda: one.messages)
    assert one.messages == [Message("kept/2", b"new", True, 1)]


async def test_its_own_messages_do_not_come_back_when_they_are_not_wanted(
    broker: Mosquitto, wire: Callable[..., Wired], until: Until
) -> None:
    one, two = wire(broker.url, "own/+", own=False), wire(broker.url, "own/+", own=False)
    await until(lambda: one.link.online and two.link.online)
    one.publish("own/1", b"of one")
    two.publish("own/1", b"of two")
    await until(lambda: one.messages and two.messages)
    assert [message.payload for message in one.messages + two.messages] == [b"of two", b"of one"]


async def test_a_wrong_password_and_missing_rights_are_said(
    brokers: Brokers, wire: Callable[..., Wired], until: Until
) -> None:
    acl = "user right\ntopic readwrite a/#\n"
    broker = brokers(users={"right": "word"}, rules=acl)
    wrong = wire(f"mqtt://right:secret@127.0.0.1:{broker.port}")
    nobody = wire(broker.url)
    right = wire(f"mqtt://right:word@127.0.0.1:{broker.port}", "a/+")
    await until(lambda: wrong.state is State.REFUSED and nobody.state is State.REFUSED and right.link.online)
    assert "refused the connection" in wrong.link.status.text
    assert "user" in wrong.link.status.text
    assert "secret" not in wrong.link.status.text
    assert "No user was given" in nobody.link.status.text
    assert masked(nobody.link.status.text) == nobody.link.status.text  # a log that hides passwords leaves the advice
    right.publish("b/1")
    await until(lambda: right.fates)
    assert right.fates == [NOT_AUTHORIZED]


async def test_a_broker_that_is_not_there_or_is_something_else_is_said(
    wire: Callable[..., Wired], until: Until
) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    other = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = other.sockets[0].getsockname()[1]
    gone = wire(f"mqtt://127.0.0.1:{free_port()}")
    stranger = wire(f"mqtt://127.0.0.1:{port}")
    nowhere = wire("mqtt://no-such-host.invalid")
    await until(lambda: all(one.state is State.UNREACHABLE for one in (gone, stranger, nowhere)))
    assert "Does the broker run?" in gone.link.status.text
    assert "right port" in stranger.link.status.text
    assert "no-such-host.invalid" in nowhere.link.status.text
    other.close()


async def test_a_broker_that_knows_only_the_older_version_gets_it(wire: Callable[..., Wired], until: Until) -> None:
    versions: list[int] = []

    async def old_broker(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        packet = await reader.read(1000)
        versions.append(packet[8])
        if packet[8] == 4:
            writer.write(b"\x20\x02\x00\x00")
            await reader.read(1000)
        writer.close()

    server = await asyncio.start_server(old_broker, "127.0.0.1", 0)
    one = wire(f"mqtt://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    await until(lambda: State.CONNECTED in [status.state for status in one.said])
    assert versions[:2] == [5, 4]
    assert any("3.1.1" in status.text for status in one.said)
    server.close()


async def test_nothing_that_may_come_twice_is_lost_when_the_broker_is_killed(
    brokers: Brokers, wire: Callable[..., Wired], until: Until
) -> None:
    broker = brokers(lines=["max_inflight_messages 20"])
    sender, taker = wire(broker.url), wire(broker.url, "load/+")
    await until(lambda: sender.link.online and taker.link.online)
    for round_ in range(3):
        for number in range(300):
            sender.publish(f"load/{round_}", str(number).encode())
        if round_ < 2:
            await until(lambda: len(sender.fates) > 300 * round_ + 50)  # noqa: B023 - awaited in the same round
            broker.kill()
            await asyncio.to_thread(broker.start)
            await until(lambda: taker.link.online)
    await until(lambda: len(sender.fates) == 900)
    assert set(sender.fates) <= {DELIVERED, NO_SUBSCRIBERS}
    assert (sender.link.outbox.waiting, sender.link.outbox.on_the_way, sender.link.outbox.dropped) == (0, 0, 0)
    assert sender.link.counts.connections == 3


async def test_what_must_not_come_twice_has_an_unknown_fate_when_the_line_breaks(
    wire: Callable[..., Wired], until: Until
) -> None:
    taken = 0

    async def forgetful(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A broker that takes one message and goes away."""
        nonlocal taken
        await reader.read(1000)
        writer.write(b"\x20\x03\x00\x00\x00")
        await reader.read(1000)
        taken += 1
        writer.close()

    server = await asyncio.start_server(forgetful, "127.0.0.1", 0)
    one = wire(f"mqtt://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    await until(lambda: one.link.online)
    one.publish("a", repeat=False)
    await until(lambda: one.fates)
    assert one.fates == [UNKNOWN]
    assert one.link.outbox.unconfirmed == 1
    assert "It will be made again" in "".join(status.text for status in one.said)
    server.close()


async def test_a_full_outbox_drops_the_oldest_and_counts_it(wire: Callable[..., Wired], until: Until) -> None:
    one = wire(f"mqtt://127.0.0.1:{free_port()}", limits=QUICK._replace(outbox=3))
    for number in range(5):
        one.publish(str(number))
    assert (one.fates, one.link.outbox.dropped) == ([DROPPED, DROPPED], 2)
    one.publish("late", seconds=0.0)
    await until(lambda: len(one.fates) == 4)
    await one.link.stop()
    assert one.fates == [DROPPED] * 6


async def test_tls_is_checked_against_the_authority_that_is_named(
    brokers: Brokers, wire: Callable[..., Wired], until: Until, certificate: tuple[Path, Path]
) -> None:
    broker = brokers(tls=certificate)
    url = broker.url
    trusting, wary = wire(url, "a/+", ca_file=str(certificate[0])), wire(url)
    missing, plain = wire(url, ca_file="/nowhere/ca.pem"), wire(url.replace("mqtts", "mqtt"))
    await until(lambda: trusting.link.online)
    trusting.publish("a/1", b"x" * 100_000)
    await until(lambda: trusting.messages)
    await until(lambda: all(one.state is State.UNREACHABLE for one in (wary, missing, plain)))
    assert "--mqtt-ca" in wary.link.status.text
    assert "/nowhere/ca.pem" in missing.link.status.text


async def test_a_burst_is_taken_in_whole(broker: Mosquitto, wire: Callable[..., Wired], until: Until) -> None:
    one, two = wire(broker.url), wire(broker.url, "burst/+")
    await until(lambda: one.link.online and two.link.online)
    for number in range(3000):
        one.publish(f"burst/{number}", b"y" * 200)
    await until(lambda: len(two.messages) == 3000)
    assert [message.topic for message in two.messages] == [f"burst/{number}" for number in range(3000)]
    assert two.link.counts.lost_in == 0


def test_the_libraries_still_have_what_the_client_relies_on() -> None:
    for name in ("_client_connect", "_on_connect", "_on_disconnect", "_on_message", "_on_publish", "_on_socket_open"):
        assert hasattr(aiomqtt.Client, name), name
    for name in ("_sock_recv", "_sock_close", "_handle_pubrec", "loop_read", "loop_write"):
        assert hasattr(Paho, name), name
    assert ssl.create_default_context().check_hostname


async def test_a_message_over_which_the_broker_hangs_up_is_given_up(
    broker: Mosquitto, wire: Callable[..., Wired], until: Until
) -> None:
    one = wire(broker.url)
    one.publish("a/\x07", b"mosquitto takes this topic for a malformed packet")
    await until(lambda: one.fates)
    assert one.fates == [UNKNOWN]
    one.publish("a/1")
    await until(lambda: len(one.fates) == 2)
    assert one.fates[1] == NO_SUBSCRIBERS
