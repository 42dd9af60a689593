"""Doors: what to type into a charger, and everyone who tried to come in and did not."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from ocpp_console.addresses import Url
from ocpp_console.clock import hms
from ocpp_console.events import HandshakeRefused
from ocpp_console.glyphs import ATTENTION, GOOD, QUIET, STRONG, WRONG
from ocpp_console.screens.page import Page
from ocpp_console.visible import visible
from ocpp_console.widgets.columns import Cell, Column, Piece
from ocpp_console.widgets.pane import Pane
from ocpp_console.widgets.qr_code import QrCode
from ocpp_console.widgets.record_table import RecordTable
from ocpp_console.widgets.toned import toned, toned_lines

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

RULES = (
    "The identity is the last part of the path: …/AC-07 is AC-07.",
    "Some chargers append the identity themselves: then type the URL as it stands here.",
    "Test it: with http:// in front, a browser on the charger's network gets a page.",
    "After a change power-cycle the charger; some wait 20 minutes.",
)

NOBODY = """Nobody was refused. A charger that fails to connect is listed here with the reason.
Does one not even appear? Look for: another network or Wi-Fi isolation, a firewall on this machine,
a vendor cloud profile that is still active in the charger."""


def came(attempt: HandshakeRefused) -> str:
    """What arrived, in one line: the path and offered versions, or the first bytes."""
    if attempt.path:
        offered = f"  offers {', '.join(attempt.offered)}" if attempt.offered else ""
        return f"{attempt.path}{offered}"
    return evidence(attempt.first_bytes.splitlines()[0][:60]) if attempt.first_bytes else "nothing"


def evidence(data: bytes) -> str:
    """Bytes as text when most of them are text, else as hexadecimal digits."""
    text = sum(32 <= byte < 127 for byte in data)
    return data.decode("latin-1") if text * 4 >= len(data) * 3 else data.hex(" ")


def _reason(attempt: HandshakeRefused) -> Cell:
    words = attempt.reason.replace("_", " ")
    return [(f"▲ {words}", WRONG), (f"  HTTP {attempt.status}" if attempt.status else "", QUIET)]


ATTEMPT_COLUMNS: tuple[Column[HandshakeRefused], ...] = (
    Column("time", "time UTC", lambda a: hms(a.at), 8, order=lambda a: a.seq),
    Column("address", "from", lambda a: (a.address, STRONG), 21, least=15, middle=True, order=lambda a: a.address),
    Column("reason", "reason", _reason, 34, least=24, grow=1, order=lambda a: a.reason),
    Column("came", "what came", came, 30, least=10, grow=2, drop=2),
)

URL_COLUMNS: tuple[Column[Url], ...] = (
    Column("url", "URL for the charger", lambda u: (u.url, STRONG), 34, least=26, grow=1),
    Column("interface", "interface", lambda u: (u.interface or "", QUIET), 10, least=6, drop=1),
)


class UrlsPane(Pane):
    """One URL for each address of this machine, the rules, and the QR code of the selected URL."""

    kind = "doors"
    filterable = False
    DEFAULT_CSS = """
    UrlsPane #urls-left { width: 1fr; }
    UrlsPane #rules { height: auto; padding: 0 1; }
    UrlsPane #urls { min-height: 3; }
    UrlsPane QrCode { margin: 0 1; }
    """

    def __init__(self, engine: "Engine", *, id: str | None = None) -> None:
        """Reads `engine.urls()`."""
        super().__init__(id=id)
        self.engine = engine
        self._shown = ""
        self.table = RecordTable(
            URL_COLUMNS,
            engine.urls,
            lambda url: url.url,
            kind="doors",
            empty="Not listening: see the status line for the reason.",
            id="urls",
        )

    def compose(self) -> ComposeResult:
        """List and rules at the left, the code at the right."""
        assert self.table is not None
        with Horizontal():
            with Vertical(id="urls-left"):
                yield self.table
                yield Static(toned_lines([[("• ", GOOD), rule] for rule in RULES]), id="rules", markup=False)
            yield QrCode(ascii_only=self.engine.settings.ascii)

    def title_parts(self) -> Sequence[str]:
        """What to do here."""
        online = sum(station.online for station in self.engine.fleet.stations.values())
        return "Doors", f"{online} chargers connected" if online else "waiting for a charger…"

    def poke(self) -> None:
        """The code follows the cursor."""
        super().poke()
        assert self.table is not None
        url = self.table.record
        text = url.url if url is not None else ""
        if text != self._shown:
            self._shown = text
            self.query_one(QrCode).show(text)


class AttemptsPane(Pane):
    """Who was refused, newest first, and the selected one's story."""

    kind = "doors"
    DEFAULT_CSS = """
    AttemptsPane #story { height: auto; max-height: 6; padding: 0 1; border-top: solid $foreground 20%; display: none; }
    """

    def __init__(self, engine: "Engine", *, id: str | None = None) -> None:
        """Reads `engine.fleet.attempts`."""
        super().__init__(id=id)
        self.engine = engine
        self._told = 0
        self.table = RecordTable(
            ATTEMPT_COLUMNS, self._rows, lambda attempt: attempt.seq, kind="doors", empty=NOBODY, id="attempts"
        )

    def compose(self) -> ComposeResult:
        """The list above the story."""
        yield from super().compose()
        yield Static(id="story", markup=False)

    def _rows(self) -> Sequence[HandshakeRefused]:
        newest_first = list(reversed(self.engine.fleet.attempts))
        wanted = self.filter_text
        return [a for a in newest_first if wanted in plain(a)] if wanted else newest_first

    def title_parts(self) -> Sequence[str]:
        """How many."""
        return "Refused", str(len(self.engine.fleet.attempts))

    def poke(self) -> None:
        """The story follows the cursor."""
        super().poke()
        assert self.table is not None
        attempt = self.table.record
        seq = attempt.seq if attempt is not None else 0
        if seq != self._told:
            self._told = seq
            story = self.query_one("#story", Static)
            story.display = attempt is not None
            if attempt is not None:
                story.update(toned_lines(tell(attempt)))


