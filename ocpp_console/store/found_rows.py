"""What was found out about messages, beside the log: written a moment after it was found, read back with the rows.

Nothing is written about a message that is as it should be. What was found and is not written yet counts like what is.
"""

import asyncio
import contextlib
import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from ocpp_console.model.kept_findings import Kept, keep, put_back
from ocpp_console.model.rows import Message
from ocpp_console.store.database import Database
from ocpp_console.store.problems import UNSTORABLE, StoreProblem
from ocpp_console.store.words import to_text

PAUSE_SECONDS = 0.25
"""For which findings gather: many a message gets more of them when its answer comes."""
RETRY_SECONDS = 1.0
AT_ONCE = 200
"""Messages a statement."""
ENOUGH = 2_000
"""Messages that may wait where somebody can wait for them."""
MOST_WAITING = 50_000
"""Messages that wait for a database which takes nothing; of older ones it is forgotten what was found, and counted."""

SINCE = "found.since"

_PUT = """INSERT INTO found (fact, codes, body) VALUES {}
    ON CONFLICT (fact) DO UPDATE SET codes = excluded.codes, body = excluded.body"""
_RAISE = """INSERT INTO counters (name, value) VALUES (?, ?)
    ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)"""
_OF_NOTHING = "fact > (SELECT ifnull(max(id), 0) FROM facts)"
_OF = "SELECT fact, codes, body FROM found WHERE fact IN (SELECT value FROM json_each(?))"


class FoundRows:
    """The table `found`, and what waits to be written there."""

    def __init__(self, database: Database) -> None:
        """Keep it in `database`; `load` must run before anything else."""
        self._database = database
        self._waiting: dict[int, Message] = {}
        self._writing: dict[int, Message] = {}
        self._since = 1
        self._forgotten = 0
        """The highest number of a message whose findings were not kept."""
        self.lost = 0
        """Messages whose findings were not kept, because the database took nothing for long."""
        self._one_writes = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    async def load(self) -> None:
        """From which number on it is complete. Numbers of facts that never came into the file are given again."""
        rows = await self._database.rows("SELECT value FROM counters WHERE name = ?", (SINCE,))
        self._since = int(rows[0][0]) if rows else 1
        if (await self._database.rows(f"SELECT EXISTS (SELECT 1 FROM found WHERE {_OF_NOTHING})"))[0][0]:
            await self._database.write(f"DELETE FROM found WHERE {_OF_NOTHING}")

    @property
    def since(self) -> int:
        """What was found about messages from this number on is all here; of older ones little or nothing is."""
        return max(self._since, self._forgotten + 1)

    # --------------------------------------------------------------- writing

    def put(self, message: Message) -> None:
        """Something was found out about a message, perhaps not for the first time: have all of it written soon."""
        self._waiting[message.seq] = message
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._write(), name="findings")
        elif len(self._waiting) > MOST_WAITING:
            oldest = next(iter(self._waiting))
            del self._waiting[oldest]
            self._forgotten = max(self._forgotten, oldest)
            self.lost += 1

    async def _write(self) -> None:
        """Write until nothing waits; a database that takes nothing is tried again."""
        pause = PAUSE_SECONDS
        while self._waiting:
            await asyncio.sleep(pause)
            try:
                await self.flush()
                pause = PAUSE_SECONDS
            except StoreProblem:  # the log, which cannot be written either, tells of it
                pause = RETRY_SECONDS
        self._task = None

    async def flush(self) -> None:
        """Write all that waits now.

        Raises:
            StoreProblem: the database takes nothing; it goes on waiting.
        """
        async with self._one_writes:
            if self._forgotten >= self._since:
                await self._database.write(_RAISE, (SINCE, self._forgotten + 1))
                self._since = self._forgotten + 1
            while self._waiting:
                self._writing = some = dict(islice(self._waiting.items(), AT_ONCE))
                for seq in some:
                    del self._waiting[seq]
                try:
                    await self._store(some)
                except BaseException:
                    self._waiting = some | self._waiting
                    raise
                finally:
                    self._writing = {}

    @property
    def waiting(self) -> int:
        """Messages whose findings are not written yet."""
        return len(self._waiting) + len(self._writing)

    async def relieve(self) -> None:
        """Write what waits if it is much; a database that takes nothing is no reason to wait."""
        if len(self._waiting) > ENOUGH:
            with contextlib.suppress(StoreProblem):
                await self.flush()

    async def _store(self, messages: Mapping[int, Message]) -> None:
        """One statement; what can never be stored is counted."""
        rows = [(seq, *keep(message)) for seq, message in messages.items()]
        try:
            statement = _PUT.format(",".join(["(?,?,?)"] * len(rows)))
            await self._database.write(statement, [value for row in rows for value in row])
        except StoreProblem as problem:
            if not isinstance(problem.__cause__, UNSTORABLE):
                raise
            self.lost += len(rows)
            self._forgotten = max(self._forgotten, *messages)

    async def close(self) -> None:
        """Write what waits if the database takes it; the rest is lost, and the next start looks at its rows anew."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        with contextlib.suppress(StoreProblem):
            await self.flush()
        self.lost += len(self._waiting)

    # --------------------------------------------------------------- reading

    async def attach(self, messages: Iterable[Message]) -> None:
        """Give rows that were made anew, if they are not too old, what was found about them when they happened.

        Raises:
            StoreProblem: the file cannot be read.
        """
        young = [message for message in messages if message.seq >= self.since]
        if not young:
            return
        known = await self._of([message.seq for message in young])
        for message in young:
            put_back(message, known.get(message.seq))

    async def _of(self, numbers: Sequence[int]) -> dict[int, Kept]:
        """What is known about the messages with these numbers."""
        waiting = self._not_written()
        known = {seq: keep(waiting[seq]) for seq in numbers if seq in waiting}
        for seq, codes, body in await self._database.rows(_OF, (json.dumps(numbers),)):
            if seq not in known:
                known[seq] = Kept(to_text(codes), to_text(body) if body is not None else None)
        return known

    def _not_written(self) -> dict[int, Message]:
        """What waits, and what is on its way."""
        return self._writing | self._waiting if self._writing else self._waiting

    def waiting_for(self, wanted: str) -> list[int]:
        """Numbers of messages that are not written yet and whose codes, as they are kept, contain `wanted`."""
        return [seq for seq, message in self._not_written().items() if wanted in keep(message).codes]
