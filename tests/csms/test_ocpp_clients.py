"""Whole sessions with the `ocpp` package's own charge points."""

import asyncio
import json
from typing import Any

from ocpp.routing import on
from ocpp.v16 import ChargePoint as ChargePoint16
from ocpp.v16 import call as call16
from ocpp.v16 import call_result as result16
from ocpp.v201 import ChargePoint as ChargePoint201
from ocpp.v201 import call as call201
from ocpp.v201 import call_result as result201

from ocpp_console.events import FrameReceived, StationConnected

TIME = "2026-11-20T14:00:00Z"


class Station16(ChargePoint16):
    @on("RemoteStartTransaction")
    def remote_start(self, **payload: Any) -> Any:
        return result16.RemoteStartTransaction(status="Accepted")


class Station201(ChargePoint201):
    @on("Reset")
    def reset(self, **payload: Any) -> Any:
        return result201.Reset(status="Scheduled")


async def test_a_session_of_1_6(console: Any) -> None:
    socket = await console.station("A", "ocpp1.6")
    station = Station16("A", socket)
    running = asyncio.create_task(station.start())
    boot = await station.call(call16.BootNotification("Model", "Vendor"))
    assert boot.status == "Accepted"
    await station.call(call16.StatusNotification(1, "NoError", "Preparing"))
    tag = await station.call(call16.Authorize("T1"))
    assert tag.id_tag_info["status"] == "Accepted"
    begun = await station.call(call16.StartTransaction(1, "T1", 1000, TIME))
    sample = {"timestamp": TIME, "sampled_value": [{"value": "1200"}]}
    await station.call(call16.MeterValues(1, [sample], begun.transaction_id))
    console.listener.connection_of("A").request("c1", "RemoteStartTransaction", {"idTag": "T1"})
    async with asyncio.timeout(5):
        while not any(json.loads(fact.raw)[:2] == [3, "c1"] for fact in console.of(FrameReceived)):
            await station.call(call16.Heartbeat())
    await station.call(call16.StopTransaction(1500, TIME, begun.transaction_id))
    (transaction,) = console.fleet.transactions
    assert (transaction.energy_wh, transaction.running) == (500.0, False)
    running.cancel()


async def test_a_session_of_2_0_1(console: Any) -> None:
    socket = await console.station("B", "ocpp2.0.1")
    station = Station201("B", socket)
    running = asyncio.create_task(station.start())
    boot = await station.call(call201.BootNotification({"model": "M", "vendor_name": "V"}, "PowerUp"))
    assert boot.status == "Accepted"
    await station.call(call201.StatusNotification(TIME, "Occupied", 1, 1))
    token = {"id_token": "T1", "type": "ISO14443"}
    for number, kind in enumerate(("Started", "Updated", "Ended")):
        said = await station.call(
            call201.TransactionEvent(
                kind, TIME, "Authorized", number, {"transaction_id": "tx1"}, id_token=token, evse={"id": 1}
            )
        )
        assert said.id_token_info["status"] == "Accepted"
    console.listener.connection_of("B").request("c1", "Reset", {"type": "Immediate"})
    async with asyncio.timeout(5):
        while not any(json.loads(fact.raw)[:2] == [3, "c1"] for fact in console.of(FrameReceived)):
            await station.call(call201.Heartbeat())
    (transaction,) = console.fleet.transactions
    assert (transaction.id, transaction.running) == ("tx1", False)
    running.cancel()


async def test_2_1_negotiates_boots_and_logs(console: Any) -> None:
    client = await console.station("C", "ocpp2.1", "ocpp2.0.1")
    assert client.subprotocol == "ocpp2.1"
    boot = {"reason": "PowerUp", "chargingStation": {"model": "M", "vendorName": "V"}}
    await client.send(json.dumps([2, "b", "BootNotification", boot]))
    assert json.loads(await client.recv())[2]["status"] == "Accepted"
    assert (await console.fact(StationConnected)).version == "2.1"
    await client.send(json.dumps([6, "s", "NotifyPeriodicEventStream", {"id": 1, "pending": 0}]))
    assert (await console.fact(FrameReceived, 2)).station == "C"
