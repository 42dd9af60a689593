"""Procedures by HTTP: everything that a screen does in several calls, declared once in `PROCEDURES`."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from ocpp_console.api import documents
from ocpp_console.api.calls import refused_as
from ocpp_console.api.problems import Problem
from ocpp_console.api.routing import StationId, engine_of, known_station, reachable_station, router
from ocpp_console.api.variables import VariablesBody, WritesBody, get_variables, set_variables
from ocpp_console.model.configurations import Configuration
from ocpp_console.model.times import parse_time
from ocpp_console.procedures import charging, local_list, reservations
from ocpp_console.procedures.link import CallRefused
from ocpp_console.procedures.variables import BASES, FULL, read_all, read_report

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

procedures = router("procedures")
Result = dict[str, Any]


class Body(BaseModel):
    """What a procedure needs; unknown properties are refused."""

    model_config = ConfigDict(extra="forbid")


class Outcome(BaseModel):
    """What came of a procedure; some tell more beside it."""

    model_config = ConfigDict(extra="allow")
    done: bool
    text: str


class Procedure(NamedTuple):
    """One procedure of a station."""

    path: str
    """Below the station."""
    body: type[BaseModel]
    run: Callable[["Engine", str, Any], Awaitable[Result]]
    """From engine, identity and body to the document of the outcome."""
    summary: str


def _told(done: bool, text: str, **more: Any) -> Result:
    return {"done": done, "text": text} | more


class ReadBody(Body):
    """Which report a 2.x station is asked for."""

    base: Literal["FullInventory", "ConfigurationInventory", "SummaryInventory"] = FULL  # type: ignore[assignment]


async def _read_all(engine: "Engine", station: str, body: ReadBody) -> Result:
    reading = await read_all(engine.link(station, "configuration"), base=body.base)
    return _told(bool(reading.told), " ".join(reading.notes), told=reading.told, whole=reading.whole)


class ReportBody(Body):
    """What GetReport is asked for: criteria, or components with their variables, in OCPP's own names."""

    componentCriteria: list[str] | None = None
    componentVariable: list[dict[str, Any]] | None = None


async def _report(engine: "Engine", station: str, body: ReportBody) -> Result:
    reading = await read_report(engine.link(station, "configuration"), body.model_dump(exclude_none=True))
    return _told(bool(reading.told), " ".join(reading.notes), told=reading.told)


class SnapshotBody(Body):
    """How the configuration is kept."""

    label: str = Field("", max_length=80)
    read: bool = Field(True, description="Read everything before it is kept")


async def _snapshot(engine: "Engine", station: str, body: SnapshotBody) -> Result:
    notes: tuple[str, ...] = ()
    if body.read:
        notes = (await read_all(engine.link(station, "configuration"))).notes
    taken = Configuration.of(engine.fleet.stations[station], engine.clock(), body.label)
    entry = await engine.configurations.keep(taken)
    return _told(bool(taken.settings), " ".join(notes), at_us=entry.at, settings=len(taken.settings))


class SyncBody(Body):
    """How the local list is brought in step."""

    mode: Literal["auto", "full", "differential"] = "auto"


async def _sync(engine: "Engine", station: str, body: SyncBody) -> Result:
    mode = local_list.Mode[body.mode.upper()]
    link, fleet = engine.link(station, "local list"), engine.fleet
    came = await local_list.synchronise(link, fleet.id_tags.all(), fleet.arrangements, mode)
    return _told(came.done, came.text)


async def _list_version(engine: "Engine", station: str, body: Body) -> Result:
    came = await local_list.read_version(engine.link(station, "local list"))
    return _told(came.done, came.text)


class LimitBody(Body):
    """A limit from now on."""

    place: int = Field(ge=0, le=10_000, description="Connector or EVSE; 0 for the station")
    limit: str = Field(max_length=200, description="`16`, or periods such as `0 16; 30m 10`")
    unit: Literal["A", "W"] | None = None


