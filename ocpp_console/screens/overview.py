"""Page 1: stations, the message log and the idTag list at once, all of them live."""

from textual import on
from textual.app import ComposeResult

from ocpp_console.model.station import Station
from ocpp_console.screens.chosen_station import choose
from ocpp_console.screens.id_tags import IdTagsPane
from ocpp_console.screens.messages import MessagesPane, copy_message
from ocpp_console.screens.page import Page
from ocpp_console.screens.stations import StationsPane, ask_to_forget
from ocpp_console.widgets.record_table import RecordTable
from ocpp_console.widgets.still import PaneFrame


class OverviewPage(Page):
    """The home page. Two of its three panes stay at 80×24; `tab` and `z` reach everything."""

    HELP = (
        "Everything at once. Capital letters write to the selected station, or to all marked ones; small letters only "
        "look. A full stop narrows the log to the selected station."
    )
    tables_only = True
    kind = "stations"

    def content(self) -> ComposeResult:
        """Stations and idTags on the left, the log on the right."""
        with PaneFrame(id="panes", classes="frame"):
            with PaneFrame(id="left", classes="frame"):
                yield StationsPane(self.engine, id="stations-pane")
                yield IdTagsPane(self.engine, most_unknown=2, id="tags-pane")
            yield MessagesPane(self.engine, id="log", header=False)

    def on_mount(self) -> None:
        """The stations have the focus."""
        self.stations.focus()

    def stations_chosen(self) -> list[str]:
        """The marked stations, or that under the cursor of their table, wherever the focus is."""
        return [station.identity for station in self.stations.chosen]

    @property
    def stations(self) -> RecordTable[Station]:
        """The table of stations."""
        return self.query_one("#stations", RecordTable)

    @property
    def log_pane(self) -> MessagesPane:
        """The log."""
        return self.query_one(MessagesPane)

    @on(RecordTable.Picked, "#stations")
    def _station_picked(self) -> None:
        """A narrowed log follows the selection."""
        if self.log_pane.station:
            self._narrow()

    def on_screen_suspend(self) -> None:
        """Other pages begin with the station under the cursor."""
        choose(self.app, getattr(self.stations.record, "identity", ""))

    def _narrow(self) -> None:
        station = self.stations.record
        self.log_pane.station = station.identity if station is not None else ""

    def action_station_only(self) -> None:
        """The log of the selected station, or of all."""
        if self.log_pane.station:
            self.log_pane.station = ""
        else:
            self._narrow()

    def action_forget(self) -> None:
        """Drop the marked stations, or the one under the cursor, if they are offline."""
        ask_to_forget(self, self.stations_chosen(), self.stations.marked.clear)

    def action_neighbour(self, step: int) -> None:
        """The next or previous station."""
        self.stations.action_move(step)

    def action_accept_unknown(self) -> None:
        """Accept the unknown tag under the cursor of their list, or the one swiped last."""
        self.say(self.query_one(IdTagsPane).accept_unknown())

    def action_only(self) -> None:
        """The log with only what is like its row under the cursor."""
        self.log_pane.only()

    def action_sequence(self) -> None:
        """The sequence diagram of the log when it has the focus, else of the station under the cursor."""
        from ocpp_console.screens.sequence import SequencePage, of_station

        station = self.stations.record
        if isinstance(self.focused_pane, MessagesPane) or station is None:
            self.log_pane.show_sequence()
        else:
            self.app.push_screen(SequencePage(self.engine, [of_station(station.identity)]))

    def action_copy(self) -> None:
        """The frames of the message, or the identity of the station under the cursor."""
        pane = self.focused_pane
        record = pane.table.record if pane is not None and pane.table is not None else None
        if isinstance(pane, MessagesPane):
            copy_message(self, record)
        elif record is not None:
            from ocpp_console.visible import visible

            text = getattr(record, "identity", "") or getattr(record, "token", "")
            self.app.copy_to_clipboard(visible(text, 1000))
            self.say(f"Copied {text}")
