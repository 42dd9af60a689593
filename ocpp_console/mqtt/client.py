"""aiomqtt's client with what it keeps to itself: reason codes of publishes, the broker's window, why a line broke.

aiomqtt 2.5 gives each message a task of its own and reads one packet in a turn of the loop, from three system calls.
Here messages are handed over as they are read, from one buffer, and a publish costs no task. The callbacks that are
overridden are paho's public ones; a test guards the names that are not public.
"""

import asyncio
import logging
import ssl
import threading
from collections.abc import Callable
from typing import Any

import aiomqtt
from paho.mqtt.client import MQTT_CLEAN_START_FIRST_ONLY, MQTTMessage
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from ocpp_console.mqtt.broker import Broker

_SILENT = logging.Logger("ocpp-console-mqtt", logging.CRITICAL)
_SILENT.addHandler(logging.NullHandler())
"""What goes wrong is told by the link; the libraries would write it over the screen."""
READ_BYTES = 65_536
PACKETS_A_TURN = 200
"""Packets that are read before others get their turn."""
KEEPALIVE = 30
"""Seconds without a word after which the broker is pinged; a dead line is found in twice that."""
WINDOW_UNSAID = 65_535
"""Messages on their way at once when the broker sets no Receive Maximum (MQTT 5 §3.2.2.3.3)."""


