"""A station's line to its central system: the tasks around it, the socket, calls and answers.

The OCPP side of the line is the `ocpp` package's own ChargePoint, a new one for each connection.
"""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from random import Random
from typing import Any, ClassVar

from ocpp.exceptions import OCPPError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

LOGGER = logging.getLogger("ocpp_console.simulator")
# The `ocpp` package logs every refusal as an error with its traceback; on a terminal that would land in the picture.
LOGGER.addHandler(logging.NullHandler())
LOGGER.propagate = False

ANSWER_WITHIN = 30.0
"""Seconds (of the wall clock) that a station waits for an answer, as OCPP 2.0.1 part 2 §3.2 advises."""
FIRST_BACK_OFF = 1.0
LONGEST_BACK_OFF = 60.0

Answer = Callable[..., Any]
"""Makes the answer to one command: `answer(station, **payload)`."""


class Link(ABC):
    """Keeps connected, carries calls both ways, and runs what happens beside."""

    SUBPROTOCOL: ClassVar[str]
    ANSWERS: ClassVar[Mapping[str, Answer]]
    POINT: ClassVar[Callable[..., Any]]
    """The `ocpp` package's ChargePoint of this version."""

    def __init__(self, identity: str, url: str, *, vendor: str, firmware: str, pace: float, rng: Random) -> None:
        """`url` is the endpoint without the identity; `pace` lets time pass faster; `rng` spreads the reconnects."""
        self.identity = identity
        self.url = f"{url.rstrip('/')}/{identity}"
        self.vendor = vendor
        self.firmware = firmware
        self.pace = pace
        self.rng = rng
        self.online = asyncio.Event()
        """Connected and accepted."""
        self.socket: ClientConnection | None = None
        self.off_for = 0.0
        """Seconds to stay away after the line closes next: a reboot."""
        self.failures: list[Exception] = []
        """What went wrong inside the simulator itself; empty unless it has a fault."""
        self.tasks: asyncio.TaskGroup | None = None
        """Everything the station does runs in here."""
        self._point: Any = None
        self._waiting: set[asyncio.Timeout] = set()
        self._later: list[Coroutine[Any, Any, None]] = []

    @abstractmethod
    async def greet(self) -> None:
        """Say what is to be said on a new line, and set `online` when accepted."""

    async def sleep(self, seconds: float) -> None:
        """Let demo seconds pass."""
        await asyncio.sleep(seconds / self.pace)

    def spawn(self, life: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something beside the rest; a fault in it is kept in `failures` and ends only itself."""
        assert self.tasks is not None, "the station is not running"
        return self.tasks.create_task(self._guard(life))

    async def _guard(self, life: Coroutine[Any, Any, None]) -> None:
        try:
            await life
        except Exception as trouble:
            self.failures.append(trouble)
            LOGGER.exception("%s: simulator fault", self.identity)

    async def keep_connected(self) -> None:
        """Connect, talk, and connect again: the wait doubles with each failure, plus chance (2.0.1 part 4 §5.3)."""
        wait = FIRST_BACK_OFF
        while True:
            try:
                socket = await connect(
                    self.url,
                    subprotocols=[Subprotocol(self.SUBPROTOCOL)],
                    compression=None,
                    proxy=None,
                    ping_interval=None,
                    close_timeout=2,
                    user_agent_header=f"{self.vendor}/{self.firmware}",
                    logger=LOGGER,
                )
                try:
                    wait = FIRST_BACK_OFF
                    await self._talk(socket)
                finally:
                    await socket.close()
            except (OSError, TimeoutError, WebSocketException) as trouble:
                LOGGER.info("%s: %s", self.identity, trouble)
            if self.off_for:
                await self.sleep(self.off_for)
                self.off_for = 0.0
                continue
            await self.sleep(wait * self.rng.uniform(1.0, 1.25))
            wait = min(wait * 2, LONGEST_BACK_OFF)

    async def _talk(self, socket: ClientConnection) -> None:
        self.socket = socket
        self._point = self.POINT(self.identity, socket, response_timeout=ANSWER_WITHIN, logger=LOGGER)
        # The package finds handlers by decorated methods; the table here is the same routes, declared in one place.
        self._point.route_map = {
            action: {"_on_action": partial(answer, self), "_skip_schema_validation": False}
            for action, answer in self.ANSWERS.items()
        }
        greeting = self.spawn(self.greet())
        try:
            async for raw in socket:
                await self._take(raw)
        finally:
            greeting.cancel()
            self._line_lost()

    async def _take(self, raw: str | bytes) -> None:
        try:
            await self._point.route_message(raw)
        except ConnectionClosed:
            raise
        except Exception as trouble:
            # The package lets some malformed frames through as exceptions (an action that is a list, deep nesting).
            # A station worth demonstrating shrugs.
            LOGGER.info("%s: unreadable frame: %r", self.identity, trouble)
        follow_ups, self._later = self._later, []
        for follow_up in follow_ups:
            self.spawn(follow_up)

    def afterwards(self, follow_up: Coroutine[Any, Any, None]) -> None:
        """Do something as soon as the answer to the command at hand has gone out."""
        self._later.append(follow_up)

    def _line_lost(self) -> None:
        self.online.clear()
        self.socket = None
        for limit in self._waiting:
            limit.reschedule(asyncio.get_running_loop().time())
        self._waiting.clear()

    async def ask(self, request: Any, *, early: bool = False) -> Any:
        """Send one CALL; the answer as the package's dataclass, or None for a CALLERROR, silence or a lost line.

        `early` sends before the station was accepted: BootNotification and what a TriggerMessage asked for.
        """
        if not early:
            await self.online.wait()
        answer = None
        try:
            async with asyncio.timeout(ANSWER_WITHIN) as limit:
                self._waiting.add(limit)
                try:
                    answer = await self._point.call(request, skip_schema_validation=True)
                finally:
                    self._waiting.discard(limit)
        except (TimeoutError, OSError, WebSocketException, OCPPError, TypeError) as trouble:
            LOGGER.info("%s: no answer to %s: %r", self.identity, type(request).__name__, trouble)
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            # The package waits with `asyncio.wait_for`, which before Python 3.12 forgets a cancellation that comes
            # together with the answer; the task would live on for ever.
            raise asyncio.CancelledError
        return answer

    async def insist(self, request: Any) -> Any:
        """Like `ask`, but a line lost meanwhile means: again on the next one. For all that concerns transactions."""
        while True:
            await self.online.wait()
            point = self._point
            answer = await self.ask(request)
            if answer is not None or (self.online.is_set() and point is self._point):
                return answer
