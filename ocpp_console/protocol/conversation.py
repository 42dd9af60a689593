"""Who answered whom on one connection. Observes both directions and acts for neither."""

from typing import Any, NamedTuple

from ocpp_console.protocol.findings import Finding, Severity
from ocpp_console.protocol.frames import (
    UNREADABLE_ID,
    Call,
    CallError,
    CallResult,
    CallResultError,
    Frame,
    JsonValue,
    Unreadable,
)

MAX_OPEN = 256
"""Calls of one side that may wait for an answer at a time; beyond that the oldest counts as given up."""
MAX_ABANDONED = 256
"""Given-up calls per side that a late answer can still find."""
MAX_ANSWERED = 16
"""Answered calls per side by which a second answer is recognised; it comes at once or never."""

_NO_FINDINGS: tuple[Finding, ...] = ()
OUTSTANDING = (
    Finding("CALL_WHILE_OUTSTANDING", Severity.INFO, "sent before the previous call of this side was answered"),
)
"""About a call that came while another one of its side was open."""
_DUPLICATE = (Finding("ANSWER_DUPLICATE", Severity.WARNING, "a second answer to a call that was answered already"),)
_ORPHAN = (Finding("ANSWER_ORPHAN", Severity.WARNING, "answers no call that was sent on this connection"),)
_NAMELESS = (
    Finding("ANSWER_ID_UNREADABLE", Severity.WARNING, "the id is -1: the other side could not read the call's id"),
)
_DAMAGED = (Finding("ANSWER_DAMAGED", Severity.WARNING, "answers a call, but cannot be read"),)


class Seen(NamedTuple):
    """What a frame is in its conversation."""

    role: str
    """"call", "answer", "late_answer" (to a call given up), "duplicate_answer", "orphan_answer", "result_error" (2.1:
    an answer could not be processed), "send" or "unreadable"."""
    partner_token: Any = None
    """The token that came with the call this frame belongs to; None when it belongs to none.

    An "unreadable" frame has one when it is recognisable as the damaged answer to an open call.
    """
    findings: tuple[Finding, ...] = _NO_FINDINGS


_CALL = Seen("call")
_CALL_WHILE_OUTSTANDING = Seen("call", None, OUTSTANDING)
_SEND = Seen("send")
_UNREADABLE = Seen("unreadable")


_Waiting = tuple[Any, int]
"""A call that was seen and not answered yet: its token, and when it came."""


class _Several(list[_Waiting]):
    """Open calls with the same id, oldest first: a station repeats itself without waiting."""


class _Side:
    """The calls of one side. What most connections never need is made when it is needed."""

    __slots__ = ("abandoned", "answered", "open", "unread")

    def __init__(self) -> None:
        self.open: dict[Any, _Waiting | _Several] = {}
        self.answered: list[tuple[Any, Any]] | None = None
        self.abandoned: dict[Any, _Waiting] | None = None
        self.unread: tuple[Any, Any] | None = None
        """(id, token) of the last unreadable frame, which the other side may refuse with a CALLERROR."""

    def begin(self, key: Any, waiting: _Waiting) -> None:
        """Remember an open call."""
        earlier = self.open.get(key)
        if earlier is None:
            if len(self.open) >= MAX_OPEN:
                self.give_up(next(iter(self.open)))
            self.open[key] = waiting
        elif isinstance(earlier, _Several):
            if len(earlier) < MAX_OPEN:
                earlier.append(waiting)
        else:
            self.open[key] = _Several((earlier, waiting))

    def end(self, key: Any) -> _Waiting | None:
        """Take the open call with this id, the oldest of several; None if there is none."""
        waiting = self.open.pop(key, None)
        if isinstance(waiting, _Several):
            several, waiting = waiting, waiting.pop(0)
            if several:
                self.open[key] = several if len(several) > 1 else several[0]
        return waiting

    def give_up(self, key: Any) -> bool:
        """Move an open call to those whose answer would be late."""
        waiting = self.end(key)
        if waiting is None:
            return False
        if self.abandoned is None:
            self.abandoned = {}
        elif len(self.abandoned) >= MAX_ABANDONED:
            del self.abandoned[next(iter(self.abandoned))]
        self.abandoned[key] = waiting
        return True

    def remember(self, key: Any, token: Any) -> None:
        """This call was answered."""
        if self.answered is None:
            self.answered = []  # no deque: an empty one takes 760 bytes, and most stations are idle
        elif len(self.answered) == MAX_ANSWERED:
            del self.answered[0]
        self.answered.append((key, token))

    def recall(self, key: Any) -> Any:
        """The token of a call that was answered a short while ago, the newest of several; None if there is none."""
        for known, token in reversed(self.answered or ()):
            if known == key:
                return token
        return None


def _key(message_id: JsonValue) -> Any:
    """An id as something to look up: ids should be strings, but `5`, `true` and `[1]` come as well and differ."""
    return message_id if type(message_id) is str else (type(message_id), repr(message_id))


