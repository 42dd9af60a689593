"""One connection: frames of every shape become facts, calls get their answers, ends get their words."""

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from ocpp_console.csms.calls import TooManyWait
from ocpp_console.csms.server import Limits
from ocpp_console.events import (
    CallRequested,
    FrameReceived,
    FrameSent,
    NoteWritten,
    ReplyLost,
    StationConnected,
    StationGone,
)
from ocpp_console.model.station_settings import StationSettings
from ocpp_console.screens.message_words import form_of

HEARTBEAT = b'[2,"m1","Heartbeat",{}]'
BOOT = {"chargePointVendor": "V", "chargePointModel": "M"}


async def ask(client: Any, action: str, payload: object, message_id: object = "m1") -> Any:
    await client.send(json.dumps([2, message_id, action, payload]))
    return json.loads(await asyncio.wait_for(client.recv(), 5))


async def test_a_boot_is_answered_and_both_frames_become_facts(console: Any) -> None:
    client = await console.station()
    answer = await ask(client, "BootNotification", BOOT)
    assert answer[:2] == [3, "m1"]
    assert answer[2]["status"] == "Accepted"
    sent = await console.fact(FrameSent)
    received = await console.fact(FrameReceived)
    connected = await console.fact(StationConnected)
    assert sent.answers == received.seq
    assert received.connection == sent.connection == connected.seq
    assert json.loads(sent.raw) == answer
    assert console.fleet.stations["CP1"].connection.booted


async def test_frames_in_one_read_are_all_answered_in_order(console: Any, raw_station: Any, frames: Any) -> None:
    raw = await raw_station.connect(console.port)
    calls = [json.dumps([2, str(number), "Heartbeat", {}]).encode() for number in range(300)]
    raw.send(*(frames(0x81, call) for call in calls))
    answers = [json.loads((await raw.frame())[1])[1] for _ in calls]
    assert answers == [str(number) for number in range(300)]


async def test_others_get_a_turn_among_many_frames(console: Any, raw_station: Any, frames: Any) -> None:
    raw = await raw_station.connect(console.port)
    turns: list[int] = []

    def turn(fact: object) -> None:
        if type(fact) is FrameReceived and not turns:
            turns.append(0)
            asyncio.get_running_loop().call_soon(lambda: turns.append(len(console.of(FrameReceived))))

    console.bus.attach(turn)
    raw.send(frames(0x81, HEARTBEAT) * 300)
    await console.fact(FrameReceived, 300)
    assert 0 < turns[1] < 300


@pytest.mark.parametrize("end", [b"\x88\x80abcd", b"\x83\x80abcd"], ids=["a close", "a fault"])
async def test_what_came_before_the_end_in_one_read_is_kept(
    console: Any, raw_station: Any, frames: Any, end: bytes
) -> None:
    raw = await raw_station.connect(console.port)
    calls = [json.dumps([2, str(number), "Heartbeat", {}]).encode() for number in range(100)]
    raw.send(*(frames(0x81, call) for call in calls), end)
    await console.fact(StationGone)
    assert [fact.raw for fact in console.of(FrameReceived)] == calls
    assert console.facts.index(console.of(StationGone)[0]) > console.facts.index(console.of(FrameReceived)[-1])


async def test_a_frame_may_come_in_pieces(console: Any, raw_station: Any, frames: Any) -> None:
    raw = await raw_station.connect(console.port)
    data = frames(0x81, HEARTBEAT + b" " * 200)
    for at in range(len(data)):
        raw.send(data[at : at + 1])
        await raw.writer.drain()
    assert json.loads((await raw.frame())[1])[:2] == [3, "m1"]
    assert len(console.of(FrameReceived)) == 1


async def test_frames_sent_together_with_the_request_are_heard(console: Any, raw_station: Any, frames: Any) -> None:
    raw = await raw_station.connect(console.port, rest=frames(0x81, HEARTBEAT))
    assert json.loads((await raw.frame())[1])[:2] == [3, "m1"]


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 300_000])
async def test_messages_of_every_size_come_through_unaltered(
    console: Any, raw_station: Any, frames: Any, size: int
) -> None:
    raw = await raw_station.connect(console.port)
    payload = b" " * size
    raw.send(frames(0x81, payload))
    assert (await console.fact(FrameReceived)).raw == payload


