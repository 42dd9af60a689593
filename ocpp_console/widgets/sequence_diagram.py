"""A sequence diagram on the screen: a table whose rows are steps, of which only those in view are drawn."""

from collections.abc import Callable

from textual import events

from ocpp_console.clock import hms
from ocpp_console.glyphs import ATTENTION, QUIET, WRONG
from ocpp_console.model.sequence import Kind, SequenceDiagram, Step
from ocpp_console.protocol.findings import Severity
from ocpp_console.widgets.columns import Column, Piece
from ocpp_console.widgets.lifelines import Lifelines
from ocpp_console.widgets.record_table import RecordTable

CODES_FROM = 110
"""Cells from which on the code of a finding is named."""


class SequenceTable(RecordTable[Step]):
    """Shows a diagram; its lifelines share the width there is."""

    def __init__(self, diagram: Callable[[], SequenceDiagram], empty: Callable[[], str], *, id: str) -> None:
        """`diagram` gives the one to show now, `empty` what is said while it has no step."""
        self._diagram = diagram
        self._laid: tuple[tuple[str, ...], int] = ((), 0)
        super().__init__(
            self._for(80),
            lambda: diagram().steps,
            identify=lambda step: step.key,
            stamp=lambda step: step.row.revision,
            kind="sequence",
            follow=True,
            empty=empty,
            id=id,
        )

    def lay_out(self) -> None:
        """Other stations, or another width: other lifelines."""
        if self.size.width and self._laid != (tuple(self._diagram().stations), self.size.width):
            self.show_columns(self._for(self.size.width))

    def on_resize(self, event: events.Resize) -> None:
        """Lifelines are as far apart as there is room."""
        self.lay_out()

    def _for(self, width: int) -> tuple[Column[Step], ...]:
        """The columns for a width: when, what, and what is odd about it."""
        stations = tuple(self._diagram().stations)
        self._laid = (stations, width)
        wide = width >= CODES_FROM
        odd = 22 if wide else 3
        lines = Lifelines(stations, width - 1 - 13 - 1 - odd)
        return (
            Column("time", "time UTC", lambda step: "" if step.silence else hms(step.at), 8),
            Column("ms", "", _milliseconds, 4, gap=0),
            Column("step", lines.header, lines.row, lines.width),
            Column("findings", "", _codes if wide else _count, odd),
        )


def _milliseconds(step: Step) -> Piece:
    """Of a break there is no moment."""
    return ("" if step.silence else f".{step.at // 1000 % 1000:03d}", QUIET)


def _tone(step: Step) -> str:
    worst = max(finding.severity for finding in step.findings)
    return {Severity.INFO: QUIET, Severity.WARNING: ATTENTION}.get(worst, WRONG)


def _count(step: Step) -> Piece:
    """How many things are odd."""
    return (f"▲{len(step.findings)}", _tone(step)) if step.findings else ("", "")


def _codes(step: Step) -> Piece:
    """The code of the worst, and how many more there are."""
    if step.kind is Kind.BREAK or not step.findings:
        return "", ""
    worst = max(step.findings, key=lambda finding: finding.severity)
    more = f" +{len(step.findings) - 1}" if len(step.findings) > 1 else ""
    return f"▲ {worst.code}{more}", _tone(step)
