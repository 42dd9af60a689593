"""Rules about meter values: registers that fall, sessions without any, energy that does not fit the power."""

from itertools import pairwise

from ocpp_console.model.curves import Series
from ocpp_console.model.meter_values import ENERGY
from ocpp_console.model.reading import mapping, number, text, whole
from ocpp_console.model.rows import Message
from ocpp_console.model.rules.trail import SessionTrail
from ocpp_console.model.site import Site
from ocpp_console.model.station import Station
from ocpp_console.model.times import SECOND
from ocpp_console.model.transactions import Transaction
from ocpp_console.protocol.findings import Finding, Severity
from ocpp_console.protocol.frames import JsonValue

Payload = dict[str, JsonValue]

REGISTERS: frozenset[JsonValue] = (
    frozenset(f"Energy.{kind}.{way}.Register" for kind in ("Active", "Reactive") for way in ("Import", "Export"))
    | {"Energy.Active.Net", "Energy.Apparent.Import", "Energy.Apparent.Export"}
    | {None}
)
"""What only grows; a sample without measurand is the first of them."""
_NET = frozenset({"Energy.Active.Net"})

MOST_LEVELS = 50
"""Registers followed in one session."""

SAMPLED_SINCE = 120 * SECOND
"""A shorter session may end before its first sample: an interval of a minute is usual, and not all begin with one."""

MANY_LOOKS = 32
"""Messages with values of a session before their rate is judged."""

FEWEST_POINTS = 5
SHORTEST_US = 120 * SECOND
SMALLEST_WH = 100.0
FACTOR = 1.5
"""How far energy and power × time may be apart: both are sampled, and the car changes its power between."""


def values_belong(site: Site, station: Station, payload: Payload) -> Finding | None:
    """1.6: meter values of a session that is not known here, or that ended. 0 and -1 stand for no session."""
    id = whole(payload.get("transactionId"))
    if id is None or id <= 0:
        return None
    known = site.transactions.get(station.identity, f"{id}")
    if known is None:
        return Finding("TRANSACTION_UNKNOWN", Severity.WARNING, f"no session {id} is known here", "transactionId")
    if known.stopped_at:
        return Finding("TRANSACTION_OVER", Severity.INFO, "values of a session that has ended", "transactionId")
    return None


