"""How a link to a broker is. Imports no MQTT library: the screens read it, and few consoles have a broker."""

import enum
from typing import NamedTuple


class State(enum.Enum):
    """Where a link stands; the value is a word for a status line."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    REFUSED = "refused"
    """The broker answered and does not want us."""
    UNREACHABLE = "unreachable"
    LOST = "lost"
    """It was connected; the connection broke and will be made again."""
    STOPPED = "stopped"


class Status(NamedTuple):
    """How a link is."""

    state: State
    text: str
    """What happened, what it means and what to do, in a sentence or two."""
