"""One station's trouble or ids never touch another: a peer that stops reading, and ids that are the same at two."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from stage import NOW, Charger, stage

from ocpp_console.csms.server import Limits
from ocpp_console.model.commands import Progress

Until = Callable[..., Awaitable[Any]]

SOON = Limits(send=0.2, close=0.2, sweep=0.02)
"""The product's limits, scaled so that a test meets them."""


async def test_a_peer_that_stops_reading_is_dropped_after_the_deadline_and_the_screen_says_why() -> None:
    async with stage((120, 40)) as s:
        assert s.engine._front is not None
        s.engine._front.board.limits = SOON
        deaf, other = await s.charger("DEAF"), await s.charger("OTHER")
        deaf.socket.transport.pause_reading()
        command = s.engine.request("DEAF", "DataTransfer", {"vendorId": "v", "data": "x" * 20_000_000}, check=False)
        assert (await s.engine.outcome(command)).progress is not Progress.ANSWERED
        assert not s.engine.fleet.stations["DEAF"].online
        assert await other.call("Heartbeat", {})
        await s.press("g", "enter")
        await s.sees("station has not read")
        deaf.socket.transport.resume_reading()
        assert await (await s.charger("DEAF")).call("Heartbeat", {})
        assert s.engine.fleet.stations["DEAF"].online


async def event(charger: Charger, kind: str, transaction: str, number: int, tag: str) -> None:
    """TransactionEvent."""
    payload = {
        "eventType": kind,
        "timestamp": NOW,
        "triggerReason": "Authorized",
        "seqNo": number,
        "transactionInfo": {"transactionId": transaction},
        "evse": {"id": 1, "connectorId": 1},
        "idToken": {"idToken": tag, "type": "Local"},
    }
    await charger.call("TransactionEvent", payload)


async def test_the_same_transaction_id_at_two_stations_is_two_sessions() -> None:
    async with stage() as s:
        a, b = await s.charger("A", "2.0.1"), await s.charger("B", "2.0.1")
        await event(a, "Started", "1", 0, "ANNA")
        await event(b, "Started", "1", 0, "BERT")
        await event(a, "Ended", "1", 1, "ANNA")
        sessions = s.engine.fleet.transactions
        assert [(t.station, t.id_tag) for t in sessions.running()] == [("B", "BERT")]
        ended = sessions.get("A", "1")
        assert ended is not None
        assert ended.stopped_at
        await s.press("3")
        await s.sees("ANNA")
        await s.sees("BERT")


async def test_a_station_cannot_stop_the_session_of_another() -> None:
    async with stage() as s:
        a, b = await s.charger("A"), await s.charger("B")
        number = await a.start(1, "ANNA", 100)
        await b.call("StopTransaction", {"transactionId": number, "meterStop": 900, "timestamp": NOW})
        theirs = s.engine.fleet.transactions.get("A", str(number))
        orphan = s.engine.fleet.transactions.get("B", str(number))
        assert theirs is not None
        assert orphan is not None
        assert theirs.running
        assert orphan.orphan
        await a.call("StopTransaction", {"transactionId": number, "meterStop": 300, "timestamp": NOW})
        assert theirs.energy_wh == 200.0


async def raw_call(charger: Charger, frame: list[Any]) -> Any:
    """Send a call under an id of the test's choice; the payload of its answer."""
    answer = charger._waiting[frame[1]] = asyncio.get_running_loop().create_future()
    await charger.socket.send(json.dumps(frame))
    return (await asyncio.wait_for(answer, 10))[0]


async def test_the_same_call_under_the_same_id_at_two_stations_is_no_retry() -> None:
    async with stage() as s:
        a, b = await s.charger("A"), await s.charger("B")
        start = [2, "same", "StartTransaction", {"connectorId": 1, "idTag": "T", "meterStart": 0, "timestamp": NOW}]
        first, second = await raw_call(a, start), await raw_call(b, start)
        assert first["transactionId"] != second["transactionId"]
        assert len(s.engine.fleet.transactions.running()) == 2
        assert (await raw_call(a, start))["transactionId"] == first["transactionId"]
        assert len(s.engine.fleet.transactions.running()) == 2


@pytest.mark.parametrize("forged", ['[3,"{id}",{{"status":"Accepted"}}]', '[4,"{id}","InternalError","",{{}}]'])
async def test_a_station_cannot_answer_a_command_to_another(until: Until, forged: str) -> None:
    async with stage() as s:
        a, b = await s.charger("A"), await s.charger("B")
        command = s.engine.request("A", "Reset", {"type": "Soft"})
        await until(lambda: a.asked)
        await b.socket.send(forged.format(id=command.id))
        assert await b.call("Heartbeat", {})
        assert command.progress is Progress.SENT
        await a.socket.send(json.dumps([3, command.id, {"status": "Rejected"}]))
        assert (await s.engine.outcome(command)).verdict == "Rejected"
        stray = next(m for m in s.engine.fleet.messages if m.station == "B" and m.id == command.id)
        assert stray.findings


async def test_reports_with_the_same_request_id_stay_with_their_station(until: Until) -> None:
    async with stage() as s:
        chargers = {name: await s.charger(name, "2.0.1") for name in ("A", "B")}
        commands = {}
        for name, charger in chargers.items():
            charger.answers["UpdateFirmware"] = {"status": "Accepted"}
            firmware = {"location": "ftp://127.0.0.1/f", "retrieveDateTime": NOW}
            commands[name] = s.engine.request(name, "UpdateFirmware", {"requestId": 1, "firmware": firmware})
            await s.engine.outcome(commands[name])
        await chargers["A"].call("FirmwareStatusNotification", {"status": "Downloading", "requestId": 1})
        await until(lambda: commands["A"].followers)
        assert not commands["B"].followers
        assert all(message.station == "A" for message in commands["A"].followers)


async def test_a_frame_of_the_operator_s_own_id_is_answered_by_its_station(until: Until) -> None:
    async with stage() as s:
        a, b = await s.charger("A"), await s.charger("B")
        commands = [s.engine.send_frame(name, b'[2,"1","ClearCache",{}]') for name in ("A", "B")]
        await until(lambda: a.asked and b.asked)
        await a.socket.send('[3,"1",{"status":"Accepted"}]')
        await b.socket.send('[3,"1",{"status":"Rejected"}]')
        done = [await s.engine.outcome(command) for command in commands if command is not None]
        assert [(command.station, command.verdict) for command in done] == [("A", "Accepted"), ("B", "Rejected")]
