"""Errors as RFC 9457 problem details: one clear sentence, and what a program needs beside it."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ocpp_console.store.problems import StoreProblem

MEDIA_TYPE = "application/problem+json"
_MOST_SHOWN = 3
"""Errors of a body that its sentence spells out; all are in the list."""


class Problem(HTTPException):
    """An answer that is an error."""

    def __init__(self, status: int, text: str, headers: dict[str, str] | None = None, **more: Any) -> None:
        """`text` is the sentence; `more` become properties of the document, such as `findings`."""
        super().__init__(status, text, headers)
        self.more = more


def problem_response(
    status: int, text: str, headers: dict[str, str] | None = None, more: dict[str, Any] | None = None
) -> JSONResponse:
    """The document and its status."""
    document = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": text}
    return JSONResponse(document | (more or {}), status, headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Have every error of `app` answered so."""
    app.add_exception_handler(HTTPException, _told)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(StoreProblem, _not_read)
    app.add_exception_handler(Exception, _broke)


async def _told(request: Request, error: Exception) -> JSONResponse:
    """An error that was foreseen: by us, or by the router (no such path, no such method)."""
    assert isinstance(error, HTTPException)
    headers = dict(error.headers) if error.headers else None
    if isinstance(error, Problem):
        return problem_response(error.status_code, str(error.detail), headers, error.more)
    where = f"{request.method} {request.url.path}"
    texts = {
        404: f"There is nothing at {request.url.path}; /api/openapi.json lists what there is.",
        405: f"{where} is not possible; /api/openapi.json lists what is.",
    }
    return problem_response(error.status_code, texts.get(error.status_code, f"{error.detail}."), headers)


async def _not_valid(request: Request, error: Exception) -> JSONResponse:
    """A body or a parameter that is not what it should be: where, and what was expected."""
    assert isinstance(error, RequestValidationError)
    errors = error.errors()
    first = errors[0]
    if first["type"] == "json_invalid":
        return _not_json(str(error.body), int(first["loc"][-1]), first["ctx"]["error"])
    listed = [{"path": path_text(each["loc"]), "text": _said(each)} for each in errors]
    shown = "; ".join(f"{each['path']}: {each['text']}" for each in listed[:_MOST_SHOWN])
    more = f"; and {len(listed) - _MOST_SHOWN} more" if len(listed) > _MOST_SHOWN else ""
    return problem_response(422, f"The request is not as it should be. {shown}{more}.", more={"errors": listed})


def _not_json(text: str, position: int, why: str) -> JSONResponse:
    """Where a body stops being JSON, counted from 1."""
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    said = f"The body is not JSON: {why} at line {line}, column {column}."
    return problem_response(400, said, more={"line": line, "column": column})


def path_text(location: Sequence[int | str]) -> str:
    """`limits.items[2]` of a location that begins with where it was: body, query, path."""
    path = ""
    for step in location[1:]:
        path += f"[{step}]" if isinstance(step, int) else f"{'.' if path else ''}{step}"
    return path or str(location[0] if location else "request")


def _said(error: dict[str, Any]) -> str:
    """What is wrong with one value, beginning small."""
    text = str(error["msg"]).removeprefix("Value error, ")
    return text[:1].lower() + text[1:]


async def _not_read(request: Request, error: Exception) -> JSONResponse:
    """The database does not give what was asked for; stations are answered all the same."""
    return problem_response(503, f"The database cannot be read. {error}")


async def _broke(request: Request, error: Exception) -> JSONResponse:
    """A fault of ours costs this request and nothing else; it is told to the operator as well."""
    text = f"The console failed on {request.method} {request.url.path}: {type(error).__name__}: {error}"
    request.app.state.engine.report(text)
    return problem_response(500, f"{text}. Nothing else is affected; please report it.")
