"""Who may speak to the API: the right token, no web page of another origin, no name that is not ours, no huge body.

The outermost layer, so that nothing behind it sees a request that it does not let through.
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response

from ocpp_console.api.problems import Problem, problem_response

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

MOST_BODY = 4 << 20
"""Bytes of a request's body."""
MOST_REQUESTS = 200
"""At once, streams included; whoever comes then is told to try again."""
MOST_DISCARDED = 64 << 20
"""Bytes of a body that is too large that are read and thrown away, so that the client hears why it was refused."""
BODY_SECONDS = 30.0
"""For a whole body to arrive: whoever sends a byte now and then would hold a place for ever."""
OPEN_PATHS = frozenset({"/healthz"})
"""What may be asked without the token: whether the console lives, and nothing else."""
_JSON = "application/json"


class Gate:
    """Lets requests through to `app`, or answers them with the reason why not."""

    def __init__(self, app: App, token: str, names: frozenset[str]) -> None:
        """`names` are the host names, in small letters, under which the API may be addressed beside IP addresses."""
        self._app = app
        self._token = token.encode()
        self._names = names
        self._requests = 0

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        self._requests += 1
        try:
            await self._answer(scope, receive, send)
        finally:
            self._requests -= 1

    async def _answer(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Let it through, or say why not."""
        headers = Headers(scope=scope)
        refused = self._refused(headers, scope["path"])
        if refused is None and _length(headers) > MOST_BODY:
            await _discard(receive)
            refused = _too_large()
        if refused is not None:
            await refused(scope, receive, send)
            return
        _as_json(scope)
        await self._app(scope, _limited(receive), send)

    def _refused(self, headers: Headers, path: str) -> Response | None:
        """The answer to somebody who may not come in; None to everybody else."""
        host = headers.get("host", "")
        if not self._is_ours(host):
            # A page whose own name was made to lead to this machine would come under that name (DNS rebinding).
            text = f"The API is not reached as {host[:100]!r}: use an IP address, localhost, or this machine's name."
            return problem_response(421, text)
        if _foreign(headers, host):
            return problem_response(403, "A web page of another origin asked; pages must not drive the console.")
        if path in OPEN_PATHS:
            return None
        if self._requests > MOST_REQUESTS:
            text = f"{MOST_REQUESTS} requests are being answered, streams included: try again in a moment."
            return problem_response(503, text, {"Retry-After": "1"})
        if self._knows_token(headers.get("authorization", "")):
            return None
        given = "Authorization" in headers
        what = "The token is wrong" if given else "The API wants a token"
        text = f"{what}: send `Authorization: Bearer <token>`. `ocpp-console info` says where the token stands."
        return problem_response(401, text, {"WWW-Authenticate": 'Bearer realm="ocpp-console"'})

    def _knows_token(self, authorization: str) -> bool:
        """The right token, compared in a time that does not tell how much of it was right."""
        scheme, _, token = authorization.partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(token.strip().encode("latin-1"), self._token)

    def _is_ours(self, host: str) -> bool:
        """No name, an IP address, or a name of ours."""
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        if not name or name in self._names or name == "localhost" or name.endswith(".localhost"):
            return True
        try:
            ip_address(name)
        except ValueError:
            return False
        return True


def _foreign(headers: Headers, host: str) -> bool:
    """A browser sends it for a page that does not come from here. Programs send none of these headers."""
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return True
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2].lower() != host.lower()


def _length(headers: Headers) -> int:
    """How long the body says it is; 0 when it does not."""
    said = headers.get("content-length", "")
    return int(said) if said.isdecimal() else 0


def _too_large() -> Response:
    return problem_response(413, _too_large_text(), {"Connection": "close"})


def _too_large_text() -> str:
    return f"The body is too large: at most {MOST_BODY >> 20} MiB are taken."


def _too_slow() -> Problem:
    return Problem(408, f"The body did not arrive within {BODY_SECONDS:g} s.", {"Connection": "close"})


async def _discard(receive: Receive, already: int = 0) -> None:
    """Read a body to its end, or to the end of patience, and keep nothing of it."""
    with suppress(TimeoutError):
        async with asyncio.timeout(BODY_SECONDS):
            while already < MOST_DISCARDED:
                message = await receive()
                already += len(message.get("body", b""))
                if message["type"] != "http.request" or not message.get("more_body"):
                    return


def _limited(receive: Receive) -> Receive:
    """The same, but a body is cut off where it becomes too large, and when it takes too long to come."""
    taken, whole = 0, False
    deadline = asyncio.get_running_loop().time() + BODY_SECONDS

    async def next_part() -> Message:
        nonlocal taken, whole
        if whole:
            return await receive()  # who asked goes away: that may take its time
        try:
            async with asyncio.timeout_at(deadline):
                message = await receive()
        except TimeoutError:
            raise _too_slow() from None
        whole = not message.get("more_body")
        taken += len(message.get("body", b""))
        if taken > MOST_BODY:
            if not whole:
                await _discard(receive, taken)
            raise Problem(413, _too_large_text(), {"Connection": "close"})
        return message

    return next_part


def _as_json(scope: MutableMapping[str, Any]) -> None:
    """Bodies are JSON whatever they are labelled: `curl -d` calls everything a form. CSV keeps its name."""
    headers = MutableHeaders(scope=scope)
    if scope["method"] in ("POST", "PUT", "PATCH", "DELETE") and "csv" not in headers.get("content-type", ""):
        headers["content-type"] = _JSON
