"""Gateway mode: the console as the third-party service of EMQX's OCPP gateway, which is a dumb pipe.

It remembers nothing, queues nothing and answers nothing itself: one call in flight, time-outs, pacing and matching are
ours. To the engine this is what the listener is: a place where stations have their connections.
"""

import asyncio
import uuid
from collections.abc import Callable

from ocpp_console.csms.chronicle import Means
from ocpp_console.csms.emqx_arrivals import Arrivals
from ocpp_console.csms.emqx_board import GatewayBoard, GatewayLimits
from ocpp_console.csms.emqx_presence import Rest
from ocpp_console.csms.emqx_station import GatewayStation
from ocpp_console.mqtt.connecting import Subscription, lasting
from ocpp_console.mqtt.ending import cancelled
from ocpp_console.mqtt.link import Limits, Link
from ocpp_console.mqtt.status import State, Status
from ocpp_console.mqtt.terms import terms_of
from ocpp_console.mqtt.topics import shared
from ocpp_console.mqtt.view import BrokerView
from ocpp_console.protocol.findings import Severity

SILENCE_EVERY = 5.0
"""Seconds between two looks at who has been silent for too long."""
SETTLED = 10.0
"""Seconds after its last word in which a charger is not contradicted by the REST API, whose list is a little old."""
ONLY_WATCHING = (
    "The console only watches the chargers behind the broker: another responder may answer them. "
    "Start it with --respond to answer and command them."
)


