"""A station in words: identity, connection, clock, connectors, what was tolerated. The station page draws it."""

from ocpp_console.clock import hms, iso
from ocpp_console.glyphs import ATTENTION, GOOD, QUIET, STRONG, WRONG, connector_look, station_look
from ocpp_console.model.finding_words import explain
from ocpp_console.model.station import Connector, Station
from ocpp_console.model.station_settings import StationSettings
from ocpp_console.protocol.findings import Severity
from ocpp_console.widgets.columns import Piece

Line = list[Piece | str]

DRIFT_SHOWN = 2_000_000
"""µs; below this the network explains it."""
DRIFT_ODD = 60_000_000
"""µs; from here on times in meter values and receipts are wrong enough to matter."""

LABEL = 12
MOST_WRONG = 3
"""Findings named on the card."""


def _row(label: str, *parts: Piece | str) -> Line:
    return [(label.ljust(LABEL), QUIET), *parts]


def _said(text: str, otherwise: str) -> Piece:
    return (text, "") if text else (otherwise, QUIET)


def describe(station: Station, now: int) -> list[Line]:
    """The card, one fact per line; what is not known yet says what would tell it."""
    look = station_look(station.online, station.registration)
    name = " ".join(part for part in (station.vendor, station.model) if part)
    lines: list[Line] = [
        [(look.text, look.tone), ("  ", ""), (station.identity, STRONG), (f"  {station.settings.name}", "")],
        _row("model", _said(name, "not said yet: T asks for a boot")),
        _row("serial", _said(station.serial, "not said")),
        _row("firmware", _said(station.firmware, "not said"), (f"  {station.firmware_status}", ATTENTION)),
        *_connection(station),
        *_times(station, now),
        *_set_by_hand(station.settings),
    ]
    if station.log_status:
        lines.append(_row("log upload", station.log_status))
    sim = " ".join(part for part in (station.iccid, station.imsi) if part)
    if sim:
        lines.append(_row("SIM", sim))
    meter = " ".join(part for part in (station.meter_type, station.meter_serial) if part)
    if meter:
        lines.append(_row("meter", meter))
    return lines + _oddities(station)


def _connection(station: Station) -> list[Line]:
    """Version and how it came about, address, path, security; how the last connection ended while offline."""
    link = station.connection
    if link is None:
        return [
            _row("version", _said(station.version, "unknown")),
            _row("address", _said(station.last_address, "unknown"), (" (last)", QUIET)),
            _row("path", _said(station.last_path, "unknown"), (" (last)", QUIET)),
            _row("gone", (station.gone_reason or "never connected in this log", ATTENTION)),
        ]
    offered = ", ".join(link.offered) or "nothing"
    how, way, path = f"answered {link.subprotocol or 'nothing'}, offered {offered}", "ws://", "path"
    if _behind_broker(link.path):  # its own handshake and encryption are the gateway's, and not known
        how, way, path = "behind a broker", "to the broker", "topic"
    security = (
        (f"TLS {way}" if path == "topic" else "TLS", GOOD) if link.secure else (f"not encrypted ({way})", ATTENTION)
    )
    return [
        _row("version", f"OCPP {link.version}", (f"  {how}", QUIET)),
        _row("address", link.address, "  ", security),
        _row(path, link.path),
        _row("connected", f"since {iso(link.since)}", (f"  {_times_word(station.connection_count)}", QUIET)),
    ]


def _behind_broker(path: str) -> bool:
    """A charger of gateway mode has the topic by which it was noticed in place of a path."""
    return bool(path) and path[0] != "/" and "://" not in path


def _set_by_hand(settings: StationSettings) -> list[Line]:
    """What the operator set for it; nothing where nothing is."""
    demands = [
        "a password" if settings.password else "",
        f"security profile {settings.security_profile}" if settings.security_profile is not None else "",
        f"OCPP {settings.version}" if settings.version else "",
    ]
    limits = ", ".join(f"{action} {most}" for action, most in settings.limits.items())
    rows = {
        "notes": settings.notes,
        "boot answer": f"{settings.registration} (set by hand)" if settings.registration else "",
        "must have": ", ".join(filter(None, demands)),
        "quirks": ", ".join(sorted(settings.quirks)),
        "most items": limits,
    }
    return [_row(label, words) for label, words in rows.items() if words]


def _times_word(count: int) -> str:
    return "first time" if count <= 1 else f"{count}× in this log"


