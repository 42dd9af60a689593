"""What the keys of the scrubber do: playing, stepping and going anywhere in a trace that is shown."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ocpp_console.model.filter_values import moment

if TYPE_CHECKING:
    from ocpp_console.playback import Playback
    from ocpp_console.screens.page import Page

JUMP = 60_000_000
"""How far one jump goes, µs."""


def run(page: "Page", playback: "Playback", what: str) -> None:
    """One thing that a key of the scope `playback` asks for."""
    if not playback.ready:
        page.say("The trace is still being loaded; f2 tells how far it is.")
        return
    _DEEDS[what](page, playback)
    page.poke(0)


def _play(page: "Page", playback: "Playback") -> None:
    """Play, or pause."""
    if playback.playing:
        playback.pause()
    else:
        playback.play()


def _step(page: "Page", playback: "Playback") -> None:
    """One message on."""
    if playback.whole:
        page.say("The end of the trace is shown: f7 goes to its start.")
    else:
        playback.step()


def _to_time(page: "Page", playback: "Playback") -> None:
    """Ask for a time and go there."""
    from ocpp_console.screens.text_prompt import TextPrompt

    def told(line: str | None) -> None:
        if not line or not line.strip():
            return
        at = moment(line.strip().lower(), playback.at)
        if at is None:
            page.say(f"“{line}” is no time: 14:03, 2026-11-20T14:03, or 10m for ten minutes back.", "warning")
        else:
            playback.seek(at)

    question = "To which time of the trace (UTC)? 14:03, 2026-11-20T14:03:21, or 10m, 2h back from here."
    page.app.push_screen(TextPrompt(question, "", "Go"), told)


_DEEDS: "dict[str, Callable[[Page, Playback], None]]" = {
    "play": _play,
    "step": _step,
    "slower": lambda page, playback: playback.faster(-1),
    "faster": lambda page, playback: playback.faster(1),
    "back": lambda page, playback: playback.seek(playback.at - JUMP),
    "on": lambda page, playback: playback.seek(playback.at + JUMP),
    "start": lambda page, playback: playback.seek(playback.start - 1),
    "end": lambda page, playback: playback.seek(playback.end),
    "time": _to_time,
}
