"""The line of a trace that is played: where in its time the screens are, and how fast it goes. A click goes there."""

from typing import TYPE_CHECKING

from rich.text import Text
from textual import events
from textual.widget import Widget

from ocpp_console.clock import hms, iso
from ocpp_console.glyphs import ATTENTION, BUSY, QUIET, STRONG
from ocpp_console.keys import BY_ID

if TYPE_CHECKING:
    from ocpp_console.playback import Playback

DAY = 86_400_000_000
LEAST_BAR = 8


class Scrubber(Widget):
    """One line, above the footer; drawn again only when it says something else."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES = {f"scrubber--{tone}" for tone in (ATTENTION, BUSY, QUIET, STRONG)}
    DEFAULT_CSS = """
    Scrubber {
        height: 1; background: $panel; color: $foreground;
        & > .scrubber--attention { color: $warning; }
        & > .scrubber--busy { color: $accent; }
        & > .scrubber--quiet { color: $foreground-muted; }
        & > .scrubber--strong { text-style: bold; }
    }
    """

    def __init__(self, playback: "Playback") -> None:
        """Shows where `playback` is."""
        super().__init__()
        self._playback = playback
        self._line = Text()
        self._bar = (0, 0)

    def on_mount(self) -> None:
        """Say something at once."""
        self.poke()

    def on_resize(self) -> None:
        """The bar takes the room there is."""
        self.poke()

    def poke(self) -> None:
        """Look again."""
        line = self._drawn()
        if line != self._line:
            self._line = line
            self.refresh()

    def render(self) -> Text:
        """The line as of the last look."""
        return self._line

    def _drawn(self) -> Text:
        """State, time, bar, the ends of the trace, speed, what a key would do."""
        playback, width = self._playback, self.size.width
        if not playback.ready:
            return self._toned([(" The trace can be played once it is loaded.", QUIET)])
        sign = ("▶", BUSY) if playback.playing else ("‖", STRONG if not playback.whole else QUIET)
        left = [(" ", ""), sign, (f" {self._time(playback.at)} ", STRONG)]
        ends = f" {self._time(playback.start)}–{self._time(playback.end)}"
        right = [(ends, QUIET), (f"  {playback.speed:g}×", ""), *self._state()]
        room = width - sum(len(text) for text, _ in left + right) - 1
        if room < LEAST_BAR:  # a trace of several days in a narrow window
            right = right[1:]
            room = width - sum(len(text) for text, _ in left + right) - 1
        return self._toned([*left, *self._bar_of(sum(len(text) for text, _ in left), max(0, room)), *right])

    def _state(self) -> list[tuple[str, str]]:
        """Underway, or which key begins."""
        playback = self._playback
        if playback.progress is not None:
            return [(f"  {playback.progress:.0%}, esc stops", ATTENTION)]
        if playback.playing:
            return [("  playing", BUSY)]
        keys = BY_ID["playback.play"].keys.upper()
        return [(f"  whole trace, {keys} plays" if playback.whole else f"  paused, {keys} plays", QUIET)]

    def _bar_of(self, begins: int, room: int) -> list[tuple[str, str]]:
        """The bar with the position in it."""
        self._bar = (begins, room)
        if not room:
            return []
        playback = self._playback
        part = (playback.at - playback.start) / max(1, playback.end - playback.start)
        place = min(max(round(part * (room - 1)), 0), room - 1)
        return [("━" * place, BUSY), ("●", STRONG), ("─" * (room - 1 - place), QUIET)]

    def _time(self, at: int) -> str:
        """With its day when the trace has more than one."""
        playback = self._playback
        day = f"{iso(at)[5:10]} " if playback.start // DAY != playback.end // DAY else ""
        return day + hms(at)

    def _toned(self, parts: list[tuple[str, str]]) -> Text:
        """The parts in their colours."""
        line = Text(no_wrap=True, end="")
        for text, tone in parts:
            line.append(text, str(self.get_component_rich_style(f"scrubber--{tone}", partial=True)) if tone else "")
        return line

    def on_click(self, event: events.Click) -> None:
        """Go to where the bar was clicked."""
        begins, room = self._bar
        if self._playback.ready and begins <= event.x < begins + room:
            part = (event.x - begins) / max(1, room - 1)
            self._playback.seek(self._playback.start + round(part * (self._playback.end - self._playback.start)))
