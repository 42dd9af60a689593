"""`ocpp-console stations`: all chargers of a running console, or one of them with everything known."""

from typing import Any

from ocpp_console.glyphs import ATTENTION, BUSY, GOOD, QUIET, WRONG, connector_look, station_look
from ocpp_console.shell import printing
from ocpp_console.shell.colour import Toned, paint_of
from ocpp_console.shell.declaring import Exit, Given, WrongWords
from ocpp_console.shell.running_console import console_of, segment

HEAD = ("station", "state", "OCPP", "vendor and model", "connectors", "last seen")

_FACTS = (
    ("station", "id"),
    ("OCPP", "version"),
    ("vendor", "vendor"),
    ("model", "model"),
    ("serial", "serial"),
    ("firmware", "firmware"),
    ("boot answer", "boot_answer"),
    ("heartbeat interval", "heartbeat_interval"),
    ("booted", "booted_at"),
    ("first seen", "first_seen"),
    ("last seen", "last_seen"),
    ("address", "address"),
    ("messages", "messages"),
    ("findings", "findings"),
    ("gone because", "gone_reason"),
)
"""What is told of one station: its name for people, and its property."""


def run(given: Given) -> int:
    """Print them."""
    if given.online and given.offline:
        raise WrongWords("Give --online or --offline, not both.")
    console = console_of(given)
    if given.station:
        known = console.ask("GET", f"/stations/{segment(given.station)}").document
        printing.as_json(known) if given.json else print(_one(known))
        return Exit.OK
    online = True if given.online else False if given.offline else None
    found = console.ask("GET", "/stations", online=online).document
    if given.json:
        printing.as_json(found)
    elif found:
        print(printing.table(HEAD, [_row(each) for each in found], paint=paint_of(given), keep=("station", "state")))
    else:
        printing.remark("No charger" + (" is known yet." if online is None else " of that kind is known."))
    return Exit.OK


def state(known: dict[str, Any]) -> str:
    """How a station stands, in one word."""
    if not known["online"]:
        return "offline"
    verdict = known.get("boot_answer") or ""
    return "online" if verdict in ("", "Accepted") else f"online, {verdict}"


def connectors(known: dict[str, Any]) -> str:
    """`1 Available, 2 Charging`; in 2.x the EVSE comes first."""
    shown = []
    for each in known["connectors"]:
        number = f"{each['evse']}/{each['connector']}" if each["evse"] else str(each["connector"])
        shown += [f"{number} {each['status']}"] if each["status"] else []
    return ", ".join(shown)


def _row(known: dict[str, Any]) -> tuple[object, ...]:
    """One station of the table."""
    maker = f"{known['vendor']} {known['model']}".strip()
    seen = (known["last_seen"] or "never").replace("T", " ").rstrip("Z")
    shown = Toned(state(known), station_look(known["online"], known.get("boot_answer") or "").tone)
    return known["id"], shown, known["version"], maker, Toned(connectors(known), _worst(known)), seen


def _worst(known: dict[str, Any]) -> str:
    """The tone of the connectors: of several the one that matters most."""
    tones = {connector_look(each["status"]).tone for each in known["connectors"] if each["status"]}
    return next((tone for tone in (WRONG, ATTENTION, BUSY, GOOD) if tone in tones), QUIET)


def _one(known: dict[str, Any]) -> str:
    """One station, a line for each thing known."""
    pairs = [(name, known.get(key)) for name, key in _FACTS]
    return printing.facts([*pairs[:1], ("state", state(known)), *pairs[1:], ("connectors", connectors(known))])
