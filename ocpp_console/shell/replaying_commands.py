"""`ocpp-console replay FILE --at STATION`: a running console sends the commands of a trace to a live station."""

import asyncio
import time
from collections.abc import Callable
from itertools import count
from typing import Any, NamedTuple

from ocpp_console.outputs.replay.commanding import aimed, names_session, session_for, verdicts
from ocpp_console.outputs.replay.pace import Pace
from ocpp_console.outputs.replay.player import Played, Told
from ocpp_console.outputs.replay.script import Command, commands
from ocpp_console.outputs.replay.stage import Totals
from ocpp_console.outputs.traces.source import Trace
from ocpp_console.shell.declaring import Exit, WrongWords
from ocpp_console.shell.running_console import Refused, RunningConsole, segment
from ocpp_console.visible import visible

LOOK_SECONDS = 0.25
"""Between two questions whether a station that went away is there again."""


class Aim(NamedTuple):
    """Whose commands, and where to."""

    console: RunningConsole
    at: str
    """The live station."""
    station: str
    """Only the commands to this one of the trace."""
    shift: int
    """µs that the times in commands are moved by."""
    seconds: float
    """How long an answer, and the return of a station that went away, are waited for."""


def whose(trace: Trace, wanted: str, at: str) -> str:
    """The station of the trace whose commands are meant: the one named, the one of the same name, or the only one.

    Raises:
        WrongWords: there is none, or which is meant cannot be told.
    """
    found = list(dict.fromkeys(command.station for command in commands(trace.facts())))
    meant = wanted or (at if at in found else found[0] if len(found) == 1 else "")
    if meant in found:
        return meant
    names = ", ".join(visible(name, 60) for name in found[:20]) or "none"
    if found and not wanted:
        raise WrongWords(f"{trace.name} holds commands to several stations: say which with --station ({names}).")
    raise WrongWords(f"{trace.name} holds no command to {wanted or 'a station'}; stations with commands: {names}.")


async def send(read: Callable[[], Any], aim: Aim, pace: Pace, told: Told) -> Totals:
    """Send each command when it is due, one after the other, and compare the answers; `read` reads the facts, twice.

    Raises:
        Refused: the console cannot be asked, or the station is not connected at the beginning.
    """
    totals = Totals()

    def tell(kind: str, text: str, same: bool = True) -> None:
        totals[kind] += 1
        totals["different"] += not same
        told(Played(aim.at, kind, text, same))

    then = await asyncio.to_thread(verdicts, read())
    await asyncio.to_thread(_present, aim)
    for place, command in zip(count(), commands(read()), strict=False):
        if command.station == aim.station:
            await pace.wait(command.at)
            await asyncio.to_thread(_send, aim, command, then[place], tell)
    return totals


def _present(aim: Aim) -> None:
    """The station is there. Raises Refused when not."""
    if not _online(aim):
        raise Refused(f"The station {aim.at} is not connected to the console.", Exit.NOT_CONNECTED)


def _online(aim: Aim) -> bool:
    return bool(aim.console.ask("GET", f"/stations/{segment(aim.at)}").document["online"])


def _send(aim: Aim, command: Command, then: str, tell: Callable[..., None]) -> None:
    """One command, and what came of it."""
    payload, doubt = _payload(aim, command)
    if doubt:
        tell("left", f"{command.action}: {doubt}")
    path = f"/stations/{segment(aim.at)}/calls/{segment(command.action)}"
    until = time.monotonic() + aim.seconds
    while True:
        try:
            sent = aim.console.ask("POST", path, payload, seconds=None, check=False, timeout=aim.seconds)
            break
        except Refused as problem:
            if problem.exit_code != Exit.NOT_CONNECTED:
                raise
            if time.monotonic() >= until:
                tell("lost", f"{command.action} not sent: {problem.text}", False)
                return
        time.sleep(LOOK_SECONDS)  # a Reset of the trace takes the station away for a while
    tell("sent", command.action)
    answer = sent.document
    now = _verdict(answer)
    compared = now if now == then else f"{now}; in the trace {then}"
    tell(
        "answered" if answer["status"] in ("result", "error") else "missing",
        f"{command.action}: {compared}",
        now == then,
    )


def _payload(aim: Aim, command: Command) -> tuple[Any, str]:
    """The payload for now, and a doubt about the session it names; empty when there is none."""
    if not names_session(command.payload):
        return aimed(command.payload, None, aim.shift), ""
    running = aim.console.ask("GET", "/transactions", station=aim.at, running=True).document["transactions"]
    session = session_for(command, running)
    many = f"{len(running)} sessions run" if running else "no session runs"
    doubt = f"transactionId left as in the trace: {many} at {aim.at}" if session is None else ""
    return aimed(command.payload, session, aim.shift), doubt


def _verdict(answer: dict[str, Any]) -> str:
    """The word that counts, as `script.verdict` says it of a frame."""
    if answer["status"] == "result":
        return answer.get("verdict") or "answered"
    if answer["status"] == "error":
        return str((answer.get("error") or {}).get("code", "error"))
    return "no answer" if answer["status"] in ("timeout", "lost") else str(answer["status"]).replace("_", " ")
