"""Calls by HTTP to real chargers on loopback: answered, refused, unanswered, queued, followed."""

import asyncio

FIRMWARE = {"location": "https://example.com/f.bin", "retrieveDate": "2026-11-20T14:03:21Z"}


async def test_stations_are_told_with_all_that_is_known(api):
    assert await api.asked("GET", "/api/stations") == []
    charger = await api.charger("CP/1".replace("/", "-"))
    await charger.status(1, "Charging")
    [station] = await api.asked("GET", "/api/stations")
    assert (station["id"], station["online"], station["version"], station["vendor"]) == ("CP-1", True, "1.6", "ACME")
    assert station["connectors"][0]["status"] == "Charging"
    assert station["connection"]["subprotocol"] == "ocpp1.6"
    assert await api.asked("GET", "/api/stations/CP-1") == station
    assert await api.asked("GET", "/api/stations?online=false") == []
    assert "No station XX" in await api.refused("GET", "/api/stations/XX", 404)


async def test_a_call_gives_the_answer_and_its_latency(api):
    charger = await api.charger("CP1")
    charger.answers["Reset"] = {"status": "Accepted"}
    answer = await api.asked("POST", "/api/stations/CP1/calls/Reset", json={"type": "Soft"})
    assert answer["status"] == "result"
    assert answer["payload"] == {"status": "Accepted"}
    assert answer["latency_ms"] > 0
    assert answer["findings"] == []
    assert answer["error"] is None
    assert charger.asked == [("Reset", {"type": "Soft"})]


async def test_an_odd_answer_comes_with_its_findings(api):
    charger = await api.charger("CP1", "2.0.1")
    charger.answers["Reset"] = {"status": "Perhaps"}
    answer = await api.asked("POST", "/api/stations/CP1/calls/Reset", json={"type": "Immediate"})
    assert answer["findings"][0]["path"] == "status"


async def test_what_no_station_can_take_is_refused_with_all_violations(api):
    charger = await api.charger("CP1")
    charger.answers["Reset"] = {"status": "Rejected"}
    answer = await api.http.post("/api/stations/CP1/calls/Reset", json={"type": "Warm", "more": 1})
    assert answer.status_code == 422
    assert {found["path"] for found in answer.json()["findings"]} == {"type", "more"}
    assert "no action Fly" in await api.refused("POST", "/api/stations/CP1/calls/Fly", 422, json={})
    assert charger.asked == []
    sent = await api.asked("POST", "/api/stations/CP1/calls/Reset?check=false", json={"type": "Warm"})
    assert sent["verdict"] == "Rejected"
    assert charger.asked == [("Reset", {"type": "Warm"})]


async def test_unknown_offline_and_read_only_are_told_apart(api, house):
    path = "/api/stations/CP1/calls/Reset"
    assert "No station CP1" in await api.refused("POST", path, 404, json={"type": "Soft"})
    charger = await api.charger("CP1")
    await charger.leave()
    await api.engine.until("CP1", lambda: not api.engine.fleet.stations["CP1"].online, 5)
    assert "not connected" in await api.refused("POST", path, 409, json={"type": "Soft"})
    careful = await house(read_only=True)
    await careful.charger("CP1")
    assert "read-only" in await careful.refused("POST", path, 403, json={"type": "Soft"})


async def test_a_station_that_says_nothing_times_out(api):
    await api.charger("CP1")
    answer = await api.asked("POST", "/api/stations/CP1/calls/Reset?timeout=0.2", json={"type": "Soft"})
    assert answer["status"] == "timeout"
    assert answer["payload"] is None
    assert answer["error"]["code"] == "timeout"


async def test_a_station_that_goes_leaves_the_call_lost(api, until):
    charger = await api.charger("CP1")
    waiting = asyncio.create_task(api.asked("POST", "/api/stations/CP1/calls/Reset", json={"type": "Soft"}))
    await until(lambda: charger.asked)
    await charger.leave()
    assert (await waiting)["status"] == "lost"


async def test_a_call_that_is_not_waited_for_can_be_looked_up_with_what_followed(api):
    charger = await api.charger("CP1")
    charger.answers["UpdateFirmware"] = {}
    answer = await api.http.post("/api/stations/CP1/calls/UpdateFirmware?wait=false", json=FIRMWARE)
    assert answer.status_code == 202
    url = answer.headers["location"]
    assert answer.json()["url"] == url
    await charger.call("FirmwareStatusNotification", {"status": "Downloading"})
    command = await api.asked("GET", url)
    assert (command["status"], command["action"], command["request"]) == ("result", "UpdateFirmware", FIRMWARE)
    assert [row["payload"] for row in command["follow_ups"]] == [{"status": "Downloading"}]
    assert [each["id"] for each in await api.asked("GET", "/api/stations/CP1/commands")] == [command["id"]]
    assert "over already" in await api.refused("DELETE", url, 409)
    assert "No command" in await api.refused("GET", "/api/commands/none", 404)


async def test_a_queued_command_can_be_taken_back(api):
    await api.charger("CP1")
    first, second = [
        (await api.asked("POST", "/api/stations/CP1/calls/Reset?wait=false", 202, json={"type": "Soft"}))["url"]
        for _ in range(2)
    ]
    assert (await api.asked("GET", second))["status"] == "queued"
    await api.asked("DELETE", second, 204)
    assert (await api.asked("GET", second))["status"] == "cancelled"
    assert (await api.asked("GET", first))["status"] == "sent"


async def test_chargers_are_answered_while_the_api_makes_long_lists(api):
    charger = await api.charger("CP1")
    for number in range(3_000):
        api.engine.station_settings.change(f"S{number}", name="one of many")
    reading = asyncio.create_task(api.asked("GET", "/api/stations"))
    slowest = 0.0
    while not reading.done():
        before = asyncio.get_running_loop().time()
        await charger.call("Heartbeat", {})
        slowest = max(slowest, asyncio.get_running_loop().time() - before)
    assert len(await reading) == 3_001
    assert slowest < 0.5