class Conversation:
    """Pairs calls with answers on one connection, whichever side calls. Tokens are the caller's own and come back."""

    __slots__ = ("_console", "_station", "version")

    def __init__(self, version: str) -> None:
        """A fresh connection: nothing of an earlier one can be answered on it."""
        self.version = version
        self._station = _Side()
        self._console = _Side()

    def watch(self, side: str, frame: Frame, at: int, token: Any) -> Seen:
        """Take note of a frame that `side` ("station" or "console") sent at `at` (µs) and say what it is."""
        if side == "station":
            own, other = self._station, self._console
        else:
            own, other = self._console, self._station
        kind = type(frame)
        if kind is Call:
            busy = bool(own.open)
            own.begin(frame.id if type(frame.id) is str else _key(frame.id), (token, at))
            return _CALL_WHILE_OUTSTANDING if busy else _CALL
        if kind is CallResult or kind is CallError:
            key = frame.id if type(frame.id) is str else _key(frame.id)
            waiting = other.end(key)
            if waiting is None:
                return _answer_to_nothing_open(other, key, frame, at, ours=side == "console")
            other.remember(key, waiting[0])
            return Seen("answer", waiting[0])
        if isinstance(frame, Unreadable):
            return _unreadable(own, other, frame, token)
        return _result_error(own, frame) if isinstance(frame, CallResultError) else _SEND

    def heard(self, message_id: JsonValue, at: int, token: Any) -> bool:
        """`watch` for a call of the station, which most frames are. True when one of its calls is still open."""
        own = self._station
        if own.open or type(message_id) is not str:
            busy = bool(own.open)
            own.begin(_key(message_id), (token, at))
            return busy
        own.open[message_id] = (token, at)
        return False

    def answered(self, message_id: JsonValue, token: Any) -> bool:
        """`watch` for the console's answer to the call with `token`, which most frames of ours are.

        False, and nothing is noted, when there is more to say about it: use `watch`.
        """
        other = self._station
        waiting = other.open.get(message_id) if type(message_id) is str else None
        if type(waiting) is not tuple or waiting[0] != token:
            return False
        del other.open[message_id]
        other.remember(message_id, token)
        return True

    def unanswered(self) -> list[Any]:
        """The tokens of all calls, of either side, that are open."""
        waiting = [*self._station.open.values(), *self._console.open.values()]
        return [each[0] for some in waiting for each in (some if isinstance(some, _Several) else (some,))]

    def abandon(self, side: str, message_id: JsonValue) -> bool:
        """Nobody waits for the answer to this call of `side` any more; an answer will be late. False if not open."""
        own = self._station if side == "station" else self._console
        return own.give_up(_key(message_id))


def _answer_to_nothing_open(other: _Side, key: Any, frame: Frame, at: int, *, ours: bool) -> Seen:
    """An answer whose id is not that of an open call: late, nameless, repeated or out of the blue."""
    if other.abandoned and (waiting := other.abandoned.pop(key, None)):
        other.remember(key, waiting[0])
        if ours:  # nobody gave up a station's call: it only was one of more than `MAX_OPEN`, and is answered now
            return Seen("answer", waiting[0])
        seconds = (at - waiting[1]) / 1_000_000
        text = f"came {seconds:.1f} s after the call, when nobody waited for it any more"
        return Seen("late_answer", waiting[0], (Finding("ANSWER_LATE", Severity.WARNING, text),))
    if isinstance(frame, CallError):
        if other.unread is not None and other.unread[0] == key:
            token, other.unread = other.unread[1], None
            return Seen("answer", token)
        # 2.x part 4 §4.2.3: -1 stands for an id that could not be read. It can only be about the oldest open call.
        if key == UNREADABLE_ID and other.open:
            oldest = next(iter(other.open))
            waiting = other.end(oldest)
            if waiting is not None:
                other.remember(oldest, waiting[0])
                return Seen("answer", waiting[0], _NAMELESS)
    token = other.recall(key)
    return Seen("orphan_answer", None, _ORPHAN) if token is None else Seen("duplicate_answer", token, _DUPLICATE)


def _unreadable(own: _Side, other: _Side, frame: Unreadable, token: Any) -> Seen:
    """Something that is no frame; perhaps a damaged answer, perhaps a damaged call that will be refused."""
    if frame.message_type in (3, 4) and frame.id is not None:
        key = _key(frame.id)
        waiting = other.end(key)
        if waiting is None:
            return _UNREADABLE
        other.remember(key, waiting[0])
        return Seen("unreadable", waiting[0], _DAMAGED)
    own.unread = (UNREADABLE_ID if frame.id is None else _key(frame.id), token)
    return _UNREADABLE


def _result_error(own: _Side, frame: CallResultError) -> Seen:
    """OCPP 2.1 part 4 §4.2.3: the caller could not use the answer to its call; the id is the call's."""
    token = own.recall(_key(frame.id))
    return Seen("orphan_answer", None, _ORPHAN) if token is None else Seen("result_error", token)
