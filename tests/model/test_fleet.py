import json

import pytest
import traffic
from tape import NOON, SECOND, Tape, tape

from ocpp_console.events import HandshakeRefused, ListenerFailed, ListenerStarted, NoteWritten, StationConnected
from ocpp_console.model import fleet as fleet_module
from ocpp_console.model.fleet import Fleet
from ocpp_console.model.messages import Origin, State
from ocpp_console.protocol.findings import Finding, Severity

ODD = Finding("SUBPROTOCOL_MISSING", Severity.WARNING, "no subprotocol")
ACCEPTED = {"currentTime": traffic.NOON, "interval": 300, "status": "Accepted"}


def test_a_station_appears_when_it_connects_and_goes_offline_when_it_is_gone():
    t = Tape()
    t.connect("AC-04", findings=(ODD,), path="/ocpp/AC-04")
    station = t.fleet.stations["AC-04"]
    assert station.online
    assert (station.version, station.connection.path, station.last_address) == ("1.6", "/ocpp/AC-04", "10.0.0.9:5000")
    assert station.notices == [ODD]
    assert (station.findings, t.fleet.online, station.connection_count) == (1, 1, 1)
    t.gone("bye", "station", 1000)
    assert not station.online
    assert t.fleet.online == 0
    assert station.gone_reason == "closed by the station (code 1000): bye"
    assert [row.action for row in t.fleet.messages] == ["connected", "gone"]
    assert station.messages == 2


def test_the_end_of_an_older_connection_leaves_the_newer_one_alone():
    t = Tape()
    old = t.connect()
    new = t.connect()
    t.gone(connection=old)
    station = t.fleet.stations["CP"]
    assert station.connection.id == new
    assert (t.fleet.online, station.connection_count) == (1, 2)


def test_a_boot_says_who_it_is_and_is_complete_when_answered():
    t = tape()
    t.hear(traffic.boot(id="b", chargePointSerialNumber="S-1", iccid="89", meterType="M"))
    station = t.fleet.stations["CP"]
    assert (station.vendor, station.model, station.serial, station.firmware) == ("Acme", "Wallbox 11", "S-1", "1.2.3")
    assert (station.iccid, station.meter_type, station.boot_count) == ("89", "M", 1)
    assert not station.ready
    t.say(traffic.result({"currentTime": traffic.NOON, "interval": 300, "status": "Pending"}, id="b"), t.seq)
    assert (station.registration, station.interval) == ("Pending", 300)
    assert station.connection.booted
    assert station.ready


def test_a_boot_of_2x_is_read_alike():
    t = tape("2.0.1")
    inner = {"vendorName": "V", "model": "M", "modem": {"imsi": "26"}}
    t.exchange(traffic.boot("2.0.1", chargingStation=inner), ACCEPTED)
    station = t.fleet.stations["CP"]
    assert (station.vendor, station.model, station.imsi, station.boot_reason) == ("V", "M", "26", "PowerUp")


def test_any_call_but_the_boot_makes_a_station_ready():
    t = tape()
    station = t.fleet.stations["CP"]
    t.hear(traffic.boot())
    assert not station.ready
    t.hear(traffic.heartbeat(id="2"))
    assert station.ready


def test_heartbeats_are_timed():
    t = tape()
    t.hear(traffic.heartbeat(id="1"))
    t.hear(traffic.heartbeat(id="2"), seconds=60)
    station = t.fleet.stations["CP"]
    assert station.heartbeat_gap == 60 * SECOND
    assert station.last_heartbeat == station.last_seen == t.at
    assert station.connection.frames_in == 2


@pytest.mark.parametrize("number", [2, "2", " 2 ", 2.0])
def test_a_status_finds_its_connector_however_the_number_is_written(number):
    t = tape()
    t.hear(traffic.status("Charging", number, id="1", info="cable", vendorErrorCode="E7"))
    t.hear(traffic.status("Faulted", number, id="2", errorCode="GroundFailure"))
    (connector,) = t.fleet.stations["CP"].connectors.values()
    assert (connector.label, connector.status, connector.previous) == ("2", "Faulted", "Charging")
    assert (connector.error_code, connector.info, connector.vendor_error_code) == ("GroundFailure", "", "")


def test_a_status_of_2x_names_its_evse_and_evse_0_is_taken():
    t = tape("2.0.1")
    t.hear(traffic.status("Occupied", 2, "2.0.1", id="1"))
    t.hear(traffic.status("Available", 0, "2.0.1", id="2"))
    labels = [(c.evse, c.number, c.status) for c in t.fleet.stations["CP"].connectors.values()]
    assert labels == [(2, 1, "Occupied"), (0, 1, "Available")]


def test_21_reports_connectors_by_events():
    t = tape("2.1")
    event = {
        "component": {"name": "Connector", "evse": {"id": 1, "connectorId": 2}},
        "variable": {"name": "AvailabilityState"},
        "actualValue": "Occupied",
        "timestamp": traffic.NOON,
    }
    t.hear(traffic.call("NotifyEvent", {"eventData": [event, {"variable": None}, 7], "seqNo": 0}))
    (connector,) = t.fleet.stations["CP"].connectors.values()
    assert (connector.label, connector.status) == ("1.2", "Occupied")


