"""Page 2 and the log pane of the overview: every message, call and answer in one row, live."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType

from ocpp_console.clock import hms
from ocpp_console.glyphs import ATTENTION, BUSY, QUIET, WRONG
from ocpp_console.keys import BY_ID
from ocpp_console.model.filter_completion import Completion, complete
from ocpp_console.model.messages import FILTER_WORDS, FilterError, Message, MessageFilter, Origin, outcome, summary
from ocpp_console.protocol.findings import Severity
from ocpp_console.screens.filter_values import values_of
from ocpp_console.screens.log_actions import LogActions
from ocpp_console.screens.log_rows import LogRows
from ocpp_console.screens.log_table import LogTable
from ocpp_console.screens.look_back import LookBack
from ocpp_console.screens.neighbours import Neighbours
from ocpp_console.screens.page import Page
from ocpp_console.widgets.bindings import bindings
from ocpp_console.widgets.columns import Column, Piece
from ocpp_console.widgets.pane import FilterTrouble
from ocpp_console.widgets.record_table import RecordTable

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

DIRECTIONS = {
    Origin.STATION: ("CP→", ""),
    Origin.CONSOLE: ("CS→", BUSY),
    Origin.EVENT: ("", QUIET),
}
"""Whose call it is: the charge point's or the central system's, by word, arrow and tone."""


def latency_text(message: Message) -> str:
    """How long the answer took: `2 ms`, `1.20 s`; empty without an answer."""
    latency = message.latency
    if latency is None:
        return ""
    return duration(latency)


def duration(us: int) -> str:
    """Microseconds in at most seven characters."""
    if us < 1_000_000:
        return f"{us / 1000:.0f} ms" if us >= 1000 else "<1 ms"
    return f"{us / 1_000_000:.2f} s" if us < 100_000_000 else f"{us / 1_000_000:.0f} s"


def _action(message: Message) -> Piece:
    return (message.action, QUIET) if message.origin is Origin.EVENT else (message.action, "")


def _outcome(message: Message) -> Piece:
    glyph, word, tone = outcome(message)
    return f"{glyph} {word}" if word else glyph, tone


def _findings(message: Message) -> Piece:
    """How many things are odd, by the worst of them."""
    if not message.call_findings and not message.answer_findings:
        return "", ""
    worst = message.severity
    if worst is None:
        return "", ""
    tone = {Severity.INFO: QUIET, Severity.WARNING: ATTENTION}.get(worst, WRONG)
    return f"{'·' if worst is Severity.INFO else '▲'}{len(message.findings)}", tone


COLUMNS: tuple[Column[Message], ...] = (
    Column("time", "time UTC", lambda message: hms(message.at), 8),
    Column("ms", "", lambda message: (f".{message.at // 1000 % 1000:03d}", QUIET), 4, gap=0, drop=8),
    Column("station", "station", lambda message: message.station, 14, least=8, middle=True),
    Column("direction", "", lambda message: DIRECTIONS[message.origin], 3, drop=3),
    Column("action", "action", _action, 20, least=18),
    Column("summary", "", lambda message: (summary(message), QUIET), 16, least=11, grow=1, drop=7),
    Column("findings", "", _findings, 3, drop=4, right=True),
    Column("outcome", "outcome", _outcome, 14, least=12),
    Column("latency", "took", lambda message: (latency_text(message), QUIET), 7, drop=6, right=True),
)
"""Dropped when narrow: milliseconds, summary, latency, findings, direction; who, what and how it went stay."""
ONE_STATION = tuple(column for column in COLUMNS if column.key != "station")
"""Of a log of one station, whose name is in the title."""


NOBODYS = "This row belongs to no station."


class MessagesPane(LogActions):
    """The live log. `station` empty shows all."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("messages")
    kind = "messages"
    filter_hint = "text  ~word value  & | ! ( )  tab completes  up: earlier ones  ? the words"
    filter_words = tuple((f"{word.word} {word.argument}".strip(), word.help) for word in FILTER_WORDS.values())

    def __init__(self, engine: "Engine", station: str = "", *, id: str | None = None, header: bool = True) -> None:
        """Shows the log of `engine`, or of one station of it."""
        super().__init__(id=id)
        self._engine = engine
        self.rows = LogRows(engine.fleet.messages)
        self._station = station
        self._of_all: tuple[Column[Message], ...] | None = None
        self._words: MessageFilter | None = None
        self.rows.choose(station, None)
        self.back = LookBack(engine, self.rows, lambda work: self.run_worker(work, exclusive=True, group="older"))
        self.table = self.listing = LogTable(
            engine.log.notes,
            self.go,
            self.back.go_on,
            self._columns(),
            self.rows,
            identify=lambda message: message.seq,
            stamp=lambda message: (message.revision, engine.log.notes.comments.get(message.seq), self.lit),
            kind=self.kind,
            follow=True,
            header=header,
            empty=self._empty,
            id="messages",
        )

    @property
    def station(self) -> str:
        """The only station shown; empty for all."""
        return self._station

    @station.setter
    def station(self, identity: str) -> None:
        if identity != self._station:
            self._station = identity
            self._chosen()

    def _columns(self) -> tuple[Column[Message], ...]:
        """The columns, with the comment of a row in place of its summary, and a sign where a search has a hit."""
        comments = self._engine.log.notes.comments

        def told(message: Message) -> Piece:
            comment = comments.get(message.seq) if comments else None
            return (summary(message), QUIET) if comment is None else (f"; {comment}", ATTENTION)

        def marked(message: Message) -> Piece:
            return (f"*{message.action}", ATTENTION) if self.is_hit(message) else _action(message)

        if self._of_all is None:
            own = {"summary": told, "action": marked}
            self._of_all = tuple(replace(each, cell=own.get(each.key, each.cell)) for each in COLUMNS)
        return tuple(each for each in self._of_all if each.key != "station") if self._station else self._of_all

    def _empty(self) -> str:
        """Why nothing is here, and what would change it."""
        if self._words is not None:
            if self.back.stopped:
                return f"Nothing found so far matches the filter. The search was {self.back.words}."
            if not self.back.all_read:
                return "Nothing in memory matches the filter; older messages are looked through.\nesc stops it."
            return "Nothing in the whole log matches the filter.\nesc clears it, / changes it."
        if self._station:
            return f"No message of {self._station} yet.\n. shows all stations."
        if (recording := getattr(self._engine, "recording", None)) is not None:
            return str(recording.nothing)
        return "No messages yet: waiting for a charger to connect.\n9 shows the URL to type into it."

    def _chosen(self) -> None:
        self.back.forget()
        self.rows.choose(self._station, self._words)
        if self.table is not None:
            self.table.show_columns(self._columns())
            self.table.restart()
        self.renew_title()

    def title_parts(self) -> Sequence[str]:
        """Whose messages, and whether the newest is in view."""
        if self.table is None:
            return ()
        waiting = self.table.waiting
        state = "following" if self.table.following else f"paused, {waiting} below" if waiting else "paused"
        whose = self._station or "all stations"
        if self.back.reading or self.back.stopped:
            return ("Messages", whose, self.back.words, state)
        return ("Messages", whose, state, self.back.words)

    def drawing(self) -> Iterator[object]:
        """Read on where the memory ends, too; a trace that went back in time has other rows."""
        if self.rows.watch(self._engine.fleet.messages):
            self._chosen()
        self.back.look(self.listing)
        yield from super().drawing()

    def filter(self, text: str) -> FilterTrouble | None:
        """Words of `MessageFilter`; an empty text shows everything."""
        words: MessageFilter | None = None
        if text.strip():
            parsed = self._engine.log.filter(text)
            if isinstance(parsed, FilterError):
                return FilterTrouble(*parsed)
            words = parsed
        self._words, self.filter_text = words, text.strip()
        self._chosen()
        return None

    def filter_kept(self) -> None:
        """It is one of those that were used."""
        self._engine.log.filters.used(self.filter_text)

    def filter_history(self) -> Sequence[str]:
        """Filters used in this log before."""
        return self._engine.log.filters.recent

    def complete(self, text: str) -> Completion:
        """Words of the language, and what the console knows for them."""
        return complete(text, lambda kind: values_of(self._engine, kind))

    def step_back(self) -> bool:
        """Stop the search that is under way, or take the signs of its hits away."""
        return self.back.stop() or self.unlight()

    def action_difference(self) -> None:
        """What differs between the two marked messages, or the one that is marked and the one under the cursor."""
        table = self.listing
        chosen = {row.seq: row for row in table.view.rows if row.seq in table.marked}
        if len(chosen) == 1 and table.record is not None:
            chosen.setdefault(table.record.seq, table.record)
        if len(chosen) != 2:
            text = f"Mark one message with space, go to another, then press d; {len(chosen)} of those shown are marked."
            self.notify(text, severity="warning", markup=False)
            return
        from ocpp_console.screens.message_difference import MessageDifference

        self.app.push_screen(MessageDifference(*(chosen[seq] for seq in sorted(chosen))))

    @work
    async def action_export_log(self) -> None:
        """Write what is shown, from the whole database, to a file."""
        from ocpp_console.screens.log_export import export_log

        station, words = self._station, self._words

        def shown(message: Message) -> bool:
            return (not station or message.station == station) and (words is None or words.matches(message))

        await export_log(self.screen, self._engine, shown if station or words else None)

    def on_record_table_opened(self, event: RecordTable.Opened) -> None:
        """Show the message in full."""
        event.stop()
        from ocpp_console.screens.message_detail import MessageDetail

        self.app.push_screen(MessageDetail(self._engine, event.record, Neighbours(self.listing)))


