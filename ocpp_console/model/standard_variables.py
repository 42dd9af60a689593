"""What the standards name: the configuration keys of 1.6 with their types, and the 2.x variables worth asking for.

A 1.6 station tells neither type nor unit of a key. This table lends them to the keys that the standard declares, so
that a value is checked before it is written; it is also what a station is asked for that cannot list its own.
"""

from typing import NamedTuple


class StandardKey(NamedTuple):
    """One configuration key of OCPP 1.6 (section 9) or of its security whitepaper."""

    name: str
    data_type: str
    """In the words of the 2.x DataEnumType; empty where the standard leaves the form open."""
    unit: str
    about: str
    """What it decides, in a few words."""


_KEYS = (
    # section 9.1, Core
    StandardKey("AllowOfflineTxForUnknownId", "boolean", "", "unknown tags may charge while offline"),
    StandardKey("AuthorizationCacheEnabled", "boolean", "", "remember the tags that were accepted"),
    StandardKey("AuthorizeRemoteTxRequests", "boolean", "", "authorize the tag of a remote start first"),
    StandardKey("BlinkRepeat", "integer", "", "how often the light blinks when signalling"),
    StandardKey("ClockAlignedDataInterval", "integer", "s", "meter values at full multiples of this; 0 for none"),
    StandardKey("ConnectionTimeOut", "integer", "s", "how long an authorized driver has to plug in"),
    StandardKey("ConnectorPhaseRotation", "", "", "phase rotation by connector, 0.RST,1.RST"),
    StandardKey("ConnectorPhaseRotationMaxLength", "integer", "", "most entries of ConnectorPhaseRotation"),
    StandardKey("GetConfigurationMaxKeys", "integer", "", "most keys that one GetConfiguration may name"),
    StandardKey("HeartbeatInterval", "integer", "s", "silence after which a heartbeat is sent"),
    StandardKey("LightIntensity", "integer", "%", "brightness of the lights"),
    StandardKey("LocalAuthorizeOffline", "boolean", "", "accept tags of the local list or cache while offline"),
    StandardKey("LocalPreAuthorize", "boolean", "", "accept tags of the local list or cache without asking"),
    StandardKey("MaxEnergyOnInvalidId", "integer", "Wh", "energy still given to a tag that became invalid"),
    StandardKey("MeterValuesAlignedData", "MemberList", "", "measurands at clock-aligned times"),
    StandardKey("MeterValuesAlignedDataMaxLength", "integer", "", "most items of MeterValuesAlignedData"),
    StandardKey("MeterValuesSampledData", "MemberList", "", "measurands while charging"),
    StandardKey("MeterValuesSampledDataMaxLength", "integer", "", "most items of MeterValuesSampledData"),
    StandardKey("MeterValueSampleInterval", "integer", "s", "time between samples while charging"),
    StandardKey("MinimumStatusDuration", "integer", "s", "how long a status must last before it is reported"),
    StandardKey("NumberOfConnectors", "integer", "", "how many connectors there are"),
    StandardKey("ResetRetries", "integer", "", "how often an unsuccessful reset is tried again"),
    StandardKey("StopTransactionOnEVSideDisconnect", "boolean", "", "unplugging at the car ends the session"),
    StandardKey("StopTransactionOnInvalidId", "boolean", "", "a tag that became invalid ends the session"),
    StandardKey("StopTxnAlignedData", "MemberList", "", "clock-aligned measurands told with the stop"),
    StandardKey("StopTxnAlignedDataMaxLength", "integer", "", "most items of StopTxnAlignedData"),
    StandardKey("StopTxnSampledData", "MemberList", "", "sampled measurands told with the stop"),
    StandardKey("StopTxnSampledDataMaxLength", "integer", "", "most items of StopTxnSampledData"),
    StandardKey("SupportedFeatureProfiles", "MemberList", "", "parts of OCPP 1.6 the station knows"),
    StandardKey("SupportedFeatureProfilesMaxLength", "integer", "", "most items of SupportedFeatureProfiles"),
    StandardKey("TransactionMessageAttempts", "integer", "", "how often a transaction message is sent"),
    StandardKey("TransactionMessageRetryInterval", "integer", "s", "wait before it is sent again, longer each time"),
    StandardKey("UnlockConnectorOnEVSideDisconnect", "boolean", "", "unplugging at the car unlocks the station"),
    StandardKey("WebSocketPingInterval", "integer", "s", "time between pings; 0 for none"),
    # sections 9.2 to 9.4
    StandardKey("LocalAuthListEnabled", "boolean", "", "the local list is used"),
    StandardKey("LocalAuthListMaxLength", "integer", "", "most tags of the local list"),
    StandardKey("SendLocalListMaxLength", "integer", "", "most tags of one SendLocalList"),
    StandardKey("ReserveConnectorZeroSupported", "boolean", "", "any connector may be reserved"),
    StandardKey("ChargeProfileMaxStackLevel", "integer", "", "highest stack level of a charging profile"),
    StandardKey("ChargingScheduleAllowedChargingRateUnit", "MemberList", "", "units of limits: Current, Power"),
    StandardKey("ChargingScheduleMaxPeriods", "integer", "", "most periods of a schedule"),
    StandardKey("ConnectorSwitch3to1PhaseSupported", "boolean", "", "can switch from three phases to one"),
    StandardKey("MaxChargingProfilesInstalled", "integer", "", "most charging profiles kept"),
    StandardKey("SupportedFileTransferProtocols", "MemberList", "", "how files are fetched and delivered"),
    # security whitepaper, edition 3
    StandardKey("AdditionalRootCertificateCheck", "boolean", "", "only one root certificate besides the fallback"),
    StandardKey("AuthorizationKey", "", "", "password of the station at this server; can only be written"),
    StandardKey("CertificateSignedMaxChainSize", "integer", "", "most bytes of a certificate chain"),
    StandardKey("CertificateStoreMaxLength", "integer", "", "most certificates kept"),
    StandardKey("CpoName", "", "", "organization in the station's certificate"),
    StandardKey("SecurityProfile", "integer", "", "0 to 3; can only be raised"),
)

