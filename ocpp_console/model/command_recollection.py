"""Commands of former runs, made again from the facts of the log: what was asked, what was answered, what followed."""

from collections.abc import Iterable, Iterator, Mapping

from ocpp_console.events import CallAbandoned, CallRequested, Fact, FrameReceived, FrameSent
from ocpp_console.model.commands import Command, Commands
from ocpp_console.model.exchanges import Exchanges
from ocpp_console.model.messages import MessageLog, Origin
from ocpp_console.model.rows import State
from ocpp_console.model.station import Station


def former_commands(facts: Iterable[Fact], stations: Mapping[str, Station]) -> Iterator[Command]:
    """The commands to stations that are still known, oldest first; `facts` may come in any order and more than once."""
    ordered = {(fact.seq, type(fact)): fact for fact in facts}
    again = _Again(stations)
    for _, fact in sorted(ordered.items(), key=lambda entry: entry[0][0]):
        if getattr(fact, "station", "") in stations:
            again.fold(fact)
    return iter(sorted(again.commands, key=lambda command: command.at))


class _Again:
    """Folds facts into commands and rows of their own."""

    def __init__(self, stations: Mapping[str, Station]) -> None:
        """Only the versions of the stations matter: how they are now has nothing to do with what they said then."""
        self.commands = Commands()
        self._stations = stations
        self._exchanges = Exchanges(MessageLog())

    def fold(self, fact: Fact) -> None:
        """Take one fact."""
        if isinstance(fact, CallRequested):
            self.commands.requested(fact.station, fact.id, fact.action, fact.payload, fact.at, fact.purpose)
        elif isinstance(fact, CallAbandoned):
            self.commands.abandoned(fact.station, fact.id, fact.why, fact.text)
        elif isinstance(fact, FrameSent) and not fact.answers:
            self._sent(fact)
        elif isinstance(fact, FrameReceived):
            self._received(fact)

    def _sent(self, fact: FrameSent) -> None:
        """A frame of ours."""
        link = self._exchanges.stray(fact.connection, fact.station, self._stations[fact.station].version)
        message, part, payload = self._exchanges.sent(fact, link)
        if part == "call" and message.state is State.OPEN:
            self.commands.sent(message, payload)
        elif message.seq == fact.seq:
            self.commands.one_way(message, payload)

    def _received(self, fact: FrameReceived) -> None:
        """An answer, or a call that followed."""
        link = self._exchanges.stray(fact.connection, fact.station, self._stations[fact.station].version)
        message, part, payload = self._exchanges.received(fact, link)
        if part == "answer" and message.origin is Origin.CONSOLE:
            self.commands.answered(message, payload, Station(fact.station))
        elif part == "call":
            self.commands.followed(message, payload)
