"""Calls that somebody outside the console may answer: once each, after their commit, and by us when nobody does."""

import json
from typing import Any

from ocpp_console.csms.elsewhere import OpenCall
from ocpp_console.csms.ledger import Release
from ocpp_console.events import FrameSent, NoteWritten
from ocpp_console.protocol.frames import CallError, CallResult


class Outside:
    """Takes the calls of some actions and waits to be told what to do with them."""

    def __init__(self, *actions: str) -> None:
        self.actions = actions
        self.open: list[OpenCall] = []

    def take(self, call: OpenCall) -> bool:
        if call.booked or call.call.action not in self.actions:
            return False
        self.open.append(call)
        return True


class SlowLedger:
    """Holds every reply until it is told that all is committed."""

    def __init__(self) -> None:
        self.held: list[tuple[int, Release]] = []

    def hold(self, seq: int, reply: bytes, release: Release) -> None:
        self.held.append((seq, release))


BOOT = '[2,"1","BootNotification",{"chargePointVendor":"v","chargePointModel":"m"}]'
START = '[2,"2","StartTransaction",{"connectorId":1,"idTag":"T","meterStart":0,"timestamp":"2026-01-01T00:00:00Z"}]'


async def test_an_answer_from_outside_reaches_the_station_and_the_model(start: Any, until: Any) -> None:
    console = await start(registration="Pending")
    console.context.elsewhere = outside = Outside("BootNotification")
    station = await console.station()
    await station.send(BOOT)
    (call,) = await until(lambda: outside.open)
    assert (call.station, call.version, call.id) == ("CP1", "1.6", "1")
    answer = {"status": "Accepted", "currentTime": "2026-01-01T00:00:00Z", "interval": 7}
    call.give(CallResult("other", answer), "an office")
    assert json.loads(await station.recv()) == [3, "1", answer]
    assert console.fleet.stations["CP1"].registration == "Accepted"
    await station.close()


async def test_it_leaves_after_the_commit_of_its_call(start: Any, until: Any) -> None:
    console = await start(ledger=(ledger := SlowLedger()))
    console.context.elsewhere = outside = Outside("Heartbeat")
    station = await console.station()
    await station.send('[2,"1","Heartbeat",{}]')
    (call,) = await until(lambda: outside.open)
    call.give(CallError("1", "NotSupported", "no", {"a": 1}), "an office")
    ((seq, release),) = ledger.held
    assert (seq, console.of(FrameSent)) == (call.seq, [])
    release(1)
    assert json.loads(await station.recv()) == [4, "1", "NotSupported", "no", {"a": 1}]
    await station.close()


async def test_what_is_left_to_the_console_is_answered_as_ever_and_a_retry_alike(start: Any, until: Any) -> None:
    console = await start()
    console.context.elsewhere = outside = Outside("StartTransaction")
    station = await console.station()
    await station.send(BOOT)
    await station.recv()
    await station.send(START)
    await station.send(START)  # an impatient station: both wait for one decision
    first, second = await until(lambda: len(outside.open) == 2 and outside.open)
    first.leave()
    second.leave()
    await station.send(START)  # answered by now: nobody outside is asked again
    answers = [json.loads(await station.recv()) for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert len(outside.open) == 2
    await station.close()


async def test_a_fault_outside_is_told_and_costs_no_answer(start: Any) -> None:
    class Broken:
        def take(self, call: OpenCall) -> bool:
            raise RuntimeError("what a pity")

    console = await start()
    console.context.elsewhere = Broken()
    station = await console.station()
    await station.send('[2,"1","Heartbeat",{}]')
    assert json.loads(await station.recv())[0] == 3
    assert "what a pity" in (await console.fact(NoteWritten)).text
    await station.close()


async def test_an_answer_after_the_end_of_the_connection_is_counted_as_lost(start: Any, until: Any) -> None:
    console = await start()
    console.context.elsewhere = outside = Outside("Heartbeat")
    station = await console.station()
    await station.send('[2,"1","Heartbeat",{}]')
    (call,) = await until(lambda: outside.open)
    await station.close()
    await until(lambda: not console.fleet.stations["CP1"].online)
    call.give(CallResult("1", {"currentTime": "2026-01-01T00:00:00Z"}), "an office")
    assert [type(fact).__name__ for fact in console.facts][-1] == "ReplyLost"
