"""Duties: what the console does by itself, read and switched."""

from typing import Annotated, Any

from fastapi import Path, Request
from pydantic import BaseModel, Field

from ocpp_console.api.problems import Problem
from ocpp_console.api.routing import engine_of, router
from ocpp_console.model.duties import BY_NAME, DUTIES, LONGEST_TARIFF, DutyProblem

duties = router("duties")


class DutyOutcome(BaseModel):
    """What came of a duty last at a station."""

    station: str
    done: bool
    text: str


class DutyDocument(BaseModel):
    """One duty."""

    name: str
    title: str
    value: str
    choices: list[str]
    sends: str
    help: str
    outcomes: list[DutyOutcome]


class DutyBody(BaseModel):
    """What a duty is to be set to; kept for later starts, in which a setting that is given goes before it."""

    value: Annotated[str, Field(max_length=LONGEST_TARIFF, description="One of its choices; a price for the tariff")]


def _document(request: Request, name: str) -> dict[str, Any]:
    """One duty as it is set at present."""
    duty, state = BY_NAME[name], engine_of(request).duties
    told = [(key.partition(" "), said) for key, said in state.told.items()]
    outcomes = [
        {"station": station, "done": done, "text": text} for (of, _, station), (done, text) in told if of == name
    ]
    kept = {"name": name, "title": duty.title, "value": state.shown(name), "choices": list(duty.choices)}
    return kept | {"sends": duty.sends, "help": duty.help, "outcomes": outcomes}


@duties.get("/duties", response_model=list[DutyDocument])
async def list_duties(request: Request) -> list[dict[str, Any]]:
    """What the console does by itself, and how each is set."""
    return [_document(request, duty.name) for duty in DUTIES]


@duties.put("/duties/{name}", response_model=DutyDocument)
async def set_duty(request: Request, name: Annotated[str, Path(max_length=40)], body: DutyBody) -> dict[str, Any]:
    """Set a duty, now and for later starts; one that sends commands begins at once."""
    if name not in BY_NAME:
        raise Problem(404, f"There is no duty {name!r}; there are {', '.join(BY_NAME)}.")
    try:
        engine_of(request).duties.set(name, body.value)
    except DutyProblem as problem:
        raise Problem(422, str(problem)) from None
    return _document(request, name)
