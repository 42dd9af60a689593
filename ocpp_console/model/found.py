"""What was found: every finding counted by station and code, with the newest messages each was found at.

Bounded: a station has as many entries as there are codes, and each holds its newest occurrences.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from operator import attrgetter
from typing import Any, NamedTuple, Self

from ocpp_console.model.documents import Later
from ocpp_console.model.rows import Message
from ocpp_console.protocol.findings import Finding, Severity

MOST_CODES = 200
"""Different codes at one station; there are fewer, but a file may hold others."""
MOST_OCCURRENCES = 50
MOST_KEPT = 10
"""Occurrences of each that outlive the program."""


_OCCURRENCES = ([int, int, str, str], [int, int, str, str, str])
"""What documents hold of one, by older versions and by this one."""
_LONGEST_ACTION = 60


class Occurrence(NamedTuple):
    """One message at which something was found."""

    seq: int
    """Of its row in the log; 0 when it belongs to none."""
    at: int
    text: str
    path: str
    action: str = ""
    """Of that message; empty when it belongs to none, or was kept by an older version. Hostile."""


class Found:
    """One code at one station."""

    __slots__ = (
        "code",
        "count",
        "first_at",
        "last_at",
        "latest",
        "revision",
        "seen",
        "severity",
        "station",
        "warnings",
    )

    def __init__(self, station: str, code: str) -> None:
        """Not found yet."""
        self.station = station
        self.code = code
        self.severity = Severity.INFO
        """The worst of all."""
        self.count = 0
        self.warnings = 0
        """Of severity WARNING and worse."""
        self.seen = 0
        """How many were acknowledged; more than `count` at a moment of a trace before that."""
        self.first_at = 0
        self.last_at = 0
        self.latest: deque[Occurrence] = deque(maxlen=MOST_OCCURRENCES)
        """The newest last, one for each message."""
        self.revision = 0

    @property
    def waiting(self) -> int:
        """How many came since it was acknowledged."""
        return max(0, self.count - self.seen)

    @property
    def waiting_warnings(self) -> int:
        """How many of severity WARNING and worse came since it was acknowledged, at most."""
        return min(self.warnings, self.waiting)

    def take(self, finding: Finding, seq: int, at: int, action: str = "") -> None:
        """One more, at a message of an `action`."""
        self.count += 1
        if finding.severity >= Severity.WARNING:
            self.warnings += 1
        if finding.severity > self.severity:
            self.severity = finding.severity
        self.first_at = self.first_at or at
        self.last_at = at
        self.revision += 1
        if not self.latest or self.latest[-1].seq != seq or not seq:
            self.latest.append(Occurrence(seq, at, finding.text, finding.path, action))

    def findings_of(self, seq: int) -> Iterator[Finding]:
        """What is remembered of one message."""
        return (Finding(self.code, self.severity, each.text, each.path) for each in self.latest if each.seq == seq)

    def document_later(self) -> Later:
        """What outlives the program, as it is now."""
        counts = (self.code, int(self.severity), self.count, self.warnings, self.seen, self.first_at, self.last_at)
        kept = list(self.latest)[-MOST_KEPT:]
        return lambda: [*counts, [list(each) for each in kept]]

    @classmethod
    def from_document(cls, station: str, document: object) -> Self | None:
        """From the store; None when it cannot be read."""
        if not isinstance(document, list) or [type(part) for part in document] != [str, *[int] * 6, list]:
            return None
        found = cls(station, document[0])
        found.severity = Severity(document[1]) if document[1] in list(Severity) else Severity.INFO
        found.count, found.warnings, found.seen, found.first_at, found.last_at = document[2:7]
        for each in document[7]:
            if isinstance(each, list) and [type(part) for part in each] in _OCCURRENCES:
                found.latest.append(Occurrence(*each))
        return found


class FoundHere(dict[str, Found]):
    """What was found at one station, by code."""

    def document_later(self) -> Later:
        """Everything worth keeping, as it is now."""
        parts = [found.document_later() for found in self.values()]
        return lambda: [part() for part in parts]

    def fill(self, station: str, document: object) -> None:
        """Take over what a document says, as far as it can be read."""
        for entry in document[:MOST_CODES] if isinstance(document, list) else ():
            found = Found.from_document(station, entry)
            if found is not None:
                self[found.code] = found


class Findings:
    """All that was found, of all stations: what the findings page, the status bar, the API and reports read."""

    def __init__(self) -> None:
        """Nothing was found."""
        self._all: dict[tuple[str, str], Found] = {}
        self._stations: dict[str, FoundHere] = {}
        self.waiting = 0
        """Of severity WARNING and worse, neither acknowledged nor of a hidden code."""
        self.revision = 0
        """Goes up with every change."""
        self.hidden: set[str] = set()
        """Codes nobody wants to hear of."""
        self.seen: dict[tuple[str, str], int] = {}
        """Of a trace: how many of each the operator acknowledged, at whichever moment."""
        self.keep_hidden: Callable[[], None] = lambda: None
        """Called when `hidden` has changed, so that it is saved."""
        self.told: Callable[[Message], None] = lambda message: None
        """Called with each message about which something was found, each time, so that it is kept."""
        self.kept_since = 1 << 62
        """Of messages from this number on the store knows everything that was found."""
        self.recounted: Callable[[str, int], None] = lambda station, change: None
        """Called when warnings of a station begin or cease to wait because the operator said so, with how many."""

    def __getstate__(self) -> dict[str, Any]:
        """A copy has no listeners of this run, except the model it belongs to."""
        return {name: value for name, value in vars(self).items() if name not in ("keep_hidden", "told")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """A copy begins without listeners."""
        self.__init__()  # type: ignore[misc]
        vars(self).update(state)

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Found]:
        """All entries, in the order in which they were found first; hidden ones too."""
        return iter(self._all.values())

    def get(self, station: str, code: str) -> Found | None:
        """What was found of one code at one station."""
        return self._all.get((station, code))

    def shown(self, station: str = "", *, hidden: bool = False) -> list[Found]:
        """Entries of one station or of all, the worst and newest first; hidden codes only when asked for."""
        of_all = self._stations.get(station, {}).values() if station else self._all.values()
        chosen = [found for found in of_all if hidden or found.code not in self.hidden]
        chosen.sort(key=attrgetter("severity", "last_at"), reverse=True)
        return chosen

    def by_code(self) -> dict[str, list[Found]]:
        """Entries of each code, the codes in the order of `shown`."""
        grouped: dict[str, list[Found]] = {}
        for found in self.shown():
            grouped.setdefault(found.code, []).append(found)
        return grouped

    def note(
        self, here: FoundHere, station: str, findings: Collection[Finding], message: Message | None, at: int = 0
    ) -> int:
        """Count findings about a message (or, without one, `at` a time); returns how many warnings begin to wait."""
        seq = message.seq if message is not None else 0
        action = message.action[:_LONGEST_ACTION] if message is not None else ""
        if message is not None:
            at = message.answered_at or message.at
            if findings:
                self.told(message)
        waiting = 0
        for finding in findings:
            found = here.get(finding.code)
            if found is None:
                if len(here) >= MOST_CODES:
                    continue
                found = here[finding.code] = self._all[station, finding.code] = Found(station, finding.code)
                found.seen = self.seen.get((station, finding.code), 0)
                self._stations[station] = here
            before = found.waiting_warnings
            found.take(finding, seq, at, action)
            if finding.code not in self.hidden:
                waiting += found.waiting_warnings - before
        self.waiting += waiting
        self.revision += 1
        return waiting

    def adopt(self, here: FoundHere) -> None:
        """What a station brings along from the store."""
        for found in here.values():
            self._all[found.station, found.code] = found
            self._stations[found.station] = here
        self.waiting += self.waiting_of(here)
        self.revision += 1

    def forget(self, here: FoundHere) -> None:
        """A station goes."""
        for found in here.values():
            self._all.pop((found.station, found.code), None)
            self._stations.pop(found.station, None)
        self.waiting -= self.waiting_of(here)
        self.revision += 1

    def waiting_of(self, here: FoundHere) -> int:
        """Warnings of one station that were neither acknowledged nor are of a hidden code."""
        return sum(found.waiting_warnings for found in here.values() if found.code not in self.hidden)

    def acknowledge(self, found: Found) -> None:
        """The operator knows of it: it counts again when it comes again."""
        waited = found.waiting_warnings if found.code not in self.hidden else 0
        found.seen = max(found.seen, found.count)
        found.revision += 1
        self.waiting -= waited
        self.revision += 1
        self.recounted(found.station, -waited)

    def take_over(self, shown: "Findings") -> None:
        """At another moment of a trace: what the operator acknowledged stays so; all that waits is counted anew."""
        self.seen = shown.seen
        for found in shown:
            if found.seen:
                self.seen[found.station, found.code] = found.seen
        for found in self:
            found.seen = self.seen.get((found.station, found.code), 0)
        self.waiting = sum(self.waiting_of(here) for here in self._stations.values())
        self.revision += 1

    def hide(self, code: str, hidden: bool = True) -> None:
        """Hear no more of a code, or again."""
        if (code in self.hidden) is hidden:
            return
        (self.hidden.add if hidden else self.hidden.discard)(code)
        sign = -1 if hidden else 1
        for found in self:
            if found.code == code:
                self.waiting += sign * found.waiting_warnings
                self.recounted(found.station, sign * found.waiting_warnings)
        self.revision += 1
        self.keep_hidden()

    def attach_again(self, messages: Iterable[Message]) -> None:
        """Rows of which the store keeps no findings get what rules found about them, as far as it is remembered."""
        for message in messages:
            if message.seq >= self.kept_since:
                continue
            for found in self._stations.get(message.station, {}).values():
                newest = found.latest
                if not newest or not newest[0].seq <= message.seq <= newest[-1].seq:
                    continue
                if all(known.code != found.code for known in message.findings):
                    message.call_findings += tuple(found.findings_of(message.seq))
