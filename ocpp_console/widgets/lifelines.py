"""How a step of a sequence diagram is drawn between lifelines, in a given number of cells: text and tones."""

from collections.abc import Sequence

from ocpp_console.glyphs import ATTENTION, BUSY, PLAIN, QUIET, WRONG
from ocpp_console.model.messages import Origin
from ocpp_console.model.sequence import Kind, Step
from ocpp_console.visible import visible
from ocpp_console.widgets.columns import Piece
from ocpp_console.widgets.fitting import cells, cut_end, cut_middle, fit

APART = 14
"""Cells from one station's lifeline to the next."""

ROOM = 38
"""Cells that are kept for what stands on the arrows, between the last station's lifeline and the central system's."""

CONSOLE = "CSMS"
OTHERS, ALL = "others", "stations"
"""Titles of the lifeline that stations share for which there is no room, next to some that have one and without."""

LINE = "│"
BROKEN = "┊"


class Lifelines:
    """Who has which lifeline: stations from the left, the central system at the right."""

    def __init__(self, stations: Sequence[str], width: int) -> None:
        """As many stations get a lifeline of their own as fit into `width` cells; the others share the last one."""
        self.width = max(width, 24)
        self.end = self.width - 1 - len(CONSOLE) // 2
        most = max(1, 1 + (self.end - ROOM - APART // 2) // APART)
        alone = stations if len(stations) <= most else stations[: most - 1]
        self._lane = {station: lane for lane, station in enumerate(alone)}
        self._titles = [*alone, OTHERS if alone else ALL] if len(alone) < len(stations) else list(alone)
        first = APART // 2 if len(self._titles) > 1 else 4
        self.places = [first + lane * APART for lane in range(max(1, len(self._titles)))]

    def place(self, station: str) -> int:
        """The cell of a station's lifeline."""
        return self.places[self._lane.get(station, len(self.places) - 1)]

    def shared(self, station: str) -> bool:
        """Its lifeline is that of several stations, which are told by name."""
        return bool(station) and station not in self._lane

    @property
    def header(self) -> str:
        """The titles above the lifelines."""
        line = ""
        room = APART - 1 if len(self._titles) > 1 else self.width - ROOM // 2
        for place, title in zip(self.places, self._titles, strict=False):
            shown = cut_middle(visible(title), room)
            line = fit(line, max(0, place - cells(shown) // 2)) + shown
        return fit(line, self.width - len(CONSOLE)) + CONSOLE

    def row(self, step: Step) -> list[Piece]:
        """One step across all lifelines."""
        if step.kind is Kind.BREAK:
            return [(self._break(f" {step.label} "), QUIET)]
        if step.kind is Kind.EVENT or not step.row.station:
            return self._event(step)
        return self._arrow(step)

    def _lines(self, glyph: str = LINE) -> str:
        """Nothing but lifelines."""
        line = [" "] * self.width
        for place in (*self.places, self.end):
            line[place] = glyph
        return "".join(line)

    def _break(self, label: str) -> str:
        """Broken lifelines with a label in the middle between the last station's and the central system's."""
        line, first = self._lines(BROKEN), self.places[-1] + 1
        shown = cut_end(label, self.end - first)
        at = first + (self.end - first - cells(shown)) // 2
        return line[:at] + shown + line[at + cells(shown) :]

    def _event(self, step: Step) -> list[Piece]:
        """Its glyph on the station's lifeline, its words beside it; what is about no station stands on none."""
        line = self._lines()
        place = self.place(step.row.station) if step.row.station else self.places[-1] + 2
        said = cut_end(visible(self._named(step, step.label)), self.end - place - 1)
        before, after = line[:place], line[place + cells(said) :]
        return [(before, QUIET), (said, step.look[2]), (after, QUIET)]

    def _named(self, step: Step, label: str) -> str:
        """On a lifeline of several the station is named, behind the glyph of an event."""
        if not self.shared(step.row.station):
            return label
        glyph, _, rest = label.partition(" ") if step.kind is Kind.EVENT else ("", "", label)
        return f"{glyph} {step.row.station}: {rest}".lstrip()

    def _arrow(self, step: Step) -> list[Piece]:
        """From one lifeline to another, with what it says and, at its end, how long it took or what is missing."""
        line, place = self._lines(), self.place(step.row.station)
        stroke = "─" if step.kind is Kind.CALL else "╌"
        room = self.end - place - 1
        aside = f" {_took(step)} " if step.kind in (Kind.ANSWER, Kind.ERROR) else f" {step.missing} "
        aside = cut_end(visible(aside), room // 2) if aside.strip() else ""
        said = cut_end(f" {visible(self._named(step, step.label))} ", room - cells(aside) - 4)
        shaft = stroke * (room - 1 - cells(said) - cells(aside) - 2)
        tone = _tone(step)
        if step.from_station:
            pieces = [(stroke, tone), (said, _said_tone(step)), (shaft, tone), (aside, _aside_tone(step)),
                      (f"{stroke}▶", tone)]  # fmt: skip
        else:
            pieces = [(f"◀{stroke}", tone), (said, _said_tone(step)), (shaft, tone), (aside, _aside_tone(step)),
                      (stroke, tone)]  # fmt: skip
        return [(line[: place + 1], QUIET), *(piece for piece in pieces if piece[0]), (line[self.end :], QUIET)]


def _took(step: Step) -> str:
    """How long an answer took, at most seven characters."""
    us = step.at - step.row.at
    if us < 1_000_000:
        return f"{us / 1000:.0f} ms" if us >= 1000 else "<1 ms"
    return f"{us / 1_000_000:.2f} s" if us < 100_000_000 else f"{us / 1_000_000:.0f} s"


def _tone(step: Step) -> str:
    """Of the arrow: errors and calls that got no answer stand out."""
    if step.kind is Kind.ERROR or step.missing.startswith("✗"):
        return WRONG
    if step.kind is Kind.CALL:
        return BUSY if step.row.origin is Origin.CONSOLE else PLAIN
    return ATTENTION if step.kind is Kind.ALONE and step.findings else QUIET


def _said_tone(step: Step) -> str:
    """Of the words: an answer's are toned as in the log."""
    return step.look[2] if step.kind in (Kind.ANSWER, Kind.ERROR) else _tone(step)


def _aside_tone(step: Step) -> str:
    """Of what stands at its end: a slow answer is worth a look."""
    slow = any(finding.code == "SLOW_RESPONSE" for finding in step.row.findings)
    return ATTENTION if slow and step.kind is Kind.ANSWER else _tone(step) if step.missing else QUIET
