"""Commands: what the operator asked of a station, its answer, and everything that followed from it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from ocpp_console.model.consequences import agree, completes, ended_by, expected_of, too_late
from ocpp_console.model.hints import hint
from ocpp_console.model.reading import mapping, text
from ocpp_console.model.report_parts import HOLDS
from ocpp_console.model.rows import Message, State
from ocpp_console.model.station import Station
from ocpp_console.protocol.frames import JsonValue, encode_call

MOST_COMMANDS = 100
"""Per station of those the operator chose, and as many of procedures; older ones stay in the log and the store."""
NUMBERS = ("requestId", "remoteStartId")
"""Properties with numbers of ours, each of which is used for one command."""
HIGHEST_NUMBER = 2**31 - 1
MOST_FOLLOWERS = 100
MOST_PARTS = 1_000
"""Of a report, which may come one variable at a time. What comes beyond either limit is counted."""


class Progress(StrEnum):
    """How far a command has come."""

    QUEUED = "queued"
    """Waits for the boot answer, for another call to be answered, or for the grace time of a fresh connection."""
    SENT = "sent"
    ANSWERED = "answered"
    ONE_WAY = "sent, no answer expected"
    """A frame exactly as the operator typed it that is no CALL: a SEND, an answer nobody waits for, a broken one."""
    REFUSED = "refused"
    """The station answered with a CALLERROR."""
    TIMED_OUT = "no answer"
    NOT_SENT = "not sent"


@dataclass(slots=True)
class Command:
    """One call of ours from the wish to the last message that belongs to it."""

    id: str
    """The message id on the wire."""
    station: str
    action: str
    payload: JsonValue
    at: int
    """When it was asked for (µs)."""
    progress: Progress = Progress.QUEUED
    verdict: str = ""
    """The status word of the answer, or the CALLERROR's code."""
    text: str = ""
    """What became of it, as a sentence; a hint when it was refused."""
    message: Message | None = None
    """Its row in the log, once sent."""
    followers: list[Message] = field(default_factory=list)
    """Later calls of the station that belong to it: FirmwareStatusNotification*, the triggered message…"""
    more_followers: int = 0
    """How many more came when `followers` was full."""
    purpose: str = ""
    """The procedure it is a part of; empty when the operator chose this very command."""
    recalled: bool = False
    """It was sent in a former run: what followed then stands in the log."""
    revision: int = field(default=0, compare=False)

    @property
    def typed(self) -> bytes | None:
        """The very bytes, when they are not those that action and payload would give: the operator typed the frame."""
        if self.message is None:
            return None
        raw = self.message.raw
        plain = self.progress is not Progress.ONE_WAY
        return None if plain and raw == encode_call(self.id, self.action, self.payload) else raw

    @property
    def final(self) -> bool:
        """Its answer came, or will never come."""
        return self.progress not in (Progress.QUEUED, Progress.SENT)


