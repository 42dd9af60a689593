"""Commands: what the operator asked of a station, its answer, and everything that followed from it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from ocpp_console.model.hints import hint
from ocpp_console.model.reading import mapping, text, whole
from ocpp_console.model.report_parts import HOLDS
from ocpp_console.model.rows import Message, State
from ocpp_console.model.station import Station
from ocpp_console.model.times import SECOND
from ocpp_console.protocol.actions import ACTIONS
from ocpp_console.protocol.frames import JsonValue

MOST_COMMANDS = 100
"""Per station; older ones stay in the log and the store."""
MOST_FOLLOWERS = 100
MOST_PARTS = 1_000
"""Of a report, which may come one variable at a time. What comes beyond either limit is counted."""

_PATIENCE = 120 * SECOND
"""How long after the wish a message still counts as its consequence."""
_LONG_PATIENCE = 24 * 3600 * SECOND
"""The same for transfers, which announce their own end."""

_CONSEQUENCES: dict[str, tuple[str, ...]] = {
    "RemoteStartTransaction": ("Authorize", "StatusNotification", "StartTransaction"),
    "RequestStartTransaction": ("Authorize", "StatusNotification", "TransactionEvent"),
    "RemoteStopTransaction": ("StopTransaction", "StatusNotification"),
    "RequestStopTransaction": ("TransactionEvent", "StatusNotification"),
    "Reset": ("BootNotification",),
    "ChangeAvailability": ("StatusNotification",),
    "UnlockConnector": ("StatusNotification",),
    "ReserveNow": ("StatusNotification",),
    "CancelReservation": ("StatusNotification",),
}
"""What a station usually does after a command, besides the reports named in the table of actions."""

_ENDINGS: dict[str, frozenset[str]] = {
    "RemoteStartTransaction": frozenset({"StartTransaction"}),
    "RequestStartTransaction": frozenset({"TransactionEvent"}),
    "RemoteStopTransaction": frozenset({"StopTransaction"}),
    "RequestStopTransaction": frozenset({"TransactionEvent"}),
    "Reset": frozenset({"BootNotification"}),
}
"""The message that completes a command: nothing after it belongs to it."""

_FINAL_STATUSES = frozenset(
    {
        "Installed",
        "InstallationFailed",
        "DownloadFailed",
        "InvalidSignature",
        "InstallVerificationFailed",
        "InvalidCertificate",
        "Uploaded",
        "UploadFailure",
        "UploadFailed",
        "BadMessage",
        "NotSupportedOperation",
        "PermissionDenied",
        "AcceptedCanceled",
        "Published",
        "PublishFailed",
        "InvalidChecksum",
    }
)
"""Words of a progress report after which no more comes."""

_TRIGGERED: dict[str, tuple[str, ...]] = {
    "SignV2GCertificate": ("SignCertificate",),
    "SignV2G20Certificate": ("SignCertificate",),
    "SignChargingStationCertificate": ("SignCertificate",),
    "SignCombinedCertificate": ("SignCertificate",),
    "SignChargePointCertificate": ("SignCertificate",),
    "FirmwareStatusNotification": ("FirmwareStatusNotification", "SignedFirmwareStatusNotification"),
}
"""Messages that TriggerMessage names otherwise than the action that comes."""

_CORRELATIONS = (("requestId", whole), ("remoteStartId", whole), ("transactionId", text), ("idTag", text))
"""Properties that must agree between a command and what follows it, when both have them."""


class Progress(StrEnum):
    """How far a command has come."""

    QUEUED = "queued"
    """Waits for the boot answer, for another call to be answered, or for the grace time of a fresh connection."""
    SENT = "sent"
    ANSWERED = "answered"
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
    revision: int = field(default=0, compare=False)

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

    def __iter__(self) -> Iterator[Command]:
        """All of them, station by station."""
        return (command for commands in self._by_station.values() for command in commands)

    def of(self, station: str) -> list[Command]:
        """The commands to a station, newest last, at most 100. Not to be changed."""
        return self._by_station.get(station, [])

    def newest(self, limit: int = 100) -> list[Command]:
        """The newest commands to any station, newest first."""
        return sorted(self, key=lambda command: command.at, reverse=True)[:limit]

    def get(self, station: str, id: str) -> Command | None:
        """The command with this message id."""
        return self._by_id.get((station, id))

    def requested(self, station: str, id: str, action: str, payload: JsonValue, at: int) -> Command:
        """Somebody asked for a call; it waits for its turn."""
        command = Command(id, station, action, payload, at)
        commands = self._by_station.setdefault(station, [])
        if len(commands) >= MOST_COMMANDS:
            oldest = commands.pop(0)
            if self._by_id.get((station, oldest.id)) is oldest:
                del self._by_id[station, oldest.id]
            self._expect_no_more(oldest)
        commands.append(command)
        self._by_id[station, id] = command
        self.revision += 1
        return command

    def sent(self, message: Message, payload: JsonValue) -> Command:
        """A call of ours left; one that nobody asked for here becomes a command as well."""
        id = text(message.id)
        command = self.get(message.station, id)
        if command is None or command.message is not None:
            command = self.requested(message.station, id, message.action, payload, message.at)
        command.progress = Progress.SENT
        command.message = message
        if _expected(command):
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
        for command in [command for command in waiting if _too_late(command, message.at)]:
            self._expect_no_more(command)
        for command in reversed(self.expecting.get(message.station, [])):
            if message.action in _expected(command) and _agree(command, mapping(payload)):
                if len(command.followers) < (MOST_PARTS if message.action in HOLDS else MOST_FOLLOWERS):
                    command.followers.append(message)
                else:
                    command.more_followers += 1
                if _completes(command, message.action, mapping(payload)):
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


def _expected(command: Command) -> tuple[str, ...]:
    """The actions by which a station may act on a command."""
    if command.action in ("TriggerMessage", "ExtendedTriggerMessage"):
        wanted = text(mapping(command.payload).get("requestedMessage"))
        return _TRIGGERED.get(wanted, (wanted,)) if wanted else ()
    declared = ACTIONS.get(command.action)
    return (declared.followed_by if declared else ()) + _CONSEQUENCES.get(command.action, ())


def _too_late(command: Command, at: int) -> bool:
    """What comes at `at` has nothing to do with a command any more."""
    declared = ACTIONS.get(command.action)
    return at - command.at > (_LONG_PATIENCE if declared and declared.followed_by else _PATIENCE)


def _agree(command: Command, follower: dict[str, JsonValue]) -> bool:
    """The properties that both have agree: the same request, session, tag and connector."""
    asked = mapping(command.payload)
    for name, read in _CORRELATIONS:
        mine, theirs = asked.get(name), follower.get(name)
        if name in ("transactionId", "remoteStartId") and theirs is None:
            theirs = mapping(follower.get("transactionInfo")).get(name)
        if mine is not None and theirs is not None and read(mine) != read(theirs):
            return False
    mine, theirs = whole(asked.get("connectorId")), whole(follower.get("connectorId"))
    return not mine or theirs is None or mine == theirs


def _completes(command: Command, action: str, follower: dict[str, JsonValue]) -> bool:
    """Nothing more follows from a command after this message."""
    if action in _ENDINGS.get(command.action, ()):
        return action != "TransactionEvent" or _ends_request(command, follower)
    if command.action in ("TriggerMessage", "ExtendedTriggerMessage"):
        # Without a connector, one StatusNotification or MeterValues comes for each of them.
        return action not in ("StatusNotification", "MeterValues") or "connectorId" in mapping(command.payload)
    if "tbc" in follower or action.startswith(("Notify", "Report")):
        return follower.get("tbc") is not True
    return text(follower.get("status")) in _FINAL_STATUSES


def _ends_request(command: Command, follower: dict[str, JsonValue]) -> bool:
    """The 2.x event that a RequestStart (Started) or a RequestStop (Ended) was meant to bring about."""
    wanted = "Ended" if command.action == "RequestStopTransaction" else ("Started", "Updated")
    return text(follower.get("eventType")) in wanted
