"""A station that does again what it did in a trace, and answers commands as it answered them then."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from ocpp_console.outputs.replay.identifiers import Identifiers, answer_payload
from ocpp_console.outputs.replay.script import MOST_OPEN, Dial, Expect, HangUp, Recorded, Say, Step, verdict
from ocpp_console.protocol.actions import SUBPROTOCOLS
from ocpp_console.protocol.frames import (
    Call,
    CallError,
    CallResult,
    Frame,
    encode_call,
    encode_error,
    encode_result,
    parse,
)

_SUBPROTOCOLS: dict[str, str] = {str(version): name for name, version in SUBPROTOCOLS.items()}


class Played(NamedTuple):
    """One thing that came of a step, for whoever watches."""

    station: str
    kind: str
    """`connected`, `refused`, `sent`, `answered`, `missing`, `asked`, `closed`, `lost`."""
    text: str
    same: bool = True
    """It went as in the trace."""


Told = Callable[[Played], None]


class Address(NamedTuple):
    """Where a station dials."""

    url: str
    """With the identity, and the password if there is one."""
    shown: str
    """The same without the password."""


class Player:
    """One station. `play` takes its steps in order; commands of the central system are answered meanwhile."""

    def __init__(
        self, station: str, address: Address, recorded: Recorded, told: Told, *, shift: int = 0, seconds: float
    ) -> None:
        """Nothing is dialled before the first step; `shift` moves times (µs); an answer is waited for `seconds`."""
        self.station = station
        self.address = address
        self._recorded = recorded
        self._told = told
        self._seconds = seconds
        self._identifiers = Identifiers(shift)
        self._version = "1.6"
        self._socket: ClientConnection | None = None
        self._reading: asyncio.Task[None] | None = None
        self._answers: dict[str, asyncio.Future[Frame]] = {}

    async def play(self, step: Step) -> None:
        """Do one step. What cannot be done is told, and the next steps go on as far as they can."""
        match step:
            case Dial():
                await self._dial(step)
            case Say():
                await self._say(step)
            case Expect():
                await self._expect(step)
            case HangUp():
                await self.stop()

    async def stop(self) -> None:
        """Close the connection, if there is one."""
        socket, self._socket = self._socket, None
        if socket is not None:
            await socket.close()
            self._told(Played(self.station, "closed", "connection closed, as in the trace"))
        if self._reading is not None:
            await self._reading
            self._reading = None

    # ------------------------------------------------------------- steps

    async def _dial(self, step: Dial) -> None:
        await self.stop()
        self._version = step.version
        offered = [Subprotocol(_SUBPROTOCOLS.get(step.version, "ocpp1.6"))]
        try:
            self._socket = await connect(
                self.address.url, subprotocols=offered, compression=None, open_timeout=self._seconds
            )
        except (OSError, TimeoutError, WebSocketException, ValueError) as problem:
            text = f"not connected to {self.address.shown}: {problem or 'no answer'}"
            self._told(Played(self.station, "refused", text, False))
            return
        self._reading = asyncio.create_task(self._read(self._socket))
        self._told(Played(self.station, "connected", f"connected as OCPP {step.version}"))

    async def _say(self, step: Say) -> None:
        socket = self._socket
        what = step.call.action if step.call is not None else f"{len(step.raw)} bytes that are no call"
        if socket is None:
            self._told(Played(self.station, "lost", f"{what} not sent: there is no connection", False))
            return
        if step.call is not None:
            self._answers[str(step.call.id)] = asyncio.get_running_loop().create_future()
            if len(self._answers) > MOST_OPEN:  # calls that nobody answered in the trace either
                del self._answers[next(iter(self._answers))]
        try:
            await socket.send(self._frame(step), text=not step.binary)
        except ConnectionClosed:
            self._told(Played(self.station, "lost", f"{what} not sent: the connection was closed", False))
            return
        self._told(Played(self.station, "sent", what))

    def _frame(self, step: Say) -> bytes:
        """The bytes of the trace; written anew only when a value of this run stands in them."""
        call = step.call
        if call is None:
            return step.raw
        payload = self._identifiers.payload(call.payload)
        return step.raw if payload is call.payload else encode_call(call.id, call.action, payload)

    async def _expect(self, step: Expect) -> None:
        """Wait for the answer to a call that had been answered in the trace by now, and compare both."""
        call, then = step.call, verdict(step.call.action, step.answer)
        answer = self._answers.get(str(call.id))
        if answer is None:
            return  # the call was not sent; that was told
        try:
            async with asyncio.timeout(self._seconds):
                live = await answer
        except (TimeoutError, asyncio.CancelledError):
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise
            self._told(Played(self.station, "missing", f"{call.action}: no answer; in the trace {then}", False))
            return
        finally:
            self._answers.pop(str(call.id), None)
        self._identifiers.learn(call, answer_payload(step.answer), answer_payload(live))
        now = verdict(call.action, live)
        compared = now if now == then else f"{now}; in the trace {then}"
        self._told(Played(self.station, "answered", f"{call.action}: {compared}", now == then))

    # --------------------------------------------- what the system sends

    async def _read(self, socket: ClientConnection) -> None:
        """Take answers, and answer commands, until the connection ends."""
        with contextlib.suppress(ConnectionClosed):
            async for message in socket:
                frame = parse(message.encode() if isinstance(message, str) else message, self._version)
                if isinstance(frame, Call):
                    await self._answer(socket, frame)
                elif (waiting := self._answers.get(str(frame.id))) is not None and not waiting.done():
                    waiting.set_result(frame)
        if self._socket is socket:
            self._socket = None
            reason = f" ({socket.close_code} {socket.close_reason or ''})".replace(" )", ")")
            self._told(Played(self.station, "closed", f"the central system closed the connection{reason}", False))
        for waiting in self._answers.values():
            waiting.cancel()

    async def _answer(self, socket: ClientConnection, call: Call) -> None:
        """Answer a command as the station answered it in the trace; the last answer again when there are no more."""
        answers: deque[CallResult | CallError] = self._recorded.get((self.station, call.action), deque())
        recorded = answers[0] if len(answers) == 1 else answers.popleft() if answers else None
        if isinstance(recorded, CallResult):
            reply = encode_result(call.id, recorded.payload)
        elif recorded is not None:
            reply = encode_error(call.id, str(recorded.code), str(recorded.description))
        else:
            reply = encode_error(call.id, "NotImplemented", "The trace that is replayed has no answer to this.")
        await socket.send(reply, text=True)
        said = verdict(call.action, recorded) if recorded is not None else "NotImplemented: none in the trace"
        self._told(Played(self.station, "asked", f"{call.action} of the central system: {said}", recorded is not None))
