"""What comes from the broker: whose it is, what it is, and what is said about things that should not be there."""

from collections.abc import Callable
from functools import partial

from ocpp_console.csms.emqx_board import MOST_STATIONS, GatewayBoard
from ocpp_console.csms.emqx_presence import JUST_CAME, event_of, skew_text
from ocpp_console.csms.emqx_station import GatewayStation
from ocpp_console.csms.identity import LONGEST, oddities
from ocpp_console.mqtt.link import Message
from ocpp_console.mqtt.payloads import CALL, ERROR, RESULT, Carried, Garbage, to_frame
from ocpp_console.mqtt.topics import Template, identity_in
from ocpp_console.protocol import schemas
from ocpp_console.protocol.findings import Severity
from ocpp_console.visible import visible

MOST_TOPICS = 100_000
"""Topics whose reading is kept."""
SHOWN = 120
"""Characters of something odd in a note."""
V16, V201, V21 = "1.6", "2.0.1", "2.1"

Handler = Callable[[str, Message], None]


class Arrivals:
    """Takes every message of the link."""

    def __init__(self, board: GatewayBoard, prefix: str, report: Callable[[str, Severity], None]) -> None:
        """`prefix` is what the ids of our calls begin with."""
        self._board = board
        self._prefix = prefix
        self._report = report
        self.counts: dict[str, int] = {}
        """What was left aside, in words."""
        topics = board.terms.topics
        self._readers: list[tuple[Template, Handler]] = [
            *((template, self._from_charger) for template in (*topics.replies, *topics.calls)),
            (topics.down, self._to_charger),
            *((template, self._presence) for template in board.terms.presence),
        ]
        self._known: dict[str, Callable[[Message], None]] = {}
        self._others_told = False
        self._skew_told = False

    def look_for_others(self) -> None:
        """A connection to the broker begins: another responder is worth a word again."""
        self._others_told = False

    def take(self, message: Message) -> None:
        """One message; a fault of ours costs this message and no other."""
        try:
            handler = self._known.get(message.topic)
            if handler is None:
                handler = self._handler(message.topic)
            handler(message)
        except Exception as problem:
            self._board.fault("", f"A message on {message.topic[:SHOWN]!r} could not be taken in", problem)

    def _handler(self, topic: str) -> Callable[[Message], None]:
        """Who takes messages of a topic; looked up once for each."""
        if len(self._known) >= MOST_TOPICS:
            self._known.clear()
        for template, handler in self._readers:
            read = template.read(topic)
            if read is not None:
                self._known[topic] = partial(handler, read["cid"])
                return self._known[topic]
        self._known[topic] = self._stranger
        return self._stranger

    # ----------------------------------------------- what chargers send

    def _from_charger(self, cid: str, message: Message) -> None:
        """A call or an answer of a charger."""
        if message.retain:
            self._count("retained messages, ignored")
            text = f"A retained message on {message.topic} was ignored: it may be of any age."
            self._board.note_seldom("", "retained", visible(text, 300), 5)
            return
        if len(message.payload) > self._board.settings.max_size:
            self._garbage(message, f"has {len(message.payload)} bytes, more than --max-size")
            return
        carried = to_frame(message.payload)
        station = self._board.by_cid.get(cid)
        if isinstance(carried, Garbage):
            self._garbage(message, carried.text, station)
            if station is not None:
                station.take_in(message.payload)  # shown as it came
            return
        if carried.type in (RESULT, ERROR) and self._not_ours(carried, station):
            self._count("answers to others, left aside")
            if station is not None:
                station.heard_at = self._board.loop.time()
            return
        station = self._station(cid, carried, message, station)
        if station is not None:
            if carried.remarks:
                text = f"{message.topic}: {'; '.join(carried.remarks)}."
                self._board.note_seldom(station.identity, "tolerated", visible(text, 300))
            station.take_in(carried.raw)

    def _not_ours(self, carried: Carried, station: GatewayStation | None) -> bool:
        """In a group everybody gets all answers, and keeps those to own calls."""
        if not self._board.terms.share or str(carried.id).startswith(self._prefix):
            return False
        return station is None or not station.awaits(carried.id)

    def _station(
        self, cid: str, carried: Carried, message: Message, station: GatewayStation | None
    ) -> GatewayStation | None:
        """The charger a message is of; it is there from now on, if it was not before."""
        if carried.type != CALL:
            return station or self._came(cid, message.topic)
        version = spoken(carried)
        if station is None or station.assumed:
            version = version or hinted(carried)
        station = self._speaks(station, version)
        return station or self._came(cid, message.topic, version=version)

    def _speaks(self, station: GatewayStation | None, version: str) -> GatewayStation | None:
        """The same station; None when it turns out to speak another version than was assumed, and has to come anew."""
        if station is None or not version:
            return station
        if version not in _compatible(station.version):
            station.end(f"It speaks OCPP {version}, not {station.version} as was assumed.", "console", 1000)
            return None
        station.assumed = False
        return station

    def _came(self, cid: str, topic: str, *, address: str = "", version: str = "") -> GatewayStation | None:
        """A charger that was not known to be there; None when it cannot be taken."""
        board = self._board
        identity = identity_in(cid)
        if identity in board.online:  # by another topic: two spellings of one name
            identity = cid
        if _unfit(identity) or identity in board.online:
            self._count("messages of unfit identities")
            text = f"The topic {topic} names no charger: control characters, too long, or taken."
            board.note_seldom("", "bad_identity", visible(text, 300))
            return None
        if len(board.by_cid) >= MOST_STATIONS:
            board.note_seldom("", "full", f"{MOST_STATIONS} chargers are there, the most that are taken.", 1)
            return None
        known = board.answers.fleet.stations.get(identity)
        version = version or (known.version if known is not None else "")
        where = address or f"{board.terms.broker.host}:{board.terms.broker.port}"
        station = GatewayStation(board, identity, cid, version or V16, where)
        station.assumed = not version
        station.open(topic, tuple(oddities(identity)) if version not in ("", V16) else ())
        return station

    def listed(self, cid: str, address: str) -> None:
        """EMQX's REST API says that a charger is there."""
        if cid not in self._board.by_cid:
            self._came(cid, "listed by EMQX", address=address)

    # ------------------------------------------- what others send to them

    def _to_charger(self, cid: str, message: Message) -> None:
        """Another responder: its part of the exchanges is shown, and that it is there is said."""
        station = self._board.by_cid.get(cid)
        carried = to_frame(message.payload)
        if isinstance(carried, Garbage):
            self._garbage(message, carried.text + "; EMQX drops it without a word", station)
            return
        if station is None or station.echoes(message.payload):  # MQTT 3.1.1 gives back what we sent
            return
        self._count("messages of other responders")
        self._tell_of_others(carried, station)
        if message.retain:
            text = f"A retained message was published on {message.topic}: each reconnection of the charger replays it."
            self._board.note_seldom(station.identity, "retained", visible(text, 300), 5)
        station.overheard(carried.raw)

    def _tell_of_others(self, carried: Carried, station: GatewayStation) -> None:
        """Once: two responders answer everything twice."""
        if self._others_told:
            return
        self._others_told = True
        does = "commands" if carried.type == CALL else "answers"
        text = f"Another responder {does} these chargers ({station.identity} just now)"
        if self._board.terms.respond:
            text += ": each call is answered twice. Stop one of them, or give both one group with --share."
            self._report(text, Severity.WARNING)
        else:
            text += "; what it sends is shown as sent, so that exchanges are whole."
        self._board.note(station.identity, "other_responder", text)

    # --------------------------------------------------------- presence

    def _presence(self, cid: str, message: Message) -> None:
        """A charger came or went, as the broker says."""
        event = event_of(message.topic, message.payload)
        if event is None:
            self._garbage(message, "says neither that a charger came nor that it went")
            return
        skew = skew_text(event, self._board.clock()) if not message.retain else ""
        if skew and not self._skew_told:
            self._skew_told = True
            self._report(skew, Severity.WARNING)
            self._board.note("", "clock", skew)
        station = self._board.by_cid.get(cid)
        if not event.came:
            if station is not None and not _older(event.connected_at, station.connected_at):
                station.end(f"The gateway said: {event.reason or 'disconnected'}.", "station")
            return
        if station is not None and self._is_new(station, event.connected_at, message.retain):
            station.end("It connected to the gateway again.", "station", 1000)
            station = None
        if station is not None and station.assumed:
            station = self._speaks(station, event.version)
        station = station or self._came(cid, message.topic, address=event.address, version=event.version)
        if station is not None:
            station.connected_at = event.connected_at

    def _is_new(self, station: GatewayStation, connected_at: int | None, kept: bool) -> bool:
        """The event is of a newer connection than the one that is known.

        A `kept` one says how things are and comes with each connection to the broker: it is no event at all unless it
        says since when.
        """
        if station.connected_at is not None:
            return connected_at is not None and connected_at > station.connected_at
        return not kept and self._board.loop.time() - station.since > JUST_CAME

    # ------------------------------------------------------------- odds

    def _stranger(self, message: Message) -> None:
        """A topic that no template reads, though a filter took it."""
        self._garbage(message, "is on a topic that no template reads")

    def _garbage(self, message: Message, why: str, station: GatewayStation | None = None) -> None:
        """Something that cannot be used, with its first bytes."""
        self._count("messages that could not be read")
        start = visible(message.payload[:200].decode("utf-8", "replace"), SHOWN)
        text = f"A message on {visible(message.topic, SHOWN)} {why}: {start or '(nothing)'}"
        self._board.note_seldom(station.identity if station is not None else "", "garbage", text)

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1


