"""The filter language: its words one by one, how they join, what is wrong with those that cannot be understood."""

import random
import time

import pytest
import traffic
from hypothesis import given, settings
from hypothesis import strategies as st
from tape import NOON, SECOND, Tape, tape

from ocpp_console.model.annotations import Annotations
from ocpp_console.model.filter_values import moment
from ocpp_console.model.filter_words import BY_SPELLING
from ocpp_console.model.messages import FILTER_WORDS, FilterError, Message, MessageFilter
from ocpp_console.model.regex import literal_of

LATER = NOON + 3_600 * SECOND


@pytest.fixture(scope="module")
def rows() -> list[Message]:
    """Exchanges whose message id names them; each word below is asked for some of them."""
    t = tape(station="AC-04")
    t.exchange(traffic.authorize("7C11A0EE", id="auth"), {"idTagInfo": {"status": "Invalid"}})
    start = {"connectorId": 2, "idTag": "04A2B1", "meterStart": 0, "timestamp": "2026-11-20T12:00:00Z"}
    t.exchange(
        traffic.call("StartTransaction", start, id="start"),
        {"transactionId": 1043, "idTagInfo": {"status": "Accepted"}},
    )
    t.exchange(traffic.call("StopTransaction", {"transactionId": 1043, "meterStop": 7}, id="stop"), {})
    t.next(600)
    t.ask("Reset", {"type": "Soft"}, id="reset")
    t.next(2)
    t.hear(traffic.error("NotSupported", id="reset"))
    two = Tape("2.0.1", station="DC-01", fleet=t.fleet)
    two.seq, two.at = t.seq, t.at
    two.connect()
    token = {"idToken": "04A2B1", "type": "ISO14443"}
    event = {"eventType": "Started", "evse": {"id": 3, "connectorId": 1}, "idToken": token, "seqNo": 12}
    event["transactionInfo"] = {"transactionId": "tx-9/1"}
    two.exchange(traffic.call("TransactionEvent", event, id="event"), {"idTokenInfo": {"status": "Blocked"}})
    two.hear(b"{broken")
    return list(t.fleet.messages)


def ids(rows: list[Message], text: str, notes: Annotations | None = None) -> str:
    words = MessageFilter.parse(text, LATER, *([notes] if notes else []))
    assert isinstance(words, MessageFilter), words
    return " ".join(str(row.id) if row.id is not None else row.action for row in rows if words.matches(row))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("~s DC*", "connected event unreadable"),
        ("~v 2 ~a trans", "event"),
        ("~v 1.6 ~a reset", "reset"),
        ("~from csms", "reset"),
        ("~direction event", "connected connected"),
        ("~type callerror", "reset"),
        ("~type callresult ~a s", "start stop"),
        ("~type unreadable", "unreadable"),
        ("~status blocked", "event"),
        ("~status Acc*", "start"),
        ("~error NotSupported", "reset"),
        ("~error Not*", "reset"),
        ("~error *", "reset"),
        ("~code Generic*", ""),
        ("~finding UNREADABLE", "unreadable"),
        ("~finding schema_*", "stop event"),
        ("~latency >2s", "reset"),
        ("~latency > 2s", "reset"),
        ("~latency 2.5s..3500ms", "reset"),
        ("~latency >=3s & ~latency <=3s", "reset"),
        ("~latency =3000", "reset"),
        ("~latency <1s ~from csms", ""),
        ("~since 51m ~a reset", "reset"),
        ("~since 49m ~a reset", ""),
        ("~since 12:10 ~from csms", "reset"),
        ("~since 2026-11-20T12:10:00Z ~from csms", "reset"),
        ("~until 12:09 ~a st", "start stop"),
        ("~time 11:59..12:01 ~a st", "start stop"),
        ("~time 2026-11-20 ~a reset", "reset"),
        ("~time ..2026-11-19", ""),
        ("~time 12:10.. ~from csms", "reset"),
        ("~tx 1043", "start stop"),
        ("~tx tx-9/1", "event"),
        ("~tx 104*", "start stop"),
        ("~connector 2", "start"),
        ("~connector 1", "event"),
        ("~evse 3", "event"),
        ("~tag 04a2b1", "start event"),
        ("~tag 7C*", "auth"),
        ("~id start", "start"),
        ("~id st*", "start stop"),
        ("~t 7c11a0", "auth"),
        ("~re 7c[0-9]{2}a0", "auth"),
        ("~re (04A2|7C11)", "auth start event"),
        ("~re 04A2|7C11", "auth start event"),
        ("~p idTag=~4a|7c", "auth start"),
        ("(~re 04(A|B)2)", "start event"),
        ("~p idTokenInfo.status == Blocked", "event"),
        ("~p idTokenInfo.status==blocked", "event"),
        ("~p idTagInfo.status != Accepted", "auth"),
        ("~p evse.id > 2", "event"),
        ("~p seqNo >= 12", "event"),
        ("~p seqNo < 12", ""),
        ("~p meterStop <= 7.0", "stop"),
        ("~p idToken.idToken =~ ^04", "event"),
        ("~p transactionInfo", "event"),
        ("~p *.transactionId", "event"),
        ("~p errorCode", "reset"),
        ("~p timestamp > 2026-11-20T11", "start"),
        ("~p transactionInfo.transactionId == 'tx-9/1'", "event"),
        ("~tag 04A2B1 & ~v 1.6", "start"),
        ("~id auth | ~id stop", "auth stop"),
        ("~id auth|~id stop", "auth stop"),
        ("~a st & (~tag 04A2B1 | ~p meterStop)", "start stop"),
        ("(~id auth|~id stop) !~tx 1043", "auth"),
        ("!(~type event | ~v 1.6)", "event unreadable"),
        ("!!~id auth", "auth"),
        ("~id auth | ~id start ~tx 1043 | ~id stop ~tx 7", "auth start"),
        ("(~id auth | ~id stop", "auth stop"),
        ('\'"type": "Soft"\'', "reset"),
        ("~t '(\"|&'", ""),
    ],
)
def test_words_and_signs(rows: list[Message], text: str, wanted: str) -> None:
    assert ids(rows, text) == wanted


