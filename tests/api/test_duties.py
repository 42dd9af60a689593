"""Duties over HTTP: read, switched, refused in words; and a tariff of a single station."""

from typing import Any

TIME = "2026-11-20T14:00:00Z"


async def test_duties_are_read_and_set(api: Any) -> None:
    listed = await api.asked("GET", "/api/duties")
    assert {duty["name"]: duty["value"] for duty in listed}["list_sync"] == "off"
    assert all(duty["help"] for duty in listed)
    api.engine.duties.tell("list_sync", "AC-04", False, "Failed.")
    said = await api.asked("PUT", "/api/duties/list_sync", json={"value": "on"})
    assert (said["value"], said["outcomes"]) == ("on", [{"station": "AC-04", "done": False, "text": "Failed."}])
    assert api.engine.duties.list_sync
    await api.asked("PUT", "/api/duties/list_sync", json={"value": "off"})
    assert "must be off or on" in await api.refused("PUT", "/api/duties/list_sync", 422, json={"value": "maybe"})
    assert "such as 0.39/kWh" in await api.refused("PUT", "/api/duties/tariff", 422, json={"value": "cheap"})
    assert "there are tariff" in await api.refused("PUT", "/api/duties/cleaning", 404, json={"value": "on"})


async def test_a_station_may_have_a_tariff_of_its_own(api: Any, until: Any) -> None:
    said = await api.asked("PATCH", "/api/stations/DEAR", 201, json={"tariff": "1 EUR/kWh"})
    assert "1/kWh EUR" in str(said)
    await api.refused("PATCH", "/api/stations/DEAR", 422, json={"tariff": "cheap"})
    charger = await api.charger("DEAR")
    started = await charger.call(
        "StartTransaction", {"connectorId": 1, "idTag": "T1", "meterStart": 0, "timestamp": TIME}
    )
    session = api.engine.fleet.transactions.get("DEAR", str(started["transactionId"]))
    await until(lambda: session.tariff == "1/kWh EUR")
    await api.asked("PATCH", "/api/stations/DEAR", json={"tariff": ""})


async def test_sessions_tell_their_cost(api: Any, until: Any) -> None:
    api.engine.duties.set("tariff", "1.5/session EUR")
    charger = await api.charger("AC-04")
    await charger.start(1, "T1")
    (session,) = api.engine.fleet.transactions
    await until(lambda: session.tariff)
    (told,) = (await api.asked("GET", "/api/transactions"))["transactions"]
    assert (told["cost"], told["currency"], told["tariff"]) == (1.5, "EUR", "1.5/session EUR")
