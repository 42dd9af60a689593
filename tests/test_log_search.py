"""A filter finds in the database what it would find if everything were in memory."""

import itertools
import json
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest
from store.desk import Desk

from ocpp_console.events import (
    CallAbandoned,
    Fact,
    FrameReceived,
    FrameSent,
    HandshakeRefused,
    NoteWritten,
    StationConnected,
    StationGone,
)
from ocpp_console.log_search import LogSearch
from ocpp_console.model.annotations import Annotations
from ocpp_console.model.exchanges import Exchanges
from ocpp_console.model.messages import Message, MessageFilter, MessageLog
from ocpp_console.model.recollection import Recollection
from ocpp_console.protocol.findings import Finding, Severity
from ocpp_console.store import committer
from ocpp_console.store.database import Database
from ocpp_console.store.event_log import EventLog
from ocpp_console.store.finder import Finder

SECOND = 1_000_000
NOON = 1_795_176_000 * SECOND
STATIONS = {"AC-04": "1.6", "AC-07": "1.6", "DC-01": "2.0.1", "lab-ž": "2.1"}


class Stored(NamedTuple):
    """A log on disk, and the same facts as messages in memory."""

    search: LogSearch
    messages: list[Message]
    notes: Annotations


class Scribe:
    """Writes what happens, to the store and to a list."""

    def __init__(self, desk: Desk, chance: random.Random) -> None:
        self.desk, self.chance = desk, chance
        self.facts: list[Fact] = []
        self.now = NOON
        self.connections: dict[str, int] = {}

    def clock(self) -> int:
        self.now += self.chance.choice([1_000, 20_000, SECOND])
        return self.now

    def tell(self, fact: Fact) -> None:
        self.facts.append(fact)
        self.desk.log.offer(fact)

    def connect(self, station: str) -> None:
        seq, version = self.desk.number(), STATIONS[station]
        self.connections[station] = seq
        offered = (f"ocpp{version}",)
        self.tell(
            StationConnected(
                seq, self.clock(), station, version, offered[0], offered, f"/{station}", "10.0.0.7:1", False
            )
        )

    def hear(self, station: str, raw: bytes) -> FrameReceived:
        fact = FrameReceived(self.desk.number(), self.clock(), station, self.connections[station], raw)
        self.tell(fact)
        return fact

    def reply(self, call: FrameReceived, raw: bytes) -> None:
        """Held for the commit of its call, as replies are; it leaves some time later."""

        def release(at: int) -> None:
            fact = FrameSent(self.desk.number(), at, call.station, call.connection, raw, call.seq)
            self.tell(fact)

        self.desk.log.hold(call.seq, raw, release)

    def ask(self, station: str, action: str, payload: object, answer: object) -> None:
        """We call; the station answers after some other traffic, refuses, or never answers."""
        id = f"ask-{self.desk.seq}"
        connection = self.connections[station]
        raw = json.dumps([2, id, action, payload]).encode()
        self.tell(FrameSent(self.desk.number(), self.clock(), station, connection, raw, 0))
        for _ in range(self.chance.randrange(3)):
            self.exchange(station)
        if answer is None:
            abandoned = CallAbandoned(
                self.desk.number(), self.clock(), station, connection, id, "timeout", "No answer."
            )
            self.tell(abandoned)
        elif isinstance(answer, str):
            self.hear(station, json.dumps([4, id, answer, "no", {}]).encode())
        else:
            self.hear(station, json.dumps([3, id, answer]).encode())

    def exchange(self, station: str) -> None:
        """A station calls and is answered."""
        chance = self.chance
        id, tag, number = f"{self.desk.seq:x}", chance.choice(["04A2B1", "7C11", "säule/1"]), chance.randrange(4)
        status = chance.choice(["Accepted", "Blocked", "Invalid"])
        action, payload, answer = chance.choice(
            [
                ("Heartbeat", {}, {"currentTime": "2026-11-20T12:00:00Z"}),
                ("Authorize", {"idTag": tag}, {"idTagInfo": {"status": status}}),
                ("Authorize", {"idToken": {"idToken": tag, "type": "Central"}}, {"idTokenInfo": {"status": status}}),
                ("StartTransaction", {"connectorId": number, "idTag": tag}, {"transactionId": 1040 + number}),
                ("StopTransaction", {"transactionId": 1040 + number, "meterStop": 10 * number}, {}),
                ("Nonsense", {"evse": {"id": number}}, None),
            ]
        )
        call = self.hear(station, json.dumps([2, id, action, payload], ensure_ascii=chance.random() < 0.5).encode())
        if answer is None:
            self.reply(call, json.dumps([4, id, "NotImplemented", "", {}], separators=(",", ":")).encode())
        elif chance.random() < 0.95:
            self.reply(call, json.dumps([3, id, answer], separators=(",", ":")).encode())

    def odd(self, station: str) -> None:
        """Something that is no exchange."""
        raw = self.chance.choice([b"{broken", b'[3,"nobody asked",{}]', b'[2,"a","b"]', b"\xff\xfe\x00text"])
        self.hear(station, raw)


