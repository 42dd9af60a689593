"""Formats of which each line is a row of the log, a call with its answer: CSV and Markdown."""

import csv
from typing import IO, Any

from ocpp_console.model.messages import Message, Origin, outcome, summary
from ocpp_console.outputs.traces.shapes import time_text
from ocpp_console.visible import visible

FORMULA_STARTS = "=+-@\t\r＝＋－＠"
"""Characters with which a cell becomes a formula in a spreadsheet, the full-width ones included."""

COLUMNS = (
    "time",
    "station",
    "version",
    "direction",
    "action",
    "id",
    "outcome",
    "latency_ms",
    "findings",
    "request",
    "answer",
    "note",
)

DIRECTIONS = {Origin.STATION: "station to csms", Origin.CONSOLE: "csms to station", Origin.EVENT: "event"}

_LONGEST_CELL = 32_000
"""Characters; spreadsheets hold 32,767 in a cell."""

_CONTROLS = {code: 0x2400 + code for code in range(32)} | {127: 0x2421}


def cells_of(row: Message) -> tuple[str, ...]:
    """A row as texts, one for each of `COLUMNS`; raw."""
    latency = row.latency
    return (
        time_text(row.at),
        row.station,
        row.version,
        DIRECTIONS[row.origin],
        row.action,
        row.id if isinstance(row.id, str) else "" if row.id is None else repr(row.id),
        outcome(row)[1],
        "" if latency is None else f"{latency / 1000:.3f}",
        "; ".join(f"{finding.code} {finding.path}".rstrip() for finding in row.findings),
        _text(row.raw),
        _text(row.answer_raw or b""),
        row.note,
    )


def _text(raw: bytes) -> str:
    """A frame as text."""
    return raw.decode("utf-8", "backslashreplace")


def cell(text: str) -> str:
    """A text as a cell that no spreadsheet runs: the beginning of a formula gets an apostrophe, controls a picture."""
    shown = text.translate(_CONTROLS)
    shown = shown if len(shown) <= _LONGEST_CELL else f"{shown[:_LONGEST_CELL]}…+{len(shown) - _LONGEST_CELL}"
    shown = shown.encode("utf-8", "backslashreplace").decode()
    return f"'{shown}" if text.lstrip(" \u00a0")[:1] in tuple(FORMULA_STARTS) and not _number(shown) else shown


def _number(text: str) -> bool:
    """A plain number is no formula."""
    try:
        float(text)
    except ValueError:
        return False
    return text.isascii()


class CsvWriter:
    """RFC 4180 with a BOM, which makes spreadsheets read it as UTF-8."""

    def __init__(self, out: IO[str]) -> None:
        """The names of the columns are written at once."""
        out.write("\ufeff")
        self._writer: Any = csv.writer(out, lineterminator="\r\n")
        self._writer.writerow(COLUMNS)

    def write(self, row: Message) -> None:
        """One line."""
        self._writer.writerow([cell(text) for text in cells_of(row)])

    def end(self) -> None:
        """Every line is complete already."""


class MarkdownWriter:
    """A table for a report or an issue, with the findings below the row they are about."""

    def __init__(self, out: IO[str]) -> None:
        """The head of the table is written at once."""
        self._out = out
        out.write("| time UTC | station | direction | action | message | outcome | took | findings |\n")
        out.write("|---|---|---|---|---|---|---|---|\n")

    def write(self, row: Message) -> None:
        """One line."""
        latency = "" if row.latency is None else f"{row.latency / 1000:.1f} ms"
        findings = ", ".join(dict.fromkeys(finding.code for finding in row.findings))
        texts = (time_text(row.at)[:23], row.station, DIRECTIONS[row.origin], row.action, summary(row))
        self._out.write(f"| {' | '.join(map(markdown, (*texts, outcome(row)[1], latency, findings)))} |\n")

    def end(self) -> None:
        """Every line is complete already."""


_MARKDOWN = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_{}[]<>#|~!"} | {"&": "&amp;"})


def markdown(text: str, limit: int = 300) -> str:
    """A text of a station inside Markdown: nothing in it is markup."""
    return visible(text, limit).translate(_MARKDOWN)