def spoken(carried: Carried) -> str:
    """The version that only a call of this kind can be of; empty when it may be any. EMQX itself carries 1.6 only."""
    if carried.action == "BootNotification":
        return V201 if b'"chargingStation"' in carried.raw else V16 if b'"chargePointVendor"' in carried.raw else ""
    if not carried.action or schemas.known(V16, carried.action):
        return ""
    return V201 if schemas.known(V201, carried.action) else V21 if schemas.known(V21, carried.action) else ""


_MARKS = {
    "Authorize": (b'"idTag"', b'"idToken"'),
    "StatusNotification": (b'"errorCode"', b'"connectorStatus"'),
    "MeterValues": (b'"connectorId"', b'"evseId"'),
}
"""Calls that every version has, with a required name of 1.6 and one of 2.x."""


def hinted(carried: Carried) -> str:
    """The version that a call looks like, for a charger of which nothing is known; empty when it may be any."""
    older, newer = (mark in carried.raw for mark in _MARKS.get(carried.action, (b"{", b"{")))
    return "" if older == newer else V201 if newer else V16


def _compatible(version: str) -> tuple[str, ...]:
    """What a station of this version may seem to speak: a boot of 2.1 looks like one of 2.0.1."""
    return (V21, V201) if version == V21 else (version,)


def _older(one: int | None, other: int | None) -> bool:
    """An event of a connection before the one that is known."""
    return one is not None and other is not None and one < other


def _unfit(identity: str) -> bool:
    """No name for a station."""
    odd = any(ord(character) < 32 or 127 <= ord(character) < 160 for character in identity)
    return odd or not identity or len(identity.encode("utf-8", "replace")) > LONGEST
