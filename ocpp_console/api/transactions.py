"""Charging sessions by HTTP, the newest first, page by page."""

import asyncio
import json
from typing import Annotated, Any

from fastapi import Path, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from ocpp_console.api import documents
from ocpp_console.api.problems import Problem
from ocpp_console.api.routing import ONE, StationId, engine_of, known_station, router
from ocpp_console.api.stations import AT_ONCE
from ocpp_console.model.transactions import Transaction

transactions = router("transactions")


class TransactionPage(BaseModel):
    """A page of sessions."""

    transactions: list[dict[str, Any]]
    next: str | None


def _place(session: Transaction) -> str:
    """Where a session stands among all: no other one has the same place, and it never changes."""
    return f"{session.at}/{session.station}/{session.id}"


def _key(place: str) -> tuple[int, str, str]:
    """The same to be compared. An identity has a slash only when it was percent-encoded; the order bears it."""
    at, _, rest = place.partition("/")
    if not at.isascii() or not at.isdigit():
        raise Problem(422, "before must be `next` of the page before.")
    station, _, id = rest.partition("/")
    return int(at[:20]), station, id


@transactions.get("/transactions", response_model=None, responses={200: {"model": TransactionPage}})
async def list_transactions(
    request: Request,
    station: Annotated[str | None, Query(max_length=255, description="Of this station only")] = None,
    running: Annotated[bool | None, Query(description="Only those that run, or that do not")] = None,
    tag: Annotated[str | None, Query(max_length=255, description="Of this idTag only")] = None,
    before: Annotated[str, Query(max_length=600, description="`next` of the page before")] = "",
    limit: Annotated[int, Query(ge=1, le=5_000, description="Most sessions")] = 100,
) -> Response:
    """Sessions of 1.6 and 2.x, the newest first; `next` is the next page's `before`, null at the end."""
    engine = engine_of(request)
    below = _key(before) if before else None
    fitting = [
        one
        for one in engine.fleet.transactions
        if (station is None or one.station == station)
        and (running is None or one.running is running)
        and (tag is None or one.id_tag.casefold() == tag.casefold())
        and (below is None or _key(_place(one)) < below)
    ]
    fitting.sort(key=lambda one: _key(_place(one)), reverse=True)
    page, now, parts = fitting[:limit], engine.clock(), []
    for number, session in enumerate(page, 1):
        parts.append(json.dumps(documents.transaction(session, now)))
        if not number % AT_ONCE:
            await asyncio.sleep(0)
    following = json.dumps(_place(page[-1])) if len(fitting) > limit else "null"
    return Response(f'{{"transactions":[{",".join(parts)}],"next":{following}}}', media_type="application/json")


@transactions.get("/stations/{station}/transactions/{id}", response_model=None, responses=ONE)
async def one_transaction(
    request: Request, station: StationId, id: Annotated[str, Path(min_length=1, max_length=255)]
) -> JSONResponse:
    """One session."""
    known_station(request, station)
    engine = engine_of(request)
    session = engine.fleet.transactions.get(station, id)
    if session is None:
        raise Problem(404, f"No session {id[:80]!r} of {station} is in memory.")
    return JSONResponse(documents.transaction(session, engine.clock()))
