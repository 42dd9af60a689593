"""The configuration keys of a simulated 1.6 station: names, values, and what may be changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

SAMPLED = "Energy.Active.Import.Register,Power.Active.Import,Voltage,Current.Import,SoC"

PROFILES = "Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger"


class Key(NamedTuple):
    """One key as it leaves the factory."""

    name: str
    value: str
    kind: str = "text"
    """`text`, `number`, `switch` (true/false) or `list` of measurands."""
    fixed: bool = False
    """Read-only."""
    reboot: bool = False
    """A change holds after the next reboot."""
    secret: bool = False
    """Can be written, never read."""


KEYS = (
    Key("AllowOfflineTxForUnknownId", "false", "switch"),
    Key("AuthorizationCacheEnabled", "true", "switch"),
    Key("AuthorizationKey", "", secret=True, reboot=True),
    Key("AuthorizeRemoteTxRequests", "false", "switch"),
    Key("BlinkRepeat", "3", "number"),
    Key("CertificateStoreMaxLength", "8", "number", fixed=True),
    Key("ChargeProfileMaxStackLevel", "10", "number", fixed=True),
    Key("ChargingScheduleAllowedChargingRateUnit", "Current,Power", fixed=True),
    Key("ChargingScheduleMaxPeriods", "24", "number", fixed=True),
    Key("ClockAlignedDataInterval", "0", "number"),
    Key("ConnectionTimeOut", "60", "number"),
    Key("ConnectorPhaseRotation", "0.RST,1.RST"),
    Key("ConnectorSwitch3to1PhaseSupported", "false", "switch", fixed=True),
    Key("CpoName", "Demo"),
    Key("GetConfigurationMaxKeys", "50", "number", fixed=True),
    Key("HeartbeatInterval", "300", "number"),
    Key("LightIntensity", "70", "number"),
    Key("LocalAuthListEnabled", "true", "switch"),
    Key("LocalAuthListMaxLength", "500", "number", fixed=True),
    Key("LocalAuthorizeOffline", "true", "switch"),
    Key("LocalPreAuthorize", "false", "switch"),
    Key("MaxChargingProfilesInstalled", "10", "number", fixed=True),
    Key("MeterValuesAlignedData", SAMPLED, "list"),
    Key("MeterValuesSampledData", SAMPLED, "list"),
    Key("MeterValueSampleInterval", "5", "number"),
    Key("MinimumStatusDuration", "0", "number"),
    Key("NumberOfConnectors", "1", "number", fixed=True),
    Key("ReserveConnectorZeroSupported", "true", "switch", fixed=True),
    Key("ResetRetries", "3", "number"),
    Key("SecurityProfile", "0", "number", fixed=True),
    Key("SendLocalListMaxLength", "100", "number", fixed=True),
    Key("StopTransactionOnEVSideDisconnect", "true", "switch", fixed=True),
    Key("StopTransactionOnInvalidId", "true", "switch"),
    Key("StopTxnAlignedData", "", "list"),
    Key("StopTxnSampledData", "", "list"),
    Key("SupportedFeatureProfiles", PROFILES, fixed=True),
    Key("SupportedFileTransferProtocols", "HTTP,HTTPS,FTP", fixed=True),
    Key("TransactionMessageAttempts", "3", "number"),
    Key("TransactionMessageRetryInterval", "10", "number"),
    Key("UnlockConnectorOnEVSideDisconnect", "true", "switch"),
    Key("WebSocketPingInterval", "0", "number"),
)  # fmt: skip

MEASURANDS = {*SAMPLED.split(","), "Current.Offered", "Power.Offered", "Temperature"}


@dataclass(slots=True)
class _Setting:
    key: Key
    value: str


class Configuration:
    """The keys of one station. Names are found whatever their case, and keep their spelling."""

    def __init__(self, **values: str) -> None:
        """`values` replaces what the factory set."""
        self._settings = {key.name.lower(): _Setting(key, values.get(key.name, key.value)) for key in KEYS}

    def text(self, name: str) -> str:
        """The value of a key that exists."""
        return self._settings[name.lower()].value

    def number(self, name: str) -> int:
        """The value of a key of kind `number`."""
        return int(self.text(name))

    def switch(self, name: str) -> bool:
        """The value of a key of kind `switch`."""
        return self.text(name) == "true"

    def read(self, names: Sequence[str] | None) -> tuple[list[dict[str, Any]], list[str]]:
        """The keys asked for as KeyValue (all when none are named), and the names nobody knows."""
        wanted = list(names or [])
        unknown = [name for name in wanted if name.lower() not in self._settings]
        found = [
            {
                "key": setting.key.name,
                "readonly": setting.key.fixed,
                "value": None if setting.key.secret else setting.value,
            }
            for name, setting in self._settings.items()
            if not wanted or name in {one.lower() for one in wanted}
        ]
        return found, unknown

    def change(self, name: str, value: str) -> str:
        """Set a key; the ConfigurationStatus of the answer."""
        setting = self._settings.get(name.lower())
        if setting is None:
            return "NotSupported"
        if setting.key.fixed or not _fits(setting.key.kind, value):
            return "Rejected"
        setting.value = value.strip().lower() if setting.key.kind == "switch" else value.strip()
        return "RebootRequired" if setting.key.reboot else "Accepted"


def _fits(kind: str, value: str) -> bool:
    """Whether a key of this kind takes the value."""
    match kind:
        case "number":
            return value.strip().isascii() and value.strip().isdigit() and len(value.strip()) < 10
        case "switch":
            return value.strip().lower() in ("true", "false")
        case "list":
            # One measurand that is not known spoils the whole list, as on most stations.
            return all(one.strip() in MEASURANDS for one in value.split(",") if one.strip())
    return len(value) <= 500