async def test_fragments_are_put_together_with_a_ping_between_them(console: Any, raw_station: Any, frames: Any) -> None:
    raw = await raw_station.connect(console.port)
    raw.send(frames(0x01, HEARTBEAT[:5]), frames(0x89, b"hello"), frames(0x00, HEARTBEAT[5:9]))
    raw.send(frames(0x80, HEARTBEAT[9:]))
    assert await raw.frame() == (0x8A, b"hello")
    assert json.loads((await raw.frame())[1])[:2] == [3, "m1"]
    assert (await console.fact(FrameReceived)).raw == HEARTBEAT
    raw.send(frames(0x81, HEARTBEAT))
    assert json.loads((await raw.frame())[1])[:2] == [3, "m1"]


async def test_a_ping_gets_its_pong(console: Any, raw_station: Any, frames: Any) -> None:
    raw = await raw_station.connect(console.port)
    raw.send(frames(0x89, b"x" * 125))
    assert await raw.frame() == (0x8A, b"x" * 125)


async def test_a_binary_call_is_answered_and_said(console: Any) -> None:
    client = await console.station()
    await client.send(HEARTBEAT)
    assert json.loads(await asyncio.wait_for(client.recv(), 5))[0] == 3
    received = await console.fact(FrameReceived)
    assert received.binary
    assert received.raw == HEARTBEAT
    assert [finding.code for finding in console.fleet.messages[-1].findings] == ["BINARY"]
    await client.send(b"\x00\xff")
    assert (await ask(client, "Heartbeat", {}, "after"))[1] == "after"
    assert len(console.of(FrameSent)) == 2


async def test_a_binary_answer_lets_the_next_call_go(console: Any) -> None:
    client = await console.station()
    assert (await ask(client, "Heartbeat", {}))[0] == 3
    connection = console.listener.connection_of("CP1")
    connection.request("c1", "ClearCache", {})
    connection.request("c2", "ClearCache", {})
    assert json.loads(await asyncio.wait_for(client.recv(), 5))[1] == "c1"
    await client.send(b'[3,"c1",{"status":"Accepted"}]')
    assert json.loads(await asyncio.wait_for(client.recv(), 5))[1] == "c2"


async def test_strict_mode_closes_on_a_binary_message_and_keeps_it(start: Any) -> None:
    console = await start(strict=True)
    client = await console.station()
    await client.send(HEARTBEAT.decode())
    await client.send(HEARTBEAT)
    assert json.loads(await asyncio.wait_for(client.recv(), 5))[0] == 3
    with pytest.raises(ConnectionClosed) as caught:
        await client.recv()
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 1003
    assert (await console.fact(StationGone)).code == 1003
    assert [fact.binary for fact in console.of(FrameReceived)] == [False, True]
    assert len(console.of(FrameSent)) == 1


async def test_text_that_is_no_utf8_is_kept_and_closes_with_1007(console: Any, raw_station: Any, frames: Any) -> None:
    raw = await raw_station.connect(console.port)
    raw.send(frames(0x81, b'[2,"m1","Heart\xffbeat",{}]'))
    assert (await console.fact(FrameReceived)).raw == b'[2,"m1","Heart\xffbeat",{}]'
    assert b"\x03\xef" in await raw.end()
    assert (await console.fact(StationGone)).code == 1007


async def test_a_message_too_large_is_noted_and_closes_with_1009(start: Any, raw_station: Any, frames: Any) -> None:
    console = await start(max_size=2048)
    raw = await raw_station.connect(console.port)
    raw.send(frames(0x81, b"", size=10_000_000))
    assert b"\x03\xf1" in await raw.end()
    gone = await console.fact(StationGone)
    note = await console.fact(NoteWritten)
    assert (gone.code, gone.by) == (1009, "console")
    assert note.code == "message_too_large"
    assert "10,000,000 bytes" in note.text


