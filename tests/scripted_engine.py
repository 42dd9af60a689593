"""The real engine with a script in place of the network: no socket, no database, a clock that only the script moves.

Everything between the wire and the screen is the product's own: handshakes are judged by `csms.handshake`, frames read
by `protocol.frames`, calls answered by `csms.answers`, facts folded by the fleet. The script only plays the stations.
"""

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, NamedTuple
from unittest.mock import patch

from ocpp_console import clock
from ocpp_console.addresses import Url
from ocpp_console.csms.answers import Refusal as AnswerRefused
from ocpp_console.csms.answers import answer
from ocpp_console.csms.connection import Connection
from ocpp_console.csms.fronts import Nowhere
from ocpp_console.csms.handshake import Knock, Terms, Welcome
from ocpp_console.csms.refusals import Refusal
from ocpp_console.engine import Engine
from ocpp_console.events import (
    CallRequested,
    Fact,
    FrameReceived,
    FrameSent,
    HandshakeRefused,
    ListenerStarted,
    StationConnected,
    StationGone,
)
from ocpp_console.model.messages import Message
from ocpp_console.protocol.frames import Call, encode_call, encode_error, encode_result, parse
from ocpp_console.protocol.troubles import error_code
from ocpp_console.settings import Settings

SECOND = 1_000_000
SOON = (1_400, 2_100, 800, 1_700, 2_600, 1_200, 900)
"""How long answers of the console take in turn, µs."""
URLS = (("192.168.1.20", "eth0"), ("10.8.0.6", "wg0"), ("127.0.0.1", "lo"))
"""This machine's addresses in the script."""
NAMES = uuid.UUID("7a0c7b1e-0000-4000-8000-000000000000")
"""What the ids of messages are made from."""


class Plug(NamedTuple):
    """One station's place in the script: its connection, and how it answers commands."""

    id: int
    version: str
    address: str


class Line:
    """What the engine writes to in place of a connection."""

    def __init__(self, engine: "ScriptedEngine", station: str, version: str) -> None:
        self.engine, self.identity, self.version = engine, station, version

    def request(
        self,
        call_id: str,
        action: str,
        payload: Any,
        timeout: float | None = None,
        raw: bytes | None = None,
        purpose: str = "",
    ) -> None:
        """The call is asked for and leaves at once; the script answers it when its turn comes."""
        bus, plug, at = self.engine.bus, self.engine.plugs[self.identity], self.engine.clock()
        bus.publish(CallRequested(bus.number(), at, self.identity, plug.id, call_id, action, payload, purpose))
        bus.publish(FrameSent(bus.number(), at, self.identity, plug.id, encode_call(call_id, action, payload)))


class Wires(Nowhere):
    """In place of the network: calls of ours have ids as they would have there, the same ones in every run."""

    def __init__(self) -> None:
        self._calls = 0

    def new_id(self) -> str:
        """The next one."""
        self._calls += 1
        return str(uuid.uuid5(NAMES, f"ours {self._calls}"))


