"""The API as a service of the console: uvicorn in the console's own event loop, told of when it listens."""

import asyncio
import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import uvicorn

from ocpp_console.addresses import ANY_ADDRESS
from ocpp_console.api import running
from ocpp_console.api.application import application
from ocpp_console.api.metrics import Latencies
from ocpp_console.api.punctual import PunctualProtocol
from ocpp_console.api.running import RunningConsole
from ocpp_console.api.token import Token, token_of
from ocpp_console.clock import iso
from ocpp_console.csms.sockets import ListenError, PortInUse, open_sockets
from ocpp_console.events import NoteWritten

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

MOST_CONNECTIONS = 1_000
"""Idle ones included; the gate keeps requests within its own limit."""
COUNT_SECONDS = 1.0
GRACE_SECONDS = 1
"""For requests under way when the console stops."""
QUIET = logging.getLogger("uvicorn")
"""Nothing may write over the screen: what matters is told as a fact or in an answer."""


class _Server(uvicorn.Server):
    """uvicorn without signal handlers: how the console ends is decided elsewhere."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


def host_and_port(address: str) -> tuple[str, int]:
    """`9180`, `0.0.0.0:9180` or `[::1]:9180` in its parts; this machine alone when no host is given."""
    host, colon, port = address.rpartition(":")
    return (host.strip("[]") if colon else "127.0.0.1"), int(port)


class ApiService:
    """Serves the control API of an engine."""

    def __init__(self, engine: "Engine") -> None:
        """Where is said by its settings; nothing is opened before `start`."""
        self._engine = engine
        self._host, self._port = host_and_port(engine.settings.api)
        self._server: _Server | None = None
        self._serving: asyncio.Task[None] | None = None
        self._counting: asyncio.Task[None] | None = None
        self._latencies = Latencies()
        self._announced: RunningConsole | None = None
        self.url = ""
        """Where it listens, without a slash at the end; empty while it does not."""

    @property
    def standing(self) -> str:
        """Words for the status line."""
        return f"API {urlsplit(self.url).netloc}" if self.url else ""

    async def start(self) -> None:
        """Listen, and tell where. Raises `ListenError` and `TokenProblem`."""
        token = await asyncio.to_thread(token_of, self._engine.settings)
        sockets = await self._sockets()
        port = sockets[0].getsockname()[1]
        app = application(self._engine, token.text, _names(self._host), self._latencies)
        config = uvicorn.Config(
            app,
            lifespan="off",
            ws="none",
            http=PunctualProtocol,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=MOST_CONNECTIONS,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        QUIET.setLevel(logging.CRITICAL + 1)
        self._server = _Server(config)
        self._serving = asyncio.get_running_loop().create_task(self._server.serve(sockets))
        self._counting = asyncio.get_running_loop().create_task(self._count())
        while not self._server.started and not self._serving.done():  # noqa: ASYNC110 - uvicorn tells in no other way
            await asyncio.sleep(0)
        if self._serving.done():
            self._serving.result()
        self.url = f"http://{_authority(self._host, port)}"
        await asyncio.to_thread(self._announce, token)
        self._note(f"The control API listens on {self.url}; its token is {token.place}.")

    async def _sockets(self) -> list[socket.socket]:
        """The listening sockets. Raises `ListenError`, whose text names the setting."""
        if self._port > 65_535:
            raise ListenError(f"--api: there is no port {self._port}; the highest is 65535.", self._host, self._port)
        try:
            return await open_sockets(asyncio.get_running_loop(), (self._host,), self._port)
        except PortInUse as problem:
            given = f"{self._host}:" if self._host != "127.0.0.1" else ""
            advice = f"--api {given}{problem.next_free}" if problem.next_free else "another one with --api"
            text = f"The control API cannot listen: port {self._port} is in use by another program. Use {advice}."
            raise ListenError(text, self._host, self._port) from problem
        except ListenError as problem:
            raise ListenError(f"The control API cannot listen: {problem.text}", self._host, self._port) from problem

    def _announce(self, token: Token) -> None:
        """Let other programs of this user find the console; it runs all the same when that cannot be written."""
        settings = self._engine.settings
        file = str(token.file) if token.file is not None else None
        started = iso(self._engine.clock())
        console = RunningConsole(self.url, file, os.getpid(), started, self._engine.port, settings.db)
        with suppress(OSError):
            running.announce(console)
            self._announced = console

    async def _count(self) -> None:
        """Count the latencies of rows before they leave the memory, whether somebody asks for them or not."""
        while True:
            await asyncio.sleep(COUNT_SECONDS)
            self._latencies.catch_up(self._engine)

    def _note(self, text: str) -> None:
        """A word in the log."""
        bus = self._engine.bus
        bus.publish(NoteWritten(bus.number(), self._engine.clock(), "", "api", text))

    async def stop(self) -> None:
        """Answer no more; requests under way have a moment."""
        self.url = ""
        if self._announced is not None:
            running.withdraw(self._announced)
            self._announced = None
        if self._counting is not None:
            self._counting.cancel()
            await asyncio.gather(self._counting, return_exceptions=True)
            self._counting = None
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await asyncio.gather(self._serving, return_exceptions=True)
            self._server = self._serving = None


def _authority(host: str, port: int) -> str:
    """Host and port as a URL has them; where it listens everywhere, this machine's own address."""
    reached = {4: "127.0.0.1", 6: "::1"}[ANY_ADDRESS[host]] if host in ANY_ADDRESS else host
    return f"[{reached}]:{port}" if ":" in reached else f"{reached}:{port}"


def _names(host: str) -> frozenset[str]:
    """Names under which a browser may rightly reach this machine."""
    own = socket.gethostname().lower()
    return frozenset({host.lower(), own, f"{own}.local", own.partition(".")[0]} - {""})
