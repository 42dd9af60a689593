"""Our calls: they wait for the station to speak, go out one at a time, and are told of when given up."""

import asyncio
import json
from typing import Any

import pytest

from ocpp_console.events import CallAbandoned, CallRequested, FrameReceived, FrameSent, StationConnected

BOOT = '[2,"b","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]'


async def hear(client: Any) -> Any:
    return json.loads(await asyncio.wait_for(client.recv(), 5))


def sent_calls(console: Any) -> list[str]:
    return [json.loads(fact.raw)[2] for fact in console.of(FrameSent) if not fact.answers]


async def test_a_call_on_a_fresh_connection_follows_the_boot_answer(console: Any) -> None:
    client = await console.station()
    await console.fact(StationConnected)
    console.listener.connection_of("CP1").request("c1", "ClearCache", {})
    assert (await console.fact(CallRequested)).id == "c1"
    assert not console.of(FrameSent)
    await client.send(BOOT)
    assert (await hear(client))[:2] == [3, "b"]
    assert await hear(client) == [2, "c1", "ClearCache", {}]


async def test_any_other_call_frees_it_too(console: Any) -> None:
    client = await console.station()
    await console.fact(StationConnected)
    console.listener.connection_of("CP1").request("c1", "ClearCache", {})
    await client.send('[2,"h","Heartbeat",{}]')
    assert (await hear(client))[:2] == [3, "h"]
    assert (await hear(client))[:2] == [2, "c1"]


async def test_a_station_that_says_nothing_gets_it_after_the_grace(start: Any) -> None:
    console = await start(grace=0.1)
    client = await console.station()
    await console.fact(StationConnected)
    console.listener.connection_of("CP1").request("c1", "ClearCache", {})
    assert not console.of(FrameSent)
    assert (await hear(client))[:2] == [2, "c1"]


async def test_only_one_call_is_open_at_a_time(start: Any) -> None:
    console = await start(grace=0.0)
    client = await console.station()
    await console.fact(StationConnected)
    connection = console.listener.connection_of("CP1")
    for call_id in ("c1", "c2"):
        connection.request(call_id, "ClearCache", {})
    assert (await hear(client))[1] == "c1"
    await client.send('[2,"h","Heartbeat",{}]')
    assert (await hear(client))[:2] == [3, "h"]
    assert sent_calls(console) == ["ClearCache"]
    await client.send('[3,"c1",{"status":"Accepted"}]')
    assert (await hear(client))[1] == "c2"


@pytest.mark.parametrize("answer", ['[3,"c1",{"status":"Accepted"}]', '[4,"c1","GenericError","",{}]', '[3,"c1",{'])
async def test_every_kind_of_answer_makes_room_for_the_next(start: Any, answer: str) -> None:
    console = await start(grace=0.0)
    client = await console.station()
    await console.fact(StationConnected)
    connection = console.listener.connection_of("CP1")
    connection.request("c1", "ClearCache", {})
    connection.request("c2", "ClearCache", {})
    assert (await hear(client))[1] == "c1"
    await client.send(answer)
    assert (await hear(client))[1] == "c2"


async def test_no_answer_in_time_is_told_and_makes_room(start: Any) -> None:
    console = await start(grace=0.0, call_timeout=0.15)
    client = await console.station()
    await console.fact(StationConnected)
    connection = console.listener.connection_of("CP1")
    connection.request("c1", "ClearCache", {})
    connection.request("c2", "ClearCache", {}, timeout=5.0)
    assert (await hear(client))[1] == "c1"
    abandoned = await console.fact(CallAbandoned)
    assert (abandoned.id, abandoned.why) == ("c1", "timeout")
    assert (await hear(client))[1] == "c2"


async def test_the_end_of_the_connection_ends_every_call(start: Any) -> None:
    console = await start(grace=0.0)
    client = await console.station()
    await console.fact(StationConnected)
    connection = console.listener.connection_of("CP1")
    connection.request("c1", "ClearCache", {})
    connection.request("c2", "ClearCache", {})
    await hear(client)
    await client.close()
    await console.fact(CallAbandoned, 2)
    assert [(fact.id, fact.why) for fact in console.of(CallAbandoned)] == [("c1", "gone"), ("c2", "not_sent")]


async def test_a_call_can_be_cancelled(console: Any) -> None:
    client = await console.station()
    await console.fact(StationConnected)
    connection = console.listener.connection_of("CP1")
    connection.request("c1", "ClearCache", {})
    connection.request("c2", "Reset", {"type": "Soft"})
    assert connection.cancel("c1")
    assert not connection.cancel("c1")
    assert (await console.fact(CallAbandoned)).why == "cancelled"
    await client.send(BOOT)
    assert (await hear(client))[1] == "b"
    assert (await hear(client))[1] == "c2"


async def test_a_call_on_a_closing_connection_is_told_not_sent(console: Any, raw_station: Any) -> None:
    raw = await raw_station.connect(console.port)
    await console.fact(StationConnected)
    connection = console.listener.connection_of("CP1")
    connection.close()
    connection.request("c1", "ClearCache", {})
    abandoned = await console.fact(CallAbandoned)
    assert (abandoned.id, abandoned.why) == ("c1", "not_sent")
    raw.close()


async def test_exact_bytes_may_go_out(start: Any) -> None:
    console = await start(grace=0.0)
    client = await console.station()
    await console.fact(StationConnected)
    console.listener.connection_of("CP1").request("c1", "Broken", {}, raw=b'[2,"c1","Broken"')
    assert await asyncio.wait_for(client.recv(), 5) == '[2,"c1","Broken"'


async def test_a_payload_that_json_cannot_hold_is_refused_and_harms_nothing(start: Any) -> None:
    console = await start(grace=0.0)
    client = await console.station()
    await console.fact(StationConnected)
    connection = console.listener.connection_of("CP1")
    with pytest.raises(ValueError, match="JSON"):
        connection.request("c1", "ClearCache", {"x": float("nan")})
    assert not console.of(CallRequested)
    await client.send('[2,"h","Heartbeat",{}]')
    await console.fact(FrameReceived)
    assert (await hear(client))[:2] == [3, "h"]
