"""The words of the sheet of a command: which keys there are, what stands in place of results, questions."""

from collections.abc import Awaitable, Callable, Iterable, Sequence

from ocpp_console.glyphs import GOOD, QUIET
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

TALL = 36
"""Lines of a terminal from which the meaning of a field gets four of them."""
FEW = 3
"""Lines of a form that leave room for as much in a small terminal."""


def roomy(height: int, lines: int) -> bool:
    """A form of so many lines leaves room for long words about its fields."""
    return height >= TALL or lines <= FEW


def hints(*, form: bool, many: bool, one_by_one: bool) -> str:
    """The line of keys, as markup."""
    way = MANY_HINT.format("sends all at once" if one_by_one else "sends one by one") if many else ""
    return (HINTS if form else "") + way + WHOLE_HINT + END_HINT


def idle(action: str, form: PayloadForm | None, *, anybody: bool, at_send: bool) -> Piece:
    """What stands in place of results while nothing was sent; `at_send`: the focus is on the button."""
    if not anybody:
        return "Nothing to send.", QUIET
    if not action:
        return "Choose a command.", GOOD
    if form and (form.json_problem or form.findings):
        wrong = form.json_problem or form.complaints
        return ("Not ready to send: see above." if wrong else "Fill in what is required; F10 sends."), QUIET
    mind = ACTIONS[action].caution if action in ACTIONS else ""
    if at_send and form:
        return f"enter sends{', asks first' if mind else ''} · shift+tab edits", QUIET
    return (f"Asks first: {mind}" if mind else "Ready to send: ctrl+enter or F10."), QUIET


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