async def written(database: Database, rows: int) -> Scribe:
    """A log with everything in it that a log may have; it has ended."""
    chance = random.Random(11)
    ticks = itertools.count(NOON)
    log = EventLog(database, lambda: 0)
    scribe = Scribe(Desk(log, lambda: next(ticks)), chance)
    log.clock = scribe.clock
    await log.start()
    for station in STATIONS:
        scribe.connect(station)
    for number in range(rows):
        station = chance.choice(list(STATIONS))
        kind = chance.random()
        if kind < 0.8:
            scribe.exchange(station)
        elif kind < 0.9:
            answer = chance.choice([{"status": "Accepted"}, {"status": "Rejected"}, "NotSupported", None])
            scribe.ask(station, chance.choice(["Reset", "UnlockConnector"]), {"connectorId": number % 3}, answer)
        elif kind < 0.97:
            scribe.odd(station)
        elif kind < 0.98:
            scribe.tell(NoteWritten(scribe.desk.number(), scribe.clock(), "", "store", "Reset of the Blocked store"))
        elif kind < 0.99:
            seq, at = scribe.desk.number(), scribe.clock()
            refused = HandshakeRefused(seq, at, "10.0.0.9:1", "AC-04", "soap", "AC-04 speaks SOAP.", "/", (), 400, b"")
            scribe.tell(refused)
        else:
            gone = scribe.connections[station]
            scribe.tell(StationGone(scribe.desk.number(), scribe.clock(), station, gone, 1001, "", "station"))
            scribe.connect(station)
        if number % 20 == 19:
            await log.flush()
    await log.close()
    return scribe


@pytest.fixture(scope="module")
def spans_of_a_hundred() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(committer, "SPAN_ROWS", 100)
        yield  # type: ignore[misc]


@pytest.fixture
async def stored(tmp_path: Path, spans_of_a_hundred: None) -> AsyncIterator[Stored]:
    database = await Database.open(tmp_path / "log.db", at=NOON)
    try:
        yield await remembered(await written(database, 500))
    finally:
        await database.close()


async def remembered(scribe: Scribe) -> Stored:
    """The same facts in memory."""
    log = MessageLog(100_000)
    facts = sorted(scribe.facts, key=lambda fact: (fact.at, fact.seq))
    Recollection(Exchanges(log), STATIONS.__getitem__, lambda refused: None).fold(facts)
    messages = sorted(log, key=lambda message: message.seq)
    for message in messages[1::3]:  # what took more to find than the bytes of the message
        message.answer_findings += (Finding("ANSWER_SLOW", Severity.WARNING, "took 7 s", "säule"),)
    for message in messages[2::5]:  # what their bytes say was not said when they came
        message.call_findings = message.answer_findings = ()
    for message in messages:
        if message.findings:
            scribe.desk.log.found.put(message)
    notes = Annotations()
    for message in messages[::97]:
        notes.mark(message.seq, True)
        notes.comment(message.seq + 1, "odd")
    return Stored(LogSearch(scribe.desk.log, STATIONS.__getitem__), messages, notes)


FILTERS = [
    "~s AC-04", "~s AC* !~s AC-04", "!~s AC-04", "~a auth", "!~a heartbeat", "~a re", "~a answer", "~a connected",
    "~a b", "~v 2", "~v 1.6 ~a reset", "!~v 2", "~from csms", "~from event", "!~from station", "~type call",
    "~type callresult ~from csms", "~type callerror", "~type answer", "~type unreadable", "~type event",
    "~status Blocked", "~status rejected", "!~status Accepted", "~error NotImplemented", "~error Not*", "!~error *",
    "~e", "!~e", "~o", "~o ~from csms", "~latency >10ms", "~latency <5ms", "!~latency >0", "~latency >1s ~from csms",
    "~since 3m", "~until 12:05", "~time 12:02..12:04", "!~time 12:02..12:04", "~tx 1042", "!~tx 1042", "~connector 2",
    "~evse 3", "~tag 04A2B1", "~tag säule/1", "~tag 7*", "~id ask-*", "~id 1f", "Blocked", "!Blocked", "säule",
    "ac-04", "reset", "'\"status\":\"Blocked\"'", "'3,'", "~re bl[o]cked", "!~re a", "~p idTokenInfo.status == Blocked",
    "~p idTagInfo.status != Accepted", "~p transactionId > 1041", "~p idTag =~ ^7", "~p errorCode == NotSupported",
    "~f", "!~f", "~finding SCHEMA*", "!~finding SCHEMA_EXTRA", "~finding ANSWER_SLOW ~s AC-04", "~f | ~s AC-07",
    "~finding answer*", "~finding SCHEMA_", "!(~f | ~a re)", "~type callresulterror", "~re [q]z", "!~re [5-9]",
    "~p evse",
    "~p connectorId == 2", "~p connectorId != 2", "~p connectorId > 1 ~f", "~p meterStop <= 1e1", "~p evse.id == 3",
    "~p status =~ ^acc", "!~p connectorId == 2", "~f ~re [0-3]b | ~marked", "~marked",
    "!~marked ~a heart", "~commented", "~comment odd", "~s AC-07 (~e | ~tx 1043)", "~s AC* ~a auth ~e",
    "~a auth | ~a reset", "!(~a auth | ~a reset)", "!(~a auth ~status Blocked)", "~a reset ~status rejected",
    "connectorId rejected", "!(~s AC-04 ~e) ~tag 7C11", "~from csms !~e", "",
]  # fmt: skip


