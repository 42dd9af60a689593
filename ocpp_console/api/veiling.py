"""What the API tells of the log: without passwords and keys unless `secrets=true` asks for them.

Whoever holds the token may see them, but not by accident: what is read here ends in terminals, files and bug reports.
"""

import copy
from typing import Annotated, Any

from fastapi import Query

from ocpp_console.api import documents
from ocpp_console.model.annotations import Annotations
from ocpp_console.model.commands import Command
from ocpp_console.model.messages import Message
from ocpp_console.model.secrets import veiled
from ocpp_console.outputs.traces.redaction import bytes_without_secrets, text_without_secrets

Secrets = Annotated[bool, Query(description="Leave passwords and keys in, which are masked otherwise")]


def row_document(row: Message, notes: Annotations, secrets: bool) -> dict[str, Any]:
    """A row of the log with what the operator wrote on it."""
    shown = documents.message(row if secrets else veiled_row(row))
    return shown | {"marked": row.seq in notes.marks, "comment": notes.comments.get(row.seq, "")}


def command_document(known: Command, secrets: bool) -> dict[str, Any]:
    """A command, its answer and what followed."""
    if secrets:
        return documents.command(known)
    shown = documents.command(known, veiled_row)
    return shown | {name: veiled(shown[name]) for name in ("request", "payload", "error")}


def veiled_row(row: Message) -> Message:
    """The row without secrets; the same object when it holds none, which is nearly always."""
    raw, note = bytes_without_secrets(row.raw), text_without_secrets(row.note)
    answer = bytes_without_secrets(row.answer_raw) if row.answer_raw is not None else None
    if (raw, answer, note) == (row.raw, row.answer_raw, row.note):
        return row
    shown = copy.copy(row)
    shown.raw, shown.answer_raw, shown.note, shown.summary_cache = raw, answer, note, None
    return shown
