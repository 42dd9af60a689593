from random import Random

import pytest

from ocpp_console.simulator.meter import AC_CURVE, DC_CURVE, Charge, Meter, share_of_power
from ocpp_console.simulator.scenarios import CARS


def charge(soc: float, wanted: float, *, direct_current: bool = False) -> Charge:
    most = 50_000 if direct_current else 11_000
    return Charge(CARS[0], soc, wanted, most, direct_current, Random(3))


def powers(one: Charge) -> list[float]:
    found = []
    while not one.full:
        one.step(100, None)
        found.append(one.power_w)
    return found


def test_an_ac_session_ramps_up_stays_and_tapers():
    curve = powers(charge(0.75, 1.0))
    assert curve[0] < 0.4 * max(curve)
    assert curve[1] < curve[2] < curve[3]
    plateau = curve[4 : len(curve) // 2]
    assert min(plateau) > 0.97 * 11_000
    assert curve[-1] < 0.3 * 11_000
    assert max(curve) <= 11_000


def test_a_dc_session_falls_long_before_the_battery_is_full():
    one = charge(0.2, 0.85, direct_current=True)
    curve = powers(one)
    assert max(curve) > 0.95 * 50_000
    assert curve[-1] < 0.5 * 50_000
    assert one.soc >= 0.85


@pytest.mark.parametrize("curve", [AC_CURVE, DC_CURVE])
def test_a_curve_is_followed_between_its_points_and_beyond_its_end(curve):
    assert share_of_power(curve, 0.0) == curve[0][1]
    assert share_of_power(curve, 1.0) == pytest.approx(curve[-1][1])
    assert share_of_power(curve, 1.2) == curve[-1][1]
    middle = (curve[-2][0] + 1.0) / 2
    assert curve[-1][1] < share_of_power(curve, middle) < curve[-2][1]


def test_a_limit_holds_the_power_down_and_energy_is_its_integral():
    one = charge(0.2, 1.0)
    one.step(300, 3_600)
    assert one.power_w <= 3_600
    before = one.energy_wh
    one.step(3600, 3_600)
    assert one.energy_wh - before == pytest.approx(one.power_w)


def test_the_same_seed_gives_the_same_curve():
    assert powers(charge(0.75, 1.0)) == powers(charge(0.75, 1.0))


def test_the_register_never_falls_over_sessions():
    meter = Meter(1_000.0, direct_current=False, rng=Random(1))
    seen = [meter.register]
    for _ in range(3):
        meter.charge = charge(0.9, 1.0)
        for _ in range(5):
            meter.charge.step(120, None)
            seen.append(meter.register)
        meter.settle()
        seen.append(meter.register)
    assert seen == sorted(seen)
    assert seen[-1] > 1_000


def test_currents_and_voltages_make_the_power():
    meter = Meter(0.0, direct_current=False, rng=Random(1), charge=charge(0.5, 1.0))
    assert meter.charge is not None
    meter.charge.step(600, None)
    volts = [one.value for one in meter.readings() if one.measurand == "Voltage"]
    amperes = [one.value for one in meter.readings() if one.measurand == "Current.Import"]
    assert len(volts) == len(amperes) == 3
    assert sum(amperes) * 230 == pytest.approx(meter.charge.power_w, rel=0.02)


def test_a_dc_meter_tells_the_state_of_charge():
    meter = Meter(0.0, direct_current=True, rng=Random(1), charge=charge(0.5, 1.0, direct_current=True))
    soc = [one for one in meter.readings() if one.measurand == "SoC"]
    assert [(one.value, one.unit, one.location) for one in soc] == [(50.0, "Percent", "EV")]
