"""Facts to rows as they come: names to numbers, and to an answer the action of the call of ours that it answers."""

from typing import Any

from ocpp_console.events import CallAbandoned, Fact, FrameReceived, FrameSent
from ocpp_console.protocol.frames import Call, CallError, CallResult, Frame, Send
from ocpp_console.store.rows import BLOB, COMPRESSED, RECEIVED, RECEIVED_BINARY, SENT, action_and_id, as_text, other_row
from ocpp_console.store.words import Words

_MOST_ASKED = 10_000
"""Calls of ours that wait for an answer; the oldest is forgotten, and its answer has no action then."""


class Encoder:
    """Makes the row of each fact. Total: whatever a fact holds, a row comes out."""

    __slots__ = ("_asked", "_words")

    def __init__(self, words: Words) -> None:
        """Names are looked up in `words` and added to them."""
        self._words = words
        self._asked: dict[tuple[int, str], int | None] = {}
        """Actions of our calls that wait for an answer, by connection and id."""

    def received(self, fact: FrameReceived) -> tuple[Any, ...]:
        """The row of a station's frame; a reply has its place at the end."""
        seq, at, name, connection, raw, binary, frame, compressed = fact
        words = self._words
        station = words.stations.get(name) or words.station(name)
        if type(frame) is Call:
            action = words.actions.get(frame.action) or words.action(frame.action)
        else:
            action = self._action(connection, raw, frame)
        if binary:
            kind = RECEIVED_BINARY | BLOB | (COMPRESSED if compressed else 0)
            return (seq, at, kind, station, connection, action, None, raw, None, None)
        text = as_text(raw)
        kind = RECEIVED if type(text) is str else RECEIVED | BLOB
        if compressed:
            kind |= COMPRESSED
        return (seq, at, kind, station, connection, action, None, text, None, None)

    def sent(self, fact: FrameSent) -> tuple[Any, ...]:
        """The row of a frame of ours that shares no other's; a call is remembered for the sake of its answer."""
        action = None
        if not fact.answers:
            name, message_id = action_and_id(fact.raw)
            action = self._words.action(name)
            if message_id:
                self._asked[fact.connection, message_id] = action
                if len(self._asked) > _MOST_ASKED:
                    del self._asked[next(iter(self._asked))]
        station = self._words.station(fact.station)
        answers, frame = fact.answers or None, as_text(fact.raw)
        kind = SENT if type(frame) is str else SENT | BLOB
        return (fact.seq, fact.at, kind, station, fact.connection, action, answers, frame, None, None)

    def other(self, fact: Fact) -> list[Any]:
        """The row of any other fact."""
        if type(fact) is CallAbandoned:
            self._asked.pop((fact.connection, fact.id), None)
        return other_row(fact, self._words)

    def _action(self, connection: int, raw: bytes, frame: Frame | None) -> int | None:
        """The action of a frame that is no CALL, or that nobody read; an answer has that of the call we sent."""
        if type(frame) is Send:
            return self._words.action(frame.action)
        if type(frame) is CallResult or type(frame) is CallError:
            return self._asked.pop((connection, frame.id), None) if type(frame.id) is str else None
        return self._words.action(action_and_id(raw)[0]) if frame is None else None
