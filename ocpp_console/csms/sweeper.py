"""Deadlines without a timer per connection: four times a second a look at those that have one."""

import asyncio

from ocpp_console.csms import pulse, refusals
from ocpp_console.csms.connection import Connection
from ocpp_console.csms.switchboard import Switchboard
from ocpp_console.csms.wire import Phase


async def sweep_forever(board: Switchboard) -> None:
    """Look after deadlines and pings until cancelled."""
    while True:
        await asyncio.sleep(board.limits.sweep)
        try:
            sweep(board, board.loop.time())
        except Exception as problem:  # without the sweeper nothing would ever be timed out again
            board.fault("", "The sweeper failed", problem)


def sweep(board: Switchboard, now: float) -> None:
    """One look (`now` is loop time). A fault in one connection costs that connection only."""
    sweep_knocking(board, now)
    for connection in list(board.watched):
        try:
            keep = connection.check(now)
        except Exception as problem:
            board.fault(connection.identity, "The console failed while looking after this connection", problem)
            connection.cut("The console failed while looking after this connection.")
            keep = False
        if not keep:
            board.watched.discard(connection)
    send_pings(board, now)


def sweep_knocking(board: Switchboard, now: float) -> None:
    """End handshakes that take too long; the silent ones sooner when their places are all taken."""
    crowded = len(board.knocking) >= board.limits.knocking
    for connection in list(board.knocking):
        if connection.transport is None:  # accepted, but the event loop has not come to it yet
            continue
        silent = connection.silent
        if now >= connection.deadline:
            connection.refuse(refusals.SILENT if silent else refusals.SLOW)
        elif crowded and silent and now - (connection.deadline - board.limits.handshake) >= board.limits.idle_knock:
            connection.refuse(refusals.CROWDED_OUT)


def send_pings(board: Switchboard, now: float) -> None:
    """Ping those whose time has come, a few at a time so that thousands that came together do not stay together."""
    interval = board.settings.ping_interval
    if not interval:
        return
    due: list[Connection] = []
    most = 20 + len(board.pings) // 50
    for connection, at in board.pings.items():
        if at > now or len(due) >= most:
            break
        due.append(connection)
    for connection in due:
        del board.pings[connection]
        if connection.phase is Phase.OPEN:
            if connection.stalled_since is None:
                connection.send_ping()
                pulse.pinged(connection, now)
            board.pings[connection] = now + interval
