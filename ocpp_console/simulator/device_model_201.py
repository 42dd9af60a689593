"""The device model of the simulated 2.0.1 station: components, variables, and what may be changed."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

PART = 8
"""Variables in one NotifyReport."""


class Variable(NamedTuple):
    """One variable as it leaves the factory, with its Actual attribute."""

    component: str
    name: str
    value: str
    data_type: str = "string"
    mutability: str = "ReadOnly"
    unit: str = ""
    evse: int = 0
    """0 for the station."""
    connector: int = 0
    instance: str = ""
    """Instance of the variable."""
    values: str = ""
    """Allowed values, separated by commas."""
    reboot: bool = False
    """A change holds after the next reboot."""


_SAMPLED = "Energy.Active.Import.Register,Power.Active.Import,Voltage,Current.Import,SoC"

_TX_POINTS = "Authorized,EVConnected,PowerPathClosed"

_STATION = (
    Variable("ChargingStation", "Model", "HPC 50 Duo"),
    Variable("ChargingStation", "VendorName", "Voltaris"),
    Variable("ChargingStation", "SerialNumber", "VT50D-0008812"),
    Variable("ChargingStation", "FirmwareVersion", "5.2.0"),
    Variable("ChargingStation", "AvailabilityState", "Available", "OptionList", values="Available,Unavailable,Faulted"),
    Variable("ChargingStation", "Available", "true", "boolean"),
    Variable("ChargingStation", "Problem", "false", "boolean"),
    Variable("ChargingStation", "SupplyPhases", "3", "integer"),
    Variable("AuthCtrlr", "Enabled", "true", "boolean", "ReadWrite"),
    Variable("AuthCtrlr", "AuthorizeRemoteStart", "false", "boolean", "ReadWrite"),
    Variable("AuthCtrlr", "LocalAuthorizeOffline", "true", "boolean", "ReadWrite"),
    Variable("AuthCtrlr", "LocalPreAuthorize", "false", "boolean", "ReadWrite"),
    Variable("AuthCacheCtrlr", "Enabled", "true", "boolean", "ReadWrite"),
    Variable("ClockCtrlr", "DateTime", "", "dateTime"),
    Variable("ClockCtrlr", "TimeSource", "Heartbeat,NTP", "SequenceList", "ReadWrite"),
    Variable("DeviceDataCtrlr", "BytesPerMessage", "65000", "integer", instance="GetReport"),
    Variable("DeviceDataCtrlr", "ItemsPerMessage", "50", "integer", instance="GetReport"),
    Variable("DeviceDataCtrlr", "ItemsPerMessage", "50", "integer", instance="GetVariables"),
    Variable("LocalAuthListCtrlr", "Enabled", "true", "boolean", "ReadWrite"),
    Variable("LocalAuthListCtrlr", "Entries", "0", "integer"),
    Variable("MonitoringCtrlr", "Enabled", "true", "boolean", "ReadWrite"),
    Variable("OCPPCommCtrlr", "HeartbeatInterval", "300", "integer", "ReadWrite", "s"),
    Variable("OCPPCommCtrlr", "WebSocketPingInterval", "0", "integer", "ReadWrite", "s"),
    Variable("OCPPCommCtrlr", "MessageTimeout", "30", "integer", unit="s", instance="Default"),
    Variable("OCPPCommCtrlr", "MessageAttempts", "3", "integer", "ReadWrite", instance="TransactionEvent"),
    Variable("OCPPCommCtrlr", "NetworkConfigurationPriority", "1", "string", "ReadWrite", values="1,2", reboot=True),
    Variable("OCPPCommCtrlr", "FileTransferProtocols", "HTTP,HTTPS,FTP", "MemberList"),
    Variable("OCPPCommCtrlr", "ResetRetries", "3", "integer", "ReadWrite"),
    Variable("ReservationCtrlr", "Enabled", "true", "boolean", "ReadWrite"),
    Variable("SampledDataCtrlr", "TxUpdatedInterval", "5", "integer", "ReadWrite", "s"),
    Variable("SampledDataCtrlr", "TxUpdatedMeasurands", _SAMPLED, "MemberList", "ReadWrite"),
    Variable("SampledDataCtrlr", "TxEndedInterval", "0", "integer", "ReadWrite", "s"),
    Variable("SecurityCtrlr", "BasicAuthPassword", "", "string", "WriteOnly", reboot=True),
    Variable("SecurityCtrlr", "CertificateEntries", "1", "integer"),
    Variable("SecurityCtrlr", "OrganizationName", "Demo", "string", "ReadWrite"),
    Variable("SecurityCtrlr", "SecurityProfile", "0", "integer"),
    Variable("SmartChargingCtrlr", "Enabled", "true", "boolean", "ReadWrite"),
    Variable("SmartChargingCtrlr", "ProfileStackLevel", "10", "integer"),
    Variable("SmartChargingCtrlr", "RateUnit", "A,W", "MemberList"),
    Variable("TxCtrlr", "EVConnectionTimeOut", "60", "integer", "ReadWrite", "s"),
    Variable("TxCtrlr", "StopTxOnInvalidId", "true", "boolean", "ReadWrite"),
    Variable("TxCtrlr", "TxStartPoint", "Authorized", "MemberList", values=_TX_POINTS),
    Variable("TxCtrlr", "TxStopPoint", "EVConnected,Authorized", "MemberList", values=_TX_POINTS),
)  # fmt: skip


def _of_evse(evse: int) -> tuple[Variable, ...]:
    return (
        Variable("EVSE", "AvailabilityState", "Available", "OptionList", evse=evse),
        Variable("EVSE", "Available", "true", "boolean", evse=evse),
        Variable("EVSE", "Power", "50000", "decimal", unit="W", evse=evse),
        Variable("EVSE", "SupplyPhases", "3", "integer", evse=evse),
        Variable("Connector", "ConnectorType", "cCCS2", evse=evse, connector=1),
        Variable("Connector", "SupplyPhases", "3", "integer", evse=evse, connector=1),
    )


class DeviceModel:
    """The variables of one station. Names are found whatever their case."""

    def __init__(self, evses: int) -> None:
        """With `evses` EVSEs of one connector each."""
        variables = _STATION + tuple(one for evse in range(1, evses + 1) for one in _of_evse(evse))
        self._variables = {_key(one.component, one.name, one.instance, one.evse): one for one in variables}

    def text(self, component: str, name: str) -> str:
        """The value of a variable of the station that exists."""
        return self._variables[_key(component, name, "", 0)].value

    def put(self, component: str, name: str, value: str, evse: int = 0) -> None:
        """Set a variable that exists, whatever its mutability."""
        key = _key(component, name, "", evse)
        self._variables[key] = self._variables[key]._replace(value=value)

    def get(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """One GetVariableResult for one GetVariableData."""
        variable, status = self.find(data)
        attribute = data.get("attribute_type")
        if variable is not None and attribute not in (None, "Actual"):
            status = "NotSupportedAttributeType"
        elif variable is not None and variable.mutability == "WriteOnly":
            status = "Rejected"
        return {
            "attribute_status": status,
            "attribute_type": attribute,
            "attribute_value": variable.value if variable is not None and status == "Accepted" else None,
            "component": data["component"],
            "variable": data["variable"],
        }

    def set(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Follow one SetVariableData; its SetVariableResult."""
        variable, status = self.find(data)
        if variable is not None:
            if data.get("attribute_type") not in (None, "Actual"):
                status = "NotSupportedAttributeType"
            elif variable.mutability == "ReadOnly" or not _fits(variable, data["attribute_value"]):
                status = "Rejected"
            else:
                key = _key(variable.component, variable.name, variable.instance, variable.evse)
                self._variables[key] = variable._replace(value=data["attribute_value"])
                status = "RebootRequired" if variable.reboot else "Accepted"
        return {
            "attribute_status": status,
            "attribute_type": data.get("attribute_type"),
            "component": data["component"],
            "variable": data["variable"],
        }

    def find(self, data: Mapping[str, Any]) -> tuple[Variable | None, str]:
        """The variable that `component` and `variable` of a command name, and the status word for it."""
        component, variable = data["component"], data["variable"]
        evse = (component.get("evse") or {}).get("id", 0)
        found = self._variables.get(_key(component["name"], variable["name"], variable.get("instance") or "", evse))
        if found is not None:
            return found, "Accepted"
        known = any(one.component.lower() == component["name"].lower() for one in self._variables.values())
        return None, "UnknownVariable" if known else "UnknownComponent"

    def report(
        self, wanted: Sequence[Mapping[str, Any]] | None, *, settings_only: bool = False
    ) -> list[dict[str, Any]]:
        """ReportData of the variables wanted: ComponentVariableType criteria, None for all."""
        return [
            _report_data(variable)
            for variable in self._variables.values()
            if (wanted is None or any(_meant(variable, one) for one in wanted))
            and (not settings_only or variable.mutability != "ReadOnly")
        ]


