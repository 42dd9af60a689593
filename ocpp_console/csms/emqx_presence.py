"""Who is behind the gateway: events of `$SYS`, EMQX's REST API, and silence. None of them tells everything.

EMQX's `disconnected` comes only when the socket closed or idled; a keep-alive time-out, a kick and a take-over end a
charger's connection without a word. So traffic counts most, and a reason code 16 at a publish is the surest sign.
"""

import asyncio
import base64
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any, NamedTuple

from ocpp_console.mqtt.terms import RestApi

PAGE = 1_000
MOST_PAGES = 100
REST_SECONDS = 10.0
JUST_CAME = 5.0
"""Seconds in which a `connected` event belongs to the connection whose traffic was seen before it."""
VERSIONS = ("1.6", "2.0.1", "2.1")
SKEW_MS = 60_000
"""A difference of clocks that is told."""


class Event(NamedTuple):
    """A charger came or went."""

    came: bool
    address: str
    """Where it comes from; empty when the event does not say."""
    connected_at: int | None
    """ms since 1970, by the gateway's clock."""
    at: int | None
    """When the event was made, the same way."""
    reason: str
    version: str
    """Of OCPP; empty when the event does not say, or one that we do not know."""


def event_of(topic: str, payload: bytes) -> Event | None:
    """What a presence message says; None when it says nothing that is understood."""
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    word = str(value.get("event") or topic.rpartition("/")[2]).rpartition(".")[2]
    if word not in ("connected", "disconnected") and isinstance(value.get("connected"), bool):
        word = "connected" if value["connected"] else "disconnected"
    if word not in ("connected", "disconnected"):
        return None
    address = value.get("ipaddress") or value.get("peerhost") or value.get("address") or ""
    reason = value.get("reason")
    return Event(
        word == "connected",
        address[:100] if isinstance(address, str) else "",
        _whole(value.get("connected_at")),
        _whole(value.get("ts")) or _whole(value.get("timestamp")),
        reason[:200] if isinstance(reason, str) else "",
        _version(value.get("proto_ver")),
    )


def _version(value: Any) -> str:
    """A version of OCPP; EMQX tells it of each client, and so do we."""
    return value if isinstance(value, str) and value in VERSIONS else ""


def _whole(value: Any) -> int | None:
    """A whole number of milliseconds that a clock can show."""
    return value if type(value) is int and 0 < value < 1 << 53 else None


def skew_text(event: Event, now_us: int) -> str:
    """How far the gateway's clock is from ours, when that is too far; else nothing."""
    if event.at is None or abs(event.at - now_us // 1000) < SKEW_MS:
        return ""
    seconds = (event.at - now_us // 1000) / 1000
    way = "ahead of" if seconds > 0 else "behind"
    return (
        f"The clock of the gateway is {abs(seconds):.0f} s {way} that of this machine: one of them is wrong. "
        "Chargers take their time from the answers of whoever responds."
    )


class Rest:
    """EMQX's REST API, asked in a thread: the only way to learn who was there before us, and to end a connection."""

    def __init__(self, api: RestApi, on_trouble: Callable[[str], None]) -> None:
        """`on_trouble` takes a sentence when asking failed; the same one is told once."""
        self._api = api
        self._on_trouble = on_trouble
        self._told = ""

    async def connected(self) -> dict[str, str] | None:
        """Address by clientid of all chargers that are connected; None when that could not be learned."""
        found: dict[str, str] = {}
        for page in range(1, MOST_PAGES + 1):
            answer = await self._ask("GET", f"/api/v5/gateways/ocpp/clients?limit={PAGE}&page={page}")
            data = answer.get("data") if isinstance(answer, dict) else None
            if not isinstance(data, list):
                if answer is not None:
                    self._trouble("it gave no list of clients")
                return None
            for one in data:
                if isinstance(one, dict) and isinstance(one.get("clientid"), str) and one.get("connected", True):
                    found[one["clientid"]] = str(one.get("ip_address") or "")[:100]
            if len(data) < PAGE:
                break
        self._told = ""
        return found

    async def kick(self, cid: str) -> bool:
        """End a charger's connection to the gateway."""
        path = "/api/v5/gateways/ocpp/clients/" + urllib.parse.quote(cid, safe="")
        return await self._ask("DELETE", path) is not None

    async def _ask(self, method: str, path: str) -> Any:
        """One question; None when it failed, which was told."""
        try:
            return await asyncio.to_thread(_fetch, self._api, method, path)
        except urllib.error.HTTPError as problem:
            hint = " (key or secret wrong?)" if problem.code in (401, 403) else ""
            self._trouble(f"it answered {problem.code}{hint}")
        except OSError as problem:
            self._trouble(str(getattr(problem, "reason", None) or problem))
        except ValueError:
            self._trouble("its answer is not JSON")
        return None

    def _trouble(self, why: str) -> None:
        text = f"EMQX's REST API {self._api.url} could not be asked who is there: {why}."
        if text != self._told:
            self._told = text
            self._on_trouble(text)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A key must not follow a redirect to another host."""

    def redirect_request(self, *arguments: Any, **more: Any) -> None:
        """Not at all."""


_opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))


def _fetch(api: RestApi, method: str, path: str) -> Any:
    """The JSON of an answer, `{}` of an empty one. Raises OSError or ValueError."""
    key = base64.b64encode(f"{api.key}:{api.secret}".encode()).decode()
    request = urllib.request.Request(api.url + path, method=method, headers={"Authorization": f"Basic {key}"})
    with _opener.open(request, timeout=REST_SECONDS) as answer:
        body = answer.read(64 << 20)
    return json.loads(body) if body.strip() else {}
