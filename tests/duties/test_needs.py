"""A car's needs become a charging profile at a station of the `ocpp` package, when that is asked for."""

from typing import Any

from attended import attended
from ocpp.routing import on
from ocpp.v201 import ChargePoint, call
from ocpp.v201 import call_result as result

TIME = "2026-11-20T14:00:00Z"
NEEDS = {
    "requested_energy_transfer": "AC_three_phase",
    "ac_charging_parameters": {
        "energy_amount": 11_000,
        "ev_min_current": 6,
        "ev_max_current": 16,
        "ev_max_voltage": 230,
    },
}


class Station(ChargePoint):
    """Takes profiles, or refuses them."""

    def __init__(self, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.profiles: list[dict[str, Any]] = []
        self.verdict = "Accepted"

    @on("SetChargingProfile")
    def set_charging_profile(self, **payload: Any) -> Any:
        self.profiles.append(payload)
        return result.SetChargingProfile(self.verdict)

    async def charge(self) -> None:
        await self.call(call.BootNotification({"model": "M", "vendor_name": "V"}, "PowerUp"))
        token = {"id_token": "T1", "type": "ISO14443"}
        info = {"transaction_id": "tx1"}
        await self.call(call.TransactionEvent("Started", TIME, "Authorized", 0, info, id_token=token, evse={"id": 1}))

    async def need(self, evse: int = 1) -> str:
        return str((await self.call(call.NotifyEVChargingNeeds(NEEDS, evse))).status)


async def test_no_profile_follows_unless_it_is_asked_for(join: Any, until: Any) -> None:
    async with attended() as engine:
        station = await join(engine, Station, "A", "2.0.1")
        await station.charge()
        assert await station.need() == "Rejected"
        engine.duties.set("charging_needs", "Processing")
        assert await station.need() == "Processing"
        session = engine.fleet.transactions.get("A", "tx1")
        assert session is not None
        assert session.needs == "AC_three_phase, 11.0 kWh, 6 to 16 A"
        await until(lambda: not engine.fleet.arrangements.needs)
        assert not engine.fleet.commands.of("A")


async def test_the_session_gets_a_profile_made_of_its_needs(join: Any, until: Any) -> None:
    async with attended(needs_profile=True) as engine:
        station = await join(engine, Station, "A", "2.0.1")
        await station.charge()
        assert await station.need(evse=2) == "Rejected"  # nobody charges there
        assert await station.need() == "Accepted"
        await until(lambda: station.profiles)
        profile = station.profiles[0]["charging_profile"]
        assert (station.profiles[0]["evse_id"], profile["transaction_id"]) == (1, "tx1")
        assert profile["charging_profile_purpose"] == "TxProfile"
        (period,) = profile["charging_schedule"][0]["charging_schedule_period"]
        assert (period["limit"], period["number_phases"]) == (16.0, 3)
        await until(lambda: "needs_profile A" in engine.duties.told)
        assert engine.duties.told["needs_profile A"][1].startswith("16 x3 A for session tx1: Accepted.")
        assert {command.purpose for command in engine.fleet.commands.of("A")} == {"charging needs"}
        await station.need()
        await until(lambda: len(station.profiles) == 2)
        assert station.profiles[1]["charging_profile"]["id"] == profile["id"]


async def test_a_station_that_refuses_profiles_twice_is_left_alone(join: Any, until: Any) -> None:
    async with attended(needs_profile=True) as engine:
        station = await join(engine, Station, "A", "2.0.1")
        await station.charge()
        station.verdict = "Rejected"
        for count in (1, 2):
            await station.need()
            await until(lambda count=count: len(station.profiles) == count)
            await until(lambda: engine.duties.told.get("needs_profile A", (True, ""))[0] is False)
        await station.need()
        await until(lambda: not engine.fleet.arrangements.needs)
        assert len(station.profiles) == 2
