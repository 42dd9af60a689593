"""How each word of a filter judges a row of the log: functions from an argument to a condition."""

from ocpp_console.glyphs import verdict_words
from ocpp_console.model.annotations import Annotations
from ocpp_console.model.filter_conditions import Condition, Hint, Test
from ocpp_console.model.filter_payload import in_frames, named_judge, solid
from ocpp_console.model.filter_values import Bounds, within
from ocpp_console.model.kept_findings import MARK
from ocpp_console.model.regex import Regex, literal_of
from ocpp_console.model.rows import Message, Origin, State, outcome

SIDES = {"station": Origin.STATION, "console": Origin.CONSOLE, "csms": Origin.CONSOLE, "event": Origin.EVENT}
"""Whose words a row holds, as one types it."""

STRAYS = ("unreadable", "binary", "answer")
"""Actions of rows that are no exchange."""


def _is_call(message: Message) -> bool:
    return message.origin is not Origin.EVENT and message.action not in STRAYS


TYPES: dict[str, Test] = {
    "call": lambda message: _is_call(message) and message.state is not State.ALONE,
    "callresult": lambda message: message.state is State.RESULT,
    "callerror": lambda message: message.state is State.ERROR,
    "callresulterror": lambda message: any(finding.code == "ANSWER_REFUSED" for finding in message.findings),
    "send": lambda message: _is_call(message) and message.state is State.ALONE,
    "answer": lambda message: message.action == "answer" and message.origin is not Origin.EVENT,
    "unreadable": lambda message: message.action in ("unreadable", "binary"),
    "event": lambda message: message.origin is Origin.EVENT,
}
"""Message types of OCPP-J, as a row shows them; the last three have no partner."""


def text_condition(word: str) -> Condition:
    """The word stands somewhere in the frames, or is part of the station's identity or the action."""
    low = word.lower()
    needle = low.encode("utf-8", "surrogatepass")

    def test(message: Message) -> bool:
        return (
            low in message.action.lower()
            or low in message.station.lower()
            or needle in message.raw.lower()
            or (message.answer_raw is not None and needle in message.answer_raw.lower())
        )

    return Condition(test, Hint("text", low))


def station_condition(name: str) -> Condition:
    """Stations with this in their identity; with `*` at the end all that begin so, with `=` before it this very one."""
    if name.startswith("=") and len(name) > 1:
        whole = name[1:]
        return Condition(lambda message: message.station == whole, Hint("station", lambda each: each == whole, True))
    low = name.lower()
    beginning = low[:-1]

    def fits(station: str) -> bool:
        return station.lower().startswith(beginning) if low.endswith("*") else low in station.lower()

    return Condition(lambda message: fits(message.station), Hint("station", fits, True))


def action_condition(name: str) -> Condition:
    """An action that begins so."""
    low = name.lower()

    def fits(action: str) -> bool:
        return action.lower().startswith(low)

    return Condition(lambda message: fits(message.action), Hint("action", fits, True))


def version_condition(version: str) -> Condition:
    """An OCPP version that begins so."""
    return Condition(lambda message: message.version.startswith(version), Hint("version", version))


def origin_condition(who: str) -> Condition | None:
    """Calls of one side."""
    origin = SIDES.get(who.lower())
    if origin is None:
        return None
    return Condition(lambda message: message.origin is origin, Hint("origin", origin.value, True))


def type_condition(name: str) -> Condition | None:
    """One of the message types."""
    test = TYPES.get(name.lower())
    if test is None:
        return None
    hints = {"callerror": Hint("refused", True), "callresulterror": finding_condition("ANSWER_REFUSED").hint}
    return Condition(test, hints.get(name.lower()))


def status_condition(word: str) -> Condition:
    """The status of the answer; of a list of results any of them."""
    low = word.lower()

    def test(message: Message) -> bool:
        if message.state is not State.RESULT or not message.verdict:
            return False
        return any(_fits(part, low) for part in (message.verdict, *verdict_words(message.verdict)))

    return Condition(test, Hint("answer", solid(word.removesuffix("*")).lower()))


def error_condition(word: str) -> Condition:
    """The code of a CALLERROR."""
    low = word.lower()
    return Condition(
        lambda message: message.state is State.ERROR and _fits(message.verdict, low),
        Hint("refused", True),
    )


def finding_condition(word: str) -> Condition:
    """The code of something that is odd about it."""
    low = word.lower()
    part = f"{MARK}{low[:-1]}" if low.endswith("*") else f"{MARK}{low}{MARK}"
    return Condition(lambda message: any(_fits(finding.code, low) for finding in message.findings), Hint("found", part))


def any_finding_condition() -> Condition:
    """Something about it is odd."""
    return Condition(lambda message: bool(message.findings), Hint("found", MARK))


def _fits(value: str, low: str) -> bool:
    """The same in either case; `*` at the end stands for any rest."""
    return value.lower().startswith(low[:-1]) if low.endswith("*") else value.lower() == low


def latency_condition(bounds: Bounds) -> Condition:
    """The answer took so long; a call without an answer has no latency."""

    def test(message: Message) -> bool:
        latency = message.latency
        return latency is not None and within(latency, bounds)

    return Condition(test, Hint("latency", bounds))


def time_condition(bounds: Bounds) -> Condition:
    """It began in this span of time."""
    return Condition(lambda message: within(message.at, bounds), Hint("time", bounds, True))


def id_condition(word: str) -> Condition:
    """The message id; with `*` at the end its beginning."""
    low = word.lower()
    part = solid(word.removesuffix("*")).lower()
    return Condition(lambda message: message.id is not None and _fits(str(message.id), low), Hint("call", part))


def regex_condition(pattern: str) -> Condition | None:
    """A regular expression that matches in one of the frames."""
    try:
        regex = Regex(pattern)
    except ValueError:
        return None

    def judge(raw: bytes, answer: bytes | None) -> bool:
        return any(each and regex.found_in_frame(each) for each in (raw, answer))

    hint = Hint("frames", literal_of(pattern).lower(), judge=judge)
    return Condition(lambda message: judge(message.raw, message.answer_raw), hint)


def named_condition(names: tuple[str, ...], value: str) -> Condition:
    """A property that has this value, in the call or in the answer."""
    parts = dict.fromkeys(name.partition(".")[0].lower() for name in names)
    shortest = [part for part in parts if not any(other in part for other in parts if other != part)]
    judge = named_judge(names, value)
    hint = Hint("named", (shortest, solid(value.removesuffix("*")).lower()), judge=judge)
    return Condition(in_frames(judge), hint)


def is_error(message: Message) -> bool:
    """Something went wrong: with the exchange itself, or the answer to it is a no."""
    return outcome(message)[2] == "wrong"


def marked_condition(notes: Annotations) -> Condition:
    """The operator marked it."""
    return Condition(lambda message: message.seq in notes.marks, Hint("seqs", notes.marks))


def comment_condition(notes: Annotations, text: str = "") -> Condition:
    """The operator wrote a comment on it that contains `text`."""
    low = text.lower()

    def test(message: Message) -> bool:
        comment = notes.comments.get(message.seq)
        return comment is not None and low in comment.lower()

    return Condition(test, Hint("seqs", notes.comments))
