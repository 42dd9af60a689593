"""One believable hour of a small site, always the same: what the scenes show."""

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from scripted_engine import SECOND, ScriptedEngine, upgrade

from ocpp_console.clock import iso
from ocpp_console.model.id_tags import IdTag, Policy
from ocpp_console.model.times import parse_time
from ocpp_console.settings import Settings

DATE = "2026-11-20"
LAST_TRANSACTION = 1042
"""The last id given before this day."""

TAGS = (
    IdTag("04A2B1C9D0", "Accepted", "", "FLEET", "2031-01-01", "Workshop"),
    IdTag("04E7553A91", "Accepted", "", "FLEET", "", "Van 3, M. Okafor"),
    IdTag("0471D0C2F8", "Accepted", "ISO14443", "FLEET", "", "Van 4, J. Lindqvist"),
    IdTag("04B86E10AA", "Accepted", "", "", "", "Visitor card 1"),
    IdTag("041F2D9C77", "Accepted", "", "", "2030-06-30", "Visitor card 2", False),
    IdTag("04C35A08E4", "Accepted", "", "", "", "A. Novák"),
    IdTag("0499FF0011", "Blocked", "", "", "", "Lost in March"),
    IdTag("0438BD6A25", "Expired", "", "FLEET", "2024-09-01", "Summer intern"),
)
UNKNOWN_TAG = "7C11A0EE9B"
AC_04, AC_07, DC_01, LAB = "192.168.1.31:49822", "192.168.1.32:51304", "192.168.1.40:40118", "192.168.1.57:38260"
SOAP = b"POST /services/CentralSystem HTTP/1.1\r\nHost: 192.168.1.20\r\nContent-Type: application/soap+xml\r\n\r\n"
TLS_HELLO = bytes.fromhex("16030100c8010000c403037c5a2e")


class Moment(NamedTuple):
    """Something that happens at a time of the day."""

    at: int
    play: Callable[[ScriptedEngine], Any]


def clock_time(text: str) -> int:
    """`14:03:21` of the day in µs."""
    at = parse_time(f"{DATE}T{text}Z")
    assert at is not None
    return at


def now_text(engine: ScriptedEngine) -> str:
    """The time as stations write it."""
    return iso(engine.now)


def says(time: str, station: str, action: str, **payload: Any) -> Moment:
    """A station calls with this payload."""
    return Moment(clock_time(time), lambda engine: engine.says(station, action, payload))


def status_16(time: str, station: str, connector: int, status: str, error: str = "NoError", **more: Any) -> Moment:
    """StatusNotification of 1.6."""

    def play(engine: ScriptedEngine) -> None:
        payload = {"connectorId": connector, "errorCode": error, "status": status, **more}
        engine.says(station, "StatusNotification", payload | {"timestamp": now_text(engine)})

    return Moment(clock_time(time), play)


def status_201(time: str, evse: int, status: str) -> Moment:
    """StatusNotification of 2.0.1."""

    def play(engine: ScriptedEngine) -> None:
        payload = {"timestamp": now_text(engine), "connectorStatus": status, "evseId": evse, "connectorId": 1}
        engine.says("DC-01", "StatusNotification", payload)

    return Moment(clock_time(time), play)


def ac_04() -> Iterator[Moment]:
    """One connector, 1.6, well-behaved; a car charges since 13:31 and was slowed down for a while."""
    yield Moment(clock_time("13:20:02"), lambda e: e.connects(AC_04, "/AC-04"))
    yield says(
        "13:20:02", "AC-04", "BootNotification", chargePointVendor="Nordlicht", chargePointModel="Wallbox Uno 11",
        chargePointSerialNumber="NLU11-2309-00417", firmwareVersion="2.4.1",
    )  # fmt: skip
    yield status_16("13:20:03", "AC-04", 0, "Available")
    yield status_16("13:20:03", "AC-04", 1, "Available")
    yield status_16("13:31:18", "AC-04", 1, "Preparing")
    yield says("13:31:26", "AC-04", "Authorize", idTag="04A2B1C9D0")
    start = {"connectorId": 1, "idTag": "04A2B1C9D0", "meterStart": 1_284_512, "timestamp": f"{DATE}T13:31:27Z"}
    yield says("13:31:27", "AC-04", "StartTransaction", **start)
    yield status_16("13:31:28", "AC-04", 1, "Charging")
    for minutes in range(5, 41, 5):
        yield Moment(clock_time("13:20:04") + minutes * 60 * SECOND, lambda e: e.says("AC-04", "Heartbeat", {}))
    begin, energy = clock_time("13:32:00"), 1_284_512.0
    for number in range(32):
        slowed = 14 <= number < 20
        power = (5_980 if slowed else 10_940) + 60 * math.sin(number * 1.7)
        energy += power / 60
        yield Moment(
            begin + number * 60 * SECOND + 17 * SECOND, ac_sample("AC-04", 1, LAST_TRANSACTION + 2, energy, power)
        )


