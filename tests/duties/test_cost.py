"""Costs as stations of the `ocpp` package hear of them: in answers, and by CostUpdated while they charge."""

import asyncio
from typing import Any

import pytest
from attended import attended
from ocpp.exceptions import InternalError
from ocpp.exceptions import NotImplementedError as NotKnown
from ocpp.routing import on
from ocpp.v16 import ChargePoint as ChargePoint16
from ocpp.v16 import call as call16
from ocpp.v201 import ChargePoint as ChargePoint201
from ocpp.v201 import call as call201
from ocpp.v201 import call_result as result201

from ocpp_console.events import NoteWritten
from ocpp_console.model.costs import cost_of
from ocpp_console.model.id_tags import IdTag
from ocpp_console.model.variables import VariableName

TIME = "2026-11-20T14:00:00Z"


class Station(ChargePoint201):
    """Remembers the costs it was told."""

    def __init__(self, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.costs: list[dict[str, Any]] = []

    @on("CostUpdated")
    def cost_updated(self, **payload: Any) -> Any:
        self.costs.append(payload)
        return result201.CostUpdated()

    async def boot(self) -> None:
        await self.call(call201.BootNotification({"model": "M", "vendor_name": "V"}, "PowerUp"))

    async def plugged(self) -> None:
        """A session that begins with the cable; its tag comes later."""
        info = {"transaction_id": "tx1"}
        await self.call(call201.TransactionEvent("Started", TIME, "CablePluggedIn", 0, info, evse={"id": 1}))

    async def event(self, kind: str, number: int, energy: float, tag: str = "T1", **fields: Any) -> Any:
        value = {"timestamp": TIME, "sampled_value": [{"value": energy}]}
        info = {"transaction_id": "tx1"}
        token = {"id_token": tag, "type": "ISO14443"} if kind != "Updated" or tag != "T1" else None
        return await self.call(
            call201.TransactionEvent(
                kind, TIME, "Authorized", number, info, meter_value=[value], id_token=token, evse={"id": 1}, **fields
            )
        )


class Deaf(Station):
    """Knows no CostUpdated."""

    asked = 0

    @on("CostUpdated")
    def cost_updated(self, **payload: Any) -> Any:
        self.asked += 1
        raise NotKnown


async def test_the_cost_is_told_while_charging_and_at_the_end(join: Any, until: Any) -> None:
    async with attended(tariff="0.5/kWh 1/session EUR", running_cost="command") as engine:
        station = await join(engine, Station, "A", "2.0.1")
        await station.boot()
        await station.event("Started", 0, 0.0)
        session = engine.fleet.transactions.get("A", "tx1")
        assert session is not None
        await until(lambda: session.tariff == "0.5/kWh 1/session EUR")
        assert (await station.event("Updated", 1, 2000.0)).total_cost is None
        await until(lambda: {"total_cost": 2.0, "transaction_id": "tx1"} in station.costs)
        told = len(station.costs)
        await station.event("Updated", 2, 2000.0)  # nothing changed: nothing is sent
        await station.event("Updated", 3, 4000.0)
        await until(lambda: station.costs[-1]["total_cost"] == 3.0)
        assert len(station.costs) == told + 1
        assert (await station.event("Ended", 4, 5000.0)).total_cost == 3.5
        commands = engine.fleet.commands.of("A")
        assert {(command.action, command.purpose) for command in commands} == {("CostUpdated", "cost")}
        assert engine.duties.told["running_cost A"] == (True, "Told 3.00 for session tx1.")


async def test_in_answers_when_that_was_chosen_and_nothing_without_a_tariff(join: Any, until: Any) -> None:
    async with attended(running_cost="answer") as engine:
        engine.put_tag(IdTag("DEAR", tariff="1/kWh EUR"))
        station = await join(engine, Station, "A", "2.0.1")
        await station.boot()
        await station.event("Started", 0, 0.0)
        assert (await station.event("Ended", 1, 1000.0)).total_cost is None
        await station.event("Started", 0, 0.0, "DEAR")
        session = engine.fleet.transactions.get("A", "tx1")
        assert session is not None
    async with attended(running_cost="answer", tariff="free") as engine:
        engine.put_tag(IdTag("DEAR", tariff="1/kWh EUR"))
        station = await join(engine, Station, "A", "2.0.1")
        await station.boot()
        await station.event("Started", 0, 0.0, "DEAR")
        assert (await station.event("Updated", 1, 1500.0)).total_cost == 1.5
        assert (await station.event("Ended", 2, 2500.0, "DEAR")).total_cost == 2.5
        assert not engine.fleet.commands.of("A")


async def test_the_tariff_of_a_tag_counts_when_the_cable_came_first(join: Any, until: Any) -> None:
    async with attended(tariff="0.5/kWh", running_cost="answer") as engine:
        engine.put_tag(IdTag("DEAR", tariff="2/kWh"))
        station = await join(engine, Station, "A", "2.0.1")
        await station.boot()
        await station.plugged()
        session = engine.fleet.transactions.get("A", "tx1")
        assert session is not None
        await until(lambda: session.tariff == "0.5/kWh")
        assert (await station.event("Updated", 1, 0.0, "DEAR")).total_cost == 0.0
        await until(lambda: session.tariff == "2/kWh")
        engine.put_tag(IdTag("DEAR", tariff="9/kWh"))  # it stays with the session
        engine.duties.set("tariff", "7/kWh")
        assert (await station.event("Updated", 2, 1000.0)).total_cost == 2.0
        assert (await station.event("Ended", 3, 3000.0, "DEAR")).total_cost == 6.0
        assert session.tariff == "2/kWh"


async def test_a_station_that_knows_no_costs_is_asked_once(join: Any, until: Any) -> None:
    async with attended(tariff="1/kWh", running_cost="command") as engine:
        station = await join(engine, Deaf, "A", "2.0.1")
        await station.boot()
        await station.event("Started", 0, 0.0)
        await station.event("Updated", 1, 1000.0)
        await until(lambda: "running_cost A" in engine.duties.told)
        done, text = engine.duties.told["running_cost A"]
        assert not done
        assert "told no more until it connects anew" in text
        session = engine.fleet.transactions.get("A", "tx1")
        assert session is not None
        assert cost_of(session, engine.clock()) == 1.0
        await station.event("Updated", 2, 2000.0)
        await station.event("Updated", 3, 3000.0)
        await until(lambda: cost_of(session, engine.clock()) == 3.0)
        assert station.asked == 1


class Moody(Station):
    """Fails at the first one."""

    asked = 0

    @on("CostUpdated")
    def cost_updated(self, **payload: Any) -> Any:
        self.asked += 1
        if self.asked == 1:
            raise InternalError
        return super().cost_updated(**payload)


async def test_a_cost_that_was_not_heard_is_told_again(join: Any, until: Any) -> None:
    async with attended(tariff="1/session", running_cost="command") as engine:
        station = await join(engine, Moody, "A", "2.0.1")
        await station.boot()
        await station.event("Started", 0, 0.0)
        await until(lambda: station.costs)
        assert (station.asked, station.costs[0]["total_cost"]) == (2, 1.0)


async def test_a_station_that_states_to_show_no_costs_is_told_none_by_command(join: Any, until: Any) -> None:
    async with attended(tariff="1/session", running_cost="command") as engine:
        shy, other = await join(engine, Station, "A", "2.0.1"), await join(engine, Station, "B", "2.0.1")
        await shy.boot()
        await other.boot()
        shown = VariableName("TariffCostCtrlr", "Enabled", instance="Cost")
        engine.fleet.stations["A"].variables.heard(shown, "false", engine.clock())
        await shy.event("Started", 0, 0.0)
        await other.event("Started", 0, 0.0)
        await until(lambda: other.costs)
        assert not engine.fleet.commands.of("A")
        assert (await shy.event("Ended", 1, 5.0)).total_cost == 1.0


@pytest.mark.parametrize("tariff", ["0.5/kWh EUR"])
async def test_a_session_of_16_has_a_cost_and_a_tariff_chosen_later_counts_for_it(
    join: Any, until: Any, tariff: str
) -> None:
    async with attended() as engine:
        notes: list[NoteWritten] = []
        engine.bus.attach(lambda fact: notes.append(fact) if isinstance(fact, NoteWritten) else None)
        station = await join(engine, ChargePoint16, "B", "1.6")
        await station.call(call16.BootNotification("M", "V"))
        said = await station.call(call16.StartTransaction(1, "T1", 0, TIME))
        session = engine.fleet.transactions.get("B", str(said.transaction_id))
        assert session is not None
        assert session.tariff == ""
        engine.duties.set("tariff", tariff)
        await until(lambda: session.tariff == tariff)
        await station.call(call16.StopTransaction(4000, TIME, said.transaction_id))
        assert cost_of(session, 0) == 2.0
        assert [note.text for note in notes if note.code == "tariff"] == [f"{tariff} for session {session.id}"]


class Slow(Station):
    """Takes its time for what the operator asks."""

    def __init__(self, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.let_go = asyncio.Event()

    @on("ClearCache")
    async def clear_cache(self, **payload: Any) -> Any:
        await self.let_go.wait()
        return result201.ClearCache("Accepted")


async def test_a_cost_that_waits_for_its_turn_is_not_sent_once_the_duty_is_switched_off(join: Any, until: Any) -> None:
    async with attended(tariff="0.5/kWh 1/session EUR", running_cost="answer") as engine:
        station = await join(engine, Slow, "A", "2.0.1")
        await station.boot()
        await station.event("Started", 0, 0.0)
        await station.event("Updated", 1, 2000.0)
        asked = engine.request("A", "ClearCache", {})
        engine.duties.set("running_cost", "command")
        commands = engine.fleet.commands
        await until(lambda: [one.action for one in commands.of("A")] == ["ClearCache", "CostUpdated"])
        engine.duties.set("running_cost", "answer")
        await until(lambda: commands.of("A")[-1].final)
        station.let_go.set()
        await engine.outcome(asked)
        assert (asked.progress.value, commands.of("A")[-1].progress.value) == ("answered", "not sent")
        assert station.costs == []
        engine.duties.set("running_cost", "command")
        await until(lambda: station.costs)
