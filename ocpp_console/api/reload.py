"""Reading settings and idTags again, as SIGHUP does where there is such a thing."""

from fastapi import Request
from pydantic import BaseModel

from ocpp_console.api.problems import Problem
from ocpp_console.api.routing import engine_of, router
from ocpp_console.reloading import reloading_of

reload = router("reload")


class ReloadDocument(BaseModel):
    """What came of it."""

    usable: bool
    told: list[str]


@reload.post("/reload")
async def read_again(request: Request) -> ReloadDocument:
    """Read the configuration file and the file of idTags again; chargers stay connected.

    `told` says in sentences what changed and what needs a restart. When a file is not `usable` nothing of it changes
    anything.
    """
    reloading = reloading_of(engine_of(request))
    if reloading is None:
        raise Problem(409, "This console has no files to read again.")
    told = await reloading.reload()
    return ReloadDocument(usable=reloading.usable, told=told)
