"""Answers from elsewhere: a station's call may be given to somebody outside, who answers in time or leaves it to us."""

from typing import TYPE_CHECKING, Protocol

from ocpp_console.model.messages import Message
from ocpp_console.protocol.frames import Call, CallError, CallResult, JsonValue, encode_error, encode_result

if TYPE_CHECKING:
    from ocpp_console.csms.connection import Connection


class OpenCall:
    """A station's call that is not answered yet: exactly one of `give` and `leave` has to follow, once."""

    __slots__ = ("_connection", "_message", "call", "seq")

    def __init__(self, connection: "Connection", seq: int, call: Call, message: Message | None) -> None:
        """`seq` is the call's fact, `message` its row in the log."""
        self._connection = connection
        self._message = message
        self.seq = seq
        self.call = call

    @property
    def station(self) -> str:
        """Who asks."""
        return self._connection.identity

    @property
    def version(self) -> str:
        """The OCPP version it speaks."""
        return self._connection.version

    @property
    def id(self) -> JsonValue:
        """The message id, as it came."""
        return self.call.id

    @property
    def booked(self) -> bool:
        """A retry of a call that was answered: it has to get the same answer, which only we know."""
        earlier = self._message.repeats if self._message is not None else None
        return earlier is not None and earlier.booked_reply is not None

    def give(self, answer: CallResult | CallError, by: str) -> None:
        """Answer with what came from outside; it leaves once the call is committed, like every answer.

        `by` is who answered, for the row in the log.

        Raises:
            ValueError: the payload cannot be written as JSON; nothing was answered.
        """
        if isinstance(answer, CallError):
            reply = encode_error(self.id, answer.code, answer.description, answer.details)
            self._say_who(by)
            self._connection.hold(self.seq, self.call, reply, None)
            return
        reply = encode_result(self.id, answer.payload)
        self._say_who(by)
        if self._message is not None:
            self._message.decided = reply
        self._connection.hold(self.seq, self.call, reply, CallResult(self.id, answer.payload))

    def _say_who(self, by: str) -> None:
        """The row of the call tells that the answer is not ours; it is drawn anew when the answer leaves."""
        if self._message is not None:
            said = self._message.note
            self._message.note = f"{said}; answered by {by}" if said else f"answered by {by}"

    def leave(self) -> None:
        """Nobody outside answers: the console does."""
        self._connection.answer_here(self.seq, self.call, self._message)


class Elsewhere(Protocol):
    """Somebody outside the console who may answer."""

    def take(self, call: OpenCall) -> bool:
        """Whether it takes this call; then it answers it or leaves it to the console, in any case soon."""
