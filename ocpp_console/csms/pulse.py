"""Pings and pongs as rows of the log, when somebody asks for them (`log_pings`): how long the line takes, who pings.

Off by default: at one ping every 30 seconds, two hundred stations would write seven rows a second.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ocpp_console.csms.connection import Connection

CODE = "ping"
"""What notes about pings are filed under."""


def pinged(connection: "Connection", now: float) -> None:
    """A ping of ours left at `now` (loop time)."""
    if connection.pinged_at and connection.board.settings.log_pings:
        waited = now - connection.pinged_at
        _note(connection, f"The ping of {waited:.0f} s ago was not answered; many stations never do.")
    connection.pinged_at = now


def ponged(connection: "Connection") -> None:
    """A pong came; the first after a ping answers it, others are sent unasked (RFC 6455 §5.5.3)."""
    sent, connection.pinged_at = connection.pinged_at, 0.0
    if not connection.board.settings.log_pings:
        return
    took = (connection.board.loop.time() - sent) * 1000
    _note(connection, f"ping answered after {took:.0f} ms" if sent else "a pong nobody asked for")


def ping_came(connection: "Connection", size: int) -> None:
    """The station pinged us with `size` bytes; the pong is on its way."""
    if connection.board.settings.log_pings:
        _note(connection, f"the station pinged ({size} bytes); answered")


def _note(connection: "Connection", text: str) -> None:
    if connection.id:
        connection.board.note(connection.identity, CODE, text)
