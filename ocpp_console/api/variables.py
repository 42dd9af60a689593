"""Keys of 1.6 and variables of 2.x by HTTP: any number at once, split into calls that the station takes."""

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from ocpp_console.api.configurations import PURPOSE, keep_before
from ocpp_console.model.configurations import Setting
from ocpp_console.model.station import Station
from ocpp_console.model.variables import ACTUAL, Attribute, VariableName
from ocpp_console.procedures.variable_changes import Change, write
from ocpp_console.procedures.variables import read_some

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

MOST = 5_000
"""In one request."""
UNKNOWN_KEY = "the station does not know this key (unknownKey)"
Name = Annotated[str, Field(max_length=500)]


class VariableRef(BaseModel):
    """Which value: of 1.6 only `variable`, the key."""

    model_config = ConfigDict(extra="forbid")

    variable: Annotated[str, Field(min_length=1, max_length=500)]
    component: Name = ""
    component_instance: Name = ""
    evse: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    connector: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    instance: Name = ""
    attribute: Name = ACTUAL

    def setting(self) -> Setting:
        """The same as the model has it."""
        name = VariableName(
            self.component,
            self.variable,
            component_instance=self.component_instance,
            evse=self.evse,
            connector=self.connector,
            instance=self.instance,
        )
        return Setting(name, self.attribute)


class VariablesBody(BaseModel):
    """What to read."""

    model_config = ConfigDict(extra="forbid")
    variables: Annotated[list[VariableRef], Field(min_length=1, max_length=MOST)]


class Write(VariableRef):
    """A value to be written."""

    value: Annotated[str, Field(max_length=100_000)]


class WritesBody(BaseModel):
    """What to write, in this order."""

    model_config = ConfigDict(extra="forbid")
    variables: Annotated[list[Write], Field(min_length=1, max_length=MOST)]


def _attribute(station: Station, setting: Setting) -> Attribute | None:
    variable = station.variables.find(setting.name)
    return variable.attributes.get(setting.kind) if variable is not None else None


async def get_variables(engine: "Engine", station: str, body: VariablesBody) -> dict[str, Any]:
    """Read them; the results stand in the order in which they were asked for."""
    since = engine.clock()
    settings = [ref.setting() for ref in body.variables]
    notes = await read_some(engine.link(station, PURPOSE), settings)
    known = engine.fleet.stations[station]
    results = []
    for ref, setting in zip(body.variables, settings, strict=True):
        attribute = _attribute(known, setting)
        told = attribute is not None and attribute.at >= since and attribute.value is not None
        unknown = setting.name.variable.casefold() in known.variables.unknown
        trouble = attribute.trouble if attribute is not None else UNKNOWN_KEY if unknown else ""
        results.append(
            ref.model_dump(exclude_defaults=True)
            | {
                "told": told,
                "value": attribute.value if told and attribute is not None else None,
                "mutability": attribute.mutability if attribute is not None else "",
                "text": "" if told else trouble or "the station did not tell it",
            }
        )
    return {"done": all(each["told"] for each in results), "text": " ".join(notes), "results": results}


async def set_variables(engine: "Engine", station: str, body: WritesBody) -> dict[str, Any]:
    """Write them, read them back, and tell of each what became of it; what was set before is kept, for an undo."""
    known = engine.fleet.stations[station]
    changes = []
    for ref in body.variables:
        present = _attribute(known, ref.setting())
        changes.append(Change(ref.setting(), ref.value, present.value if present is not None else None))
    if known.variables:
        more = f" and {len(changes) - 1} more" if len(changes) > 1 else ""
        await keep_before(engine, station, f"before {changes[0].setting}{more} was set")
    await write(engine.link(station, PURPOSE), changes)
    results = [
        ref.model_dump(exclude_defaults=True, exclude={"value"})
        | {"taken": change.taken, "outcome": change.outcome.value, "before": change.before, "text": change.text}
        for ref, change in zip(body.variables, changes, strict=True)
    ]
    return {"done": all(change.taken for change in changes), "text": "", "results": results}
