"""The model's objects as JSON documents: stations, messages, commands, findings. Texts as stations wrote them."""

from collections.abc import Callable, Iterable
from typing import Any

from ocpp_console.clock import iso
from ocpp_console.model.command_story import answer_payload
from ocpp_console.model.commands import Command, Progress
from ocpp_console.model.costs import cost_of, currency_of
from ocpp_console.model.documents import plain_fields
from ocpp_console.model.messages import Message, summary
from ocpp_console.model.reading import text
from ocpp_console.model.rows import Origin
from ocpp_console.model.secrets import masked
from ocpp_console.model.station import Connector, Station
from ocpp_console.model.station_settings import StationSettings
from ocpp_console.model.transactions import Transaction
from ocpp_console.protocol.findings import Finding
from ocpp_console.protocol.frames import Call, CallError, CallResult, Send, parse

Json = dict[str, Any]


def when(at: int) -> str | None:
    """A time in µs as ISO 8601; None for never."""
    return iso(at) if at else None


def milliseconds(us: int | None) -> float | None:
    """A duration in µs as milliseconds."""
    return None if us is None else us / 1000


def finding(found: Finding) -> Json:
    """One oddity."""
    return {
        "code": found.code,
        "severity": found.severity.name.lower(),
        "text": found.text,
        "path": found.path,
    }


def findings(found: Iterable[Finding]) -> list[Json]:
    """Several oddities."""
    return [finding(each) for each in found]


# ---------------------------------------------------------------- stations

_SAID = ("vendor", "model", "serial", "firmware", "iccid", "imsi", "meter_type", "meter_serial", "boot_reason")
_COUNTED = ("boot_count", "connection_count", "messages", "findings", "firmware_status", "log_status", "gone_reason")
_TIMES = ("booted_at", "first_seen", "last_seen", "last_heartbeat")


def station(known: Station) -> Json:
    """Everything the model knows of a station."""
    return {
        "id": known.identity,
        "name": known.settings.name,
        "online": known.online,
        "ready": known.ready,
        "version": known.version,
        **{name: getattr(known, name) for name in _SAID},
        "boot_answer": known.registration,
        "heartbeat_interval": known.interval,
        **{name: getattr(known, name) for name in _COUNTED},
        **{name: when(getattr(known, name)) for name in _TIMES},
        "clock_drift_ms": milliseconds(known.clock_drift),
        "address": known.last_address,
        "path": known.last_path,
        "connection": _connection(known),
        "connectors": [connector(each) for each in known.connectors.values()],
        "settings": settings(known.settings),
        "notices": findings(known.notices),
        "security_events": [{"at": iso(at), "type": kind, "info": info} for at, kind, info in known.security_events],
    }


def _connection(known: Station) -> Json | None:
    """The live connection."""
    live = known.connection
    if live is None:
        return None
    return {
        "id": live.id,
        "version": live.version,
        "subprotocol": live.subprotocol,
        "offered": list(live.offered),
        "address": live.address,
        "secure": live.secure,
        "since": iso(live.since),
        "booted": live.booted,
        "frames_in": live.frames_in,
        "frames_out": live.frames_out,
    }


def settings(given: StationSettings) -> Json:
    """What is set for a station; of the password only whether there is one."""
    return {
        "registration": given.registration,
        "interval": given.interval,
        "security_profile": given.security_profile,
        "password_set": bool(given.password),
        "name": given.name,
        "notes": given.notes,
        "tariff": given.tariff,
        "version": given.version,
        "quirks": sorted(given.quirks),
        "limits": given.limits,
    }


def connector(known: Connector) -> Json:
    """One connector; `evse` is 0 in 1.6."""
    return {
        "evse": known.evse,
        "connector": known.number,
        "status": known.status,
        "previous": known.previous,
        "error_code": known.error_code,
        "vendor_error_code": known.vendor_error_code,
        "info": known.info,
        "at": when(known.at),
        "values": known.values,
    }


def variables(known: Station) -> list[Json]:
    """What can be configured, as far as it was told; values of secrets are masked."""
    return [
        {
            "component": variable.name.component,
            "component_instance": variable.name.component_instance,
            "evse": variable.name.evse,
            "connector": variable.name.connector,
            "variable": variable.name.variable,
            "instance": variable.name.instance,
            "attribute": kind,
            "value": masked(variable.name.variable, attribute.value) if attribute.value is not None else None,
            "mutability": attribute.mutability,
            "at": when(attribute.at),
        }
        for variable in known.variables.ordered()
        for kind, attribute in variable.attributes.items()
    ]


