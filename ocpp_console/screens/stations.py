"""The pane of stations: who is here, what each connector does, what runs, what is odd."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ocpp_console.clock import hms, iso
from ocpp_console.glyphs import ATTENTION, PENDING, PLAIN, QUIET, REJECTED, STRONG, connector_look, station_look
from ocpp_console.model.station import Connector, Station
from ocpp_console.model.transactions import Transaction
from ocpp_console.visible import visible
from ocpp_console.widgets.columns import Column, Piece
from ocpp_console.widgets.pane import Pane
from ocpp_console.widgets.record_table import RecordTable

if TYPE_CHECKING:
    from ocpp_console.engine import Engine
    from ocpp_console.screens.page import Page

MINUTE = 60_000_000
DAY = 1440 * MINUTE


def ago(us: int) -> str:
    """A time span in words of one number: `11 min`, `3 h`, `2 d`."""
    minutes = max(0, us) // MINUTE
    if minutes < 1:
        return "under a minute"
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 2880 else f"{minutes // 1440} d"


def span(us: int) -> str:
    """A session's time in five cells: `42min`, `1h07`; minutes and seconds stand elsewhere as `1:07`."""
    minutes = max(0, us) // MINUTE
    return f"{minutes}min" if minutes < 60 else f"{minutes // 60}h{minutes % 60:02d}"


def connector_piece(connector: Connector, running: Sequence[Transaction] = ()) -> list[Piece]:
    """`1 ▶ Charging`, with the error code when there is one.

    `Occupied` of 2.x says only that a cable is in: a session of `running` there has a better word.
    """
    here = running if connector.evse and connector.status == "Occupied" else ()
    states = [each.charging_state for each in here if each.evse == connector.evse and each.charging_state]
    look = connector_look(states[0] if states else connector.status)
    error = f" {connector.error_code}" if connector.error_code not in ("", "NoError") else ""
    return [(f"{connector.label} ", QUIET), (f"{look.text}{error}", look.tone)]


class StationColumns:
    """The cells of a station's row; they need to know running sessions and the time."""

    def __init__(self, engine: "Engine") -> None:
        """Reads the transactions and the clock of `engine`."""
        self._engine = engine
        self._asked: tuple[str, int] = ("", -1)
        self._found: Sequence[Transaction] = ()

    def all(self) -> tuple[Column[Station], ...]:
        """Dropped when narrow: message count, vendor, state word, time of the session, last seen, findings, version."""
        return (
            Column("glyph", "", lambda s: self._look(s)[0], 1),
            Column("state", "state", lambda s: self._look(s)[1], 8, drop=7, order=lambda s: (not s.online, s.identity)),
            Column(
                "station", "station", lambda s: (s.identity, STRONG), 16, 8, middle=True, order=lambda s: s.identity
            ),
            Column("version", "ver", lambda s: (s.version, QUIET), 5, drop=3, order=lambda s: (s.version, s.identity)),
            Column(
                "vendor", "vendor model", self._vendor, 20, 10, drop=8, order=lambda s: (s.vendor, s.model, s.identity)
            ),
            Column("connectors", "connectors", self._connectors, 36, 27, grow=1),
            Column("energy", "session", self._session, 9, drop=1, right=True, order=self._energy),
            Column("power", "", self._power, 7, drop=2, right=True),
            Column("time", "", self._time, 5, drop=6, right=True),
            Column("seen", "seen UTC", self._seen, 8, drop=5, order=lambda s: s.last_seen),
            Column(
                "messages",
                "msgs",
                lambda s: (str(s.messages), QUIET),
                7,
                drop=9,
                right=True,
                order=lambda s: s.messages,
            ),
            Column("findings", "warn", self._findings, 4, drop=4, right=True, order=lambda s: s.findings),
        )

    def stamp(self, station: Station) -> tuple[object, ...]:
        """All that a row depends on besides the station itself."""
        running = self._running(station)
        tick = self._engine.clock() // MINUTE if running or not station.online else 0
        return (station.revision, tick, tuple(transaction.revision for transaction in running))

    def _running(self, station: Station) -> Sequence[Transaction]:
        """The station's sessions; four cells of a row ask for them, one after the other."""
        transactions = self._engine.fleet.transactions
        asked = (station.identity, transactions.revision)
        if asked != self._asked:
            self._asked, self._found = asked, transactions.running(station.identity)
        return self._found

    def _look(self, station: Station) -> tuple[Piece, Piece]:
        look = station_look(station.online, station.registration)
        return (look.glyph, look.tone), (look.word, look.tone)

    def _vendor(self, station: Station) -> list[Piece]:
        return [(station.vendor, PLAIN), (f" {station.model}" if station.model else "", QUIET)]

    def _connectors(self, station: Station) -> list[Piece]:
        """Every connector; for one that is offline when it was seen last."""
        if not station.online:
            since = ago(self._engine.clock() - station.last_seen)
            return [(f"offline, seen {since} ago" if station.last_seen else "never connected", QUIET)]
        # OCPP 1.6: connectorId 0 is the charge point itself; it is worth its cells only when it is not well
        shown = [c for c in station.connectors.values() if c.number or c.status not in ("Available", "")]
        if not shown:
            return [("connected, no status yet" if station.ready else "connected, silent so far", QUIET)]
        parts: list[Piece] = []
        look, running = station_look(station.online, station.registration), self._running(station)
        parts += [(look.word, look.tone)] if look in (PENDING, REJECTED) else []
        for connector in shown:
            parts += [("  ", PLAIN)] if parts else []
            parts += connector_piece(connector, running)
        return parts

    def _session(self, station: Station) -> Piece:
        """Energy of the running sessions together, in nine cells at most."""
        running = self._running(station)
        if not running:
            return "", PLAIN
        known = [energy for transaction in running if (energy := transaction.energy_wh) is not None and energy >= 0]
        if not known:
            return "? kWh", STRONG
        kwh = sum(known) / 1000
        return f"{kwh:.2f} kWh" if kwh < 100 else f"{kwh:.0f} kWh", STRONG

    def _power(self, station: Station) -> Piece:
        """Power of the running sessions together."""
        known = [power for transaction in self._running(station) if (power := transaction.power_w) is not None]
        if not known:
            return "", PLAIN
        kw = sum(known) / 1000
        return f"{kw:.1f} kW" if kw < 99.95 else f"{kw:.0f} kW", STRONG

    def _time(self, station: Station) -> Piece:
        """How long the session runs; of several only how many there are."""
        running = self._running(station)
        if len(running) > 1:
            return f"{len(running)}×", QUIET
        started = running[0].started_at if running else 0
        return (span(self._engine.clock() - started), QUIET) if started else ("", PLAIN)

    def _energy(self, station: Station) -> tuple[float, str]:
        energy = sum(transaction.energy_wh or 0.0 for transaction in self._running(station))
        return (-energy if self._running(station) else 1.0, station.identity)

    def _seen(self, station: Station) -> Piece:
        if not station.last_seen:
            return "", QUIET
        recent = self._engine.clock() - station.last_seen < DAY
        return (hms(station.last_seen) if recent else iso(station.last_seen)[2:10]), QUIET

    def _findings(self, station: Station) -> Piece:
        count = station.findings
        if not count:
            return "", PLAIN
        return f"▲{count}" if count < 1000 else f"▲{count // 1000}k", ATTENTION


