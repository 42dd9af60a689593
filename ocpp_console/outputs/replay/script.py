"""What each station of a trace did, as steps in their order: what is played again. Pure; reads a trace as a stream."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ocpp_console.events import Fact, FrameReceived, FrameSent, StationConnected, StationGone
from ocpp_console.model.reading import mapping
from ocpp_console.model.verdicts import verdict_of
from ocpp_console.protocol.frames import Call, CallError, CallResult, Frame, JsonValue, parse

MOST_ANSWERS = 1_000
"""Recorded answers to one command of one station that are kept; the last is given again after them."""
MOST_OPEN = 1_000
"""Calls of one station that may wait for their recorded answer while the trace is read."""


class Dial(NamedTuple):
    """The station connected."""

    at: int
    """µs UTC in the trace; of every step."""
    station: str
    version: str


class Say(NamedTuple):
    """The station sent a frame: a call, a SEND, or bytes that are none."""

    at: int
    station: str
    raw: bytes
    binary: bool
    call: Call | None
    """None for what nobody answers."""


class Expect(NamedTuple):
    """A call of the station had been answered by now."""

    at: int
    station: str
    call: Call
    answer: CallResult | CallError


class HangUp(NamedTuple):
    """The connection ended."""

    at: int
    station: str


Step = Dial | Say | Expect | HangUp


class Command(NamedTuple):
    """A call of the central system that the trace holds."""

    at: int
    station: str
    action: str
    payload: JsonValue
    connector: int | None = None
    """Where the session ran that its transactionId names (in 2.x the EVSE); None when it names none that is known."""


Recorded = dict[tuple[str, str], deque[CallResult | CallError]]
"""(station, action) → what the station answered to each such command, in order."""


def steps(facts: Iterable[Fact]) -> Iterator[Step]:
    """What the stations did, and which of their calls had been answered when."""
    reading = _Reading()
    for fact in facts:
        match fact:
            case StationConnected():
                reading.versions[fact.station] = fact.version
                yield Dial(fact.at, fact.station, fact.version)
            case StationGone():
                yield HangUp(fact.at, fact.station)
            case FrameReceived():
                if (step := reading.heard(fact)) is not None:
                    yield step
            case FrameSent():
                if (answered := reading.said(fact)) is not None:
                    yield answered


def commands(facts: Iterable[Fact]) -> Iterator[Command]:
    """The calls of the central system, in their order, each with the place of the session it names."""
    reading, places = _Reading(), _Places()
    for fact in facts:
        match fact:
            case StationConnected():
                reading.versions[fact.station] = fact.version
            case FrameReceived():
                step = reading.heard(fact)
                if isinstance(step, Say) and step.call is not None:
                    places.said(fact.station, step.call)
            case FrameSent():
                answered = reading.said(fact)
                if answered is not None:
                    places.answered(answered)
                frame = parse(fact.raw, reading.versions.get(fact.station, "1.6"))
                if isinstance(frame, Call):
                    yield Command(
                        fact.at, fact.station, frame.action, frame.payload, places.of(fact.station, frame.payload)
                    )


def recorded_answers(facts: Iterable[Fact]) -> Recorded:
    """What the stations answered to commands; a live central system may ask at other times than the recorded one."""
    reading, answers = _Reading(), Recorded()
    for fact in facts:
        if isinstance(fact, StationConnected):
            reading.versions[fact.station] = fact.version
        elif isinstance(fact, FrameSent):
            reading.said(fact)
        elif isinstance(fact, FrameReceived) and (found := reading.answer(fact)) is not None:
            action, frame = found
            answers.setdefault((fact.station, action), deque(maxlen=MOST_ANSWERS)).append(frame)
    return answers


def verdict(action: str, frame: Frame | None) -> str:
    """The word of an answer that matters: its status, else `answered`; of an error its code."""
    if isinstance(frame, CallResult):
        return verdict_of(action, frame.payload) or "answered"
    return str(frame.code) if isinstance(frame, CallError) else "no answer"


class _Reading:
    """Which calls of both sides are open, while a trace is read."""

    def __init__(self) -> None:
        self.versions: dict[str, str] = {}
        self._asked: dict[tuple[str, str], Call] = {}
        self._commanded: dict[tuple[str, str], str] = {}

    def heard(self, fact: FrameReceived) -> Step | None:
        """What the station sent, unless it is an answer: answers are given when the live central system asks."""
        frame = self._frame(fact)
        if isinstance(frame, CallResult | CallError):
            return None
        call = frame if isinstance(frame, Call) else None
        if call is not None:
            _keep(self._asked, (fact.station, str(call.id)), call)
        return Say(fact.at, fact.station, fact.raw, fact.binary, call)

    def said(self, fact: FrameSent) -> Expect | None:
        """What the central system sent, when it answers a call of the station."""
        frame = self._frame(fact)
        if isinstance(frame, Call):
            _keep(self._commanded, (fact.station, str(frame.id)), frame.action)
        if not isinstance(frame, CallResult | CallError):
            return None
        call = self._asked.pop((fact.station, str(frame.id)), None)
        return Expect(fact.at, fact.station, call, frame) if call is not None else None

    def answer(self, fact: FrameReceived) -> tuple[str, CallResult | CallError] | None:
        """The action that a frame of the station answers, and the answer; None when it answers nothing."""
        frame = self._frame(fact)
        if not isinstance(frame, CallResult | CallError):
            return None
        action = self._commanded.pop((fact.station, str(frame.id)), "")
        return (action, frame) if action else None

    def _frame(self, fact: FrameReceived | FrameSent) -> Frame:
        return parse(fact.raw, self.versions.get(fact.station, "1.6"))


class _Places:
    """On which connector or EVSE each session of a trace ran, by its transactionId."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], int] = {}

    def said(self, station: str, call: Call) -> None:
        """A TransactionEvent of 2.x tells both."""
        payload = mapping(call.payload)
        transaction = mapping(payload.get("transactionInfo")).get("transactionId")
        evse = mapping(payload.get("evse")).get("id")
        if transaction is not None and type(evse) is int:
            _keep(self._found, (station, str(transaction)), evse)

    def answered(self, step: Expect) -> None:
        """A StartTransaction of 1.6 got its number."""
        connector = mapping(step.call.payload).get("connectorId")
        transaction = mapping(getattr(step.answer, "payload", None)).get("transactionId")
        if step.call.action == "StartTransaction" and type(connector) is int and transaction is not None:
            _keep(self._found, (step.station, str(transaction)), connector)

    def of(self, station: str, payload: JsonValue) -> int | None:
        """The place of the session that a command names."""
        transaction = _transaction_in(payload)
        return self._found.get((station, str(transaction))) if transaction is not None else None


def _transaction_in(payload: JsonValue) -> JsonValue:
    """The transactionId that a command names; that of a charging profile stands inside it."""
    told = mapping(payload)
    if "transactionId" in told:
        return told["transactionId"]
    inner = (_transaction_in(value) for value in told.values() if isinstance(value, dict))
    return next((found for found in inner if found is not None), None)


def _keep(table: dict[tuple[str, str], Any], key: tuple[str, str], value: Any) -> None:
    """Keep the newest: what was never answered must not grow for ever."""
    table[key] = value
    if len(table) > MOST_OPEN:
        del table[next(iter(table))]
