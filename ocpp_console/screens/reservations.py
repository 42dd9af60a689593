"""Reservations of all stations: the list, and the form that makes one."""

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from ocpp_console.clock import iso
from ocpp_console.glyphs import ATTENTION, GOOD, QUIET, STRONG, WRONG
from ocpp_console.model.local_lists import LONGEST, USUAL_TYPE
from ocpp_console.model.profile_draft import seconds_of
from ocpp_console.model.reservations import Reservation, ReservationState
from ocpp_console.model.station import Station
from ocpp_console.model.times import parse_time
from ocpp_console.procedures.reservations import ReservationWish
from ocpp_console.screens.known_values import first_tag, likeliest
from ocpp_console.widgets.columns import Cell, Column, Piece
from ocpp_console.widgets.pane import Pane
from ocpp_console.widgets.record_table import RecordTable
from ocpp_console.widgets.toned import toned

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

SECOND = 1_000_000

EMPTY = """No reservation yet. E reserves a connector of the station chosen above
for one tag; what becomes of it (used, expired, cancelled) appears here."""

LOOKS: dict[ReservationState, Piece] = {
    ReservationState.RESERVED: ("◇ reserved", ATTENTION),
    ReservationState.REFUSED: ("✗ refused", WRONG),
    ReservationState.USED: ("✓ used", GOOD),
    ReservationState.EXPIRED: ("○ expired", QUIET),
    ReservationState.CANCELLED: ("○ cancelled", QUIET),
    ReservationState.REMOVED: ("▲ removed", WRONG),
    ReservationState.UNUSED: ("▲ no session", ATTENTION),
}


