"""Saved commands by HTTP: list, keep, delete, read from a file, send."""

from typing import Annotated, Any, Literal

from fastapi import Body as JsonBody
from fastapi import Path, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import Field

from ocpp_console.api.calls import Check, Timeout, Wait, send
from ocpp_console.api.outcomes import Body
from ocpp_console.api.problems import Problem
from ocpp_console.api.routing import MANY, ONE, StationId, engine_of, reachable_station, router
from ocpp_console.api.shapes import Answer, Queued
from ocpp_console.model.saved_commands import (
    LONGEST_NAME,
    MOST_SAVED,
    UNKNOWN,
    FileProblem,
    SavedCommand,
    adapt,
    fill,
    from_toml,
    moment_of,
    to_toml,
    unfilled,
    without_secrets,
)
from ocpp_console.protocol import schemas

saved_commands = router("saved commands")
Name = Annotated[str, Path(min_length=1, max_length=LONGEST_NAME, description="Letter case does not matter")]
LARGEST_FILE = 1 << 20


class SavedBody(Body):
    """A command to be kept; `{names}` in its texts are filled in when it is sent."""

    version: Literal["1.6", "2.0.1", "2.1"]
    action: str = Field(min_length=1, max_length=255)
    payload: dict[str, Any] = {}
    note: str = Field("", max_length=1_000)


def _document(saved: SavedCommand) -> dict[str, Any]:
    return saved.to_document() | {"placeholders": saved.placeholders}


def _found(request: Request, name: str) -> SavedCommand:
    saved = engine_of(request).saved_commands.get(name)
    if saved is None:
        raise Problem(404, f"No command is kept as {name[:80]!r}.")
    return saved


@saved_commands.get("/saved-commands", response_model=None, responses=MANY)
async def list_saved(
    request: Request, format: Annotated[Literal["json", "toml"], Query()] = "json"
) -> JSONResponse | PlainTextResponse:
    """All kept commands by name; `toml` gives the file that the screen exports."""
    kept = engine_of(request).saved_commands.all()
    if format == "toml":
        return PlainTextResponse(to_toml(kept), media_type="application/toml")
    return JSONResponse([_document(saved) for saved in kept])


class FileBody(Body):
    """The text of a file with commands."""

    toml: str = Field(max_length=LARGEST_FILE)


@saved_commands.post("/saved-commands/import", response_model=None, responses=MANY)
async def import_saved(request: Request, body: FileBody) -> JSONResponse:
    """Keep every command of a TOML file; tells of each whether it was kept, and what is odd about it."""
    try:
        reads = from_toml(body.toml)
    except FileProblem as problem:
        raise Problem(422, problem.text) from None
    for read in reads:
        if read.saved is not None:
            _keep(request, read.saved)
    rows = [{"name": read.title, "kept": read.saved is not None, "remarks": list(read.remarks)} for read in reads]
    return JSONResponse(rows)


@saved_commands.get("/saved-commands/{name}", response_model=None, responses=ONE)
async def one_saved(request: Request, name: Name) -> JSONResponse:
    """One kept command."""
    return JSONResponse(_document(_found(request, name)))


@saved_commands.put("/saved-commands/{name}", response_model=None, responses={**ONE, 201: ONE[200]})
async def put_saved(request: Request, name: Name, body: SavedBody) -> JSONResponse:
    """Keep a command under a name; another one of that name gives way. Secrets are left out: they are kept nowhere."""
    if not schemas.known(body.version, body.action):
        raise Problem(422, f"OCPP {body.version} has no command {body.action[:80]!r}.")
    saved = SavedCommand(name, body.version, body.action, without_secrets(body.payload), body.note)
    new = engine_of(request).saved_commands.get(name) is None
    _keep(request, saved)
    return JSONResponse(_document(saved), 201 if new else 200)


def _keep(request: Request, saved: SavedCommand) -> None:
    kept = engine_of(request).saved_commands
    if kept.get(saved.name) is None and len(kept) >= MOST_SAVED:
        raise Problem(409, f"{MOST_SAVED} commands are kept already; delete some first.")
    kept.put(saved)


@saved_commands.delete("/saved-commands/{name}", status_code=204, response_model=None)
async def delete_saved(request: Request, name: Name) -> None:
    """Keep it no longer."""
    engine_of(request).saved_commands.remove(_found(request, name).name)


@saved_commands.post(
    "/stations/{station}/saved-commands/{name}",
    response_model=None,
    responses={200: {"model": Answer}, 202: {"model": Queued}},
)
async def send_saved(
    request: Request,
    station: StationId,
    name: Name,
    values: Annotated[dict[str, Any] | None, JsonBody(description="What `{names}` stand for")] = None,
    check: Check = True,
    wait: Wait = True,
    seconds: Timeout = None,
) -> JSONResponse:
    """Send a kept command; `{now}`, `{now+5min}` and `{station}` are known, other names stand in the body."""
    known, saved = reachable_station(request, station), _found(request, name)
    adapted = adapt(saved, known.version)
    if adapted.problem:
        raise Problem(422, adapted.problem)
    now, given = engine_of(request).clock(), {"station": station} | (values or {})
    filled = fill(adapted.payload, lambda key: given.get(key, moment_of(key, now) or UNKNOWN))
    if (left := unfilled(filled)) and check:
        names = ", ".join(left)
        raise Problem(422, f"Not filled in: {names}. Give their values in the body.", missing=left)
    return await send(request, known, saved.action, filled, check, wait, seconds)
