"""The list of findings: counted, acknowledged, hidden, kept, given back to rows."""

import traffic
from rule_traces import TRACES, session
from tape import Tape, tape

from ocpp_console.model.fleet import Fleet
from ocpp_console.model.found import MOST_KEPT, Findings, Found, FoundHere
from ocpp_console.protocol.findings import Finding, Severity


def busy() -> Tape:
    t = tape()
    for number in range(30):
        t.hear(traffic.call("MakeCoffee", id=f"{number}"))
    t.connect("CP2")
    t.hear(traffic.call("MakeCoffee"))
    return t


def test_findings_are_counted_by_station_and_code():
    found = busy().fleet.found
    assert [(f.station, f.code, f.count) for f in found.shown("CP")] == [
        ("CP", "ACTION_UNKNOWN", 30),
        ("CP", "CALL_WHILE_OUTSTANDING", 29),
    ]
    assert {code: len(entries) for code, entries in found.by_code().items()} == {
        "ACTION_UNKNOWN": 2,
        "CALL_WHILE_OUTSTANDING": 1,
    }
    assert found.waiting == 31


def test_what_is_acknowledged_counts_again_when_it_comes_again():
    t = busy()
    found, station = t.fleet.found, t.fleet.stations["CP2"]
    entry = found.get("CP2", "ACTION_UNKNOWN")
    found.acknowledge(entry)
    assert (entry.waiting, found.waiting, station.findings) == (0, 30, 0)
    t.hear(traffic.call("MakeTea", id="2"))
    assert (entry.waiting, found.waiting, station.findings) == (1, 31, 1)


def test_a_hidden_code_is_not_counted_until_it_is_shown_again():
    t = busy()
    found, kept = t.fleet.found, []
    found.keep_hidden = lambda: kept.append(set(found.hidden))
    found.hide("ACTION_UNKNOWN")
    assert [station.findings for station in t.fleet.stations.values()] == [0, 0]
    t.hear(traffic.call("MakeTea", id="2"))
    assert found.waiting == 0
    assert [f.code for f in found.shown()] == ["CALL_WHILE_OUTSTANDING"] * 2
    found.hide("ACTION_UNKNOWN", False)
    assert sum(station.findings for station in t.fleet.stations.values()) == found.waiting == 32
    assert kept == [{"ACTION_UNKNOWN"}, set()]
    found.hide("ACTION_UNKNOWN", False)
    assert len(kept) == 2


def test_a_station_brings_its_findings_back_from_the_store():
    t = busy()
    before = t.fleet.found.get("CP", "ACTION_UNKNOWN")
    fleet = Fleet()
    fleet.restore_station(t.fleet.stations["CP"].to_document())
    after = fleet.found.get("CP", "ACTION_UNKNOWN")
    assert (after.count, after.first_at, after.last_at) == (30, before.first_at, before.last_at)
    assert list(after.latest) == list(before.latest)[-MOST_KEPT:]
    assert fleet.findings == fleet.stations["CP"].findings == 30
    fleet.forget("CP")
    assert (len(fleet.found), fleet.findings) == (0, 0)


def test_rows_read_back_get_what_the_rules_found():
    t = tape()
    session(t, after=86_400)
    fleet = Fleet()
    fleet.restore_station(t.fleet.stations["CP"].to_document())
    fleet.recall(t.facts)
    stop = fleet.messages[-1]
    assert "SUSPICIOUS_SESSION_DURATION" not in [f.code for f in stop.findings]
    fleet.settle(t.at)
    assert "SUSPICIOUS_SESSION_DURATION" in [f.code for f in stop.findings]


def test_odd_documents_bring_nothing():
    here = FoundHere()
    for odd in (None, 5, [None], [["A"]], [["A", 9, 1, 1, 0, 1, 1, [["x"], None]]], {"a": 1}):
        here.fill("CP", odd)
    assert [(f.code, f.severity, len(f.latest)) for f in here.values()] == [("A", Severity.INFO, 0)]
    assert Found.from_document("CP", [1, 2]) is None


def test_what_an_older_version_kept_is_read_without_its_action():
    found = Found.from_document("CP", ["A", 1, 1, 1, 0, 5, 5, [[7, 5, "odd", "path"]]])
    assert found is not None
    assert [(each.seq, each.text, each.action) for each in found.latest] == [(7, "odd", "")]


def test_one_message_is_listed_once_for_a_code():
    findings, here = Findings(), FoundHere()
    t = tape()
    message = t.hear(traffic.heartbeat())
    findings.note(here, "CP", [Finding("SCHEMA_TYPE", Severity.WARNING, "x", f"{n}") for n in range(5)], message)
    [found] = findings
    assert (found.count, len(found.latest)) == (5, 1)
    assert TRACES
