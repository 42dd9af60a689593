"""Who may speak to the API, and what everybody else is told."""

import asyncio
import json
import stat

import httpx
import pytest

from ocpp_console.api import gate, punctual, running
from ocpp_console.api.server import ApiService
from ocpp_console.csms.sockets import ListenError
from ocpp_console.engine import Engine
from ocpp_console.services import console
from ocpp_console.settings import Settings, token_path


async def test_without_the_token_nothing_is_told_but_that_the_console_lives(api):
    async with httpx.AsyncClient(base_url=api.url, trust_env=False) as stranger:
        refused = await stranger.get("/api/stations")
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("Bearer")
        assert refused.headers["content-type"] == "application/problem+json"
        assert "The API wants a token" in refused.json()["detail"]
        wrong = await stranger.get("/api/stations", headers={"Authorization": "Bearer guessed-it"})
        assert wrong.status_code == 401
        assert wrong.json()["detail"].startswith("The token is wrong")
        assert (await stranger.get("/api/openapi.json")).status_code == 401
        assert (await stranger.get("/healthz")).json() == {"status": "ok"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_a_web_page_of_another_origin_is_refused_even_with_the_token(api, headers):
    assert "web page" in await api.refused("GET", "/api/stations", 403, headers=headers)
    assert "web page" in await api.refused("OPTIONS", "/api/stations", 403, headers=headers)


async def test_a_page_of_the_same_origin_is_let_in(api):
    await api.asked("GET", "/api/stations", headers={"Origin": api.url, "Sec-Fetch-Site": "same-origin"})


@pytest.mark.parametrize(("host", "status"), [("rebound.example", 421), ("localhost:1", 200), ("[::1]:9", 200)])
async def test_a_foreign_name_that_leads_here_is_refused(api, host, status):
    answer = await api.http.get("/api/stations", headers={"Host": host})
    assert answer.status_code == status


async def test_a_body_of_ten_megabytes_is_refused_in_a_sentence(api):
    body = b'"' + b"x" * 10_000_000 + b'"'
    assert "at most 4 MiB" in await api.refused("POST", "/api/stations/CP1/calls/Reset", 413, content=body)

    async def piecemeal():
        for _ in range(160):
            yield b"x" * 65_536

    assert "at most 4 MiB" in await api.refused("POST", "/api/stations/CP1/calls/Reset", 413, content=piecemeal())
    await api.asked("GET", "/api/stations")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b'{"type":\n "Soft" oops}', "line 2, column 9"),
        (b"", None),
        (b'{"type": NaN}', "NaN is not a JSON number"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"type": 1e999}', "too large"),
        (b'{"type": "\xff"}', "not UTF-8"),
    ],
)
async def test_a_body_that_is_not_json_is_told_where(api, body, sentence):
    charger = await api.charger("CP1")
    charger.answers["Reset"] = {"status": "Accepted"}
    path = "/api/stations/CP1/calls/Reset"
    if sentence is None:
        assert "type" in await api.refused("POST", path, 422, content=body)
    else:
        assert sentence in await api.refused("POST", path, 400, content=body)
    assert charger.asked == []


async def test_what_is_not_there_is_said(api):
    assert "/api/openapi.json" in await api.refused("GET", "/api/nowhere", 404)
    assert "not possible" in await api.refused("DELETE", "/api/stations", 405)


async def test_a_console_with_an_api_can_be_found_until_it_stops(house):
    api = await house()
    file = running.folder() / f"api-{api.http.base_url.port}.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    found = await asyncio.to_thread(running.consoles)
    mine = next(one for one in found if one.url == api.url)
    assert (mine.token_file, mine.port) == (None, api.engine.port)
    assert mine.token("given by the client") == "given by the client"
    await api.engine.stop()
    assert not file.exists()


