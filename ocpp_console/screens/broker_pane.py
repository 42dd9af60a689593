"""The broker by which chargers are seen: how the link is, what comes by which topic, what went through and was lost."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from ocpp_console.glyphs import ATTENTION, GOOD, QUIET, WRONG
from ocpp_console.visible import visible
from ocpp_console.widgets.columns import Piece
from ocpp_console.widgets.pane import Pane
from ocpp_console.widgets.toned import toned_lines

if TYPE_CHECKING:
    from ocpp_console.csms.fronts import BrokerView
    from ocpp_console.engine import Engine

Lines = list[list[Piece | str]]
LOSSES = ("lost", "not sent", "unknown fate", "could not be read")
"""Counts that end in these words are told in the colour of a warning."""


class BrokerPane(Pane):
    """Everything known about the link to the broker."""

    kind = "doors"
    filterable = False
    DEFAULT_CSS = """
    BrokerPane VerticalScroll { height: 1fr; padding: 0 1; }
    BrokerPane Static { height: auto; }
    """

    def __init__(self, engine: "Engine", *, id: str | None = None) -> None:
        """Reads `engine.brokers`."""
        super().__init__(id=id)
        self.engine = engine
        self._shown: Lines = []

    def compose(self) -> ComposeResult:
        """Lines that can be scrolled."""
        with VerticalScroll():
            yield Static(id="broker", markup=False)

    def title_parts(self) -> Sequence[str]:
        """The broker, and how many chargers are seen by it."""
        online = sum(station.online for station in self.engine.fleet.stations.values())
        where = self.engine.brokers[0].place if self.engine.brokers else "not connected yet"
        return "Broker", visible(where, 60), f"{online} charger{'s' if online != 1 else ''} seen"

    def poke(self) -> None:
        """Draw again what changed."""
        super().poke()
        lines = [line for view in self.engine.brokers for line in tell(view)]
        if lines != self._shown:
            self._shown = lines
            self.query_one("#broker", Static).update(toned_lines(lines))


def tell(view: "BrokerView") -> Lines:
    """How a broker is, in lines."""
    tone = GOOD if view.well else WRONG
    lines: Lines = [
        [("● " if view.well else "▲ ", tone), (visible(view.status.text, 600), tone)],
        [("This console ", QUIET), view.role],
        [],
    ]
    for filter, what in view.topics.items():
        lines.append([(f"{what:<32}", QUIET), visible(filter, 100)])
    lines.append([])
    for what, count in view.counts().items():
        lost = bool(count) and what.endswith(LOSSES)
        lines.append([(f"{what:<32}", QUIET), (str(count), ATTENTION if lost else "")])
    return lines
