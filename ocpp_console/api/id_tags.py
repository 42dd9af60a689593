"""IdTags by HTTP: one by one, all at once as JSON or CSV, and what happens to those that are not in the list."""

from dataclasses import fields
from typing import Annotated, Any, Literal

from fastapi import Path, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from ocpp_console.api.problems import Problem
from ocpp_console.api.routing import engine_of, router
from ocpp_console.api.stations import listed
from ocpp_console.clock import iso
from ocpp_console.model.id_tag_csv import to_csv
from ocpp_console.model.id_tags import IdTag, Policy, problem_of

id_tags = router("id tags")
Token = Annotated[str, Path(min_length=1, max_length=255, description="The token; letter case does not matter")]
Text = Annotated[str, Field(max_length=1_000)]
MOST_AT_ONCE = 50_000


class TagBody(BaseModel):
    """An entry of the list."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["Accepted", "Blocked", "Expired", "Invalid"] = "Accepted"
    type: Text = Field("", description="2.x idToken type; empty for any")
    parent: Text = Field("", description="parentIdTag, groupIdToken")
    expiry: Text = Field("", description="ISO 8601 date or time, UTC")
    note: Text = ""
    concurrent: bool = Field(True, description="It may run more than one session at a time")
    master_pass: Text = Field("", description="Group of master passes: stops any session, starts none")
    language: Text = ""
    stations: Text = Field("", description="Where it may charge, such as `AC-*, DC-01/2`; empty for everywhere")
    tariff: Text = Field("", description="What its sessions cost; empty for the console's tariff")


class TagEntry(TagBody):
    """An entry with its token."""

    token: Annotated[str, Field(min_length=1, max_length=255)]


class TagDocument(TagEntry):
    """An entry with its last use."""

    model_config = ConfigDict(extra="allow")
    last_used: str | None
    last_station: str


class PolicyBody(BaseModel):
    """What happens to tags that are not in the list."""

    model_config = ConfigDict(extra="forbid")
    policy: Literal["any", "known"]


def _document(tag: IdTag) -> dict[str, Any]:
    kept = {field.name: getattr(tag, field.name) for field in fields(IdTag)}
    return kept | {"last_used": iso(tag.last_used) if tag.last_used else None}


def _tag(entry: TagEntry) -> IdTag:
    """The entry as the model has it; 422 when something is wrong with it."""
    tag = IdTag(**entry.model_dump())
    if trouble := problem_of(tag):
        raise Problem(422, f"The tag {entry.token[:80]!r} cannot be taken: {trouble}.")
    return tag


@id_tags.get("/id-tags", response_model=None, responses={200: {"model": list[TagDocument]}})
async def list_tags(
    request: Request,
    format: Annotated[Literal["json", "csv"], Query(description="csv gives the list as a file")] = "json",
) -> Response:
    """All tags, in the order in which they were added."""
    tags = engine_of(request).fleet.id_tags.all()
    return Response(to_csv(tags), media_type="text/csv") if format == "csv" else await listed(tags, _document)


@id_tags.put("/id-tags", response_model=None, responses={200: {"model": dict[str, int]}})
async def put_many(request: Request, body: Annotated[list[TagEntry], Field(max_length=MOST_AT_ONCE)]) -> JSONResponse:
    """Add or replace many tags; none of them when something is wrong with any. Others stay."""
    engine, tags = engine_of(request), [_tag(entry) for entry in body]
    known = sum(engine.fleet.id_tags.get(tag.token) is not None for tag in tags)
    for tag in tags:
        engine.put_tag(tag)
    return JSONResponse({"new": len(tags) - known, "replaced": known})


@id_tags.get("/id-tags/{token:path}", response_model=None, responses={200: {"model": TagDocument}})
async def one_tag(request: Request, token: Token) -> JSONResponse:
    """One tag."""
    return JSONResponse(_document(_known(request, token)))


@id_tags.put("/id-tags/{token:path}", response_model=None, responses={n: {"model": TagDocument} for n in (200, 201)})
async def put_tag(request: Request, token: Token, body: TagBody) -> JSONResponse:
    """Add a tag, or replace it."""
    engine = engine_of(request)
    new = engine.fleet.id_tags.get(token) is None
    tag = _tag(TagEntry.model_construct(token=token, **body.model_dump()))
    engine.put_tag(tag)
    return JSONResponse(_document(tag), 201 if new else 200)


@id_tags.delete("/id-tags/{token:path}", status_code=204, response_model=None)
async def delete_tag(request: Request, token: Token) -> None:
    """Take a tag off the list."""
    _known(request, token)
    engine_of(request).remove_tag(token)


@id_tags.get("/id-tag-policy", response_model=None, responses={200: {"model": PolicyBody}})
async def policy(request: Request) -> JSONResponse:
    """What happens to tags that are not in the list: `any` is accepted, or only those that are `known`."""
    return JSONResponse({"policy": engine_of(request).fleet.id_tags.policy.value})


@id_tags.put("/id-tag-policy", response_model=None, responses={200: {"model": PolicyBody}})
async def set_policy(request: Request, body: PolicyBody) -> JSONResponse:
    """Decide it."""
    engine_of(request).set_policy(Policy(body.policy))
    return JSONResponse({"policy": body.policy})


def _known(request: Request, token: str) -> IdTag:
    tag = engine_of(request).fleet.id_tags.get(token)
    if tag is None:
        raise Problem(404, f"The tag {token[:80]!r} is not in the list.")
    return tag
