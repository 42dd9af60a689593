"""Frames as real stations send them, as bytes. Every builder takes overrides; `None` leaves a field out.

>>> boot(chargePointModel="M1")[:24]
b'[2,"1","BootNotification'
"""

import json
from typing import Any

NOON = "2026-11-20T12:00:00Z"

ERA = {"1.6": "1.6", "2.0.1": "2", "2.1": "2"}
"""Which of two shapes a version's messages have."""


def call(action: str, payload: Any = None, *, id: Any = "1") -> bytes:
    return _frame(2, id, action, {} if payload is None else payload)


def result(payload: Any = None, *, id: Any = "1") -> bytes:
    return _frame(3, id, {} if payload is None else payload)


def error(code: str = "InternalError", description: str = "", details: Any = None, *, id: Any = "1") -> bytes:
    return _frame(4, id, code, description, {} if details is None else details)


def result_error(code: str = "InternalError", description: str = "", *, id: Any = "1") -> bytes:
    return _frame(5, id, code, description, {})


def send(action: str, payload: Any = None, *, id: Any = "1") -> bytes:
    return _frame(6, id, action, {} if payload is None else payload)


def boot(version: str = "1.6", *, id: Any = "1", **fields: Any) -> bytes:
    if ERA[version] == "1.6":
        payload = {"chargePointVendor": "Acme", "chargePointModel": "Wallbox 11", "firmwareVersion": "1.2.3"}
    else:
        payload = {
            "reason": "PowerUp",
            "chargingStation": {"vendorName": "Acme", "model": "Wallbox 11", "firmwareVersion": "1.2.3"},
        }
    return call("BootNotification", _with(payload, fields), id=id)


def heartbeat(*, id: Any = "1") -> bytes:
    return call("Heartbeat", id=id)


def authorize(tag: str = "04A2B3C4", version: str = "1.6", *, id: Any = "1") -> bytes:
    payload = {"idTag": tag} if ERA[version] == "1.6" else {"idToken": {"idToken": tag, "type": "ISO14443"}}
    return call("Authorize", payload, id=id)


def status(word: str = "Available", connector: int = 1, version: str = "1.6", *, id: Any = "1", **fields: Any) -> bytes:
    if ERA[version] == "1.6":
        payload = {"connectorId": connector, "errorCode": "NoError", "status": word, "timestamp": NOON}
    else:
        payload = {"timestamp": NOON, "connectorStatus": word, "evseId": connector, "connectorId": 1}
    return call("StatusNotification", _with(payload, fields), id=id)


def start(
    tag: str = "04A2B3C4",
    connector: int = 1,
    version: str = "1.6",
    *,
    id: Any = "1",
    transaction: str = "T1",
    **fields: Any,
) -> bytes:
    """The beginning of a session: StartTransaction in 1.6, TransactionEvent Started in 2.x."""
    if ERA[version] == "1.6":
        payload = {"connectorId": connector, "idTag": tag, "meterStart": 1000, "timestamp": NOON}
        return call("StartTransaction", _with(payload, fields), id=id)
    return transaction_event(
        "Started",
        id=id,
        transaction=transaction,
        **{"evse": {"id": connector, "connectorId": 1}, "idToken": {"idToken": tag, "type": "ISO14443"}} | fields,
    )


def stop(transaction: Any = 1, version: str = "1.6", *, id: Any = "1", **fields: Any) -> bytes:
    """The end of a session: StopTransaction in 1.6, TransactionEvent Ended in 2.x."""
    if ERA[version] == "1.6":
        payload = {"transactionId": transaction, "meterStop": 8000, "timestamp": NOON, "reason": "Local"}
        return call("StopTransaction", _with(payload, fields), id=id)
    return transaction_event(
        "Ended",
        id=id,
        transaction=transaction,
        **{
            "triggerReason": "StopAuthorized",
            "seqNo": 2,
            "transactionInfo": {"transactionId": transaction, "stoppedReason": "Local"},
        }
        | fields,
    )


def meter(
    connector: int = 1,
    transaction: Any = 1,
    version: str = "1.6",
    *,
    id: Any = "1",
    energy: float = 2500,
    power: float = 11_000,
    **fields: Any,
) -> bytes:
    """MeterValues with energy (Wh) and power (W)."""
    if ERA[version] == "1.6":
        samples: list[dict[str, Any]] = [
            {"value": str(energy), "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
            {"value": str(power), "measurand": "Power.Active.Import", "unit": "W"},
        ]
        payload: dict[str, Any] = {"connectorId": connector, "transactionId": transaction}
    else:
        samples = [
            {"value": energy, "measurand": "Energy.Active.Import.Register", "unitOfMeasure": {"unit": "Wh"}},
            {"value": power, "measurand": "Power.Active.Import", "unitOfMeasure": {"unit": "W"}},
        ]
        payload = {"evseId": connector}
    payload["meterValue"] = [{"timestamp": NOON, "sampledValue": samples}]
    return call("MeterValues", _with(payload, fields), id=id)


def transaction_event(kind: str = "Updated", *, id: Any = "1", transaction: str = "T1", **fields: Any) -> bytes:
    """A 2.x TransactionEvent: "Started", "Updated" or "Ended"."""
    payload = {
        "eventType": kind,
        "timestamp": NOON,
        "triggerReason": {"Started": "Authorized", "Updated": "MeterValuePeriodic"}.get(kind, "StopAuthorized"),
        "seqNo": {"Started": 0, "Updated": 1}.get(kind, 2),
        "transactionInfo": {"transactionId": transaction},
    }
    return call("TransactionEvent", _with(payload, fields), id=id)


def _with(payload: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (payload | fields).items() if value is not None}


def _frame(*elements: Any) -> bytes:
    return json.dumps(elements, separators=(",", ":")).encode()
