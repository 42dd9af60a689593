"""Our side of one connection: calls wait their turn, one is in flight, answers and deadlines end it."""

from collections import deque
from typing import NamedTuple

from ocpp_console.protocol.frames import (
    UNREADABLE_ID,
    Call,
    CallError,
    CallResult,
    Frame,
    JsonValue,
    Unreadable,
    encode_call,
    encode_error,
)
from ocpp_console.protocol.troubles import Trouble, error_code


class Outgoing(NamedTuple):
    """A call whose turn has come: write `raw` to the socket."""

    id: str
    action: str
    raw: bytes


class Completed(NamedTuple):
    """The call in flight was answered, by a result, an error, or something damaged that bears its id."""

    id: str
    frame: Frame


class Expired(NamedTuple):
    """The call in flight was not answered in time; the next one may go."""

    id: str
    action: str


class Unfinished(NamedTuple):
    """A call that the end of the connection left without an answer."""

    id: str
    sent: bool
    """It was in flight: whether the station acted on it is unknown."""


class _Queued(NamedTuple):
    id: str
    action: str
    raw: bytes
    timeout_us: int


class Session:
    """The calls of the central system on one connection.

    OCPP-J allows one open call per direction and connection (1.6 §4.1.1, 2.x part 4 §4.1.1).
    """

    __slots__ = ("_deadline", "_in_flight", "_queue", "held", "timeout_us", "version")

    def __init__(self, version: str, timeout_us: int) -> None:
        """`timeout_us` is how long an answer may take, in microseconds, unless a call says otherwise."""
        self.version = version
        self.timeout_us = timeout_us
        self.held = False
        """While true no call goes out: the connection is fresh and the station has not booted yet."""
        self._queue: deque[_Queued] | None = None
        self._in_flight: _Queued | None = None
        self._deadline = 0

    def call(
        self,
        action: str,
        payload: JsonValue,
        at: int,
        *,
        id: str,
        timeout_us: int | None = None,
        raw: bytes | None = None,
    ) -> None:
        """Queue a call asked for at `at`. `raw` goes out as it is instead of `payload`, for whoever tests a station.

        Raises ValueError when the payload cannot be written as JSON.
        """
        data = encode_call(id, action, payload) if raw is None else raw
        if self._queue is None:
            self._queue = deque()
        self._queue.append(_Queued(id, action, data, self.timeout_us if timeout_us is None else timeout_us))

    @property
    def in_flight(self) -> str | None:
        """The id of the call that waits for its answer; None when there is none."""
        return None if self._in_flight is None else self._in_flight.id

    @property
    def waiting(self) -> int:
        """How many calls wait for their turn."""
        return len(self._queue) if self._queue else 0

    def take_outgoing(self, at: int) -> list[Outgoing]:
        """The next call, if its turn has come; from now on it is in flight and its time runs."""
        if not self._queue or self._in_flight is not None or self.held:
            return []
        entry = self._queue.popleft()
        self._in_flight = entry
        self._deadline = at + entry.timeout_us
        return [Outgoing(entry.id, entry.action, entry.raw)]

    def receive(self, frame: Frame, at: int) -> Completed | None:
        """Whether `frame` ends the call in flight. Anything that is no answer to it gives None."""
        entry = self._in_flight
        if entry is None or not _answers(frame, entry.id):
            return None
        self._in_flight = None
        return Completed(entry.id, frame)

    def deadline(self) -> int | None:
        """When `tick` will have something to say, in µs UTC; None while nothing is in flight."""
        return None if self._in_flight is None else self._deadline

    def tick(self, at: int) -> list[Expired]:
        """Give up the call in flight if its time is over."""
        entry = self._in_flight
        if entry is None or at < self._deadline:
            return []
        self._in_flight = None
        return [Expired(entry.id, entry.action)]

    def cancel(self, id: str) -> bool:
        """Take a call out of the queue, or stop waiting for its answer. False if it is neither queued nor in flight."""
        if self._in_flight is not None and self._in_flight.id == id:
            self._in_flight = None
            return True
        for entry in self._queue or ():
            if entry.id == id and self._queue is not None:
                self._queue.remove(entry)
                return True
        return False

    def close(self) -> list[Unfinished]:
        """The connection is over: what was in flight, then what was never sent. The session is empty afterwards."""
        left = [] if self._in_flight is None else [Unfinished(self._in_flight.id, True)]
        left += [Unfinished(entry.id, False) for entry in self._queue or ()]
        self._in_flight = self._queue = None
        return left

    def refusal(self, frame: Frame, trouble: Trouble, description: str) -> bytes | None:
        """The CALLERROR that refuses `frame`, spelled for this version; None for what is never answered."""
        if isinstance(frame, Call):
            return encode_error(frame.id, error_code(self.version, trouble), description)
        return answer_to_unreadable(self.version, frame) if isinstance(frame, Unreadable) else None


def _answers(frame: Frame, message_id: str) -> bool:
    """Whether `frame` ends the wait for the answer to `message_id`."""
    if isinstance(frame, CallResult):
        return bool(frame.id == message_id)
    if isinstance(frame, CallError):
        # 2.x part 4 §4.2.3: the station could not read the id of our call, and only one is open.
        return frame.id in (message_id, UNREADABLE_ID)
    # A truncated answer has come nevertheless: waiting for a better one would only block the queue.
    return isinstance(frame, Unreadable) and frame.message_type in (3, 4) and bool(frame.id == message_id)


def answer_to_unreadable(version: str, frame: Unreadable) -> bytes | None:
    """What OCPP wants answered to something that is no frame; None for silence."""
    if frame.problem == "binary":
        return None
    if frame.problem == "unknown_type":
        # 1.6 §4.1.3 and 2.1 part 4 §4.1.3: ignore. 2.0.1 part 4 §4.4: SHALL be refused.
        if version != "2.0.1":
            return None
        return _refuse(version, frame, Trouble.MESSAGE_TYPE)
    # A damaged answer is not a call: refusing it would be one more answer that nobody asked for.
    if frame.message_type in (3, 4, 5, 6):
        return None
    # 1.6 has no id for a message whose id could not be read, so there is nothing to answer to.
    if frame.id is None and version == "1.6":
        return None
    return _refuse(version, frame, Trouble.UNREADABLE)


def _refuse(version: str, frame: Unreadable, trouble: Trouble) -> bytes:
    """A CALLERROR with the frame's id, or with the id that stands for none."""
    message_id = UNREADABLE_ID if frame.id is None else frame.id
    return encode_error(message_id, error_code(version, trouble), frame.text)