async def test_what_a_killed_console_left_behind_is_not_found(api):
    left = running.RunningConsole("http://127.0.0.1:1", None, 1, "2026-11-20T14:03:21Z", 9000, "")
    file = running.announce(left)
    file.with_name("api-2.json").write_text("{not json")
    file.with_name("api-3.json").write_text(json.dumps({"url": 5}))
    assert [one.url for one in await asyncio.to_thread(running.consoles)] == [api.url]
    for name in ("api-1.json", "api-2.json", "api-3.json"):
        file.with_name(name).unlink()


async def test_a_token_is_made_once_and_only_the_user_can_read_it(house):
    first = await house(api_token="")
    token = token_path().read_text().strip()
    assert len(token) > 30
    assert stat.S_IMODE(token_path().stat().st_mode) == 0o600
    found = next(one for one in await asyncio.to_thread(running.consoles) if one.url == first.url)
    assert found.token() == token
    first.http.headers["Authorization"] = f"Bearer {token}"
    await first.asked("GET", "/api/stations")
    second = await house(api_token="")
    second.http.headers["Authorization"] = f"Bearer {token}"
    await second.asked("GET", "/api/stations")
    notes = [row.raw.decode() for row in second.engine.fleet.messages if row.action == "note"]
    assert f"The control API listens on {second.url}; its token is in {token_path()}." in notes


async def test_a_port_that_is_taken_is_said_with_a_free_one(api):
    port = api.http.base_url.port
    other = console(Settings(host=("127.0.0.1",), port=0, db=":memory:", api=str(port), api_token="abcdefghij"))
    with pytest.raises(ListenError) as caught:
        await other.start()
    await other.stop()
    assert f"port {port} is in use" in caught.value.text
    assert "--api " in caught.value.text
    assert caught.value.port == port


async def test_a_token_that_is_hardly_one_is_refused(house):
    engine = console(Settings(host=("127.0.0.1",), port=0, db=":memory:", api="0", api_token="short"))
    with pytest.raises(Exception, match="at least 8"):
        await engine.start()
    await engine.stop()


async def test_without_the_setting_there_is_no_api():
    engine = console(Settings())
    assert isinstance(engine, Engine)
    assert not [each for each in engine.services if isinstance(each, ApiService)]


async def raw(api, request: bytes) -> bytes:
    """What comes back for these bytes, until the console hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(api.url).port)
    writer.write(request)
    try:
        return await asyncio.wait_for(reader.read(), 10)
    finally:
        writer.close()


async def test_a_body_that_comes_too_slowly_is_given_up(api, monkeypatch):
    monkeypatch.setattr(gate, "BODY_SECONDS", 0.2)
    token = api.http.headers["authorization"]
    head = f"POST /api/stations/X/calls/Reset HTTP/1.1\r\nHost: localhost\r\nAuthorization: {token}\r\n"
    for length in (100, 10_000_000):
        told = await raw(api, f"{head}Content-Length: {length}\r\n\r\n{{".encode())
        assert told.startswith(b"HTTP/1.1 408" if length == 100 else b"HTTP/1.1 413")
        assert b"problem+json" in told
    assert not api.engine.problems


async def test_a_head_that_never_ends_is_given_up_and_tls_is_told_apart(api, monkeypatch):
    monkeypatch.setattr(punctual, "HEAD_SECONDS", 0.2)
    for request in (b"", b"GET /healthz HTTP/1.1\r\nHost: lo"):
        told = await raw(api, request)
        assert told.startswith(b"HTTP/1.1 408")
        assert b"No whole request arrived" in told
    assert b"use http://" in await raw(api, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")
    two = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    assert (await raw(api, two + two[:20])).count(b'{"status":"ok"}') == 1


async def test_too_many_requests_at_once_are_told_to_try_again(api, monkeypatch):
    monkeypatch.setattr(gate, "MOST_REQUESTS", 1)
    async with api.http.stream("GET", "/api/events") as stream:
        assert stream.status_code == 200
        assert "try again" in await api.refused("GET", "/api/stations", 503)
        assert (await api.http.get("/healthz")).status_code == 200
    assert not api.engine.problems
