"""Rules about signs of life: boots, heartbeats, and who speaks before he may."""

from ocpp_console.model.rows import Message
from ocpp_console.model.rules.trail import DEFAULT_INTERVAL, MOST_TIMES, NUDGED
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
HASTY = 3
SOON = 30 * SECOND
"""A boot so soon after a call of ours may come from it: some restart when asked for certain keys."""


def repeated_boot(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """Two boots within five minutes; one that was ordered, or has to be as the last was refused, is only mentioned."""
    trail = station.trail
    if not trail.boots or message.at - trail.boots[-1] > BOOTS_APART:
        return None
    ordered = message.at - trail.nudged < NUDGED
    meant = ordered or station.registration not in ("", "Accepted")
    seconds = (message.at - trail.boots[-1]) // SECOND
    why = ", after a command or a disconnect of ours" if ordered else ""
    text = f"another BootNotification {seconds} s after the one before{why}"
    return Finding("REPEATED_BOOT_NOTIFICATION", Severity.INFO if meant else Severity.WARNING, text)


def boot_loop(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """The station boots again and again although it is accepted, and nobody ordered it."""
    trail = station.trail
    ordered = message.at - trail.nudged < NUDGED
    if station.registration not in ("", "Accepted"):
        trail.boots = []  # OCPP has it ask again, at the interval it was given
    trail.boots = [*trail.boots[1 - MOST_TIMES :], message.at]
    boots = sum(message.at - at <= LOOP_WITHIN and not 0 <= at - trail.nudged < NUDGED for at in trail.boots)
    if boots < LOOP or ordered:
        return None
    text = f"{boots} boots within ten minutes"
    if 0 <= message.at - trail.called_at <= SOON:
        text += f", this one {(message.at - trail.called_at) // SECOND} s after our {trail.last_called!a:.40}"
    return Finding("BOOT_LOOP", Severity.CRITICAL, text)


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
    trail.due = at + 2 * interval * SECOND  # looked at again then: it may fall silent later
    found: tuple[Finding, ...] = ()
    silence = at - station.last_seen > 2 * interval * SECOND
    if trail.once("TIMEOUT_NO_HEARTBEAT"):
        text = f"no Heartbeat for more than twice the interval of {interval} s"
        if not silence:  # 1.6 §4.6, 2.x G02: any message stands for a heartbeat
            text += "; other messages came"
        found += (Finding("TIMEOUT_NO_HEARTBEAT", Severity.WARNING if silence else Severity.INFO, text),)
    if silence and trail.once("STATION_SILENT"):
        silent = (at - station.last_seen) // SECOND
        found += (Finding("STATION_SILENT", Severity.WARNING, f"the station said nothing at all for {silent} s"),)
    if part == "answer":
        message.answer_findings += found
    else:
        message.call_findings += found


def before_boot(station: Station, message: Message) -> tuple[Finding, ...]:
    """A call although the boot was not accepted. A station that was accepted in an earlier connection need not boot."""
    trail, registration = station.trail, station.registration
    if message.action == "BootNotification":
        return ()
    trail.spoke = True
    if not registration or (registration == "Pending" and trail.asked):
        return ()  # 1.6 §4.2, 2.x B02.FR.02: while pending it answers triggers
    if not trail.once("MESSAGE_BEFORE_BOOT"):
        return ()
    text = f"its BootNotification was answered {registration!a:.40}: it should send nothing else yet"
    return (Finding("MESSAGE_BEFORE_BOOT", Severity.WARNING, text),)


def late_boot(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """The first boot ever, after other calls on the same connection; one that we asked for is fine."""
    if station.boot_count or not station.trail.spoke or station.trail.asked:
        return None
    return Finding("MESSAGE_BEFORE_BOOT", Severity.WARNING, "other messages came before this first BootNotification")