async def test_fragments_without_end_are_cut_off(console: Any, raw_station: Any, frames: Any) -> None:
    raw = await raw_station.connect(console.port)
    raw.send(frames(0x01, b"x"), *[frames(0x00, b"")] * 5_000)
    assert (await console.fact(StationGone)).code == 1009


@pytest.mark.parametrize(
    ("wrong", "note"),
    [
        (b"\x81\x05hello", "websocket_fault"),
        (b"\x83\x80abcd", "websocket_fault"),
        (b"\xc1\x85abcdabcde", "reserved_bits"),
        (b"\x80\x80abcd", "websocket_fault"),
        (b"\x89\xfe\x00\x80abcd" + b"x" * 128, "websocket_fault"),
        (b"\x09\x80abcd", "websocket_fault"),
    ],
)
async def test_broken_websocket_rules_close_with_1002_and_a_note(
    console: Any, raw_station: Any, wrong: bytes, note: str
) -> None:
    raw = await raw_station.connect(console.port)
    raw.send(wrong)
    assert b"\x03\xea" in await raw.end()
    assert (await console.fact(StationGone)).code == 1002
    assert (await console.fact(NoteWritten)).code == note


async def test_the_station_s_close_is_told_in_words(console: Any) -> None:
    client = await console.station()
    await client.close(1001, "restart")
    gone = await console.fact(StationGone)
    assert (gone.code, gone.by) == (1001, "station")
    assert gone.reason.startswith("The station went away")
    assert gone.reason.endswith("restart")
    assert console.fleet.stations["CP1"].connection is None


async def test_a_line_that_breaks_is_told_as_such(console: Any, raw_station: Any) -> None:
    raw = await raw_station.connect(console.port)
    await console.fact(StationConnected)
    raw.writer.transport.abort()
    gone = await console.fact(StationGone)
    assert (gone.code, gone.by) == (1006, "network")


async def test_we_close_in_good_order(console: Any) -> None:
    client = await console.station()
    await console.fact(StationConnected)
    console.listener.connection_of("CP1").close(1000, "try again")
    with pytest.raises(ConnectionClosed) as caught:
        await client.recv()
    assert (caught.value.rcvd.code, caught.value.rcvd.reason) == (1000, "try again")
    gone = await console.fact(StationGone)
    assert (gone.code, gone.by, gone.reason) == (1000, "console", "try again")
    assert console.listener.connection_of("CP1") is None


async def test_a_peer_that_ignores_our_close_is_cut_off(console: Any, raw_station: Any) -> None:
    raw = await raw_station.connect(console.port)
    await console.fact(StationConnected)
    console.listener.connection_of("CP1").close()
    assert (await raw.frame())[0] == 0x88
    gone = await console.fact(StationGone)
    assert (gone.code, gone.by) == (1000, "console")


async def test_a_retry_gets_the_same_bytes_and_books_once(console: Any) -> None:
    client = await console.station()
    start = {"connectorId": 1, "idTag": "T1", "meterStart": 0, "timestamp": "2026-11-20T14:00:00Z"}
    first = await ask(client, "StartTransaction", start, "same")
    await client.close()
    again = await console.station()
    assert await ask(again, "StartTransaction", start, "same") == first
    assert len(list(console.fleet.transactions)) == 1


async def test_a_retry_in_the_same_burst_gets_the_answer_that_is_still_held(start: Any, until: Any) -> None:
    ledger = SlowLedger()
    console = await start(ledger=ledger)
    client = await console.station()
    payload = {"connectorId": 1, "idTag": "T1", "meterStart": 0, "timestamp": "2026-11-20T14:00:00Z"}
    for _ in range(3):
        await client.send(json.dumps([2, "same", "StartTransaction", payload]))
    await until(lambda: len(ledger.held) == 3)
    assert len({reply for _, reply, _ in ledger.held}) == 1
    for _, _, release in ledger.held:
        release(console.context.clock())
    assert len(list(console.fleet.transactions)) == 1


