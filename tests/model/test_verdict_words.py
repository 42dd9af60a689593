"""Every word a station may answer with is a yes, a not yet or a no, and every one that is no plain yes has words."""

from collections.abc import Iterator

import pytest

from ocpp_console.glyphs import ATTENTION, GOOD, NO_WORDS, SOFT_WORDS, WRONG, YES_WORDS, verdict_look
from ocpp_console.model.hints import hint
from ocpp_console.model.station import Station
from ocpp_console.protocol.actions import Version, actions_of
from ocpp_console.protocol.fields import Field, fields

STATUSES = ("status", "attributeStatus")


def words_of(field: Field | None) -> Iterator[str]:
    """The statuses of an answer, wherever they stand in it."""
    if field is not None:
        if field.name in STATUSES:
            yield from field.enum
        for child in field.children:
            yield from words_of(child)
        yield from words_of(field.items)


ANSWERS = sorted(
    {
        (action.name, word)
        for version in Version
        for action in actions_of(version, "csms")
        for word in words_of(fields(version, action.name, "response"))
    }
)


def test_every_status_is_judged() -> None:
    assert {word for _, word in ANSWERS} <= YES_WORDS | SOFT_WORDS | NO_WORDS
    assert not YES_WORDS & SOFT_WORDS
    assert not (YES_WORDS | SOFT_WORDS) & NO_WORDS


@pytest.mark.parametrize(("action", "word"), [answer for answer in ANSWERS if answer[1] not in YES_WORDS])
def test_every_status_that_is_no_plain_yes_has_words(action: str, word: str) -> None:
    told = hint(action, word, Station("CP"))
    assert told.endswith((".", "?")), (action, word)


@pytest.mark.parametrize(
    ("word", "tone"),
    [
        ("", GOOD),
        ("Accepted", GOOD),
        ("Accepted 2, Rejected 1", WRONG),
        ("RebootRequired 1, Rejected 1", WRONG),
        ("Accepted 1, RebootRequired 3", ATTENTION),
        ("Perhaps", ATTENTION),
        ("Accepted 1, Perhaps 1", ATTENTION),
        ("none 1, Accepted 1", ATTENTION),
    ],
)
def test_the_worst_word_decides(word: str, tone: str) -> None:
    assert verdict_look(word).tone == tone
