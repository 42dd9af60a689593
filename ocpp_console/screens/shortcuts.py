"""Commands by key, as one table: the letter, the action in each version, and what is filled in."""

from collections.abc import Callable
from typing import NamedTuple

from ocpp_console.clock import iso, now_us
from ocpp_console.model.fleet import Fleet
from ocpp_console.model.station import Station
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.screens.known_values import first_tag, free_plug, likeliest, transactions

Payload = dict[str, JsonValue]
Preset = Callable[[Station, Fleet], Payload]

BOTH_2 = ("2.0.1", "2.1")


def _now() -> str:
    return iso(now_us())


def _request_id(fleet: Fleet) -> int:
    """A number no command used yet, for requestId and remoteStartId."""
    return fleet.commands.next_number()


def _remote_start(station: Station, fleet: Fleet) -> Payload:
    # Without a connectorId, chargers with two connectors refuse (they cannot guess), so it is filled in when known.
    plug = free_plug(station, fleet)
    place = {"connectorId": plug.number} if plug else {}
    tag = first_tag(station, fleet)
    return {**place, **({"idTag": tag} if tag else {})}


def _request_start(station: Station, fleet: Fleet) -> Payload:
    plug = free_plug(station, fleet)
    tag = first_tag(station, fleet)
    listed = fleet.id_tags.get(tag) if tag else None
    token = {"idToken": tag, "type": (listed.type if listed else "") or "ISO14443"} if tag else {"type": "ISO14443"}
    place = {"evseId": plug.evse} if plug and plug.evse else {}
    return {"remoteStartId": _request_id(fleet), "idToken": token, **place}


def _remote_stop(station: Station, fleet: Fleet) -> Payload:
    running = transactions(station, fleet)
    return {"transactionId": running[0].value} if running else {}


def _soft_reset(station: Station, fleet: Fleet) -> Payload:
    return {"type": "Soft"}


def _reset_2(station: Station, fleet: Fleet) -> Payload:
    # B12: OnIdle lets running sessions end first.
    return {"type": "OnIdle" if transactions(station, fleet) else "Immediate"}


def _update_firmware_16(station: Station, fleet: Fleet) -> Payload:
    return {"retrieveDate": _now()}


def _update_firmware_2(station: Station, fleet: Fleet) -> Payload:
    return {"requestId": _request_id(fleet), "firmware": {"retrieveDateTime": _now()}}


def _unlock(station: Station, fleet: Fleet) -> Payload:
    plug = likeliest(station)
    return {"connectorId": plug.number if plug else 1}


def _unlock_2(station: Station, fleet: Fleet) -> Payload:
    plug = likeliest(station)
    return {"evseId": plug.evse if plug else 1, "connectorId": plug.number if plug else 1}


def _wanted(station: Station) -> str:
    """Back into service if anything is out of it, else out of service."""
    out = any(connector.status == "Unavailable" for connector in station.connectors.values())
    return "Operative" if out else "Inoperative"


def _availability(station: Station, fleet: Fleet) -> Payload:
    return {"connectorId": 0, "type": _wanted(station)}


def _availability_2(station: Station, fleet: Fleet) -> Payload:
    return {"operationalStatus": _wanted(station)}


def _trigger(station: Station, fleet: Fleet) -> Payload:
    return {"requestedMessage": "StatusNotification"}


def _trigger_2(station: Station, fleet: Fleet) -> Payload:
    # F06.FR.12: a StatusNotification is triggered for one connector of one EVSE.
    plug = likeliest(station)
    evse = {"evse": {"id": plug.evse, "connectorId": plug.number}} if plug and plug.evse else {}
    return {"requestedMessage": "StatusNotification", **evse}


def _get_variables(station: Station, fleet: Fleet) -> Payload:
    interval = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}
    return {"getVariableData": [interval]}


def _base_report(station: Station, fleet: Fleet) -> Payload:
    return {"requestId": _request_id(fleet), "reportBase": "FullInventory"}


def _nothing(station: Station, fleet: Fleet) -> Payload:
    return {}


class Form(NamedTuple):
    """One action a key can send, and what is filled in."""

    action: str
    preset: Preset


class Shortcut(NamedTuple):
    """One capital letter: in each version the forms it offers, the usual one first; none for any action by name."""

    key: str
    label: str
    v16: tuple[Form, ...]
    v2: tuple[Form, ...]

    def forms(self, version: str) -> tuple[Form, ...]:
        """What the key offers to a station of this version."""
        return self.v2 if version in BOTH_2 else self.v16


SHORTCUTS: tuple[Shortcut, ...] = (
    Shortcut(
        "S",
        "Start a session",
        (Form("RemoteStartTransaction", _remote_start),),
        (Form("RequestStartTransaction", _request_start),),
    ),
    Shortcut(
        "X",
        "Stop a session",
        (Form("RemoteStopTransaction", _remote_stop),),
        (Form("RequestStopTransaction", _remote_stop),),
    ),
    Shortcut("R", "Reset", (Form("Reset", _soft_reset),), (Form("Reset", _reset_2),)),
    Shortcut(
        "U",
        "Update the firmware",
        # The signed form carries the manufacturer's certificate and signature (1.6 security whitepaper, §4.4).
        (Form("UpdateFirmware", _update_firmware_16), Form("SignedUpdateFirmware", _update_firmware_2)),
        (Form("UpdateFirmware", _update_firmware_2),),
    ),
    Shortcut("L", "Unlock a connector", (Form("UnlockConnector", _unlock),), (Form("UnlockConnector", _unlock_2),)),
    Shortcut(
        "A",
        "Change the availability",
        (Form("ChangeAvailability", _availability),),
        (Form("ChangeAvailability", _availability_2),),
    ),
    Shortcut(
        "T",
        "Trigger a message",
        (Form("TriggerMessage", _trigger), Form("ExtendedTriggerMessage", _trigger)),
        (Form("TriggerMessage", _trigger_2),),
    ),
    Shortcut(
        "C",
        "Read or write the configuration",
        (Form("GetConfiguration", _nothing), Form("ChangeConfiguration", _nothing)),
        (Form("GetVariables", _get_variables), Form("SetVariables", _nothing), Form("GetBaseReport", _base_report)),
    ),
    Shortcut("N", "Any command", (), ()),
)

BY_KEY: dict[str, Shortcut] = {shortcut.key: shortcut for shortcut in SHORTCUTS}

PRESETS: dict[str, dict[str, Preset]] = {
    family: {form.action: form.preset for shortcut in SHORTCUTS for form in getattr(shortcut, family)}
    for family in ("v16", "v2")
}


def preset(action: str, station: Station, fleet: Fleet) -> Payload:
    """What is filled in for `action`, whether it was chosen by its letter or by its name; {} when nothing is known."""
    known = PRESETS["v2" if station.version in BOTH_2 else "v16"].get(action)
    return known(station, fleet) if known else {}
