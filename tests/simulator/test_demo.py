import asyncio
import subprocess
import sys

from ocpp_console.simulator.demo import Demo
from ocpp_console.simulator.scenarios import DEMO_TAGS


def energy(payload: dict) -> float:
    sampled = payload["meterValue"][0]["sampledValue"]
    return float(next(one["value"] for one in sampled if one["measurand"] == "Energy.Active.Import.Register"))


async def test_a_16_session_goes_from_plug_to_unplug(central, demo):
    await central.wait_for("AC-04", "StatusNotification", connectorId=1, status="Finishing")
    await central.until(
        lambda: len(central.heard("AC-04", "StatusNotification", connectorId=1, status="Available")) > 1, "unplugged"
    )
    statuses = [one["status"] for one in central.heard("AC-04", "StatusNotification", connectorId=1)]
    assert statuses[:6] == ["Available", "Preparing", "Charging", "SuspendedEV", "Finishing", "Available"]
    start = central.heard("AC-04", "StartTransaction")[0]
    stop = central.heard("AC-04", "StopTransaction")[0]
    assert central.heard("AC-04", "Authorize", idTag=start["idTag"])
    assert stop["reason"] == "Local"
    readings = [energy(one) for one in central.heard("AC-04", "MeterValues", transactionId=stop["transactionId"])]
    assert len(readings) > 10
    assert readings == sorted(readings)
    assert start["meterStart"] == readings[0]
    assert readings[-1] <= stop["meterStop"]
    assert 8_000 < stop["meterStop"] - start["meterStart"] < 30_000
    assert not central.refused


async def test_a_201_session_numbers_its_events_without_gaps(central, demo):
    ended = await central.wait_for("DC-01", "TransactionEvent", eventType="Ended")
    identity = ended["transactionInfo"]["transactionId"]
    events = [
        one for one in central.heard("DC-01", "TransactionEvent") if one["transactionInfo"]["transactionId"] == identity
    ]
    assert [one["seqNo"] for one in events] == list(range(len(events)))
    assert [one["eventType"] for one in events] == ["Started", *["Updated"] * (len(events) - 2), "Ended"]
    states = [one["transactionInfo"]["chargingState"] for one in events]
    assert list(dict.fromkeys(states[:-1])) == ["EVConnected", "Charging", "SuspendedEV"]
    socs = [
        sample["value"]
        for one in events
        for value in one.get("meterValue", [])
        for sample in value["sampledValue"]
        if sample.get("measurand") == "SoC"
    ]
    assert socs == sorted(socs)
    assert socs[-1] >= socs[0] + 25


async def test_the_broken_habits_of_one_station_and_of_no_other(central, demo):
    values = await central.wait_for("AC-07", "MeterValues")
    assert isinstance(values["connectorId"], str)
    assert not values["meterValue"][0]["timestamp"].endswith("Z")
    assert len(central.heard("AC-07", "BootNotification")[0]["chargePointSerialNumber"]) > 25
    values = await central.wait_for("AC-04", "MeterValues")
    assert isinstance(values["connectorId"], int)
    assert values["meterValue"][0]["timestamp"].endswith("Z")


async def test_a_fault_comes_stops_the_session_and_clears(central, demo):
    fault = await central.wait_for("AC-07", "StatusNotification", status="Faulted")
    assert fault["errorCode"] == "GroundFailure"
    since = len(central.told)
    clear = await central.wait_for("AC-07", "StatusNotification", since, connectorId=fault["connectorId"])
    assert (clear["status"], clear["errorCode"]) == ("Available", "NoError")
    assert central.heard("AC-07", "StopTransaction", reason="Other")


async def test_unknown_cards_heartbeats_and_security_events_happen(central, demo):
    tokens = {tag.token for tag in DEMO_TAGS}
    await central.until(
        lambda: [one for one in central.heard("AC-07", "Authorize") if one["idTag"] not in tokens], "unknown card"
    )
    await central.wait_for("AC-04", "Heartbeat")
    await central.wait_for("DC-01", "Heartbeat")
    assert await central.wait_for("DC-01", "SecurityEventNotification", type="StartupOfTheDevice")
    await central.until(lambda: len(central.heard("DC-01", "SecurityEventNotification")) > 1, "a second event")


async def test_a_refused_card_starts_nothing(central, demo):
    central.blocked |= {tag.token for tag in DEMO_TAGS}
    since = len(central.told)
    await central.wait_for("AC-07", "Authorize", since, idTag="04B86E10AA")
    await central.wait_for("AC-07", "StatusNotification", since, connectorId=2, status="Available")
    assert not central.heard("AC-07", "StartTransaction", since, connectorId=2)


async def test_a_station_waits_while_pending_and_a_trigger_boots_it_at_once(central):
    from ocpp.v16 import call

    central.registration = "Pending"
    demo = Demo(central.url, pace=20)  # its next attempt is 15 s away
    life = asyncio.create_task(demo.run())
    await central.until(lambda: "AC-04" in central.answered, "the first verdict")
    central.registration = "Accepted"
    answer = await central.command("AC-04", call.TriggerMessage("BootNotification"))
    assert answer.status == "Accepted"
    await central.wait_for("AC-04", "StatusNotification", connectorId=1)
    assert len(central.heard("AC-04", "BootNotification")) == 2
    life.cancel()
    await asyncio.gather(life, return_exceptions=True)


async def test_a_dropped_line_is_dialled_again_without_booting_and_loses_no_event(central, demo):
    await central.wait_for("DC-01", "TransactionEvent")
    await central.sockets["DC-01"].close()
    await central.until(lambda: central.connections.count("DC-01") == 2, "the second connection")
    ended = await central.wait_for("DC-01", "TransactionEvent", eventType="Ended")
    identity = ended["transactionInfo"]["transactionId"]
    numbers = {
        one["seqNo"]
        for one in central.heard("DC-01", "TransactionEvent")
        if one["transactionInfo"]["transactionId"] == identity
    }
    assert numbers == set(range(len(numbers)))
    assert len(central.heard("DC-01", "BootNotification")) == 1


async def test_it_keeps_trying_when_nobody_is_there_and_ends_when_cancelled(unused_tcp_port):
    demo = Demo(f"ws://127.0.0.1:{unused_tcp_port}", pace=1000)
    life = asyncio.create_task(demo.run())
    arrived = asyncio.Event()
    server = await asyncio.start_server(lambda *_: arrived.set(), "127.0.0.1", unused_tcp_port)
    async with asyncio.timeout(5):
        await arrived.wait()
    life.cancel()
    await asyncio.gather(life, return_exceptions=True)
    server.close()
    assert life.cancelled()


def test_the_tags_are_there_without_the_ocpp_package():
    code = (
        "import sys; from ocpp_console.simulator import DEMO_TAGS; assert DEMO_TAGS; "
        "assert 'ocpp' not in sys.modules; from ocpp_console.simulator import Demo; assert 'ocpp' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
