"""The page of commands: what was sent with its whole story, and commands kept under a name."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from ocpp_console.model.commands import Command
from ocpp_console.model.rows import Message
from ocpp_console.model.saved_commands import (
    FileProblem,
    Read,
    SavedCommand,
    from_toml,
    to_toml,
)
from ocpp_console.protocol import schemas
from ocpp_console.protocol.actions import ACTIONS
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.screens.action_picker import FREE
from ocpp_console.screens.command_panes import HistoryPane, SavedPane, StoryLine, StoryPane
from ocpp_console.screens.command_run import Run
from ocpp_console.screens.commands import CommandSheet
from ocpp_console.screens.free_form import FreeText
from ocpp_console.screens.name_prompt import NamePrompt
from ocpp_console.screens.neighbours import Neighbours
from ocpp_console.screens.only_watching import refused
from ocpp_console.screens.page import Page
from ocpp_console.screens.path_prompt import path_to_read, path_to_write
from ocpp_console.screens.placeholders import templated
from ocpp_console.screens.question import Question
from ocpp_console.screens.remembered import renewed
from ocpp_console.screens.report_view import ReportView
from ocpp_console.screens.saved_opening import open_saved
from ocpp_console.screens.station_picker import StationPicker
from ocpp_console.widgets.bindings import bindings
from ocpp_console.widgets.payload_form import pretty
from ocpp_console.widgets.record_table import RecordTable
from ocpp_console.widgets.still import PaneFrame

if TYPE_CHECKING:
    from ocpp_console.model.station import Station

FILE_NAME = "ocpp-commands.toml"
MOST_TOLD = 10
"""Entries of a file that are told one by one."""


def _message_of(record: object) -> Message | None:
    """The message a command or a line of its story leads to."""
    if isinstance(record, Command):
        return record.message
    return record.step.message if isinstance(record, StoryLine) else None


class CommandsPage(Page):
    """History and saved commands above each other, the story beside them or below."""

    kind = "commands"
    BINDINGS: ClassVar[list[BindingType]] = bindings("commands")
    HELP = (
        "Everything that was sent, newest first, with the whole story of the command under the cursor. W sends again, "
        "E edits and sends, a keeps it under a name; saved commands open with enter. The full stop shows one station."
    )
    DEFAULT_CSS = """
    CommandsPage #commands { layout: vertical; height: 1fr; }
    CommandsPage #sent-side { layout: vertical; height: 3fr; }
    CommandsPage #history { height: 3fr; }
    CommandsPage #saved { height: 2fr; min-height: 4; }
    CommandsPage #story { height: 2fr; }
    CommandsPage.-wide #commands { layout: horizontal; }
    CommandsPage.-wide #sent-side { width: 3fr; height: 1fr; }
    CommandsPage.-wide #story { width: 2fr; height: 1fr; }
    """

    _elsewhere = False
    """The user put the cursor on another command than the newest."""

    def content(self) -> ComposeResult:
        """Three panes."""
        with PaneFrame(id="commands", classes="frame"):
            with PaneFrame(id="sent-side", classes="frame"):
                yield HistoryPane(self.engine, id="history")
                yield SavedPane(self.engine, id="saved")
            yield StoryPane(self.engine, id="story")

    def poke(self, facts: int) -> None:
        """The story follows the cursor, and the cursor the newest command unless somebody took it elsewhere."""
        super().poke(facts)
        table = self.query_one(HistoryPane).table
        if not self._elsewhere and not table.ordered_by and table.view.cursor and table.view.rows:
            table.seek(table.identify(table.view.rows[0]))
        self.query_one(StoryPane).show(self.command)

    @property
    def command(self) -> Command | None:
        """The command under the cursor of the history."""
        return self.query_one(HistoryPane).table.record

    @property
    def saved(self) -> SavedCommand | None:
        """The saved command under the cursor, while that list has the focus."""
        pane = self.query_one(SavedPane)
        return pane.table.record if pane.table.has_focus else None

    def stations_chosen(self) -> list[str]:
        """The stations of the marked commands, or of the one under the cursor."""
        chosen = [command.station for command in self.query_one(HistoryPane).table.chosen]
        return [name for name in dict.fromkeys(chosen) if name in self.engine.fleet.stations]

    @on(RecordTable.Picked)
    def _moved(self, event: RecordTable.Picked) -> None:
        event.stop()
        if isinstance(event.record, Command):
            self._elsewhere = event.table.view.cursor > 0
            self.query_one(StoryPane).show(event.record)

    @on(RecordTable.Opened)
    def _opened(self, event: RecordTable.Opened) -> None:
        """A saved command opens its sheet, a step of the story its message or report, a command its first message."""
        event.stop()
        record = event.record
        if isinstance(record, SavedCommand):
            self._use(record)
            return
        if isinstance(record, StoryLine) and record.step.report is not None:
            self.app.push_screen(ReportView(self.engine, record.step.report, self.query_one(StoryPane).station))
            return
        message = _message_of(record)
        if message is not None:
            from ocpp_console.screens.message_detail import MessageDetail

            self.app.push_screen(MessageDetail(self.engine, message, Neighbours(event.table, _message_of)))

    # keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what the list with the focus can do is offered."""
        if action in ("rename_command", "remove_command") and self.is_mounted and self.saved is None:
            return False
        return super().check_action(action, parameters)

    def action_station_only(self) -> None:
        """The commands of the station under the cursor, or of all."""
        pane = self.query_one(HistoryPane)
        pane.only = "" if pane.only or self.command is None else self.command.station
        pane.poke()

    def action_procedures(self) -> None:
        """Show the calls of readings and other procedures, or hide them."""
        pane = self.query_one(HistoryPane)
        pane.with_procedures = not pane.with_procedures
        pane.poke()

    @work
    async def action_send_again(self) -> None:
        """Send the marked commands once more, or the one under the cursor; oldest first."""
        saved = self.saved
        if saved is not None:
            self._use(saved)
            return
        chosen = self.query_one(HistoryPane).table.chosen[::-1]
        usable = [command for command in chosen if self._still_known(command)]
        if not usable:
            return
        cautions = dict.fromkeys(ACTIONS[c.action].caution for c in usable if c.action in ACTIONS)
        told = "\n".join(f"{command.action} → {command.station}" for command in usable[:MOST_TOLD])
        asks = [caution for caution in cautions if caution]
        if asks:
            question = Question("\n".join([told, *asks]), "Send again", "Do not send")
            if not await self.app.push_screen_wait(question):
                return
        for command in usable:
            payloads = {command.station: self._renewed(command.payload)}
            run = Run(self.engine, command.action, payloads, check=False, raw=command.typed)
            run.begin()
            for result in run.results.values():
                if isinstance(result, str):
                    self.say(result, "warning")
        self.poke(0)

    def _renewed(self, payload: JsonValue) -> JsonValue:
        """The same with a number of its own."""
        return renewed(payload, self.engine.fleet) if isinstance(payload, dict) else payload

    def _still_known(self, command: Command) -> bool:
        """The station is there and speaks a version that has the command; says so otherwise."""
        station = self._station(command)
        if station is None:
            self.say(f"{command.station} is not known any more.", "warning")
        elif command.typed is None and command.action in ACTIONS and not schemas.known(station.version, command.action):
            self.say(
                f"{command.station} speaks OCPP {station.version} by now, which has no {command.action}.", "warning"
            )
        else:
            return True
        return False

    def _station(self, command: Command) -> "Station | None":
        return self.engine.fleet.stations.get(command.station)

    def action_edit_and_send(self) -> None:
        """Open the sheet with what was sent."""
        saved, command = self.saved, self.command
        if saved is not None:
            self._use(saved)
        elif command is not None and self._still_known(command) and not self._refused(command):
            self.app.push_screen(self._sheet(command))

    def _refused(self, command: Command) -> bool:
        return refused(self.app, self.engine, [command.station])

    def _sheet(self, command: Command) -> CommandSheet:
        """The form of a command with what was sent; the free form for what no schema knows or was typed as a frame."""
        typed, payload = command.typed, self._renewed(command.payload)
        if typed is None and command.action in ACTIONS:
            return CommandSheet(self.engine, [command.station], action=command.action, payloads=lambda _: payload)
        text = pretty(payload) if typed is None else typed.decode("utf-8", "replace")
        wish = FreeText("" if typed is not None else command.action, text)
        return CommandSheet(self.engine, [command.station], action=FREE, free=wish)

    def action_cancel_command(self) -> None:
        """Take back a command that has no answer yet."""
        command = self.command
        if command is None or command.final:
            self.say("Only a command that waits can be cancelled.")
        elif not self.engine.cancel(command):
            self.say("It cannot be taken back any more.", "warning")

    @work
    async def _use(self, saved: SavedCommand) -> None:
        """Ask for the stations of a saved command, then open its sheet."""
        versions = {station.version for station in self.engine.fleet.stations.values()}
        usable = [version for version in versions if schemas.known(version, saved.action)]
        if len(usable) > 1 and saved.version in usable:
            usable = [saved.version, *(version for version in usable if version != saved.version)]
        picker = StationPicker(self.engine, saved.name, usable, self.stations_chosen())
        stations: list[str] | None = await self.app.push_screen_wait(picker)
        if stations:
            open_saved(self.app, self.engine, saved, stations)

    # saved commands

    @work
    async def action_keep_command(self) -> None:
        """Keep the command under the cursor under a name."""
        command = self.command
        station = self._station(command) if command is not None else None
        if command is None or station is None:
            return
        version = command.message.version if command.message is not None else station.version
        payload = templated(command.payload)
        await self._ask_name(SavedCommand("", version, command.action, payload), f"Keep {command.action}")

    @work
    async def action_rename_command(self) -> None:
        """Change the name or the note of a saved command."""
        saved = self.saved
        if saved is not None:
            await self._ask_name(saved, f"Change {saved.name}")

    async def _ask_name(self, saved: SavedCommand, title: str) -> None:
        kept = self.engine.saved_commands
        taken = frozenset(each.name.casefold() for each in kept.all())
        answer = await self.app.push_screen_wait(NamePrompt(title, taken, saved.name, saved.note))
        if answer is None:
            return
        if saved.name and saved.name.casefold() != answer[0].casefold():
            kept.remove(saved.name)
        kept.put(SavedCommand(answer[0], saved.version, saved.action, saved.payload, answer[1]))
        self.poke(0)
        self.query_one(SavedPane).table.seek(answer[0].casefold())

    @work
    async def action_remove_command(self) -> None:
        """Forget the marked saved commands, or the one under the cursor; asks first."""
        table = self.query_one(SavedPane).table
        doomed = table.chosen
        told = ", ".join(saved.name for saved in doomed[:MOST_TOLD])
        if not doomed:
            return
        if await self.app.push_screen_wait(Question(f"Forget {told}?", "Forget", "Keep")):
            for saved in doomed:
                self.engine.saved_commands.remove(saved.name)
            table.marked.clear()
            self.poke(0)

    @work
    async def action_import_commands(self) -> None:
        """Read commands from a TOML file; tells what would be kept, replaced and skipped before anything is."""
        path = await path_to_read(self.app, "Read commands from this TOML file:", FILE_NAME)
        if path is None:
            return
        try:
            entries = from_toml(await self.engine.read_text(path))
        except (OSError, UnicodeError) as error:
            self.say(f"{path} cannot be read: {error}", "error")
            return
        except FileProblem as problem:
            self.say(problem.text, "error")
            return
        usable = [entry.saved for entry in entries if entry.saved is not None]
        question = Question(self._told(entries), f"Keep {len(usable)}" if usable else "Seen", "Leave it")
        if await self.app.push_screen_wait(question):
            for saved in usable:
                self.engine.saved_commands.put(saved)
            self.poke(0)

    def _told(self, entries: list[Read]) -> str:
        """What would become of each entry, those in question first."""
        lines = []
        for entry in sorted(entries, key=lambda entry: (entry.saved is not None, not entry.remarks)):
            remarks = "; ".join(entry.remarks)
            if entry.saved is None:
                lines.append(f"✗ {entry.title} is skipped: {remarks}")
                continue
            there = self.engine.saved_commands.get(entry.saved.name) is not None
            lines.append(f"{'↻ replaces' if there else '✓'} {entry.title}{f': {remarks}' if remarks else ''}")
        more = [f"and {len(lines) - MOST_TOLD} more"] if len(lines) > MOST_TOLD else []
        return "\n".join([*lines[:MOST_TOLD], *more])

    @work
    async def action_export_commands(self) -> None:
        """Write the saved commands (the marked ones, if any are) to a TOML file; asks before it replaces one."""
        table = self.query_one(SavedPane).table
        chosen = table.chosen if table.marked else self.engine.saved_commands.all()
        if not chosen:
            self.say("There is nothing to write: no command is kept.")
            return
        path = await path_to_write(self.app, f"Write {_count(chosen)} to this TOML file:", FILE_NAME)
        if path is None:
            return
        try:
            await self.engine.write_text(path, to_toml(chosen))
        except OSError as error:
            self.say(f"{path} cannot be written: {error}", "error")
            return
        self.say(f"{_count(chosen)} written to {path}.")


def _count(commands: Sequence[SavedCommand]) -> str:
    """How many, as people say it."""
    return f"{len(commands)} {'command' if len(commands) == 1 else 'commands'}"
