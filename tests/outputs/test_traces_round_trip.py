"""What is written and read again is the same, byte for byte, in the formats that promise it."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model.test_rules_replayed import STEPS, outcome, recorded
from outputs.facts import FACTS, day

from ocpp_console.events import FrameReceived, FrameSent
from ocpp_console.model.fleet import Fleet
from ocpp_console.outputs.traces.export import FORMATS, Export, format_of
from ocpp_console.outputs.traces.redaction import Nothing
from ocpp_console.outputs.traces.source import Trace, sibling_of


def export(facts, path, *, veil=None, keep=None):
    """Write facts to a file; gives what became of it."""
    made = Export(path, format_of(path), veil or Nothing(), keep)
    for fact in facts:
        made.take(fact)
    return made.finish()


def read(path):
    """The trace of a file and its facts, without the readings that came with them."""
    trace = Trace(path)
    return trace, [fact._replace(frame=None) if hasattr(fact, "frame") else fact for fact in trace.facts()]


@pytest.mark.parametrize("name", ["t.jsonl", "t.facts.jsonl"])
@settings(max_examples=40)
@given(facts=FACTS)
def test_every_fact_comes_back_as_it_was(tmp_path_factory, name, facts):
    path = tmp_path_factory.mktemp("trip") / name
    done = export(facts, path)
    trace, back = read(path) if path.exists() else (None, [])
    assert back == facts
    assert (trace.unread, done.left_out) == (0, 0)


def test_a_day_survives_and_gives_the_same_model(tmp_path):
    tape = day()
    export(tape.facts, tmp_path / "t.jsonl")
    _, back = read(tmp_path / "t.jsonl")
    assert back == tape.facts
    again = Fleet()
    for fact in back:
        again.apply(fact)
    assert rows_of(again) == rows_of(tape.fleet)
    assert [each.to_document() for each in again.stations.values()] == [
        each.to_document() for each in tape.fleet.stations.values()
    ]


def rows_of(fleet):
    """All that rows say."""
    return [
        (
            row.seq,
            row.at,
            row.station,
            row.version,
            row.action,
            row.raw,
            row.answer_raw,
            row.state,
            row.verdict,
            row.findings,
            row.note,
            row.answered_at,
        )
        for row in fleet.messages
    ]


def test_the_records_are_what_the_format_asks_for(tmp_path):
    export(day().facts, tmp_path / "t.jsonl")
    records = [json.loads(line) for line in (tmp_path / "t.jsonl").read_text("ascii").splitlines()]
    for record in records:
        assert record["schemaVersion"] == "1.1"
        assert record["ocppVersion"] == "1.6"
        assert record["chargePointId"] == "CP1"
        assert record["direction"] in ("cp-to-csms", "csms-to-cp")
        assert ("error" in record) is (record["messageType"] == "CALLERROR")
        assert record["raw"].startswith("[")
    first, second = records[:2]
    assert (first["messageType"], first["action"], first["messageId"]) == ("CALL", "BootNotification", "1")
    assert first["payload"]["chargePointVendor"] == "Acme"
    assert (second["messageType"], second["action"]) == ("CALLRESULT", "BootNotification")
    assert [record.get("connectorId") for record in records if record["messageType"] == "CALL"][1] == 1


def test_what_the_format_cannot_hold_stands_beside_it(tmp_path):
    export(day().facts, tmp_path / "t.jsonl")
    beside = [json.loads(line) for line in sibling_of(tmp_path / "t.jsonl").read_text("ascii").splitlines()]
    assert [line["kind"] for line in beside] == [
        "StationConnected",
        "FrameReceived",
        "CallRequested",
        "HandshakeRefused",
        "CallRequested",
        "CallAbandoned",
        "StationGone",
    ]
    assert beside[1]["frame"] == '[2,"7","Heart'


@pytest.mark.parametrize("name", ["t.json", "t.txt"])
@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
def test_frames_come_back_from_formats_of_others(tmp_path, name, version):
    path = tmp_path / name
    tape = day(version)
    export(tape.facts, path)
    _, back = read(path)
    readable = [fact for fact in tape.facts if is_frame(fact) and (name == "t.txt" or fact.raw[-1:] == b"]")]
    frames = [fact for fact in back if is_frame(fact)]
    assert [(type(fact), fact.station, fact.at) for fact in frames] == [
        (type(fact), fact.station, fact.at) for fact in readable
    ]
    assert [json_or_text(fact.raw) for fact in frames] == [json_or_text(fact.raw) for fact in readable]
    connected = next(fact for fact in back if not is_frame(fact))
    assert connected.version == version


def is_frame(fact):
    return isinstance(fact, FrameReceived | FrameSent)


def json_or_text(raw):
    try:
        return json.loads(raw)
    except ValueError:
        return raw


def test_a_filter_keeps_calls_with_their_answers_in_the_order_of_time(tmp_path):
    facts = day().facts
    done = export(facts, tmp_path / "t.jsonl", keep=lambda row: row.action in ("Heartbeat", "StartTransaction"))
    _, back = read(tmp_path / "t.jsonl")
    assert [json.loads(fact.raw)[:2] for fact in back[1:]] == [[2, "4"], [3, "4"]]
    assert back[0] == facts[0], "the beginning of the connection, which tells the version"
    assert done.rows == 3


def test_an_unfinished_export_leaves_nothing(tmp_path):
    made = Export(tmp_path / "t.jsonl", FORMATS["trace"])
    for fact in day().facts:
        made.take(fact)
    made.abandon()
    assert list(tmp_path.iterdir()) == []


def test_the_file_of_an_older_export_beside_it_is_not_mixed_in(tmp_path):
    path = tmp_path / "t.jsonl"
    export(day().facts, path)
    export([fact for fact in day().facts if is_frame(fact) and fact.raw[-1:] == b"]"], path)
    assert not sibling_of(path).exists()


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.jsonl", "trace"),
        ("A.JSONL", "trace"),
        ("a.facts.jsonl", "facts"),
        ("a.json", "debugkit"),
        ("a.csv", "csv"),
        ("a.log", "text"),
        ("a.md", "markdown"),
        ("a.mmd", "mermaid"),
        ("a.puml", "plantuml"),
        ("a.docx", None),
        (Path("a"), None),
    ],
)
def test_the_ending_of_a_name_tells_the_format(name, form):
    found = format_of(name)
    assert (found.name if found else None) == form


def test_a_trace_that_begins_in_the_middle_of_a_connection_still_tells_its_version(tmp_path):
    facts = day("2.0.1").facts[3:5]
    export(facts, tmp_path / "t.jsonl", keep=lambda row: True)
    text = (tmp_path / "t.jsonl").read_text().replace('"transport"', '"ocppVersion":"2.0.1","transport"')
    (tmp_path / "t.jsonl").write_text(text)
    _, back = read(tmp_path / "t.jsonl")
    assert [type(fact).__name__ for fact in back] == ["StationConnected", "FrameReceived", "FrameSent"]
    assert back[0].version == "2.0.1"
    assert back[1].connection == back[0].seq


@settings(max_examples=25)
@given(st.lists(STEPS, min_size=1, max_size=5))
def test_what_is_found_live_is_found_in_the_trace(tmp_path_factory, steps):
    path = tmp_path_factory.mktemp("found") / "t.jsonl"
    tape = recorded(steps)
    export(tape.facts, path)
    _, back = read(path)
    again = Fleet()
    for fact in back:
        again.apply(fact)
    assert outcome(again) == outcome(tape.fleet)


def test_a_file_that_only_has_the_name_of_a_sibling_is_neither_lost_nor_mixed_in(tmp_path):
    facts = day().facts
    export(facts, tmp_path / "t.facts.jsonl")
    whole = (tmp_path / "t.facts.jsonl").read_bytes()
    with pytest.raises(FileExistsError, match="an export of its own"):
        export(facts, tmp_path / "t.jsonl")
    assert (tmp_path / "t.facts.jsonl").read_bytes() == whole
    export(facts, tmp_path / "u.jsonl")
    frames = (tmp_path / "u.jsonl").read_bytes()
    (tmp_path / "t.jsonl").write_bytes(frames)
    assert len(list(Trace(tmp_path / "t.jsonl").facts())) < len(facts)
    with pytest.raises(FileExistsError, match="the other half of a trace"):
        export(facts, tmp_path / "u.facts.jsonl")
    assert list(Trace(tmp_path / "u.jsonl").facts()) == facts
