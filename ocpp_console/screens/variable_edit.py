"""The sheet in which a value is changed: what the station said about it, the new value, and what speaks against it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from ocpp_console.glyphs import ATTENTION, QUIET, STRONG
from ocpp_console.model.secrets import secret
from ocpp_console.model.variable_values import problem_of
from ocpp_console.screens.variable_rows import Row, allowed, shown_value
from ocpp_console.widgets.columns import Piece
from ocpp_console.widgets.toned import toned, toned_lines

if TYPE_CHECKING:
    from ocpp_console.engine import Engine


class ValueInput(Input):
    """A line in which up and down go through the values allowed."""

    def __init__(self, value: str, choices: Sequence[str], *, password: bool) -> None:
        """`choices` may be empty."""
        super().__init__(value, compact=True, password=password, id="value")
        self._choices = tuple(choices)

    def on_key(self, event: events.Key) -> None:
        """The next or the previous allowed value."""
        if event.key in ("up", "down") and self._choices:
            event.stop()
            event.prevent_default()
            place = self._choices.index(self.value) if self.value in self._choices else -1
            step = 1 if event.key == "down" else -1
            self.value = self._choices[(place + step if place >= 0 else 0) % len(self._choices)]
            self.cursor_position = len(self.value)


class ValueSheet(ModalScreen[str | None]):
    """Gives the new value when it shall be written, None when nothing shall.

    It stays while the station is away, and writes when it is back.
    """

    BINDINGS = [("escape", "close", "Close"), ("f10,ctrl+enter", "write", "Write")]
    DEFAULT_CSS = """
    ValueSheet { align: left bottom; background: $background 0%; }
    ValueSheet > Vertical { width: 100%; height: auto; max-height: 14; background: $surface; padding: 0 1;
                            border: round $primary; border-title-color: $foreground; }
    ValueSheet Static { height: auto; }
    ValueSheet Horizontal { height: 1; margin: 0; }
    ValueSheet Button { margin: 0 1 0 0; }
    ValueSheet #hint { width: 1fr; color: $text-muted; text-align: right; }
    """

    def __init__(self, engine: "Engine", station: str, rows: Sequence[Row], *, revealed: bool) -> None:
        """`rows` are the settings that get the value; the first is the one described."""
        super().__init__()
        self.engine, self.station, self.rows = engine, station, tuple(rows)
        self._revealed = revealed
        self._warned: str | None = None

    def compose(self) -> ComposeResult:
        """What is known, the line, what speaks against it, the buttons."""
        row = self.rows[0]
        variable = row.variable
        hidden = secret(row.setting.name.variable)
        with Vertical() as sheet:
            more = f" and {len(self.rows) - 1} more" if len(self.rows) > 1 else ""
            sheet.border_title = toned((f" {row.setting}{more} ", STRONG), f"→ {self.station} ")
            yield Static(toned_lines(self._about()), id="about")
            choices = variable.values if variable and not variable.data_type.endswith("List") else ()
            if variable and variable.data_type == "boolean":
                choices = ("true", "false")
            start = "" if hidden and not self._revealed else row.attribute.value or ""
            yield ValueInput(start, choices, password=hidden and not self._revealed)
            yield Static(id="problem")
            with Horizontal():
                if not self.engine.settings.read_only:
                    yield Button("Write (enter)", "warning", id="write", compact=True)
                yield Button("Close (esc)", id="close", compact=True)
                keys = "up/down: allowed values" if choices else ""
                yield Static(keys, id="hint", markup=False)

    def on_mount(self) -> None:
        """The line, with its value selected, so that typing replaces it."""
        line = self.query_one(ValueInput)
        line.focus()
        line.select_all()
        self._look()

    def _about(self) -> list[list[Piece | str]]:
        """The setting as the station describes it."""
        row = self.rows[0]
        variable = row.variable
        assert variable is not None
        shown = shown_value(row, revealed=self._revealed) or (
            "empty" if row.attribute.value is not None else "not told"
        )
        facts = [variable.data_type, variable.unit, row.attribute.mutability]
        lines: list[list[Piece | str]] = [[("is  ", QUIET), shown, ("   " + "  ".join(filter(None, facts)), QUIET)]]
        if variable.about:
            lines.append([(variable.about, QUIET)])
        if allowed(variable):
            lines.append([("allowed  ", QUIET), allowed(variable)])
        return lines

    def poke(self, facts: int) -> None:
        """The station may have gone or come back."""
        self._look()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._look()

    def _obstacle(self) -> str:
        """What stands in the way of sending, whatever the value."""
        if self.engine.settings.read_only:
            return "The console is read-only (--read-only): nothing is written."
        station = self.engine.fleet.stations.get(self.station)
        if station is None or not station.online:
            return f"{self.station} is offline. What is typed stays; write when it is back."
        return ""

    def _doubt(self) -> str:
        """What speaks against this value."""
        value = self.query_one(ValueInput).value
        for row in self.rows:
            variable = row.variable
            if not row.attribute.writable:
                return f"The station says that {row.setting} is read-only."
            if variable is not None:
                form = variable.data_type, variable.values, variable.minimum, variable.maximum
                if problem := problem_of(value, *form):
                    return problem
        return ""

    def _look(self) -> None:
        """Say what stands in the way, or what speaks against the value."""
        if not self.is_mounted:
            return
        text = self._obstacle() or self._doubt()
        if text and not self._obstacle() and self._warned == self.query_one(ValueInput).value:
            text += " enter again writes it anyway."
        self.query_one("#problem", Static).update(toned((f"▲ {text}", ATTENTION)) if text else toned(""))

    @on(Input.Submitted)
    @on(Button.Pressed, "#write")
    def _enter(self, event: Input.Submitted | Button.Pressed) -> None:
        event.stop()
        self.action_write()

    @on(Button.Pressed, "#close")
    def action_close(self) -> None:
        """Nothing is written."""
        self.dismiss(None)

    def action_write(self) -> None:
        """Give the value back; one that will hardly be taken only when asked for twice."""
        if self._obstacle():
            self._look()
            return
        value, doubt = self.query_one(ValueInput).value, self._doubt()
        if doubt and self._warned != value:
            self._warned = value
            self._look()
            return
        self.dismiss(value)
