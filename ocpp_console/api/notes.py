"""One row of the log by HTTP, with what the operator wrote on it: its mark and its comment."""

import json
from typing import Annotated, Any

from fastapi import Path, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from ocpp_console.api.outcomes import Body
from ocpp_console.api.problems import Problem
from ocpp_console.api.routing import engine_of, router
from ocpp_console.api.shapes import LoggedMessage
from ocpp_console.api.veiling import Secrets, row_document
from ocpp_console.model.annotations import LONGEST_COMMENT
from ocpp_console.model.messages import Message

notes = router("log")
Seq = Annotated[int, Path(ge=1, le=2**62, description="The number of the row, `seq` in the log")]


class NoteDocument(BaseModel):
    """What is written on a row."""

    seq: int
    marked: bool
    comment: str


class NoteBody(Body):
    """What shall be written on a row; what is left out stays as it is."""

    marked: bool | None = None
    comment: str | None = Field(None, max_length=LONGEST_COMMENT, description="An empty one is taken away")


async def _row(request: Request, seq: int) -> Message:
    """The row of this number; 404 when there is none."""
    row = await engine_of(request).log.row(seq)
    if row is None:
        raise Problem(
            404, f"No row of the log has the number {seq}: it may be the answer to one, or too old to be kept."
        )
    return row


def _note(request: Request, seq: int) -> dict[str, Any]:
    kept = engine_of(request).log.notes
    return {"seq": seq, "marked": seq in kept.marks, "comment": kept.comments.get(seq, "")}


@notes.get("/messages/{seq}", response_model=None, responses={200: {"model": LoggedMessage}})
async def one_message(request: Request, seq: Seq, secrets: Secrets = False) -> Response:
    """One row of the log."""
    row = await _row(request, seq)
    shown = row_document(row, engine_of(request).log.notes, secrets)
    return Response(json.dumps(shown), media_type="application/json")


@notes.get("/messages/{seq}/note", response_model=None, responses={200: {"model": NoteDocument}})
async def note_of(request: Request, seq: Seq) -> JSONResponse:
    """The mark and the comment of a row; `~marked` and `~comment` of a filter find such rows."""
    await _row(request, seq)
    return JSONResponse(_note(request, seq))


@notes.put("/messages/{seq}/note", response_model=None, responses={200: {"model": NoteDocument}})
async def put_note(request: Request, seq: Seq, body: NoteBody) -> JSONResponse:
    """Mark a row, or write on it; it is seen on the screen at once, and kept."""
    await _row(request, seq)
    kept = engine_of(request).log.notes
    if body.marked is not None:
        kept.mark(seq, body.marked)
    if body.comment is not None:
        kept.comment(seq, body.comment)
    return JSONResponse(_note(request, seq))


@notes.delete("/messages/{seq}/note", status_code=204, response_model=None)
async def delete_note(request: Request, seq: Seq) -> None:
    """Take mark and comment away; also of a row that is too old to be kept."""
    kept = engine_of(request).log.notes
    kept.mark(seq, False)
    kept.comment(seq, "")
