"""Rules about answers: refusals, slow ones, those that never came, and calls that are repeated because of it."""

from ocpp_console.glyphs import NO_WORDS, verdict_words
from ocpp_console.model.hints import hint
from ocpp_console.model.rows import Message, Origin, State
from ocpp_console.model.site import Site
from ocpp_console.model.station import Station
from ocpp_console.model.times import SECOND
from ocpp_console.protocol.findings import Finding, Severity

SLOW = 10 * SECOND
DEAF = 3
"""Our calls in a row without an answer, while the station itself goes on talking."""
STUBBORN = 3
"""Times that the same message came; one retry is what the specification wants of a station that missed an answer."""


def slow(message: Message) -> tuple[Finding, ...]:
    """An answer more than ten seconds after its call, whoever called."""
    seconds = (message.answered_at - message.at) / SECOND
    return (Finding("SLOW_RESPONSE", Severity.WARNING, f"answered after {seconds:.1f} s"),)


def refused(site: Site, station: Station, message: Message) -> tuple[Finding, ...]:
    """The station answered a command with a no, or with a CALLERROR; with what may be behind it."""
    if message.state is not State.ERROR and NO_WORDS.isdisjoint(verdict_words(message.verdict)):
        return ()
    why = hint(message.action, message.verdict, station, site.request(message))
    told = f"answered {message.verdict:.60}".strip() + (f": {why}" if why else "")
    return (Finding("COMMAND_REFUSED", Severity.INFO, told),)


_CONSOLE_SILENT = (
    Finding("UNRESPONSIVE_CSMS", Severity.CRITICAL, "the station's call was never answered by the central system"),
)
_CUT_OFF = (
    Finding("UNRESPONSIVE_CSMS", Severity.WARNING, "the connection, or the trace, ended before this call was answered"),
)
_STATION_SILENT = (
    Finding("UNRESPONSIVE_CSMS", Severity.INFO, "a call without an answer, though it was the station that owed one"),
    Finding("ANSWER_MISSING", Severity.WARNING, "the station never answered this call"),
)


def unanswered(station: Station, message: Message, at: int) -> tuple[Finding, ...]:
    """A call that will not be answered any more, as is known since `at` (µs); this is told once."""
    if any(odd.code == "UNRESPONSIVE_CSMS" for odd in message.answer_findings):
        return ()
    if message.origin is Origin.STATION:
        return _CONSOLE_SILENT if at - message.at > SLOW else _CUT_OFF
    return _STATION_SILENT + _deaf(station, message)


def _deaf(station: Station, message: Message) -> tuple[Finding, ...]:
    """The station speaks and does not listen; some do so until they connect anew. Told once for each connection."""
    trail = station.trail
    trail.unheard += 1
    if trail.unheard < DEAF or station.last_seen <= message.at or not trail.once("COMMANDS_IGNORED"):
        return ()
    text = f"{trail.unheard} calls in a row got no answer, while the station itself goes on sending"
    return (Finding("COMMANDS_IGNORED", Severity.CRITICAL, text),)


def repeated(station: Station, message: Message) -> tuple[Finding, ...]:
    """A message came again, word for word; three times says that our answers do not help."""
    first = message.repeats.seq if message.repeats is not None else 0
    before, times = station.trail.again
    times = times + 1 if before == first else 2
    station.trail.again = first, times
    if times < STUBBORN:
        return (Finding("MESSAGE_REPEATED", Severity.INFO, "the same message as before, word for word"),)
    return (Finding("MESSAGE_REPEATED", Severity.WARNING, f"the same message, word for word, {times} times by now"),)