def test_connectors_that_are_made_up_do_not_fill_the_memory():
    t = tape()
    for number in range(300):
        t.hear(traffic.status(connector=number, id=str(number)), seconds=0.001)
    assert len(t.fleet.stations["CP"].connectors) == 100


def test_progress_and_security_events_are_kept():
    t = tape()
    t.hear(traffic.call("FirmwareStatusNotification", {"status": "Downloading"}, id="1"))
    t.hear(traffic.call("DiagnosticsStatusNotification", {"status": "Uploaded"}, id="2"))
    for number in range(60):
        event = {"type": f"T{number}", "timestamp": traffic.NOON, "techInfo": "x"}
        t.hear(traffic.call("SecurityEventNotification", event, id=f"s{number}"))
    station = t.fleet.stations["CP"]
    assert (station.firmware_status, station.log_status) == ("Downloading", "Uploaded")
    assert len(station.security_events) == 50
    assert station.security_events[-1] == (t.at, "T59", "x")


def test_clock_drift_comes_from_live_messages_and_queued_ones_only_raise_it():
    t = tape()
    t.hear(traffic.status(id="1", timestamp="2026-11-20T12:00:11Z"), seconds=1)
    station = t.fleet.stations["CP"]
    assert station.clock_drift == 10 * SECOND
    late = {"connectorId": 1, "meterValue": [{"timestamp": "2026-11-19T12:00:00Z"}]}
    t.hear(traffic.call("MeterValues", late, id="2"))
    assert station.clock_drift == 10 * SECOND
    t.hear(traffic.status(id="3", timestamp="2026-11-20T12:00:03Z"), seconds=1)
    assert station.clock_drift == 0


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("1970-01-01T00:00:05Z", "CLOCK_NOT_SET"),
        ("2026-11-20T13:07:01Z", "CLOCK_AHEAD"),
        ("2022-02-29T12:00:00Z", "TIME_UNREADABLE"),
        ("9999-12-31T23:59:59-23:59", "CLOCK_AHEAD"),
    ],
)
def test_an_odd_clock_is_named_once_per_connection(said, code):
    t = tape()
    first = t.hear(traffic.status(id="1", timestamp=said))
    second = t.hear(traffic.status(id="2", timestamp=said))
    assert code in [finding.code for finding in first.call_findings]
    assert code not in [finding.code for finding in second.call_findings]
    assert [finding.code for finding in t.fleet.stations["CP"].notices] == [code]
    t.connect()
    assert t.fleet.stations["CP"].notices == []


def test_whole_hours_ahead_hint_at_local_time():
    t = tape()
    message = t.hear(traffic.status(id="1", timestamp="2026-11-20T19:00:01Z"))
    assert "7 h ahead" in message.call_findings[-1].text
    assert "local time" in message.call_findings[-1].text


def test_an_identity_that_differs_by_case_only_is_pointed_out():
    t = tape(station="CP-1")
    t.connect("cp-1")
    assert [finding.code for finding in t.fleet.stations["cp-1"].notices] == ["IDENTITY_CASE"]
    assert t.fleet.stations["CP-1"].notices == []


def test_who_did_not_get_in_and_what_was_noted_is_in_the_log():
    fleet = Fleet()
    refused = HandshakeRefused(1, NOON, "10.0.0.7:80", "", "soap", "A SOAP request: switch to JSON.", "/", (), 400, b"")
    fleet.apply(refused)
    fleet.apply(ListenerStarted(2, NOON, "0.0.0.0", 9000, "/ocpp", False))
    fleet.apply(ListenerStarted(3, NOON, "0.0.0.0", 9000, "/ocpp", False))
    fleet.apply(ListenerFailed(4, NOON, "::1", 9000, "in use"))
    fleet.apply(NoteWritten(5, NOON, "", "test", "half \ud800 a pair"))
    assert list(fleet.attempts) == [refused]
    again = Fleet()
    again.recall([refused])
    assert list(again.attempts) == [refused]
    assert len(fleet.listeners) == 1
    assert [row.action for row in fleet.messages] == ["refused", "listening", "listening", "listen_failed", "note"]
    assert all(row.origin is Origin.EVENT and row.state is State.ALONE for row in fleet.messages)
    assert fleet.messages[0].raw == b"A SOAP request: switch to JSON. (10.0.0.7:80)"
    assert fleet.messages[-1].raw == b"half \\ud800 a pair"


def test_frames_of_an_unknown_connection_are_still_paired():
    t = Tape()
    t.connection = 77
    message = t.exchange(traffic.heartbeat(), {"currentTime": traffic.NOON})
    assert message.state is State.RESULT
    assert not t.fleet.stations["CP"].online


def test_stations_that_are_made_up_give_way_when_there_are_too_many(monkeypatch):
    monkeypatch.setattr(fleet_module, "MOST_STATIONS", 3)
    t = Tape()
    for name in "abcde":
        t.connect(name)
        if name != "a":
            t.gone()
    assert list(t.fleet.stations) == ["a", "d", "e"]


