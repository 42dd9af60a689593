"""What a trace tells when it is looked through once: stations, messages, sessions, findings. Bounded, however long."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from ocpp_console.events import Fact
from ocpp_console.model.messages import Message, Origin, State, outcome
from ocpp_console.model.rules.ending import end_of_trace
from ocpp_console.outputs.traces.pseudonyms import Pseudonyms
from ocpp_console.outputs.traces.redaction import text_without_secrets
from ocpp_console.outputs.traces.settled_rows import SettledRows
from ocpp_console.outputs.traces.source import Problem, Trace
from ocpp_console.protocol.findings import Finding, Severity

KEPT_EXAMPLES = 5
"""Messages of which a finding is told; the rest is counted."""

MOST_CODES = 500
MOST_STATIONS = 1_000
"""Of which a finding remembers the names."""


class Example(NamedTuple):
    """One message at which something was found."""

    at: int
    station: str
    action: str
    text: str
    path: str


class Attendant(NamedTuple):
    """A station as a report tells of it."""

    identity: str
    version: str
    vendor: str
    model: str
    firmware: str
    messages: int
    connections: int


class Tally:
    """One code, over the whole trace."""

    def __init__(self, code: str) -> None:
        """Not found yet."""
        self.code = code
        self.severity = Severity.INFO
        """The worst."""
        self.count = 0
        self.stations: set[str] = set()
        self.examples: list[Example] = []

    def take(self, finding: Finding, example: Example) -> None:
        """One more."""
        self.count += 1
        self.severity = max(self.severity, finding.severity)
        if len(self.stations) < MOST_STATIONS:
            self.stations.add(example.station)
        if len(self.examples) < KEPT_EXAMPLES:
            self.examples.append(example)


class Exchange:
    """Calls of one action by one side."""

    def __init__(self) -> None:
        """None yet."""
        self.count = 0
        self.errors = 0
        """Refused, rejected or not answered, as the log shows it."""
        self.slowest = 0
        """Microseconds."""
        self.latencies = 0
        self.answered = 0

    def take(self, row: Message) -> None:
        """One more."""
        self.count += 1
        self.errors += outcome(row)[2] == "wrong"
        if row.latency is not None:
            self.answered += 1
            self.latencies += row.latency
            self.slowest = max(self.slowest, row.latency)

    @property
    def mean(self) -> float:
        """Milliseconds of an answer, on average."""
        return self.latencies / self.answered / 1000 if self.answered else 0.0


class Inspection:
    """Looks a trace through, fact by fact."""

    def __init__(self, trace: Trace, names: Pseudonyms | None = None) -> None:
        """Nothing was looked at yet. With `names`, which has learned the trace, results are told under those.

        The rules see what really stands there: a tag that is too long is found, whatever it is called.
        """
        self.trace = trace
        self._names = names
        self.rows = SettledRows()
        self.facts = 0
        self.first_at = 0
        self.last_at = 0
        self.exchanges: dict[tuple[str, str], Exchange] = {}
        """By who called and the action."""
        self.found: dict[str, Tally] = {}
        self.events: Counter[str] = Counter()
        """Rows that are no frames or belong to no call."""
        self.open = 0
        """Calls without an answer at the end."""

    def run(self) -> Iterator[int]:
        """Go through all of it; gives the count of facts now and then, so that progress can be shown."""
        for fact in self.trace.facts():
            self._take(fact)
            if self.facts % 1000 == 0:
                yield self.facts
        if not self.trace.goes_on:
            end_of_trace(self.rows.fleet, self.last_at)
        for row, _ in self.rows.rest():
            self._row(row)
        self._count_again()
        yield self.facts

    def _count_again(self) -> None:
        """What the model counted is what counts: rules also find things at no message, or at one long past."""
        counts: Counter[str] = Counter()
        for each in self.rows.fleet.found:
            counts[each.code] += each.count
            for occurrence in each.latest:
                if not occurrence.seq or each.code not in self.found:
                    finding = Finding(each.code, each.severity, occurrence.text, occurrence.path)
                    self._found(
                        finding,
                        Example(occurrence.at, each.station, occurrence.action, occurrence.text, occurrence.path),
                    )
        for code, count in counts.items():
            if code in self.found:
                self.found[code].count = max(count, self.found[code].count)

    def _take(self, fact: Fact) -> None:
        """One fact."""
        self.facts += 1
        self.first_at = min(self.first_at or fact.at, fact.at)
        self.last_at = max(self.last_at, fact.at)
        for row, facts in self.rows.take(fact):
            if facts[0].seq == row.seq:
                self._row(row)

    def _row(self, row: Message) -> None:
        """One row that is complete."""
        if row.origin is Origin.EVENT or row.state is State.ALONE:
            self.events[row.action] += 1
        elif (key := (row.origin.value, row.action)) in self.exchanges or len(self.exchanges) < MOST_CODES:
            self.exchanges.setdefault(key, Exchange()).take(row)
        self.open += row.state is State.OPEN
        for finding in row.findings:
            self._found(finding, Example(row.at, row.station, row.action, finding.text, finding.path))

    def _found(self, finding: Finding, example: Example) -> None:
        """One finding."""
        tally = self.found.get(finding.code)
        if tally is None:
            if len(self.found) >= MOST_CODES:
                return
            tally = self.found[finding.code] = Tally(finding.code)
        tally.take(finding, self._told(example))

    def _told(self, example: Example) -> Example:
        """An example as it may leave."""
        names = self._names
        if names is None:
            return example._replace(text=text_without_secrets(example.text))
        _, _, action, text, path = example
        return Example(
            example.at, names.station(example.station), names.text(action), names.text(text), names.text(path)
        )

    # ------------------------------------------------------------ results

    @property
    def name(self) -> str:
        """What the trace is called; the name of its file may be that of a customer."""
        return self.trace.name if self._names is None else "trace"

    @property
    def stations(self) -> list[Attendant]:
        """Who took part, in the order in which they came."""
        everybody = [
            Attendant(
                each.identity,
                each.version,
                each.vendor,
                each.model,
                each.firmware,
                each.messages,
                each.connection_count,
            )
            for each in self.rows.fleet.stations.values()
        ]
        return everybody if self._names is None else [self._covered(each, self._names) for each in everybody]

    @staticmethod
    def _covered(who: Attendant, names: Pseudonyms) -> Attendant:
        """A station under its other name."""
        return who._replace(
            identity=names.station(who.identity),
            vendor=names.text(who.vendor),
            model=names.text(who.model),
            firmware=names.text(who.firmware),
        )

    @property
    def problems(self) -> list[Problem]:
        """Lines that could not be read, as far as they are remembered; with pseudonyms without their beginnings."""
        known = self.trace.problems
        return known if self._names is None else [each._replace(excerpt="", file="") for each in known]

    def called(self, action: str) -> str:
        """An action as it may be told: one that a station made up may hold a name."""
        return action if self._names is None else self._names.text(action)

    @property
    def findings(self) -> list[Tally]:
        """What was found, the worst and most frequent first."""
        return sorted(self.found.values(), key=lambda tally: (-tally.severity, -tally.count, tally.code))

    @property
    def worst(self) -> Severity | None:
        """The worst of all findings."""
        return max((tally.severity for tally in self.found.values()), default=None)
