"""What a station says about its variables, in whatever message, folded into its table. Total, like all folds."""

from ocpp_console.model.reading import entries, mapping, number, text, whole
from ocpp_console.model.rows import Message
from ocpp_console.model.site import Site
from ocpp_console.model.station import Station
from ocpp_console.model.variable_values import truth, value_text
from ocpp_console.model.variables import ACTUAL, VariableName
from ocpp_console.protocol.findings import Finding
from ocpp_console.protocol.frames import JsonValue

Payload = dict[str, JsonValue]


def name_of(item: Payload) -> VariableName:
    """The variable that an object with `component` and `variable` is about."""
    component, variable = mapping(item.get("component")), mapping(item.get("variable"))
    evse = mapping(component.get("evse"))
    return VariableName(
        text(component.get("name")),
        text(variable.get("name")),
        whole(evse.get("id")) or 0,
        whole(evse.get("connectorId")) or 0,
        text(component.get("instance")),
        text(variable.get("instance")),
    )


def configuration_answered(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """GetConfiguration: the keys and those nobody knows. The list of keys asked for may be ignored by the station."""
    variables, at = station.variables, message.answered_at
    for item in entries(payload.get("configurationKey")):
        name = VariableName("", text(item.get("key")).strip())
        attribute = variables.heard(name, value_text(item.get("value")), at)
        if attribute is not None:
            readonly = truth(item.get("readonly"))
            attribute.mutability = "" if readonly is None else "ReadOnly" if readonly else "ReadWrite"
    unknown = payload.get("unknownKey")
    for key in unknown if isinstance(unknown, list) else [unknown]:
        if text(key):
            variables.not_known(text(key))
    if not site.request(message).get("key"):
        variables.read_at = at
    return None


def configuration_changed(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """ChangeConfiguration: what became of one key."""
    asked = site.request(message)
    name = VariableName("", text(asked.get("key")))
    known = station.variables.find(name)
    value, verdict = value_text(asked.get("value")) or "", text(payload.get("status"))
    if known is not None or verdict != "NotSupported":  # else every mistyped key would become one of the station
        station.variables.written(known.name if known else name, value, verdict, message.answered_at)
    return None


def variables_answered(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """GetVariables: one value, or the reason why there is none, for each that was asked for."""
    asked = entries(site.request(message).get("getVariableData"))
    for index, result in enumerate(entries(payload.get("getVariableResult"))):
        item = result if "variable" in result or index >= len(asked) else asked[index]
        name, kind = name_of(item), text(result.get("attributeType")) or text(item.get("attributeType")) or ACTUAL
        status = text(result.get("attributeStatus"))
        if status in ("Accepted", ""):
            station.variables.heard(name, value_text(result.get("attributeValue")), message.answered_at, kind)
        elif (variable := station.variables.find(name)) is not None and kind in variable.attributes:
            variable.attributes[kind].trouble = _with_words(status, result)
            station.variables.revision += 1
        elif status not in ("UnknownComponent", "UnknownVariable", "NotSupportedAttributeType"):
            attribute = station.variables.attribute(name, kind)
            if attribute is not None:
                attribute.trouble = _with_words(status, result)
    return None


def variables_set(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """SetVariables: what became of each."""
    asked = entries(site.request(message).get("setVariableData"))
    values = {(name_of(item).folded, text(item.get("attributeType")) or ACTUAL): item for item in asked}
    for index, result in enumerate(entries(payload.get("setVariableResult"))):
        kind = text(result.get("attributeType")) or ACTUAL
        item = values.get((name_of(result).folded, kind)) or (asked[index] if index < len(asked) else None)
        if item is None:
            continue
        value = value_text(item.get("attributeValue")) or ""
        words = _with_words("", result)
        verdict = text(result.get("attributeStatus"))
        known = station.variables.find(name_of(item))
        if known is None and verdict in ("UnknownComponent", "UnknownVariable"):
            continue
        name = known.name if known else name_of(item)
        kind = text(item.get("attributeType")) or ACTUAL
        station.variables.written(name, value, verdict, message.answered_at, kind, words)
    return None


def report_called(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """NotifyReport: one part of a report; parts count whatever their order, and whether or not the others came."""
    variables = station.variables
    for item in entries(payload.get("reportData")):
        name = name_of(item)
        variable = variables.put(name)
        if variable is None:
            continue
        for told in entries(item.get("variableAttribute")):
            value, kind = value_text(told.get("value")), text(told.get("type")) or ACTUAL
            attribute = variables.heard(name, value, message.at, kind)
            if attribute is not None:
                attribute.mutability = text(told.get("mutability")) or attribute.mutability or "ReadWrite"
        form = mapping(item.get("variableCharacteristics"))
        variable.data_type = text(form.get("dataType")) or variable.data_type
        variable.unit = text(form.get("unit")) or variable.unit
        variable.minimum, variable.maximum = number(form.get("minLimit")), number(form.get("maxLimit"))
        allowed = (value_text(form.get("valuesList")) or "").split(",")
        variable.values = tuple(value.strip() for value in allowed if value.strip())
    report = variables.report(whole(payload.get("requestId")))
    part = whole(payload.get("seqNo"))
    report.messages += 1
    report.last_at = message.at
    if part is not None and 0 <= part < 100_000 and len(report.parts) < 10_000:
        report.parts.add(part)
    if truth(payload.get("tbc")) is not True:
        report.final = part if part is not None else report.messages
        report.said_so = "tbc" in payload
    if report.complete:
        variables.read_at = message.at
    variables.revision += 1
    return None


def _with_words(status: str, result: Payload) -> str:
    """A status with the reason and the additional information that came with it."""
    info = mapping(result.get("attributeStatusInfo"))
    words = " ".join(part for part in (text(info.get("reasonCode")), text(info.get("additionalInfo"))) if part)
    return f"{status} ({words})" if status and words else status or words
