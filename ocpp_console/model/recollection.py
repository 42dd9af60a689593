"""Yesterday's rows: facts of the store folded into the message log and the refused attempts, and into nothing else."""

from collections.abc import Callable, Iterable

from ocpp_console.events import (
    CallAbandoned,
    Fact,
    FrameReceived,
    FrameSent,
    HandshakeRefused,
    ReplyLost,
    StationConnected,
    StationGone,
)
from ocpp_console.model.event_rows import event_row
from ocpp_console.model.exchanges import Exchanges, Link
from ocpp_console.model.rows import Message, State


class Recollection:
    """Folds facts into rows. Calls whose answer lies beyond the remembered facts stay open for those that follow."""

    def __init__(
        self, exchanges: Exchanges, version_of: Callable[[str], str], refused: Callable[[HandshakeRefused], None]
    ) -> None:
        """Rows go to the log of `exchanges`, attempts to `refused`; `version_of` is asked about unknown connections."""
        self._exchanges = exchanges
        self._version_of = version_of
        self._refused = refused

    def fold(self, facts: Iterable[Fact]) -> None:
        """Take all facts, oldest first."""
        for fact in facts:
            if isinstance(fact, FrameReceived):
                self._exchanges.received(fact, self._link(fact))
            elif isinstance(fact, FrameSent):
                self._exchanges.sent(fact, self._link(fact))
            else:
                self._fold_event(fact)

    def _link(self, fact: FrameReceived | FrameSent) -> Link:
        """The connection of a frame."""
        link = self._exchanges.links.get(fact.connection)
        return link or self._exchanges.stray(fact.connection, fact.station, self._version_of(fact.station))

    def _fold_event(self, fact: Fact) -> None:
        """Everything that is no frame."""
        row = event_row(fact)
        if row is not None:
            self._exchanges.log.add(row)
        if isinstance(fact, StationConnected):
            self._exchanges.connect(fact.seq, fact.station, fact.version)
        elif isinstance(fact, StationGone):
            self._exchanges.end(fact.connection)
        elif isinstance(fact, HandshakeRefused):
            self._refused(fact)
        elif isinstance(fact, CallAbandoned):
            self._abandon(self._asked(fact), fact.text)
        elif isinstance(fact, ReplyLost):
            self._abandon(self._exchanges.log.by_seq(fact.answers), fact.text)

    def _asked(self, fact: CallAbandoned) -> Message | None:
        """The row of the call that was given up."""
        link = self._exchanges.links.get(fact.connection)
        if link is not None and link.asked is not None and link.asked.id == fact.id:
            return link.asked
        rows = reversed(self._exchanges.log.for_station(fact.station))
        return next((row for row in rows if row.id == fact.id and row.connection == fact.connection), None)

    def _abandon(self, message: Message | None, text: str) -> None:
        """Note that nobody waits any more."""
        if message is not None and message.state is State.OPEN:
            self._exchanges.abandon(message, text)
