"""What a status that is no plain yes usually means, by command or functional block; told when no hint knows better."""

from ocpp_console.protocol.actions import ACTIONS

WORDS: dict[str, dict[str, str]] = {
    "Provisioning": {
        "Rejected": "The station cannot do this now, or does not take these values: read what it has first.",
        "Failed": "The station could not carry it out; its log may tell why (GetLog).",
        "EmptyResultSet": "Nothing at the station matches what was asked for: ask for more, or for all.",
        "NotSupported": "The station knows no report of this kind: ask for the variables by name (GetVariables).",
        "NotSupportedAttributeType": "The variable has no attribute of this type: leave the type out for Actual.",
        "UnknownComponent": "It has no component of this name: look at the report of its device model.",
        "UnknownVariable": "The component has no such variable: look at the report of its device model.",
    },
    "SetNetworkProfile": {
        "Rejected": "Its slot may be in use, or the security profile be lower than the present one.",
        "Failed": "It could not store the profile in this slot.",
    },
    "Authorization": {
        "Rejected": "The cache may be off at the station (AuthCacheCtrlr, AuthorizationCacheEnabled).",
        "Failed": "It could not store the list: it may be too long, or hold a tag the station cannot take.",
    },
    "Remote control": {"Rejected": "The station cannot do this now; not every message can be triggered at any time."},
    "Availability": {"Rejected": "The connector may not exist, or the station does not let this be changed from here."},
    "Reservation": {
        "Faulted": "The connector is faulted.",
        "Occupied": "The connector is in use or reserved already.",
        "Rejected": "The station does not take reservations, or not this one.",
        "Unavailable": "The connector is out of service.",
    },
    "CancelReservation": {"Rejected": "The station knows no such reservation."},
    "Smart charging": {
        "Rejected": "Smart charging may be off at the station, or the connector, session or unit not known to it.",
        "Unknown": "It has no profile that matches: there was nothing to clear.",
        "NoProfile": "There is no profile of the purpose PriorityCharging at the station.",
        "NoProfiles": "It has no charging profile that matches.",
    },
    "UpdateDynamicSchedule": {"Rejected": "There is no profile of this id, or it is not of the kind Dynamic."},
    "Tariff and cost": {
        "Rejected": "Local cost calculation may be off (TariffCostCtrlr), or the tariff breaks the station's limits.",
        "ConditionNotSupported": "It does not know the conditions of this tariff: try one without conditions.",
        "DuplicateTariffId": "It has a tariff of this id already: choose another id.",
        "NoCurrencyChange": "The currency of a running session cannot be changed.",
        "NoTariff": "It has no tariff that matches.",
        "TooManyElements": "The tariff has more parts than the station takes (TariffCostCtrlr.MaxElements).",
        "TxNotFound": "The station runs no session with this id: look for its id in the last messages.",
    },
    "Firmware": {
        "Rejected": "It may be busy with a session or another transfer, or not take this address.",
        "AcceptedCanceled": "An update that was under way was cancelled for this one.",
        "DownloadOngoing": "A station still fetches this image; try again when it is done.",
        "NoFirmware": "It publishes no image with this checksum.",
    },
    "Diagnostics": {
        "Rejected": "The station cannot do this now, or not for this variable, monitor or customer.",
        "AcceptedCanceled": "An upload that was under way was cancelled for this one.",
        "Duplicate": "The variable has a monitor of this type and severity already.",
        "EmptyResultSet": "Nothing at the station matches what was asked for: ask for more, or for all.",
        "Invalid": "It takes no request of this kind: name a customer by exactly one property.",
        "NotFound": "It has no monitor of this id: GetMonitoringReport lists those it has.",
        "UnknownComponent": "It has no component of this name: look at the report of its device model.",
        "UnknownVariable": "The component has no such variable: look at the report of its device model.",
        "UnsupportedMonitorType": "The variable cannot be monitored in this way: try another type.",
    },
    "Display": {
        "Rejected": "It may have no display or no room: DisplayMessageCtrlr of its device model tells what it takes.",
        "LanguageNotSupported": "It knows no text in this language: DisplayMessageCtrlr.Language lists those it has.",
        "NotSupportedMessageFormat": "Try the format ASCII or UTF8: DisplayMessageCtrlr.SupportedFormats lists them.",
        "NotSupportedPriority": "Try NormalCycle: DisplayMessageCtrlr.SupportedPriorities lists those it takes.",
        "NotSupportedState": "Leave the state out: DisplayMessageCtrlr.SupportedStates lists those it takes.",
        "Unknown": "It has no message that matches.",
        "UnknownTransaction": "The station runs no session with this id.",
    },
    "Security": {
        "Rejected": "It does not take this certificate: its kind, issuer or time may be wrong, or its storage full.",
        "Failed": "It could not store or remove the certificate; one that is in use cannot be removed.",
        "NotFound": "It has no such certificate: GetInstalledCertificateIds lists those it has.",
    },
    "DER control": {
        "Rejected": "DER control may be off at the station (DCDERCtrlr, ACDERCtrlr), or a value be out of its range.",
        "NotFound": "It has no control that matches: GetDERControl lists those it has.",
    },
    "Data transfer": {
        "Rejected": "It knows the vendor and the message, and refuses the data.",
        "UnknownMessageId": "It knows the vendor, but not this messageId: ask the maker for the spelling.",
        "UnknownVendorId": "It does not know this vendorId: makers often use a domain, such as com.example.",
    },
    "Battery swap": {"Rejected": "No battery can be given now, or the station swaps none."},
}
"""By command, else by functional block; then by status (OCPP 1.6 §7, 2.x part 2 §3: the status enumerations)."""


def usual_words(action: str, status: str) -> str:
    """A sentence; empty when the status needs none or nobody has said."""
    declared = ACTIONS.get(action)
    block = WORDS.get(declared.block, {}) if declared is not None else {}
    return WORDS.get(action, {}).get(status) or block.get(status, "")
