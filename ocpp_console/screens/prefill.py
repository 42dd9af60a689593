"""What a form begins with: its required structure, and in every required field what the console knows best."""

from typing import Any

from ocpp_console.model.fleet import Fleet
from ocpp_console.model.station import Station
from ocpp_console.protocol.fields import Field, fields
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.screens.known_values import source_of
from ocpp_console.screens.remembered import certificates
from ocpp_console.screens.shortcuts import Payload, preset
from ocpp_console.widgets.json_paths import ABSENT, Path, path_text
from ocpp_console.widgets.payload_lines import is_leaf, starter

ONLY_OFFERED = frozenset({"component.name", "variable.name", "key", "messageId", "checksum", "parentIdTag"})
"""Fields whose known values are too many to guess one: they are offered, not filled in."""

USUAL: dict[str, JsonValue] = {
    "stackLevel": 0,
    "startPeriod": 0,
    "duration": 86_400,
    "chargingRateUnit": "A",
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Relative",
    "reportBase": "FullInventory",
    "logType": "DiagnosticsLog",
    "updateType": "Full",
    "type": "Soft",
    "format": "UTF8",
    "priority": "NormalCycle",
    "report": True,
    "clear": False,
    "activate": True,
    "severity": 4,
    "certificateType": "CSMSRootCertificate",
    "isDefault": False,
    "timeout": 60,
    "ocppVersion": "OCPP20",
    "ocppInterface": "Wired0",
    "ocppTransport": "JSON",
    "messageTimeout": 30,
    "configurationSlot": 1,
    "securityProfile": 1,
}
"""By property name: what is usual, where the schema allows it."""


def prefill(action: str, station: Station, fleet: Fleet) -> Payload:
    """The payload a form of `action` begins with for this station."""
    root = fields(station.version, action)
    if root is None:
        return preset(action, station, fleet)
    filled = merged(starter(root), preset(action, station, fleet))
    result: Payload = _filled(root, (), filled, action, station, fleet)
    if "certificateHashData" in result:
        known = certificates(station, fleet)
        result["certificateHashData"] = known[0][0] if known else result["certificateHashData"]
    return result


def _filled(field: Field, path: Path, value: Any, action: str, station: Station, fleet: Fleet) -> Any:
    """`value` with every required field in it filled in as far as anything is known."""
    if isinstance(value, list) and field.items is not None:
        items = enumerate(value)
        return [_filled(field.items, (*path, place), item, action, station, fleet) for place, item in items]
    if not isinstance(value, dict) or not field.children:
        return value
    made = dict(value)
    for child in field.children:
        place = (*path, child.name)
        if made.get(child.name) == [] and child.min_items and child.items is not None and is_leaf(child.items):
            best = _best(child.items, path_text(place), action, station, fleet)
            made[child.name] = [] if best is ABSENT else [best]
        elif child.name in made and not is_leaf(child):
            made[child.name] = _filled(child, place, made[child.name], action, station, fleet)
        elif child.required and is_leaf(child) and (child.name not in made or made[child.name] == _first(child)):
            best = _best(child, path_text(place), action, station, fleet)
            if best is not ABSENT:
                made[child.name] = best
    return made


def _first(field: Field) -> JsonValue:
    """The word an enumeration begins with, which `starter` put there without knowing better."""
    return field.enum[0] if field.enum else ABSENT


def _best(field: Field, path: str, action: str, station: Station, fleet: Fleet) -> JsonValue:
    """The likeliest value of a field; `ABSENT` when nothing is known or it would not fit."""
    source = None if path.endswith(tuple(ONLY_OFFERED)) else source_of(action, path)
    for choice in source(station, fleet) if source is not None else ():
        if fits(field, choice.value):
            return choice.value
        break
    usual = USUAL.get(field.name, ABSENT)
    return usual if usual is not ABSENT and fits(field, usual) else ABSENT


def fits(field: Field, value: JsonValue) -> bool:
    """The value has the type, and is one of the words, that the field wants."""
    if field.enum:
        return value in field.enum
    wanted = {"string": str, "integer": int, "number": int | float, "boolean": bool}.get(field.type)
    return wanted is None or (isinstance(value, wanted) and (field.type == "boolean" or not isinstance(value, bool)))


def merged(below: Any, above: Any) -> Any:
    """Two payloads as one: objects property by property; everything else from `above`."""
    if isinstance(below, dict) and isinstance(above, dict):
        return below | {name: merged(below.get(name), value) for name, value in above.items()}
    return above


def personal(payload: JsonValue, first: JsonValue, own: JsonValue) -> JsonValue:
    """What another station gets: its `own` value wherever the operator left in `payload` what was filled in `first`."""
    if isinstance(payload, dict) and isinstance(first, dict) and isinstance(own, dict):
        return {name: personal(value, first.get(name, ABSENT), own.get(name, value)) for name, value in payload.items()}
    return own if payload == first else payload
