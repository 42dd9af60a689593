"""The words of the sheet of a command: what stands in the way, who gets nothing, which keys there are, questions."""

from collections.abc import Awaitable, Callable, Iterable, Sequence

from ocpp_console.clock import hms
from ocpp_console.glyphs import ATTENTION, GOOD, QUIET, WRONG
from ocpp_console.model.station import Station
from ocpp_console.model.transactions import Transactions
from ocpp_console.protocol.actions import ACTIONS
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.screens.free_form import FreeForm
from ocpp_console.widgets.columns import Piece
from ocpp_console.widgets.json_paths import Path
from ocpp_console.widgets.payload_form import PayloadForm

HINTS = "[@click=screen.toggle_json]F2 JSON[/]  [@click=screen.last]F3 last[/]  [@click=screen.save]F4 save[/]"
WHOLE_HINT = "  [@click=screen.whole]F9 whole[/]"
MANY_HINT = "  [@click=screen.one_by_one]F6 {}[/]"
END_HINT = "  [@click=screen.close]esc close[/]"

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


def hints(*, form: bool, many: bool, one_by_one: bool) -> str:
    """The line of keys, as markup."""
    way = MANY_HINT.format("sends all at once" if one_by_one else "sends one by one") if many else ""
    return (HINTS if form else "") + way + WHOLE_HINT + END_HINT


def idle(action: str, form: PayloadForm | None, *, anybody: bool) -> Piece:
    """What stands in place of results while nothing was sent."""
    if not anybody:
        return "Nothing to send.", QUIET
    if not action:
        return "Choose a command.", GOOD
    if form and (form.json_problem or form.findings):
        return "Not ready to send: see above.", QUIET
    mind = ACTIONS[action].caution if action in ACTIONS else ""
    return (f"Asks first: {mind}" if mind else "Ready to send: ctrl+enter or F10.", QUIET)


def caution(action: str, stations: Sequence[Station], sessions: Transactions) -> str:
    """What is asked before a command goes out that interrupts a session or changes the station."""
    lines = [f"{action} → {', '.join(station.identity for station in stations)}", ACTIONS[action].caution]
    running = [station.identity for station in stations if sessions.running(station.identity)]
    return "\n".join([*lines, *([f"A session runs at {', '.join(running)}."] if running else [])])


def touched(form: PayloadForm | None, free: Iterable[FreeForm], given: JsonValue) -> bool:
    """The operator changed something of what was filled in."""
    if form is not None:
        return bool(form.json_problem) or form.payload != given
    return any(each.touched for each in free)


async def fill_from_files(
    form: PayloadForm | None, named: Sequence[tuple[Path, str]], read: Callable[[str], Awaitable[str]]
) -> str:
    """Put the text of each file into its field; why one cannot be read, empty when all could."""
    for path, file in named:
        try:
            text = await read(file)
        except (OSError, ValueError) as error:
            return f"{file} cannot be read: {error}"
        if form is not None:
            form.fill(path, text)
    return ""
