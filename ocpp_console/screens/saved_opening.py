"""Using a saved command: what of it fits the stations' version, what would be left out, then the sheet."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual.app import App

from ocpp_console.model.saved_commands import SavedCommand, adapt, fill
from ocpp_console.model.station import Station
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.screens.commands import CommandSheet
from ocpp_console.screens.only_watching import refused
from ocpp_console.screens.placeholders import values_for
from ocpp_console.visible import visible

if TYPE_CHECKING:
    from ocpp_console.engine import Engine


def open_saved(app: App[Any], engine: "Engine", saved: SavedCommand, stations: Sequence[str]) -> bool:
    """Open the sheet with a saved command for these stations; False, with a word why, when none can take it."""
    if refused(app, engine, stations):
        return False
    known = [engine.fleet.stations[name] for name in stations if name in engine.fleet.stations]
    own = [station for station in known if station.version == saved.version]
    usable = own or [station for station in known if not adapt(saved, station.version).problem]
    if not usable:
        versions = ", ".join(sorted({station.version for station in known})) or "no station is chosen"
        text = f"{saved.name} is a command of OCPP {saved.version}; the stations speak {versions}."
        app.notify(visible(text, 300), severity="warning", markup=False)
        return False
    version = usable[0].version
    adapted = adapt(saved, version)

    def payload(station: Station) -> JsonValue:
        return fill(adapted.payload, values_for(station, engine.fleet, saved.action, engine.clock()))

    remarks = [f"{path} is not known to OCPP {version} and is left out." for path in adapted.skipped]
    others = [station.identity for station in known if station.version != version]
    if others:
        remarks.append(f"Not sent to {', '.join(others)}: another OCPP version.")
    names = [station.identity for station in usable if station.version == version]
    app.push_screen(
        CommandSheet(engine, names, action=saved.action, payloads=payload, placeholders=True, remarks=remarks)
    )
    return True
