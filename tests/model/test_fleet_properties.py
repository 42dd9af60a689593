"""Whatever is said on a connection, the fold takes it; and folding the same facts again gives the same state."""

import json
from typing import Any

import traffic
from hypothesis import given, settings
from hypothesis import strategies as st
from tape import SECOND, Tape

from ocpp_console.events import Fact, FrameReceived, FrameSent, ReplyLost
from ocpp_console.model.fleet import Fleet
from ocpp_console.model.messages import MessageFilter, outcome, summary
from ocpp_console.protocol.actions import ACTIONS

VERSIONS = ("1.6", "2.0.1", "2.1")
ODD = st.sampled_from(
    [None, True, 0, -1, 7, 2**63, 1e308, 1.5, "", " 7 ", "7", "\x00", "[/]", "\ud800", "9" * 500, [], {}, [None], [[]]]
)
JSON = st.recursive(
    ODD | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
IDS = st.sampled_from(["1", "2", "c1", "c2", 5, None, [1], "\ud800", "x" * 40])


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a payload."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in inner for place in places(each, (*path, key)))]


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The payload with something else at one place."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


@st.composite
def damaged_calls(draw: st.DrawFn) -> bytes:
    """A believable call with something odd at any place of its payload."""
    version = draw(st.sampled_from(VERSIONS))
    builder = draw(
        st.sampled_from([traffic.boot, traffic.authorize, traffic.status, traffic.start, traffic.stop, traffic.meter])
    )
    _, _, action, payload = json.loads(builder(version=version))
    payload = replaced(payload, draw(st.sampled_from(places(payload))), draw(JSON))
    return traffic.call(action, payload, id=draw(IDS))


CALLS = st.builds(
    lambda action, payload, id: traffic.call(action, payload, id=id),
    st.sampled_from([*ACTIONS, "Nonsense", "\ud800"]),
    JSON,
    IDS,
)
ANSWERS = st.builds(lambda payload, id: traffic.result(payload, id=id), JSON, IDS) | st.builds(
    lambda code, id: traffic.error(code, id=id), JSON, IDS
)
USEFUL = st.sampled_from(
    [
        {"status": "Accepted"},
        {"transactionId": 7, "idTagInfo": {"status": "Accepted"}},
        {"transactionId": "x", "idTagInfo": 5},
        {"idTokenInfo": {"status": "Blocked"}},
        {"currentTime": traffic.NOON, "interval": "300", "status": "Accepted"},
    ]
)
RUBBISH = st.binary(max_size=20) | st.sampled_from(
    [b"[", b"[2,", b"[]", b"[5,1,1,1,1]", b"[6,1,1,1]", b'[3,"c1",{', b"NaN"]
)
FRAMES = (
    damaged_calls()
    | CALLS
    | ANSWERS
    | RUBBISH
    | st.sampled_from([traffic.heartbeat(), traffic.start(), traffic.meter()])
)
STEPS = st.one_of(
    st.tuples(st.just("hear"), FRAMES, st.booleans()),
    st.tuples(st.just("answer"), USEFUL | JSON),
    st.tuples(st.just("say"), FRAMES),
    st.tuples(st.just("ask"), st.sampled_from(list(ACTIONS)), JSON, st.sampled_from(["c1", "c2"])),
    st.tuples(st.just("abandon"), st.sampled_from(["c1", "c2", "c3"])),
    st.tuples(st.just("lost")),
    st.tuples(st.just("gone")),
    st.tuples(st.just("connect"), st.sampled_from(["CP", "cp", "ž"]), st.sampled_from(VERSIONS)),
)


def record(steps: list[tuple[Any, ...]], live: bool) -> Tape:
    """Fold what happened."""
    t = Tape(live=live)
    t.connect()
    for name, *details in steps:
        if name == "hear":
            heard = t.hear(details[0], binary=details[1])
        elif name == "answer":
            t.say(traffic.result(details[0], id=heard.id if t.seq > 1 and "heard" in locals() else "1"), t.seq)
        elif name == "say":
            t.say(details[0])
        elif name == "ask":
            t.ask(*details)
        elif name == "abandon":
            t.abandon(*details)
        elif name == "lost":
            t.apply(ReplyLost(*t.next(), t.station, t.connection, t.seq - 1, "lost"))
        elif name == "gone":
            t.gone()
        else:
            t.version = details[1]
            t.connect(details[0])
    return t


def state(fleet: Fleet) -> Any:
    """Everything a fleet knows, as values."""
    rows = [
        (row.seq, row.action, row.state, row.verdict, row.note, row.call_findings, row.answer_findings, row.answer_raw)
        for row in fleet.messages
    ]
    stations = [(station.to_document(), station.notices, station.connection) for station in fleet.stations.values()]
    commands = [(c.id, c.progress, c.verdict, c.text, [f.seq for f in c.followers]) for c in fleet.commands]
    counters = (fleet.online, fleet.frames_in, fleet.frames_out, fleet.findings, fleet.dirty_transactions)
    tags = list(fleet.id_tags.unknown)
    return rows, stations, [each.to_document() for each in fleet.transactions], commands, tags, counters


def from_file(fact: Fact) -> Fact:
    """The fact as a store gives it back: without the reading of its bytes."""
    return fact._replace(frame=None) if isinstance(fact, FrameReceived | FrameSent) else fact


@settings(max_examples=150)
@given(st.lists(STEPS, max_size=12))
def test_the_same_facts_give_the_same_state_live_and_from_a_file(steps):
    live = record(steps, live=True)
    again = Fleet()
    for fact in live.facts:
        again.apply(from_file(fact))
    assert state(again) == state(live.fleet)


@settings(max_examples=150)
@given(st.lists(STEPS, max_size=12))
def test_nothing_said_on_a_connection_raises_and_all_of_it_can_be_shown_kept_and_recalled(steps):
    t = record(steps, live=False)
    words = MessageFilter.parse("!~e kWh")
    for row in t.fleet.messages:
        assert isinstance(summary(row), str)
        assert len(outcome(row)) == 3
        words.matches(row)
    again = Fleet()
    for station in t.fleet.stations.values():
        document = json.loads(json.dumps(station.to_document()))
        assert again.restore_station(document).to_document() == station.to_document()
    for transaction in t.fleet.transactions:
        document = json.loads(json.dumps(transaction.to_document()))
        assert again.restore_transaction(document).to_document() == transaction.to_document()
        assert all(isinstance(value, str) for value in transaction.last_values.values())
    again.recall(map(from_file, t.facts))
    assert [row.seq for row in again.messages] == [row.seq for row in t.fleet.messages]
    again.settle(t.at)
    t.fleet.settle(t.at + SECOND)
    assert not any(station.online for station in t.fleet.stations.values())
    assert t.fleet.online == 0


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "identity",
                "version",
                "connectors",
                "security_events",
                "findings",
                "id",
                "energy",
                "latest",
                "stopped_at",
                "x",
            ]
        ),
        JSON,
    )
)
def test_odd_documents_are_filled_in_as_far_as_they_go(document):
    fleet = Fleet()
    assert isinstance(fleet.restore_station(document).identity, str)
    assert isinstance(fleet.restore_transaction(document).id, str)
