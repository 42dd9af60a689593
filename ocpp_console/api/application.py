"""The FastAPI application: every router, errors as problem details, and the gate before it all."""

from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from ocpp_console import __version__
from ocpp_console.api import problems
from ocpp_console.api.arrangements import arrangements
from ocpp_console.api.calls import Issued, calls
from ocpp_console.api.charging import charging
from ocpp_console.api.configurations import configurations
from ocpp_console.api.duties import duties
from ocpp_console.api.events import Streams, events
from ocpp_console.api.export import Exports, export
from ocpp_console.api.filters import filters
from ocpp_console.api.findings import findings
from ocpp_console.api.gate import Gate
from ocpp_console.api.id_tags import id_tags
from ocpp_console.api.log import log
from ocpp_console.api.metrics import Latencies, metrics
from ocpp_console.api.notes import notes
from ocpp_console.api.procedures import procedures
from ocpp_console.api.reload import reload
from ocpp_console.api.saved_commands import saved_commands
from ocpp_console.api.station_settings import station_settings
from ocpp_console.api.stations import stations
from ocpp_console.api.transactions import transactions

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

ROUTERS = (
    stations,
    station_settings,
    calls,
    saved_commands,
    procedures,
    configurations,
    charging,
    arrangements,
    id_tags,
    transactions,
    log,
    export,
    notes,
    filters,
    findings,
    events,
    metrics,
    duties,
    reload,
)
"""Every subject of the API; the order is that of its description."""


def application(engine: "Engine", token: str, names: frozenset[str], latencies: Latencies) -> Gate:
    """The API of one console, behind its gate."""
    app = FastAPI(
        title="ocpp-console",
        version=__version__,
        description="The control API of a running console. Payloads are in OCPP's own names.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.engine = engine
    app.state.issued = Issued()
    app.state.streams = Streams()
    app.state.exports = Exports()
    app.state.latencies = latencies
    problems.install(app)
    for router in ROUTERS:
        app.include_router(router)
    app.add_api_route("/healthz", healthz, include_in_schema=False)
    return Gate(app, token, names)


async def healthz() -> JSONResponse:
    """The console lives. Needs no token, and tells nothing else."""
    return JSONResponse({"status": "ok"})
