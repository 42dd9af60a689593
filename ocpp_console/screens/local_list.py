"""The page of local lists and reservations: who may charge while a station is offline, or before others."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from ocpp_console.clock import hms
from ocpp_console.glyphs import ATTENTION, GOOD, QUIET, STRONG, WRONG
from ocpp_console.model.local_lists import Drift, LocalList, wanted_texts
from ocpp_console.model.reservations import Reservation
from ocpp_console.model.station import Station
from ocpp_console.procedures.local_list import NOT_SUPPORTED, ListOutcome, Mode, read_version, synchronise
from ocpp_console.procedures.reservations import cancel, reserve
from ocpp_console.screens.page import Page
from ocpp_console.screens.question import Question
from ocpp_console.screens.reservations import ReservationForm, ReservationsPane
from ocpp_console.widgets.bindings import bindings
from ocpp_console.widgets.columns import Cell, Column, Piece
from ocpp_console.widgets.pane import Pane
from ocpp_console.widgets.record_table import RecordTable
from ocpp_console.widgets.still import PaneFrame
from ocpp_console.widgets.toned import toned_lines

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

EMPTY = """No station yet. Each that connects appears here with the version of its local list:
V asks for the version, W sends what changed, F sends the full list."""

PURPOSE = "local list"
"""What the calls are for, in the history of commands."""

MOST_TEXTS = 100
"""Stations whose lists are remembered as they should be, when tags may charge at some of them only."""

NAMED = 6
"""Tags named in the words about a drift."""


def state_of(known: LocalList, drift: Drift) -> Piece:
    """How a station's list stands against the idTags."""
    if known.stated == NOT_SUPPORTED:
        return "✗ keeps no list", QUIET
    if known.sent is None:
        if known.stated is None:
            return "? not asked yet", QUIET
        return ("○ empty", ATTENTION) if not known.stated else (f"? version {known.stated}, not from here", ATTENTION)
    if not known.known:
        return f"▲ changed elsewhere: {known.stated}, sent {known.sent}", WRONG
    return (f"! {drift.text}", ATTENTION) if drift else ("✓ in step", GOOD)