STANDARD_KEYS: dict[str, StandardKey] = {key.name.casefold(): key for key in _KEYS}
"""By name in small letters."""

STANDARD_VARIABLES: tuple[tuple[str, str, str], ...] = (
    # component, variable, variable instance; the referenced variables of 2.0.1 part 2 appendices, chapter 2
    ("ChargingStation", "Model", ""),
    ("ChargingStation", "VendorName", ""),
    ("ChargingStation", "AvailabilityState", ""),
    ("ChargingStation", "Available", ""),
    ("ChargingStation", "SupplyPhases", ""),
    ("AlignedDataCtrlr", "Enabled", ""),
    ("AlignedDataCtrlr", "Interval", ""),
    ("AlignedDataCtrlr", "Measurands", ""),
    ("AlignedDataCtrlr", "TxEndedInterval", ""),
    ("AlignedDataCtrlr", "TxEndedMeasurands", ""),
    ("AuthCacheCtrlr", "Enabled", ""),
    ("AuthCtrlr", "AuthorizeRemoteStart", ""),
    ("AuthCtrlr", "LocalAuthorizeOffline", ""),
    ("AuthCtrlr", "LocalPreAuthorize", ""),
    ("AuthCtrlr", "OfflineTxForUnknownIdEnabled", ""),
    ("ClockCtrlr", "DateTime", ""),
    ("ClockCtrlr", "NtpServerUri", ""),
    ("ClockCtrlr", "TimeSource", ""),
    ("ClockCtrlr", "TimeZone", ""),
    ("DeviceDataCtrlr", "BytesPerMessage", "GetReport"),
    ("DeviceDataCtrlr", "BytesPerMessage", "GetVariables"),
    ("DeviceDataCtrlr", "BytesPerMessage", "SetVariables"),
    ("DeviceDataCtrlr", "ItemsPerMessage", "GetReport"),
    ("DeviceDataCtrlr", "ItemsPerMessage", "GetVariables"),
    ("DeviceDataCtrlr", "ItemsPerMessage", "SetVariables"),
    ("LocalAuthListCtrlr", "Enabled", ""),
    ("LocalAuthListCtrlr", "Entries", ""),
    ("LocalAuthListCtrlr", "ItemsPerMessage", ""),
    ("MonitoringCtrlr", "Enabled", ""),
    ("OCPPCommCtrlr", "ActiveNetworkProfile", ""),
    ("OCPPCommCtrlr", "FileTransferProtocols", ""),
    ("OCPPCommCtrlr", "HeartbeatInterval", ""),
    ("OCPPCommCtrlr", "MessageAttemptInterval", "TransactionEvent"),
    ("OCPPCommCtrlr", "MessageAttempts", "TransactionEvent"),
    ("OCPPCommCtrlr", "MessageTimeout", "Default"),
    ("OCPPCommCtrlr", "NetworkConfigurationPriority", ""),
    ("OCPPCommCtrlr", "NetworkProfileConnectionAttempts", ""),
    ("OCPPCommCtrlr", "OfflineThreshold", ""),
    ("OCPPCommCtrlr", "ResetRetries", ""),
    ("OCPPCommCtrlr", "UnlockOnEVSideDisconnect", ""),
    ("OCPPCommCtrlr", "WebSocketPingInterval", ""),
    ("ReservationCtrlr", "Enabled", ""),
    ("SampledDataCtrlr", "Enabled", ""),
    ("SampledDataCtrlr", "TxEndedInterval", ""),
    ("SampledDataCtrlr", "TxEndedMeasurands", ""),
    ("SampledDataCtrlr", "TxStartedMeasurands", ""),
    ("SampledDataCtrlr", "TxUpdatedInterval", ""),
    ("SampledDataCtrlr", "TxUpdatedMeasurands", ""),
    ("SecurityCtrlr", "CertificateEntries", ""),
    ("SecurityCtrlr", "OrganizationName", ""),
    ("SecurityCtrlr", "SecurityProfile", ""),
    ("SmartChargingCtrlr", "Enabled", ""),
    ("SmartChargingCtrlr", "Entries", "ChargingProfiles"),
    ("SmartChargingCtrlr", "LimitChangeSignificance", ""),
    ("SmartChargingCtrlr", "PeriodsPerSchedule", ""),
    ("SmartChargingCtrlr", "ProfileStackLevel", ""),
    ("SmartChargingCtrlr", "RateUnit", ""),
    ("TxCtrlr", "EVConnectionTimeOut", ""),
    ("TxCtrlr", "StopTxOnEVSideDisconnect", ""),
    ("TxCtrlr", "StopTxOnInvalidId", ""),
    ("TxCtrlr", "TxStartPoint", ""),
    ("TxCtrlr", "TxStopPoint", ""),
)
