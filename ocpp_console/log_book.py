"""The message log as an operator works with it: memory and database as one, with marks, comments and saved filters."""

from collections.abc import Callable

from ocpp_console.log_search import Found, LogSearch, Progress, go_on
from ocpp_console.model.annotations import Annotations
from ocpp_console.model.fleet import Fleet
from ocpp_console.model.messages import FilterError, Message, MessageFilter
from ocpp_console.model.saved_filters import SavedFilters
from ocpp_console.store.changes import Change
from ocpp_console.store.documents import Documents
from ocpp_console.store.history import History
from ocpp_console.store.problems import StoreProblem


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
        *,
        after: int | None = None,
    ) -> Found:
        """The newest rows below the number `before` (None: of all) that fit, oldest first: from memory, then from disk.

        With `after` only rows above that number, as far as they are in memory: for whoever follows the log.
        `reached` of the result is the `before` of the next page. A search through much of a large log can be followed
        and ended by `progress`.

        Raises:
            StoreProblem: the database cannot be read.
        """
        rows = self._fleet.messages
        fitting: list[Message] = []
        for message in reversed(rows):
            if after is not None and message.seq <= after:
                break
            if (before is None or message.seq < before) and (words is None or words.matches(message)):
                fitting.append(message)
                if len(fitting) >= limit:
                    return Found(fitting[::-1], message.seq, False)
        if after is not None:
            return Found(fitting[::-1], after + 1, True)
        if len(rows) and (before is None or before > rows[0].seq):
            before = rows[0].seq
        older = await self.search.page(words, before, limit - len(fitting), progress)
        return Found([*older.rows, *fitting[::-1]], older.reached, older.ended)

    def _version_of(self, station: str) -> str:
        """The version of a station, for connections whose beginning is not in the file."""
        known = self._fleet.stations.get(station)
        return known.version if known is not None and known.version else "1.6"

    def _keep_note(self, seq: int) -> None:
        """Save the mark and the comment of one row."""
        document = self.notes.document(seq)
        self._queue(lambda documents: documents.put_note(seq, document))