class ReservationsPane(Pane):
    """All reservations, the newest first."""

    kind = "lists"

    def __init__(self, engine: "Engine", *, id: str | None = None) -> None:
        """Reads `engine.fleet.arrangements`."""
        super().__init__(id=id)
        self.engine = engine
        self._listed: list[Reservation] = []
        self._listed_for: Hashable = None
        self.table = RecordTable(
            self._columns(), self._rows, lambda r: (r.station, r.id), stamp=self._stamp, kind="lists", empty=EMPTY
        )

    def _columns(self) -> tuple[Column[Reservation], ...]:
        def state(reservation: Reservation) -> Cell:
            return LOOKS[reservation.state_at(self.engine.clock())]

        def left(reservation: Reservation) -> Cell:
            return self._left(reservation)

        return (
            Column("state", "state", state, 13, order=lambda r: r.state.value),
            Column("station", "station", lambda r: (r.station, STRONG), 14, least=8, grow=1, middle=True,
                   order=lambda r: r.station),
            Column("place", "conn", lambda r: str(r.place or "any"), 4),
            Column("tag", "idTag", lambda r: r.token, 16, least=10, middle=True, order=lambda r: r.token),
            Column("until", "until (UTC)", _until, 17, least=17, drop=3, order=lambda r: r.expiry),
            Column("left", "left", left, 6, right=True),
            Column("id", "id", lambda r: (f"#{r.id}", QUIET), 6),
            Column("more", "", self._more, 18, least=8, drop=2, grow=1),
        )  # fmt: skip

    def _left(self, reservation: Reservation) -> str:
        """Minutes and seconds until it runs out."""
        now = self.engine.clock()
        if reservation.state_at(now) is not ReservationState.RESERVED or not reservation.expiry:
            return ""
        minutes, seconds = divmod((reservation.expiry - now) // SECOND, 60)
        return f"{minutes // 60}h{minutes % 60:02d}" if minutes >= 100 else f"{minutes}:{seconds:02d}"

    def _more(self, reservation: Reservation) -> Cell:
        """The session that used it, or why it was refused."""
        if reservation.state is ReservationState.REFUSED:
            return reservation.answer
        if reservation.state is ReservationState.RESERVED:
            return reservation.remark, ATTENTION
        if reservation.state is not ReservationState.USED:
            return ""
        # 1.6 gives a session its number in the answer only, so it is looked up.
        sessions = self.engine.fleet.transactions.of(reservation.station)
        used = (each.id for each in reversed(sessions) if each.reservation_id == reservation.id)
        return f"session #{reservation.transaction or next(used, '')}"

    def _stamp(self, reservation: Reservation) -> Hashable:
        ticking = self.engine.clock() // SECOND if reservation.state is ReservationState.RESERVED else 0
        return reservation.revision, reservation.at, ticking

    def _rows(self) -> Sequence[Reservation]:
        fleet = self.engine.fleet
        stage = (fleet.arrangements.revision, len(fleet.stations), self.filter_text)
        if stage != self._listed_for:
            found = [each for name in fleet.stations for each in fleet.arrangements.of(name).reservations]
            wanted = self.filter_text
            shown = [r for r in found if wanted in f"{r.station} {r.token} {r.id} {r.state}".casefold()]
            self._listed = sorted(shown, key=lambda reservation: reservation.at, reverse=True)
            self._listed_for = stage
        return self._listed

    def title_parts(self) -> Sequence[str]:
        """How many there are, how many stand."""
        now = self.engine.clock()
        rows = self._rows()
        standing = sum(each.state_at(now) is ReservationState.RESERVED for each in rows)
        return f"Reservations {len(rows)}", f"{standing} standing" if standing else ""


def _until(reservation: Reservation) -> Cell:
    said = reservation.expiry_said
    return iso(reservation.expiry)[:16].replace("T", " ") if reservation.expiry else (said, ATTENTION)


class ReservationForm(ModalScreen[ReservationWish | None]):
    """Connector, tag, how long; gives what to reserve, or None when cancelled."""

    BINDINGS = [
        Binding("ctrl+enter,f10", "reserve", "Reserve", show=False),
        Binding("escape", "cancel", "Cancel", show=False),
    ]
    DEFAULT_CSS = """
    ReservationForm { align: center middle; }
    ReservationForm > Vertical { width: 76; max-width: 96%; height: auto; padding: 0 1;
                                 border: round $warning; background: $surface; }
    ReservationForm Static { height: auto; }
    ReservationForm .field { height: 1; }
    ReservationForm .label { width: 12; color: $text-muted; }
    ReservationForm Input { width: 1fr; }
    ReservationForm .buttons { height: auto; margin: 1 0 0 0; align-horizontal: right; }
    ReservationForm Button { margin: 0 0 0 1; }
    """

    def __init__(self, engine: "Engine", station: Station) -> None:
        """For one station."""
        super().__init__()
        self.engine, self.station = engine, station

    def compose(self) -> ComposeResult:
        """The fields, what is wrong, the buttons."""
        plug = likeliest(self.station)
        place = (plug.evse or plug.number) if plug is not None else 0
        kind = "connector" if self.station.version == "1.6" else "EVSE"
        with Vertical() as box:
            box.border_title = toned("Reserve at ", (self.station.identity, STRONG))
            yield from self._field("place", kind, str(place), "0 for any")
            yield from self._field("token", "idTag", first_tag(self.station, self.engine.fleet), "who may charge there")
            yield from self._field("until", "until", "30m", "30m, 2h, or 2026-11-20T14:00:00Z")
            yield from self._field("group", "group", "", "parent tag whose cards may charge too; none")
            yield Static("Other drivers cannot use it until then.", markup=False)
            yield Static("", id="reservation-problem", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Reserve (enter)", "warning", id="yes", compact=True)
                yield Button("Cancel (esc)", id="no", compact=True)

    def _field(self, name: str, label: str, value: str, hint: str) -> ComposeResult:
        with Horizontal(classes="field"):
            yield Static(label, classes="label", markup=False)
            yield Input(value, placeholder=hint, compact=True, id=f"reservation-{name}")

    def action_cancel(self) -> None:
        """Close without a reservation."""
        self.dismiss(None)

    @on(Button.Pressed)
    @on(Input.Submitted)
    def _finish(self, event: Button.Pressed | Input.Submitted) -> None:
        event.stop()
        if isinstance(event, Button.Pressed) and event.button.id == "no":
            self.dismiss(None)
        else:
            self.action_reserve()

    def action_reserve(self) -> None:
        """Give the wish if it is in order, else say what is not."""
        texts = {
            name: self.query_one(f"#reservation-{name}", Input).value.strip()
            for name in ("place", "token", "until", "group")
        }
        now, version = self.engine.clock(), self.station.version
        until = until_of(texts["until"], now)
        problem = ""
        if not (texts["place"].isdecimal() and texts["place"].isascii() and len(texts["place"]) < 6):
            problem = "The connector is a whole number; 0 for any."
        elif not texts["token"] or len(texts["token"]) > LONGEST.get(version, 255):
            problem = f"The idTag has 1 to {LONGEST.get(version, 255)} characters in OCPP {version}."
        elif until is None:
            problem = "Until: write 30m, 2h, or a time like 2026-11-20T14:00:00Z."
        elif until <= now:
            problem = "Until lies in the past."
        if problem or until is None:
            self.query_one("#reservation-problem", Static).update(toned((f"▲ {problem}", WRONG)))
            return
        listed = self.engine.fleet.id_tags.get(texts["token"])
        kind = (listed.type if listed is not None else "") or USUAL_TYPE
        id = self.engine.fleet.arrangements.of(self.station.identity).reservations.next_id()
        self.dismiss(ReservationWish(id, int(texts["place"]), texts["token"], until, kind, texts["group"]))


def until_of(text: str, now: int) -> int | None:
    """`30m`, `2h` from now, or a time, as µs; None when it is neither."""
    seconds = seconds_of(text.lower())
    return now + seconds * SECOND if seconds is not None else parse_time(text)
