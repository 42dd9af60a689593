"""What a bridge counts, and what it says in the log: each kind of oddity once a minute for each station."""

from collections.abc import Callable

from ocpp_console.bus import Bus
from ocpp_console.events import NoteWritten

MINUTE = 60_000_000
"""µs between two notes of one kind about one station."""
MOST_KINDS = 1_000


class Tally:
    """Counts since the start, and notes that do not flood the log."""

    def __init__(self, bus: Bus, clock: Callable[[], int]) -> None:
        """`clock` gives µs UTC."""
        self.mirrored = 0
        """Frames that were handed to the link."""
        self.confirmed = 0
        """Of these, those that the broker has."""
        self.unheard = 0
        """Of these, those that the broker has and nobody subscribed to (MQTT 5 only)."""
        self.behind = 0
        """Facts that came faster than they were published, and were dropped."""
        self.unposted = 0
        """Frames of stations that have no shape in MQTT: binary, unreadable."""
        self.rejected = 0
        """Messages that the broker did not take."""
        self.retained = 0
        """Retained messages for stations, all of them ignored."""
        self.garbage = 0
        """Messages for stations that are none of the contract's shapes."""
        self.strangers = 0
        """Messages for stations that are not connected here."""
        self.commands = 0
        """Commands from MQTT that were queued."""
        self.refused = 0
        """Commands from MQTT that were not."""
        self.repeated = 0
        """Commands that came again, and were not sent again."""
        self.answered = 0
        """Calls that an MQTT service answered."""
        self.fallen_back = 0
        """Calls that no MQTT service answered in time."""
        self.alone = 0
        """Calls that no MQTT service was asked about: the broker was away, or a retry was answered as before."""
        self.unasked = 0
        """Answers from MQTT that nobody waited for."""
        self._bus, self._clock = bus, clock
        self._said: dict[tuple[str, str], tuple[int, int]] = {}
        """When a kind was last told about a station, and how many were not since."""

    def say(self, station: str, code: str, text: str) -> None:
        """Write a note into the log, unless the last one of its kind is fresh; the next one counts what was left out.

        `code` is a stable word, such as `mqtt_retained`.
        """
        now = self._clock()
        at, untold = self._said.get((station, code), (0, 0))
        if at and now - at < MINUTE:
            self._said[station, code] = at, untold + 1
            return
        if len(self._said) >= MOST_KINDS:
            self._said.clear()
        self._said[station, code] = now, 0
        more = f" ({untold} more like this were not listed.)" if untold else ""
        self.note(station, code, text + more)

    def note(self, station: str, code: str, text: str) -> None:
        """Write a note into the log in any case."""
        self._bus.publish(NoteWritten(self._bus.number(), self._clock(), station, code, text))

    def figures(self) -> dict[str, int]:
        """All counts by name, for whoever shows them."""
        return {name: value for name, value in vars(self).items() if not name.startswith("_")}

    def in_words(self) -> dict[str, int]:
        """The counts that are not zero, as the operator reads them."""
        return {_WORDS.get(name, name): value for name, value in self.figures().items() if value}


_WORDS = {
    "mirrored": "frames told",
    "confirmed": "frames told, taken",
    "unheard": "frames told, heard by nobody",
    "behind": "frames told too slowly, lost",
    "unposted": "frames without a shape in MQTT",
    "rejected": "messages refused, lost",
    "retained": "retained messages, ignored",
    "garbage": "messages that could not be read",
    "strangers": "messages to chargers elsewhere",
    "commands": "commands passed on",
    "refused": "commands refused",
    "repeated": "commands repeated, sent once",
    "answered": "calls answered by a service",
    "fallen_back": "calls no service answered",
    "alone": "calls no service was asked",
    "unasked": "answers nobody waited for",
}
"""At most 31 characters each: they stand in a column."""
