"""Kept configurations and templates by HTTP: list, compare, plan, apply, go back."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import Path, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import Field, model_validator

from ocpp_console.api.documents import when
from ocpp_console.api.outcomes import Body, Procedure, Result, told
from ocpp_console.api.problems import Problem
from ocpp_console.api.routing import MANY, ONE, StationId, engine_of, router
from ocpp_console.model.configurations import Configuration, Held, differences
from ocpp_console.model.cutting_off import warnings
from ocpp_console.model.secrets import masked
from ocpp_console.model.templates import Step, Template, TemplateProblem, Verdict, plan
from ocpp_console.procedures.variable_changes import Change, write
from ocpp_console.procedures.variables import read_all

if TYPE_CHECKING:
    from ocpp_console.engine import Engine
    from ocpp_console.store.configurations import Entry

configurations = router("configurations")
PURPOSE = "configuration"
NOW = "now"
LARGEST_TEMPLATE = 1 << 20
At = Annotated[str, Path(pattern=r"^(now|\d{1,18})$", description="`at_us` of a kept one, or `now`")]


# ---------------------------------------------------------------- what is kept


def _entry(entry: "Entry") -> dict[str, Any]:
    return entry._asdict() | {"at": when(entry.at), "at_us": entry.at}


async def _listed(engine: "Engine", station: str | None) -> list[dict[str, Any]]:
    return [_entry(entry) for entry in await engine.configurations.listing(station)]


async def _kept(engine: "Engine", station: str, at: str) -> "Entry":
    """The kept configuration of a time; 404 when there is none."""
    for entry in await engine.configurations.listing(station):
        if str(entry.at) == at:
            return entry
    raise Problem(404, f"No configuration of {station} is kept from {at}; GET …/configurations lists what is.")


async def _configuration(engine: "Engine", station: str, at: str) -> Configuration:
    """A kept configuration, or that of now as far as it was told."""
    if at == NOW:
        known = engine.fleet.stations.get(station)
        if known is None:
            raise Problem(404, f"No station {station} is known.")
        return Configuration.of(known, engine.clock())
    found = await engine.configurations.load(await _kept(engine, station, at))
    if found is None:
        raise Problem(404, f"The configuration of {station} from {at} cannot be read any more.")
    return found


@configurations.get("/configurations", response_model=None, responses=MANY)
async def all_kept(request: Request) -> JSONResponse:
    """What is kept of all stations, the newest first."""
    return JSONResponse(await _listed(engine_of(request), None))


@configurations.get("/stations/{station}/configurations", response_model=None, responses=MANY)
async def kept_of(request: Request, station: StationId) -> JSONResponse:
    """What is kept of a station, the newest first; `automatic` ones the console took by itself."""
    return JSONResponse(await _listed(engine_of(request), station))


@configurations.get("/stations/{station}/configurations/{at}", response_model=None, responses=ONE)
async def one_kept(
    request: Request,
    station: StationId,
    at: At,
    format: Annotated[
        Literal["json", "toml"], Query(description="toml gives a template of what may be written")
    ] = "json",
) -> JSONResponse | PlainTextResponse:
    """One configuration: every setting with its value. Secrets are not kept."""
    found = await _configuration(engine_of(request), station, at)
    if format == "toml":
        return PlainTextResponse(Template.of(found).to_toml(), media_type="application/toml")
    settings = [
        {**setting.name._asdict(), "attribute": setting.kind, **held._asdict()}
        for setting, held in found.settings.values()
    ]
    head = {"station": found.station, "version": found.version, "label": found.label, "automatic": found.automatic}
    return JSONResponse(head | {"at": when(found.at), "at_us": found.at, "settings": settings})


@configurations.delete("/stations/{station}/configurations/{at}", status_code=204, response_model=None)
async def drop(request: Request, station: StationId, at: At) -> None:
    """Keep it no longer."""
    engine = engine_of(request)
    await engine.configurations.drop(await _kept(engine, station, at))


@configurations.get("/stations/{station}/configurations/{at}/differences", response_model=None, responses=ONE)
async def compare(
    request: Request,
    station: StationId,
    at: At,
    other_station: Annotated[str, Query(max_length=255, description="Left out: the same station")] = "",
    other_at: Annotated[str, Query(pattern=r"^(now|\d{1,18})$")] = NOW,
) -> JSONResponse:
    """Where a configuration and another one differ: another time, or another station. Secrets are not compared."""
    engine = engine_of(request)
    left = await _configuration(engine, station, at)
    found = differences(left, await _configuration(engine, other_station or station, other_at))
    same = len(left.settings) - sum(each.left is not None for each in found)
    rows = [{"setting": str(each.setting), "left": _side(each.left), "right": _side(each.right)} for each in found]
    return JSONResponse({"same": same, "differences": rows})


def _side(held: Held | None) -> dict[str, Any] | None:
    """What one side holds; null when it does not have the setting."""
    return held._asdict() if held is not None else None


# ---------------------------------------------------------------- procedures


class SnapshotBody(Body):
    """How the configuration is kept."""

    label: str = Field("", max_length=80)
    read: bool = Field(True, description="Read everything before it is kept")


async def _snapshot(engine: "Engine", station: str, body: SnapshotBody) -> Result:
    notes: tuple[str, ...] = ()
    if body.read:
        notes = (await read_all(engine.link(station, PURPOSE))).notes
    taken = Configuration.of(engine.fleet.stations[station], engine.clock(), body.label)
    entry = await engine.configurations.keep(taken)
    return told(bool(taken.settings), " ".join(notes), at_us=entry.at, settings=len(taken.settings))


class KeptRef(Body):
    """A kept configuration, of this station or of another one."""

    station: str = Field("", max_length=255)
    at_us: int = Field(ge=0)


class PlanBody(Body):
    """Where the values come from, one of the three; and which of the plan's steps are taken otherwise."""

    template: str | None = Field(None, max_length=LARGEST_TEMPLATE, description="TOML")
    kept: KeptRef | None = None
    undo: bool = Field(False, description="What was set before the last writing")
    leave_out: list[str] = Field([], max_length=5_000, description="Settings that are not written")
    force: list[str] = Field([], max_length=5_000, description="Settings that are written although they are skipped")

    @model_validator(mode="after")
    def _one_source(self) -> "PlanBody":
        if (self.template is not None) + (self.kept is not None) + self.undo != 1:
            raise ValueError("give one of template, kept and undo")
        return self