async def all_pages(stored: Stored, words: MessageFilter, limit: int) -> list[Message]:
    rows: list[Message] = []
    before = None
    while True:
        found = await stored.search.page(words, before, limit)
        assert before is None or found.reached < before or found.ended
        rows[:0] = found.rows
        if found.ended:
            return rows
        before = found.reached


async def test_every_filter_finds_the_same_as_in_memory(stored: Stored) -> None:
    empty = 0
    for text in FILTERS:
        words = MessageFilter.parse(text, stored.messages[-1].at, stored.notes)
        assert isinstance(words, MessageFilter), words
        wanted = {message.seq: message.action for message in stored.messages if words.matches(message)}
        found = {message.seq: message.action for message in await all_pages(stored, words, 50)}
        assert found == wanted, text
        assert list(found) == sorted(found)
        empty += not wanted
    assert empty < len(FILTERS) // 10


async def test_messages_are_the_same_as_in_memory(stored: Stored) -> None:
    words = MessageFilter.parse("")
    assert isinstance(words, MessageFilter)
    for found, wanted in zip(await all_pages(stored, words, 200), stored.messages, strict=True):
        told = (found.seq, found.at, found.station, found.version, found.state, found.verdict, found.raw)
        assert told == (
            wanted.seq, wanted.at, wanted.station, wanted.version, wanted.state, wanted.verdict, wanted.raw,
        )  # fmt: skip
        assert (found.answer_raw, found.latency) == (wanted.answer_raw, wanted.latency)
        assert (found.call_findings, found.answer_findings) == (wanted.call_findings, wanted.answer_findings)


async def test_rows_after_a_number_come_oldest_first_and_none_twice(stored: Stored) -> None:
    for text in ("", "~s AC-04", "~a auth ~status Blocked", "~from csms", "~finding SCHEMA*"):
        words = MessageFilter.parse(text)
        assert isinstance(words, MessageFilter)
        rows: list[int] = []
        after = 0
        while True:
            found = await stored.search.page_after(words, after, 40)
            rows += [row.seq for row in found.rows]
            if found.ended:
                break
            assert found.reached > after
            after = found.reached
        assert rows == [row.seq for row in stored.messages if words.matches(row)]


async def test_a_search_can_be_called_off_and_taken_up(stored: Stored) -> None:
    words = MessageFilter.parse("!~id *")
    assert isinstance(words, MessageFilter)
    told: list[float] = []

    def progress(part: float) -> bool:
        told.append(part)
        return len(told) < 3

    found = await stored.search.page(words, progress=progress)
    assert not found.ended
    assert len(told) == 3
    assert 0 < told[0] < told[1] < told[2] <= 1
    rest = await stored.search.page(words, found.reached)
    assert rest.ended


async def test_open_calls_are_looked_for_where_no_reply_has_left(stored: Stored) -> None:
    words = MessageFilter.parse("~o")
    assert isinstance(words, MessageFilter)
    step = await Finder(stored.search._history, words.node).step(1 << 30, 10_000)
    assert len(step.rows) < len(stored.messages) // 3


async def test_a_time_leads_to_its_row(stored: Stored) -> None:
    facts = [message for message in stored.messages if message.raw]
    for message in facts[:: len(facts) // 20]:
        seq = await stored.search.first_since(message.at)
        assert next(row for row in facts if row.seq >= seq).at >= message.at
        assert max((row.at for row in facts if row.seq < seq), default=0) < message.at
    assert await stored.search.first_since(0) == 1
    assert await stored.search.first_since(1 << 62) > facts[-1].seq