class ScriptedEngine(Engine):
    """An engine whose stations are played by methods named after what a station does."""

    def __init__(self, settings: Settings, start: int) -> None:
        """`start` is the time the script begins at, µs UTC."""
        self.now = start
        super().__init__(settings, lambda: self.now)
        self._front = Wires()
        self.plugs: dict[str, Plug] = {}
        self._said = 0
        self.facts: list[Fact] = []
        """Everything that happened, for who wants the script as a trace."""
        self.bus.attach(self.facts.append)

    # what the network would have done

    async def start(self) -> None:
        """There is nothing to open."""

    def urls(self) -> list[Url]:
        """Always the same addresses."""
        return [Url(address, f"ws://{address}:{self.settings.port}/", name) for address, name in URLS]

    def _reachable(self, station: str) -> Connection:
        """The station's line, when it is connected."""
        if station in self.plugs:
            return Line(self, station, self.plugs[station].version)  # type: ignore[return-value]
        return super()._reachable(station)

    # the script

    def listens(self) -> None:
        """The port is open."""
        self.bus.publish(ListenerStarted(self.bus.number(), self.now, "0.0.0.0", self.settings.port, "", False))

    def knocks(self, address: str, data: bytes) -> Welcome | None:
        """Somebody opens a connection and sends these bytes; the handshake decides."""
        knock = Knock(Terms())
        outcome = knock.feed(data)
        assert outcome is not None, "the script knocks with whole requests"
        if isinstance(outcome, Welcome):
            return outcome
        self._refused(address, outcome, knock.evidence)
        return None

    def _refused(self, address: str, refusal: Refusal, evidence: bytes) -> None:
        named = (refusal.station, refusal.reason, refusal.text, refusal.path, refusal.offered, refusal.status)
        self.bus.publish(HandshakeRefused(self.bus.number(), self.now, address, *named, evidence))

    def connects(self, address: str, target: str, offered: str = "ocpp1.6") -> None:
        """A station opens `target` and gets in."""
        welcome = self.knocks(address, upgrade(target, offered))
        assert welcome is not None, f"{target} was refused"
        seq = self.bus.number()
        how = (welcome.subprotocol, welcome.offered, welcome.path, address, False, welcome.findings)
        self.bus.publish(StationConnected(seq, self.now, welcome.identity, welcome.version, *how))
        self.plugs[welcome.identity] = Plug(seq, welcome.version, address)

    def leaves(self, station: str, code: int = 1006, by: str = "network") -> None:
        """A station's connection ends."""
        plug = self.plugs.pop(station)
        self.bus.publish(StationGone(self.bus.number(), self.now, station, plug.id, code, "", by))

    def says(self, station: str, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """A station calls and is answered; gives the answer's payload (empty for an error)."""
        self._said += 1
        plug = self.plugs[station]
        call_id = str(self._said) if plug.version == "1.6" else str(uuid.uuid5(NAMES, str(self._said)))
        raw = json.dumps([2, call_id, action, payload], separators=(",", ":")).encode()
        frame = parse(raw, plug.version)
        seq = self.bus.number()
        row = self.bus.publish(FrameReceived(seq, self.now, station, plug.id, raw, False, frame))
        assert isinstance(frame, Call)
        said = answer(frame, row, self._answers, station, plug.version)
        refused = isinstance(said, AnswerRefused)
        reply = (
            encode_error(call_id, error_code(plug.version, said.trouble), said.text)
            if isinstance(said, AnswerRefused)
            else encode_result(call_id, said)
        )
        at = self.now + SOON[self._said % len(SOON)]
        self.bus.publish(FrameSent(self.bus.number(), at, station, plug.id, reply, seq))
        return {} if refused else dict(said)  # type: ignore[arg-type]

    def answers(self, station: str, payload: dict[str, Any]) -> None:
        """A station answers the last command sent to it."""
        command = self.fleet.commands.of(station)[-1]
        plug = self.plugs[station]
        raw = json.dumps([3, command.id, payload], separators=(",", ":")).encode()
        frame = parse(raw, plug.version)
        self.bus.publish(FrameReceived(self.bus.number(), self.now, station, plug.id, raw, False, frame))

    def asks(self, station: str, action: str, payload: dict[str, Any], answer: dict[str, Any], took: float) -> None:
        """The operator sends a command and the station answers after `took` seconds."""
        self.request(station, action, payload)
        self.now += round(took * SECOND)
        self.answers(station, answer)

    def row(self, text: str) -> Message:
        """The newest row of the log whose call holds `text`."""
        return next(row for row in reversed(list(self.fleet.messages)) if text.encode() in row.raw)


def upgrade(target: str, offered: str) -> bytes:
    """The request a station opens its connection with."""
    lines = (
        f"GET {target} HTTP/1.1",
        "Host: 192.168.1.20:9000",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        f"Sec-WebSocket-Protocol: {offered}",
    )
    return "\r\n".join([*lines, "", ""]).encode()


@contextmanager
def clock_of(engine: ScriptedEngine) -> Iterator[None]:
    """What reads the system clock reads the script's: `ocpp_console.clock` is the only place that does."""
    scripted = SimpleNamespace(time_ns=lambda: engine.now * 1000, gmtime=time.gmtime)
    with patch.object(clock, "time", scripted):
        yield
