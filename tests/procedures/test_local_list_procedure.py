"""Local lists of real stations brought in step: in full, by what changed, in parts, and what stands in the way."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from stage import Charger
from websockets.asyncio.client import connect

from ocpp_console.engine import Engine
from ocpp_console.model.id_tags import IdTag
from ocpp_console.model.variables import VariableName
from ocpp_console.procedures.local_list import Mode, read_version, synchronise
from ocpp_console.procedures.reservations import ReservationWish, cancel, reserve
from ocpp_console.settings import Settings
from ocpp_console.simulator.demo import Demo

TAGS = [IdTag(f"04A2B3C{number}") for number in range(5)]


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    made = Engine(Settings(host=("127.0.0.1",), port=0, db=":memory:", grace=0.0))
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def simulated(engine, until):
    """The simulated stations by identity."""
    day = Demo(f"ws://127.0.0.1:{engine.port}", pace=10)
    life = asyncio.create_task(day.run())
    await until(lambda: all(s.identity in engine.fleet.stations and s.online.is_set() for s in day.stations))
    yield {station.identity: station for station in day.stations}
    life.cancel()
    await asyncio.gather(life, return_exceptions=True)


async def send(engine, identity, tags, mode=Mode.AUTO):
    return await synchronise(engine.link(identity), tags, engine.fleet.arrangements, mode)


@pytest.mark.parametrize("identity", ["AC-04", "DC-01"])
async def test_first_in_full_then_what_changed(engine, simulated, identity):
    outcome = await send(engine, identity, TAGS)
    assert outcome.text == "Version 1, full list: 5 entries."
    station = simulated[identity]
    assert set(station.local_list.entries) == {tag.token for tag in TAGS}
    assert (await send(engine, identity, TAGS)).text == "Nothing to send: version 1 is in step."
    changed = [IdTag(TAGS[0].token, status="Blocked"), *TAGS[2:], IdTag("NEW")]
    outcome = await send(engine, identity, changed)
    assert outcome.text == "Version 2, changes: 3 entries."
    assert station.local_list.entries[TAGS[0].token]["status"] == "Blocked"
    assert "NEW" in station.local_list.entries
    assert (await read_version(engine.link(identity))).text == "It says version 2."


async def test_a_list_that_somebody_else_changed_is_sent_in_full(engine, simulated):
    await send(engine, "AC-04", TAGS)
    simulated["AC-04"].local_list.version = 9
    refused = await send(engine, "AC-04", TAGS[:2], Mode.DIFFERENTIAL)
    assert refused.text == "Its list has version 9, it was sent version 1: send the full list."
    assert (await send(engine, "AC-04", TAGS[:2])).text == "Version 10, full list: 2 entries."
    assert len(simulated["AC-04"].local_list.entries) == 2


async def test_a_long_list_goes_in_parts(engine, simulated):
    station = engine.fleet.stations["AC-04"]
    station.variables.heard(VariableName("", "SendLocalListMaxLength"), "2", 1)
    outcome = await send(engine, "AC-04", TAGS)
    assert outcome.text == "Version 3, full list: 5 entries in 3 parts."
    assert len(simulated["AC-04"].local_list.entries) == 5
    assert engine.fleet.arrangements.of("AC-04").local_list.sent == 3


async def test_a_list_that_is_too_long_is_not_sent(engine, simulated):
    station = engine.fleet.stations["AC-04"]
    station.variables.heard(VariableName("", "LocalAuthListMaxLength"), "4", 1)
    outcome = await send(engine, "AC-04", TAGS)
    assert outcome.text == "It states room for 4 tags; the list has 5. Nothing was sent."
    assert simulated["AC-04"].local_list.version == 0


async def test_tokens_too_long_for_1_6_are_named(engine, simulated):
    outcome = await send(engine, "AC-04", [*TAGS, IdTag("x" * 30)])
    assert outcome.done
    assert outcome.text.endswith(f"Left out, too long for OCPP 1.6: {'x' * 30}.")


async def lonely(engine, until) -> Charger:
    """A charger of the test's own."""
    charger = Charger(await connect(f"ws://127.0.0.1:{engine.port}/LAB", subprotocols=["ocpp1.6"]))
    await charger.boot()
    await until(lambda: "LAB" in engine.fleet.stations)
    return charger


async def test_a_station_without_a_list(engine, until):
    charger = await lonely(engine, until)
    charger.answers["GetLocalListVersion"] = {"listVersion": -1}
    outcome = await send(engine, "LAB", TAGS)
    assert outcome.text == (
        "It keeps no local list (version -1), or the list is switched off; the full list can be tried."
    )
    assert [action for action, _ in charger.asked] == ["GetLocalListVersion"]
    charger.answers["SendLocalList"] = {"status": "Accepted"}
    await send(engine, "LAB", TAGS, Mode.FULL)
    assert charger.asked[2][1]["listVersion"] == 1, "the full list is tried all the same"
    await charger.leave()


@pytest.mark.parametrize("verdict", ["Failed", "NotSupported", "\x1b[2J"])
async def test_a_refused_list(engine, until, verdict):
    charger = await lonely(engine, until)
    charger.answers |= {"GetLocalListVersion": {"listVersion": 0}, "SendLocalList": {"status": verdict}}
    outcome = await send(engine, "LAB", TAGS)
    assert not outcome.done
    assert outcome.text.startswith(verdict)
    assert engine.fleet.arrangements.of("LAB").local_list.sent is None
    await charger.leave()


async def test_accepted_but_another_version_is_told(engine, until):
    charger = await lonely(engine, until)
    charger.answers |= {"GetLocalListVersion": {"listVersion": 4}, "SendLocalList": {"status": "Accepted"}}
    outcome = await send(engine, "LAB", TAGS)
    assert outcome.text == "Accepted (full list: 5 entries), but it says version 4 instead of 5."
    await charger.leave()
    await until(lambda: not engine.fleet.stations["LAB"].online)
    assert "is offline" in (await send(engine, "LAB", TAGS)).text


@pytest.mark.parametrize("identity", ["AC-07", "DC-01"])
async def test_reserving_and_cancelling(engine, simulated, until, identity):
    place = 2
    await until(lambda: simulated[identity].connectors[1].status.value == "Available")
    wish = ReservationWish(7, place, "04A2B3C4", engine.clock() + 3_600_000_000)
    done, words = await reserve(engine.link(identity), wish)
    assert done, words
    found = engine.fleet.arrangements.of(identity).reservations.get(7)
    assert found is not None
    assert (found.place, found.state) == (2, "reserved")
    assert simulated[identity].connectors[1].reservation is not None
    assert await cancel(engine.link(identity), 7) == (True, "Accepted.")
    assert found.state == "cancelled"
    assert await cancel(engine.link(identity), 7) == (False, "The station knows no such reservation.")
