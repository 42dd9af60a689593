"""For each finding two traces: one in which it must be found, and one that is nearly the same, in which it must not.

`TRACES[code]` is a pair of functions that play a trace on a tape with a connected station.
"""

import json
from collections.abc import Callable
from typing import Any

import traffic
from rule_steps import (
    boot,
    boots,
    connections,
    event,
    heartbeats,
    meter,
    now,
    session,
    start,
    status,
    stop,
    thrown_out,
    wait,
)
from tape import Tape

from ocpp_console.events import ReplyLost

Trace = Callable[[Tape], object]


def energies(t: Tape, step: float) -> None:
    """Half an hour at 11 kW, whose register grows by `step` Wh a minute (183 fits)."""
    boot(t)
    start(t)
    for minute in range(30):
        meter(t, 1000 + minute * step, after=58.99)
    stop(t, meterStop=1000 + 30 * step)


def configured(t: Tape, value: str) -> None:
    key = {"key": "HeartbeatInterval", "value": "60"}
    t.ask("ChangeConfiguration", key, "c1")
    t.hear(traffic.result({"status": "Accepted"}, id="c1"))
    t.ask("GetConfiguration", {}, "c2")
    told = {"key": "HeartbeatInterval", "readonly": False, "value": value}
    t.hear(traffic.result({"configurationKey": [told]}, id="c2"))


def report(t: Tape, *parts: tuple[int, bool | None]) -> None:
    t.version = "2.0.1"
    t.connect()
    for number, more in parts:
        payload = {"requestId": 1, "generatedAt": traffic.NOON, "seqNo": number, "reportData": []}
        payload |= {} if more is None else {"tbc": more}
        t.exchange(traffic.call("NotifyReport", payload, id=f"r{t.seq}"))


def events_2x(t: Tape, *numbers: int) -> None:
    t.version = "2.0.1"
    t.connect()
    event(t, "Started", 0)
    for number in numbers:
        event(t, "Updated", number)


def said_at(t: Tape, *ahead: float, apart: float = 60) -> None:
    for each in ahead:
        wait(t, apart)
        status(t, "Available", timestamp=now(t, each))
        t.exchange(traffic.heartbeat(id=f"h{t.seq}"))


def answered(t: Tape, seconds: float) -> None:
    t.ask("Reset", {"type": "Soft"})
    t.hear(traffic.result({"status": "Accepted"}, id="c1"), seconds)


def _reset(t: Tape, status: str) -> None:
    t.version = "2.0.1"
    t.connect()
    t.ask("Reset", {"type": "Immediate"})
    t.hear(traffic.result({"status": status}, id="c1"))


def word(code: str, version: str = "1.6") -> Trace:
    def play(t: Tape) -> None:
        t.version = version
        t.connect()
        t.ask("Reset", {"type": "Soft"} if version == "1.6" else {"type": "Immediate"})
        t.hear(traffic.error(code, id="c1"))

    return play


def said(*frames: bytes, binary: bool = False) -> Trace:
    """A station that says just this."""

    def play(t: Tape) -> None:
        for frame in frames:
            t.hear(frame, binary=binary)

    return play


def _lost(t: Tape, lost: bool) -> None:
    message = t.hear(traffic.heartbeat())
    if lost:
        wait(t, 11)
        t.apply(ReplyLost(*t.next(), t.station, t.connection, message.seq, "gone"))
    else:
        t.say(traffic.result({"currentTime": traffic.NOON}), message.seq)
    t.gone()


def _asked(t: Tape, *frames: bytes, abandon: str = "") -> None:
    t.ask("Reset", {"type": "Soft"})
    if abandon:
        t.abandon("c1", abandon)
    for frame in frames:
        t.hear(frame)


def _tag(word: str) -> Trace:
    return lambda t: t.exchange(traffic.authorize(id="a"), {"idTagInfo": {"status": word}})


def _firmware(action: str, word: str) -> Trace:
    return lambda t: t.exchange(traffic.call(action, {"status": word}))


def _fault(t: Tape, during: bool, state: str = "Faulted") -> None:
    boot(t)
    start(t)
    meter(t, 1100)
    if not during:
        stop(t)
    status(t, state, errorCode="GroundFailure" if state == "Faulted" else "NoError")


def _states(*words: str, reconnect: bool = False) -> Trace:
    def play(t: Tape) -> None:
        for each in words:
            if reconnect:
                t.gone()
                t.connect()
            status(t, each)

    return play


def _silent(t: Tape, seconds: float, heartbeats: bool = True) -> None:
    boot(t)
    t.exchange(traffic.heartbeat(id="h"))
    wait(t, seconds)
    status(t, "Available")


def _reused(t: Tape, id: int) -> None:
    session(t)
    start(t, id)


