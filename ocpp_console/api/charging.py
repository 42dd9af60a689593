"""Charging limits by HTTP: set, build, read and clear them, and what is known of those that hold."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import Field

from ocpp_console.api.documents import when
from ocpp_console.api.outcomes import Body, Procedure, Result, told
from ocpp_console.api.problems import Problem
from ocpp_console.api.routing import ONE, StationId, engine_of, known_station, router
from ocpp_console.model.profile_draft import KINDS, PERIODS_HELP, PURPOSES, RECURRENCIES, Draft
from ocpp_console.procedures import charging as procedure

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

charging = router("charging")
PURPOSE = "charging"
Place = Annotated[int, Field(ge=0, le=10_000, description="Connector or EVSE; 0 for the station")]
Periods = Annotated[str, Field(max_length=2_000, description=PERIODS_HELP)]
Moment = Annotated[str, Field(max_length=40, description="ISO 8601")]


class LimitBody(Body):
    """A limit from now on."""

    place: Place
    limit: Periods
    unit: Literal["A", "W"] | None = None


async def _limit(engine: "Engine", station: str, body: LimitBody) -> Result:
    known, book = engine.fleet.stations[station], engine.fleet.arrangements.of(station).charging
    session = procedure.session_at(engine.fleet, station, body.place)
    draft = procedure.limit_now(known, book, body.place, body.limit, session)
    return await _send(engine, station, replace(draft, unit=body.unit or draft.unit))


class ProfileBody(Body):
    """A profile in every detail, as the builder on the screen has it."""

    place: Place
    periods: Periods
    id: int | None = Field(None, ge=0, le=2**31 - 1, description="Left out: one that is not taken")
    purpose: str = Field("TxDefaultProfile", max_length=50)
    kind: str = Field("Absolute", max_length=50)
    level: int = Field(0, ge=0, le=1_000_000, description="Stack level")
    unit: Literal["A", "W"] = "A"
    start: Moment = Field("", description="When the schedule begins; left out: now")
    duration: int | None = Field(None, ge=1, le=2**31 - 1, description="Seconds; left out: for ever")
    recurrency: str = Field("", max_length=20)
    valid_from: Moment = ""
    valid_to: Moment = ""
    transaction: str | None = Field(
        None, max_length=255, description="Of a TxProfile; left out: the session that runs at the place"
    )


def _chosen(what: str, value: str, choices: tuple[str, ...], version: str) -> None:
    """Refuse what OCPP has not in this version."""
    if value not in choices:
        raise Problem(422, f"OCPP {version} has no {what} {value!r}; there are {', '.join(choices)}.")


async def _profile(engine: "Engine", station: str, body: ProfileBody) -> Result:
    known = engine.fleet.stations[station]
    _chosen("purpose", body.purpose, PURPOSES.get(known.version, PURPOSES["2.0.1"]), known.version)
    _chosen("kind", body.kind, KINDS.get(known.version, KINDS["2.0.1"]), known.version)
    if body.recurrency:
        _chosen("recurrency", body.recurrency, RECURRENCIES, known.version)
    given = body.model_dump()
    if given["id"] is None:
        given["id"] = engine.fleet.arrangements.of(station).charging.next_id()
    if given["transaction"] is None:
        session = procedure.session_at(engine.fleet, station, body.place)
        given["transaction"] = session.id if session is not None and body.purpose == "TxProfile" else ""
    return await _send(engine, station, Draft(**given))


async def _send(engine: "Engine", station: str, draft: Draft) -> Result:
    """Send a profile that can be sent."""
    if trouble := draft.problem(engine.fleet.stations[station].version):
        raise Problem(422, trouble)
    came = await procedure.set_profile(engine.link(station, PURPOSE), draft, engine.clock())
    return told(came.done, came.text, id=draft.id, hints=list(came.hints))


class ClearBody(Body):
    """Which charging profiles go: one by its id, those of a place, or all."""

    place: Place | None = None
    id: int | None = None


async def _clear(engine: "Engine", station: str, body: ClearBody) -> Result:
    came = await procedure.clear(engine.link(station, PURPOSE), body.place, body.id)
    return told(came.done, came.text)


class LimitsBody(Body):
    """Where the limits are asked for."""

    place: Place = 0
    unit: Literal["A", "W"] = "A"


async def _read(engine: "Engine", station: str, body: LimitsBody) -> Result:
    link = engine.link(station, PURPOSE)
    came = await procedure.read(link, body.place, body.unit, link.next_number())
    return told(came.done, came.text, **document(engine, station))


PROCEDURES = (
    Procedure("charging/limit", LimitBody, _limit, "Limit at once; the purpose follows from the situation"),
    Procedure("charging/profile", ProfileBody, _profile, "Build a charging profile and set it"),
    Procedure("charging/clear", ClearBody, _clear, "Clear charging profiles"),
    Procedure("charging/read", LimitsBody, _read, "Ask for profiles (2.x) and the composite schedule"),
)


def document(engine: "Engine", station: str) -> dict[str, Any]:
    """What is known of a station's limits: profiles and composite schedules in OCPP's own names."""
    book = engine.fleet.arrangements.of(station).charging
    return {
        "profiles": [
            {
                "place": known.place,
                "id": known.profile.id,
                "source": known.source,
                "transaction": known.transaction,
                "at": when(known.at),
                "profile": known.document,
            }
            for known in book.profiles.values()
        ],
        "composites": [
            {"place": each.place, "at": when(each.at), "answer": each.document} for each in book.composites.values()
        ],
        "external": [{"place": place, "text": words} for place, words in book.external.items()],
        "read_at": when(book.read_at),
    }


@charging.get("/stations/{station}/charging", response_model=None, responses=ONE)
async def limits(request: Request, station: StationId) -> JSONResponse:
    """Charging profiles that the station accepted or reported, and the composite schedules it told."""
    known_station(request, station)
    return JSONResponse(document(engine_of(request), station))
