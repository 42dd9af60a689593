"""The message log, its findings and the sessions, by HTTP."""

import asyncio
import json
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from ocpp_console.api import documents
from ocpp_console.api.problems import Problem
from ocpp_console.api.routing import engine_of, router
from ocpp_console.api.shapes import FindingDocument, MessageDocument
from ocpp_console.api.stations import AT_ONCE, listed
from ocpp_console.model.messages import FilterError, MessageFilter
from ocpp_console.protocol.findings import Severity

log = router("log")
Before = Annotated[int | None, Query(ge=1, le=2**62, description="Rows below this number: `next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=1_000, description="Most rows")]
Station = Annotated[str | None, Query(max_length=255, description="Of this station only")]


class MessagePage(BaseModel):
    """A page of the log."""

    messages: list[MessageDocument]
    next: int | None


class FoundFinding(FindingDocument):
    """A finding with the row it is about."""

    seq: int
    at: str
    station: str
    action: str


class FindingPage(BaseModel):
    """A page of findings."""

    findings: list[FoundFinding]
    next: int | None


def filter_of(request: Request, text: str) -> MessageFilter:
    """The filter that a text is; 422 with the word it fails at."""
    words = engine_of(request).log.filter(text)
    if isinstance(words, FilterError):
        raise Problem(422, f"The filter is not understood at {words.word[:80]!r}: {words.text}", at=words.at)
    return words


@log.get("/messages", response_model=None, responses={200: {"model": MessagePage}})
async def messages(
    request: Request,
    filter: Annotated[str, Query(max_length=2_000, description="As on the screen: `~s AC-07 & ~e`")] = "",
    before: Before = None,
    after: Annotated[int | None, Query(ge=0, le=2**62, description="Rows above this number, kept in memory")] = None,
    limit: Limit = 100,
) -> Response:
    """The newest rows that fit, oldest first, from memory and the database; `next` is the next page's `before`."""
    found = await engine_of(request).log.messages(filter_of(request, filter), before, limit, after=after)
    parts = []
    for number, row in enumerate(found.rows, 1):
        parts.append(json.dumps(documents.message(row)))
        if not number % AT_ONCE:
            await asyncio.sleep(0)
    following = "null" if found.ended else json.dumps(found.reached)
    return Response(f'{{"messages":[{",".join(parts)}],"next":{following}}}', media_type="application/json")


@log.get("/findings", response_model=None, responses={200: {"model": FindingPage}})
async def findings(
    request: Request,
    filter: Annotated[str, Query(max_length=2_000, description="Of rows that fit this filter")] = "",
    severity: Annotated[str, Query(pattern="^(info|warning|critical)$", description="This and worse")] = "warning",
    before: Before = None,
    limit: Limit = 100,
) -> Response:
    """What was odd, by the rows it is about, oldest first; `limit` counts rows."""
    least = Severity[severity.upper()]
    words = filter_of(request, f"~f & ({filter})" if filter.strip() else "~f")
    page = await engine_of(request).log.messages(words, before, limit)
    listed_findings = [
        documents.finding(each)
        | {"seq": row.seq, "at": documents.when(row.at), "station": row.station, "action": row.action}
        for row in page.rows
        for each in row.findings
        if each.severity >= least
    ]
    body = {"findings": listed_findings, "next": None if page.ended else page.reached}
    return Response(json.dumps(body), media_type="application/json")


@log.get("/transactions", response_model=None, responses={200: {"model": list[dict[str, Any]]}})
async def transactions(
    request: Request,
    station: Station = None,
    running: Annotated[bool | None, Query(description="Only those that run, or that do not")] = None,
    limit: Annotated[int, Query(ge=1, le=5_000)] = 1_000,
) -> Response:
    """Sessions of 1.6 and 2.x, the newest first."""
    known = engine_of(request).fleet.transactions.newest()
    fitting = [
        one
        for one in known
        if (station is None or one.station == station) and (running is None or one.running is running)
    ]
    now = engine_of(request).clock()
    return await listed(fitting[:limit], lambda session: documents.transaction(session, now))
