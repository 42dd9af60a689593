"""Meter values: samples of 1.6 and 2.x read alike, for people and for the curves of a session."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, Self

from ocpp_console.model.curves import Series
from ocpp_console.model.reading import entries, number, text
from ocpp_console.model.times import CLOCK_SET_SINCE, DAY, parse_time
from ocpp_console.protocol.frames import JsonValue

__all__ = [
    "Latest",
    "Moment",
    "Sample",
    "Series",
    "each_reading",
    "read_moments",
    "read_samples",
]

ENERGY = "Energy.Active.Import.Register"
"""What a sample measures when it does not say (OCPP 1.6 §7.43, 2.0.1 SampledValueType)."""
ENERGY_INTERVAL = "Energy.Active.Import.Interval"
POWER = "Power.Active.Import"

MOST_SAMPLES = 2_000
"""Read from one message; the raw frame has the others."""
MOST_LABELS = 100
"""Different things measured that one session or connector shows."""
_LONGEST_VALUE = 40
"""Characters; longer ones are signed data."""

_SCALES = {
    "kwh": ("Wh", 1000.0),
    "wh": ("Wh", 1.0),
    "kw": ("W", 1000.0),
    "kvarh": ("varh", 1000.0),
    "kva": ("VA", 1000.0),
    "kvar": ("var", 1000.0),
}
"""By the unit in small letters: some stations write KWH."""
_DEFAULT_UNITS = {ENERGY: "Wh", ENERGY_INTERVAL: "Wh"}
_COUNTING = {ENERGY: ENERGY, ENERGY_INTERVAL: ENERGY_INTERVAL, POWER: POWER}
_PHASES = frozenset({"L1", "L2", "L3", "L1-N", "L2-N", "L3-N"})


class Sample(NamedTuple):
    """One measured value, whatever version it came in."""

    at: int
    """Microseconds: the station's own time, or the arrival when its clock is not set or runs a day ahead."""
    value: float
    """In `unit`: Wh and W, never kWh or kW."""
    measurand: str
    """As the station names it; also names that are in no specification."""
    phase: str
    unit: str
    location: str
    """Empty for the outlet."""
    context: str


Totals = tuple[float | None, float | None, float | None]
"""What one moment says about a whole session: the register and what came since the moment before (Wh), power (W)."""

Moment = tuple[int, int | None, Totals]
"""When (µs, like `Sample.at`), the station's own time as it is or None, and the totals."""


class _Kind:
    """What is the same for all samples that name the same things: worked out once, since stations repeat themselves."""

    __slots__ = ("factor", "label", "location", "measurand", "phase", "phased", "sample", "suffix", "total", "unit")

    def __init__(
        self, sample: dict[str, JsonValue], measurand: str, phase: str, location: str, unit: str, multiplier: float
    ) -> None:
        """From the words of a sampledValue, defaults filled in; `multiplier` is an exponent of ten."""
        self.sample = sample
        """The sampledValue of this kind that came last: one that equals it but for its value is of the kind too."""
        self.measurand = measurand
        self.phase = phase
        self.location = "" if location == "Outlet" else location
        self.suffix = f" {unit}" if unit else ""
        """What follows the number as it came."""
        self.unit, self.factor = _SCALES.get(unit.strip().casefold(), (unit, 1.0))
        if multiplier and -30 <= multiplier <= 30:
            self.factor *= 10.0**multiplier
            self.suffix = f" ×10^{multiplier:g}{self.suffix}"
        self.label = " ".join(part for part in (measurand, phase, self.location) if part)
        self.total = _COUNTING.get(measurand, "") if not self.location else ""
        """ENERGY, ENERGY_INTERVAL or POWER, the very object, if it counts for the session; else empty."""
        self.phased = phase in _PHASES
        """It is of one phase of several."""


_KINDS: dict[tuple[JsonValue, ...], _Kind] = {}
"""Kinds worked out before; bounded, since stations choose the words."""
_MOST_KINDS = 2_000
_MOST_WORDS = 10
"""Properties of a sampledValue of which a copy is kept; no version of OCPP has so many."""