def _reused_2x(t: Tape, transaction: str) -> None:
    t.version = "2.0.1"
    t.connect()
    event(t, "Started", 0)
    event(t, "Ended", 1)
    event(t, "Started", 0, transactionInfo={"transactionId": transaction})


def _pending(t: Tape, status: str) -> None:
    boot(t, status)
    t.exchange(traffic.heartbeat(id="h"))


def _unasked(t: Tape, first: bool) -> None:
    if not first:
        boot(t)
    t.exchange(traffic.heartbeat(id="h"))
    boot(t, id="b2")


def _metered(t: Tape, *energy: float, **fields: Any) -> None:
    session(t, energy=energy, **fields)


def _violated(**fields: Any) -> Trace:
    return said(traffic.boot(**fields))


def _extra(size: int) -> bytes:
    return json.dumps([3, "c1", {"status": "Accepted"}, *[0] * size]).encode()


def _deaf(t: Tape, calls: int) -> None:
    """Heartbeats go on, our calls stay without an answer."""
    for number in range(calls):
        t.ask("Reset", {"type": "Soft"}, f"c{number}")
        t.exchange(traffic.heartbeat(id=f"h{number}"))
        t.abandon(f"c{number}")


def _problem(t: Tape, value: str) -> None:
    t.version = "2.0.1"
    t.connect()
    event = {"eventId": 1, "timestamp": traffic.NOON, "trigger": "Alerting", "actualValue": value}
    event |= {"component": {"name": "RCDetector"}, "variable": {"name": "Tripped"}}
    event |= {"eventNotificationType": "HardWiredNotification"}
    t.exchange(traffic.call("NotifyEvent", {"generatedAt": traffic.NOON, "seqNo": 0, "eventData": [event]}))


def _sampled(t: Tape, after: float) -> None:
    boot(t)
    start(t)
    for number in range(40):
        meter(t, 1000 + number, after=after)


def _restarted_meter(t: Tape, second: float) -> None:
    session(t, meterStop=2000)
    raw = traffic.start(id=f"t{t.seq}", timestamp=now(t), meterStart=second)
    t.exchange(raw, {"transactionId": 8})


