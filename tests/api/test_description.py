"""What OpenAPI promises is kept, whatever is asked: fuzzed against a running console."""

import asyncio

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

EXAMPLES = 12
"""Requests for each endpoint."""


async def fuzzed(api, method: str, path: str) -> None:
    """Ask an endpoint many things; only answers that it describes are right, and never a fault."""
    description = await api.asked("GET", "/api/openapi.json")
    schema = schemathesis.openapi.from_dict(description)
    operation = schema[path][method]
    headers = {"Authorization": api.http.headers["authorization"]}

    @given(case=operation.as_strategy())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    def run(case) -> None:
        if path.endswith("/calls/{action}"):
            case.query = {**(case.query or {}), "timeout": 0.1}
        response = case.call(base_url=api.url, headers=headers, timeout=20)
        case.validate_response(response, checks=[not_a_server_error, response_schema_conformance])

    await asyncio.to_thread(run)


async def test_whatever_is_asked_is_answered_as_described(api):
    await api.charger("CP1")
    description = await api.asked("GET", "/api/openapi.json")
    for path, methods in description["paths"].items():
        for method in methods:
            if path != "/api/events":  # it never ends
                await fuzzed(api, method, path)
    assert not [notice.text for notice in api.engine.problems]
    assert (await api.charger("CP2")).socket.subprotocol == "ocpp1.6"


@pytest.mark.parametrize(
    "path", ["/api/stations", "/api/stations/{station}/calls/{action}", "/api/messages", "/api/events"]
)
async def test_the_description_names_what_there_is(api, path):
    assert path in (await api.asked("GET", "/api/openapi.json"))["paths"]
