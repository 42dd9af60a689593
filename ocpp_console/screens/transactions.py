"""Charging sessions: the list, and one of them with its curves."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult

from ocpp_console.clock import iso
from ocpp_console.glyphs import ATTENTION, QUIET, STRONG
from ocpp_console.model.costs import cost_of, cost_text
from ocpp_console.model.transactions import Transaction
from ocpp_console.screens.page import Page
from ocpp_console.screens.session_view import SessionView, kw, kwh, lasted, place, state
from ocpp_console.widgets.columns import Cell, Column
from ocpp_console.widgets.pane import Pane
from ocpp_console.widgets.record_table import RecordTable
from ocpp_console.widgets.still import PaneFrame

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

EMPTY = """No session yet. A session appears when a station reports its start:
swipe a tag at the charger, or press S on a station to start one from here."""


def _reason(transaction: Transaction) -> Cell:
    if transaction.orphan:
        return "start never seen", ATTENTION
    tag_refused = transaction.verdict not in ("", "Accepted")
    return (f"tag {transaction.verdict}", ATTENTION) if tag_refused else transaction.reason


class TransactionsPane(Pane):
    """All sessions, newest first."""

    kind = "transactions"

    def __init__(self, engine: "Engine", *, id: str | None = None) -> None:
        """Reads `engine.fleet.transactions`."""
        super().__init__(id=id)
        self.engine = engine
        self._listed: list[Transaction] = []
        self._listed_at = -1
        self._priced = False
        self.table = RecordTable(
            self._columns(), self._rows, _identify, stamp=self._stamp, kind="transactions", empty=EMPTY
        )

    def _columns(self) -> tuple[Column[Transaction], ...]:
        """The duration needs the clock, hence not a constant."""

        def running_time(transaction: Transaction) -> str:
            return lasted(transaction, self.engine.clock())

        def cost(transaction: Transaction) -> str:
            return cost_text(transaction, self.engine.clock())

        def cost_order(transaction: Transaction) -> float:
            return cost_of(transaction, self.engine.clock()) or 0.0

        return (
            Column("state", "state", state, 13, order=lambda t: (t.orphan, bool(t.stopped_at))),
            Column("station", "station", lambda t: (t.station, STRONG), 14, least=8, grow=1, middle=True,
                   order=lambda t: t.station),
            Column("place", "conn", place, 4, order=place),
            Column("tag", "idTag", lambda t: t.id_tag, 16, least=10, middle=True, order=lambda t: t.id_tag),
            Column("start", "start (UTC)", _start, 20, least=11, drop=5, order=lambda t: t.started_at),
            Column("duration", "time", running_time, 8, right=True),
            Column("kwh", "kWh", kwh, 8, right=True, order=lambda t: t.energy_wh or 0.0),
            Column("kw", "kW", kw, 6, right=True, order=lambda t: t.power_w or 0.0),
            *((Column("cost", "cost", cost, 9, right=True, order=cost_order),) if self._priced else ()),
            Column("reason", "reason", _reason, 16, least=9, drop=3, order=lambda t: t.reason),
            Column("id", "id", lambda t: (t.id, QUIET), 10, least=6, drop=4, grow=1, middle=True, order=lambda t: t.id),
        )  # fmt: skip

    def _stamp(self, transaction: Transaction) -> object:
        ticking = self.engine.clock() // 1_000_000 if transaction.running else 0
        return transaction.revision, ticking

    def _rows(self) -> Sequence[Transaction]:
        transactions = self.engine.fleet.transactions
        if transactions.revision != self._listed_at:
            self._listed, self._listed_at = transactions.newest(), transactions.revision
        shown, wanted = self._listed, self.filter_text
        return [t for t in shown if wanted in plain(t)] if wanted else shown

    def poke(self) -> None:
        """Costs have a column when there are any."""
        if self._priced != self.engine.fleet.transactions.priced and self.table is not None:
            self._priced = not self._priced
            self.table.show_columns(self._columns())
        super().poke()

    def title_parts(self) -> Sequence[str]:
        """How many run, how many there are."""
        transactions = self.engine.fleet.transactions
        return f"Transactions {len(transactions)}", f"{len(transactions.running())} running"


def _start(transaction: Transaction) -> Cell:
    return iso(transaction.started_at)[5:19].replace("T", " ") if transaction.started_at else ("not seen", ATTENTION)


def _identify(transaction: Transaction) -> tuple[str, str]:
    return transaction.station, transaction.id


def plain(transaction: Transaction) -> str:
    """What the filter looks in, in small letters."""
    words = (transaction.station, transaction.id, transaction.id_tag, transaction.reason, state(transaction)[0])
    return " ".join(words).casefold()


class SessionPane(Pane):
    """The session under the cursor."""

    filterable = False

    def __init__(self, engine: "Engine", *, id: str | None = None) -> None:
        """Shows nothing until `show`."""
        super().__init__(id=id)
        self.engine = engine
        self.transaction: Transaction | None = None

    def compose(self) -> ComposeResult:
        """Words and curves."""
        yield SessionView(empty="Energy and power of the session under the cursor are drawn here.")

    def title_parts(self) -> Sequence[str]:
        """Which session it is."""
        shown = self.transaction
        return ("Session",) if shown is None else ("Session", f"#{shown.id}", shown.station)

    def poke(self) -> None:
        """Draw again if the session changed."""
        self.query_one(SessionView).show(self.transaction, self.engine.clock())
        super().poke()

    def show(self, transaction: Transaction | None) -> None:
        """Another session."""
        self.transaction = transaction
        self.poke()


class TransactionsPage(Page):
    """The list above, or beside, the session under the cursor."""

    kind = "transactions"
    HELP = (
        "Charging sessions, newest first. The session under the cursor is drawn below; "
        "X stops it, enter opens its station, u draws its messages as a sequence diagram."
    )
    DEFAULT_CSS = """
    TransactionsPage #sessions { height: 1fr; layout: vertical; }
    TransactionsPage #transactions { height: 2fr; }
    TransactionsPage #session { height: 3fr; }
    TransactionsPage.-tall #transactions { height: 1fr; }
    TransactionsPage.-tall #session { height: 1fr; }
    """

    def content(self) -> ComposeResult:
        """Two panes."""
        with PaneFrame(id="sessions", classes="frame"):
            yield TransactionsPane(self.engine, id="transactions")
            yield SessionPane(self.engine, id="session")

    def poke(self, facts: int) -> None:
        """The detail follows the cursor."""
        super().poke(facts)
        self._show()

    def _show(self) -> None:
        table = self.query_one(TransactionsPane).table
        self.query_one(SessionPane).show(table.record if table is not None else None)

    @on(RecordTable.Picked)
    def _picked(self, event: RecordTable.Picked) -> None:
        event.stop()
        self._show()

    @on(RecordTable.Opened)
    def _opened(self, event: RecordTable.Opened) -> None:
        event.stop()
        from ocpp_console.screens.station import StationPage

        self.app.push_screen(StationPage(self.engine, event.record.station))

    def action_sequence(self) -> None:
        """What was said about the session under the cursor, as a diagram."""
        from ocpp_console.screens.sequence import SequencePage, of_session, of_station

        transaction = self.query_one(SessionPane).transaction
        if transaction is not None:
            subjects = [of_session(self.engine, transaction), of_station(transaction.station)]
            self.app.push_screen(SequencePage(self.engine, subjects))

    def action_command(self, shortcut: str) -> None:
        """Commands go to the session's station; X stops this very session."""
        from ocpp_console.screens.commands import CommandSheet
        from ocpp_console.screens.known_values import transaction_id
        from ocpp_console.screens.only_watching import refused

        transaction = self.query_one(SessionPane).transaction
        if shortcut != "X" or transaction is None or transaction.station not in self.engine.fleet.stations:
            super().action_command(shortcut)
            return
        if refused(self.app, self.engine, [transaction.station]):
            return
        filled = {"transactionId": transaction_id(transaction)}
        self.app.push_screen(CommandSheet(self.engine, [transaction.station], "X", filled=filled))
