"""One line of what matters in a message, made when it is drawn. It holds a station's words: never draw it raw."""

from collections.abc import Callable, Iterator
from itertools import islice

from ocpp_console.model.meter_values import ENERGY, each_reading
from ocpp_console.model.reading import entries, mapping, text, whole
from ocpp_console.model.rows import Message, Origin, State
from ocpp_console.model.secrets import masked
from ocpp_console.protocol.frames import CallError, CallResult, JsonValue, parse, payload_again

Payload = dict[str, JsonValue]

LONGEST_SUMMARY = 200
"""Characters."""
_MOST_PARTS = 6


def summary(message: Message) -> str:
    """The line for a row; kept in the row until it changes."""
    if message.summary_cache is None:
        message.summary_cache = _summarise(message)[:LONGEST_SUMMARY]
    return message.summary_cache


def _summarise(message: Message) -> str:
    """The line, made anew."""
    if message.origin is Origin.EVENT or message.action in ("unreadable", "binary"):
        return message.raw[: LONGEST_SUMMARY * 4].decode("utf-8", "replace")
    payload = payload_again(message.raw)
    if payload is None:  # neither a call nor a SEND
        frame = parse(message.raw, message.version)
        if isinstance(frame, CallError):
            return f"{text(frame.code)} {text(frame.description)}".strip()
        if not isinstance(frame, CallResult):
            return message.raw[: LONGEST_SUMMARY * 4].decode("utf-8", "replace")
        payload = frame.payload
    parts = list(_parts(_ASKED.get(message.action, _plain), mapping(payload)))
    if message.answer_raw is not None:
        parts += _answer_parts(message)
    return "  ".join(part for part in parts if part)


def _parts(tell: Callable[[Payload], Iterator[str]], payload: Payload) -> Iterator[str]:
    """The first parts of what `tell` says."""
    return islice(tell(payload), _MOST_PARTS)


def _answer_parts(message: Message) -> list[str]:
    """What matters in the answer, after an arrow; its verdict has a column of its own."""
    tell = _ANSWERED.get(message.action)
    if tell is None and message.state is not State.ERROR:
        return []
    frame = parse(message.answer_raw or b"", message.version)
    if isinstance(frame, CallError) and message.state is State.ERROR:
        return [f"→ {text(frame.description)}"] if text(frame.description) else []
    if tell is None or not isinstance(frame, CallResult):
        return []
    told = "  ".join(_parts(tell, mapping(frame.payload)))
    return [f"→ {told}"] if told else []


def _plain(payload: Payload) -> Iterator[str]:
    """The first plain properties with their names: enough for an action nobody wrote a line for."""
    for name, value in payload.items():
        if type(value) in (str, int, float, bool):
            yield f"{text(name)} {masked(text(name), text(value))}"


def _named(payload: Payload, *names: str) -> Iterator[str]:
    """These properties, in this order, as they are."""
    for name in names:
        value = masked(name, text(payload.get(name)))
        if value:
            yield value


def _place(payload: Payload) -> Iterator[str]:
    """Where: `#2` in 1.6, `#1.2` in 2.x."""
    evse = mapping(payload.get("evse"))
    first = payload.get("evseId") if "evseId" in payload else evse.get("id")
    number = payload.get("connectorId") if "connectorId" in payload else evse.get("connectorId")
    shown = ".".join(text(part) for part in (first, number) if text(part))
    if shown:
        yield f"#{shown}"


def _boot(payload: Payload) -> Iterator[str]:
    inner = mapping(payload.get("chargingStation"))
    yield from _named(payload, "chargePointVendor", "chargePointModel", "chargePointSerialNumber", "firmwareVersion")
    yield from _named(inner, "vendorName", "model", "serialNumber", "firmwareVersion")
    yield from _named(payload, "reason")


def _boot_answer(payload: Payload) -> Iterator[str]:
    interval = whole(payload.get("interval"))
    if interval is not None:
        yield f"every {text(interval)} s"


def _status(payload: Payload) -> Iterator[str]:
    yield from _place(payload)
    yield from _named(payload, "status", "connectorStatus")
    error = text(payload.get("errorCode"))
    if error and error != "NoError":
        yield error
    yield from _named(payload, "info", "vendorErrorCode")


def _token(payload: Payload) -> Iterator[str]:
    yield from _named(payload, "idTag")
    token = payload.get("idToken")
    yield from _named(mapping(token), "idToken", "type")
    if type(token) is str:
        yield token


def _start(payload: Payload) -> Iterator[str]:
    yield from _place(payload)
    yield from _token(payload)
    if text(payload.get("meterStart")):
        yield f"{text(payload.get('meterStart'))} Wh"


def _start_answer(payload: Payload) -> Iterator[str]:
    yield f"transaction {text(payload.get('transactionId'))}"


def _stop(payload: Payload) -> Iterator[str]:
    yield f"transaction {text(payload.get('transactionId'))}"
    yield from _token(payload)
    if text(payload.get("meterStop")):
        yield f"{text(payload.get('meterStop'))} Wh"
    yield from _named(payload, "reason")


def _samples(payload: Payload) -> Iterator[str]:
    for label, value in each_reading(payload.get("meterValue")):
        shown = label.replace(ENERGY, "").strip()  # what nearly everything measures needs no name
        yield f"{shown} {value}" if shown else value


def _meter_values(payload: Payload) -> Iterator[str]:
    yield from _place(payload)
    yield from _samples(payload)
    if text(payload.get("transactionId")):
        yield f"transaction {text(payload.get('transactionId'))}"


