"""The fleet: every fact folded into stations, the message log, sessions, tags and commands. No I/O, no clock."""

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from ocpp_console.events import (
    CallAbandoned,
    CallRequested,
    Fact,
    FrameReceived,
    FrameSent,
    HandshakeRefused,
    ListenerFailed,
    ListenerStarted,
    NoteWritten,
    ReplyLost,
    StationConnected,
    StationGone,
)
from ocpp_console.model.command_recollection import former_commands
from ocpp_console.model.commands import Commands
from ocpp_console.model.costs import TARIFF_NOTE, tariff_noted
from ocpp_console.model.documents import Document
from ocpp_console.model.event_rows import event_row, gone_text
from ocpp_console.model.exchanges import Exchanges, Link, books
from ocpp_console.model.folds import ANSWER_FOLDS, CALL_FOLDS, REPLY_FOLDS
from ocpp_console.model.found import Findings
from ocpp_console.model.messages import Message, MessageLog, Origin, State
from ocpp_console.model.namesakes import Namesakes
from ocpp_console.model.reading import mapping
from ocpp_console.model.recollection import Recollection
from ocpp_console.model.rules.answers import SLOW, refused, repeated, slow, unanswered
from ocpp_console.model.rules.configuration import unfinished
from ocpp_console.model.rules.connections import connection_ended, reconnect_storm
from ocpp_console.model.rules.liveness import before_boot, overdue
from ocpp_console.model.site import Site
from ocpp_console.model.station import Station
from ocpp_console.model.station_settings import AllStationSettings, StationSettings
from ocpp_console.model.transactions import Transaction
from ocpp_console.protocol.findings import Finding

MOST_ATTEMPTS = 500
MOST_STATIONS = 50_000
"""In memory. Beyond it the station that is known longest and offline gives way: anybody can make identities up."""

_FORMER_RUN = "The console was closed."


