"""How much a finding matters: what an honest station does is at most mentioned; one cause is told once."""

import pytest
import traffic
from rule_steps import ACCEPTED, boot, boots, event, meter, start, status, stop, wait
from tape import Tape, tape

from ocpp_console.events import ReplyLost
from ocpp_console.model.found import Found
from ocpp_console.protocol.findings import Severity

INFO, WARNING, CRITICAL = Severity.INFO, Severity.WARNING, Severity.CRITICAL


def found(t: Tape, code: str) -> Found | None:
    return t.fleet.found.get(t.station, code)


def severity(t: Tape, code: str) -> Severity | None:
    made = found(t, code)
    return made.severity if made is not None else None


def test_other_messages_stand_for_heartbeats() -> None:
    t = tape()
    boot(t)
    start(t)
    for number in range(8):
        meter(t, 1000 + 90 * number, after=30)
    assert severity(t, "TIMEOUT_NO_HEARTBEAT") is INFO
    wait(t, 200)
    status(t, "Charging")
    assert severity(t, "STATION_SILENT") is WARNING


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ("Finishing", "Preparing", INFO),
        ("SuspendedEV", "SuspendedEVSE", INFO),
        ("Available", "Available", INFO),
        ("Available", "Finishing", WARNING),
        ("Available", "Preparing", None),
    ],
)
def test_a_step_that_the_specification_has_is_only_mentioned(before: str, now: str, expected: Severity | None) -> None:
    t = tape()
    status(t, before)
    status(t, now)
    assert severity(t, "STATUS_TRANSITION_VIOLATION") is expected
    assert severity(t, "STATUS_SKIPPED") is (WARNING if expected is WARNING else None)


def test_states_that_passed_while_nobody_listened_are_not_held_against_a_station() -> None:
    t = tape()
    status(t, "Available")
    t.gone()
    t.connect()
    status(t, "Finishing")
    assert severity(t, "STATUS_TRANSITION_VIOLATION") is INFO


@pytest.mark.parametrize("action", ["Reset", "TriggerMessage", "UpdateFirmware"])
def test_boots_that_were_ordered_are_no_trouble(action: str) -> None:
    t = tape()
    boot(t)
    for number in range(4):
        t.ask(action, {}, f"c{number}")
        t.hear(traffic.result({"status": "Accepted"}, id=f"c{number}"))
        wait(t, 40)
        boot(t, id=f"b{number}")
    assert (severity(t, "REPEATED_BOOT_NOTIFICATION"), severity(t, "BOOT_LOOP")) == (INFO, None)


@pytest.mark.parametrize(("by", "code", "expected"), [("console", 1001, INFO), ("network", 1006, WARNING)])
def test_a_station_may_boot_again_when_the_console_ended_its_connection(by: str, code: int, expected: Severity) -> None:
    t = tape()
    boot(t)
    t.gone(by=by, code=code)
    t.connect()
    boot(t, id="b2")
    assert severity(t, "REPEATED_BOOT_NOTIFICATION") is expected


def test_a_boot_loop_names_the_call_it_followed() -> None:
    t = tape()
    boots(t, 100)
    t.ask("GetConfiguration", {"key": ["MeterValuesSampledData"]})
    wait(t, 4)
    boot(t, id="b9")
    loop = found(t, "BOOT_LOOP")
    assert loop is not None
    assert "after our 'GetConfiguration'" in loop.latest[-1].text


def test_heartbeats_that_were_asked_for_are_not_too_many() -> None:
    t = tape()
    boot(t, interval=300)
    for number in range(6):
        t.ask("TriggerMessage", {"requestedMessage": "Heartbeat"}, f"c{number}")
        t.hear(traffic.result({"status": "Accepted"}, id=f"c{number}"))
        t.exchange(traffic.heartbeat(id=f"h{number}"))
    assert severity(t, "HEARTBEAT_INTERVAL_IGNORED") is None


def test_a_start_that_was_ordered_is_not_unexpected() -> None:
    t = tape()
    t.ask("RemoteStartTransaction", {"idTag": "T"})
    t.hear(traffic.result({"status": "Accepted"}, id="c1"))
    start(t)
    assert severity(t, "UNEXPECTED_START") is None


def test_a_short_session_may_have_no_meter_values() -> None:
    t = tape()
    boot(t)
    start(t)
    stop(t, after=100)
    assert severity(t, "METER_VALUE_GAP") is INFO


@pytest.mark.parametrize(("seconds", "expected"), [(2, WARNING), (20, CRITICAL)])
def test_a_line_that_is_lost_is_not_the_fault_of_the_central_system(seconds: float, expected: Severity) -> None:
    t = tape()
    t.hear(traffic.heartbeat())
    wait(t, seconds)
    t.gone()
    assert severity(t, "UNRESPONSIVE_CSMS") is expected


def test_a_lost_reply_is_told_once() -> None:
    t = tape()
    message = t.hear(traffic.heartbeat())
    t.apply(ReplyLost(*t.next(), t.station, t.connection, message.seq, "gone"))
    t.gone()
    made = found(t, "UNRESPONSIVE_CSMS")
    assert made is not None
    assert made.count == 1


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
def test_a_tag_that_nobody_knows_is_told_in_2x_as_well(version: str) -> None:
    t = tape(version)
    t.exchange(traffic.authorize(version=version), {"idTokenInfo": {"status": "Unknown"}})
    assert severity(t, "FAILED_AUTHORIZATION") is WARNING
    event(t, "Started", 0)
    t.exchange(traffic.transaction_event("Updated", id="u", seqNo=1), {"idTokenInfo": {"status": "Unknown"}})
    made = found(t, "FAILED_AUTHORIZATION")
    assert made is not None
    assert made.count == 2


