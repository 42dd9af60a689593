"""The command line as argparse reads it, made from the declared settings and subcommands."""

import argparse
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from ocpp_console import __version__
from ocpp_console.settings import SETTINGS, Setting, near
from ocpp_console.shell.declaring import EXIT_WORDS, Argument, Exit, Subcommand
from ocpp_console.shell.subcommands import SUBCOMMANDS

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

PROGRAM = "ocpp-console"
_HELP_WIDTH = 80
_LONG_CHOICE = 24
"""Letters of all words a flag takes, above which they stand in its help instead of behind its name."""

_EXAMPLES = """\
examples:
  ocpp-console --demo                    three simulated chargers, nothing is kept
  ocpp-console --port 9000               chargers dial ws://THIS-MACHINE:9000/NAME
  ocpp-console --headless --json | jq .  what happens, one JSON object per line
"""

_AFTERWORD = """\
A flag wins over its environment variable, that over the configuration file,
that over the default. Every setting has a variable (OCPP_CONSOLE_PORT for
--port) and a key in the file (port, read_only); `ocpp-console info` prints each
value, where it came from, and where the files are.

environment:
  OCPP_CONSOLE_*     settings; OCPP_CONSOLE_CONFIG names the configuration file
  NO_COLOR           draw without colours
  TERM=dumb          print plain lines instead of drawing a screen
  SSH_CONNECTION     when set, redraw 5 times a second and without animation
  TEXTUAL_*          pass through to the drawing library
"""


class Parser(argparse.ArgumentParser):
    """Says which flag or command was probably meant."""

    def error(self, message: str) -> NoReturn:
        """Print what is wrong and end with 2."""
        word = message.rpartition(" ")[2].partition("=")[0].lstrip("-")
        known: Iterable[str] = (
            SUBCOMMANDS
            if "there is no command" in message
            else [option for each in self._actions for option in each.option_strings]
        )
        hint = near(word, {option.lstrip("-").replace("-", "_"): option for option in known})
        lists = "commands and flags" if self.prog == PROGRAM else "what it takes"
        print(f"{self.prog}: {message}.{hint} `{self.prog} --help` lists {lists}.", file=sys.stderr)
        raise SystemExit(Exit.USAGE)

    def _print_message(self, message: str, file: "SupportsWrite[str] | None" = None) -> None:
        """Write the help or the version; raises `OSError` where argparse would be silent."""
        print(message, end="", file=file)
        sys.stdout.flush()


def parse(words: Sequence[str]) -> tuple[Subcommand | None, dict[str, Any]]:
    """The subcommand, None for the console itself, and the values of its arguments (of settings only those given).

    A wrong command line ends the program with 2 and a sentence, `--help` and `--version` with 0. Raises `OSError` when
    their text cannot be written.
    """
    name, rest = _split(words)
    if name is None:
        return None, _read(console_parser(), rest)
    subcommand = SUBCOMMANDS[name]
    if subcommand.verbs:
        subcommand, rest = _verb(subcommand, rest)
    return subcommand, _read(subcommand_parser(subcommand), rest)


def _verb(group: Subcommand, words: Sequence[str]) -> tuple[Subcommand, Sequence[str]]:
    """The subcommand that the first word names, under its whole name, and the words behind it."""
    found = {verb.name: verb for verb in group.verbs}
    word = words[0] if words else ""
    if word in found:
        return found[word]._replace(name=f"{group.name} {word}"), words[1:]
    parser = subcommand_parser(group)
    if word and not word.startswith("-"):
        hint = near(word, {name: name for name in found})
        print(
            f"{parser.prog}: there is no {group.name} {word}.{hint} `{parser.prog} --help` lists all.", file=sys.stderr
        )
        raise SystemExit(Exit.USAGE)
    parser.parse_known_args(words)  # for --help
    parser.error(f"say which: {', '.join(found)}")


def _split(words: Sequence[str]) -> tuple[str | None, Sequence[str]]:
    """The name of a subcommand and the words without it. It comes first; flags of settings may stand before it."""
    if words and words[0] in SUBCOMMANDS:
        return words[0], words[1:]
    if not any(word in SUBCOMMANDS for word in words):
        return None, words
    parser = console_parser()
    for at, word in enumerate(words):
        if word in SUBCOMMANDS and parser.parse_known_args(words[: at + 1])[0].command == word:
            return word, [*words[:at], *words[at + 1 :]]
    return None, words


def _read(parser: Parser, words: Sequence[str]) -> dict[str, Any]:
    """The values that a parser finds; the end when there is a word it does not know."""
    known, unknown = parser.parse_known_args(words)
    if unknown:  # before the command is looked at: the value of an unknown flag is taken for one
        command = vars(known).get("command")
        flag = next((word for word in unknown if word.startswith("-")), command or unknown[0])
        kind = "flag" if flag.startswith("-") else "command" if parser.prog == PROGRAM else "place for"
        parser.error(f"there is no {kind} {flag}")
    values = vars(known)
    if (command := values.pop("command", None)) is not None:
        parser.error(f"there is no command {command}")
    return values


