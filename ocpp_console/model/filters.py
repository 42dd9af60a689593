"""The filter of the message log: words typed into one line, all of which must hold."""

from collections.abc import Callable
from typing import NamedTuple, Self

from ocpp_console.model.rows import Message, Origin, State, outcome

Test = Callable[[Message], bool]


class FilterError(NamedTuple):
    """Why a line is no filter."""

    text: str
    """A sentence for the operator."""
    word: str
    """The word it is about, as typed."""


class FilterWord(NamedTuple):
    """One word that filters know."""

    word: str
    argument: str
    """What follows it, for the help; empty when nothing does."""
    help: str
    make: Callable[[str], Test | None]
    """From the argument, in small letters, to the test; None when the argument makes no sense."""


class MessageFilter:
    """A line such as `~s AC-04 ~a Meter !~e kWh`, understood."""

    __slots__ = ("_tests", "text")

    def __init__(self, text: str, tests: list[tuple[Test, bool]]) -> None:
        """`tests` with the answer each must give."""
        self.text = text
        """The line as typed."""
        self._tests = tests

    @classmethod
    def parse(cls, text: str) -> Self | FilterError:
        """Understand a line. Words in double quotes may hold blanks; an empty line lets everything through."""
        words = _split(text)
        tests: list[tuple[Test, bool]] = []
        index = 0
        while index < len(words):
            word, quoted = words[index]
            index += 1
            wanted = quoted or not word.startswith("!")
            bare = word if wanted else word[1:]
            if not bare:
                return FilterError("A word must follow the exclamation mark.", word)
            if quoted or not bare.startswith("~"):
                tests.append((_text_test(bare.lower()), wanted))
                continue
            known = FILTER_WORDS.get(bare.lower())
            if known is None:
                return FilterError(f"No such word. There are: {', '.join(FILTER_WORDS)}.", word)
            argument = ""
            if known.argument:
                if index >= len(words):
                    return FilterError(f"{known.argument} must follow {known.word}.", word)
                argument = words[index][0]
                index += 1
            test = known.make(argument.lower())
            if test is None:
                return FilterError(f"After {known.word} comes {known.argument}: {known.help}.", argument)
            tests.append((test, wanted))
        return cls(text, tests)

    def matches(self, message: Message) -> bool:
        """Every word holds for this row."""
        return all(test(message) is wanted for test, wanted in self._tests)

    def __bool__(self) -> bool:
        """It keeps anything out."""
        return bool(self._tests)


def _split(text: str) -> list[tuple[str, bool]]:
    """The words of a line, and whether each stood in quotes; a quote that is not closed ends with the line."""
    words: list[tuple[str, bool]] = []
    rest = text.strip()
    while rest:
        if rest.startswith('"'):
            word, _, rest = rest[1:].partition('"')
            if word:
                words.append((word, True))
        else:
            parts = rest.split(None, 1)
            words.append((parts[0], False))
            rest = parts[1] if len(parts) > 1 else ""
        rest = rest.lstrip()
    return words


def _text_test(word: str) -> Test:
    """The word stands somewhere in the frames, or is part of the station's identity or the action."""
    needle = word.encode("utf-8", "surrogatepass")

    def test(message: Message) -> bool:
        return (
            word in message.action.lower()
            or word in message.station.lower()
            or needle in message.raw.lower()
            or (message.answer_raw is not None and needle in message.answer_raw.lower())
        )

    return test


def _station_test(name: str) -> Test:
    """Stations with this in their identity, or with `*` at the end all whose identity begins so."""
    if name.endswith("*"):
        beginning = name[:-1]
        return lambda message: message.station.lower().startswith(beginning)
    return lambda message: name in message.station.lower()


def _action_test(name: str) -> Test:
    """An action that begins so."""
    return lambda message: message.action.lower().startswith(name)


def _origin_test(who: str) -> Test | None:
    """Calls of one side."""
    sides = {"station": Origin.STATION, "console": Origin.CONSOLE, "csms": Origin.CONSOLE, "event": Origin.EVENT}
    origin = sides.get(who)
    return None if origin is None else lambda message: message.origin is origin


def _is_error(message: Message) -> bool:
    """Something went wrong: with the exchange itself, or the answer to it is a no."""
    return outcome(message)[2] == "wrong"


FILTER_WORDS: dict[str, FilterWord] = {
    word.word: word
    for word in (
        FilterWord("~s", "ID", "stations with this in their name; ID* for all that begin so", _station_test),
        FilterWord("~a", "ACTION", "messages whose action begins so", _action_test),
        FilterWord("~from", "WHO", "calls of the station, of the csms (this console), or an event", _origin_test),
        FilterWord("~e", "", "errors: refused, rejected, unanswered, unreadable", lambda _: _is_error),
        FilterWord("~f", "", "findings: something about it is odd", lambda _: lambda message: bool(message.findings)),
        FilterWord(
            "~o", "", "open: calls that wait for their answer", lambda _: lambda message: message.state is State.OPEN
        ),
    )
}
"""The words and their help. Any other word is looked for in the text of the frames; `!` before a word inverts it."""
