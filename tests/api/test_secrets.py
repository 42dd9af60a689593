"""Passwords and keys are masked in everything that is read of the log, unless they are asked for."""

import asyncio
import json

import pytest

SECRET = "hunter2hunter2hunter2"
CHANGE = {"key": "AuthorizationKey", "value": SECRET}


@pytest.fixture
async def told(api):
    """A console that set a password; the id of the command."""
    charger = await api.charger("CP1")
    charger.answers |= {"ChangeConfiguration": {"status": "Accepted"}, "GetDiagnostics": {}}
    sent = await api.asked("POST", "/api/stations/CP1/calls/ChangeConfiguration", json=CHANGE)
    url = {"location": f"ftp://user:{SECRET}@files.example/x"}
    await api.asked("POST", "/api/stations/CP1/calls/GetDiagnostics", json=url)
    return api, sent["id"]


async def test_the_log_and_the_commands_are_told_without_secrets(told):
    api, id = told
    seq = (await api.asked("GET", "/api/messages?filter=ChangeConfiguration"))["messages"][0]["seq"]
    for path in ("/api/messages", f"/api/messages/{seq}", f"/api/commands/{id}", "/api/stations/CP1/commands"):
        masked = json.dumps(await api.asked("GET", path))
        assert SECRET not in masked, path
        assert "AuthorizationKey" in masked
        assert SECRET in json.dumps(await api.asked("GET", path, params={"secrets": "true"})), path
    row = await api.asked("GET", f"/api/messages/{seq}")
    assert row["payload"] == {"key": "AuthorizationKey", "value": "••••••"}
    assert json.loads(row["frame"])[3] == row["payload"]
    assert row["findings"] == (await api.asked("GET", f"/api/messages/{seq}?secrets=true"))["findings"]


@pytest.mark.parametrize("secrets", [False, True])
async def test_the_stream_of_events_is_told_without_secrets(told, secrets):
    api, _ = told
    lines = []
    params = {"since": 0, "secrets": str(secrets).lower()}
    async with api.http.stream("GET", "/api/events", params=params) as answer, asyncio.timeout(20):
        async for line in answer.aiter_lines():
            lines.append(line)
            if '"GetDiagnostics"' in line and "FrameSent" in line:
                break
    heard = "\n".join(lines)
    assert "AuthorizationKey" in heard
    assert (SECRET in heard) is secrets


async def test_what_has_no_secret_keeps_its_bytes(api):
    charger = await api.charger("CP1")
    odd = '[2,  "7","Heartbeat" , {}]'
    await charger.socket.send(odd)
    rows = []
    while not rows:
        rows = (await api.asked("GET", "/api/messages?filter=~a Heartbeat"))["messages"]
    assert rows[0]["frame"] == odd
