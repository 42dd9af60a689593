"""What is kept beside the facts: snapshots that make a restart quick, id tags, settings of a station, counters."""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from ocpp_console.store.database import Database
from ocpp_console.store.words import to_bytes, to_text

Document = dict[str, Any]
"""A plain JSON object."""
Source = Document | Callable[[], Document]
"""A document, or what makes it."""

_AT_ONCE = 300
"""Documents a statement."""
_ENCODED_AT_ONCE = 50
"""Documents encoded before the loop gets its turn: about a millisecond's worth."""

_PUT = "INSERT INTO documents (kind, key, body) VALUES {} ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body"
_DELETE = "DELETE FROM documents WHERE kind = ? AND key = ?"
_RAISE = """INSERT INTO counters (name, value) VALUES (?, ?)
    ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)"""
_STATION, _TRANSACTION, _TAG, _SETTINGS = "station", "transaction", "id_tag", "settings"
_COMMAND, _FILTER, _NOTE = "saved_command", "saved_filter", "note"
_ARRANGEMENTS = "arrangements"
_CHECKPOINT = "snapshot"


class Snapshot(NamedTuple):
    """The model as it was when all facts up to `checkpoint` were folded."""

    checkpoint: int
    """The number of the last fact it includes; 0 when there is none."""
    stations: dict[str, Document]
    """By identity."""
    transactions: dict[tuple[str, str], Document]
    """By station and transaction id."""
    arrangements: dict[str, Document] = {}
    """By station: charging limits, its local list, reservations."""


