import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from store.desk import Opened, close

from ocpp_console.store.documents import Documents, Snapshot


async def test_a_snapshot_comes_back_after_a_restart(opened: Opened) -> None:
    desk = await opened()
    documents = Documents(desk.log.database)
    assert await documents.load_snapshot() == Snapshot(0, {}, {})
    await documents.save_snapshot(7, {"CP-1": {"vendor": "\ud800\0ü"}, "CP-2": {}}, {("CP-1", "17"): {"energy": 1.5}})
    await documents.save_snapshot(9, {"CP-2": {"boots": [1, None]}}, {("CP-2", "a\nb"): {}})
    await close(desk)

    documents = Documents((await opened()).log.database)
    stations = {"CP-1": {"vendor": "\ud800\0ü"}, "CP-2": {"boots": [1, None]}}
    assert await documents.load_snapshot() == Snapshot(
        9, stations, {("CP-1", "17"): {"energy": 1.5}, ("CP-2", "a\nb"): {}}
    )


async def test_a_large_snapshot_is_one_transaction_and_the_log_goes_on(opened: Opened) -> None:
    desk = await opened()
    documents = Documents(desk.log.database)
    saving = asyncio.create_task(documents.save_snapshot(1, {f"CP-{n}": {"n": n} for n in range(2_000)}, {}))
    while not saving.done():
        desk.exchange()
        assert await desk.log.flush()
    assert len((await documents.load_snapshot()).stations) == 2_000
    assert desk.log.stored == len(desk.sent) > 0


async def test_a_snapshot_that_fails_leaves_the_last_one(opened: Opened) -> None:
    desk = await opened()
    documents = Documents(desk.log.database)
    await documents.save_snapshot(3, {"CP-1": {"n": 1}}, {})
    with pytest.raises(OverflowError):
        await documents.save_snapshot(1 << 70, {"CP-1": {"n": 2}}, {})
    assert await documents.load_snapshot() == Snapshot(3, {"CP-1": {"n": 1}}, {})
    desk.exchange()
    assert await desk.log.flush()


async def test_a_forgotten_station_is_gone_with_its_settings(opened: Opened) -> None:
    documents = Documents((await opened()).log.database)
    await documents.save_snapshot(1, {"CP-1": {}, "CP-2": {}}, {})
    await documents.put_settings("CP-1", {"registration": "Pending"})
    await documents.put_settings("CP-2", {"registration": "Rejected"})
    await documents.forget_station("CP-1")
    assert list((await documents.load_snapshot()).stations) == ["CP-2"]
    assert await documents.settings() == {"CP-2": {"registration": "Rejected"}}


async def test_a_tag_in_another_case_is_the_same_tag(opened: Opened) -> None:
    documents = Documents((await opened()).log.database)
    await documents.put_tag("ABC", {"token": "ABC", "note": "1"})
    await documents.put_tag("abc", {"token": "abc", "note": "2"})
    assert await documents.tags() == [{"token": "abc", "note": "2"}]
    await documents.delete_tag("aBc")
    await documents.delete_tag("never there")
    assert await documents.tags() == []


async def test_many_tags_at_once(opened: Opened) -> None:
    documents = Documents((await opened()).log.database)
    await documents.put_tags({f"T{n:04}": {"token": f"T{n:04}"} for n in range(1_000)})
    assert [tag["token"] for tag in await documents.tags()] == [f"T{n:04}" for n in range(1_000)]


async def test_a_counter_only_goes_up(opened: Opened) -> None:
    desk = await opened()
    documents = Documents(desk.log.database)
    assert await documents.counter("transaction") == 0
    for value, result in ((5, 5), (3, 5), (6, 6)):
        await documents.raise_counter("transaction", value)
        assert await documents.counter("transaction") == result
    await close(desk)
    assert await Documents((await opened()).log.database).counter("transaction") == 6


async def test_a_broken_document_is_passed_over_and_counted(opened: Opened, path: Path) -> None:
    desk = await opened()
    documents = Documents(desk.log.database)
    await documents.save_snapshot(1, {"A": {}, "B": {}, "C": {"fine": 1}}, {})
    with sqlite3.connect(path) as other:
        other.execute("UPDATE documents SET body = '{' WHERE key = CAST('A' AS BLOB)")
        other.execute("UPDATE documents SET body = '[1]' WHERE key = CAST('B' AS BLOB)")
    other.close()
    assert (await documents.load_snapshot()).stations == {"C": {"fine": 1}}
    assert documents.unreadable == 2


async def test_memory_keeps_documents(clock: Callable[[], int], opened: Opened) -> None:
    documents = Documents((await opened(":memory:")).log.database)
    await documents.save_snapshot(clock(), {"CP": {}}, {})
    assert (await documents.load_snapshot()).checkpoint == clock()