class StationsPane(Pane):
    """The live table of stations."""

    kind = "stations"

    def __init__(self, engine: "Engine", *, id: str | None = None) -> None:
        """Shows the fleet of `engine`."""
        super().__init__(id=id)
        self._engine = engine
        columns = StationColumns(engine)
        self.table = RecordTable(
            columns.all(),
            self._rows,
            identify=lambda station: station.identity,
            stamp=columns.stamp,
            kind=self.kind,
            empty=self._empty,
            order="station",
            id="stations",
        )

    def _rows(self) -> Sequence[Station]:
        stations = self._engine.fleet.stations.values()
        if not self.filter_text:
            return list(stations)
        words = self.filter_text.split()
        return [station for station in stations if all(word in plain(station) for word in words)]

    def _empty(self) -> str:
        """A first start teaches where to connect."""
        if self.filter_text:
            return "No station matches the filter.\nesc clears it."
        if (recording := getattr(self._engine, "recording", None)) is not None:
            return str(recording.nothing)
        if self._engine.settings.gateway and self._engine.brokers:
            view = self._engine.brokers[0]
            doors = "9 shows the broker: what comes by which topic, and what was lost."
            return f"Waiting for a charger behind the broker…\n{visible(view.status.text, 300)}\n{doors}"
        lines = [f"  {url.url}" for url in self._engine.urls()[:2]] if self._engine.fleet.listeners else []
        urls = "Type one of these into the charger:\n" + "\n".join(lines) + "\n" if lines else ""
        doors = "9 shows all addresses with QR codes and who tried to connect.\n"
        port = self._engine.port + 1
        demo = f"Or see it at work: ocpp-console --demo --port {port} in another terminal.\n"
        return f"Waiting for a charger…\n{urls}{doors}{'' if self._engine.settings.demo else demo}"

    def title_parts(self) -> Sequence[str]:
        """How many there are, how many are marked."""
        table = self.table
        marked = len(table.marked) if table is not None else 0
        return ("Stations", str(len(self._engine.fleet.stations)), f"{marked} marked" if marked else "")

    def on_record_table_opened(self, event: RecordTable.Opened) -> None:
        """Show everything known about the station."""
        event.stop()
        from ocpp_console.screens.station import StationPage

        self.app.push_screen(StationPage(self._engine, event.record.identity))


def ask_to_forget(page: "Page", names: Sequence[str], then: Callable[[], object] = lambda: None) -> None:
    """Drop stations that are away, after a question; `then` is called once they are gone."""
    from ocpp_console.screens.question import Question

    engine = page.engine
    away = [name for name in names if name in engine.fleet.stations and not engine.fleet.stations[name].online]
    if not away:
        page.say("Only a station that is offline can be forgotten.", "warning")
        return

    def answered(yes: bool | None) -> None:
        if yes:
            for name in away:
                engine.forget(name)
            page.poke(0)
            then()

    told = ", ".join(away[:3]) + (f" and {len(away) - 3} more" if len(away) > 3 else "")
    text = f"Forget {told}? Sessions and commands go as well; messages stay in the log."
    page.app.push_screen(Question(text, "Forget", "Keep"), answered)


def plain(station: Station) -> str:
    """What a filter looks for in a station."""
    states = " ".join(connector.status for connector in station.connectors.values())
    online = "online" if station.online else "offline"
    words = (station.identity, station.vendor, station.model, station.version, station.firmware, station.last_address)
    return " ".join((*words, online, states)).casefold()
