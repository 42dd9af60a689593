"""Where chargers knock while the console still reads its log back: each is told at once to come again in a while.

A port that nobody listens on would tell them nothing, and one that accepts without answering would keep them waiting
until they give up. Nothing is taken from them, so that nothing can be lost.
"""

import asyncio
import contextlib

from ocpp_console.csms.sockets import open_sockets
from ocpp_console.settings import Settings

RETRY_SECONDS = 10
"""When a charger is told to come again; most come when they want."""

_REQUEST_SECONDS = 5.0
_TEXT = b"The central system is starting and reads its log back. Try again in a while.\n"
_ANSWER = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: %d\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Length: %d\r\nConnection: close\r\n\r\n%b" % (RETRY_SECONDS, len(_TEXT), _TEXT)
)


class WaitingRoom:
    """Holds the port of the listener until that is ready to take it."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is opened before it is entered."""
        self._settings = settings
        self._servers: list[asyncio.Server] = []
        self._guests: set[asyncio.StreamWriter] = set()
        self.knocked = 0
        """How many were told to come again."""

    async def __aenter__(self) -> None:
        """Listen where the listener will; nowhere when any port will do, since nobody can know it yet.

        Raises:
            ListenError: the port cannot be had, which is better told now than when everything was read.
        """
        settings = self._settings
        if not settings.port or (settings.gateway and not settings.listen):
            return
        for sock in await open_sockets(asyncio.get_running_loop(), settings.host, settings.port):
            self._servers.append(await asyncio.start_server(self._answer, sock=sock))

    async def __aexit__(self, *_: object) -> None:
        """Give the port up."""
        for server in self._servers:
            server.close()
        for guest in self._guests:
            guest.transport.abort()
        for server in self._servers:
            await server.wait_closed()
        self._servers.clear()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hear the request, say to come again, hang up."""
        self._guests.add(writer)
        with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(_REQUEST_SECONDS):
                await reader.readuntil(b"\r\n\r\n")
            self.knocked += 1
            writer.write(_ANSWER)
            await writer.drain()
        writer.close()
        self._guests.discard(writer)