def test_marks_and_comments_are_words(rows: list[Message]) -> None:
    notes = Annotations()
    seqs = {row.id: row.seq for row in rows}
    notes.mark(seqs["auth"], True)
    notes.comment(seqs["stop"], " why so late? ")
    assert ids(rows, "~marked", notes) == "auth"
    assert ids(rows, "~commented", notes) == "stop"
    assert ids(rows, "~comment LATE", notes) == "stop"
    assert ids(rows, "~comment early", notes) == ""


@pytest.mark.parametrize(
    ("text", "word", "at"),
    [
        ("~s AC ~x", "~x", 6),
        ("~latency >soon", "soon", 10),
        ("~latency", "~latency", 0),
        ("~since yesterday", "yesterday", 7),
        ("~since 25:00", "25:00", 7),
        ("~time 10m..never", "10m..never", 6),
        ("~time ..", "..", 6),
        ("~type letter", "letter", 6),
        ("a | ", "|", 2),
        ("| a", "|", 0),
        ("a & | b", "&", 2),
        ("a )", ")", 2),
        ("( )", ")", 2),
        ("(", "(", 0),
        ("a !", "!", 2),
        ("a (b !) c", "!", 5),
        ("~re (a", "(a", 4),
        ("~re a(?=b)", "a(?=b)", 4),
        ("~p", "~p", 0),
        ("~p a..b", "a..b", 3),
        ("~p a ==", "==", 5),
        ("~p a =~ [", "[", 8),
        ("~from ~e", "~e", 6),
        ("(" * 60 + "a", "(", 40),
    ],
)
def test_an_error_names_the_word_and_where_it_is(text: str, word: str, at: int) -> None:
    error = MessageFilter.parse(text, LATER)
    assert isinstance(error, FilterError)
    assert (error.word, error.at) == (word, at)
    assert error.text.endswith(".")
    assert text[error.at :].lstrip("\"'").startswith(error.word)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "~",
            "~lat",
            "a ~fin",
            "~latency",
            "~latency ",
            "~latency >",
            "~latency 1u",
            "~since",
            "~since 14",
            "~since 14:0",
        ),
        *("~since 2", "~since 202", "~since 2026-", "~since 2026-1", "~since 2026-11-2", "~since 2026-11-20T1"),
        *("~since 2026-11-20T14:0", "~time ..", "~time 10m..1", "~type ca", "~from stat", "~v 2.0"),
        *(
            "(",
            "a (",
            "a |",
            "a &",
            "!",
            "~p",
            "~p a.",
            "~p a ==",
            "~p a =~ [",
            "~re (a",
            "~re a(b|",
            '~s "',
            "~re (a|(b",
        ),
    ],
)
def test_what_is_being_typed_is_not_wrong_yet(text: str) -> None:
    error = MessageFilter.parse(text, LATER)
    assert isinstance(error, MessageFilter) or error.unfinished


@pytest.mark.parametrize(
    "text",
    [
        *(
            "~lat ",
            "~latx",
            "~lat | a",
            "(~lat)",
            "~latency >so",
            "~latency | a",
            "~since 25:00",
            "~since yest",
            "~type letter",
        ),
        *("a & | b", "a )", "( )", "| a", "~re a(?=b)", "~p a..b", "~p (a", "~re (a ~e", '~type "letter"', "~from ~e"),
    ],
)
def test_what_no_letter_can_mend_is_wrong(text: str) -> None:
    error = MessageFilter.parse(text, LATER)
    assert isinstance(error, FilterError)
    assert not error.unfinished
    assert f"column {error.at + 1}" in error.told


