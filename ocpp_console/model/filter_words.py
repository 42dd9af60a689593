"""The words of filters, each declared once: spelling, argument, help, what may follow it, how it judges."""

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from ocpp_console.model import filter_tests as tests
from ocpp_console.model.annotations import Annotations
from ocpp_console.model.filter_conditions import Condition, Hint, Node
from ocpp_console.model.filter_payload import in_frames, judge_of, name_in, path_judge, solid, steps_of
from ocpp_console.model.filter_syntax import Token, Trouble, Words
from ocpp_console.model.filter_values import compared, length, moment, reach, span
from ocpp_console.model.rows import State


class Site(NamedTuple):
    """What the meaning of some words depends on."""

    now: int
    """µs UTC; 0 when nobody said."""
    notes: Annotations


class FilterWord(NamedTuple):
    """One word that filters know."""

    word: str
    argument: str
    """What follows it, for the help; empty when nothing does."""
    help: str
    make: Callable[[str, Site], Condition | None]
    """From the argument to the condition; None when the argument makes no sense."""
    long: str = ""
    """The same word written out."""
    values: str = ""
    """What completion offers after it: `station`, `action`, `status`, `error`, `finding`, `version`, `side`, `type`,
    `tag`, `transaction`, `span`; empty for nothing."""
    compares: bool = False
    """A sign of comparison may stand before the argument."""


def _latency(text: str, site: Site) -> Condition | None:
    sign = next((sign for sign in ("==", ">=", "<=", ">", "<", "=") if text.startswith(sign)), "")
    if ".." in text and not sign:
        bounds = span(text, length, lambda _: 1)
        return None if bounds is None else tests.latency_condition(bounds)
    amount = length(text[len(sign) :].lower())
    return None if amount is None else tests.latency_condition(compared(sign or ">=", amount))


def _since(text: str, site: Site) -> Condition | None:
    at = moment(text.lower(), site.now)
    return None if at is None else tests.time_condition((at, None))


def _until(text: str, site: Site) -> Condition | None:
    at = moment(text.lower(), site.now)
    return None if at is None else tests.time_condition((None, at + reach(text)))


def _time(text: str, site: Site) -> Condition | None:
    bounds = span(text.lower(), lambda end: moment(end, site.now), reach)
    return None if bounds is None else tests.time_condition(bounds)


def _path(argument: str, site: Site) -> Condition | None:
    """`PATH`, `PATH SIGN VALUE`; the three are joined by line feeds, which no filter line has inside."""
    path, _, rest = argument.partition("\n")
    sign, _, value = rest.partition("\n")
    steps = steps_of(path)
    if steps is None:
        return None
    try:
        judge = path_judge(steps, judge_of(sign, value) if sign else lambda _: True)
    except ValueError:
        return None
    return Condition(in_frames(judge), _path_hint(steps, sign, value)._replace(judge=judge))


