"""Choosing the stations that a saved command goes to."""

from collections.abc import Collection, Hashable
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from ocpp_console.glyphs import QUIET, STRONG, station_look
from ocpp_console.model.station import Station
from ocpp_console.widgets.columns import Cell, Column
from ocpp_console.widgets.record_table import RecordTable
from ocpp_console.widgets.toned import toned

if TYPE_CHECKING:
    from ocpp_console.engine import Engine


class StationPicker(ModalScreen[list[str] | None]):
    """All stations that can take it; space marks, enter goes on with the marked ones or with the one at the cursor."""

    BINDINGS = [
        Binding("escape", "cancel", "Cancel", show=False),
        Binding("asterisk", "mark_all", "Mark all", show=False),
    ]
    DEFAULT_CSS = """
    StationPicker { align: center middle; }
    StationPicker > Vertical { width: 64; max-width: 96%; height: 70%; max-height: 24;
                               border: round $primary; background: $surface; }
    StationPicker Static { height: 1; padding: 0 1; color: $text-muted; }
    """

    def __init__(self, engine: "Engine", title: str, versions: Collection[str], marked: Collection[str] = ()) -> None:
        """Offers the stations that speak one of `versions`; `marked` ones are marked already."""
        super().__init__()
        self.engine, self._heading, self._versions = engine, title, versions
        self.table: RecordTable[Station] = RecordTable(
            COLUMNS, self._stations, lambda s: s.identity, order="station", empty="No station speaks this version."
        )
        self.table.marked |= set(marked) & {station.identity for station in self._stations()}

    def _stations(self) -> list[Station]:
        return [station for station in self.engine.fleet.stations.values() if station.version in self._versions]

    def compose(self) -> ComposeResult:
        """The list and its keys."""
        with Vertical() as box:
            box.border_title = toned(f" {self._heading} → ")
            yield self.table
            yield Static("space marks  * all  enter goes on  esc back", markup=False)

    def on_mount(self) -> None:
        """The list has the focus."""
        self.table.focus()

    def poke(self, facts: int) -> None:
        """Stations come and go."""
        self.table.poke()

    def on_record_table_opened(self, event: RecordTable.Opened) -> None:
        """These."""
        event.stop()
        self.dismiss([station.identity for station in self.table.chosen])

    def action_mark_all(self) -> None:
        """Mark all that are online; none when they are."""
        online: set[Hashable] = {station.identity for station in self._stations() if station.online}
        self.table.marked = set[Hashable]() if online <= self.table.marked else online
        self.table.poke()

    def action_cancel(self) -> None:
        """None."""
        self.dismiss(None)


def _state(station: Station) -> Cell:
    look = station_look(station.online, station.registration)
    return look.text, look.tone


COLUMNS: tuple[Column[Station], ...] = (
    Column("station", "station", lambda s: (s.identity, STRONG), 20, 10, 1, middle=True, order=lambda s: s.identity),
    Column("state", "state", _state, 12, order=lambda s: (not s.online, s.identity)),
    Column("version", "ver", lambda s: (s.version, QUIET), 5),
    Column("vendor", "vendor model", lambda s: (f"{s.vendor} {s.model}".strip(), QUIET), 18, least=8, drop=1),
)
