"""What sessions cost: from the tariff that a fact gave them, alike live and after a restart."""

import pytest
import traffic
from tape import SECOND, tape

from ocpp_console.events import NoteWritten
from ocpp_console.model.costs import TARIFF_NOTE, cost_of, cost_text, tariff_words
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


def test_who_ended_a_session_is_kept_when_it_was_another_tag():
    t = tape("2.0.1")
    t.exchange(traffic.start(version="2.0.1", id="1"), {"idTokenInfo": ACCEPTED})
    master = {"idToken": "MASTER", "type": "ISO14443"}
    t.exchange(traffic.stop("T1", "2.0.1", id="3", idToken=master), {"idTokenInfo": ACCEPTED})
    session = t.fleet.transactions.get("CP", "T1")
    assert (session.id_tag, session.stop_tag, session.verdict) == ("04A2B3C4", "MASTER", "Accepted")
