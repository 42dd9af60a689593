"""The panes of charging limits: every place with its limit, the profiles of one, its course over time."""

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widgets import Static

from ocpp_console.glyphs import ATTENTION, QUIET, STRONG
from ocpp_console.model.charging_book import Known
from ocpp_console.procedures.charging import Outcome
from ocpp_console.screens.charging_view import (
    HOUR,
    PURPOSE_WORDS,
    Line,
    Place,
    book_of,
    composite_cell,
    course_text,
    curves_of,
    limit_cell,
    outcome_lines,
    places_of,
    profile_lines,
    profile_state,
    session_cell,
    session_of,
    window_of,
)
from ocpp_console.widgets.columns import Cell, Column
from ocpp_console.widgets.pane import Pane
from ocpp_console.widgets.record_table import RecordTable
from ocpp_console.widgets.step_curve import StepCurve
from ocpp_console.widgets.toned import toned_lines

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

EMPTY = """No station yet. Limits appear here for every station that connects:
what was accepted from here, and what the station reports by itself."""

NO_PROFILES = """No charging profile is known for this place.
M limits it at once   P builds a profile   V asks the station what it has"""

SPANS = (HOUR, 6 * HOUR, 24 * HOUR, 7 * 24 * HOUR)
"""How far ahead the curve looks, by `h`."""


class LimitsPane(Pane):
    """Every station and its connectors with what limits them now."""

    kind = "charging"

    def __init__(self, engine: "Engine", *, id: str | None = None) -> None:
        """Reads `engine.fleet.arrangements`."""
        super().__init__(id=id)
        self.engine = engine
        self._listed: list[Place] = []
        self._listed_for: Hashable = None
        self.table = RecordTable(
            self._columns(), self._rows, lambda place: place, stamp=self._stamp, kind="charging", empty=EMPTY
        )

    def _columns(self) -> tuple[Column[Place], ...]:
        engine = self.engine
        return (
            Column("station", "station", lambda p: (p.station, STRONG), 16, least=8, grow=1, middle=True,
                   order=lambda p: p.station),
            Column("place", "conn", lambda p: p.name, 7),
            Column("session", "session", lambda p: session_cell(engine, p), 22, least=16),
            Column("limit", "limit now", lambda p: limit_cell(engine, p), 28, least=14),
            Column("composite", "station says", lambda p: composite_cell(engine, p), 17, least=16, drop=3),
            Column("external", "besides", self._external, 18, least=8, drop=4, grow=1),
        )  # fmt: skip

    def _external(self, place: Place) -> Cell:
        """2.x: who else limits it."""
        return book_of(self.engine, place).external.get(place.place, ""), ATTENTION

    def _stamp(self, place: Place) -> Hashable:
        station = self.engine.fleet.stations.get(place.station)
        ticking = self.engine.clock() // 1_000_000
        return station.revision if station else 0, self.engine.fleet.arrangements.of(place.station).revision, ticking

    def _rows(self) -> Sequence[Place]:
        fleet = self.engine.fleet
        plugs = sum(len(station.connectors) for station in fleet.stations.values())
        stage = (len(fleet.stations), plugs, fleet.arrangements.revision, self.filter_text)
        if stage != self._listed_for:
            wanted = self.filter_text
            stations = [name for name in fleet.stations if not wanted or wanted in name.casefold()]
            self._listed = [place for name in stations for place in places_of(self.engine, name)]
            self._listed_for = stage
        return self._listed

    def title_parts(self) -> Sequence[str]:
        """How many profiles are known."""
        fleet = self.engine.fleet
        count = sum(len(fleet.arrangements.of(name).charging.profiles) for name in fleet.stations)
        return "Charging limits", f"{count} {'profile' if count == 1 else 'profiles'} known"


