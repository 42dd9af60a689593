"""What follows from a command: which later messages of a station belong to it, and which of them is the last."""

from typing import TYPE_CHECKING

from ocpp_console.model.reading import mapping, text, whole
from ocpp_console.model.report_parts import HOLDS, REPORT_PATIENCE, announces_more
from ocpp_console.model.rows import Message
from ocpp_console.model.times import SECOND
from ocpp_console.protocol.actions import ACTIONS
from ocpp_console.protocol.frames import JsonValue

if TYPE_CHECKING:
    from ocpp_console.model.commands import Command

_PATIENCE = 120 * SECOND
"""How long after the wish a message still counts as its consequence."""
TRIGGER_PATIENCE = 30 * SECOND
"""The same for a message that was triggered: a station sends it at once, and later ones for reasons of its own."""
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


def expected_of(command: "Command") -> tuple[str, ...]:
    """The actions by which a station may act on a command."""
    if is_trigger(command):
        wanted = text(mapping(command.payload).get("requestedMessage"))
        return _TRIGGERED.get(wanted, (wanted,)) if wanted else ()
    declared = ACTIONS.get(command.action)
    return (declared.followed_by if declared else ()) + _CONSEQUENCES.get(command.action, ())


def too_late(command: "Command", at: int) -> bool:
    """What comes at `at` has nothing to do with a command any more."""
    last = command.followers[-1] if command.followers else None
    if last is not None and last.action in HOLDS and not announces_more(last) and at - last.at > REPORT_PATIENCE:
        return True
    if is_trigger(command):
        return at - command.at > TRIGGER_PATIENCE
    declared = ACTIONS.get(command.action)
    return at - command.at > (_LONG_PATIENCE if declared and declared.followed_by else _PATIENCE)


def ended_by(command: "Command", message: Message) -> bool:
    """A boot that the command did not ask for: what the station tells after it, it tells because of that."""
    return message.action == "BootNotification" and message.action not in expected_of(command) and is_trigger(command)


def is_trigger(command: "Command") -> bool:
    """It asks for one message of the station."""
    return command.action in ("TriggerMessage", "ExtendedTriggerMessage")


def agree(command: "Command", follower: dict[str, JsonValue]) -> bool:
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


def completes(command: "Command", action: str, follower: dict[str, JsonValue]) -> bool:
    """Nothing more follows from a command after this message."""
    if action in _ENDINGS.get(command.action, ()):
        return action != "TransactionEvent" or _ends_request(command, follower)
    if is_trigger(command):
        # Without a connector, one StatusNotification or MeterValues comes for each of them.
        return action not in ("StatusNotification", "MeterValues") or "connectorId" in mapping(command.payload)
    if "tbc" in follower or action in HOLDS:
        return follower.get("tbc") is False  # without the word more may come: stations leave it out of every part
    return text(follower.get("status")) in _FINAL_STATUSES


def _ends_request(command: "Command", follower: dict[str, JsonValue]) -> bool:
    """The 2.x event that a RequestStart (Started) or a RequestStop (Ended) was meant to bring about."""
    wanted = "Ended" if command.action == "RequestStopTransaction" else ("Started", "Updated")
    return text(follower.get("eventType")) in wanted
