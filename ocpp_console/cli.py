"""The command line: reads flags, loads the settings and starts what is asked for.

Imports little, so that `--help` and `--version` answer at once; the rest is imported by the branch that needs it.
"""

import argparse
import dataclasses
import os
import sys
from collections.abc import Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from ocpp_console import __version__
from ocpp_console.settings import (
    SETTINGS,
    Origins,
    Setting,
    Settings,
    SettingsProblem,
    config_path,
    load,
    near,
    unknown_variables,
)
from ocpp_console.visible import visible

OK, BROKEN, USAGE, NO_PORT = 0, 1, 2, 3


COMMANDS = {"info": "print every setting, where it came from, files, versions, addresses"}

VARIABLES = {setting.environment.lower(): setting.environment for setting in SETTINGS.values()}
"""The environment variables that set something, by their spelling in small letters."""

SSH_FPS = "5"
"""Redraws per second over SSH: a full screen at 60 would fill a slow line."""

_EXAMPLES = """\
examples:
  ocpp-console --demo                       three simulated chargers, nothing is kept
  ocpp-console --port 9000                  chargers connect to ws://<this machine>:9000/<identity>
  ocpp-console --headless --json | jq .     everything that happens, one JSON object per line
"""

_AFTERWORD = """\
A flag wins over its environment variable, that over the configuration file, that over the default.
Every setting has a variable (OCPP_CONSOLE_PORT for --port) and a key in the file (port, read_only);
`ocpp-console info` prints each value, where it came from, and where the files are.

environment:
  OCPP_CONSOLE_*     settings; OCPP_CONSOLE_CONFIG names the configuration file
  NO_COLOR           draw without colours
  TERM=dumb          print plain lines instead of drawing a screen
  SSH_CONNECTION     when set, redraw 5 times a second and without animation
  TEXTUAL_*          pass through to the drawing library

exit codes:
  0 ended as asked · 1 something broke · 2 wrong flag, setting or file · 3 cannot listen on the port
  129, 130, 143 ended by SIGHUP, SIGINT, SIGTERM · 141 the reader of the output went away
"""