class Documents:
    """Small documents by kind and key, and counters that only go up.

    Every method raises `StoreProblem` when the file cannot be read or written; nothing has changed then.
    """

    def __init__(self, database: Database) -> None:
        """Keep them in `database`."""
        self._database = database
        self.unreadable = 0
        """Documents that were passed over because their JSON is broken."""

    async def save_snapshot(
        self,
        checkpoint: int,
        stations: Mapping[str, Source],
        transactions: Mapping[tuple[str, str], Source],
        arrangements: Mapping[str, Source] | None = None,
    ) -> None:
        """Store what changed since the last snapshot, and the number of the last fact it includes: all or nothing.

        A document may be given as what makes it: that is called a few at a time.
        """
        rows = await _encoded((_STATION, to_bytes(identity), body) for identity, body in stations.items())
        rows += await _encoded((_TRANSACTION, _pair(*key), body) for key, body in transactions.items())
        rows += await _encoded((_ARRANGEMENTS, to_bytes(key), body) for key, body in (arrangements or {}).items())
        async with self._database.transaction() as writer:
            for some in _pieces(rows):
                await writer.execute(*_put(some))
            await writer.execute(_RAISE, (_CHECKPOINT, checkpoint))

    async def load_snapshot(self) -> Snapshot:
        """The snapshot; an empty one in a new database."""
        transactions = {}
        for key, body in (await self._all(_TRANSACTION)).items():
            station, _, number = key.partition("\n")
            transactions[station, number] = body
        stations, arrangements = await self._all(_STATION), await self._all(_ARRANGEMENTS)
        return Snapshot(await self.counter(_CHECKPOINT), stations, transactions, arrangements)

    async def forget_station(self, identity: str) -> None:
        """Remove a station's snapshot and settings; its facts stay."""
        await self._delete(_STATION, identity)
        await self._delete(_ARRANGEMENTS, identity)
        await self._delete(_SETTINGS, identity)

    async def put_tags(self, tags: Mapping[str, Document]) -> None:
        """Store id tags by token, all or none; a token in another case is the same tag (OCPP: case insensitive)."""
        rows = await _encoded((_TAG, to_bytes(token.casefold()), body) for token, body in tags.items())
        async with self._database.transaction() as writer:
            for some in _pieces(rows):
                await writer.execute(*_put(some))

    async def put_tag(self, token: str, document: Document) -> None:
        """Store one id tag."""
        await self.put_tags({token: document})

    async def delete_tag(self, token: str) -> None:
        """Remove one id tag."""
        await self._delete(_TAG, token.casefold())

    async def tags(self) -> list[Document]:
        """All id tags, in the order of their tokens."""
        return list((await self._all(_TAG)).values())

    async def put_settings(self, identity: str, document: Document) -> None:
        """Store what the operator set for one station."""
        await self._database.write(*_put([(_SETTINGS, to_bytes(identity), _body(document))]))

    async def settings(self) -> dict[str, Document]:
        """What the operator set, by station."""
        return await self._all(_SETTINGS)

    async def put_command(self, name: str, document: Document) -> None:
        """Store one saved command."""
        await self._database.write(*_put([(_COMMAND, to_bytes(name.casefold()), _body(document))]))

    async def delete_command(self, name: str) -> None:
        """Remove one saved command."""
        await self._delete(_COMMAND, name.casefold())

    async def commands(self) -> list[Document]:
        """All saved commands, by name."""
        return list((await self._all(_COMMAND)).values())

    async def put_note(self, seq: int, document: Document) -> None:
        """Store the mark and comment of a row of the log; an empty document removes them."""
        if document:
            await self._database.write(*_put([(_NOTE, str(seq).encode(), _body(document))]))
        else:
            await self._delete(_NOTE, str(seq))

    async def notes(self) -> dict[int, Document]:
        """Marks and comments by the number of their row."""
        return {int(key): body for key, body in (await self._all(_NOTE)).items() if key.isdecimal()}

    async def put_filter(self, name: str, document: Document) -> None:
        """Store one saved filter."""
        await self._database.write(*_put([(_FILTER, to_bytes(name.casefold()), _body(document))]))

    async def delete_filter(self, name: str) -> None:
        """Remove one saved filter."""
        await self._delete(_FILTER, name.casefold())

    async def filters(self) -> list[Document]:
        """All saved filters, by name."""
        return list((await self._all(_FILTER)).values())

    async def counter(self, name: str) -> int:
        """A counter's value; 0 when it was never raised."""
        rows = await self._database.rows("SELECT value FROM counters WHERE name = ?", (name,))
        return int(rows[0][0]) if rows else 0

    async def raise_counter(self, name: str, value: int) -> None:
        """Make a counter at least `value`; it never goes down."""
        await self._database.write(_RAISE, (name, value))

    async def _all(self, kind: str) -> dict[str, Document]:
        """All documents of a kind by key; broken ones are counted and passed over."""
        rows = await self._database.rows("SELECT key, body FROM documents WHERE kind = ? ORDER BY key", (kind,))
        documents = {}
        for key, body in rows:
            try:
                document = json.loads(body)
                documents[to_text(key)] = dict(document)
            except (ValueError, TypeError):
                self.unreadable += 1
        return documents

    async def _delete(self, kind: str, key: str) -> None:
        """Remove one document; it need not exist."""
        await self._database.write(_DELETE, (kind, to_bytes(key)))


_Row = tuple[str, bytes, bytes]


_encode = json.JSONEncoder(separators=(",", ":"), default=str).encode
"""Made once: `json.dumps` makes an encoder for every document."""


def _body(document: Document) -> bytes:
    """JSON in ASCII, so that any text a station sent comes back as it was."""
    return _encode(document).encode("ascii")


def _pair(station: str, number: str) -> bytes:
    """The key of a transaction: an identity has no line feed in it (the handshake refuses control characters)."""
    return to_bytes(f"{station}\n{number}")


async def _encoded(documents: Iterable[tuple[str, bytes, Source]]) -> list[_Row]:
    """Rows; the loop gets its turn in between."""
    rows: list[_Row] = []
    for kind, key, document in list(documents):
        rows.append((kind, key, _body(document() if callable(document) else document)))
        if len(rows) % _ENCODED_AT_ONCE == 0:
            await asyncio.sleep(0)
    return rows


def _pieces(rows: list[_Row]) -> list[list[_Row]]:
    """Cut into what one statement takes."""
    return [rows[start : start + _AT_ONCE] for start in range(0, len(rows), _AT_ONCE)]


def _put(rows: list[_Row]) -> tuple[str, list[Any]]:
    """One statement for so many documents."""
    return _PUT.format(",".join(["(?,?,?)"] * len(rows))), [value for row in rows for value in row]
