"""What the keys of the scrubber do: playing, stepping and going anywhere in a trace that is shown."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ocpp_console.model.filter_values import moment

if TYPE_CHECKING:
    from ocpp_console.model.filters import MessageFilter
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
    """One message on; with a filter of the log in force, to the next that fits."""
    words = _words(page)
    if playback.whole:
        page.say("The end of the trace is shown: f7 goes to its start.")
    elif words is None:
        playback.step()
    else:
        playback.step(words.matches)


def _step_back(page: "Page", playback: "Playback") -> None:
    """One message back; with a filter, to when the one before that fits had just come."""
    words = _words(page)
    if not playback.here:
        page.say("The start of the trace is shown.")
    elif words is None:
        playback.step_back()
    else:
        page.run_worker(_to_fitting(page, playback, words), exclusive=True, group="playback")


async def _to_fitting(page: "Page", playback: "Playback", words: "MessageFilter") -> None:
    """Look for it in the log, which reaches to where we are; the database tells of what is no longer in memory."""
    found = await page.engine.log.messages(words, playback.newest, 1)
    if found.rows:
        playback.to_row(found.rows[-1].seq)
    else:
        page.say("Nothing before this fits the filter.")
    page.poke(0)


def _words(page: "Page") -> "MessageFilter | None":
    """The filter of the log in view; its station is a part of it."""
    return getattr(getattr(page.focused_pane, "rows", None), "wanted", None)


def _finding(direction: int) -> "Callable[[Page, Playback], None]":
    """Go to the next finding, or the one before."""

    def go(page: "Page", playback: "Playback") -> None:
        if not playback.to_finding(direction):
            page.say(f"Nothing more was found {'after' if direction > 0 else 'before'} this.")

    return go


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
    "step_back": _step_back,
    "finding": _finding(1),
    "finding_back": _finding(-1),
    "slower": lambda page, playback: playback.faster(-1),
    "faster": lambda page, playback: playback.faster(1),
    "back": lambda page, playback: playback.seek(playback.at - JUMP),
    "on": lambda page, playback: playback.seek(playback.at + JUMP),
    "start": lambda page, playback: playback.seek(playback.start - 1),
    "end": lambda page, playback: playback.seek(playback.end),
    "time": _to_time,
}