class Fleet:
    """The model of everything. `apply` takes facts in the order of their numbers; nothing else changes it but tags."""

    def __init__(self, log_rows: int = 10_000) -> None:
        """An empty fleet whose log keeps `log_rows` rows."""
        self.stations: dict[str, Station] = {}
        self.messages = MessageLog(log_rows)
        self.commands = Commands()
        self.station_settings = AllStationSettings()
        """What the operator set for stations, those included that never connected."""
        self.attempts: deque[HandshakeRefused] = deque(maxlen=MOST_ATTEMPTS)
        """Who tried to connect and did not get in, newest last."""
        self.listeners: list[ListenerStarted] = []
        self.online = 0
        """Stations connected now."""
        self.frames_in = 0
        self.frames_out = 0
        self.found = Findings()
        """What was found, by station and code."""
        self.found.recounted = self._recounted
        self.refused = 0
        """Attempts to connect that did not get in, since the start."""
        self.dirty_stations: set[str] = set()
        """Identities of stations that changed since whoever saves them emptied this set."""
        self._site = site = Site()
        self.transactions = site.transactions
        self.id_tags = site.id_tags
        self.arrangements = site.arrangements
        """Charging limits, local lists and reservations of all stations."""
        self.dirty_transactions = site.dirty_transactions
        """(station, id) of sessions that changed since whoever saves them emptied this set."""
        self._exchanges = Exchanges(self.messages, self._site.over)
        self._namesakes = Namesakes()
        self._folds: dict[type, Callable[[Any], Message | None]] = {
            FrameReceived: self._received,
            FrameSent: self._sent,
            StationConnected: self._connected,
            StationGone: self._gone,
            HandshakeRefused: self._refused,
            CallRequested: self._requested,
            CallAbandoned: self._abandoned,
            ReplyLost: self._reply_lost,
            NoteWritten: self._noted,
            ListenerStarted: self._listening,
            ListenerFailed: self._event,
        }

    @property
    def findings(self) -> int:
        """Of severity WARNING and worse, neither acknowledged nor of a hidden code."""
        return self.found.waiting

    # ------------------------------------------------------------ facts

    def apply(self, fact: Fact) -> Message | None:
        """Fold one fact; returns the row of the log that it began or completed, if any. Never raises on its content."""
        return self._folds[type(fact)](fact)

    def recall(self, facts: Iterable[Fact]) -> None:
        """Fold older facts into the message log and the refused attempts only. Call before any `apply`."""
        Recollection(self._exchanges, self._version_of, self.attempts.append).fold(facts)

    def recall_commands(self, facts: Iterable[Fact]) -> None:
        """Bring back the commands of former runs from facts of the log; `settle` ends those without an answer."""
        self.commands.recall(former_commands(facts, self.stations))

    def settle(self, at: int) -> None:
        """After documents and facts of a former run of the program: its connections and open calls ended with it."""
        self.transactions.settle()
        self._exchanges.forget_connections()
        for station in self.stations.values():
            if station.connection is not None:
                self._disconnect(station, at, _FORMER_RUN)
        for message in self.messages:
            if message.state is State.OPEN:
                self._exchanges.abandon(message, _FORMER_RUN)
        for command in list(self.commands):
            self.commands.abandoned(command.station, command.id, "former", _FORMER_RUN)
        self.found.attach_again(self.messages)

    # ----------------------------------------------------------- frames

    def _received(self, fact: FrameReceived) -> Message:
        """A frame of a station: the hot path."""
        exchanges = self._exchanges
        _, at, identity, number, _, _, _, _ = fact
        link = exchanges.links.get(number)
        if link is None:
            link = self._stray(number, identity)
        station = self.stations.get(identity)
        if station is None:
            station = self._station(identity, at)
        message, part, payload = exchanges.received(fact, link)
        if at > station.trail.due:
            overdue(station, message, part, at)
        self.frames_in += 1
        station.last_seen = at
        station.revision += 1
        self.dirty_stations.add(identity)
        connection = station.connection
        if connection is not None and connection.id == number:
            connection.frames_in += 1
            if part == "call" and message.action != "BootNotification":
                connection.spoke = True
        if part == "call":
            station.messages += 1
            if station.registration != "Accepted":
                message.call_findings += before_boot(station, message)
            if message.repeats is None:
                fold = CALL_FOLDS.get(message.action)
                if (
                    fold is not None
                    and (odd := fold(self._site, station, message, payload if type(payload) is dict else {}))
                    is not None
                ):
                    message.call_findings += (odd,)
            else:
                message.call_findings += repeated(station, message)
            if identity in self.commands.expecting:
                self.commands.followed(message, payload)
            if message.call_findings:
                self._count(station, message, message.call_findings)
        elif part == "answer":
            if at - message.at > SLOW:
                message.answer_findings += slow(message)
            if message.origin is Origin.CONSOLE:
                station.trail.unheard = 0
                self.commands.answered(message, payload, station)
                if message.state is State.RESULT and (reply := REPLY_FOLDS.get(message.action)) is not None:
                    reply(self._site, station, message, mapping(payload))
                message.answer_findings += refused(self._site, station, message)
            self._count(station, message, message.answer_findings)
        else:
            station.messages += 1
            own = message.seq == fact.seq  # else it is about an answer of ours that could not be used
            self._count(station, message, message.call_findings if own else message.answer_findings[-1:])
        return message

    def _sent(self, fact: FrameSent) -> Message:
        """A frame of ours."""
        exchanges = self._exchanges
        link = exchanges.links.get(fact.connection)
        if link is None:
            link = self._stray(fact.connection, fact.station)
        station = self.stations.get(fact.station)
        if station is None:
            station = self._station(fact.station, fact.at)
        step = exchanges.sent(fact, link)
        self.frames_out += 1
        connection = station.connection
        if connection is not None and connection.id == fact.connection:
            connection.frames_out += 1
        station.revision += 1
        message, part, payload = step
        if fact.at > station.trail.due:
            overdue(station, message, part, fact.at)
        if part == "answer":
            if fact.at - message.at > SLOW:
                message.answer_findings += slow(message)
            fold = ANSWER_FOLDS.get(message.action)
            if fold is not None and books(step):
                self.dirty_stations.add(fact.station)
                if (odd := fold(self._site, station, message, mapping(payload))) is not None:
                    message.call_findings += (odd,)
                    self._count(station, message, (odd,))
            if message.answer_findings:
                self._count(station, message, message.answer_findings)
        else:
            station.messages += 1
            station.trail.called(message.action, fact.at)
            self._count(station, message, message.call_findings)
            if part == "call" and message.state is State.OPEN:
                self.commands.sent(message, payload)
            elif not fact.answers and message.seq == fact.seq:
                self.commands.one_way(message, payload)
        return message

    def _count(self, station: Station, message: Message | None, findings: tuple[Finding, ...]) -> None:
        """Enter findings into the list of all."""
        station.findings += self.found.note(station.found, station.identity, findings, message)

    def _recounted(self, identity: str, change: int) -> None:
        """The operator acknowledged or hid findings of a station, or shows them again."""
        station = self.stations[identity]
        station.findings += change
        station.revision += 1
        self.dirty_stations.add(identity)

    def _unanswered(self, message: Message, at: int) -> None:
        """A call will not be answered any more."""
        station = self.stations.get(message.station)
        if station is not None and (odd := unanswered(station, message, at)):
            message.answer_findings += odd
            self._count(station, message, odd)
            self.messages.touch(message)

    # ------------------------------------------------------ connections

    def _connected(self, fact: StationConnected) -> Message | None:
        """A station is there; a newer connection takes the place of an older one."""
        station = self.stations.get(fact.station) or self._station(fact.station, fact.at)
        self._exchanges.connect(fact.seq, fact.station, fact.version)
        if station.connection is None:
            self.online += 1
        twice = station.takeovers.connected(fact.at, fact.address, station.last_address)
        station.begin(fact)
        storm = reconnect_storm(station, fact.at)
        station.notices = [*fact.findings, *self._namesakes.findings(fact.station), *twice, *storm]
        message = self._event(fact)
        self._count(station, message, tuple(station.notices))
        if message is not None:
            message.call_findings = tuple(station.notices)
        return message

    def _gone(self, fact: StationGone) -> Message | None:
        """A connection ended; the station is offline unless a newer one took its place."""
        station = self.stations.get(fact.station) or self._station(fact.station, fact.at)
        for open_call in self._exchanges.end(fact.connection):
            self._unanswered(open_call, fact.at)
        if station.connection is not None and station.connection.id == fact.connection:
            self._disconnect(station, fact.at, gone_text(fact))
        message = self._event(fact)
        if message is not None and (odd := connection_ended(station, fact) + unfinished(station, fact.connection)):
            message.call_findings += odd
            self._count(station, message, odd)
        return message

    def _disconnect(self, station: Station, at: int, reason: str) -> None:
        """A station is offline."""
        station.end(reason, at if reason is not _FORMER_RUN else 0)
        self.online -= 1
        self.dirty_stations.add(station.identity)

    def _event(self, fact: Fact) -> Message | None:
        """The row of a fact that is no frame."""
        message = event_row(fact)
        if message is not None:
            self.messages.add(message)
            station = self.stations.get(message.station)
            if station is not None:
                station.messages += 1
                station.revision += 1
                self.dirty_stations.add(station.identity)
        return message

    def _stray(self, connection: int, identity: str) -> Link:
        """A connection that is not, or no longer, known as live."""
        return self._exchanges.stray(connection, identity, self._version_of(identity))

    def _version_of(self, identity: str) -> str:
        """The version a station spoke last; 1.6 before anything is known."""
        station = self.stations.get(identity)
        return station.version if station is not None and station.version else "1.6"

    def _station(self, identity: str, at: int) -> Station:
        """A station that is mentioned for the first time."""
        if len(self.stations) >= MOST_STATIONS:
            offline = next((name for name, known in self.stations.items() if not known.online), None)
            if offline is not None:
                self.forget(offline)
        station = Station(identity, first_seen=at, last_seen=at, settings=self.station_settings.of(identity))
        self.stations[identity] = station
        self._namesakes.add(identity)
        return station

    def set_up(self, identity: str, settings: StationSettings) -> None:
        """Take over what the operator set for a station, which is listed from now on if it was not."""
        self.station_settings.put(identity, settings)
        station = self.stations.get(identity) or self._station(identity, 0)
        station.settings = settings
        station.revision += 1
        self.dirty_stations.add(identity)

    # ------------------------------------------------------------- rest

    def _refused(self, fact: HandshakeRefused) -> Message | None:
        """Somebody did not get in."""
        self.attempts.append(fact)
        self.refused += 1
        return self._event(fact)

    def _noted(self, fact: NoteWritten) -> Message | None:
        """Somebody has something to say; a session may get its tariff by it."""
        if fact.code == TARIFF_NOTE:
            tariff_noted(self._site, fact)
        return self._event(fact)

    def _requested(self, fact: CallRequested) -> None:
        """A call was asked for; its row comes when it is sent."""
        self.commands.requested(fact.station, fact.id, fact.action, fact.payload, fact.at, fact.purpose)

    def _abandoned(self, fact: CallAbandoned) -> Message | None:
        """Nobody waits for the answer to a call of ours any more."""
        command = self.commands.abandoned(fact.station, fact.id, fact.why, fact.text)
        message = command.message if command is not None else None
        if message is None:
            link = self._exchanges.links.get(fact.connection)
            if link is not None and link.asked is not None and link.asked.id == fact.id:
                message = link.asked
        if message is not None:
            self._exchanges.abandon(message, fact.text)
            if fact.why in ("timeout", "gone"):
                self._unanswered(message, fact.at)
        return message

    def _reply_lost(self, fact: ReplyLost) -> Message | None:
        """An answer could not be sent any more."""
        message = self.messages.by_seq(fact.answers)
        if message is not None:
            self._exchanges.abandon(message, fact.text)
            self._unanswered(message, fact.at)
        return message

    def _listening(self, fact: ListenerStarted) -> Message | None:
        """A socket is open."""
        self.listeners = [each for each in self.listeners if (each.host, each.port) != (fact.host, fact.port)]
        self.listeners.append(fact)
        return self._event(fact)

    # -------------------------------------------------------- documents

    def restore_station(self, document: Document) -> Station:
        """Bring a station back from the store, offline."""
        station = Station.from_document(document)
        station.settings = self.station_settings.of(station.identity)
        self.stations[station.identity] = station
        self.found.adopt(station.found)
        station.findings = self.found.waiting_of(station.found)
        self._namesakes.add(station.identity)
        return station

    def restore_transaction(self, document: Document) -> Transaction:
        """Bring a session back from the store, in any order; `settle` puts them right."""
        transaction = Transaction.from_document(document)
        self.transactions.restore(transaction)
        return transaction

    def forget(self, identity: str) -> bool:
        """Drop an offline station, its sessions and commands, not its rows. False when it is online or unknown."""
        station = self.stations.get(identity)
        if station is None or station.online:
            return False
        del self.stations[identity]
        self.found.forget(station.found)
        self.transactions.forget(identity)
        self.commands.forget(identity)
        self.arrangements.forget(identity)
        self.dirty_stations.discard(identity)
        self._namesakes.remove(identity)
        return True
