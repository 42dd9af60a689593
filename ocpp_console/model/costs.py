"""What sessions cost: the tariff of each is written down as a fact when it begins, so that a restart counts alike."""

from functools import lru_cache

from ocpp_console.events import NoteWritten
from ocpp_console.model.site import Site
from ocpp_console.model.times import parse_time
from ocpp_console.model.transactions import Transaction
from ocpp_console.tariff import Tariff, TariffProblem, read_tariff

TARIFF_NOTE = "tariff"
"""The code of the note."""
_FOR = " for session "
_MINUTE = 60_000_000


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
    """What a session costs until `now` (µs), or cost when it has ended; None without a tariff.

    `tariff` counts while the session has none of its own yet.
    """
    read = _read(transaction.tariff or tariff)
    if read is None:
        return None
    return read.cost(transaction.energy_wh, _lasted(transaction, now) / _MINUTE)


def cost_text(transaction: Transaction, now: int) -> str:
    """`3.41 EUR`; empty without a tariff."""
    cost = cost_of(transaction, now)
    return "" if cost is None else f"{cost:.2f} {currency_of(transaction.tariff)}".rstrip()


def _lasted(transaction: Transaction, now: int) -> int:
    """µs from start to end. What a station was offline for arrives at once, so its own times count when they can be."""
    if not transaction.started_at:
        return 0
    if not transaction.stopped_at:
        return now - transaction.started_at
    start, end = parse_time(transaction.started_said), parse_time(transaction.stopped_said)
    if start is not None and end is not None and end >= start:
        return end - start
    return transaction.stopped_at - transaction.started_at
