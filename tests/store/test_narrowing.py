"""What the database is asked for leaves out nothing that a filter lets through: any filter, any row."""

import asyncio
import itertools
import json
import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_log_search import NOON, Stored, remembered, written

from ocpp_console.model import filter_payload
from ocpp_console.model.annotations import Annotations
from ocpp_console.model.filter_payload import judge_of, named_judge, path_judge
from ocpp_console.model.messages import Message, MessageFilter
from ocpp_console.store.database import Database
from ocpp_console.store.narrowing import Narrowing, narrowing
from ocpp_console.store.words import Words

LEAVES = [
    f"{word} {argument}".strip()
    for word, arguments in {
        "~s": ["AC*", "AC-04", "ž", "nobody"],
        "~v": ["1.6", "2", "3"],
        "~from": ["station", "console", "event"],
        "~a": ["auth", "re", "answer", "connected", "b", "x"],
        "~type": ["call", "callresult", "callerror", "callresulterror", "send", "answer", "unreadable", "event"],
        "~status": ["Accepted", "rej*", "blocked"],
        "~error": ["*", "NotImplemented"],
        "~finding": ["SCHEMA*", "SCHEMA_EXTRA", "ANSWER_SLOW", "answer_*", "NOTHING", "*"],
        "~latency": [">10ms", "<5ms", "1ms..1s"],
        "~time": ["12:02..12:04", "..12:03"],
        "~tx": ["1042", "10*"],
        "~connector": ["2", "9"],
        "~evse": ["3"],
        "~tag": ["04A2B1", "säule/1", "7*"],
        "~id": ["ask-*", "1f", "*"],
        "~re": ["bl[o]cked", "[q]z", "[5-9]", "^.{3,60}$", "acc|rej"],
        "~p": ["connectorId == 2", "connectorId != 2", "connectorId > 1", "idTag =~ ^7", "*.status", "evse.id == 3.0",
               "idTokenInfo.status == Blocked", "meterStop <= 1e1", "idToken.idToken", "errorCode == NotImplemented"],
        "": ["~e", "~f", "~o", "~marked", "~commented", "blocked", "säule", "'\"idTag\":'", "3,", "reset"],
    }.items()
    for argument in arguments
]  # fmt: skip


def joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Longer filters of shorter ones."""
    pairs = st.tuples(parts, st.sampled_from([" ", " & ", " | "]), parts)
    return st.one_of(parts.map(lambda part: f"!({part})"), pairs.map(lambda three: f"({''.join(three)})"))


class Desk(NamedTuple):
    """A stored log: as messages in memory, and as a file read without the program."""

    messages: list[Message]
    notes: Annotations
    words: Words
    connection: sqlite3.Connection
    judges: dict[int, filter_payload.FramesJudge]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    path = tmp_path_factory.mktemp("narrowing") / "log.db"

    async def write() -> Stored:
        database = await Database.open(path, at=NOON)
        try:
            stored = await remembered(await written(database, 250))
            await stored.search._history.found.close()
            return stored
        finally:
            await database.close()

    stored = asyncio.run(write())
    connection = sqlite3.connect(path)
    connection.text_factory = bytes
    product = Database(None)
    connection.create_function("judged", 3, product._judged)
    yield Desk(stored.messages, stored.notes, stored.search._history.words, connection, product.judges)
    connection.close()


def let_through(desk: Desk, asked: Narrowing, low: int, high: int) -> set[int]:
    """The numbers of the rows between two others that the database gives."""
    chosen = f"f.id IN ({asked.numbers}) AND" if asked.numbers is not None else ""
    statement = f"SELECT f.id FROM facts AS f WHERE {chosen} f.id >= :low AND f.id < :high AND ({asked.where})"
    desk.judges.update(asked.judges)
    waiting = dict.fromkeys(asked.waiting, "[]")
    parameters = asked.parameters | waiting | {"low": low, "high": high}
    return {row[0] for row in desk.connection.execute(statement, parameters)}


@given(text=st.recursive(st.sampled_from(LEAVES), joined, max_leaves=5), bounds=st.tuples(*[st.integers(1, 900)] * 2))
@settings(max_examples=150, deadline=None)
def test_nothing_that_fits_is_left_out(desk: Desk, text: str, bounds: tuple[int, int]) -> None:
    words = MessageFilter.parse(text, desk.messages[-1].at, desk.notes)
    assert isinstance(words, MessageFilter), words
    low, high = min(bounds), max(bounds)
    wanted = {row.seq for row in desk.messages if low <= row.seq < high and words.matches(row)}
    for kept, final in ((True, True), (True, False), (False, False)):
        asked = narrowing(words.node, desk.words, kept=kept, final=final)
        assert wanted <= let_through(desk, asked, low, high), (text, kept, final)


NAMES = st.sampled_from(["connectorId", "CONNECTORID", "id", "status", "evse", "value", "säule", "conn\\u0065ctorId"])
SCALARS = st.one_of(
    st.integers(-9, 99),
    st.floats(allow_nan=False),
    st.booleans(),
    st.none(),
    st.sampled_from(["2", " 2 ", "2.0", "Accepted", "accepted", 'a"b', "ü", "", "\\", "1e1", "0_2", "٢"]),
    st.text(max_size=3),
)
PAYLOADS = st.recursive(
    SCALARS, lambda each: st.lists(each, max_size=3) | st.dictionaries(NAMES, each, max_size=3), max_leaves=12
)


@given(
    payload=st.dictionaries(NAMES, PAYLOADS, max_size=3) | PAYLOADS,
    path=st.sampled_from([["connectorId"], ["evse", "id"], ["*", "status"], ["status"], ["evse", "value"], ["id"]]),
    sign=st.sampled_from(["==", "!=", ">", "<=", "=~"]),
    wanted=st.sampled_from(["2", "10", "accepted", "true", "null", "", "^a", "-1"]),
    spaced=st.booleans(),
    ascii_only=st.booleans(),
)
@settings(max_examples=300, deadline=None)
def test_a_glance_never_says_no_where_reading_says_yes(
    payload: object, path: list[str], sign: str, wanted: str, spaced: bool, ascii_only: bool
) -> None:
    separators = (", ", " : ") if spaced else (",", ":")
    raw = json.dumps([2, "m", "A", payload], separators=separators, ensure_ascii=ascii_only)
    frame = raw.encode("utf-8", "surrogatepass")
    judge = judge_of(sign, wanted)
    with pytest.MonkeyPatch.context() as patch:
        quick, quick_named = path_judge(path, judge), named_judge(("connectorId", "evse.id", "status"), wanted)
        patch.setattr(filter_payload, "glance_for", lambda name: lambda low: None)
        slow, slow_named = path_judge(path, judge), named_judge(("connectorId", "evse.id", "status"), wanted)
        for call, answer in itertools.product((frame, b"[2"), (None, frame)):
            assert quick(call, answer) == slow(call, answer)
            assert quick_named(call, answer) == slow_named(call, answer)
