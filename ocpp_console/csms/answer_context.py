"""What answers are decided from: the fleet, the settings, and the few things the operator set by hand."""

from collections.abc import Callable
from typing import NamedTuple

from ocpp_console.clock import iso
from ocpp_console.csms.elsewhere import Elsewhere
from ocpp_console.model.costs import cost_of
from ocpp_console.model.duties import Duties
from ocpp_console.model.fleet import Fleet
from ocpp_console.model.transactions import Transaction
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.protocol.troubles import Trouble
from ocpp_console.settings import Settings

Payload = dict[str, JsonValue]

MOST_TRANSACTION_ID = 2_147_483_647
"""Stations keep 1.6 transaction ids in 32 bits with a sign."""
SOON = 60
"""Most seconds a station that is not accepted is asked to wait before it boots again."""


class Refusal(NamedTuple):
    """A call that is answered with a CALLERROR."""

    trouble: Trouble
    text: str


class AnswerContext:
    """Everything `answers` may look at. One per console."""

    def __init__(self, fleet: Fleet, settings: Settings, clock: Callable[[], int]) -> None:
        """`clock` gives µs UTC; `fleet` is only read."""
        self.fleet = fleet
        self.settings = settings
        self.clock = clock
        self.duties = Duties(settings)
        """What the console does by itself, as it is set at present."""
        self.last_transaction_id = 0
        """The last 1.6 transactionId given; set it from the store before listening."""
        self.elsewhere: Elsewhere | None = None
        """Who is asked for answers before the console gives its own; nobody as a rule."""
        self._second = -1
        self._time = ""

    def now_text(self) -> str:
        """The time as stations take it best: `YYYY-MM-DDTHH:MM:SSZ`, no fraction (some cannot read one)."""
        at = self.clock()
        if at // 1_000_000 != self._second:
            self._second = at // 1_000_000
            self._time = iso(at)
        return self._time

    def next_transaction_id(self) -> int:
        """A 1.6 transactionId above every one given or seen: two starts in one second must never share one."""
        number = max(self.last_transaction_id, self.fleet.transactions.highest_id) + 1
        self.last_transaction_id = number if number <= MOST_TRANSACTION_ID else 1
        return self.last_transaction_id

    def registration_of(self, station: str) -> str:
        """What a boot of this station is answered with."""
        return self.fleet.station_settings.of(station).registration or self.settings.registration

    def interval_of(self, station: str) -> int:
        """Seconds between heartbeats that an accepted boot of this station is answered with."""
        return self.fleet.station_settings.of(station).interval or self.settings.interval

    def tolerates(self, station: str) -> bool:
        """Its violations are no reason for an error, even where all others' are."""
        return "tolerate" in self.fleet.station_settings.of(station).quirks

    def standing_of(self, station: str) -> str:
        """What the station may do now: the answer to its last boot, on any connection.

        A station need not boot again on each connection (1.6 §5.4, 2.x §5.4), and one that never booted is judged as
        if it had.
        """
        known = self.fleet.stations.get(station)
        return (known.registration if known is not None else "") or self.registration_of(station)

    def cost_of(self, session: Transaction) -> float | None:
        """What a session costs until now; None when no tariff is in force for it."""
        fresh = (session.station, session.id) in self.fleet.transactions.begun  # its tariff is written down soon
        return cost_of(session, self.clock(), self.duties.tariff_due(self.fleet, session) if fresh else "")

    def boot_answer(self, station: str) -> Payload:
        """The answer to a BootNotification; the three properties are the same in all versions."""
        verdict = self.registration_of(station)
        interval = self.interval_of(station)
        if verdict != "Accepted":
            interval = min(interval, SOON)
        answer: Payload = {"currentTime": self.now_text(), "interval": interval, "status": verdict}
        if "heartbeat_interval" in self.fleet.station_settings.of(station).quirks:
            answer["heartbeatInterval"] = interval
        return answer