async def test_a_retry_of_what_was_refused_is_judged_anew(start: Any) -> None:
    console = await start(registration="Pending")
    client = await console.station()
    payload = {"connectorId": 1, "idTag": "T1", "meterStart": 0, "timestamp": "2026-11-20T14:00:00Z"}
    assert (await ask(client, "StartTransaction", payload, "same"))[:3] == [4, "same", "SecurityError"]
    console.fleet.set_up("CP1", StationSettings(registration="Accepted"))
    assert (await ask(client, "StartTransaction", payload, "same"))[0] == 3


async def test_a_fault_in_our_answer_is_answered_and_noted(console: Any) -> None:
    def broken() -> int:
        raise OSError("disk on fire")

    clock, console.context.clock = console.context.clock, broken
    client = await console.station()
    payload = {"connectorId": 1, "idTag": "T1", "meterStart": 0, "timestamp": "2026-11-20T14:00:00Z"}
    answer = await ask(client, "StartTransaction", payload)
    assert answer[:3] == [4, "m1", "InternalError"]
    assert "disk on fire" in (await console.fact(NoteWritten)).text
    console.context.clock = clock
    assert (await ask(client, "Heartbeat", {}))[0] == 3


@pytest.mark.parametrize("message_id", [7, 1.5, None, True, "", "x" * 100, "\ud800"])
async def test_ids_of_any_kind_come_back_exactly(console: Any, message_id: object) -> None:
    client = await console.station()
    answer = await ask(client, "Heartbeat", {}, message_id)
    assert answer[0] in (3, 4)
    assert answer[1] == message_id


@pytest.mark.parametrize(
    ("subprotocol", "sent", "answer"),
    [
        ("ocpp1.6", '[2,"m1","Heartbeat"]', [4, "m1", "FormationViolation"]),
        ("ocpp1.6", "not json", None),
        ("ocpp2.0.1", "not json", [4, "-1", "RpcFrameworkError"]),
        ("ocpp2.0.1", '[9,"m1"]', [4, "m1", "MessageTypeNotSupported"]),
        ("ocpp2.1", '[9,"m1"]', None),
        ("ocpp2.1", '[6,"m1","NotifyPeriodicEventStream",{}]', None),
        ("ocpp1.6", '[3,"m1",{}]', None),
    ],
)
async def test_what_cannot_be_read_is_answered_as_its_version_wants(
    console: Any, subprotocol: str, sent: str, answer: list[str] | None
) -> None:
    client = await console.station("CP1", subprotocol)
    await client.send(sent)
    if answer is None:
        assert (await ask(client, "Heartbeat", {}, "after"))[:2] == [3, "after"]
    else:
        assert json.loads(await asyncio.wait_for(client.recv(), 5))[:3] == answer


class SlowLedger:
    """Keeps every reply until the test lets it go."""

    def __init__(self) -> None:
        self.held: list[Any] = []

    def hold(self, seq: int, reply: bytes, release: Any) -> None:
        self.held.append((seq, reply, release))


async def test_the_answer_leaves_when_the_ledger_lets_it(start: Any, until: Any) -> None:
    ledger = SlowLedger()
    console = await start(ledger=ledger)
    client = await console.station()
    await client.send(HEARTBEAT.decode())
    seq, reply, release = (await until(lambda: ledger.held))[0]
    assert seq == (await console.fact(FrameReceived)).seq
    assert not console.of(FrameSent)
    release(1_795_183_401_000_000)
    assert (await client.recv()).encode() == reply
    assert (await console.fact(FrameSent)).at == 1_795_183_401_000_000


async def test_an_answer_that_comes_too_late_is_told_lost(start: Any, until: Any) -> None:
    ledger = SlowLedger()
    console = await start(ledger=ledger)
    client = await console.station()
    await client.send(HEARTBEAT.decode())
    seq, _, release = (await until(lambda: ledger.held))[0]
    await client.close()
    await console.fact(StationGone)
    release(1)
    assert (await console.fact(ReplyLost)).answers == seq


