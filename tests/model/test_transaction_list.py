import random

from ocpp_console.model.transactions import Transaction, Transactions


def session(number, station="CP", stopped=False, **fields):
    return Transaction(station, str(number), "1.6", at=number, stopped_at=number if stopped else 0, **fields)


def test_the_oldest_ended_ones_give_way_before_running_ones():
    transactions = Transactions(limit=3)
    for number, stopped in ((1, False), (2, True), (3, False), (4, True), (5, False)):
        transactions.add(session(number, stopped=stopped))
    assert [each.id for each in transactions] == ["1", "3", "5"]
    transactions.add(session(6))
    assert [each.id for each in transactions.newest()] == ["6", "5", "3"]
    assert [each.id for each in transactions.running("CP")] == ["3", "5", "6"]
    assert [each.id for each in transactions.newest(1)] == ["6"]


def test_restored_ones_come_in_any_order_and_the_newest_stay():
    transactions = Transactions(limit=5)
    numbers = list(range(1, 12))
    random.Random(1).shuffle(numbers)
    for number in numbers:
        transactions.restore(session(number, stopped=number < 11))
    transactions.settle()
    assert [each.id for each in transactions] == ["7", "8", "9", "10", "11"]
    assert transactions.highest_id == 11
    assert [each.id for each in transactions.open("CP")] == ["11"]


def test_ids_that_are_no_counters_do_not_move_ours():
    transactions = Transactions()
    for id in ("41", "9223372036854775807", "?7", "abc", "٣", "2000000001"):
        transactions.add(Transaction("CP", id, "1.6"))
    transactions.add(Transaction("CP", "99", "2.0.1"))
    assert transactions.highest_id == 41


def test_sessions_are_found_by_tag_until_they_end():
    transactions = Transactions()
    first, second = session(1, id_tag="AB"), session(2, "CP-2", id_tag="ab")
    transactions.add(first)
    transactions.add(second)
    assert list(transactions.running_of_tag("aB")) == [first, second]
    first.stopped_at = 5
    transactions.changed(first)
    assert list(transactions.running_of_tag("AB")) == [second]
    transactions.forget("CP-2")
    assert list(transactions.running_of_tag("AB")) == []
    assert [each.id for each in transactions] == ["1"]
    assert transactions.running() == []


def test_a_session_in_place_of_another_with_its_id():
    transactions = Transactions()
    transactions.add(session(1, id_tag="A"))
    other = transactions.add(session(1, id_tag="B"))
    assert list(transactions) == transactions.running("CP") == [other]
    assert list(transactions.running_of_tag("A")) == []
