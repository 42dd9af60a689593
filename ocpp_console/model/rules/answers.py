"""Rules about answers: slow ones, and those that never came."""

from ocpp_console.model.rows import Message, Origin
from ocpp_console.model.times import SECOND
from ocpp_console.protocol.findings import Finding, Severity

SLOW = 10 * SECOND


def slow(message: Message) -> tuple[Finding, ...]:
    """An answer more than ten seconds after its call, whoever called."""
    seconds = (message.answered_at - message.at) / SECOND
    return (Finding("SLOW_RESPONSE", Severity.WARNING, f"answered after {seconds:.1f} s"),)


_CONSOLE_SILENT = (
    Finding("UNRESPONSIVE_CSMS", Severity.CRITICAL, "the station's call was never answered by the central system"),
)
_STATION_SILENT = (
    Finding("UNRESPONSIVE_CSMS", Severity.INFO, "a call without an answer, though it was the station that owed one"),
    Finding("ANSWER_MISSING", Severity.WARNING, "the station never answered this call"),
)


def unanswered(message: Message) -> tuple[Finding, ...]:
    """A call that will not be answered any more; this is told once."""
    if any(odd.code == "UNRESPONSIVE_CSMS" for odd in message.answer_findings):
        return ()
    return _CONSOLE_SILENT if message.origin is Origin.STATION else _STATION_SILENT
