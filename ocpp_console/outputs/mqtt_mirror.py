"""What a bridge tells a broker: every frame of a station and of ours, as EMQX's OCPP gateway would publish it."""

from typing import NamedTuple

from ocpp_console.events import FrameReceived, FrameSent
from ocpp_console.mqtt.payloads import Garbage, to_payload
from ocpp_console.mqtt.topics import Template, Topics, encoded
from ocpp_console.protocol.frames import (
    Call,
    CallError,
    CallResult,
    CallResultError,
    Frame,
    Send,
    Unreadable,
    encode_call,
    encode_error,
    encode_result,
    encode_result_error,
    encode_send,
)

MOST_CALLS = 10_000
"""Calls whose answer is awaited; the answer to one that was forgotten is told without its Action."""


class Posted(NamedTuple):
    """A message for the broker."""

    topic: str
    payload: bytes


class Unposted(NamedTuple):
    """A frame that the contract has no shape for."""

    why: str
    """As the end of a sentence."""


class Mirror:
    """Frames as messages. Knows of each call only what its answer has to say: the Action."""

    def __init__(self, topics: Topics) -> None:
        """`topics` as the broker's clients expect them."""
        self._topics = topics
        self._actions: dict[int, str] = {}
        """Of calls that are not answered yet, by the number of their fact."""

    def received(self, fact: FrameReceived, frame: Frame) -> Posted | Unposted:
        """The message for a station's frame; EMQX drops binary and unreadable ones as well, and ends the former."""
        if fact.binary:
            return Unposted("it came as a binary message")
        if type(frame) is Unreadable:
            return Unposted(f"it {frame.text}" if frame.problem.startswith("not_") else frame.text)
        asks = isinstance(frame, Call | Send)
        if type(frame) is Call:
            self._remember(fact.seq, frame.action)
        templates = self._topics.calls if asks else self._topics.replies
        return self._posted(templates[0], fact.station, fact.raw, frame, "")

    def sent(self, fact: FrameSent, frame: Frame) -> Posted | Unposted:
        """The message for a frame of ours: an answer, or a call."""
        action = self._actions.pop(fact.answers, "") if fact.answers else ""
        return self._posted(self._topics.down, fact.station, fact.raw, frame, action)

    def forget(self, answered: int) -> None:
        """The call of this number was answered by somebody else, or never will be."""
        self._actions.pop(answered, None)

    def refusal(self, station: str, raw: bytes) -> Posted:
        """The message for a CALLERROR that the station never wrote: whoever asked is told why nothing comes of it."""
        payload = to_payload(raw)
        assert isinstance(payload, bytes)  # what we encode ourselves can be carried
        return self.reply(station, payload)

    def reply(self, station: str, payload: bytes) -> Posted:
        """A message where the answers of a station go."""
        return Posted(self._topics.replies[0].render(encoded(station), type=4), payload)

    def _posted(self, template: Template, station: str, raw: bytes, frame: Frame, action: str) -> Posted | Unposted:
        """The message for a frame; one that was only tolerated as JSON is written anew."""
        payload = to_payload(raw, action)
        if isinstance(payload, Garbage):
            again = _written_anew(frame)
            payload = to_payload(again, action) if again is not None else payload
        if isinstance(payload, Garbage):
            return Unposted(f"it {payload.text}")
        named = action or getattr(frame, "action", "")
        kind = 2 if isinstance(frame, Call | Send) else 3 if isinstance(frame, CallResult) else 4
        message_id = str(getattr(frame, "id", ""))
        return Posted(template.render(encoded(station), action=named, id=message_id, type=kind), payload)

    def _remember(self, seq: int, action: str) -> None:
        """Keep what the answer to a call has to name."""
        self._actions[seq] = action
        if len(self._actions) > MOST_CALLS:
            del self._actions[next(iter(self._actions))]


def _written_anew(frame: Frame) -> bytes | None:
    """A frame in plain JSON; None when it cannot be written."""
    try:
        if isinstance(frame, Call):
            return encode_call(frame.id, frame.action, frame.payload)
        if isinstance(frame, Send):
            return encode_send(frame.id, frame.action, frame.payload)
        if isinstance(frame, CallResult):
            return encode_result(frame.id, frame.payload)
        if isinstance(frame, CallError):
            return encode_error(frame.id, frame.code, frame.description)
        if isinstance(frame, CallResultError):
            return encode_result_error(frame.id, frame.code, frame.description)
    except (ValueError, RecursionError):
        return None
    return None
