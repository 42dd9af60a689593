"""Server-sent events: live, resumed, and a client that does not read is in nobody's way."""

import asyncio
import json
import time

from ocpp_console.api import events


def streams(api) -> list[events.Stream]:
    """The clients that listen."""
    owners = (getattr(offer, "__self__", None) for offer in api.engine.bus._offers)
    return [owner for owner in owners if isinstance(owner, events.Stream)]


async def told(response, count: int) -> list[tuple[int, str, dict]]:
    """The next `count` events: number, kind, data."""
    found: list[tuple[int, str, dict]] = []
    lines: dict[str, str] = {}
    async for line in response.aiter_lines():
        name, _, value = line.partition(": ")
        if line:
            lines[name] = value
        elif "event" in lines:
            found.append((int(lines.get("id", 0)), lines["event"], json.loads(lines["data"])))
            lines = {}
            if len(found) == count:
                break
    return found


async def test_facts_are_told_as_they_happen_and_again_after_a_number(api, until):
    charger = await api.charger("CP1")
    async with asyncio.timeout(20), api.http.stream("GET", "/api/events?station=CP1") as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        stream = asyncio.create_task(told(response, 2))
        await until(lambda: streams(api))
        await charger.call("Heartbeat", {})
        live = await stream
    assert [(kind, data["action"]) for _, kind, data in live] == [
        ("FrameReceived", "Heartbeat"),
        ("FrameSent", "Heartbeat"),
    ]
    first = live[0][0]
    async with asyncio.timeout(20), api.http.stream("GET", f"/api/events?since={first - 1}&station=CP1") as response:
        again = await told(response, 2)
    assert again[0][0] == first
    headers = {"Last-Event-ID": str(first)}
    async with asyncio.timeout(20), api.http.stream("GET", "/api/events?station=CP1", headers=headers) as response:
        await charger.call("Heartbeat", {})
        later = await told(response, 1)
    assert later[0][0] > first


async def test_a_client_that_does_not_read_loses_its_own_and_nobody_waits(api, monkeypatch, until):
    monkeypatch.setattr(events, "BACKLOG", 50)
    charger = await api.charger("CP1")
    host, port = api.http.base_url.host, api.http.base_url.port
    reader, writer = await asyncio.open_connection(host, port, limit=1024)
    head = f"GET /api/events HTTP/1.1\r\nHost: {host}\r\nAuthorization: {api.http.headers['authorization']}\r\n\r\n"
    writer.write(head.encode())
    await reader.readuntil(b"\r\n\r\n")
    await until(
        lambda: any(getattr(offer, "__self__", None).__class__ is events.Stream for offer in api.engine.bus._offers)
    )
    stream = next(o.__self__ for o in api.engine.bus._offers if isinstance(getattr(o, "__self__", None), events.Stream))
    began, slowest, padding = time.monotonic(), 0.0, "x" * 10_000
    while not stream._reader.dropped and time.monotonic() - began < 30:
        before = time.monotonic()
        await charger.call("DataTransfer", {"vendorId": "v", "data": padding})
        slowest = max(slowest, time.monotonic() - before)
    assert stream._reader.dropped
    assert slowest < 1.0
    await api.asked("GET", "/api/stations")
    writer.close()
    await until(
        lambda: not any(isinstance(getattr(o, "__self__", None), events.Stream) for o in api.engine.bus._offers)
    )
