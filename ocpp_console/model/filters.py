"""The filter of the message log: a line in the style of mitmproxy, such as `~s AC-* & (~e | ~latency >2s) !Heartbeat`.

The grammar is in `filter_syntax`, the words in `filter_words`.
"""

from typing import Self

from ocpp_console.model.annotations import NO_ANNOTATIONS, Annotations
from ocpp_console.model.filter_conditions import All, Condition, Hint, Node, judge
from ocpp_console.model.filter_syntax import FilterError, Trouble, parse
from ocpp_console.model.filter_words import FILTER_WORDS, Site, condition_of
from ocpp_console.model.rows import Message

__all__ = ["FILTER_WORDS", "FilterError", "MessageFilter"]


class MessageFilter:
    """A line, understood."""

    __slots__ = ("_test", "node", "text")

    def __init__(self, text: str, node: Node | None) -> None:
        """`node` is what the line means; None lets everything through."""
        self.text = text
        """The line as typed."""
        self.node = node
        """What the line means, for whoever looks in the database with it."""
        self._test = judge(node) if node is not None else None

    @classmethod
    def parse(cls, text: str, now: int = 0, notes: Annotations = NO_ANNOTATIONS) -> Self | FilterError:
        """Understand a line; an empty one lets everything through.

        `now` (µs UTC) is what `~since 10m` and `14:03` count from: they stay what they were when the line was read.
        `notes` are the marks and comments that `~marked` and `~comment` look at.
        """
        site = Site(now, notes)
        try:
            return cls(text, parse(text, lambda token, words: condition_of(token, words, site)))
        except Trouble as trouble:
            return trouble.error

    @classmethod
    def of_station(cls, identity: str, words: "MessageFilter | None" = None) -> Self:
        """Only rows of this very station, of those that `words` lets through."""
        own = Condition(lambda row: row.station == identity, Hint("station", lambda name: name == identity, True))
        if words is None or words.node is None:
            return cls("", own)
        return cls(words.text, All((own, words.node)))

    def matches(self, message: Message) -> bool:
        """The row is let through."""
        return self._test is None or self._test(message)

    def __bool__(self) -> bool:
        """It keeps anything out."""
        return self._test is not None
