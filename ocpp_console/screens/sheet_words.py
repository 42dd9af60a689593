"""What the sheet of a command says above its form: what stands in the way of sending, and who gets nothing."""

from collections.abc import Sequence

from ocpp_console.clock import hms
from ocpp_console.glyphs import ATTENTION, WRONG
from ocpp_console.model.station import Station
from ocpp_console.widgets.columns import Piece
from ocpp_console.widgets.payload_form import PayloadForm

Lines = list[list[Piece | str]]


def absent(stations: Sequence[Station], version: str) -> Lines:
    """The stations that are away, or that came back with another version than the form's."""
    lines: Lines = []
    for station in stations:
        if not station.online:
            since = f" since {hms(station.last_seen)}Z" if station.last_seen else ""
            text = f"▲ {station.identity} is offline{since}. What is filled in stays; send when it is back."
            lines.append([(text, ATTENTION)])
        elif station.version != version:
            text = f"▲ {station.identity} speaks OCPP {station.version} by now: open the sheet again."
            lines.append([(text, WRONG)])
    return lines


def other_versions(stations: Sequence[Station]) -> Lines:
    """The chosen stations that speak another version than the form is for."""
    if not stations:
        return []
    names = ", ".join(f"{station.identity} ({station.version})" for station in stations)
    text = f"Not sent to {names}: another OCPP version has another form. Choose those alone for a run of their own."
    return [[(text, ATTENTION)]]


def form_troubles(form: PayloadForm | None) -> Lines:
    """What is wrong with what is typed."""
    if form is not None and form.json_problem:
        return [[(f"▲ The JSON cannot be read: {form.json_problem}", WRONG)]]
    count = len(form.findings) if form is not None else 0
    return [[(f"! {count} {'violation' if count == 1 else 'violations'} of the schema", ATTENTION)]] if count else []
