"""The listener: ports, limits, refused attempts, the stop."""

import asyncio
import json
import socket
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from ocpp_console.csms import chronicle
from ocpp_console.csms.server import Limits, ListenError, PortInUse
from ocpp_console.csms.sockets import raise_file_limit
from ocpp_console.events import (
    HandshakeRefused,
    ListenerFailed,
    ListenerStarted,
    NoteWritten,
    StationConnected,
    StationGone,
)


async def test_where_it_listens_becomes_a_fact(start: Any) -> None:
    console = await start(host=("127.0.0.1", "127.0.0.2"))
    started = console.of(ListenerStarted)
    assert [fact.host for fact in started] == ["127.0.0.1", "127.0.0.2"]
    assert started[0].port == started[1].port == console.port


async def test_a_port_in_use_names_the_next_free_one(start: Any) -> None:
    first = await start()
    with pytest.raises(PortInUse) as caught:
        await start(port=first.port)
    assert caught.value.next_free > first.port
    assert f"--port {caught.value.next_free}" in caught.value.text
    second = await start(port=caught.value.next_free)
    assert second.port == caught.value.next_free


async def test_what_cannot_be_listened_on_is_said(start: Any) -> None:
    with pytest.raises(ListenError, match="not an address of this machine"):
        await start(host=("192.0.2.1",))
    with pytest.raises(ListenError, match="no address"):
        await start(host=("no such host.invalid",))


async def test_a_failed_start_becomes_a_fact_and_leaves_nothing_open(start: Any, until: Any) -> None:
    first = await start()
    with pytest.raises(ListenError):
        await start(host=("127.0.0.2", "192.0.2.1"), port=first.port)
    with socket.socket() as sock:
        sock.bind(("127.0.0.2", first.port))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x16\x03\x01\x00\xa5\x01", "tls_on_plain_port"),
        (b"POST /steve HTTP/1.1\r\nSOAPAction: x\r\nContent-Length: 9\r\n\r\n<Envelope", "soap"),
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "not_websocket"),
        (b"EHLO mail\r\n\r\n", "not_websocket"),
        (b"\xff\xfe\xfd", "not_http"),
    ],
)
async def test_every_refused_attempt_leaves_its_evidence(
    console: Any, raw_station: Any, data: bytes, reason: str
) -> None:
    raw = await raw_station.dial(console.port)
    raw.send(data)
    answer = await raw.end()
    refused = await console.fact(HandshakeRefused)
    assert refused.reason == reason
    assert refused.first_bytes == data
    assert refused.address.startswith("127.0.0.1:")
    assert refused.status == (int(answer.split(b" ")[1]) if answer else 0)
    assert list(console.fleet.attempts) == [refused]


async def test_the_help_page_names_the_address_that_was_reached(console: Any, raw_station: Any) -> None:
    raw = await raw_station.dial(console.port)
    raw.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert f"ws://127.0.0.1:{console.port}/<identity".encode() in await raw.end()


async def test_a_foreign_subprotocol_is_answered_400(console: Any) -> None:
    with pytest.raises(InvalidStatus) as caught:
        await connect(console.url("/CP1"), subprotocols=["ocpp1.5"])
    assert caught.value.response.status_code == 400
    refused = await console.fact(HandshakeRefused)
    assert (refused.reason, refused.offered, refused.station) == ("foreign_subprotocol", ("ocpp1.5",), "CP1")


async def test_silence_and_slowness_are_told_apart(console: Any, raw_station: Any) -> None:
    silent = await raw_station.dial(console.port)
    slow = await raw_station.dial(console.port)
    slow.send(b"GET /CP1 HT")
    await silent.end()
    await slow.end()
    await console.fact(HandshakeRefused, 2)
    assert {fact.reason for fact in console.of(HandshakeRefused)} == {"silent", "slow"}


