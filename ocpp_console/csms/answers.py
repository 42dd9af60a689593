"""What a station's call is answered: the one place that decides."""

from functools import cache

from ocpp_console.csms import answers_2x, answers_16
from ocpp_console.csms.answer_context import AnswerContext, Payload, Refusal
from ocpp_console.model.commands import Progress
from ocpp_console.model.messages import Message
from ocpp_console.protocol import schemas
from ocpp_console.protocol.actions import ACTIONS, Action
from ocpp_console.protocol.fields import minimal
from ocpp_console.protocol.frames import Call
from ocpp_console.protocol.troubles import Trouble

__all__ = ["AnswerContext", "Refusal", "answer"]

SPECIAL: dict[str, dict[str, answers_2x.Answer]] = {
    "1.6": answers_16.ANSWERS,
    "2.0.1": answers_2x.ANSWERS,
    "2.1": answers_2x.ANSWERS,
}
"""Answers that need thought, by version and action."""
STRICT_ABOUT = ("SCHEMA_", "ID_", "NOT_CHECKED")
"""Findings for which strict mode answers with an error begin with one of these; what was not checked may be wrong."""
FOLLOWS_FOR = 600_000_000
"""Microseconds in which a station that is not accepted may report on what we asked of it."""


def answer(
    call: Call, message: Message | None, context: AnswerContext, station: str, version: str
) -> Payload | Refusal:
    """Decide the answer to a call of `station`; `message` is its row in the log, with what was found odd about it."""
    name = call.action
    rule = _rule(version, name) if name in ACTIONS else _unknown(version)
    if isinstance(rule, Refusal):
        return rule
    if name != "BootNotification" and context.standing_of(station) != "Accepted":
        refused = before_acceptance(ACTIONS[name], station, version, context)
        if refused is not None:
            return refused
    if context.settings.strict and message is not None and message.call_findings and not context.tolerates(station):
        refused = violation(message)
        if refused is not None:
            return refused
    return rule(call.payload if type(call.payload) is dict else {}, station, context)


@cache
def _rule(version: str, name: str) -> Refusal | answers_2x.Answer:
    """How calls of an action of ours are answered, or why they never are."""
    action = ACTIONS[name]
    if version not in action.versions:
        return _unknown(version)
    if action.by == "csms" or action.kind == "send":
        return Refusal(Trouble.UNSUPPORTED_ACTION, f"{name} is not a call that a station makes.")
    return SPECIAL[version].get(name) or answers_2x.always(**smallest(version, name))


def _unknown(version: str) -> Refusal:
    """The answer to an action that the version does not know."""
    return Refusal(Trouble.UNKNOWN_ACTION, f"OCPP {version} has no such action.")


def smallest(version: str, action: str) -> Payload:
    """The smallest valid answer: `{}` for most notifications."""
    made = minimal(version, action, "response")
    return made if isinstance(made, dict) else {}


def violation(message: Message) -> Refusal | None:
    """What strict mode refuses a call for: the first violation of its schema."""
    for finding in message.call_findings:
        if finding.code.startswith(STRICT_ABOUT):
            text = f"{finding.path}: {finding.text}" if finding.path else finding.text
            return Refusal(schemas.trouble_of(finding), text)
    return None


def before_acceptance(action: Action, station: str, version: str, context: AnswerContext) -> Refusal | None:
    """Calls of a station that was not accepted are refused, except what we asked it for while it is pending.

    1.6 errata 3.10 recommends the SecurityError, 2.x B01.FR.10, B02.FR.09 and B03.FR.07 require it.
    """
    standing = context.standing_of(station)
    if standing == "Pending" and asked_for(action, station, context):
        return None
    known = context.fleet.stations.get(station)
    if known is None or not known.registration:
        return Refusal(Trouble.NOT_ACCEPTED, "This station has not booted yet; it must send a BootNotification first.")
    return Refusal(Trouble.NOT_ACCEPTED, f"The boot of this station was answered {standing}; it must boot first.")


def asked_for(action: Action, station: str, context: AnswerContext) -> bool:
    """The call follows from a command of ours: GetBaseReport brings NotifyReport, TriggerMessage what it names."""
    oldest = context.clock() - FOLLOWS_FOR
    for command in reversed(context.fleet.commands.of(station)):
        if command.at < oldest:
            return False
        if command.progress in (Progress.QUEUED, Progress.NOT_SENT):
            continue
        ours = ACTIONS.get(command.action)
        if ours is not None and action.name in ours.followed_by:
            return True
        wanted = command.payload.get("requestedMessage") if type(command.payload) is dict else None
        if wanted == action.name or (action.name == "SignCertificate" and str(wanted).startswith("Sign")):
            return True
    return False
