from itertools import islice
from random import Random

import pytest

from ocpp_console.simulator.scenarios import DEMO_TAGS, STATIONS, unknown_card, visits


def test_the_stations_are_the_three_of_the_demo():
    assert [(plan.identity, plan.version, len(plan.openers)) for plan in STATIONS] == [
        ("AC-04", "1.6", 1),
        ("AC-07", "1.6", 2),
        ("DC-01", "2.0.1", 2),
    ]
    assert all(len(plan.registers_wh) == len(plan.openers) for plan in STATIONS)


def test_only_one_station_breaks_a_length():
    assert [plan.identity for plan in STATIONS if len(plan.serial) > 25 or len(plan.model) > 20] == ["AC-07"]


def test_tags_fit_every_version_and_differ():
    tokens = {tag.token.lower() for tag in DEMO_TAGS}
    assert len(tokens) == len(DEMO_TAGS)
    assert all(len(token) <= 20 for token in tokens)
    assert {tag.status for tag in DEMO_TAGS} >= {"Accepted", "Blocked", "Expired"}


@pytest.mark.parametrize("plan", STATIONS, ids=lambda plan: plan.identity)
def test_the_same_seed_brings_the_same_visitors(plan):
    first, again = (list(islice(visits(plan, 1, Random("7")), 40)) for _ in range(2))
    assert first == again
    assert first[0] == plan.openers[0]
    assert {visit.token for visit in first} <= {tag.token for tag in DEMO_TAGS}
    assert any(visit.fault for visit in first)


def test_an_unknown_card_is_in_nobodys_list():
    rng = Random(1)
    assert not {unknown_card(rng) for _ in range(50)} & {tag.token for tag in DEMO_TAGS}
