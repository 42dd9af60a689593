"""`ocpp-console wait --until …`: returns when something happens at a charger; for scripts and test benches.

It listens to the console's events first, then looks how things are, so that nothing falls between. A state that comes
and goes is told by its own event (`passing_states`); what stays, as a boot or a session, is looked up when an event
says that it may be there.
"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from ocpp_console.shell import printing
from ocpp_console.shell.declaring import Exit, Given, WrongWords
from ocpp_console.shell.event_stream import EventStream
from ocpp_console.shell.passing_states import LiveConnections, filled, passing
from ocpp_console.shell.running_console import Refused, RunningConsole, console_of, segment
from ocpp_console.visible import visible

TRY_EVERY = 0.25
"""Seconds between two attempts to reach a console that is about to start."""
LOOK_EVERY = 0.25
"""Seconds between two looks at what stays: a hundred boots at once need not be looked up one by one."""
TICK = 1.0
"""Longest time without looking at the clock; and where the system wants it, at ctrl+c."""

Document = dict[str, Any]


class Condition(NamedTuple):
    """What can be waited for."""

    help: str
    met: Callable[["Sight", str], str]
    """What is seen and the word behind `=` → what happened in words, or nothing."""
    word: str = ""
    """What stands behind `=`."""
    sessions: bool = False
    """It is about sessions, not about the station itself."""
    stays: tuple[str, ...] = ()
    """Actions after which to look again, because what is waited for stays; none: events tell all of it."""


class Sight(NamedTuple):
    """A station or a session as it is now and as it was when the waiting began."""

    now: Document
    before: Document
    """Empty when there was none."""
    since: str
    """What happened from then on counts (ISO 8601); empty: only what happened after `before`."""

    def came(self, key: str) -> bool:
        """Whether the time `key` was set meanwhile."""
        at = self.now.get(key) or ""
        return at >= self.since if self.since and at else bool(at) and at != self.before.get(key)


def _connected(sight: Sight, word: str) -> str:
    return f"connected with OCPP {sight.now['version']}" if sight.now.get("online") else ""


def _offline(sight: Sight, word: str) -> str:
    return f"is offline: {sight.now['gone_reason']}".rstrip(": ") if sight.now.get("online") is False else ""


def _boot(sight: Sight, word: str) -> str:
    now = sight.now
    said = " ".join(filter(None, (now.get("vendor"), now.get("model"), now.get("firmware"))))
    again = now.get("boot_count", 0) > sight.before.get("boot_count", 0)
    return f"booted: {said}" if (sight.came("booted_at") if sight.since else again) else ""


def _status(sight: Sight, word: str) -> str:
    number, colon, status = word.rpartition(":")
    for each in sight.now.get("connectors", ()):
        names = (str(each["connector"]), f"{each['evse']}/{each['connector']}")
        if each["status"].casefold() == status.casefold() and (not colon or number in names):
            return f"connector {each['connector']} is {each['status']}"
    return ""


def _began(sight: Sight, word: str) -> str:
    return f"session {sight.now['id']} began" if sight.came("started_at") else ""


def _ended(sight: Sight, word: str) -> str:
    return f"session {sight.now['id']} ended" if sight.came("stopped_at") else ""


_SESSIONS = ("StartTransaction", "StopTransaction", "TransactionEvent")

CONDITIONS: dict[str, Condition] = {
    "connected": Condition("the charger is connected", _connected),
    "offline": Condition("it is not connected", _offline),
    "boot": Condition("it sends a BootNotification", _boot, stays=("BootNotification",)),
    "status": Condition("a connector is WORD; status=2:WORD asks for connector 2", _status, "WORD"),
    "transaction": Condition("a session begins", _began, sessions=True, stays=_SESSIONS),
    "stopped": Condition("a session ends", _ended, sessions=True, stays=_SESSIONS),
}
"""Everything that `--until` takes."""


def spelled(name: str) -> str:
    """A condition as it is typed."""
    return f"{name}={CONDITIONS[name].word}" if CONDITIONS[name].word else name


def run(given: Given) -> int:
    """Wait for it; 4 when it did not happen in time."""
    if given.timeout is not None and not 0 <= given.timeout < float("inf"):
        raise WrongWords("--timeout takes a number of seconds, 0 or more.")
    name, equals, word = (given.until or "").partition("=")
    condition = CONDITIONS.get(name)
    if condition is None or bool(condition.word) != bool(equals and word):
        known = ", ".join(map(spelled, CONDITIONS))
        wrong = f', not "{given.until}"' if given.until else "; it is missing"
        raise WrongWords(f"--until takes {known}{wrong}.")
    deadline = time.monotonic() + given.timeout if given.timeout is not None else None
    try:
        found = Waiting(given, condition, word, deadline).until_found()
    except TimeoutError:
        printing.remark(f"{given.until}: not in {given.timeout:g} seconds.")
        return Exit.LATE
    if given.json:
        printing.as_json(found.document)
    else:
        print(f"{visible(found.station)} {visible(found.what)}")
    return Exit.OK


class Found(NamedTuple):
    """What was waited for."""

    station: str
    what: str
    document: Document


class Waiting:
    """One command that waits; over several connections to the console, when it starts late or again."""

    def __init__(self, given: Given, condition: Condition, word: str, deadline: float | None) -> None:
        """`deadline` is a time of the monotonic clock; None waits for ever."""
        self._given = given
        self._condition = condition
        self._word = word
        self._deadline = deadline
        self._since = _since(given.since)
        self._before: dict[Any, Document] | None = None
        self._live = LiveConnections()
        self._last: int | None = None

    def until_found(self) -> Found:
        """Until it is there. Raises TimeoutError; Refused when the console was never reached, or went away."""
        while True:
            try:
                console = console_of(self._given)
                stream = EventStream(console, self._given.station, self._last)
                try:
                    return self._look(console) or self._listen(console, stream)
                finally:
                    self._last = stream.last
                    stream.close()
            except Refused as problem:
                if problem.exit_code != Exit.UNREACHABLE or self._deadline is None:
                    raise
                if self._left() <= 0:  # a console that is about to start may come within the time
                    raise problem if self._before is None else TimeoutError from None
            time.sleep(min(TRY_EVERY, self._left()))

    def _left(self) -> float:
        """Seconds that are left, at most a tick."""
        return TICK if self._deadline is None else max(0.0, min(TICK, self._deadline - time.monotonic()))

    def _listen(self, console: RunningConsole, stream: EventStream) -> Found:
        """Follow the events. Raises TimeoutError and Refused."""
        to_look = 0.0
        while True:
            now = time.monotonic()
            if to_look and now >= to_look:
                to_look = 0.0
                if found := self._look(console):
                    return found
            left = self._left()
            event = stream.next(min(left, to_look - now) if to_look else left)
            if event is not None:
                state = passing(event, self._live)
                if state is not None and not self._condition.sessions and (found := self._judge(state)):
                    return self._filled(console, found)
                if event.kind == "dropped" or event.document.get("action") in self._condition.stays:
                    to_look = to_look or time.monotonic() + LOOK_EVERY
            elif self._left() <= 0:
                if found := self._look(console):
                    return found
                raise TimeoutError

    def _look(self, console: RunningConsole) -> Found | None:
        """How things are now."""
        documents = {_key(each): each for each in _documents(console, self._condition, self._given.station)}
        self._live.seen(documents.values())
        self._before = documents if self._before is None else self._before
        return next(filter(None, map(self._judge, documents.values())), None)

    def _judge(self, document: Document) -> Found | None:
        """Whether this is what was waited for."""
        before = (self._before or {}).get(_key(document), {})
        what = self._condition.met(Sight(document, before, self._since), self._word)
        return Found(document.get("station") or document["id"], what, document) if what else None

    def _filled(self, console: RunningConsole, found: Found) -> Found:
        """What an event told, with everything else that is known of the station."""
        known = next(iter(_documents(console, self._condition, found.station)), {})
        return found._replace(document=filled(found.document, known))


def _documents(console: RunningConsole, condition: Condition, station: str | None) -> Iterator[Document]:
    """What the condition looks at; a station that never connected may still come."""
    if condition.sessions:
        yield from console.ask("GET", "/transactions", station=station, limit=1_000).document["transactions"]
    elif station is None:
        yield from console.ask("GET", "/stations").document
    else:
        try:
            yield console.ask("GET", f"/stations/{segment(station)}").document
        except Refused as problem:
            if problem.exit_code != Exit.NOT_CONNECTED:
                raise


def _key(document: Document) -> tuple[str, str]:
    """By what a station or a session is known again."""
    return document.get("station", ""), document["id"]


def _since(seconds: float | None) -> str:
    """The time so many seconds ago, as the API writes times; empty when nothing was asked for."""
    return (datetime.now(UTC) - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds else ""
