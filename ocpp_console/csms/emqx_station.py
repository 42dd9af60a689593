"""One charger behind a broker: to everything above it a connection like that of a charger with a socket of its own."""

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from ocpp_console.csms.asking import Asking
from ocpp_console.csms.calls import Calls, NotTaken
from ocpp_console.csms.decision import decide
from ocpp_console.csms.emqx_board import GatewayBoard
from ocpp_console.csms.wire import Phase
from ocpp_console.events import FrameReceived, FrameSent, ReplyLost, StationConnected, StationGone
from ocpp_console.model.messages import Message
from ocpp_console.mqtt.payloads import Garbage, to_payload
from ocpp_console.mqtt.reasons import DELIVERED, NO_SUBSCRIBERS, UNKNOWN, words
from ocpp_console.protocol.findings import Finding
from ocpp_console.protocol.frames import Call, CallResult, Frame, JsonValue, Unreadable, parse
from ocpp_console.protocol.session import answer_to_unreadable

REMEMBERED = 8
"""Calls of a charger whose answers are kept: the broker may deliver a message twice."""
REMEMBERED_SECONDS = 120.0


class _Answered(NamedTuple):
    """A call and what it was answered."""

    raw: bytes
    reply: bytes
    until: float


class _Waiting(NamedTuple):
    """A message that waits for its turn."""

    payload: bytes
    type: int
    done: Callable[[int], None]


