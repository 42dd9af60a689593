"""How the simulated OCPP 2.0.1 station answers commands that are followed by reports: variables, monitors, displays."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ocpp.v201 import call, call_result

from ocpp_console.simulator.device_model_201 import PART
from ocpp_console.simulator.scenarios import DEMO_TAGS

if TYPE_CHECKING:
    from ocpp_console.simulator.station_201 import Station201

Payload = Mapping[str, Any]


def plain(make: Callable[..., Any], **payload: Any) -> Callable[..., Any]:
    """An answer that is always the same."""
    return lambda station, **_: make(**payload)


# Variables


def get_variables(station: "Station201", *, get_variable_data: Sequence[Payload], **_: Any) -> Any:
    """GetVariables."""
    station.device_model.put("ClockCtrlr", "DateTime", station.stamp())
    return call_result.GetVariables([station.device_model.get(data) for data in get_variable_data])


def set_variables(station: "Station201", *, set_variable_data: Sequence[Payload], **_: Any) -> Any:
    """SetVariables."""
    results = [station.device_model.set(data) for data in set_variable_data]
    station.heartbeat_interval = float(station.device_model.text("OCPPCommCtrlr", "HeartbeatInterval"))
    return call_result.SetVariables(results)


def get_base_report(station: "Station201", *, request_id: int, report_base: str, **_: Any) -> Any:
    """GetBaseReport: NotifyReport follow, in parts; a summary names a few variables only."""
    station.device_model.put("ClockCtrlr", "DateTime", station.stamp())
    summary = [{"component": {"name": name}} for name in ("ChargingStation", "EVSE")]
    data = station.device_model.report(
        summary if report_base == "SummaryInventory" else None,
        settings_only=report_base == "ConfigurationInventory",
    )
    _send_report(station, request_id, data)
    return call_result.GetBaseReport("Accepted")


def get_report(
    station: "Station201",
    *,
    request_id: int,
    component_variable: Sequence[Payload] | None = None,
    component_criteria: Sequence[str] | None = None,
    **_: Any,
) -> Any:
    """GetReport: everything here is active and available, nothing has a problem."""
    healthy = component_criteria is None or set(component_criteria) - {"Problem"}
    data = station.device_model.report(component_variable) if healthy else []
    if not data:
        return call_result.GetReport("EmptyResultSet")
    _send_report(station, request_id, data)
    return call_result.GetReport("Accepted")


def _send_report(station: "Station201", request_id: int, data: list[dict[str, Any]]) -> None:
    """NotifyReport in parts, after the answer."""
    station.afterwards(_report(station, request_id, data))


async def _report(station: "Station201", request_id: int, data: list[dict[str, Any]]) -> None:
    """One part after the other: a report in the wrong order is of no use."""
    for number, start in enumerate(range(0, len(data), PART)):
        await station.ask(
            call.NotifyReport(
                request_id=request_id,
                generated_at=station.stamp(),
                seq_no=number,
                report_data=data[start : start + PART],
                tbc=start + PART < len(data),
            ),
            early=True,
        )


# Monitors


def set_variable_monitoring(station: "Station201", *, set_monitoring_data: Sequence[Payload], **_: Any) -> Any:
    """SetVariableMonitoring."""
    results = [station.monitors.put(data, station.device_model) for data in set_monitoring_data]
    return call_result.SetVariableMonitoring(results)


def clear_variable_monitoring(station: "Station201", *, id: Sequence[int], **_: Any) -> Any:
    """ClearVariableMonitoring."""
    return call_result.ClearVariableMonitoring(station.monitors.clear(id))


def get_monitoring_report(
    station: "Station201",
    *,
    request_id: int,
    component_variable: Sequence[Payload] | None = None,
    monitoring_criteria: Sequence[str] | None = None,
    **_: Any,
) -> Any:
    """GetMonitoringReport: one NotifyMonitoringReport follows."""
    monitors = station.monitors.report(monitoring_criteria, component_variable)
    if not monitors:
        return call_result.GetMonitoringReport("EmptyResultSet")
    report = call.NotifyMonitoringReport(
        request_id=request_id, seq_no=0, generated_at=station.stamp(), monitor=monitors, tbc=False
    )
    station.afterwards(station.tell(report))
    return call_result.GetMonitoringReport("Accepted")


# Displays and customers


def set_display_message(station: "Station201", *, message: Payload, **_: Any) -> Any:
    """SetDisplayMessage: only for a transaction that runs, if it names one; the display knows no HTML."""
    if message["message"]["format"] == "HTML":
        return call_result.SetDisplayMessage("NotSupportedMessageFormat")
    transaction = message.get("transaction_id")
    if transaction is not None and station.session_of(transaction) is None:
        return call_result.SetDisplayMessage("UnknownTransaction")
    station.displays.put(message)
    return call_result.SetDisplayMessage("Accepted")


def get_display_messages(
    station: "Station201",
    *,
    request_id: int,
    id: Sequence[int] | None = None,
    priority: str | None = None,
    state: str | None = None,
    **_: Any,
) -> Any:
    """GetDisplayMessages: one NotifyDisplayMessages follows."""
    found = station.displays.matching(id, priority, state)
    if not found:
        return call_result.GetDisplayMessages("Unknown")
    station.afterwards(station.tell(call.NotifyDisplayMessages(request_id, [dict(one) for one in found], tbc=False)))
    return call_result.GetDisplayMessages("Accepted")


def clear_display_message(station: "Station201", *, id: int, **_: Any) -> Any:
    """ClearDisplayMessage."""
    return call_result.ClearDisplayMessage("Accepted" if station.displays.clear(id) else "Unknown")


def customer_information(
    station: "Station201", *, request_id: int, report: bool, id_token: Payload | None = None, **named: Any
) -> Any:
    """CustomerInformation: what is known of a token, where a report was asked for."""
    if id_token is None and not named.get("customer_identifier") and not named.get("customer_certificate"):
        return call_result.CustomerInformation("Invalid")
    if report:
        token = id_token["id_token"] if id_token else ""
        note = next((tag.note for tag in DEMO_TAGS if tag.token.lower() == token.lower()), "")
        told = call.NotifyCustomerInformation(
            data=f"{token} {note}".strip() if note else "nothing known",
            seq_no=0,
            generated_at=station.stamp(),
            request_id=request_id,
            tbc=False,
        )
        station.afterwards(station.tell(told))
    return call_result.CustomerInformation("Accepted")


REPORT_ANSWERS: Mapping[str, Callable[..., Any]] = {
    "ClearDisplayMessage": clear_display_message,
    "ClearVariableMonitoring": clear_variable_monitoring,
    "CustomerInformation": customer_information,
    "GetBaseReport": get_base_report,
    "GetDisplayMessages": get_display_messages,
    "GetMonitoringReport": get_monitoring_report,
    "GetReport": get_report,
    "GetVariables": get_variables,
    "SetDisplayMessage": set_display_message,
    "SetMonitoringBase": plain(call_result.SetMonitoringBase, status="Accepted"),
    "SetMonitoringLevel": plain(call_result.SetMonitoringLevel, status="Accepted"),
    "SetVariableMonitoring": set_variable_monitoring,
    "SetVariables": set_variables,
}
"""The commands answered here."""
