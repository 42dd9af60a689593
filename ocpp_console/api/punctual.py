"""uvicorn's HTTP/1.1 with patience that ends: who does not finish the head of a request is told so and let go."""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from ocpp_console.api.problems import problem_response

HEAD_SECONDS = 15.0
"""For the head of a request to arrive, from the connection or from its first byte on."""


class PunctualProtocol(H11Protocol):
    """One connection of a client."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody is there; a request should follow."""
        super().connection_made(transport)
        self._late = self.loop.call_later(HEAD_SECONDS, self._too_late)

    def connection_lost(self, exc: Exception | None) -> None:
        """Gone."""
        self._in_time()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes came: a whole head, a part of one, or a part of a body."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._in_time()
        elif self._late is None and not self.transport.is_closing():
            self._late = self.loop.call_later(HEAD_SECONDS, self._too_late)

    def _in_time(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _too_late(self) -> None:
        self._late = None
        self._end(408, f"No whole request arrived within {HEAD_SECONDS:g} s.")

    def send_400_response(self, msg: str) -> None:
        """What came is no HTTP, such as TLS on this plain port."""
        self._end(400, "This is no HTTP request. The API speaks plain HTTP/1.1: use http://, not https://.")

    def _end(self, status: int, text: str) -> None:
        """Say why and hang up; nothing of h11's is in use at that point."""
        answer = problem_response(status, text, {"Connection": "close"})
        lines = [f"HTTP/1.1 {status} {'Bad Request' if status == 400 else 'Request Timeout'}".encode()]
        lines += [name + b": " + value for name, value in answer.raw_headers]
        self.transport.write(b"\r\n".join([*lines, b"", bytes(answer.body)]))
        self.transport.close()