async def _template(engine: "Engine", station: str, body: PlanBody) -> tuple[Template, str]:
    """The values, and in words where they come from."""
    if body.template is not None:
        try:
            template = Template.from_toml(body.template)
        except TemplateProblem as problem:
            raise Problem(422, f"template: {problem.text}") from None
        return template, f"template {template.name}".rstrip()
    if body.kept is not None:
        found = await _configuration(engine, body.kept.station or station, str(body.kept.at_us))
        return Template.of(found), f"back to {found.station} {when(found.at)}"
    entry = await engine.configurations.before_writing(station)
    kept = await engine.configurations.load(entry) if entry is not None else None
    if entry is None or kept is None:
        raise Problem(409, f"Nothing was written to {station} yet that could be undone.")
    return Template.of(kept), f"undo, as it was {entry.label}"


def _changes(steps: list[Step], body: PlanBody) -> list[Change]:
    """What is to be written."""
    left_out, forced = set(body.leave_out), set(body.force)
    chosen = [
        step
        for step in steps
        if str(step.setting) not in left_out
        and (step.verdict is Verdict.CHANGE or (step.forcible and str(step.setting) in forced))
    ]
    return [Change(step.setting, step.new, step.old) for step in chosen]


def _step(step: Step, written: set[object]) -> dict[str, Any]:
    """A step of a plan; what secrets hold is not told."""
    name = step.setting.name.variable
    return {
        "setting": str(step.setting),
        "verdict": step.verdict.value,
        "write": step.setting in written,
        "old": masked(name, step.old) if step.old is not None else None,
        "new": masked(name, step.new),
        "reason": step.reason,
        "forcible": step.forcible,
    }


async def _planned(engine: "Engine", station: str, body: PlanBody) -> tuple[list[Change], str, Result]:
    """The changes, where they come from, and the plan as it is told."""
    template, source = await _template(engine, station, body)
    known = engine.fleet.stations[station]
    steps = plan(template, known.variables, known.version)
    changes = _changes(steps, body)
    written: set[object] = {change.setting for change in changes}
    warned = warnings((change.setting, change.value) for change in changes)
    more = {"steps": [_step(step, written) for step in steps], "warnings": warned}
    return changes, source, told(True, f"{len(changes)} to write: {source}. Nothing was sent.", **more)


async def _plan(engine: "Engine", station: str, body: PlanBody) -> Result:
    return (await _planned(engine, station, body))[2]


async def _apply(engine: "Engine", station: str, body: PlanBody) -> Result:
    changes, source, document = await _planned(engine, station, body)
    if not changes:
        return document | {"text": f"Nothing to write: {source}.", "results": []}
    await keep_before(engine, station, f"before {source}")
    await write(engine.link(station, PURPOSE), changes)
    results = [
        {"setting": str(each.setting), "taken": each.taken, "outcome": each.outcome.value, "text": each.text}
        for each in changes
    ]
    taken = sum(change.taken for change in changes)
    text = f"{taken} of {len(changes)} taken: {source}."
    return document | {"done": taken == len(changes), "text": text, "results": results}


async def keep_before(engine: "Engine", station: str, why: str) -> None:
    """Keep what a station is set to, so that the writing that follows can be undone."""
    known = engine.fleet.stations[station]
    await engine.configurations.keep(Configuration.of(known, engine.clock(), why, automatic=True))


PROCEDURES = (
    Procedure("configuration/snapshot", SnapshotBody, _snapshot, "Read the configuration and keep it under a name"),
    Procedure("configuration/plan", PlanBody, _plan, "What a template or a kept configuration would change", False),
    Procedure("configuration/apply", PlanBody, _apply, "Write a template, or go back to a kept configuration"),
)
