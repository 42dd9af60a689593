"""Every finding fires where it must and not where it must not; live, from a file and in parts it is the same."""

import ast
from pathlib import Path

import pytest
import traffic
from rule_traces import TRACES, boot, meter, start, status, stop
from tape import SECOND, Tape, tape

from ocpp_console.events import FrameReceived, FrameSent
from ocpp_console.model.finding_words import catalogue, explain
from ocpp_console.model.fleet import Fleet
from ocpp_console.model.rules.ending import end_of_trace
from ocpp_console.model.rules.trail import MOST_SESSIONS
from ocpp_console.protocol.findings import Severity

SOURCES = Path(__file__).parent.parent.parent / "ocpp_console"

FROM_THE_HANDSHAKE = {
    "IDENTITY_TOO_LONG",
    "IDENTITY_CHARACTERS",
    "IDENTITY_FROM_QUERY",
    "QUERY_IGNORED",
    "PATH_UNEXPECTED",
    "PATH_NOT_ENCODED",
    "CONNECTION_HEADER",
    "SUBPROTOCOL_MISSING",
    "SUBPROTOCOL_SPELLING",
}
"""Made by the listener, and tested there."""
ELSEWHERE = {"SCHEMA_RANGE", "SCHEMA_OTHER", "SCHEMA_MORE", "NOT_CHECKED", "ANSWER_REFUSED"} | {
    "LONE_SURROGATE",
    "BASIC_USER",
    "PASSWORD_AS_HEX",
    "RESERVED_FOR_ANOTHER",
    "RESERVATION_NOT_NAMED",
    "RESERVATION_OTHER_TAG",
    "RESERVATION_UNKNOWN",
    "CONTROL_CHARACTER",
}
"""Of single frames, of credentials, of reservations, and tested with them."""
OF_FORMS = {"TAG", "PLACEHOLDER"}
"""Said to the operator about what he types."""


def played(code: str, which: int, **options) -> Tape:
    t = tape(**options)
    TRACES[code][which](t)
    return t


def codes(fleet: Fleet) -> dict[str, int]:
    return {found.code: found.count for found in fleet.found}


@pytest.mark.parametrize("code", TRACES)
def test_it_fires(code):
    fleet = played(code, 0).fleet
    assert code in codes(fleet)
    [found] = [each for each in fleet.found if each.code == code]
    assert found.severity is catalogue()[code].severity
    assert found.latest
    rows = {message.seq: message for message in fleet.messages}
    assert all(code in [f.code for f in rows[each.seq].findings] for each in found.latest)


@pytest.mark.parametrize("code", TRACES)
def test_a_near_miss_does_not(code):
    assert code not in codes(played(code, 1).fleet)


def test_every_code_has_words_and_a_trace():
    assert catalogue().keys() == TRACES.keys() | FROM_THE_HANDSHAKE | ELSEWHERE
    assert sum(each.shared for each in catalogue().values()) == 16
    assert all(each.title and each.means.endswith(".") and each.advice for each in catalogue().values())
    assert explain("FROM_TOMORROW").title == "FROM_TOMORROW"


def test_every_code_in_the_sources_is_in_the_catalogue():
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding":
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant):
                    assert first.value in catalogue().keys() | OF_FORMS, path


def outcome(fleet: Fleet):
    rows = [(row.seq, row.call_findings, row.answer_findings) for row in fleet.messages]
    found = [(f.station, f.code, f.severity, f.count, f.warnings, f.first_at, f.last_at, f.latest) for f in fleet.found]
    return rows, found, fleet.findings


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("code", TRACES)
def test_from_a_file_it_is_the_same(code, which):
    t = played(code, which)
    again = Fleet()
    for fact in t.facts:
        again.apply(fact._replace(frame=None) if isinstance(fact, FrameReceived | FrameSent) else fact)
    assert outcome(again) == outcome(t.fleet)


def test_counts_of_station_and_fleet_agree_with_the_list():
    t = tape()
    for code in TRACES:
        TRACES[code][0](t)
    stations = t.fleet.stations.values()
    assert t.fleet.findings == sum(station.findings for station in stations) == t.fleet.found.waiting
    assert all(s.findings == t.fleet.found.waiting_of(s.found) for s in stations)


def test_at_the_end_of_a_trace_what_is_open_is_told():
    t = tape()
    boot(t)
    start(t)
    t.hear(traffic.heartbeat(id="h"))
    assert "UNRESPONSIVE_CSMS" not in codes(t.fleet)
    end_of_trace(t.fleet, t.at)
    assert codes(t.fleet)["UNRESPONSIVE_CSMS"] == codes(t.fleet)["STATION_OFFLINE_DURING_SESSION"] == 1


def test_repeating_a_state_is_only_mentioned():
    t = tape()
    status(t, "Available")
    status(t, "Available")
    [found] = t.fleet.found
    assert (found.code, found.severity, t.fleet.findings) == ("STATUS_TRANSITION_VIOLATION", Severity.INFO, 0)


def test_a_session_of_2x_is_judged_as_well():
    t = tape("2.0.1")
    t.exchange(traffic.start(version="2.0.1", id="1"))
    t.exchange(traffic.stop("T1", version="2.0.1", id="2", seqNo=1))
    t.exchange(traffic.start(version="2.0.1", id="3", seqNo=0))
    t.exchange(traffic.stop("T9", version="2.0.1", id="4", seqNo=1))
    found = codes(t.fleet)
    assert {"SUSPICIOUS_SESSION_DURATION", "METER_VALUE_GAP", "TRANSACTION_ID_REUSED", "TRANSACTION_UNKNOWN"} <= set(
        found
    )


def test_what_is_remembered_of_a_station_is_bounded():
    t = tape()
    boot(t)
    for number in range(1, 3 * MOST_SESSIONS):
        t.exchange(traffic.start(connector=0, id=f"t{number}"), {"transactionId": number})
    assert len(t.fleet.stations["CP"].trail.sessions) == MOST_SESSIONS
    for _ in range(100):
        t.connect()
    assert len(t.fleet.stations["CP"].trail.connects) <= 10
    [storm] = [found for found in t.fleet.found if found.code == "RECONNECT_STORM"]
    assert len(storm.latest) <= 50 < storm.count


def test_a_late_session_is_judged_by_its_own_times():
    t = tape()
    boot(t)
    t.exchange(traffic.start(id="s", timestamp="2026-11-20T08:00:00Z"), {"transactionId": 7})
    meter(t, 1100, after=1)
    stop(t, after=1, timestamp="2026-11-20T09:00:00Z")
    assert "SUSPICIOUS_SESSION_DURATION" not in codes(t.fleet)
    assert t.at % SECOND >= 0
