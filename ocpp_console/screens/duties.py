"""What the console does by itself: every duty, how it is set, what it sends, and what came of it last."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from ocpp_console.glyphs import ATTENTION, GOOD, QUIET, STRONG, WRONG
from ocpp_console.model.duties import DUTIES, Duties, Duty, DutyProblem
from ocpp_console.screens.question import Question
from ocpp_console.screens.text_prompt import ChoicePrompt, TextPrompt
from ocpp_console.visible import visible
from ocpp_console.widgets.columns import Cell, Column, Piece
from ocpp_console.widgets.record_table import RecordTable
from ocpp_console.widgets.toned import toned_lines

if TYPE_CHECKING:
    from ocpp_console.app import ConsoleApp
    from ocpp_console.engine import Engine

LAST_SHOWN = 3
"""Outcomes of a duty that are shown, the newest first."""
QUIET_WORDS = ("off", "Rejected")
"""How a duty is set that does nothing."""


class DutiesScreen(ModalScreen[None]):
    """The duties as a list; enter changes the one under the cursor."""

    BINDINGS = [Binding("escape,q", "close", "Close", show=False)]
    DEFAULT_CSS = """
    DutiesScreen { align: center middle; }
    DutiesScreen > Vertical { width: 100; max-width: 98%; height: auto; max-height: 96%;
                              border: round $primary; background: $surface; }
    DutiesScreen RecordTable { height: 7; }
    DutiesScreen Static { height: auto; padding: 0 1; }
    DutiesScreen #duty-words { min-height: 4; }
    DutiesScreen #duty-keys { color: $text-muted; }
    """

    def __init__(self, engine: "Engine") -> None:
        """Reads and sets `engine.duties`."""
        super().__init__()
        self.engine = engine
        self.table: RecordTable[Duty] = RecordTable(
            self._columns(), lambda: DUTIES, lambda duty: duty.name, stamp=lambda duty: engine.duties.revision
        )

    def _columns(self) -> tuple[Column[Duty], ...]:
        def shown(duty: Duty) -> Cell:
            word = self.engine.duties.shown(duty.name)
            return (f"○ {word}", QUIET) if word in QUIET_WORDS else (f"● {word}", ATTENTION if duty.sends else GOOD)

        return (
            Column("title", "by itself", lambda duty: (duty.title, STRONG), 22),
            Column("set", "set to", shown, 30, least=14, grow=1),
            Column("sends", "sends", lambda duty: (duty.sends or "nothing, only answers", QUIET), 40, least=16, grow=1),
        )

    def compose(self) -> ComposeResult:
        """The list, words about the row under the cursor, keys."""
        with Vertical() as box:
            box.border_title = Content(" What the console does by itself ")
            yield self.table
            yield Static(id="duty-words", markup=False)
            yield Static("enter change, kept for later starts   esc back", id="duty-keys", markup=False)

    def on_mount(self) -> None:
        """The list has the focus."""
        self.table.focus()
        self.poke(0)

    def poke(self, facts: int) -> None:
        """Outcomes come while it is open."""
        self.table.poke()
        duty = self.table.record
        if duty is not None:
            self.query_one("#duty-words", Static).update(toned_lines(_words(duty, self.engine)))

    @on(RecordTable.Picked)
    def _picked(self, event: RecordTable.Picked) -> None:
        event.stop()
        self.poke(0)

    @on(RecordTable.Opened)
    @work
    async def _opened(self, event: RecordTable.Opened) -> None:
        event.stop()
        await change(self.app, self.engine.duties, event.record)  # type: ignore[arg-type]
        self.poke(0)

    def action_close(self) -> None:
        """Back."""
        self.dismiss(None)


def _words(duty: Duty, engine: "Engine") -> list[list[Piece | str]]:
    """What a duty does, and what came of it last."""
    flag = "--" + duty.name.replace("_", "-")
    lines: list[list[Piece | str]] = [[duty.help, (f"  ({flag})", QUIET)]]
    if duty.sends:
        lines.append([("sends ", QUIET), duty.sends])
    elif not duty.choices:
        lines.append([("set to ", QUIET), visible(engine.duties.shown(duty.name), 100)])
    if duty.name in engine.duties.given:
        lines.append(
            [("A flag, a variable or the settings file sets it: a change holds until the console ends.", QUIET)]
        )
    if duty.sends and engine.settings.read_only:
        lines.append([("The console is read-only: nothing is sent.", WRONG)])
    elif duty.sends and engine.settings.gateway and not engine.settings.respond:
        lines.append([("Chargers behind the broker are only watched (no --respond): nothing is sent to them.", WRONG)])
    told = [(key, said) for key, said in engine.duties.told.items() if key.startswith(f"{duty.name} ")]
    for key, (done, text) in list(reversed(told))[:LAST_SHOWN]:
        glyph: Piece = ("✓ ", GOOD) if done else ("✗ ", WRONG)
        lines.append([glyph, (key.partition(" ")[2], STRONG), f": {text}"])
    return lines


async def change(app: "ConsoleApp", duties: Duties, duty: Duty) -> None:
    """Ask what a duty is to be set to, and set it; one that sends asks before it may."""
    now = duties.shown(duty.name)
    if duty.choices:
        words = [word for word in duty.choices if word != now]
        text = f"{duty.title} is {now}. {duty.help}"
        word = await app.push_screen_wait(ChoicePrompt(text, words))
    else:
        text = "What charging costs: 0.39/kWh 0.02/min 1/session EUR, or free; empty or off for no tariff."
        word = await app.push_screen_wait(TextPrompt(text, "" if now == "off" else now, "Set"))
    if word is None or (_would_send(duty, word) and not await _allowed(app, duty)):
        return
    try:
        duties.set(duty.name, word)
    except DutyProblem as problem:
        app.notify(visible(str(problem), 300), severity="warning", markup=False)
        return
    app.notify(visible(f"{duty.title}: {duties.shown(duty.name)}", 300), markup=False)
    app.poke()


def _would_send(duty: Duty, word: str) -> bool:
    """Commands may go out once it is set so."""
    return bool(duty.sends) and word in ("on", "command")


async def _allowed(app: "ConsoleApp", duty: Duty) -> bool:
    """Whoever switches automatic commands on is told which."""
    question = f"Let the console send by itself: {duty.sends}?\nSome chargers take commands badly while they charge."
    return await app.push_screen_wait(Question(question, "Switch on", "Leave off"))


def palette_entries(app: "ConsoleApp") -> Iterator[SystemCommand]:
    """Every duty in the palette, with how it is set."""
    duties = app.engine.duties

    def changed(duty: Duty) -> None:
        app.run_worker(change(app, duties, duty))

    for duty in DUTIES:
        title = f"{duty.title}: {visible(duties.shown(duty.name), 40)}"
        yield SystemCommand(title, duty.help, lambda duty=duty: app.call_later(changed, duty))
