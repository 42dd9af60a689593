"""What sessions cost: the tariff of each is written down as a fact when it begins, so that a restart counts alike."""

from functools import lru_cache

from ocpp_console.events import NoteWritten
from ocpp_console.model.site import Site
from ocpp_console.model.times import DAY, parse_time
from ocpp_console.model.transactions import Transaction
from ocpp_console.tariff import Tariff, TariffProblem, read_tariff

TARIFF_NOTE = "tariff"
"""The code of the note."""
_FOR = " for session "
_MINUTE = 60_000_000
_LATEST = 30 * DAY
"""How long after it happened something may arrive: what is said to be older was said by a clock that was not set."""


def tariff_words(tariff: str, id: str) -> str:
    """The text of the note that gives a session its tariff."""
    return f"{tariff}{_FOR}{id}"


def tariff_noted(site: Site, fact: NoteWritten) -> None:
    """A session has its tariff from now on."""
    tariff, _, id = fact.text.partition(_FOR)
    transaction = site.transactions.get(fact.station, id)
    if transaction is not None and _read(tariff) is not None:
        transaction.tariff = tariff
        site.transactions.priced = True
        site.measured(transaction)


@lru_cache(maxsize=256)
def _read(tariff: str) -> Tariff | None:
    """The tariff of a text; None for what is none."""
    try:
        return read_tariff(tariff)
    except TariffProblem:
        return None


def currency_of(tariff: str) -> str:
    """ISO 4217, such as EUR; empty when the tariff names none."""
    read = _read(tariff)
    return read.currency if read is not None else ""


def cost_of(transaction: Transaction, now: int, tariff: str = "") -> float | None:
    """What a session costs until `now` (µs), or cost when it has ended.

    None without a tariff, and while energy has a price and none was measured: 0.00 would tell a 2.x station that the
    session is free, and nothing that it is not. `tariff` counts instead of the session's own.
    """
    read = _read(tariff or transaction.tariff)
    energy = _metered(transaction)
    if read is None or (read.energy and energy is None):
        return None
    return read.cost(energy, ran_for(transaction, now) / _MINUTE)


def cost_text(transaction: Transaction, now: int) -> str:
    """`3.41 EUR`; empty without a tariff, and while the cost is not known."""
    cost = cost_of(transaction, now)
    return "" if cost is None else f"{cost:.2f} {currency_of(transaction.tariff)}".rstrip()


def _metered(transaction: Transaction) -> float | None:
    """Wh that were measured; None when nothing was.

    A register that fell below its start (a new meter, a reset, a stop with 0) counts up to its highest reading. One
    reading alone measures nothing once the session is over.
    """
    energy, readings = transaction.energy_wh, transaction.energy.values
    if energy is None or (transaction.stopped_at and transaction.version != "1.6" and len(readings) < 2):
        return None
    if energy >= 0 or not readings:
        return max(energy, 0.0)
    first = transaction.meter_start if transaction.meter_start is not None else readings[0]
    return max(max(readings) - first, 0.0)


def ran_for(transaction: Transaction, now: int) -> int:
    """µs from start to end. What a station was offline for arrives at once, so its own times count when they can be."""
    if not transaction.started_at:
        return 0
    start = _said(transaction.started_said, transaction.started_at)
    if not transaction.stopped_at:
        arrived, times = now - transaction.started_at, transaction.energy.times
        # its newest reading is that old at least: the start of a session that began offline comes late
        return max(arrived, times[-1] - start) if times and start is not None else arrived
    end = _said(transaction.stopped_said, transaction.stopped_at)
    if start is not None and end is not None and end >= start:
        return end - start
    return transaction.stopped_at - transaction.started_at


def _said(text: str, arrived: int) -> int | None:
    """A time of the station's own (µs); None for none, and when its clock cannot have been set."""
    at = parse_time(text)
    return at if at is not None and arrived - _LATEST <= at <= arrived + DAY else None
