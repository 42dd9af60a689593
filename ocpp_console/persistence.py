"""What survives a restart: the store and the model joined.

A start loads the last snapshot, folds the facts that came after it, and reads the newest rows of the log. While the
console runs, what changed is saved now and then; tags and settings are saved as soon as they change.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple

from ocpp_console.bus import Bus
from ocpp_console.csms.answer_context import AnswerContext
from ocpp_console.csms.ledger import Ledger
from ocpp_console.events import Fact, NoteWritten
from ocpp_console.log_book import LogBook
from ocpp_console.model.documents import fill_fields, plain_fields
from ocpp_console.model.fleet import Fleet
from ocpp_console.model.id_tags import IdTag, Policy, UnknownTag
from ocpp_console.model.saved_commands import SavedCommand, SavedCommands
from ocpp_console.model.station_settings import StationSettings
from ocpp_console.protocol.actions import ACTIONS
from ocpp_console.restoring import Restoring
from ocpp_console.settings import Settings
from ocpp_console.store.changes import Change, Changes
from ocpp_console.store.configurations import Configurations
from ocpp_console.store.database import Database
from ocpp_console.store.documents import Documents
from ocpp_console.store.event_log import EventLog
from ocpp_console.store.news import News
from ocpp_console.store.problems import StoreProblem

RECALLED_ROWS = 1_000
"""Rows of the last run that are shown at once; older ones are read when somebody scrolls there."""

RECALLED_COMMAND_ROWS = 6_000
"""Rows of commands and their answers that are read at a start: three for each of two thousand commands."""

PATIENCE_SECONDS = 30.0
"""How long a snapshot waits for a moment at which no reply is held. Facts of replies that were held meanwhile would be
missing from the model after a crash, though never from the log."""

NEWS_SECONDS = 1.0
"""Between two looks at how the store fares: a trouble that is shorter needs no word."""

UNSAVED_IDS = 1_000
"""TransactionIds passed over after a crash: more were hardly given in what was never written."""

AS_LAST_CHOSEN = "last"
"""The policy of a start that names none: what was chosen on the screen is then the policy still."""

CONSOLE = ""
"""Whose settings are the console's own: no station has an empty identity."""


class StoreFigures(NamedTuple):
    """How the store fares, in facts and replies."""

    waiting: int
    lost: int
    late: int