async def _limit(engine: "Engine", station: str, body: LimitBody) -> Result:
    known, book = engine.fleet.stations[station], engine.fleet.arrangements.of(station).charging
    session = charging.session_at(engine.fleet, station, body.place)
    draft = charging.limit_now(known, book, body.place, body.limit, session)
    draft = replace(draft, unit=body.unit or draft.unit)
    if trouble := draft.problem(known.version):
        raise Problem(422, trouble)
    came = await charging.set_profile(engine.link(station, "charging"), draft, engine.clock())
    return _told(came.done, came.text, hints=list(came.hints))


class ClearBody(Body):
    """Which charging profiles go: one by its id, those of a place, or all."""

    place: int | None = Field(None, ge=0, le=10_000)
    id: int | None = None


async def _clear(engine: "Engine", station: str, body: ClearBody) -> Result:
    came = await charging.clear(engine.link(station, "charging"), body.place, body.id)
    return _told(came.done, came.text)


class LimitsBody(Body):
    """Where the limits are asked for."""

    place: int = Field(0, ge=0, le=10_000)
    unit: Literal["A", "W"] = "A"


async def _limits(engine: "Engine", station: str, body: LimitsBody) -> Result:
    link = engine.link(station, "charging")
    came = await charging.read(link, body.place, body.unit, link.next_number())
    return _told(came.done, came.text)


class ReserveBody(Body):
    """What to reserve, for whom, until when."""

    place: int = Field(0, ge=0, le=10_000, description="Connector or EVSE; 0 for any")
    token: str = Field(min_length=1, max_length=255)
    until: str = Field(description="ISO 8601")
    type: str = "ISO14443"
    group: str = ""


async def _reserve(engine: "Engine", station: str, body: ReserveBody) -> Result:
    until = parse_time(body.until)
    if until is None:
        raise Problem(422, "until must be a time such as 2027-01-31T18:00:00Z.")
    id = engine.fleet.arrangements.of(station).reservations.next_id()
    wish = reservations.ReservationWish(id, body.place, body.token, until, body.type, body.group)
    done, text = await reservations.reserve(engine.link(station), wish)
    return _told(done, text, id=id)


class CancelBody(Body):
    """Which reservation."""

    id: int


async def _cancel(engine: "Engine", station: str, body: CancelBody) -> Result:
    return _told(*await reservations.cancel(engine.link(station), body.id))


PROCEDURES = (
    Procedure("variables/get", VariablesBody, get_variables, "Read keys or variables, in as many calls as it takes"),
    Procedure("variables/set", WritesBody, set_variables, "Write keys or variables, read them back and compare"),
    Procedure("variables/read", ReadBody, _read_all, "Read everything that can be configured"),
    Procedure("variables/report", ReportBody, _report, "Read a part of the device model (2.x GetReport)"),
    Procedure("configuration/snapshot", SnapshotBody, _snapshot, "Read the configuration and keep it under a name"),
    Procedure("local-list/sync", SyncBody, _sync, "Bring the local list in step with the idTags"),
    Procedure("local-list/version", Body, _list_version, "Ask for the version of the local list"),
    Procedure("charging/limit", LimitBody, _limit, "Limit at once; the purpose follows from the situation"),
    Procedure("charging/clear", ClearBody, _clear, "Clear charging profiles"),
    Procedure("charging/read", LimitsBody, _limits, "Ask for profiles (2.x) and the composite schedule"),
    Procedure("reservations/make", ReserveBody, _reserve, "Reserve a connector for a tag"),
    Procedure("reservations/cancel", CancelBody, _cancel, "Cancel a reservation"),
)
"""Every procedure; a new one is one entry."""
assert set(BASES) == {"FullInventory", "ConfigurationInventory", "SummaryInventory"}


def _endpoint(procedure: Procedure) -> Callable[..., Awaitable[JSONResponse]]:
    """What answers the requests for one procedure."""

    async def run(request: Request, station: StationId, body: Any) -> JSONResponse:
        known = reachable_station(request, station)
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