def test_times_as_people_write_them() -> None:
    noon = 1_795_176_000_000_000
    assert moment("-10m", noon) == moment("10m", noon) == noon - 600_000_000
    assert moment("2026-11-20 10:32", noon) == moment("2026-11-20t10:32", noon)
    assert [moment(text, noon) for text in ("nonsense", "-", "--1m", "2026-11-20 ")] == [None] * 4


def test_without_a_clock_only_dates_can_be_told() -> None:
    assert isinstance(MessageFilter.parse("~since 10m"), FilterError)
    assert isinstance(MessageFilter.parse("~since 2026-11-20"), MessageFilter)


def test_a_regular_expression_cannot_hang() -> None:
    t = tape()
    t.exchange(traffic.call("DataTransfer", {"vendorId": "x", "data": "a" * 200_000}), {})
    words = MessageFilter.parse("~re (a+)+$ ~re (a|a)*b ~re (.*)*x{3}y")
    assert isinstance(words, MessageFilter)
    began = time.monotonic()
    assert not [row for row in t.fleet.messages if words.matches(row)]
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("pattern", "literal"),
    [("need.e-xyz", "e-xyz"), ("ab*cdef?ghi", "cde"), ("a|bcd", ""), ("(abc)", ""), ("abc{2}def", "def"), ("ab", "")],
)
def test_what_a_pattern_surely_contains(pattern: str, literal: str) -> None:
    assert literal_of(pattern) == literal


PIECES = [
    *FILTER_WORDS,
    *BY_SPELLING,
    "(",
    ")",
    "&",
    "|",
    "!",
    "=~",
    "==",
    ">",
    "..",
    '"',
    "'",
    "AC",
    "1..2",
    "10m",
    "*",
]
LINES = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
)


@settings(max_examples=300, deadline=None)
@given(LINES, st.sampled_from([0, LATER]))
def test_any_line_is_a_filter_or_an_error_about_a_word_of_it(rows: list[Message], line: str, now: int) -> None:
    words = MessageFilter.parse(line, now)
    if isinstance(words, FilterError):
        assert words.text.endswith(".")
        assert words.word in line
        assert 0 <= words.at <= len(line)
    else:
        assert all(words.matches(row) in (True, False) for row in rows)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=20), st.sampled_from([word for word in FILTER_WORDS.values() if word.argument]))
def test_any_argument_is_understood_or_refused(rows: list[Message], argument: str, word: object) -> None:
    quoted = '"' + argument.replace('"', "") + '"'
    words = MessageFilter.parse(f"{word.word} {quoted}", LATER)  # type: ignore[attr-defined]
    if isinstance(words, MessageFilter):
        assert all(words.matches(row) in (True, False) for row in rows)


WORDS = ["~s AC", "~a st", "~e", "~f", "~tx 1043", "~v 2", "~status Accepted", "reset"]
TREES = st.recursive(
    st.sampled_from(WORDS),
    lambda inner: st.one_of(
        inner.map(lambda one: ("!", one)),
        st.tuples(st.sampled_from(["&", "|", ""]), inner, inner),
    ),
    max_leaves=8,
)


def written(tree: object) -> str:
    if isinstance(tree, str):
        return tree
    assert isinstance(tree, tuple)
    if len(tree) == 2:
        return f"!({written(tree[1])})"
    return f"({written(tree[1])}) {tree[0]} ({written(tree[2])})"


def chosen(tree: object, rows: list[Message]) -> set[int]:
    if isinstance(tree, str):
        words = MessageFilter.parse(tree)
        assert isinstance(words, MessageFilter)
        return {row.seq for row in rows if words.matches(row)}
    assert isinstance(tree, tuple)
    if len(tree) == 2:
        return {row.seq for row in rows} - chosen(tree[1], rows)
    one, other = chosen(tree[1], rows), chosen(tree[2], rows)
    return one | other if tree[0] == "|" else one & other


@settings(max_examples=100, deadline=None)
@given(TREES)
def test_signs_join_words_as_sets_are_joined(rows: list[Message], tree: object) -> None:
    assert chosen(tree, rows) == chosen(written(tree), rows)


def test_deep_payloads_are_looked_through_without_end() -> None:
    t = tape()
    deep = '{"a":' * 900 + '{"idTag":"X"}' + "}" * 900
    t.hear(f'[2,"d","DataTransfer",{deep}]'.encode())
    t.hear(b"[2," + b"[" * 100_000)
    many = ",".join(f'{{"transactionId":{random.randrange(10**6)}}}' for _ in range(20_000))
    t.hear(f'[2,"m","DataTransfer",{{"x":[{many}]}}]'.encode())
    for text in ("~tag X", "~tx 1", "~p " + "a." * 899 + "a.idTag == X", "~p *.*.*.*"):
        words = MessageFilter.parse(text)
        assert isinstance(words, MessageFilter)
        assert all(words.matches(row) in (True, False) for row in t.fleet.messages)
