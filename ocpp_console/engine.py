"""The engine: wires listener, model, bus and store together, and is all that a front end may call.

Front ends read `fleet`, subscribe to `bus`, and act through the methods here. Everything runs in one event loop.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any, Protocol

from ocpp_console import addresses
from ocpp_console.addresses import Url
from ocpp_console.bus import Bus
from ocpp_console.clock import now_us
from ocpp_console.csms.answer_context import AnswerContext
from ocpp_console.csms.calls import NotTaken
from ocpp_console.csms.chronicle import Means
from ocpp_console.csms.elsewhere import Elsewhere
from ocpp_console.csms.fronts import BrokerView, Front, Nowhere, Reachable, front_of
from ocpp_console.engine_link import Link
from ocpp_console.events import Fact, FrameSent
from ocpp_console.log_book import LogBook
from ocpp_console.model.commands import Command
from ocpp_console.model.fleet import Fleet
from ocpp_console.model.id_tag_csv import TagsRead, from_csv, to_csv
from ocpp_console.model.id_tags import IdTag, Policy, UnknownTag
from ocpp_console.model.saved_commands import SavedCommands
from ocpp_console.persistence import Persistence, StoreFigures
from ocpp_console.procedures.link import CallRefused as CallRefused
from ocpp_console.procedures.waiting import Waiting
from ocpp_console.protocol import schemas
from ocpp_console.protocol.findings import Severity
from ocpp_console.protocol.frames import Call, JsonValue, parse
from ocpp_console.settings import Settings
from ocpp_console.station_desk import StationDesk
from ocpp_console.store.configurations import Configurations
from ocpp_console.store.problems import StoreProblem as StoreProblem
from ocpp_console.troubles import Notice as Notice
from ocpp_console.troubles import Troubles

SNAPSHOT_SECONDS = 2.0
URLS_FRESH_US = 5_000_000
"""How long a list of this machine's addresses is good: a laptop changes networks while the console runs."""


class Service(Protocol):
    """Something beside the engine: started after it listens, stopped before it; `standing` is for the status line."""

    async def start(self) -> None:
        """Begin. What it raises ends the start of the console, like a port that is taken."""

    async def stop(self) -> None:
        """End in good order; called also when `start` was not reached or failed."""


