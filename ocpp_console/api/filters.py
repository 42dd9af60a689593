"""Saved filters of the log by HTTP: the ones that `l` lists on the screen."""

from typing import Annotated

from fastapi import Path, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from ocpp_console.api.log import filter_of
from ocpp_console.api.outcomes import Body
from ocpp_console.api.problems import Problem
from ocpp_console.api.routing import engine_of, router
from ocpp_console.model.saved_filters import LONGEST_FILTER, LONGEST_NAME, MOST_NAMED

filters = router("log")
Name = Annotated[str, Path(min_length=1, max_length=LONGEST_NAME, description="Letter case does not matter")]


class FilterDocument(BaseModel):
    """A filter and its name."""

    name: str
    filter: str


class FilterBody(Body):
    """What shall be kept under a name."""

    filter: str = Field(min_length=1, max_length=LONGEST_FILTER)


@filters.get("/filters", response_model=None, responses={200: {"model": list[FilterDocument]}})
async def list_filters(request: Request) -> JSONResponse:
    """All saved filters, by name."""
    return JSONResponse([{"name": name, "filter": text} for name, text in engine_of(request).log.filters])


@filters.get("/filters/{name}", response_model=None, responses={200: {"model": FilterDocument}})
async def one_filter(request: Request, name: Name) -> JSONResponse:
    """One saved filter."""
    kept, text = _found(request, name)
    return JSONResponse({"name": kept, "filter": text})


@filters.put(
    "/filters/{name}",
    response_model=None,
    responses={200: {"model": FilterDocument}, 201: {"model": FilterDocument}},
)
async def put_filter(request: Request, name: Name, body: FilterBody) -> JSONResponse:
    """Keep a filter under a name; another one of that name gives way. It has to be one that the log understands."""
    kept, name, text = engine_of(request).log.filters, name.strip(), body.filter.strip()
    if not name or not text:
        raise Problem(422, "A filter and its name must not be blank.")
    filter_of(request, text)
    new = kept.get(name) is None
    if new and len(kept) >= MOST_NAMED:
        raise Problem(409, f"{MOST_NAMED} filters are kept already; delete some first.")
    kept.put(name, text)
    return JSONResponse({"name": name, "filter": text}, 201 if new else 200)


@filters.delete("/filters/{name}", status_code=204, response_model=None)
async def delete_filter(request: Request, name: Name) -> None:
    """Keep it no longer."""
    _found(request, name)
    engine_of(request).log.filters.remove(name.strip())


def _found(request: Request, name: str) -> tuple[str, str]:
    """Name and filter; 404 when there is none."""
    found = engine_of(request).log.filters.named(name.strip())
    if found is None:
        raise Problem(404, f"No filter is kept as {name[:80]!r}.")
    return found
