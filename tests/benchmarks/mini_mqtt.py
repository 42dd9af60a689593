"""Just enough of MQTT 3.1.1 to make load: publish and receive at QoS 1, with a window. Standard library only."""

from __future__ import annotations

import asyncio
import struct
from collections import deque
from collections.abc import Callable

CONNECT, PUBLISH, PUBACK, SUBSCRIBE = 0x10, 0x30, 0x40, 0x82
QOS_1 = 0x02


def packet(first: int, body: bytes) -> bytes:
    """A control packet: its first byte, the remaining length in sevens of bits, and the rest."""
    size, length = len(body), bytearray()
    while True:
        size, digit = divmod(size, 128)
        length.append(digit | (0x80 if size else 0))
        if not size:
            return bytes([first]) + bytes(length) + body


def text(value: str) -> bytes:
    """A string with its length in front."""
    data = value.encode()
    return struct.pack("!H", len(data)) + data


class Client(asyncio.Protocol):
    """One connection. Messages are confirmed when they were handed to `on_message`."""

    def __init__(self, name: str, on_message: Callable[[str, bytes], None], window: int = 500) -> None:
        self.name, self.on_message, self.window = name, on_message, window
        self.unconfirmed = 0
        self.waiting: deque[tuple[str, bytes]] = deque()
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._buffer = b""
        self._id = 0
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def connect(cls, port: int, name: str, on_message: Callable[[str, bytes], None], *filters: str) -> Client:
        """Connect, and subscribe to `filters`."""
        loop = asyncio.get_running_loop()
        _, client = await loop.create_connection(lambda: cls(name, on_message), "127.0.0.1", port)
        await client.ready
        if filters:
            client.ready = loop.create_future()
            client._write(packet(SUBSCRIBE, b"\0\1" + b"".join(text(each) + b"\1" for each in filters)))
            await client.ready
        return client

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Introduce ourselves: clean session, no keep-alive."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._write(packet(CONNECT, text("MQTT") + b"\4\2\0\0" + text(self.name)))

    def _write(self, data: bytes) -> None:
        assert self._transport is not None
        self._transport.write(data)

    def publish(self, topic: str, payload: bytes) -> None:
        """Publish once the window has room."""
        self.waiting.append((topic, payload))
        self._flush()

    def _flush(self) -> None:
        out = []
        while self.waiting and self.unconfirmed < self.window:
            topic, payload = self.waiting.popleft()
            self._id = self._id % 65_535 + 1
            self.unconfirmed += 1
            out.append(packet(PUBLISH | QOS_1, text(topic) + struct.pack("!H", self._id) + payload))
        if out:
            self._write(b"".join(out))

    def data_received(self, data: bytes) -> None:
        """Take whole packets, keep the rest."""
        buffer, at, confirm = self._buffer + data, 0, []
        while at + 2 <= len(buffer):
            size, shift, start = 0, 0, at + 1
            while start < len(buffer):
                digit = buffer[start]
                size |= (digit & 0x7F) << shift
                shift, start = shift + 7, start + 1
                if not digit & 0x80:
                    break
            else:
                break
            if start + size > len(buffer):
                break
            self._packet(buffer[at], buffer[start : start + size], confirm)
            at = start + size
        self._buffer = buffer[at:]
        if confirm:
            self._write(b"".join(confirm))
        self._flush()

    def _packet(self, first: int, body: bytes, confirm: list[bytes]) -> None:
        kind = first & 0xF0
        if kind == PUBLISH:
            length = struct.unpack_from("!H", body)[0]
            end = 2 + length
            if first & 0x06:
                confirm.append(packet(PUBACK, body[end : end + 2]))
                end += 2
            self.on_message(body[2 : 2 + length].decode(), body[end:])
        elif kind == PUBACK:
            self.unconfirmed -= 1
        elif not self.ready.done():  # CONNACK, SUBACK
            self.ready.set_result(None)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()
