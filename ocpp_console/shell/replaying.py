"""`ocpp-console replay FILE`: stations of a trace do again what they did (--to), or its commands are sent (--at)."""

import asyncio
import contextlib
import sys
import time
from collections.abc import Iterator

from ocpp_console.events import Fact
from ocpp_console.outputs.replay.pace import Pace
from ocpp_console.outputs.replay.player import Played
from ocpp_console.outputs.replay.stage import Totals, Wanted, replay
from ocpp_console.outputs.traces.export import STDOUT as STDIN
from ocpp_console.outputs.traces.source import Trace
from ocpp_console.shell.declaring import Exit, Given, WrongWords
from ocpp_console.shell.trace_words import opened
from ocpp_console.visible import visible

_SIGNS = {"connected": "●", "sent": "→", "answered": "←", "asked": "←", "closed": "○"}


def run(given: Given) -> int:
    """Replay; 0 when everything went as in the trace, 1 when not, 3 when no connection came about."""
    if given.to and given.at:
        raise WrongWords(
            "--to plays the stations of the trace against a central system, --at sends its commands to a station: "
            "one of both, please."
        )
    trace = opened(given.file)
    if given.step and given.file == STDIN:
        raise WrongWords("--step waits for the enter key, and stdin is the trace here: name a file.")
    return _run_commands(given, trace) if given.at else _run_stations(given, trace)


def _run_stations(given: Given, trace: Trace) -> int:
    """The stations' side, against a central system."""
    url = given.to or ""
    if not url.startswith(("ws://", "wss://")):
        wrong = f", not {url!r}" if url else ""
        instead = "" if url else "; --at STATION sends its commands instead"
        raise WrongWords(f"--to takes the address of a central system, such as ws://127.0.0.1:9000{wrong}{instead}.")
    pace = _pace(given)
    shift = _shift(trace, bool(given.now))
    wanted = Wanted(url, given.station or "", given.identity or "", shift, given.timeout or 30.0)
    _check_stations(trace, wanted)
    quiet = bool(given.quiet)
    try:
        totals = asyncio.run(replay(trace.facts, wanted, pace, lambda played: _print(played, quiet)))
    except KeyboardInterrupt:
        print("ocpp-console: replay stopped; the connections were closed.", file=sys.stderr)
        return 130
    return _ended(totals, trace)


def _run_commands(given: Given, trace: Trace) -> int:
    """The commands, by a console that runs, to a live station."""
    from ocpp_console.shell import replaying_commands
    from ocpp_console.shell.running_console import console_of

    if given.identity:
        raise WrongWords("--identity is for --to: with --at the live station keeps its own.")
    pace, quiet = _pace(given), bool(given.quiet)
    station = replaying_commands.whose(trace, given.station or "", given.at)
    shift = _shift(trace, bool(given.now))
    aim = replaying_commands.Aim(console_of(given), given.at, station, shift, given.timeout or 30.0)
    sending = replaying_commands.send(trace.facts, aim, pace, lambda played: _print(played, quiet))
    try:
        totals = asyncio.run(sending)
    except KeyboardInterrupt:
        print("ocpp-console: replay stopped; what was sent stays sent.", file=sys.stderr)
        return 130
    return _ended(totals, trace)


def _pace(given: Given) -> Pace:
    """When each step is due. Raises WrongWords."""
    speed, pause = given.speed if given.speed is not None else 1.0, given.longest_pause
    if speed < 0 or (pause is not None and pause < 0):
        raise WrongWords("--speed and --longest-pause take 0 or more.")
    return Pace(speed, pause, _enter if given.step else None)


def _check_stations(trace: Trace, wanted: Wanted) -> None:
    """Who is in the trace: none is an error, and several cannot share one identity."""
    found: dict[str, None] = {}
    for station in _stations(trace.facts()):
        found.setdefault(station)
        if len(found) > 1 and (wanted.station in found or not wanted.station):
            break
    if not found or (wanted.station and wanted.station not in found):
        names = ", ".join(visible(name, 60) for name in found) or "none"
        who = f"the station {wanted.station}" if wanted.station else "a station"
        raise WrongWords(f"{trace.name} holds no frame of {who}; stations in it: {names}.")
    if wanted.identity and not wanted.station and len(found) > 1:
        raise WrongWords("--identity is for one station: say which with --station.")


def _stations(facts: Iterator[Fact]) -> Iterator[str]:
    """The station of each fact that has one."""
    return (station for fact in facts if (station := getattr(fact, "station", "")))


def _shift(trace: Trace, wanted: bool) -> int:
    """µs from the beginning of the trace to now; 0 when times are to stay as they are."""
    with contextlib.closing(trace.facts()) as facts:  # type: ignore[type-var]
        first = next(facts, None)
    return time.time_ns() // 1000 - first.at if wanted and first is not None else 0


async def _enter() -> None:
    """Wait for the enter key before the next step; the end of the input goes on without."""
    await asyncio.to_thread(sys.stdin.readline)


def _print(played: Played, quiet: bool) -> None:
    """One line about a step; with `quiet` only what went otherwise than in the trace."""
    if quiet and played.same:
        return
    sign = _SIGNS.get(played.kind, "✗") if played.same else "✗"
    print(f"{sign} {visible(played.station, 40)}  {visible(played.text, 300)}", flush=True)


def _ended(totals: Totals, trace: Trace) -> int:
    """The last line, and the exit code."""
    sent = f"{totals['sent']} messages sent, {totals['answered']} answered"
    said = f"{sent}, {totals.different} otherwise than in the trace"
    unread = f"; {trace.unread} lines of the file could not be read" if trace.unread else ""
    print(f"ocpp-console: {said}{unread}.", file=sys.stderr)
    if totals["refused"] and not totals["connected"]:
        return Exit.UNREACHABLE
    return Exit.BROKEN if totals.different else Exit.OK