class _Parser(argparse.ArgumentParser):
    """Says which flag was probably meant."""

    def error(self, message: str) -> NoReturn:
        """Print what is wrong and end with 2."""
        word = message.rpartition(" ")[2].partition("=")[0].lstrip("-")
        known = (
            [*COMMANDS]
            if "command" in message
            else [option for each in self._actions for option in each.option_strings]
        )
        hint = near(word, {option.lstrip("-").replace("-", "_"): option for option in known})
        print(f"{self.prog}: {message}.{hint} `{self.prog} --help` lists the flags.", file=sys.stderr)
        raise SystemExit(USAGE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; returns its exit code."""
    given = _parse(arguments)
    command, config = given.pop("command"), given.pop("config", None)
    try:
        file, required = config_path(config, os.environ)
        settings, origins = load(given, os.environ, file, required=required)
    except SettingsProblem as problem:
        print(f"ocpp-console: {problem}", file=sys.stderr)
        return USAGE
    if command == "info":
        return _print_info(settings, origins, file)
    for name in unknown_variables(os.environ):
        print(f"ocpp-console: {name} sets nothing.{near(name, VARIABLES)}", file=sys.stderr)
    return _start(settings)


def _parse(arguments: Sequence[str] | None) -> dict[str, Any]:
    """The flags that were given, by setting, with `command` (or None) and perhaps `config`."""
    parser = _parser()
    known, unknown = parser.parse_known_args(arguments)
    if unknown:  # before the command is looked at: the value of an unknown flag is taken for one
        flag = next((word for word in unknown if word.startswith("-")), unknown[0])
        parser.error(f"there is no flag {flag}" if flag.startswith("-") else f"there is no command {flag}")
    if known.command not in (None, *COMMANDS):
        parser.error(f"there is no command {known.command}")
    return vars(known)


def _parser() -> argparse.ArgumentParser:
    """The command line, made from the declared settings."""
    parser = _Parser(
        prog="ocpp-console",
        description="A central system for charging stations in the terminal: OCPP 1.6, 2.0.1 and 2.1.\n\n" + _EXAMPLES,
        epilog=_AFTERWORD,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        usage="%(prog)s [flags]\n       %(prog)s info [flags]",
    )
    parser.add_argument("command", nargs="?", metavar="info", help=COMMANDS["info"])
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    parser.add_argument("--config", metavar="FILE", default=argparse.SUPPRESS, help="configuration file to read")
    groups: dict[str, Any] = {}
    for setting in SETTINGS.values():
        group = groups.setdefault(setting.group, None) or parser.add_argument_group(setting.group)
        groups[setting.group] = group
        group.add_argument(setting.flag, default=argparse.SUPPRESS, help=_help(setting), **_manner(setting))
    return parser


def _manner(setting: Setting) -> dict[str, Any]:
    """How argparse has to read the flag; the value itself is checked with those from file and environment."""
    if setting.kind is bool:
        return {"action": argparse.BooleanOptionalAction}
    names = {int: "N", float: "SECONDS" if "seconds" in setting.help else "N"}
    metavar = "|".join(setting.choices) or names.get(setting.kind, setting.name.upper())
    return {"metavar": metavar, "action": "append" if setting.kind == tuple[str, ...] else "store"}


def _help(setting: Setting) -> str:
    """The setting's help with its default."""
    default = ", ".join(setting.default) if isinstance(setting.default, tuple) else setting.default
    return setting.help if default in ("", False, True) or default == {} else f"{setting.help} (default {default})"


def _print_info(settings: Settings, origins: Origins, file: Path) -> int:
    """The subcommand `info`."""
    from ocpp_console import info

    told = info.collect(settings, origins, file, os.environ)
    print(info.as_json(told) if settings.json else info.as_text(told))
    return OK


def _start(settings: Settings) -> int:
    """Run the console with or without a screen; every failure ends as a sentence and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    plain = settings.headless or settings.json or not _can_draw(os.environ)
    try:
        return _run_plain(settings) if plain else _run_screen(settings)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        return _failed(error)


def _can_draw(environ: Mapping[str, str]) -> bool:
    """Whether there is a terminal to draw on; the drawing library reads stdin and writes to stderr."""
    streams = (sys.stdin, sys.stdout, sys.stderr)
    return environ.get("TERM") != "dumb" and all(stream is not None and stream.isatty() for stream in streams)


def _run_plain(settings: Settings) -> int:
    """Plain lines on stdout; the demo ends by itself."""
    import asyncio

    from ocpp_console import headless
    from ocpp_console.collector import collect_seldom
    from ocpp_console.keys import complaints_about
    from ocpp_console.services import console

    for text in complaints_about(settings.keys):
        print(f"ocpp-console: {visible(text, 1000)}", file=sys.stderr)
    seconds = headless.DEMO_SECONDS if settings.demo else None

    async def tell() -> int:
        """Until the demo, a signal or the output ends it."""
        collecting = asyncio.create_task(collect_seldom())
        try:
            return await headless.run(console(settings), sys.stdout, as_json=settings.json, seconds=seconds)
        finally:
            collecting.cancel()

    return asyncio.run(tell())


def _run_screen(settings: Settings) -> int:
    """The console on the screen."""
    _prepare_terminal(settings, os.environ)
    import gc

    gc.disable()  # importing makes nothing but things that stay; looking through them delays the first frame by a tenth
    import asyncio

    from ocpp_console.app import ConsoleApp
    from ocpp_console.collector import collect_seldom
    from ocpp_console.signals import end_on_signals

    if "utf" not in (sys.stdout.encoding or "").lower():
        settings = dataclasses.replace(settings, ascii=True)
    app = ConsoleApp(lambda: _make_engine(settings), settings, write_log=_write_log)

    async def draw() -> None:
        """Until the app or a signal ends it; the terminal is restored and the store closed either way."""
        end_on_signals(app.end)
        collecting = asyncio.create_task(collect_seldom())
        try:
            await app.run_async(mouse=settings.mouse)
        finally:
            collecting.cancel()
            await app.stop_engine()

    asyncio.run(draw())
    for text in app.last_words:
        print(f"ocpp-console: {visible(text, 1000)}", file=sys.stderr)
    return _failed(app.broken) if app.broken is not None else app.return_code or OK


def _make_engine(settings: Settings) -> Any:
    """The engine, imported when the first frame is on the screen."""
    from ocpp_console.services import console

    return console(settings)


def _prepare_terminal(settings: Settings, environ: MutableMapping[str, str]) -> None:
    """Tells Textual how often to draw; it reads these variables once, when it is imported."""
    remote = "SSH_CONNECTION" in environ
    if settings.fps or remote:
        environ.setdefault("TEXTUAL_FPS", str(settings.fps or SSH_FPS))
    if remote:
        environ.setdefault("TEXTUAL_ANIMATIONS", "none")


def _failed(error: Exception) -> int:
    """Says what went wrong in a sentence; the details of what nobody foresaw go to the log file."""
    foreseen = getattr(error, "text", "")  # a sentence for the operator: of the listener (then with a port), the store
    if foreseen:
        print(f"ocpp-console: {visible(foreseen, 1000)}", file=sys.stderr)
        return NO_PORT if hasattr(error, "port") else BROKEN
    text, path = visible(str(error), 1000), _write_log(error)
    print(f"ocpp-console: something broke: {type(error).__name__}: {text} (details: {path})", file=sys.stderr)
    return BROKEN


def _write_log(error: Exception) -> str:
    """Appends the traceback to the log file; returns the file's path, or why it was not written."""
    import traceback

    from ocpp_console.settings import log_path

    lines = "".join(traceback.format_exception(error)).splitlines()
    try:
        path = log_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8", errors="backslashreplace") as log:
            log.writelines(f"{visible(line, 1000)}\n" for line in lines)
    except OSError as trouble:
        return f"not written, {trouble.strerror}"
    return str(path)
