"""The values to choose from for the fields of one form."""

from collections.abc import Sequence

from ocpp_console.clock import iso, now_us
from ocpp_console.widgets.json_paths import Path, path_text
from ocpp_console.widgets.payload_lines import Choice, Kind, Known, Line

LATER = ((0, "now"), (5, "in 5 minutes"), (60, "in an hour"), (24 * 60, "tomorrow"), (7 * 24 * 60, "in a week"))
"""Minutes from now that are offered for a date and time."""


class FieldChoices:
    """Words of an enumeration, true and false, what the console knows, times; each looked up once a form."""

    def __init__(self, known: Known) -> None:
        """`known` gives what the console knows for a path."""
        self._known = known
        self._found: dict[Path, Sequence[Choice]] = {}

    def of(self, line: Line) -> Sequence[Choice]:
        """The choices of a line; none for heads."""
        if line.kind is not Kind.VALUE:
            return ()
        if line.path not in self._found:
            self._found[line.path] = self._find(line)
        return self._found[line.path]

    def _find(self, line: Line) -> Sequence[Choice]:
        field = line.field
        if field.enum:
            return [Choice(word) for word in field.enum]
        if field.type == "boolean":
            return [Choice(True), Choice(False)]
        known = self._known(path_text(line.path))
        if field.format == "date-time" and not known:
            return [Choice(iso(now_us() + wait * 60_000_000), note) for wait, note in LATER]
        return known
