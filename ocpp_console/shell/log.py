"""`ocpp-console log [FILTER]`: rows of the message log of a running console, and with `--follow` those to come."""

import time
from collections.abc import Iterator
from typing import Any

from ocpp_console.shell import printing
from ocpp_console.shell.declaring import Exit, Given, WrongWords
from ocpp_console.shell.running_console import RunningConsole, console_of
from ocpp_console.visible import visible

PAGE = 500
FOLLOWED = 10
"""Rows shown before those to come."""
MOST_NEW = 20_000
"""Rows between two questions; more are passed over."""
ASK_EVERY = 0.3
"""Seconds between two questions for newer rows."""
ANSWER_SECONDS = 90.0
"""How long a row waits for its answer before it is shown without."""

Row = dict[str, Any]

_ARROWS = {"station": "←", "console": "→", "event": "·"}


def run(given: Given) -> int:
    """Print the newest rows that fit, oldest first, then what comes."""
    if given.limit is not None and given.limit < 0:
        raise WrongWords("--limit must be 0 or more.")
    console = console_of(given)
    limit = given.limit if given.limit is not None else FOLLOWED if given.follow else 100
    last = _last_seq(console) if given.follow else 0  # asked first: what comes meanwhile is told, and told once
    rows = _newest(console, given.filter or "", limit)
    for row in rows:
        _print(row, given.json)
    if given.follow:
        for row in _to_come(console, given.filter or "", last, {row["seq"] for row in rows}):
            _print(row, given.json)
    return Exit.OK


def _newest(console: RunningConsole, words: str, limit: int, after: int | None = None) -> list[Row]:
    """The newest rows, above a number or of all, oldest first, page by page."""
    rows: list[Row] = []
    before: int | None = None
    while len(rows) < limit:
        page = _page(console, words, before=before, after=after, limit=min(PAGE, limit - len(rows)))
        rows[:0] = page["messages"]
        before = page["next"]
        if before is None:
            break
    return rows[-limit:] if limit else []


def _page(console: RunningConsole, words: str, **more: Any) -> Any:
    """One page; a search through a large log may take its time."""
    return console.ask("GET", "/messages", seconds=None, filter=words or None, **more).document


def _last_seq(console: RunningConsole) -> int:
    """The number of the newest row of all."""
    rows = _page(console, "", limit=1)["messages"]
    return int(rows[-1]["seq"]) if rows else 0


def _to_come(console: RunningConsole, words: str, last: int, shown: set[int]) -> Iterator[Row]:
    """Rows above a number as they come, without those shown already: each once, calls when they were answered."""
    waiting: dict[int, float] = {}
    while True:
        rows = _newest(console, words, MOST_NEW, after=last)
        now = time.monotonic()
        for row in rows:
            seq = row["seq"]
            if seq in shown:
                continue
            if row["state"] == "open" and now - waiting.setdefault(seq, now) < ANSWER_SECONDS:
                continue
            waiting.pop(seq, None)
            shown.add(seq)
            yield row
        there = {row["seq"] for row in rows}
        waiting = {seq: at for seq, at in waiting.items() if seq in there}  # an answer may take a row out of the filter
        top = max(there, default=last)
        last = min(waiting) - 1 if waiting else top
        shown = {seq for seq in shown if seq > last}
        time.sleep(ASK_EVERY)


def _print(row: Row, as_json: bool) -> None:
    """One row, at once: somebody may read along."""
    if as_json:
        printing.as_json(row)
    else:
        print(line(row)[: printing.width()], flush=True)


def line(row: Row) -> str:
    """The time in UTC, the station, who began, the action, how it was answered, and what it says."""
    verdict = row["verdict"] or ("no answer" if row["state"] in ("open", "abandoned") else "")
    took = f"{row['latency_ms']:.1f} ms" if row["latency_ms"] is not None else ""
    answer = ", ".join(filter(None, (verdict, took)))
    odd = sum(found["severity"] != "info" for found in row["findings"])
    said = row["summary"] or row["note"]
    parts = (
        f"{row['at']}  {visible(row['station'] or '-', 48):<12}  {_ARROWS.get(row['origin'], '·')}",
        visible(row["action"], 60),
        f"({visible(answer, 80)})" if answer else "",
        f"▲{odd}" if odd else "",
        visible(said, 400),
    )
    return " ".join(filter(None, parts))
