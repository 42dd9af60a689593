# ruff: noqa: ASYNC240
import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

from store.desk import CALL, REPLY, Desk, Opened, close

from ocpp_console import events
from ocpp_console.events import FrameReceived, FrameSent, NoteWritten, ReplyLost
from ocpp_console.protocol.frames import Call, CallResult


def on_disk(path: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


async def test_a_reply_leaves_only_when_its_call_is_in_the_file(opened: Opened, path: Path) -> None:
    desk = await opened()
    seen: list[list[tuple[object, ...]]] = []
    call = desk.receive()
    desk.log.hold(call.seq, REPLY, lambda at: seen.append(on_disk(path, "SELECT id, frame FROM facts")))
    assert seen == []
    assert await desk.log.flush()
    assert seen == [[(call.seq, CALL.decode())]]


async def test_call_and_reply_share_a_row_and_the_time_is_the_one_given(opened: Opened, path: Path) -> None:
    desk = await opened()
    call = desk.exchange()
    desk.clock.step(0.007)  # type: ignore[attr-defined]
    await desk.log.flush()
    assert desk.sent[0].at == call.at + 7_000
    assert on_disk(path, "SELECT id, reply_after FROM facts") == [(call.seq, 7_000)]
    assert await desk.log.page() == [call, desk.sent[0]._replace(seq=call.seq)]


async def test_one_turn_of_the_loop_is_one_group(opened: Opened) -> None:
    desk = await opened()
    stamps: set[int] = set()
    for _ in range(150):
        call = desk.receive()
        desk.clock.step(0.001)  # type: ignore[attr-defined]
        desk.log.hold(call.seq, REPLY, stamps.add)
    await desk.log.flush()
    assert len(stamps) == 1
    assert desk.log.stored == 150


async def test_more_than_a_statement_takes_is_several_groups_in_order(opened: Opened, path: Path) -> None:
    desk = await opened()
    for _ in range(1_001):
        desk.exchange()
    await desk.log.flush()
    assert [fact.answers for fact in desk.sent] == list(range(1, 1_002))
    assert on_disk(path, "SELECT count(*), max(id) FROM facts") == [(1_001, 1_001)]


async def test_a_reply_decided_long_after_its_call_gets_a_row_of_its_own(opened: Opened, path: Path) -> None:
    desk = await opened()
    call = desk.receive()
    await desk.log.flush()
    desk.answer(call)
    await desk.log.flush()
    assert desk.sent[0].answers == call.seq
    assert on_disk(path, "SELECT id, kind, answers FROM facts") == [(1, 0, None), (2, 1, 1)]
    assert await desk.log.page() == [call, desk.sent[0]]


async def test_a_reply_that_could_not_leave_is_not_told_as_sent(opened: Opened) -> None:
    desk = await opened()
    call = desk.receive()
    lost = ReplyLost(2, desk.clock(), "CP-1", 1, call.seq, "The station was gone.")
    desk.log.hold(call.seq, REPLY, lambda at: desk.log.offer(lost))
    await desk.log.flush()
    await desk.log.flush()
    assert await desk.log.page() == [call, lost]
    assert [fact async for fact in desk.log.after(0)] == [call, lost]


async def test_frames_of_any_bytes_come_back_exactly(opened: Opened) -> None:
    desk = await opened()
    raws = [b"", b"\0", b"\xff\xfe", bytes(range(256)), b'[2,"\xed\xa0\x80","X",{}]', b"x" * 1_048_576]
    calls = [desk.receive(raw, binary=raw == b"\xff\xfe") for raw in raws]
    await desk.log.flush()
    assert await desk.log.page() == calls


async def test_answers_to_our_calls_bear_the_action_of_the_call(opened: Opened) -> None:
    desk = await opened()
    asked = FrameSent(desk.number(), desk.clock(), "CP-1", 1, b'[2,"u-1","Reset",{"type":"Soft"}]')
    answer = FrameReceived(desk.number(), desk.clock(), "CP-1", 1, b'[3,"u-1",{}]', False, CallResult("u-1", {}))
    desk.log.offer(asked)
    desk.log.offer(answer)
    await desk.log.flush()
    assert await desk.log.page(action="Reset") == [asked, answer._replace(frame=None)]


async def test_hostile_actions_and_stations_are_stored(opened: Opened) -> None:
    desk = await opened()
    actions = ["\ud800", "x" * 10_000, "", "a'b\"c\0d"]
    for action in actions:
        desk.log.offer(FrameReceived(desk.number(), desk.clock(), "CP\ud800\0", 1, b"[]", False, Call("1", action, {})))
    for number in range(5_000):
        desk.log.offer(FrameReceived(desk.number(), 1, "CP", 1, b"[]", False, Call("1", f"A{number}", {})))
    await desk.log.flush()
    assert len(await desk.log.page(station="CP\ud800\0")) == 4
    assert len(await desk.log.page(action="\ud800")) == 1
    assert len(await desk.log.page(action="A17")) == 1
    assert len(desk.log.words.actions) == 4_096
    assert desk.log.stored == 5_004


async def test_everything_is_there_after_a_restart(opened: Opened) -> None:
    desk = await opened()
    desk.log.offer(
        events.StationConnected(
            desk.number(), desk.clock(), "CP-1", "1.6", "ocpp1.6", ("ocpp1.6",), "/CP-1", "a:1", False
        )
    )
    for _ in range(5_000):
        desk.exchange()
    await desk.log.flush()
    before = [fact async for fact in desk.log.after(0)]
    assert len(before) == 10_001
    await close(desk)

    again = await opened()
    assert again.seq == 5_001
    assert [fact async for fact in again.log.after(0)] == before
    again.exchange(station="CP-2")
    await again.log.flush()
    assert [fact.station for fact in await again.log.page(limit=2)] == ["CP-1", "CP-1", "CP-2", "CP-2"]


async def test_memory_works_the_same(opened: Opened) -> None:
    desk = await opened(":memory:")
    call = desk.exchange(b'[2,"7","Authorize",{"idTag":"Needle"}]', b'[3,"7",{"idTagInfo":{"status":"Accepted"}}]')
    for _ in range(3_000):
        desk.exchange()
    await desk.log.flush()
    assert [fact.seq for fact in await desk.log.search("needle")] == [call.seq, call.seq]
    assert len(await desk.log.page(station="CP-1")) == 400


async def test_a_release_that_fails_keeps_nobody_waiting(opened: Opened) -> None:
    desk = await opened()
    reported: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))

    def fail(at: int) -> None:
        raise RuntimeError("nobody home")

    desk.log.hold(desk.receive().seq, REPLY, fail)
    desk.exchange()
    await desk.log.flush()
    assert len(desk.sent) == 1
    assert str(reported[0]["exception"]) == "nobody home"


