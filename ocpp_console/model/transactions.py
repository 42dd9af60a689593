"""Charging sessions: StartTransaction/StopTransaction of 1.6 and TransactionEvent of 2.x as one thing."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Self

from ocpp_console.model.documents import Document, Later, fill_fields, plain_fields_later
from ocpp_console.model.meter_values import Latest, Moment, Series

MOST_TRANSACTIONS = 5_000
"""In memory; older ended ones give way and stay in the store."""

HIGHEST_COUNTED_ID = 2_000_000_000
"""Ids above it (some stations invent 2^63 - 1) do not move our own counter: it must stay below 2^31."""

_SHORTEST_STEP = 1_000_000
"""Microseconds between two register readings from which a power is derived."""


@dataclass(slots=True)
class Transaction:
    """One session of one station. Ids are the station's own (2.x, text) or ours (1.6, whole numbers of any size)."""

    station: str
    id: str
    """As text in both worlds; `int(id)` is the 1.6 transactionId."""
    version: str
    at: int = 0
    """When it became known here (µs)."""
    evse: int = 0
    connector: int = 0
    id_tag: str = ""
    started_at: int = 0
    """When its start arrived here (µs); 0 for an orphan whose start was never seen."""
    started_said: str = ""
    """The station's own timestamp text of the start."""
    stopped_at: int = 0
    """When its end arrived here; 0 while it runs."""
    stopped_said: str = ""
    meter_start: float | None = None
    """Wh."""
    meter_stop: float | None = None
    """Wh."""
    reason: str = ""
    """Why it ended, in OCPP's words; empty when not said."""
    verdict: str = ""
    """What we answered about the tag: Accepted, Blocked…"""
    charging_state: str = ""
    """2.x chargingState; in 1.6 the connector's status, where it is one of a session."""
    orphan: bool = False
    """Its start was never seen: a stop or meter values for an id unknown here. Kept, never guessed onto a connector."""
    remote_start_id: int | None = None
    reservation_id: int | None = None
    last_seq_no: int | None = None
    """2.x: the highest seqNo seen."""
    events: int = 0
    """Messages that belong to it."""
    energy: Series = field(default_factory=Series)
    """Wh over time (the station's Energy.Active.Import.Register or what stands for it)."""
    power: Series = field(default_factory=Series)
    """W over time; from Power.Active.Import, or derived from the energy when the station sends none."""
    latest: Latest = field(default_factory=Latest)
    """The newest sample of everything measured, as it came."""
    note: str = ""
    """What is odd about it, as a sentence."""
    tariff: str = ""
    """What it costs, as the tariff in force at its start is written; empty for none."""
    stop_tag: str = ""
    """The tag that ended it, when another one than began it."""
    needs: str = ""
    """2.x: what its car asked for, in words."""
    plan: str = ""
    """2.x: what its car plans, and priority charging, in words."""
    power_measured: bool = False
    """`power` is the station's own measurement, not derived from the energy."""
    revision: int = field(default=0, compare=False)

    @property
    def running(self) -> bool:
        """It has begun and not ended."""
        return not self.stopped_at and not self.orphan

    @property
    def open(self) -> bool:
        """No end of it was seen: it runs, or it is an orphan that may still run. It can be asked to stop."""
        return not self.stopped_at

    @property
    def last_values(self) -> dict[str, str]:
        """The newest sample of everything measured: "Voltage L1-N" → "230.1 V"."""
        return self.latest.shown()

    @property
    def energy_wh(self) -> float | None:
        """Energy of the session so far in Wh, from the meter's readings; None when nothing was measured."""
        last = self.meter_stop if self.meter_stop is not None else self.energy.last
        first = self.meter_start if self.meter_start is not None else self.energy.first
        return None if last is None or first is None else last - first

    @property
    def power_w(self) -> float | None:
        """The newest power in W; None when unknown or ended."""
        return self.power.last if self.running else None

    def measure(self, moments: list[Moment]) -> float | None:
        """Take in the moments of one message; returns by how many Wh the register went back, None when it did not."""
        back: float | None = None
        for at, _, (energy, interval, power) in moments:
            if power is not None:
                if not self.power_measured:  # the first measured one replaces what was derived so far
                    self.power, self.power_measured = Series(), True
                self.power.add(at, power)
            if energy is not None:
                back = self._measure_energy(at, energy) or back
            elif interval is not None:
                if self.energy.last is None:  # what the first interval adds to
                    self.energy.add(min(at, self.started_at or at), self.meter_start or 0.0)
                back = self._measure_energy(at, (self.energy.last or 0.0) + interval) or back
        return back

    def _measure_energy(self, at: int, energy: float) -> float | None:
        """A reading of the register, and a power derived from it while the station sends none."""
        last = self.energy.last
        if last is None:
            self.energy.add(at, energy)
            return None
        before = self.energy.times[-1]
        self.energy.add(at, energy)
        if at < before:
            return None
        if not self.power_measured and at - before >= _SHORTEST_STEP:
            self.power.add(at, (energy - last) * 3_600_000_000 / (at - before))
        return last - energy if energy < last else None

    def document_later(self) -> Later:
        """Everything worth keeping across a restart, as it is now; the curves included."""
        plain, latest = plain_fields_later(self), self.latest.document_later()
        energy, power = self.energy.document_later(), self.power.document_later()
        return lambda: plain() | {"energy": energy(), "power": power(), "latest": latest()}

    def to_document(self) -> Document:
        """The same at once."""
        document: Document = self.document_later()()
        return document

    @classmethod
    def from_document(cls, document: Document) -> Self:
        """The transaction a document describes. What is missing or odd in it keeps its default."""
        transaction = cls("", "", "")
        fill_fields(transaction, document)
        transaction.energy = Series.from_document(document.get("energy"))
        transaction.power = Series.from_document(document.get("power"))
        transaction.latest = Latest.from_document(document.get("latest"))
        return transaction


