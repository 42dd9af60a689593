"""Two connections with one identity."""

import asyncio
import json
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from ocpp_console.csms.server import Limits
from ocpp_console.events import FrameReceived, HandshakeRefused, NoteWritten, StationConnected, StationGone


async def heartbeat(client: Any) -> Any:
    await client.send('[2,"h","Heartbeat",{}]')
    return json.loads(await asyncio.wait_for(client.recv(), 5))


async def test_the_newest_connection_wins_over_a_live_one(console: Any) -> None:
    older = await console.station()
    await heartbeat(older)
    newer = await console.station()
    assert (await heartbeat(newer))[0] == 3
    with pytest.raises(ConnectionClosed) as caught:
        await older.recv()
    assert caught.value.rcvd.code == 1000
    assert "replaced" in caught.value.rcvd.reason
    kinds = [type(fact) for fact in console.facts if isinstance(fact, StationConnected | StationGone)]
    assert kinds == [StationConnected, StationGone, StationConnected]
    note = await console.fact(NoteWritten)
    gone, connected = console.of(StationGone)[0], console.of(StationConnected)
    assert all(fact.address in note.text for fact in connected)
    assert "still answered" in note.text
    assert (gone.code, gone.by) == (1000, "console")


async def test_a_silent_connection_is_cut_off_after_the_probe(console: Any, raw_station: Any) -> None:
    older = await raw_station.connect(console.port)
    await console.fact(StationConnected)
    newer = await console.station()
    assert (await older.frame())[0] == 0x89
    assert (await heartbeat(newer))[0] == 3
    note = await console.fact(NoteWritten)
    assert "was silent" in note.text
    assert console.of(StationGone)[0].code == 1006


async def test_a_message_proves_life_as_well_as_a_pong(console: Any, raw_station: Any, frames: Any) -> None:
    older = await raw_station.connect(console.port)
    await console.fact(StationConnected)
    await console.station()
    assert (await older.frame())[0] == 0x89
    older.send(frames(0x81, b'[2,"last","Heartbeat",{}]'))
    assert json.loads((await older.frame())[1])[:2] == [3, "last"]
    assert "still answered" in (await console.fact(NoteWritten)).text


async def test_a_connection_that_ends_leaves_its_place_at_once(start: Any, raw_station: Any) -> None:
    console = await start(Limits(probe=60.0))
    older = await raw_station.connect(console.port)
    await console.fact(StationConnected)
    newer = await console.station()
    assert (await older.frame())[0] == 0x89
    older.writer.transport.abort()
    assert (await heartbeat(newer))[0] == 3
    assert not console.of(NoteWritten)


async def test_the_end_of_the_older_one_does_not_touch_the_newer(console: Any, raw_station: Any, until: Any) -> None:
    older = await raw_station.connect(console.port)
    await console.fact(StationConnected)
    newer = await console.station()
    await console.fact(StationConnected, 2)
    await older.end()
    await until(lambda: console.listener.board.total == 1)
    connection = console.listener.connection_of("CP1")
    assert connection is not None
    assert connection.id == console.of(StationConnected)[1].seq
    assert console.fleet.stations["CP1"].connection.id == connection.id
    assert (await heartbeat(newer))[0] == 3
    assert len(console.of(StationGone)) == 1


async def test_the_newest_of_three_wins(console: Any, raw_station: Any) -> None:
    first = await raw_station.connect(console.port)
    await console.fact(StationConnected)
    second = await raw_station.connect(console.port)
    third = await console.station()
    assert (await heartbeat(third))[0] == 3
    refused = await console.fact(HandshakeRefused)
    assert (refused.reason, refused.station) == ("overtaken", "CP1")
    assert b"replaced" in await second.end()
    assert len(console.of(StationConnected)) == 2
    assert (await first.frame())[0] == 0x89


async def test_a_waiting_connection_is_not_heard_before_its_time(console: Any, raw_station: Any, frames: Any) -> None:
    older = await raw_station.connect(console.port)
    first = await console.fact(StationConnected)
    newer = await raw_station.connect(console.port, rest=frames(0x81, b'[2,"h","Heartbeat",{}]'))
    assert json.loads((await newer.frame())[1])[:2] == [3, "h"]
    received = await console.fact(FrameReceived)
    assert received.connection == console.of(StationConnected)[1].seq != first.seq
    assert (await older.frame())[0] == 0x89


async def test_fifty_stations_that_come_back_at_once_keep_one_connection_each(console: Any, until: Any) -> None:
    names = [f"CP{number}" for number in range(25)]
    clients = await asyncio.gather(*(console.station(name) for name in names * 2))
    await console.fact(StationConnected, 50)
    await until(lambda: console.listener.board.total == 25)
    live = [fact.seq for fact in console.of(StationConnected)]
    gone = {fact.connection for fact in console.of(StationGone)}
    assert sorted(seq for seq in live if seq not in gone) == sorted(
        console.listener.connection_of(name).id for name in names
    )
    assert len(clients) == 50
