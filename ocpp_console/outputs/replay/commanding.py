"""The commands of a trace for another run: what each was answered then, and its payload with values of now. Pure."""

from collections.abc import Callable, Iterable
from typing import Any

from ocpp_console.clock import iso
from ocpp_console.events import Fact, FrameReceived, FrameSent, StationConnected
from ocpp_console.model.times import parse_time
from ocpp_console.outputs.replay.script import Command, verdict
from ocpp_console.protocol.frames import Call, CallError, CallResult, JsonValue, parse

TIMES = frozenset(
    {
        "retrieveDate",
        "retrieveDateTime",
        "installDateTime",
        "expiryDate",
        "expiryDateTime",
        "startSchedule",
        "validFrom",
        "validTo",
        "startTime",
        "stopTime",
        "oldestTimestamp",
        "latestTimestamp",
    }
)
"""Fields of a command that say when something is to happen, or between which times."""

NO_ANSWER = "no answer"


def verdicts(facts: Iterable[Fact]) -> list[str]:
    """What each call of the central system was answered, in the order in which `script.commands` gives them."""
    versions: dict[str, str] = {}
    waiting: dict[tuple[str, str], tuple[int, str]] = {}
    found: list[str] = []
    for fact in facts:
        if isinstance(fact, StationConnected):
            versions[fact.station] = fact.version
        if not isinstance(fact, FrameSent | FrameReceived):
            continue
        frame = parse(fact.raw, versions.get(fact.station, "1.6"))
        if isinstance(fact, FrameSent) and isinstance(frame, Call):
            waiting[fact.station, str(frame.id)] = len(found), frame.action
            found.append(NO_ANSWER)
        elif isinstance(fact, FrameReceived) and isinstance(frame, CallResult | CallError):
            place, action = waiting.pop((fact.station, str(frame.id)), (-1, ""))
            if place >= 0:
                found[place] = verdict(action, frame)
    return found


def session_for(command: Command, running: list[dict[str, Any]]) -> str | None:
    """The transactionId of the session that is meant now: that of the same connector or EVSE, else the only one.

    `running` are the sessions that run at the live station, as the API tells them; None when none can be meant.
    """
    for session in running:
        if command.connector and command.connector in (session.get("evse"), session.get("connector")):
            return str(session["id"])
    return str(running[0]["id"]) if len(running) == 1 else None


def names_session(payload: JsonValue) -> bool:
    """Whether a transactionId stands in it, at any depth."""
    if isinstance(payload, dict):
        return "transactionId" in payload or any(names_session(value) for value in payload.values())
    return isinstance(payload, list) and any(names_session(item) for item in payload)


def aimed(payload: JsonValue, session: str | None, shift: int = 0) -> JsonValue:
    """The payload with the transactionId of now, and its times moved by `shift` µs; None leaves the id as it is.

    The id keeps its type, a number in 1.6 and a string in 2.x.
    """

    def value(name: str, recorded: JsonValue) -> JsonValue:
        if name == "transactionId" and session is not None:
            return int(session) if type(recorded) is int and session.isdecimal() else session
        if shift and name in TIMES and isinstance(recorded, str):
            moment = parse_time(recorded)
            return recorded if moment is None else iso(moment + shift)
        return aimed(recorded, session, shift)

    return _mapped(payload, value)


def _mapped(payload: JsonValue, value: Callable[[str, JsonValue], JsonValue]) -> JsonValue:
    """The payload with every property replaced."""
    if isinstance(payload, dict):
        return {name: value(name, each) for name, each in payload.items()}
    return [_mapped(item, value) for item in payload] if isinstance(payload, list) else payload