class Persistence:
    """Keeps the fleet in step with the database. One per engine."""

    def __init__(
        self,
        settings: Settings,
        fleet: Fleet,
        bus: Bus,
        answers: AnswerContext,
        clock: Callable[[], int],
        complain: Callable[[str], None],
    ) -> None:
        """`complain` takes sentences about troubles of the store, for the operator."""
        self._settings = settings
        self._fleet = fleet
        self._bus = bus
        self._answers = answers
        self._clock = clock
        self._complain = complain
        self.saved_commands = SavedCommands(self._keep_command, self._drop_command)
        """Commands that the operator keeps under a name."""
        self.log_book = LogBook(fleet, self._queue, clock)
        """The message log over the whole database."""
        self.restoring = Restoring(settings)
        """How far a start is that has much to read back."""
        self._policy: str = Policy.ACCEPT_ALL
        """What was chosen on the screen, in this run or an earlier one."""
        self._recalled: list[str] = []
        """What is sent by itself because it was chosen in an earlier run."""
        self._database: Database | None = None
        self._documents: Documents | None = None
        self._log: EventLog | None = None
        self.recording = False
        """What comes was recorded: answers are facts like others, and nobody waits for them to be stored."""
        self._changes: Changes | None = None
        self._news: News | None = None

    # ---------------------------------------------------------- opening

    async def open(self) -> Ledger:
        """Open the database, restore the fleet, begin to log; returns the ledger for the listener.

        Raises:
            StoreProblem: the database cannot be used; the text says why and what to do.
        """
        self._database = await Database.open(
            self._settings.db, at=self._clock(), port=self._settings.port, durability=self._settings.durability
        )
        self._documents = Documents(self._database)
        log = self._log = EventLog(self._database, self._clock)
        log.recording = self.recording
        await log.start()
        await self._restore_settings(self._documents)
        await self.log_book.open(log, self._documents)
        self._fleet.found.told, self._fleet.found.kept_since = log.found.put, log.found.since
        await self._restore_fleet(self._documents, log)
        await self._restore_counter(self._documents, self._database)
        self._bus.attach(log.offer)
        for note in self._database.notes:
            self._tell(note)
        if self.restoring.note:
            self._tell(self.restoring.note, confirm=False)
        for told in self._recalled:
            self._bus.publish(NoteWritten(self._bus.number(), self._clock(), "", "duties", told))
        self._changes = Changes(self._documents, self._complain)
        self._news = News(log)
        return log

    def _tell(self, text: str, *, confirm: bool = True) -> None:
        """Something about the store, for the log, and unless it shows by itself for the operator to `confirm`."""
        if confirm:
            self._complain(text)
        self._bus.publish(NoteWritten(self._bus.number(), self._clock(), "", "store", text))

    async def _restore_fleet(self, documents: Documents, log: EventLog) -> None:
        """The snapshot, then the facts after it, then the log's newest rows."""
        snapshot = await documents.load_snapshot()
        last = await log.last_seq()
        self._bus.last_seq = max(last, snapshot.checkpoint)
        for station in snapshot.stations.values():
            self._fleet.restore_station(station)
        for identity in self._fleet.station_settings:
            if identity not in self._fleet.stations:  # set up, and never seen; or the last snapshot was not written
                self._fleet.set_up(identity, self._fleet.station_settings.of(identity))
        for transaction in snapshot.transactions.values():
            self._fleet.restore_transaction(transaction)
        for identity, arrangements in snapshot.arrangements.items():
            self._fleet.arrangements.restore(identity, arrangements)
        if not last:
            return
        recent = await log.page(snapshot.checkpoint + 1, RECALLED_ROWS)
        self._fleet.recall(recent)
        await log.found.attach(self._fleet.messages)
        await self.restoring.fold(self._fleet, log.after(snapshot.checkpoint), last - snapshot.checkpoint)
        self._fleet.recall_commands([*await log.commands(_is_ours, RECALLED_COMMAND_ROWS), *recent])
        self._fleet.settle(self._clock())

    async def _restore_settings(self, documents: Documents) -> None:
        """Tags, saved commands, and what the operator set for stations and for the console."""
        for document in await documents.tags():
            self._fleet.id_tags.put(IdTag.from_document(document))
        for document in await documents.commands():
            saved = SavedCommand.from_document(document)
            if saved is not None:
                self.saved_commands.restore(saved)
        kept = await documents.settings()
        own = kept.pop(CONSOLE, {})
        self._policy = own.get("policy", Policy.ACCEPT_ALL)
        found = self._fleet.found
        found.hidden.update(code for code in own.get("hidden", []) if isinstance(code, str))
        found.keep_hidden = self._keep_own
        self._recalled = self._answers.duties.recall(own.get("duties"))
        self._answers.duties.keep = self._keep_own
        tags = self._fleet.id_tags
        presented = (_unknown_tag(document) for document in own.get("unknown", []))
        tags.unknown.extend(tag for tag in presented if tags.get(tag.token) is None)
        # A setting given at the start wins over what was chosen on the screen in an earlier run.
        given = self._settings.policy
        tags.set_policy(Policy(self._policy if given == AS_LAST_CHOSEN else given))
        for station, document in kept.items():
            self._fleet.station_settings.put(station, StationSettings.from_document(document))

    async def _restore_counter(self, documents: Documents, database: Database) -> None:
        """No transactionId is given twice, not even one whose answer left while the database took nothing."""
        given = await documents.counter("transaction_id")
        if not database.ended_well:
            given = max(given, self._fleet.transactions.highest_id) + UNSAVED_IDS
            await documents.raise_counter("transaction_id", given)  # the next crash passes over others
        self._answers.last_transaction_id = given

    # ----------------------------------------------------------- saving

    async def save_changes(self) -> None:
        """Save the stations and sessions that changed since the last time."""
        if self._documents is None or self._log is None:
            return
        fleet = self._fleet
        if self._changes is not None and not self._changes.stuck:  # meanwhile they gather
            self._keep_tags_used()
        if not fleet.dirty_stations and not fleet.dirty_transactions and not fleet.arrangements.dirty:
            return
        await self._log.settled(PATIENCE_SECONDS)
        await self._save(self._documents)

    async def tell_news_now_and_then(self) -> None:
        """Runs beside the saving, which may itself wait for the database."""
        while True:
            await asyncio.sleep(NEWS_SECONDS)
            self._tell_news()

    def _tell_news(self) -> None:
        """Put into the log, and before the operator where he has to know, how the store fares."""
        for word in self._news.take() if self._news is not None else ():
            self._tell(word.text, confirm=word.confirm)

    async def _save(self, documents: Documents) -> bool:
        """Take the documents of this very moment and store them with the number of the last fact they contain.

        False when the database does not take them; they are taken again the next time.
        """
        fleet, checkpoint = self._fleet, self._bus.last_seq
        dirty_stations, dirty_transactions = set(fleet.dirty_stations), set(fleet.dirty_transactions)
        stations = {
            name: station.document_later()
            for name in dirty_stations
            if (station := fleet.stations.get(name)) is not None
        }
        transactions = {
            key: transaction.document_later()
            for key in dirty_transactions
            if (transaction := fleet.transactions.get(*key)) is not None
        }
        dirty_arrangements = set(fleet.arrangements.dirty)
        arrangements = {name: fleet.arrangements.of(name).to_document() for name in dirty_arrangements}
        fleet.arrangements.dirty.clear()
        fleet.dirty_stations.clear()
        fleet.dirty_transactions.clear()
        try:
            if self._log is not None:
                await self._log.found.flush()  # what the snapshot contains is not found a second time
            await documents.save_snapshot(checkpoint, stations, transactions, arrangements)
            await documents.raise_counter("transaction_id", self._answers.last_transaction_id)
        except Exception as problem:  # the log tells about the database's trouble; this is tried again
            fleet.arrangements.dirty.update(dirty_arrangements)
            fleet.dirty_stations.update(dirty_stations)
            fleet.dirty_transactions.update(dirty_transactions)
            if not isinstance(problem, OSError | StoreProblem) and "sqlite" not in type(problem).__module__:
                raise
            return False
        return True

    def _queue(self, change: Change) -> None:
        """Have something written soon, in the order it was asked for."""
        if self._changes is not None:
            self._changes.put(change)

    def keep_tag(self, tag: IdTag) -> None:
        """Save one tag."""
        self._queue(lambda documents: documents.put_tag(tag.token, tag.to_document()))

    def drop_tag(self, token: str) -> None:
        """Remove one tag."""
        self._queue(lambda documents: documents.delete_tag(token))

    def _keep_command(self, saved: SavedCommand) -> None:
        """Save one command under its name."""
        self._queue(lambda documents: documents.put_command(saved.name, saved.to_document()))

    def _drop_command(self, name: str) -> None:
        """Remove one saved command."""
        self._queue(lambda documents: documents.delete_command(name))

    def _keep_tags_used(self) -> None:
        """Save when and where tags were used last, the unknown ones included."""
        tags = self._fleet.id_tags
        used, tags.used = tags.used, set()
        listed = {tag.token: tag.to_document() for token in used if (tag := tags.get(token)) is not None}
        if listed:
            self._queue(lambda documents: documents.put_tags(listed))
        if any(tags.get(token) is None for token in used):
            self._keep_own()

    def keep_policy(self, policy: Policy) -> None:
        """Save what happens to tags that are not in the list."""
        self._policy = policy.value
        self._keep_own()

    def _keep_own(self) -> None:
        """Save what is the console's own: policy and duties as chosen on the screen, and unknown tags presented."""
        unknown = [plain_fields(tag) for tag in self._fleet.id_tags.unknown]
        hidden = sorted(self._fleet.found.hidden)
        document = {"policy": self._policy, "unknown": unknown, "hidden": hidden, "duties": self._answers.duties.chosen}
        self._queue(lambda documents: documents.put_settings(CONSOLE, document))

    def keep_station_settings(self, station: str) -> None:
        """Save what the operator set for one station."""
        document = self._fleet.station_settings.of(station).to_document()
        self._queue(lambda documents: documents.put_settings(station, document))

    def forget(self, station: str) -> None:
        """Remove a station's snapshot and settings; its facts stay."""
        self._queue(lambda documents: documents.forget_station(station))

    # ---------------------------------------------------------- reading

    @property
    def configurations(self) -> Configurations:
        """Configurations that were kept.

        Raises:
            StoreProblem: the database is not open.
        """
        if self._database is None:
            raise StoreProblem("The database is not open.")
        return Configurations(self._database)

    async def written(self) -> None:
        """Wait until all that came so far is in the database."""
        if self._log is not None:
            await self._log.flush()

    async def facts_after(self, seq: int) -> AsyncIterator[Fact]:
        """Every stored fact with a higher number, oldest first, those included that were about to be written."""
        if self._log is not None:
            await self._log.flush()
            async for fact in self._log.after(seq):
                yield fact

    def figures(self) -> StoreFigures:
        """How much waits to be written, was lost, or came late."""
        log = self._log
        return (
            StoreFigures(log.waiting, log.lost.total(), log.late_commits) if log is not None else StoreFigures(0, 0, 0)
        )

    def status(self) -> str:
        """How the store is; empty while all is well."""
        if self._log is None:
            return ""
        lost = self._log.found.lost
        return f"{self._log.status} Findings of {lost} messages were not kept." if lost else self._log.status

    @property
    def behind(self) -> int:
        """Facts, and messages about which something was found, that are not committed yet."""
        return self._log.waiting + self._log.found.waiting if self._log is not None else 0

    async def facts(self) -> AsyncIterator[Fact]:
        """Everything in the log, oldest first."""
        if self._log is not None:
            await self._log.flush()
            async for fact in self._log.after(0):
                yield fact

    # ---------------------------------------------------------- closing

    async def close(self) -> None:
        """Save everything and close the database. Safe to call twice, without `open` and while it opens."""
        await self.restoring.call_off()
        self._tell_news()
        self._news = None
        if self._changes is not None:
            self._keep_tags_used()
            lost = await self._changes.close()
            self._changes = None
            if lost:
                self._tell(lost)
        saved = False
        if self._log is not None and self._documents is not None:
            await self._log.flush()
            saved = not self.restoring.unfinished and await self._save(self._documents)
            await self._log.close()
        if self._database is not None:
            await self._database.close(complete=saved)
        self._database = self._documents = self._log = None


def _is_ours(action: str) -> bool:
    """The console calls actions of this name; the operator may send any that no station calls."""
    known = ACTIONS.get(action)
    return known is None or known.by != "station"


def _unknown_tag(document: Any) -> UnknownTag:
    """A tag that was presented in an earlier run."""
    tag = UnknownTag("", "", 0, "", "")
    fill_fields(tag, document)
    return tag
