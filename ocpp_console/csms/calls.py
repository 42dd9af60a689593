"""Our calls to one station: queued, one in flight, and told of when they are given up."""

from typing import Any, Protocol

from ocpp_console.csms.wire import Phase
from ocpp_console.events import CallAbandoned, CallRequested, FrameSent
from ocpp_console.protocol.frames import Frame, JsonValue
from ocpp_console.protocol.session import Session


class NotTaken(Exception):
    """A call or frame was not taken; the text says why, to be put behind the station's name."""


class TooManyWait(NotTaken):
    """Too many calls wait already."""


class Asker(Protocol):
    """A connection by which a station can be asked."""

    @property
    def identity(self) -> str:
        """The station's."""

    @property
    def id(self) -> int:
        """The connection's number."""

    @property
    def version(self) -> str:
        """The OCPP version spoken."""

    @property
    def fresh(self) -> bool:
        """The station has not spoken yet: calls wait."""

    @property
    def phase(self) -> Phase:
        """Calls go out while it is open."""

    @property
    def board(self) -> Any:
        """What connections share: a `Chronicle` with `settings`, `limits` and `watched`, as `Switchboard` is one."""

    def send_message(self, raw: bytes) -> None:
        """Send a frame."""


class Calls:
    """The calls of one connection. Made when the first one is asked for: most stations never get any."""

    __slots__ = ("_connection", "_session")

    def __init__(self, connection: Asker) -> None:
        """Nothing is queued yet."""
        self._connection = connection
        self._session = Session(connection.version, int(connection.board.settings.call_timeout * 1_000_000))

    def request(
        self,
        call_id: str,
        action: str,
        payload: JsonValue,
        timeout: float | None,
        raw: bytes | None,
        purpose: str = "",
    ) -> None:
        """Queue one call; see `Asking.request`."""
        connection = self._connection
        board = connection.board
        if self._session.waiting >= board.limits.queue:
            raise TooManyWait(f"does not answer: {self._session.waiting} calls wait for it already")
        timeout_us = None if timeout is None else int(timeout * 1_000_000)
        self._session.call(action, payload, self._now(), id=call_id, timeout_us=timeout_us, raw=raw)
        at = board.clock()
        about = (connection.identity, connection.id, call_id, action, payload, purpose)
        board.publish(CallRequested(board.bus.number(), at, *about))
        board.watched.add(connection)
        self.send()

    def cancel(self, call_id: str) -> bool:
        """Give up one call; False when it is neither queued nor in flight."""
        if not self._session.cancel(call_id):
            return False
        self._abandon(call_id, "cancelled", "Cancelled by the operator.")
        self.send()
        return True

    @property
    def in_flight(self) -> str | None:
        """The id of the call that waits for its answer."""
        return self._session.in_flight

    def refused(self, call_id: str, text: str) -> None:
        """A call did not reach the station: whoever was to carry it said so."""
        if self._session.in_flight == call_id and self._session.cancel(call_id):
            self._abandon(call_id, "not_sent", text)
            self.send()

    def received(self, frame: Frame) -> None:
        """An answer came, perhaps to the call in flight."""
        if self._session.receive(frame, self._now()) is not None:
            self.send()

    def send(self) -> None:
        """Send the next call if its turn has come."""
        connection = self._connection
        if connection.phase is not Phase.OPEN:
            return
        board = connection.board
        self._session.held = connection.fresh
        for out in self._session.take_outgoing(self._now()):
            connection.send_message(out.raw)
            board.publish(FrameSent(board.bus.number(), board.clock(), connection.identity, connection.id, out.raw))

    def check(self) -> bool:
        """Look at the deadline; False when no call is under way."""
        for expired in self._session.tick(self._now()):
            self._abandon(expired.id, "timeout", "No answer came in time.")
            self.send()
        return self._session.in_flight is not None or self._session.waiting > 0

    def end(self) -> None:
        """The connection is over."""
        for left in self._session.close():
            if left.sent:
                self._abandon(left.id, "gone", "The connection ended before the answer came.")
            else:
                self._abandon(left.id, "not_sent", "The connection ended before its turn came.")

    def _abandon(self, call_id: str, why: str, text: str) -> None:
        """Tell that nobody waits for the answer any more."""
        connection = self._connection
        board = connection.board
        at = board.clock()
        board.publish(CallAbandoned(board.bus.number(), at, connection.identity, connection.id, call_id, why, text))

    def _now(self) -> int:
        """µs of loop time, which no change of the wall clock can bend."""
        return int(self._connection.board.loop.time() * 1_000_000)
