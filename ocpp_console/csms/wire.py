"""One WebSocket on one socket: bytes in, messages out, no coroutine and no task per frame.

Whole, unfragmented text frames, pings and pongs are read straight from one receive buffer that all connections share.
Everything else (fragments, close frames, faults, compression) passes through the WebSocket library's own state machine,
which exists only while it is needed: an idle station holds none.
"""

import asyncio
import struct
from enum import IntEnum
from typing import cast

from websockets.frames import Close, CloseCode, Frame, Opcode
from websockets.protocol import Protocol, Side, State
from websockets.speedups import apply_mask

from ocpp_console.csms.closing_words import Ending, fault_words, reason_that_fits
from ocpp_console.csms.handshake import QUIET

RECEIVE = bytearray(65_536)
VIEW = memoryview(RECEIVE)
"""The one receive buffer: what is in it is used up before the event loop reads again."""

TEXT, PING, PONG = 0x81, 0x89, 0x8A
"""First bytes of frames that are whole and carry no extension bits."""
BINARY, COMPRESSED = 1, 2
"""How a message came, where it was no plain text; they add up."""
MOST_FRAGMENTS = 4_096
"""Fragments of one message; more are an attack by tiny or empty fragments."""


class Phase(IntEnum):
    """How far a connection has come."""

    KNOCKING = 0
    """The handshake is not over."""
    WAITING = 1
    """The handshake is over; an older connection of the same station is being asked whether it lives."""
    OPEN = 2
    CLOSING = 3
    """A close frame was sent; the station's is awaited, and its frames are still read."""
    DRAINING = 4
    """Nothing is read any more; the station is given a moment to take what was sent."""
    CLOSED = 5


OPEN, DRAINING = Phase.OPEN, Phase.DRAINING
"""Looked up for every read."""


class Held(IntEnum):
    """Reasons not to read from a socket; they add up."""

    RATE, WRITING, TAKEOVER, PASSWORD = 1, 2, 4, 8


def text_frame(payload: bytes) -> bytes:
    """A text frame as a server sends it: whole, not masked (RFC 6455 §5.2)."""
    size = len(payload)
    if size < 126:
        return bytes((TEXT, size)) + payload
    if size < 65_536:
        return struct.pack("!BBH", TEXT, 126, size) + payload
    return struct.pack("!BBQ", TEXT, 127, size) + payload


