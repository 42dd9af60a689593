"""The message log as an operator works with it: memory and database as one, with marks, comments and saved filters."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from ocpp_console.log_search import Found, LogSearch, Progress, go_on
from ocpp_console.model.annotations import Annotations
from ocpp_console.model.fleet import Fleet
from ocpp_console.model.messages import FilterError, Message, MessageFilter, State
from ocpp_console.model.saved_filters import SavedFilters
from ocpp_console.store.changes import Change
from ocpp_console.store.documents import Documents
from ocpp_console.store.history import History
from ocpp_console.store.problems import StoreProblem

MOST_OPEN = 500
"""Rows without an answer that are found on disk for one question."""


class News(NamedTuple):
    """What came to the log."""

    found: Found
    open: list[int]
    """Numbers of the rows looked at that wait for an answer, whether they fit or not: the answer may make them fit."""
    newest: int
    """The highest number of all rows."""


class LogBook:
    """One per engine."""

    def __init__(self, fleet: Fleet, queue: Callable[[Change], None], clock: Callable[[], int]) -> None:
        """`queue` has something written soon; `clock` gives µs UTC."""
        self._fleet = fleet
        self._queue = queue
        self._clock = clock
        self._history: History | None = None
        self._upto: int | None = None
        self.notes = Annotations(self._keep_note)
        """Marks and comments on rows of the log."""
        self.filters = SavedFilters(
            lambda name, document: queue(lambda documents: documents.put_filter(name, document)),
            lambda name: queue(lambda documents: documents.delete_filter(name)),
        )
        """Filters with a name, and the last ones used."""

    async def open(self, history: History, documents: Documents) -> None:
        """The database is open: bring back what was kept in it."""
        self._history = history
        for seq, note in (await documents.notes()).items():
            self.notes.restore(seq, note)
        for document in await documents.filters():
            self.filters.restore(document)

    def show(self, fleet: Fleet, upto: int | None) -> None:
        """Of a trace: the log is that of `fleet`, and what has a higher number than `upto` has not happened yet."""
        self._fleet, self._upto = fleet, upto

    def filter(self, text: str) -> MessageFilter | FilterError:
        """Understand a filter as of now, with the marks and comments there are."""
        return MessageFilter.parse(text, self._clock(), self.notes)

    @property
    def search(self) -> LogSearch:
        """The stored log alone, to read from any place in either direction.

        Raises:
            StoreProblem: the database is not open.
        """
        if self._history is None:
            raise StoreProblem("The database is not open.")
        return LogSearch(self._history, self._version_of, self._fleet.found.attach_again, self._upto)

    async def messages(
        self,
        words: MessageFilter | None = None,
        before: int | None = None,
        limit: int = 200,
        progress: Progress = go_on,
    ) -> Found:
        """The newest rows below the number `before` (None: of all) that fit, oldest first: from memory, then from disk.

        `reached` of the result is the `before` of the next page. A search through much of a large log can be followed
        and ended by `progress`.

        Raises:
            StoreProblem: the database cannot be read.
        """
        rows = self._fleet.messages
        fitting: list[Message] = []
        for message in reversed(rows):
            if (before is None or message.seq < before) and (words is None or words.matches(message)):
                fitting.append(message)
                if len(fitting) >= limit:
                    return Found(fitting[::-1], message.seq, False)
        if len(rows) and (before is None or before > rows[0].seq):
            before = rows[0].seq
        older = await self.search.page(words, before, limit - len(fitting), progress)
        return Found([*older.rows, *fitting[::-1]], older.reached, older.ended)

    async def news(
        self,
        words: MessageFilter | None,
        after: int,
        before: int | None = None,
        limit: int = 200,
        again: Iterable[int] = (),
    ) -> News:
        """What came to the log above the number `after`, for whoever follows it; wherever the rows are.

        `again` are rows that were open when they were seen: they may fit now, or fit no more.

        Raises:
            StoreProblem: the database cannot be read.
        """
        rows = self._fleet.messages
        looked_again = [row for seq in again if (row := await self.row(seq)) is not None]
        newest = rows[-1].seq if len(rows) else 0
        fitting, still_open, reached = [], [row.seq for row in looked_again if row.state is State.OPEN], after + 1
        for row in rows[rows.position(after + 1) : rows.position(before) if before is not None else len(rows)][::-1]:
            if row.state is State.OPEN:
                still_open.append(row.seq)
            if words is None or words.matches(row):
                fitting.append(row)
            if len(fitting) >= limit:
                reached = row.seq
                break
        found = Found(fitting[::-1], reached, reached <= after + 1)
        oldest = rows[0].seq if len(rows) else newest + 1
        if found.ended and oldest > after + 1:  # some may have left the memory already
            lower = min(oldest, before) if before is not None else oldest
            older = await self.search.page(words, lower, limit - len(fitting), after=after)
            found = Found([*older.rows, *found.rows], older.reached, older.ended)
            without_answer = MessageFilter.parse("~open", 0)
            assert isinstance(without_answer, MessageFilter)
            waiting = await self.search.page(without_answer, lower, MOST_OPEN, after=after)
            still_open += [row.seq for row in waiting.rows]
        settled = [row for row in looked_again if words is None or words.matches(row)]
        return News(found._replace(rows=[*settled, *found.rows]), still_open, newest)

    async def row(self, seq: int) -> Message | None:
        """The row with this number, from memory or the database; None when no row has it.

        Raises:
            StoreProblem: the database cannot be read.
        """
        known = self._fleet.messages.by_seq(seq)
        if known is not None:
            return known
        found = await self.search.page(None, seq + 1, 1, after=seq - 1)
        return found.rows[0] if found.rows else None

    def _version_of(self, station: str) -> str:
        """The version of a station, for connections whose beginning is not in the file."""
        known = self._fleet.stations.get(station)
        return known.version if known is not None and known.version else "1.6"

    def _keep_note(self, seq: int) -> None:
        """Save the mark and the comment of one row."""
        document = self.notes.document(seq)
        self._queue(lambda documents: documents.put_note(seq, document))