def test_a_fault_is_told_when_it_comes_and_when_it_changes() -> None:
    t = tape()
    status(t, "Faulted", errorCode="GroundFailure", info="RCD")
    status(t, "Faulted", errorCode="GroundFailure")
    made = found(t, "FAULT_REPORTED")
    assert made is not None
    assert (made.count, made.latest[-1].text) == (
        1,
        "connector 1 is 'Faulted': GroundFailure, the residual current breaker tripped, RCD",
    )
    status(t, "Faulted", errorCode="HighTemperature")
    status(t, "Available")
    status(t, "Charging", errorCode="WeakSignal")
    status(t, "SuspendedEV", errorCode="WeakSignal")
    assert made.count == 3


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
def test_a_faulted_connector_of_2x_is_told_by_either_message(version: str) -> None:
    t = tape(version)
    event(t, "Started", 0, evse={"id": 1, "connectorId": 1})
    t.exchange(traffic.status("Faulted", 1, version, id="s"))
    made = found(t, "FAULT_REPORTED")
    assert made is not None
    assert "EVSE 1 connector 1" in made.latest[-1].text
    assert severity(t, "CONNECTOR_FAULT") is CRITICAL


def test_a_state_told_by_an_event_is_judged_like_a_status() -> None:
    t = tape("2.1")
    event(t, "Started", 0, evse={"id": 1, "connectorId": 1})
    told = {"eventId": 1, "timestamp": traffic.NOON, "trigger": "Delta", "actualValue": "Faulted"}
    told |= {"component": {"name": "Connector", "evse": {"id": 1, "connectorId": 1}}}
    told |= {"variable": {"name": "AvailabilityState"}, "eventNotificationType": "HardWiredNotification"}
    t.exchange(traffic.call("NotifyEvent", {"generatedAt": traffic.NOON, "seqNo": 0, "eventData": [told]}))
    assert (severity(t, "CONNECTOR_FAULT"), severity(t, "FAULT_REPORTED")) == (CRITICAL, None)


def test_a_meter_that_begins_anew_is_told_in_2x() -> None:
    t = tape("2.0.1")
    for number, (first, last) in enumerate([(1000, 2000), (0, 500), (0, 700)]):
        about = {"transactionInfo": {"transactionId": f"T{number}"}, "evse": {"id": 1, "connectorId": 1}}
        for kind, value, seq in [("Started", first, 0), ("Ended", last, 1)]:
            samples = [{"value": value, "measurand": "Energy.Active.Import.Register"}]
            values = [{"timestamp": traffic.NOON, "sampledValue": samples}]
            event(t, kind, seq, meterValue=values, **about)
    made = found(t, "METER_RESTARTED")
    assert made is not None
    assert made.count == 1  # the cause is the same until it connects anew


def test_connections_of_one_length_are_told_as_such() -> None:
    t = tape()
    for _ in range(6):
        wait(t, 30)
        t.gone()
        t.connect()
    made = found(t, "RECONNECT_STORM")
    assert made is not None
    assert "each ended after about 30 s" in made.latest[-1].text


def test_a_deaf_station_is_told_once_a_connection() -> None:
    t = tape()
    for number in range(9):
        t.ask("Reset", {"type": "Soft"}, f"c{number}")
        t.exchange(traffic.heartbeat(id=f"h{number}"))
        t.abandon(f"c{number}")
    made = found(t, "COMMANDS_IGNORED")
    assert made is not None
    assert (made.count, made.severity) == (1, CRITICAL)


@pytest.mark.parametrize(
    "said",
    [
        {"eventData": [{"variable": {"name": []}}, {"variable": "x"}, 7]},
        {"eventData": [{"variable": {"name": "Problem"}, "actualValue": {}, "component": 3}]},
        {
            "eventData": {
                "variable": {"name": "AvailabilityState"},
                "component": {"evse": {"id": [], "connectorId": {}}},
            }
        },
        {"eventData": None},
    ],
)
def test_events_of_any_shape_are_borne(said: dict[str, object]) -> None:
    t = tape("2.0.1")
    t.exchange(traffic.call("NotifyEvent", said))
    t.exchange(traffic.call("StatusNotification", {"errorCode": ["x"], "status": {}, "connectorId": []}))


def test_a_whole_honest_session_has_nothing_to_warn_of() -> None:
    t = tape()
    boot(t)
    for word in ("Available", "Preparing"):
        status(t, word)
    t.exchange(traffic.authorize(id="a"), ACCEPTED)
    start(t)
    status(t, "Charging")
    for number in range(12):
        meter(t, 1000 + 92 * number, after=28)
    for word in ("SuspendedEV", "Charging", "Finishing"):
        status(t, word)
    stop(t, after=5, meterStop=2200)
    status(t, "Available")
    assert [each.code for each in t.fleet.found if each.severity > INFO] == []


@pytest.mark.parametrize(("key", "expected"), [("HeartbeatInterval", WARNING), ("AuthorizationKey", None)])
def test_a_password_reads_back_otherwise_and_nobody_is_told(key: str, expected: Severity | None) -> None:
    t = tape()
    t.ask("ChangeConfiguration", {"key": key, "value": "4711"}, "c1")
    t.hear(traffic.result({"status": "Accepted"}, id="c1"))
    t.ask("GetConfiguration", {}, "c2")
    told = {"key": key, "readonly": False, "value": "****"}
    t.hear(traffic.result({"configurationKey": [told]}, id="c2"))
    assert severity(t, "CONFIGURATION_IGNORED") is expected
