"""Facts: what happened, raw and immutable. Everything the console says is derived from these.

Times (`at`) are microseconds since 1970-01-01 UTC, taken by the source. `seq` is the number the bus gave;
it orders all facts of a database and is never used twice. A connection is named by the `seq` of its
`StationConnected`, so it is unique for ever as well.
"""

from typing import NamedTuple

from ocpp_console.protocol.findings import Finding
from ocpp_console.protocol.frames import Frame, JsonValue


class ListenerStarted(NamedTuple):
    """A socket accepts stations now."""

    seq: int
    at: int
    host: str
    port: int
    path: str
    secure: bool


class ListenerFailed(NamedTuple):
    """A socket could not be opened; `text` says why and what to do."""

    seq: int
    at: int
    host: str
    port: int
    text: str


class StationConnected(NamedTuple):
    """A station finished its handshake; `seq` is the connection's name from here on."""

    seq: int
    at: int
    station: str
    version: str
    """The OCPP version spoken: "1.6", "2.0.1" or "2.1"."""
    subprotocol: str
    """What we answered in the handshake; empty when the station offered none."""
    offered: tuple[str, ...]
    path: str
    """The request target as it came, not decoded."""
    address: str
    """The peer, `host:port`."""
    secure: bool
    findings: tuple[Finding, ...] = ()
    """What was tolerated in the handshake."""
    extensions: str = ""
    """Extensions of WebSocket (that is compression) as the station offered them; empty when it offered none."""
    agreed: str = ""
    """What of them we agreed to."""


class StationGone(NamedTuple):
    """A connection ended."""

    seq: int
    at: int
    station: str
    connection: int
    code: int
    """The WebSocket close code; 1006 when the line just broke."""
    reason: str
    by: str
    """Who ended it: "station", "console" or "network"."""


class HandshakeRefused(NamedTuple):
    """Somebody tried to connect and did not get in."""

    seq: int
    at: int
    address: str
    station: str
    """The identity the path seems to name; empty if none."""
    reason: str
    """Stable word: `tls_on_plain_port`, `foreign_subprotocol`, `bad_identity`, `not_websocket`, `soap`, `silent`…"""
    text: str
    """What happened, what it means and what to do, in one or two sentences."""
    path: str
    offered: tuple[str, ...]
    status: int
    """The HTTP status answered; 0 when nothing was."""
    first_bytes: bytes
    """At most 200 bytes of what came."""


class FrameReceived(NamedTuple):
    """A complete WebSocket message came from a station."""

    seq: int
    at: int
    station: str
    connection: int
    raw: bytes
    binary: bool = False
    frame: Frame | None = None
    """The reading its source already made of `raw`; None in a fact from a file. Never more than a cache."""
    compressed: bool = False
    """It came with RSV1 (RFC 7692 §6); `raw` is what was in it."""


class FrameSent(NamedTuple):
    """A frame was handed to a station's socket."""

    seq: int
    at: int
    station: str
    connection: int
    raw: bytes
    answers: int = 0
    """`seq` of the `FrameReceived` this answers; 0 when it is a call of ours."""
    frame: Frame | None = None


class CallRequested(NamedTuple):
    """The operator (or a procedure) asked for a call; it waits for its turn."""

    seq: int
    at: int
    station: str
    connection: int
    id: str
    action: str
    payload: JsonValue
    purpose: str = ""
    """What a procedure asks it for; empty when the operator chose this very call."""


class CallAbandoned(NamedTuple):
    """We stopped waiting for the answer to a call of ours."""

    seq: int
    at: int
    station: str
    connection: int
    id: str
    why: str
    """"timeout", "gone", "cancelled" or "not_sent"."""
    text: str


class ReplyLost(NamedTuple):
    """An answer that was decided and stored could not be sent any more."""

    seq: int
    at: int
    station: str
    connection: int
    answers: int
    text: str


class NoteWritten(NamedTuple):
    """The console or its operator has something to say in the log."""

    seq: int
    at: int
    station: str
    """Empty when it concerns no station."""
    code: str
    text: str


Fact = (
    ListenerStarted
    | ListenerFailed
    | StationConnected
    | StationGone
    | HandshakeRefused
    | FrameReceived
    | FrameSent
    | CallRequested
    | CallAbandoned
    | ReplyLost
    | NoteWritten
)