async def test_peers_that_leave_early_are_told(start: Any, raw_station: Any) -> None:
    console = await start(Limits())
    (await raw_station.dial(console.port)).close()
    early = await raw_station.dial(console.port)
    early.send(b"GET /")
    early.close()
    await console.fact(HandshakeRefused, 2)
    assert [fact.reason for fact in console.of(HandshakeRefused)] == ["closed_early"] * 2


async def test_an_attempt_repeated_in_a_loop_is_told_now_and_then(start: Any, raw_station: Any, until: Any) -> None:
    console = await start(Limits(refusals_per_minute=3))
    for _ in range(6):
        raw = await raw_station.dial(console.port)
        raw.send(b"\x16\x03\x01")
        await raw.end()
    await until(lambda: not console.listener.board.everyone)
    assert len(console.of(HandshakeRefused)) == 3


async def test_a_storm_beyond_the_cap_is_served_and_not_refused(start: Any) -> None:
    console = await start(Limits(knocking=4))
    clients = await asyncio.gather(*(console.station(f"CP{number}", open_timeout=20) for number in range(100)))
    assert len(clients) == 100
    await console.fact(StationConnected, 100)
    assert not console.of(HandshakeRefused)


async def test_silent_peers_do_not_keep_others_out(start: Any, raw_station: Any) -> None:
    console = await start(Limits(knocking=4, idle_knock=0.05, sweep=0.02))
    silent = [await raw_station.dial(console.port) for _ in range(12)]
    client = await console.station(open_timeout=10)
    assert client.subprotocol == "ocpp1.6"
    refused = await console.fact(HandshakeRefused)
    assert refused.reason == "crowded_out"
    for raw in silent:
        raw.close()


async def test_newcomers_wait_while_all_places_are_taken(start: Any) -> None:
    console = await start(max_connections=2)
    first = await console.station("A")
    await console.station("B")
    third = asyncio.create_task(console.station("C", open_timeout=10))
    await first.send('[2,"h","Heartbeat",{}]')
    assert json.loads(await first.recv())[0] == 3
    assert not third.done()
    await first.close()
    assert (await third).subprotocol == "ocpp1.6"
    assert not console.of(HandshakeRefused)


async def test_the_stop_says_goodbye_to_everybody(start: Any, raw_station: Any) -> None:
    console = await start()
    polite = await console.station("polite")
    rude = await raw_station.connect(console.port, "rude")
    unfinished = await raw_station.dial(console.port)
    await console.fact(StationConnected, 2)
    await console.listener.stop()
    await polite.wait_closed()
    assert (polite.close_code, polite.close_reason) == (1001, "the console stops")
    assert {fact.station for fact in console.of(StationGone)} == {"polite", "rude"}
    assert not console.listener.board.everyone
    assert (await rude.frame())[0] == 0x88
    assert await unfinished.end() == b""
    with pytest.raises(OSError, match=r"refused|Connect call failed"):
        await asyncio.open_connection("127.0.0.1", console.port)


async def test_a_stop_before_a_start_does_no_harm(start: Any) -> None:
    console = await start()
    await console.listener.stop()
    await console.listener.stop()
    assert console.listener.connection_of("CP1") is None
    assert not console.of(ListenerFailed)


def test_the_file_limit_is_never_lowered() -> None:
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    raise_file_limit()
    after = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    assert after == resource.RLIM_INFINITY or after >= before


async def test_a_newcomer_that_takes_the_place_of_a_known_station_is_told(
    start: Any, monkeypatch: Any, until: Any
) -> None:
    monkeypatch.setattr(chronicle, "MOST_STATIONS", 2)
    console = await start()
    for identity in ("A", "B", "B", "MADE-UP-1", "MADE-UP-2"):
        async with connect(f"ws://127.0.0.1:{console.port}/{identity}", subprotocols=["ocpp1.6"]):  # type: ignore[list-item]
            pass
    await until(lambda: len(console.of(StationGone)) == 5)
    [note] = [fact for fact in console.of(NoteWritten) if fact.code == "full"]
    assert note.station == "MADE-UP-1"
    assert "making identities up" in note.text