class MessagesPage(Page):
    """The log over the whole page."""

    HELP = (
        "Every message in both directions. A call and its answer are one row; what is odd about either is counted "
        f"beside it and explained in the detail ({BY_ID['list.open'].keys}). Scrolling up pauses and reads on in the "
        "database, home goes to its beginning, t to a time; G follows again. s searches, v narrows to what is under "
        "the cursor, ; writes a comment, l lists saved filters."
    )
    kind = "messages"
    tables_only = True

    def content(self) -> ComposeResult:
        """One pane."""
        yield MessagesPane(self.engine, id="log")

    def on_mount(self) -> None:
        """The log has the focus."""
        self.query_one(RecordTable).focus()

    @property
    def _log(self) -> MessagesPane:
        return self.query_one(MessagesPane)

    def stations_chosen(self) -> list[str]:
        """The station the log is narrowed to; of all, that of the row under the cursor, once it stands still."""
        if self._log.station:
            names = [self._log.station]
        elif self._log.listing.following:
            names = []
        else:
            names = [message.station for message in self._log.listing.chosen]
        return [name for name in dict.fromkeys(names) if name in self.engine.fleet.stations]

    def no_station(self) -> str:
        """Which row is meant cannot be told while rows run through, and some belong to nobody."""
        if self._log.listing.record is not None and not self._log.listing.following:
            return NOBODYS
        return "Pause the log (f) or choose a station on page 1."

    def action_station_only(self) -> None:
        """The station of the row under the cursor only, or all again."""
        row = self._log.listing.record
        self._log.station = "" if self._log.station or row is None else row.station

    def action_only(self) -> None:
        """Only what is like the row under the cursor."""
        self._log.only()

    def action_sequence(self) -> None:
        """The marked rows, or the station under the cursor, as a sequence diagram."""
        self._log.show_sequence()

    def action_copy(self) -> None:
        """The frames of the row, call above answer."""
        copy_message(self, self.query_one(RecordTable).record)


def copy_message(page: Page, message: Message | None) -> None:
    """Put a message's frames into the clipboard of the terminal."""
    if message is None:
        return
    from ocpp_console.visible import visible

    frames = [message.raw] + ([message.answer_raw] if message.answer_raw else [])
    lines = [visible(frame.decode("utf-8", "replace"), 100_000) for frame in frames]
    put_into_clipboard(page, "\n".join(lines))


def put_into_clipboard(page: Page, text: str) -> None:
    """Put a text into the clipboard of the terminal, and say what may be in the way."""
    page.app.copy_to_clipboard(text)
    page.say("Copied by OSC 52. If nothing arrived, your terminal does not allow it (tmux: set -s set-clipboard on).")