async def test_compression_works_when_it_is_agreed_upon(start: Any) -> None:
    console = await start(compression=True)
    async with connect(console.url("/CP1"), subprotocols=["ocpp1.6"], compression="deflate") as client:
        for number in range(5):
            answer = await ask(client, "Heartbeat", {}, f"id{number}")
            assert answer[:2] == [3, f"id{number}"]
        await client.send("x" * 5_000)
        assert (await console.fact(FrameReceived, 6)).raw == b"x" * 5_000


async def test_the_beginning_and_each_frame_say_whether_they_are_compressed(start: Any) -> None:
    console = await start(compression=True)
    options: dict[str, Any] = {"subprotocols": ["ocpp1.6"], "compression": "deflate"}
    async with connect(console.url("/CP1"), **options) as client:
        await client.send('[2,"1","Heartbeat",{}]')
        await client.recv()
        await client.send(['[2,"2","Heart', 'beat",{}]'])
        await client.recv()
        extension = client.protocol.extensions.pop()  # from here on its frames go as they are
        await client.send('[2,"3","Heartbeat",{}]')
        await console.fact(FrameReceived, 3)
        client.protocol.extensions.append(extension)
    beginning = await console.fact(StationConnected)
    assert beginning.extensions.startswith("permessage-deflate")
    assert beginning.agreed.startswith("permessage-deflate")
    assert [fact.compressed for fact in console.of(FrameReceived)] == [True, True, False]
    rows = [row for row in console.fleet.messages if row.action == "Heartbeat"]
    assert [(row.compressed, form_of(row), form_of(row, answer=True)) for row in rows] == [
        (1, "text, compressed", "text, compressed"),
        (1, "text, compressed", "text, compressed"),
        (0, "text", "text"),
    ]
    assert b"compression agreed: permessage-deflate" in console.fleet.messages[1].raw


async def test_compression_that_was_offered_and_not_taken_is_told(console: Any) -> None:
    async with connect(console.url("/CP1"), subprotocols=["ocpp1.6"], compression="deflate"):
        beginning = await console.fact(StationConnected)
    assert (beginning.extensions.partition(";")[0], beginning.agreed) == ("permessage-deflate", "")
    assert b"compression offered (permessage-deflate" in console.fleet.messages[1].raw


async def test_a_frame_that_is_compressed_unasked_says_what_to_do(console: Any, raw_station: Any) -> None:
    raw = await raw_station.connect(console.port)
    raw.send(b"\xc1\x85abcdabcde")
    note = await console.fact(NoteWritten)
    assert "no compression was agreed" in note.text
    assert "--compression" in note.text


async def test_a_station_over_its_rate_is_read_more_slowly_and_loses_nothing(start: Any) -> None:
    console = await start(station_rate=200.0, station_burst=10)
    client = await console.station()
    for number in range(60):
        await client.send(json.dumps([2, str(number), "Heartbeat", {}]))
    answers = [json.loads(await asyncio.wait_for(client.recv(), 10))[1] for _ in range(60)]
    assert answers == [str(number) for number in range(60)]
    assert [note.code for note in console.of(NoteWritten)] == ["rate"]


async def test_large_messages_count_by_their_size(start: Any) -> None:
    console = await start(station_rate=2.0, station_burst=20)  # slow to fill up again, however busy the machine is
    client = await console.station(max_size=None)
    large = json.dumps([2, "large", "DataTransfer", {"vendorId": "x" * 700_000}])
    for number in range(3):
        await client.send(large.replace("large", str(number)))
    assert [json.loads(await asyncio.wait_for(client.recv(), 10))[1] for _ in range(3)] == ["0", "1", "2"]
    assert (await console.fact(NoteWritten)).text.startswith("The station sends more than 2 messages or 0.16 MiB")


async def test_a_station_that_answers_nothing_is_asked_no_more(start: Any) -> None:
    console = await start(Limits(queue=3))
    await console.station()
    await console.fact(StationConnected)
    connection = console.listener.connection_of("CP1")
    for number in range(3):
        connection.request(f"c{number}", "ClearCache", {})
    with pytest.raises(TooManyWait, match="does not answer: 3 calls wait"):
        connection.request("c3", "ClearCache", {})
    assert len(console.of(CallRequested)) == 3


