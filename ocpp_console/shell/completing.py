"""What a shell offers when tab is pressed: worked out here, from the declared subcommands and settings.

The scripts of `completions` ask `ocpp-console __complete SHELL …`; the answer is a line for each candidate, the word
and after a tab what it is, or `:files` where the name of a file belongs.
"""

import contextlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence

from ocpp_console.settings import SETTINGS, Setting
from ocpp_console.shell.declaring import Argument, Given, Subcommand
from ocpp_console.shell.subcommands import SUBCOMMANDS

ASKED = "__complete"
"""The first word by which the scripts ask."""

FILES = ":files"

PATIENCE = 0.5
"""Seconds for a running console to name its stations: nobody waits longer for a tab."""

_PLAIN = re.compile(r"[A-Za-z0-9._@+:-]+")
"""Identities that are offered. A charger chooses its own, and no shell may get `$(reboot)` to run from one."""

Candidate = tuple[str, str]
"""A word and what it is."""


def run(words: Sequence[str]) -> int:
    """Print the candidates: `bash LINE CURRENT`, `powershell LINE`, or `SHELL WORD…`; the last word is being typed."""
    shell, rest = (words[0], list(words[1:])) if words else ("", [])
    current = ""
    if shell in ("bash", "powershell"):
        line, current = (*rest, "", "")[:2]
        rest = _split(line)
    typed = rest or [""]
    with contextlib.suppress(Exception):  # whatever happens, a tab prints nothing that is no candidate
        for word, about in candidates(typed):
            if word == FILES or word.startswith(typed[-1]):
                print(_for_bash(word, typed[-1], current) if shell == "bash" else f"{word}\t{about}")
    return 0


def _split(line: str) -> list[str]:
    """The words of a command line up to the cursor, without the program. No word that is offered needs quotes."""
    words = re.findall(r"\S+", line)[1:]
    return [*words, ""] if not line or line[-1].isspace() else words


def _for_bash(word: str, typed: str, current: str) -> str:
    """What bash puts in place of its own idea of the word, which begins anew behind `=` and `:`."""
    kept = "" if current in ("=", ":") else current
    return word if word == FILES else word[len(typed) - len(kept) :]


def candidates(words: Sequence[str]) -> Iterator[Candidate]:
    """Everything that may stand where the last word is, whatever was typed of it."""
    *before, typed = words
    name = next((word for word in before if word in SUBCOMMANDS), None)
    if name is None:
        yield from _of_console(before, typed)
        return
    at = before.index(name)
    declared, rest = SUBCOMMANDS[name], [*before[:at], *before[at + 1 :]]
    if declared.verbs:
        verb = next((each for each in declared.verbs if rest and each.name == rest[0]), None)
        if verb is None:
            yield from ((each.name, each.help) for each in declared.verbs)
            return
        declared, rest = verb, rest[1:]
    yield from _of_subcommand(declared, rest, typed)


def _of_console(before: Sequence[str], typed: str) -> Iterator[Candidate]:
    """Settings, or a subcommand."""
    setting = _awaited_setting(before)
    if setting is not None:
        yield from _of_setting(setting)
    elif typed.startswith("-"):
        yield from _general_flags()
        yield "--version", "show the version"
        yield from _settings()
    else:
        yield from ((each.name, each.help) for each in SUBCOMMANDS.values())


def _of_subcommand(declared: Subcommand, before: Sequence[str], typed: str) -> Iterator[Candidate]:
    """A flag, the value of one, or what belongs in the next place."""
    flags = {each.name: each for each in declared.arguments if each.is_flag}
    last = before[-1] if before else ""
    if last in flags and flags[last].kind is not bool:
        yield from _values(flags[last], declared, before)
    elif (declared.settings or last == "--config") and (setting := _awaited_setting(before)) is not None:
        yield from _of_setting(setting)
    elif "=" in typed and (flag := flags.get(typed.partition("=")[0])) is not None:
        yield from ((f"{flag.name}={word}", about) for word, about in _values(flag, declared, before) if word != FILES)
    elif typed.startswith("-"):
        yield from ((flag.name, flag.help) for flag in flags.values() if flag.many or flag.name not in before)
        yield from _general_flags()
        yield from _settings() if declared.settings else ()
    else:
        place = _next_place(declared, before, flags)
        yield from _values(place, declared, before) if place is not None else ()


def _next_place(declared: Subcommand, before: Sequence[str], flags: dict[str, Argument]) -> Argument | None:
    """The argument that the next word without a name is for."""
    filled, skip = 0, False
    for word in before:
        if skip or word.startswith("-"):
            skip = not skip and word in flags and flags[word].kind is not bool
        else:
            filled += 1
    places = [each for each in declared.arguments if not each.is_flag]
    last = places[-1] if places and places[-1].many in ("*", "+") else None
    return places[filled] if filled < len(places) else last


def _values(argument: Argument, declared: Subcommand, before: Sequence[str]) -> Iterator[Candidate]:
    """What an argument takes."""
    yield from ((word, "") for word in argument.choices)
    if argument.completes == "files":
        yield FILES, ""
    elif argument.completes == "stations":
        yield from _stations(declared, before)
    elif argument.completes == "actions":
        yield from _actions()
    elif argument.completes == "conditions":
        yield from _conditions()


def _stations(declared: Subcommand, before: Sequence[str]) -> Iterator[Candidate]:
    """The stations of the running console that the command would ask."""
    from ocpp_console.shell.running_console import console_of
    from ocpp_console.shell.stations import state

    named = {each.key: before[at + 1] for each in declared.arguments for at in _places_of(each.name, before)}
    for known in console_of(Given(declared.name, named, os.environ)).ask("GET", "/stations", seconds=PATIENCE).document:
        if _PLAIN.fullmatch(known["id"]):
            yield known["id"], f"{state(known)} {known['version']}".rstrip()


def _places_of(flag: str, before: Sequence[str]) -> Iterator[int]:
    """Where a flag stands with a value behind it, as far as it says which console is asked."""
    return (at for at, word in enumerate(before[:-1]) if word == flag and flag in ("--api", "--token"))


def _actions() -> Iterable[Candidate]:
    """Every command of the console."""
    from ocpp_console.protocol.actions import ACTIONS

    return ((each.name, each.block) for each in ACTIONS.values() if each.by in ("csms", "both"))


def _conditions() -> Iterable[Candidate]:
    """What can be waited for."""
    from ocpp_console.shell.waiting import CONDITIONS

    return ((f"{name}=" if each.word else name, each.help) for name, each in CONDITIONS.items())


def _awaited_setting(before: Sequence[str]) -> Setting | None:
    """The setting whose value is typed now; `--config` counts as one."""
    last = before[-1] if before else ""
    if last == "--config":
        return next(iter(SETTINGS.values()))._replace(name="config", kind=str, choices=())
    return next((each for each in SETTINGS.values() if each.flag == last and each.kind is not bool), None)


def _of_setting(setting: Setting) -> Iterator[Candidate]:
    """The words a setting takes; a text may be the name of a file."""
    yield from ((word, "") for word in setting.choices)
    if setting.kind is str and not setting.choices:
        yield FILES, ""


def _settings() -> Iterator[Candidate]:
    """The flags of all settings."""
    for setting in SETTINGS.values():
        yield setting.flag, setting.help
        if setting.kind is bool and setting.default:
            yield f"--no-{setting.flag[2:]}", f"not: {setting.help}"


def _general_flags() -> Iterator[Candidate]:
    """What every command takes."""
    yield "--help", "show how it is used"
    yield "--config", "configuration file to read"
