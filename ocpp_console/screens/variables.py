"""The configuration page: one table for 1.6 keys and for the device model of 2.x, read, changed, kept and compared."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.app import App, ComposeResult

from ocpp_console.model.configurations import Configuration, recall
from ocpp_console.model.templates import Template, TemplateProblem, plan
from ocpp_console.procedures.variable_changes import Change
from ocpp_console.procedures.variables import BASES, FULL
from ocpp_console.screens.chosen_station import choose, chosen
from ocpp_console.screens.configuration_plan import PlanScreen
from ocpp_console.screens.configuration_words import parts_wanted, read_template, secrets_lost, sure_words
from ocpp_console.screens.kept_configurations import Choice, Differences, KeptConfigurations, Picked, load
from ocpp_console.screens.page import Page
from ocpp_console.screens.path_prompt import path_to_read, path_to_write
from ocpp_console.screens.question import Question
from ocpp_console.screens.text_prompt import ChoicePrompt, TextPrompt
from ocpp_console.screens.variable_edit import ValueSheet
from ocpp_console.screens.variable_jobs import Job, Jobs
from ocpp_console.screens.variable_rows import Row, shown_value
from ocpp_console.screens.variable_table import SettingPane, VariableTable, settings_of
from ocpp_console.visible import visible
from ocpp_console.widgets.record_table import RecordTable
from ocpp_console.widgets.still import PaneFrame

if TYPE_CHECKING:
    from textual.worker import Worker

    from ocpp_console.engine import Engine


class VariablesPane(VariableTable):
    """The table with everything that can be done to it."""

    def __init__(self, engine: "Engine", *, id: str | None = None) -> None:
        """Nothing runs yet."""
        super().__init__(engine, id=id)
        self.jobs = Jobs(engine, self._run, self._ended)
        self._recalled: set[str] = set()

    def _run(self, work: Coroutine[Any, Any, None]) -> "Worker[None]":
        return self.run_worker(work, group="variables", exit_on_error=False)

    def _ended(self, job: Job) -> None:
        """Say so when it is not the station in view; the line below the table tells about that one."""
        if not self.is_mounted or not self.app.is_running:
            return
        if job.station != self.identity and job.lines:
            self.say(f"{job.station}: {job.lines[0][0]}")
        self.poke()

    def poke(self) -> None:
        """Look at what runs at this station."""
        self.job = self.jobs.of(self.identity)
        super().poke()

    def show(self, identity: str) -> None:
        """Another station; what is kept of it is shown until it was read."""
        self.identity = identity
        self.table.marked.clear()
        if self.is_mounted:
            self.poke()
            station = self.station
            if station is not None and not len(station.variables) and identity not in self._recalled:
                self._recall(identity)

    @work
    async def _recall(self, identity: str) -> None:
        from ocpp_console.engine import StoreProblem

        self._recalled.add(identity)
        try:
            kept = await self.engine.configurations.newest(identity)
        except StoreProblem:
            return
        station = self.engine.fleet.stations.get(identity)
        if kept is not None and station is not None and kept.version == station.version:
            recall(kept, station)
            self.poke()

    def say(self, text: str, severity: str = "information") -> None:
        """A short notice."""
        self.notify(visible(text, 300), severity=severity, markup=False)  # type: ignore[arg-type]

    # reading

    def read(self, base: str = FULL) -> None:
        """Read everything of the station in view."""
        if not self._begin():
            return
        self.jobs.read(self.identity, base)
        self.poke()

    def _begin(self) -> bool:
        """A job may start; says why when it may not."""
        if self.station is None:
            self.say("No station is connected yet.", "warning")
            return False
        if self.jobs.busy(self.identity):
            self.say(f"{self.identity} is still being asked; c cancels.", "warning")
            return False
        return True

    def action_read_rows(self) -> None:
        """Read the chosen values again."""
        rows = self.chosen()
        if rows and self._begin():
            self.jobs.read_again(self.identity, settings_of(rows))
            self.poke()

    @work
    async def action_read_base(self) -> None:
        """Choose a report."""
        station = self.station
        if station is None or station.version == "1.6":
            self.say("Reports are of OCPP 2.x; C reads the keys of 1.6." if station else "No station yet.", "warning")
            return
        base = await self.app.push_screen_wait(ChoicePrompt(f"Which report should {self.identity} send?", BASES))
        if base is not None:
            self.read(base)

    @work
    async def action_read_report(self) -> None:
        """Choose a part of the device model: by criterion, or the component or variable under the cursor."""
        station, row = self.station, self.table.record
        if station is None or station.version == "1.6":
            self.say(
                "GetReport is of OCPP 2.x; V reads the keys of 1.6 again." if station else "No station yet.", "warning"
            )
            return
        parts = parts_wanted(row.setting if row is not None else None)
        prompt = ChoicePrompt(f"Which part should {self.identity} report?", tuple(parts), upright=True)
        part = await self.app.push_screen_wait(prompt)
        if part is not None and self._begin():
            self.jobs.read_report(self.identity, parts[part])
            self.poke()

    def action_cancel(self) -> None:
        """Stop what runs."""
        if not self.jobs.cancel(self.identity):
            self.say("Nothing is being read or written.")

    # writing

    def action_edit(self) -> None:
        """Change the value of the chosen settings."""
        self.edit(self.chosen())

    def edit(self, rows: Sequence[Row]) -> None:
        """Ask for a value and write it."""
        if rows:
            self._edit(self.identity, rows)

    @work
    async def _edit(self, identity: str, rows: Sequence[Row]) -> None:
        revealed = self.cells.revealed
        value = await self.app.push_screen_wait(ValueSheet(self.engine, identity, rows, revealed=revealed))
        if value is None:
            return
        changes = [Change(row.setting, value, row.attribute.value) for row in rows]
        if not await self._sure(identity, changes):
            return
        names = f"{rows[0].setting}" + (f" and {len(rows) - 1} more" if len(rows) > 1 else "")
        self._write(identity, changes, f"before {names} was set")

    async def _sure(self, identity: str, changes: Sequence[Change]) -> bool:
        """Ask before anything is written by which the station could be lost."""
        words = sure_words(identity, changes)
        sure: bool | None = not words or await self.app.push_screen_wait(Question(words, "Write", "Leave it"))
        return bool(sure)

    def _write(self, identity: str, changes: Sequence[Change], why: str) -> None:
        if self.jobs.busy(identity):
            self.say(f"{identity} is still being asked; c cancels.", "warning")
            return
        self.jobs.write(identity, changes, why)
        self.table.marked.clear()
        self.poke()

    async def _apply(self, template: Template, title: str, remark: str = "") -> None:
        """Show what a template would do, and do it when that is wanted; `remark` is said beside the numbers."""
        station, identity = self.station, self.identity
        if station is None:
            return
        steps = plan(template, station.variables, station.version)
        changes = await self.app.push_screen_wait(PlanScreen(self.engine, identity, title, steps, remark))
        if changes and await self._sure(identity, changes):
            self._write(identity, changes, f"before {title}")

    @work
    async def action_import_template(self) -> None:
        """Apply a template from a file."""
        if self.station is None:
            return
        text = "Apply the template in this TOML file (a plan is shown first):"
        path = await path_to_read(self.app, text, f"{self.identity}.toml")
        if path is None:
            return
        try:
            template = await read_template(path)
        except TemplateProblem as problem:
            self.say(f"{path}: {problem.text}", "error")
        else:
            await self._apply(template, f"template {template.name or path.name}")

    @work
    async def action_export_template(self) -> None:
        """Write the writable values without secrets to a file; asks before it replaces one."""
        station = self.station
        if station is None or not len(station.variables):
            self.say("Nothing was read yet: C reads the configuration.", "warning")
            return
        template = Template.of(Configuration.of(station, self.engine.clock()), station.identity)
        text = "Write the values as a template to this TOML file:"
        path = await path_to_write(self.app, text, f"{self.identity}.toml")
        if path is None:
            return
        try:
            await asyncio.to_thread(path.write_text, template.to_toml(), "utf-8")
        except OSError as error:
            self.say(f"{path} cannot be written: {error}", "error")
            return
        self.say(f"{len(template.values)} values written to {path}, without secrets and what is read-only.")

    # keeping

    @work
    async def action_keep(self) -> None:
        """Keep the configuration under a name."""
        from ocpp_console.engine import StoreProblem

        station = self.station
        if station is None or not len(station.variables):
            self.say("Nothing was read yet: C reads the configuration.", "warning")
            return
        name = await self.app.push_screen_wait(TextPrompt(f"Keep what {self.identity} is set to, as:", "", "Keep"))
        if name is None:
            return
        try:
            await self.engine.configurations.keep(Configuration.of(station, self.engine.clock(), name))
        except StoreProblem as problem:
            self.say(f"It was not kept: {problem.text}", "error")
            return
        self.say(f"Kept, without secrets. d compares and restores{f': {name}' if name else ''}.")

    @work
    async def action_kept(self) -> None:
        """Compare and restore what is kept."""
        from ocpp_console.engine import StoreProblem

        try:
            picked = await self.app.push_screen_wait(KeptConfigurations(self.engine, self.identity))
            if picked is not None:
                await self._use(picked)
        except StoreProblem as problem:
            self.say(problem.text, "error")

    async def _use(self, picked: Picked) -> None:
        """What was asked for in the list of kept configurations."""
        found: list[tuple[Choice, Configuration]] = []
        for choice in picked.choices:
            configuration = await load(self.engine, choice)
            if configuration is None:
                self.say(f"{choice.title} is gone or cannot be read.", "warning")
                return
            found.append((choice, configuration))
        if picked.what == "restore":
            choice, configuration = found[0]
            title = f"back to {choice.title}"
            await self._apply(Template.of(configuration), title, secrets_lost(configuration))
        else:
            (one, left), (other, right) = found
            self.app.push_screen(Differences((one.title, left), (other.title, right)))

    @work
    async def action_undo(self) -> None:
        """Back to what was set before the last writing."""
        from ocpp_console.engine import StoreProblem

        try:
            entry = await self.engine.configurations.before_writing(self.identity)
            kept = await self.engine.configurations.load(entry) if entry is not None else None
        except StoreProblem as problem:
            self.say(problem.text, "error")
            return
        if entry is None or kept is None:
            self.say(f"Nothing was written to {self.identity or 'a station'} from here yet.")
            return
        await self._apply(Template.of(kept), f"undo, as it was {entry.label}", secrets_lost(kept))


class ConfigurationPage(Page):
    """The table, and what is known about the setting under the cursor beside or below it."""

    kind = "variables"
    HELP = (
        "What a station is set to: the keys of 1.6 and the device model of 2.x in one table. C reads it, enter changes "
        "a value, which is read back and compared. [ and ] go to another station."
    )
    DEFAULT_CSS = """
    ConfigurationPage #configuration { layout: horizontal; height: 1fr; }
    ConfigurationPage #variables-pane { width: 1fr; }
    ConfigurationPage #setting-pane { width: 40; display: none; }
    ConfigurationPage.-wide #setting-pane { display: block; }
    ConfigurationPage.-narrow.-tall #configuration, ConfigurationPage.-medium.-tall #configuration {
        layout: vertical; }
    ConfigurationPage.-narrow.-tall #setting-pane, ConfigurationPage.-medium.-tall #setting-pane {
        display: block; width: 1fr; height: 9; }
    ConfigurationPage.zooming #setting-pane { display: none; }
    """

    def content(self) -> ComposeResult:
        """Two panes."""
        pane = VariablesPane(self.engine, id="variables-pane")
        with PaneFrame(id="configuration", classes="frame"):
            yield pane
            yield SettingPane(pane, id="setting-pane")

    @property
    def pane(self) -> VariablesPane:
        """The table."""
        return self.query_one(VariablesPane)

    def on_mount(self) -> None:
        """A station that is online, by name."""
        self.pane.table.focus()
        self._choose()

    def poke(self, facts: int) -> None:
        """The first station that comes is shown."""
        self._choose()
        super().poke(facts)

    def _choose(self) -> None:
        """Show a station if none is shown, or if it is gone for good."""
        stations = self.engine.fleet.stations
        if self.pane.identity not in stations and stations:
            self.pane.show(min(stations, key=lambda name: (name != chosen(self.app), not stations[name].online, name)))

    def on_screen_resume(self) -> None:
        """The station that was chosen last elsewhere, so that nothing is written to another by mistake."""
        if self.is_mounted and chosen(self.app) not in (self.pane.identity, ""):
            self.pane.show(chosen(self.app))
        super().on_screen_resume()

    def stations_chosen(self) -> list[str]:
        """The one in view."""
        return [self.pane.identity] if self.pane.identity in self.engine.fleet.stations else []

    def action_neighbour(self, step: int) -> None:
        """Another station, by name."""
        names = sorted(self.engine.fleet.stations)
        if len(names) > 1 and self.pane.identity in names:
            self.pane.show(names[(names.index(self.pane.identity) + step) % len(names)])
            choose(self.app, self.pane.identity)
            self.poke(0)

    def action_command(self, shortcut: str) -> None:
        """C reads the configuration of the station in view; other letters command it as everywhere."""
        if shortcut == "C":
            self.pane.read()
        else:
            super().action_command(shortcut)

    def action_copy(self) -> None:
        """The setting under the cursor; a secret only while secrets are shown."""
        row = self.pane.table.record
        if row is not None and row.variable is not None:
            self.app.copy_to_clipboard(f"{row.setting} = {shown_value(row, revealed=self.pane.cells.revealed)}")
            self.say(f"Copied {row.setting}.")

    @on(RecordTable.Picked)
    def _picked(self, event: RecordTable.Picked) -> None:
        event.stop()
        self.query_one(SettingPane).poke()


async def open_configuration(app: App[Any], stations: Sequence[str]) -> None:
    """Go to the page and read the configuration of these stations; the first is the one in view."""
    await app.switch_mode("configuration")
    page = app.screen_stack[0]
    if isinstance(page, ConfigurationPage) and stations:
        choose(app, stations[0])
        page.pane.show(stations[0])
        page.pane.read()
        for station in stations[1:]:
            page.pane.jobs.read(station)
