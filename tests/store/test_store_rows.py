import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpp_console import events
from ocpp_console.protocol.findings import Finding, Severity
from ocpp_console.store import rows
from ocpp_console.store.encoder import Encoder
from ocpp_console.store.words import Words, to_bytes

FINDING = Finding("SUBPROTOCOL_MISSING", Severity.WARNING, "No subprotocol was offered.", "a[0].b")
SURROGATE = "lone \ud800 and NUL \0 and ü"
FACTS = [
    events.ListenerStarted(1, 10, "0.0.0.0", 9000, "/", False),
    events.ListenerFailed(2, 20, "::1", 80, "Port 80 needs rights."),
    events.StationConnected(
        3,
        30,
        "CP 1",
        "2.0.1",
        "ocpp2.0.1",
        ("ocpp1.6", "x"),
        "/CP%201",
        "[::1]:5",
        True,
        (FINDING,),
        "permessage-deflate; x",
        "permessage-deflate",
    ),
    events.StationGone(4, 40, "CP 1", 3, 1006, "", "network"),
    events.HandshakeRefused(5, 50, "1.2.3.4:5", SURROGATE, "not_websocket", "t", "/x", (), 426, bytes(range(200))),
    events.CallRequested(6, 60, "CP 1", 3, "id", "Reset", {"type": SURROGATE, "n": [1, None, 1.5]}),
    events.CallAbandoned(7, 70, "CP 1", 3, "id", "timeout", "No answer in 30 s."),
    events.ReplyLost(8, 80, "CP 1", 3, 5, "gone"),
    events.NoteWritten(9, 90, "", "NOTE", SURROGATE),
]


def read(row: list[object], words: Words) -> list[events.Fact]:
    seq, at, kind, station, connection, _action, answers, frame, reply, reply_after = row
    raw = to_bytes(frame) if isinstance(frame, str) else frame  # as the database gives it back
    return list(rows.facts_of([(seq, at, kind, station, connection, answers, raw, reply, reply_after)], words))


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
def test_every_kind_of_fact_comes_back_as_it_was(fact: events.Fact) -> None:
    words = Words()
    assert read(rows.other_row(fact, words), words) == [fact]


def test_every_kind_of_fact_has_a_number() -> None:
    frames = {events.FrameReceived, events.FrameSent}
    assert set(rows.OTHERS.values()) | frames == set(events.Fact.__args__)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b'{"findings":[1]}', b'{"offered":3}', None])
def test_a_garbled_row_says_so_and_raises_nothing(body: bytes | None) -> None:
    [fact] = rows.facts_of([(7, 70, 12, None, None, None, body, None, None)], Words())
    assert isinstance(fact, events.NoteWritten)
    assert (fact.seq, fact.code) == (7, "ROW_UNREADABLE")


@pytest.mark.parametrize("raw", [b'[2,"1","Heartbeat",{}]', b"\xff\0"])
@pytest.mark.parametrize("binary", [False, True])
def test_how_a_frame_came_is_kept(raw: bytes, binary: bool) -> None:
    words = Words()
    for compressed in (False, True):
        fact = events.FrameReceived(1, 10, "CP 1", 3, raw, binary, None, compressed)
        assert read(list(Encoder(words).received(fact)), words) == [fact]


def test_a_kind_of_the_future_says_so() -> None:
    [fact] = rows.facts_of([(7, 70, 35, None, None, None, b"{}", None, None)], Words())
    assert fact == events.NoteWritten(7, 70, "", "ROW_UNREADABLE", "Row 7 of the database cannot be read (kind 35).")


def test_a_payload_that_json_cannot_write_is_no_end() -> None:
    loop: dict[str, object] = {}
    loop["me"] = loop
    row = rows.other_row(events.CallRequested(6, 60, "CP 1", 3, "id", "Reset", loop), Words())
    assert "CallRequested" in json.loads(row[7])["text"]


def test_a_reply_is_kept_without_the_id_its_call_has() -> None:
    call, reply = b'[2,"19223201","Heartbeat",{}]', b'[3,"19223201",{"currentTime":"x"}]'
    assert rows.shorten(rows.as_text(call), reply) == '{"currentTime":"x"}]'


@pytest.mark.parametrize(
    ("call", "reply"),
    [
        (b'[2, "1", "Heartbeat", {}]', b'[3,"1",{}]'),
        (b'[2,"1","Heartbeat",{}]', b'[4,"1","InternalError","",{}]'),
        (b'[2,"a\\",b","X",{}]', b'[3,"a\\",b",{}]'),
        (b'[2,17,"X",{"a":"b","c":1}]', b"[3,17,{}]"),
        (b'[2,"1"', b'[3,"1",{}]'),
        (b"", b'[3,"1",{}]'),
        (b'[2,"","X",{}]', b'[3,"",{}]'),
    ],
)
def test_odd_calls_keep_their_reply_whole_or_exact(call: bytes, reply: bytes) -> None:
    stored = rows.shorten(rows.as_text(call), reply)
    assert rows.lengthen(call, to_bytes(stored) if isinstance(stored, str) else stored) == reply


FRAMES = st.one_of(
    st.binary(max_size=60),
    st.builds(lambda i, p: b'[2,"%s","X",%s]' % (i, p), st.binary(max_size=8), st.binary(max_size=8)),
)
REPLIES = st.one_of(
    st.binary(max_size=60).map(lambda raw: b"[" + raw),
    st.builds(lambda i, p: b'[3,"%s",%s]' % (i, p), st.binary(max_size=8), st.binary(max_size=8)),
)


@given(FRAMES, REPLIES)
def test_any_reply_comes_back_byte_for_byte(call: bytes, reply: bytes) -> None:
    stored = rows.shorten(rows.as_text(call), reply)
    assert rows.lengthen(call, to_bytes(stored) if isinstance(stored, str) else stored) == reply


@given(st.binary(max_size=400))
def test_action_and_id_take_any_bytes(raw: bytes) -> None:
    action, message_id = rows.action_and_id(raw)
    assert isinstance(action, str)
    assert isinstance(message_id, str)


def test_action_and_id_of_plain_calls() -> None:
    assert rows.action_and_id(b'[2,"7","Reset",{}]') == ("Reset", "7")
    assert rows.action_and_id(b' [2, "7", "Reset", {}]') == ("Reset", "7")
    assert rows.action_and_id(b'[3,"7",{"a":"b"}]') == ("", "")


def test_replies_stand_where_their_time_puts_them() -> None:
    stored = [
        (1, 100, 0, None, 1, None, b"a", b"[A", 15),
        (2, 110, 0, None, 1, None, b"b", b"[B", 1),
        (3, 120, 1, None, 1, 0, b"c", None, None),
    ]
    facts = list(rows.facts_of(stored, Words()))
    assert [(fact.at, fact.raw) for fact in facts] == [
        (100, b"a"),
        (110, b"b"),
        (115, b"[A"),
        (111, b"[B"),
        (120, b"c"),
    ]


def test_a_clock_set_back_holds_no_reply_up() -> None:
    stored = [(1, 10_000, 0, None, 1, None, b"a", b"[A", 15), (2, 10, 0, None, 1, None, b"b", None, None)]
    assert [fact.raw for fact in rows.facts_of(stored, Words())] == [b"a", b"[A", b"b"]
