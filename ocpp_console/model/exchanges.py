"""Frames become rows: calls are paired with answers, checked against the schemas, and recognised as repeats.

Knows messages and connections, nothing of what they mean for a station; `Fleet` folds that from what comes out here.
"""

from collections.abc import Callable
from typing import Literal

from ocpp_console.events import FrameReceived, FrameSent
from ocpp_console.model.messages import Message, MessageLog, Origin, State
from ocpp_console.model.reading import text
from ocpp_console.model.verdicts import verdict_of
from ocpp_console.protocol.actions import ACTIONS, BOOKING, Version, actions_of
from ocpp_console.protocol.conversation import OUTSTANDING, Conversation, Seen
from ocpp_console.protocol.findings import Finding, Severity
from ocpp_console.protocol.frames import (
    Call,
    CallError,
    CallResult,
    CallResultError,
    JsonValue,
    Send,
    Unreadable,
    parse,
)
from ocpp_console.protocol.schemas import check

Side = Literal["station", "console"]
Part = Literal["call", "answer", "other"]
Step = tuple[Message, Part, JsonValue]
"""The row a frame became part of, which part of it, and that part's payload (None for errors and strays)."""

CHECK_LIMIT = 256 * 1024
"""Bytes; longer frames are not checked against their schema."""

REMEMBERED_BOOKINGS = 8
"""Booking calls per station among which a retry is looked for."""

REPEAT_US = 30 * 60_000_000
"""How late a retry may come on the connection of the first: five attempts at TransactionMessageRetryInterval = 120 s,
each waiting longer than the one before (1.6 §3.7.1), take twenty minutes."""

REPEAT_AFTER_RECONNECT_US = 24 * 3_600_000_000
"""How late it may come on a later connection: a station that was cut off sends what it has kept when it returns."""

REMEMBERED_STRAYS = 256
"""Connections whose beginning was never seen, kept for pairing."""

_ORIGINS: dict[Side, Origin] = {"station": Origin.STATION, "console": Origin.CONSOLE}

_EXPECTED: dict[tuple[str, str], dict[str, str]] = {
    (version.value, side): {action.name: action.name for action in actions_of(version.value, by)}
    for version in Version
    for side, by in (("station", "station"), ("console", "csms"))
}
"""What each side may call in each version; the value is the one copy of the name that all rows share."""

_NOT_CHECKED = Finding(
    "NOT_CHECKED", Severity.INFO, "the frame is longer than 256 KiB, too long to be checked against its schema"
)


class Link:
    """What is known of one connection while its frames are paired."""

    __slots__ = ("asked", "conversation", "expected", "heard", "id", "station", "version")

    def __init__(self, id: int, station: str, version: str) -> None:
        """A connection on which nothing was said yet."""
        self.id = id
        self.station = station
        self.version = version
        self.conversation = Conversation(version)
        self.expected = _EXPECTED.get((version, "station"), {})
        """What the station may call."""
        self.heard: Message | None = None
        """The station's latest call, until it is answered."""
        self.asked: Message | None = None
        """Our latest call; one at a time is in flight."""


