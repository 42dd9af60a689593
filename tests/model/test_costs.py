"""What sessions cost: from the tariff that a fact gave them, alike live and after a restart."""

import pytest
import traffic
from tape import SECOND, tape

from ocpp_console.events import NoteWritten
from ocpp_console.model.costs import TARIFF_NOTE, cost_of, cost_text, ran_for, tariff_words
from ocpp_console.model.fleet import Fleet
from ocpp_console.model.transactions import Transaction

ACCEPTED = {"status": "Accepted"}
TARIFF = "0.4/kWh 0.1/min 1/session EUR"


def priced(t, id="1", tariff=TARIFF):
    t.apply(NoteWritten(*t.next(), "CP", TARIFF_NOTE, tariff_words(tariff, id)))


def test_a_session_costs_energy_time_and_a_fee():
    t = tape()
    t.exchange(traffic.start(id="s"), {"transactionId": 1, "idTagInfo": ACCEPTED})
    session = t.fleet.transactions.get("CP", "1")
    assert list(t.fleet.transactions.begun) == [("CP", "1")]
    assert cost_of(session, t.at) is None
    priced(t)
    t.exchange(traffic.meter(1, 1, id="m", energy=6000))
    assert cost_of(session, session.started_at + 600 * SECOND) == 4.0  # 5 kWh, 10 min, 1
    t.exchange(traffic.stop(1, id="x", meterStop=11_000, timestamp="2026-11-20T12:30:00Z"), {"idTagInfo": ACCEPTED})
    assert cost_text(session, 0) == "8.00 EUR"  # 10 kWh, half an hour by the station's own times, 1
    assert t.fleet.transactions.priced


def test_the_same_facts_cost_the_same_after_a_restart():
    t = tape()
    t.exchange(traffic.start(id="s"), {"transactionId": 1, "idTagInfo": ACCEPTED})
    kept = t.fleet.transactions.get("CP", "1").to_document()
    checkpoint = len(t.facts)
    priced(t)
    t.exchange(traffic.stop(1, id="x"), {"idTagInfo": ACCEPTED})
    again, restored = Fleet(), Fleet()
    for fact in t.facts:
        again.apply(fact)
    restored.restore_transaction(kept)
    for fact in t.facts[checkpoint:]:
        restored.apply(fact)
    saved = Fleet()
    saved.restore_transaction(t.fleet.transactions.get("CP", "1").to_document())
    costs = {cost_of(fleet.transactions.get("CP", "1"), 0) for fleet in (t.fleet, again, restored, saved)}
    assert len(costs) == 1
    assert costs != {None}
    assert saved.transactions.priced


@pytest.mark.parametrize("words", ["", "cheap for session 1", "0.4/kWh for session 99", " for session 1"])
def test_a_note_that_is_no_tariff_changes_nothing(words):
    t = tape()
    t.exchange(traffic.start(id="s"), {"transactionId": 1, "idTagInfo": ACCEPTED})
    t.apply(NoteWritten(*t.next(), "CP", TARIFF_NOTE, words))
    assert t.fleet.transactions.get("CP", "1").tariff == ""


def test_a_clock_that_jumps_costs_no_time():
    session = Transaction("CP", "1", "1.6", started_at=50, started_said="2026-11-20T12:00:00Z", tariff="1/min")
    session.stopped_at, session.stopped_said = 60_000_050, "2026-11-20T11:00:00Z"
    assert cost_of(session, 0) == 1.0


@pytest.mark.parametrize("said", ["1970-01-01T00:00:09Z", "2026-01-01T00:00:00Z", "2026-11-25T00:00:00Z", "soon"])
def test_the_time_of_a_clock_that_was_not_set_is_not_paid(said):
    t = tape()
    t.exchange(traffic.start(id="s", timestamp=said), {"transactionId": 1, "idTagInfo": ACCEPTED})
    priced(t, tariff="1/min")
    t.next(600)
    t.exchange(traffic.stop(1, id="x", timestamp="2026-11-20T12:10:00Z"), {"idTagInfo": ACCEPTED})
    assert cost_of(t.fleet.transactions.get("CP", "1"), 0) == 10.02