def ac_sample(
    station: str, connector: Any, transaction: int, energy: float, power: float, zone: str = "Z"
) -> Callable[[ScriptedEngine], None]:
    """MeterValues of 1.6 with energy, power and current; `zone` is how the station ends its times."""

    def play(engine: ScriptedEngine) -> None:
        samples = [
            {"value": f"{energy:.0f}", "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
            {"value": f"{power:.0f}", "measurand": "Power.Active.Import", "unit": "W"},
            {"value": f"{power / 692:.1f}", "measurand": "Current.Import", "phase": "L1", "unit": "A"},
        ]
        values = [{"timestamp": now_text(engine).rstrip("Z") + zone, "sampledValue": samples}]
        payload = {"connectorId": connector, "transactionId": transaction, "meterValue": values}
        engine.says(station, "MeterValues", payload)

    return play


def ac_07() -> Iterator[Moment]:
    """Two connectors, 1.6, with habits seen in the field: a serial too long, connectors as text, times without zone."""
    yield Moment(clock_time("13:20:04"), lambda e: e.connects(AC_07, "/ocpp/AC-07"))
    yield says(
        "13:20:04", "AC-07", "BootNotification", chargePointVendor="Gemini Charge", chargePointModel="Twin 22",
        chargePointSerialNumber="GC-TWIN22-EU-2024-W17-000073-R2", firmwareVersion="1.17.0-rc3",
    )  # fmt: skip
    yield status_16("13:20:05", "AC-07", 1, "Available")
    yield status_16("13:20:05", "AC-07", 2, "Available")
    yield status_16("13:23:50", "AC-07", 1, "Preparing")
    start = {"connectorId": 1, "idTag": "04E7553A91", "meterStart": 640_318, "timestamp": f"{DATE}T13:24:02Z"}
    yield says("13:24:02", "AC-07", "StartTransaction", **start)
    yield status_16("13:24:03", "AC-07", 1, "Charging")
    begin, energy = clock_time("13:25:00"), 640_318.0
    for number in range(28):
        power = 7_360 + 40 * math.sin(number * 2.3) if number < 24 else 7_360 * 0.8 ** (number - 23)
        energy += power / 60
        play = ac_sample("AC-07", "1", LAST_TRANSACTION + 1, energy, power, "")
        yield Moment(begin + number * 60 * SECOND + 33 * SECOND, play)
    stop = {"transactionId": LAST_TRANSACTION + 1, "meterStop": round(energy), "timestamp": f"{DATE}T13:53:08Z"}
    yield says("13:53:08", "AC-07", "StopTransaction", **stop, idTag="04E7553A91", reason="EVDisconnected")
    yield status_16("13:53:09", "AC-07", 1, "Finishing")
    yield status_16("13:53:31", "AC-07", 1, "Available")
    yield status_16("13:57:12", "AC-07", 2, "Faulted", "GroundFailure", vendorErrorCode="E021", info="RCD self-test")
    yield status_16("13:57:40", "AC-07", 2, "Available")
    yield status_16("14:02:51", "AC-07", 2, "Preparing")
    yield says("14:03:05", "AC-07", "Authorize", idTag=UNKNOWN_TAG)


def dc_01() -> Iterator[Moment]:
    """Two EVSEs, 2.0.1, direct current; a van fills up and slows down towards the end."""
    yield Moment(clock_time("13:20:03"), lambda e: e.connects(DC_01, "/DC-01", "ocpp2.0.1, ocpp1.6"))
    about = {
        "vendorName": "Voltaris",
        "model": "HPC 50 Duo",
        "serialNumber": "VT50D-0008812",
        "firmwareVersion": "5.2.0",
    }
    yield says("13:20:03", "DC-01", "BootNotification", reason="PowerUp", chargingStation=about)
    yield status_201("13:20:04", 1, "Available")
    yield status_201("13:20:04", 2, "Available")
    yield status_201("13:38:47", 1, "Occupied")
    token = {"idToken": "0471D0C2F8", "type": "ISO14443"}
    yield says("13:38:55", "DC-01", "Authorize", idToken=token)
    at = "13:38:56"
    yield Moment(clock_time(at), dc_event("Started", "CablePluggedIn", 0, 0.0, 0.0, 34.0, token))
    begin, energy, charge = clock_time("13:39:00"), 0.0, 34.0
    for number in range(25):
        power = 49_800.0 if charge < 58 else max(11_000.0, 49_800 - (charge - 58) * 3_300)
        power += 180 * math.sin(number * 1.3)
        energy += power / 60
        charge = 34 + energy / 580
        moment = begin + number * 60 * SECOND + 41 * SECOND
        if moment < clock_time("14:03:21"):
            yield Moment(moment, dc_event("Updated", "MeterValuePeriodic", number + 1, energy, power, charge))
    yield says(
        "13:58:02", "DC-01", "SecurityEventNotification", type="InvalidTLSVersion", timestamp=f"{DATE}T13:58:02Z",
        techInfo="peer 10.0.0.9 offered TLS 1.0",
    )  # fmt: skip
    yield says("14:03:12", "DC-01", "Heartbeat")


def dc_event(
    kind: str, why: str, number: int, energy: float, power: float, charge: float, token: dict[str, str] | None = None
) -> Callable[[ScriptedEngine], None]:
    """TransactionEvent with energy, power and the state of charge."""

    def play(engine: ScriptedEngine) -> None:
        register, unit = "Energy.Active.Import.Register", "unitOfMeasure"
        samples = [
            {"value": round(energy + 9_412_206), "measurand": register, unit: {"unit": "Wh"}},
            {"value": round(power), "measurand": "Power.Active.Import", unit: {"unit": "W"}},
            {"value": round(charge), "measurand": "SoC", "location": "EV", unit: {"unit": "Percent"}},
        ]
        payload: dict[str, Any] = {
            "eventType": kind,
            "timestamp": now_text(engine),
            "triggerReason": why,
            "seqNo": number,
            "transactionInfo": {"transactionId": "8f4c2d10-77ab", "chargingState": "Charging"},
            "evse": {"id": 1, "connectorId": 1},
            "meterValue": [{"timestamp": now_text(engine), "sampledValue": samples}],
        }
        if token is not None:
            payload |= {"idToken": token}
        engine.says("DC-01", "TransactionEvent", payload)

    return play


def lab() -> Iterator[Moment]:
    """A prototype of 2.1 whose line breaks."""
    yield Moment(clock_time("13:40:11"), lambda e: e.connects(LAB, "/lab-%C5%BE", "ocpp2.1"))
    about = {"vendorName": "Zdroj", "model": "Prototype B"}
    yield says("13:40:11", "lab-ž", "BootNotification", reason="LocalReset", chargingStation=about)
    yield Moment(clock_time("13:52:10"), lambda e: e.leaves("lab-ž"))


def strangers() -> Iterator[Moment]:
    """Those who did not get in."""
    yield Moment(clock_time("13:41:07"), lambda e: e.knocks("192.168.1.88:60022", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
    yield Moment(clock_time("13:49:30"), lambda e: e.knocks("192.168.1.61:41870", SOAP))
    yield Moment(clock_time("13:55:02"), lambda e: e.knocks("192.168.1.62:37714", upgrade("/AC-09", "ocpp1.5")))
    yield Moment(clock_time("13:59:48"), lambda e: e.knocks("192.168.1.63:52290", TLS_HELLO))


def operator() -> Iterator[Moment]:
    """What was sent to stations."""
    config = [{"key": "HeartbeatInterval", "readonly": False, "value": "300"}]
    asked, told = {"key": ["HeartbeatInterval"]}, {"configurationKey": config}
    yield Moment(clock_time("13:28:40"), lambda e: e.asks("AC-04", "GetConfiguration", asked, told, 0.062))
    schedule = {"id": 1, "chargingRateUnit": "W", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 30000}]}
    profile = {
        "id": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Absolute",
        "chargingSchedule": [schedule],
    }
    payload = {"evseId": 2, "chargingProfile": profile}
    yield Moment(
        clock_time("14:02:18"),
        lambda e: e.asks("DC-01", "SetChargingProfile", payload, {"status": "Rejected"}, 0.131),
    )
    yield Moment(
        clock_time("14:02:30"),
        lambda e: e.asks("AC-04", "TriggerMessage", {"requestedMessage": "Heartbeat"}, {"status": "Accepted"}, 0.048),
    )
    yield says("14:02:31", "AC-04", "Heartbeat")


def the_day() -> ScriptedEngine:
    """An engine that has seen everything until 14:03:20."""
    settings = Settings(host=("0.0.0.0",), port=9000, db=":memory:", policy="known")
    engine = ScriptedEngine(settings, clock_time("13:20:00"))
    engine._answers.last_transaction_id = LAST_TRANSACTION
    engine.set_policy(Policy.KNOWN_ONLY)
    for tag in TAGS:
        engine.put_tag(IdTag.from_document(tag.to_document()))
    engine.listens()
    moments = [moment for who in (ac_04, ac_07, dc_01, lab, strangers, operator) for moment in who()]
    for number, moment in enumerate(sorted(moments, key=lambda moment: moment.at)):
        engine.now = max(moment.at + number * 389 % 1000 * 1000, engine.now)
        moment.play(engine)
    engine.now = clock_time("14:03:20")
    return engine


def one_second_more(engine: ScriptedEngine) -> None:
    """The second that ends at 14:03:21, with three messages."""
    engine.now = clock_time("14:03:20") + 214_000
    engine.says("AC-07", "Heartbeat", {})
    engine.now += 388_000
    dc_event("Updated", "ChargingRateChanged", 25, 18_444.0, 26_310.0, 66.0)(engine)
    engine.now = clock_time("14:03:21")
    ac_sample("AC-07", "1", LAST_TRANSACTION + 1, 643_553.0, 0.0, "")(engine)
