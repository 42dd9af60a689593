"""Stations: what is known of them."""

import asyncio
import json
from collections.abc import Callable, Iterable
from typing import Annotated, Any, TypeVar

from fastapi import Query, Request
from fastapi.responses import JSONResponse, Response

from ocpp_console.api import documents
from ocpp_console.api.routing import StationId, engine_of, known_station, router
from ocpp_console.api.shapes import StationDocument

stations = router("stations")

AT_ONCE = 50
"""Documents made before stations are answered again: about a millisecond."""
Known = TypeVar("Known")


async def listed(things: Iterable[Known], document: Callable[[Known], Any]) -> Response:
    """A JSON list of many documents, made in small steps so that a long list holds up no station."""
    parts: list[str] = []
    for number, thing in enumerate(things, 1):
        parts.append(json.dumps(document(thing)))
        if not number % AT_ONCE:
            await asyncio.sleep(0)
    return Response(f"[{','.join(parts)}]", media_type="application/json")


@stations.get("/stations", response_model=None, responses={200: {"model": list[StationDocument]}})
async def list_stations(
    request: Request,
    online: Annotated[
        bool | None, Query(description="Only those that are connected, or only those that are not")
    ] = None,
) -> Response:
    """All stations, in the order in which they became known."""
    known = list(engine_of(request).fleet.stations.values())
    return await listed((one for one in known if online is None or one.online is online), documents.station)


@stations.get("/stations/{station}", response_model=None, responses={200: {"model": StationDocument}})
async def one_station(request: Request, station: StationId) -> JSONResponse:
    """One station, with its settings."""
    return JSONResponse(documents.station(known_station(request, station)))
