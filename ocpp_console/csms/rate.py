"""How fast a station may talk: a bucket of messages that fills up with time; over its rate it is read more slowly."""

from typing import TYPE_CHECKING

from ocpp_console.csms.wire import Held

if TYPE_CHECKING:
    from ocpp_console.csms.connection import Connection

MESSAGE_BYTES = (8 << 20) // 100
"""Bytes that count for one message in a station's rate: with 100 messages a second it may send 8 MiB a second."""
SHORTEST_PAUSE = 0.1
"""Seconds a station over its rate is not read; shorter pauses would cost more than they keep away."""


def slow_down(connection: "Connection") -> None:
    """Fill the bucket up; when it stays empty, read nothing for a while: the network slows the station down."""
    board = connection.board
    now = board.loop.time()
    filled = connection.tokens + (now - connection.bucket_at) * board.rate
    connection.tokens = min(board.settings.station_burst, filled)
    connection.bucket_at = now
    if connection.tokens >= 0:
        return
    connection.hold_back(Held.RATE)
    board.loop.call_later(max(SHORTEST_PAUSE, -connection.tokens / board.rate), connection.let_on, Held.RATE)
    if not connection.rate_noted:
        connection.rate_noted = True
        size = f"{board.rate * MESSAGE_BYTES / (1 << 20):.2g} MiB"
        text = f"The station sends more than {board.rate:g} messages or {size} a second; it is read more slowly."
        board.note(connection.identity, "rate", text)