def transaction(session: Transaction, now: int) -> Json:
    """A charging session; `now` (µs) is until when a running one costs."""
    plain = plain_fields(session)
    times = {name: when(plain.pop(name)) for name in ("at", "started_at", "stopped_at")}
    return (
        plain
        | times
        | {
            "running": session.running,
            "energy_wh": session.energy_wh,
            "power_w": session.power_w,
            "values": session.last_values,
            "cost": cost_of(session, now),
            "currency": currency_of(session.tariff),
        }
    )


# ---------------------------------------------------------------- messages


def frame_text(raw: bytes | None) -> str | None:
    """A frame as text; what is not UTF-8 becomes its hexadecimal escape."""
    return None if raw is None else raw.decode("utf-8", "backslashreplace")


def message(row: Message) -> Json:
    """A row of the log: a call with its answer, or what stands alone."""
    event = row.origin is Origin.EVENT
    frame = None if event else parse(row.raw, row.version)
    answer = parse(row.answer_raw, row.version) if row.answer_raw is not None else None
    return {
        "seq": row.seq,
        "at": iso(row.at),
        "at_us": row.at,
        "station": row.station,
        "version": row.version,
        "origin": row.origin.value,
        "action": row.action,
        "id": row.id,
        "state": row.state.value,
        "verdict": row.verdict,
        "payload": frame.payload if isinstance(frame, (Call, Send)) else None,
        "answer": answer.payload if isinstance(answer, CallResult) else None,
        "error": _error(answer) if isinstance(answer, CallError) else None,
        "frame": frame_text(row.raw),
        "answer_frame": frame_text(row.answer_raw),
        "answered_at": when(row.answered_at),
        "latency_ms": milliseconds(row.latency),
        "summary": summary(row),
        "note": row.note,
        "findings": findings(row.findings),
    }


def _error(error: CallError) -> Json:
    return {"code": text(error.code), "description": text(error.description), "details": error.details}


# ---------------------------------------------------------------- commands

STATUSES = {
    Progress.QUEUED: "queued",
    Progress.SENT: "sent",
    Progress.ANSWERED: "result",
    Progress.REFUSED: "error",
    Progress.TIMED_OUT: "timeout",
    Progress.ONE_WAY: "sent",
    Progress.NOT_SENT: "not_sent",
}
_GIVEN_UP = {"gone": "lost", "former": "lost", "cancelled": "cancelled"}


def status_of(command: Command) -> str:
    """How far it is in one word: queued, sent; result, error, timeout, lost, cancelled, not_sent."""
    status = STATUSES[command.progress]
    given_up = command.progress in (Progress.TIMED_OUT, Progress.NOT_SENT)
    return _GIVEN_UP.get(command.verdict, status) if given_up else status


def answer(command: Command) -> Json:
    """What came of a call: its status, the payload or the error, how long it took, what is odd about the answer."""
    row = command.message
    return {
        "id": command.id,
        "status": status_of(command),
        "payload": answer_payload(command),
        "error": _error_of(command),
        "latency_ms": milliseconds(row.latency) if row is not None else None,
        "verdict": command.verdict,
        "text": command.text,
        "findings": findings(row.answer_findings) if row is not None else [],
    }


def _error_of(command: Command) -> Json | None:
    """A CALLERROR, or what the console says of an answer that never came or cannot be read."""
    row = command.message
    if command.progress is Progress.REFUSED and row is not None and row.answer_raw is not None:
        frame = parse(row.answer_raw, row.version)
        if isinstance(frame, CallError):
            return _error(frame)
        return {"code": row.verdict, "description": "The answer cannot be read.", "details": frame_text(row.answer_raw)}
    if command.progress in (Progress.TIMED_OUT, Progress.NOT_SENT):
        return {"code": command.verdict, "description": command.text, "details": None}
    return None


def command(known: Command, shown: Callable[[Message], Message] = lambda row: row) -> Json:
    """A command with its answer and everything that followed from it, each row as it is `shown`."""
    return answer(known) | {
        "station": known.station,
        "action": known.action,
        "request": known.payload,
        "at": iso(known.at),
        "final": known.final,
        "purpose": known.purpose,
        "findings": findings(known.message.findings) if known.message is not None else [],
        "follow_ups": [message(shown(row)) for row in known.followers],
        "more_follow_ups": known.more_followers,
    }