class Gateway:
    """All chargers behind one broker."""

    def __init__(
        self,
        means: Means,
        report: Callable[[str, Severity], None],
        limits: GatewayLimits = GatewayLimits(),  # noqa: B008 - an immutable tuple
        link_limits: Limits = Limits(),  # noqa: B008
        withdraw: Callable[[str], None] = lambda text: None,
    ) -> None:
        """Nothing is opened before `start`. `withdraw` takes a text that was reported and is over.

        Raises:
            SettingsProblem: the settings cannot be used.
        """
        terms = self._terms = terms_of(means.settings)
        self.refusal = "" if terms.respond else ONLY_WATCHING
        self._report, self._withdraw = report, withdraw
        self._reported: list[str] = []
        """What was reported about the link since it was well."""
        self._prefix = f"oc-{uuid.uuid4().hex[:6]}-"
        """What the ids of our calls begin with, so that answers to other consoles are told apart."""
        self._board = GatewayBoard(means, terms, limits)
        self._arrivals = Arrivals(self._board, self._prefix, report)
        self._watched = terms.topics.down.filter
        self._link = Link(
            terms.broker,
            self._subscriptions(),
            self._arrivals.take,
            self._told,
            ca_file=terms.ca_file,
            limits=link_limits,
        )
        self._board.link = self._link
        self._board.kick = self._kick
        self._rest = None if terms.rest is None else Rest(terms.rest, lambda text: report(text, Severity.WARNING))
        self._away_since: float | None = None
        self._told_lost = 0
        self._unwatch: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.view = BrokerView(self._link, self._role(), {one.filter: one.what for one in self._link.subscriptions})
        self._arrivals.counts = self.view.extra
        self.view.does = "" if terms.respond else "watching"

    def _role(self) -> str:
        """What this console does there."""
        role = "answers and commands" if self._terms.respond else "only watches (--respond answers)"
        return (
            f"{role}, in the group {self._terms.share}: of the calls it sees its share" if self._terms.share else role
        )

    def _subscriptions(self) -> list[Subscription]:
        """Calls are shared in a group; answers go to everybody, who keeps those to own calls."""
        terms = self._terms
        wanted: list[Subscription] = []
        for template in terms.topics.calls:
            filter = shared(terms.share, template.filter) if terms.share else template.filter
            wanted.append(Subscription(filter, "calls of chargers"))
        wanted += [Subscription(one.filter, "answers of chargers") for one in terms.topics.replies]
        for template in terms.presence:
            wanted.append(Subscription(template.filter, "coming and going", needed=False, qos=0, kept=True))
        if not terms.share:
            wanted.append(Subscription(self._watched, "messages of other responders", needed=False, own=False))
        return list({one.filter: one for one in wanted}.values())

    # ------------------------------------------------------------- life

    async def start(self) -> None:
        """Connect to the broker, now or as soon as it is there; trouble is reported, not raised."""
        self._link.start()
        self._begin(self._sweep())
        if self._rest is not None:
            self._begin(self._ask_who_is_there(self._rest))

    async def stop(self) -> None:
        """Say goodbye to the broker. The chargers stay where they are."""
        if self._unwatch is not None:
            self._unwatch.cancel()
        await cancelled(*self._tasks)
        await self._link.stop()
        for station in list(self._board.by_cid.values()):
            station.end("The console stopped.", "console", 1001)

    def connection_of(self, identity: str) -> GatewayStation | None:
        """A charger that is there."""
        return self._board.online.get(identity)

    def new_id(self) -> str:
        """A message id that bears this console's prefix; 35 characters of the 36 allowed."""
        return self._prefix + uuid.uuid4().hex[: 35 - len(self._prefix)]

    def _begin(self, work: "asyncio._CoroutineLike[None]") -> None:
        """Start a task of the gateway's own."""
        task = self._board.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ------------------------------------------------------- the broker

    def _told(self, status: Status) -> None:
        """The link says how it is."""
        board = self._board
        if status.state is State.CONNECTED:
            self._away_since = None
            board.note("", "broker", status.text)
            self._all_is_well()
            if not self.view.well:
                self._complain(status.text)
            if self._terms.respond and not self._terms.share:
                self._look_for_others()
            return
        if status.state in (State.LOST, State.STOPPED) and self._unwatch is not None:
            self._unwatch.cancel()
            self._unwatch = None
        self._link.subscriptions = self._subscriptions()  # the next connection looks for other responders anew
        another = self._away_since is None  # told each time; what is told while it lasts is told once a minute
        if another:
            self._away_since = board.loop.time()
        more = board.told(("broker", status.text), 1)
        if more is not None or another:
            board.note("", "broker", status.text)
            if status.state is not State.STOPPED:
                self._complain(lasting(status))

    def _complain(self, text: str) -> None:
        """Report a trouble with the broker, in place of the one before."""
        self._all_is_well()
        self._reported.append(text)
        self._report(text, Severity.WARNING)

    def _all_is_well(self) -> None:
        """What was reported about the broker is over."""
        for text in self._reported:
            self._withdraw(text)
        self._reported.clear()

    def _look_for_others(self) -> None:
        """Watch for another responder for a while, then stop: our own subscription hides reason code 16."""
        self._arrivals.look_for_others()
        seconds = self._board.limits.watch
        self._unwatch = self._board.loop.call_later(seconds, self._link.unsubscribe, self._watched)

    # ---------------------------------------------------------- looking

    async def _sweep(self) -> None:
        """Deadlines of calls, and silence."""
        board = self._board
        next_silence = board.loop.time() + SILENCE_EVERY
        while True:
            await asyncio.sleep(board.limits.sweep)
            now = board.loop.time()
            for station in list(board.watched):
                try:
                    keep = station.check(now)
                except Exception as problem:
                    board.fault(station.identity, "The console failed while looking after this station", problem)
                    keep = False
                if not keep:
                    board.watched.discard(station)
            if now >= next_silence:
                next_silence = now + SILENCE_EVERY
                self._look_for_silence(now)
                self._tell_losses()

    def _look_for_silence(self, now: float) -> None:
        """Chargers that should have spoken; all of them, when the broker is away for too long."""
        away = self._away_since
        if away is not None:
            if now - away >= self._board.limits.absence:
                for station in list(self._board.by_cid.values()):
                    station.end("The broker is away; nothing is known of the chargers behind it.", "network")
            return
        for station in list(self._board.by_cid.values()):
            if station.silent_for(now) >= 1:
                seconds = f"{now - station.heard_at:.0f} s"
                station.end(f"Nothing came of it for {seconds}, more than two heartbeats; taken for gone.", "network")

    def _tell_losses(self) -> None:
        """Messages that came faster than they could be taken, whenever there are more of them."""
        lost = self._link.counts.lost_in
        if lost != self._told_lost:
            self._told_lost = lost
            text = f"{lost} messages of the broker were lost so far: they came faster than they could be taken in."
            self._board.note("", "lost", text)
            self._report(text, Severity.CRITICAL)

    async def _ask_who_is_there(self, rest: Rest) -> None:
        """Compare with EMQX's own list, now and then."""
        while True:
            asked = self._board.loop.time()
            found = await rest.connected()
            if found is not None:
                for cid, address in found.items():
                    self._arrivals.listed(cid, address)
                for station in list(self._board.by_cid.values()):
                    if station.cid not in found and station.heard_at < asked - SETTLED:
                        station.end("EMQX does not list it any more.", "network")
            await asyncio.sleep(self._board.limits.snapshot)

    def _kick(self, station: GatewayStation) -> bool:
        """End a charger's connection to EMQX."""
        if self._rest is None:
            return False
        self._begin(self._kick_by(self._rest, station))
        return True

    async def _kick_by(self, rest: Rest, station: GatewayStation) -> None:
        """The gateway tells nobody of a kick."""
        if await rest.kick(station.cid):
            station.end("Closed by the operator, through EMQX.", "console", 1000)
