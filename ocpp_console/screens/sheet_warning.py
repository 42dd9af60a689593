"""The lines above the form of a command: what stands in the way of sending, and who gets nothing."""

from collections.abc import Iterable

from textual.content import Content
from textual.widgets import Static

from ocpp_console.widgets.columns import Piece
from ocpp_console.widgets.toned import toned_lines


class SheetWarning(Static):
    """A line for each warning; takes no room while there is none."""

    DEFAULT_CSS = "SheetWarning { height: auto; padding: 0 1; display: none; }"

    def __init__(self) -> None:
        """Nothing is said at first."""
        super().__init__(id="warning", markup=False)
        self._told = Content()

    def tell(self, pieces: Iterable[Piece]) -> None:
        """Draw again if something else is to be said."""
        told = toned_lines([[piece] for piece in pieces])
        if told != self._told:
            self._told = told
            self.update(told)
            self.display = bool(told.plain)
