"""How a subcommand is declared, and what it is given when it runs. Imports next to nothing."""

import functools
from collections.abc import Mapping
from enum import IntEnum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from ocpp_console.settings import Origins, Settings


class Exit(IntEnum):
    """Exit codes; every subcommand means the same by them."""

    OK = 0
    BROKEN = 1
    USAGE = 2
    UNREACHABLE = 3
    LATE = 4
    REFUSED = 5
    CALL_ERROR = 6
    NOT_CONNECTED = 7


EXIT_WORDS: dict[int, str] = {
    Exit.OK: "ended as asked",
    Exit.BROKEN: "something broke, or a check failed",
    Exit.USAGE: "wrong flag, setting, file or payload",
    Exit.UNREACHABLE: "cannot listen on the port; the running console cannot be reached",
    Exit.LATE: "nobody connected, nothing happened or no answer came in time",
    Exit.REFUSED: "the charger answered with a status that is no yes",
    Exit.CALL_ERROR: "the charger answered with an error (CALLERROR)",
    Exit.NOT_CONNECTED: "no such charger, or it is not connected",
    129: "ended by SIGHUP",
    130: "ended by SIGINT",
    141: "the reader of the output went away",
    143: "ended by SIGTERM",
}
"""What each code means, for help and documents."""


class WrongWords(Exception):
    """The command line, or a file it names, cannot be used; the text says what is expected."""

    exit_code = Exit.USAGE

    def __init__(self, text: str) -> None:
        """`text` is a sentence for the operator."""
        super().__init__(text)
        self.text = text


class Argument(NamedTuple):
    """One word of the command line. A name that begins with `-` is a flag, any other has its place by order."""

    name: str
    """`--timeout`, or `STATION` as people read it; the value is found as `timeout` or `station`."""
    help: str
    kind: type = str
    """bool is a switch; str, int and float take a value."""
    many: str = ""
    """`?` may be left out, `*` any number, `+` at least one; a flag with `+` may be repeated."""
    default: Any = None
    choices: tuple[str, ...] = ()
    metavar: str = ""
    """What stands for the value of a flag in the help."""
    completes: str = ""
    """What a shell offers here: `files`, `stations`, `actions`, `conditions`; nothing for free text."""
    short: str = ""
    """A flag's other name of one letter: `-f`."""

    @property
    def key(self) -> str:
        """The name under which the value is found in `Given.words`."""
        return self.name.lstrip("-").replace("-", "_").lower()

    @property
    def is_flag(self) -> bool:
        """Whether it has a name on the command line instead of a place."""
        return self.name.startswith("-")


class Subcommand(NamedTuple):
    """One thing that `ocpp-console NAME …` does."""

    name: str
    help: str
    """One line, beginning with a small letter."""
    module: str
    """Where its `run(given)` is; imported when it runs."""
    arguments: tuple[Argument, ...] = ()
    settings: bool = False
    """It takes every flag of a setting too."""
    exits: tuple[Exit, ...] = (Exit.OK, Exit.BROKEN, Exit.USAGE)
    examples: tuple[str, ...] = ()
    """Command lines without `ocpp-console`, each with two blanks before what it does."""
    words: str = ""
    """A paragraph below the examples, for what one line cannot say."""
    verbs: tuple[Any, ...] = ()
    """What may stand behind its name, as subcommands of their own (`tags add`); then it has no arguments itself."""


class Given:
    """What one run of a subcommand was given."""

    def __init__(
        self, command: str, words: Mapping[str, Any], environ: Mapping[str, str], *, flags: bool = False
    ) -> None:
        """`words` are the values of its arguments; with `flags` also of settings, those that were given."""
        self._flags = flags
        self.command = command
        self.words = words
        self.environ = environ

    def __getattr__(self, name: str) -> Any:
        """The value of an argument by its key; None when it was not given."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self.words.get(name)

    @functools.cached_property
    def loaded(self) -> "tuple[Settings, Origins, Path]":
        """The settings, where each came from, and the configuration file. Raises SettingsProblem."""
        from ocpp_console.settings import SETTINGS, config_path, load

        file, required = config_path(self.words.get("config"), self.environ)
        flags = {name: value for name, value in self.words.items() if name in SETTINGS} if self._flags else {}
        settings, origins = load(flags, self.environ, file, required=required)
        return settings, origins, file

    @property
    def settings(self) -> "Settings":
        """The settings of flags, environment and configuration file. Raises SettingsProblem."""
        return self.loaded[0]

    @property
    def chosen(self) -> list[str]:
        """The settings that a flag, a variable or the file gives, default values too. Raises SettingsProblem."""
        return [name for name, origin in self.loaded[1].items() if origin != "default"]
