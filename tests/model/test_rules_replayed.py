"""Live or read back, in whatever order stations misbehave: the same findings."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st
from rule_traces import TRACES, wait
from tape import Tape

from ocpp_console.events import Fact, FrameReceived, FrameSent
from ocpp_console.model.fleet import Fleet
from ocpp_console.store.database import Database
from ocpp_console.store.event_log import EventLog

STEPS = st.tuples(
    st.sampled_from(sorted(TRACES)),
    st.integers(0, 1),
    st.sampled_from(["CP", "cp", "ž"]),
    st.sampled_from(["1.6", "2.0.1"]),
    st.sampled_from([0.0, 5.0, 200.0, 4000.0]),
)


def recorded(steps, live: bool = True) -> Tape:
    t = Tape(live=live)
    for code, which, station, version, seconds in steps:
        t.version = version
        t.connect(station)
        TRACES[code][which](t)
        wait(t, seconds)
    return t


def outcome(fleet: Fleet):
    rows = [(row.seq, row.call_findings, row.answer_findings) for row in fleet.messages]
    found = [(f.station, f.code, f.severity, f.count, f.warnings, f.first_at, f.last_at, f.latest) for f in fleet.found]
    return rows, found, fleet.findings


def folded(facts: list[Fact]) -> Fleet:
    fleet = Fleet()
    for fact in facts:
        fleet.apply(fact)
    return fleet


@settings(max_examples=60)
@given(st.lists(STEPS, min_size=1, max_size=8))
def test_facts_without_their_readings_give_the_same(steps):
    t = recorded(steps)
    bare = [f._replace(frame=None) if isinstance(f, FrameReceived | FrameSent) else f for f in t.facts]
    assert outcome(folded(bare)) == outcome(t.fleet)
    stations = t.fleet.stations.values()
    assert t.fleet.findings == sum(station.findings for station in stations)
    assert t.fleet.findings == sum(t.fleet.found.waiting_of(station.found) for station in stations)


def test_facts_from_a_real_database_give_the_same(tmp_path, clock):
    t = recorded([(code, which, "CP", "1.6", 10.0) for code in TRACES for which in (0, 1)])

    async def stored() -> list[Fact]:
        database = await Database.open(tmp_path / "facts.db", at=clock(), port=9000, durability="normal")
        log = EventLog(database, clock)
        await log.start()
        for fact in t.facts:
            log.offer(fact)
        await log.flush()
        facts = [fact async for fact in log.after(0)]
        await log.close()
        await database.close()
        return facts

    facts = asyncio.run(stored())
    assert len(facts) == len(t.facts)
    assert outcome(folded(facts)) == outcome(t.fleet)
