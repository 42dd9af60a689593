"""What the store costs, with real files. Run with `-m benchmark -s`; the figures are printed, the limits are wide."""

import asyncio
import random
import time
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from ocpp_console.events import Fact, FrameReceived, FrameSent
from ocpp_console.log_search import LogSearch
from ocpp_console.model.filters import MessageFilter
from ocpp_console.model.rows import Message, Origin
from ocpp_console.protocol.findings import Finding, Severity
from ocpp_console.protocol.frames import Call
from ocpp_console.store.database import Database
from ocpp_console.store.event_log import EventLog

EXCHANGES = 1_000_000
STATIONS = [f"CP{number:04}" for number in range(500)]

QUICK = ("", "~s CP0123", "~s CP0123 ~a Authorize", "~a MeterValues", "heartbeat", "~f", "~finding SLOW_RESPONSE")
QUICK += ("~p connectorId == 1", "~re sampled.alue")
"""Filters that fill a page before everything was looked at."""
THOROUGH = (
    "no such thing",
    "~status Rejected",
    "~tx 4711",
    "~latency >10s",
    "~e",
    "~o",
    "~type callerror",
    "~since 0s",
    "~finding NOTHING",
    "~s CP0123 ~finding NOTHING",
)
"""Filters that find nothing in all of it; the database can tell."""
JUDGED = ("~re [q]z", "~p connectorId == 77", "~p connectorId > 77", "~connector 77")
"""The same where the frames have to be read, one by one."""
FOLDED = ("!~id *",)
"""The same where every row has to be folded."""
MOST_SECONDS = 30
ODD = 100
"""One message in so many has a finding."""

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(900)]


def now() -> int:
    return time.time_ns() // 1000


def traffic(chance: random.Random) -> list[tuple[Call, bytes, bytes]]:
    """A believable mix, 450 bytes of JSON an exchange: heartbeats, status, meter values with five samples."""
    sample = '{"value":"%.1f","context":"Sample.Periodic","measurand":"Energy.Active.Import.Register","unit":"Wh"}'
    made = []
    for _ in range(20_000):
        mark = uuid.UUID(int=chance.getrandbits(128))
        kind, answer = chance.random(), "{}"
        if kind < 0.2:
            action, payload, answer = "Heartbeat", "{}", '{"currentTime":"2026-11-20T14:03:21Z"}'
        elif kind < 0.5:
            action = "StatusNotification"
            payload = (
                '{"connectorId":1,"errorCode":"NoError","status":"Charging","timestamp":"2026-11-20T14:03:21.123Z"}'
            )
        else:
            action = chance.choice(["MeterValues", "DataTransfer", "Authorize"])
            samples = ",".join(sample % chance.uniform(0, 1e6) for _ in range(5))
            payload = (
                f'{{"connectorId":1,"meterValue":[{{"timestamp":"2026-11-20T14:03:21Z","sampledValue":[{samples}]}}]}}'
            )
        call = f'[2,"{mark}","{action}",{payload}]'.encode()
        made.append((Call(str(mark), action, {}), call, f'[3,"{mark}",{answer}]'.encode()))
    return made


def odd(call: FrameReceived, number: int) -> Message:
    """A row about which something was found: half of them by rules, half by the schema."""
    row = Message(call.seq, call.at, call.station, call.connection, "1.6", Origin.STATION, "", call.raw)
    slow = Finding("SLOW_RESPONSE", Severity.WARNING, "took 10.5 s")
    extra = Finding("SCHEMA_EXTRA", Severity.WARNING, "does not belong here", "meterValue[0].surplus")
    row.call_findings = (slow,) if number % (2 * ODD) else (extra,)
    return row


async def fill(log: EventLog) -> tuple[int, int]:
    """Store `EXCHANGES`, at most 400 unanswered; returns (bytes of JSON, µs of loop CPU)."""
    chance = random.Random(1)
    frames = traffic(chance)
    size = seq = 0
    answered: list[int] = []
    began = time.thread_time()
    for number in range(EXCHANGES):
        frame, raw, reply = frames[number % len(frames)]
        raw = raw.replace(b"connectorId", b"Needle-XyZ!") if number == EXCHANGES // 2 else raw
        size += len(raw) + len(reply)
        which = chance.randrange(len(STATIONS))
        call = FrameReceived(seq + 1, now(), STATIONS[which], which + 1, raw, False, frame)
        seq += 2

        def release(at: int, call: FrameReceived = call, reply: bytes = reply) -> None:
            answered.append(call.seq)
            log.offer(FrameSent(call.seq + 1, at, call.station, call.connection, reply, call.seq))

        log.offer(call)
        log.hold(call.seq, reply, release)
        if number % ODD == 0:
            log.found.put(odd(call, number))
        if number % 100 == 99:
            await asyncio.sleep(0)
            while number - len(answered) > 400:  # noqa: ASYNC110 - the stations wait for their answers
                await asyncio.sleep(0.0005)
    assert await log.flush(60)
    return size, round((time.thread_time() - began) * 1e6)


