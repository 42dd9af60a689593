"""What all chargers behind a broker share: the link, who is there, and the pace at which messages leave."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from ocpp_console.csms.chronicle import Chronicle, Means
from ocpp_console.mqtt.link import Link
from ocpp_console.mqtt.terms import Terms

if TYPE_CHECKING:
    from ocpp_console.csms.emqx_station import GatewayStation

MOST_STATIONS = 50_000
"""Online at once; anybody who may publish can make identities up."""


class GatewayLimits(NamedTuple):
    """Times (seconds, loop time) and counts that protect the console."""

    queue: int = 256
    """Calls of ours that may wait for one station."""
    sweep: float = 0.25
    """Between two looks at whoever must be watched."""
    silence: float = 2.5
    """Heartbeat intervals without a word after which a charger is taken for gone."""
    silence_shared: float = 10.0
    """The same in a group, where each console hears a part of the heartbeats only."""
    absence: float = 15.0
    """The broker may be away before all chargers are taken for gone."""
    reply: float = 30.0
    """An answer may wait for the broker; later the charger has given it up."""
    watch: float = 60.0
    """After a connection, while we answer: another responder is looked for. Our own subscription would else hide for
    ever that nobody else listens to a charger's topic (reason code 16)."""
    snapshot: float = 60.0
    """Between two questions to EMQX's REST API."""


class GatewayBoard(Chronicle):
    """Where the chargers behind one broker meet. Everything runs in one event loop."""

    def __init__(self, means: Means, terms: Terms, limits: GatewayLimits) -> None:
        """`link` has to be set before the first message."""
        super().__init__(means)
        self.terms = terms
        self.limits = limits
        self.link: Link
        self.by_cid: dict[str, GatewayStation] = {}
        """Online, by the level of the topic that names them."""
        self.online: dict[str, GatewayStation] = {}
        """The same by identity."""
        self.watched: set[GatewayStation] = set()
        """Stations with a deadline of any kind."""
        self.kick: Callable[[GatewayStation], bool] = lambda station: False
        """Have the gateway end a charger's connection; False when there is no way to ask for that."""
        self._paced: set[GatewayStation] = set()

    # The pace.

    def pace(self, station: "GatewayStation") -> None:
        """A message of this station waits: EMQX glues messages that come together into one broken frame."""
        if not self._paced:
            self.loop.call_later(self.terms.pace, self._next_turn)
        self._paced.add(station)

    def _next_turn(self) -> None:
        """Send what may go now; one timer for all."""
        now = self.loop.time()
        waiting = {station for station in self._paced if station.send_next(now)}
        self._paced = waiting
        if waiting:
            soonest = min(station.free_at for station in waiting)
            self.loop.call_later(max(0.001, soonest - now), self._next_turn)

    # Coming and going.

    def arrived(self, station: "GatewayStation") -> None:
        """A station is there."""
        self.by_cid[station.cid] = station
        self.online[station.identity] = station

    def left(self, station: "GatewayStation") -> None:
        """A station is not there any more."""
        if self.by_cid.get(station.cid) is station:
            del self.by_cid[station.cid]
        if self.online.get(station.identity) is station:
            del self.online[station.identity]
        self.watched.discard(station)
        self._paced.discard(station)
