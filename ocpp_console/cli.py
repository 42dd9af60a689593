"""The command line: reads flags, loads the settings and starts what is asked for.

Imports little, so that `--help` and `--version` answer at once; the rest is imported by the branch that needs it.
"""

import errno
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

from ocpp_console.settings import SETTINGS, Settings, SettingsProblem, near, unknown_variables
from ocpp_console.shell.declaring import Exit, Given, Subcommand
from ocpp_console.shell.fault_log import write_log
from ocpp_console.shell.parsing import parse
from ocpp_console.visible import visible

VARIABLES = {setting.environment.lower(): setting.environment for setting in SETTINGS.values()}
"""The environment variables that set something, by their spelling in small letters."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; returns its exit code."""
    typed = list(sys.argv[1:] if arguments is None else arguments)
    if typed[:1] == ["__complete"]:  # a shell asks what to offer, see `ocpp-console completions`
        from ocpp_console.shell import completing

        return completing.run(typed[1:])
    _speak_plainly()
    try:
        subcommand, words = parse(typed)
    except OSError as error:
        return _not_written(error)
    name, flags = (subcommand.name, subcommand.settings) if subcommand is not None else ("", True)
    given = Given(name, words, os.environ, flags=flags)
    try:
        if subcommand is not None:
            return _run_subcommand(subcommand, given)
        settings = given.settings
        _check_mqtt(settings)
    except SettingsProblem as problem:
        print(f"ocpp-console: {problem}", file=sys.stderr)
        return Exit.USAGE
    for name in unknown_variables(os.environ):
        print(f"ocpp-console: {name} sets nothing.{near(name, VARIABLES)}", file=sys.stderr)
    return _start(settings, given)


def _speak_plainly() -> None:
    """Let neither a closed stream nor a character that the terminal's encoding lacks end the program."""
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115 - for the rest of the program
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


_MQTT_SWITCHES = ("mqtt", "gateway", "respond", "share", "listen", "bridge", "mqtt_commands", "presence")


def _check_mqtt(settings: Settings) -> None:
    """Refuse what is said about a broker and cannot be used."""
    if any(getattr(settings, name) for name in _MQTT_SWITCHES):
        from ocpp_console.mqtt.terms import complain

        complain(settings)
        if not settings.gateway and not settings.bridge:
            told = (
                "nothing is done with the broker of --mqtt: --gateway sees chargers behind it, --bridge tells of ours."
            )
            print(f"ocpp-console: {told}", file=sys.stderr)


def _run_subcommand(subcommand: Subcommand, given: Given) -> int:
    """Import what it needs and run it; every failure ends as a sentence and an exit code."""
    try:
        code = int(import_module(subcommand.module).run(given))
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return 130
    except SettingsProblem:
        raise
    except OSError as error:
        return _not_written(error)
    except Exception as error:
        return _failed(error)


def _not_written(error: OSError) -> int:
    """Ends a command whose output takes no more; any other trouble with a file or socket is told as what it is."""
    if isinstance(error, BrokenPipeError):
        _write_no_more()
        return 141
    if error.filename is not None or error.errno not in _NOT_WRITTEN:
        return _failed(error)
    _write_no_more()
    print(f"ocpp-console: the output is not complete, it cannot be written: {error.strerror}.", file=sys.stderr)
    return Exit.BROKEN


def _start(settings: Settings, given: Given) -> int:
    """Run the console with or without a screen; every failure ends as a sentence and an exit code."""
    plain = settings.headless or settings.json or not _can_draw(os.environ)
    try:
        return _run_plain(settings, given) if plain else _run_screen(settings, given)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        return _failed(error)


def _can_draw(environ: Mapping[str, str]) -> bool:
    """Whether there is a terminal to draw on; the drawing library reads stdin and writes to stderr."""
    streams = (sys.stdin, sys.stdout, sys.stderr)
    return environ.get("TERM") != "dumb" and all(stream is not None and stream.isatty() for stream in streams)


def _run_plain(settings: Settings, given: Given) -> int:
    """Plain lines on stdout; the demo ends by itself."""
    import asyncio

    from ocpp_console.collector import collect_seldom
    from ocpp_console.headless import Headless
    from ocpp_console.keys import complaints_about
    from ocpp_console.reloading import reloading_of

    for text in complaints_about(settings.keys):
        print(f"ocpp-console: {visible(text, 1000)}", file=sys.stderr)

    async def tell() -> int:
        """Until the demo, a signal or the output ends it."""
        engine = _make_engine(settings, given)
        reloading = reloading_of(engine)
        collecting = asyncio.create_task(collect_seldom())
        try:
            return await Headless(engine, sys.stdout, reload=reloading.reload if reloading else None).run()
        finally:
            collecting.cancel()

    return asyncio.run(tell())


def _run_screen(settings: Settings, given: Given) -> int:
    """The console on the screen."""
    from ocpp_console.shell.on_screen import draw

    return draw(settings, lambda: _make_engine(settings, given))


def _make_engine(settings: Settings, given: Given) -> Any:
    """The engine, imported when the first frame is on the screen; it can read the same flags and files again."""
    from ocpp_console.services import console

    return console(settings, given.chosen, load=lambda: Given("", given.words, os.environ, flags=True).settings)


_NOT_WRITTEN = (errno.ENOSPC, errno.EIO, errno.EFBIG, errno.EDQUOT)
"""Why stdout takes no more, besides a reader that went away. Files that a command writes itself are told by it."""


def _write_no_more() -> None:
    """Let the interpreter's last flush go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _failed(error: Exception) -> int:
    """Says what went wrong in a sentence; the details of what nobody foresaw go to the log file."""
    foreseen = getattr(error, "text", "")  # a sentence for the operator: of the listener (then with a port), the store
    if foreseen:
        print(f"ocpp-console: {visible(foreseen, 1000)}", file=sys.stderr)
        return int(getattr(error, "exit_code", Exit.UNREACHABLE if hasattr(error, "port") else Exit.BROKEN))
    text, path = visible(str(error), 1000), write_log(error)
    print(f"ocpp-console: something broke: {type(error).__name__}: {text} (details: {path})", file=sys.stderr)
    return Exit.BROKEN