class GatewayStation(Asking):
    """A charger from the moment it was noticed until it is taken for gone."""

    __slots__ = (
        "_answered",
        "_calls",
        "_sent",
        "_waiting",
        "address",
        "assumed",
        "board",
        "cid",
        "connected_at",
        "deadline",
        "free_at",
        "fresh",
        "heard_at",
        "id",
        "identity",
        "phase",
        "since",
        "version",
    )

    def __init__(self, board: GatewayBoard, identity: str, cid: str, version: str, address: str) -> None:
        """`cid` names it in topics. `address` is where it comes from, as far as that is known."""
        self.board = board
        self.identity, self.cid, self.version, self.address = identity, cid, version, address
        self.assumed = False
        """Nobody said which version it speaks."""
        self.id = 0
        """The number of its `StationConnected`."""
        self.phase = Phase.WAITING
        self.fresh = True
        """Calls of ours wait: it has not spoken yet."""
        now = board.loop.time()
        self.heard_at = self.since = now
        """Loop time of its last message, and of its coming."""
        self.deadline = now + board.settings.grace
        self.connected_at: int | None = None
        """When it connected by the gateway's clock (ms), if the gateway told."""
        self.free_at = 0.0
        """Loop time from which on the next message may leave."""
        self._calls: Calls | None = None
        self._answered: dict[object, _Answered] = {}
        self._waiting: deque[_Waiting] = deque()
        self._sent: deque[bytes] | None = None
        """What was published last, where the broker gives it back (MQTT 3.1.1 knows no No Local)."""

    def open(self, topic: str, findings: tuple[Finding, ...] = ()) -> None:
        """It is there; `topic` is by what it was noticed."""
        board = self.board
        board.arrived(self)
        self.phase = Phase.OPEN
        self.id = board.bus.number()
        protocol = "ocpp" + self.version
        secure = board.terms.broker.secure
        who = (self.identity, self.version, protocol, (protocol,), topic, self.address, secure, findings)
        board.newcomer(self.identity)
        board.publish(StationConnected(self.id, board.clock(), *who))
        board.watched.add(self)

    # What the charger sends.

    def take_in(self, raw: bytes) -> None:
        """Make a frame (or what came instead) a fact; answer it if that is our task."""
        board = self.board
        frame = parse(raw, self.version)
        self.heard_at = board.loop.time()
        seq = board.bus.number()
        message = board.publish(FrameReceived(seq, board.clock(), self.identity, self.id, raw, False, frame))
        if type(frame) is Call:
            if board.terms.respond:
                self._answer(seq, frame, raw, message)
            elif self.fresh and frame.action != "BootNotification":
                self._speak_up()
        elif type(frame) is Unreadable:
            self._unreadable(seq, frame)
        elif self._calls is not None:
            self._calls.received(frame)

    def _answer(self, seq: int, call: Call, raw: bytes, message: Message | None) -> None:
        """Decide the answer and hand it to the ledger; the same call gets the same answer."""
        boot = call.action == "BootNotification"
        now = self.board.loop.time()
        known = self._answered.get(call.id) if type(call.id) is str else None
        if known is not None and known.raw == raw and now < known.until:
            reply, frame = known.reply, None
        else:
            reply, frame = decide(self.board, self.board.answers, call, message, self.identity, self.version)
            self._remember(call.id, _Answered(raw, reply, now + REMEMBERED_SECONDS))
        release = partial(self._release, seq, reply, frame, call.action)
        self.board.ledger.hold(seq, reply, release)
        if self.fresh and not boot:
            self._speak_up()

    def _remember(self, call_id: JsonValue, answered: _Answered) -> None:
        """Keep an answer for a while."""
        if type(call_id) is str:
            if len(self._answered) >= REMEMBERED:
                del self._answered[next(iter(self._answered))]
            self._answered[call_id] = answered

    def _unreadable(self, seq: int, frame: Unreadable) -> None:
        """Answer what can be answered of a frame that could not be read."""
        if self._calls is not None and frame.message_type in (3, 4):
            self._calls.received(frame)
        reply = answer_to_unreadable(self.version, frame) if self.board.terms.respond else None
        if reply is not None:
            self.board.ledger.hold(seq, reply, partial(self._release, seq, reply, None, ""))

    def _release(self, seq: int, reply: bytes, frame: Frame | None, action: str, at: int) -> None:
        """The books are safe: the answer may leave."""
        board = self.board
        payload = to_payload(reply, action)
        if self.phase is not Phase.OPEN or isinstance(payload, Garbage):
            text = "The charger was gone before the answer could be sent."
            board.publish(ReplyLost(board.bus.number(), at, self.identity, self.id, seq, text))
            return
        self._post(_Waiting(payload, 3 if frame is not None else 4, partial(self._reply_fate, seq)))
        board.publish(FrameSent(board.bus.number(), at, self.identity, self.id, reply, seq, frame))
        if self.fresh and action == "BootNotification":
            self._speak_up()

    def overheard(self, raw: bytes) -> None:
        """Another responder sent this to the charger: it belongs to the exchange that is shown."""
        board = self.board
        frame = parse(raw, self.version)
        board.publish(FrameSent(board.bus.number(), board.clock(), self.identity, self.id, raw, 0, frame))
        if type(frame) is CallResult:
            self.fresh = False

    # What we send.

    def request(
        self,
        call_id: str,
        action: str,
        payload: JsonValue,
        timeout: float | None = None,
        raw: bytes | None = None,
        purpose: str = "",
    ) -> None:
        """Ask the charger something, when its turn comes; see `Asking.request`.

        Raises ValueError when this cannot be written as JSON, `NotTaken` when the gateway has no way to carry it.
        """
        if raw is not None and isinstance(refused := to_payload(raw), Garbage):
            raise NotTaken(f"is behind a gateway that cannot carry this frame: it {refused.text}")
        super().request(call_id, action, payload, timeout, raw, purpose)

    def awaits(self, call_id: JsonValue) -> bool:
        """A call of ours with this id waits for its answer."""
        return self._calls is not None and call_id is not None and self._calls.in_flight == call_id

    def send_message(self, raw: bytes) -> None:
        """Send a frame. Raises `NotTaken` when the gateway has no way to carry it."""
        payload = to_payload(raw)
        if isinstance(payload, Garbage):
            raise NotTaken(f"is behind a gateway that cannot carry this frame: it {payload.text}")
        call_id = self._calls.in_flight if self._calls is not None else None
        self._post(_Waiting(payload, 2, partial(self._call_fate, call_id)))

    def _post(self, waiting: _Waiting) -> None:
        """Publish now, or when the charger's turn comes."""
        now = self.board.loop.time()
        if self._waiting or now < self.free_at:
            self._waiting.append(waiting)
            self.board.pace(self)
        else:
            self._publish(waiting, now)

    def send_next(self, now: float) -> bool:
        """Publish the next message if its turn has come; False when none waits any more."""
        if self._waiting and now >= self.free_at:
            self._publish(self._waiting.popleft(), now)
        return bool(self._waiting)

    def _publish(self, waiting: _Waiting, now: float) -> None:
        board = self.board
        self.free_at = now + board.terms.pace
        done = partial(self._confirmed, waiting.done) if board.terms.pace else waiting.done
        topic = board.terms.topics.down.render(self.cid, type=waiting.type)
        if board.link.echoes:
            self._sent = self._sent or deque(maxlen=REMEMBERED)
            self._sent.append(waiting.payload)
        board.link.publish(topic, waiting.payload, seconds=board.limits.reply, repeat=False, done=done)

    def _confirmed(self, done: Callable[[int], None], code: int) -> None:
        """The broker has it: the pause to the next one counts from here, however long the way was."""
        self.free_at = self.board.loop.time() + self.board.terms.pace
        done(code)

    def echoes(self, payload: bytes) -> bool:
        """This is what we sent ourselves."""
        return self._sent is not None and payload in self._sent

    def _reply_fate(self, seq: int, code: int) -> None:
        """The broker said what became of an answer."""
        if code != DELIVERED:
            board = self.board
            text = f"The answer did not reach the charger for sure: {words(code)}."
            board.publish(ReplyLost(board.bus.number(), board.clock(), self.identity, self.id, seq, text))
            self._trouble(code)

    def _call_fate(self, call_id: str | None, code: int) -> None:
        """The broker said what became of a call."""
        if code in (DELIVERED, UNKNOWN):  # an answer may come all the same; else the time-out finds it
            if code == UNKNOWN:
                self.board.note_seldom(self.identity, "broker", f"A command was sent, but {words(code)}.")
            return
        if code != NO_SUBSCRIBERS and self._calls is not None and call_id is not None:
            self._calls.refused(call_id, f"It did not reach the charger: {words(code)}.")
        self._trouble(code)

    def _trouble(self, code: int) -> None:
        """What a refusal says about the charger, or about our rights."""
        if self.phase is not Phase.OPEN:
            return
        topic = self.board.terms.topics.down.render(self.cid)
        if code == NO_SUBSCRIBERS:
            self.end(f"The broker says that nobody is subscribed to {topic}.", "network")
        elif code > 0:
            text = f"The broker refused a message to {topic}: {words(code)}."
            self.board.note_seldom(self.identity, "broker", text)

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Have the gateway end the charger's connection, which is the gateway's and not ours."""
        if not self.board.kick(self):
            text = "The gateway holds the charger's connection; only EMQX's REST API (--emqx-api) can end it."
            self.board.note(self.identity, "not_closed", text)

    # Deadlines and the end.

    def check(self, now: float) -> bool:
        """Look at the deadlines (loop time); False when nothing needs to be watched any more."""
        if self.fresh and now >= self.deadline:
            self._speak_up()
        return (self._calls is not None and self._calls.check()) or self.fresh

    def silent_for(self, now: float) -> float:
        """How far beyond the patience for its silence it is, as a part of it; 1 is the limit."""
        known = self.board.answers.fleet.stations.get(self.identity)
        interval = (known.interval if known is not None else 0) or self.board.settings.interval
        limits = self.board.limits
        patience = limits.silence_shared if self.board.terms.share else limits.silence
        return (now - self.heard_at) / (max(interval, 60) * patience)

    def end(self, reason: str, by: str, code: int = 1006) -> None:
        """It is gone; what waited for it is told so."""
        if self.phase is not Phase.OPEN:
            return
        board = self.board
        self.phase = Phase.CLOSED
        board.left(self)
        if self._calls is not None:
            self._calls.end()
        waiting, self._waiting = self._waiting, deque()
        for each in waiting:
            each.done(NO_SUBSCRIBERS)
        board.publish(StationGone(board.bus.number(), board.clock(), self.identity, self.id, code, reason, by))
