"""The grammar of filters: words, `&` (or nothing) for and, `|` for or, `!` for not, parentheses, quotes.

    filter = all {"|" all}      all = single {["&"] single}      single = "!" single | "(" filter ")" | word

A word that begins with `~` may take an argument; which ones do, and what they mean, is `FILTER_WORDS`. Any other word
is looked for in the text. Quotes, single or double, keep blanks and signs together; one that is not closed ends with
the line, so that a filter can be typed from left to right.
"""

from collections.abc import Callable
from typing import NamedTuple

from ocpp_console.model.filter_conditions import All, Any, Node, Not

MOST_CHARACTERS = 2_000
DEEPEST = 40
"""Parentheses and exclamation marks inside each other."""

_SIGNS = "()&|"
_QUOTES = "\"'"
COMPARISONS = ("==", "!=", "=~", ">=", "<=", "=", ">", "<")


class FilterError(NamedTuple):
    """Why a line is no filter."""

    text: str
    """A sentence for the operator."""
    word: str
    """The word it is about, as typed."""
    at: int = 0
    """Where that word begins in the line."""
    unfinished: bool = False
    """What is typed next at the end of the line may still make it right."""

    @property
    def told(self) -> str:
        """The sentence with the word and the column it begins at, counted from 1."""
        return f"“{self.word}” at column {self.at + 1}: {self.text}" if self.word else self.text


class Token(NamedTuple):
    """A word of the line, or one of its signs."""

    text: str
    at: int
    quoted: bool = False
    length: int = 0
    """Characters in the line, quotes included."""

    @property
    def sign(self) -> str:
        """`(`, `)`, `&`, `|` or `!` when it is one, else nothing."""
        return self.text if not self.quoted and self.text in ("(", ")", "&", "|", "!") else ""


class Trouble(Exception):
    """Parsing has come to an end; holds the error."""

    def __init__(self, text: str, token: Token, unfinished: bool = False) -> None:
        """`text` is the sentence, `token` what it is about; `unfinished` when more may make it right."""
        super().__init__(text)
        self.error = FilterError(text, token.text, token.at, unfinished)


class Words:
    """The line from left to right: gives tokens, and arguments, which may hold signs that are none elsewhere."""

    def __init__(self, line: str) -> None:
        """At the beginning of `line`."""
        self._line = line
        self._at = 0

    @property
    def ended(self) -> bool:
        """Nothing but blanks follows."""
        return not self._line[self._at :].strip()

    def still_typed(self, token: Token) -> bool:
        """The line ends with this word, so that the next letter would belong to it."""
        if token.at + token.length < len(self._line):
            return False
        quote = self._line[token.at] if token.quoted else ""
        return not quote or token.length == 1 or self._line[-1] != quote

    def peek(self) -> Token | None:
        """The next token; it stays the next. None at the end."""
        place = self._at
        token = self.take()
        self._at = place
        return token

    def take(self) -> Token | None:
        """The next token; None at the end."""
        start = self._skip()
        if start >= len(self._line):
            return None
        first = self._line[start]
        if first in _QUOTES:
            return self._quoted(start)
        if first in _SIGNS or first == "!":
            self._at = start + 1
            return Token(first, start, length=1)
        return self._until(start, _SIGNS)

    def argument(self, pattern: bool = False) -> Token | None:
        """What follows a word that takes an argument: quoted, or all up to a blank or a sign.

        In a `pattern` signs mean something else; only a parenthesis that nothing in it opened ends it.
        """
        start = self._skip()
        if start >= len(self._line) or self._line[start] in ")&|":
            return None
        if self._line[start] in _QUOTES:
            return self._quoted(start)
        return self._balanced(start) if pattern else self._until(start, _SIGNS)

    def comparison(self) -> Token | None:
        """A sign of comparison, if one follows."""
        start = self._skip()
        for sign in COMPARISONS:
            if self._line.startswith(sign, start):
                self._at = start + len(sign)
                return Token(sign, start, length=len(sign))
        return None

    def path(self) -> Token | None:
        """A path in a payload: up to a blank, a parenthesis or a sign of comparison."""
        start = self._skip()
        return self._until(start, _SIGNS + "=!<>") if start < len(self._line) else None

    def _skip(self) -> int:
        """Go over blanks; where the next thing begins."""
        while self._at < len(self._line) and self._line[self._at].isspace():
            self._at += 1
        return self._at

    def _quoted(self, start: int) -> Token:
        """Up to the same quote again."""
        end = self._line.find(self._line[start], start + 1)
        closed = end >= 0
        end = end if closed else len(self._line)
        self._at = end + closed
        return Token(self._line[start + 1 : end], start, True, self._at - start)

    def _until(self, start: int, stops: str) -> Token | None:
        """Up to a blank or one of `stops`."""
        end = start
        while end < len(self._line) and self._line[end] not in stops and not self._line[end].isspace():
            end += 1
        self._at = end
        return Token(self._line[start:end], start, length=end - start) if end > start else None

    def _balanced(self, start: int) -> Token | None:
        """Up to a blank, or a `)` that nothing in the argument opened: `~re a(b|c)` is one argument."""
        end, depth = start, 0
        while end < len(self._line) and not self._line[end].isspace():
            depth += {"(": 1, ")": -1}.get(self._line[end], 0)
            if depth < 0:
                break
            end += 1
        self._at = end
        return Token(self._line[start:end], start, length=end - start)


