"""Findings by HTTP: what is odd about stations, how often, since when, and at which messages; known and hidden ones."""

import json
from typing import Annotated, Any, Literal

from fastapi import Path, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from ocpp_console.api import documents
from ocpp_console.api.log import Before, FilterText, Limit, filter_of
from ocpp_console.api.outcomes import Body
from ocpp_console.api.problems import Problem
from ocpp_console.api.routing import engine_of, router
from ocpp_console.api.shapes import FindingDocument
from ocpp_console.model.finding_words import explain
from ocpp_console.model.found import Found
from ocpp_console.protocol.findings import Severity

findings = router("findings")
Least = Annotated[Literal["info", "warning", "critical"], Query(alias="severity", description="This and worse")]
SEPARATOR = "\n"
"""Between station and code in the place where a page ends: neither has it."""


class OccurrenceDocument(BaseModel):
    """A message at which something was found; `seq` is its row, 0 when it belongs to none."""

    seq: int
    at: str | None
    text: str
    path: str
    action: str


class FoundDocument(BaseModel):
    """One code at one station."""

    station: str
    code: str
    severity: Literal["info", "warning", "critical"]
    topic: str
    title: str
    means: str
    advice: str
    count: int
    acknowledged: int
    new: int
    hidden: bool
    first_at: str | None
    last_at: str | None
    newest: list[OccurrenceDocument]


class FoundPage(BaseModel):
    """A page of findings."""

    findings: list[FoundDocument]
    next: str | None
    waiting: int


class FoundFinding(FindingDocument):
    """A finding with the row it is about."""

    seq: int
    at: str
    station: str
    action: str


class FindingPage(BaseModel):
    """A page of findings by message."""

    findings: list[FoundFinding]
    next: int | None


def _document(found: Found, hidden: bool) -> dict[str, Any]:
    """One code at one station, with the newest messages it was found at, the newest first."""
    words = explain(found.code)
    return {
        "station": found.station,
        "code": found.code,
        "severity": found.severity.name.lower(),
        "topic": words.topic,
        "title": words.title,
        "means": words.means,
        "advice": words.advice,
        "count": found.count,
        "acknowledged": found.seen,
        "new": found.waiting,
        "hidden": hidden,
        "first_at": documents.when(found.first_at),
        "last_at": documents.when(found.last_at),
        "newest": [each._asdict() | {"at": documents.when(each.at)} for each in reversed(found.latest)],
    }


@findings.get("/findings", response_model=None, responses={200: {"model": FoundPage}})
async def list_findings(
    request: Request,
    station: Annotated[str, Query(max_length=255)] = "",
    code: Annotated[str, Query(max_length=100)] = "",
    severity: Least = "info",
    new: Annotated[bool, Query(description="Only what came since it was acknowledged")] = False,
    hidden: Annotated[bool, Query(description="Hidden codes too")] = False,
    after: Annotated[str, Query(max_length=400, description="`next` of the page before")] = "",
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> JSONResponse:
    """What was found, counted by station and code, in the order of both; `waiting` warnings are new and not hidden."""
    known, least = engine_of(request).findings, Severity[severity.upper()]
    fitting = [
        found
        for found in known.shown(station, hidden=hidden)
        if found.severity >= least and (not code or found.code == code) and (found.waiting or not new)
    ]
    ordered = sorted((one for one in fitting if _key(one) > after), key=_key)
    page = ordered[:limit]
    following = _key(page[-1]) if len(ordered) > limit else None
    listed = [_document(found, found.code in known.hidden) for found in page]
    return JSONResponse({"findings": listed, "next": following, "waiting": known.waiting})


def _key(found: Found) -> str:
    return f"{found.station}{SEPARATOR}{found.code}"


@findings.get("/findings/messages", response_model=None, responses={200: {"model": FindingPage}})
async def by_message(
    request: Request,
    filter: FilterText = "",
    severity: Least = "warning",
    before: Before = None,
    limit: Limit = 100,
) -> Response:
    """What was odd, by the rows it is about, oldest first; `limit` counts rows."""
    least = Severity[severity.upper()]
    words = filter_of(request, f"~f & ({filter})" if filter.strip() else "~f")
    page = await engine_of(request).log.messages(words, before, limit)
    listed = [
        documents.finding(each)
        | {"seq": row.seq, "at": documents.when(row.at), "station": row.station, "action": row.action}
        for row in page.rows
        for each in row.findings
        if each.severity >= least
    ]
    body = {"findings": listed, "next": None if page.ended else page.reached}
    return Response(json.dumps(body), media_type="application/json")


class AcknowledgeBody(Body):
    """Which findings are known: all, those of a station, of a code, or of both."""

    station: str = Field("", max_length=255)
    code: str = Field("", max_length=100)


@findings.post("/findings/acknowledge", response_model=None, responses={200: {"model": dict[str, int]}})
async def acknowledge(request: Request, body: AcknowledgeBody) -> JSONResponse:
    """Take findings as known; each counts again when it comes again."""
    known = engine_of(request).findings
    meant = [found for found in known.shown(body.station, hidden=True) if body.code in ("", found.code)]
    if not meant and (body.station or body.code):
        raise Problem(404, "Nothing of that station and code was found.")
    for found in meant:
        known.acknowledge(found)
    return JSONResponse({"acknowledged": len(meant), "waiting": known.waiting})


Code = Annotated[str, Path(min_length=1, max_length=100)]


@findings.put("/findings/hidden/{code}", status_code=204, response_model=None)
async def hide(request: Request, code: Code) -> None:
    """Hear no more of a code, of any station."""
    if not any(found.code == code for found in engine_of(request).findings):
        raise Problem(404, f"Nothing with the code {code!r} was found.")
    engine_of(request).findings.hide(code)


@findings.delete("/findings/hidden/{code}", status_code=204, response_model=None)
async def show_again(request: Request, code: Code) -> None:
    """Hear of a code again."""
    engine_of(request).findings.hide(code, False)
