"""Reads settings and tags again while the console runs; what cannot change before a restart is named."""

import asyncio
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ocpp_console.model.id_tags import Policy
from ocpp_console.settings import SETTINGS, Settings, SettingsProblem
from ocpp_console.tag_file import TagFile, TagFileProblem

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

CHANGEABLE: dict[str, str] = {
    "strict": "",
    "read_only": "",
    "policy": "",
    "registration": "from the next boot on",
    "interval": "from the next boot on",
    "call_timeout": "for chargers that connect from now on",
    "grace": "for chargers that connect from now on",
    "ping_interval": "",
    "max_connections": "",
    "tariff": "for sessions without a tariff",
    "station_tariffs": "for sessions that begin from now on",
    "running_cost": "",
    "cost_interval": "",
    "list_sync": "",
    "charging_needs": "",
    "needs_profile": "",
    "quiet": "",
    "tags": "",
}
"""Settings that take effect while the console runs, and from when on; empty for at once. All others need a restart."""


class Reloading:
    """How a running console takes in what was changed in its files. A service that does nothing unasked."""

    def __init__(self, engine: "Engine", load: Callable[[], Settings]) -> None:
        """`load` gives the settings as flags, environment and file say now, or raises SettingsProblem."""
        self._engine = engine
        self._load = load
        self._one_at_a_time = asyncio.Lock()
        self.usable = True
        """Whether everything read the last time could be used."""

    async def start(self) -> None:
        """Nothing: the engine has read everything by now."""

    async def stop(self) -> None:
        """Nothing."""

    async def reload(self) -> list[str]:
        """Read everything again; returns what came of it, in sentences. What cannot be used changes nothing."""
        async with self._one_at_a_time:
            self.usable = True
            try:
                fresh = self._load()
            except SettingsProblem as problem:
                self.usable = False
                return [f"Settings stay as they are: {problem}"]
            told = list(self._settings(fresh)) or ["No setting changed."]
            return told + await self._tag_file()

    def _settings(self, fresh: Settings) -> Iterator[str]:
        """Let what may change take effect."""
        current = self._engine.settings
        changed = [name for name in SETTINGS if getattr(fresh, name) != getattr(current, name)]
        waiting = [name for name in changed if name not in CHANGEABLE]
        for name in changed:
            if name in CHANGEABLE:
                current.take_over(fresh, name)
                since = f", {CHANGEABLE[name]}" if CHANGEABLE[name] else ""
                yield f"{name} is now {_shown(getattr(fresh, name))}{since}."
        self._engine.duties.take_over(fresh, changed)
        if "policy" in changed and fresh.policy != "last":
            self._engine.fleet.id_tags.set_policy(Policy(fresh.policy))
        if waiting:
            yield f"Changed, but only after a restart: {', '.join(waiting)}."

    async def _tag_file(self) -> list[str]:
        """Read the file of tags, if there is one."""
        engine = self._engine
        if not engine.settings.tags:
            return []
        tags = TagFile(engine.settings.tags, engine.fleet.id_tags, engine, engine.report)
        try:
            return [tags.take(await asyncio.to_thread(tags.read))]
        except TagFileProblem as problem:
            self.usable = False
            return [f"The idTags stay as they are: {problem.text}"]


def reloading_of(engine: "Engine") -> Reloading | None:
    """How this console reads its files again; None when it has none, as one that shows a trace."""
    return next((each for each in engine.services if isinstance(each, Reloading)), None)


def _shown(value: object) -> str:
    """A value the way it is typed."""
    return str(value).lower() if isinstance(value, bool) else str(value) if value != "" else "empty"
