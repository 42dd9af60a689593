"""The whole story of a command, step by step: asked, sent, answered how, what the answer means, what came of it."""

import json
from typing import NamedTuple

from ocpp_console.model.commands import Command, Progress
from ocpp_console.model.messages import outcome, summary
from ocpp_console.model.reading import mapping, text
from ocpp_console.model.report_parts import HOLDS, Assembly, assemble
from ocpp_console.model.rows import Message, State
from ocpp_console.model.secrets import veiled
from ocpp_console.model.status_reasons import results
from ocpp_console.protocol.actions import ACTIONS
from ocpp_console.protocol.frames import CallError, CallResult, JsonValue, parse

SHOWN_PARTS = 3
"""Messages of a report that are listed; the others are in its sum."""

SILENT_HINT = (
    "Some stations stop answering calls until they connect again: close the connection to make it dial anew. "
    "The command may have been carried out all the same."
)
SILENCE: dict[str, str] = {
    "timeout": "No answer came in time.",
    "former": "The console was closed before an answer was in its log: whether it was carried out is not known.",
    "gone": "The connection ended before the answer came: whether it was carried out is not known.",
    "cancelled": "Nobody waits for the answer any more: it was cancelled here. The station may still carry it out.",
}
"""Why there is no answer to a call that was sent, by the word of the abandonment."""


class Step(NamedTuple):
    """One line of the story."""

    at: int
    """µs; 0 for a line that explains the one above it."""
    way: str
    """`→` to the station, `←` from it, empty for a remark."""
    text: str
    """May hold station text."""
    tone: str = ""
    """good, attention, wrong, quiet or empty."""
    message: Message | None = None
    """The row of the log it is about."""
    report: Assembly | None = None
    """The report put together that it is the sum of."""


def is_late(command: Command) -> bool:
    """The answer came when nobody waited for it any more."""
    return command.message is not None and any(f.code == "ANSWER_LATE" for f in command.message.answer_findings)


def is_damaged(command: Command) -> bool:
    """An answer came that could not be read."""
    return command.progress is Progress.REFUSED and command.verdict in ("unreadable", "binary")


def violations(command: Command) -> list[str]:
    """What the answer's schema finds wrong with it, as sentences."""
    findings = command.message.answer_findings if command.message is not None else ()
    return [f"{finding.path or 'answer'}: {finding.text}" for finding in findings if finding.code.startswith("SCHEMA_")]


def ending(command: Command) -> tuple[str, str]:
    """How it ended in a few words, and the tone; each way a command can end has words of its own."""
    latency = command.message.latency if command.message is not None else None
    took = f" after {duration(latency)}" if latency is not None else ""
    late = ", too late: nobody waited for it any more" if is_late(command) else ""
    if command.progress is Progress.QUEUED:
        return "queued: waits for its turn", "quiet"
    if command.progress is Progress.SENT:
        return "sent, no answer yet", "attention"
    if command.progress is Progress.ONE_WAY:
        return command.progress.value, "quiet"
    if command.progress is Progress.NOT_SENT:
        return f"never sent: {command.text}", "wrong"
    if command.progress is Progress.TIMED_OUT:
        return f"no answer: {SILENCE.get(command.verdict, command.text)}", "wrong"
    if is_damaged(command):
        return f"an answer that cannot be read came{took}{late}", "wrong"
    if command.progress is Progress.REFUSED:
        return f"refused with CALLERROR {command.verdict}{took}{late}", "wrong"
    tone = "attention" if late or violations(command) else _tone(command)
    word = command.verdict or "answered"
    broken = ", but the answer breaks its schema" if violations(command) else ""
    return f"{word}{took}{late}{broken}", tone


def _tone(command: Command) -> str:
    return outcome(command.message)[2] if command.message is not None else "quiet"


def duration(us: int) -> str:
    """A duration in µs as people read it: `84 ms`, `32.1 s`."""
    return f"{us / 1e6:.1f} s" if us >= 10_000_000 else f"{us / 1000:.0f} ms"


