"""Opening a trace of any known format: a stream of facts, and a list of what could not be read."""

import re
from collections.abc import Iterator
from heapq import merge
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from ocpp_console.events import Fact
from ocpp_console.outputs.traces.database import facts_in, is_database
from ocpp_console.outputs.traces.entries import entry_of
from ocpp_console.outputs.traces.gathering import entries_in
from ocpp_console.outputs.traces.importing import Importer
from ocpp_console.outputs.traces.json_elements import Document, metadata_at_end
from ocpp_console.outputs.traces.redaction import text_without_secrets
from ocpp_console.outputs.traces.shapes import NotAnEntryError, Placed
from ocpp_console.outputs.traces.text_lines import TextFile
from ocpp_console.outputs.traces.told_times import begun

LISTED_PROBLEMS = 1_000
"""Lines that could not be read and are kept with their reason; the rest is counted."""

_LONGEST_FIRST = 16 * 1024 * 1024
_EXCERPT = 2_000
"""Characters of an unreadable line in which secrets are looked for."""

SIBLING = ".facts.jsonl"
"""What stands instead of the ending in the name of the file beside a trace."""

_STATION_NAMES = ("stationId", "chargePointId", "chargeBoxId", "identity")
"""What the station is called in metadata; the first is DebugKit's own word, the others are what people write."""

_ARRAY = re.compile(r"\s*\[\s*[\[{]")
_OBJECT = re.compile(r'\s*\{(?:\s*$|[^\n]*"events"\s*:\s*\[|\s*\n)')


class Problem(NamedTuple):
    """A line that could not be read."""

    line: int
    text: str
    """Why, as a part of a sentence."""
    excerpt: str
    """How the line begins, without secrets; hostile."""
    file: str = ""
    """The name of the file, when it is not the trace itself but the one beside it."""


def sibling_of(path: Path) -> Path:
    """The file beside an Open OCPP Trace that holds what the format has no place for: `x.jsonl`, `x.facts.jsonl`."""
    return path.with_name(path.name.removesuffix(".gz").removesuffix(path.suffix) + SIBLING)


def is_sibling(path: Path) -> bool:
    """Whether a file is one beside a trace: its facts have places. An export of facts under such a name has none."""
    try:
        with path.open("rb") as file:
            return b'"place":' in file.readline(_LONGEST_FIRST) and path.name.endswith(SIBLING)
    except OSError:
        return False


class Trace:
    """A trace on disk. `facts` may be called again and reads anew."""

    def __init__(self, path: str | Path, name: str = "") -> None:
        """Look at the file; `name` is what it is called when that is not its own.

        Raises:
            OSError: it cannot be opened.
        """
        self.path = Path(path).expanduser()
        self.name = name or self.path.name
        """What it is called."""
        self.is_database = is_database(self.path)
        self.size = self.path.stat().st_size
        self.problems: list[Problem] = []
        """The first of the lines that could not be read."""
        self.unread = 0
        """How many lines could not be read."""
        self.taken = 0
        """Entries, or facts of a database, that could be read so far."""
        self.frames_guessed = 0
        """Frames of which the trace does not say who sent them."""
        self.undated = 0
        """Frames of which the trace does not say when they came."""
        self._last_seq, self._renumber = 0, False
        self._file: TextFile | None = None

    @property
    def goes_on(self) -> bool:
        """Whether its last fact is not its end: a console writes its database on, now or at its next start."""
        return self.is_database

    def number_from(self, last_seq: int) -> None:
        """Have all facts numbered anew, each with a number of its own, from the one after `last_seq` on."""
        self._last_seq, self._renumber = last_seq, True

    @property
    def progress(self) -> float:
        """How much of the file was read, 0 to 1; 0 when nobody knows."""
        return min(self._file.done / self.size, 1.0) if self._file is not None and self.size else 0.0

    def facts(self) -> Iterator[Fact]:
        """Every fact from the first to the last, read as it is asked for. Bad lines are passed over and counted."""
        self.problems, self.unread, self.frames_guessed, self.undated, self.taken = [], 0, 0, 0, 0
        importer = Importer(Path(self.name).stem, last_seq=self._last_seq, renumber=self._renumber)
        if self.is_database:
            for fact in facts_in(self.path):
                self.taken += 1
                yield from importer.facts(fact) if self._renumber else (fact,)
            return
        beside = sibling_of(self.path)
        entries = self._entries(self.path, importer)
        if beside != self.path and is_sibling(beside) and (first := next(entries, None)) is not None:
            entries = chain((first,), entries)
            if first.place:
                entries = merge(entries, self._entries(beside, importer), key=lambda each: each.place)
        elif beside != self.path and is_sibling(beside):
            entries = self._entries(beside, importer)
        start, dated = begun(entries)
        importer.begin_at(start)
        for placed in dated:
            self.taken += 1
            yield from importer.facts(placed.entry, placed.version)
            self.frames_guessed, self.undated = importer.guessed, importer.undated

    def _entries(self, path: Path, importer: Importer) -> Iterator[Placed]:
        """The entries of one file."""
        file = TextFile(path)
        if path == self.path:
            self._file = file
        aside = "" if path == self.path else path.name
        try:
            head = file.head()
            if _ARRAY.match(head) or (_OBJECT.match(head) and '"events"' in head):
                yield from self._elements(file, importer, aside)
                return
            for line, told in entries_in(file.lines()):
                if isinstance(told, list):
                    yield from told
                else:
                    self._note(line.number, told, line.text, aside)
        finally:
            file.close()

    def _elements(self, file: TextFile, importer: Importer, aside: str) -> Iterator[Placed]:
        """The entries of one large JSON document."""
        document = Document(file.read)
        importer.station, importer.version = _metadata(metadata_at_end(self.path, file.encoding))
        for element in document.elements():
            if element.problem:
                self._note(element.line, element.problem, element.text, aside)
                continue
            if document.beside:
                importer.station, importer.version = _metadata(document.beside)
            try:
                yield entry_of(element.value, element.text)
            except NotAnEntryError as problem:
                self._note(element.line, str(problem), element.text, aside)

    def _note(self, line: int, text: str, excerpt: str, file: str) -> None:
        """Count a line that cannot be read."""
        self.unread += 1
        if len(self.problems) < LISTED_PROBLEMS:
            self.problems.append(Problem(line, text, text_without_secrets(excerpt[:_EXCERPT])[:200], file))


def _metadata(beside: dict[str, Any]) -> tuple[str, str]:
    """Station and version as the metadata of a DebugKit trace tell them."""
    metadata = beside.get("metadata")
    told = metadata if isinstance(metadata, dict) else {}
    station = next((told[name] for name in _STATION_NAMES if told.get(name)), None)
    version = told.get("ocppVersion")
    return station if isinstance(station, str) else "", version if isinstance(version, str) else ""
