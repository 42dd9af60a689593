"""Charging limits at real stations: the simulated ones, made of an independent client, over real sockets."""

import asyncio
from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest

from ocpp_console.engine import Engine
from ocpp_console.model.profile_draft import Draft
from ocpp_console.procedures.charging import clear, limit_now, read, session_at, set_profile
from ocpp_console.settings import Settings
from ocpp_console.simulator.demo import Demo
from ocpp_console.simulator.station import Station as SimulatedStation


class Field(NamedTuple):
    """A running console with the three simulated stations."""

    engine: Engine
    stations: dict[str, SimulatedStation]


@pytest.fixture
async def demo(tmp_path, until) -> AsyncIterator[Field]:
    settings = Settings(host=("127.0.0.1",), port=0, db=str(tmp_path / "log.sqlite"), grace=0.0)
    engine = Engine(settings)
    await engine.start()
    day = Demo(f"ws://127.0.0.1:{engine.port}", pace=10)
    life = asyncio.create_task(day.run())
    try:
        await until(lambda: all(s.identity in engine.fleet.stations and s.online.is_set() for s in day.stations))
        yield Field(engine, {station.identity: station for station in day.stations})
    finally:
        life.cancel()
        await asyncio.gather(life, return_exceptions=True)
        await engine.stop()
    assert not [station.failures for station in day.stations if station.failures]


def book(field: Field, station: str):
    return field.engine.fleet.arrangements.of(station).charging


@pytest.mark.parametrize("identity", ["AC-04", "DC-01"])
async def test_set_compose_and_clear(demo, identity):
    engine, link = demo.engine, demo.engine.link(identity)
    outcome = await set_profile(link, Draft(1, 5, periods="0 16; 30m 10"), engine.clock())
    assert outcome.done, outcome.text
    assert list(book(demo, identity).profiles) == [5]
    composite = book(demo, identity).composites[1]
    assert composite.schedule.periods[0].limit == 16
    assert demo.stations[identity].profiles.matching(None, None, None, None)[0].id == 5
    assert (await clear(link, 1)).done
    assert not book(demo, identity).profiles
    assert not demo.stations[identity].profiles.matching(None, None, None, None)
    assert "nothing to clear" in (await clear(link, 1)).text


@pytest.mark.parametrize("identity", ["AC-04", "DC-01"])
async def test_limit_now_takes_hold_of_the_running_session(demo, until, identity):
    engine = demo.engine
    session = await until(lambda: session_at(engine.fleet, identity, 1))
    station = engine.fleet.stations[identity]
    draft = limit_now(station, book(demo, identity), 1, "8", session)
    assert (draft.purpose, draft.transaction) == ("TxProfile", session.id)
    outcome = await set_profile(engine.link(identity), draft, engine.clock())
    assert outcome.done, outcome.text
    simulated = demo.stations[identity]
    assert simulated.profiles.limit_w(1, simulated.now()) == pytest.approx(8 * 3 * 230)
    again = limit_now(station, book(demo, identity), 1, "10", session)
    assert again.id == draft.id


async def test_the_station_reports_what_it_has(demo):
    engine, link = demo.engine, demo.engine.link("DC-01")
    await set_profile(link, Draft(1, 5), engine.clock())
    book(demo, "DC-01").put(1, Draft(1, 77, level=4).payload("2.0.1", 0)["chargingProfile"], 1, "set")
    outcome = await read(link, 1, "A", 41)
    assert "Profiles reported in" in outcome.text
    assert list(book(demo, "DC-01").profiles) == [5]
    assert book(demo, "DC-01").read_at
    await clear(link, None, 5)
    assert "It has no profile." in (await read(link, 1, "A", 42)).text


async def test_a_refusal_comes_with_reasons(demo):
    engine = demo.engine
    draft = Draft(1, 5, purpose="TxProfile", transaction="nobody", level=3)
    outcome = await set_profile(engine.link("AC-04"), draft, engine.clock())
    assert not outcome.done
    stationwide = Draft(1, 5, purpose="ChargingStationMaxProfile")
    refused = await set_profile(engine.link("DC-01"), stationwide, engine.clock())
    assert refused.text == "Rejected (InvalidProfile)."
    assert refused.hints


async def set_profile_to_nobody(engine: Engine):
    return await set_profile(engine.link("nobody"), Draft(1, 5), engine.clock())


async def test_what_cannot_be_sent_says_why(demo):
    engine = demo.engine
    assert "never connected" in (await set_profile_to_nobody(engine)).text
    broken = Draft(1, 5, purpose="Nonsense")
    outcome = await set_profile(engine.link("AC-04"), broken, engine.clock())
    assert not outcome.done
    assert "chargingProfilePurpose" in outcome.text


async def test_it_is_there_after_a_restart(demo, until):
    engine = demo.engine
    await set_profile(engine.link("AC-04"), Draft(1, 5, periods="9"), engine.clock())
    await engine.stop()
    later = Engine(engine.settings)
    await later.start()
    try:
        limit = later.fleet.arrangements.of("AC-04").charging.limit(1, later.clock(), None)
        assert limit is not None
        assert limit.value("A") == 9
    finally:
        await later.stop()
