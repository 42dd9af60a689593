import random

import pytest
from store.desk import Desk, Opened, close

from ocpp_console.events import Fact, FrameReceived, FrameSent
from ocpp_console.protocol.frames import Call
from ocpp_console.store import history
from ocpp_console.store.rows import SELECTED

ACTIONS = ("Heartbeat", "StatusNotification", "MeterValues", "Authorize")
STATIONS = ("CP-1", "CP-2", "CP-3", "Heartbeat")


async def filled(desk: Desk, rows: int) -> list[FrameReceived]:
    """Calls of several stations and actions, answered, and committed in several spans."""
    chance = random.Random(7)
    calls = []
    for number in range(rows):
        action = chance.choice(ACTIONS)
        raw = b'[2,"%d","%s",{"n":%d}]' % (number, action.encode(), number)
        call = FrameReceived(desk.number(), desk.clock(), chance.choice(STATIONS), 1, raw, False, Call("", action, {}))
        desk.log.offer(call)
        desk.answer(call, b'[3,"%d",{}]' % number)
        calls.append(call)
        if number % 500 == 499:
            await desk.log.flush()
    await desk.log.flush()
    return calls


def numbers(facts: list[Fact]) -> list[int]:
    return [fact.seq for fact in facts if isinstance(fact, FrameReceived)]


@pytest.mark.parametrize("station", [None, "CP-2", "Heartbeat"])
@pytest.mark.parametrize("action", [None, "MeterValues", "Heartbeat"])
async def test_pages_go_through_everything_once(opened: Opened, station: str | None, action: str | None) -> None:
    desk = await opened()
    calls = await filled(desk, 5_000)
    wanted = [
        call.seq
        for call in calls
        if station in (None, call.station) and (action is None or b'"%s"' % action.encode() in call.raw)
    ]
    found: list[int] = []
    before = None
    while page := await desk.log.page(before, 200, station, action):
        rows = numbers(page)
        assert len(rows) <= 200
        assert len(page) == 2 * len(rows)
        found = rows + found
        before = page[0].seq
    assert found == wanted


async def test_facts_whose_numbers_follow_closely_are_all_in_the_index(opened: Opened) -> None:
    desk = await opened()
    calls = []
    for _ in range(100):
        calls += [desk.receive().seq for _ in range(70)]
        await desk.log.flush()
    found: list[int] = []
    while page := await desk.log.page(found[0] if found else None, station="CP-1"):
        found = numbers(page) + found
    assert found == calls


async def test_the_index_goes_on_where_a_restart_left_it(opened: Opened) -> None:
    desk = await opened()
    calls = [call.seq for call in await filled(desk, 3_000)]
    await close(desk)
    desk = await opened()
    calls += [call.seq for call in await filled(desk, 3_000)]
    found: list[int] = []
    for station in STATIONS:
        before = None
        while page := await desk.log.page(before, 200, station):
            found += numbers(page)
            before = page[0].seq
    assert sorted(found) == calls


async def test_unknown_names_have_no_pages(opened: Opened) -> None:
    desk = await opened()
    await filled(desk, 10)
    assert await desk.log.page(station="nobody") == []
    assert await desk.log.page(action="Nothing") == []
    assert await desk.log.page(station="CP-1", action="Nothing") == []


async def test_search_finds_calls_and_replies_newest_first(opened: Opened) -> None:
    desk = await opened()
    calls = await filled(desk, 600)
    needle = desk.exchange(
        b'[2,"x","Authorize",{"idTag":"AbC-100%_\\\\"}]', b'[3,"x",{"idTagInfo":{"status":"Blocked"}}]'
    )
    await desk.log.flush()
    for text in ("abc-100%_\\\\", "blocked", "ABC", '"idTagInfo":{', "0%_"):
        hits = await desk.log.search(text)
        assert hits == [desk.sent[-1]._replace(seq=needle.seq), needle], text
    assert numbers(await desk.log.search('"n":7')) == [c.seq for c in reversed(calls) if b'"n":7' in c.raw]
    assert await desk.log.search("no such thing") == []
    assert await desk.log.search("") == []
    for text in ("x", "ü", "🚗", "%", "\\", "\0", "\ud800"):
        assert await desk.log.search(text * 60_000) == []


async def test_search_sees_no_text_across_the_seam_of_call_and_reply(opened: Opened) -> None:
    desk = await opened()
    desk.exchange(b'[2,"x","Heartbeat",{}]', b'[3,"x",{}]')
    await desk.log.flush()
    assert await desk.log.search("]{") == []


async def test_search_of_text_outside_ascii_finds_both_spellings(opened: Opened) -> None:
    desk = await opened()
    desk.receive('[2,"1","DataTransfer",{"data":"Säule"}]'.encode())
    desk.receive(b'[2,"1","DataTransfer",{"data":"S\\u00E4ule \\ud83d\\ude97"}]')
    await desk.log.flush()
    assert len(await desk.log.search("säule")) == 2
    assert len(await desk.log.search("🚗")) == 1


async def test_search_looks_behind_a_nul_and_into_binary(opened: Opened) -> None:
    desk = await opened()
    odd = [desk.receive(b"\0 Needle"), desk.receive(b"\xff\0\xfe Needle", binary=True), desk.receive(b"a Needle \xff")]
    desk.receive(b"\0 nothing")
    desk.exchange()
    await desk.log.flush()
    assert await desk.log.search("Needle") == odd[::-1]
    assert await desk.log.search("\0 Needle") == odd[:1]


async def test_search_goes_on_from_where_it_was_and_in_pieces(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "SEARCH_RANGE", 100)
    desk = await opened()
    calls = await filled(desk, 1_000)
    pieces: list[list[Fact]] = []
    first = await desk.log.search("Authorize", limit=30, found=pieces.append)
    assert len(numbers(first)) == 30
    assert len(pieces) > 1
    assert [fact for piece in pieces for fact in piece] == first
    rest = await desk.log.search("Authorize", before=first[-1].seq, limit=10_000)
    assert numbers(first) + numbers(rest) == [call.seq for call in reversed(calls) if b"Authorize" in call.raw]


async def test_search_ends_when_it_is_called_off(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "SEARCH_RANGE", 100)
    desk = await opened()
    await filled(desk, 1_000)
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) > 2

    assert await desk.log.search("no such thing", cancelled=cancelled) == []
    assert len(asked) == 3


async def test_replay_from_a_number(opened: Opened) -> None:
    desk = await opened()
    calls = await filled(desk, 2_500)
    facts = [fact async for fact in desk.log.after(calls[499].seq)]
    assert numbers(facts) == [call.seq for call in calls[500:]]
    assert sum(isinstance(fact, FrameSent) for fact in facts) == 2_000


@pytest.mark.parametrize("where", ["f.id < 5 ORDER BY f.id DESC", "f.id = 5"])
async def test_the_look_at_lost_replies_uses_its_index(opened: Opened, where: str) -> None:
    desk = await opened()
    plan = await desk.log.database.rows(f"EXPLAIN QUERY PLAN SELECT {SELECTED} FROM facts AS f WHERE {where} LIMIT 9")
    assert any(b"facts_answers" in row[3] for row in plan)
    assert not any(row[3].startswith(b"SCAN l") for row in plan)