async def test_a_fault_that_repeats_is_told_once_a_minute_with_its_count(console: Any) -> None:
    def broken() -> int:
        raise OSError("disk on fire")

    console.context.clock = broken
    client = await console.station()
    for number in range(5):
        assert (await ask(client, "Heartbeat", {}, str(number)))[2] == "InternalError"
    assert len(console.of(NoteWritten)) == 1
    for tally in console.listener.board._tallies.values():
        tally.since -= 61
    await ask(client, "Heartbeat", {})
    assert console.of(NoteWritten)[1].text.endswith("(4 more like this were not listed.)")


async def test_a_peer_that_reads_nothing_is_dropped(console: Any, raw_station: Any, frames: Any) -> None:
    raw = await raw_station.connect(console.port)
    connected = await console.fact(StationConnected)
    raw.writer.transport.pause_reading()
    connection = console.listener.connection_of(connected.station)
    connection.request("big", "DataTransfer", {"vendorId": "v", "data": "x" * 20_000_000})
    raw.send(frames(0x81, HEARTBEAT))
    gone = await console.fact(StationGone)
    assert "has not read" in gone.reason
    assert gone.by == "console"


async def test_pings_are_sent_and_their_lack_of_answer_is_no_fault(start: Any, raw_station: Any, frames: Any) -> None:
    console = await start(ping_interval=0.05)
    raw = await raw_station.connect(console.port)
    for _ in range(3):
        assert await raw.frame() == (0x89, b"")
    raw.send(frames(0x81, HEARTBEAT))
    while (frame := await raw.frame())[0] == 0x89:
        pass
    assert json.loads(frame[1])[:2] == [3, "m1"]
    assert not console.of(StationGone)


async def test_pings_are_rows_of_the_log_when_asked_for(start: Any, raw_station: Any, frames: Any) -> None:
    console = await start(ping_interval=0.05, log_pings=True)
    raw = await raw_station.connect(console.port)
    assert await raw.frame() == (0x89, b"")
    raw.send(frames(0x8A, b""), frames(0x89, b"abc"), frames(0x8A, b"unasked"))
    notes = [(await console.fact(NoteWritten, count)).text for count in (1, 2, 3)]
    assert notes[0].startswith("ping answered after ")
    assert notes[1:] == ["the station pinged (3 bytes); answered", "a pong nobody asked for"]
    assert (await console.fact(NoteWritten, 4)).text.endswith("was not answered; many stations never do.")


async def test_pings_leave_no_trace_unless_asked_for(start: Any, raw_station: Any, frames: Any) -> None:
    console = await start(ping_interval=0.05)
    raw = await raw_station.connect(console.port)
    assert await raw.frame() == (0x89, b"")
    raw.send(frames(0x8A, b""), frames(0x89, b"abc"), frames(0x81, HEARTBEAT))
    await console.fact(FrameReceived)
    assert not console.of(NoteWritten)


class BrokenLedger:
    """Fails on the first reply only."""

    def __init__(self) -> None:
        self.broken = False

    def hold(self, seq: int, reply: bytes, release: Any) -> None:
        if not self.broken:
            self.broken = True
            raise RuntimeError("no more pages")
        release(seq)


async def test_a_fault_of_ours_costs_one_connection_and_is_noted(start: Any) -> None:
    console = await start(ledger=BrokenLedger())
    unlucky, other = await console.station("A"), await console.station("B")
    await unlucky.send(HEARTBEAT.decode())
    assert "no more pages" in (await console.fact(NoteWritten)).text
    assert (await console.fact(StationGone)).station == "A"
    assert (await ask(other, "Heartbeat", {}))[0] == 3


async def test_a_fault_in_the_model_is_noted_and_the_call_answered(console: Any) -> None:
    client = await console.station()
    await console.fact(StationConnected)

    def broken(fact: Any) -> None:
        if isinstance(fact, FrameReceived):
            raise KeyError("model")

    console.bus.attach(broken)
    assert (await ask(client, "Heartbeat", {}))[:2] == [3, "m1"]
    assert "KeyError" in (await console.fact(NoteWritten)).text