class Engine:
    """One running console without a face."""

    def __init__(self, settings: Settings, clock: Callable[[], int] = now_us) -> None:
        """Prepare everything that needs no input or output; `start` does the rest. `clock` gives µs UTC."""
        self.settings = settings
        self.clock = clock
        self.fleet = Fleet(log_rows=settings.log_rows)
        self.findings = self.fleet.found
        self.bus = Bus(self.fleet.apply)
        self.problems = Troubles()
        """What went wrong with the console itself and was not yet read."""
        self.services: list[Service] = []
        """What runs beside it, in the order of starting."""
        self.brokers: list[BrokerView] = []  # by which stations are seen
        self._answers = AnswerContext(self.fleet, settings, clock)
        self.duties = self._answers.duties  # what the console does by itself, and how that is set
        self._persistence = Persistence(settings, self.fleet, self.bus, self._answers, clock, self.report)
        self.facts, self.restoring = self._persistence.facts, self._persistence.restoring  # the whole log; a long start
        self._front: Front = Nowhere()
        self.station_settings = StationDesk(self.fleet, self._persistence.keep_station_settings)
        """What was set for stations by hand; changed here."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting = Waiting(self.fleet.commands)
        self._urls: tuple[int, list[Url]] = (0, [])

    # ------------------------------------------------------------- life

    async def start(self) -> None:
        """Open the store, remember yesterday, listen.

        Raises:
            StoreProblem: the database cannot be used; its text says why.
            ListenError: nobody could listen; its text says why, and names a free port when this one is taken.
        """
        ledger = await self._persistence.open()
        self.bus.attach(self._waiting.offer)
        means = Means(self.settings, self.bus, self._answers, ledger, self.clock)
        self._front = front_of(means, self.report, self.problems.withdraw, self.brokers)
        await self._front.start()
        self._begin(self._save_now_and_then())
        self._begin(self._persistence.tell_news_now_and_then())
        if self.settings.demo:
            self._begin(self._live_demo())
        for service in self.services:
            await service.start()

    async def stop(self) -> None:
        """Say goodbye to every station, commit everything, close the store. Safe to call twice."""
        while self.services:
            await self.services.pop().stop()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._front.stop()
        self._front = Nowhere()
        await self._persistence.close()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Start a task of the engine's own; what it breaks on becomes a problem on the screen."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Forget a task that is over; say so when it broke."""
        self._tasks.discard(task)
        if not task.cancelled() and (problem := task.exception()) is not None:
            self.report(f"Something broke inside the console: {type(problem).__name__}: {problem}")

    def report(self, text: str, severity: Severity = Severity.CRITICAL) -> None:
        """Keep a trouble until it was read."""
        self.problems.append(Notice(self.clock(), severity, text))

    async def _save_now_and_then(self) -> None:
        """Save what changed, so that a restart need not read the whole log."""
        while True:
            await asyncio.sleep(SNAPSHOT_SECONDS)
            await self._persistence.save_changes()

    async def _live_demo(self) -> None:
        """Three simulated stations that connect to this console over loopback, and the tags they use."""
        from ocpp_console.simulator import DEMO_TAGS, Demo

        for tag in DEMO_TAGS:
            if self.fleet.id_tags.get(tag.token) is None:
                self.put_tag(IdTag(tag.token, tag.status, parent=tag.parent, expiry=tag.expiry, note=tag.note))
        self.findings.hide("ENERGY_POWER_MISMATCH")  # energy of the demo runs faster than its clock
        await Demo(f"ws://127.0.0.1:{self.port}{self.settings.path}").run()

    @property
    def port(self) -> int:
        """The port that is listened on; the setting's before `start`."""
        return self.fleet.listeners[0].port if self.fleet.listeners else self.settings.port

    def ask_elsewhere(self, elsewhere: Elsewhere | None) -> None:
        """Let somebody outside answer the calls of stations, as far as it wants to; None ends that."""
        self._answers.elsewhere = elsewhere

    def urls(self) -> list[Url]:
        """What to type into a charger, for each address of this machine; the identity comes after it."""
        at = self.clock()
        if not self._urls[1] or at - self._urls[0] > URLS_FRESH_US:
            self._urls = at, addresses.urls(self.settings.host, self.port, self.settings.path)
        return self._urls[1]

    @property
    def configurations(self) -> Configurations:
        """Configurations that were kept: what stations were set to at other times."""
        return self._persistence.configurations

    def store_status(self) -> str:
        """How the store is, in a few words; empty while all is well."""
        return self._persistence.status()

    def store_figures(self) -> StoreFigures:
        """How much waits to be written, was lost, or came late."""
        return self._persistence.figures()

    def facts_after(self, seq: int) -> AsyncIterator[Fact]:
        """Every stored fact with a higher number than `seq`, oldest first."""
        return self._persistence.facts_after(seq)

    # --------------------------------------------------------- commands

    def request(
        self,
        station: str,
        action: str,
        payload: JsonValue,
        *,
        check: bool = True,
        timeout: float | None = None,
        purpose: str = "",
        call_id: str = "",
    ) -> Command:
        """Queue one call for a station and return its record; it goes out when its turn comes.

        With `check` a payload that breaks its schema is refused with all violations; without, anything is sent.
        `purpose` is what a procedure asks for: such calls do not crowd the operator's own out of the history.
        `call_id` is the message id, when whoever asks has one.

        Raises:
            CallRefused: read-only, the station unknown, offline or with too many calls to answer, or a wrong payload.
        """
        connection = self._reachable(station)
        if check:
            self._check(connection.version, action, payload)
        call_id = call_id or self._front.new_id()
        self._queue(connection, call_id, action, payload, timeout, purpose=purpose)
        command = self.fleet.commands.get(station, call_id)
        if command is None:
            raise CallRefused(f"The station {station} went away before the command was queued.")
        return command

    def send_frame(self, station: str, raw: bytes) -> Command | None:
        """Send a frame exactly as it is. A CALL becomes a command with the frame's own id; of all else no answer comes.

        Returns its record; None when it was taken for an answer to a call of the station.

        Raises:
            CallRefused: the console is read-only, or the station is unknown, offline or has too many calls to answer.
        """
        connection = self._reachable(station)
        frame = parse(raw, connection.version)
        if not isinstance(frame, Call) or not isinstance(frame.id, str):
            try:
                connection.send_message(raw)
            except NotTaken as problem:
                raise CallRefused(f"The station {station} {problem}.") from None
            row = self.bus.publish(FrameSent(self.bus.number(), self.clock(), station, connection.id, raw))
            return self.fleet.commands.of_row(station, row) if row is not None else None
        self._queue(connection, frame.id, frame.action, frame.payload, None, raw)
        return self.fleet.commands.get(station, frame.id)

    def _queue(
        self,
        connection: Reachable,
        call_id: str,
        action: str,
        payload: JsonValue,
        timeout: float | None,
        raw: bytes | None = None,
        purpose: str = "",
    ) -> None:
        """Have the connection ask when its turn comes; nobody waits for a call that was not taken."""
        self._waiting.expect(connection.identity, call_id)
        try:
            connection.request(call_id, action, payload, timeout, raw, purpose)
            return
        except ValueError as problem:
            refused = f"The payload cannot be written as JSON: {problem}"
        except NotTaken as problem:
            refused = f"The station {connection.identity} {problem}."
        self._waiting.forget(connection.identity, call_id)
        raise CallRefused(refused)

    def _reachable(self, station: str) -> Reachable:
        """The live connection of a station that may be written to."""
        if self.settings.read_only:
            raise CallRefused("The console is read-only (--read-only): no command is sent.")
        connection = self._front.connection_of(station)
        if connection is None:
            known = station in self.fleet.stations
            why = "is offline; it can be asked again when it returns" if known else "never connected"
            raise CallRefused(f"The station {station} {why}.")
        if self._front.refusal:
            raise CallRefused(self._front.refusal)
        return connection

    def refusal_for(self, station: str) -> str:
        """Why nothing may be sent to a station, as while the console only watches it; empty when it may."""
        self._front.connection_of(station)  # of several ways its own decides
        return self._front.refusal

    def _check(self, version: str, action: str, payload: JsonValue) -> None:
        """Refuse what the schema of this version does not know or does not allow."""
        if not schemas.known(version, action):
            raise CallRefused(f"OCPP {version} has no action {action}.")
        findings = schemas.check(version, action, "request", payload)
        if findings:
            raise CallRefused("The payload breaks the rules of its schema.", findings)

    def link(self, station: str, purpose: str = "") -> Link:
        """A station as procedures see it; `purpose` names what many calls are for, such as "configuration"."""
        return Link(self, station, purpose)

    def cancel(self, command: Command) -> bool:
        """Take back a command that has not been answered; False when it is too late."""
        connection = self._front.connection_of(command.station)
        return connection is not None and connection.cancel(command.id)

    async def outcome(self, command: Command) -> Command:
        """Wait until a command was answered, refused, given up or lost; returns the same record."""
        return await self._waiting.outcome(command)

    async def until(self, station: str, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait until `condition` holds, looked at after each fact of a station; False when it never did in time."""
        return await self._waiting.until(station, condition, seconds)

    # --------------------------------------------------------- stations

    def registration_of(self, station: str) -> str:
        """What a boot of this station is answered with."""
        return self._answers.registration_of(station)

    def interval_of(self, station: str) -> int:
        """Seconds between heartbeats that a boot of this station is answered with."""
        return self._answers.interval_of(station)

    def disconnect(self, station: str, reason: str = "closed by the operator") -> bool:
        """Close a station's connection, so that it dials again; False when it has none."""
        connection = self._front.connection_of(station)
        if connection is not None:
            connection.close(1000, reason)
        return connection is not None

    def forget(self, station: str) -> bool:
        """Drop an offline station and its sessions; its messages stay in the log. False when online or unknown."""
        if not self.fleet.forget(station):
            return False
        self.fleet.station_settings.drop(station)
        self._persistence.forget(station)
        return True

    # ----------------------------------------------------------- idTags

    def put_tag(self, tag: IdTag) -> None:
        """Add a tag to the list, or replace the one with the same token."""
        self.fleet.id_tags.put(tag)
        self._persistence.keep_tag(tag)

    def remove_tag(self, token: str) -> bool:
        """Take a tag off the list; False when it was not there."""
        if self.fleet.id_tags.remove(token) is None:
            return False
        self._persistence.drop_tag(token)
        return True

    def set_policy(self, policy: Policy) -> None:
        """Decide what happens to tags that are not in the list; kept for the next start unless a flag differs."""
        self.fleet.id_tags.set_policy(policy)
        self._persistence.keep_policy(policy)

    def accept_unknown(self, unknown: UnknownTag | None = None) -> IdTag | None:
        """Put a tag that was presented and not known on the list, else the last such; None when there was none."""
        waiting = self.fleet.id_tags.unknown
        chosen = unknown or (waiting[-1] if waiting else None)
        if chosen is None:
            return None
        note = f"accepted at {chosen.station}"
        tag = IdTag(chosen.token, type=chosen.type, note=note, last_used=chosen.at, last_station=chosen.station)
        self.put_tag(tag)
        return tag

    async def import_tags(self, path: str | Path) -> TagsRead:
        """Add the tags of a CSV file; says how many are new, how many were replaced, and which lines gave none.

        Raises:
            OSError: the file cannot be read.
        """
        reading = from_csv(await asyncio.to_thread(_read, path))
        replaced = sum(self.fleet.id_tags.get(tag.token) is not None for tag in reading.tags)
        for tag in reading.tags:
            self.put_tag(tag)
        return TagsRead(len(reading.tags) - replaced, replaced, reading.problems)

    async def export_tags(self, path: str | Path) -> int:
        """Write the list as CSV; returns how many tags. Raises OSError when the file cannot be written."""
        tags = self.fleet.id_tags.all()
        await self.write_text(path, to_csv(tags))
        return len(tags)

    # --------------------------------------------------- saved commands

    @property
    def saved_commands(self) -> SavedCommands:
        """Commands that the operator keeps under a name; what is put there or removed is saved."""
        return self._persistence.saved_commands

    async def read_text(self, path: str | Path) -> str:
        """A file's text in UTF-8. Raises OSError or UnicodeError when it cannot be read."""
        return (await asyncio.to_thread(_read, path)).decode("utf-8-sig")

    async def write_text(self, path: str | Path, text: str) -> None:
        """Replace a file by `text`. Raises OSError when it cannot be written."""
        await asyncio.to_thread(_write, path, text)

    # -------------------------------------------------------------- log

    @property
    def log(self) -> LogBook:
        """The message log, memory and database as one: pages by filter, marks, comments, saved filters."""
        return self._persistence.log_book


def _read(path: str | Path) -> bytes:
    """All of a file; `~` is the user's home."""
    return Path(path).expanduser().read_bytes()


def _write(path: str | Path, text: str) -> None:
    """Replace a file by `text` in UTF-8, with its line ends as they are."""
    Path(path).expanduser().write_text(text, "utf-8", newline="")
