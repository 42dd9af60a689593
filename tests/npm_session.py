"""Programs in node that tests talk with: one JSON line for each step they take, one for each thing asked of them."""

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

PATIENCE = 30.0
"""Seconds for a step; node alone takes one to start on a busy machine."""


class Session:
    """One running script. What it said stays, in `steps`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._more = asyncio.Event()
        self.steps: list[tuple[str, Any]] = []
        """(step, value), in order."""
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            if line.startswith(b"{"):  # else it is the chatter of a library
                said = json.loads(line)
                self.steps.append((said["step"], said.get("value")))
                self._more.set()
        self._more.set()

    def of(self, step: str) -> list[Any]:
        """The values of one kind of step so far."""
        return [value for name, value in self.steps if name == step]

    async def step(self, step: str, fits: Callable[[Any], object] = lambda _: True, count: int = 1) -> Any:
        """Wait for the `count`-th step of a kind that `fits`; returns its value."""
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            while len(found := [value for value in self.of(step) if fits(value)]) < count:
                assert not self._process.stdout.at_eof(), f"ended after {self.steps[-5:]}"
                self._more.clear()
                await self._more.wait()
        return found[count - 1]

    def ask(self, **what: Any) -> None:
        """Write one line to it."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what).encode() + b"\n")

    async def end(self) -> None:
        """Close its input, which ends it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), PATIENCE)
        except TimeoutError:
            self._process.kill()
            raise
        await self._reading


@contextlib.asynccontextmanager
async def node(script: Path, npm: Path, url: str, **options: Any) -> AsyncIterator[Session]:
    """Run a script that gets `url` and `options` (as JSON) as its words; it is ready when this yields."""
    process = await asyncio.create_subprocess_exec(
        *("node", str(script), url, json.dumps(options)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 24,
        env={**os.environ, "OCPP_CONSOLE_NPM": str(npm)},
    )
    session = Session(process)
    try:
        await session.step("ready")
        yield session
    finally:
        await session.end()
