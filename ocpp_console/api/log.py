"""The message log by HTTP."""

import asyncio
import json
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from ocpp_console.api.problems import Problem
from ocpp_console.api.routing import engine_of, router
from ocpp_console.api.shapes import LoggedMessage
from ocpp_console.api.stations import AT_ONCE
from ocpp_console.api.veiling import Secrets, row_document
from ocpp_console.model.messages import FilterError, MessageFilter

log = router("log")
Before = Annotated[int | None, Query(ge=1, le=2**62, description="Rows below this number: `next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=1_000, description="Most rows")]
FilterText = Annotated[str, Query(max_length=2_000, description="As on the screen: `~s AC-07 & ~e`")]

MOST_AGAIN = 500
"""Rows that are looked at again in one question."""


class MessagePage(BaseModel):
    """A page of the log."""

    messages: list[LoggedMessage]
    next: int | None
    open: list[int] | None = None
    newest: int | None = None


def filter_of(request: Request, text: str) -> MessageFilter:
    """The filter that a text is; 422 with the word it fails at."""
    words = engine_of(request).log.filter(text)
    if isinstance(words, FilterError):
        raise Problem(422, f"The filter is not understood: {words.told}", at=words.at)
    return words


@log.get("/messages", response_model=None, responses={200: {"model": MessagePage}})
async def messages(
    request: Request,
    filter: FilterText = "",
    before: Before = None,
    after: Annotated[int | None, Query(ge=0, le=2**62, description="Only rows above this number")] = None,
    again: Annotated[
        str, Query(pattern="^[0-9,]*$", max_length=10_000, description="With `after`: also these rows")
    ] = "",
    limit: Limit = 100,
    secrets: Secrets = False,
) -> Response:
    """The newest rows that fit, oldest first, from memory and the database; `next` is the next page's `before`.

    To follow the log ask with `after`. The answer then tells `newest`, the next `after`, and `open`: rows that wait for
    an answer, which may fit once they have it. Name them in `again`; they come first.
    """
    log, words, more = engine_of(request).log, filter_of(request, filter), {}
    if after is None:
        found = await log.messages(words, before, limit)
    else:
        numbers = {int(number) for number in again.split(",") if 0 < len(number) < 19}
        found, waiting, newest = await log.news(words, after, before, limit, sorted(numbers)[-MOST_AGAIN:])
        more = {"open": waiting, "newest": newest}
    parts = []
    for number, row in enumerate(found.rows, 1):
        parts.append(json.dumps(row_document(row, log.notes, secrets)))
        if not number % AT_ONCE:
            await asyncio.sleep(0)
    rest = json.dumps({"next": None if found.ended else found.reached} | more)[1:]
    return Response(f'{{"messages":[{",".join(parts)}],{rest}', media_type="application/json")
