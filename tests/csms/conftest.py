"""A console without a store or a screen: listener, bus and model on loopback, and every fact it made."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar

import pytest
from websockets.asyncio.client import ClientConnection, connect

from ocpp_console.bus import Bus
from ocpp_console.clock import now_us
from ocpp_console.csms.answers import AnswerContext
from ocpp_console.csms.chronicle import Means
from ocpp_console.csms.ledger import Ledger, NoLedger
from ocpp_console.csms.server import Limits, Listener
from ocpp_console.events import Fact
from ocpp_console.model.fleet import Fleet
from ocpp_console.settings import Settings

FactKind = TypeVar("FactKind", bound=Fact)

QUICK = Limits(handshake=0.4, idle_knock=0.1, probe=0.3, send=0.5, close=0.5, sweep=0.02)
"""The limits of the product, scaled so that a test meets them soon."""
LOCAL = Settings(host=("127.0.0.1",), port=0, grace=30.0, ping_interval=0)


class Console:
    """One listener with all that belongs to it."""

    def __init__(self, settings: Settings, limits: Limits, ledger: Ledger | None = None) -> None:
        self.facts: list[Fact] = []
        self.fleet = Fleet()
        self.bus = Bus(self.fleet.apply)
        self.bus.attach(self._heard)
        self._more = asyncio.Event()
        self.context = AnswerContext(self.fleet, settings, now_us)
        self.ledger = ledger or NoLedger(now_us)
        self.listener = Listener(Means(settings, self.bus, self.context, self.ledger), limits)

    def _heard(self, fact: Fact) -> None:
        self.facts.append(fact)
        self._more.set()

    @property
    def port(self) -> int:
        return self.listener.addresses[0][1]

    def url(self, path: str) -> str:
        return f"ws://127.0.0.1:{self.port}{path}"

    def of(self, kind: type[FactKind]) -> list[FactKind]:
        return [fact for fact in self.facts if isinstance(fact, kind)]

    async def fact(self, kind: type[FactKind], count: int = 1, seconds: float = 10.0) -> FactKind:
        """The `count`-th fact of a kind, as soon as it happened."""
        async with asyncio.timeout(seconds):
            while len(found := self.of(kind)) < count:
                self._more.clear()
                await self._more.wait()
        return found[count - 1]

    async def station(self, identity: str = "CP1", *subprotocols: str, **options: Any) -> ClientConnection:
        """A WebSocket client that speaks 1.6 unless told otherwise."""
        offered = list(subprotocols or ("ocpp1.6",))
        return await connect(self.url(f"/{identity}"), subprotocols=offered, compression=None, **options)  # type: ignore[arg-type]


Start = Callable[..., Awaitable[Console]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Start a console with settings of the test's choice; it is stopped afterwards."""
    running: list[Console] = []

    async def begin(limits: Limits = QUICK, ledger: Ledger | None = None, **settings: Any) -> Console:
        console = Console(dataclasses.replace(LOCAL, **settings), limits, ledger)
        await console.listener.start()
        running.append(console)
        return console

    yield begin
    for console in running:
        await console.listener.stop()


@pytest.fixture
async def console(start: Start) -> Console:
    """A console with ordinary settings."""
    return await start()


class RawStation:
    """A station that writes WebSocket frames itself, so that it can write wrong ones."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def dial(cls, port: int) -> "RawStation":
        """A TCP connection without a handshake."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    @classmethod
    async def connect(cls, port: int, identity: str = "CP1", rest: bytes = b"") -> "RawStation":
        """A finished handshake for 1.6; `rest` goes out together with the request."""
        raw = await cls.dial(port)
        head = (
            f"GET /{identity} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: ocpp1.6\r\n\r\n"
        )
        raw.writer.write(head.encode() + rest)
        answer = await asyncio.wait_for(raw.reader.readuntil(b"\r\n\r\n"), 5)
        assert answer.startswith(b"HTTP/1.1 101 ")
        return raw

    def send(self, *frames: bytes) -> None:
        """Write bytes as they are."""
        self.writer.write(b"".join(frames))

    async def frame(self, seconds: float = 5.0) -> tuple[int, bytes]:
        """The next frame: its first byte and its payload. Servers do not mask."""
        async with asyncio.timeout(seconds):
            first, size = await self.reader.readexactly(2)
            if size == 126:
                size = int.from_bytes(await self.reader.readexactly(2), "big")
            elif size == 127:
                size = int.from_bytes(await self.reader.readexactly(8), "big")
            return first, await self.reader.readexactly(size)

    async def end(self, seconds: float = 5.0) -> bytes:
        """Whatever comes until the other side closes."""
        async with asyncio.timeout(seconds):
            try:
                return await self.reader.read()
            except ConnectionResetError:
                return b""

    def close(self) -> None:
        """Hang up without a word."""
        self.writer.close()


def masked(first: int, payload: bytes, size: int | None = None) -> bytes:
    """A frame as a client sends it; `size` may lie about the length."""
    length = len(payload) if size is None else size
    if length < 126:
        head = bytes((first, 128 | length))
    elif length < 65_536:
        head = bytes((first, 254)) + length.to_bytes(2, "big")
    else:
        head = bytes((first, 255)) + length.to_bytes(8, "big")
    mask = b"\x11\x22\x33\x44"
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


@pytest.fixture
def raw_station() -> type[RawStation]:
    """Stations that write their own frames."""
    return RawStation


@pytest.fixture
def frames() -> Callable[..., bytes]:
    """Frames as a client sends them: `frames(first_byte, payload)`."""
    return masked
