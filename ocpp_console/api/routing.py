"""What all endpoints share: how a router is made, the engine behind a request, a station that has to be there."""

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Request, Security
from fastapi.security import HTTPBearer
from pydantic import BaseModel

from ocpp_console.api.json_body import JsonRoute
from ocpp_console.api.problems import MEDIA_TYPE, Problem

if TYPE_CHECKING:
    from ocpp_console.engine import Engine
    from ocpp_console.model.station import Station

StationId = Annotated[str, Path(description="The identity of the station, as in its URL", min_length=1, max_length=255)]


class ProblemDetails(BaseModel):
    """Why a request was refused (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str


_PROBLEM: dict[str, Any] = {
    "description": "Refused, with the reason as a sentence in `detail`",
    "content": {MEDIA_TYPE: {"schema": ProblemDetails.model_json_schema()}},
}

ONE: dict[int | str, dict[str, Any]] = {200: {"model": dict[str, Any]}}
"""The `responses` of an endpoint that gives a document."""
MANY: dict[int | str, dict[str, Any]] = {200: {"model": list[dict[str, Any]]}}


def router(tag: str) -> APIRouter:
    """A router for one subject below /api."""
    bearer = HTTPBearer(auto_error=False, description="The token that `ocpp-console info` points to")
    return APIRouter(
        prefix="/api",
        tags=[tag],
        route_class=JsonRoute,
        dependencies=[Security(bearer)],
        responses={"4XX": _PROBLEM, "5XX": _PROBLEM},
    )


def engine_of(request: Request) -> "Engine":
    """The console that the API belongs to."""
    engine: Engine = request.app.state.engine
    return engine


def known_station(request: Request, identity: str) -> "Station":
    """A station that something is known about; 404 for any other."""
    station = engine_of(request).fleet.stations.get(identity)
    if station is None:
        raise Problem(404, f"No station {identity} has connected, and none of that name was set up.")
    return station


def reachable_station(request: Request, identity: str) -> "Station":
    """A station that commands can be sent to; 403 when the console is read-only, 409 while it is not connected."""
    station = known_station(request, identity)
    if engine_of(request).settings.read_only:
        raise Problem(403, "The console is read-only (--read-only): no command is sent.")
    if not station.online:
        gone = f" ({station.gone_reason})" if station.gone_reason else ""
        raise Problem(409, f"The station {identity} is not connected{gone}; it can be asked again when it returns.")
    return station
