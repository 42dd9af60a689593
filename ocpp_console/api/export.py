"""The message log as a file, by HTTP: any format of traces, filtered, without secrets, streamed as it is read."""

import asyncio
import io
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from fastapi import Query, Request
from fastapi.responses import StreamingResponse

from ocpp_console.api.log import filter_of
from ocpp_console.api.problems import Problem
from ocpp_console.api.routing import engine_of, router
from ocpp_console.outputs.traces.export import FORMATS, STDOUT, Export, Format
from ocpp_console.outputs.traces.pseudonyms import Pseudonyms
from ocpp_console.outputs.traces.redaction import Nothing, Redaction, Veil
from ocpp_console.store.problems import StoreProblem

if TYPE_CHECKING:
    from ocpp_console.engine import Engine
    from ocpp_console.events import Fact

export = router("log")

MOST_EXPORTS = 4
"""At a time: each reads the whole database."""
_SLICE_SECONDS = 0.008
"""For which facts are written before stations are answered again."""
_PIECE = 64 * 1024
"""Characters that are gathered before they are sent."""

_MEDIA_TYPES = {"csv": "text/csv", "text": "text/plain", "markdown": "text/markdown", "debugkit": "application/json"}
_LINES = "application/x-ndjson"
Form = StrEnum("Form", {name: name for name in FORMATS})  # type: ignore[misc]


class Exports:
    """How many are being written."""

    def __init__(self) -> None:
        """None."""
        self.running = 0


@export.get(
    "/messages/export",
    response_model=None,
    responses={200: {"content": {name: {} for name in (_LINES, *_MEDIA_TYPES.values())}}},
)
async def exported(
    request: Request,
    format: Annotated[Form, Query(description="`facts` has everything; others leave out what they cannot hold")],
    filter: Annotated[str, Query(max_length=2_000, description="As on the screen: `~s AC-07 & ~e`")] = "",
    anonymise: Annotated[bool, Query(description="Other names for stations, tags, serials, addresses")] = False,
    secrets: Annotated[bool, Query(description="Leave passwords and keys in, which are masked otherwise")] = False,
) -> StreamingResponse:
    """The whole log as a file, oldest first. An answer that breaks off is not complete: it is sent as it is read."""
    if anonymise and secrets:
        raise Problem(422, "`anonymise` and `secrets` exclude each other: ask for one of them.")
    keep = filter_of(request, filter).matches if filter.strip() else None
    exports: Exports = request.app.state.exports
    if exports.running >= MOST_EXPORTS:
        raise Problem(503, f"{MOST_EXPORTS} exports are being written, the most allowed; ask again later.")
    engine = engine_of(request)
    try:
        _ = engine.log.search
    except StoreProblem as problem:
        raise Problem(503, f"The log cannot be read. {problem}") from None
    form = FORMATS[format]
    veil: Veil = Pseudonyms() if anonymise else Nothing() if secrets else Redaction()
    out = io.StringIO()
    written = _written(exports, engine, Export(STDOUT, form, veil, keep, out=out), out)
    return StreamingResponse(written, media_type=_MEDIA_TYPES.get(format, _LINES), headers=_headers(form))


def _headers(form: Format) -> dict[str, str]:
    """A browser saves it, under a name by which its format is known again."""
    ending = form.endings[0]
    return {
        "Content-Disposition": f'attachment; filename="ocpp-log{ending}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }


async def _written(exports: Exports, engine: "Engine", made: Export, out: io.StringIO) -> AsyncIterator[bytes]:
    """The file in pieces; whoever reads slowly makes it wait."""
    exports.running += 1
    last = engine.bus.last_seq  # what comes later was not learned, so its names would not all be replaced
    try:
        passes = (made.veil.learn, made.take) if made.veil.two_passes else (made.take,)
        for do in passes:
            async with aclosing(_fed(engine, do, out, last)) as pieces:
                async for piece in pieces:
                    yield piece
        made.finish()
        yield _taken(out)
    finally:
        exports.running -= 1


async def _fed(
    engine: "Engine", do: "Callable[[Fact], None]", out: io.StringIO, last: int
) -> AsyncGenerator[bytes, None]:
    """Do it to every fact of the log up to `last`, with pauses for others; gives what was written meanwhile."""
    until = time.perf_counter() + _SLICE_SECONDS
    async for fact in engine.facts():
        if fact.seq > last:
            return
        do(fact)
        if out.tell() >= _PIECE:
            yield _taken(out)
        if time.perf_counter() >= until:
            await asyncio.sleep(0)
            until = time.perf_counter() + _SLICE_SECONDS


def _taken(out: io.StringIO) -> bytes:
    """What was written, which is then no longer held."""
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text.encode("utf-8", "backslashreplace")
