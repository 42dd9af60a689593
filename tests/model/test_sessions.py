import pytest
import traffic
from tape import SECOND, tape

ACCEPTED = {"status": "Accepted"}


def start(t, id=1, **fields):
    t.exchange(traffic.start(id=f"s{t.seq}", **fields), {"transactionId": id, "idTagInfo": ACCEPTED})
    return t.fleet.transactions.get("CP", str(id))


def test_a_session_of_16_from_start_to_stop():
    t = tape()
    transaction = start(t, 41, connector=2, reservationId=0)
    assert (transaction.connector, transaction.id_tag, transaction.verdict) == (2, "04A2B3C4", "Accepted")
    assert (transaction.meter_start, transaction.reservation_id, transaction.running) == (1000, None, True)
    t.exchange(traffic.meter(2, 41, id="m", energy=2500, power=11000))
    assert (transaction.energy_wh, transaction.power_w) == (1500, 11000)
    assert transaction.last_values["Power.Active.Import"] == "11000 W"
    t.exchange(traffic.stop(41, id="x"), {"idTagInfo": ACCEPTED})
    assert (transaction.running, transaction.energy_wh, transaction.reason) == (False, 7000, "Local")
    assert (transaction.power_w, transaction.events) == (None, 3)
    assert t.fleet.transactions.running("CP") == []
    assert t.fleet.transactions.highest_id == 41


def test_a_session_of_2x_from_start_to_end():
    t = tape("2.0.1")
    values = [{"timestamp": traffic.NOON, "sampledValue": [{"value": 100.0}]}]
    t.exchange(traffic.start(version="2.0.1", id="1", meterValue=values), {"idTokenInfo": ACCEPTED})
    transaction = t.fleet.transactions.get("CP", "T1")
    assert (transaction.evse, transaction.connector, transaction.id_tag) == (1, 1, "04A2B3C4")
    assert (transaction.verdict, transaction.meter_start, transaction.last_seq_no) == ("Accepted", 100, 0)
    values = [{"timestamp": traffic.NOON, "sampledValue": [{"value": 2.5, "unitOfMeasure": {"unit": "kWh"}}]}]
    info = {"transactionId": "T1", "chargingState": "Charging", "remoteStartId": 9}
    t.exchange(traffic.transaction_event(id="2", transactionInfo=info, meterValue=values))
    assert (transaction.energy_wh, transaction.charging_state, transaction.remote_start_id) == (2400, "Charging", 9)
    t.exchange(traffic.stop("T1", "2.0.1", id="3"))
    assert (transaction.running, transaction.reason, transaction.meter_stop) == (False, "Local", 2500)


@pytest.mark.parametrize("id", [-1, 0, None, "", "abc", {"a": 1}])
def test_a_stop_without_a_usable_id_is_an_orphan_of_its_own(id):
    t = tape()
    running = start(t)
    payload = {"transactionId": id, "meterStop": 5, "timestamp": traffic.NOON}
    t.exchange(traffic.call("StopTransaction", payload, id="a"))
    t.exchange(traffic.call("StopTransaction", payload, id="b"))
    orphans = [each for each in t.fleet.transactions if each.orphan]
    assert len(orphans) == 2
    assert all(not each.running and each.stopped_at for each in orphans)
    assert running.running


def test_an_unknown_session_is_kept_as_an_orphan_that_can_be_asked_to_stop():
    t = tape()
    t.exchange(traffic.meter(1, 9223372036854775807, id="m"))
    (transaction,) = t.fleet.transactions.open("CP")
    assert (transaction.id, transaction.orphan, transaction.running) == ("9223372036854775807", True, False)
    assert transaction.connector == 1
    assert t.fleet.transactions.running("CP") == []
    assert t.fleet.transactions.highest_id == 0


def test_values_after_the_stop_belong_to_the_closed_session():
    t = tape()
    transaction = start(t)
    t.exchange(traffic.stop(1, id="x"))
    t.exchange(traffic.meter(id="m", energy=7900))
    assert transaction.energy.last == 7900
    assert transaction.energy_wh == 7000
    assert len(t.fleet.transactions) == 1


@pytest.mark.parametrize("id", [0, -1, None])
def test_values_outside_of_a_session_belong_to_the_connector(id):
    t = tape()
    t.exchange(traffic.meter(2, id, id="m"))
    assert len(t.fleet.transactions) == 0
    values = t.fleet.stations["CP"].connectors[0, 2].values
    assert values["Energy.Active.Import.Register"] == "2500 Wh"


def test_values_of_an_evse_outside_of_a_session():
    t = tape("2.0.1")
    t.exchange(traffic.meter(3, version="2.0.1", id="m"))
    assert t.fleet.stations["CP"].connectors[3, 1].values["Power.Active.Import"] == "11000 W"


def test_a_retry_is_not_booked_twice():
    t = tape()
    transaction = start(t)
    raw = traffic.meter(id="m")
    t.exchange(raw)
    t.exchange(raw)
    assert len(transaction.energy.values) == 1
    stop = traffic.stop(1, id="x")
    t.exchange(stop)
    ended = transaction.stopped_at
    t.exchange(stop)
    assert transaction.stopped_at == ended


def test_a_start_whose_answer_was_lost_is_booked_when_its_retry_is_answered():
    t = tape()
    raw = traffic.start(id="s")
    t.hear(raw)
    t.gone()
    t.connect()
    t.exchange(raw, {"transactionId": 5, "idTagInfo": ACCEPTED})
    t.exchange(raw, {"transactionId": 6, "idTagInfo": ACCEPTED})
    assert [each.id for each in t.fleet.transactions] == ["5", "6"]