def test_what_is_worth_saving_is_marked():
    t = tape()
    t.fleet.dirty_stations.clear()
    t.exchange(traffic.start(id="s"), {"transactionId": 4, "idTagInfo": {"status": "Accepted"}})
    assert t.fleet.dirty_stations == {"CP"}
    assert t.fleet.dirty_transactions == {("CP", "4")}


def test_after_a_restart_the_state_comes_back_and_the_log_with_it():
    t = tape()
    t.exchange(traffic.boot(id="b"), ACCEPTED)
    t.exchange(traffic.start(id="s"), {"transactionId": 4, "idTagInfo": {"status": "Accepted"}})
    t.exchange(traffic.status("Charging", id="st"))
    t.exchange(traffic.meter(transaction=4, id="m"))
    t.ask("Reset", {"type": "Soft"}, "c1")
    again = Fleet()
    for station in t.fleet.stations.values():
        again.restore_station(station.to_document())
    for transaction in t.fleet.transactions:
        again.restore_transaction(transaction.to_document())
    again.recall(t.facts)
    again.settle(t.at)
    station = again.stations["CP"]
    assert not station.online
    assert (station.model, station.messages, station.registration) == ("Wallbox 11", 6, "Accepted")
    assert again.transactions.running("CP") == t.fleet.transactions.running("CP")
    assert again.transactions.highest_id == 4
    assert [(r.action, r.verdict, r.answer_raw) for r in again.messages] == [
        (r.action, r.verdict, r.answer_raw) for r in t.fleet.messages
    ]
    assert again.messages[-1].state is State.ABANDONED
    assert again.online == 0


def test_a_retry_after_a_restart_is_recognised():
    t = tape()
    meter = traffic.meter(id="m")
    t.exchange(meter)
    again = Tape(fleet=Fleet())
    again.fleet.recall(t.facts)
    again.fleet.settle(t.at)
    again.seq = t.seq
    again.connect()
    repeated = again.hear(meter)
    assert repeated.repeats is again.fleet.messages.by_seq(2)


def test_facts_that_follow_what_was_recalled_end_open_calls_and_connections():
    t = tape()
    call = t.hear(traffic.heartbeat(id="h"))
    again = Fleet()
    again.recall(t.facts)
    t.say(traffic.result({"currentTime": traffic.NOON}, id="h"), call.seq)
    again.apply(t.facts[-1])
    assert again.messages.by_seq(call.seq).state is State.RESULT


def test_settling_ends_connections_of_a_former_run():
    t = tape()
    t.ask("Reset", {"type": "Soft"})
    t.fleet.settle(t.at)
    assert t.fleet.online == 0
    assert t.fleet.stations["CP"].gone_reason == "The console was closed."
    assert t.fleet.commands.get("CP", "c1").final


def test_a_station_is_forgotten_only_when_offline():
    t = tape()
    assert not t.fleet.forget("CP")
    t.gone()
    assert t.fleet.forget("CP")
    assert not t.fleet.forget("CP")
    assert t.fleet.stations == {}
    assert len(t.fleet.messages) == 2


def test_the_connection_fact_of_an_unknown_version_does_no_harm():
    fleet = Fleet()
    fleet.apply(StationConnected(1, NOON, "CP", "9.9", "", (), "/CP", "x", False))
    t = Tape(fleet=fleet, live=False)
    t.seq, t.connection = 1, 1
    assert t.hear(traffic.boot()).call_findings[0].code == "ACTION_OF_OTHER_VERSION"


def test_what_was_tolerated_of_a_connection_comes_back_with_its_words():
    t = Tape()
    odd = Finding("SUBPROTOCOL_MISSING", Severity.WARNING, "none offered")
    t.connect(findings=(odd,))
    document = json.loads(json.dumps(t.fleet.stations["CP"].to_document()))
    again = Fleet().restore_station(document)
    assert (again.notices, again.findings) == ([odd], 1)
    document["notices"] = [["NEW", 9, "from the future", ""], ["SHORT"], "odd"]
    assert [(notice.code, notice.severity) for notice in Fleet().restore_station(document).notices] == [
        ("NEW", Severity.INFO)
    ]


def test_what_a_connector_measured_outside_of_a_session_comes_back_too():
    t = tape()
    t.hear(traffic.meter(1, None, id="m"))
    again = Fleet().restore_station(json.loads(json.dumps(t.fleet.stations["CP"].to_document())))
    assert again.connectors[0, 1].values == t.fleet.stations["CP"].connectors[0, 1].values != {}


def test_an_evse_that_is_no_number_is_no_connector():
    t = tape("2.0.1")
    status = {"evseId": 1, "connectorId": 1, "connectorStatus": "Occupied", "timestamp": traffic.NOON}
    t.exchange(traffic.call("StatusNotification", status, id="1"))
    t.exchange(traffic.call("StatusNotification", status | {"evseId": "one", "connectorStatus": "Faulted"}, id="2"))
    assert [(each.label, each.status) for each in t.fleet.stations["CP"].connectors.values()] == [("1", "Occupied")]
    assert t.fleet.messages[-1].call_findings