class LocalListPane(Pane):
    """Every station with the version of its list, and how it differs from the idTags."""

    kind = "lists"
    DEFAULT_CSS = """
    LocalListPane #drift { height: auto; max-height: 5; padding: 0 1; }
    """

    def __init__(self, engine: "Engine", *, id: str | None = None) -> None:
        """Reads `engine.fleet.arrangements` and the idTags."""
        super().__init__(id=id)
        self.engine = engine
        self._texts: dict[tuple[str, str], dict[str, str]] = {}
        self._texts_for = -1
        self._placed = False
        self.outcomes: dict[str, ListOutcome] = {}
        """What came of the last sending, by station."""
        self.busy: set[str] = set()
        """Stations that are being sent to."""
        self.table = RecordTable(
            self._columns(), self._rows, lambda s: s.identity, stamp=self._stamp, kind="lists", empty=EMPTY
        )

    def compose(self) -> ComposeResult:
        """The table above the words about the row under the cursor."""
        yield from super().compose()
        yield Static(id="drift", markup=False)

    def _columns(self) -> tuple[Column[Station], ...]:
        return (
            Column("station", "station", lambda s: (s.identity, STRONG), 16, least=8, grow=1, middle=True,
                   order=lambda s: s.identity),
            Column("version", "ver", lambda s: (s.version, QUIET), 5, drop=4),
            Column("state", "list", self._state, 34, least=18, order=lambda s: self._state(s)[0]),
            Column("stated", "station says", self._stated, 16, drop=3),
            Column("sent", "sent", self._sent, 18, least=14, drop=2),
            Column("answer", "answer", self._answer, 12, least=9, grow=1),
        )  # fmt: skip

    def known(self, station: Station) -> LocalList:
        """The list of a station."""
        return self.engine.fleet.arrangements.of(station.identity).local_list

    def drift(self, station: Station) -> Drift:
        """How it differs from the idTags."""
        tags = self.engine.fleet.id_tags
        if tags.revision != self._texts_for or len(self._texts) > MOST_TEXTS:
            self._texts, self._texts_for = {}, tags.revision
            self._placed = any(tag.stations for tag in tags)
        kind = (station.version, station.identity if self._placed else "")
        if kind not in self._texts:
            self._texts[kind] = wanted_texts(tags.all(), *kind)
        return self.known(station).drift(self._texts[kind])

    def _state(self, station: Station) -> Piece:
        return state_of(self.known(station), self.drift(station))

    def _stated(self, station: Station) -> Cell:
        known = self.known(station)
        if known.stated is None:
            return ""
        return [(f"version {known.stated}", ""), (f" {hms(known.stated_at)[:5]}", QUIET)]

    def _sent(self, station: Station) -> Cell:
        known = self.known(station)
        return "" if known.sent is None else f"version {known.sent}: {len(known.contents)}"

    def _answer(self, station: Station) -> Cell:
        if station.identity in self.busy:
            return "… sending", ATTENTION
        outcome = self.outcomes.get(station.identity)
        told = self.engine.duties.told.get(f"list_sync {station.identity}")
        if (outcome is not None and not outcome.done) or (outcome is None and told is not None and not told[0]):
            return "✗ failed", WRONG
        verdict = self.known(station).verdict
        return verdict, GOOD if verdict == "Accepted" else WRONG

    def _stamp(self, station: Station) -> Hashable:
        fleet = self.engine.fleet
        mine = (station.identity in self.busy, self.outcomes.get(station.identity), self.engine.duties.revision)
        return fleet.arrangements.of(station.identity).revision, fleet.id_tags.revision, station.version, mine

    def _rows(self) -> Sequence[Station]:
        wanted = self.filter_text
        return [each for each in self.engine.fleet.stations.values() if wanted in each.identity.casefold()]

    def title_parts(self) -> Sequence[str]:
        """How many tags would be sent."""
        count = len(self.engine.fleet.id_tags)
        by_itself = ("kept in step by itself",) if self.engine.duties.list_sync else ()
        return "Local lists", f"{count} {'idTag' if count == 1 else 'idTags'}", *by_itself

    def poke(self) -> None:
        """The words follow the cursor."""
        super().poke()
        assert self.table is not None
        station = self.table.record
        lines = self._words(station) if station is not None else []
        for words in self.query("#drift").results(Static):
            words.update(toned_lines(lines))
            words.display = bool(lines)

    def _words(self, station: Station) -> list[list[Piece | str]]:
        """What came of the last sending, and which tags differ."""
        lines: list[list[Piece | str]] = []
        outcome = self.outcomes.get(station.identity)
        if outcome is not None:
            glyph, tone = ("✓", GOOD) if outcome.done else ("✗", WRONG)
            lines.append([(f"{glyph} ", tone), outcome.text])
        if told := self.engine.duties.told.get(f"list_sync {station.identity}"):
            glyph, tone = ("✓", GOOD) if told[0] else ("✗", WRONG)
            lines.append([(f"{glyph} ", tone), ("by itself: ", QUIET), told[1]])
        known, drift = self.known(station), self.drift(station)
        if known.sent is not None:
            for word, tokens in (("new", drift.added), ("changed", drift.changed), ("gone", drift.removed)):
                if tokens:
                    more = f" and {len(tokens) - NAMED} more" if len(tokens) > NAMED else ""
                    lines.append([(f"{word} since version {known.sent}: ", QUIET), ", ".join(tokens[:NAMED]) + more])
        return lines