def test_a_start_answered_once_makes_one_session_however_often_it_is_repeated():
    t = tape()
    raw = traffic.start(id="s")
    for _ in range(3):
        t.exchange(raw, {"transactionId": 5, "idTagInfo": ACCEPTED})
    assert [each.id for each in t.fleet.transactions] == ["5"]


def test_a_new_session_on_a_connector_ends_the_one_that_was_forgotten():
    t = tape()
    old, other = start(t, 1, connector=1), start(t, 2, connector=2)
    new = start(t, 3, connector=1)
    assert not old.running
    assert old.note
    assert other.running
    assert new.running
    t.exchange(traffic.stop(1, id="x"))
    assert (old.note, old.meter_stop) == ("", 8000)


def test_a_new_session_at_an_evse_ends_the_one_that_was_forgotten():
    t = tape("2.0.1")
    for number, evse in enumerate((1, 2, 1)):
        t.exchange(traffic.transaction_event("Started", id=f"s{number}", transaction=f"T{number}", evse={"id": evse}))
    old, other, new = (t.fleet.transactions.get("CP", f"T{number}") for number in range(3))
    assert (old.running, other.running, new.running) == (False, True, True)
    assert old.note
    late = traffic.transaction_event("Started", id="late", transaction="T9", evse={"id": 1}, offline=True)
    t.exchange(late)  # told from a queue: it says nothing about the session that runs by now
    assert new.running
    t.exchange(traffic.transaction_event("Ended", id="end", transaction="T0"))
    assert (old.note, old.reason) == ("", "Local")


def test_the_end_may_come_before_the_beginning():
    t = tape("2.0.1")
    t.exchange(traffic.stop("T1", "2.0.1", id="2"))
    transaction = t.fleet.transactions.get("CP", "T1")
    assert transaction.orphan
    t.exchange(traffic.start(version="2.0.1", id="1"))
    assert not transaction.orphan
    assert transaction.stopped_at
    assert not transaction.running


def test_registers_that_go_back_and_negative_sessions_are_pointed_out():
    t = tape()
    start(t)
    t.exchange(traffic.meter(id="a", energy=2500))
    message = t.hear(traffic.meter(id="b", energy=2400))
    assert [finding.code for finding in message.call_findings] == ["METER_VALUE_ANOMALY", "METER_BACKWARDS"]
    message = t.hear(traffic.stop(1, id="x", meterStop=10))
    assert [finding.code for finding in message.call_findings][-1] == "ENERGY_NEGATIVE"
    assert t.fleet.transactions.get("CP", "1").energy_wh == -990


def test_power_is_derived_while_none_is_measured():
    t = tape()
    transaction = start(t)
    for minute, energy in ((0, 1000), (6, 2000)):
        moment = {"timestamp": f"2026-11-20T12:0{minute}:00Z", "sampledValue": [{"value": str(energy)}]}
        t.exchange(traffic.meter(id=f"m{minute}", meterValue=[moment]))
    assert transaction.power_w == pytest.approx(10_000)
    t.exchange(traffic.meter(id="m", power=7000))
    assert list(transaction.power.values) == [7000]


def test_transaction_data_of_a_stop_is_read():
    t = tape()
    transaction = start(t)
    data = {"timestamp": traffic.NOON, "sampledValue": {"value": "1,5"}}, {"sampledValue": {"value": " 77 "}}
    t.exchange(traffic.stop(1, id="x", transactionData=list(data)))
    assert list(transaction.energy.values) == [77]


def test_the_same_id_at_two_stations_is_two_sessions():
    t = tape()
    start(t, 1)
    t.connect("CP-2")
    t.exchange(traffic.start(id="s"), {"transactionId": 1, "idTagInfo": ACCEPTED})
    assert len(t.fleet.transactions) == 2
    assert len(t.fleet.transactions.running()) == 2
    assert len(list(t.fleet.transactions.running_of_tag("04a2b3c4"))) == 2


def test_tags_are_noted_when_they_are_answered():
    t = tape()
    t.exchange(traffic.authorize("7C11", id="a"), {"idTagInfo": {"status": "Invalid"}})
    (unknown,) = t.fleet.id_tags.unknown
    assert (unknown.token, unknown.station, unknown.verdict) == ("7C11", "CP", "Invalid")
    t2 = tape("2.0.1")
    t2.exchange(traffic.authorize("AB", "2.0.1", id="a"), {"idTokenInfo": {"status": "Unknown"}})
    assert t2.fleet.id_tags.unknown[0].type == "ISO14443"


def test_points_of_an_unset_clock_are_put_at_their_arrival():
    t = tape()
    transaction = start(t)
    moment = {"timestamp": "1970-01-01T00:00:07Z", "sampledValue": [{"value": "5"}]}
    t.exchange(traffic.meter(id="m", meterValue=[moment]))
    assert transaction.energy.times[0] == t.at - SECOND // 100


def test_a_session_of_16_is_as_its_connector_says():
    t = tape()

    def told(status):
        payload = {"connectorId": 1, "status": status, "errorCode": "NoError"}
        t.exchange(traffic.call("StatusNotification", payload, id=status))

    told("Charging")
    session = start(t, connectorId=1)
    assert session.charging_state == "Charging"
    told("SuspendedEV")
    told("Finishing")
    assert session.charging_state == "SuspendedEV"
