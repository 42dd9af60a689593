"""One station's connection: frames become facts, calls get their answers, our calls wait for their turn."""

import asyncio
from functools import partial
from typing import cast

from ocpp_console.addresses import address_text
from ocpp_console.csms import pulse, rate, refusals, takeover
from ocpp_console.csms.asking import Asking
from ocpp_console.csms.calls import Calls
from ocpp_console.csms.closing_words import BROKEN, Ending, station_closed
from ocpp_console.csms.decision import decide
from ocpp_console.csms.elsewhere import OpenCall
from ocpp_console.csms.handshake import Knock, Welcome
from ocpp_console.csms.password_checks import Unverified
from ocpp_console.csms.refusals import Refusal
from ocpp_console.csms.switchboard import Switchboard
from ocpp_console.csms.wire import BINARY, COMPRESSED, Held, Phase, Wire
from ocpp_console.events import FrameReceived, FrameSent, ReplyLost, StationConnected, StationGone
from ocpp_console.model.messages import Message
from ocpp_console.protocol.frames import (
    Call,
    Frame,
    Unreadable,
)
from ocpp_console.protocol.session import answer_to_unreadable

OPEN = Phase.OPEN
"""Looked up for every frame."""


class Connection(Asking, Wire):
    """A connection from the accepted socket to its end. State belongs to the connection, never to the identity."""

    __slots__ = (
        "_calls",
        "_knock",
        "address",
        "board",
        "bucket_at",
        "deadline",
        "departed",
        "fresh",
        "id",
        "identity",
        "pinged_at",
        "probed",
        "rate_noted",
        "tokens",
        "version",
        "welcome",
    )

    def __init__(self, board: Switchboard) -> None:
        """A connection that was just accepted."""
        super().__init__(board.settings.max_size)
        self.board = board
        self.address = "unknown"
        self.identity = ""
        self.version = ""
        self.id = 0
        """The number of its `StationConnected`; 0 before."""
        self.deadline = board.loop.time() + board.limits.handshake
        """Loop time of what the phase waits for: the handshake, the probe, the grace, the close."""
        self.departed = False
        """Its `StationGone` was told."""
        self.probed = False
        """It was asked whether it lives, because a newer connection wants its place."""
        self.pinged_at = 0.0
        """Loop time of our last ping, until it is answered."""
        self._knock: Knock | None = Knock(board.terms)
        self.welcome: Welcome | None = None
        """What to open with, until it is open."""
        self.fresh = True
        """Calls of ours wait: the station has not spoken yet (some loop when asked before their boot was answered)."""
        self._calls: Calls | None = None
        self.tokens = float(board.settings.station_burst) if board.rate else float("inf")
        """Messages it may send before it is over its rate (see `rate`)."""
        self.bucket_at = 0.0
        self.rate_noted = False

    @property
    def silent(self) -> bool:
        """Nothing came of it so far."""
        return self._knock is not None and self._knock.silent

    # From socket to station.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is ours."""
        self.transport = cast(asyncio.Transport, transport)
        self.transport.set_write_buffer_limits(high=0)  # told at once when the peer does not take everything
        self.address = address_text(transport.get_extra_info("peername"))
        if self._knock is not None:
            self._knock.address = address_text(transport.get_extra_info("sockname"))
            self._knock.peer = self.address

    def knocked(self, data: bytes) -> None:
        """Go on with the handshake."""
        if self._knock is None:
            return
        outcome = self._knock.feed(data)
        if isinstance(outcome, Refusal):
            self.refuse(outcome)
        elif isinstance(outcome, Unverified):
            self.hold_back(Held.PASSWORD)
            self.board.password_checks.begin(outcome, self._password_checked)
        elif outcome is not None:
            self._write(outcome.response)
            self.identity, self.version = outcome.identity, outcome.version
            self.welcome, self._knock = outcome, None
            self.board.knocking.discard(self)
            takeover.arrive(self)
            self.board.on_space()

    def _password_checked(self, problem: BaseException | None) -> None:
        """Whether its password is right is known now: judge again, unless it is gone meanwhile."""
        if self.phase is not Phase.KNOCKING:
            return
        self.let_on(Held.PASSWORD)
        if isinstance(problem, Exception):
            self.crashed(problem)
        elif problem is None:
            self.buffer_updated(0)

    def refuse(self, refusal: Refusal) -> None:
        """End the attempt, tell the peer what can be told, and keep the evidence."""
        evidence = self._knock.evidence if self._knock else b""
        self._knock = None
        self.board.knocking.discard(self)
        self.board.refused(self.address, refusal, evidence)
        if refusal.response:
            self._write(refusal.response)
            self._leave(Phase.DRAINING)
        else:
            self.transport.abort()
        self.board.on_space()

    def open(self) -> None:
        """The connection is the station's own."""
        welcome = cast(Welcome, self.welcome)
        board, self.welcome = self.board, None
        board.online[self.identity] = self
        self.phase = Phase.OPEN
        self._codec = welcome.codec
        self.bucket_at = board.loop.time()
        self.deadline = self.bucket_at + board.settings.grace
        self.id = board.bus.number()
        said = welcome.subprotocol, welcome.offered, welcome.path, self.address, False, welcome.findings
        board.newcomer(self.identity)
        board.publish(StationConnected(self.id, board.clock(), self.identity, self.version, *said, *welcome.extensions))
        board.expect_pings(self, self.bucket_at)
        self.let_on(Held.TAKEOVER)
        if welcome.rest:
            self._take(memoryview(welcome.rest))

    # What the station sends.

    def message_received(self, payload: bytes, form: int) -> None:
        """A whole message came."""
        self.board.arrived(self, payload, form)

    def unusual_message(self, size: int, binary: bool) -> None:
        """One that no single read holds counts for as many messages as its size is worth.

        OCPP-J knows no binary ones: in strict mode they end the connection, and are kept without an answer.
        """
        self.tokens -= size // rate.MESSAGE_BYTES
        if binary and self.board.settings.strict:
            self.settle()
            self.close(1003, "binary messages are not taken in strict mode")  # RFC 6455 §7.4.1: cannot accept the type

    def settle(self) -> None:
        """Take in what was read before the end begins."""
        self.board.take_in()

    def take_in(self, frame: Frame, payload: bytes, form: int) -> None:
        """Make a message a fact, then answer it. What comes after a fault of the station is not looked at."""
        if self.departed or self.phase >= Phase.DRAINING:
            return
        board = self.board
        seq = board.bus.number()
        at = board.clock()
        if form:
            how = form & BINARY > 0, frame, form & COMPRESSED > 0
            fact = FrameReceived(seq, at, self.identity, self.id, payload, *how)
        else:
            fact = FrameReceived(seq, at, self.identity, self.id, payload, False, frame)
        message = board.publish(fact)
        if self.phase is OPEN:
            if type(frame) is Call:
                self._answer(seq, frame, message)
            elif type(frame) is Unreadable:
                self._unreadable(seq, frame)
            elif self._calls is not None:
                self._calls.received(frame)
        if self.probed:
            takeover.proved_alive(self)
        self.tokens -= 1
        if self.tokens < 0:
            rate.slow_down(self)

    def pong_received(self) -> None:
        """It lives."""
        pulse.ponged(self)
        if self.probed:
            takeover.proved_alive(self)

    def ping_received(self, size: int) -> None:
        """It wants to know whether we live."""
        pulse.ping_came(self, size)

    def _answer(self, seq: int, call: Call, message: Message | None) -> None:
        """Let somebody outside answer a call who wants to, else answer it here."""
        elsewhere = self.board.answers.elsewhere
        if elsewhere is not None:
            try:
                if elsewhere.take(OpenCall(self, seq, call, message)):
                    return
            except Exception as problem:
                self.board.fault(self.identity, f"{call.action!r} could not be answered from outside", problem)
        self.answer_here(seq, call, message)

    def answer_here(self, seq: int, call: Call, message: Message | None) -> None:
        """Decide the answer to a call and hand it to the ledger; every call gets one."""
        reply, frame = decide(self.board, self.board.answers, call, message, self.identity, self.version)
        self.hold(seq, call, reply, frame)

    def hold(self, seq: int, call: Call, reply: bytes, frame: Frame | None) -> None:
        """Have the ledger keep an answer until its call is committed. Calls of ours wait for the first one."""
        boot = call.action == "BootNotification"
        self.board.ledger.hold(seq, reply, partial(self._release, seq, reply, frame, boot))
        if self.fresh and not boot:
            self._speak_up()

    def _unreadable(self, seq: int, frame: Unreadable) -> None:
        """Answer what can be answered of a frame that could not be read."""
        if self._calls is not None and frame.message_type in (3, 4):
            self._calls.received(frame)
        reply = answer_to_unreadable(self.version, frame)
        if reply is not None:
            self.board.ledger.hold(seq, reply, partial(self._release, seq, reply, None, False))
        if frame.problem == "not_utf8":
            self.fail(1007, "not valid UTF-8")  # RFC 6455 §8.1

    def _release(self, seq: int, reply: bytes, frame: Frame | None, boot: bool, at: int) -> None:
        """The books are safe: the answer may leave."""
        board = self.board
        if self.phase is not OPEN:
            text = "The connection was gone before the answer could be sent."
            board.publish(ReplyLost(board.bus.number(), at, self.identity, self.id, seq, text))
            return
        self.send_message(reply)
        board.publish(FrameSent(board.bus.number(), at, self.identity, self.id, reply, seq, frame))
        if boot and self.fresh:
            self._speak_up()

    def fault_found(self, code: str, text: str) -> None:
        """Keep what the WebSocket layer refused."""
        self.board.note(self.identity, code, text)

    def crashed(self, problem: Exception) -> None:
        """A fault of ours costs this connection, told, and no other."""
        self.board.fault(self.identity, "The console failed on what this station sent", problem)
        self.cut("The console failed on what the station sent.")

    # What we send.

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Close the connection in good order; the station will usually come back."""
        self.start_closing(code, reason)

    # Deadlines and the end.

    def pause_writing(self) -> None:
        """The peer does not take what was sent."""
        super().pause_writing()
        self.board.watched.add(self)

    def leaving(self) -> None:
        """The peer has a moment to agree; whoever goes waits for no place."""
        self.let_on(Held.PASSWORD)
        if self.board.taking_over.get(self.identity) is self:
            del self.board.taking_over[self.identity]
        self.deadline = self.board.loop.time() + self.board.limits.close
        self.board.watched.add(self)

    def check(self, now: float) -> bool:
        """Look at the deadlines (loop time); False when nothing needs to be watched any more."""
        if self.stalled_since is not None and now - self.stalled_since >= self.board.limits.send:
            seconds = f"{self.board.limits.send:g} s"
            self.cut(f"The station has not read what was sent to it for {seconds}; the connection was dropped.")
            return False
        if self.phase is Phase.OPEN:
            return self._check_calls(now) or self.stalled_since is not None
        if now >= self.deadline:
            if self.phase is Phase.WAITING:
                takeover.take_over(self, f"which was silent for {self.board.limits.probe:g} s")
            else:
                self.transport.abort()
        return self.phase is not Phase.CLOSED

    def _check_calls(self, now: float) -> bool:
        """Deadlines of our calls, and the end of the grace; False when no call of ours is under way."""
        if self._calls is None:
            return False
        if self.fresh and now >= self.deadline:
            self._speak_up()
        return self._calls.check()

    def stop(self) -> None:
        """The console ends: say goodbye, or just hang up on those that are not in yet."""
        if self.phase is Phase.KNOCKING or self.phase is Phase.DRAINING:
            self._knock = None
            self.cut("The console stopped.")
        else:
            self.close(1001, "the console stops")

    def cut(self, reason: str) -> None:
        """Drop the line at once."""
        if self.ending is None:
            self.ending = Ending(1006, reason, "console")
        if self.transport is not None:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """The socket is gone."""
        self.settle()
        waiting, self.phase = self.phase is Phase.WAITING, Phase.CLOSED
        if self._knock is not None:
            refusal = refusals.LEFT_SILENT if self._knock.silent else refusals.LEFT_EARLY
            self.board.refused(self.address, refusal, self._knock.evidence)
            self._knock = None
        elif waiting:
            self.leaving()
            takeover.lose_place(self, refusals.LEFT_WAITING)
        if self.ending is None:
            self.ending = Ending(1006, f"The network broke the connection ({exc})." if exc else BROKEN, "network")
        self.depart()
        self.board.forget(self)

    def depart(self) -> None:
        """Tell once that the connection is over, and leave its place to nobody but a newer one."""
        board = self.board
        board.take_in()
        if not self.id or self.departed:
            return
        self.departed = True
        if board.online.get(self.identity) is self:
            del board.online[self.identity]
        board.pings.pop(self, None)
        if self._calls is not None:
            self._calls.end()
        code, reason, by = self.ending or Ending(1006, BROKEN, "network")
        if by == "station":
            reason = station_closed(code, reason)
        board.publish(StationGone(board.bus.number(), board.clock(), self.identity, self.id, code, reason, by))
        takeover.went(self)