class Commands:
    """The newest commands of every station, and what followed from them."""

    def __init__(self) -> None:
        """No commands."""
        self._by_station: dict[str, list[Command]] = {}
        self._by_id: dict[tuple[str, str], Command] = {}
        """By station and message id: an operator may send frames with ids of their own."""
        self.expecting: dict[str, list[Command]] = {}
        """Commands whose consequences are looked for, by station, oldest first."""
        self.revision = 0
        """Goes up with every change of any of them."""
        self._last_number = 0

    def __iter__(self) -> Iterator[Command]:
        """All of them, station by station."""
        return (command for commands in self._by_station.values() for command in commands)

    def of(self, station: str) -> list[Command]:
        """The commands to a station, those of procedures included, newest last. Not to be changed."""
        return self._by_station.get(station, [])

    def newest(self, limit: int = 100) -> list[Command]:
        """The newest commands to any station, newest first."""
        return sorted(self, key=lambda command: command.at, reverse=True)[:limit]

    def chosen(self, station: str = "") -> list[Command]:
        """What the operator chose himself, without the calls of procedures; to one station or to any, newest first."""
        commands = reversed(self.of(station)) if station else self.newest(len(self._by_id) + 1)
        return [command for command in commands if not command.purpose]

    def next_number(self) -> int:
        """A number for requestId or remoteStartId that no command carried yet, those of former runs included."""
        return self._last_number + 1

    def number_used(self, number: JsonValue) -> bool:
        """A command carried this number, or a higher one: it may tie its reports to another command."""
        return type(number) is int and number <= self._last_number

    def get(self, station: str, id: str) -> Command | None:
        """The command with this message id."""
        return self._by_id.get((station, id))

    def requested(self, station: str, id: str, action: str, payload: JsonValue, at: int, purpose: str = "") -> Command:
        """Somebody asked for a call; it waits for its turn."""
        command = Command(id, station, action, payload, at, purpose=purpose)
        self._count_number(payload)
        self._keep(command)
        return command

    def _keep(self, command: Command) -> None:
        """One more, in place of the oldest of its kind when there are enough."""
        commands = self._by_station.setdefault(command.station, [])
        alike = [other for other in commands if bool(other.purpose) == bool(command.purpose)]
        if len(alike) >= MOST_COMMANDS:
            self._drop(alike[0], commands)
        commands.append(command)
        self._by_id[command.station, command.id] = command
        self.revision += 1

    def _drop(self, oldest: Command, commands: list[Command]) -> None:
        commands[:] = [command for command in commands if command is not oldest]
        if self._by_id.get((oldest.station, oldest.id)) is oldest:
            del self._by_id[oldest.station, oldest.id]
        self._expect_no_more(oldest)

    def _count_number(self, payload: JsonValue) -> None:
        """Numbers above those that a station can hold are the operator's own jokes."""
        asked = mapping(payload)
        used = [number for name in NUMBERS if type(number := asked.get(name)) is int and number < HIGHEST_NUMBER]
        self._last_number = max([self._last_number, *used])

    def recall(self, former: Iterable[Command]) -> None:
        """Put the commands of former runs before those of this one, oldest first. Call once, at the start."""
        newer, self._by_station, self._by_id = list(self), {}, {}
        kept = {(command.station, command.id) for command in newer if command.final}
        for command in former:
            self._count_number(command.payload)
            if (command.station, command.id) not in kept:
                command.recalled = True
                self._keep(command)
        for command in newer:
            if self.get(command.station, command.id) is None:
                self._keep(command)

    def one_way(self, message: Message, payload: JsonValue) -> Command:
        """A frame of the operator's that gets no answer left; its record has an id of its own."""
        command = self.requested(message.station, f"row {message.seq}", message.action, payload, message.at)
        command.progress, command.message = Progress.ONE_WAY, message
        return command

    def of_row(self, station: str, message: Message) -> Command | None:
        """The command that sent a row of the log."""
        return next((command for command in reversed(self.of(station)) if command.message is message), None)

    def sent(self, message: Message, payload: JsonValue) -> Command:
        """A call of ours left; one that nobody asked for here becomes a command as well."""
        id = text(message.id)
        command = self.get(message.station, id)
        if command is None or command.message is not None:
            command = self.requested(message.station, id, message.action, payload, message.at)
        command.progress = Progress.SENT
        command.message = message
        if expected_of(command):
            self.expecting.setdefault(message.station, []).append(command)
        self._changed(command)
        return command

    def answered(self, message: Message, payload: JsonValue, station: Station) -> Command | None:
        """The answer to a call of ours came, in time or late."""
        command = self.get(message.station, text(message.id))
        if command is None or command.message is not message:
            return None
        refused = message.state is State.ERROR
        command.progress = Progress.REFUSED if refused else Progress.ANSWERED
        command.verdict = message.verdict
        command.text = hint(message.action, message.verdict, station, command.payload)
        status = text(mapping(payload).get("status"))
        if refused or status in ("Rejected", "NotImplemented", "NotSupported", "Failed"):
            self._expect_no_more(command)
        self._changed(command)
        return command

    def abandoned(self, station: str, id: str, why: str, words: str) -> Command | None:
        """We stopped waiting for an answer, or never sent the call."""
        command = self.get(station, id)
        if command is None or command.final:
            return None
        sent = command.message is not None
        command.progress = Progress.TIMED_OUT if sent else Progress.NOT_SENT
        command.verdict = why
        command.text = words
        if not sent:
            self._expect_no_more(command)
        self._changed(command)
        return command

    def followed(self, message: Message, payload: JsonValue) -> Command | None:
        """A call of a station that expects consequences: attach it to the newest command it fits."""
        waiting = self.expecting.get(message.station, [])
        for command in [command for command in waiting if too_late(command, message.at) or ended_by(command, message)]:
            self._expect_no_more(command)
        for command in reversed(self.expecting.get(message.station, [])):
            if message.action in expected_of(command) and agree(command, mapping(payload)):
                if len(command.followers) < (MOST_PARTS if message.action in HOLDS else MOST_FOLLOWERS):
                    command.followers.append(message)
                else:
                    command.more_followers += 1
                if completes(command, message.action, mapping(payload)):
                    self._expect_no_more(command)
                self._changed(command)
                return command
        return None

    def forget(self, station: str) -> None:
        """Drop everything about a station."""
        for command in self._by_station.pop(station, []):
            self._by_id.pop((command.station, command.id), None)
        self.expecting.pop(station, None)
        self.revision += 1

    def _changed(self, command: Command) -> None:
        """A command must be drawn anew."""
        command.revision += 1
        self.revision += 1

    def _expect_no_more(self, command: Command) -> None:
        """Nothing more will follow from a command."""
        waiting = self.expecting.get(command.station)
        if waiting is not None:
            waiting[:] = [other for other in waiting if other is not command]
            if not waiting:
                del self.expecting[command.station]
