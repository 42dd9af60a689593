"""A report that came in parts, put together: everything in it as one JSON value."""

import json
from typing import TYPE_CHECKING

from textual.app import ComposeResult

from ocpp_console.model.report_parts import Assembly
from ocpp_console.screens.page import Page
from ocpp_console.visible import visible
from ocpp_console.widgets.json_view import JsonView
from ocpp_console.widgets.pane import Pane
from ocpp_console.widgets.record_table import RecordTable

if TYPE_CHECKING:
    from ocpp_console.engine import Engine


class ReportPane(Pane):
    """The items of a report."""

    kind = "detail"
    filterable = False

    def __init__(self, report: Assembly) -> None:
        """A report that came as characters is shown as the text they make."""
        super().__init__(id="report")
        self.report = report
        self.value = report.content
        self.json = JsonView(id="report-json")
        self.table = self.json

    def compose(self) -> ComposeResult:
        """The view."""
        yield self.json

    def on_mount(self) -> None:
        """Show it."""
        super().on_mount()
        self.json.show(self.value, ())

    def title_parts(self) -> tuple[str, ...]:
        """What it is and how far it came."""
        return (self.report.text,)

    def on_record_table_opened(self, event: RecordTable.Opened) -> None:
        """Enter folds; nothing else is to be opened here."""
        event.stop()


class ReportView(Page):
    """Pushed over the story of a command; esc returns to it."""

    HELP = "A report put together from its parts, in their order. enter folds and unfolds, y copies all of it."
    kind = "detail"

    def __init__(self, engine: "Engine", report: Assembly, station: str) -> None:
        """`report` as it was when it was opened."""
        super().__init__(engine)
        self._report, self._station = report, station

    def content(self) -> ComposeResult:
        """One pane."""
        yield ReportPane(self._report)

    def on_mount(self) -> None:
        """The keys are for the items."""
        self.query_one(JsonView).focus()

    def stations_chosen(self) -> list[str]:
        """The one that sent it."""
        return [self._station] if self._station in self.engine.fleet.stations else []

    def action_copy(self) -> None:
        """All items as JSON."""
        self.app.copy_to_clipboard(json.dumps(self._report.content, indent=2))
        self.say(f"Copied {visible(self._report.action)}.")
