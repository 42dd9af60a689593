"""What is set for a station: before it ever connects or afterwards, in force at once, kept across restarts."""

import asyncio
from collections.abc import Callable
from dataclasses import replace as replaced
from typing import Annotated, Any, Literal

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from ocpp_console.api import documents
from ocpp_console.api.problems import Problem
from ocpp_console.api.routing import StationId, engine_of, known_station, router
from ocpp_console.api.shapes import StationDocument
from ocpp_console.csms import passwords
from ocpp_console.csms.identity import NoIdentity, identity_of, path_for
from ocpp_console.model.duties import LONGEST_TARIFF, normal_tariff
from ocpp_console.model.station_settings import (
    LIMITED,
    LONGEST_INTERVAL,
    LONGEST_NAME,
    LONGEST_NOTES,
    LONGEST_PASSWORD,
    MOST_ITEMS,
    QUIRKS,
    StationSettings,
)
from ocpp_console.station_desk import SettingRefused

station_settings = router("station settings")


def _known(names: tuple[str, ...], what: str) -> Callable[[Any], Any]:
    """Checks that all are known names."""

    def check(given: Any) -> Any:
        wrong = [name for name in given if name not in names]
        if wrong:
            raise ValueError(f"there is no {what} {wrong[0][:80]!r}; there are {', '.join(names)}")
        return given

    return check


Quirks = Annotated[
    list[str],
    AfterValidator(_known(tuple(QUIRKS), "quirk")),
    Field(max_length=len(QUIRKS), description=" ".join(f"`{name}`: {told}" for name, told in QUIRKS.items())),
]
Limits = Annotated[
    dict[str, Annotated[int, Field(ge=1, le=MOST_ITEMS, strict=True)]],
    AfterValidator(_known(LIMITED, "limit for")),
    Field(description=f"Most items in one message where the station states no limit, by action: {', '.join(LIMITED)}"),
]
Readable = StringConstraints(pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$")


class SettingsBody(BaseModel):
    """What can be set for a station. Null, an empty text or an empty list takes a setting back."""

    model_config = ConfigDict(extra="forbid")

    registration: Literal["Accepted", "Pending", "Rejected"] | None = Field(
        None, description="What its next boots are answered with"
    )
    interval: Annotated[int, Field(strict=True, ge=1, le=LONGEST_INTERVAL)] | None = Field(
        None, description="Seconds between heartbeats"
    )
    security_profile: Annotated[int, Field(strict=True, ge=0, le=3)] | None = Field(
        None, description="2 and 3 let it in with TLS only; 1 and 2 need a password"
    )
    password: Annotated[str, Field(max_length=LONGEST_PASSWORD)] | None = Field(
        None,
        description="Asked for at the handshake (HTTP Basic), as text or as 32 to 40 hexadecimal digits. Never told.",
    )
    name: Annotated[str, Field(max_length=LONGEST_NAME), Readable] = ""
    notes: Annotated[str, Field(max_length=LONGEST_NOTES), Readable] = ""
    tariff: Annotated[str, Field(max_length=LONGEST_TARIFF), AfterValidator(normal_tariff)] = Field(
        "", description="What its sessions cost, such as 0.39/kWh 0.02/min 1/session EUR, or free"
    )
    version: Literal["1.6", "2.0.1", "2.1", ""] = Field("", description="The only version it may speak")
    quirks: Quirks = []
    limits: Limits = {}

    def given(self, every: bool) -> dict[str, Any]:
        """What was said, for `StationSettings`; with `every` also what was left out. The password is apart."""
        said = self.model_dump(exclude={"password"}, exclude_unset=not every)
        return said | ({"quirks": frozenset(said["quirks"])} if "quirks" in said else {})

    def new_password(self) -> str | None:
        """The password to set, empty to ask for none any more; None to leave it as it is."""
        return (self.password or "") if "password" in self.model_fields_set else None


def _addressable(identity: str) -> None:
    """Refuse settings for what no station can be called."""
    read = identity_of(path_for(identity))
    if isinstance(read, NoIdentity) or read.text != identity:
        why = read.text if isinstance(read, NoIdentity) else "It cannot stand in a URL."
        raise Problem(422, f"No station can have the identity {identity[:80]!r}. {why}")


async def _hashed(password: str | None, present: Callable[[], str]) -> str:
    """What is kept of a new password, made in a thread: stations do not wait for it. None leaves the present one."""
    if password:
        return await asyncio.to_thread(passwords.hashed, password)
    return present() if password is None else ""


def _set(request: Request, identity: str, settings: StationSettings) -> JSONResponse:
    """Put them in force."""
    engine = engine_of(request)
    new = identity not in engine.fleet.stations
    try:
        engine.station_settings.replace(identity, settings)
    except SettingRefused as refused:
        raise Problem(422, refused.text) from None
    return JSONResponse(documents.station(engine.fleet.stations[identity]), 201 if new else 200)


_ANSWERS: dict[int | str, dict[str, Any]] = {200: {"model": StationDocument}, 201: {"model": StationDocument}}


@station_settings.put("/stations/{station}", response_model=None, responses=_ANSWERS)
async def replace(request: Request, station: StationId, body: SettingsBody) -> JSONResponse:
    """Set everything for a station, which need not have connected yet; what is left out is not set any more.

    A password that is left out stays: it cannot be read, so nobody could send it back.
    """
    _addressable(station)
    desk = engine_of(request).station_settings
    hashed = await _hashed(body.new_password(), lambda: desk.of(station).password)
    return _set(request, station, StationSettings(**body.given(every=True), password=hashed))


@station_settings.patch("/stations/{station}", response_model=None, responses=_ANSWERS)
async def change(request: Request, station: StationId, body: SettingsBody) -> JSONResponse:
    """Set some things for a station; what is left out stays as it is."""
    _addressable(station)
    desk = engine_of(request).station_settings
    hashed = await _hashed(body.new_password(), lambda: desk.of(station).password)
    present = replaced(desk.of(station), password=hashed)
    fields = {name: getattr(present, name) for name in StationSettings.__dataclass_fields__}
    return _set(request, station, StationSettings(**fields | body.given(every=False)))


@station_settings.delete("/stations/{station}", status_code=204, response_model=None)
async def forget(request: Request, station: StationId) -> None:
    """Forget a station: what is known of it, what is set for it, its sessions. Its messages stay in the log."""
    known_station(request, station)
    if not engine_of(request).forget(station):
        raise Problem(409, f"The station {station} is connected; only one that is not can be forgotten.")
