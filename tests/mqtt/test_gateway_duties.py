"""Duties towards chargers behind a broker: done with --respond, and never without."""

from collections.abc import Callable
from typing import Any

import pytest
from behind_broker import Behind, linked
from mosquitto import Mosquitto

from ocpp_console.services import console
from ocpp_console.settings import Settings

TIME = "2026-11-20T14:00:00Z"
EVENT = {"eventType": "Started", "timestamp": TIME, "triggerReason": "Authorized", "seqNo": 0}
BOOT = {"reason": "PowerUp", "chargingStation": {"model": "M", "vendorName": "V"}}


@pytest.mark.parametrize("respond", [True, False], ids=["responding", "watching"])
async def test_the_cost_is_told_only_where_the_console_responds(
    broker: Mosquitto, root: str, until: Callable[..., Any], respond: bool
) -> None:
    duties: dict[str, Any] = {"tariff": "1/session", "running_cost": "command", "cost_interval": 0.0}
    own: dict[str, Any] = {"db": ":memory:", "mqtt": broker.url, "mqtt_root": root, "mqtt_pace": 0.0, "grace": 0.0}
    engine = console(Settings(gateway=True, respond=respond, **own, **duties))
    chargers = Behind(broker.url, root, answer=lambda call: {})
    chargers.link.start()
    await engine.start()
    try:
        await linked(chargers.link)
        await until(lambda: engine.brokers[0].well)
        chargers.call("CP1", "BootNotification", BOOT)
        chargers.call("CP1", "TransactionEvent", EVENT | {"transactionInfo": {"transactionId": "tx1"}})
        await until(lambda: "running_cost CP1" in engine.duties.told)
        told = [call["Action"] for call in chargers.told.get("CP1", ()) if call["MessageTypeId"] == 2]
        assert told == (["CostUpdated"] if respond else [])
        done, words = engine.duties.told["running_cost CP1"]
        assert (done, "--respond" in words) == (respond, not respond)
    finally:
        await engine.stop()
        await chargers.link.stop()
