"""The opening handshake, without any socket: bytes in, a greeting or a refusal in words out.

The WebSocket rules are the library's. Ours are the identity, the subprotocol, what is repaired, and that every refused
attempt can say why.
"""

import logging
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote_from_bytes

from websockets.datastructures import Headers
from websockets.exceptions import InvalidUpgrade
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory
from websockets.http11 import Request, Response
from websockets.server import ServerProtocol

from ocpp_console.csms import refusals
from ocpp_console.csms.admission import ANYBODY, Admission
from ocpp_console.csms.identity import Identity, NoIdentity, identity_of, oddities
from ocpp_console.csms.password_checks import Unverified
from ocpp_console.csms.refusals import Refusal
from ocpp_console.protocol.actions import SUBPROTOCOLS, Version, choose_subprotocol
from ocpp_console.protocol.findings import Finding, Severity

LONGEST_HEAD = 16_384
"""Bytes of a request before its empty line."""
PRINTABLE = "".join(map(chr, range(33, 127)))
"""What may stand in a request target unencoded: a wider net than RFC 3986, since only blanks and non-ASCII do harm."""
QUIET = logging.getLogger("ocpp_console.csms.silent")
"""The WebSocket library's logger here: what matters becomes a fact, and nothing may write over the screen."""
QUIET.addHandler(logging.NullHandler())
QUIET.propagate = False
QUIET.setLevel(logging.CRITICAL)

SPOKEN = ", ".join(SUBPROTOCOLS)
PAGE = """\
This is ocpp-console, a central system for charging stations. It works.

A charger connects here by WebSocket, not by a browser:

    ws://{address}{path}/<identity of the charger>

It should offer one of these subprotocols: {spoken}
"""


class Welcome(NamedTuple):
    """A handshake that succeeded."""

    identity: str
    version: str
    subprotocol: str
    offered: tuple[str, ...]
    findings: tuple[Finding, ...]
    response: bytes
    """The bytes that complete the handshake."""
    codec: ServerProtocol | None
    """The library's state when an extension was agreed upon and every frame must pass through it; else None."""
    path: str = ""
    """The request target as it came."""
    rest: bytes = b""
    """What came after the request already."""
    extensions: tuple[str, str] = ("", "")
    """Extensions of WebSocket as the station offered them, and what of them we agreed to."""


class Terms(NamedTuple):
    """What a handshake is judged by."""

    base_path: str = ""
    max_size: int = 1_048_576
    compression: bool = False
    admission: Admission = ANYBODY


class Knock:
    """Somebody at the door: collects the request until it can be judged. Dropped when the handshake is over."""

    __slots__ = ("_head", "_terms", "address", "peer")

    def __init__(self, terms: Terms) -> None:
        """Nothing came so far."""
        self._head = bytearray()
        self._terms = terms
        self.peer = ""
        """Who it is, `host:port`."""
        self.address = "<this machine>"
        """Where the peer reached us, `host:port`; the help page says it."""

    @property
    def evidence(self) -> bytes:
        """The first bytes that came."""
        return bytes(self._head[: refusals.EVIDENCE])

    @property
    def silent(self) -> bool:
        """Nothing came so far."""
        return not self._head

    def feed(self, data: bytes) -> Welcome | Refusal | Unverified | None:
        """Take bytes from the peer, none of them to judge again; None means that more is needed to judge."""
        self._head += data
        first = self._head[0]
        if first == 0x16:  # a TLS record of type handshake; no HTTP method begins like that
            return refusals.TLS
        if not 65 <= first <= 90:  # HTTP methods are upper case
            return refusals.NOT_HTTP
        end, mark = self._head.find(b"\r\n\r\n"), 4
        if end < 0:
            end, mark = self._head.find(b"\n\n"), 2
        if end < 0:
            return self._answered(refusals.HEAD_TOO_LONG) if len(self._head) > LONGEST_HEAD else None
        return self._judge(bytes(self._head[: end + mark]), bytes(self._head[end + mark :]))

    def _answered(self, refusal: Refusal) -> Refusal:
        """The refusal with the bytes that tell the peer."""
        text = f"{refusal.text}\n"
        if refusal.reason == "not_websocket":
            text += "\n" + PAGE.format(address=self.address, path=self._terms.base_path.rstrip("/"), spoken=SPOKEN)
        response = ServerProtocol(logger=QUIET).reject(refusal.status, text)
        if refusal.status == 426:
            response.headers["Upgrade"] = "websocket"
        if refusal.status == 405:
            response.headers["Allow"] = "GET"
        if refusal.status == 401:
            response.headers["WWW-Authenticate"] = 'Basic realm="ocpp-console", charset="UTF-8"'
        return refusal._replace(response=response.serialize())

    def _judge(self, head: bytes, rest: bytes) -> Welcome | Refusal | Unverified:
        """Judge a complete request head."""
        if not head.startswith(b"GET "):
            return self._answered(refusals.SOAP if b"soap" in (head + rest).lower() else refusals.NOT_GET)
        target = request_target(head)
        path = target.decode("utf-8", "replace")
        encoded, findings = encode_target(head, target)
        extensions = [ServerPerMessageDeflateFactory()] if self._terms.compression else None
        codec = ServerProtocol(max_size=self._terms.max_size, extensions=extensions, logger=QUIET)
        codec.receive_data(encoded)
        request = next((event for event in codec.events_received() if isinstance(event, Request)), None)
        if request is None:
            return self._answered(malformed(codec.handshake_exc))._replace(path=path)
        offered = offered_subprotocols(request.headers)
        identity = identity_of(request.path, self._terms.base_path)
        outcome = self._greet(codec, request, identity, offered)
        if isinstance(outcome, Unverified):
            return outcome
        if isinstance(outcome, Refusal):
            named = identity.guess if isinstance(identity, NoIdentity) else identity.text
            return self._answered(outcome)._replace(station=named, path=path, offered=offered)
        return outcome._replace(path=path, findings=(*findings, *outcome.findings), rest=rest)

    def _greet(
        self, codec: ServerProtocol, request: Request, identity: Identity | NoIdentity, offered: tuple[str, ...]
    ) -> Welcome | Refusal | Unverified:
        """Judge a request that is well-formed HTTP."""
        if not wants_upgrade(request.headers):
            return refusals.PLAIN_GET
        if is_browser(request.headers):
            return refusals.BROWSER
        if isinstance(identity, NoIdentity):
            return Refusal("bad_identity", identity.text, 400)
        admission = self._terms.admission
        choice = choose_subprotocol(offered, admission.version_of(identity.text))
        if choice.version is None:
            return Refusal("foreign_subprotocol", choice.text, 400)
        admitted = admission.judge(identity.text, request.headers, self.peer, secure=False)
        if isinstance(admitted, (Refusal, Unverified)):
            return admitted
        findings = [*repair(request.headers), *admitted]
        if choice.version is not Version.V16:
            findings += oddities(identity.text)
        drop(request.headers, "Sec-WebSocket-Protocol")  # chosen here in the client's order, not by the library
        response = codec.accept(request)
        if response.status_code != 101:
            return rejected(codec.handshake_exc, response)
        if choice.subprotocol:
            response.headers["Sec-WebSocket-Protocol"] = choice.subprotocol
        codec.send_response(response)
        return Welcome(
            identity.text,
            str(choice.version),
            choice.subprotocol,
            offered,
            (*findings, *identity.findings, *choice.findings),
            b"".join(codec.data_to_send()),
            codec if codec.extensions else None,
            extensions=(header(request.headers), header(response.headers)),
        )