def tell(attempt: HandshakeRefused) -> list[list[Piece | str]]:
    """The reason and what to do, then what came, word for word."""
    lines: list[list[Piece | str]] = [[("▲ ", WRONG), (attempt.text, ATTENTION)]]
    if attempt.path:
        offered = ", ".join(attempt.offered) or "none"
        lines.append([("path ", QUIET), attempt.path, ("   versions offered ", QUIET), offered])
    if attempt.first_bytes:
        lines.append([("first bytes ", QUIET), visible(evidence(attempt.first_bytes), 160)])
    return lines


def plain(attempt: HandshakeRefused) -> str:
    """What the filter looks in, in small letters."""
    return " ".join((attempt.address, attempt.station, attempt.reason, attempt.text, attempt.path)).casefold()


class DoorsPage(Page):
    """URLs above, refused attempts below."""

    kind = "doors"
    HELP = "What to type into a charger, and who tried to connect and was refused, with the reason and the cure."
    DEFAULT_CSS = """
    DoorsPage #doors-urls { height: auto; min-height: 8; max-height: 75%; }
    DoorsPage #doors-urls > Horizontal { height: auto; }
    DoorsPage #urls-left { height: 100%; }
    DoorsPage.-short #story { max-height: 2; border-top: none; }
    DoorsPage.-short.reading-refused #doors-urls { height: 6; min-height: 6; }
    DoorsPage.-short.reading-refused #doors-urls > Horizontal { height: 1fr; }
    DoorsPage.-short.reading-refused #rules, DoorsPage.-short.reading-refused QrCode { display: none; }
    DoorsPage.-short.reading-refused #story { max-height: 5; }
    """

    def content(self) -> ComposeResult:
        """Where chargers come from, and who was refused."""
        settings = self.engine.settings
        if settings.gateway or settings.bridge:
            from ocpp_console.screens.broker_pane import BrokerPane

            yield BrokerPane(self.engine, id="doors-broker")
        if settings.gateway and not settings.listen:
            return
        yield UrlsPane(self.engine, id="doors-urls")
        yield AttemptsPane(self.engine, id="doors-refused")

    def on_descendant_focus(self) -> None:
        """Where there is no room for both, the pane with the focus gets it."""
        self.set_class(isinstance(self.focused_pane, AttemptsPane), "reading-refused")

    @on(RecordTable.Picked)
    def _picked(self, event: RecordTable.Picked) -> None:
        event.stop()
        for pane in self.panes():
            pane.poke()

    @on(RecordTable.Opened)
    def _opened(self, event: RecordTable.Opened) -> None:
        """Enter on a URL copies it; there is nothing behind an attempt that is not shown already."""
        event.stop()
        if isinstance(event.record, Url):
            self.action_copy()

    def action_copy(self) -> None:
        """Copy the selected URL, or the selected attempt's story."""
        pane = self.focused_pane
        record = pane.table.record if pane is not None and pane.table is not None else None
        if isinstance(record, Url):
            text = record.url
        elif isinstance(record, HandshakeRefused):
            text = "\n".join(toned(*line).plain for line in tell(record))
        else:
            return
        self.app.copy_to_clipboard(text)
        self.say(f"Copied: {text}")