def _path_hint(steps: list[str], sign: str, value: str) -> Hint:
    """The name that the path ends with stands in a frame, or of an equal text the value, if that tells more."""
    name = name_in(steps)
    equal = sign in ("==", "=") and not value.replace(".", "").replace("-", "").isdigit() and value.lower() != "null"
    said = solid(value).lower() if equal and not _is_number(value) else ""
    return Hint("frames", said if len(said) >= len(name) // 2 and said else name)


def _is_number(value: str) -> bool:
    """It compares as a number, which has several spellings."""
    try:
        float(value)
    except ValueError:
        return False
    return True


def _named(*names: str) -> Callable[[str, Site], Condition | None]:
    """A property of one of these names."""
    return lambda value, site: tests.named_condition(names, value)


FIXED: dict[str, Sequence[str]] = {
    "side": tuple(tests.SIDES),
    "type": tuple(tests.TYPES),
    "version": ("1.6", "2.0.1", "2.1"),
    "span": ("5m", "15m", "1h", "6h", "24h", "7d"),
}
"""Values that are always the same, by what a word takes."""

ENDINGS = (
    *("x", "x)", "x]", ")", "]", "))", "])", "x))", "d"),  # text, paths, patterns
    *("s", "m", "n", "0s", "0", "00", ".", ".1m", "1m"),  # lengths of time and ranges
    *(":00", "0:00", "00:00", "01", "0-01", "1-01", "-01", "-01-01", "01-01", "0-01-01", "026-01-01", "26-01-01"),
    *("6-01-01",),  # times
)
"""What is tried behind an argument to find out whether it is only unfinished."""

_TAG = ("idTag", "parentIdTag", "idToken", "idToken.idToken", "groupIdToken.idToken")

_DECLARED = (
    FilterWord("~s", "ID", "stations with this in their name; ID* for all that begin so, =ID for that very one",
               lambda text, _: tests.station_condition(text), "~station", "station"),
    FilterWord("~v", "VERSION", "OCPP version: 1.6, 2.0.1, 2.1, or 2 for both of those",
               lambda text, _: tests.version_condition(text), "~version", "version"),
    FilterWord("~from", "WHO", "calls of the station, of the csms (this console), or an event",
               lambda text, _: tests.origin_condition(text), "~direction", "side"),
    FilterWord("~a", "ACTION", "messages whose action begins so",
               lambda text, _: tests.action_condition(text), "~action", "action"),
    FilterWord("~type", "TYPE", "message type: " + ", ".join(tests.TYPES),
               lambda text, _: tests.type_condition(text), "", "type"),
    FilterWord("~status", "WORD", "status of the answer, such as Rejected; WORD* for all that begin so",
               lambda text, _: tests.status_condition(text), "", "status"),
    FilterWord("~error", "CODE", "code of the CALLERROR that answered, such as NotSupported; * for any",
               lambda text, _: tests.error_condition(text), "~code", "error"),
    FilterWord("~e", "", "errors: refused, rejected, unanswered, unreadable",
               lambda _, __: Condition(tests.is_error, Hint("wrong", True)), "~errors"),
    FilterWord("~f", "", "findings: something about it is odd",
               lambda _, __: tests.any_finding_condition(), "~findings"),
    FilterWord("~finding", "CODE", "code of a finding, such as SCHEMA_TYPE; CODE* for all that begin so",
               lambda text, _: tests.finding_condition(text), "", "finding"),
    FilterWord("~o", "", "open: calls that wait for their answer",
               lambda _, __: Condition(lambda message: message.state is State.OPEN, Hint("unanswered", True)),
               "~open"),
    FilterWord("~latency", "TIME", "how long the answer took: >2s, <50ms, 1s..5s; without unit in ms",
               _latency, "~took", "", True),
    FilterWord("~since", "WHEN", "began since: 10m or 2h ago, 14:03, 2026-11-20, 2026-11-20T14:03:21Z",
               _since, "", "span"),
    FilterWord("~until", "WHEN", "began until then, as for ~since", _until, "", "span"),
    FilterWord("~time", "FROM..TO", "began in between, as for ~since; either end may be left out", _time, "~at"),
    FilterWord("~tx", "ID", "transaction: the id that call or answer names", _named("transactionId"), "~transaction",
               "transaction"),
    FilterWord("~connector", "N", "connectorId, or the id of a connector of 2.x",
               _named("connectorId", "connector.id"), "~c"),
    FilterWord("~evse", "N", "evseId, or the id of an evse (2.x)",
               _named("evseId", "evse.id")),
    FilterWord("~tag", "IDTAG", "idTag or idToken; IDTAG* for all that begin so", _named(*_TAG), "~idtag", "tag"),
    FilterWord("~id", "ID", "message id; ID* for all that begin so", lambda text, _: tests.id_condition(text), ""),
    FilterWord("~t", "TEXT", "text in the frames, as without any word",
               lambda text, _: tests.text_condition(text), "~text"),
    FilterWord("~re", "REGEX", "a regular expression that matches in a frame, in either case",
               lambda text, _: tests.regex_condition(text), "~regex"),
    FilterWord("~p", "PATH", "payload: idTokenInfo.status == Blocked, also != > >= < <= =~ or nothing", _path, "~path"),
    FilterWord("~marked", "", "rows you marked",
               lambda _, site: tests.marked_condition(site.notes)),
    FilterWord("~commented", "", "rows you wrote a comment on", lambda _, site: tests.comment_condition(site.notes)),
    FilterWord("~comment", "TEXT", "comments that contain this",
               lambda text, site: tests.comment_condition(site.notes, text)),
)  # fmt: skip

FILTER_WORDS: dict[str, FilterWord] = {word.word: word for word in _DECLARED}
"""The words and their help. Any other word is looked for in the text of the frames; `!` before a word inverts it."""

BY_SPELLING = FILTER_WORDS | {word.long: word for word in _DECLARED if word.long}
"""The words by both spellings."""


def condition_of(token: Token, words: Words, site: Site) -> Node:
    """The condition that a word of the line begins; takes its argument from `words`.

    Raises:
        Trouble: no such word, no argument, or one that makes no sense.
    """
    if token.quoted or not token.text.startswith("~"):
        return tests.text_condition(token.text)
    known = BY_SPELLING.get(token.text.lower())
    if known is None:
        begun = words.still_typed(token) and any(word.startswith(token.text.lower()) for word in BY_SPELLING)
        raise Trouble(f"No such word.{_meant(token.text.lower())}", token, unfinished=begun)
    if not known.argument:
        argument = ""
        of = token
    else:
        argument, of = _argument_of(known, token, words)
    condition = known.make(argument, site)
    if condition is None:
        unfinished = words.still_typed(of) and can_be_finished(known, argument, site)
        raise Trouble(f"After {known.word} comes {known.argument}: {known.help}.", of, unfinished)
    return condition


def can_be_finished(known: FilterWord, argument: str, site: Site) -> bool:
    """Something typed behind an argument that makes no sense yet would give it one."""
    fixed = FIXED.get(known.values, ())
    whole = [each for each in fixed if each.startswith(argument.lower())]
    return any(known.make(each, site) is not None for each in (*whole, *(argument + end for end in ENDINGS)))


def _meant(typed: str) -> str:
    """Words that are spelled nearly so, or begin so."""
    near = [word for word in BY_SPELLING if word.startswith(typed)] or get_close_matches(typed, BY_SPELLING, 2, 0.7)
    return f" Similar: {', '.join(near[:4])}." if near else f" There are {', '.join(FILTER_WORDS)}."


def _argument_of(known: FilterWord, token: Token, words: Words) -> tuple[str, Token]:
    """The argument of a word, and what an error would be about."""
    missing = f"{known.argument} must follow {known.word}."
    if known.word == "~p":
        return _path_argument(token, words, missing)
    sign = words.comparison() if known.compares else None
    argument = words.argument(pattern=known.word == "~re")
    if argument is None or (not argument.text and not argument.quoted):
        raise Trouble(missing, token, unfinished=words.ended)
    return (sign.text if sign else "") + argument.text, argument


def _path_argument(token: Token, words: Words, missing: str) -> tuple[str, Token]:
    """The path, and sign and value if a sign follows."""
    path = words.path()
    if path is None:
        raise Trouble(missing, token, unfinished=words.ended)
    sign = words.comparison()
    if sign is None:
        return path.text, path
    value = words.argument(pattern=sign.text == "=~")
    if value is None:
        raise Trouble("A value must follow.", sign, unfinished=words.ended)
    if steps_of(path.text) is None:
        return path.text, path
    return f"{path.text}\n{sign.text}\n{value.text}", value
