"""Facts as rows and back: frames as the bytes that came, every other fact as the JSON of its fields.

A station's call and the reply that was held for it share a row. `facts_of` takes them apart again, by time.
"""

import json
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ocpp_console import events
from ocpp_console.events import Fact, FrameReceived, FrameSent, NoteWritten, ReplyLost
from ocpp_console.protocol.findings import Finding, Severity
from ocpp_console.store.words import Words, to_bytes

RECEIVED = 0
SENT = 1
RECEIVED_BINARY = 2
COMPRESSED = 32
"""Added to the kind of a station's frame that came compressed."""
BLOB = 64
"""Added to a kind when `frame` is no text to SQLite: a search must look at its bytes."""

RECEIVED_KINDS = tuple(
    kind | added for kind in (RECEIVED, RECEIVED_BINARY) for added in (0, COMPRESSED, BLOB, COMPRESSED | BLOB)
)
"""Every kind of a station's frame."""

OTHERS: dict[int, type[Any]] = {
    10: events.ListenerStarted,
    11: events.ListenerFailed,
    12: events.StationConnected,
    13: events.StationGone,
    14: events.HandshakeRefused,
    15: events.CallRequested,
    16: events.CallAbandoned,
    17: events.ReplyLost,
    18: events.NoteWritten,
}
"""Numbers in the file: never change one, never use one twice."""

_NUMBERS = {kind: number for number, kind in OTHERS.items()}
REPLY_LOST = _NUMBERS[ReplyLost]

NO_BEGINNING = tuple(
    kind | blob
    for kind in (_NUMBERS[events.CallRequested], _NUMBERS[events.CallAbandoned], REPLY_LOST)
    for blob in (0, BLOB)
)
"""Kinds of facts that begin no row of the message log."""

COLUMNS = 10
"""id, at, kind, station, connection, action, answers, frame, reply, reply_after"""

SELECTED = f"""f.id, f.at, f.kind, f.station, f.connection, f.answers, f.frame, f.reply,
    CASE WHEN f.reply IS NOT NULL
         AND EXISTS (SELECT 1 FROM facts AS l WHERE l.answers = f.id AND l.kind IN ({REPLY_LOST}, {REPLY_LOST | BLOB}))
         THEN NULL ELSE f.reply_after END"""
"""What `facts_of` wants of `facts AS f`; a reply that was stored and then could not leave has no time."""

Row = Sequence[Any]
"""What `SELECTED` gives; text columns as bytes."""

_OWN_COLUMNS = {"seq", "at", "connection", "answers"}
_NAMED_IN_BODY = (events.HandshakeRefused,)
"""Whoever knocks may claim any name: such a name gets no number."""


def other_row(fact: Fact, words: Words) -> list[Any]:
    """The row of a fact that is no frame. Total: what JSON does not know is written as its text."""
    kind = type(fact)
    fields: dict[str, Any] = fact._asdict()
    station = None if kind in _NAMED_IN_BODY else words.station(fields.pop("station", ""))
    action = words.action(fields["action"]) if kind is events.CallRequested else None
    body = {name: value for name, value in fields.items() if name not in _OWN_COLUMNS}
    try:
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=_plain)
    except (ValueError, RecursionError):  # a payload with itself inside, or one nested without end
        text = json.dumps({"text": f"A {kind.__name__} that cannot be written as JSON."})
    frame = as_text(to_bytes(text))
    number = _NUMBERS[kind] | (BLOB if type(frame) is bytes else 0)
    connection, answers = fields.get("connection"), fields.get("answers") or None
    return [fact.seq, fact.at, number, station, connection, action, answers, frame, None, None]


def _plain(value: object) -> str:
    """Bytes one character each, anything else by its name."""
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def as_text(raw: bytes) -> str | bytes:
    """What is given to SQLite: text where that is exact and SQLite's text functions see all of it, else the bytes.

    Text is searched in half the time; both come back as the same bytes.
    """
    if b"\0" in raw:
        return raw
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw


def action_and_id(raw: bytes) -> tuple[str, str]:
    """The action and message id of a frame nobody read for us, from its first bytes; empty when it is no plain CALL."""
    parts = raw[:300].split(b'"', 4)
    if len(parts) < 5 or not parts[0].lstrip().startswith((b"[2", b"[6")):
        return "", ""
    return parts[3].decode("utf-8", "replace"), parts[1].decode("utf-8", "replace")


def shorten(call: str | bytes, reply: bytes) -> str | bytes:
    """The reply for storing: without `[3,"<id>",` when its call begins with the same id, which is most of most replies.

    `call` is the call as `as_text` made it. What is left begins with `{`; a whole frame begins with `[`.
    """
    text = as_text(reply)
    if type(text) is str and type(call) is str and call.startswith('[2,"'):
        end = call.find('",', 4) + 2
        if end > 4 and text.startswith(f"[3,{call[3:end]}{{"):
            return text[end:]
    return text


def lengthen(call: bytes, stored: bytes) -> bytes:
    """The reply as it was sent, from the bytes of its call and of what `shorten` left."""
    return b"[3," + call[3 : call.find(b'",', 4) + 2] + stored if stored.startswith(b"{") else stored


def facts_of(rows: Iterable[Row], words: Words, later: deque[FrameSent] | None = None) -> Iterator[Fact]:
    """The facts of rows in the order of their numbers, with each held reply where its time puts it.

    A reply that shared its call's row bears the number of the fact it answers: its own was not kept. Replies later than
    the last row are left in `later` for the next piece, or come last without it.
    """
    replies: deque[FrameSent] = deque() if later is None else later
    texts = words.texts
    before = 0
    for seq, at, kind, station, connection, answers, frame, reply, reply_after in rows:
        while replies and (replies[0].at <= at or at < before):  # a clock that was set back holds nothing up
            yield replies.popleft()
        before = at
        name = texts.get(station, "")
        kind &= ~BLOB
        if kind in RECEIVED_KINDS:
            how = kind & RECEIVED_BINARY > 0, None, kind & COMPRESSED > 0
            yield FrameReceived(seq, at, name, connection, frame, *how)
            if reply is not None and reply_after is not None:
                replies.append(FrameSent(seq, at + reply_after, name, connection, lengthen(frame, reply), seq))
        elif kind == SENT:
            yield FrameSent(seq, at, name, connection, frame, answers or 0)
        else:
            yield _other(seq, at, kind, name, connection, answers, frame)
    if later is None:
        yield from replies


def _other(seq: int, at: int, kind: int, station: str, connection: int | None, answers: int | None, raw: bytes) -> Fact:
    """A fact that is no frame; a row that cannot be read says so instead of being passed over."""
    values: dict[str, Any] = {"seq": seq, "at": at, "station": station, "connection": connection, "answers": answers}
    try:
        fact_type = OTHERS[kind]
        body = json.loads(raw.decode("utf-8", "surrogatepass"))
        values |= {name: _read(name, value) for name, value in body.items()}
        fact: Fact = fact_type(**{name: value for name, value in values.items() if name in fact_type._fields})
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        text = f"Row {seq} of the database cannot be read (kind {kind})."
        return NoteWritten(seq, at, station, "ROW_UNREADABLE", text)
    return fact


def _read(name: str, value: Any) -> Any:
    """A field from its JSON."""
    if name == "findings":
        return tuple(Finding(code, Severity(severity), text, path) for code, severity, text, path in value)
    if name == "offered":
        return tuple(value)
    return value.encode("latin-1") if name == "first_bytes" else value
