"""The palette's commands: every action of the chosen station's version by functional block, and the saved ones."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text
from textual.command import Hit, Hits, Provider

from ocpp_console.protocol.actions import actions_of
from ocpp_console.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from ocpp_console.screens.page import Page


FIRST = 1.0
"""The score of a command before anything was typed; that of everything else is 0."""


class Entry(NamedTuple):
    """One line of the palette."""

    title: str
    help: str
    run: "Callable[[], object]"
    dim: bool = False
    """It can only say why it cannot be done."""


class CommandProvider(Provider):
    """Offers commands for the stations that the page would send to; nothing with `--read-only`."""

    def _entries(self) -> Iterator[Entry]:
        """By block in the order of the specification's subjects, then what is kept under a name."""
        from ocpp_console.screens.commands import CommandSheet
        from ocpp_console.screens.only_watching import only_watched, refused
        from ocpp_console.screens.saved_opening import open_saved

        page: Page = self.screen  # type: ignore[assignment]
        engine = page.engine
        stations = [name for name in page.stations_chosen() if name in engine.fleet.stations]
        if engine.settings.read_only or not stations:
            return
        version = engine.fleet.stations[stations[0]].version
        names = ", ".join(stations[:3]) + (f" and {len(stations) - 3} more" if len(stations) > 3 else "")
        app = page.app
        if reason := only_watched(engine, stations):
            say = partial(refused, app, engine, stations)
            for action in actions_of(version, "csms"):
                yield Entry(f"{action.block}: {action.name}", f"Not now. {reason.partition(':')[0]}.", say, True)
            return
        for action in actions_of(version, "csms"):
            run = partial(_open, page, CommandSheet, action.name, stations)
            caution = f" {action.caution}" if action.caution else ""
            yield Entry(f"{action.block}: {action.name}", f"Send to {names} (OCPP {version}).{caution}", run)
        for saved in engine.saved_commands.all():
            told = f"{saved.action}, OCPP {saved.version}. {saved.note}"
            yield Entry(f"Saved: {saved.name}", told, partial(open_saved, app, engine, saved, stations))

    async def discover(self) -> Hits:
        """All of them, above what else the palette offers."""
        # Hits with a score: Textual keeps its sources in a set and would show those without one in any order.
        for entry in self._entries():
            title = visible(entry.title)
            yield Hit(
                FIRST, Text(title, "dim" if entry.dim else ""), entry.run, text=title, help=visible(entry.help, 300)
            )

    async def search(self, query: str) -> Hits:
        """Those that hold the letters of `query` in order."""
        matcher = self.matcher(query)
        for entry in self._entries():
            title = visible(entry.title)
            # The block is searched too, but a name that matches by itself is meant more often.
            score = max(matcher.match(title), matcher.match(title.rpartition(": ")[2]) * 1.1)
            if score > 0:
                shown = Text(title, "dim") if entry.dim else matcher.highlight(title)
                yield Hit(score, shown, entry.run, text=title, help=visible(entry.help, 300))


def _open(page: "Page", sheet: "Callable[..., object]", action: str, stations: list[str]) -> None:
    page.app.push_screen(sheet(page.engine, stations, action=action))  # type: ignore[call-overload]
