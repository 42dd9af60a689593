"""Two connections with one identity: the newest wins, after the older one was asked whether it still lives.

No version of OCPP says who should. A station that lost its network comes back while its old socket still looks alive to
us: refusing the newer connection would lock it out, and keeping both would answer into the void.
"""

from typing import TYPE_CHECKING

from ocpp_console.csms import refusals
from ocpp_console.csms.closing_words import Ending
from ocpp_console.csms.refusals import Refusal
from ocpp_console.csms.wire import Held, Phase

if TYPE_CHECKING:
    from ocpp_console.csms.connection import Connection


def arrive(newer: "Connection") -> None:
    """Give a connection its station's place, or let it wait until the older one has proved that it lives."""
    board = newer.board
    older = board.online.get(newer.identity)
    if older is None or older.phase is not Phase.OPEN:
        if older is not None:
            older.depart()
        newer.open()
        return
    overtaken = board.taking_over.get(newer.identity)
    if overtaken is not None:
        lose_place(overtaken, refusals.OVERTAKEN)
    board.taking_over[newer.identity] = newer
    newer.phase = Phase.WAITING
    newer.deadline = board.loop.time() + board.limits.probe
    newer.hold_back(Held.TAKEOVER)
    board.watched.add(newer)
    if not older.probed:
        older.probed = True
        older.send_ping()


def lose_place(waiting: "Connection", refusal: Refusal) -> None:
    """A connection waited for a place that it does not get."""
    welcome, waiting.welcome = waiting.welcome, None
    if welcome is not None:
        refusal = refusal._replace(path=welcome.path, offered=welcome.offered)
    waiting.board.refused(waiting.address, refusal._replace(station=waiting.identity, status=101), b"")
    waiting.start_closing(1000, "replaced by a newer connection")


def proved_alive(older: "Connection") -> None:
    """The older connection answered; the newer one takes its place all the same."""
    older.probed = False
    newer = older.board.taking_over.get(older.identity)
    if newer is not None:
        take_over(newer, "which still answered")


def went(older: "Connection") -> None:
    """A connection ended; whoever waits for its place may have it."""
    newer = older.board.taking_over.get(older.identity)
    if newer is not None and newer is not older:
        take_over(newer, "which ended by itself")


def take_over(newer: "Connection", state: str) -> None:
    """Put the newer connection in the place of the older one; `state` says what became of that."""
    board = newer.board
    board.taking_over.pop(newer.identity, None)
    older = board.online.get(newer.identity)
    if older is not None and older is not newer:
        text = f"A newer connection from {newer.address} replaced the one from {older.address}, {state}."
        board.note(newer.identity, "replaced", text)
        alive = not older.probed
        if alive:
            older.start_closing(1000, "replaced by a newer connection")
        words = f"Replaced by a newer connection from {newer.address}."
        older.ending = Ending(1000 if alive else 1006, words, "console")
        older.depart()
        if not alive:
            older.transport.abort()
    newer.open()
