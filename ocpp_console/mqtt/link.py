"""A lasting link to a broker: it reconnects, subscribes again, keeps what could not be sent, and says how it is.

Every connection has a client of its own, so that nothing of a broken one (message ids, windows) survives it. What is
published waits in an outbox of bounded size; what cannot be kept is counted, and whoever published it is told.
"""

import asyncio
import random
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

import aiomqtt
from paho.mqtt.client import MQTTMessage

from ocpp_console.mqtt import connecting
from ocpp_console.mqtt.broker import Broker
from ocpp_console.mqtt.client import BrokerClient
from ocpp_console.mqtt.connecting import Subscription
from ocpp_console.mqtt.ending import cancelled
from ocpp_console.mqtt.outbox import Letter, Outbox
from ocpp_console.mqtt.status import State, Status

__all__ = ["Limits", "Link", "Message", "State", "Status", "Subscription"]


class Limits(NamedTuple):
    """Times (seconds) and counts that protect the console."""

    connect: float = 5.0
    """For the broker to take a connection, and to answer a subscription."""
    first_pause: float = 0.5
    """Before the second attempt; doubled with each."""
    longest_pause: float = 30.0
    refused_pause: float = 10.0
    """After the broker refused who we are: asking again at once may get the address banned."""
    window: int = 500
    """Messages on their way to the broker at once; fewer when it says so."""
    outbox: int = 10_000
    """Messages that wait to be sent."""
    outbox_bytes: int = 16 << 20
    inbox: int = 20_000
    """Messages that were read and not handed over yet."""
    drain: float = 1.0
    """For the broker to confirm what was sent, when the link is stopped."""


class Message(NamedTuple):
    """A message of the broker."""

    topic: str
    payload: bytes
    retain: bool
    """It was kept by the broker, or published to be: it may be of any age."""
    qos: int


class Counts:
    """What went through a link since it was made."""

    def __init__(self) -> None:
        """Nothing so far."""
        self.received = 0
        self.lost_in = 0
        """Messages that came faster than they were taken, and were dropped."""
        self.connections = 0