TRACES: dict[str, tuple[Trace, Trace]] = {
    # the codes that others have too
    "FAILED_AUTHORIZATION": (_tag("Invalid"), _tag("Blocked")),
    "CONNECTOR_FAULT": (lambda t: _fault(t, True), lambda t: _fault(t, False)),
    "STATION_OFFLINE_DURING_SESSION": (
        lambda t: _fault(t, True, "Unavailable"),
        lambda t: _fault(t, False, "Unavailable"),
    ),
    "TIMEOUT_NO_HEARTBEAT": (lambda t: _silent(t, 125), lambda t: _silent(t, 115)),
    "METER_VALUE_GAP": (lambda t: _metered(t), lambda t: _metered(t, 1100)),
    "INVALID_STOP_REASON": (lambda t: session(t, reason="Bored"), lambda t: session(t, reason="Other")),
    "UNEXPECTED_START": (start, session),
    "STATUS_TRANSITION_VIOLATION": (_states("Available", "Finishing"), _states("Available", "Charging")),
    "DIAGNOSTICS_FAILURE": (
        _firmware("DiagnosticsStatusNotification", "UploadFailed"),
        _firmware("DiagnosticsStatusNotification", "Uploaded"),
    ),
    "FIRMWARE_UPDATE_FAILURE": (
        _firmware("FirmwareStatusNotification", "DownloadFailed"),
        _firmware("FirmwareStatusNotification", "Downloaded"),
    ),
    "SUSPICIOUS_SESSION_DURATION": (lambda t: session(t, after=86_400), session),
    "SLOW_RESPONSE": (lambda t: answered(t, 10.5), lambda t: answered(t, 9.5)),
    "HEARTBEAT_INTERVAL_VIOLATION": (lambda t: heartbeats(t, 95), lambda t: heartbeats(t, 85)),
    "METER_VALUE_ANOMALY": (lambda t: _metered(t, 1200, 1199), lambda t: _metered(t, 1200, 1200)),
    "UNRESPONSIVE_CSMS": (lambda t: _lost(t, True), lambda t: _lost(t, False)),
    "REPEATED_BOOT_NOTIFICATION": (lambda t: boots(t, 250), lambda t: boots(t, 350)),
    # signs of life
    "BOOT_LOOP": (lambda t: boots(t, 200, 200), lambda t: boots(t, 200, 200, status="Pending")),
    "HEARTBEAT_INTERVAL_IGNORED": (lambda t: heartbeats(t, 10, 10, 10), lambda t: heartbeats(t, 10, 40, 10, 10)),
    "STATION_SILENT": (
        lambda t: _silent(t, 125),
        lambda t: (boot(t), [(wait(t, 50), status(t, each)) for each in ("Available", "Preparing", "Charging")]),
    ),
    "MESSAGE_BEFORE_BOOT": (lambda t: _pending(t, "Rejected"), lambda t: _pending(t, "Accepted")),
    "RECONNECT_STORM": (lambda t: connections(t, 5, 40), lambda t: connections(t, 5, 80)),
    # time
    "CLOCK_NOT_SET": (
        lambda t: status(t, "Available", timestamp="2014-01-01T00:00:00Z"),
        lambda t: status(t, "Available", timestamp="2020-01-02T00:00:00Z"),
    ),
    "CLOCK_AHEAD": (lambda t: said_at(t, 320), lambda t: said_at(t, 280)),
    "CLOCK_BEHIND": (lambda t: said_at(t, -320, -320), lambda t: said_at(t, -320, -400)),
    "LOCAL_TIME_AS_UTC": (lambda t: said_at(t, -7_200, -7_200), lambda t: said_at(t, -7_000, -7_000)),
    "CLOCK_DRIFTING": (
        lambda t: said_at(t, 0, 0, 20, 40, 62, 85),
        lambda t: said_at(t, 0, 0, 20, 40, 55, 40),
    ),
    "TIME_UNREADABLE": (
        lambda t: status(t, "Available", timestamp="2022-02-29T00:00:00Z"),
        lambda t: status(t, "Available", timestamp="2024-02-29T00:00:00Z"),
    ),
    # sessions
    "TRANSACTION_UNKNOWN": (lambda t: session(t) or stop(t, 8), lambda t: session(t) or meter(t, 1, id=0)),
    "TRANSACTION_OVER": (lambda t: session(t) or stop(t, 7), lambda t: session(t) or start(t, 8)),
    "TRANSACTION_ID_REUSED": (lambda t: _reused(t, 7), lambda t: _reused(t, 8)),
    # order
    "SEQ_NO_GAP": (lambda t: events_2x(t, 1, 3), lambda t: events_2x(t, 1, 2)),
    "SEQ_NO_REPEATED": (lambda t: events_2x(t, 1, 1), lambda t: events_2x(t, 1, 2)),
    "TBC_MISSING": (lambda t: report(t, (0, None), (1, None)), lambda t: report(t, (0, True), (1, None))),
    "REPORT_UNFINISHED": (
        lambda t: report(t, (0, True)) or t.gone(),
        lambda t: report(t, (0, True), (1, False)) or t.gone(),
    ),
    "CONFIGURATION_IGNORED": (lambda t: configured(t, "900"), lambda t: configured(t, " 60")),
    # connectors and meters
    "STATUS_SKIPPED": (
        _states("Available", "Finishing"),
        _states("Available", "Finishing", reconnect=True),
    ),
    "METER_BACKWARDS": (lambda t: _metered(t, 1200, 1199), lambda t: _metered(t, 1200, 1200)),
    "ENERGY_NEGATIVE": (lambda t: _metered(t, 1100, meterStop=900), lambda t: _metered(t, 1100, meterStop=1000)),
    "ENERGY_POWER_MISMATCH": (lambda t: energies(t, 60), lambda t: energies(t, 180)),
    "FAULT_REPORTED": (lambda t: _problem(t, "true"), lambda t: _problem(t, "false")),
    "METER_VALUE_FLOOD": (lambda t: _sampled(t, -0.9), lambda t: _sampled(t, 0.5)),
    "METER_RESTARTED": (lambda t: _restarted_meter(t, 0), lambda t: _restarted_meter(t, 2000)),
    "SEQ_NO_LATE": (lambda t: events_2x(t, 2, 1), lambda t: events_2x(t, 2, 2)),
    "WEBSOCKET_FAULT": (
        lambda t: t.gone("A frame has reserved bits set.", "console", 1002),
        lambda t: t.gone("", "network", 1006),
    ),
    # answers
    "COMMANDS_IGNORED": (lambda t: _deaf(t, 3), lambda t: _deaf(t, 2)),
    "COMMAND_REFUSED": (lambda t: _reset(t, "Rejected"), lambda t: _reset(t, "Scheduled")),
    "MESSAGE_REPEATED": (
        lambda t: [t.exchange(traffic.stop(id="again")) for _ in range(3)],
        lambda t: [t.exchange(traffic.stop(id=each)) for each in "123"],
    ),
    "ANSWER_MISSING": (lambda t: _asked(t, abandon="timeout"), lambda t: _asked(t, abandon="cancelled")),
    "ANSWER_LATE": (
        lambda t: _asked(t, traffic.result({"status": "Accepted"}, id="c1"), abandon="timeout"),
        lambda t: _asked(t, traffic.result({"status": "Accepted"}, id="c1")),
    ),
    "ANSWER_DUPLICATE": (
        lambda t: _asked(t, *[traffic.result({"status": "Accepted"}, id="c1")] * 2),
        lambda t: _asked(t, traffic.result({"status": "Accepted"}, id="c1")),
    ),
    "ANSWER_ORPHAN": (
        lambda t: _asked(t, traffic.result({"status": "Accepted"}, id="c9")),
        lambda t: _asked(t, traffic.result({"status": "Accepted"}, id="c1")),
    ),
    "ANSWER_ID_UNREADABLE": (
        lambda t: _asked(t, traffic.error("RpcFrameworkError", id="-1")),
        lambda t: _asked(t, traffic.error("RpcFrameworkError", id="c1")),
    ),
    "ANSWER_DAMAGED": (lambda t: _asked(t, b'[3,"c1",{"status"'), lambda t: _asked(t, b'[3,"c9",{"status"')),
    "CALL_WHILE_OUTSTANDING": (
        said(traffic.heartbeat(id="1"), traffic.heartbeat(id="2")),
        lambda t: [t.exchange(traffic.heartbeat(id=each)) for each in "12"],
    ),
    "ERROR_CODE_UNKNOWN": (word("Nope"), word("NotSupported")),
    "ERROR_CODE_OF_OTHER_VERSION": (word("RpcFrameworkError"), word("RpcFrameworkError", "2.0.1")),
    "ERROR_INCOMPLETE": (
        lambda t: _asked(t, b'[4,"c1","NotSupported",""]'),
        lambda t: _asked(t, b'[4,"c1","NotSupported","",{}]'),
    ),
    # frames
    "SCHEMA_REQUIRED": (_violated(chargePointVendor=None), _violated(firmwareVersion=None)),
    "SCHEMA_EXTRA": (_violated(colour="red"), _violated(iccid="1")),
    "SCHEMA_TYPE": (_violated(chargePointModel=7), _violated(chargePointModel="7")),
    "SCHEMA_ENUM": (said(traffic.status("Sleepy")), said(traffic.status("Reserved"))),
    "SCHEMA_LENGTH": (_violated(chargePointModel="x" * 21), _violated(chargePointModel="x" * 20)),
    "SCHEMA_FORMAT": (said(traffic.status(timestamp="now")), said(traffic.status())),
    "SCHEMA_ITEMS": (
        lambda t: report_of(t, []),
        lambda t: report_of(t, [{"type": "x"}]),
    ),
    "ACTION_UNKNOWN": (said(traffic.call("MakeCoffee")), said(traffic.heartbeat())),
    "ACTION_OF_OTHER_VERSION": (said(traffic.call("NotifyEvent")), said(traffic.heartbeat())),
    "ACTION_WRONG_WAY": (said(traffic.call("Reset", {"type": "Soft"})), said(traffic.heartbeat())),
    "UNREADABLE": (said(b"{"), said(traffic.heartbeat())),
    "EXTRA_ELEMENTS": (lambda t: _asked(t, _extra(1)), lambda t: _asked(t, _extra(0))),
    "PAYLOAD_NULL": (said(b'[2,"1","Heartbeat",null]'), said(b'[2,"1","Heartbeat",{}]')),
    "PAYLOAD_EMPTY_LIST": (said(b'[2,"1","Heartbeat",[]]'), said(b'[2,"1","Heartbeat",{}]')),
    "ID_NOT_STRING": (said(traffic.heartbeat(id=1)), said(traffic.heartbeat(id="1"))),
    "ID_TOO_LONG": (said(traffic.heartbeat(id="x" * 37)), said(traffic.heartbeat(id="x" * 36))),
    "ID_EMPTY": (said(traffic.heartbeat(id="")), said(traffic.heartbeat(id=" "))),
    "DUPLICATE_KEY": (
        said(b'[2,"1","Heartbeat",{"a":1,"a":2}]'),
        said(b'[2,"1","Heartbeat",{"a":1,"b":2}]'),
    ),
    "BYTE_ORDER_MARK": (said(b"\xef\xbb\xbf" + traffic.heartbeat()), said(b" " + traffic.heartbeat())),
    "BINARY": (lambda t: t.hear(traffic.heartbeat(), binary=True), lambda t: t.hear(traffic.heartbeat())),
    # identity
    "IDENTITY_TWICE": (lambda t: thrown_out(t, 3), lambda t: thrown_out(t, 2)),
    "IDENTITY_CASE": (lambda t: t.connect("cp"), lambda t: t.connect("cp2")),
}


def report_of(t: Tape, samples: list[Any]) -> None:
    """A 2.x report of a log whose lists the schema counts."""
    t.version = "2.0.1"
    t.connect()
    payload = {"requestId": 1, "generatedAt": traffic.NOON, "seqNo": 0, "tbc": False, "reportData": samples}
    t.hear(traffic.call("NotifyReport", payload))