def metering_16(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """1.6 MeterValues of a session, or the values that its end brings along."""
    said = payload.get("transactionId")
    id = f"{said if type(said) is int else whole(said)}"
    station.trail.touched = trail = station.trail.sessions.get(id)
    if trail is None:
        return values_belong(site, station, payload) if message.action == "MeterValues" else None
    if message.action == "MeterValues":
        trail.metered = True
        trail.looks += 1
        return _anomaly(trail, payload.get("connectorId"), payload.get("meterValue"))
    trail.looks = 0
    return _anomaly(trail, None, payload["transactionData"]) if "transactionData" in payload else None


def metering_2x(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """The meter values in a TransactionEvent."""
    if "meterValue" not in payload:
        return None
    trail = station.trail.sessions.get(text(mapping(payload.get("transactionInfo")).get("transactionId")))
    station.trail.touched = trail
    if trail is None:
        return None
    trail.metered = True
    trail.looks = 0 if payload.get("eventType") == "Ended" else trail.looks + 1
    return _anomaly(trail, None, payload["meterValue"])


def _anomaly(trail: SessionTrail, connector: JsonValue, values: JsonValue) -> Finding | None:
    """A register that is negative or falls, compared with the same one of this session."""
    for moment in values if type(values) is list else (values,):
        samples = moment.get("sampledValue") if type(moment) is dict else None
        for sample in samples if type(samples) is list else ():
            if type(sample) is not dict:
                continue
            measurand = sample.get("measurand")
            if (type(measurand) is str or measurand is None) and measurand in REGISTERS:
                odd = _level(trail, connector, measurand or ENERGY, sample)
                if odd is not None:
                    return odd
    return None


def _level(trail: SessionTrail, connector: JsonValue, measurand: str, sample: Payload) -> Finding | None:
    """One reading of one register."""
    value = number(sample.get("value"))
    if value is None:
        return None
    unit, phase, location = sample.get("unit"), sample.get("phase"), sample.get("location")
    if unit is None and (measure := sample.get("unitOfMeasure")) is not None:
        unit = text(mapping(measure).get("unit")) + text(mapping(measure).get("multiplier"))
    levels, key = trail.levels, (connector, measurand, phase, unit, location)
    try:
        before = levels.get(key)
        if before is not None or len(levels) < MOST_LEVELS:
            levels[key] = value
    except TypeError:  # a list or an object where a word should be
        return None
    if value < 0 and measurand not in _NET:
        return Finding("METER_VALUE_ANOMALY", Severity.WARNING, f"{measurand} is negative: {value:.10g}")
    if before is not None and value < before and measurand not in _NET:
        return Finding("METER_VALUE_ANOMALY", Severity.WARNING, f"{measurand} fell from {before:.10g} to {value:.10g}")
    return None


def gap_of(trail: SessionTrail | None, known: Transaction | None, *, inside: bool) -> Finding | None:
    """A session, whose begin was seen, ends: no meter value came in a message of its own. A short one may have none."""
    if trail is None or trail.metered:
        return None
    if inside:
        return Finding("METER_VALUE_GAP", Severity.INFO, "no MeterValues came; the message that ends it has some")
    if known is not None and known.stopped_at - known.started_at < SAMPLED_SINCE:
        return Finding("METER_VALUE_GAP", Severity.INFO, "no meter value came; the session was short")
    return Finding("METER_VALUE_GAP", Severity.WARNING, "the session ended, and no meter value of it ever came")


def meter_ended(station: Station, known: Transaction | None) -> None:
    """Not a rule of its own: at which value of its meter a session ended. An EVSE of 2.x has one meter."""
    if known is None or known.orphan or known.meter_stop is None or not (known.evse or known.connector):
        return
    station.trail.meter((known.evse, 0) if known.evse else (0, known.connector), known.meter_stop)


def meter_restarted(station: Station, place: tuple[int, int], began: float | None, path: str) -> Finding | None:
    """A session begins below the value at which the one before ended there; told once for each connection."""
    before = station.trail.meters.get(place)
    if began is None or before is None or began >= before or not station.trail.once("METER_RESTARTED"):
        return None
    told = f"the session begins at {began:.10g} Wh, the one before there ended at {before:.10g} Wh"
    return Finding("METER_RESTARTED", Severity.WARNING, told, path)


def fits_16(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """1.6: energy against power × time, after the values were taken in."""
    trail = station.trail.touched
    if trail is None or trail.looks & (trail.looks - 1):
        return None
    id = f"{whole(payload.get('transactionId'))}"
    return _flood(site, station, trail, id, message.at) or _fits(site, station, trail, id)


def fits_2x(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """2.x: the same."""
    trail = station.trail.touched
    if trail is None or trail.looks & (trail.looks - 1) or "meterValue" not in payload:
        return None
    id = text(mapping(payload.get("transactionInfo")).get("transactionId"))
    return _flood(site, station, trail, id, message.at) or _fits(site, station, trail, id)


def _flood(site: Site, station: Station, trail: SessionTrail, id: str, at: int) -> Finding | None:
    """More than one message with values a second since the session began; told once for each connection."""
    known = site.transactions.get(station.identity, id) if trail.looks >= MANY_LOOKS else None
    if known is None or not known.started_at or at - known.started_at >= trail.looks * SECOND:
        return None
    if not station.trail.once("METER_VALUE_FLOOD"):
        return None
    rate = trail.looks * SECOND / max(at - known.started_at, 1)
    return Finding("METER_VALUE_FLOOD", Severity.WARNING, f"{rate:.1f} messages with meter values a second")


def _fits(site: Site, station: Station, trail: SessionTrail, id: str) -> Finding | None:
    """The session's energy by its register, and by its power; each session is told once.

    Asked at the first, second, fourth, eighth… values of a session and at its end: looking costs as much as there are.
    """
    known = site.transactions.get(station.identity, id) if not trail.mismatched else None
    if known is None or not known.power_measured:
        return None
    odd = mismatch(known)
    trail.mismatched = odd is not None
    return odd


def mismatch(known: Transaction) -> Finding | None:
    """Energy of a session that its own power cannot have given, or the reverse."""
    power, energy = known.power, known.energy
    if len(power.times) < FEWEST_POINTS or len(energy.times) < 2:
        return None
    begin, end = max(power.times[0], energy.times[0]), min(power.times[-1], energy.times[-1])
    metered, computed = _at(energy, end) - _at(energy, begin), _area(power, begin, end)
    if end - begin < SHORTEST_US or max(metered, computed) < SMALLEST_WH or metered < 0 or computed < 0:
        return None
    if max(metered, computed) <= FACTOR * min(metered, computed):
        return None
    text = f"the register grew by {metered:.0f} Wh, power × time gives {computed:.0f} Wh"
    return Finding("ENERGY_POWER_MISMATCH", Severity.WARNING, text)


def _at(series: Series, at: int) -> float:
    """The value of a curve at a time within it: that of the newest point not after it."""
    return next((series.values[i] for i in range(len(series.times) - 1, -1, -1) if series.times[i] <= at), 0.0)


def _area(series: Series, begin: int, end: int) -> float:
    """Wh under a curve of W between two of its times."""
    points = [(at, value) for at, value in zip(series.times, series.values, strict=True) if begin <= at <= end]
    return sum((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in pairwise(points)) / (3_600 * SECOND)