def _key(component: str, name: str, instance: str, evse: int) -> tuple[str, str, str, int]:
    return component.lower(), name.lower(), instance.lower(), evse


def _meant(variable: Variable, criterion: Mapping[str, Any]) -> bool:
    """Whether a ComponentVariable criterion means this variable; what it leaves out fits all."""
    component, name = criterion["component"], (criterion.get("variable") or {}).get("name")
    evse = (component.get("evse") or {}).get("id")
    return (
        component["name"].lower() == variable.component.lower()
        and (evse is None or evse == variable.evse)
        and (name is None or name.lower() == variable.name.lower())
    )


def _fits(variable: Variable, value: str) -> bool:
    """Whether a variable takes the value."""
    match variable.data_type:
        case "integer":
            return value.isascii() and value.isdigit() and len(value) < 10
        case "boolean":
            return value.lower() in ("true", "false")
    allowed = variable.values.split(",") if variable.values else None
    return allowed is None or all(one in allowed for one in value.split(","))


def _report_data(variable: Variable) -> dict[str, Any]:
    evse: dict[str, int] | None = {"id": variable.evse} if variable.evse else None
    if evse and variable.connector:
        evse["connector_id"] = variable.connector
    return {
        "component": {"name": variable.component, "evse": evse},
        "variable": {"name": variable.name, "instance": variable.instance or None},
        "variable_attribute": [
            {
                "type": "Actual",
                "value": None if variable.mutability == "WriteOnly" else variable.value,
                "mutability": variable.mutability,
                "persistent": True,
            }
        ],
        "variable_characteristics": {
            "unit": variable.unit or None,
            "data_type": variable.data_type,
            "values_list": variable.values or None,
            "supports_monitoring": variable.data_type in ("integer", "decimal", "boolean"),
        },
    }
