"""The answers of the API as OpenAPI describes them. What is sent is made in `documents`; tests compare the two."""

from typing import Any, Literal

from pydantic import BaseModel, JsonValue


class FindingDocument(BaseModel):
    """Something odd that was tolerated."""

    code: str
    severity: Literal["info", "warning", "critical"]
    text: str
    path: str


class ErrorDocument(BaseModel):
    """A CALLERROR, or why there is no answer."""

    code: str
    description: str
    details: Any


class Answer(BaseModel):
    """What came of a call."""

    id: str
    status: Literal["queued", "sent", "result", "error", "timeout", "lost", "cancelled", "not_sent"]
    payload: JsonValue
    error: ErrorDocument | None
    latency_ms: float | None
    verdict: str
    text: str
    findings: list[FindingDocument]


class Queued(BaseModel):
    """A call that was taken and not waited for."""

    id: str
    status: Literal["queued"]
    url: str


class MessageDocument(BaseModel):
    """A row of the message log."""

    seq: int
    at: str
    at_us: int
    station: str
    version: str
    origin: Literal["station", "console", "event"]
    action: str
    id: JsonValue
    state: Literal["open", "result", "error", "abandoned", "alone"]
    verdict: str
    payload: JsonValue
    answer: JsonValue
    error: ErrorDocument | None
    frame: str
    answer_frame: str | None
    answered_at: str | None
    latency_ms: float | None
    summary: str
    note: str
    findings: list[FindingDocument]


class LoggedMessage(MessageDocument):
    """A row of the message log with what the operator wrote on it."""

    marked: bool
    comment: str


class CommandDocument(Answer):
    """A command with everything that followed from it."""

    station: str
    action: str
    request: JsonValue
    at: str
    final: bool
    purpose: str
    follow_ups: list[MessageDocument]
    more_follow_ups: int


class ConnectorDocument(BaseModel):
    """A connector; `evse` is 0 in 1.6."""

    evse: int
    connector: int
    status: str
    previous: str
    error_code: str
    vendor_error_code: str
    info: str
    at: str | None
    values: dict[str, str]


class ConnectionDocument(BaseModel):
    """The live connection of a station."""

    id: int
    version: str
    subprotocol: str
    offered: list[str]
    address: str
    secure: bool
    since: str
    booted: bool
    frames_in: int
    frames_out: int


class SecurityEvent(BaseModel):
    """A SecurityEventNotification."""

    at: str
    type: str
    info: str


class SettingsDocument(BaseModel):
    """What is set for a station; of the password only whether there is one."""

    registration: Literal["Accepted", "Pending", "Rejected"] | None
    interval: int | None
    security_profile: int | None
    password_set: bool
    name: str
    notes: str
    tariff: str
    version: str
    quirks: list[str]
    limits: dict[str, int]


class StationDocument(BaseModel):
    """Everything that is known of a station."""

    id: str
    name: str
    online: bool
    ready: bool
    version: str
    vendor: str
    model: str
    serial: str
    firmware: str
    iccid: str
    imsi: str
    meter_type: str
    meter_serial: str
    boot_reason: str
    boot_answer: str
    heartbeat_interval: int
    boot_count: int
    connection_count: int
    messages: int
    findings: int
    firmware_status: str
    log_status: str
    gone_reason: str
    booted_at: str | None
    first_seen: str | None
    last_seen: str | None
    last_heartbeat: str | None
    clock_drift_ms: float | None
    address: str
    path: str
    connection: ConnectionDocument | None
    connectors: list[ConnectorDocument]
    settings: SettingsDocument
    notices: list[FindingDocument]
    security_events: list[SecurityEvent]
