"""Cost of sessions: gives each its tariff when it begins, and tells 2.x stations the running cost when asked to."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

from ocpp_console.duties.refusals import Refusals, never
from ocpp_console.duties.site import Site, may_be_asked
from ocpp_console.events import NoteWritten
from ocpp_console.model.commands import Progress
from ocpp_console.model.costs import TARIFF_NOTE, cost_of, tariff_words
from ocpp_console.model.stated import stated_off
from ocpp_console.model.transactions import Transaction
from ocpp_console.procedures.link import CallRefused

PURPOSE = "cost"
"""What the calls are for, in the history of commands."""
SECOND = 1_000_000

NOTHING = -1.0
"""No cost."""

Work = Callable[[], Awaitable[None]]


class CostDuty:
    """Looks once a second; acts only while there is a tariff."""

    def __init__(self, site: Site) -> None:
        """Nobody was told anything."""
        self._site = site
        self._told: dict[tuple[str, str], tuple[int, float]] = {}
        """(station, session) → when it was told its cost last (µs), and what."""
        self._asking: set[str] = set()
        """Stations that have not answered yet."""
        self._telling: dict[str, asyncio.Task[None] | None] = {}
        """By station: who waits for its answer."""
        self._refusals = Refusals()
        self._tariff = ""

    def look(self, now: int) -> Iterator[Work]:
        """Give new sessions their tariff; what there is to send."""
        self._price()
        wanted = self._site.duties.running_cost == "command" and not self._site.settings.read_only
        if not wanted:
            self._take_back()
        if not wanted or not self._site.fleet.transactions.priced:
            return
        running = [t for t in self._site.fleet.transactions.running() if t.tariff and t.version != "1.6"]
        self._told = {key: told for t in running if (told := self._told.get(key := (t.station, t.id)))}
        for transaction in running:
            if (cost := self._due(transaction, now)) is not None:
                self._told[transaction.station, transaction.id] = now, cost
                self._asking.add(transaction.station)
                yield lambda transaction=transaction, cost=cost: self._tell(transaction, cost)  # type: ignore[misc]

    def _take_back(self) -> None:
        """It was switched off: what still waits for its turn is not sent."""
        for name, task in self._telling.items():
            queued = (each for each in self._site.fleet.commands.of(name) if each.progress is Progress.QUEUED)
            if task is not None and any(each.purpose == PURPOSE for each in queued):
                task.cancel()

    def _price(self) -> None:
        """Write tariffs down: for sessions whose start or tag came, and for running ones when there is a new one.

        A session has the tariff of its station until its tag is known (2.x: the cable came first).
        """
        duties, fleet, transactions = self._site.duties, self._site.fleet, self._site.fleet.transactions
        begun = [transactions.get(*key) for key in dict.fromkeys(transactions.begun)]
        transactions.begun.clear()
        for transaction in begun:
            if transaction is not None and not transaction.orphan:
                self._note(transaction, duties.tariff_due(fleet, transaction))
        if duties.tariff != self._tariff:
            self._tariff = duties.tariff
            for transaction in transactions.running():
                self._note(transaction, transaction.tariff or duties.tariff_for(fleet, transaction))

    def _note(self, transaction: Transaction, tariff: str) -> None:
        """Write down that a session has a tariff that it had not."""
        site, words = self._site, tariff_words(tariff, transaction.id)
        if tariff and tariff != transaction.tariff:
            site.bus.publish(NoteWritten(site.bus.number(), site.clock(), transaction.station, TARIFF_NOTE, words))

    def _due(self, transaction: Transaction, now: int) -> float | None:
        """The cost that a station is to be told now; None when it knows it, was told just now, or cannot be told."""
        told_at, told = self._told.get((transaction.station, transaction.id), (transaction.started_at, 0.0))
        if 0 <= now - told_at < self._site.duties.cost_interval * SECOND:
            return None
        if transaction.station in self._asking:
            return None
        cost = cost_of(transaction, now)
        station = self._site.fleet.stations.get(transaction.station)
        if cost is None or cost == told or station is None or not may_be_asked(station):
            return None
        return None if self._refusals.left_alone(station) or stated_off(station, "cost_enabled") else cost

    async def _tell(self, transaction: Transaction, cost: float) -> None:
        """CostUpdated (I02)."""
        site, name = self._site, transaction.station
        self._telling[name] = asyncio.current_task()
        try:
            link = site.link(name, PURPOSE)
            command = await link.call("CostUpdated", {"totalCost": cost, "transactionId": transaction.id})
        except CallRefused as refused:
            site.duties.tell("running_cost", name, False, refused.text)
            return
        except asyncio.CancelledError:  # taken back: it was not told
            self._told[name, transaction.id] = site.clock(), NOTHING
            raise
        finally:
            self._asking.discard(name)
            del self._telling[name]
        if command.progress is Progress.ANSWERED:
            self._refusals.done(link.station)
            site.duties.tell("running_cost", name, True, f"Told {cost:.2f} for session {transaction.id}.")
            return
        self._refusals.in_vain(link.station, for_good=never(command))
        if transaction.running:  # it has not heard; what it is told next differs from this, even when no cost was added
            self._told[name, transaction.id] = site.clock(), NOTHING
        more = " It is told no more until it connects anew." if self._refusals.left_alone(link.station) else ""
        why = command.text or f"{command.progress.value} {command.verdict}".rstrip()
        site.duties.tell("running_cost", name, False, f"CostUpdated: {why.rstrip('.')}.{more}")
