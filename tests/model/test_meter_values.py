import pytest
from tape import NOON, SECOND

from ocpp_console.model.meter_values import (
    ENERGY,
    POWER,
    Latest,
    Series,
    each_reading,
    read_moments,
    read_samples,
)

TIME = "2026-11-20T12:00:00Z"


def moments(*sampled, time=TIME, latest=None):
    return read_moments(
        [{"timestamp": time, "sampledValue": list(sampled)}], NOON, Latest() if latest is None else latest
    )


def test_both_versions_read_alike():
    old = {
        "value": "2.5",
        "measurand": POWER,
        "unit": "kW",
        "phase": "L1",
        "context": "Sample.Clock",
        "location": "Outlet",
    }
    new = {**old, "value": 2.5, "unitOfMeasure": {"unit": "W", "multiplier": 3}, "unit": None}
    for sampled in (old, new):
        values = [{"timestamp": TIME, "sampledValue": [sampled]}]
        assert read_samples(values, "1.6", NOON) == [(NOON, 2500.0, POWER, "L1", "W", "", "Sample.Clock")]
        assert list(each_reading(values)) == [(f"{POWER} L1", "2500 W")]


def test_what_is_not_said_is_the_energy_register_in_wh():
    (sample,) = read_samples({"sampledValue": {"value": "7"}})
    assert (sample.measurand, sample.unit, sample.at) == (ENERGY, "Wh", 0)


@pytest.mark.parametrize("unit", ["Celcius", "Hz", "furlongs", 5, None])
def test_any_unit_and_any_measurand_is_taken(unit):
    (sample,) = read_samples([{"sampledValue": [{"value": 1, "measurand": "Mennekes.Own", "unit": unit}]}])
    assert sample.measurand == "Mennekes.Own"


@pytest.mark.parametrize("value", [None, "OpVxxABC" * 20, "", {}, [], True, "NaN", float("inf")])
def test_what_is_no_number_is_left_out(value):
    assert read_samples([{"sampledValue": [{"value": value}]}]) == []
    latest = Latest()
    assert moments({"value": value}, latest=latest) == [(NOON, NOON, (None, None, None))]
    assert latest.shown() == {}


@pytest.mark.parametrize(
    "odd", [None, 5, "x", [], {}, [None], [{}], [{"sampledValue": None}], [[]], {"sampledValue": 7}]
)
def test_odd_meter_values_are_no_samples(odd):
    assert read_samples(odd) == []
    assert all(totals == (None, None, None) for _, _, totals in read_moments(odd, NOON, Latest()))


def test_a_total_counts_before_its_phases_and_phases_are_summed_without_one():
    phases = [{"value": 100 * n, "measurand": POWER, "phase": f"L{n}"} for n in (1, 2, 3)]
    assert moments(*phases) == [(NOON, NOON, (None, None, 600.0))]
    assert moments(*phases, {"value": 7, "measurand": POWER}) == [(NOON, NOON, (None, None, 7.0))]
    assert moments({"value": "1", "phase": "L1", "unit": "kWh"}, {"value": "2", "phase": "L2"})[0][2][0] == 1002.0


def test_only_the_outlet_counts():
    assert moments({"value": 5, "location": "Inlet"})[0][2] == (None, None, None)
    assert moments({"value": 5, "location": "Outlet"})[0][2][0] == 5


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("2026-11-20T11:00:00Z", NOON - 3600 * SECOND),
        ("1970-01-01T00:00:00Z", NOON),
        ("2126-11-20T11:00:00Z", NOON),
        ("rubbish", NOON),
    ],
)
def test_a_sample_is_put_at_its_own_time_unless_that_cannot_be_true(said, at):
    assert moments({"value": 5}, time=said)[0][0] == at
    assert read_samples([{"timestamp": said, "sampledValue": [{"value": 5}]}], "1.6", NOON)[0].at == at


def test_the_newest_of_everything_is_shown_as_it_was_sent():
    latest = Latest()
    voltages = [{"value": f"23{n}.10", "measurand": "Voltage", "unit": "V", "phase": f"L{n}-N"} for n in (1, 2)]
    moments({"value": "2.50", "unit": "kWh"}, *voltages, latest=latest)
    assert latest.shown() == {ENERGY: "2.50 kWh", "Voltage L1-N": "231.10 V", "Voltage L2-N": "232.10 V"}
    moments({"value": 3, "unit": "kWh"}, latest=latest)
    assert latest.shown() == {ENERGY: "3 kWh", "Voltage L1-N": "231.10 V", "Voltage L2-N": "232.10 V"}
    moments({"value": 9, "measurand": "Voltage", "unit": "V", "phase": "L1-N"}, {"value": 4}, latest=latest)
    assert latest.shown() == {ENERGY: "4 Wh", "Voltage L1-N": "9 V", "Voltage L2-N": "232.10 V"}
    assert Latest.from_document(latest.to_document()) == latest


def test_things_measured_that_are_made_up_do_not_fill_the_memory():
    latest = Latest()
    for number in range(500):
        moments(*({"value": 1, "measurand": f"m{number}.{n}"} for n in range(300)), latest=latest)
    assert len(latest.shown()) <= 200


def test_a_multiplier_scales_and_is_shown():
    latest = Latest()
    sampled = {"value": 3, "measurand": ENERGY, "unitOfMeasure": {"unit": "Wh", "multiplier": 3}}
    assert moments(sampled, latest=latest)[0][2][0] == 3000
    assert latest.shown() == {ENERGY: "3 ×10^3 Wh"}


def test_a_series_keeps_the_whole_session_in_bounds_and_in_order():
    series = Series()
    for at in range(5000):
        series.add(at, at / 2)
    assert len(series.times) <= Series.LIMIT
    assert (series.first, series.last) == (0, 2499.5)
    series.add(-5, 1.0)
    assert series.times[0] == -5
    assert list(series.times) == sorted(series.times)


@pytest.mark.parametrize("odd", [None, [], [1], "xy", [[1, 2], ["a", 3]], [["x"], [1]], {}])
def test_a_series_comes_back_from_what_can_be_read(odd):
    assert len(Series.from_document(odd).times) == 0
    series = Series()
    series.add(1, 2.0)
    assert Series.from_document(series.to_document()) == series