Make = Callable[[Token, Words], Node]
"""From a word to its condition; takes the word's arguments. Raises `Trouble`."""


def parse(line: str, make: Make) -> Node | None:
    """The tree of a line; None when nothing is in it.

    Raises:
        Trouble: it cannot be understood.
    """
    if len(line) > MOST_CHARACTERS:
        raise Trouble(f"A filter has at most {MOST_CHARACTERS:,} characters.", Token(line[:20], 0))
    words = Words(line)
    if words.peek() is None:
        return None
    node = _alternatives(words, make, 0)
    token = words.take()
    if token is not None:
        raise Trouble("Nothing was opened that this could close.", token)
    return node


def _alternatives(words: Words, make: Make, depth: int) -> Node:
    """`a | b | c`."""
    parts = [_all_of(words, make, depth)]
    while (token := words.peek()) is not None and token.sign == "|":
        words.take()
        parts.append(_all_of(words, make, depth, token))
    return parts[0] if len(parts) == 1 else Any(tuple(parts))


def _all_of(words: Words, make: Make, depth: int, after: Token | None = None) -> Node:
    """`a & b c`; at least one, for `after` promised it."""
    parts: list[Node] = []
    while True:
        token = words.peek()
        if token is not None and token.sign == "&":
            words.take()
            if not parts:
                raise Trouble("Something must stand before it.", token)
            parts.append(_single(words, make, depth, token))
        elif token is None or token.sign in ("|", ")"):
            if parts:
                return parts[0] if len(parts) == 1 else All(tuple(parts))
            problem = after or token
            assert problem is not None  # the line is not empty
            what = "A word must follow." if after is not None else "A word must stand before it."
            raise Trouble(what, problem, unfinished=token is None)
        else:
            parts.append(_single(words, make, depth, None))


def _single(words: Words, make: Make, depth: int, after: Token | None) -> Node:
    """A word, something in parentheses, or the opposite of either."""
    token = words.take()
    if token is None or token.sign in ("&", "|", ")"):
        assert after is not None or token is not None
        raise Trouble("A word must follow.", after or token, unfinished=token is None)  # type: ignore[arg-type]
    if depth >= DEEPEST:
        raise Trouble(f"Nobody needs more than {DEEPEST} inside each other.", token)
    if token.sign == "!":
        following = words.peek()
        if following is None or following.sign in ("&", "|", ")"):
            raise Trouble("A word must follow the exclamation mark.", token, unfinished=following is None)
        return Not(_single(words, make, depth + 1, token))
    if token.sign == "(":
        return _alternatives_in(words, make, depth + 1, token)
    return make(token, words)


def _alternatives_in(words: Words, make: Make, depth: int, opened: Token) -> Node:
    """What stands between parentheses; a line that ends before they close is as good as closed."""
    if words.peek() is None:
        raise Trouble("A word must follow the parenthesis.", opened, unfinished=True)
    node = _alternatives(words, make, depth)
    closing = words.take()
    if closing is not None and closing.sign != ")":
        raise Trouble("A closing parenthesis is missing before this.", closing)
    return node
