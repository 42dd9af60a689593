"""Why somebody did not get in: the reasons as data, in words for the operator and for the peer."""

from typing import NamedTuple

EVIDENCE = 200
"""Bytes of what came that are kept with a refusal."""


class Refusal(NamedTuple):
    """A handshake that ended without a station."""

    reason: str
    """Stable word, see `HandshakeRefused.reason`."""
    text: str
    """For the operator: what happened, what it means, what to do."""
    status: int = 0
    """The HTTP status to answer; 0 to answer nothing."""
    station: str = ""
    path: str = ""
    offered: tuple[str, ...] = ()
    response: bytes = b""
    """The bytes to answer with; empty to answer nothing."""


TLS = Refusal(
    "tls_on_plain_port",
    "The peer speaks TLS, but this port is plain. The charger's URL begins with wss://: write ws:// there.",
)
NOT_HTTP = Refusal(
    "not_http",
    "The peer sent something that is not HTTP. Is this really a charger that speaks OCPP over WebSocket?",
)
SOAP = Refusal(
    "soap",
    "The peer speaks SOAP (OCPP-S). Switch the charger to JSON over WebSocket (OCPP-J).",
    405,
)
NOT_GET = Refusal(
    "not_websocket",
    "The peer sent an HTTP request that cannot open a WebSocket: only GET can.",
    405,
)
PLAIN_GET = Refusal(
    "not_websocket",
    "A plain HTTP request: a browser, a health check, or a charger that leaves out the Upgrade header.",
    426,
)
BROWSER = Refusal(
    "browser",
    "A web page in a browser tried to open a WebSocket. Pages must not drive the console, so it was refused.",
    403,
)
HEAD_TOO_LONG = Refusal(
    "head_too_long",
    "The request's head has more than 16 KiB without coming to its end.",
    431,
)
SILENT = Refusal(
    "silent",
    "The peer opened a connection and sent nothing. A half-dead network, a port scan, or a charger that hung up.",
)
SLOW = Refusal(
    "slow",
    "The peer began a request and did not finish it in time.",
)
LEFT_SILENT = Refusal(
    "closed_early",
    "The peer opened a connection and closed it without sending anything, as port checks do.",
)
LEFT_EARLY = Refusal(
    "closed_early",
    "The peer closed the connection in the middle of its request.",
)
CROWDED_OUT = Refusal(
    "crowded_out",
    "The peer sent nothing for a while and others were waiting, so its place was given to them.",
)
OVERTAKEN = Refusal(
    "overtaken",
    "While it waited to take over from an older connection, a still newer one with the same identity came.",
)
LEFT_WAITING = Refusal(
    "closed_early",
    "The station closed the connection while it waited to take over from its older one.",
)
STOPPED = Refusal("stopped", "The console stopped listening.")