def test_a_session_that_ran_offline_for_an_hour_before_it_was_told_costs_that_hour_at_once():
    t = tape("2.0.1")
    began = "2026-11-20T11:00:00Z"
    t.exchange(traffic.start(version="2.0.1", id="1", timestamp=began, offline=True), {"idTokenInfo": ACCEPTED})
    priced(t, "T1", "1/min")
    t.exchange(traffic.transaction_event(id="2", seqNo=1, meterValue=reading(100)), {})
    session = t.fleet.transactions.get("CP", "T1")
    assert cost_of(session, t.at) == 60
    t.exchange(traffic.stop("T1", "2.0.1", id="3", timestamp="2026-11-20T12:00:00Z"), {"idTokenInfo": ACCEPTED})
    assert cost_of(session, t.at) == 60


def reading(energy, at="2026-11-20T12:00:00Z", unit="Wh", **words):
    return [{"timestamp": at, "sampledValue": [{"value": energy, "unitOfMeasure": {"unit": unit}} | words]}]


def test_a_session_over_midnight_costs_its_minutes():
    t = tape()
    t.exchange(traffic.start(id="s", timestamp="2026-11-20T23:50:00+01:00"), {"transactionId": 1})
    priced(t, tariff="1/min")
    t.exchange(traffic.stop(1, id="x", timestamp="2026-11-21T00:20:00+01:00"), {"idTagInfo": ACCEPTED})
    assert cost_of(t.fleet.transactions.get("CP", "1"), 0) == 30


@pytest.mark.parametrize(("register", "stop"), [((6000, 20), 40), ((6000,), 0)], ids=["reset", "stop with 0"])
def test_a_register_that_fell_below_its_start_counts_up_to_its_highest_reading(register, stop):
    t = tape()
    t.exchange(traffic.start(id="s"), {"transactionId": 1, "idTagInfo": ACCEPTED})
    priced(t, tariff="1/kWh")
    session = t.fleet.transactions.get("CP", "1")
    for number, energy in enumerate(register):
        t.exchange(traffic.meter(1, 1, id=f"m{number}", energy=energy))
        assert cost_of(session, t.at) == 5
    t.exchange(traffic.stop(1, id="x", meterStop=stop), {"idTagInfo": ACCEPTED})
    assert cost_of(session, t.at) == 5


def test_a_reading_that_was_wrong_for_once_costs_nothing():
    t = tape()
    t.exchange(traffic.start(id="s"), {"transactionId": 1, "idTagInfo": ACCEPTED})
    priced(t, tariff="1/kWh")
    for number, energy in enumerate((2000, 0, 99_999_000)):
        t.exchange(traffic.meter(1, 1, id=f"m{number}", energy=energy))
    t.exchange(traffic.stop(1, id="x", meterStop=3000), {"idTagInfo": ACCEPTED})
    assert cost_of(t.fleet.transactions.get("CP", "1"), 0) == 2


@pytest.mark.parametrize("unit", ["kWh", "KWH", " kwh"])
def test_energy_in_kilowatt_hours_however_they_are_spelt(unit):
    t = tape("2.0.1")
    t.exchange(traffic.start(version="2.0.1", id="1", meterValue=reading(7, unit=unit)), {"idTokenInfo": ACCEPTED})
    priced(t, "T1", "1/kWh")
    t.exchange(traffic.transaction_event(id="2", meterValue=reading(9.5, unit=unit)), {})
    assert cost_of(t.fleet.transactions.get("CP", "T1"), 0) == 2.5


def test_intervals_add_up_from_the_first_one_on():
    interval = {"measurand": "Energy.Active.Import.Interval"}
    t = tape("2.0.1")
    t.exchange(traffic.start(version="2.0.1", id="1"), {"idTokenInfo": ACCEPTED})
    priced(t, "T1", "1/kWh")
    for number in (1, 2, 3):
        t.exchange(traffic.transaction_event(id=f"m{number}", meterValue=reading(1000, **interval)), {})
    assert cost_of(t.fleet.transactions.get("CP", "T1"), 0) == 3
    old = tape()
    old.exchange(traffic.start(id="s", meterStart=5000), {"transactionId": 1})
    priced(old, tariff="1/kWh")
    sampled = [{"timestamp": "2026-11-20T12:01:00Z", "sampledValue": [{"value": "500"} | interval]}]
    old.exchange(traffic.meter(1, 1, id="m", meterValue=sampled))
    assert cost_of(old.fleet.transactions.get("CP", "1"), 0) == 0.5


