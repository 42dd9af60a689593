"""One row of the message log: a call with its answer, a stray frame, or an event of a connection's life."""

from enum import Enum

from ocpp_console.glyphs import GOOD, verdict_look
from ocpp_console.protocol.findings import Finding, Severity


class Origin(Enum):
    """Whose words a row of the log holds."""

    STATION = "station"
    CONSOLE = "console"
    EVENT = "event"


class State(Enum):
    """How far an exchange has come."""

    OPEN = "open"
    """A call without an answer yet."""
    RESULT = "result"
    ERROR = "error"
    ABANDONED = "abandoned"
    """We stopped waiting; `note` says why. A late answer may still turn it into RESULT or ERROR."""
    ALONE = "alone"
    """Nothing to pair: an event, a SEND, an unreadable frame, an answer to no call."""


class Message:
    """One row of the log: a call and its answer, or something that stands alone. Holds bytes, not readings.

    The raw frames are kept and parsed again when somebody looks, so that a million rows stay affordable.
    """

    __slots__ = (
        "action",
        "answer_findings",
        "answer_raw",
        "answered_at",
        "at",
        "call_findings",
        "compressed",
        "connection",
        "decided",
        "id",
        "note",
        "origin",
        "raw",
        "repeats",
        "revision",
        "seq",
        "state",
        "station",
        "summary_cache",
        "verdict",
        "version",
    )

    def __init__(
        self, seq: int, at: int, station: str, connection: int, version: str, origin: Origin, action: str, raw: bytes
    ) -> None:
        """A row as it begins; what comes later is written into it and `revision` goes up."""
        self.seq = seq
        """The number of the fact that began it; orders the log."""
        self.at = at
        self.station = station
        """Empty for events of the listener."""
        self.connection = connection
        self.version = version
        """"1.6", "2.0.1", "2.1"; empty for events of the listener."""
        self.origin = origin
        self.action = action
        """The OCPP action; for events a stable word such as `connected`, `gone`, `refused`, `note`; for frames that
        belong to nothing `unreadable`, `binary`, `answer`."""
        self.raw = raw
        """The frame as it came; for events the sentence in UTF-8."""
        self.id: object = None
        """The message id, exactly as on the wire."""
        self.state = State.OPEN
        self.answer_raw: bytes | None = None
        self.answered_at = 0
        self.verdict = ""
        """The word that matters of the answer: its status, or a CALLERROR's code. Empty while open or when none."""
        self.note = ""
        """A sentence about what became of it: why abandoned, how late, what it repeats."""
        self.call_findings: tuple[Finding, ...] = ()
        self.answer_findings: tuple[Finding, ...] = ()
        self.repeats: Message | None = None
        """The earlier call this one is a retry of: same id, same bytes, an action that books something."""
        self.decided: bytes | None = None
        """The CALLRESULT that was decided for it, from the moment of the decision; it may not have left yet."""
        self.compressed = 0
        """Which frames of the station came compressed: 1 is `raw`, 2 is `answer_raw`; kept is what was in them."""
        self.revision = 0
        """Goes up with every change, so that a view knows which rows to draw anew."""
        self.summary_cache: str | None = None

    @property
    def booked_reply(self) -> bytes | None:
        """What a retry of this call is answered: the same again. None when it was refused, or no answer is known.

        A refusal books nothing: a station that was not accepted yet, say, has to be judged anew.
        """
        return self.decided or (self.answer_raw if self.state is State.RESULT else None)

    @property
    def latency(self) -> int | None:
        """Microseconds from the call to its answer, as seen by us; None while there is none."""
        return self.answered_at - self.at if self.answered_at else None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is odd about the call, then what is odd about the answer."""
        return self.call_findings + self.answer_findings

    @property
    def severity(self) -> Severity | None:
        """The worst of its findings; None when nothing is odd."""
        return max((f.severity for f in self.findings), default=None)


_EVENTS = {
    "connected": ("●", "connected", "good"),
    "gone": ("○", "gone", "quiet"),
    "refused": ("▲", "refused", "wrong"),
    "note": ("•", "note", "quiet"),
    "listening": ("●", "listening", "good"),
    "listen_failed": ("▲", "not listening", "wrong"),
}
"""Events of the log: glyph, word, tone."""


def outcome(message: Message) -> tuple[str, str, str]:
    """What became of a row: a glyph, a word, and a tone of "good", "attention", "wrong" or "quiet"."""
    if message.origin is Origin.EVENT:
        return _EVENTS.get(message.action, ("•", message.action, "quiet"))
    if message.state is State.OPEN:
        return "…", "waiting", "quiet"
    if message.state is State.ALONE:
        return _outcome_alone(message)
    if message.state is State.ABANDONED:
        return "✗", "no answer", "wrong"
    if message.action in ("unreadable", "binary"):
        return "✗", message.action, "wrong"
    if message.state is State.ERROR:
        return "✗", message.verdict or "error", "wrong"
    return _outcome_answered(message)


def _outcome_alone(message: Message) -> tuple[str, str, str]:
    """The outcome of a frame that has no partner."""
    if message.action in ("unreadable", "binary"):
        return "✗", message.action, "wrong"
    if message.action == "answer":
        again = any(finding.code == "ANSWER_DUPLICATE" for finding in message.call_findings)
        return "?", "second answer" if again else "answers nothing", "attention"
    return "→", "one way", "attention" if message.call_findings else "quiet"


def _outcome_answered(message: Message) -> tuple[str, str, str]:
    """The outcome of a call that was answered with a CALLRESULT."""
    look = verdict_look(message.verdict)
    if look.tone != GOOD:
        return look
    if message.severity is not None and message.severity >= Severity.WARNING:
        count = len(message.findings)
        return "!", f"{count} finding{'s' if count > 1 else ''}", "attention"
    return look
