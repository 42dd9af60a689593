"""How duties are set: from settings, while it runs, and by what is wrong."""

import dataclasses

import pytest

from ocpp_console.model.duties import DUTIES, Duties, DutyProblem
from ocpp_console.settings import SETTINGS, Settings


def test_every_duty_is_a_setting_and_is_quiet_by_default():
    duties = Duties(Settings())
    for duty in DUTIES:
        assert duty.name in SETTINGS
        assert duties.shown(duty.name) in ("off", "Rejected")
        if duty.choices:
            assert duties.shown(duty.name) in duty.choices
    assert duties.sending == []


def test_a_duty_is_set_in_words_and_counts_as_sending():
    duties = Duties(Settings())
    for name, word in (("list_sync", "on"), ("running_cost", "command"), ("tariff", "1 EUR/session")):
        duties.set(name, word)
    assert [duty.name for duty in duties.sending] == ["running_cost", "list_sync"]
    assert duties.shown("tariff") == "1/session EUR"
    duties.set("running_cost", "answer")
    assert [duty.name for duty in duties.sending] == ["list_sync"]
    duties.set("tariff", " OFF ")
    assert duties.tariff == ""


@pytest.mark.parametrize(
    ("name", "word", "sentence"),
    [
        ("tariff", "cheap", "A tariff must be a price such as"),
        ("list_sync", "maybe", "Local list in step must be off or on."),
        ("cleaning", "on", "There is no duty cleaning"),
    ],
)
def test_what_cannot_be_set_is_said(name, word, sentence):
    with pytest.raises(DutyProblem, match=sentence):
        Duties(Settings()).set(name, word)


def test_the_tariff_of_a_tag_goes_before_that_of_a_station_before_the_consoles():
    settings = dataclasses.replace(Settings(), tariff="1/kWh", station_tariffs={"DC-*": "2/kWh", "dc-01": "3/kWh"})
    duties = Duties(settings)
    assert duties.tariff_of("", "AC-04") == "1/kWh"
    assert duties.tariff_of("", "DC-07") == "2/kWh"
    assert duties.tariff_of("", "dc-01") == "3/kWh"
    assert duties.tariff_of("free", "dc-01") == "free"


def test_settings_that_changed_are_taken_over():
    duties = Duties(Settings())
    fresh = dataclasses.replace(Settings(), list_sync=True, station_tariffs={"A": "1/h"}, strict=True)
    duties.take_over(fresh, ["list_sync", "station_tariffs", "strict"])
    assert (duties.list_sync, duties.tariff_of("", "A")) == (True, "1/h")
    assert not hasattr(duties, "strict")


@pytest.mark.parametrize("kept", [None, [], "on", {"cleaning": "on"}, {"list_sync": "maybe"}, {"tariff": 3}])
def test_what_was_kept_in_other_words_changes_nothing(kept):
    duties = Duties(Settings())
    assert duties.recall(kept) == []
    assert all(duties.shown(duty.name) in ("off", "Rejected") for duty in DUTIES)