class Transactions:
    """All sessions in memory, by station and id, in the order they became known."""

    def __init__(self, limit: int = MOST_TRANSACTIONS) -> None:
        """Keep at most `limit`; running ones are the last to go."""
        self._all: dict[tuple[str, str], Transaction] = {}
        self._open: dict[str, dict[str, Transaction]] = {}
        self._by_tag: dict[str, dict[tuple[str, str], Transaction]] = {}
        self._limit = max(1, limit)
        self.highest_id = 0
        """The highest 1.6 transactionId seen, up to two thousand million; the next one given must be above it."""
        self.begun: deque[tuple[str, str]] = deque(maxlen=limit)
        """(station, id) of sessions whose start or tag came since whoever gives them their tariff emptied this."""
        self.priced = False
        """A session with a tariff was seen."""
        self.revision = 0
        """Goes up with every change of any of them."""

    def __len__(self) -> int:
        """How many are in memory."""
        return len(self._all)

    def __iter__(self) -> Iterator[Transaction]:
        """Oldest first."""
        return iter(self._all.values())

    def get(self, station: str, id: str) -> Transaction | None:
        """The session of a station with this id."""
        return self._all.get((station, id))

    def newest(self, limit: int | None = None) -> list[Transaction]:
        """The newest first, at most `limit`."""
        return list(islice(reversed(self._all.values()), limit))

    def of(self, station: str) -> list[Transaction]:
        """All sessions of one station, oldest first."""
        return [transaction for transaction in self._all.values() if transaction.station == station]

    def open(self, station: str) -> list[Transaction]:
        """Sessions of a station whose end was not seen, orphans too, oldest first: what can be asked to stop."""
        return list(self._open.get(station, {}).values())

    def running(self, station: str | None = None) -> list[Transaction]:
        """Sessions that began and did not end, oldest first; of one station or of all."""
        homes = self._open.values() if station is None else (self._open.get(station, {}),)
        return [transaction for home in homes for transaction in home.values() if transaction.running]

    def running_of_tag(self, token: str) -> Iterator[Transaction]:
        """Running sessions, at any station, that this tag started and was not refused for; a whole site may share it.

        One by one: whoever asks wants to know whether there is another, and seldom has to look far.
        """
        sessions = self._by_tag.get(token.casefold(), {}).values()
        return (session for session in sessions if session.running and session.verdict in ("", "Accepted"))

    def add(self, transaction: Transaction) -> Transaction:
        """Make a session known, in place of one with the same station and id."""
        key = (transaction.station, transaction.id)
        replaced = self._all.get(key)
        if replaced is not None:
            self._drop(replaced)
        elif len(self._all) >= self._limit:
            self._evict()
        self._all[key] = transaction
        if transaction.version == "1.6":
            self._count(transaction.id)
        self.changed(transaction)
        return transaction

    def restore(self, transaction: Transaction) -> None:
        """Bring one back from the store, in any order and beyond the limit; `settle` follows when all are there."""
        self._all.pop((transaction.station, transaction.id), None)
        self._all[transaction.station, transaction.id] = transaction
        self.priced = self.priced or bool(transaction.tariff)
        if transaction.version == "1.6":
            self._count(transaction.id)
        self.changed(transaction)

    def settle(self) -> None:
        """Put what was restored in the order in which it became known, and keep the newest."""
        self._all = dict(sorted(self._all.items(), key=lambda item: item[1].at))
        while len(self._all) > self._limit:
            self._evict()
        self.revision += 1

    def changed(self, transaction: Transaction) -> None:
        """Must follow every change of a session: keeps the indexes by state and by tag."""
        transaction.revision += 1
        self.revision += 1
        home = self._open.get(transaction.station)
        if transaction.stopped_at:
            if home is not None and home.pop(transaction.id, None) is not None:
                self._leave(transaction, home)
        elif home is None:
            self._open[transaction.station] = {transaction.id: transaction}
        else:
            home[transaction.id] = transaction
        if transaction.id_tag and not transaction.stopped_at:
            tagged = self._by_tag.setdefault(transaction.id_tag.casefold(), {})
            tagged[transaction.station, transaction.id] = transaction

    def forget(self, station: str) -> None:
        """Drop all sessions of a station."""
        for transaction in self.of(station):
            self._drop(transaction)
        self.revision += 1

    def _leave(self, transaction: Transaction, home: dict[str, Transaction]) -> None:
        """A session is open no more."""
        if not home:
            del self._open[transaction.station]
        token = transaction.id_tag.casefold()
        tagged = self._by_tag.get(token)
        if tagged is not None:
            tagged.pop((transaction.station, transaction.id), None)
            if not tagged:
                del self._by_tag[token]

    def _count(self, id: str) -> None:
        """Remember the highest id that leaves room for more."""
        if id.isdecimal() and len(id) <= 10 and self.highest_id < int(id) <= HIGHEST_COUNTED_ID:
            self.highest_id = int(id)

    def _evict(self) -> None:
        """Drop the oldest that has ended or is an orphan, or the oldest of all when every one runs."""
        oldest = next(iter(self._all.values()))
        self._drop(next((each for each in self._all.values() if not each.running), oldest))

    def _drop(self, transaction: Transaction) -> None:
        """Take one out of all indexes."""
        self._all.pop((transaction.station, transaction.id), None)
        home = self._open.get(transaction.station)
        if home is not None and home.pop(transaction.id, None) is not None:
            self._leave(transaction, home)
