"""Procedures by HTTP: everything that a screen does in several calls, declared once in `PROCEDURES`."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Literal

from fastapi import Request
from fastapi.responses import JSONResponse

from ocpp_console.api import arrangements, charging, configurations, documents
from ocpp_console.api.calls import refused_as
from ocpp_console.api.configurations import PURPOSE
from ocpp_console.api.outcomes import Body, Outcome, Procedure, Result, told
from ocpp_console.api.routing import StationId, engine_of, known_station, reachable_station, router
from ocpp_console.api.variables import VariablesBody, WritesBody, get_variables, set_variables
from ocpp_console.model.configurations import Configuration
from ocpp_console.procedures.link import CallRefused
from ocpp_console.procedures.variables import BASES, FULL, read_all, read_report

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

procedures = router("procedures")


class ReadBody(Body):
    """Which report a 2.x station is asked for."""

    base: Literal["FullInventory", "ConfigurationInventory", "SummaryInventory"] = FULL  # type: ignore[assignment]


async def _read_all(engine: "Engine", station: str, body: ReadBody) -> Result:
    reading = await read_all(engine.link(station, PURPOSE), base=body.base)
    if reading.whole:
        known = engine.fleet.stations[station]
        await engine.configurations.keep_if_new(Configuration.of(known, engine.clock(), "as read", automatic=True))
    return told(bool(reading.told), " ".join(reading.notes), told=reading.told, whole=reading.whole)


class ReportBody(Body):
    """What GetReport is asked for: criteria, or components with their variables, in OCPP's own names."""

    componentCriteria: list[str] | None = None
    componentVariable: list[dict[str, Any]] | None = None


async def _report(engine: "Engine", station: str, body: ReportBody) -> Result:
    reading = await read_report(engine.link(station, PURPOSE), body.model_dump(exclude_none=True))
    return told(bool(reading.told), " ".join(reading.notes), told=reading.told)


PROCEDURES = (
    Procedure("variables/get", VariablesBody, get_variables, "Read keys or variables, in as many calls as it takes"),
    Procedure("variables/set", WritesBody, set_variables, "Write keys or variables, read them back and compare"),
    Procedure("variables/read", ReadBody, _read_all, "Read everything that can be configured"),
    Procedure("variables/report", ReportBody, _report, "Read a part of the device model (2.x GetReport)"),
    *configurations.PROCEDURES,
    *arrangements.PROCEDURES,
    *charging.PROCEDURES,
)
"""Every procedure; a new one is one entry."""
assert set(BASES) == {"FullInventory", "ConfigurationInventory", "SummaryInventory"}


def _endpoint(procedure: Procedure) -> Callable[..., Awaitable[JSONResponse]]:
    """What answers the requests for one procedure."""

    async def run(request: Request, station: StationId, body: Any) -> JSONResponse:
        known = reachable_station(request, station) if procedure.asks else known_station(request, station)
        try:
            return JSONResponse(await procedure.run(engine_of(request), station, body))
        except CallRefused as refused:
            raise refused_as(refused, known.version, "") from None

    run.__annotations__["body"] = procedure.body
    run.__annotations__["station"] = StationId
    run.__annotations__["request"] = Request
    return run


for each in PROCEDURES:
    procedures.add_api_route(
        f"/stations/{{station}}/{each.path}",
        _endpoint(each),
        methods=["POST"],
        response_model=None,
        responses={200: {"model": Outcome}},
        summary=each.summary,
        operation_id=each.path.replace("/", "_").replace("-", "_"),
    )


@procedures.post("/stations/{station}/disconnect", status_code=204, response_model=None)
async def disconnect(request: Request, station: StationId) -> None:
    """Close the connection of a station, which dials again by itself; some take minutes."""
    reachable_station(request, station)
    engine_of(request).disconnect(station, "closed by the API")


@procedures.get(
    "/stations/{station}/configuration", response_model=None, responses={200: {"model": list[dict[str, Any]]}}
)
async def configuration(request: Request, station: StationId) -> JSONResponse:
    """What can be configured, as far as the station told it in this run; secrets are masked."""
    known = known_station(request, station)
    return JSONResponse(documents.variables(known))
