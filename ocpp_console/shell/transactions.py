"""`ocpp-console transactions`: charging sessions of a running console, the newest first."""

from typing import Any

from ocpp_console.glyphs import BUSY, PLAIN
from ocpp_console.shell import printing
from ocpp_console.shell.colour import Toned, paint_of
from ocpp_console.shell.declaring import Exit, Given
from ocpp_console.shell.running_console import console_of

HEAD = ("session", "station", "connector", "idTag", "began", "ended", "kWh", "kW")


def run(given: Given) -> int:
    """Print them."""
    running = True if given.running else None
    console = console_of(given)
    found = console.ask("GET", "/transactions", station=given.station, running=running, limit=given.limit).document[
        "transactions"
    ]
    if given.json:
        printing.as_json(found)
    elif found:
        print(
            printing.table(HEAD, [_row(each) for each in found], paint=paint_of(given), keep=("station", "kWh", "kW"))
        )
    else:
        printing.remark("No session is known." if running is None else "No session runs.")
    return Exit.OK


def _row(session: dict[str, Any]) -> tuple[object, ...]:
    """One session of the table."""
    evse, connector = session.get("evse") or 0, session.get("connector") or 0
    place = f"{evse}/{connector}" if evse else str(connector or "")
    ended = _time(session["stopped_at"]) or ("runs" if session["running"] else "unknown")
    energy, power = session["energy_wh"], session["power_w"]
    return (
        session["id"],
        session["station"],
        place,
        session.get("id_tag") or "",
        _time(session["started_at"]),
        Toned(ended, BUSY if session["running"] else PLAIN),
        f"{energy / 1000:.2f}" if energy is not None else "",
        f"{power / 1000:.2f}" if power is not None else "",
    )


def _time(text: str | None) -> str:
    """`2026-11-20 14:03` of a time of the API."""
    return (text or "").replace("T", " ")[:16]
