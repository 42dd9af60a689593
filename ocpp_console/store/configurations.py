"""Configurations of stations at certain times, kept beside the facts."""

import json
from typing import NamedTuple

from ocpp_console.model.configurations import Configuration, differences
from ocpp_console.store.database import Database
from ocpp_console.store.words import to_bytes, to_text

MOST_KEPT = 40
"""Per station, of those that the operator asked for; the oldest give way."""
MOST_AUTOMATIC = 20
"""The same for those that the console took by itself."""
BEFORE = "before "
"""How the label of what is kept before a writing begins."""

_KIND = "configuration"
_PUT = """INSERT INTO documents (kind, key, body) VALUES (?, ?, ?)
    ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body"""


class Entry(NamedTuple):
    """One kept configuration, without its settings."""

    station: str
    at: int
    """When it was taken (µs UTC)."""
    label: str
    automatic: bool
    """The console took it by itself."""


class Configurations:
    """Kept configurations. Every method raises `StoreProblem` when the file cannot be read or written."""

    def __init__(self, database: Database) -> None:
        """Keep them in `database`."""
        self._database = database

    async def keep(self, configuration: Configuration) -> Entry:
        """Keep one; the oldest of the station give way."""
        label = " ".join(configuration.label.split())[:80]
        entry = Entry(configuration.station, configuration.at, label, configuration.automatic)
        body = json.dumps(configuration.to_document(), separators=(",", ":")).encode("ascii")
        await self._database.write(_PUT, (_KIND, _key(entry), body))
        alike = [each for each in await self.listing(entry.station) if each.automatic == entry.automatic]
        for old in alike[MOST_AUTOMATIC if entry.automatic else MOST_KEPT :]:
            await self.drop(old)
        return entry

    async def listing(self, station: str | None = None) -> list[Entry]:
        """What is kept, of one station or of all, the newest first."""
        rows = await self._database.rows("SELECT key FROM documents WHERE kind = ?", (_KIND,))
        entries = [entry for row in rows if (entry := _entry(to_text(row[0]))) is not None]
        wanted = [entry for entry in entries if station is None or entry.station == station]
        return sorted(wanted, key=lambda entry: entry.at, reverse=True)

    async def load(self, entry: Entry) -> Configuration | None:
        """One of them; None when it is gone or cannot be read."""
        rows = await self._database.rows("SELECT body FROM documents WHERE kind = ? AND key = ?", (_KIND, _key(entry)))
        try:
            document = json.loads(rows[0][0]) if rows else None
        except ValueError:
            return None
        return Configuration.from_document(document) if isinstance(document, dict) else None

    async def newest(self, station: str) -> Configuration | None:
        """The last one of a station."""
        entries = await self.listing(station)
        return await self.load(entries[0]) if entries else None

    async def before_writing(self, station: str) -> Entry | None:
        """What a station was set to before something was written to it last: what an undo goes back to."""
        kept = await self.listing(station)
        return next((each for each in kept if each.automatic and each.label.startswith(BEFORE)), None)

    async def keep_if_new(self, configuration: Configuration) -> None:
        """Keep what was read, when it differs from what is kept in anything that can be set."""
        newest = await self.newest(configuration.station)
        differing = differences(newest, configuration) if newest is not None else ()
        if newest is None or any(side.writable for each in differing for side in (each.left, each.right) if side):
            await self.keep(configuration)

    async def drop(self, entry: Entry) -> None:
        """Remove one; it need not exist."""
        await self._database.write("DELETE FROM documents WHERE kind = ? AND key = ?", (_KIND, _key(entry)))


def _key(entry: Entry) -> bytes:
    """The parts of an entry in lines; an identity has no line feed in it (the handshake refuses control characters)."""
    return to_bytes("\n".join((entry.station, str(entry.at), "automatic" if entry.automatic else "", entry.label)))


def _entry(key: str) -> Entry | None:
    """What a key says."""
    station, at, automatic, label = (*key.split("\n", 3), "", "", "")[:4]
    return Entry(station, int(at), label, bool(automatic)) if at.isascii() and at.isdigit() else None
