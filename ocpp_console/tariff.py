"""A simple price of charging, written as `0.39/kWh 0.02/min 1/session EUR`: read, written back, and worked out.

One spelling serves the setting, an idTag, a station and the log, so that nobody has to learn a second one.
"""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

FREE = "free"
"""A tariff of nothing: a station is told 0.00, where no tariff at all says nothing (2.x totalCost)."""
EXPECTS = "must be a price such as 0.39/kWh 0.02/min 1/session EUR, or free"
MOST_PRICE = Decimal(1_000_000)

_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([A-Za-z]{3}\s*)?/\s*(kwh|minute|min|hour|h|session)(?![a-z])", re.IGNORECASE)
_CURRENCY = re.compile(r"(?<![A-Za-z])[A-Za-z]{3}(?![A-Za-z])")
_CENT = Decimal("0.01")
_MOST = Decimal(10) ** 15
"""Of energy, minutes and cost: what is above it is no reading of a meter or clock, and could not be rounded."""


class TariffProblem(ValueError):
    """A text is no tariff."""


class Tariff(NamedTuple):
    """What charging costs, taxes included."""

    energy: Decimal = Decimal(0)
    """For each kWh."""
    minute: Decimal = Decimal(0)
    """For each minute from start to end."""
    session: Decimal = Decimal(0)
    """Once."""
    currency: str = ""
    """ISO 4217, such as EUR; empty when it was not named."""

    def __str__(self) -> str:
        """As it is read again."""
        prices = ((self.energy, "kWh"), (self.minute, "min"), (self.session, "session"))
        words = [f"{price.normalize():f}/{unit}" for price, unit in prices if price]
        return " ".join([*(words or [FREE]), *([self.currency] if self.currency else [])])

    def cost(self, energy_wh: float | None, minutes: float) -> float:
        """What a session costs so far, rounded to hundredths; energy that is not known, or negative, costs nothing."""
        energy, lasted = (min(Decimal(repr(max(said, 0.0))), _MOST) for said in (energy_wh or 0.0, minutes))
        total = self.energy * energy / 1000 + self.minute * lasted + self.session
        return float(min(total, _MOST).quantize(_CENT, ROUND_HALF_UP))


def read_tariff(text: str) -> Tariff | None:
    """The tariff a text describes; None for an empty one.

    Raises:
        TariffProblem: it is neither empty nor a tariff.
    """
    if not text.strip():
        return None
    parts = list(_PART.finditer(text))
    rest = _PART.sub(" ", text)
    free = FREE in rest.casefold().split()
    currencies = {found.upper() for found in _CURRENCY.findall(rest)}
    currencies |= {part[2].strip().upper() for part in parts if part[2]}
    left = [word for word in re.split(r"[\s,+]+", _CURRENCY.sub(" ", rest)) if word and word.casefold() != FREE]
    prices: dict[str, Decimal] = {}
    for number, _, unit in (part.groups() for part in parts):
        prices[unit.casefold()] = Decimal(number)
    if left or len(currencies) > 1 or bool(parts) == free or len(prices) != len(parts):
        raise TariffProblem(EXPECTS)
    if any(price > MOST_PRICE for price in prices.values()):
        raise TariffProblem(f"names a price above {MOST_PRICE}")
    return _of(prices, next(iter(currencies), ""))


def _of(prices: dict[str, Decimal], currency: str) -> Tariff:
    """The tariff of prices by unit; a price by the hour is one by the minute."""
    minute = prices.get("min", Decimal(0)) + prices.get("minute", Decimal(0))
    hour = prices.get("h", Decimal(0)) + prices.get("hour", Decimal(0))
    return Tariff(
        prices.get("kwh", Decimal(0)), minute + round(hour / 60, 6), prices.get("session", Decimal(0)), currency
    )


def problem_with(text: str) -> str:
    """What is wrong with the text of a tariff, to be put behind what it belongs to; empty when nothing is."""
    try:
        read_tariff(text)
    except TariffProblem as problem:
        return str(problem)
    return ""
