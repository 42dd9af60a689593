"""Writing a trace: facts in, one by one, a file out; in any format, filtered, without secrets, under other names.

A file appears when it is complete: until then it is called `.part`. Who feeds it decides when to pause; nothing here
waits for anything but the disk.
"""

import contextlib
import errno
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from ocpp_console.events import Fact, StationConnected
from ocpp_console.model.messages import Message
from ocpp_console.outputs.traces.diagram_writers import MermaidWriter, PlantUmlWriter
from ocpp_console.outputs.traces.fact_writers import DebugKitWriter, FactsWriter, TextWriter, TraceWriter
from ocpp_console.outputs.traces.redaction import Redaction, Veil
from ocpp_console.outputs.traces.row_writers import CsvWriter, MarkdownWriter
from ocpp_console.outputs.traces.settled_rows import InOrder
from ocpp_console.outputs.traces.sieve import Sieve
from ocpp_console.outputs.traces.source import SIBLING, is_sibling, sibling_of

MOST_CONNECTIONS = 50_000
"""Beginnings of connections that are kept until a row of theirs is written."""

STDOUT = "-"
"""The name of a file that is none."""


class Format(NamedTuple):
    """One format that can be written."""

    name: str
    endings: tuple[str, ...]
    """Endings of file names by which it is chosen."""
    help: str
    writer: Any
    of_rows: bool = False
    """Its lines are rows of the log, calls with their answers; otherwise single facts."""


FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        Format("facts", (SIBLING,), "everything, exactly, as JSON lines of our own", FactsWriter),
        Format("trace", (".jsonl", ".ndjson"), f"Open OCPP Trace v1.1; what it cannot hold in *{SIBLING}", TraceWriter),
        Format("debugkit", (".json",), "one JSON document for OCPP DebugKit", DebugKitWriter),
        Format("csv", (".csv",), "one line for a call and its answer, for spreadsheets", CsvWriter, True),
        Format("text", (".txt", ".log"), "one line for each frame, as the Python package ocpp logs them", TextWriter),
        Format("markdown", (".md",), "a table for reports and issues", MarkdownWriter, True),
        Format("mermaid", (".mmd", ".mermaid"), "a sequence diagram for Mermaid", MermaidWriter, True),
        Format("plantuml", (".puml", ".plantuml"), "a sequence diagram for PlantUML", PlantUmlWriter, True),
    )
}


def format_of(path: str | Path) -> Format | None:
    """The format that the ending of a file's name stands for; None when it stands for none."""
    name = Path(path).name.lower()
    return next((each for each in FORMATS.values() if name.endswith(each.endings)), None)


class Exported(NamedTuple):
    """What became of an export."""

    rows: int
    """Lines written: facts, or rows in formats of rows."""
    left_out: int
    """Facts that the format has no place for, and that are nowhere."""
    files: list[Path]
    words: list[str]
    """What was masked or replaced, as sentences."""


class Export:
    """One file in the making. Every method may raise OSError, after which `abandon` cleans up."""

    def __init__(
        self,
        path: str | Path,
        form: Format,
        veil: Veil | None = None,
        keep: Callable[[Message], bool] | None = None,
        out: IO[str] | None = None,
    ) -> None:
        """Write to `path` (`-` is stdout); without a `veil` secrets are masked; `keep` tells which rows are written.

        With `out` everything goes there, and there is no file, nor one beside it.
        """
        self.path = Path(path).expanduser()
        self.veil: Veil = veil or Redaction()
        self.written = 0
        """Lines so far."""
        self._form = form
        self._keep = keep
        self._files: dict[Path, IO[str]] = {}
        self._versions: dict[int, str] = {}
        self._connected: dict[int, Fact] = {}
        self._out = out or (sys.stdout if str(path) == STDOUT else self._open(self.path))
        self._writer = form.writer(self._out) if form.of_rows else form.writer(self._out, self._beside, self._versions)
        folded = form.of_rows or keep is not None
        self._rows = Sieve(self.veil, keep, of_rows=form.of_rows) if folded else None
        self._order = InOrder()

    def _open(self, path: Path) -> IO[str]:
        """A file that is not there yet under its own name.

        Raises:
            FileExistsError: something of another kind is there, of which nobody asked whether it may be replaced.
        """
        if path.name.endswith(SIBLING) and path.exists() and is_sibling(path) is (path == self.path):
            what = "the other half of a trace" if path == self.path else "an export of its own"
            raise FileExistsError(errno.EEXIST, f"{path.name} is there and is {what}; choose another name")
        part = path if _no_file(path) else path.with_name(path.name + ".part")
        file = part.open("w", encoding="utf-8", errors="backslashreplace", newline="")
        self._files[path] = file
        return file

    def _beside(self) -> IO[str] | None:
        """The second file of a trace."""
        return self._open(sibling_of(self.path)) if self._files and not _no_file(self.path) else None

    def take(self, fact: Fact) -> None:
        """Write one fact, or fold it until its row is complete."""
        if self._rows is None:
            self._writer.write(self.veil.cover(fact))
            self.written += 1
        else:
            if self._keep is not None and not self._form.of_rows and isinstance(fact, StationConnected):
                self._connected[fact.seq] = fact
                if len(self._connected) > MOST_CONNECTIONS:
                    del self._connected[next(iter(self._connected))]
            self._write_rows(self._rows.take(fact))
            self._write_facts(self._rows.waiting_since)

    def _write_rows(self, rows: Iterator[tuple[Message, list[Fact]]]) -> None:
        """Write rows; in formats of facts, hold their facts until their time."""
        for row, facts in rows:
            if not self._form.of_rows:
                self._begin(row, facts)
                self._order.put(facts)
            elif facts[0].seq == row.seq:
                self._writer.write(row)
                self.written += 1

    def _begin(self, row: Message, facts: list[Fact]) -> None:
        """Before the first row of a connection comes its beginning, whatever the filter says: it tells the version."""
        self._versions.setdefault(row.connection, row.version)
        begun = self._connected.pop(row.connection, None)
        if begun is not None and begun.seq != facts[0].seq:
            self._order.put([self.veil.cover(begun)])

    def _write_facts(self, until: int | None) -> None:
        """Write held facts in the order of their times; `until` None writes all of them."""
        for fact in self._order.until(until):
            self._writer.write(fact)
            self.written += 1

    def finish(self) -> Exported:
        """Write what is held, close, and give the files their names."""
        if self._rows is not None:
            self._write_rows(self._rows.rest())
            self._write_facts(None)
        self._writer.end()
        if not self._files:
            self._out.flush()
        for path, file in self._files.items():
            file.close()
            if file.name != str(path):
                os.replace(file.name, path)
        stale = sibling_of(self.path)
        if self._form.writer is TraceWriter and self._files and stale not in self._files and is_sibling(stale):
            stale.unlink()  # of an earlier export under this name
        return Exported(self.written, getattr(self._writer, "left_out", 0), list(self._files), self.veil.words())

    def abandon(self) -> None:
        """Leave nothing behind."""
        for path, file in self._files.items():
            with contextlib.suppress(OSError):
                file.close()
            with contextlib.suppress(OSError):
                if file.name != str(path):
                    os.unlink(file.name)


def _no_file(path: Path) -> bool:
    """A pipe or a device is there: it is written to as it is, and never replaced."""
    return path.exists() and not path.is_file()