def request_target(head: bytes) -> bytes:
    """Everything between the method and the protocol of a request line, even when blanks stand in it."""
    line = head.partition(b"\n")[0].rstrip(b"\r")
    return line[4:].rpartition(b" ")[0] or line[4:]


def encode_target(head: bytes, target: bytes) -> tuple[bytes, list[Finding]]:
    """The head with what the station forgot to percent-encode in its target encoded."""
    encoded = quote_from_bytes(target, safe=PRINTABLE).encode("ascii")
    if encoded == target:
        return head, []
    text = "the path holds blanks or non-ASCII characters that were not percent-encoded"
    return head.replace(target, encoded, 1), [Finding("PATH_NOT_ENCODED", Severity.WARNING, text)]


def offered_subprotocols(headers: Headers) -> tuple[str, ...]:
    """What the client offers, in its order, however oddly it writes the list."""
    values: Iterable[str] = headers.get_all("Sec-WebSocket-Protocol")
    return tuple(entry for value in values for part in value.split(",") if (entry := part.strip()))


def header(headers: Headers, name: str = "Sec-WebSocket-Extensions") -> str:
    """Everything a header says, however often it comes."""
    return ", ".join(headers.get_all(name))


def drop(headers: Headers, name: str) -> None:
    """Remove a header if it is there."""
    if name in headers:
        del headers[name]


def wants_upgrade(headers: Headers) -> bool:
    """It asks for a WebSocket; the Connection header is not looked at (see `repair`)."""
    return any("websocket" in value.lower() for value in headers.get_all("Upgrade"))


def is_browser(headers: Headers) -> bool:
    """It comes from a web page: real stations send an Origin too, but never together with a browser's marks."""
    if "Origin" not in headers:
        return False
    agent = any(value.startswith("Mozilla/") for value in headers.get_all("User-Agent"))
    return agent or any(name.lower().startswith("sec-fetch-") for name in headers)


def repair(headers: Headers) -> list[Finding]:
    """Put right what known stations get wrong: Autel sends no `Connection: Upgrade`."""
    tokens = [part.strip().lower() for value in headers.get_all("Connection") for part in value.split(",")]
    if "upgrade" in tokens:
        return []
    drop(headers, "Connection")
    headers["Connection"] = "Upgrade"
    text = "the handshake has no `Connection: Upgrade` header; taken as meant"
    return [Finding("CONNECTION_HEADER", Severity.WARNING, text)]


def malformed(problem: Exception | None) -> Refusal:
    """The refusal for a request that is no HTTP the library can read."""
    cause = problem and (problem.__cause__ or problem)
    text = f"The request is not well-formed HTTP: {cause}." if cause else "The request is not well-formed HTTP."
    return Refusal("bad_request", text, 400)


def rejected(problem: Exception | None, response: Response) -> Refusal:
    """The refusal for a handshake that breaks a rule of WebSocket."""
    reason = "not_websocket" if isinstance(problem, InvalidUpgrade) else "bad_handshake"
    return Refusal(reason, f"The WebSocket handshake is wrong: {problem}.", response.status_code)
