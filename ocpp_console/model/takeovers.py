"""Two devices with one identity throw each other out: told from how often a connection takes the place of another."""

from typing import NamedTuple

from ocpp_console.model.times import SECOND
from ocpp_console.protocol.findings import Finding, Severity

AT_ONCE = SECOND
"""µs between the end of the older connection, which we close, and the begin of the newer one."""
WITHIN = 60 * SECOND
SUSPICIOUS = 3
"""Take-overs in a minute that a single station, which lost its network, does not come to."""
MOST_KEPT = 50


class Arrival(NamedTuple):
    """A connection that took the place of another one."""

    at: int
    address: str
    former: str
    """Where the older one came from."""


class TakeOvers:
    """The latest take-overs of one station."""

    __slots__ = ("_ended", "_latest")

    def __init__(self) -> None:
        """None yet."""
        self._ended = 0
        self._latest: list[Arrival] = []

    def ended(self, at: int, by: str) -> None:
        """A connection ended; one that a newer one replaces is ended by the console."""
        self._ended = at if by == "console" else 0

    def connected(self, at: int, address: str, former: str) -> tuple[Finding, ...]:
        """A connection began; a finding when it looks as if two devices fought for the place."""
        if not self._ended or not 0 <= at - self._ended < AT_ONCE:
            return ()
        self._latest = [each for each in self._latest[-MOST_KEPT:] if at - each.at < WITHIN]
        self._latest.append(Arrival(at, address, former))
        if len(self._latest) < SUSPICIOUS:
            return ()
        text = f"two devices seem to use this identity: {len(self._latest)} take-overs in the last minute"
        return (Finding("IDENTITY_TWICE", Severity.WARNING, f"{text}, from {self._places()}"),)

    def document(self) -> list[object]:
        """What outlives the program; arrivals are never changed."""
        return [self._ended, list(self._latest)]

    def fill(self, document: object) -> None:
        """Take over what a document says, as far as it can be read."""
        if not isinstance(document, list) or len(document) != 2 or type(document[0]) is not int:
            return
        self._ended = document[0]
        for each in document[1] if isinstance(document[1], list) else ():
            if isinstance(each, list) and [type(part) for part in each] == [int, str, str]:
                self._latest.append(Arrival(*each))

    def _places(self) -> str:
        """The hosts that took part; of a single one the newest two ports."""
        newest = self._latest[-1]
        pairs = [(each.address, each.former) for each in self._latest]
        hosts = dict.fromkeys(address.rpartition(":")[0] for pair in pairs for address in pair if address)
        names = list(hosts) if len(hosts) > 1 else list(dict.fromkeys((newest.former, newest.address)))
        return " and ".join(sorted(names[:3]))
