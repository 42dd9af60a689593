"""What a 2.0.1 station watches and shows for its operator: variable monitors and display messages."""

from collections.abc import Mapping, Sequence
from typing import Any

from ocpp_console.simulator.device_model_201 import DeviceModel

CRITERIA = {
    "UpperThreshold": "ThresholdMonitoring",
    "LowerThreshold": "ThresholdMonitoring",
    "Delta": "DeltaMonitoring",
    "Periodic": "PeriodicMonitoring",
    "PeriodicClockAligned": "PeriodicMonitoring",
}
"""Monitor type → MonitoringCriterionEnum."""


class Monitors:
    """The monitors that were set. They are kept and reported; nothing is really watched."""

    def __init__(self) -> None:
        """None at first."""
        self._monitors: dict[int, Mapping[str, Any]] = {}

    def put(self, data: Mapping[str, Any], model: DeviceModel) -> dict[str, Any]:
        """Follow one SetMonitoringData; its SetMonitoringResult."""
        _, status = model.find(data)
        number = data.get("id")
        if status == "Accepted":
            number = number if number is not None else max(self._monitors, default=0) + 1
            self._monitors[number] = data
        return {
            "id": number if status == "Accepted" else None,
            "status": status,
            "type": data["type"],
            "severity": data["severity"],
            "component": data["component"],
            "variable": data["variable"],
        }

    def clear(self, numbers: Sequence[int]) -> list[dict[str, Any]]:
        """ClearMonitoringResult for each id."""
        return [
            {"id": number, "status": "Accepted" if self._monitors.pop(number, None) is not None else "NotFound"}
            for number in numbers
        ]

    def report(
        self, criteria: Sequence[str] | None, wanted: Sequence[Mapping[str, Any]] | None
    ) -> list[dict[str, Any]]:
        """MonitoringData of the monitors that fit; None fits all."""
        return [
            {
                "component": data["component"],
                "variable": data["variable"],
                "variable_monitoring": [
                    {
                        "id": number,
                        "transaction": data.get("transaction", False),
                        "value": data["value"],
                        "type": data["type"],
                        "severity": data["severity"],
                    }
                ],
            }
            for number, data in self._monitors.items()
            if (criteria is None or CRITERIA[data["type"]] in criteria)
            and (wanted is None or any(one["component"]["name"] == data["component"]["name"] for one in wanted))
        ]


class Displays:
    """The messages on the station's display."""

    def __init__(self) -> None:
        """Empty at first."""
        self._messages: dict[int, Mapping[str, Any]] = {}

    def put(self, message: Mapping[str, Any]) -> None:
        """Keep a MessageInfo; one with the same id gives way."""
        self._messages[message["id"]] = message

    def clear(self, number: int) -> bool:
        """Remove one; False when it is not there."""
        return self._messages.pop(number, None) is not None

    def matching(
        self, numbers: Sequence[int] | None, priority: str | None, state: str | None
    ) -> list[Mapping[str, Any]]:
        """The messages that fit; None fits all."""
        return [
            message
            for number, message in self._messages.items()
            if (numbers is None or number in numbers)
            and priority in (None, message["priority"])
            and state in (None, message.get("state"))
        ]
