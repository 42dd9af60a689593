import pytest
import traffic
from tape import tape

from ocpp_console.model.messages import FILTER_WORDS, FilterError, MessageFilter


@pytest.fixture
def rows():
    t = tape(station="AC-04")
    t.exchange(traffic.authorize("7C11A0EE", id="a"), {"idTagInfo": {"status": "Invalid"}})
    t.exchange(traffic.meter(id="m"))
    t.hear(b"{broken")
    t.connect("AC-041")
    t.ask("Reset", {"type": "Soft"})
    t.hear(traffic.error("NotSupported", id="c1"))
    t.hear(traffic.status(id="s", status="Sleepy"))
    return list(t.fleet.messages)


@pytest.mark.parametrize(
    ("text", "actions"),
    [
        ("7c11a0", "Authorize"),
        ("INVALID", "Authorize"),
        ("meter", "MeterValues"),
        ("~s c-041", "connected Reset StatusNotification"),
        ("~s =AC-04", "connected Authorize MeterValues unreadable"),
        ("~s AC-04*", "connected Authorize MeterValues unreadable connected Reset StatusNotification"),
        ("~a met", "MeterValues"),
        ("~from csms", "Reset"),
        ("~from station", "Authorize MeterValues unreadable StatusNotification"),
        ("~e", "Authorize unreadable Reset"),
        ("~f", "Authorize MeterValues unreadable Reset StatusNotification"),
        ("~o", "StatusNotification"),
        ("!~e ~from station !meter", "StatusNotification"),
        ('"type":"soft"', ""),
        ('"Soft"', "Reset"),
        ('"connected from"', "connected connected"),
        ('"!~e"', ""),
        ('"unclosed', ""),
        ("", "connected Authorize MeterValues unreadable connected Reset StatusNotification"),
        ("  ", "connected Authorize MeterValues unreadable connected Reset StatusNotification"),
    ],
)
def test_every_word_must_hold(rows, text, actions):
    words = MessageFilter.parse(text)
    assert [row.action for row in rows if words.matches(row)] == actions.split()
    assert bool(words) == bool(text.strip())


@pytest.mark.parametrize(
    ("text", "word"), [("~x", "~x"), ("a ~s", "~s"), ("~from heaven", "heaven"), ("!", "!"), ("!~nope a", "~nope")]
)
def test_a_word_that_cannot_be_understood_is_named(text, word):
    error = MessageFilter.parse(text)
    assert isinstance(error, FilterError)
    assert error.word == word
    assert error.text.endswith(".")


def test_the_table_explains_every_word():
    assert all(word.help and "\n" not in word.help for word in FILTER_WORDS.values())
    spellings = [spelling for word in FILTER_WORDS.values() for spelling in (word.word, word.long) if spelling]
    assert len(spellings) == len(set(spellings))