async def best(work: Callable[[], Awaitable[list[Fact]]], times: int = 5) -> tuple[float, list[Fact]]:
    """The shortest of some runs, in ms, and the last result."""
    shortest = 1e9
    for _ in range(times):
        began = time.perf_counter()
        facts = await work()
        shortest = min(shortest, (time.perf_counter() - began) * 1000)
    return shortest, facts


async def filtered(search: LogSearch) -> tuple[dict[str, float], dict[str, float]]:
    """How long the first page of each filter takes, and for how long it keeps a processor busy, in ms.

    Those that fold every row are stopped on the way.
    """
    took: dict[str, float] = {}
    busy: dict[str, float] = {}
    for text in (*QUICK, *THOROUGH, *JUDGED, *FOLDED):
        words = MessageFilter.parse(text, now())
        assert isinstance(words, MessageFilter), words
        cpu = time.process_time()
        for _ in range(3 if text in QUICK else 1):
            began, reached = time.perf_counter(), 0.0
            cpu = time.process_time()

            def progress(part: float, began: float = began) -> bool:
                nonlocal reached
                reached = part
                return time.perf_counter() - began < MOST_SECONDS

            found = await search.page(words, progress=progress)
            ms = (time.perf_counter() - began) * 1000
            took[text] = min(took.get(text, ms), ms)
        whole = f"{took[text]:.0f} ms" if reached > 0.99 or text in QUICK else f"{ms / reached / 1000:.0f} s foreseen"
        busy[text] = (time.process_time() - cpu) * 1000
        print(f"filter {text!r}: {whole}, processor {busy[text]:.0f} ms, {len(found.rows)} rows")
    began = time.perf_counter()
    await search.page_after(None, await search.first_since(0) + EXCHANGES)
    print(f"a place in the middle, with a page there: {(time.perf_counter() - began) * 1000:.0f} ms")
    return took, busy


async def test_a_million_exchanges(tmp_path: Path) -> None:
    path = tmp_path / "million.db"
    database = await Database.open(path, at=now())
    log = EventLog(database, now)
    await log.start()
    began, cpu = time.perf_counter(), time.process_time()
    size, loop = await fill(log)
    rate, cpu = EXCHANGES / (time.perf_counter() - began), (time.process_time() - cpu) / EXCHANGES * 1e6
    print(
        f"\n{rate:,.0f} exchanges/s with their producer; loop {loop / EXCHANGES:.1f} µs, all threads {cpu:.1f} µs each"
    )
    await log.close()
    await database.close()
    ratio = path.stat().st_size / size
    print(f"{ratio:.3f} bytes a byte of JSON ({size / EXCHANGES:.0f} an exchange)")

    database = await Database.open(path, at=now())
    log = EventLog(database, now)
    await log.start()
    middle = await log.last_seq() // 2
    filters = ({}, {"station": "CP0123"}, {"action": "MeterValues"}, {"station": "CP0123", "action": "Authorize"})
    pages = []
    for words in filters:
        shortest, facts = await best(lambda words=words: log.page(middle, **words))
        pages.append(shortest)
        print(f"page {words}: {shortest:.2f} ms, {len(facts)} facts")
    searches = []
    for text in ("needle-xyz", "no such thing", "heartbeat"):
        shortest, facts = await best(lambda text=text: log.search(text), 3)
        searches.append(shortest)
        print(f"search {text!r}: {shortest:.0f} ms, {len(facts)} facts")
    slowest, busy = await filtered(LogSearch(log, lambda station: "1.6"))
    await log.close()
    await database.close()
    assert ratio < 1.25
    assert max(pages) < 10
    assert max(searches) < 2_000
    assert max(slowest[text] for text in QUICK) < 1_000
    assert max(slowest[text] for text in THOROUGH) < 15_000
    assert max(busy[text] for text in JUDGED) < MOST_SECONDS * 1000


async def test_findings_of_a_station_that_breaks_the_schema_in_every_message(tmp_path: Path) -> None:
    """What it costs: bytes a row, and time of the loop and of the writer."""
    database = await Database.open(tmp_path / "odd.db", at=now())
    log = EventLog(database, now)
    await log.start()
    call = FrameReceived(0, now(), "CP0001", 1, b"[2,,]", False, None)
    for step, name in ((2 * ODD, "the schema"), (ODD, "rules")):
        before = (await database.rows("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"))[0][0]
        first = (await database.rows("SELECT ifnull(max(fact), 0) FROM found"))[0][0]
        cpu, loop = time.process_time(), time.thread_time()
        for number in range(100_000):
            log.found.put(odd(call._replace(seq=first + number + 1), step))
            if number % 1_000 == 999:
                await log.found.flush()
        cpu, loop = (time.process_time() - cpu) * 10, (time.thread_time() - loop) * 10
        after = (await database.rows("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"))[0][0]
        size = (after - before) / 100_000
        print(f"\nfound by {name}: {size:.0f} bytes, loop {loop:.1f} µs, all threads {cpu:.1f} µs a message")
        assert size < 200
    await log.close()
    await database.close()
