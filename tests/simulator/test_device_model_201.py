from typing import Any

import pytest

from ocpp_console.simulator.device_model_201 import DeviceModel


def named(component: str, variable: str, value: str | None = None, **more: Any) -> dict[str, Any]:
    data: dict[str, Any] = {"component": {"name": component}, "variable": {"name": variable}}
    return data | ({"attribute_value": value} if value is not None else {}) | more


@pytest.mark.parametrize(
    ("data", "status", "value"),
    [
        (named("OCPPCommCtrlr", "HeartbeatInterval"), "Accepted", "300"),
        (named("ocppcommctrlr", "heartbeatinterval"), "Accepted", "300"),
        (named("OCPPCommCtrlr", "Nonsense"), "UnknownVariable", None),
        (named("Nonsense", "HeartbeatInterval"), "UnknownComponent", None),
        (named("OCPPCommCtrlr", "HeartbeatInterval", attribute_type="MaxSet"), "NotSupportedAttributeType", None),
        (named("SecurityCtrlr", "BasicAuthPassword"), "Rejected", None),
    ],
)
def test_variables_are_read(data, status, value):
    result = DeviceModel(2).get(data)
    assert (result["attribute_status"], result["attribute_value"]) == (status, value)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (named("OCPPCommCtrlr", "HeartbeatInterval", "60"), "Accepted"),
        (named("OCPPCommCtrlr", "HeartbeatInterval", "sixty"), "Rejected"),
        (named("ChargingStation", "Model", "Other"), "Rejected"),
        (named("AuthCtrlr", "Enabled", "perhaps"), "Rejected"),
        (named("SecurityCtrlr", "BasicAuthPassword", "secret"), "RebootRequired"),
        (named("Nonsense", "Model", "x"), "UnknownComponent"),
    ],
)
def test_variables_are_set_or_refused(data, status):
    model = DeviceModel(2)
    assert model.set(data)["attribute_status"] == status


def test_a_set_value_is_read_back():
    model = DeviceModel(1)
    model.set(named("SampledDataCtrlr", "TxUpdatedInterval", "15"))
    assert model.get(named("SampledDataCtrlr", "TxUpdatedInterval"))["attribute_value"] == "15"


def test_evses_have_variables_of_their_own():
    model = DeviceModel(2)
    model.put("EVSE", "AvailabilityState", "Occupied", 2)
    states = {
        evse: model.get(
            {"component": {"name": "EVSE", "evse": {"id": evse}}, "variable": {"name": "AvailabilityState"}}
        )
        for evse in (1, 2, 3)
    }
    assert [one["attribute_value"] for one in states.values()] == ["Available", "Occupied", None]


def test_a_report_is_narrowed_by_component_and_variable():
    model = DeviceModel(2)
    assert len(model.report(None)) > 40
    assert len(model.report([{"component": {"name": "evse"}, "variable": {"name": "power"}}])) == 2
    assert len(model.report([{"component": {"name": "EVSE", "evse": {"id": 2}}}])) == 4
    settings = model.report(None, settings_only=True)
    assert {one["variable_attribute"][0]["mutability"] for one in settings} == {"ReadWrite", "WriteOnly"}
