"""Calls to a station, and what became of them."""

from collections import OrderedDict
from typing import Annotated, Any

from fastapi import Body, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from ocpp_console.api import documents
from ocpp_console.api.problems import Problem
from ocpp_console.api.routing import StationId, engine_of, known_station, reachable_station, router
from ocpp_console.api.shapes import Answer, CommandDocument, Queued
from ocpp_console.api.veiling import Secrets, command_document
from ocpp_console.model.commands import Command
from ocpp_console.model.station import Station
from ocpp_console.procedures.link import CallRefused
from ocpp_console.protocol import schemas

calls = router("calls")

REMEMBERED = 10_000
"""Commands of the API whose station is remembered, so that `GET /api/commands/{id}` finds them at once."""

ActionName = Annotated[str, Path(description="The action, as OCPP spells it", min_length=1, max_length=255)]
Check = Annotated[bool, Query(description="Refuse a payload that breaks its schema; false sends anything")]
Wait = Annotated[bool, Query(description="Answer when the station has; false answers at once with an id")]
Timeout = Annotated[
    float | None,
    Query(alias="timeout", gt=0, le=86_400, description="Seconds to wait for the answer once it is sent"),
]


class Issued:
    """Which station the newest commands of the API went to."""

    def __init__(self) -> None:
        """None."""
        self._stations: OrderedDict[str, str] = OrderedDict()

    def note(self, command: Command) -> None:
        """One more."""
        self._stations[command.id] = command.station
        if len(self._stations) > REMEMBERED:
            self._stations.popitem(last=False)

    def station_of(self, id: str) -> str | None:
        """Where it went; None when that is not remembered."""
        return self._stations.get(id)


def refused_as(problem: CallRefused, version: str, action: str) -> Problem:
    """The answer to a call that was not even queued."""
    if problem.findings:
        found = documents.findings(problem.findings)
        first = problem.findings[0]
        return Problem(422, f"{problem.text} {first.path or 'payload'}: {first.text}.", findings=found)
    if not schemas.known(version, action):
        return Problem(422, f"{problem.text} With ?check=false it is sent all the same.", findings=[])
    return Problem(422 if "JSON" in problem.text else 409, problem.text)


@calls.post(
    "/stations/{station}/calls/{action}",
    response_model=None,
    responses={200: {"model": Answer}, 202: {"model": Queued}},
)
async def call(
    request: Request,
    station: StationId,
    action: ActionName,
    payload: Annotated[Any, Body(description="The payload in OCPP's own names")] = None,
    check: Check = True,
    wait: Wait = True,
    seconds: Timeout = None,
) -> JSONResponse:
    """Send a call to a station; the body is its payload. One call is in flight at a time, others wait their turn.

    `status` is `result` or `error` (a CALLERROR) when the station answered, `timeout` when it did not in time, `lost`
    when its connection ended first, `cancelled` or `not_sent` when the call was taken back or never left.
    """
    known = reachable_station(request, station)
    return await send(request, known, action, {} if payload is None else payload, check, wait, seconds)


async def send(
    request: Request, known: Station, action: str, payload: Any, check: bool, wait: bool, seconds: float | None
) -> JSONResponse:
    """Queue a call; what came of it, or its id when nobody waits."""
    engine = engine_of(request)
    try:
        command = engine.request(known.identity, action, payload, check=check, timeout=seconds)
    except CallRefused as problem:
        raise refused_as(problem, known.version, action) from None
    return await _answered(request, command, wait)


async def _answered(request: Request, command: Command, wait: bool) -> JSONResponse:
    """The answer to a command once it is there, or where it will be."""
    request.app.state.issued.note(command)
    if not wait:
        where = f"/api/commands/{command.id}"
        return JSONResponse({"id": command.id, "status": "queued", "url": where}, 202, {"Location": where})
    return JSONResponse(documents.answer(await engine_of(request).outcome(command)))


class FrameBody(BaseModel):
    """A frame as it shall go out."""

    model_config = ConfigDict(extra="forbid")
    frame: str = Field(max_length=1 << 20, description="Sent exactly so, whatever it is")


@calls.post(
    "/stations/{station}/frames",
    response_model=None,
    responses={200: {"model": Answer}, 202: {"model": Queued}, 204: {"description": "Sent; no answer comes to it"}},
)
async def send_frame(request: Request, station: StationId, body: FrameBody, wait: Wait = True) -> Response:
    """Send a frame exactly as it is, broken ones too. A CALL is awaited as a command with the frame's own id."""
    known = reachable_station(request, station)
    try:
        command = engine_of(request).send_frame(station, body.frame.encode("utf-8", "surrogatepass"))
    except CallRefused as problem:
        raise refused_as(problem, known.version, "") from None
    return Response(status_code=204) if command is None or command.final else await _answered(request, command, wait)


@calls.get("/commands/{id}", response_model=None, responses={200: {"model": CommandDocument}})
async def command_of(
    request: Request, id: Annotated[str, Path(max_length=255)], secrets: Secrets = False
) -> JSONResponse:
    """One command: its answer, and every message of the station that followed from it so far."""
    return JSONResponse(command_document(_found(request, id), secrets))


@calls.delete("/commands/{id}", status_code=204, response_model=None)
async def cancel(request: Request, id: Annotated[str, Path(max_length=255)]) -> None:
    """Stop waiting for a command; one that is still queued is not sent. 409 when it is over already."""
    if not engine_of(request).cancel(_found(request, id)):
        raise Problem(409, f"The command {id} is over already.")


def _found(request: Request, id: str) -> Command:
    """The command with this id; 404 when there is none any more."""
    commands = engine_of(request).fleet.commands
    station = request.app.state.issued.station_of(id)
    found = commands.get(station, id) if station is not None else next((c for c in commands if c.id == id), None)
    if found is None:
        raise Problem(404, f"No command {id} is remembered; the last hundred of each station are.")
    return found


@calls.get("/stations/{station}/commands", response_model=None, responses={200: {"model": list[CommandDocument]}})
async def commands_of(request: Request, station: StationId, secrets: Secrets = False) -> JSONResponse:
    """The newest commands to a station, newest first, those of procedures included."""
    known_station(request, station)
    newest_first = reversed(engine_of(request).fleet.commands.of(station))
    return JSONResponse([command_document(each, secrets) for each in newest_first])
