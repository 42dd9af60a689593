"""Rules about signs of life: boots, heartbeats, connections, and who speaks before he may."""

from ocpp_console.model.rows import Message
from ocpp_console.model.rules.trail import DEFAULT_INTERVAL, MOST_TIMES, NEVER
from ocpp_console.model.site import Site
from ocpp_console.model.station import Station
from ocpp_console.model.times import SECOND
from ocpp_console.protocol.findings import Finding, Severity
from ocpp_console.protocol.frames import JsonValue

Payload = dict[str, JsonValue]

BOOTS_APART = 300 * SECOND
LOOP_WITHIN = 600 * SECOND
LOOP = 3
"""Boots within `LOOP_WITHIN`, each accepted, that no installer makes by hand."""
STORM_WITHIN = 300 * SECOND
STORM = 6
"""Connections within `STORM_WITHIN`: a station that backs off, as OCPP-J 2.x §5.3 wants, comes to four at most."""
HASTY = 3


def repeated_boot(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """Two boots within five minutes; a station that was not accepted has to boot again and is only mentioned."""
    boots = station.trail.boots
    if not boots or message.at - boots[-1] > BOOTS_APART:
        return None
    accepted = station.registration in ("", "Accepted")
    seconds = (message.at - boots[-1]) // SECOND
    text = f"another BootNotification {seconds} s after the one before"
    return Finding("REPEATED_BOOT_NOTIFICATION", Severity.WARNING if accepted else Severity.INFO, text)


def boot_loop(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """The station boots again and again although it is accepted."""
    trail = station.trail
    if station.registration not in ("", "Accepted"):
        trail.boots.clear()  # OCPP has it ask again, at the interval it was given
    trail.boots = [*trail.boots[1 - MOST_TIMES :], message.at]
    boots = sum(message.at - at <= LOOP_WITHIN for at in trail.boots)
    if boots < LOOP:
        return None
    return Finding("BOOT_LOOP", Severity.CRITICAL, f"{boots} boots within ten minutes")


def boot_answered(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """Not a rule of its own: from the answer on, heartbeats are expected."""
    interval = payload.get("interval")
    seconds = interval if type(interval) is int and interval > 0 else DEFAULT_INTERVAL
    station.trail.due = message.answered_at + 2 * min(seconds, 10**9) * SECOND
    station.trail.hasty = 0
    station.trail.anchor = station.trail.first_drift = None  # the answer sets the clock
    return None


def heartbeat_interval(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """Two heartbeats whose distance is not, within half of it, the interval."""
    interval = (station.interval or DEFAULT_INTERVAL) * SECOND
    station.trail.due = message.at + 2 * interval
    if not station.last_heartbeat:
        return None
    gap = message.at - station.last_heartbeat
    if abs(gap - interval) * 2 <= interval:
        return None
    text = f"{gap / SECOND:.0f} s after the one before; the interval is {interval // SECOND} s"
    return Finding("HEARTBEAT_INTERVAL_VIOLATION", Severity.INFO, text)


def heartbeat_ignored(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """Heartbeats come much more often than the station was told. Fewer are fine: other messages stand for them."""
    trail = station.trail
    interval = station.interval * SECOND
    if not interval or not station.last_heartbeat or (message.at - station.last_heartbeat) * 2 >= interval:
        trail.hasty = 0
        return None
    trail.hasty += 1
    if trail.hasty < HASTY or not trail.once("HEARTBEAT_INTERVAL_IGNORED"):
        return None
    text = f"{HASTY} heartbeats in a row in less than half of the {station.interval} s it was told"
    return Finding("HEARTBEAT_INTERVAL_IGNORED", Severity.WARNING, text)


def overdue(station: Station, message: Message, part: str, at: int) -> None:
    """No heartbeat in twice the interval: told at the message that shows it, before that is folded."""
    trail = station.trail
    interval = station.interval or DEFAULT_INTERVAL
    trail.due = NEVER
    found: tuple[Finding, ...] = ()
    if trail.once("TIMEOUT_NO_HEARTBEAT"):
        text = f"no Heartbeat for more than twice the interval of {interval} s"
        found += (Finding("TIMEOUT_NO_HEARTBEAT", Severity.WARNING, text),)
    if at - station.last_seen > 2 * interval * SECOND and trail.once("STATION_SILENT"):
        silent = (at - station.last_seen) // SECOND
        found += (Finding("STATION_SILENT", Severity.WARNING, f"the station said nothing at all for {silent} s"),)
    if part == "answer":
        message.answer_findings += found
    else:
        message.call_findings += found


def before_boot(station: Station, message: Message) -> tuple[Finding, ...]:
    """A call although the boot was not accepted. A station that was accepted in an earlier connection need not boot."""
    trail, registration = station.trail, station.registration
    if not registration or message.action == "BootNotification" or (registration == "Pending" and trail.asked):
        return ()  # 1.6 §4.2, 2.x B02.FR.02: while pending it answers triggers
    if not trail.once("MESSAGE_BEFORE_BOOT"):
        return ()
    text = f"its BootNotification was answered {registration!a:.40}: it should send nothing else yet"
    return (Finding("MESSAGE_BEFORE_BOOT", Severity.WARNING, text),)


def late_boot(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """The first boot ever, after other calls on the same connection; one that we asked for is fine."""
    connection = station.connection
    if station.boot_count or connection is None or not connection.spoke or station.trail.asked:
        return None
    return Finding("MESSAGE_BEFORE_BOOT", Severity.WARNING, "other messages came before this first BootNotification")


def reconnect_storm(station: Station, at: int) -> tuple[Finding, ...]:
    """The station connects again and again; asked after `Trail.connected`."""
    count = sum(at - each <= STORM_WITHIN for each in station.trail.connects)
    if count < STORM:
        return ()
    return (Finding("RECONNECT_STORM", Severity.WARNING, f"{count} connections within five minutes"),)