def _times(station: Station, now: int) -> list[Line]:
    boots = f"{iso(station.booted_at)}" if station.booted_at else ""
    reason = f"  {station.boot_reason}" if station.boot_reason else ""
    verdict = (f"  {station.registration}", GOOD if station.registration == "Accepted" else ATTENTION)
    return [
        _row("booted", _said(boots, "no BootNotification seen"), reason, verdict if station.registration else ""),
        _row("last seen", hms(station.last_seen) + "Z" if station.last_seen else ("never", QUIET)),
        _row("heartbeat", *heartbeat(station, now)),
        _row("clock", *clock(station.clock_drift)),
        _row("messages", str(station.messages), (_findings(station.findings), ATTENTION)),
        *([_row("wrong", (worst, ATTENTION))] if (worst := _worst(station)) else []),
    ]


def _worst(station: Station) -> str:
    """In words what is wrong and was not acknowledged, the worst and newest first."""
    if not station.findings:  # nothing waits, or codes that nobody wants to hear of
        return ""
    waiting = [found for found in station.found.values() if found.waiting_warnings]
    waiting.sort(key=lambda found: (found.severity, found.last_at), reverse=True)
    titles = [explain(found.code).title for found in waiting[:MOST_WRONG]]
    return ", ".join(titles) + (f" and {len(waiting) - MOST_WRONG} more (0)" if len(waiting) > MOST_WRONG else "")


def _findings(count: int) -> str:
    return f"  ▲ {count} finding{'s' if count > 1 else ''}" if count else ""


def _span(us: int) -> str:
    seconds = us / 1e6
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def heartbeat(station: Station, now: int) -> list[Piece]:
    """Whether the station keeps the interval it was given; any other message counts as well (1.6 §4.6)."""
    if not station.interval:
        return [("no interval given yet", QUIET)]
    asked = f"every {station.interval} s asked"
    if not station.last_heartbeat:
        return [(f"{asked}, none yet", QUIET)]
    gap = f", last gap {station.heartbeat_gap / 1e6:.0f} s" if station.heartbeat_gap else ""
    silent = now - max(station.last_heartbeat, station.last_seen)
    if station.online and silent > station.interval * 2_000_000:
        return [(f"▲ {asked}, silent for {silent // 1_000_000} s", WRONG)]
    late = station.heartbeat_gap > station.interval * 1_500_000
    return [(f"! {asked}{gap}", ATTENTION)] if late else [(f"✓ {asked}{gap}", GOOD)]


def clock(drift: int | None) -> list[Piece]:
    """How far the station's clock is off, and what a round number of hours means."""
    if drift is None:
        return [("no timestamp seen yet", QUIET)]
    if abs(drift) < DRIFT_SHOWN:
        return [("✓ right", GOOD)]
    side = "ahead" if drift > 0 else "behind"
    tone = WRONG if abs(drift) >= DRIFT_ODD else ATTENTION
    quarters, rest = divmod(abs(drift) + 60_000_000, 900_000_000)
    # Local time sent as if it were UTC: off by whole quarters of an hour, as time zones are.
    zone = "; local time sent as UTC?" if quarters and rest <= 120_000_000 and quarters <= 14 * 4 else ""
    return [(f"{'▲' if tone == WRONG else '!'} {_span(abs(drift))} {side}{zone}", tone)]


def _oddities(station: Station) -> list[Line]:
    """What was tolerated at the handshake, then security events, newest first."""
    tones = {Severity.INFO: QUIET, Severity.WARNING: ATTENTION, Severity.CRITICAL: WRONG}
    weighty = [notice for notice in station.notices if notice.code == "IDENTITY_TWICE"]
    lines: list[Line] = [_row("identity", (f"▲ {notice.text}", WRONG)) for notice in weighty]
    for notice in station.notices:
        if notice not in weighty:
            lines.append(_row("tolerated", (notice.text, tones[notice.severity])))
    events = list(reversed(station.security_events))[:5]
    return lines + [_row("security", hms(at) + "Z  ", (kind, ATTENTION), f"  {info}") for at, kind, info in events]


def connectors(station: Station) -> list[Line]:
    """One line per connector: status since when, error, what it was before."""
    if not station.connectors:
        return [[("No status yet: T asks for it.", QUIET)]]
    return [_connector(connector) for connector in station.connectors.values()]


def _connector(connector: Connector) -> Line:
    look = connector_look(connector.status)
    whole = not connector.number and not connector.evse
    error = connector.error_code if connector.error_code != "NoError" else ""
    told = " ".join(part for part in (error, connector.vendor_error_code, connector.info) if part)
    line: Line = [(("station" if whole else connector.label).ljust(8), STRONG), (look.text.ljust(16), look.tone)]
    line.append((f"{hms(connector.at)}Z", QUIET))
    if told:
        line.append((f"  ▲ {told}", WRONG))
    if connector.previous:
        line.append((f"  before: {connector.previous}", QUIET))
    return line
