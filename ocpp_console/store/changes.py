"""What the operator changed, written in the order it was asked for, however long the database takes nothing."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from ocpp_console.store.documents import Documents
from ocpp_console.store.problems import UNSTORABLE, StoreProblem

PAUSE_SECONDS = (0.1, 0.5, 1.0, 2.0)
"""Between two tries of the same change; the last one again and again."""

_WHAT = "tags, saved commands or settings"

Change = Callable[[Documents], Coroutine[Any, Any, None]]
"""Writes one change. Called anew for each try, since a coroutine can be awaited once only."""


class Changes:
    """A queue of changes and the one task that writes them. A locked or full database delays them and drops none."""

    def __init__(self, documents: Documents, complain: Callable[[str], None]) -> None:
        """Write through `documents`; `complain` takes a sentence once per trouble, for the operator."""
        self._documents = documents
        self._complain = complain
        self._waiting: deque[Change] = deque()
        self._trouble = ""
        """Why the first change that waits could not be written yet."""
        self._closing = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def put(self, change: Change) -> None:
        """Have something written soon."""
        self._waiting.append(change)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._write(), name="changes")

    @property
    def stuck(self) -> bool:
        """The database takes nothing at the moment."""
        return bool(self._trouble)

    async def _write(self) -> None:
        """Write all that waits, first come first written; at the end of the console each trouble is the last."""
        attempt = 0
        while self._waiting:
            if await self._try(self._waiting[0]):
                self._waiting.popleft()
                attempt = 0
            elif self._closing.is_set() and attempt:
                return
            else:
                await self._pause(PAUSE_SECONDS[min(attempt, len(PAUSE_SECONDS) - 1)])
                attempt += 1

    async def _try(self, change: Change) -> bool:
        """Write one change; False when it has to be tried again."""
        try:
            await change(self._documents)
        except StoreProblem as problem:
            if not isinstance(problem.__cause__, UNSTORABLE):
                self._tell(problem.text)
                return False
            self._complain(f"A change of {_WHAT} can never be saved: {problem.__cause__}")
        except Exception as problem:  # its own fault: trying again would never end
            self._complain(f"A change of {_WHAT} can never be saved: {type(problem).__name__}: {problem}")
        self._trouble = ""
        return True

    def _tell(self, trouble: str) -> None:
        """Say once why changes wait; another trouble is another reason."""
        if trouble != self._trouble and not self._closing.is_set():
            self._complain(f"Changes of {_WHAT} are not saved yet. {trouble}")
        self._trouble = trouble

    async def _pause(self, seconds: float) -> None:
        """Wait before the next try; the end of the console cuts it short."""
        try:
            async with asyncio.timeout(seconds):
                await self._closing.wait()
        except TimeoutError:
            return

    async def close(self) -> str:
        """Write what waits, trying what fails once more; returns what was lost, as a sentence, empty when nothing."""
        self._closing.set()
        if self._task is not None:
            await self._task
        if not self._waiting:
            return ""
        lost = len(self._waiting)
        self._waiting.clear()
        many = f"{lost} changes of {_WHAT} were" if lost > 1 else f"A change of {_WHAT} was"
        return f"{many} not saved before the console ended. {self._trouble}"
