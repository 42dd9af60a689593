"""Live, read back, or over a restart, in whatever order stations misbehave: the same findings."""

import asyncio
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_steps import wait
from rule_traces import TRACES
from tape import Tape

from ocpp_console.events import Fact, FrameReceived, FrameSent
from ocpp_console.model.fleet import Fleet
from ocpp_console.store.database import Database
from ocpp_console.store.event_log import EventLog

OF_THIS_RUN = {"CONFIGURATION_IGNORED"}
"""What was set is known in the run in which it was set: a station's variables do not outlive the program."""
STEPS = st.tuples(
    st.sampled_from(sorted(TRACES)),
    st.integers(0, 1),
    st.sampled_from(["CP", "cp", "ž"]),
    st.sampled_from(["1.6", "2.0.1", "2.1"]),
    st.sampled_from([0.0, 5.0, 200.0, 4000.0]),
)
LASTING = STEPS.filter(lambda step: step[0] not in OF_THIS_RUN)


def recorded(steps, live: bool = True) -> Tape:
    t = Tape(live=live)
    play(t, steps)
    return t


def play(t: Tape, steps) -> None:
    for code, which, station, version, seconds in steps:
        t.version = version
        t.connect(station)
        TRACES[code][which](t)
        wait(t, seconds)


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


def carried_over(facts: list[Fact], saved: int, killed: int) -> Fleet:
    """A run that saved its documents after `saved` facts and was killed after `killed`; the next one knows the rest."""
    first = folded(facts[:saved])
    stations = [json.loads(json.dumps(station.to_document())) for station in first.stations.values()]
    sessions = [json.loads(json.dumps(each.to_document())) for each in first.transactions.newest()]
    fleet = Fleet()
    for document in stations:
        fleet.restore_station(document)
    for document in reversed(sessions):
        fleet.restore_transaction(document)
    fleet.recall(facts[:saved])
    for fact in facts[saved:killed]:
        fleet.apply(fact)
    fleet.settle(facts[killed - 1].at)
    for fact in facts[killed:]:
        fleet.apply(fact)
    return fleet


def counted(fleet: Fleet):
    return sorted((f.station, f.code, f.severity, f.count, f.warnings, f.first_at, f.last_at) for f in fleet.found)


@settings(max_examples=80, deadline=None)
@given(st.lists(LASTING, min_size=1, max_size=4), st.lists(LASTING, min_size=1, max_size=4), st.floats(0, 1))
def test_over_a_kill_and_a_start_it_is_the_same(before, after, part):
    t = recorded(before)
    killed = len(t.facts)
    play(t, after)
    fleet = carried_over(t.facts, round(part * killed), killed)
    assert counted(fleet) == counted(t.fleet)
    assert fleet.findings == t.fleet.findings


@pytest.mark.parametrize("code", sorted(TRACES.keys() - OF_THIS_RUN))
def test_wherever_the_last_snapshot_was_taken_nothing_is_missed_or_told_twice(code):
    t = recorded([(code, 0, "CP", "1.6", 5.0)])
    killed = len(t.facts)
    play(t, [(code, 0, "CP", "1.6", 0.0)])
    for saved in range(killed + 1):
        assert counted(carried_over(t.facts, saved, killed)) == counted(t.fleet), saved


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
