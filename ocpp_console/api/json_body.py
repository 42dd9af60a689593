"""Bodies read as JSON without Python's extras: no NaN, no numbers that become infinite, and never a crash."""

import json
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from ocpp_console.api.problems import Problem


def read(raw: bytes) -> Any:
    """The value of a body. Raises JSONDecodeError, which knows the place, or `Problem`."""
    try:
        text = raw.decode("utf-8-sig")
        return json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except json.JSONDecodeError:
        raise
    except UnicodeDecodeError as problem:
        raise Problem(400, f"The body is not UTF-8: see byte {problem.start + 1}.") from None
    except RecursionError:
        raise Problem(400, "The body is nested too deeply to be read.") from None
    except ValueError as problem:
        raise Problem(400, f"The body is not JSON: {problem}.") from None


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if value - value:  # infinity minus infinity is NaN, which is true
        raise ValueError("a number is too large for JSON readers")
    return value


class _JsonRequest(Request):
    """A request whose body is read here."""

    async def json(self) -> Any:
        """The value of the body."""
        return read(await self.body())


class JsonRoute(APIRoute):
    """A route whose bodies are read here."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The same handler with another way to read."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            return await handler(_JsonRequest(request.scope, request.receive))

        return handle
