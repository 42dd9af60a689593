"""Facts as sources publish them, folded into a fleet while they are made, and kept to be folded again."""

import json
from typing import Any

from ocpp_console.events import (
    CallAbandoned,
    CallRequested,
    Fact,
    FrameReceived,
    FrameSent,
    StationConnected,
    StationGone,
)
from ocpp_console.model.fleet import Fleet
from ocpp_console.model.messages import Message
from ocpp_console.protocol.findings import Finding
from ocpp_console.protocol.frames import parse

SECOND = 1_000_000
NOON = 1_795_176_000 * SECOND
"""2026-11-20T12:00:00Z, the time that `traffic` writes."""


class Tape:
    """One station's conversation with the console; `live` facts carry their frames, others are as from a file."""

    def __init__(
        self, version: str = "1.6", station: str = "CP", fleet: Fleet | None = None, live: bool = True
    ) -> None:
        self.fleet = fleet or Fleet()
        self.facts: list[Fact] = []
        self.version = version
        self.station = station
        self.live = live
        self.at = NOON
        self.seq = 0
        self.connection = 0

    def apply(self, fact: Fact) -> Message | None:
        self.facts.append(fact)
        return self.fleet.apply(fact)

    def next(self, seconds: float = 0.0) -> tuple[int, int]:
        """The number and the time of the next fact."""
        self.seq += 1
        self.at += round(seconds * SECOND)
        return self.seq, self.at

    def connect(self, station: str = "", findings: tuple[Finding, ...] = (), path: str = "") -> int:
        self.station = station or self.station
        seq, at = self.next()
        self.connection = seq
        offered, path = (f"ocpp{self.version}",), path or f"/{self.station}"
        peer = ("10.0.0.9:5000", False, findings)
        self.apply(StationConnected(seq, at, self.station, self.version, offered[0], offered, path, *peer))
        return seq

    def gone(self, reason: str = "", by: str = "network", code: int = 1006, connection: int = 0) -> None:
        self.apply(StationGone(*self.next(), self.station, connection or self.connection, code, reason, by))

    def hear(self, raw: bytes, seconds: float = 1.0, binary: bool = False) -> Message:
        """The station sends a frame."""
        frame = parse(raw, self.version, binary=binary) if self.live else None
        message = self.apply(FrameReceived(*self.next(seconds), self.station, self.connection, raw, binary, frame))
        assert message is not None
        return message

    def say(self, raw: bytes, answers: int = 0, seconds: float = 0.01) -> Message:
        """The console sends a frame."""
        frame = parse(raw, self.version) if self.live else None
        message = self.apply(FrameSent(*self.next(seconds), self.station, self.connection, raw, answers, frame))
        assert message is not None
        return message

    def exchange(self, raw: bytes, answer: Any = None) -> Message:
        """The station calls and the console answers; gives the row."""
        message = self.hear(raw)
        frame = json.dumps([3, json.loads(raw)[1], {} if answer is None else answer]).encode()
        assert self.say(frame, message.seq) is message
        return message

    def request(self, action: str, payload: Any, id: str) -> None:
        """The operator asks for a call."""
        self.apply(CallRequested(*self.next(), self.station, self.connection, id, action, payload))

    def ask(self, action: str, payload: Any, id: str = "c1") -> Message:
        """The operator asks for a call, and it leaves."""
        self.request(action, payload, id)
        return self.say(json.dumps([2, id, action, payload]).encode())

    def abandon(self, id: str, why: str = "timeout", text: str = "No answer within 30 s.") -> None:
        self.apply(CallAbandoned(*self.next(), self.station, self.connection, id, why, text))


def tape(version: str = "1.6", **options: Any) -> Tape:
    """A tape with the station connected."""
    made = Tape(version, **options)
    made.connect()
    return made
