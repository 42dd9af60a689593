"""A command's way as one line: queued → sent → answered 84 ms: Accepted → what followed."""

from ocpp_console.glyphs import ATTENTION, GOOD, QUIET, WRONG, command_look, verdict_look
from ocpp_console.model.command_story import answer_payload, duration, is_damaged, is_late, story, violations
from ocpp_console.model.commands import Command, Progress
from ocpp_console.model.messages import summary
from ocpp_console.model.status_reasons import results
from ocpp_console.widgets.columns import Piece

SHOWN_FOLLOWERS = 4
"""The newest messages that belong to a command; the others are counted."""

ARROW: Piece = (" → ", QUIET)


def progress(command: Command, now: int) -> list[Piece]:
    """The steps so far, in tones; while it waits, for how long."""
    look = command_look(command.progress.value, command.verdict)
    if command.progress is Progress.QUEUED:
        return [(f"{look.glyph} queued", QUIET), (_waiting(now - command.at), QUIET)]
    if command.progress is Progress.ONE_WAY:
        return [(f"{look.glyph} {look.word}", look.tone)]
    if command.progress is Progress.NOT_SENT:
        return [(f"{look.glyph} not sent", WRONG), *_text(command)]
    steps: list[Piece] = [("sent", QUIET), ARROW]
    if command.progress is Progress.SENT:
        return [*steps, (f"{look.glyph} waiting for the answer", ATTENTION), (_waiting(now - command.at), QUIET)]
    if command.progress is Progress.TIMED_OUT:
        return [*steps, (f"{look.glyph} no answer", WRONG), *_text(command)]
    latency = command.message.latency if command.message else None
    took = f" {duration(latency)}" if latency is not None else ""
    if is_damaged(command):
        return [*steps, (f"{look.glyph} an answer that cannot be read came{_after(latency)}", WRONG)]
    word = "refused" if command.progress is Progress.REFUSED else "answered"
    tone = WRONG if command.progress is Progress.REFUSED else verdict_look(command.verdict).tone
    steps += [(f"{word}{took}", QUIET), (f": {look.glyph} {command.verdict or 'done'}", tone)]
    if is_late(command):
        steps.append((", too late: nobody waited any more", ATTENTION))
    if violations(command):
        steps.append((", but the answer breaks its schema", ATTENTION))
    return [*steps, *_followers(command), *([] if _reasoned(command) else _text(command))]


def remarks(command: Command, now: int) -> list[list[Piece]]:
    """What explains it, a line each: reasons the station gave, violations, reports put together, what should follow.

    What the console takes to be the reason comes here, too, when the station gave one of its own: that goes first.
    """
    reasoned = _reasoned(command)
    steps = story(command, now)
    lines = [step for step in steps if not step.at and not step.way and (reasoned or step.text != command.text)]
    return [[(f"  {step.text}", step.tone)] for step in lines[1 if not _answered(command) else 0 :]]


def _reasoned(command: Command) -> bool:
    """The station said why."""
    return any(result.reason for result in results(answer_payload(command)))


def _answered(command: Command) -> bool:
    return command.message is not None and command.message.answer_raw is not None


def _after(latency: int | None) -> str:
    return f" after {duration(latency)}" if latency is not None else ""


def _waiting(us: int) -> str:
    return f" for {us // 1_000_000} s" if us >= 1_000_000 else ""


def _text(command: Command) -> list[Piece]:
    return [(f"  {command.text}", ATTENTION)] if command.text else []


def _followers(command: Command) -> list[Piece]:
    shown = command.followers[-SHOWN_FOLLOWERS:]
    hidden = len(command.followers) - len(shown)
    steps: list[Piece] = [ARROW, (f"{hidden} more", QUIET)] if hidden else []
    before = ""
    for message in shown:
        name = "" if message.action == before else message.action
        steps += [ARROW, (f"{name} {summary(message)}".strip() or message.action, GOOD)]
        before = message.action
    return steps
