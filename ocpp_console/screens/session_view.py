"""One charging session in words and curves, for the transactions page and the station page."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from ocpp_console.clock import iso
from ocpp_console.glyphs import ATTENTION, BUSY, GOOD, QUIET, STRONG, WRONG, connector_look, verdict_look
from ocpp_console.model.costs import cost_text, ran_for
from ocpp_console.model.transactions import Transaction
from ocpp_console.widgets.columns import Piece
from ocpp_console.widgets.time_plot import TimePlot
from ocpp_console.widgets.toned import toned_lines

Line = list[Piece | str]


def duration(us: int) -> str:
    """µs as `1:02:33` or `2:33`; nothing for a negative or unknown one."""
    seconds = us // 1_000_000
    if seconds < 0:
        return ""
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours}:{minutes:02d}:{seconds % 60:02d}" if hours else f"{minutes}:{seconds % 60:02d}"


def lasted(transaction: Transaction, now: int) -> str:
    """How long it runs or ran; empty when its start or its end was never seen."""
    if not transaction.started_at:
        return ""
    return duration(ran_for(transaction, now))


def kwh(transaction: Transaction) -> str:
    """Energy of the session, `7.31`; empty when nothing was measured, `?` when the register went back."""
    energy = transaction.energy_wh
    if energy is None:
        return ""
    return f"{energy / 1000:.2f}" if energy >= 0 else "?"


def kw(transaction: Transaction) -> str:
    """Newest power, `11.0`; empty when unknown or ended."""
    power = transaction.power_w
    return "" if power is None else f"{power / 1000:.1f}"


def place(transaction: Transaction) -> str:
    """The connector in 1.6, `EVSE.connector` in 2.x; `?` when it was never said."""
    if transaction.evse:
        return f"{transaction.evse}.{transaction.connector}" if transaction.connector > 1 else str(transaction.evse)
    return str(transaction.connector) if transaction.connector else "?"


def state(transaction: Transaction) -> Piece:
    """Glyph, word and tone of how it stands."""
    if transaction.orphan:
        return "? orphan", ATTENTION
    if transaction.running:
        look = connector_look(transaction.charging_state or "Charging")
        return (look.text, look.tone) if transaction.charging_state else ("▶ running", BUSY)
    # an end that was told has a reason: 1.6 and 2.x leave it out for Local only, which is filled in
    return ("✓ ended", GOOD) if transaction.reason else ("? no end", ATTENTION)


def describe(transaction: Transaction, now: int) -> list[Line]:
    """Everything known about a session, one fact per line."""
    t = transaction
    lines: list[Line] = [
        [state(t), ("  ", ""), (f"{t.station}  connector {place(t)}  #{t.id}", STRONG)],
        ["tag        ", (t.id_tag or "none said", "" if t.id_tag else QUIET), "  ", *_verdict(t.verdict)],
        ["started    ", *_moment(t.started_at, t.started_said)],
    ]
    if t.stopped_at:
        by = f" by {t.stop_tag}" if t.stop_tag else ""
        lines.append(["ended      ", *_moment(t.stopped_at, t.stopped_said), (f"  {t.reason}{by}", ATTENTION)])
    lines.append(["lasted     ", lasted(t, now) or ("unknown", QUIET)])
    power = f", {kw(t)} kW" if kw(t) else ""
    lines.append(["energy     ", f"{kwh(t)} kWh{power}" if kwh(t) else ("not measured yet", QUIET)])
    if cost := cost_text(t, now):
        lines.append(["cost       ", (cost, STRONG), (f"  {t.tariff}", QUIET)])
    elif t.tariff:
        lines.append(["cost       ", ("not known: no energy was measured", ATTENTION), (f"  {t.tariff}", QUIET)])
    if t.needs or t.plan:
        lines.append(["car        ", "  ".join(part for part in (t.needs, t.plan) if part)])
    if t.meter_start is not None or t.meter_stop is not None:
        lines.append(["register   ", f"{_wh(t.meter_start)} → {_wh(t.meter_stop)} Wh"])
    if t.remote_start_id is not None:
        lines.append(["remote     ", f"remoteStartId {t.remote_start_id}"])
    if t.note:
        lines.append(["remark     ", (t.note, ATTENTION)])
    return lines


def values(transaction: Transaction) -> list[Line]:
    """The newest sample of everything measured."""
    if not transaction.last_values:
        return [[("No meter values yet: T asks for them (TriggerMessage MeterValues).", QUIET)]]
    return [[f"{value:>12}  ", (name, QUIET)] for name, value in transaction.last_values.items()]


def _verdict(word: str) -> Sequence[Piece]:
    look = verdict_look(word)
    return [(look.text, look.tone)] if word else []


def _moment(at: int, said: str) -> list[Piece]:
    seen: Piece = (f"{iso(at)}", "") if at else ("not seen", WRONG)
    return [seen, (f"  said {said}", QUIET)] if said else [seen]


def _wh(value: float | None) -> str:
    return "?" if value is None else f"{value:.0f}"


class SessionView(Vertical):
    """Facts, newest values, and the curves of energy and power so far."""

    DEFAULT_CSS = """
    SessionView { height: 1fr; }
    SessionView .session-words { height: auto; max-height: 60%; }
    SessionView .session-words Horizontal { height: auto; }
    SessionView .session-facts { width: 3fr; height: auto; padding: 0 1; }
    SessionView .session-values { width: 2fr; height: auto; padding: 0 1; }
    SessionView .curves { height: 1fr; min-height: 5; }
    """

    def __init__(self, *, empty: str) -> None:
        """`empty` is said while there is no session to show."""
        super().__init__()
        self._empty = empty
        self._shown: object = None

    def compose(self) -> ComposeResult:
        """Words above curves."""
        with VerticalScroll(classes="session-words", can_focus=False), Horizontal():
            yield Static(classes="session-facts", markup=False)
            yield Static(classes="session-values", markup=False)
        with Horizontal(classes="curves"):
            yield TimePlot("kWh", scale=1000)
            yield TimePlot("kW", scale=1000, step=True)

    def show(self, transaction: Transaction | None, now: int) -> None:
        """Draw a session if anything about it changed."""
        ticking = now // 1_000_000 if transaction is not None and transaction.running else 0
        shown = None if transaction is None else (transaction.station, transaction.id, transaction.revision, ticking)
        if shown == self._shown and shown is not None:
            return
        self._shown = shown
        facts, samples = self.query_one(".session-facts", Static), self.query_one(".session-values", Static)
        self.query_one(".curves").display = transaction is not None
        if transaction is None:
            facts.update(toned_lines([[(line, QUIET)] for line in self._empty.splitlines()]))
            samples.update("")
            return
        facts.update(toned_lines(describe(transaction, now)))
        samples.update(toned_lines(values(transaction)))
        energy, power = self.query(TimePlot)
        energy.show(transaction.energy, transaction.meter_start or transaction.energy.first or 0.0)
        power.show(transaction.power)
