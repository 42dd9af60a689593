"""What may come next in a filter that is being typed: words of the language, and the values that a word takes."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from ocpp_console.model.filter_words import BY_SPELLING, FILTER_WORDS, FIXED

MOST_OFFERED = 30

_WORD = re.compile(r"(?:^|[\s(!&|])(~\w*)$")
_VALUE = re.compile(r"(?:^|[\s(!&|])(~\w+)\s+((?:\"[^\"]*)|(?:'[^']*)|[^\s()&|]*)$")


class Completion(NamedTuple):
    """What can be added."""

    start: int
    """Where the part begins that a candidate takes the place of."""
    candidates: Sequence[str]
    help: str
    """A few words about what is being typed; may be empty."""


NOTHING_TO_ADD = Completion(0, (), "")


def complete(text: str, values: Callable[[str], Iterable[str]]) -> Completion:
    """What may stand at the end of `text`; `values` gives those of a kind, such as `station`, the likeliest first."""
    word = _WORD.search(text)
    if word is not None:
        typed = word[1].lower()
        fitting = [spelling for spelling in FILTER_WORDS if spelling.startswith(typed)]
        fitting += [spelling for spelling in BY_SPELLING if spelling.startswith(typed) and spelling not in fitting]
        known = BY_SPELLING.get(typed) or (BY_SPELLING[fitting[0]] if len(fitting) == 1 else None)
        told = f"{known.word} {known.argument}".strip() + f": {known.help}" if known is not None else ""
        return Completion(word.start(1), fitting if typed not in fitting or len(fitting) > 1 else (), told)
    value = _VALUE.search(text)
    known = BY_SPELLING.get(value[1].lower()) if value is not None else None
    if value is None or known is None or not known.argument:
        return NOTHING_TO_ADD
    typed = value[2].strip("\"'").lower()
    source = FIXED.get(known.values) or (values(known.values) if known.values else ())
    offered = list(dict.fromkeys(each for each in source if each))
    fitting = [each for each in offered if each.lower().startswith(typed)]
    fitting += [each for each in offered if typed in each.lower() and each not in fitting]
    shown = [_quoted(each) for each in fitting[:MOST_OFFERED] if each.lower() != typed]
    return Completion(value.start(2), shown, f"{known.word} {known.argument}: {known.help}")


def _quoted(value: str) -> str:
    """In quotes when it would be more than one word without them."""
    plain = value and not re.search(r"[\s()&|\"'!]", value)
    return value if plain else f"'{value}'" if '"' in value else f'"{value}"'
