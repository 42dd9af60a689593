"""The plan before many settings are written: what would change, what is as it should be, what is skipped and why."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from ocpp_console.glyphs import ATTENTION, GOOD, QUIET, STRONG, WRONG
from ocpp_console.model.secrets import masked
from ocpp_console.model.templates import Step, Verdict
from ocpp_console.procedures.variable_changes import Change
from ocpp_console.widgets.columns import Cell, Column
from ocpp_console.widgets.record_table import RecordTable
from ocpp_console.widgets.toned import toned, toned_lines

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

_ORDER = (Verdict.CHANGE, Verdict.SKIP, Verdict.SAME)


class PlanScreen(ModalScreen[list[Change] | None]):
    """Gives the changes to be written; None when nothing shall be."""

    BINDINGS = [
        ("escape", "close", "Close"),
        ("f10,ctrl+enter", "write", "Write"),
        Binding("space", "switch", "Leave out, or write all the same", priority=True),  # not the table's mark
    ]
    DEFAULT_CSS = """
    PlanScreen { align: center middle; }
    PlanScreen > Vertical { width: 96%; height: 90%; background: $surface; border: round $primary;
                            border-title-color: $foreground; }
    PlanScreen Static { height: auto; padding: 0 1; }
    PlanScreen Horizontal { height: 1; }
    PlanScreen Button { margin: 0 1; }
    PlanScreen #hint { width: 1fr; color: $text-muted; text-align: right; }
    """

    def __init__(self, engine: "Engine", station: str, title: str, steps: Sequence[Step], remark: str = "") -> None:
        """`title` says where the steps come from, `remark` what they cannot do."""
        super().__init__()
        self.engine, self.station, self._name, self._remark = engine, station, title, remark
        self.steps = sorted(steps, key=lambda step: _ORDER.index(step.verdict))
        self._written = {step.setting for step in steps if step.verdict is Verdict.CHANGE}
        self._said: object = None

    def compose(self) -> ComposeResult:
        """The numbers, the steps, the buttons."""
        columns: tuple[Column[Step], ...] = (
            Column("verdict", "", self._mark, 9),
            Column("setting", "setting", lambda step: (str(step.setting), STRONG), 34, least=22, grow=1, middle=True),
            Column("old", "is", self._old, 18, least=10, grow=1),
            Column("new", "would be", self._new, 18, least=10, grow=1),
            Column("reason", "why not", lambda step: (step.reason, ATTENTION), 34, least=14, grow=2),
        )
        with Vertical() as box:
            box.border_title = toned((f" {self._name} ", STRONG), f"→ {self.station} ")
            yield Static(id="summary")
            yield RecordTable(
                columns,
                lambda: self.steps,
                lambda step: step.setting,
                stamp=lambda step: step.setting in self._written,
                empty="Nothing to compare: the template holds no settings.",
                id="plan",
            )
            with Horizontal():
                yield Button("Write", "warning", id="write", compact=True)
                yield Button("Close (esc)", id="close", compact=True)
                yield Static("space: leave out, or write all the same   F10 writes", id="hint", markup=False)

    def on_mount(self) -> None:
        """The list."""
        self.query_one(RecordTable).focus()
        self._look()

    def poke(self, facts: int) -> None:
        """The station may have gone or come back."""
        self._look()

    def _mark(self, step: Step) -> Cell:
        if step.setting in self._written:
            return "✓ write", GOOD if step.verdict is Verdict.CHANGE else WRONG
        return {Verdict.SAME: ("= same", QUIET), Verdict.SKIP: ("- skip", ATTENTION)}.get(
            step.verdict, ("- left out", ATTENTION)
        )

    @staticmethod
    def _old(step: Step) -> Cell:
        return (masked(step.setting.name.variable, step.old) or "empty", "") if step.old is not None else ("", QUIET)

    @staticmethod
    def _new(step: Step) -> Cell:
        return masked(step.setting.name.variable, step.new) or "empty"

    def _obstacle(self) -> str:
        """What stands in the way of writing."""
        if self.engine.settings.read_only:
            return "The console is read-only (--read-only): nothing is written."
        station = self.engine.fleet.stations.get(self.station)
        if station is None or not station.online:
            return f"{self.station} is offline; write when it is back."
        return "" if self._written else "There is nothing to write."

    def _look(self) -> None:
        """The numbers, and what stands in the way."""
        if not self.is_mounted:
            return
        same = sum(step.verdict is Verdict.SAME for step in self.steps)
        skipped = sum(step.verdict is Verdict.SKIP and step.setting not in self._written for step in self.steps)
        stage = (len(self._written), same, skipped, self._obstacle())
        if stage == self._said:
            return
        self._said = stage
        obstacle = f"   ▲ {stage[3]}" if stage[3] else ""
        numbers = f"{stage[0]} to write, {same} already so, {skipped} skipped. Nothing was sent yet."
        self.query_one("#summary", Static).update(
            toned_lines([[numbers, (obstacle, ATTENTION)], *([[(self._remark, ATTENTION)]] if self._remark else [])])
        )
        button = self.query_one("#write", Button)
        button.label = toned(f"Write {stage[0]} (F10)")
        button.disabled = bool(obstacle)

    @on(RecordTable.Opened)
    def action_switch(self) -> None:
        """Leave a step out, or write one all the same that was skipped for what is known."""
        table = self.query_one(RecordTable)
        step: Step | None = table.record
        if step is None:
            return
        if step.verdict is Verdict.SKIP and not step.forcible:
            return
        if step.verdict is not Verdict.SAME:
            self._written ^= {step.setting}
        table.action_move(1)
        self._look()

    @on(Button.Pressed, "#write")
    def action_write(self) -> None:
        """Give the changes back."""
        if not self._obstacle():
            chosen = [step for step in self.steps if step.setting in self._written]
            self.dismiss([Change(step.setting, step.new, step.old) for step in chosen])

    @on(Button.Pressed, "#close")
    def action_close(self) -> None:
        """Nothing is written."""
        self.dismiss(None)