class Wire(asyncio.BufferedProtocol):
    """A WebSocket after its handshake. A subclass does the handshake and takes the messages."""

    __slots__ = (
        "_codec",
        "_compressed",
        "_fragments",
        "_held",
        "_max_size",
        "_need",
        "_outbox",
        "_tail",
        "ending",
        "phase",
        "stalled_since",
        "transport",
    )

    def __init__(self, max_size: int) -> None:
        """`max_size` is the largest message taken, in bytes."""
        self.transport: asyncio.Transport = cast(asyncio.Transport, None)
        """None until the event loop gives it."""
        self.phase = Phase.KNOCKING
        self.ending: Ending | None = None
        """How it ended, once that is known; the first cause stays."""
        self.stalled_since: float | None = None
        """Loop time since which the peer has not taken what we sent."""
        self._max_size = max_size
        self._codec: Protocol | None = None
        self._compressed = False
        """The message that passes through the library began with RSV1 (RFC 7692 §6)."""
        self._fragments: list[bytes] | None = None
        """What came of a fragmented message; the first entry is its opcode."""
        self._tail: bytearray | None = None
        """A frame that has not come whole yet."""
        self._need = 0
        """Bytes of `_tail` from which on it is worth looking again."""
        self._outbox: list[bytes] | None = None
        """What to write at the end of this read; None outside of a read."""
        self._held = 0

    # What a subclass does with it.

    def knocked(self, data: bytes) -> None:
        """Bytes came before the handshake is over."""

    def message_received(self, payload: bytes, form: int) -> None:
        """A whole message came; `form` is 0 for plain text, else of BINARY and COMPRESSED."""

    def unusual_message(self, size: int, binary: bool) -> None:
        """The next message is binary, or larger than what one read holds."""

    def settle(self) -> None:
        """The closing begins; whatever came before it is done with first."""

    def pong_received(self) -> None:
        """A pong came."""

    def ping_received(self, size: int) -> None:
        """A ping came and was answered."""

    def fault_found(self, code: str, text: str) -> None:
        """The peer broke a rule of WebSocket and is being shut out; `text` says which."""

    def crashed(self, problem: Exception) -> None:
        """Something here failed on what came."""

    def leaving(self) -> None:
        """The closing began; somebody must cut the line if the peer does not let go."""

    # What the event loop calls.

    def get_buffer(self, sizehint: int) -> memoryview:
        """Every connection reads into the same buffer."""
        return VIEW

    def buffer_updated(self, nbytes: int) -> None:
        """Bytes came, or nothing but the moment to go on: use them up, then write once what they caused."""
        self._outbox = []
        try:
            if self.phase is OPEN and self._tail is None and self._codec is None and RECEIVE[0] == TEXT:
                head = RECEIVE[1]
                size, body = (head - 128, 6) if head != 254 else (RECEIVE[2] << 8 | RECEIVE[3], 8)
                if nbytes == body + size and 128 <= head < 255 and size <= self._max_size:
                    # one whole masked text and nothing else: nearly every read
                    self.message_received(apply_mask(VIEW[body:nbytes], VIEW[body - 4 : body]), 0)  # type: ignore[arg-type]
                else:
                    self._walk(VIEW[:nbytes])
            elif OPEN <= self.phase < DRAINING:
                self._take(VIEW[:nbytes])
            elif self.phase < OPEN:
                self.knocked(bytes(VIEW[:nbytes]))
        except Exception as problem:
            self.crashed(problem)
        finally:
            out, self._outbox = self._outbox, None
            if out and not self.transport.is_closing():
                self.transport.write(out[0] if len(out) == 1 else b"".join(out))
            if self.phase is DRAINING:
                self._finish_writing()

    def pause_writing(self) -> None:
        """The peer does not take what we sent: read nothing more from it either, and let the sweeper watch it."""
        self.stalled_since = asyncio.get_running_loop().time()
        self.hold_back(Held.WRITING)

    def resume_writing(self) -> None:
        """Everything sent was taken."""
        self.stalled_since = None
        self.let_on(Held.WRITING)

    # Reading.

    def hold_back(self, why: Held) -> None:
        """Stop reading for one reason: the network then slows the peer down."""
        if not self._held and not self.transport.is_closing():
            self.transport.pause_reading()
        self._held |= why

    def let_on(self, why: Held) -> None:
        """Read again, unless another reason stands."""
        if not self._held & why:
            return
        self._held &= ~why
        if not self._held and not self.transport.is_closing():
            self.transport.resume_reading()

    def _take(self, view: memoryview) -> None:
        """Use up what came, together with what was left of the last read."""
        tail = self._tail
        if tail is None:
            self._walk(view)
            return
        tail += view
        if len(tail) >= self._need:
            self._tail = None
            if self._codec is None and tail[0] == TEXT and len(tail) > len(RECEIVE):
                self.unusual_message(len(tail), False)
            self._walk(memoryview(tail))

    def _walk(self, view: memoryview) -> None:
        """Go through the frames that came whole (RFC 6455 §5.2) and keep the rest."""
        at, end = 0, len(view)
        while end - at >= 2:
            size = view[at + 1] - 128
            body = at + 6
            if size == 126:
                if end - at < 4:
                    break
                size, body = view[at + 2] << 8 | view[at + 3], at + 8
            elif size == 127:
                if end - at < 10:
                    break
                size, body = int.from_bytes(view[at + 2 : at + 10], "big"), at + 14
            if not 0 <= size <= self._max_size:  # not masked, or too large: the library words the fault
                self._feed(bytes(view[at:end]))
                return
            stop = body + size
            if stop > end:
                self._keep(view[at:end], stop - at)
                return
            if self._codec is not None:
                self._feed(bytes(view[at:stop]))
            elif view[at] == TEXT:
                self.message_received(apply_mask(view[body:stop], view[body - 4 : body]), 0)  # type: ignore[arg-type]
            else:
                self._take_control(view, at, body, stop)
            at = stop
            if self.phase >= DRAINING:
                return
        if at < end:
            self._keep(view[at:end], end - at + 1)

    def _take_control(self, view: memoryview, at: int, body: int, stop: int) -> None:
        """A frame other than a whole text: pings and pongs need no state machine, everything else does."""
        first = view[at]
        if first == PONG and stop - body < 126:
            self.pong_received()
        elif first == PING and stop - body < 126:
            payload = apply_mask(view[body:stop], view[body - 4 : body])  # type: ignore[arg-type]
            self._write(bytes((PONG, len(payload))) + payload)
            self.ping_received(len(payload))
        else:
            self._feed(bytes(view[at:stop]))

    def _keep(self, rest: memoryview, need: int) -> None:
        """Keep the beginning of a frame until `need` bytes are there."""
        self._tail, self._need = bytearray(rest), need

    # The library's state machine.

    def _state_machine(self) -> Protocol:
        """The library's state machine, made when first needed."""
        if self._codec is None:
            self._codec = Protocol(Side.SERVER, state=State.OPEN, max_size=self._max_size, logger=QUIET)
        return self._codec

    def _feed(self, data: bytes) -> None:
        """Let the library read whole frames, or a fault; forget it again when nothing is left open."""
        codec = self._state_machine()
        if data[0] & 0x0F in (Opcode.TEXT, Opcode.BINARY):
            self._compressed = data[0] & 0x40 > 0
        codec.receive_data(data)
        for event in codec.events_received():
            self._event(cast(Frame, event))
            if self.phase >= Phase.DRAINING:
                break
        self._flush(codec)
        if codec.parser_exc is not None:
            self._fault(codec.parser_exc, codec.close_sent)
        elif codec.state is State.OPEN and codec.current_size is None and not codec.extensions:
            self._codec = None

    def _event(self, frame: Frame) -> None:
        """One frame as the library read it."""
        opcode, data = frame.opcode, bytes(frame.data)
        if opcode is Opcode.PONG:
            self.pong_received()
        elif opcode is Opcode.PING:
            self.ping_received(len(data))
        elif opcode is Opcode.CLOSE:
            self._close_received()
        elif opcode is Opcode.TEXT or opcode is Opcode.BINARY:
            if frame.fin:
                self._message(data, opcode is Opcode.BINARY)
            else:
                self._fragments = [bytes((opcode,)), data]
        elif opcode is Opcode.CONT and self._fragments is not None:
            self._fragments.append(data)
            if frame.fin:
                kind, *parts = self._fragments
                self._fragments = None
                self._message(b"".join(parts), kind[0] == Opcode.BINARY)
            elif len(self._fragments) > MOST_FRAGMENTS:
                self.fail(CloseCode.MESSAGE_TOO_BIG, "too many fragments")

    def _message(self, data: bytes, binary: bool) -> None:
        """A whole message that came through the library."""
        if binary or len(data) > len(RECEIVE):
            self.unusual_message(len(data), binary)
        self.message_received(data, binary * BINARY + self._compressed * COMPRESSED)

    def _close_received(self) -> None:
        """The station sent its close frame; the library has answered it."""
        self.settle()
        codec = self._state_machine()
        close = codec.close_rcvd or Close(CloseCode.NO_STATUS_RCVD, "")
        if self.ending is None:
            self.ending = Ending(int(close.code), close.reason, "station")
        self._flush(codec)
        self._leave(Phase.DRAINING)

    def _fault(self, problem: Exception, sent: Close | None) -> None:
        """The peer broke a rule; the library has sent the close frame that says so."""
        self.settle()
        code = int(sent.code) if sent else int(CloseCode.PROTOCOL_ERROR)
        name, text = fault_words(problem, self._max_size)
        if self.ending is None:
            self.ending = Ending(code, text, "console")
        self._leave(Phase.DRAINING)
        self.fault_found(name, text)

    # Writing.

    def _write(self, data: bytes) -> None:
        """Write now, or at the end of this read."""
        if self._outbox is not None:
            self._outbox.append(data)
        elif not self.transport.is_closing():
            self.transport.write(data)

    def _flush(self, codec: Protocol) -> None:
        """Write what the library wants to say. Its end of stream is ours to time: see `_finish_writing`."""
        for data in codec.data_to_send():
            if data:
                self._write(data)

    def send_message(self, payload: bytes) -> None:
        """Send one text message."""
        if (codec := self._codec) is None:
            self._write(text_frame(payload))
        else:
            codec.send_text(payload)
            self._flush(codec)

    def send_ping(self) -> None:
        """Send an empty ping; pongs prove life, their lack proves nothing."""
        self._write(b"\x89\x00")

    def start_closing(self, code: int, reason: str, by: str = "console") -> None:
        """Send a close frame and wait for the station's; the sweeper cuts it off when that does not come."""
        if self.phase is not Phase.OPEN and self.phase is not Phase.WAITING:
            return
        codec = self._state_machine()
        codec.send_close(code, reason_that_fits(reason))
        self.ending = Ending(code, reason, by)
        self._flush(codec)
        self._leave(Phase.CLOSING)

    def fail(self, code: int, reason: str) -> None:
        """Close because of what the station sent, without waiting for its agreement."""
        if self.phase is not Phase.OPEN and self.phase is not Phase.CLOSING:
            return
        codec = self._state_machine()
        codec.fail(code, reason_that_fits(reason))
        if self.ending is None:
            self.ending = Ending(code, reason, "console")
        self._flush(codec)
        self._leave(Phase.DRAINING)
        if self._outbox is None:
            self._finish_writing()

    def _leave(self, phase: Phase) -> None:
        """Begin to go."""
        self.phase = phase
        self.let_on(Held.RATE)
        self.let_on(Held.TAKEOVER)
        self.leaving()

    def _finish_writing(self) -> None:
        """End our half of the connection, or all of it when both sides have said their close frame.

        Closing all of it while the peer still sends would make the network throw away what we just said.
        """
        if self.transport.is_closing():
            return
        said_goodbye = self._codec is not None and self._codec.close_rcvd is not None
        if said_goodbye or not self.transport.can_write_eof():
            self.transport.close()
        else:
            self.transport.write_eof()
