"""The panes of the page of commands: what was sent, what is kept under a name, and the story of the one in question."""

import json
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ocpp_console.clock import hms
from ocpp_console.glyphs import ATTENTION, QUIET, STRONG
from ocpp_console.model.command_story import Step, duration, ending, story
from ocpp_console.model.commands import Command
from ocpp_console.model.report_parts import REPORT_PATIENCE
from ocpp_console.model.saved_commands import SavedCommand
from ocpp_console.model.secrets import veiled
from ocpp_console.widgets.columns import Cell, Column
from ocpp_console.widgets.pane import Pane
from ocpp_console.widgets.record_table import RecordTable

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

MOST_ROWS = 2_000
"""Commands in the list, the newest; each station keeps its last hundred."""

STIR = 2 * REPORT_PATIENCE
"""How long after a part of a report the words about it may change although nothing came (µs)."""

NOTHING_SENT = """No command is in the log. On a station, capital letters send: S start, X stop, R reset, N any command;
: lists every command its version has. What was sent stands here and can be sent again."""
NOTHING_KEPT = """No commands are kept yet.
a  keeps the command under the cursor above
r  reads commands from a TOML file"""


class HistoryPane(Pane):
    """What was sent, newest first; of all stations or of one."""

    kind = "commands"

    def __init__(self, engine: "Engine", *, id: str | None = None) -> None:
        """Reads `engine.fleet.commands`."""
        super().__init__(id=id)
        self.engine = engine
        self.only = ""
        """The station whose commands are shown; empty for all."""
        self.with_procedures = False
        """The calls of readings and other procedures are shown as well."""
        self._listed: list[Command] = []
        self._listed_for: object = None
        self._hidden = 0
        self.table: RecordTable[Command] = RecordTable(
            self._columns(),
            self._rows,
            lambda c: (c.station, c.id),
            stamp=self._stamp,
            kind=self.kind,
            empty=self._empty,
        )

    def _columns(self) -> tuple[Column[Command], ...]:
        return (
            Column("time", "UTC", lambda c: (hms(c.at), QUIET), 8, order=lambda c: c.at),
            Column("station", "station", lambda c: (c.station, STRONG), 14, 8, middle=True, order=lambda c: c.station),
            Column("action", "command", _action, 24, least=14, order=lambda c: c.action),
            Column("ending", "what became of it", _ending, 34, least=22, grow=2),
            Column("followers", "then", _followers, 5, drop=2, right=True),
            Column("payload", "payload", _payload, 20, least=12, drop=3, grow=1),
        )

    def _stamp(self, command: Command) -> object:
        return command.revision, len(command.followers)

    def _rows(self) -> Sequence[Command]:
        commands = self.engine.fleet.commands
        stage = commands.revision, self.only, self.filter_text, self.with_procedures
        if stage != self._listed_for:
            every = commands.of(self.only)[::-1] if self.only else commands.newest(MOST_ROWS)
            shown = every if self.with_procedures else commands.chosen(self.only)[:MOST_ROWS]
            self._hidden = len(every) - len(shown)
            wanted = self.filter_text
            self._listed = [c for c in shown if wanted in plain(c)] if wanted else list(shown)
            self._listed_for = stage
        return self._listed

    def title_parts(self) -> Sequence[str]:
        """How many, and whose; how many calls of procedures are not shown."""
        rows = self._rows()
        hidden = f"{self._hidden} of procedures (h)" if self._hidden else ""
        return "Commands", str(len(rows) or ""), self.only or "all stations", hidden

    def _empty(self) -> str:
        if self.filter_text:
            return "No command matches the filter.\nesc clears it."
        if self._hidden:
            return f"No command but {self._hidden} calls of procedures, such as reading a configuration: h shows them."
        return NOTHING_SENT


def _action(command: Command) -> Cell:
    """The name, quietly where a procedure asked for it, with what that is for."""
    return [(command.action, QUIET), (f"  {command.purpose}", QUIET)] if command.purpose else command.action


def _ending(command: Command) -> Cell:
    return ending(command)


def _followers(command: Command) -> Cell:
    count = len(command.followers) + command.more_followers
    return (f"+{count}", QUIET) if count else ""


def _payload(command: Command) -> Cell:
    return json.dumps(veiled(command.payload), ensure_ascii=False), QUIET


def plain(command: Command) -> str:
    """What the filter looks in, in small letters."""
    words = (command.station, command.action, command.verdict, command.text, json.dumps(veiled(command.payload)))
    return " ".join(words).casefold()


