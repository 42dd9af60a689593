"""The log's rows that are no frames: what happened to connections and listeners, as sentences."""

from collections.abc import Callable
from typing import Any

from ocpp_console.events import (
    Fact,
    HandshakeRefused,
    ListenerFailed,
    ListenerStarted,
    NoteWritten,
    StationConnected,
    StationGone,
)
from ocpp_console.model.rows import Message, Origin, State

_ENDED = {"station": "closed by the station", "console": "closed by the console", "network": "the line broke"}
"""How a connection ended, by who ended it."""


def event_row(fact: Fact) -> Message | None:
    """The row of a fact that has one of its own without being a frame; its sentence stands in `raw`, as UTF-8.

    What UTF-8 cannot hold is escaped.
    """
    telling = _TELLINGS.get(type(fact))
    if telling is None:
        return None
    action, tell = telling
    raw: bytes = tell(fact).encode("utf-8", "backslashreplace")
    connected = fact if isinstance(fact, StationConnected) else None
    connection = connected.seq if connected else getattr(fact, "connection", 0)
    version = connected.version if connected else ""
    message = Message(fact.seq, fact.at, getattr(fact, "station", ""), connection, version, Origin.EVENT, action, raw)
    message.state = State.ALONE
    if connected:
        message.call_findings = connected.findings
    return message


def gone_text(fact: StationGone) -> str:
    """How a connection ended."""
    ended = _ENDED.get(fact.by, "the connection ended")
    if fact.reason[: len(ended)].casefold() == ended.casefold():  # a reason that says it itself, and more exactly
        return f"{ended}{fact.reason[len(ended) :].rstrip('.')} (code {fact.code})"
    reason = f": {fact.reason}" if fact.reason else ""
    return f"{ended} (code {fact.code}){reason}"


def _connected_text(fact: StationConnected) -> str:
    secure = " with TLS" if fact.secure else ""
    return f"connected from {fact.address}{secure} as OCPP {fact.version}, {fact.path}{_compression_text(fact)}"


def _compression_text(fact: StationConnected) -> str:
    """What became of the compression the station offered; nothing when it offered none."""
    if not fact.extensions:
        return ""
    if fact.agreed:
        return f"; compression agreed: {fact.agreed}"
    return f"; compression offered ({fact.extensions}) and not taken"


def _listening_text(fact: ListenerStarted) -> str:
    return f"listening on {'wss' if fact.secure else 'ws'}://{fact.host}:{fact.port}{fact.path}"


def _listen_failed_text(fact: ListenerFailed) -> str:
    return f"cannot listen on {fact.host}:{fact.port}: {fact.text}"


def _refused_text(fact: HandshakeRefused) -> str:
    return f"{fact.text} ({fact.address})"


def _note_text(fact: NoteWritten) -> str:
    return fact.text


_TELLINGS: dict[type, tuple[str, Callable[[Any], str]]] = {
    StationConnected: ("connected", _connected_text),
    StationGone: ("gone", gone_text),
    HandshakeRefused: ("refused", _refused_text),
    NoteWritten: ("note", _note_text),
    ListenerStarted: ("listening", _listening_text),
    ListenerFailed: ("listen_failed", _listen_failed_text),
}
"""Kind of fact: the row's action, and its sentence."""
