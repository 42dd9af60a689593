"""Reads settings and tags again while the console runs; what cannot change before a restart is named."""

import asyncio
from collections.abc import Callable, Iterator

from ocpp_console.engine import Engine
from ocpp_console.model.id_tags import Policy
from ocpp_console.settings import SETTINGS, Settings, SettingsProblem
from ocpp_console.tag_file import TagFile, TagFileProblem

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
    """How a running console takes in what was changed in its files."""

    def __init__(self, engine: Engine, load: Callable[[], Settings]) -> None:
        """`load` gives the settings as flags, environment and file say now, or raises SettingsProblem."""
        self._engine = engine
        self._load = load

    async def reload(self) -> list[str]:
        """Read everything again; returns what came of it, in sentences. What cannot be used changes nothing."""
        try:
            fresh = self._load()
        except SettingsProblem as problem:
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
            return [f"The idTags stay as they are: {problem.text}"]


def _shown(value: object) -> str:
    """A value the way it is typed."""
    return str(value).lower() if isinstance(value, bool) else str(value) if value != "" else "empty"