def _kind_of(sampled: dict[str, JsonValue]) -> _Kind:
    """The kind of a sampledValue, in either version's notation."""
    get = sampled.get
    unit = get("unit")
    measure = get("unitOfMeasure") if unit is None else None
    details = measure if type(measure) is dict else {}
    words = (get("measurand"), get("phase"), unit, get("location"), details.get("unit"), details.get("multiplier"))
    key = (*words, get("context"), get("format"))  # kinds of their own, so that each keeps its `sample`
    try:
        kind = _KINDS.get(key)
    except TypeError:  # a list or an object where a word should be
        return _new_kind(sampled, words)
    if kind is None:
        if len(_KINDS) >= _MOST_KINDS:
            _KINDS.clear()
        kind = _KINDS[key] = _new_kind(sampled, words)
    elif len(sampled) <= _MOST_WORDS:
        kind.sample = sampled.copy()
    return kind


def _new_kind(sampled: dict[str, JsonValue], words: tuple[JsonValue, ...]) -> _Kind:
    """Work a kind out."""
    said, phase, unit, location, other_unit, multiplier = words
    measurand = text(said) or ENERGY
    unit = text(unit) or text(other_unit) or _DEFAULT_UNITS.get(measurand, "")
    sample = sampled.copy() if len(sampled) <= _MOST_WORDS else {}
    return _Kind(sample, measurand, text(phase), text(location), unit, number(multiplier) or 0.0)


class Latest:
    """The newest sample of everything that a session or a connector measured.

    Kept by position in the message, since stations send the same samples in the same order every time: recognising
    a sample is then a comparison and no look-up.
    """

    __slots__ = ("_kinds", "_others", "_values")

    def __init__(self) -> None:
        """Nothing measured."""
        self._kinds: list[_Kind] = []
        self._values: list[JsonValue] = []
        self._others: dict[str, tuple[JsonValue, str]] | None = None

    def take(self, listed: list[JsonValue]) -> Totals:
        """Take in the samples of one moment; returns what they say about the session as a whole."""
        energy = interval = power = None
        phased: list[tuple[_Kind, float]] | None = None
        kinds, values = self._kinds, self._values
        known, place = len(kinds), 0
        for sampled in listed:
            if type(sampled) is not dict:
                continue
            value = sampled.get("value")
            if type(value) is str:
                if len(value) > _LONGEST_VALUE:
                    continue
            elif type(value) is not float and type(value) is not int:
                continue
            if place < known:
                kind = kinds[place]
                same = kind.sample
                same["value"] = value  # one comparison of all words at once, instead of one of each
                if same != sampled:
                    kind = self._kind_at(place, sampled)
                values[place] = value
            else:
                kind = _kind_of(sampled)
                if place < MOST_LABELS:
                    kinds.append(kind)
                    values.append(value)
            place += 1
            if kind.total and (reading := number(value)) is not None:
                if kind.phased:
                    phased = phased or []
                    phased.append((kind, reading * kind.factor))
                elif kind.total is POWER:
                    power = reading * kind.factor
                elif kind.total is ENERGY:
                    energy = reading * kind.factor
                else:
                    interval = reading * kind.factor
        if place < known:
            self._shorten(place)
        if phased is None:
            return energy, interval, power
        return _with_phases(phased, energy, interval, power)

    def _kind_at(self, place: int, sampled: dict[str, JsonValue]) -> _Kind:
        """The kind of a sample whose words are not those of the last one at its position."""
        kind = _kind_of(sampled)
        if kind is not self._kinds[place]:
            self._set_aside(place)
            self._kinds[place] = kind
        return kind

    def _set_aside(self, place: int) -> None:
        """Keep a sample whose position is needed for another."""
        kind = self._kinds[place]
        if self._others is None:
            self._others = {}
        if len(self._others) < MOST_LABELS or kind.label in self._others:
            self._others[kind.label] = (self._values[place], kind.suffix)

    def _shorten(self, length: int) -> None:
        """The newest message had fewer samples."""
        for place in range(length, len(self._kinds)):
            self._set_aside(place)
        del self._kinds[length:], self._values[length:]

    def _merged(self) -> dict[str, tuple[JsonValue, str]]:
        """Everything by label: the value as it came, and what to write after it."""
        merged = dict(self._others or {})
        for kind, value in zip(self._kinds, self._values, strict=True):
            merged[kind.label] = (value, kind.suffix)
        return merged

    def shown(self) -> dict[str, str]:
        """As people read it: "Voltage L1-N" → "230.1 V", with the figures sent; what is no number is left out."""
        merged = self._merged().items()
        return {label: text(value).strip() + suffix for label, (value, suffix) in merged if number(value) is not None}

    def document_later(self) -> Callable[[], dict[str, list[JsonValue]]]:
        """What is kept of it, as it is now."""
        now = Latest()
        now._kinds, now._values = self._kinds[:], self._values[:]
        now._others = self._others.copy() if self._others else None
        return now.to_document

    def to_document(self) -> dict[str, list[JsonValue]]:
        """The same at once."""
        return {label: list(value) for label, value in self._merged().items()}

    @classmethod
    def from_document(cls, document: object) -> Self:
        """From the store; what is odd in it is left out."""
        latest = cls()
        latest._others = {}
        if isinstance(document, dict):
            for label, value in list(document.items())[:MOST_LABELS]:
                if isinstance(value, list) and len(value) == 2 and isinstance(value[1], str):
                    latest._others[str(label)] = (value[0], value[1])
        return latest

    def __eq__(self, other: object) -> bool:
        """The same values."""
        return isinstance(other, Latest) and self._merged() == other._merged()

    __hash__ = None  # type: ignore[assignment]