def _transaction_event(payload: Payload) -> Iterator[str]:
    info = mapping(payload.get("transactionInfo"))
    yield from _named(payload, "eventType")
    yield from _place(payload)
    yield from _named(payload, "triggerReason")
    yield from _named(info, "chargingState", "stoppedReason")
    yield from _token(payload)
    yield from _samples(payload)


def _trigger(payload: Payload) -> Iterator[str]:
    yield from _named(payload, "requestedMessage")
    yield from _place(payload)


def _remote_start(payload: Payload) -> Iterator[str]:
    yield from _place(payload)
    yield from _token(payload)


def _variables(payload: Payload) -> Iterator[str]:
    for entry in [*entries(payload.get("getVariableData")), *entries(payload.get("setVariableData"))]:
        component, variable = mapping(entry.get("component")), mapping(entry.get("variable"))
        name = f"{text(component.get('name'))}.{text(variable.get('name'))}"
        value = masked(text(variable.get("name")), text(entry.get("attributeValue")))
        yield f"{name} = {value}" if value else name


def _variables_answer(payload: Payload) -> Iterator[str]:
    for entry in entries(payload.get("getVariableResult")):
        value = masked(text(mapping(entry.get("variable")).get("name")), text(entry.get("attributeValue")))
        yield value or text(entry.get("attributeStatus"))


def _configuration(payload: Payload) -> Iterator[str]:
    keys = payload.get("key")
    if type(keys) is list:
        yield from (text(key) for key in keys)
    elif text(keys):
        yield f"{text(keys)} = {masked(text(keys), text(payload.get('value')))}"


def _configuration_answer(payload: Payload) -> Iterator[str]:
    for entry in entries(payload.get("configurationKey")):
        yield f"{text(entry.get('key'))} = {masked(text(entry.get('key')), text(entry.get('value')))}"


def _location(payload: Payload) -> Iterator[str]:
    yield from _named(payload, "location")
    yield from _named(mapping(payload.get("firmware")), "location")
    yield from _named(mapping(payload.get("log")), "remoteLocation")


def _log_answer(payload: Payload) -> Iterator[str]:
    yield from _named(payload, "fileName", "filename")


def _data_transfer(payload: Payload) -> Iterator[str]:
    yield from _named(payload, "vendorId", "messageId", "data")


def _report(payload: Payload) -> Iterator[str]:
    yield from _named(payload, "requestId", "seqNo", "status", "type", "techInfo")
    for event in entries(payload.get("eventData")):
        component, variable = mapping(event.get("component")), mapping(event.get("variable"))
        yield f"{text(component.get('name'))}.{text(variable.get('name'))} = {text(event.get('actualValue'))}"
    listed = payload.get("reportData")
    if type(listed) is list:
        yield f"{len(listed)} entries"


def _messages(payload: Payload) -> Iterator[str]:
    yield from _named(payload, "requestId")
    for entry in entries(payload.get("messageInfo")):
        content = text(mapping(entry.get("message")).get("content"))
        yield " ".join(part for part in (f"#{text(entry.get('id'))}", *_named(entry, "priority", "state")) if part)
        yield f'"{content}"'


def _monitors(payload: Payload) -> Iterator[str]:
    yield from _named(payload, "requestId", "seqNo")
    for entry in entries(payload.get("monitor")):
        component, variable = mapping(entry.get("component")), mapping(entry.get("variable"))
        told = [
            " ".join((f"#{text(each.get('id'))}", *_named(each, "type", "value")))
            for each in entries(entry.get("variableMonitoring"))
        ]
        yield f"{text(component.get('name'))}.{text(variable.get('name'))}: {', '.join(told)}"


def _time_answer(payload: Payload) -> Iterator[str]:
    yield from _named(payload, "currentTime")


_ASKED: dict[str, Callable[[Payload], Iterator[str]]] = {
    "Authorize": _token,
    "BootNotification": _boot,
    "ChangeAvailability": lambda payload: _named(payload, "connectorId", "type", "operationalStatus"),
    "ChangeConfiguration": _configuration,
    "DataTransfer": _data_transfer,
    "DiagnosticsStatusNotification": _report,
    "ExtendedTriggerMessage": _trigger,
    "FirmwareStatusNotification": _report,
    "GetConfiguration": _configuration,
    "GetDiagnostics": _location,
    "GetLog": _location,
    "GetVariables": _variables,
    "LogStatusNotification": _report,
    "MeterValues": _meter_values,
    "NotifyDisplayMessages": _messages,
    "NotifyEvent": _report,
    "NotifyMonitoringReport": _monitors,
    "NotifyReport": _report,
    "RemoteStartTransaction": _remote_start,
    "RequestStartTransaction": _remote_start,
    "SecurityEventNotification": _report,
    "SetVariables": _variables,
    "SignedFirmwareStatusNotification": _report,
    "SignedUpdateFirmware": _location,
    "StartTransaction": _start,
    "StatusNotification": _status,
    "StopTransaction": _stop,
    "TransactionEvent": _transaction_event,
    "TriggerMessage": _trigger,
    "UpdateFirmware": _location,
}
"""What matters in a call; for every other action the plain properties."""

_ANSWERED: dict[str, Callable[[Payload], Iterator[str]]] = {
    "BootNotification": _boot_answer,
    "GetConfiguration": _configuration_answer,
    "GetDiagnostics": _log_answer,
    "GetLog": _log_answer,
    "GetVariables": _variables_answer,
    "Heartbeat": _time_answer,
    "StartTransaction": _start_answer,
}
"""What matters in an answer besides its verdict."""