class BrokerClient(aiomqtt.Client):
    """One connection to a broker; never used again after it ended. Everything happens in one event loop."""

    def __init__(
        self,
        broker: Broker,
        version: aiomqtt.ProtocolVersion,
        identifier: str,
        on_message: Callable[[MQTTMessage], None],
        on_published: Callable[[int, int], None],
        *,
        tls: ssl.SSLContext | None = None,
        will: aiomqtt.Will | None = None,
        seconds: float = 5.0,
    ) -> None:
        """Nothing is sent before `connect`. `on_published` is told (message id, reason code)."""
        newest = version is aiomqtt.ProtocolVersion.V5
        super().__init__(
            broker.host,
            broker.port,
            username=broker.username,
            password=broker.password,
            identifier=identifier,
            protocol=version,
            clean_session=None if newest else True,
            clean_start=True if newest else MQTT_CLEAN_START_FIRST_ONLY,
            keepalive=KEEPALIVE,
            max_inflight_messages=0,  # the window is kept by the link
            tls_context=tls,
            will=will,
            timeout=seconds,
            logger=_SILENT,
        )
        self._client.connect_timeout = seconds
        self._client._sock_recv = self._receive  # type: ignore[method-assign, assignment]
        self._take, self._published = on_message, on_published
        self._handle_received = self._client._handle_pubrec
        self._client._handle_pubrec = self._note_reason  # type: ignore[method-assign]
        self._reasons: dict[int, int] = {}
        """What the broker said when it received a message of QoS 2; paho leaves it aside."""
        self._buffer = b""
        self._at = 0
        self._thread = threading.get_ident()
        self.window = WINDOW_UNSAID
        """The broker's Receive Maximum."""
        self.trouble: Exception | None = None
        """What the network said when no connection came about."""
        self.ended: asyncio.Future[int] = self._loop.create_future()
        """Done when the connection is over, with the reason code; 0 when nobody gave one."""

    async def connect(self) -> None:
        """Open the connection. Raises `aiomqtt.MqttError`, `aiomqtt.MqttConnectError` with the broker's reason."""
        await self.__aenter__()

    async def disconnect(self) -> None:
        """Say goodbye; whatever goes wrong with that, the socket is closed."""
        try:
            await self.__aexit__(None, None, None)
        except (aiomqtt.MqttError, OSError):
            pass
        finally:
            self.drop()

    def drop(self) -> None:
        """Close the socket at once, however far the connection came."""
        sock = self._client.socket()
        if sock is not None:
            self._client._sock_close()
        if not self.ended.done():
            self.ended.set_result(0)

    def send(self, topic: str, payload: bytes, qos: int, retain: bool) -> int | None:
        """Publish without waiting; gives the message's id, or None when the connection is gone."""
        info = self._client.publish(topic, payload, qos, retain)
        return info.mid if info.rc == MQTTErrorCode.MQTT_ERR_SUCCESS else None

    def leave(self, filter: str) -> None:
        """Unsubscribe without waiting."""
        self._client.unsubscribe(filter)

    # What paho calls.

    def _client_connect(self) -> None:
        """Connect, in a thread; keep what the network said, which aiomqtt turns into a text."""
        try:
            super()._client_connect()
        except Exception as problem:
            self.trouble = problem
            raise problem if isinstance(problem, OSError) else OSError(str(problem)) from problem

    def _on_connect(
        self, client: Any, userdata: Any, flags: Any, reason_code: ReasonCode, properties: Properties | None = None
    ) -> None:
        """The broker agreed or not."""
        self.window = getattr(properties, "ReceiveMaximum", WINDOW_UNSAID)
        super()._on_connect(client, userdata, flags, reason_code, properties)

    def _on_disconnect(
        self, client: Any, userdata: Any, flags: Any, reason_code: ReasonCode, properties: Properties | None = None
    ) -> None:
        """The connection is over, perhaps before the broker said anything."""
        if not self._connected.done():
            self._connected.set_exception(aiomqtt.MqttError("the broker closed the connection without a word"))
        super()._on_disconnect(client, userdata, flags, reason_code, properties)
        if self._disconnected.done():
            self._disconnected.exception()  # looked at: asyncio would complain that nobody did
        if not self.ended.done():
            told = flags.is_disconnect_packet_from_server
            self.ended.set_result(reason_code.value if told else 0)

    def _on_message(self, client: Any, userdata: Any, message: MQTTMessage) -> None:
        """A message came; paho confirms it when this returns."""
        self._take(message)

    def _on_publish(
        self, client: Any, userdata: Any, mid: int, reason_code: ReasonCode, properties: Properties
    ) -> None:
        """The broker confirmed a message, or refused it."""
        self._published(mid, self._reasons.pop(mid, reason_code.value))

    def _note_reason(self) -> MQTTErrorCode:
        """PUBREC, the first of two answers to QoS 2: its reason code is the one that counts (MQTT 5 §3.5.2.1)."""
        packet = self._client._in_packet["packet"]
        if len(packet) > 2:
            self._reasons[int.from_bytes(packet[:2], "big")] = packet[2]
        return self._handle_received()

    def _on_unsubscribe(
        self, client: Any, userdata: Any, mid: int, reason_codes: list[ReasonCode], properties: Properties | None = None
    ) -> None:
        """Nobody waits for it."""

    # The socket.

    def _receive(self, size: int) -> bytes:
        """At most `size` bytes, from one buffer: paho asks for a packet's bytes one by one. Raises like `recv`."""
        if self._at >= len(self._buffer):
            sock = self._client.socket()
            if sock is None:
                raise ConnectionError("the socket is closed")
            try:
                self._buffer = sock.recv(READ_BYTES)
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError) as waits:
                raise BlockingIOError from waits
            self._at = 0
        taken = self._buffer[self._at : self._at + size]
        self._at += len(taken)
        return taken

    def _on_socket_open(self, client: Any, userdata: Any, sock: Any) -> None:
        """Have the loop read; called in the thread that connects."""
        super()._on_socket_open(client, userdata, sock)
        self._loop.call_soon_threadsafe(self._watch, sock)

    def _watch(self, sock: Any) -> None:
        """Read with `_read_some` from now on."""
        if sock.fileno() > -1:
            self._loop.add_reader(sock.fileno(), self._read_some)

    def _read_some(self) -> None:
        """Read packets until the buffer is used up, but let others have their turn."""
        client = self._client
        try:
            for _ in range(PACKETS_A_TURN):
                if client.loop_read() != MQTTErrorCode.MQTT_ERR_SUCCESS:
                    return
                sock = client.socket()
                if sock is None or (self._at >= len(self._buffer) and not _pending(sock)):
                    return
        except Exception as problem:
            self._broke(problem)
            return
        self._loop.call_soon(self._read_some)

    def _on_socket_register_write(self, client: Any, userdata: Any, sock: Any) -> None:
        """Have the loop write; at once when this is the loop's own thread."""
        if threading.get_ident() == self._thread:
            self._loop.add_writer(sock.fileno(), self._write_some)
        else:
            self._loop.call_soon_threadsafe(self._loop.add_writer, sock.fileno(), self._write_some)

    def _write_some(self) -> None:
        """Write what the socket takes."""
        try:
            self._client.loop_write()
        except Exception as problem:
            self._broke(problem)

    def _broke(self, problem: Exception) -> None:
        """Reading or writing failed: the connection is of no use any more."""
        self.trouble = problem
        if not self._disconnected.done():
            self._disconnected.set_result(None)
        self.drop()


def _pending(sock: Any) -> bool:
    """Decrypted bytes wait in a TLS socket, of which the loop does not tell."""
    return isinstance(sock, ssl.SSLSocket) and sock.pending() > 0
