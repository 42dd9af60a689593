"""`ocpp-console log [FILTER]`: rows of the message log of a running console, and with `--follow` those to come."""

import time
from collections.abc import Iterator
from typing import Any

from ocpp_console.glyphs import ATTENTION, PLAIN, QUIET, STRONG, WRONG, verdict_look
from ocpp_console.shell import printing
from ocpp_console.shell.colour import NO_PAINT, Paint, paint_of
from ocpp_console.shell.declaring import Exit, Given, WrongWords
from ocpp_console.shell.running_console import RunningConsole, console_of, segment
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
MOST_OPEN = 500
"""Rows that wait for their answers; of more the oldest are shown without."""
LOOKED_BACK = 2_000
"""How many numbers back a call may be whose answer is still told."""

Row = dict[str, Any]

_ARROWS = {"station": "←", "console": "→", "event": "·"}


def run(given: Given) -> int:
    """Print the newest rows that fit, oldest first, then what comes."""
    if given.limit is not None and given.limit < 0:
        raise WrongWords("--limit must be 0 or more.")
    console = console_of(given)
    words = _words(console, given)
    paint = paint_of(given)
    limit = given.limit if given.limit is not None else FOLLOWED if given.follow else 100
    if not given.follow:
        for row in _newest(console, words, limit, secrets=given.secrets):
            _print(row, given.json, paint)
        return Exit.OK
    for row in Following(console, words, given.secrets).rows(limit):
        _print(row, given.json, paint)
    return Exit.OK


def _words(console: RunningConsole, given: Given) -> str:
    """The filter: the saved one of that name, and what was typed beside it."""
    words = [given.filter] if given.filter else []
    if given.saved:
        words.insert(0, console.ask("GET", f"/filters/{segment(given.saved)}").document["filter"])
    return " & ".join(f"({each})" for each in words) if len(words) > 1 else "".join(words)


def _newest(
    console: RunningConsole, words: str, limit: int, before: int | None = None, *, secrets: bool = False
) -> list[Row]:
    """The newest rows, or those below a number, oldest first, page by page."""
    rows: list[Row] = []
    while len(rows) < limit:
        page = _page(console, words, before=before, limit=min(PAGE, limit - len(rows)), secrets=secrets or None)
        rows[:0] = page["messages"]
        before = page["next"]
        if before is None:
            break
    return rows[-limit:] if limit else []


def _page(console: RunningConsole, words: str, **more: Any) -> Any:
    """One page; a search through a large log may take its time."""
    return console.ask("GET", "/messages", seconds=None, filter=words or None, **more).document


class Following:
    """The log as it grows: each row once, a call when it was answered."""

    def __init__(self, console: RunningConsole, words: str, secrets: bool = False) -> None:
        """Asks nothing yet."""
        self._console = console
        self._secrets = secrets
        self._words = words
        self._last = 0
        self._open: dict[int, float] = {}
        """Calls without an answer, by number: since when they are known."""

    def rows(self, limit: int) -> Iterator[Row]:
        """The newest `limit` rows that fit, then those to come."""
        self._last = self._newest_of_all()
        _page(self._console, self._words, limit=1)  # a filter that is none is told now
        open_now = _page(self._console, "~open", after=max(0, self._last - LOOKED_BACK), limit=1_000)["open"]
        self._open = dict.fromkeys((seq for seq in open_now if seq <= self._last), time.monotonic())
        for row in _newest(self._console, self._words, limit, before=self._last + 1, secrets=self._secrets):
            if row["seq"] not in self._open:
                yield row
        while True:
            yield from self._news()
            time.sleep(ASK_EVERY)

    def _newest_of_all(self) -> int:
        """The number of the newest row."""
        rows = _page(self._console, "", limit=1)["messages"]
        return int(rows[-1]["seq"]) if rows else 0

    def _news(self) -> list[Row]:
        """What came, or was answered, since the last time."""
        numbers = ",".join(map(str, self._open)) or None
        more = {"limit": PAGE, "secrets": self._secrets or None}
        page = _page(self._console, self._words, after=self._last, again=numbers, **more)
        rows, newest, still_open = page["messages"], page["newest"], self._take_open(page)
        while page["next"] is not None and len(rows) < MOST_NEW:
            page = _page(self._console, self._words, after=self._last, before=page["next"], **more)
            still_open |= self._take_open(page)
            rows[:0] = page["messages"]
        self._last = max(newest, self._last)
        self._open = {seq: at for seq, at in self._open.items() if seq in still_open}
        return [row for row in rows if row["seq"] not in self._open]

    def _take_open(self, page: Any) -> set[int]:
        """Wait for the answers of what is open on a page, as long as anybody would; returns their numbers."""
        now = time.monotonic()
        for seq in sorted(page["open"]):
            self._open.setdefault(seq, now)
        late = [seq for seq, at in self._open.items() if now - at > ANSWER_SECONDS]
        return set(page["open"]).difference(late, sorted(self._open)[:-MOST_OPEN])


def _print(row: Row, as_json: bool, paint: Paint) -> None:
    """One row, at once: somebody may read along."""
    if as_json:
        printing.as_json(row)
    else:
        print(line(row, printing.width(), paint), flush=True)


def line(row: Row, columns: int = 10_000, paint: Paint = NO_PAINT) -> str:
    """The time in UTC, the station, who began, the action, how it was answered, and what it says."""
    shown, room = [], columns
    for text, tone in _parts(row):
        if text and room > 0:
            shown.append(paint(text[:room], tone))
            room -= len(text) + 1
    return " ".join(shown)


def _parts(row: Row) -> Iterator[tuple[str, str]]:
    """The pieces of a line, safe to print, each with its tone; some are empty."""
    verdict = row["verdict"] or ("no answer" if row["state"] in ("open", "abandoned") else "")
    took = f"{row['latency_ms']:.1f} ms" if row["latency_ms"] is not None else ""
    answer = ", ".join(filter(None, (verdict, took)))
    odd = sum(found["severity"] != "info" for found in row["findings"])
    yield row["at"], QUIET
    yield f" {visible(row['station'] or '-', 48):<12}", PLAIN
    yield f" {_ARROWS.get(row['origin'], '·')}", PLAIN
    yield visible(row["action"], 60), STRONG
    yield f"({visible(answer, 80)})" if answer else "", _tone(row)
    yield f"▲{odd}" if odd else "", ATTENTION
    said = visible(row["summary"] or row["note"], 400)
    yield said.removeprefix(f"{row['action']} "), PLAIN  # `connected` is both the name and the first word of its note


def _tone(row: Row) -> str:
    """How the answer was taken, as on the screen."""
    if row["state"] in ("error", "abandoned"):
        return WRONG
    return QUIET if row["state"] == "open" else verdict_look(row["verdict"]).tone if row["verdict"] else PLAIN
