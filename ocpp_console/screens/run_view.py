"""What came of a command, as it comes: the whole story of one station, or a table of several."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from ocpp_console.glyphs import QUIET, STRONG, WRONG, Look, command_look
from ocpp_console.model.command_story import duration
from ocpp_console.model.commands import Command, Progress
from ocpp_console.screens.command_progress import progress, remarks
from ocpp_console.screens.command_run import Run
from ocpp_console.widgets.columns import Cell, Column, Piece
from ocpp_console.widgets.record_table import RecordTable
from ocpp_console.widgets.toned import toned, toned_lines

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

MOST_LINES = 6
"""Rows of the table of several stations in view."""

Result = tuple[str, Command | str | None]


class RunView(VerticalScroll, can_focus=False):
    """Nothing yet, one story, or a table with a line per station and the sum above it."""

    DEFAULT_CSS = """
    RunView { height: auto; max-height: 8; }
    RunView #progress { height: auto; padding: 0 1; }
    """

    def __init__(self, engine: "Engine") -> None:
        """Reads the clock of `engine`."""
        super().__init__()
        self.engine = engine
        self._run: Run | None = None
        self._said: object = None
        self._table: RecordTable[Result] | None = None

    def compose(self) -> ComposeResult:
        """One line to begin with."""
        yield Static(id="progress", markup=False)

    def show(self, run: Run | None, idle: Piece) -> None:
        """Draw what came of a run so far; `idle` while there is none."""
        now = self.engine.clock()
        results = list(run.results.items()) if run is not None else []
        said = (idle, run is not None and run.finished, [(name, _stamp(result, now)) for name, result in results])
        if said == self._said:
            return
        self._said, self._run = said, run
        area = self.query_one("#progress", Static)
        if run is None:
            area.update(toned(idle))
        elif len(results) == 1:
            area.update(toned_lines(_story(results[0][1], now)))
        else:
            area.update(toned_lines([_sum(run)]))
            self._several()
        if self._table is not None:
            self._table.display = len(results) > 1

    def _several(self) -> None:
        """The table, made when it is first needed."""
        if self._table is None:
            self._table = RecordTable(
                COLUMNS, self._rows, lambda row: row[0], stamp=lambda row: _stamp(row[1], self.engine.clock())
            )
            self.mount(self._table)
        count = len(self._rows())
        self._table.styles.height = min(count, MOST_LINES) + 1
        self._table.poke()

    def _rows(self) -> Sequence[Result]:
        return list(self._run.results.items()) if self._run is not None else []


def _story(result: Command | str | None, now: int) -> list[list[Piece]]:
    """Everything about the one command."""
    if not isinstance(result, Command):
        return [[(f"✗ {result}" if result else "", WRONG)]]
    return [progress(result, now), *remarks(result, now)]


def _sum(run: Run) -> list[Piece]:
    """How many stations took it, and how."""
    words: dict[str, int] = {}
    for result in run.results.values():
        word = _look(result).word
        words[word] = words.get(word, 0) + 1
    how = "one by one" if run.one_by_one else "at once"
    told = ", ".join(f"{word} {count}" for word, count in words.items())
    return [(f"{run.action} to {len(run.results)} stations, {how}: ", STRONG), (told, QUIET)]


def _look(result: Command | str | None) -> Look:
    """The state of one station."""
    if result is None:
        return Look(" ", "not asked yet", QUIET)
    if isinstance(result, str):
        return command_look(Progress.NOT_SENT.value)
    look = command_look(result.progress.value, result.verdict)
    return look._replace(word=result.verdict) if result.progress is Progress.REFUSED and result.verdict else look


def _result(row: Result) -> Cell:
    look = _look(row[1])
    return look.text, look.tone


def _latency(row: Result) -> str:
    message = row[1].message if isinstance(row[1], Command) else None
    return duration(message.latency) if message is not None and message.latency is not None else ""


def _told(row: Result) -> Cell:
    """What there is to say beside the word."""
    result = row[1]
    if result is None:
        return ""
    if isinstance(result, str):
        return result, WRONG
    more = "  ".join(text.strip() for line in remarks(result, result.at) for text, _ in line)
    return [(f"{more}  " if more else "", QUIET), (result.text, "")]


COLUMNS: tuple[Column[Result], ...] = (
    Column("station", "station", lambda row: (row[0], STRONG), 16, least=10, middle=True, order=lambda row: row[0]),
    Column("word", "result", _result, 18, least=14, order=lambda row: _look(row[1]).word),
    Column("latency", "after", _latency, 8, right=True),
    Column("told", "", _told, 30, least=10, grow=1),
)


def _stamp(result: Command | str | None, now: int) -> object:
    """What a result's line depends on; a waiting one changes with the seconds."""
    if not isinstance(result, Command):
        return result
    waiting = now // 1_000_000 if not result.final else 0
    return result.id, result.revision, len(result.followers), waiting