class SavedPane(Pane):
    """Commands kept under a name."""

    kind = "saved"

    def __init__(self, engine: "Engine", *, id: str | None = None) -> None:
        """Reads `engine.saved_commands`."""
        super().__init__(id=id)
        self.engine = engine
        self.table: RecordTable[SavedCommand] = RecordTable(
            SAVED_COLUMNS,
            self._rows,
            lambda saved: saved.name.casefold(),
            stamp=lambda saved: (saved.name, saved.note, saved.action, saved.version),
            kind=self.kind,
            empty=NOTHING_KEPT,
        )

    def _rows(self) -> Sequence[SavedCommand]:
        kept, wanted = self.engine.saved_commands.all(), self.filter_text
        return [s for s in kept if wanted in f"{s.name} {s.action} {s.note} {s.version}".casefold()] if wanted else kept

    def title_parts(self) -> Sequence[str]:
        """How many."""
        return "Saved", str(len(self.engine.saved_commands) or "")


def _places(saved: SavedCommand) -> Cell:
    return " ".join(f"{{{name}}}" for name in saved.placeholders), ATTENTION


SAVED_COLUMNS: tuple[Column[SavedCommand], ...] = (
    Column("name", "name", lambda s: (s.name, STRONG), 24, least=12, grow=1, order=lambda s: s.name.casefold()),
    Column("version", "ver", lambda s: (s.version, QUIET), 5, order=lambda s: s.version),
    Column("action", "command", lambda s: s.action, 24, least=14, order=lambda s: s.action),
    Column("places", "to fill in", _places, 24, least=10, drop=2),
    Column("note", "note", lambda s: (s.note, QUIET), 20, least=8, drop=3, grow=1),
)


class StoryLine(NamedTuple):
    """One line of the story as the table shows it: long sentences take several."""

    number: int
    step: Step
    text: str
    first: bool


class StoryPane(Pane):
    """Everything about one command in order: request, answer, what it means, every message that belongs to it."""

    kind = "story"
    filterable = False

    def __init__(self, engine: "Engine", *, id: str | None = None) -> None:
        """Shows nothing until `show`."""
        super().__init__(id=id)
        self.engine = engine
        self.command: Command | None = None
        self._lines: list[StoryLine] = []
        self._lines_for: object = None
        self.table: RecordTable[StoryLine] = RecordTable(
            STORY_COLUMNS,
            self._rows,
            lambda line: line.number,
            stamp=lambda line: (line.text, line.step.tone, line.step.at),
            kind=self.kind,
            header=False,
            empty="The whole story of the command under the cursor stands here.",
        )

    def _rows(self) -> Sequence[StoryLine]:
        command = self.command
        if command is None:
            return []
        width = max(20, self.size.width - 16)
        now = self.engine.clock()
        awaited = now // 1_000_000 if command.followers and now - command.followers[-1].at < STIR else 0
        stage = command.id, command.revision, len(command.followers), width, awaited
        if stage != self._lines_for:
            self._lines, self._lines_for = _lines(story(command, now), width), stage
        return self._lines

    def title_parts(self) -> Sequence[str]:
        """Which command it is, and how long the answer took."""
        command = self.command
        if command is None:
            return ("Story",)
        latency = command.message.latency if command.message is not None else None
        return "Story", command.action, command.station, duration(latency) if latency is not None else ""

    @property
    def station(self) -> str:
        """Whose command it is; empty when none is shown."""
        return self.command.station if self.command is not None else ""

    def show(self, command: Command | None) -> None:
        """Another command, or the same one later."""
        self.command = command
        self.poke()


def _lines(steps: Sequence[Step], width: int) -> list[StoryLine]:
    lines: list[StoryLine] = []
    for step in steps:
        indent = "" if step.at or step.way else "  "
        for part, text in enumerate(textwrap.wrap(step.text[:2000], width - 2) or [""]):
            lines.append(StoryLine(len(lines), step, (indent if part == 0 else "  ") + text, part == 0))
    return lines


STORY_COLUMNS: tuple[Column[StoryLine], ...] = (
    Column("time", "UTC", lambda line: (hms(line.step.at) if line.step.at and line.first else "", QUIET), 8),
    Column("way", "", lambda line: (line.step.way if line.first else "", QUIET), 1),
    Column("text", "", lambda line: (line.text, line.step.tone), 40, least=20, grow=1),
)
