"""A command's way as one line: queued → sent → answered 84 ms: Accepted → what followed."""

from ocpp_console.glyphs import ATTENTION, GOOD, QUIET, WRONG, command_look, verdict_look
from ocpp_console.model.commands import Command, Progress
from ocpp_console.model.messages import summary
from ocpp_console.widgets.columns import Piece

SHOWN_FOLLOWERS = 4
"""The newest messages that belong to a command; the others are counted."""

ARROW: Piece = (" → ", QUIET)


def milliseconds(us: int) -> str:
    """A duration in µs as people read it: `84 ms`, `3.2 s`."""
    return f"{us / 1e6:.1f} s" if us >= 10_000_000 else f"{us / 1000:.0f} ms"


def progress(command: Command, now: int) -> list[Piece]:
    """The steps so far, in tones; while it waits, for how long."""
    look = command_look(command.progress.value, command.verdict)
    if command.progress is Progress.QUEUED:
        return [(f"{look.glyph} queued", QUIET), (_waiting(now - command.at), QUIET)]
    if command.progress is Progress.NOT_SENT:
        return [(f"{look.glyph} not sent", WRONG), *_text(command)]
    steps: list[Piece] = [("sent", QUIET), ARROW]
    if command.progress is Progress.SENT:
        return [*steps, (f"{look.glyph} waiting for the answer", ATTENTION), (_waiting(now - command.at), QUIET)]
    if command.progress is Progress.TIMED_OUT:
        return [*steps, (f"{look.glyph} no answer", WRONG), *_text(command)]
    latency = command.message.latency if command.message else None
    took = f" {milliseconds(latency)}" if latency is not None else ""
    word = "refused" if command.progress is Progress.REFUSED else "answered"
    tone = WRONG if command.progress is Progress.REFUSED else verdict_look(command.verdict).tone
    steps += [(f"{word}{took}", QUIET), (f": {look.glyph} {command.verdict or 'done'}", tone)]
    return [*steps, *_followers(command), *_text(command)]


def _waiting(us: int) -> str:
    return f" for {us // 1_000_000} s" if us >= 1_000_000 else ""


def _text(command: Command) -> list[Piece]:
    return [(f"  {command.text}", ATTENTION)] if command.text else []


def _followers(command: Command) -> list[Piece]:
    shown = command.followers[-SHOWN_FOLLOWERS:]
    hidden = len(command.followers) - len(shown)
    steps: list[Piece] = [ARROW, (f"{hidden} more", QUIET)] if hidden else []
    for message in shown:
        steps += [ARROW, (f"{message.action} {summary(message)}".rstrip(), GOOD)]
    return steps