def read_samples(meter_value: JsonValue, version: str = "1.6", arrived: int = 0) -> list[Sample]:
    """The samples of a `meterValue`, in their order; values that are no numbers (signed data) are left out.

    A lone object counts as a list of one, here and in `sampledValue`; both versions' notations are read in either.
    """
    samples: list[Sample] = []
    for moment in entries(meter_value):
        at = parse_time(moment.get("timestamp"))
        if at is None or (arrived and not CLOCK_SET_SINCE <= at <= arrived + DAY):
            at = arrived
        for sampled in entries(moment.get("sampledValue")):
            value = number(sampled.get("value"))
            if value is not None:
                kind = _kind_of(sampled)
                scaled, context = value * kind.factor, text(sampled.get("context"))
                samples.append(Sample(at, scaled, kind.measurand, kind.phase, kind.unit, kind.location, context))
    return samples[:MOST_SAMPLES]


def read_moments(meter_value: JsonValue, arrived: int, latest: Latest) -> list[Moment]:
    """What each moment of a `meterValue` says about its session; the newest of every sample goes into `latest`.

    The same reading as `read_samples`, in one pass and without its objects: this runs for every meter value.
    """
    moments: list[Moment] = []
    room = MOST_SAMPLES
    for moment in meter_value if type(meter_value) is list else entries(meter_value):
        if type(moment) is not dict:
            continue
        listed = moment.get("sampledValue")
        if type(listed) is not list:
            listed = entries(listed)
        said = parse_time(moment.get("timestamp"))
        at = said if said is not None and CLOCK_SET_SINCE <= said <= arrived + DAY else arrived
        moments.append((at, said, latest.take(listed if len(listed) <= room else listed[:room])))
        room -= len(listed)
        if room <= 0:
            break
    return moments


def _with_phases(
    phased: list[tuple[_Kind, float]], energy: float | None, interval: float | None, power: float | None
) -> Totals:
    """A total counts before the sum of its phases, which some meters give alone."""
    sums: dict[str, dict[str, float]] = {}
    for kind, value in phased:
        sums.setdefault(kind.total, {})[kind.phase] = value
    summed = {total: sum(phases.values()) for total, phases in sums.items()}
    return (
        summed.get(ENERGY) if energy is None else energy,
        summed.get(ENERGY_INTERVAL) if interval is None else interval,
        summed.get(POWER) if power is None else power,
    )


def each_reading(meter_value: JsonValue) -> Iterator[tuple[str, str]]:
    """What was measured and how much, one by one and for people: ("Voltage L1-N", "230.1 V")."""
    for moment in entries(meter_value):
        for sampled in entries(moment.get("sampledValue")):
            value = number(sampled.get("value"))
            if value is not None:
                kind = _kind_of(sampled)
                yield kind.label, _value_text(value * kind.factor, kind.unit)


def _value_text(value: float, unit: str) -> str:
    """Value and unit as people write them."""
    figures = str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.10g}"
    return f"{figures} {unit}" if unit else figures