def test_energy_that_was_not_measured_is_not_told_to_be_free():
    t = tape("2.0.1")
    t.exchange(traffic.start(version="2.0.1", id="1"), {"idTokenInfo": ACCEPTED})
    priced(t, "T1", "0.4/kWh 1/session EUR")
    session = t.fleet.transactions.get("CP", "T1")
    assert cost_of(session, t.at) is None
    t.exchange(traffic.stop("T1", "2.0.1", id="2", meterValue=reading(5000)), {"idTokenInfo": ACCEPTED})
    assert cost_of(session, t.at) is None  # one reading measures nothing
    assert cost_text(session, t.at) == ""
    assert cost_of(session, t.at, "1/session") == 1


def test_no_reading_is_too_odd_for_a_cost():
    t = tape("2.0.1")
    t.exchange(traffic.start(version="2.0.1", id="1", meterValue=reading(0)), {"idTokenInfo": ACCEPTED})
    priced(t, "T1", "1000000/kWh 1/min")
    t.exchange(traffic.transaction_event(id="2", meterValue=reading(1e300)), {})
    assert cost_of(t.fleet.transactions.get("CP", "T1"), t.at) == 1e15


def test_a_tag_that_comes_after_the_cable_asks_for_its_tariff():
    t = tape("2.0.1")
    t.exchange(traffic.start(version="2.0.1", id="1", idToken=None, triggerReason="CablePluggedIn"), {})
    t.fleet.transactions.begun.clear()
    token = {"idToken": "CHEAP", "type": "ISO14443"}
    t.exchange(traffic.transaction_event(id="2", idToken=token), {"idTokenInfo": ACCEPTED})
    t.exchange(traffic.transaction_event(id="3", idToken=token), {"idTokenInfo": ACCEPTED})
    assert list(t.fleet.transactions.begun) == [("CP", "T1")]


def test_who_ended_a_session_is_kept_when_it_was_another_tag():
    t = tape("2.0.1")
    t.exchange(traffic.start(version="2.0.1", id="1"), {"idTokenInfo": ACCEPTED})
    master = {"idToken": "MASTER", "type": "ISO14443"}
    t.exchange(traffic.stop("T1", "2.0.1", id="3", idToken=master), {"idTokenInfo": ACCEPTED})
    session = t.fleet.transactions.get("CP", "T1")
    assert (session.id_tag, session.stop_tag, session.verdict) == ("04A2B3C4", "MASTER", "Accepted")


def test_what_is_shown_as_lasted_is_what_was_paid_for():
    t = tape()
    t.exchange(traffic.start(id="s", timestamp="2026-11-20T10:00:00Z"), {"transactionId": 1, "idTagInfo": ACCEPTED})
    t.exchange(traffic.stop(1, id="x", timestamp="2026-11-20T11:59:00Z"), {"idTagInfo": ACCEPTED})
    assert ran_for(t.fleet.transactions.get("CP", "1"), t.at) == 119 * 60 * SECOND


def test_a_tag_that_came_to_stop_a_session_is_not_the_one_that_pays():
    t = tape("2.0.1")
    nobody, master = {"idToken": "", "type": "NoAuthorization"}, {"idToken": "MASTER", "type": "ISO14443"}
    t.exchange(traffic.start(version="2.0.1", id="1", idToken=nobody), {"idTokenInfo": ACCEPTED})
    t.fleet.transactions.begun.clear()
    stop = traffic.transaction_event(id="2", triggerReason="StopAuthorized", idToken=master)
    t.exchange(stop, {"idTokenInfo": ACCEPTED})
    t.exchange(traffic.stop("T1", "2.0.1", id="3", idToken=master), {"idTokenInfo": ACCEPTED})
    session = t.fleet.transactions.get("CP", "T1")
    assert (session.id_tag, session.stop_tag) == ("", "MASTER")
    assert not t.fleet.transactions.begun
