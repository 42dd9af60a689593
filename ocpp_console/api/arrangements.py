"""Local lists and reservations by HTTP: make them, and how they stand."""

from typing import TYPE_CHECKING, Any, Literal

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import Field

from ocpp_console.api.documents import when
from ocpp_console.api.outcomes import Body, Procedure, Result, told
from ocpp_console.api.problems import Problem
from ocpp_console.api.routing import MANY, ONE, StationId, engine_of, known_station, router
from ocpp_console.model.documents import plain_fields
from ocpp_console.model.local_lists import wanted_texts
from ocpp_console.model.reservations import Reservation
from ocpp_console.model.times import parse_time
from ocpp_console.procedures import local_list, reservations

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

arrangements = router("arrangements")


class SyncBody(Body):
    """How the local list is brought in step."""

    mode: Literal["auto", "full", "differential"] = "auto"


async def _sync(engine: "Engine", station: str, body: SyncBody) -> Result:
    mode = local_list.Mode[body.mode.upper()]
    link, fleet = engine.link(station, "local list"), engine.fleet
    came = await local_list.synchronise(link, fleet.id_tags.all(), fleet.arrangements, mode)
    return told(came.done, came.text, **list_document(engine, station))


async def _list_version(engine: "Engine", station: str, body: Body) -> Result:
    came = await local_list.read_version(engine.link(station, "local list"))
    return told(came.done, came.text, **list_document(engine, station))


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
    return told(done, text, id=id)


class CancelBody(Body):
    """Which reservation."""

    id: int


async def _cancel(engine: "Engine", station: str, body: CancelBody) -> Result:
    return told(*await reservations.cancel(engine.link(station), body.id))


PROCEDURES = (
    Procedure("local-list/sync", SyncBody, _sync, "Bring the local list in step with the idTags"),
    Procedure("local-list/version", Body, _list_version, "Ask for the version of the local list"),
    Procedure("reservations/make", ReserveBody, _reserve, "Reserve a connector for a tag"),
    Procedure("reservations/cancel", CancelBody, _cancel, "Cancel a reservation"),
)


def list_document(engine: "Engine", station: str) -> dict[str, Any]:
    """How a station's local list stands: versions, and how the idTags differ from what it was sent."""
    known = engine.fleet.arrangements.of(station).local_list
    version = engine.fleet.stations[station].version
    drift = known.drift(wanted_texts(engine.fleet.id_tags.all(), version, station))
    return {
        "stated_version": known.stated,
        "stated_at": when(known.stated_at),
        "sent_version": known.sent,
        "sent_at": when(known.sent_at),
        "verdict": known.verdict,
        "known": known.known,
        "tokens": [known.spelled.get(token, token) for token in known.contents],
        "to_add": list(drift.added),
        "to_change": list(drift.changed),
        "to_remove": list(drift.removed),
    }


def reservation(known: Reservation, now: int) -> dict[str, Any]:
    """One reservation as it stands at `now` (µs)."""
    times = {name: when(getattr(known, name)) for name in ("expiry", "at", "changed_at")}
    return plain_fields(known) | times | {"state": known.state_at(now).value}


@arrangements.get("/stations/{station}/local-list", response_model=None, responses=ONE)
async def local_list_of(request: Request, station: StationId) -> JSONResponse:
    """What is known of a station's local list, and what would have to be sent to bring it in step."""
    known_station(request, station)
    return JSONResponse(list_document(engine_of(request), station))


@arrangements.get("/stations/{station}/reservations", response_model=None, responses=MANY)
async def reservations_of(request: Request, station: StationId) -> JSONResponse:
    """The reservations of a station, the oldest first."""
    known_station(request, station)
    return JSONResponse(_reservations(engine_of(request), station))


@arrangements.get("/reservations", response_model=None, responses=MANY)
async def all_reservations(request: Request) -> JSONResponse:
    """The reservations of all stations."""
    engine = engine_of(request)
    return JSONResponse([each for station in engine.fleet.stations for each in _reservations(engine, station)])


def _reservations(engine: "Engine", station: str) -> list[dict[str, Any]]:
    return [reservation(each, engine.clock()) for each in engine.fleet.arrangements.of(station).reservations]