class ListsPage(Page):
    """Local lists above reservations."""

    kind = "lists"
    BINDINGS: ClassVar[list[BindingType]] = bindings("lists")
    HELP = (
        "Who may charge while a station is offline (its local list), and connectors kept free for one tag. "
        "W sends what changed since the version that was sent, F the full list, to all marked stations; "
        "E reserves, K cancels a reservation."
    )
    DEFAULT_CSS = """
    ListsPage #lists { layout: vertical; height: 1fr; }
    ListsPage #local-lists { height: 3fr; }
    ListsPage #reservations { height: 2fr; }
    """

    def content(self) -> ComposeResult:
        """Two panes."""
        with PaneFrame(id="lists", classes="frame"):
            yield LocalListPane(self.engine, id="local-lists")
            yield ReservationsPane(self.engine, id="reservations")

    @on(RecordTable.Picked)
    def _picked(self, event: RecordTable.Picked) -> None:
        event.stop()
        self.query_one(LocalListPane).poke()

    @on(RecordTable.Opened)
    def _opened(self, event: RecordTable.Opened) -> None:
        event.stop()
        from ocpp_console.screens.station import StationPage

        self.app.push_screen(StationPage(self.engine, getattr(event.record, "station", "") or event.record.identity))

    @property
    def stations(self) -> list[Station]:
        """The marked stations, or the one under the cursor of the upper table."""
        table = self.query_one(LocalListPane).table
        return list(table.chosen) if table is not None else []

    # local lists

    @work(exclusive=True, group="lists")
    async def action_send_list(self, mode: str) -> None:
        """Bring the lists of the chosen stations in step: `changes`, or the `full` list."""
        pane, stations = self.query_one(LocalListPane), self.stations
        if not stations:
            self.say("No station to send a list to: none has connected yet.", "warning")
            return
        full = mode == "full"
        if not await self.app.push_screen_wait(
            Question(_question(stations, full, len(self.engine.fleet.id_tags)), "Send", "Do not send")
        ):
            return
        tags = self.engine.fleet.id_tags.all()

        async def send(station: Station) -> ListOutcome:
            link = self.engine.link(station.identity, PURPOSE)
            return await synchronise(link, tags, self.engine.fleet.arrangements, Mode.FULL if full else Mode.AUTO)

        await self._each(pane, stations, send)

    @work(exclusive=True, group="lists")
    async def action_read_versions(self) -> None:
        """Ask the chosen stations for the version of their list."""

        async def read(station: Station) -> ListOutcome:
            return await read_version(self.engine.link(station.identity, PURPOSE))

        await self._each(self.query_one(LocalListPane), self.stations, read)

    async def _each(
        self, pane: LocalListPane, stations: Sequence[Station], do: Callable[[Station], Awaitable[ListOutcome]]
    ) -> None:
        """All stations at once; each result is shown as soon as it is there."""

        async def one(station: Station) -> None:
            pane.busy.add(station.identity)
            pane.poke()
            try:
                pane.outcomes[station.identity] = await do(station)
            finally:
                pane.busy.discard(station.identity)
            if pane.is_mounted:
                pane.poke()

        await asyncio.gather(*(one(station) for station in stations))
        failed = [station.identity for station in stations if not pane.outcomes[station.identity].done]
        done = len(stations) - len(failed)
        if len(stations) == 1:
            outcome = pane.outcomes[stations[0].identity]
            self.say(f"{stations[0].identity}: {outcome.text}", "information" if outcome.done else "warning")
        else:
            words = f", not at {', '.join(failed[:3])}{' …' if len(failed) > 3 else ''}" if failed else ""
            self.say(f"Done at {done} of {len(stations)} stations{words}.", "warning" if failed else "information")

    # reservations

    @work(exclusive=True, group="reservations")
    async def action_reserve(self) -> None:
        """Reserve at the station under the cursor."""
        names = self.stations_chosen()
        station = self.engine.fleet.stations.get(names[0]) if names else None
        if station is None:
            self.say("No station to reserve at: none has connected yet.", "warning")
            return
        wish = await self.app.push_screen_wait(ReservationForm(self.engine, station))
        if wish is None:
            return
        done, words = await reserve(self.engine.link(station.identity), wish)
        self.say(f"{station.identity}, reservation #{wish.id}: {words}", "information" if done else "warning")

    @work(exclusive=True, group="reservations")
    async def action_cancel_reservation(self) -> None:
        """Cancel the marked reservations, or the one under the cursor of the lower table, after a question."""
        table = self.query_one(ReservationsPane).table
        chosen: list[Reservation] = list(table.chosen) if table is not None else []
        now = self.engine.clock()
        standing = [each for each in chosen if each.state_at(now).value == "reserved"]
        if not standing:
            self.say("No standing reservation under the cursor of the lower table.", "warning")
            return
        names = ", ".join(f"#{each.id} at {each.station} for {each.token}" for each in standing[:4])
        question = f"Cancel {names}?\nThe driver loses the reserved connector."
        if not await self.app.push_screen_wait(Question(question, "Cancel it", "Keep")):
            return
        for each in standing:
            done, words = await cancel(self.engine.link(each.station), each.id)
            self.say(f"{each.station}, reservation #{each.id}: {words}", "information" if done else "warning")


def _question(stations: Sequence[Station], full: bool, tags: int) -> str:
    """What is asked before a list goes out."""
    names = ", ".join(station.identity for station in stations[:4])
    names += f" and {len(stations) - 4} more" if len(stations) > 4 else ""
    if full:
        return f"Send all {tags} idTags to {names}?\nThe full list replaces whatever the station holds."
    return (
        f"Send what changed since the last list to {names}?\n"
        "A station whose list is not known from here gets the full list, which replaces what it holds."
    )
