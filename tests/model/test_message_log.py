import pytest

from ocpp_console.model.messages import Message, MessageLog, Origin, State, outcome
from ocpp_console.protocol.findings import Finding, Severity


def row(seq, station="CP", action="Heartbeat"):
    return Message(seq, seq, station, 1, "1.6", Origin.STATION, action, b"")


def filled(count, limit=100, stations=3):
    log = MessageLog(limit)
    for seq in range(1, count + 1):
        log.add(row(seq * 2, f"CP{seq % stations}"))
    return log


def test_the_newest_rows_stay_in_order():
    log = filled(1000)
    assert (len(log), log.total, log.evicted) == (100, 1000, 900)
    assert [message.seq for message in log] == list(range(1802, 2001, 2))
    assert (log[0].seq, log[-1].seq, log[99].seq) == (1802, 2000, 2000)
    assert [message.seq for message in log[1:3]] == [1804, 1806]
    assert [message.seq for message in log[-2:]] == [1998, 2000]
    assert next(reversed(log)).seq == 2000
    for index in (100, -101):
        with pytest.raises(IndexError):
            log[index]


def test_a_row_is_found_by_its_number():
    log = filled(1000)
    assert log.by_seq(1802).seq == 1802
    assert log.by_seq(1800) is None
    assert log.by_seq(1803) is None
    assert log.by_seq(2002) is None
    assert MessageLog().by_seq(1) is None


def test_the_rows_of_a_station_are_a_live_view():
    log = filled(1000)
    view = log.for_station("CP1")
    assert [message.seq for message in view] == [message.seq for message in log if message.station == "CP1"]
    log.add(row(3000, "CP1"))
    assert view[-1].seq == 3000
    assert list(log.for_station("nobody")) == []


def test_a_station_whose_rows_are_all_gone_takes_no_memory():
    log = MessageLog(10)
    for seq in range(1000):
        log.add(row(seq, f"CP{seq}"))
    assert len(log) == 10
    assert list(log.for_station("CP5")) == []
    assert len(log._by_station) == 10


def test_a_change_is_seen_and_the_summary_made_anew():
    log = filled(1)
    message, revision = log[0], log.revision
    message.summary_cache = "old"
    log.touch(message)
    assert (message.revision, message.summary_cache) == (1, None)
    assert log.revision == revision + 1


WRONG = Finding("X", Severity.WARNING, "x")
AGAIN = Finding("ANSWER_DUPLICATE", Severity.WARNING, "x")


@pytest.mark.parametrize(
    ("state", "verdict", "findings", "action", "words"),
    [
        (State.OPEN, "", (), "Reset", ("waiting", "quiet")),
        (State.RESULT, "", (), "Heartbeat", ("", "good")),
        (State.RESULT, "Accepted", (), "Reset", ("Accepted", "good")),
        (State.RESULT, "Rejected", (), "Reset", ("Rejected", "wrong")),
        (State.RESULT, "Scheduled", (), "Reset", ("Scheduled", "attention")),
        (State.RESULT, "Accepted", (WRONG,), "Reset", ("1 finding", "attention")),
        (State.RESULT, "Accepted", (WRONG, WRONG), "Reset", ("2 findings", "attention")),
        (State.ERROR, "NotSupported", (), "Reset", ("NotSupported", "wrong")),
        (State.ABANDONED, "", (), "Reset", ("no answer", "wrong")),
        (State.ALONE, "", (), "unreadable", ("unreadable", "wrong")),
        (State.ALONE, "", (), "answer", ("answers nothing", "attention")),
        (State.ALONE, "", (AGAIN,), "answer", ("second answer", "attention")),
        (State.ALONE, "", (), "NotifyPeriodicEventStream", ("one way", "quiet")),
    ],
)
def test_what_became_of_a_row(state, verdict, findings, action, words):
    message = row(1, action=action)
    message.state, message.verdict, message.call_findings = state, verdict, findings
    assert outcome(message)[1:] == words
    assert outcome(message)[0]


@pytest.mark.parametrize("action", ["connected", "gone", "refused", "note", "listening", "listen_failed", "other"])
def test_what_became_of_an_event(action):
    message = row(1, action=action)
    message.origin = Origin.EVENT
    assert outcome(message)[2] in ("good", "quiet", "wrong")
