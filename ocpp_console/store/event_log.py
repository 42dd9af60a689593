"""The log that loses nothing: every fact becomes a row, and a reply leaves only after its call is committed.

Group commit without a timetable: while one group is being written the next one gathers. When the writer is idle the
first fact wakes it, and it starts after the present turn of the loop with everything that turn brought. Only small
groups that would follow each other closer than `PAUSE_SECONDS` wait a moment for company.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Coroutine

from ocpp_console.events import Fact, FrameReceived, FrameSent, NoteWritten
from ocpp_console.store.committer import Committer
from ocpp_console.store.database import Database
from ocpp_console.store.encoder import Encoder
from ocpp_console.store.group import MOST_BYTES, MOST_ROWS, Group, Held
from ocpp_console.store.history import History
from ocpp_console.store.problems import TROUBLES, Trouble, trouble_of
from ocpp_console.store.rows import COLUMNS, shorten

DEADLINE_SECONDS = 1.0
"""A reply that waited so long for its commit leaves without it and is counted in `late_commits`."""

MOST_WAITING_ROWS = 100_000
MOST_WAITING_BYTES = 64 << 20
"""What is kept in memory while the database cannot be written; beyond it facts are lost, counted, and noted."""

WATCH_SECONDS = 1.0
PAUSE_SECONDS = 0.001
ENOUGH_ROWS = 8
"""A commit costs the loop as much as twenty rows: fewer than these wait until the last one is so long ago."""

RETRY_SECONDS = (0.05, 0.2, 0.5, 1.0)
CLOSE_SECONDS = 5.0

Release = Callable[[int], None]


class EventLog(History):
    """Stores facts and keeps the ledger of replies. Attach `offer` to the bus and give `hold` to the connections."""

    def __init__(self, database: Database, clock: Callable[[], int]) -> None:
        """Write to `database`; `clock` gives µs UTC. `start` must run before the first fact."""
        super().__init__(database)
        self.clock = clock
        self.lost: Counter[str] = Counter()
        """Facts that could not be stored, by the word of the trouble."""
        self.late_commits = 0
        """Replies that left before their call was committed."""
        self.stored = 0
        """Facts stored since the start, one a row."""
        self.notices: list[str] = []
        """Sentences about troubles that are over, for whoever shows them; take them out."""
        self._encoder: Encoder
        self._committer: Committer
        self._gathering = Group()
        self._queue: deque[Group] = deque()
        """Groups that are closed and wait for the writer."""
        self._writing: Group | None = None
        self._waiting_rows = 0
        self._waiting_bytes = 0
        self._releasing = 0
        self.recording = False
        """Answers come as facts: see `Group.join`."""
        """The call whose stored reply is leaving right now: the FrameSent that follows needs no row."""
        self.behind = False
        """Replies do not wait: the last group has taken too long and is not committed yet."""
        self.trouble: Trouble | None = None
        """Why nothing can be written at the moment; None while all is well."""
        self._losing: Trouble | None = None
        """There is no room for more facts, and why."""
        self._gap = (0, 0, 0)
        """Of the loss under way: how many facts, number and time of the first."""
        self._unsaved_losses: Counter[str] = Counter()
        self._warning = ""
        self._wake: asyncio.Future[None] | None = None
        self._idle = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._chores: set[asyncio.Task[None]] = set()
        self._closing = False
        self._watched = 0.0

    async def start(self) -> None:
        """Read the names, find the end of the index, begin to write."""
        self._loop = asyncio.get_running_loop()
        await self.load()
        self._encoder = Encoder(self.words)
        self._committer = Committer(self.database, self.words)
        await self._committer.start()
        self._task = self._loop.create_task(self._write(), name="event log")

    # ------------------------------------------------------------------ the loop's side: called with every fact

    def offer(self, fact: Fact) -> None:
        """Take one fact for storing. Neither blocks nor raises."""
        if self._losing is not None:
            self._lose(fact)
            return
        group = self._gathering
        if group.rows >= MOST_ROWS or group.size >= MOST_BYTES:
            group = self._next_group()
        if type(fact) is FrameReceived:
            group.values += self._encoder.received(fact)
            group.size += len(fact.raw)
        elif type(fact) is FrameSent:
            if fact.answers and (fact.answers == self._releasing or (self.recording and group.join(fact))):
                return  # it is in the row of its call
            group.values += self._encoder.sent(fact)
            group.size += len(fact.raw)
        else:
            group.values += self._encoder.other(fact)
        group.rows += 1
        if self._wake is not None:
            self._start()

    def hold(self, seq: int, reply: bytes, release: Release) -> None:
        """Store `reply` with the call that is fact `seq`, then call `release` with the time at which it may leave.

        When the database has been silent for a second, replies leave at once and are counted.
        """
        group = self._gathering
        values = group.values
        start = len(values) - COLUMNS
        if start < 0 or values[start] != seq:
            start = group.place_of(seq)
        place = -1
        if start >= 0:
            values[start + 8] = shorten(values[start + 7], reply)  # type: ignore[arg-type]
            place = start + 9
        elif self._writing is None and not self._queue and not group.rows:
            self._let_go([(seq, -1, release)], self.clock())  # committed before anybody held a reply for it
            return
        if self.behind:
            self._release_late(group, [(seq, place, release)], self.clock())
            return
        if not group.held:
            group.since = self._loop.time()
            if self._timer is None:
                self._timer = self._loop.call_at(group.since + DEADLINE_SECONDS, self._check_deadline)
        group.held.append((seq, place, release))

    def _start(self) -> None:
        """Wake the idle writer; it runs after everything that is ready in this turn of the loop."""
        wake, self._wake = self._wake, None
        self._idle.clear()
        if wake is not None and not wake.done():
            wake.set_result(None)

    def _next_group(self) -> Group:
        """Close the gathering group and begin another; too much waiting means that facts are lost from here on."""
        closed = self._gathering
        self._queue.append(closed)
        self._waiting_rows += closed.rows
        self._waiting_bytes += closed.size
        self._gathering = Group()
        if self._waiting_rows >= MOST_WAITING_ROWS or self._waiting_bytes >= MOST_WAITING_BYTES:
            self._losing = self.trouble or TROUBLES["overload"]
        return self._gathering

    def _lose(self, fact: Fact) -> None:
        """Count a fact that finds no room any more."""
        if type(fact) is FrameSent and fact.answers and fact.answers == self._releasing:
            return
        assert self._losing is not None
        count, first, at = self._gap
        self._gap = (count + 1, first or fact.seq, at or fact.at)
        self._count_lost(self._losing.word, 1)

    def _count_lost(self, word: str, count: int) -> None:
        """Count facts that are not stored and never will be."""
        if count:
            self.lost[word] += count
            self._unsaved_losses[word] += count

    # ------------------------------------------------------------------ replies

    def _let_go(self, held: list[Held], at: int) -> None:
        """Send replies; whoever fails at it is reported to the loop and keeps nobody waiting."""
        for seq, place, release in held:
            self._releasing = seq if place >= 0 else 0
            try:
                release(at)
            except Exception as error:
                self._loop.call_exception_handler({"message": "a held reply could not be released", "exception": error})
        self._releasing = 0

    def _release_late(self, group: Group, held: list[Held], at: int) -> None:
        """Send replies of `group` before their commit, with the true time in their rows."""
        group.stamp_replies(held, at)
        self.late_commits += len(held)
        self._let_go(held, at)

    def _check_deadline(self) -> None:
        """The one timer: let all replies go when the oldest has waited for a second, else look again then."""
        self._timer = None
        groups = [group for group in (self._writing, *self._queue, self._gathering) if group is not None and group.held]
        if not groups:
            return
        due = min(group.since for group in groups) + DEADLINE_SECONDS
        if due > self._loop.time():
            self._timer = self._loop.call_at(due, self._check_deadline)
            return
        self.behind = True
        at = self.clock()
        for group in groups:
            held, group.held = group.held, []
            if group is self._writing:
                group.late += held
                group.stamp = at
            self._release_late(group, held, at)

    # ------------------------------------------------------------------ the writer

    async def _write(self) -> None:
        """Write group after group until `close`."""
        began = 0.0
        while True:
            if 0 < self._gathering.rows < ENOUGH_ROWS and not self._queue and not self._closing:
                pause = began + PAUSE_SECONDS - self._loop.time()
                if pause > 0:
                    await asyncio.sleep(pause)
            group = self._take()
            if group is not None:
                began = self._loop.time()
                await self._store(group)
            elif self._closing:
                return
            else:
                self._idle.set()
                self._wake = self._loop.create_future()
                await self._wake

    def _take(self) -> Group | None:
        """The next group to write: the oldest closed one, or what has gathered; None when there is nothing."""
        if self._queue:
            group = self._queue.popleft()
            self._waiting_rows -= group.rows
            self._waiting_bytes -= group.size
        elif self._gathering.rows or self._gathering.held:
            group, self._gathering = self._gathering, Group()
        else:
            return None
        return group

    async def _store(self, group: Group) -> None:
        """Write one group, however long it takes; then its replies leave."""
        self._writing = group
        attempt = 0
        while True:
            group.late = []  # their rows have the true time by now, and no attempt has stored another
            group.take(self.clock())
            try:
                await self._watch()
                unstorable = await self._committer.commit(group)
                break
            except Exception as error:
                self.trouble = trouble_of(error, self.database.path)
            if self._closing and attempt:
                self._abandon(group)
                return
            await asyncio.sleep(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)])
            attempt += 1
        self._writing = None
        self.behind = False
        self.stored += group.rows - unstorable
        self._count_lost("unstorable", unstorable)
        held, group.held = group.held, []
        self._let_go(held, group.stamp)
        try:
            await self._afterwards(group)
        except Exception as error:
            self.trouble = trouble_of(error, self.database.path)

    async def _afterwards(self, group: Group) -> None:
        """What a commit brings with it: the end of a trouble, true times of late replies, the index, a checkpoint."""
        if self.trouble is not None or self._losing is not None:
            self._recover()
        if group.late:
            await self._committer.correct(group.late, group.stamp)
        if self._unsaved_losses:
            await self._committer.save_losses(self._unsaved_losses)
        await self._committer.index(group)
        if self._committer.checkpoint_due():
            self._begin(self._checkpoint())

    def _recover(self) -> None:
        """Writing works again: say so, and let the log itself tell about the gap."""
        if self._losing is not None:
            if self._waiting_rows >= MOST_WAITING_ROWS // 2 or self._waiting_bytes >= MOST_WAITING_BYTES // 2:
                return
            count, first, at = self._gap
            word, self._losing, self._gap = self._losing.word, None, (0, 0, 0)
            if count:
                text = f"{count} facts from number {first} on are missing here: they could not be stored ({word})."
                self.notices.append(text)
                self.offer(NoteWritten(first, at, "", "FACTS_LOST", text))
        self.trouble = None

    def _abandon(self, group: Group) -> None:
        """The console ends and the database takes nothing: what waits is lost, and counted."""
        trouble = self.trouble or TROUBLES["write_error"]
        for each in (group, *self._queue, self._gathering):
            self._count_lost(trouble.word, each.rows)
            held, each.held = each.held, []
            self.late_commits += len(held)
            self._let_go(held, self.clock())
        self._queue.clear()
        self._gathering = Group()
        self._writing = None

    # ------------------------------------------------------------------ chores

    async def _watch(self) -> None:
        """Once a second: is the file still there? One that was deleted is written anew from the handle we have."""
        now = self._loop.time()
        if now < self._watched + WATCH_SECONDS:
            return
        self._watched = now
        if not self.database.is_in_place():
            note = await self.database.restore()
            if note != self._warning:
                self._warning = note
                self.notices.append(note)

    async def _checkpoint(self) -> None:
        """Keep the write-ahead log short; a failure is no loss, the next one will do."""
        try:
            await self.database.checkpoint()
        except Exception as error:
            self.trouble = trouble_of(error, self.database.path)

    def _begin(self, chore: Coroutine[None, None, None]) -> None:
        """Run a chore beside the writer."""
        task = self._loop.create_task(chore)
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)

    # ------------------------------------------------------------------ what others ask

    @property
    def waiting(self) -> int:
        """Facts that are not committed yet."""
        writing = self._writing.rows if self._writing is not None else 0
        return writing + self._waiting_rows + self._gathering.rows

    @property
    def status(self) -> str:
        """For the status line: empty while all is well; else the trouble, what waits and what is lost."""
        parts = []
        if self.trouble is not None:
            parts.append(self.trouble.text)
        if self.trouble is not None or self._losing is not None:
            parts.append(f"{self.waiting} facts wait in memory.")
        if lost := self.lost.total():
            parts.append(f"{lost} facts were lost ({', '.join(sorted(self.lost))}).")
        return " ".join(parts)

    async def flush(self, seconds: float = CLOSE_SECONDS) -> bool:
        """Wait until everything offered so far is committed; False when that takes longer than `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True

    async def settled(self, seconds: float) -> bool:
        """Wait for a moment at which no reply is held, so that the model is complete as far as the log goes.

        Returns in that very moment, or False after `seconds` of traffic without a gap.
        """
        deadline = self._loop.time() + seconds
        while self.owed:
            if self._loop.time() > deadline:
                return False
            await asyncio.sleep(0)
        return True

    @property
    def owed(self) -> int:
        """Replies that are held."""
        groups = (self._writing, *self._queue, self._gathering)
        return sum(len(group.held) + len(group.late) for group in groups if group is not None)

    async def close(self) -> None:
        """Commit what can be committed, count the rest as lost, stop. The database stays open."""
        if self._task is None:
            return
        await self.flush(CLOSE_SECONDS)
        await self.found.close()
        self._closing = True
        if self._wake is not None:
            self._start()
        await self._task
        self._task = None
        if self._timer is not None:
            self._timer.cancel()
        await asyncio.gather(*self._chores, return_exceptions=True)