async def test_a_number_used_twice_is_counted_and_the_rest_is_kept(opened: Opened) -> None:
    desk = await opened()
    first = desk.receive()
    await desk.log.flush()
    desk.log.offer(first._replace(raw=b"another"))
    desk.log.offer(first)
    kept = desk.exchange(b"kept")
    await desk.log.flush()
    assert desk.log.lost == {"unstorable": 1}
    assert [fact.raw for fact in await desk.log.page()] == [CALL, b"kept", REPLY]
    assert desk.sent[0].answers == kept.seq
    assert "1 facts were lost" in desk.log.status


async def test_close_commits_what_is_waiting(opened: Opened, path: Path) -> None:
    desk = await opened()
    for _ in range(450):
        desk.exchange()
    await close(desk)
    assert len(desk.sent) == 450
    assert on_disk(path, "SELECT count(*) FROM facts") == [(450,)]


async def test_the_write_ahead_log_stays_short(opened: Opened, path: Path, until: Callable[..., object]) -> None:
    desk = await opened()
    log = path.with_name(path.name + "-wal")
    big = b"x" * 100_000
    largest = 0
    for _ in range(60):
        for _ in range(10):
            desk.receive(big)
        await desk.log.flush()
        await asyncio.gather(*desk.log._chores)
        largest = max(largest, log.stat().st_size)
    assert path.stat().st_size > 40_000_000
    assert largest < 20_000_000


async def test_a_note_of_its_own_kind_is_stored(opened: Opened) -> None:
    desk: Desk = await opened()
    note = NoteWritten(desk.number(), desk.clock(), "CP-1", "NOTE", "hello")
    desk.log.offer(note)
    await desk.log.flush()
    assert await desk.log.page(station="CP-1") == [note]
