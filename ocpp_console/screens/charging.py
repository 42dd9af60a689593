"""The page of charging limits: what holds where, which profiles say so, and how it goes on."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from ocpp_console.model.charging_book import Known
from ocpp_console.model.profile_draft import draft_of
from ocpp_console.model.stated import rate_units
from ocpp_console.procedures.charging import Outcome, clear, limit_now, read, set_profile
from ocpp_console.screens.charging_panes import SPANS, CurvePane, LimitsPane, ProfilesPane
from ocpp_console.screens.charging_view import Place, book_of, session_of
from ocpp_console.screens.chosen_station import choose, chosen
from ocpp_console.screens.limit_prompt import LimitPrompt, LimitTarget
from ocpp_console.screens.page import Page
from ocpp_console.screens.profile_sheet import ProfileSheet, running_at
from ocpp_console.screens.question import Question
from ocpp_console.widgets.bindings import bindings
from ocpp_console.widgets.record_table import RecordTable
from ocpp_console.widgets.still import PaneFrame

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

MOST_OUTCOMES = 1_000
TOLD_ONE_BY_ONE = 4
"""Places; the outcomes of more are told as one sum, and stand at their rows."""


class ChargingPage(Page):
    """Limits, the profiles of the one under the cursor, and its course."""

    kind = "charging"
    BINDINGS: ClassVar[list[BindingType]] = bindings("charging")
    HELP = (
        "What limits the charging of every station and connector: from profiles that were accepted or reported, beside "
        "what the station says itself. M limits at once, P builds a profile, K clears, V asks the station."
    )
    DEFAULT_CSS = """
    ChargingPage #charging { layout: vertical; height: 1fr; }
    ChargingPage #limits-side { layout: vertical; height: 6fr; }
    ChargingPage #limits { height: 3fr; }
    ChargingPage #profiles { height: 2fr; min-height: 5; }
    ChargingPage #course { height: 5fr; }
    ChargingPage.-wide #charging { layout: horizontal; }
    ChargingPage.-wide #limits-side { width: 3fr; height: 1fr; }
    ChargingPage.-wide #course { width: 2fr; height: 1fr; }
    """

    def __init__(self, engine: "Engine") -> None:
        """Nothing was sent from here yet."""
        super().__init__(engine)
        self.outcomes: dict[Place, Outcome] = {}
        """What came of the last command, by place."""

    def content(self) -> ComposeResult:
        """Three panes."""
        with PaneFrame(id="charging", classes="frame"):
            with PaneFrame(id="limits-side", classes="frame"):
                yield LimitsPane(self.engine, id="limits")
                yield ProfilesPane(self.engine, id="profiles")
            yield CurvePane(self.engine, id="course")

    def poke(self, facts: int) -> None:
        """Everything follows the cursor."""
        super().poke(facts)
        self._show()

    def on_screen_resume(self) -> None:
        """The station that was chosen last elsewhere, so that nothing is limited at another by mistake."""
        super().on_screen_resume()
        wanted, table = chosen(self.app), self.query_one(LimitsPane).table
        if table is not None and wanted and (self.place is None or self.place.station != wanted):
            table.seek(Place(wanted, 0))

    def _show(self) -> None:
        place, profiles = self.place, self.query_one(ProfilesPane)
        profiles.show(place)
        outcome = self.outcomes.get(place) if place is not None else None
        self.query_one(CurvePane).show(place, self.profile_under_cursor, outcome)

    @property
    def place(self) -> Place | None:
        """The place under the cursor."""
        table = self.query_one(LimitsPane).table
        return table.record if table is not None else None

    @property
    def places(self) -> list[Place]:
        """The marked places, or the one under the cursor."""
        table = self.query_one(LimitsPane).table
        return list(table.chosen) if table is not None else []

    @property
    def profile_under_cursor(self) -> Known | None:
        """The profile under the cursor, while the list of profiles has the focus."""
        table = self.query_one(ProfilesPane).table
        return table.record if table is not None and table.has_focus else None

    @on(RecordTable.Picked)
    def _picked(self, event: RecordTable.Picked) -> None:
        event.stop()
        if isinstance(event.record, Place):
            choose(self.app, event.record.station)
        self._show()

    @on(RecordTable.Opened)
    def _opened(self, event: RecordTable.Opened) -> None:
        event.stop()
        from ocpp_console.screens.station import StationPage

        if isinstance(event.record, Place):
            self.app.push_screen(StationPage(self.engine, event.record.station))

    # looking

    def action_switch_unit(self) -> None:
        """Amperes or watts."""
        pane = self.query_one(CurvePane)
        pane.unit = "W" if pane.shown_unit() == "A" else "A"
        self._show()

    def action_switch_span(self) -> None:
        """An hour, six, a day, a week."""
        pane = self.query_one(CurvePane)
        pane.span = (pane.span + 1) % len(SPANS)
        self._show()

    # writing

    def action_build_profile(self) -> None:
        """Open the builder for the chosen places; begins with the profile under the cursor, if there is one."""
        places, known = self.places, self.profile_under_cursor
        if not places:
            self.say("No station to build a profile for: none has connected yet.", "warning")
            return
        if known is not None:
            draft = draft_of(known.profile, known.place)
        else:
            first = places[0]
            station = self.engine.fleet.stations[first.station]
            draft = limit_now(station, book_of(self.engine, first), first.place, "16", session_of(self.engine, first))
        self.app.push_screen(ProfileSheet(self.engine, places, draft))

    @work(exclusive=True, group="charging")
    async def action_limit_now(self) -> None:
        """One number, one period, the purpose by situation."""
        places = self.places
        if not places:
            self.say("No station to limit: none has connected yet.", "warning")
            return
        stations = self.engine.fleet.stations
        units = rate_units(stations[places[0].station])
        unit = units[0] if len(units) == 1 else "A"
        asked = await self.app.push_screen_wait(LimitPrompt([self._target(place) for place in places], unit))
        if asked is None:
            return
        limit, unit = asked

        async def send(place: Place) -> Outcome:
            station, session = stations[place.station], session_of(self.engine, place)
            draft = limit_now(station, book_of(self.engine, place), place.place, f"{limit:g}", session)
            return await set_profile(
                self.engine.link(place.station), replace(draft, unit=unit, periods=f"{limit:.1f}"), self.engine.clock()
            )

        await self._each(places, send)

    def _target(self, place: Place) -> LimitTarget:
        """What a limit at once would be for one place."""
        session = session_of(self.engine, place)
        if session is not None:
            return LimitTarget(f"{place.station} {place.name}: for session #{session.id} (TxProfile)", True)
        if place.place:
            return LimitTarget(f"{place.station} {place.name}: for every session there (TxDefaultProfile)", False)
        running = bool(self.engine.fleet.transactions.running(place.station))
        return LimitTarget(f"{place.station}: the maximum of the whole station", running)

    @work(exclusive=True, group="charging")
    async def action_clear_profiles(self) -> None:
        """Clear the profile under the cursor, or all of the chosen places, after a question."""
        known, places = self.profile_under_cursor, self.places
        if not places:
            return
        if known is not None:
            places = places[:1]
            what = f"Clear profile #{known.profile.id} ({known.profile.purpose}) at {places[0].station}?"
        else:
            names = ", ".join(f"{place.station} {place.name}" for place in places[:3])
            names += f" and {len(places) - 3} more" if len(places) > 3 else ""
            what = f"Clear every charging profile of {names}?"
        running = running_at(self.engine, places)
        text = f"{what}\nLimits that protect the site's power supply go with it.\n{running}".rstrip()
        if not await self.app.push_screen_wait(Question(text, "Clear", "Keep")):
            return

        async def send(place: Place) -> Outcome:
            link = self.engine.link(place.station)
            return await clear(link, place.place, known.profile.id if known is not None else None)

        await self._each(places, send)

    @work(exclusive=True, group="charging")
    async def action_read_limits(self) -> None:
        """Ask the chosen stations for their profiles (2.x) and their composite schedule."""
        unit = self.query_one(CurvePane).shown_unit()

        async def ask(place: Place) -> Outcome:
            units = rate_units(self.engine.fleet.stations[place.station])
            wanted = unit if not units or unit in units else units[0]
            request = self.engine.fleet.commands.next_number()
            return await read(self.engine.link(place.station), place.place, wanted, request)

        await self._each(self.places, ask)

    async def _each(self, places: Sequence[Place], do: Callable[[Place], Awaitable[Outcome]]) -> None:
        """All places at once (a station's commands queue by themselves); each outcome is shown when it is there."""

        async def one(place: Place) -> None:
            self.outcomes.pop(place, None)
            outcome = await do(place)
            self.outcomes[place] = outcome
            if len(places) <= TOLD_ONE_BY_ONE:
                self._tell(place, outcome)
            if self.is_mounted:
                self._show()

        while len(self.outcomes) > MOST_OUTCOMES:
            del self.outcomes[next(iter(self.outcomes))]
        await asyncio.gather(*(one(place) for place in places))
        if len(places) > TOLD_ONE_BY_ONE:
            failed = [place.station for place in places if not self.outcomes[place].done]
            words = f", not at {', '.join(failed[:3])}{' …' if len(failed) > 3 else ''}" if failed else ""
            done = f"Done at {len(places) - len(failed)} of {len(places)} places{words}."
            self.say(done, "warning" if failed else "information")

    def _tell(self, place: Place, outcome: Outcome) -> None:
        """One outcome as a notice, with the likeliest reason for a refusal."""
        hint = f" {outcome.hints[0]}" if outcome.hints else ""
        self.say(f"{place.station} {place.name}: {outcome.text}{hint}", "information" if outcome.done else "warning")
