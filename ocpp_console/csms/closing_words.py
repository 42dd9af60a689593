"""What the end of a connection means, in words."""

from typing import NamedTuple

from websockets.exceptions import PayloadTooBig, ProtocolError

BROKEN = "The line broke without a close frame."

STATION_CLOSED = {
    1000: "The station closed the connection in good order.",
    1001: "The station went away: it restarts, or its connection is going down.",
    1002: "The station closed because of a protocol error it saw in our frames.",
    1003: "The station closed because it cannot take the kind of data it got.",
    1005: "The station closed the connection without giving a reason.",
    1007: "The station closed because it saw text that is not UTF-8.",
    1008: "The station closed because of a rule of its own.",
    1009: "The station closed because a message was too large for it.",
    1010: "The station closed because we did not agree to an extension it needs.",
    1011: "The station closed because of an error of its own.",
    1012: "The station restarts its service.",
    1013: "The station asks to be tried again later.",
}
"""By close code (RFC 6455 §7.4.1)."""

COMPRESSES_UNASKED = (
    "A frame has a reserved bit set (RSV1: compressed), although no compression was agreed on in the handshake, which "
    "breaks RFC 6455 §5.2. Switch compression (permessage-deflate) off in the station, or on here with --compression."
)


class Ending(NamedTuple):
    """How a connection ended."""

    code: int
    reason: str
    by: str
    """"station", "console" or "network"."""


def station_closed(code: int, reason: str) -> str:
    """What it means that the station closed with this code; its own words follow."""
    words = STATION_CLOSED.get(code, f"The station closed for a reason of its own (code {code}).")
    return f"{words} It said: {reason}" if reason else words


def fault_words(problem: Exception, most: int) -> tuple[str, str]:
    """A stable word and a sentence for a broken rule of WebSocket; `most` is the largest message taken, in bytes."""
    if isinstance(problem, PayloadTooBig):
        return "message_too_large", f"A message of {problem.size:,} bytes was refused: at most {most:,} are taken."
    if isinstance(problem, ProtocolError) and "reserved bits" in str(problem):
        return "reserved_bits", COMPRESSES_UNASKED
    return "websocket_fault", f"The station broke a rule of WebSocket: {problem}."


def reason_that_fits(reason: str) -> str:
    """At most 123 bytes of UTF-8: what a close frame can carry (RFC 6455 §5.5)."""
    return reason.encode("utf-8", "replace")[:123].decode("utf-8", "ignore")
