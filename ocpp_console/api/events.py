"""The stream of facts as server-sent events: resumable by number, and never in the way of anybody else.

A client that reads too slowly loses the oldest of its own backlog, and is told how many.
"""

import asyncio
import functools
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Annotated

from fastapi import Header, Query, Request
from fastapi.responses import StreamingResponse

from ocpp_console.api.problems import Problem
from ocpp_console.api.routing import engine_of, router
from ocpp_console.api.veiling import Secrets
from ocpp_console.bus import Reader
from ocpp_console.events import Fact
from ocpp_console.narration import Narrator
from ocpp_console.outputs.traces.redaction import without_secrets

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

events = router("events")

BACKLOG = 2_000
"""Facts kept for a client that does not read."""
MOST_STREAMS = 50
AT_ONCE = 50
"""Events made before stations are answered again."""
GATHER_SECONDS = 0.05
ALIVE_SECONDS = 15.0
"""Between two comments on a quiet stream: some proxies end what says nothing."""


class Stream:
    """One client."""

    def __init__(self, engine: "Engine", station: str | None, secrets: bool = False) -> None:
        """Begins to listen at once; without `secrets` passwords and keys are masked."""
        self._engine = engine
        self._station = station
        self._reader = Reader(BACKLOG)
        self._arrived = asyncio.Event()
        self._narrator = Narrator(as_json=True, veil=None if secrets else without_secrets)
        self._told_dropped = 0
        self._last = 0
        engine.bus.attach(self._offer)

    def _offer(self, fact: Fact) -> None:
        """Take one fact; called by the bus."""
        if self._station is None or getattr(fact, "station", "") == self._station:
            self._reader.offer(fact)
            self._arrived.set()

    def close(self) -> None:
        """Listen no more."""
        self._engine.bus.detach(self._offer)

    async def run(self, since: int | None) -> AsyncIterator[str]:
        """Events as text; first those after `since` from the database."""
        try:
            yield ": ocpp-console\n\n"
            if since is not None:
                async for text in self._stored(since):
                    yield text
            while True:
                try:
                    await asyncio.wait_for(self._arrived.wait(), ALIVE_SECONDS)
                except TimeoutError:
                    yield ": nothing happened\n\n"
                    continue
                self._arrived.clear()
                for text in self._fresh():
                    yield text
                    await asyncio.sleep(0)
                await asyncio.sleep(GATHER_SECONDS)
        finally:
            self.close()

    async def _stored(self, since: int) -> AsyncIterator[str]:
        """What happened before the stream began, as far as it is kept."""
        texts: list[str] = []
        async for fact in self._engine.facts_after(since):
            if self._station is None or getattr(fact, "station", "") == self._station:
                texts.append(self._text(fact))
            if len(texts) >= AT_ONCE:
                yield "".join(texts)
                texts.clear()
        yield "".join(texts)

    def _fresh(self) -> list[str]:
        """What came since the last time, in pieces of a few milliseconds, and how much of it was lost."""
        facts = [fact for fact in self._reader.take() if fact.seq > self._last]
        texts = ["".join(map(self._text, facts[at : at + AT_ONCE])) for at in range(0, len(facts), AT_ONCE)]
        lost, self._told_dropped = self._reader.dropped - self._told_dropped, self._reader.dropped
        if lost:
            texts.insert(0, f'event: dropped\ndata: {{"dropped": {lost}}}\n\n')
        return texts

    def _text(self, fact: Fact) -> str:
        """One event; its id is the number of the fact."""
        self._last = max(self._last, fact.seq)
        return f"id: {fact.seq}\nevent: {type(fact).__name__}\ndata: {self._narrator.line(fact)}\n\n"


class Streams:
    """How many clients there are."""

    def __init__(self) -> None:
        """None."""
        self.open = 0


@events.get("/events", response_model=None, responses={200: {"content": {"text/event-stream": {}}}})
async def stream(
    request: Request,
    since: Annotated[int | None, Query(ge=0, le=2**62, description="First what happened after this number")] = None,
    station: Annotated[str | None, Query(max_length=255, description="Of this station only")] = None,
    last_event_id: Annotated[str | None, Header(description="The same as `since`; browsers send it")] = None,
    secrets: Secrets = False,
) -> StreamingResponse:
    """Everything that happens, as server-sent events: `id` is its number, `event` its kind, `data` JSON.

    After a break go on with the last `id`. An event `dropped` says how many were lost because nobody read them in time.
    """
    if last_event_id is not None and last_event_id.isdecimal() and since is None:
        since = min(int(last_event_id[:19]), 2**62)
    streams: Streams = request.app.state.streams
    if streams.open >= MOST_STREAMS:
        text = f"{MOST_STREAMS} streams of events are open, the most allowed."
        raise Problem(503, f"{text} End a `wait` or another reader of /api/events, or ask again when one has ended.")
    begin = functools.partial(Stream, engine_of(request), station, secrets)
    return StreamingResponse(_counted(streams, begin, since), media_type="text/event-stream")


async def _counted(streams: Streams, begin: Callable[[], Stream], since: int | None) -> AsyncIterator[str]:
    """The events of one client, which counts while it listens."""
    streams.open += 1
    flow = begin().run(since)
    try:
        async for text in flow:
            yield text
    finally:
        streams.open -= 1
        await flow.aclose()  # type: ignore[attr-defined]
