"""Local lists in step by themselves, at stations of the `ocpp` package: idle ones, one after another, never in vain."""

from typing import Any

from attended import attended
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call
from ocpp.v16 import call_result as result

from ocpp_console.model.id_tags import IdTag

TIME = "2026-11-20T14:00:00Z"


class Station(ChargePoint):
    """Keeps a list, or refuses it."""

    def __init__(self, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.version = 0
        self.heard: list[Any] = []
        self.verdict = "Accepted"

    @on("GetLocalListVersion")
    def version_asked(self) -> Any:
        self.heard.append("version")
        return result.GetLocalListVersion(self.version)

    @on("SendLocalList")
    def list_sent(self, list_version: int, update_type: str, local_authorization_list: Any = ()) -> Any:
        self.heard.append((update_type, [entry["id_tag"] for entry in local_authorization_list]))
        if self.verdict == "Accepted":
            self.version = list_version
        return result.SendLocalList(self.verdict)

    @property
    def lists(self) -> list[Any]:
        return [heard for heard in self.heard if heard != "version"]

    async def boot(self) -> None:
        await self.call(call.BootNotification("M", "V"))


async def test_nothing_is_sent_unless_it_is_asked_for_nor_from_an_empty_list(join: Any, until: Any) -> None:
    async with attended() as engine:
        station = await join(engine, Station, "A", "1.6")
        await station.boot()
        engine.put_tag(IdTag("T1"))
        engine.remove_tag("T1")
        engine.duties.set("list_sync", "on")
        await station.call(call.Heartbeat())
        engine.put_tag(IdTag("T2"))
        await until(lambda: station.lists)
        assert station.heard[:2] == ["version", ("Full", ["T2"])]


async def test_a_list_follows_the_tags_when_the_station_is_idle(join: Any, until: Any) -> None:
    async with attended(list_sync=True) as engine:
        engine.put_tag(IdTag("T1"))
        station = await join(engine, Station, "A", "1.6")
        await station.boot()
        await until(lambda: "list_sync A" in engine.duties.told)
        assert station.heard == ["version", ("Full", ["T1"]), "version"]
        assert engine.duties.told["list_sync A"] == (True, "Version 1, full list: 1 entry.")
        started = await station.call(call.StartTransaction(1, "T1", 0, TIME))
        engine.put_tag(IdTag("T2"))
        other = await join(engine, Station, "B", "1.6")
        await other.boot()
        await until(lambda: "list_sync B" in engine.duties.told)
        assert len(station.lists) == 1  # it charges
        await station.call(call.StopTransaction(1, TIME, started.transaction_id))
        await until(lambda: station.lists[1:])
        assert station.lists[1] == ("Differential", ["T2"])
        assert {command.purpose for command in engine.fleet.commands.of("A")} == {"local list sync"}


async def test_a_station_that_refuses_is_tried_again_once_and_then_left_alone(join: Any, until: Any) -> None:
    async with attended(list_sync=True) as engine:
        engine.put_tag(IdTag("T1"))
        station = await join(engine, Station, "A", "1.6")
        station.verdict = "Failed"
        await station.boot()
        await until(lambda: "left alone" in engine.duties.told.get("list_sync A", (True, ""))[1], 20)
        assert len(station.lists) == 2
        engine.put_tag(IdTag("T2"))
        other = await join(engine, Station, "B", "1.6")
        await other.boot()
        await until(lambda: "list_sync B" in engine.duties.told)
        assert len(station.lists) == 2
        assert not engine.duties.told["list_sync A"][0]


async def test_read_only_sends_nothing(join: Any, until: Any) -> None:
    async with attended(list_sync=True, read_only=True, tariff="1/session") as engine:
        engine.put_tag(IdTag("T1"))
        station = await join(engine, Station, "A", "1.6")
        await station.boot()
        started = await station.call(call.StartTransaction(1, "T1", 0, TIME))
        session = engine.fleet.transactions.get("A", str(started.transaction_id))
        assert session is not None
        await until(lambda: session.tariff)
        await station.call(call.StopTransaction(1, TIME, started.transaction_id))
        assert not station.heard