class Exchanges:
    """Pairs the frames of all connections into rows of one log."""

    def __init__(self, log: MessageLog, over: Callable[[Message, int], bool] = lambda booked, at: False) -> None:
        """Write rows into `log`; `over` tells whether what a call has booked had ended at a time (µs)."""
        self.log = log
        self._over = over
        self.links: dict[int, Link] = {}
        """Live connections by their number."""
        self._strays: dict[int, Link] = {}
        self._booked: dict[str, dict[object, Message]] = {}
        """By station, then by message id."""

    def connect(self, id: int, station: str, version: str) -> Link:
        """A connection begins."""
        link = self.links[id] = Link(id, station, version)
        return link

    def end(self, id: int) -> list[Message]:
        """A connection ends; returns the calls of either side that were open on it and will get no answer."""
        link = self.links.pop(id, None)
        if link is None:
            return []
        rows = (self.log.by_seq(seq) for seq in link.conversation.unanswered())
        open_calls = [row for row in rows if row is not None and row.state is State.OPEN]
        if link.asked is not None and link.asked.state is State.OPEN:
            self.abandon(link.asked, "The connection ended before the answer came.")
        return open_calls

    def stray(self, id: int, station: str, version: str) -> Link:
        """A connection whose beginning was never seen, or that is over already: its frames are paired for a while."""
        link = self._strays.get(id)
        if link is None:
            if len(self._strays) >= REMEMBERED_STRAYS:
                del self._strays[next(iter(self._strays))]
            link = self._strays[id] = Link(id, station, version)
        return link

    def forget_connections(self) -> None:
        """All connections are over: those of a former run of the program."""
        self.links.clear()
        self._strays.clear()

    def received(self, fact: FrameReceived, link: Link) -> Step:
        """A frame of the station."""
        if fact.compressed:
            return self._compressed(fact, link)
        frame = fact.frame
        if frame is None:
            frame = parse(fact.raw, link.version, binary=fact.binary)
        if isinstance(frame, Call):
            return self._call(fact, link, frame, "station", link.expected)
        if isinstance(frame, (CallResult, CallError)):  # a tuple: a union is four times slower
            return self._answer(fact, link, frame, "station", 0)
        return self._rare(fact, link, frame, "station")

    def _compressed(self, fact: FrameReceived, link: Link) -> Step:
        """The same of a frame that came compressed: its row says so of the frame."""
        message, part, payload = self.received(fact._replace(compressed=False), link)
        message.compressed |= 2 if part == "answer" else 1
        return message, part, payload

    def sent(self, fact: FrameSent, link: Link) -> Step:
        """A frame of ours."""
        frame = fact.frame
        if frame is None:
            frame = parse(fact.raw, link.version)
        if type(frame) is CallResult:
            heard = link.heard
            if heard is not None and heard.seq == fact.answers and link.conversation.answered(frame.id, heard.seq):
                return self._complete(fact, link, frame, heard, frame.findings)  # what nearly every frame of ours is
        if isinstance(frame, (CallResult, CallError)):
            return self._answer(fact, link, frame, "console", fact.answers)
        if isinstance(frame, Call):
            step = self._call(fact, link, frame, "console", _EXPECTED.get((link.version, "console"), {}))
            link.asked = step[0]
            return step
        return self._rare(fact, link, frame, "console")

    def _call(
        self, fact: FrameReceived | FrameSent, link: Link, frame: Call | Send, side: Side, expected: dict[str, str]
    ) -> Step:
        """A call or a SEND: a new row with everything that is odd about it."""
        seq, at, raw, version = fact.seq, fact.at, fact.raw, link.version
        id, said, payload, findings = frame
        action = expected.get(said)
        if action is None:
            action = said
            findings += (_unexpected(action, version),)
        message = Message(seq, at, link.station, link.id, version, _ORIGINS[side], action, raw)
        message.id = id
        if side == "station" and type(frame) is Call:
            if link.conversation.heard(id, at, seq):
                findings += OUTSTANDING
        else:
            findings += link.conversation.watch(side, frame, at, seq).findings
        if len(raw) <= CHECK_LIMIT:
            findings += check(version, action, "request", payload)
        else:
            findings += (_NOT_CHECKED,)
        if findings:
            message.call_findings = findings
        if side == "station":
            link.heard = message
            if action in BOOKING:
                self._find_repeat(message)
        self.log.add(message)
        return message, "call", payload

    def _find_repeat(self, message: Message) -> None:
        """Same id and same bytes as a recent booking call: a retry, on whatever connection it comes."""
        key = message.id if type(message.id) is str else message.raw
        booked = self._booked.get(message.station)
        if booked is None:
            self._booked[message.station] = {key: message}
            return
        earlier = booked.get(key)
        if earlier is not None and earlier.raw == message.raw:
            if self._repeats(message, earlier):
                message.repeats = earlier
                message.note = "the same message again, word for word; it is not booked twice"
                if earlier.state is not State.ERROR:
                    return
            del booked[key]  # what is answered now is what a next one repeats
        elif len(booked) >= REMEMBERED_BOOKINGS:
            del booked[next(iter(booked))]
        booked[key] = message

    def _repeats(self, message: Message, earlier: Message) -> bool:
        """The same bytes are a retry only while it can be one: simple stations count their ids from 1 at each boot."""
        same = message.connection == earlier.connection
        if message.at - earlier.at > (REPEAT_US if same else REPEAT_AFTER_RECONNECT_US):
            return False
        return not self._over(earlier, message.at)

    def _answer(
        self, fact: FrameReceived | FrameSent, link: Link, frame: CallResult | CallError, side: Side, answers: int
    ) -> Step:
        """An answer: it completes the row of its call, or stands alone when there is none."""
        seen = link.conversation.watch(side, frame, fact.at, None)
        message = self._partner(link, seen, answers)
        if message is None:
            return self._alone(fact, link, frame, side, "answer", seen.findings)
        findings = frame.findings
        if seen.partner_token == message.seq:
            findings += seen.findings
            if seen.role == "late_answer":
                message.note = _lateness(message.note, seen.findings)
        return self._complete(fact, link, frame, message, findings)

    def _complete(
        self,
        fact: FrameReceived | FrameSent,
        link: Link,
        frame: CallResult | CallError,
        message: Message,
        findings: tuple[Finding, ...],
    ) -> Step:
        """Write an answer into the row of its call: state, verdict, findings. An error has no payload."""
        if link.heard is message:
            link.heard = None
        message.answer_raw = raw = fact.raw
        message.answered_at = fact.at
        payload: JsonValue = None
        if type(frame) is CallResult:
            payload = frame.payload
            message.state = State.RESULT
            if payload:
                message.verdict = verdict_of(message.action, payload)
            if len(raw) <= CHECK_LIMIT:
                findings += check(link.version, message.action, "response", payload)
            else:
                findings += (_NOT_CHECKED,)
        elif type(frame) is CallError:
            message.state = State.ERROR
            message.verdict = text(frame.code)
        if findings:
            message.answer_findings = findings
        self.log.touch(message)
        return message, "answer", payload

    def _partner(self, link: Link, seen: Seen, answers: int) -> Message | None:
        """The row that an answer belongs to. What the console says it answers counts more than the id."""
        partner = self._row(link, seen.partner_token) if seen.role in ("answer", "late_answer") else None
        if answers and (partner is None or partner.seq != answers):
            named = self.log.by_seq(answers)
            if named is not None and named.answer_raw is None:
                return named
        return partner

    def _row(self, link: Link, seq: int | None) -> Message | None:
        """The row that a conversation knows by its number; the one in question is nearly always the latest."""
        if seq is None:
            return None
        if link.heard is not None and link.heard.seq == seq:
            return link.heard
        if link.asked is not None and link.asked.seq == seq:
            return link.asked
        return self.log.by_seq(seq)

    def _rare(
        self, fact: FrameReceived | FrameSent, link: Link, frame: Send | CallResultError | Unreadable, side: Side
    ) -> Step:
        """Everything that is neither a call nor its answer."""
        if isinstance(frame, Send):
            expected = _EXPECTED.get((link.version, side), {})
            message, _, payload = self._call(fact, link, frame, side, expected)
            message.state = State.ALONE
            return message, "call", payload
        if isinstance(frame, Unreadable):
            return self._unreadable(fact, link, frame, side)
        seen = link.conversation.watch(side, frame, fact.at, None)
        refused = self._row(link, seen.partner_token) if isinstance(frame, CallResultError) else None
        if isinstance(frame, CallResultError) and refused is not None:
            return self._answer_refused(refused, frame, seen), "other", None
        return self._alone(fact, link, frame, side, "answer", seen.findings)

    def _unreadable(self, fact: FrameReceived | FrameSent, link: Link, frame: Unreadable, side: Side) -> Step:
        """A frame that cannot be read: a damaged answer ends the wait for it, anything else is a row of its own."""
        odd = (*frame.findings, Finding("UNREADABLE", Severity.WARNING, frame.text))
        action = "binary" if isinstance(fact, FrameReceived) and fact.binary else "unreadable"
        message = Message(fact.seq, fact.at, link.station, link.id, link.version, _ORIGINS[side], action, fact.raw)
        seen = link.conversation.watch(side, frame, fact.at, fact.seq)
        partner = self._row(link, seen.partner_token)
        if partner is not None:
            partner.answer_raw, partner.answered_at = fact.raw, fact.at
            partner.state, partner.verdict = State.ERROR, action
            partner.answer_findings = (*odd, *seen.findings)
            self.log.touch(partner)
            return partner, "answer", None
        message.id = frame.id
        message.state = State.ALONE
        message.call_findings = (*odd, *seen.findings)
        self.log.add(message)
        return message, "other", None

    def _answer_refused(self, message: Message, frame: CallResultError, seen: Seen) -> Message:
        """CALLRESULTERROR of 2.1: the other side could not use the answer it got."""
        code = text(frame.code)
        words = f"the answer could not be used by the one who asked: {code} {text(frame.description)}".rstrip()
        refused = Finding("ANSWER_REFUSED", Severity.WARNING, words)
        message.answer_findings = (*message.answer_findings, *frame.findings, *seen.findings, refused)
        self.log.touch(message)
        return message

    def _alone(
        self,
        fact: FrameReceived | FrameSent,
        link: Link,
        frame: CallResult | CallError | CallResultError,
        side: Side,
        action: str,
        findings: tuple[Finding, ...],
    ) -> Step:
        """A row for a frame that has no partner."""
        message = Message(fact.seq, fact.at, link.station, link.id, link.version, _ORIGINS[side], action, fact.raw)
        message.id = frame.id
        message.state = State.ALONE
        message.call_findings = frame.findings + findings
        self.log.add(message)
        return message, "other", None

    def abandon(self, message: Message, note: str) -> None:
        """Nobody waits for the answer to this call any more."""
        if message.state is State.OPEN:
            link = self.links.get(message.connection)
            if link is not None and message.origin is Origin.CONSOLE:
                link.conversation.abandon("console", message.id)
            message.state = State.ABANDONED
            message.note = note
            self.log.touch(message)


def books(step: Step) -> bool:
    """An answer of ours means something: a CALLRESULT to a call that was not answered, and booked, before."""
    message, _, payload = step
    if message.origin is not Origin.STATION or payload is None:
        return False
    return message.repeats is None or message.repeats.state is not State.RESULT


def _unexpected(action: str, version: str) -> Finding:
    """Why this action should not have been called by this side in this version."""
    known = ACTIONS.get(action)
    if known is None:
        return Finding("ACTION_UNKNOWN", Severity.WARNING, f"OCPP {version} has no action of this name")
    if version not in known.versions:
        versions = " and ".join(sorted(known.versions))
        return Finding("ACTION_OF_OTHER_VERSION", Severity.WARNING, f"an action of OCPP {versions}, not of {version}")
    return Finding("ACTION_WRONG_WAY", Severity.WARNING, "an action that the other side calls")


def _lateness(abandoned: str, findings: tuple[Finding, ...]) -> str:
    """The note of a row whose answer came after all."""
    late = f"The answer {findings[0].text}." if findings else "The answer came late."
    return f"{abandoned} {late}" if abandoned else late