class ProfilesPane(Pane):
    """The profiles that have a say at the place under the cursor."""

    kind = "charging"
    filterable = False

    def __init__(self, engine: "Engine", *, id: str | None = None) -> None:
        """Shows nothing until `show`."""
        super().__init__(id=id)
        self.engine = engine
        self.place: Place | None = None
        self.table = RecordTable(
            self._columns(),
            self._rows,
            lambda known: (known.place, known.profile.id),
            stamp=self._stamp,
            kind="charging",
            empty=NO_PROFILES,
        )

    def _columns(self) -> tuple[Column[Known], ...]:
        return (
            Column("id", "id", lambda k: (f"#{k.profile.id}", STRONG), 5),
            Column("place", "at", lambda k: str(k.place) if k.place else "station", 7, drop=2),
            Column("purpose", "purpose", lambda k: PURPOSE_WORDS.get(k.profile.purpose, k.profile.purpose), 13,
                   order=lambda k: k.profile.purpose),
            Column("level", "lvl", lambda k: str(k.profile.level), 3, right=True, order=lambda k: k.profile.level),
            Column("state", "state", self._state, 10),
            Column("course", "limits", lambda k: course_text(k.profile), 20, least=8, grow=1),
            Column("kind", "kind", lambda k: (k.profile.kind, QUIET), 9, drop=4),
            Column("source", "from", lambda k: (k.source, QUIET), 5, drop=3),
        )  # fmt: skip

    def _state(self, known: Known) -> Cell:
        assert self.place is not None
        session, now = session_of(self.engine, self.place), self.engine.clock()
        limit = book_of(self.engine, self.place).limit(self.place.place, now, session)
        return profile_state(known, session, limit.known.profile.id if limit is not None else None, now)

    def _stamp(self, known: Known) -> Hashable:
        ruled = self.engine.fleet.arrangements.revision, self.engine.fleet.transactions.revision
        return known.at, self.place, ruled, self.engine.clock() // 1_000_000

    def _rows(self) -> Sequence[Known]:
        return list(book_of(self.engine, self.place).at_place(self.place.place)) if self.place is not None else []

    def title_parts(self) -> Sequence[str]:
        """Whose profiles these are."""
        place = self.place
        return ("Profiles",) if place is None else ("Profiles", place.station, place.name)

    def show(self, place: Place | None) -> None:
        """Another place."""
        if place != self.place:
            self.place = place
            self.renew_title()
        self.poke()


class CurvePane(Pane):
    """How the limit goes on, and what came of the last command."""

    kind = "charging"
    filterable = False
    DEFAULT_CSS = """
    CurvePane #charging-words { height: auto; max-height: 6; padding: 0 1; }
    """

    def __init__(self, engine: "Engine", *, id: str | None = None) -> None:
        """Shows nothing until `show`."""
        super().__init__(id=id)
        self.engine = engine
        self.place: Place | None = None
        self.unit = ""
        """`A` or `W` as chosen by the operator; empty for that of the limit."""
        self.span = 0
        """Which of `SPANS`."""
        self._drawn: Hashable = None

    def compose(self) -> ComposeResult:
        """The curve above the words."""
        yield StepCurve(ascii_only=self.engine.settings.ascii, id="charging-curve")
        yield Static(id="charging-words", markup=False)

    def title_parts(self) -> Sequence[str]:
        """Which place, how far."""
        if self.place is None:
            return ("Course",)
        return "Course", self.place.station, self.place.name, f"{SPANS[self.span] // HOUR} h ahead"

    def shown_unit(self) -> str:
        """The unit that is drawn."""
        if self.unit or self.place is None:
            return self.unit or "A"
        limit = book_of(self.engine, self.place).limit(
            self.place.place, self.engine.clock(), session_of(self.engine, self.place)
        )
        composite = book_of(self.engine, self.place).composites.get(self.place.place)
        said = composite.schedule.unit if composite is not None else "A"
        return limit.known.profile.schedule.unit if limit is not None else said

    def show(self, place: Place | None, known: Known | None, outcome: Outcome | None) -> None:
        """Another place, or the same a moment later."""
        self.place = place
        curve = self.query_one(StepCurve)
        if place is None:
            self._drawn = None
            curve.show((), 0, 1, empty="The course of the limit under the cursor is drawn here.")
            return
        now, unit = self.engine.clock(), self.shown_unit()
        begin, end = window_of(session_of(self.engine, place), now, SPANS[self.span])
        empty = "Nothing limits this place, as far as the console knows. V asks the station for its own schedule."
        fleet = self.engine.fleet
        stage = place, unit, begin, end, fleet.arrangements.revision, fleet.transactions.revision
        if stage != self._drawn:
            self._drawn = stage
            curve.show(curves_of(self.engine, place, unit, begin, end), begin, end, now=now, unit=unit, empty=empty)
        lines: list[Line] = outcome_lines(outcome) if outcome is not None else []
        lines += profile_lines(known) if known is not None else []
        words = self.query_one("#charging-words", Static)
        words.update(toned_lines(lines))
        words.display = bool(lines)
        self.renew_title()