class Link:
    """The link to one broker. Everything runs in one event loop."""

    def __init__(
        self,
        broker: Broker,
        subscriptions: Sequence[Subscription],
        on_message: Callable[[Message], None],
        on_status: Callable[[Status], None],
        *,
        ca_file: str = "",
        will: aiomqtt.Will | None = None,
        limits: Limits = Limits(),  # noqa: B008 - an immutable tuple
    ) -> None:
        """Nothing happens before `start`. `on_message` and `on_status` are called in the loop; neither may block."""
        self.broker = broker
        self.subscriptions = list(subscriptions)
        self.limits = limits
        self.status = Status(State.CONNECTING, f"Connecting to {broker.url}.")
        self.counts = Counts()
        self.outbox = Outbox(limits.outbox, limits.outbox_bytes)
        """What waits to be sent, and what is on its way; counts what it could not keep."""
        self.refused: dict[str, int] = {}
        """Filters that the broker refused, with its reason code."""
        self.version = aiomqtt.ProtocolVersion.V5
        """MQTT 5, until a broker turned out to know only 3.1.1."""
        self.identifier = f"ocpp-console-{uuid.uuid4().hex[:12]}"
        self._on_message, self._on_status = on_message, on_status
        self._ca_file, self._will = ca_file, will
        self._inbox: deque[Message] = deque()
        self._client: BrokerClient | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def online(self) -> bool:
        """Messages are taken by the broker now."""
        return self._client is not None

    @property
    def echoes(self) -> bool:
        """The broker gives back what we publish ourselves, whatever a subscription says: MQTT 3.1.1."""
        return self.version is not aiomqtt.ProtocolVersion.V5

    def start(self) -> None:
        """Connect, and stay connected until `stop`. Trouble is told through `on_status`, never raised."""
        self._task = asyncio.get_running_loop().create_task(self._stay_connected())

    async def stop(self) -> None:
        """Let the broker confirm what was sent, say goodbye and end. What did not leave is told to its senders."""
        client = self._client
        if client is not None:
            try:
                async with asyncio.timeout(self.limits.drain):
                    await self.outbox.drained()
            except TimeoutError:
                pass
        task, self._task = self._task, None
        if task is not None:
            await cancelled(task)
        self.outbox.give_up()
        self._say(Status(State.STOPPED, f"The link to {self.broker.url} was closed."))

    def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int = 1,
        retain: bool = False,
        seconds: float | None = None,
        repeat: bool = True,
        done: Callable[[int], None] | None = None,
    ) -> None:
        """Publish as soon as the broker takes it; `done` is told once what became of it (see `reasons`).

        `seconds` is how long it may wait for the broker. `repeat` says what happens to a message whose fate is unknown
        because the connection broke before it was confirmed: it is sent again and may arrive twice, or `done` is told.
        """
        loop = asyncio.get_running_loop()
        expires = None if seconds is None else loop.time() + seconds
        self.outbox.put(Letter(topic, payload, qos, retain, expires, repeat, done))
        self._send(loop.time())

    def unsubscribe(self, filter: str) -> None:
        """Have no more of a filter, now and after reconnecting."""
        self.subscriptions = [one for one in self.subscriptions if one.filter != filter]
        if self._client is not None:
            self._client.leave(filter)

    # The connection.

    async def _stay_connected(self) -> None:
        """One connection after the other, with growing pauses."""
        failures = 0
        while True:
            connected = self.counts.connections
            status = await self._one_connection()
            failures = 0 if self.counts.connections > connected else failures + 1
            pause = min(self.limits.longest_pause, self.limits.first_pause * 2 ** min(failures, 10))
            if status.state is State.REFUSED:
                pause = max(pause, self.limits.refused_pause)
            self._say(status)
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))
            self.outbox.expire(asyncio.get_running_loop().time())

    async def _one_connection(self) -> Status:
        """Connect, subscribe, and wait for the end; gives what it ended with."""
        try:
            tls = await connecting.tls_of(self.broker, self._ca_file)
        except OSError as problem:
            return connecting.no_tls(self.broker, self._ca_file, problem)
        client = BrokerClient(
            self.broker,
            self.version,
            self.identifier,
            self._arrived,
            self._published,
            tls=tls,
            will=self._will,
            seconds=self.limits.connect,
        )
        try:
            await client.connect()
            self.refused = await connecting.subscribe(client, self.subscriptions, self.version)
        except (aiomqtt.MqttError, OSError) as problem:
            client.drop()
            status, older = connecting.failure(self.broker, client, problem)
            self.version = connecting.other(self.version) if older else self.version
            return status
        except BaseException:
            client.drop()
            raise
        return await self._serve(client)

    async def _serve(self, client: BrokerClient) -> Status:
        """The connection stands: send what waited, and see it through to its end."""
        self._client = client
        self.counts.connections += 1
        self._say(connecting.connected(self.broker, self.version, self.refused, self.subscriptions))
        self._send(asyncio.get_running_loop().time())
        try:
            code = await client.ended
            return connecting.lost(self.broker, code, client.trouble)
        finally:
            self._client = None
            self.outbox.broken()
            await client.disconnect()

    def _say(self, status: Status) -> None:
        """Tell how the link is, once for each change."""
        if status != self.status or status.state is State.CONNECTED:
            self.status = status
            self._on_status(status)

    # Messages.

    def _send(self, now: float) -> None:
        """Hand over to the broker what its window has room for."""
        client = self._client
        if client is None:
            return
        window = max(1, min(self.limits.window, client.window - 2))
        while (letter := self.outbox.next(window, now)) is not None:
            mid = client.send(letter.topic, letter.payload, letter.qos, letter.retain)
            if mid is None:
                self.outbox.put_back(letter)
                return
            self.outbox.sent(mid, letter)

    def _published(self, mid: int, code: int) -> None:
        """The broker said what became of a message."""
        self.outbox.confirmed(mid, code)
        if self.outbox.waiting:
            self._send(asyncio.get_running_loop().time())

    def _arrived(self, raw: MQTTMessage) -> None:
        """Put a message into the inbox; it is handed over when the socket was read."""
        if len(self._inbox) >= self.limits.inbox:
            self.counts.lost_in += 1
            return
        if not self._inbox:
            asyncio.get_running_loop().call_soon(self._hand_over)
        try:
            topic = raw.topic
        except UnicodeDecodeError:  # a broker has to refuse it (MQTT 5 §1.5.4); ours may not
            topic = raw._topic.decode("utf-8", "replace")
        self._inbox.append(Message(topic, bytes(raw.payload), raw.retain, raw.qos))

    def _hand_over(self) -> None:
        """Give away what came."""
        inbox, self._inbox = self._inbox, deque()
        self.counts.received += len(inbox)
        for message in inbox:
            self._on_message(message)
