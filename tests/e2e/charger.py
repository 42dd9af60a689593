"""A charger that blocks until it is answered, for tests whose console is a process of its own."""

import itertools
import json
import time
from typing import Any

from websockets.sync.client import ClientConnection, connect

NOW = "2026-11-20T14:03:21Z"
PATIENCE = 40.0


def dial(url: str, subprotocol: str) -> ClientConnection:
    """A WebSocket; while nobody listens yet, it is tried again."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return connect(url, subprotocols=[subprotocol], legacy=True, compression=None, max_size=None)  # type: ignore[list-item]
        except ConnectionRefusedError:
            assert time.monotonic() < deadline, f"nobody listens at {url}"
            time.sleep(0.01)


class Charger:
    """One connection; calls get their answer's payload back."""

    def __init__(self, port: int, identity: str, version: str = "1.6") -> None:
        """Connect; `identity` is the path as it goes on the wire."""
        self.version = version
        self.line: ClientConnection = dial(f"ws://127.0.0.1:{port}/{identity}", f"ocpp{version}")
        self._ids = itertools.count(1)

    def __enter__(self) -> "Charger":
        return self

    def __exit__(self, *_: Any) -> None:
        self.line.close()

    def send(self, frame: str | bytes) -> None:
        """Anything."""
        self.line.send(frame)

    def receive(self) -> Any:
        """The next frame."""
        return json.loads(self.line.recv(timeout=PATIENCE))

    def asked(self, seconds: float) -> Any:
        """The call that the console sent, if one comes within that time; else None."""
        try:
            frame = json.loads(self.line.recv(timeout=seconds))
        except TimeoutError:
            return None
        return frame if frame[0] == 2 else None

    def call(self, action: str, payload: Any, message_id: Any = None) -> Any:
        """Send a call and give its answer: the frame without its type and id."""
        message_id = f"m{next(self._ids)}" if message_id is None else message_id
        self.send(json.dumps([2, message_id, action, payload]))
        while True:
            frame = self.receive()
            if frame[0] in (3, 4) and frame[1] == message_id:
                return frame[2] if frame[0] == 3 else frame[2:]

    def boot(self, vendor: str = "ACME", model: str = "One") -> Any:
        """BootNotification."""
        if self.version == "1.6":
            return self.call("BootNotification", {"chargePointVendor": vendor, "chargePointModel": model})
        station = {"vendorName": vendor, "model": model}
        return self.call("BootNotification", {"reason": "PowerUp", "chargingStation": station})

    def status(self, connector: int, status: str, **more: Any) -> None:
        """StatusNotification of 1.6."""
        payload = {"connectorId": connector, "status": status, "errorCode": "NoError", **more}
        self.call("StatusNotification", payload)

    def start(self, connector: int, tag: str, meter: int = 0) -> int:
        """StartTransaction of 1.6; the transactionId."""
        payload = {"connectorId": connector, "idTag": tag, "meterStart": meter, "timestamp": NOW}
        return int(self.call("StartTransaction", payload)["transactionId"])

    def stop(self, transaction: int, meter: int, **more: Any) -> None:
        """StopTransaction of 1.6."""
        payload = {"transactionId": transaction, "meterStop": meter, "timestamp": NOW, **more}
        self.call("StopTransaction", payload)
