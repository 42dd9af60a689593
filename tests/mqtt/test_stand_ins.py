"""The programs that the other tests here lean on: the broker, npm's service and npm's gateway, against each other."""

import json
from collections.abc import Callable
from typing import Any

from mosquitto import Mosquitto
from websockets.asyncio.client import ClientConnection, connect

Begin = Callable[..., Any]


async def charger(port: int, identity: str = "CP1") -> ClientConnection:
    """A charger of the gateway."""
    return await connect(f"ws://127.0.0.1:{port}/ocpp/{identity}", subprotocols=["ocpp1.6"], proxy=None)  # type: ignore[list-item]


async def test_a_service_answers_a_charger_behind_a_gateway(
    broker: Mosquitto, root: str, service: Begin, gateway: Begin
) -> None:
    back_office = await service(broker.url, root=root)
    front = await gateway(broker.url, root=root)
    line = await charger(await front.step("ready"))
    await line.send('[2,"1","BootNotification",{"chargePointVendor":"v","chargePointModel":"m"}]')
    answer = json.loads(await line.recv())
    assert (answer[:2], answer[2]["status"]) == ([3, "1"], "Accepted")
    back_office.ask(command={"station": "CP1", "id": "c-1", "action": "Reset", "payload": {"type": "Soft"}})
    assert json.loads(await line.recv()) == [2, "c-1", "Reset", {"type": "Soft"}]
    await line.send('[4,"c-1","NotSupported","no",{"why":"lost"}]')
    assert await back_office.step("reply") == {
        "station": "CP1",
        "message": {"MessageTypeId": 4, "UniqueId": "c-1", "ErrorCode": "NotSupported", "ErrorDescription": "no"},
    }
    await line.close()


async def test_the_gateway_has_the_oddities_of_the_one_it_stands_for(
    broker: Mosquitto, root: str, service: Begin, gateway: Begin
) -> None:
    back_office = await service(broker.url, root=root, answer=False, presence=root + "events/#")
    front = await gateway(broker.url, root=root, glue=50, presence=root + "events/{cid}/{event}")
    line = await charger(await front.step("ready"))
    await front.step("subscribed")
    for text in ("not JSON", '{"MessageTypeId":"2","UniqueId":"x"}'):
        back_office.ask(publish={"topic": f"{root}cs/CP1", "payload": text})
    await front.step("dropped", count=2)
    for id in ("a", "b"):
        back_office.ask(command={"station": "CP1", "id": id, "action": "ClearCache"})
    assert await line.recv() == '[2,"a","ClearCache",{}][2,"b","ClearCache",{}]'
    await line.send("[2]")
    await front.step("dropped", lambda dropped: dropped["from"] == "charger")
    await line.close()
    await back_office.step("other", lambda said: said["topic"] == f"{root}events/CP1/disconnected")


async def test_a_broker_can_be_killed_and_started_again_on_its_port(
    brokers: Callable[..., Mosquitto], service: Begin
) -> None:
    own = brokers()
    back_office = await service(own.url)
    own.kill()
    await back_office.step("closed")
    own.start()
    await back_office.step("ready", count=2)


async def test_a_broker_with_users_and_rules_refuses(brokers: Callable[..., Mosquitto], service: Begin) -> None:
    guarded = brokers(users={"office": "secret"}, rules="user office\ntopic write ocpp/cs/#\ntopic read ocpp/cp/#\n")
    back_office = await service(guarded.url, username="office", password="secret")
    back_office.ask(publish={"topic": "elsewhere", "payload": "x"})
    assert "authorized" in await back_office.step("published")