def story(command: Command, now: int) -> list[Step]:
    """All steps so far, oldest first, as they stand at a time (µs)."""
    message = command.message
    steps: list[Step] = []
    if message is None or message.at - command.at > 100_000:
        steps.append(Step(command.at, "", "asked for; waited for its turn", "quiet"))
    if message is not None:
        steps.append(Step(message.at, "→", _sent(command), "", message))
    words, tone = ending(command)
    answered = message is not None and message.answer_raw is not None
    at = message.answered_at if message is not None and answered else 0
    steps.append(Step(at, "←" if answered else "", words, tone, message))
    steps += [Step(0, "", line, line_tone) for line, line_tone in _details(command)]
    steps += _consequences(command, now)
    return steps


def _sent(command: Command) -> str:
    """What went out; what is no call as it was typed."""
    if command.progress is Progress.ONE_WAY:
        return (command.typed or b"").decode("utf-8", "replace")
    return f"{command.action} {json.dumps(veiled(command.payload), ensure_ascii=False)}"


def _details(command: Command) -> list[tuple[str, str]]:
    """What explains the answer: the error's description, the reasons in it, violations, what may be behind it."""
    lines: list[tuple[str, str]] = []
    payload = answer_payload(command)
    lines += [(line, "wrong") for line in _error_words(command)]
    lines += [(f"! {line}", "attention") for line in violations(command)[:5]]
    for result in results(payload):
        told = ": ".join(part for part in (result.subject, result.status) if part)
        reason = f"the station says {result.reason}" if result.reason else ""
        lines.append(("  ".join(part for part in (told, reason) if part), "attention" if result.reason else "quiet"))
    if command.progress in (Progress.ANSWERED, Progress.REFUSED) and command.text:
        lines.append((command.text, "attention"))
    if "RebootRequired" in command.verdict and "reset" not in command.text:
        lines.append(("It takes effect after a reset (R).", "attention"))
    if command.progress is Progress.TIMED_OUT and command.verdict == "timeout":
        lines.append((SILENT_HINT, "attention"))
    return lines


def answer_payload(command: Command) -> JsonValue:
    """The payload of the answer; None when there is none that can be read."""
    message = command.message
    if message is None or message.answer_raw is None:
        return None
    frame = parse(message.answer_raw, message.version)
    return frame.payload if isinstance(frame, CallResult) else None


def _error_words(command: Command) -> list[str]:
    """A CALLERROR's description and details; or why an answer could not be read."""
    message = command.message
    if message is None or message.answer_raw is None or message.state is not State.ERROR:
        return []
    frame = parse(message.answer_raw, message.version)
    if not isinstance(frame, CallError):
        return [finding.text for finding in message.answer_findings[:2]]
    details = json.dumps(frame.details, ensure_ascii=False) if frame.details else ""
    return [line for line in (text(frame.description), details) if line]


def _consequences(command: Command, now: int) -> list[Step]:
    """Every later message that belongs to it; of a report the first parts and its sum."""
    steps: list[Step] = []
    listed: dict[str, int] = {}
    for message in command.followers:
        listed[message.action] = listed.get(message.action, 0) + 1
        if message.action in HOLDS and listed[message.action] > SHOWN_PARTS:
            continue
        steps.append(Step(message.at, "←", f"{message.action}  {summary(message)}", "good", message))
    for assembly in assemble(command.followers, now):
        tone = "good" if assembly.complete else "attention"
        steps.append(Step(0, "", assembly.text, tone, report=assembly))
    if command.more_followers:
        steps.append(Step(0, "", f"and {command.more_followers} more messages, which are in the log", "quiet"))
    if command.recalled and not command.followers:
        steps.append(Step(0, "", "sent in a former run of the console; what followed stands in the log", "quiet"))
    elif not command.followers and (wanted := _awaited(command)):
        steps.append(Step(0, "", f"{wanted} should follow", "quiet"))
    return steps


def _awaited(command: Command) -> str:
    """What a station that said yes sends next; empty when nothing."""
    if command.progress is not Progress.ANSWERED or _tone(command) != "good":
        return ""
    if command.action in ("TriggerMessage", "ExtendedTriggerMessage"):
        return text(mapping(command.payload).get("requestedMessage"))
    declared = ACTIONS.get(command.action)
    return " or ".join(declared.followed_by) if declared is not None else ""
