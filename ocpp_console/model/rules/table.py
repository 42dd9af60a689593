"""Which rules look at which action. A new rule is a function and a line here, and an entry of the catalogue."""

from collections.abc import Callable

from ocpp_console.model.report_parts import HOLDS
from ocpp_console.model.rows import Message
from ocpp_console.model.rules import configuration, faults, liveness, metering, sessions, statuses
from ocpp_console.model.site import Site
from ocpp_console.model.station import Station
from ocpp_console.protocol.findings import Finding
from ocpp_console.protocol.frames import JsonValue

Payload = dict[str, JsonValue]
Rule = Callable[[Site, Station, Message, Payload], Finding | None]

CALL_RULES: dict[str, tuple[Rule, ...]] = {
    "BootNotification": (liveness.late_boot, liveness.repeated_boot, liveness.boot_loop),
    "Heartbeat": (liveness.heartbeat_interval, liveness.heartbeat_ignored),
    "StatusNotification": (
        statuses.transition,
        statuses.skipped,
        statuses.connector_fault,
        statuses.out_of_service,
        faults.fault_reported,
    ),
    "NotifyEvent": (faults.events,),
    "StartTransaction": (sessions.unexpected_start,),
    "MeterValues": (metering.metering_16,),
    "StopTransaction": (
        sessions.stopped,
        sessions.stop_reason,
        sessions.duration,
        metering.metering_16,
    ),
    "TransactionEvent": (sessions.event_2x, sessions.sequence, sessions.duration_2x, metering.metering_2x),
    "FirmwareStatusNotification": (statuses.firmware_failed,),
    "SignedFirmwareStatusNotification": (statuses.firmware_failed,),
    "DiagnosticsStatusNotification": (statuses.log_failed,),
    "LogStatusNotification": (statuses.log_failed,),
}
"""A station's call, before it is folded: the station and its sessions are as they were."""

for _action in HOLDS:
    if _action != "NotifyEvent":  # its parts are events, and nobody waits for them to be complete
        CALL_RULES[_action] = (configuration.parts,)

CALL_RULES_AFTER: dict[str, tuple[Rule, ...]] = {
    "MeterValues": (metering.fits_16,),
    "StopTransaction": (metering.fits_16, sessions.metered),
    "TransactionEvent": (metering.fits_2x, sessions.ended_2x),
    "NotifyReport": (configuration.ignored_2x,),
}
"""The same once it is folded."""

ANSWER_RULES: dict[str, tuple[Rule, ...]] = {
    "BootNotification": (liveness.boot_answered,),
    "Authorize": (statuses.failed_authorization,),
    "StartTransaction": (statuses.failed_authorization, sessions.started),
    "TransactionEvent": (statuses.failed_authorization_2x,),
}
"""Our answer to a station's call, before it is folded."""

REPLY_RULES: dict[str, tuple[Rule, ...]] = {
    "GetConfiguration": (configuration.ignored_16,),
    "GetVariables": (configuration.ignored_2x,),
}
"""A station's answer to a call of ours, once it is folded."""
