"""A script of what goes into a `Session` and what must come out, in order and without gaps.

    assert (
        Playbook(Session("1.6", 30 * SECOND))
        >> asked("Reset", {"type": "Soft"}, id="a")
        << sent(b'[2,"a","Reset",{"type":"Soft"}]')
        >> received(b'[3,"a",{"status":"Accepted"}]')
        << completed("a")
    )

`>>` puts something in. `<<` is the next thing that came out; anything that came out and is not written down fails
at the next `>>`, or at the end.
"""

from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from ocpp_console.protocol.frames import Unreadable, parse
from ocpp_console.protocol.session import Session, answer_to_unreadable

SECOND = 1_000_000


class Out(NamedTuple):
    """Something the session gave."""

    what: str
    value: Any


Input = Callable[["Playbook"], None]


class Playbook:
    """Runs the script against a session, with a clock of its own that starts at 0 µs."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.at = 0
        self.outputs: deque[Out] = deque()

    def __rshift__(self, happens: Input) -> "Playbook":
        self._nothing_left()
        happens(self)
        for outgoing in self.session.take_outgoing(self.at):
            self.outputs.append(sent(outgoing.raw))
        return self

    def __lshift__(self, expected: Out) -> "Playbook":
        assert self.outputs, f"expected {expected}, but nothing came out"
        assert self.outputs.popleft() == expected
        return self

    def __bool__(self) -> bool:
        self._nothing_left()
        return True

    def _nothing_left(self) -> None:
        assert not self.outputs, f"came out, but is not in the script: {list(self.outputs)}"


def asked(action: str, payload: Any = None, *, id: str, timeout_us: int | None = None) -> Input:
    """The operator asks for a call."""

    def happens(book: Playbook) -> None:
        book.session.call(action, {} if payload is None else payload, book.at, id=id, timeout_us=timeout_us)

    return happens


def received(raw: bytes) -> Input:
    """The station's message arrives; what is unreadable is answered as the version wants it."""

    def happens(book: Playbook) -> None:
        frame = parse(raw, book.session.version)
        done = book.session.receive(frame, book.at)
        if done is not None:
            assert done.frame is frame
            book.outputs.append(completed(done.id))
        elif isinstance(frame, Unreadable):
            reply = answer_to_unreadable(book.session.version, frame)
            if reply is not None:
                book.outputs.append(sent(reply))

    return happens


def after(seconds: float) -> Input:
    """Time passes."""

    def happens(book: Playbook) -> None:
        book.at += int(seconds * SECOND)
        for gone in book.session.tick(book.at):
            book.outputs.append(expired(gone.id))

    return happens


def held(book: Playbook) -> None:
    """The connection is fresh: nothing may go out."""
    book.session.held = True


def released(book: Playbook) -> None:
    """The station has spoken."""
    book.session.held = False


def cancelled(id: str) -> Input:
    """The operator changes his mind."""

    def happens(book: Playbook) -> None:
        assert book.session.cancel(id)

    return happens


def closed(book: Playbook) -> None:
    """The connection ends."""
    for call_id, was_sent in book.session.close():
        book.outputs.append(unfinished(call_id, sent=was_sent))


def sent(raw: bytes) -> Out:
    return Out("sent", raw)


def completed(id: str) -> Out:
    return Out("completed", id)


def expired(id: str) -> Out:
    return Out("expired", id)


def unfinished(id: str, *, sent: bool) -> Out:
    return Out("unfinished", (id, sent))
