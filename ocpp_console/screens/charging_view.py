"""Charging limits in words and curves: what a place (a station, a connector, an EVSE) is limited to, and by what."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ocpp_console.clock import hms, iso
from ocpp_console.glyphs import ATTENTION, BUSY, GOOD, QUIET, STRONG, WRONG
from ocpp_console.model.charging import USUAL_PHASES, VOLTS, Profile, Step, steps
from ocpp_console.model.charging_book import ChargingBook, Composite, Known
from ocpp_console.model.transactions import Transaction
from ocpp_console.procedures.charging import Outcome, session_at
from ocpp_console.widgets.columns import Cell, Piece
from ocpp_console.widgets.step_curve import AREA, LINE, POINTS, Curve
from ocpp_console.widgets.time_plot import figure

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

Line = list[Piece | str]

PURPOSE_WORDS = {
    "TxProfile": "session",
    "TxDefaultProfile": "every session",
    "ChargePointMaxProfile": "station max",
    "ChargingStationMaxProfile": "station max",
    "ChargingStationExternalConstraints": "external",
    "PriorityCharging": "priority",
    "LocalGeneration": "local generation",
}
"""Short words for tables."""

SECOND = 1_000_000
HOUR = 3600 * SECOND


class Place(NamedTuple):
    """A row: one connector or EVSE of a station, or the station itself (0)."""

    station: str
    place: int

    @property
    def name(self) -> str:
        """`station`, or the number."""
        return str(self.place) if self.place else "station"


def book_of(engine: "Engine", place: Place) -> ChargingBook:
    """What the station is known to limit."""
    return engine.fleet.arrangements.of(place.station).charging


def session_of(engine: "Engine", place: Place) -> Transaction | None:
    """The session that runs there."""
    return session_at(engine.fleet, place.station, place.place)


def places_of(engine: "Engine", station: str) -> list[Place]:
    """The station itself, and every connector or EVSE that was mentioned in a status or a profile."""
    known = engine.fleet.stations.get(station)
    book = engine.fleet.arrangements.of(station).charging
    numbers = {each.evse or each.number for each in known.connectors.values()} if known else set()
    numbers |= {each.place for each in book.profiles.values()} | set(book.composites)
    return [Place(station, number) for number in sorted({0, *numbers})[:100]]


def amount(value: float, unit: str) -> str:
    """`16 A`, `11 kW`."""
    return f"{figure(value / 1000)} kW" if unit == "W" and value >= 1000 else f"{figure(value)} {unit}"


def limit_cell(engine: "Engine", place: Place) -> Cell:
    """What holds now, and which profile says so."""
    book = book_of(engine, place)
    limit = book.limit(place.place, engine.clock(), session_of(engine, place))
    if limit is None:
        return "none known", QUIET
    unit, profile = limit.known.profile.schedule.unit, limit.known.profile
    word = PURPOSE_WORDS.get(profile.purpose, profile.purpose)
    return [(amount(limit.value(unit), unit), STRONG), (f"  {word} #{profile.id}", QUIET)]


def composite_value(composite: Composite, at: int) -> float | None:
    """What the station's own schedule says about a moment, in its unit."""
    start = composite.schedule.start if composite.schedule.start is not None else composite.at
    period = composite.schedule.period_after((at - start) // SECOND) if at >= start else None
    return None if period is None else period.value(composite.schedule.unit, composite.schedule.unit)


def composite_cell(engine: "Engine", place: Place) -> Cell:
    """What the station said its limit is now, and when it said so."""
    composite = book_of(engine, place).composites.get(place.place)
    if composite is None:
        return "", QUIET
    value = composite_value(composite, engine.clock())
    said = (f"  {hms(composite.at)}", QUIET)
    return [(amount(value, composite.schedule.unit) if value is not None else "over", ""), said]


def session_cell(engine: "Engine", place: Place) -> Cell:
    """Who charges there, with how much."""
    if not place.place:
        running = len(engine.fleet.transactions.running(place.station))
        return (f"{running} running" if running else "", QUIET)
    session = session_of(engine, place)
    if session is None:
        known = engine.fleet.stations.get(place.station)
        status = (
            next((c.status for c in known.connectors.values() if (c.evse or c.number) == place.place), "")
            if known
            else ""
        )
        return status, QUIET
    power = f"  {session.power_w / 1000:.1f} kW" if session.power_w is not None else ""
    return [("▶ ", BUSY), (f"#{session.id}", ""), (power, BUSY)]


def profile_state(known: Known, session: Transaction | None, ruling: int | None, now: int) -> Piece:
    """How a profile stands at this moment."""
    profile = known.profile
    if profile.valid_to is not None and now >= profile.valid_to:
        return "expired", QUIET
    if known.profile.purpose == "TxProfile" and not known.holds_for(session):
        return "no session", QUIET
    if profile.period_at(now, known.begun(session)) is None:
        waits = profile.valid_from is not None and now < profile.valid_from
        waits = waits or (profile.schedule.start is not None and now < profile.schedule.start)
        return ("later", ATTENTION) if waits else ("over", QUIET)
    return ("✓ rules", GOOD) if ruling == profile.id else ("holds", "")


def course_text(profile: Profile) -> str:
    """The schedule in short: `16 A`, `16 A, 30m 10, 2h 32 A`."""
    parts = []
    for period in profile.schedule.periods[:6]:
        limits = "/".join(figure(limit) for limit in (period.limit, *period.others))
        phases = f" x{period.phases}" if period.phases else ""
        parts.append(f"{span(period.start)} {limits}{phases}" if period.start else f"{limits}{phases}")
    more = f" … {len(profile.schedule.periods)} periods" if len(profile.schedule.periods) > 6 else ""
    return f"{', '.join(parts)}{more} {profile.schedule.unit}"


def span(seconds: int) -> str:
    """Seconds as the builder reads them: `90s`, `30m`, `2h`, `1h30m`."""
    hours, minutes = divmod(seconds // 60, 60)
    if seconds % 60:
        return f"{seconds}s"
    return f"{hours}h{minutes}m" if hours and minutes else f"{hours}h" if hours else f"{minutes}m"


def profile_lines(known: Known) -> list[Line]:
    """Everything about one profile, in a few lines."""
    profile = known.profile
    kind = f"{profile.kind} {profile.recurrency}".strip()
    lines: list[Line] = [
        [(f"#{profile.id} {profile.purpose}", STRONG), f"  {kind}  level {profile.level}  {known.source}",
         (f"  since {hms(known.at)}", QUIET)],
        [course_text(profile)],
    ]  # fmt: skip
    valid = [f"{word} {iso(at)}" for word, at in (("from", profile.valid_from), ("to", profile.valid_to)) if at]
    if profile.schedule.start is not None:
        valid.append(f"begins {iso(profile.schedule.start)}")
    if known.transaction:
        valid.append(f"session #{known.transaction}")
    return [*lines, [("  ".join(valid), QUIET)]] if valid else lines


def outcome_lines(outcome: Outcome) -> list[Line]:
    """What came of it, and why it may have been refused."""
    head: Piece = (f"{'✓' if outcome.done else '✗'} {outcome.station}: ", GOOD if outcome.done else WRONG)
    lines: list[Line] = [[head, outcome.text]]
    return lines + [[(f"  · {hint}", ATTENTION)] for hint in outcome.hints]


def window_of(session: Transaction | None, now: int, ahead: int) -> tuple[int, int]:
    """The span to draw: the past of the session, at most half of what is ahead, and `ahead` µs from now."""
    past = max(ahead // 8, 600 * SECOND)
    if session is not None and session.started_at:
        past = min(max(past, now - session.started_at), ahead // 2)
    return (now - past) // SECOND * SECOND, (now + ahead) // SECOND * SECOND


def curves_of(
    engine: "Engine", place: Place, unit: str, begin: int, end: int, planned: Profile | None = None
) -> list[Curve]:
    """The expected or planned limit, the station's own schedule, the power measured."""
    book, session = book_of(engine, place), session_of(engine, place)
    composite = book.composites.get(place.place)
    if planned is not None:
        start = session.started_at if session is not None and session.started_at else engine.clock()
        line = Curve("this profile", LINE, steps(planned, begin, end, start, unit))
    else:
        line = Curve("limits accepted", LINE, book.course(place.place, begin, end, session, unit))
    found = [line]
    if composite is not None:
        said = f"composite schedule at {hms(composite.at)}"
        found.append(Curve(said, AREA, composite.steps(begin, end, unit)))
    if session is not None and len(session.power.values):
        found.append(Curve("measured", POINTS, measured(session, begin, end, unit)))
    return found


def measured(session: Transaction, begin: int, end: int, unit: str) -> Sequence[Step]:
    """The power of a session as points; in amperes as if of three phases at 230 V."""
    factor = 1.0 if unit == "W" else 1 / (VOLTS * USUAL_PHASES)
    points = zip(session.power.times, session.power.values, strict=True)
    return [(at, power * factor) for at, power in points if begin <= at < end]