def console_parser() -> Parser:
    """The command line without a subcommand: every setting, and a list of the subcommands."""
    parser = _parser(
        PROGRAM,
        "A central system for charging stations in the terminal: OCPP 1.6, 2.0.1 and 2.1.\n\n" + _EXAMPLES,
        f"{_list_of_subcommands()}\n\n{_AFTERWORD}\n{exit_words(EXIT_WORDS)}",
    )
    parser.usage = f"{PROGRAM} [flags]\n       {PROGRAM} COMMAND …"
    parser.add_argument("command", nargs="?", help=argparse.SUPPRESS)
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    _add_settings(parser)
    return parser


def subcommand_parser(subcommand: Subcommand) -> Parser:
    """The command line of one subcommand."""
    examples = "\n".join(map(_example, subcommand.examples))
    codes = exit_words({code: EXIT_WORDS[code] for code in subcommand.exits})
    verbs = "\n".join(f"  {subcommand.name} {verb.name:<8}  {verb.help}" for verb in subcommand.verbs)
    listed = f"commands:\n{verbs}" if verbs else ""
    parts = [listed, f"examples:\n{examples}" if examples else "", _fitted(subcommand.words), codes]
    about = _fitted(subcommand.help[0].upper() + subcommand.help[1:] + ".")
    parser = _parser(f"{PROGRAM} {subcommand.name}", about, "\n\n".join(filter(None, parts)))
    for argument in subcommand.arguments:
        _add(parser, argument)
    if subcommand.settings:
        files = " ".join(argument.name for argument in subcommand.arguments if not argument.is_flag)
        parser.usage = f"{parser.prog} [flags] {files}".rstrip()
        _add_settings(parser)
    else:
        _add_config(parser)
    return parser


def _example(line: str) -> str:
    """One example; what it does stands behind it where there is room, else below."""
    words, _, said = line.partition("  ")
    whole = f"  {PROGRAM} {words}  {said}".rstrip()
    return whole if len(whole) <= _HELP_WIDTH else f"  {PROGRAM} {words}\n      {said}"


def _fitted(text: str) -> str:
    """A paragraph in lines that fit; lines that fit already stay as they are."""
    lines = text.splitlines()
    return text if all(len(line) < _HELP_WIDTH for line in lines) else textwrap.fill(text, _HELP_WIDTH - 1)


def _parser(program: str, about: str, after: str) -> Parser:
    """A parser that leaves texts as they are and guesses no flags."""
    manner = argparse.RawDescriptionHelpFormatter
    return Parser(prog=program, description=about, epilog=after, formatter_class=manner, allow_abbrev=False)


def _list_of_subcommands() -> str:
    """The subcommands for the help, each with what it does."""
    width = max(map(len, SUBCOMMANDS))
    lines = [
        textwrap.fill(f"  {each.name:<{width}}  {each.help}", _HELP_WIDTH - 1, subsequent_indent=" " * (width + 4))
        for each in SUBCOMMANDS.values()
    ]
    return "\n".join(["commands (`ocpp-console COMMAND --help` says more):", *lines])


def exit_words(codes: Mapping[int, str]) -> str:
    """Exit codes for the help, one in a line."""
    return "\n".join(["exit codes:", *(f"  {code:<3}  {text}" for code, text in sorted(codes.items()))])


def _add(parser: Parser, argument: Argument) -> None:
    """One declared argument of a subcommand."""
    more: dict[str, Any] = {"help": argument.help.replace("%", "%%"), "default": argument.default}
    if argument.kind is bool:
        parser.add_argument(argument.name, **(more | {"action": "store_true", "default": False}))
        return
    more["type"] = argument.kind
    if argument.choices:
        more["choices"] = argument.choices
    if argument.is_flag:
        more["metavar"] = argument.metavar or None
        if not argument.metavar and len("".join(argument.choices)) > _LONG_CHOICE:
            more["metavar"] = argument.key.upper()
            more["help"] += f": {', '.join(argument.choices)}"
        more["action"] = "append" if argument.many == "+" else "store"
        parser.add_argument(*filter(None, (argument.short, argument.name)), **more)
        return
    parser.add_argument(argument.key, nargs=argument.many or None, metavar=argument.name, **more)


def _add_config(parser: Parser) -> None:
    """The one flag that every command takes."""
    parser.add_argument("--config", metavar="FILE", default=argparse.SUPPRESS, help="configuration file to read")


def _add_settings(parser: Parser) -> None:
    """The flags of all settings, by group."""
    _add_config(parser)
    groups: dict[str, Any] = {}
    for setting in SETTINGS.values():
        group = groups.setdefault(setting.group, None) or parser.add_argument_group(setting.group)
        groups[setting.group] = group
        group.add_argument(setting.flag, default=argparse.SUPPRESS, help=_help(setting), **_manner(setting))


def _manner(setting: Setting) -> dict[str, Any]:
    """How argparse has to read the flag; the value itself is checked with those from file and environment."""
    if setting.kind is bool:
        return {"action": argparse.BooleanOptionalAction}
    names = {int: "N", float: "SECONDS" if "seconds" in setting.help else "N"}
    metavar = "|".join(setting.choices) or setting.form or names.get(setting.kind, setting.name.upper())
    return {"metavar": metavar, "action": "append" if setting.kind == tuple[str, ...] else "store"}


def _help(setting: Setting) -> str:
    """The setting's help with its default."""
    default = ", ".join(setting.default) if isinstance(setting.default, tuple) else setting.default
    return setting.help if default in ("", False, True) or default == {} else f"{setting.help} (default {default})"
