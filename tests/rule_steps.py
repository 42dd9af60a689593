"""Steps of which traces are made: a station boots, waits, says a state, runs a session, connects again."""

from typing import Any

import traffic
from tape import SECOND, Tape

from ocpp_console.model.times import time_text

ACCEPTED = {"idTagInfo": {"status": "Accepted"}}


def boot(t: Tape, status: str = "Accepted", interval: int = 60, id: str = "b") -> None:
    t.exchange(traffic.boot(t.version, id=id), {"status": status, "interval": interval, "currentTime": traffic.NOON})


def wait(t: Tape, seconds: float) -> None:
    """Time passes, and the clock of the station with it."""
    t.at += round(seconds * SECOND)


def now(t: Tape, ahead: float = 0.0) -> str:
    """The station's time when its next message arrives; a second later, as a tape hears."""
    return time_text(t.at + SECOND + round(ahead * SECOND))


def status(t: Tape, word: str, connector: int = 1, **fields: Any) -> None:
    t.exchange(traffic.status(word, connector, t.version, id=f"s{t.seq}", **{"timestamp": now(t)} | fields))


def start(t: Tape, id: int = 7, connector: int = 1) -> None:
    raw = traffic.start(connector=connector, id=f"t{t.seq}", timestamp=now(t))
    t.exchange(raw, {"transactionId": id, **ACCEPTED})


def stop(t: Tape, id: Any = 7, after: float = 600, **fields: Any) -> None:
    wait(t, after)
    t.exchange(traffic.stop(id, id=f"x{t.seq}", **{"timestamp": now(t)} | fields), ACCEPTED)


def meter(t: Tape, energy: float, power: float = 11_000, id: int = 7, after: float = 30, unit: str = "Wh") -> None:
    wait(t, after)
    samples = [
        {"value": f"{energy}", "measurand": "Energy.Active.Import.Register", "unit": unit},
        {"value": f"{power}", "measurand": "Power.Active.Import", "unit": "W"},
    ]
    values = [{"timestamp": now(t), "sampledValue": samples}]
    t.exchange(traffic.meter(transaction=id, id=f"m{t.seq}", meterValue=values))


def event(t: Tape, kind: str, number: int, after: float = 90, **fields: Any) -> None:
    wait(t, after)
    t.exchange(traffic.transaction_event(kind, id=f"e{t.seq}", **{"timestamp": now(t), "seqNo": number} | fields))


def session(t: Tape, *, energy: tuple[float, ...] = (1100, 1200), **ending: Any) -> None:
    """A session of 1.6 as it should be."""
    boot(t)
    start(t)
    for each in energy:
        meter(t, each)
    stop(t, **ending)


def heartbeats(t: Tape, *gaps: float) -> None:
    boot(t)
    t.exchange(traffic.heartbeat(id="h"))
    for gap in gaps:
        wait(t, gap - 1.01)
        t.exchange(traffic.heartbeat(id=f"h{t.seq}"))


def boots(t: Tape, *gaps: float, status: str = "Accepted") -> None:
    boot(t, status)
    for gap in gaps:
        wait(t, gap)
        boot(t, status, id=f"b{t.seq}")


def connections(t: Tape, count: int, apart: float) -> None:
    for _ in range(count):
        t.gone()
        wait(t, apart)
        t.connect()


def thrown_out(t: Tape, count: int, address: str = "console") -> None:
    """A newer connection takes the place of the older one."""
    for _ in range(count):
        t.gone(by=address)
        t.connect()
