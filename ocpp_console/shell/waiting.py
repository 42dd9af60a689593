"""`ocpp-console wait --until …`: returns when something happens at a charger; for scripts and test benches."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from ocpp_console.shell import printing
from ocpp_console.shell.declaring import Exit, Given, WrongWords
from ocpp_console.shell.running_console import Refused, RunningConsole, console_of, segment
from ocpp_console.visible import visible

ASK_EVERY = 0.25
"""Seconds between two looks at one station."""
ASK_ALL_EVERY = 0.5

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


class Sight(NamedTuple):
    """A station or a session as it is now and as it was when the waiting began."""

    now: Document
    before: Document
    """Empty when there was none."""
    since: str
    """What happened from then on counts (ISO 8601); empty: only what happened after `before`."""

    def came(self, key: str) -> bool:
        """Whether the time `key` was set meanwhile."""
        at = self.now[key] or ""
        return at >= self.since if self.since and at else bool(at) and at != self.before.get(key)


def _connected(sight: Sight, word: str) -> str:
    return f"connected with OCPP {sight.now['version']}" if sight.now["online"] else ""


def _offline(sight: Sight, word: str) -> str:
    return "" if sight.now["online"] else f"is offline {sight.now['gone_reason']}".rstrip()


def _boot(sight: Sight, word: str) -> str:
    now = sight.now
    said = " ".join(filter(None, (now["vendor"], now["model"], now["firmware"])))
    again = now["boot_count"] > sight.before.get("boot_count", 0)
    return f"booted: {said}" if (sight.came("booted_at") if sight.since else again) else ""


def _status(sight: Sight, word: str) -> str:
    number, colon, status = word.rpartition(":")
    for each in sight.now["connectors"]:
        names = (str(each["connector"]), f"{each['evse']}/{each['connector']}")
        if each["status"].casefold() == status.casefold() and (not colon or number in names):
            return f"connector {each['connector']} is {each['status']}"
    return ""


def _began(sight: Sight, word: str) -> str:
    return f"session {sight.now['id']} began" if sight.came("started_at") else ""


def _ended(sight: Sight, word: str) -> str:
    return f"session {sight.now['id']} ended" if sight.came("stopped_at") else ""


CONDITIONS: dict[str, Condition] = {
    "connected": Condition("the charger is connected", _connected),
    "offline": Condition("it is not connected", _offline),
    "boot": Condition("it sends a BootNotification", _boot),
    "status": Condition("a connector is WORD; status=2:WORD asks for connector 2", _status, "WORD"),
    "transaction": Condition("a session begins", _began, sessions=True),
    "stopped": Condition("a session ends", _ended, sessions=True),
}
"""Everything that `--until` takes."""


def spelled(name: str) -> str:
    """A condition as it is typed."""
    return f"{name}={CONDITIONS[name].word}" if CONDITIONS[name].word else name


def run(given: Given) -> int:
    """Wait for it; 4 when it did not happen in time."""
    name, equals, word = (given.until or "").partition("=")
    condition = CONDITIONS.get(name)
    if condition is None or bool(condition.word) != bool(equals and word):
        known = ", ".join(map(spelled, CONDITIONS))
        raise WrongWords(f'--until takes {known}, not "{given.until or ""}".')
    deadline = time.monotonic() + given.timeout if given.timeout is not None else None
    since = _since(given.since)
    try:
        found = _found(given, condition, word, since, deadline)
    except TimeoutError:
        printing.remark(f"{given.until}: not in {given.timeout:g} seconds.")
        return Exit.LATE
    if given.json:
        printing.as_json(found["document"])
    else:
        print(f"{visible(found['station'])} {visible(found['what'])}")
    return Exit.OK


def _found(given: Given, condition: Condition, word: str, since: str, deadline: float | None) -> Document:
    """Look again and again until it is there. Raises TimeoutError; Refused when the console was never reached."""
    console: RunningConsole | None = None
    before: dict[Any, Document] | None = None
    while True:
        trouble: Refused | None = None
        try:
            console = console or console_of(given)
            documents = {_key(each): each for each in _documents(console, condition, given.station)}
            before = documents if before is None else before
            for key, document in documents.items():
                if what := condition.met(Sight(document, before.get(key, {}), since), word):
                    return {"station": document.get("station") or document["id"], "what": what, "document": document}
        except Refused as problem:
            if problem.exit_code != Exit.UNREACHABLE or deadline is None:
                raise
            trouble, console = problem, None  # a console that is about to start; it may come within the time
        if deadline is not None and time.monotonic() >= deadline:
            raise trouble or TimeoutError
        time.sleep(ASK_EVERY if given.station else ASK_ALL_EVERY)


def _documents(console: RunningConsole, condition: Condition, station: str | None) -> Iterator[Document]:
    """What the condition looks at; a station that never connected may still come."""
    if condition.sessions:
        yield from console.ask("GET", "/transactions", station=station).document
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
